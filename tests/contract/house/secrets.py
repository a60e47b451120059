"""Takes this machine; gives the pattern of what may not stand in a commit: its paths, its hosts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from house.sources import ROOT, place, text

HOST = re.compile(r"//(?:[^/@\s]*@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
# Each tool tells where it goes: by its configuration, else by the default in its own help.
ASKED = (
    ("apt-cache", "policy"),
    ("uv", "pip", "install", "--help"),
)
READ = (
    *("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf"),
    *("/etc/uv/uv.toml", "~/.config/uv/uv.toml", "/etc/npmrc", "~/.npmrc"),
)
VARIABLES = re.compile(r"^(UV|PIP|NPM)_\w*(INDEX|REGISTRY)\w*$", re.IGNORECASE)
ARCHIVE = re.compile(r"https?://[a-z0-9.-]+/(?:debian|ubuntu)")


@cache
def hosts() -> frozenset[str]:
    """Hosts that packages come from here, and those that the tools would go to by default."""
    texts = [_output(command) for command in ASKED]
    texts += [text(path) for path in (Path(name).expanduser() for name in READ) if path.is_file()]
    texts += [value for name, value in os.environ.items() if VARIABLES.match(name)]
    if found := shutil.which("mmdebstrap"):
        texts += ARCHIVE.findall(text(Path(found)))
    return frozenset(host for found in texts for host in HOST.findall(found))


def paths() -> frozenset[str]:
    """Folders of this machine: the checkout and what is beside it, the home."""
    beside = {f"{ROOT.parent}/"} if len(ROOT.parts) > 2 else set()
    return frozenset({f"{ROOT}/", f"{Path.home()}/.", *beside})


def pattern() -> re.Pattern[str]:
    names = [rf"(?<![\w.]){re.escape(path)}" for path in sorted(paths())]
    names += [rf"(?<![\w.-]){re.escape(host)}(?![\w-])" for host in sorted(hosts())]
    return re.compile("|".join([*names, r"(?<!\w)/tmp/[a-z]/"]))


def told(files: Iterable[Path], forbidden: re.Pattern[str]) -> Iterator[str]:
    """Each line of the files that tells one of them."""
    for path in (path for path in files if forbidden.search(text(path))):
        for number, line in enumerate(text(path).splitlines(), start=1):
            if found := forbidden.search(line):
                yield f"{place(path)}:{number}: {found[0]}"


def _output(command: tuple[str, ...]) -> str:
    program = Path(sys.executable).with_name(command[0])
    if not program.is_file() and not shutil.which(command[0]):
        return ""
    argv = [str(program) if program.is_file() else command[0], *command[1:]]
    return subprocess.run(argv, check=False, capture_output=True, text=True, cwd="/").stdout
