"""Runs the check suite against a container, a disk's files, or a booted machine; gives JUnit text."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from burnish import process
from burnish.build import docker
from burnish.errors import BuildError
from burnish.model.base import Level
from burnish.model.command import Command

# below tests/toolchains: no conftest.py, which a further root would not have
PLUGIN = "harness.plugin"
PASSED, FAILED = 0, 1
FIRST_BOOT = 300  # seconds for systemd in a container: a busy host was seen to need 100
PAUSE = 0.5
UP = ("running", "degraded")


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """One run of the suite: its test files, the facts, the level, the transport's options, and its
    environment, whose values are secrets."""

    root: Path
    files: Sequence[Path]
    facts: Path
    level: Level
    options: tuple[str, ...]
    junit: Path
    log: Path
    only: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def run(request: CheckRequest, *, on_line: Callable[[str], None]) -> str:
    """Run the checks to the end; the JUnit text says what came of each.

    Raises BuildError if pytest itself could not work: then nothing was proven either way.
    """
    request.junit.parent.mkdir(parents=True, exist_ok=True)
    request.junit.unlink(missing_ok=True)
    done = process.run(command(request), log=request.log, on_line=on_line, check=False)
    if done.returncode not in (PASSED, FAILED) or not request.junit.is_file():
        tail = "\n".join(f"  | {line}" for line in (done.stdout + done.stderr).splitlines()[-20:])
        raise BuildError(
            f"the checks at level {request.level!s} could not run\n{tail}",
            hint=f"the whole log: {request.log}",
        )
    return request.junit.read_text(encoding="utf-8")


def command(request: CheckRequest) -> Command:
    """The run as a command."""
    argv = (
        sys.executable,
        "-m",
        "pytest",
        f"--config-file={request.root / 'pyproject.toml'}",
        f"--rootdir={request.root}",
        *("-p", "no:cacheprovider", "-p", PLUGIN),
        "--color=no",
        "-v",
        f"--burnish-facts={request.facts}",
        f"--burnish-level={request.level}",
        f"--junit-xml={request.junit}",
        *request.options,
        *((f"-k={request.only}",) if request.only else ()),
        *(str(path) for path in request.files if path.is_file()),
    )
    own = request.environment
    env = {"PYTHONDONTWRITEBYTECODE": "1", **own}
    secrets = tuple(own.values())
    return Command(argv=argv, cwd=request.root, env=env, timeout=3 * 3600, secrets=secrets)


def ready(container: str, *, user: str) -> None:
    """Wait until systemd in a container is up, and give it the normal user that checks work as.

    Raises BuildError with the failed units if systemd does not get there.
    """
    state, until = "", time.monotonic() + FIRST_BOOT
    while state not in UP and time.monotonic() < until:
        # asked too early, systemctl finds no bus and fails at once: no answer is not an answer
        asked = docker.docker("exec", container, "systemctl", "is-system-running", timeout=30)
        state = process.run(asked, check=False).stdout.strip()
        if state not in UP:
            time.sleep(PAUSE)
    if state not in UP:
        raise _not_up(container, state)
    add = ("useradd", "--create-home", "--shell", "/bin/bash", user)
    process.run(docker.docker("exec", container, *add))


def _not_up(container: str, state: str) -> BuildError:
    jobs = ("exec", container, "systemctl", "list-jobs", "--no-pager")
    asked = process.run(docker.docker(*jobs, timeout=30), check=False)
    logs = process.run(docker.docker("logs", "--tail", "20", container), check=False)
    lines = (asked.stdout + logs.stdout + logs.stderr).splitlines()[-20:]
    tail = "\n".join(f"  | {line}" for line in lines)
    return BuildError(
        f"systemd in the container is {state or 'not up'} after {FIRST_BOOT} s\n{tail}",
        hint="does this host let a container run systemd? `docker info` tells the cgroup version",
    )
