"""What becomes of a row, from who claims it and what the checks last said."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.molecule import filing

TOOLS = Path(__file__).resolve().parents[2] / "scripts" / "tools"
SUPPORT = {
    "linux_cpu": {"state": "yes"},
    "linux_gpu": {"state": "yes"},
    "windows": {"state": "no", "reason": "not-written"},
}


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


PAGE, TAKEN = load("toolchain_page"), load("toolchain_verdicts")


def claim(**values: Any) -> Any:
    given = {"role": "r", "support": SUPPORT, "checks": ("test_a", "test_b"), "fixture": ""}
    return PAGE.Claim(**{**given, **values})


def there(fixture: str = "", **windows: str) -> Any:
    """A role with a row of its own for Windows."""
    row = {"reason": "licence", **windows} if windows else {"state": "yes"}
    return claim(support={**SUPPORT, "windows": row}, fixture=fixture)


def on_windows(level: str = "wine", *, role: str = "", **checks: str) -> dict[str, Any]:
    """What was said of a plan for Windows: of the role on the simulated host, of its checks at a level."""
    found = {f"test_r::test_{name}": {level: outcome} for name, outcome in checks.items()}
    played = {"windows_r": {"simulated": role}} if role else {}
    return {"windows": {"checks": {**found, **played}}}


def said(a: str, b: str) -> dict[str, Any]:
    checks = {"test_r::test_a": {"container": a}, "test_r::test_b": {"container": b, "vm": b}}
    return {"linux_cpu": {"checks": checks}}


def played(a: str, b: str = "passed", *, passed: bool = True, **column: Any) -> dict[str, Any]:
    """What the checks said in a scenario with a fixture; and of an image, where one is given."""
    checks = {"test_r::test_a": {"fixture": a}, "test_r::test_b": {"fixture": b}}
    return {"fixture": {"r": {"day": "2026-11-27", "passed": passed, "checks": checks}}, **column}


BY_FIXTURE = claim(fixture="tests/x")
TIER = ("test_learns",)


def on_gpu(tier: str, *, b: str = "passed") -> dict[str, Any]:
    """A GPU image: what the tier said, and one of the other checks."""
    found = said("passed", b)["linux_cpu"]["checks"] | {"test_gpu::test_learns": {"gpu": tier}}
    return {"linux_gpu": {"checks": found}}


@pytest.mark.parametrize(
    ("row", "column", "claimed", "verdicts", "expected"),
    [
        ({"only": "linux"}, "windows", claim(), {}, "-"),
        ({"with": "Spark"}, "linux_cpu", None, {}, "later (Spark)"),
        ({}, "windows", claim(), {}, "no: it is not written for this system yet"),
        (
            {},
            "windows",
            there(state="no", instead="WSL2"),
            {},
            "no: its licence does not allow it; instead: WSL2",
        ),
        ({}, "windows", there(state="limited"), {}, "limited: its licence does not allow it"),
        (
            {},
            "windows",
            there(state="limited"),
            {"windows": {"checks": {}}},
            "limited: its licence does not allow it",
        ),
        ({}, "windows", there(), on_windows(), "no image yet"),
        ({}, "windows", there(), on_windows(role="passed"), "role on the simulated host"),
        ({}, "windows", there(), on_windows(role="failed"), "FAILED"),
        ({}, "windows", there(), on_windows(a="passed", role="passed"), "in part under Wine"),
        ({}, "windows", there(), on_windows(a="passed", b="passed"), "under Wine"),
        ({}, "windows", there(), on_windows(a="passed", b="failed"), "FAILED"),
        ({}, "windows", there(), on_windows("azure", a="passed", b="passed"), "proven"),
        ({}, "windows", there(fixture="tests/x"), {}, "no image yet"),
        ({}, "linux_cpu", BY_FIXTURE, {}, "not run yet"),
        ({}, "linux_cpu", claim(), played("passed"), "not run yet"),
        ({}, "windows", there(fixture="tests/x"), played("passed"), "no image yet"),
        ({}, "linux_cpu", BY_FIXTURE, played("passed"), "by a fixture"),
        ({}, "linux_gpu", BY_FIXTURE, played("passed"), "by a fixture"),
        ({}, "linux_cpu", BY_FIXTURE, played("not-verified"), "in part by a fixture"),
        ({}, "linux_cpu", BY_FIXTURE, played("failed"), "FAILED"),
        ({}, "linux_cpu", BY_FIXTURE, played("passed", passed=False), "FAILED"),
        ({}, "linux_cpu", BY_FIXTURE, said("skipped", "skipped"), "not run yet"),
        (
            {},
            "linux_cpu",
            BY_FIXTURE,
            played("passed", **said("skipped", "skipped")),
            "by a fixture",
        ),
        (
            {},
            "linux_cpu",
            BY_FIXTURE,
            played("failed", passed=False, **said("passed", "passed")),
            "proven",
        ),
        ({}, "linux_cpu", BY_FIXTURE, said("passed", "passed"), "proven"),
        ({}, "linux_cpu", BY_FIXTURE, said("passed", "failed"), "FAILED"),
        ({}, "linux_cpu", claim(), {}, "not run yet"),
        ({}, "linux_gpu", claim(), said("passed", "passed"), "no image yet"),
        ({}, "linux_cpu", claim(), said("passed", "passed"), "proven"),
        ({}, "linux_cpu", claim(), said("passed", "not-verified"), "proven in part"),
        ({}, "linux_cpu", claim(), said("passed", "failed"), "FAILED"),
        ({}, "linux_cpu", claim(role="julia"), said("passed", "passed"), "not run yet"),
        ({}, "linux_gpu", claim(gpu=TIER), on_gpu("not-verified"), PAGE.NO_GPU),
        ({}, "linux_gpu", claim(gpu=TIER), on_gpu("not-verified", b="failed"), "FAILED"),
        (
            {},
            "linux_gpu",
            claim(gpu=TIER),
            on_gpu("not-verified", b="not-verified"),
            "proven in part",
        ),
        ({}, "linux_gpu", claim(gpu=TIER), on_gpu("passed"), "proven"),
        ({}, "linux_gpu", claim(gpu=TIER), on_gpu("failed"), "FAILED"),
        ({}, "linux_cpu", claim(gpu=TIER), said("passed", "passed"), "proven"),
    ],
)
def test_a_cell_says_what_is_known(
    row: Any, column: str, claimed: Any, verdicts: Any, expected: str
) -> None:
    assert PAGE.cell(row, column, claim=claimed, verdicts=verdicts) == expected


def test_a_level_counts_where_all_checks_passed() -> None:
    assert PAGE.levels(claim(), said("passed", "passed")) == "container"
    assert PAGE.levels(claim(checks=("test_b",)), said("passed", "passed")) == "container, vm"
    assert PAGE.levels(claim(gpu=TIER), on_gpu("passed")) == "container, gpu"
    assert PAGE.levels(claim(gpu=TIER), on_gpu("not-verified")) == "container"
    assert PAGE.levels(None, said("passed", "passed")) == ""


def test_a_check_of_another_role_counts_too() -> None:
    other = claim(role="rstudio", checks=("test_r::test_a",))
    assert PAGE.cell({}, "linux_cpu", claim=other, verdicts=said("passed", "skipped")) == "proven"


def test_the_page_says_when_a_fixture_played() -> None:
    text = "".join(PAGE.sections({"rows": []}, claimed={}, verdicts=played("passed")))
    assert "Scenarios in which a fixture plays the tool: r on 2026-11-27.\n" in text
    assert "Verdicts of: none yet.\n" in text


def test_the_page_counts_what_waits_for_a_gpu() -> None:
    rows = [{"row": "PyTorch", "state": "must"}, {"row": "R", "state": "must"}]
    claimed = {"PyTorch": claim(gpu=TIER), "R": claim()}
    verdicts = {"linux_gpu": {"image": "i", "version": "1", **on_gpu("not-verified")["linux_gpu"]}}
    text = "".join(PAGE.sections({"rows": rows}, claimed=claimed, verdicts=verdicts))
    assert "Rows on Linux GPU: 1 proven, 1 not verified here: no GPU.\n" in text


def test_what_a_fixture_answered_is_not_proven() -> None:
    """As where a site's mirror has the fixture: the version is real, the tool is not."""
    text = "the path only: a fixture plays R, which was not verified here"
    results = [
        {"check": "test_r::test_a", "outcome": "passed", "text": text},
        {"check": "test_r::test_b", "outcome": "passed", "text": ""},
    ]
    found = TAKEN.outcomes({"verdicts": [{"level": "vm", "results": results}]})
    assert found == {"test_r::test_a": {"fixture": "passed"}, "test_r::test_b": {"vm": "passed"}}
    verdicts = {"linux_cpu": {"checks": found}}
    assert PAGE.cell({}, "linux_cpu", claim=BY_FIXTURE, verdicts=verdicts) == "by a fixture"


