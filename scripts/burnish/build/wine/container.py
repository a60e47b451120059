"""Takes the image with Wine and the folders of Windows' files; gives a container in which they run.

A program is given as an argument vector. What it prints goes through files: whoever reads a pipe of
Wine's waits for its server, which ends seconds later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from burnish import process
from burnish.build import docker
from burnish.model.command import Completed

HOME, DRIVE = "/wine", "/wine/drive_c"
BYTECODE = "pycache"
SETTINGS = {
    # Wine reads arguments as this system's locale says
    "LC_ALL": "C.UTF-8",
    "WINEPREFIX": HOME,
    "WINEDEBUG": "-all",
    # Microsoft's C runtime lies beside the interpreter; neither Mono nor a browser is there
    "WINEDLLOVERRIDES": "ucrtbase=n,b;mscoree,mshtml=",
    "JUPYTER_USE_PROGRAMDATA": "1",
    # environments are read-only here: what Python compiles lies beside them
    "PYTHONPYCACHEPREFIX": f"C:\\{BYTECODE}",
}
# first what is run, then its arguments
RUN = (
    "set -u; said=$(mktemp -d); trap 'rm -rf \"$said\"' EXIT; limit=$1; shift; "
    'timeout --kill-after=10 "$limit" wine "$@" >"$said/out" 2>"$said/err" </dev/null; code=$?; '
    'cat "$said/out"; cat "$said/err" >&2; exit "$code"'
)
# the server first: it keeps what it knows from one program to the next
SERVER = 'wineserver --persistent="$1" && wineboot --init >/tmp/boot 2>&1 </dev/null'


@dataclass(frozen=True, kw_only=True)
class WineRequest:
    """What the container is given: `folders` of Windows (path below C: -> folder here), read-only but
    for `writable`; `user` is who works in it, with the number `uid`."""

    image: str
    name: str
    label: str
    user: str
    uid: int
    folders: Mapping[str, Path]
    writable: frozenset[str] = field(default_factory=frozenset)


@contextmanager
def started(request: WineRequest, *, log: Path) -> Iterator[str]:
    """The container, its C: ready; gone at the end of the context. Its network has no way out."""
    remove = docker.docker("rm", "--force", "--volumes", request.name)
    process.run(remove, check=False)
    try:
        process.run(docker.docker(*flags(request), request.image, "sleep", "infinity"), log=log)
        inside = docker.docker("exec", request.name, "/bin/sh", "-euc", _prepare(request))
        process.run(inside, log=log)
        boot = ("exec", "--user", request.user, request.name, "/bin/sh", "-c", SERVER, "sh", "3600")
        process.run(docker.docker(*boot, timeout=300), log=log)
        yield request.name
    finally:
        process.run(remove, check=False)


def flags(request: WineRequest) -> tuple[str, ...]:
    """How Docker starts it."""
    volumes = [
        f"{folder.resolve()}:{DRIVE}/{name}{'' if name in request.writable else ':ro'}"
        for name, folder in request.folders.items()
    ]
    return (
        *("run", "--detach", "--init", "--name", request.name, "--label", request.label),
        *("--network", "none", "--shm-size", "1g"),
        *(part for volume in volumes for part in ("--volume", volume)),
        *(part for name, value in SETTINGS.items() for part in ("--env", f"{name}={value}")),
    )


def run(name: str, *argv: str, user: str, limit: int = 900, log: Path | None = None) -> Completed:
    """A Windows program to its end, at most `limit` seconds; its exit code decides nothing here."""
    command = ("exec", "--user", user, name, "/bin/sh", "-c", RUN, "sh", str(limit), *argv)
    return process.run(docker.docker(*command, timeout=limit + 60), log=log, check=False)


def _prepare(request: WineRequest) -> str:
    """The user, and folders that are theirs."""
    folders = (
        HOME,
        DRIVE,
        f"{DRIVE}/ProgramData",
        *(f"{DRIVE}/{n}" for n in sorted(request.writable)),
    )
    home = f"/home/{request.user}"
    lines = (
        # the image has no useradd: Wine alone needs to know who this is
        f"echo {request.user}:x:{request.uid}:{request.uid}::{home}:/bin/sh >>/etc/passwd",
        f"mkdir -p {home} {DRIVE}/ProgramData",
        f"chown {request.uid}:{request.uid} {home} {' '.join(folders)}",
    )
    return "; ".join(lines)
