"""Two manifests compared: versions by the rules of their kind, checks, layers, pins, the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import makers
import pytest
from burnish.evidence.diff import Beside, diff
from burnish.evidence.difference import page
from burnish.evidence.versions import way
from burnish.model.difference import Difference
from burnish.model.disk import ListedFile
from burnish.model.lock import Move
from burnish.model.manifest import Manifest, Software

MIB = 1 << 20


def compared(
    old: dict[str, Any], new: dict[str, Any], *, beside: Beside | None = None
) -> Difference:
    """What two manifests differ in that are alike but for these values."""
    first, second = makers.manifest(**old), makers.manifest(version="2026.1126.0", **new)
    return diff(first, second, beside=beside or Beside())


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        ("apt", "1.9", "1.10", "upgraded"),
        ("apt", "1.0", "1:0.1", "upgraded"),
        ("apt", "1:0.1", "9.9", "downgraded"),
        ("apt", "1.0~rc1", "1.0", "upgraded"),
        ("apt", "1.0", "1.0~rc1", "downgraded"),
        ("apt", "1.0-1", "1.0-1+deb12u1", "upgraded"),
        ("apt", "1.0-1+b1", "1.0-1", "downgraded"),
        ("apt", "1.0-1", "1.0-1~bpo12+1", "downgraded"),
        ("apt", "2.6.1+dfsg-3", "2.6.1+dfsg-10", "upgraded"),
        ("apt", "1.0", "1.00", "changed"),
        ("apt", "1.0", "not a version", "changed"),
        ("python:ml", "1.9", "1.10", "upgraded"),
        ("python:ml", "2.0", "2.0rc1", "downgraded"),
        ("python:ml", "2.0.dev1", "2.0a1", "upgraded"),
        ("python:ml", "2.0", "2.0.post1", "upgraded"),
        ("python:ml", "2.0", "1!0.1", "upgraded"),
        ("python:ml", "2.0", "2.0+cpu", "upgraded"),
        ("python:ml", "2.0", "2.0.0", "changed"),
        ("python:ml", "1.0", "not-a-version", "changed"),
        ("tool", "1.0", "2.0", "changed"),
    ],
)
def test_versions_move_by_the_rules_of_their_kind(
    kind: str, old: str, new: str, expected: str
) -> None:
    assert way(kind, old, new=new) == expected


def soft(name: str, version: str, *, kind: str = "apt", size: int = 0) -> Software:
    return Software(kind=kind, name=name, version=version, size=size)


def test_software_is_told_with_the_worst_first() -> None:
    old = [soft("a", "2"), soft("b", "1"), soft("c", "1"), soft("gone", "1", size=7)]
    new = [soft("a", "1"), soft("b", "2"), soft("c", "1"), soft("fresh", "1")]
    found = compared({"software": tuple(old)}, {"software": tuple(new)}).software
    assert [(each.what, each.name, each.old, each.new) for each in found] == [
        ("downgraded", "a", "2", "1"),
        ("removed", "gone", "1", ""),
        ("added", "fresh", "", "1"),
        ("upgraded", "b", "1", "2"),
    ]
    assert (found[1].old_size, found[1].new_size) == (7, 0)


def test_a_name_is_the_same_however_python_writes_it() -> None:
    old = (soft("Jinja2", "3.1", kind="python:ml"), soft("a_b", "1", kind="python:ml"))
    new = (soft("jinja2", "3.1", kind="python:ml"), soft("a-b", "2", kind="python:ml"))
    (found,) = compared({"software": old}, {"software": new}).software
    assert (found.what, found.name, found.before) == ("upgraded", "a-b", "")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (("linux-image-6.1.0-9", "6.1.9"), ("linux-image-6.1.0-11", "6.1.11"), "replaced"),
        (("libx1", "1"), ("libx2", "0.9"), "downgraded"),
    ],
)
def test_a_package_in_another_ones_place(
    old: tuple[str, str], new: tuple[str, str], told: str
) -> None:
    (found,) = compared({"software": (soft(*old),)}, {"software": (soft(*new),)}).software
    assert (found.what, found.before, found.name) == (told, old[0], new[0])


def test_the_lock_tells_the_layer() -> None:
    old = makers.lock(rootfs=makers.rootfs_lock("bash", "gone"))
    new = makers.lock(rootfs=makers.rootfs_lock("bash"), apt={"base": makers.apt_lock("jq")})
    found = compared(
        {"software": (soft("bash", "1"), soft("gone", "1"))},
        {"software": (soft("bash", "2"), soft("jq", "1"), soft("x", "1"))},
        beside=Beside(locks=(old, new)),
    ).software
    layers = {each.name: each.layer for each in found}
    assert layers == {"bash": "rootfs", "gone": "rootfs", "jq": "base", "x": ""}


def outcomes(*rows: tuple[str, Any], not_run: tuple[str, ...] = ()) -> dict[str, Any]:
    results = tuple(makers.result(outcome, check=f"test_x::{name}") for name, outcome in rows)
    return {"verdicts": (replace(makers.verdict(not_run=not_run), results=results),)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (outcomes(("a", "passed")), outcomes(("a", "passed")), []),
        (outcomes(("a", "passed")), outcomes(("a", "failed")), ["fails a"]),
        (outcomes(), outcomes(("a", "error")), ["fails a"]),
        (outcomes(("a", "failed")), outcomes(("a", "passed")), ["passes a"]),
        (outcomes(("a", "passed")), outcomes(("a", "not-verified")), ["unverified a"]),
        (outcomes(("a", "passed")), outcomes(not_run=("test_x.py::a",)), ["unverified a"]),
        (outcomes(("a", "passed")), outcomes(), ["gone a"]),
        (outcomes(), outcomes(("a", "passed")), ["new a"]),
        (outcomes(("a", "failed")), outcomes(("a", "not-verified")), ["changed a"]),
        # the container has another name, the check is the same
        (outcomes(("a[docker://one]", "passed")), outcomes(("a[docker://two]", "passed")), []),
        (outcomes(("a[ml]", "passed")), outcomes(("a[dl]", "passed")), ["gone a[ml]", "new a[dl]"]),
        (outcomes(), outcomes(("a", "passed"), ("b", "failed")), ["fails b", "new a"]),
    ],
)
def test_checks_that_came_to_something_else(
    old: dict[str, Any], new: dict[str, Any], expected: list[str]
) -> None:
    found = compared(old, new).checks
    assert [f"{each.what} {each.check.partition('::')[2]}" for each in found] == expected


def test_a_check_in_another_module_is_the_same() -> None:
    old, new = outcomes(("a", "passed")), outcomes(("a", "failed"))
    moved = new["verdicts"][0].results[0]
    new["verdicts"] = (replace(new["verdicts"][0], results=(replace(moved, check="test_y::a"),)),)
    (found,) = compared(old, new).checks
    assert (found.what, found.check, found.old) == ("fails", "test_y::a", "passed")


def test_layers_by_their_ids() -> None:
    kept, base = makers.layer_entry("rootfs"), makers.layer_entry("base")
    old = {"layers": (kept, base, makers.layer_entry("gone"))}
    new = {"layers": (kept, replace(base, id="other", size=70 * MIB), makers.layer_entry("new"))}
    found = compared(old, new).layers
    assert [(each.name, bool(each.old_id), bool(each.new_id)) for each in found] == [
        ("base", True, True),
        ("new", False, True),
        ("gone", True, False),
    ]
    assert found[0].new_size - found[0].old_size == 20 * MIB


def test_what_is_not_verified_any_more() -> None:
    found = compared({"not_verified": ("a", "b")}, {"not_verified": ("b", "c")})
    assert found.unverified == ("c",)


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ({}, True),
        ({"seconds": {"disk": 1.0}, "sizes": {"disk.vhd": 1}}, True),
        ({"artifacts": {"raw": "other"}}, False),
        ({"plan": "other"}, False),
        ({"image": "other"}, False),
        ({"software": ()}, False),
        ({"verdicts": ()}, False),
        ({"layers": ()}, False),
        ({"not_verified": ("x",)}, False),
    ],
)
def test_what_counts_as_the_same(values: dict[str, Any], same: bool) -> None:
    assert compared({}, values).same is same


def test_pins_and_files_count_too() -> None:
    pins = (Move(section="tools", name="mtools", old="1", new="2"),)
    assert not compared({}, {}, beside=Beside(moves=pins)).same
    files = ((), (ListedFile("x", "file", 0o644, 0, 0, 1, sha256="a"),))
    assert not compared({}, {}, beside=Beside(files=files)).same
    assert compared({}, {}, beside=Beside(moves=(), files=((), ()))).same


def test_the_page_of_two_that_are_the_same() -> None:
    assert page(compared({}, {})) == (
        "# tiny-cpu/2026.1125.0 -> tiny-cpu/2026.1126.0\n\n"
        "No difference: the same plan, the same disk, the same verdicts.\n"
    )


def test_the_page_begins_with_what_matters() -> None:
    old = {"software": (soft("a", "2"),), "sizes": {"disk.qcow2": 10 * MIB}}
    new = {"software": (soft("a", "1"),), "sizes": {"disk.qcow2": 12 * MIB}, "base": "other"}
    found = compared(
        old | outcomes(("x", "passed")),
        new | outcomes(("x", "failed")) | {"artifacts": {}},
        beside=Beside(unknown=("files: not recorded for tiny-cpu/2026.1125.0",)),
    )
    text = page(found)
    assert text.splitlines()[2:8] == [
        "**Another base**: tiny -> other.",
        "- checks: 1 fail now",
        "- software: 1 downgraded",
        "- layers: the same",
        "- qcow2: 10 -> 12 MiB (+2.0)",
        "- files: not recorded for tiny-cpu/2026.1125.0",
    ]
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads == ["## Checks", "## Software", "## Artifacts"]
    assert "  - test_x::x at container: passed -> failed: it failed" in text


def test_long_lists_are_counted() -> None:
    many: Manifest = makers.manifest(software=tuple(soft(f"p{'a' * n}", "1") for n in range(1, 40)))
    text = page(diff(makers.manifest(software=()), many))
    assert text.count("| added |") == 20
    assert "And 19 more (19 added): `--json` has them all." in text


def test_pins_by_section() -> None:
    moves = [Move(section="python:ml", name=f"p{n}", old="1", new="2") for n in range(7)]
    moves += [Move(section="tools", name="x", old="", new="1")]
    moves += [Move(section="tools", name="y", old="1", new="")]
    text = page(compared({}, {"artifacts": {}}, beside=Beside(moves=tuple(moves))))
    assert "| python:ml | 7 | p0 1 -> 2, p1 1 -> 2, p2 1 -> 2, p3 1 -> 2, p4 1 -> 2, and 2" in text
    assert "| tools | 2 | x 1 added, y 1 removed |" in text