def test_a_played_scenario_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tmp_path / "verdicts.json"
    known.write_text('{"linux_cpu": {}}', encoding="utf-8")
    monkeypatch.setattr(TAKEN, "VERDICTS", known)
    junit = tmp_path / "checks.xml"
    case = '<testcase classname="test_r" name="test_a[docker://x]" time="1"/>'
    junit.write_text(f"<testsuites><testsuite>{case}</testsuite></testsuites>", encoding="utf-8")
    for path, checks in ((junit, {"test_r::test_a": {"fixture": "passed"}}), (tmp_path / "no", {})):
        told = filing.file_played("r", junit=path, image="i", passed=bool(checks), folder=tmp_path)
        assert TAKEN.main([str(told)]) == 0
        taken = json.loads(known.read_text(encoding="utf-8"))
        assert (taken["fixture"]["r"]["checks"], taken["linux_cpu"]) == (checks, {})
        assert taken["fixture"]["r"]["passed"] is bool(checks)


def test_verdicts_keep_the_worst_of_a_check() -> None:
    results = [
        {"check": "test_r::test_a[ml]", "outcome": "passed"},
        {"check": "test_r::test_a[tf]", "outcome": "failed"},
        {"check": "test_r::test_b[ml]", "outcome": "not-verified"},
        {"check": "test_r::test_b[tf]", "outcome": "passed"},
    ]
    manifest = {"verdicts": [{"level": "vm", "results": results}]}
    assert TAKEN.outcomes(manifest) == {
        "test_r::test_a": {"vm": "failed"},
        "test_r::test_b": {"vm": "passed"},
    }
    assert TAKEN.column({"base": "debian-12", "flavour": "cpu"}) == "linux_cpu"
