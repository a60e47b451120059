"""The samples run from end to end in their kernels, and every user has a copy of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from harness.facts import Environment, Facts
from harness.work import Work

SYSTEM = ["/usr/bin/python3"]
DATA = {"orders": 500, "cities": 3, "still missing": 0, "stored orders": 500}
# Student (1908); the Physicians' Health Study (1989); Anscombe (1973)
STATISTICS = {
    "t": -4.0621,
    "p of t": 0.002833,
    "chi-squared": 25.0139,
    "relative risk": 0.5501,
    "slope I": 0.5001,
    "slope IV": 0.4999,
    "intercept": 3.0001,
    "r squared": 0.6665,
}
JULIA = {"cities": 3, "missing amounts": 1, "intercept": 3.0001, "slope": 0.5001}
# Each kernel's notebooks.
NOTEBOOKS = {
    "python3": [
        "python/1-data-preparation.ipynb",
        "python/2-statistics.ipynb",
        "python/3-training.ipynb",
    ],
    "tf": ["python/4-deep-learning-tensorflow.ipynb"],
    "torch": ["python/4-deep-learning-pytorch.ipynb"],
    "ir": ["r/1-data-preparation.ipynb", "r/2-statistics.ipynb", "r/3-training.ipynb"],
    "julia": ["julia/1-data-and-statistics.ipynb"],
}

Run = Callable[..., dict[str, Any]]
Ending = Callable[[str], NoReturn]


@pytest.fixture
def run(work: Work, facts: Facts) -> Run:
    """Executes those of some notebooks whose kernel is there; gives the figures that each printed."""
    able = [each for each in facts.environments if each.has("nbclient", "nbformat")]

    def execute(*names: str) -> dict[str, Any]:
        there = [name for kernel in facts.kernels for name in NOTEBOOKS.get(kernel, ())]
        wanted = [name for name in names if name in there]
        assert wanted, f"no kernel for any of {names}"
        folder = facts.variable("samples_folder")
        report = work("samples.py", folder, *wanted, interpreter=[able[0].python])
        for name, each in report.items():
            assert name in NOTEBOOKS[each["kernel"]]
            assert each["stored_outputs"] == 0, "outputs are shipped"
            assert each["pictures"] > 0 or each["kernel"] == "julia"
        return {name: each["figures"] for name, each in report.items()}

    return execute


@pytest.mark.levels("container", "vm", "azure")
def test_samples_of_data_preparation_run(run: Run) -> None:
    for name, figures in run(
        "python/1-data-preparation.ipynb", "r/1-data-preparation.ipynb"
    ).items():
        assert figures.items() >= DATA.items(), name
        assert (figures["rows"], figures["spellings of cities"]) == (515, 5)


@pytest.mark.levels("container", "vm", "azure")
def test_samples_of_statistics_run(run: Run) -> None:
    for name, figures in run("python/2-statistics.ipynb", "r/2-statistics.ipynb").items():
        assert {key: figures[key] for key in STATISTICS} == STATISTICS, name


@pytest.mark.levels("container", "vm", "azure")
def test_samples_in_julia_run(run: Run, facts: Facts, not_verified: Ending) -> None:
    if "julia" not in facts.kernels:
        not_verified("no-ijulia")
    (figures,) = run(*NOTEBOOKS["julia"]).values()
    assert figures.items() >= JULIA.items()


@pytest.mark.levels("container", "vm", "azure")
def test_samples_of_training_run(run: Run) -> None:
    for name, figures in run("python/3-training.ipynb", "r/3-training.ipynb").items():
        assert figures["accuracy"] > 0.9, name
        assert figures["same predictions"] == figures["set aside"] > 0, name


@pytest.mark.needs("tensorflow-cpu|tensorflow|torch", kernel=True)
@pytest.mark.levels("container", "vm", "azure")
def test_samples_of_deep_learning_run(run: Run, environment: Environment) -> None:
    (figures,) = run(*NOTEBOOKS[environment.name]).values()
    assert figures["pictures"] == 1797
    assert figures["accuracy"] > 0.93
    assert figures["loss fell to"] < 0.25
    assert figures["same predictions"] == 450


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_every_user_has_the_samples(work: Work, facts: Facts) -> None:
    folder, name = facts.variable("samples_folder"), facts.variable("samples_name")
    report = work("samples_homes.py", folder, name, interpreter=SYSTEM, user="root")
    there = [book for kernel in facts.kernels for book in NOTEBOOKS.get(kernel, ())]
    assert report["shared"] == sorted(there)
    assert report["changeable"] == [], "users could change everybody's copy"
    own = {"same": True, "writable": True}
    assert report["new_user"] == own
    assert report["old_user"] == own
    assert report["comes_back"] == [], "users who removed them get them again"
