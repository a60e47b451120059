"""Takes a shell script and two folders; runs it in the tools image, offline and as this user."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.model.command import Command, Completed

# PID 1 ignores what it does not trap; so an interrupted run ends with the tool at work.
PREAMBLE = "set -eu\ntrap 'exit 143' TERM INT\nexport LC_ALL=C.UTF-8 TZ=UTC\n"


@dataclass(frozen=True, kw_only=True)
class Tools:
    """The image that holds the disk tools, the log of their output, their containers' label."""

    image: str
    log: Path | None = None
    user: str = f"{os.getuid()}:{os.getgid()}"
    label: str = "burnish.run=tools"


def command(tools: Tools, script: str, *, source: Path, out: Path) -> Command:
    """`script` in a container that sees `source` as /in (read-only) and `out` as /out."""
    argv = (
        *("docker", "run", "--rm", "--network", "none", "--user", tools.user),
        *("--label", tools.label),
        *("--volume", f"{source.resolve()}:/in:ro", "--volume", f"{out.resolve()}:/out"),
        *("--workdir", "/out", "--entrypoint", "/bin/sh", tools.image, "-c", PREAMBLE + script),
    )
    return Command(argv=argv, timeout=3600)


def run(
    tools: Tools,
    script: str,
    *,
    source: Path,
    out: Path,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run the command of the same arguments to its end."""
    call = command(tools, script, source=source, out=out)
    return process.run(call, log=tools.log, on_line=on_line)
