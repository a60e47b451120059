"""MKL computes where it is said to, computes rightly, and nothing else is said to be MKL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness.facts import Environment, Facts
from harness.tree import Tree
from harness.work import Work

R = "/usr/bin/Rscript"
SYSTEM = "/usr/lib/x86_64-linux-gnu"
# Where each BLAS lies. R's start script puts the system's folder before what the loader is told, so
# one run takes another BLAS by R's own variable.
FOLDERS = {
    "mkl": "/usr/local/lib/mkl",
    "openblas": f"{SYSTEM}/openblas-pthread",
    "reference": f"{SYSTEM}/blas:{SYSTEM}/lapack",
}


def computed(work: Work, name: str) -> dict[str, Any]:
    """What R computes with one of the three."""
    chosen = ["env", f"R_LD_LIBRARY_PATH=/usr/lib/R/lib:{FOLDERS[name]}"]
    # with a wrong way to use threads decompositions iterate without end
    return dict(work("blas.R", "2000", interpreter=["timeout", "300", *chosen, R]))


def named(path: str) -> str:
    """Which of the three a library's path belongs to."""
    if "libmkl_rt" in path:
        return "mkl"
    return "openblas" if "openblas" in path else "reference" if f"{SYSTEM}/" in path else path


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_r_computes_with_what_was_chosen(work: Work, facts: Facts) -> None:
    report = work("blas.R", "100", interpreter=[R])
    chosen = facts.variable("mkl_blas")
    assert (named(report["blas"]), named(report["lapack"])) == (chosen, chosen)
    kinds = {"openblas" for path in report["mapped"] if "openblas" in path}
    kinds |= {"mkl" for path in report["mapped"] if "libmkl" in path}
    kinds |= {"reference" for path in report["mapped"] if f"{SYSTEM}/blas/" in path}
    assert kinds == {chosen}, "two BLAS in one process"


@pytest.mark.levels("container", "vm", "azure")
def test_all_three_give_the_same_answers(work: Work, record: Callable[[str], None]) -> None:
    reports = {name: computed(work, name) for name in FOLDERS}
    assert {name: named(report["blas"]) for name, report in reports.items()} == {
        name: name for name in FOLDERS
    }
    for report in reports.values():
        off = {**report["off"], **report["dots_off"]}
        assert {name: value for name, value in off.items() if value > 1e-9} == {}
    expected = reports["reference"]["answers"]
    for name in ("mkl", "openblas"):
        for what, value in reports[name]["answers"].items():
            assert value == pytest.approx(expected[what], rel=1e-7), f"{what} by {name}"
    seconds = (f"{name} {report['seconds']:.2f} s" for name, report in reports.items())
    record(f"product of two matrices of 2000 by 2000 in R: {', '.join(seconds)}")


@pytest.mark.levels("container", "vm", "azure")
def test_forked_workers_compute(work: Work) -> None:
    report = work("forks.R", interpreter=["timeout", "120", R])
    assert report == {"before": [1500**3], "workers": [1500**3] * 2}


@pytest.mark.levels("container", "vm", "azure")
def test_all_that_links_blas_finds_it_whole(work: Work) -> None:
    report = work("blas_users.py", interpreter=["/usr/bin/python3"])
    assert {"/usr/lib/R/lib/libR.so", "/usr/lib/R/modules/lapack.so"} <= set(report["users"])
    assert report["lacking"] == {}


@pytest.mark.levels("container", "vm", "azure")
def test_the_runtime_computes_and_says_who_it_is(
    work: Work, facts: Facts, record: Callable[[str], None]
) -> None:
    own = facts.environment(facts.variable("mkl_environment"))
    report = work("mkl_runtime.py", interpreter=[own.python])
    assert report["equal"]
    (pool,) = report["pools"]
    assert (pool["api"], pool["file"]) == ("mkl", f"{own.prefix}/lib/libmkl_rt.so.3")
    assert report["others"] == [], "another BLAS in the process"
    assert "oneAPI Math Kernel Library" in report["version"]
    assert f" {own.versions['mkl'].rpartition('.')[0]}-" in report["version"]
    assert len(report["licences"]) == 1, "MKL may be passed on with its licence only"
    record(report["version"])
    record(f"threadpoolctl says of it: {pool['told']}")


@pytest.mark.needs("numpy", "scipy")
@pytest.mark.levels("container", "vm", "azure")
def test_numpy_and_scipy_are_openblas(
    work: Work, environment: Environment, facts: Facts, record: Callable[[str], None]
) -> None:
    """Or MKL, in the one environment that was given wheels of our own."""
    report = work("python_blas.py", interpreter=[environment.python])
    ours = "numpy_mkl" in facts.roles and environment.name == facts.variable(
        "numpy_mkl_environment"
    )
    name, built = ("MKL", "mkl-burnish") if ours else ("OpenBLAS, not with MKL", "scipy-openblas")
    assert (report["numpy"], report["scipy"]) == ([built] * 2, [built] * 2)
    assert report["loaded"] == (["libblas", "mkl_rt"] if ours else ["openblas"])
    record(f"numpy and scipy of {environment.name} compute with {name}")


@pytest.mark.needs("scikit-learn-intelex")
@pytest.mark.levels("container", "vm", "azure")
def test_scikit_learn_is_patched_and_equal(work: Work, environment: Environment) -> None:
    report = work("sklearnex_patched.py", interpreter=[environment.python])
    assert report["plain"].startswith("sklearn.")
    assert report["patched"].startswith("sklearnex.")
    assert report["difference"] < 1e-6


@pytest.mark.needs("torch")
@pytest.mark.levels("container", "vm", "azure")
def test_torch_brings_its_own_mkl(work: Work, environment: Environment) -> None:
    report = work("torch_mkl.py", interpreter=[environment.python])
    assert (report["mkl"], report["told"]) == (True, True)
    assert report["off"] < 1e-9


@pytest.mark.levels("artifact")
def test_the_disk_keeps_mkl(tree: Tree, facts: Facts) -> None:
    names = [f"{FOLDERS['mkl']}/lib{name}.so.3" for name in ("blas", "lapack")]
    links = [f"/etc/alternatives/lib{name}.so.3-x86_64-linux-gnu" for name in ("blas", "lapack")]
    assert all(name in tree for name in (*names, *links))
    assert {(tree.entries[name].uid, tree.entries[name].mode & 0o022) for name in names} == {(0, 0)}
    assert all(tree.entries[name].mtime <= facts.epoch for name in names)
