"""The list of all files: equal lists are equal bytes, and what was written is read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from burnish.build import listing
from burnish.errors import BurnishError
from burnish.model.disk import ListedFile

FILES = (
    ListedFile("etc", "directory", 0o755, 0, 0, 0),
    ListedFile("etc/caf\udce9 \n", "file", 0o644, 1000, 4, 3, sha256="ab"),
    ListedFile("etc/link", "symlink", 0o777, 0, 0, 0, link="caf\u00e9"),
)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "files.jsonl.gz"
    listing.write(path, FILES)
    return path


def test_what_was_written_is_read(kept: Path) -> None:
    assert listing.read(kept) == FILES


def test_equal_lists_are_equal_bytes(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "under another name"
    listing.write(other, iter(FILES))
    assert other.read_bytes() == kept.read_bytes()
    assert kept.read_bytes()[4:8] == bytes(4), "no time"


def test_it_is_text_of_one_line_a_file(kept: Path) -> None:
    lines = gzip.decompress(kept.read_bytes()).decode("ascii").splitlines()
    assert lines[0] == '{"path":"etc","kind":"directory","mode":493,"uid":0,"gid":0,"size":0}'
    assert len(lines) == len(FILES)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"text", id="not compressed"),
        pytest.param(gzip.compress(b"text"), id="not JSON"),
        pytest.param(gzip.compress(b'{"name":"etc"}'), id="other keys"),
        pytest.param(gzip.compress(b"x" * 999)[:-9], id="cut off"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "files.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(BurnishError, match=f"{path}: not a list of files: "):
        listing.read(path)
