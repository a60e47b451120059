"""Julia works for a normal user: numbers, the packages that everybody shares, own packages on top of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import pytest
from harness.facts import Environment, Facts
from harness.work import Work

DEPOT = "/opt/julia-depot"
FIXTURE = "the path only: a fixture plays Julia, which was not verified here"
Ending = Callable[[str], NoReturn]


@pytest.fixture
def julia(host: Any, facts: Facts, record: Callable[[str], None]) -> Sequence[str]:
    """The command that starts it; the report says where it is a fixture."""
    if host.file(f"/opt/julia-{facts.variable('julia_version')}/FIXTURE").exists:
        record(FIXTURE)
    return ["/usr/local/bin/julia"]


@pytest.fixture
def shared(facts: Facts, not_verified: Ending) -> Sequence[Mapping[str, Any]]:
    """The packages that everybody shares."""
    packages: Sequence[Mapping[str, Any]] = facts.variable("julia_packages")
    if not packages:
        not_verified("no-julia-packages")
    return packages


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_numbers_are_right(work: Work, julia: Sequence[str]) -> None:
    report = work("julia_numbers.jl", interpreter=julia)
    assert report["solved"] == pytest.approx([1, -2, 3])
    assert report["sparse"] == pytest.approx([1, 2, 4])
    assert report["lowest"] == pytest.approx(2 - 2 * math.cos(math.pi / 51), rel=1e-9)
    assert report["singular"] == pytest.approx([math.sqrt(45), math.sqrt(5)])
    # the inverse of Hilbert's matrix has whole numbers
    assert report["inverse"][:4] == [16, -120, 240, -140]
    assert report["inverse"][-4:] == [-140, 1680, -4200, 2800]
    assert report["logistic"] == pytest.approx(1 / (1 + math.exp(-1)), rel=1e-12)
    assert report["pendulum"] == pytest.approx([-1, 0], abs=1e-10)
    assert report["factorial"] == "265252859812191058636308480000000"
    assert report["pi"] == "3.1415926535897932384626433832795028841971"


@pytest.mark.levels("container", "vm", "azure")
def test_it_is_set_up_as_asked(work: Work, facts: Facts, julia: Sequence[str]) -> None:
    folders = [f"/opt/julia-{facts.variable('julia_version')}"]
    folders += [DEPOT] if facts.variable("julia_packages") else []
    report = work("julia_settings.jl", *folders, interpreter=julia)
    assert report["version"] == facts.variable("julia_version")
    assert report["program"] == f"{folders[0]}/bin"
    assert report["depots"][0] == f"{report['home']}/.julia"
    assert DEPOT in report["depots"][1:]
    shared = f"{DEPOT}/environments/shared/Project.toml"
    assert (shared in report["environments"]) is bool(facts.variable("julia_packages"))
    assert report["writable"] == [], "a user could change everybody's packages"


@pytest.mark.levels("container", "vm", "azure")
def test_shared_packages_load(
    work: Work, facts: Facts, julia: Sequence[str], shared: Sequence[Mapping[str, Any]]
) -> None:
    names = sorted(each["name"] for each in shared)
    report = work("julia_shared.jl", *names, interpreter=julia)
    folders = [f"{DEPOT}/packages/{name}/" for name in names]
    found = zip(report["places"], folders, strict=True)
    assert [place for place, folder in found if not place.startswith(folder)] == []
    compiled = [] if facts.variable("julia_precompile") else names
    assert report["compiled"] == compiled, "not what julia_precompile says"


@pytest.mark.levels("container", "vm", "azure")
def test_users_build_on_top_of_them(
    work: Work, julia: Sequence[str], shared: Sequence[Mapping[str, Any]]
) -> None:
    name, uuid = shared[-1]["name"], shared[-1]["uuid"]
    report = work("julia_own.jl", *julia, name, uuid, interpreter=julia)
    assert report["shared"].startswith(f"{DEPOT}/packages/{name}/")
    assert report["own"], "it was not compiled into the user's own depot"


@pytest.mark.levels("container", "vm", "azure")
def test_tables_are_grouped(
    work: Work, facts: Facts, julia: Sequence[str], not_verified: Ending
) -> None:
    if "DataFrames" not in {each["name"] for each in facts.variable("julia_packages")}:
        not_verified("no-dataframes")
    report = work("julia_tables.jl", interpreter=julia)
    assert report == {"long": ["Baden", "North"], "n": [4, 2]}


@pytest.mark.needs("nbclient", "nbformat", kernel=True)
@pytest.mark.levels("container", "vm", "azure")
def test_a_notebook_runs_in_julia(
    work: Work, facts: Facts, environment: Environment, not_verified: Ending
) -> None:
    if not facts.variable("julia_kernel"):
        not_verified("no-ijulia")
    cells = ["x = 6 * 7", "print(x, ' ', Sys.BINDIR)".replace("'", '"')]
    report = work("notebook.py", "julia", *cells, interpreter=[environment.python])
    home = f"/opt/julia-{facts.variable('julia_version')}"
    assert report["outputs"][1] == f"42 {home}/bin"
    assert report["kernels"]["julia"] == facts.kernels["julia"]
