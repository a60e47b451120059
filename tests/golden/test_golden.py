"""What our own definitions render to, and the report: `BURNISH_GOLDEN=write` writes the files anew.

Pins are a fixture's and ids are written as names, so a diff here shows a change of templates,
definitions or wording and nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import worlds
from burnish.evidence.report import report
from burnish.model.download import COMPUTED, Download, DownloadsLock, DownloadSpec
from burnish.model.image import Image
from burnish.model.lock import AptLock, Lock, OriginLock, PythonLock
from burnish.model.manifest import Manifest, Software
from burnish.model.npm import NpmLock, NpmSpec
from burnish.model.plan import Plan
from burnish.model.site import Site
from burnish.model.verdict import Verdict
from burnish.plan.layers import lines, standing_on
from burnish.render.layer import tag
from burnish.stages import planning
from burnish.stages.run import World
from burnish.stages.services import render

HERE = Path(__file__).parent
WRITE = os.environ.get("BURNISH_GOLDEN") == "write"
RENDERED = ("debian-12-cpu", "debian-12-gpu-distro", "windows-2022-cpu")
MIB = 1 << 20


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of this repository's own definitions, without this machine's site."""
    small = worlds.world(tmp_path_factory.mktemp("world"))
    return replace(small, root=checkout.REPOSITORY, catalog=checkout.real(), site=Site())


def files(specs: Sequence[DownloadSpec]) -> DownloadsLock:
    """The files that are declared."""
    found = (
        Download(
            name=spec.name,
            url=spec.url,
            sha256=makers.sha(spec.name),
            size=1,
            origin=COMPUTED,
            deb=f"{spec.deb}=1.0" if spec.deb else "",
        )
        for spec in specs
    )
    return DownloadsLock(declared=lines(specs), files=tuple(found))


def whole_lock(world: World, image: Image) -> Lock:
    """A lock that pins exactly what is declared, every version 1.0."""
    want = planning.wanted(world.catalog, image)

    def rootfs(declared: tuple[str, ...]) -> AptLock:
        return makers.rootfs_lock(*declared)

    def python(declared: tuple[str, ...]) -> PythonLock:
        names = [re.split(r"[<>=!~ \[]", line)[0] for line in declared]
        return replace(makers.python_lock(*names), declared=declared, python=want.interpreter)

    def npm(tools: tuple[NpmSpec, ...]) -> NpmLock:
        packages = (makers.npm_lock(tool.name, "1.0.0").packages[0] for tool in tools)
        return NpmLock(declared=tuple(tool.asked for tool in tools), packages=tuple(packages))

    found = Lock(
        image=image.name,
        rootfs=rootfs(want.rootfs.declared(image.flavour)) if want.rootfs else None,
        tools=rootfs(want.tools.declared("")) if want.tools else None,
        python={name: python(declared) for name, declared in want.python.items()},
        downloads={name: files(specs) for name, specs in want.downloads.items() if specs},
        npm={layer: npm(tools) for layer, tools in want.npm.items()},
    )
    for layer, declared in want.apt.items():
        section = replace(rootfs(declared), below=standing_on(found, list(found.apt)))
        found = replace(found, apt={**found.apt, layer: section})
    if market := world.catalog.bases[image.base].marketplace:
        name = ":".join((market.publisher, market.offer, market.sku, "1.0.0"))
        below = makers.rootfs_lock("walinuxagent").packages
        origin = OriginLock(identity=name, listed="2026-11-01", packages=below)
        found = replace(found, marketplace=with_layers(found, origin))
    return found


def with_layers(lock: Lock, origin: OriginLock) -> OriginLock:
    """The other origin with the same packages in its layers."""
    for layer, section in lock.apt.items():
        view = replace(lock, marketplace=origin).at_marketplace()
        own = replace(section, below=standing_on(view, list(origin.apt)))
        origin = replace(origin, apt={**origin.apt, layer: own})
    return origin


def plan_of(world: World, name: str) -> Plan:
    image = world.catalog.images[name]
    return planning.plan(world.catalog, image, lock=whole_lock(world, image))


def without_ids(text: str, plan: Plan) -> str:
    """The text with every id, and every tag made of one, written as a name."""
    for layer in plan.layers:
        text = text.replace(layer.id, f"ID-OF-{layer.name}")
        text = text.replace(tag(layer.id), f"TAG-OF-{layer.name}")
    text = text.replace(plan.id, "ID-OF-THE-PLAN")
    # that of the plan on the marketplace's image
    return re.sub(r'("burnish-plan" = )"[0-9a-f]{64}"', r'\1"ID-OF-THE-PLAN-THERE"', text)


def by_name(text: str, templates: Mapping[str, str]) -> str:
    """A script that goes to a machine as it is: the name of its source, and nothing of it twice."""
    scripts = {templates[name]: name for name in templates if "/" in name}
    return f"as it is: packer/{scripts[text]}\n" if text in scripts else text


def compare(folder: Path, files: Mapping[str, str]) -> None:
    """Each file equals its golden one, and there is no golden file too many."""
    if WRITE:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    found = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    assert found == dict(files), "`make golden` writes the files anew; review the diff"


@pytest.mark.parametrize("name", RENDERED)
def test_rendered_builds(world: World, name: str) -> None:
    plan = plan_of(world, name)
    assert plan.open == ()
    templates = world.catalog.templates
    files = {
        path: by_name(without_ids(text, plan), templates)
        for path, text in render(world, plan).items()
    }
    compare(HERE / name / "rendered", files)


def test_no_rendered_file_names_this_machine(world: World) -> None:
    for name in RENDERED:
        for path, text in render(world, plan_of(world, name)).items():
            assert str(checkout.REPOSITORY) not in text, path


def verdicts() -> tuple[Verdict, ...]:
    return (
        makers.verdict("passed", "passed", "not-verified"),
        makers.verdict("passed", level="artifact"),
        makers.verdict(
            "passed", "failed", level="vm", where="TCG, uefi", not_run=("test_base::test_a|b",)
        ),
    )


def manifest() -> Manifest:
    """A version of which one check failed, one was left out and one layer too."""
    software = (
        Software(kind="apt", name="bash", version="5.2.15-2", size=7 * MIB),
        Software(kind="apt", name="python3", version="3.11.2-1"),
        Software(kind="python:ml", name="numpy", version="2.4.6", size=60 * MIB),
    )
    return makers.manifest(
        image="debian-12-cpu",
        base="debian-12",
        software=software,
        verdicts=verdicts(),
        left_out={"r": "not built here: no mirror answers"},
        not_verified=("1 checks not verified at vm: TCG, uefi",),
    )


def test_report() -> None:
    text = report(manifest())
    path = HERE / "debian-12-cpu" / "report.md"
    if WRITE:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "`make golden` writes it anew"
