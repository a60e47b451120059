"""Runs a `Command` and hands back text: the only room that starts processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn

from burnish.errors import CommandFailed, ToolError
from burnish.model.command import Command, Completed, redact

TAIL = 20
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
SETUP = "run `make setup`, which installs what burnish needs"
_RUNNING: set[subprocess.Popen[bytes]] = set()
LEASH = ("setpriv", "--pdeathsig", "KILL", "--")


def find(tool: str, *, hint: str = SETUP) -> Path:
    """The path of `tool` on PATH (sbin included), or ToolError."""
    path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    found = shutil.which(tool, path=path)
    if found is None:
        raise ToolError(f"{tool}: not found on PATH", hint=hint)
    return Path(found)


def run(
    command: Command,
    *,
    log: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    check: bool = True,
) -> Completed:
    """Run to the end. Each line of output goes to `log` (appended) and to `on_line` as it comes.

    Raises CommandFailed on a non-zero exit code (unless `check` is off), a timeout, or a signal;
    ToolError if the program does not exist. The whole process group ends with the call.
    """
    started = time.monotonic()
    with _log(log) as file, start(command) as child:
        _write(file, f"$ {' '.join(command.shown())}\n")
        output = _Output(command, file=file, on_line=on_line)
        threads = [output.pump(child.stdout, output.out), output.pump(child.stderr, output.err)]
        returncode = _wait(child, command, output=output)
        for thread in threads:
            thread.join(timeout=GRACE)
    if returncode and check:
        raise CommandFailed(
            command.shown(), returncode=returncode, tail=output.tail, log=str(log) if log else ""
        )
    return Completed(
        returncode=returncode,
        stdout="".join(output.out),
        stderr="".join(output.err),
        seconds=time.monotonic() - started,
    )


@contextmanager
def start(command: Command, *, merge: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command; at the end of the context its process group is ended, whatever happened.

    With `merge`, standard error comes out of `stdout`. `command.stdin` is written and closed.
    """
    try:
        child = subprocess.Popen(
            (*_mortal(command.argv[0]), *command.argv),
            env={**os.environ, **command.env},
            cwd=command.cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merge else subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise ToolError(f"{command.argv[0]}: not found on PATH", hint=SETUP) from error
    _RUNNING.add(child)
    feeder = threading.Thread(target=_feed, args=(child, command.stdin), daemon=True)
    feeder.start()
    try:
        yield child
    finally:
        end(child)
        _RUNNING.discard(child)
        for stream in (child.stdout, child.stderr):
            if stream:
                stream.close()


def attach(command: Command) -> int:
    """Run a command on the user's own terminal; gives its exit code."""
    return subprocess.run(
        command.argv, env={**os.environ, **command.env}, cwd=command.cwd, check=False
    ).returncode


def become(argv: Sequence[str], *, keep: int) -> NoReturn:
    """Turn this very process into another program, which finds one open file under its old number."""
    os.set_inheritable(keep, True)
    os.execvp(argv[0], tuple(argv))  # noqa: S606


def end_all() -> None:
    """End every child that runs now: for what other threads wait for while this one gives up."""
    for child in tuple(_RUNNING):
        end(child)


def end(child: subprocess.Popen[bytes], *, grace: float = GRACE) -> None:
    """End a child and its group: SIGTERM, then SIGKILL after `grace` seconds. No-op if it ended."""
    if child.poll() is not None:
        return
    _signal(child, signal.SIGTERM)
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        _signal(child, signal.SIGKILL)
        child.wait()


def _mortal(program: str) -> tuple[str, ...]:
    """What makes a child end with this process even when that is killed: nobody else would end it.

    The kernel then ends the child alone; what it had started is swept by the next run.
    """
    if not shutil.which(program) or not shutil.which("setpriv"):
        return ()
    return LEASH


class _Output:
    """What a child prints, line by line: kept, logged, told; the last lines of both streams together."""

    def __init__(
        self, command: Command, *, file: IO[str] | None, on_line: Callable[[str], None] | None
    ) -> None:
        self.out: list[str] = []
        self.err: list[str] = []
        self.tail = deque[str](maxlen=TAIL)
        self._secrets, self._file, self._on_line = command.secrets, file, on_line
        self._lock = threading.Lock()

    @property
    def log(self) -> str:
        """The path of the log, or nothing."""
        return str(self._file.name) if self._file else ""

    def pump(self, stream: IO[bytes] | None, kept: list[str]) -> threading.Thread:
        """Read a stream to its end in a thread of its own."""
        thread = threading.Thread(target=self._read, args=(stream, kept), daemon=True)
        thread.start()
        return thread

    def _read(self, stream: IO[bytes] | None, kept: list[str]) -> None:
        for raw in stream or ():
            line = redact(raw.decode(errors="replace"), self._secrets)
            with self._lock:
                kept.append(line)
                self.tail.append(line.rstrip())
                _write(self._file, line)
                if self._on_line:
                    self._on_line(line.rstrip())


def _wait(child: subprocess.Popen[bytes], command: Command, *, output: _Output) -> int:
    try:
        return child.wait(command.timeout)
    except subprocess.TimeoutExpired:
        end(child)
        lines = [*output.tail, f"burnish: stopped after {command.timeout:.0f} s"]
        log = output.log
        raise CommandFailed(command.shown(), returncode=124, tail=lines[-TAIL:], log=log) from None


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    if child.stdin is None:
        return
    # a child need not read what it is given, and closing writes what is still buffered
    with suppress(BrokenPipeError):
        try:
            child.stdin.write(data)
        finally:
            child.stdin.close()


@contextmanager
def _log(path: Path | None) -> Iterator[IO[str] | None]:
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        yield file


def _write(file: IO[str] | None, text: str) -> None:
    if file is not None:
        file.write(text)
        file.flush()
