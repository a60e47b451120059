"""The toolchain that CONTRIBUTING shows keeps every rule, so a copy of it is a good start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from house import definitions, example, expect_none, law, mutations, roles, sources, tasks

PAGE = sources.ROOT / "CONTRIBUTING.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example.lay_out(sources.text(PAGE), root=tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def role(root: Path) -> roles.Role:
    (found,) = roles.found_in(root)
    return found


@pytest.mark.parametrize(
    "rule",
    [
        roles.missing,
        roles.specification,
        roles.uses_only_its_variables,
        roles.internals,
        roles.facts,
        mutations.unproven,
    ],
)
def test_example_role_is_whole(
    rule: Callable[[roles.Role], Iterable[str]], role: roles.Role
) -> None:
    expect_none(rule(role))


def test_example_tasks_keep_the_law(role: roles.Role) -> None:
    assert role.tasks != ()
    expect_none(text for task in role.tasks for text in law.broken(task, role.name))


def test_example_table_is_fresh(role: roles.Role) -> None:
    tool = sources.ROOT / "scripts" / "tools" / "role_readme.py"
    command = [sys.executable, str(tool), "--check", str(role.folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)


def test_example_definitions_are_small_and_well_named(root: Path) -> None:
    found = sorted((root / "packer").rglob("*.yaml"))
    assert [path.parent.name for path in found] == ["images", "profiles"]
    for path in found:
        expect_none(definitions.large(path, tasks.load(path)))
        expect_none(definitions.misnamed(path, tasks.load(path)))


def test_example_python_is_formatted(root: Path) -> None:
    """By this project's own settings, without what its tests are excused from."""
    ruff = Path(sys.executable).with_name("ruff")
    config = f"--config={sources.ROOT / 'pyproject.toml'}"
    for verb in (["format", "--check"], ["check", "--extend-ignore=S,T20"]):
        command = [str(ruff), *verb, config, "--no-cache", str(root / "tests")]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
