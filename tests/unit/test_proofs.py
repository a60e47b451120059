"""What `plan` and `report` say of levels of proof, of licences, and of what is instead."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import checkout
import makers
import pytest
import windows_plans
import worlds
from burnish.cli import main, proofs
from burnish.errors import UsageError
from burnish.evidence.report import report
from burnish.gallery import rules
from burnish.model.base import Level
from burnish.model.lock import Lock, OpenEntry, OriginLock
from burnish.model.plan import Licence, Plan
from burnish.plan.gpu.judge import fit
from burnish.plan.levels import reach
from burnish.stages import proofs as compared
from click.testing import CliRunner

SMALL = ("tiny-cpu", "panes-cpu")
LICENCES = (
    Licence(layer="r", file="r.exe", text="GPL; nothing to accept"),
    Licence(layer="ml", file="python.exe", text="PSF"),
    Licence(layer="hub", file="python.exe", text="PSF"),
)


def real(image: str) -> Plan:
    return checkout.plan_of(checkout.real(), Lock(image=image), image=image)


@pytest.mark.parametrize(
    ("image", "here", "elsewhere"),
    [
        ("debian-12-cpu", "static container artifact vm", "azure"),
        ("debian-12-gpu", "static container artifact vm", "azure gpu"),
        ("windows-2022-cpu", "static simulated wine", "container artifact vm azure"),
        ("windows-2025-gpu", "static simulated wine", "container artifact vm azure gpu"),
    ],
)
def test_levels_that_are_reached_and_those_that_are_not(
    image: str, here: str, elsewhere: str
) -> None:
    found = reach(real(image))
    assert [each.level for each in found if each.reached] == here.split()
    assert [each.level for each in found if not each.reached] == elsewhere.split()
    assert all(each.text for each in found if not each.reached)


def test_no_command_is_named_that_would_not_do() -> None:
    told = {each.level: each.text for each in reach(real("windows-2025-gpu"))}
    assert told[Level.GPU] == "no check of a GPU is written for Windows"
    told = {each.level: each.text for each in reach(real("debian-12-gpu"))}
    assert "--level gpu --host HOST" in told[Level.GPU]


def test_nobody_says_that_a_driver_loads_on_windows() -> None:
    plan, catalog = real("windows-2025-gpu"), checkout.real()
    found = fit(plan, catalog.compatibility, roles=catalog.roles, today=date(2026, 11, 27))
    assert found.secure_boot.startswith("not verified here: ")
    # the profile asks for a fabric manager, which there is none of on Windows
    served = {each.family.name: each.serves for each in found.sizes}
    assert (served["NCasT4_v3"], served["ND_H100_v5"]) == (True, False)


def test_no_level_is_passed_over() -> None:
    known = {
        each.level for each in (*reach(real("windows-2022-gpu")), *reach(real("debian-12-cpu")))
    }
    assert known == set(Level)


def test_levels_for_people() -> None:
    lines = list(proofs.levels(real("windows-2022-cpu")))
    assert lines[0] == (
        "levels: static, simulated (roles on a simulated host), wine (Windows binaries, not Windows)"
    )
    assert (
        "[yellow]not here[/yellow] artifact: on a disk that was built elsewhere:"
        " `burnish verify windows-2022-cpu --disk FILE.vhd`" in lines
    )


def test_licences_for_people_and_machines() -> None:
    plan = replace(real("windows-2022-cpu"), licences=LICENCES)
    assert list(proofs.licences(plan)) == [
        "[cyan]licence[/cyan] r/r.exe: GPL; nothing to accept",
        "[cyan]licence[/cyan] ml/python.exe, hub/python.exe: PSF",
    ]
    assert proofs.data(plan)["licences"] == {
        "r/r.exe": "GPL; nothing to accept",
        "ml/python.exe": "PSF",
        "hub/python.exe": "PSF",
    }
    assert proofs.data(plan)["reach"]["wine"]["reached"] is True


def test_a_plan_has_the_licences_of_what_it_downloads(tmp_path: Path) -> None:
    (found,) = windows_plans.plan(tmp_path, licence="GPL; nothing to accept").licences
    assert found == Licence(layer="python-ml", file="setup.exe", text="GPL; nothing to accept")


def test_what_the_lock_has_of_a_layer(tmp_path: Path) -> None:
    plan = windows_plans.plan(tmp_path)
    layer = makers.by_name(plan)["python-ml"]
    assert proofs.pinned(plan, layer) == ("pinned", "1 wheels, 1 downloads")
    nothing = checkout.resolved(tmp_path, Lock(image="panes-cpu"), image="panes-cpu")
    opened = makers.by_name(nothing)["python-ml"]
    assert proofs.pinned(nothing, opened) == ("[yellow]open[/yellow]", "")


def test_what_is_open_says_what_to_do_next() -> None:
    plan = real("windows-2022-cpu")
    assert proofs.pinned(plan, plan.layers[0]) == ("[yellow]open[/yellow]", "no version")
    lock = "next: `burnish lock windows-2022-cpu"
    origin = f"{lock} --origin FILE` for the version that is built on: docs/windows.md"
    entry = OpenEntry(section="downloads:r", reason="not reached")
    assert list(proofs.pin_them(replace(plan, open=()))) == [origin]
    assert list(proofs.pin_them(replace(plan, open=(entry,)))) == [
        f"{lock}` where that is reached, or through a mirror: docs/site.md",
        origin,
    ]
    known = OriginLock(identity="a:b:c:1.2.3", listed="2026-11-27", packages=())
    pinned = replace(plan, open=(), lock=replace(plan.lock, marketplace=known))
    assert proofs.pinned(pinned, plan.layers[0]) == ("pinned", "")
    assert list(proofs.pin_them(pinned)) == []


def test_a_report_tells_licences() -> None:
    told = report(makers.manifest(licences={"PSF": ("ml/python.exe", "hub/python.exe")}))
    assert "## Licences of what was downloaded\n\n- ml/python.exe, hub/python.exe: PSF\n" in told
    assert "Licences" not in report(makers.manifest())


def test_what_no_image_of_its_system_has_keeps_no_version_back() -> None:
    left = {
        "mkl": "not on this system: mkl: no-such-tool; instead: torch",
        "r": "not built here: no mirror",
    }
    found = rules.obstacles(makers.manifest(left_out=left), levels=(), missing=())
    assert found == ["layer r was left out: not built here: no mirror"]


def test_images_that_make_no_pair(tmp_path: Path) -> None:
    world = worlds.locked(tmp_path)
    linux, windows = (world.catalog.images[name] for name in ("tiny-cpu", "panes-cpu"))
    with pytest.raises(UsageError, match="tiny-cpu is an image of Linux, not of Windows"):
        compared.parity(world, linux, windows=linux)
    with pytest.raises(UsageError, match="panes-cpu is an image of Windows, not of Linux"):
        compared.parity(world, windows, windows=windows)
    found = compared.parity(world, linux, windows=windows)
    assert {(row.name, row.state) for row in found.rows} >= {("seal", "missing")}


@pytest.mark.touches("home", "clock", reason="the command line opens the world of a user")
def test_parity_on_the_command_line(tmp_path: Path) -> None:
    root = checkout.write(tmp_path)

    def said(*arguments: str) -> str:
        command = ["--root", str(root), "report", "--parity", *arguments]
        return CliRunner().invoke(main.cli, command, catch_exceptions=False).stdout

    assert (
        "| seal | seal | yes | - | not on Windows | seal: it is not written for this system yet |"
        in said(*SMALL)
    )
    found = json.loads(said(*SMALL, "--json"))
    assert (found["linux"], found["windows"]) == SMALL
    assert found["counts"]["missing"] == len(found["rows"]) == 5
