"""Which roles `make test` and CI take for changed, and that a role which is not there is an error."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
touches = pytest.mark.touches("processes", "home", "clock", reason="it asks git")


def load(path: str, *, package: str) -> ModuleType:
    """A module of this checkout that no test can import, under a package that is made for it."""
    file = ROOT / path
    above = sys.modules[package] = ModuleType(package)
    above.__path__ = [str(file.parent)]
    spec = importlib.util.spec_from_file_location(f"{package}.{file.stem}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


STAGES = load("tests/stages.py", package="stages_of_changes")
MOLECULE = load("tests/molecule/conftest.py", package="molecule_of_changes")


def git(root: Path, *words: str) -> None:
    subprocess.run((*GIT, "-C", str(root), *words), check=True, capture_output=True)


def commit(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{path} of {paths}\n", encoding="utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--message", "x")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout of two roles, as it stands upstream."""
    git(tmp_path, "init")
    commit(tmp_path, "README.md", "roles/r/tasks/main.yml", "roles/java/tasks/main.yml")
    checks = tmp_path / "tests/toolchains/test_java.py"
    checks.parent.mkdir(parents=True)
    checks.write_text('work("java.py")\n', encoding="utf-8")
    commit(tmp_path, "pyproject.toml")
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    return tmp_path


@touches
@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("roles/r/tasks/linux.yml", ("r",)),
        ("molecule/r/converge.yml", ("r",)),
        ("molecule/r_alternative/vars.yml", ("r",)),
        ("molecule/windows_r/molecule.yml", ("r",)),
        ("molecule/windows_r_alternative/molecule.yml", ("r",)),
        ("tests/toolchains/test_r.py", ("r",)),
        ("tests/toolchains/work/java.py", ("java",)),
        ("tests/toolchains/work/nobodys.py", ()),
        ("tests/mutations/r/test_x.sh", ("r",)),
        ("tests/mutations/README.md", ()),
        ("molecule/shared/prepare.yml", ()),
        ("roles/README.md", ()),
        ("docs/r.md", ()),
    ],
)
def test_a_file_changes_the_role_that_it_proves(
    root: Path, path: str, changed: tuple[str, ...]
) -> None:
    commit(root, path)
    assert STAGES.changed_roles(root) == changed


@touches
def test_all_since_the_merge_base_counts(root: Path) -> None:
    commit(root, "roles/r/tasks/linux.yml")
    commit(root, "roles/java/tasks/linux.yml")
    assert STAGES.changed_roles(root) == ("java", "r")


@touches
def test_on_main_the_last_commit_counts(root: Path) -> None:
    commit(root, "roles/r/tasks/linux.yml")
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert STAGES.changed_roles(root) == ("r",)


def test_the_stages_of_changes_take_every_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(STAGES, "changed_roles", lambda: ("java", "r"))
    (stage,) = STAGES.changed()
    assert stage.command[-4:] == ("--role", "java", "--role", "r")
    monkeypatch.setattr(STAGES, "changed_roles", lambda: ())
    assert STAGES.changed() == []


def options(*words: str) -> Any:
    """A configuration of pytest as Molecule's run has it, with these words on its command line."""
    parser = argparse.ArgumentParser()
    group = SimpleNamespace(addoption=parser.add_argument)
    MOLECULE.pytest_addoption(SimpleNamespace(getgroup=lambda name: group))
    given = parser.parse_args(words)
    return SimpleNamespace(getoption=lambda name: getattr(given, name))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--role", "pyhton"), "unknown role 'pyhton'. did you mean 'python'?"),
        (("--role", "r", "--role", "pyhton"), "unknown role 'pyhton'. did you mean 'python'?"),
        (("--plain", "jupiter"), "unknown role 'jupiter'. did you mean 'jupyter'?"),
    ],
)
def test_a_role_that_is_not_there_is_an_error(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(pytest.UsageError) as caught:
        MOLECULE.pytest_configure(options(*words))
    assert str(caught.value) == told


def test_a_role_without_a_scenario_of_the_system_is_none(tmp_path: Path) -> None:
    config = options("--role", "mkl", "--os", "windows")
    MOLECULE.pytest_configure(config)
    assert MOLECULE.scenarios(config) == []
    (tmp_path / "roles" / "graphviz").mkdir(parents=True)
    MOLECULE.pytest_configure(options("--role", "graphviz", "--further-root", str(tmp_path)))
