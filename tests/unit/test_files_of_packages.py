"""The check of an environment's files, over a small one: a file of two packages is found out."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import subprocess
import venv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from harness.facts import Environment

PROGRAM = Path(__file__).resolve().parents[1] / "toolchains" / "work" / "files.py"
Owned = Mapping[str, tuple[str, ...]]
# Who installs this has root, and pip: what the report says of both is not what these tests are about.
SOUND = {"writable": [], "pip_check": "No broken requirements found."}


@pytest.fixture
def python_checks(pytestconfig: pytest.Config) -> ModuleType:
    """The checks of the role python; their marks are the harness's, of which unit tests know none."""
    for mark in ("needs", "services"):
        pytestconfig.addinivalue_line("markers", f"{mark}: as the harness has it")
    return importlib.import_module("test_python")


@pytest.fixture
def report(tmp_path: Path) -> Callable[[Owned], dict[str, Any]]:
    """What the program says of an environment of these packages; each owns files of the same bytes."""

    def made(packages: Owned) -> dict[str, Any]:
        venv.EnvBuilder(symlinks=True).create(tmp_path)
        (site,) = tmp_path.glob("lib/python3.*/site-packages")
        for name, files in packages.items():
            _install(site, name, files=files)
        command = (tmp_path / "bin" / "python", "-I", PROGRAM)
        done = subprocess.run(command, capture_output=True, check=True)
        return dict(json.loads(done.stdout))

    return made


def _install(site: Path, name: str, *, files: tuple[str, ...]) -> None:
    value = base64.urlsafe_b64encode(hashlib.sha256(b"x = 1").digest()).rstrip(b"=").decode()
    info = f"{name}-1.dist-info"
    rows = [
        f"{info}/METADATA,,",
        f"{info}/RECORD,,",
        *(f"{each},sha256={value},5" for each in files),
    ]
    texts = {f"{info}/METADATA": f"Name: {name}\nVersion: 1\n", f"{info}/RECORD": "\n".join(rows)}
    for path, text in {**texts, **dict.fromkeys(files, "x = 1")}.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, encoding="utf-8")


def environment(locked: Owned) -> Environment:
    return Environment(
        name="ml",
        prefix="/opt/envs/ml",
        python="/opt/envs/ml/bin/python",
        requirements=(),
        locked=tuple(f"{name}==1" for name in locked),
        imports={},
        kernel=False,
        default=False,
    )


@pytest.mark.touches("processes", reason="an environment's own Python reads its files")
@pytest.mark.parametrize(
    ("packages", "shared"),
    [
        ({"one": ("one.py",), "two": ("two.py",)}, ""),
        ({"mlflow": ("mlflow/a.py",), "mlflow-skinny": ("mlflow/a.py",)}, ""),
        ({"one": ("same.py",), "two": ("same.py",)}, r"same\.py': \['(one', 'two|two', 'one)'\]"),
        ({"nvidia-a": ("nvidia/x.py",), "nvidia-b": ("nvidia/x.py",)}, r"nvidia/x\.py"),
    ],
)
def test_a_file_of_two_packages_is_found_out(
    report: Callable[[Owned], dict[str, Any]], packages: Owned, shared: str, *, python_checks: Any
) -> None:
    told = {**report(packages), **SOUND}
    check = python_checks.test_files_are_their_packages
    assert (told["wrong"], told["missing"]) == ([], []), "the bytes are those of either RECORD"
    if not shared:
        check(lambda *_, **__: told, environment(packages))
        return
    with pytest.raises(AssertionError, match=shared):
        check(lambda *_, **__: told, environment(packages))
