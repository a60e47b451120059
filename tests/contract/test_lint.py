"""Each linter is a test; one that is not installed is a failure. `make test` runs these apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from house import sources

pytestmark = pytest.mark.lint
# roles take tasks from beside the playbook, which the linter does not know
ENVIRONMENT = {"ANSIBLE_PLAYBOOK_DIR": str(sources.ROOT / "ansible")}
SHEBANGS = ("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash", "#!/usr/bin/env sh")
COMMANDS = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "yamllint": ("yamllint", "--strict", "."),
    "ansible-lint": (
        "ansible-lint",
        "--offline",
        "--strict",
        "--profile=production",
        "--config-file=.config/ansible-lint.yml",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_linter_finds_nothing(name: str) -> None:
    program, *arguments = COMMANDS[name]
    _passes(program, *arguments)


def test_shellcheck_finds_nothing() -> None:
    scripts = [path for path in sources.files() if _is_shell(path)]
    assert sources.ROOT / ".ci" / "run" in scripts
    named = [path for path in scripts if _shebang(path)]
    _passes("shellcheck", *(sources.place(path) for path in named))
    bare = [path for path in scripts if path not in named]
    _passes("shellcheck", "--shell=sh", *(sources.place(path) for path in bare))


def _passes(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_find(program), *arguments],
        cwd=sources.ROOT,
        env={**os.environ, **ENVIRONMENT},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"{program} {' '.join(arguments)}\n{done.stdout}"


def _find(program: str) -> str:
    """The program of this environment before any other on PATH."""
    beside = Path(sys.executable).parent / Path(program).name
    found = str(beside) if beside.is_file() else shutil.which(program)
    assert found, f"{program} is not installed: run `make setup`"
    return found


def _is_shell(path: Path) -> bool:
    return path.suffix in (".sh", ".bash") or (path.suffix != ".j2" and _shebang(path))


def _shebang(path: Path) -> bool:
    return sources.text(path).startswith(SHEBANGS)
