"""Takes what happens in an upload; keeps it in a file, so that a killed one goes on where it was.

The file is written whole under a temporary name and renamed; after that each page that the service has
confirmed is one appended line, in one write. A torn last line is no line: its page is sent again.
No address with a signature and no token of a login is ever in it: `write` refuses them.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from burnish.errors import BurnishError
from burnish.gallery.azure.ranges import Piece

FORMAT = 1
# A shared access signature, a login's token (all begin like the JSON of a JWT), an HTTP header.
SECRET = re.compile(
    r"[?&]sig=|accessSAS|\bBearer\b|\beyJ[\w-]+\.eyJ[\w-]+\.|client_secret", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Which file is sent. With a `sha256` that the caller knows, inode and time do not matter."""

    size: int
    sha256: str = ""
    inode: int = 0
    modified: int = 0

    @classmethod
    def of(cls, path: Path, sha256: str = "") -> Source:
        """A file as it is now."""
        found = path.stat()
        if sha256:
            return cls(size=found.st_size, sha256=sha256)
        return cls(size=found.st_size, inode=found.st_ino, modified=found.st_mtime_ns)


@dataclass(frozen=True, kw_only=True)
class State:
    """An upload as far as it came. `done`: piece -> sha256 of the bytes that were confirmed.
    `whole`: every piece was. `operations`: continuation tokens of what Azure was asked to do, by a name
    of the caller's."""

    source: Source
    disk: str
    done: Mapping[Piece, str] = field(default_factory=dict)
    whole: bool = False
    operations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StateFile:
    """The file that a state is kept in."""

    path: Path

    def load(self, source: Source, disk: str) -> State | None:
        """What is known of sending this very file to this very disk; None if nothing is."""
        found = self.read()
        if found is None or found.source != source or found.disk.lower() != disk.lower():
            return None
        return found

    def read(self) -> State | None:
        """The state as it stands; None if there is none, or none that this version reads."""
        try:
            lines = self.path.read_text("utf-8", errors="replace").split("\n")
            head = json.loads(lines[0])
            state = _state(head) if head.get("format") == FORMAT else None
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        # what follows the last line feed was torn
        done = dict(filter(None, map(_page, lines[1:-1])))
        return replace(state, done=done) if state else None

    def write(self, state: State) -> None:
        """Keep a state, whole or not at all; BurnishError if a secret is in it."""
        head = {
            "format": FORMAT,
            "source": asdict(state.source),
            "disk": state.disk,
            "whole": state.whole,
            "operations": dict(state.operations),
        }
        for text in (state.disk, *state.operations.values()):
            _refuse_secrets(text)
        lines = [json.dumps(head), *(_line(piece, digest) for piece, digest in state.done.items())]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with temporary.open("w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(self.path)
        _sync(self.path.parent)

    def add(self, piece: Piece, sha256: str) -> None:
        """Note a page that the service has confirmed; safe from several threads."""
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(handle, f"{_line(piece, sha256)}\n".encode())
        finally:
            os.close(handle)

    def remember(self, operation: str, token: str | None) -> None:
        """Keep the continuation token of something long, or forget it: it is over."""
        state = self._there()
        kept = {name: text for name, text in state.operations.items() if name != operation}
        self.write(replace(state, operations=kept | ({operation: token} if token else {})))

    def finish(self) -> None:
        """Note that every piece was confirmed."""
        self.write(replace(self._there(), whole=True))

    def forget(self) -> None:
        """Everything was carried out, or nothing of it counts any more."""
        self.path.unlink(missing_ok=True)

    def _there(self) -> State:
        state = self.read()
        if state is None:
            raise BurnishError(f"{self.path.name}: the state of an upload is gone")
        return state


def _line(piece: Piece, sha256: str) -> str:
    return json.dumps([piece.offset, piece.length, sha256])


def _page(line: str) -> tuple[Piece, str] | None:
    try:
        offset, length, sha256 = json.loads(line)
        return Piece(offset=int(offset), length=int(length)), str(sha256)
    except (ValueError, TypeError):
        return None


def _state(head: Mapping[str, object]) -> State:
    source, operations = head["source"], head["operations"]
    if not isinstance(source, dict) or not isinstance(operations, dict):
        raise TypeError
    kept = {str(name): str(text) for name, text in operations.items()}
    return State(
        source=Source(**source),
        disk=str(head["disk"]),
        whole=bool(head["whole"]),
        operations=kept,
    )


def _refuse_secrets(text: str) -> None:
    """A continuation token is base64 of JSON: it is looked into as well."""
    try:
        inside = base64.b64decode(text, validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        inside = ""
    if SECRET.search(text) or SECRET.search(inside):
        raise BurnishError("a secret would have been written into the state of an upload: a bug")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
