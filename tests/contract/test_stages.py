"""No test is in neither `make test` nor `make test-all`, and the second takes all of the first."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest
from house import expect_none, sources

# what proves images, not this project: `burnish build` runs it in every image stage
# and what holds journals of the simulated host: Molecule runs it after each scenario there
THROUGH_BUILDS = {
    "tests/given/simulated/tests/simulated",
    "tests/simulated",
    "tests/toolchains",
    "tests/bench/bare/tests/toolchains",
    "tests/given/signed/tests/toolchains",
}


@pytest.fixture(scope="module")
def stages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stages", sources.ROOT / "tests" / "stages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["stages"] = module
    spec.loader.exec_module(module)
    return module


def test_every_folder_of_tests_is_run(stages: ModuleType) -> None:
    folders = {
        path.parent.relative_to(sources.ROOT).as_posix()
        for path in (sources.ROOT / "tests").rglob("test_*.py")
    }
    named = {word for stage in stages.everything() for word in stage.command}
    expect_none(sorted(folders - named - THROUGH_BUILDS))


def test_what_is_run_is_there(stages: ModuleType) -> None:
    words = {word for stage in (*stages.test(), *stages.everything()) for word in stage.command}
    paths = {word for word in words if word.startswith("tests/")}
    expect_none(sorted(path for path in paths if not (sources.ROOT / path).exists()))


@pytest.mark.parametrize("beside", [True, False])
def test_each_lane_has_budgets_well_within_the_hour(stages: ModuleType, *, beside: bool) -> None:
    budgets = [stage.minutes for stage in stages.test() if stage.beside == beside]
    assert min(budgets) > 0
    assert sum(budgets) <= 50
