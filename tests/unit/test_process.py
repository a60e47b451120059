"""Programs: their output as it comes, their end, and what becomes of secrets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from burnish import process
from burnish.errors import CommandFailed, ToolError
from burnish.model.command import Command, redact

pytestmark = pytest.mark.touches("processes", reason="process.run is what starts programs")
SECRET = "hunter2"


def shell(script: str, *arguments: str, **values: object) -> Command:
    argv = ("sh", "-c", script, "sh", *arguments)
    return Command(argv=argv, secrets=(SECRET, ""), **values)  # type: ignore[arg-type]


def test_output_comes_line_by_line_from_both_streams() -> None:
    lines: list[str] = []
    done = process.run(shell("echo one; echo two >&2; printf three"), on_line=lines.append)
    assert (done.stdout, done.stderr, done.returncode) == ("one\nthree", "two\n", 0)
    assert sorted(lines) == ["one", "three", "two"]
    assert done.seconds > 0


def test_environment_folder_and_input_are_given(tmp_path: Path) -> None:
    command = shell("pwd; echo $X; cat", cwd=tmp_path, env={"X": "y"}, stdin=b"z")
    assert process.run(command).stdout == f"{tmp_path}\ny\nz"


def test_input_that_nobody_reads_does_no_harm() -> None:
    assert process.run(shell("exit 0", stdin=bytes(1 << 20))).returncode == 0


def test_bytes_that_are_no_text_are_kept_readable() -> None:
    assert process.run(shell(r"printf 'a\377b'")).stdout == "a�b"


def test_failure_shows_command_code_and_last_20_lines() -> None:
    with pytest.raises(CommandFailed) as caught:
        process.run(Command(argv=("sh", "-c", "seq 30; exit 3")))
    error = caught.value
    assert (error.returncode, error.tail) == (3, tuple(str(n) for n in range(11, 31)))
    assert error.message.splitlines()[:2] == ["sh -c seq 30; exit 3: exit code 3", "  | 11"]


def test_failure_may_be_expected() -> None:
    assert process.run(shell("exit 3"), check=False).returncode == 3


def test_log_gets_command_and_output_of_each_run(tmp_path: Path) -> None:
    log = tmp_path / "new" / "a.log"
    for word in ("one", "two"):
        process.run(Command(argv=("echo", word)), log=log)
    assert log.read_text("utf-8") == "$ echo one\none\n$ echo two\ntwo\n"


def test_secrets_are_struck_out_everywhere(tmp_path: Path) -> None:
    log, lines = tmp_path / "a.log", list[str]()
    with pytest.raises(CommandFailed) as caught:
        process.run(shell(f"echo a{SECRET}b; exit 1", SECRET), log=log, on_line=lines.append)
    error = caught.value
    texts = [log.read_text("utf-8"), error.message, *error.argv, *error.tail, *lines]
    assert [text for text in texts if SECRET in text] == []
    assert error.tail == ("a***b",)


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        ("a key", ("key",), "a ***"),
        ("a key", ("",), "a key"),
        ("key key", ("key", "other"), "*** ***"),
        pytest.param(
            "abcdef",
            ("abc", "abcdef"),
            "***",
        ),
    ],
)
def test_redaction(text: str, secrets: tuple[str, ...], shown: str) -> None:
    assert redact(text, secrets) == shown


def test_timeout_ends_the_whole_group(tmp_path: Path) -> None:
    script = f"sleep 60 & echo $! > {tmp_path}/pid; echo begun; wait"
    with pytest.raises(CommandFailed) as caught:
        process.run(shell(script, timeout=0.2))
    assert caught.value.returncode == 124
    assert caught.value.tail == ("begun", "burnish: stopped after 0 s")
    stat = Path("/proc") / (tmp_path / "pid").read_text().strip() / "stat"
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


def test_timeout_names_the_log(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with pytest.raises(CommandFailed) as caught:
        process.run(shell("sleep 60", timeout=0.05), log=log)
    assert caught.value.hint == f"the whole log: {log}"


def test_a_child_that_ignores_terminate_is_killed() -> None:
    script = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    with process.start(Command(argv=("sh", "-c", script))) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        process.end(child, grace=0.1)
        assert child.returncode == -9


def test_what_was_started_ends_with_its_context() -> None:
    with pytest.raises(RuntimeError), process.start(Command(argv=("sleep", "60"))) as child:
        raise RuntimeError
    assert child.returncode == -15


def test_a_child_ends_with_a_burnish_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from burnish import process; from burnish.model.command import Command\n"
        "process.run(Command(argv=('sh', '-c', 'echo up; exec sleep 60')), on_line=print)"
    )
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    argv = (sys.executable, "-c", program)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=env) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        (child,) = _children(parent.pid)
        parent.kill()
    until = time.monotonic() + 5
    while _alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _alive(child)


def _children(parent: int) -> list[int]:
    threads = Path(f"/proc/{parent}/task").iterdir()
    return [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]


def _alive(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_children_of_other_threads_can_be_ended() -> None:
    with ThreadPoolExecutor(max_workers=1) as pool:
        other = pool.submit(process.run, Command(argv=("sleep", "60")))
        while not process._RUNNING:
            time.sleep(0.01)
        process.end_all()
        with pytest.raises(CommandFailed):
            other.result(timeout=5)


def test_streams_can_be_merged() -> None:
    with process.start(shell("echo a; echo b >&2"), merge=True) as child:
        assert child.stdout is not None
        assert child.stdout.read() == b"a\nb\n"


def test_missing_program_is_named_with_what_to_do() -> None:
    with pytest.raises(ToolError) as caught:
        process.run(Command(argv=("no-such-program",)))
    assert caught.value.message == "no-such-program: not found on PATH"
    assert caught.value.hint == process.SETUP


def test_tools_are_found_on_path_or_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "tool"
    tool.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert process.find("tool") == tool
    with pytest.raises(ToolError, match="no-tool: not found on PATH") as caught:
        process.find("no-tool")
    assert caught.value.hint == "run `make setup`, which installs what burnish needs"


def test_attach_gives_the_exit_code() -> None:
    argv = (sys.executable, "-c", "import os; raise SystemExit(int(os.environ['CODE']))")
    assert process.attach(Command(argv=argv, env={"CODE": "7"})) == 7
    assert os.environ.get("CODE") is None
