"""The manifest of a run, what it says was not verified, and the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.evidence.manifest import BEYOND, Evidence, not_verified, record
from burnish.evidence.markdown import table
from burnish.evidence.report import report
from burnish.model.disk import ListedFile
from burnish.model.manifest import Event, Manifest
from burnish.model.verdict import Verdict


def evidence(folder: Path) -> Evidence:
    plan = checkout.resolved(checkout.write(folder))
    return Evidence(
        plan=plan,
        host=makers.host(tools={"packer": "1.8.6"}),
        built_at="2026-11-25T04:00:00Z",
        records=[makers.layer_record(layer, seconds=1.26) for layer in plan.layers],
        cached=frozenset({plan.layers[0].id}),
        disk=makers.disk_record(),
        software=(),
        verdicts=(makers.verdict("passed"),),
        seconds={"disk": 4.123},
        lock_sha256="lock",
    )


def test_the_record_of_a_run(tmp_path: Path) -> None:
    of = evidence(tmp_path)
    made = record(of)
    assert (made.image, made.version, made.channel) == ("tiny-cpu", "", "candidate")
    assert (made.plan, made.lock, made.standin) == (of.plan.id, "lock", False)
    assert [entry.name for entry in made.layers] == [layer.name for layer in of.plan.layers]
    assert [entry.cached for entry in made.layers] == [True, False, False, False, False]
    assert {entry.seconds for entry in made.layers} == {1.3}
    assert made.seconds == {"disk": 4.1}
    assert made.artifacts["raw"] == makers.sha("raw")
    assert made.artifacts["container"] == f"sha256:{makers.sha('seal')}"
    assert made.host == {"kernel": "6.1.0", "docker": "29.0.0", "cores": "2", "packer": "1.8.6"}


def test_the_report_tells_what_fills_the_os_disk_and_names_the_container(tmp_path: Path) -> None:
    files = [ListedFile(f"opt/{n}", "file", 0o644, 0, 0, n << 20) for n in range(20)]
    made = record(replace(evidence(tmp_path), listed=files))
    assert made.on_disk and (made.on_disk.virtual, made.on_disk.used) == (8 << 30, 190 << 20)
    assert list(made.on_disk.largest) == [f"opt/{n}" for n in range(19, 4, -1)]
    text = report(made)
    assert "The OS disk has 8,192 MiB, its files take 190 MiB.\n" in text
    assert "| `/opt/19` | 19 |" in text
    assert f"`docker tag {made.artifacts['container']} burnish-cpu` names it" in text
    assert "## OS disk" not in report(replace(made, on_disk=None))


def test_a_stand_in_is_said_in_manifest_and_report(tmp_path: Path) -> None:
    of = evidence(tmp_path)
    plan = replace(of.plan, lock=replace(of.plan.lock, standin=True))
    made = record(replace(of, plan=plan))
    assert made.standin
    assert "**standin**" in report(made)


@pytest.mark.parametrize(
    ("verdicts", "lines"),
    [
        ((), ()),
        ((makers.verdict("passed"),), ()),
        ((makers.verdict("not-verified"),), ("test_base::test_0: it not-verified",)),
        # what one level proved is proven, whatever another could not
        ((makers.verdict("not-verified"), makers.verdict("passed", level="vm")), ()),
        (
            (makers.verdict("passed", level="vm", where="TCG", not_run=("a", "b")),),
            ("2 checks not verified at vm: TCG",),
        ),
    ],
)
def test_what_was_not_verified_is_said(
    verdicts: tuple[Verdict, ...], lines: tuple[str, ...]
) -> None:
    assert not_verified(verdicts) == (*lines, *BEYOND)


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ((makers.verdict("passed"),), "every check that was due passed"),
        ((makers.verdict("passed", "failed"),), "NOT PROVEN"),
        ((makers.verdict("not-verified"),), "NOT PROVEN"),
        ((), "NOT PROVEN"),
    ],
)
def test_the_report_says_whether_it_is_proven(verdicts: tuple[Verdict, ...], state: str) -> None:
    line = report(makers.manifest(verdicts=verdicts)).splitlines()[2]
    assert line == f"tiny, cpu, channel candidate; {state}."


def test_failures_and_left_out_layers_are_named() -> None:
    manifest: Manifest = makers.manifest(
        verdicts=(makers.verdict("error"),), left_out={"r": "not built here: no mirror"}
    )
    text = report(manifest)
    assert "- **test_base::test_0** at container: it error" in text
    assert "- layer r left out: not built here: no mirror" in text


def test_what_a_browser_showed_is_in_the_report() -> None:
    result = replace(makers.result(), picture="test_one-vm.svg")
    text = report(makers.manifest(verdicts=(replace(makers.verdict("passed"), results=(result,)),)))
    assert "## Seen in a browser\n\n![test_base::test_one](test_one-vm.svg)\n" in text
    assert "## Seen in a browser" not in report(makers.manifest())


def test_what_checks_measured_is_told() -> None:
    verdict = makers.verdict("passed", "failed")
    results = tuple(replace(result, text="2 s") for result in verdict.results)
    text = report(makers.manifest(verdicts=(replace(verdict, results=results),)))
    assert "## Measured\n\n- test_base::test_0 at container: 2 s\n\n" in text
    assert "## Measured" not in report(makers.manifest())


def test_the_long_lists_may_be_left_out() -> None:
    assert "## Software: apt (1)" in report(makers.manifest())
    assert "## Software" not in report(makers.manifest(), software=False)


def test_cells_keep_their_table() -> None:
    assert table(("a", "b"), [("x|y", "1\n2")]) == "| a | b |\n|---|---|\n| x\\|y | 1 2 |\n"


def test_the_report_tells_each_move_to_another_channel() -> None:
    events = (
        Event(
            at="2026-11-25T05:00:00Z", channel="stable", why="promoted", accepted={"size": "a|b"}
        ),
        Event(at="2026-11-26T05:00:00Z", channel="retired", why="superseded by 2026.1126.0"),
    )
    lines = report(makers.manifest(events=events)).splitlines()
    at = lines.index("## Channel")
    assert lines[at + 4 : at + 6] == [
        "| 2026-11-25T05:00:00Z | stable | promoted | size: a\\|b |",
        "| 2026-11-26T05:00:00Z | retired | superseded by 2026.1126.0 | - |",
    ]
    assert "## Channel" not in report(makers.manifest())
