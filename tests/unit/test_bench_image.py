"""What the benchmark tells of the full image and of the roles: sums, who was left out, what was recorded."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import inside
import nights
import ours
import page
import proven
import pytest
import run
import uploads
from timing import Log, Measure

SAID = "product of two matrices of 2000 by 2000 in R: mkl 0.20 s, openblas 0.25 s, reference 5.00 s"


def measure(subject: str, scenario: str, *, phase: str, seconds: float, suite: str) -> Measure:
    return Measure(
        suite=suite,
        subject=subject,
        scenario=scenario,
        phase=phase,
        seconds=seconds,
        load=0.0,
        at="2026-11-27T10:00:00Z",
    )


def manifest(**changed: Any) -> Any:
    said = SimpleNamespace(check=proven.PRODUCES, text=SAID, outcome="passed")
    other = SimpleNamespace(check="test_r::test_models_learn", text="", outcome="not-verified")
    verdict = SimpleNamespace(
        level="container", where="systemd in Docker", seconds=30.0, results=(said, other)
    )
    seconds = {"layers": 400.0, "boot to SSH": 60.0, "checks: vm": 600.0}
    told = {"image": "x", "version": "1.0.0", "seconds": seconds, "verdicts": (verdict,)}
    return SimpleNamespace(**{**told, **changed})


def test_a_cold_build_is_summed_without_what_runs_within_a_stage(tmp_path: Path) -> None:
    log = Log(path=tmp_path / "log")
    proven.stages(manifest(), log)
    text = page.render(log.read())
    assert "| layers | 400 |\n| checks: vm | 600 |\n| **together** | 1000 |" in text
    assert "Within `checks: vm`: boot to SSH 60." in text
    assert "| the same command again: nothing to do | not measured |" in text
    log.add("whole", "burnish", scenario="nothing changed", phase="whole", seconds=(1.9, 3.0))
    proven.stages(manifest(), log)
    again = page.render(log.read())
    assert "| the same command again: nothing to do | 1.90 (one run) |" in again
    assert again.count("boot to SSH 60") == 1 and "| **together** | 1000 |" in again


def test_rs_product_is_what_the_check_recorded(tmp_path: Path) -> None:
    log = Log(path=tmp_path / "log")
    proven.product(manifest(), log)
    text = page.render(log.read())
    rows = "| mkl | 0.20 | 1.0 |\n| openblas | 0.25 | 1.2 |\n| reference | 5.00 | 25.0 |"
    assert rows in text and "1.0.0" in text
    with pytest.raises(AssertionError, match="has recorded nothing"):
        proven.product(manifest(verdicts=()), log)


def test_checks_tell_where_they_ran_and_count_what_passed(tmp_path: Path) -> None:
    log = Log(path=tmp_path / "log")
    proven.checks(manifest(), log)
    assert "| container | systemd in Docker | 1 | 30 | 30.00 |" in page.render(log.read())


def test_rows_are_those_that_the_page_of_toolchains_counts(tmp_path: Path) -> None:
    text = proven.PAGE.read_text(encoding="utf-8")
    count = proven.counted(text)
    assert f"**Rows proven on Linux CPU: {count['proven']:.0f} of {count['of']:.0f}**" in text
    log = Log(path=tmp_path / "log")
    proven.rows(log)
    told = f"Proven on Linux CPU: {count['proven']:.0f} of {count['of']:.0f}, "
    assert told in page.render(log.read())
    with pytest.raises(AssertionError, match="has no line like"):
        proven.counted("# Toolchains\n")


def test_roles_together_are_held_against_the_goal() -> None:
    seconds = {"base": 600.0, "r": 1230.0}
    measures = [
        measure(name, "warm", phase="whole", seconds=each, suite="roles")
        for name, each in seconds.items()
    ]
    for name, why in (("cuda", "needs another image"), ("r", "was skipped")):
        measures.append(measure(name, "left out", phase=why, seconds=0.0, suite="roles"))
    text = page.render(measures)
    assert "Together 30 minutes, goal 45. Left out: cuda (needs another image)." in text
    assert "| cuda |" not in text


def test_scenarios_are_those_of_linux(tmp_path: Path) -> None:
    for name in ("windows_r", "r", "r_alternative", "base"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "molecule.yml").touch()
    (tmp_path / "shared").mkdir()
    assert proven.scenarios(tmp_path) == ["base", "r"]


@pytest.mark.parametrize(
    ("out", "nothing"),
    [
        ("s\nSKIPPED [1] x.py:45: not built\n1 skipped in 0.52s\n", True),
        ("..\n2 passed in 100.10s (0:01:40)\n", False),
        ("1 passed, 1 skipped in 3.00s\n", False),
    ],
)
def test_a_run_that_only_skipped_has_proven_nothing(out: str, nothing: bool) -> None:
    assert proven.skipped(out) is nothing


def test_a_role_that_was_skipped_has_no_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outs = {"base": "2 passed in 9.00s\n", "cuda": "1 skipped in 0.10s\n"}
    monkeypatch.setattr(subprocess, "run", lambda argv, **_: SimpleNamespace(stdout=outs[argv[-1]]))
    log = Log(path=tmp_path / "log")
    proven.roles(log, wanted=["base", "cuda"])
    told = [(each.subject, each.scenario, each.phase) for each in log.read()]
    assert told == [("base", "warm", "whole"), ("cuda", "left out", "needs debian-12-gpu-distro")]


def test_an_empty_package_is_not_what_is_imported() -> None:
    assert inside.wanted("statsmodels") == {"statsmodels": ["statsmodels.api"]}
    assert inside.wanted("numpy") == {"numpy": []}


def test_the_load_beside_a_measurement_is_told() -> None:
    measures = [
        replace(measure("ml", "warm", phase="numpy", seconds=0.1, suite="imports"), load=load)
        for load in (10.04, 1.5)
    ]
    assert "*Measured 2026-11-27, at a load of 1.5 to 10.0.*" in page.render(measures)


def test_one_package_of_torch_is_moved_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    moves: dict[str, str] = {}

    def moved(*_: Any, moves: Mapping[str, str], into: dict[str, str] = moves, **__: Any) -> None:
        into.update(moves)

    monkeypatch.setattr(nights, "moved", moved)
    run.moved(run.Bench(tmp_path, rounds=1, file=None))
    assert moves == {"ml": "python-ml", "torch": "torch", "tf": "tf"}


def test_nothing_changed_is_of_the_image_that_its_table_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        ours,
        "nothing_changed",
        lambda *_, image, suite: asked.append((image, suite)),
    )
    monkeypatch.setattr(proven, "stages", lambda *_: None)
    monkeypatch.setattr(run.Bench, "manifest", None)
    bench = run.Bench(tmp_path, rounds=1, file=None)
    run.nothing(bench)
    run.whole(bench)
    assert set(asked) == {("debian-12-minimal", "compare"), ("debian-12-cpu", "whole")}


def test_a_disk_is_named_by_the_version_that_it_was_filed_with(tmp_path: Path) -> None:
    disk = tmp_path / "disk.vhd"
    assert uploads.named(disk) == "disk.vhd"
    disk.with_name("manifest.json").write_text('{"image": "x", "version": "1.0.0"}')
    assert uploads.named(disk) == "x 1.0.0"
