"""Downloads that are packages: known by name and version, offered to apt, expected in the layer."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import resolvable
import worlds
from burnish.build.cache import Cache
from burnish.catalog.load import load
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import BuildError
from burnish.evidence.software import origins
from burnish.lock import downloads
from burnish.lock.place import Place
from burnish.model.download import COMPUTED, Download, DownloadsLock, DownloadSpec
from burnish.model.lock import Lock, OpenEntry, Package
from burnish.model.site import DownloadMirror, Site
from burnish.render.layer import LayerPaths, packages, variables
from burnish.stages import inputs, planning
from burnish.stages.run import Run

URL = "https://publisher.test/tool_1.2-3_amd64.deb"
DECLARED = f"""\
__extra_packages: [libtool]
__extra_packages_downloaded: [tool]
__extra_downloads:
  - {{name: tool.deb, url: "{URL}", deb: tool}}
"""
TASK = checkout.APT.format(lists="__extra_packages + __extra_packages_downloaded")
LINE = f"tool.deb {URL} deb:tool"
processes = pytest.mark.touches("processes", reason="dpkg-deb makes a package")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose role `extra` downloads a package."""
    changes = {"roles/extra/vars/main.yml": DECLARED, "roles/extra/tasks/main.yml": TASK}
    return checkout.write(tmp_path_factory.mktemp("root"), changes=changes)


def locked(sha256: str, size: int = 6) -> Lock:
    file = Download(
        name="tool.deb", url=URL, sha256=sha256, size=size, origin=COMPUTED, deb="tool=1.2-3"
    )
    section = DownloadsLock(declared=(LINE,), files=(file,))
    return replace(checkout.lock(), downloads={"extra": section})


def place(folder: Path) -> Place:
    """A place whose folder of files has the package at the publisher's address."""
    made = resolvable.deb(folder, "tool", version="1.2-3")
    there = folder / "mirror/publisher.test" / URL.rpartition("/")[2]
    there.parent.mkdir(parents=True)
    made.rename(there)
    site = Site(downloads=DownloadMirror(mirror=str(folder / "mirror")))
    return Place(
        site=site, scratch=folder, inputs=Cache(root=folder / "inputs"), log=folder / "log"
    )


@processes
def test_the_lock_knows_its_version(tmp_path: Path) -> None:
    spec = DownloadSpec(name="tool.deb", url=URL, deb="tool")
    found = downloads.resolve("downloads:extra", [spec], place=place(tmp_path))
    assert found.declared == (LINE,)
    assert [each.deb for each in found.files] == ["tool=1.2-3"]


@processes
def test_another_package_is_refused(tmp_path: Path) -> None:
    spec = DownloadSpec(name="tool.deb", url=URL, deb="toolbox")
    with pytest.raises(BuildError) as caught:
        downloads.resolve("downloads:extra", [spec], place=place(tmp_path))
    text = "tool.deb of downloads:extra: it is the package tool, not toolbox"
    assert caught.value.message == text


def test_text_to_lock_and_back(tmp_path: Path) -> None:
    lock, path = locked(makers.sha("tool")), tmp_path / "x.lock.yaml"
    path.write_text(dump_lock(lock), encoding="utf-8")
    assert load_lock(path, image=checkout.IMAGE, shown="x") == lock
    line = f"- tool.deb {URL} {makers.sha('tool')} 6 deb:tool=1.2-3 computed when locked\n"
    assert line in path.read_text("utf-8")


def test_no_archive_is_asked_for_it(root: Path) -> None:
    catalog = load([root])
    asked = planning.asked(catalog, catalog.images[checkout.IMAGE])
    assert asked.packages["extra"] == ("libtool",)
    assert [spec.asked for spec in asked.downloads["extra"]] == [LINE]


def test_it_is_expected_from_its_layer_on(root: Path) -> None:
    plan = checkout.resolved(root, locked(makers.sha("tool")))
    layers = makers.by_name(plan)
    expected = {name: "tool=1.2-3" in packages(plan, layers[name]) for name in layers}
    assert [name for name, there in expected.items() if there] == ["extra", "seal"]


def test_a_difference_tells_its_layer() -> None:
    assert origins(locked(makers.sha("tool")))["apt", "tool"] == "extra"


@processes
def test_apt_is_offered_it(root: Path, tmp_path: Path) -> None:
    made = resolvable.deb(tmp_path, "tool", version="1.2-3")
    digest, size = hashlib.sha256(made.read_bytes()).hexdigest(), made.stat().st_size
    world = replace(worlds.locked(tmp_path), catalog=load([root]))
    lock = locked(digest, size)
    plan = planning.plan(world.catalog, world.catalog.images[checkout.IMAGE], lock=lock)
    world.store.inputs.keep(made, digest)
    layer = replace(makers.by_name(plan)["extra"], apt=())
    given = inputs.lay_out(world, Run(plan=plan), layer=layer, lock=lock)
    index = (Path(given.debs) / "Packages").read_text("utf-8")
    assert "Package: tool\nVersion: 1.2-3\n" in index
    assert f"Filename: tool.deb\nSize: {size}\nSHA256: {digest}\n" in index
    paths = LayerPaths(repository="", ansible_playbook="", uv="", folder="")
    assert variables(plan, layer, paths=paths)["burnish_apt"] is True
    assert lock.debs("extra") == (
        Package(name="tool", version="1.2-3", sha256=digest, size=size, pool="tool.deb"),
    )


def test_a_layer_is_left_out_for_what_it_lacks_first(root: Path) -> None:
    profile = "packer/profiles/stack.yaml"
    lack = OpenEntry(section="downloads:extra", reason="publisher.test does not answer")
    with checkout.edited(root, profile, old="[extra]", new="[extra]\n    if_reachable: true"):
        plan = checkout.resolved(root, replace(checkout.lock(), open=(lack,)))
    (left,) = plan.left_out
    assert (left.name, left.reason) == ("extra", f"not built here: {lack.reason}")
