"""Hashing a sparse file: equal to reading it whole, wherever its holes lie."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from burnish.build.sparse import CHUNK, Digest, allocated


def sparse(path: Path, *, size: int, pieces: dict[int, bytes]) -> Path:
    with path.open("wb") as file:
        for place, data in pieces.items():
            file.seek(place)
            file.write(data)
        file.truncate(size)
    return path


@pytest.mark.parametrize(
    ("size", "pieces"),
    [
        pytest.param(0, {}, id="empty"),
        pytest.param(1, {}, id="one hole"),
        pytest.param(3 * CHUNK + 5, {}, id="large hole"),
        pytest.param(CHUNK + 7, {0: b"a" * (CHUNK + 7)}, id="no hole"),
        pytest.param(9 * CHUNK, {CHUNK + 3: b"abc", 7 * CHUNK: b"d" * 9000}, id="holes around"),
    ],
)
def test_digest_is_that_of_all_bytes(tmp_path: Path, size: int, pieces: dict[int, bytes]) -> None:
    path = sparse(tmp_path / "disk", size=size, pieces=pieces)
    assert Digest(path).hex == hashlib.sha256(path.read_bytes()).hexdigest()


def test_digest_goes_on_without_changing(tmp_path: Path) -> None:
    path = tmp_path / "disk"
    path.write_bytes(b"raw")
    digest = Digest(path)
    assert digest.and_then(b"footer") == hashlib.sha256(b"rawfooter").hexdigest()
    assert digest.hex == hashlib.sha256(b"raw").hexdigest()


def test_holes_take_no_space(tmp_path: Path) -> None:
    path = sparse(tmp_path / "disk", size=64 * CHUNK, pieces={5: b"x"})
    assert allocated(path) < CHUNK
