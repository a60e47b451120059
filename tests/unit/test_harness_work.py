"""How a work program of the checks is started, as whom, for how long, and what is told of one that failed."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from harness.work import (
    DEADLINE,
    EMULATED,
    LONGEST,
    PATIENT,
    Work,
    WorkFailed,
    answer,
    arguments,
    as_user,
)


def test_a_program_goes_as_one_argument(tmp_path: Path) -> None:
    program = tmp_path / "a.py"
    program.write_text("print('{}')\n")
    argv = arguments(program, args=["x y"], interpreter=["python", "-I"])
    assert argv == ("python", "-I", "-c", "print('{}')\n", "x y")
    in_r = tmp_path / "a.R"
    in_r.write_text('cat("a\\n") # * [1]\n')
    argv = arguments(in_r, args=["x y"], interpreter=["Rscript"])
    assert argv[-2:] == ('cat("a\\n") # * [1]\n', "x y"), "R's start script would read -e itself"
    program.write_text("#" * (LONGEST + 1))
    with pytest.raises(ValueError, match="must be shorter"):
        arguments(program, args=[], interpreter=["python"])


def test_work_runs_as_the_normal_user_and_reads_the_last_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    calls = []

    def transport(argv: Sequence[str], user: str) -> tuple[int, str, str]:
        calls.append((argv[0], argv[-1], user))
        return 0, 'noise\n{"n": 1}\n', "warning"

    work = Work(transport=transport, folders=(tmp_path,), user="prover")
    assert work("a.py", "one", interpreter=["python"]) == {"n": 1}
    work("a.py", "two", interpreter=["python"], user="root")
    assert calls == [("timeout", "one", "prover"), ("timeout", "two", "root")]
    with pytest.raises(FileNotFoundError, match=r"work program 'b.py' is not in"):
        work("b.py", interpreter=["python"])


@pytest.mark.touches("processes", reason="a shell asks a file")
@pytest.mark.parametrize(
    ("name", "emulated"), [("QEMU TCG CPU version 2.5+", True), ("AMD EPYC 7763", False)]
)
def test_an_emulated_processor_is_known_by_its_name(
    tmp_path: Path, *, name: str, emulated: bool
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nmodel name\t: {name}\n")
    probe = EMULATED.replace("/proc", str(tmp_path))
    assert (subprocess.run(["sh", "-c", probe], check=False).returncode == 0) is emulated


@pytest.mark.touches("processes", reason="it starts a shell")
def test_what_an_emulated_processor_is_given_starts_the_program() -> None:
    script = 'echo "$ATEN_CPU_CAPABILITY $NPY_DISABLE_CPU_FEATURES $CELL_SECONDS"'
    done = subprocess.run(
        [*PATIENT, "sh", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "default X86_V3 X86_V4 2400\n"
    assert int(PATIENT[-1]) == 4 * int(DEADLINE[-1])


@pytest.mark.parametrize(
    ("returncode", "out", "problem"),
    [
        pytest.param(3, '{"n": 1}', "exit code 3", id="exit-code"),
        pytest.param(0, "", "its last line is no JSON", id="silent"),
        pytest.param(0, "done", "its last line is no JSON", id="no-json"),
    ],
)
def test_a_failed_program_shows_all_it_said(returncode: int, out: str, problem: str) -> None:
    with pytest.raises(WorkFailed) as caught:
        answer("a.py", returncode=returncode, out=out, err="Traceback\nBoom")
    shown = [f"  stdout | {out}"] if out else []
    expected = [f"a.py: {problem}", *shown, "  stderr | Traceback", "  stderr | Boom"]
    assert str(caught.value).splitlines() == expected


def test_another_user_is_reached_by_sudo_with_everything_quoted() -> None:
    assert as_user(["python", "a b"], user="prover", login="prover") == "python 'a b'"
    assert as_user(["id"], user="root", login="prover") == "sudo -n -H -u root -- id"
