"""Inputs and locks in one file: the same file from the same inputs, and nothing taken that is not one."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest
from burnish.build import bundle
from burnish.build.cache import Cache
from burnish.errors import BuildError, UsageError

BYTES = b"a package"
DIGEST = hashlib.sha256(BYTES).hexdigest()


def packed(folder: Path, name: str = "bundle.tar") -> Path:
    source = folder / "a_1_all.deb"
    source.write_bytes(BYTES)
    file = folder / name
    texts = {bundle.lock_name("tiny-cpu"): "image: tiny-cpu\n", bundle.product_name(DIGEST): "{}"}
    bundle.pack(file, inputs={DIGEST: source}, texts=texts)
    return file


def cache(folder: Path) -> Cache:
    return Cache(root=folder / "inputs")


def test_what_was_packed_comes_out(tmp_path: Path) -> None:
    file = packed(tmp_path)
    found = bundle.unpack(file, cache=cache(tmp_path), scratch=tmp_path / "scratch")
    assert (found.new, found.known, found.locks) == (1, 0, {"tiny-cpu": "image: tiny-cpu\n"})
    assert found.products == {DIGEST: "{}"}
    path = cache(tmp_path).find(DIGEST)
    assert path is not None
    assert (path.name, path.read_bytes()) == ("a_1_all.deb", BYTES)
    again = bundle.unpack(file, cache=cache(tmp_path), scratch=tmp_path / "scratch")
    assert (again.new, again.known) == (0, 1)


def test_the_same_inputs_make_the_same_file(tmp_path: Path) -> None:
    assert packed(tmp_path, "a").read_bytes() == packed(tmp_path, "b").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a_1_all.deb", "b"]


def written(folder: Path, name: str, *, content: bytes, kind: bytes = tarfile.REGTYPE) -> Path:
    """A tar with one member of any name."""
    file = folder / "odd.tar"
    with tarfile.open(file, "w") as out:
        member = tarfile.TarInfo(name)
        member.size, member.type = len(content), kind
        out.addfile(member, io.BytesIO(content))
    return file


@pytest.mark.parametrize(
    "name",
    [
        "../etc/passwd",
        "inputs/x",
        "inputs/../x",
        f"inputs/{DIGEST}/..",
        f"inputs/{DIGEST}/a/b",
        "other/x/y",
        "/x",
    ],
)
def test_odd_members_are_refused(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, name, content=BYTES)
    with pytest.raises(UsageError, match="can't be read as a bundle of inputs"):
        bundle.unpack(file, cache=cache(tmp_path), scratch=tmp_path / "scratch")
    assert list(cache(tmp_path).entries()) == []


@pytest.mark.parametrize("name", ["locks/tiny-cpu.lock.yaml", f"products/{DIGEST}.json"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, name, content=b"\xff")
    with pytest.raises(UsageError, match="can't be read as a bundle of inputs"):
        bundle.unpack(file, cache=cache(tmp_path), scratch=tmp_path / "scratch")


def test_a_link_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, f"inputs/{DIGEST}/a.deb", content=b"", kind=tarfile.SYMTYPE)
    with pytest.raises(UsageError, match="can't be read"):
        bundle.unpack(file, cache=cache(tmp_path), scratch=tmp_path / "scratch")


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, f"inputs/{DIGEST}/a.deb", content=b"other")
    with pytest.raises(BuildError, match="its sha256 is"):
        bundle.unpack(file, cache=cache(tmp_path), scratch=tmp_path / "scratch")
    assert list(cache(tmp_path).entries()) == []


def test_a_cut_or_foreign_file_is_refused(tmp_path: Path) -> None:
    cut, foreign = tmp_path / "cut.tar", tmp_path / "foreign.tar"
    cut.write_bytes(packed(tmp_path).read_bytes()[:700])
    foreign.write_text("no tar")
    for file in (cut, foreign):
        with pytest.raises(UsageError, match="can't be read as a bundle"):
            bundle.unpack(file, cache=cache(tmp_path), scratch=tmp_path / "scratch")
