"""numpy and scipy of the environment compute with MKL, with nothing else, and rightly."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from harness.facts import Environment, Facts
from harness.tree import Tree
from harness.work import Work

WHEELS = "/usr/local/lib/mkl/wheels"


@pytest.fixture
def given(facts: Facts) -> Environment:
    """The environment that was given the wheels."""
    return facts.environment(facts.variable("numpy_mkl_environment"))


@pytest.mark.levels("container", "vm", "azure")
def test_the_answers_are_right(
    work: Work, given: Environment, record: Callable[[str], None]
) -> None:
    report = work("numpy_mkl.py", interpreter=["timeout", "300", given.python])
    answers = report["answers"]
    # the inverse of Hilbert's matrix has whole numbers
    assert answers["inverse"] == pytest.approx([36, -630, 3360, -7560, 7560, -2772], rel=1e-7)
    assert answers["determinant"] == pytest.approx(1 / 186313420339200000, rel=1e-7, abs=0)
    assert answers["singular"] == pytest.approx([math.sqrt(45), math.sqrt(5)])
    assert answers["lowest"] == pytest.approx(2 - 2 * math.cos(math.pi / 51), rel=1e-9)
    assert answers["highest"] == pytest.approx(2 + 2 * math.cos(math.pi / 51), rel=1e-9)
    # complex results: conjugated on the left, or not
    assert (answers["vdot"], answers["zdotc"], answers["cdotc"]) == ([60, 0], [60, 0], [60, 0])
    assert answers["zdotu"] == [0, 40]
    assert answers["line"] == pytest.approx([3, 1])
    assert report["off"] < 1e-10
    record(f"product of two matrices of 2000 by 2000 in numpy: {report['seconds']:.2f} s")


@pytest.mark.levels("container", "vm", "azure")
def test_only_mkl_is_loaded(work: Work, given: Environment) -> None:
    report = work("numpy_mkl.py", interpreter=["timeout", "300", given.python])
    assert report["pools"] == ["mkl tbb"]
    assert report["loaded"] == ["libblas", "mkl_tbb_thread"]


@pytest.mark.levels("container", "vm", "azure")
def test_forked_workers_of_numpy_compute(work: Work, given: Environment) -> None:
    report = work("numpy_mkl_forks.py", interpreter=["timeout", "120", given.python])
    assert report == {"before": 1500**2, "workers": [1500**2] * 2}


@pytest.mark.levels("container", "vm", "azure")
def test_the_wheels_are_what_is_installed(
    work: Work, given: Environment, record: Callable[[str], None]
) -> None:
    report = work("numpy_mkl_wheels.py", WHEELS, interpreter=[given.python])
    versions = {name: wheel["version"] for name, wheel in report.items()}
    assert versions == {name: given.versions[name] for name in ("numpy", "scipy")}
    assert {name: wheel["differing"] for name, wheel in report.items()} == {
        "numpy": [],
        "scipy": [],
    }
    for name, wheel in report.items():
        record(f"built here: {name} {wheel['version']} sha256 {wheel['sha256']}")


@pytest.mark.levels("artifact")
def test_the_disk_keeps_the_wheels(tree: Tree) -> None:
    kept = {path: entry for path, entry in tree.entries.items() if path.startswith(f"{WHEELS}/")}
    names = sorted(
        path.rpartition("/")[2].partition("-")[0] for path in kept if path.endswith(".whl")
    )
    assert names == ["numpy", "scipy"]
    assert all((entry.uid, entry.mode & 0o022) == (0, 0) for entry in kept.values())
