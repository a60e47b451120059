"""What is known of an upload after a kill: all that was confirmed, nothing else, and no secret."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from burnish.errors import BurnishError
from burnish.gallery.azure.ranges import Piece
from burnish.gallery.azure.state import Source, State, StateFile

SOURCE = Source(size=4096, sha256="ab" * 32)
STATE = State(source=SOURCE, disk="/disks/d#1")
FIRST, SECOND = Piece(offset=0, length=512), Piece(offset=1024, length=2048)


@pytest.fixture
def kept(tmp_path: Path) -> StateFile:
    file = StateFile(path=tmp_path / "states" / "plan.upload")
    file.write(STATE)
    return file


def test_pages_are_kept_as_they_are_confirmed(kept: StateFile) -> None:
    kept.add(FIRST, "11")
    kept.add(SECOND, "22")
    assert kept.load(SOURCE, "/DISKS/d#1") == replace(STATE, done={FIRST: "11", SECOND: "22"})


def test_another_file_or_disk_begins_anew(kept: StateFile) -> None:
    assert kept.load(replace(SOURCE, size=8192), STATE.disk) is None
    assert kept.load(replace(SOURCE, sha256="cd" * 32), STATE.disk) is None
    assert kept.load(SOURCE, "/disks/d#2") is None


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_torn_line_is_no_page(kept: StateFile, cut: int) -> None:
    kept.add(FIRST, "11")
    kept.add(SECOND, "22")
    whole = kept.path.read_bytes()
    kept.path.write_bytes(whole[:-cut])
    found = kept.read()
    # the line of the second page has 17 bytes and its line feed
    expected = {FIRST: "11"} if cut <= len('[1024, 2048, "22"]\n') else {}
    assert found is not None
    assert found.done == expected


@pytest.mark.parametrize(
    "text",
    ["", "\n", "{", "[]", "null\n", '{"format": 2}\n', '{"format": 1}\n', '{"format": 1, "so'],
)
def test_what_is_no_state_is_none(kept: StateFile, text: str) -> None:
    kept.path.write_text(text, encoding="utf-8")
    assert kept.read() is None


def test_nothing_is_no_state(tmp_path: Path) -> None:
    assert StateFile(path=tmp_path / "none").read() is None


def test_writing_is_whole_or_not_at_all(kept: StateFile, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.add(FIRST, "11")
    before = kept.path.read_bytes()

    def killed(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        kept.finish()
    assert kept.path.read_bytes() == before


def test_operations_come_and_go_and_pages_stay(kept: StateFile) -> None:
    kept.add(FIRST, "11")
    token = base64.b64encode(json.dumps({"url": "https://x/op?t=1&c=2&s=3"}).encode()).decode()
    kept.remember("version", token)
    assert kept.read() == replace(STATE, done={FIRST: "11"}, operations={"version": token})
    kept.remember("version", None)
    kept.finish()
    assert kept.read() == replace(STATE, done={FIRST: "11"}, whole=True)
    kept.forget()
    assert kept.read() is None


@pytest.mark.parametrize(
    "secret",
    [
        "https://md-x.blob.example/y/abcd?sv=1&sig=c2VjcmV0",
        '{"properties": {"output": {"accessSAS": "https://x"}}}',
        '{"headers": {"Authorization": "Bearer abc"}}',
        "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln",
    ],
)
def test_no_secret_is_ever_written(kept: StateFile, secret: str) -> None:
    before = kept.path.read_bytes()
    for token in (secret, base64.b64encode(secret.encode()).decode()):
        with pytest.raises(BurnishError, match="a secret would have been written"):
            kept.remember("version", token)
    assert kept.path.read_bytes() == before


def test_a_file_is_known_by_its_digest_or_its_inode(tmp_path: Path) -> None:
    path = tmp_path / "disk.vhd"
    path.write_bytes(b"one")
    by_digest, by_inode = Source.of(path, "ab"), Source.of(path)
    assert by_digest == Source(size=3, sha256="ab")
    os.utime(path, ns=(1, 1))
    assert Source.of(path, "ab") == by_digest
    assert Source.of(path) != by_inode
