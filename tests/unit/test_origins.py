"""The other origin of an image, a marketplace image: its section of the lock, its plan, its drift."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.request import OpenerDirector, Request

import archive
import azure_builds
import checkout
import makers
import pytest
from burnish.catalog.load import load
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import DefinitionError, ToolError, UsageError
from burnish.lock import apt, origin
from burnish.lock.place import Vanished
from burnish.model.catalog import Catalog
from burnish.model.lock import Lock, OriginLock
from burnish.model.plan import Plan
from burnish.plan.layers import standing_on
from burnish.render.azure import PLAIN, render_azure
from burnish.stages import planning

NAME = "Debian:tiny:tiny-gen2:0.20261101.1"
LIST = f"# {NAME} 2026-11-20\nwalinuxagent=2.9\nbash=5.2-1\n"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    found = load([checkout.write(tmp_path_factory.mktemp("catalog"))])
    targets = {**found.targets, "cloud": azure_builds.target()}
    return replace(found, targets=targets)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[archive.Mirror]:
    return archive.opened(monkeypatch)  # type: ignore[return-value]


def listed() -> OriginLock:
    """As it stands when the archive has been asked."""
    packages = tuple(makers.package(name) for name in ("bash", "walinuxagent"))
    below = replace(checkout.lock(), marketplace=None)
    found = OriginLock(identity=NAME, listed="2026-11-20", packages=packages)
    view = replace(below, marketplace=found).at_marketplace()
    jq = makers.apt_lock("jq", below=standing_on(view, []))
    return replace(found, apt={"base": jq})


def plan_at(catalog: Catalog, lock: Lock, *, target: str = "cloud") -> Plan:
    image = catalog.images[checkout.IMAGE]
    return planning.plan(catalog, image, lock=lock, target=target)


def whole() -> Lock:
    return replace(checkout.lock(), marketplace=listed())


@pytest.mark.touches("clock", reason="the list says its day")
def test_what_the_page_has_made_on_a_machine_is_such_a_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (checkout.REPOSITORY / "docs" / "azure-vm.md").read_text(encoding="utf-8")
    program = page.partition("python3 - << 'EOF'\n")[2].partition("EOF\n")[0]
    compute = {
        "publisher": "Debian",
        "offer": "tiny",
        "sku": "tiny-gen2",
        "version": "0.20261101.1",
    }

    def answer(_: OpenerDirector, asked: Request) -> BytesIO:
        assert (asked.host, asked.headers) == ("169.254.169.254", {"Metadata": "true"})
        return BytesIO(json.dumps({**compute, "name": "origin"}).encode())

    monkeypatch.setattr(OpenerDirector, "open", answer)
    exec(program, {})
    head = capsys.readouterr().out
    assert origin.read(f"{head}bash=5.2-1\n", shown="list").identity == NAME


def test_the_origin_is_part_of_the_plans_id(catalog: Catalog) -> None:
    here, there = plan_at(catalog, whole(), target="local"), plan_at(catalog, whole())
    assert here.id != there.id
    assert (here.layers[0].name, there.layers[0].name) == ("rootfs", "marketplace")
    assert (there.open, there.tools) == ((), None)


def test_a_local_plan_knows_nothing_of_the_other_origin(catalog: Catalog) -> None:
    plain, beside = (plan_at(catalog, lock, target="local") for lock in (checkout.lock(), whole()))
    assert plain.id == beside.id
    assert [layer.id for layer in plain.layers] == [layer.id for layer in beside.layers]


def test_each_package_and_the_exact_version_are_inputs(catalog: Catalog) -> None:
    before = plan_at(catalog, whole())
    known = listed()
    newer = replace(known, packages=(makers.package("bash", "2"), known.packages[1]))
    other = replace(known, identity="Debian:tiny:tiny-gen2:0.20261102.1")
    for changed in (newer, other):
        after = plan_at(catalog, replace(whole(), marketplace=changed))
        assert after.id != before.id
        assert after.layers[0].id != before.layers[0].id
    assert before.base.marketplace and before.base.marketplace.version == "0.20261101.1"


@pytest.mark.parametrize(
    ("marketplace", "told"),
    [
        (None, "nobody here can look into Debian:tiny:tiny-gen2:latest: `burnish lock IMAGE"),
        (
            OriginLock(identity="Other:tiny:tiny-gen2:1.0", listed="2026-11-20", packages=()),
            "the list is of Other:tiny:tiny-gen2:1.0, the base asks for Debian:tiny",
        ),
        (origin.read(LIST, shown="list"), "not found in an archive yet: bash=5.2-1, walinuxagent"),
    ],
)
def test_what_is_not_known_stays_open_with_its_reason(
    catalog: Catalog, marketplace: OriginLock | None, told: str
) -> None:
    found = plan_at(catalog, replace(checkout.lock(), marketplace=marketplace))
    [entry] = [each for each in found.open if each.section == "marketplace"]
    assert told in entry.reason


def test_the_build_is_of_exactly_that_version_and_holds_drift_against_the_list(
    catalog: Catalog,
) -> None:
    files = render_azure(plan_at(catalog, whole()), build=azure_builds.build())
    assert 'image_version = "0.20261101.1"' in files[PLAIN]
    assert files["origin.txt"] == "bash=1.0-1\nwalinuxagent=1.0-1\n"
    assert '"jq=1.0-1",\n    "walinuxagent=1.0-1"' in files["base.json"]


def test_the_section_survives_its_file(tmp_path: Path) -> None:
    for known in (listed(), origin.read(LIST, shown="list")):
        lock = replace(checkout.lock(), marketplace=known)
        path = tmp_path / "lock.yaml"
        path.write_text(dump_lock(lock), encoding="utf-8")
        assert load_lock(path, image=checkout.IMAGE, shown="lock.yaml") == lock
    text = path.read_text(encoding="utf-8").replace("bash=5.2-1", "bash 5.2-1")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="not a pin: 'bash 5"):
        load_lock(path, image=checkout.IMAGE, shown="lock.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "list: does not say of which image it is"),
        ("bash=5\n", "list: does not say of which image it is"),
        ("# Debian:tiny:tiny-gen2:latest 2026-11-20\nbash=5\n", "does not say of which image"),
        (f"# {NAME} 2026-11-20\nbash 5\n", "list:2: no package and version: 'bash 5'"),
        (f"# {NAME} 2026-11-20\nbash=5\nbash=6\n", "list: names bash twice"),
        (f"# {NAME} 2026-11-20\n", "list: lists no package"),
    ],
)
def test_a_list_that_is_none_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        origin.read(text, shown="list")
    assert told in caught.value.message
    assert "dpkg-query" in caught.value.hint


def test_packages_are_found_in_the_archive_and_layers_resolved_on_them(
    tmp_path: Path, mirror: archive.Mirror
) -> None:
    lock = replace(makers.lock(image="tiny-cpu"), marketplace=origin.read(LIST, shown="list"))
    mirror.version = "5.2-1"
    text = f"# {NAME} 2026-11-20\nbash=5.2-1\n"
    lock = replace(lock, marketplace=origin.read(text, shown="list"))
    found, why = origin.resolve(archive.WANTED, lock, place=archive.place(tmp_path))
    assert why == ""
    assert found.marketplace
    assert [each.pin for each in found.marketplace.packages] == ["bash=5.2-1"]
    assert {name: each.packages[0].pin for name, each in found.marketplace.apt.items()} == {
        "base": "jq=5.2-1",
        "extra": "less=5.2-1",
    }
    assert found.apt == lock.apt
    assert found.rootfs == lock.rootfs


def test_packages_that_no_archive_has_leave_it_open(tmp_path: Path, mirror: archive.Mirror) -> None:
    mirror.version = "gone"
    known = origin.read(LIST, shown="list")
    vanishing = replace(makers.lock(image="tiny-cpu"), marketplace=known)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive.Mirror, "offered", _without_the_agent)
        found, why = origin.resolve(archive.WANTED, vanishing, place=archive.place(tmp_path))
    assert why == "no archive reached here has walinuxagent=2.9"
    assert found.marketplace
    assert [bool(each.sha256) for each in found.marketplace.packages] == [True, False]


def _without_the_agent(self: archive.Mirror, packages: object, *, section: str) -> object:
    names = [each.name for each in packages]  # type: ignore[attr-defined]
    if "walinuxagent" in names:
        raise Vanished(section, ["walinuxagent"], who="the archive")
    return {each.pin: makers.package(each.name) for each in packages}  # type: ignore[attr-defined]


def test_a_place_without_an_archive_leaves_it_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise ToolError("no mirror answers")

    monkeypatch.setattr(apt, "open_archive", nobody)
    lock = replace(makers.lock(image="tiny-cpu"), marketplace=origin.read(LIST, shown="list"))
    found, why = origin.resolve(archive.WANTED, lock, place=archive.place(tmp_path))
    assert (found, why) == (lock, "no mirror answers")
