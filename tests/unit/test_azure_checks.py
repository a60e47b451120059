"""The checks of a build's machine as Packer has them started: a program of the shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from burnish.build.azure_vm import script
from burnish.model.command import Command


@pytest.mark.touches("processes", reason="the shell itself is asked what it makes of the program")
def test_the_program_is_the_command_and_takes_more_arguments(tmp_path: Path) -> None:
    argv = ("sh", "-c", 'printf "%s|" "$WORD" "$(pwd)" "$@"', "sh", "it's", "a b")
    path = tmp_path / "checks"
    path.write_text(
        script(Command(argv=argv, env={"WORD": "$x y"}, cwd=tmp_path)), encoding="utf-8"
    )
    done = subprocess.run(
        ("sh", str(path), "--hosts=ssh://sandbox"), capture_output=True, text=True, check=True
    )
    assert done.stdout == f"$x y|{tmp_path}|it's|a b|--hosts=ssh://sandbox|"


def test_a_secret_is_never_written_down() -> None:
    with pytest.raises(AssertionError):
        script(Command(argv=("pytest",), secrets=("hidden",)))
