"""Comparing two tars: each kind of difference is named with its path."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from burnish.build.compare import Difference, compare_tars

Change = Callable[[tarfile.TarInfo], object]


def pack(path: Path, names: list[str], *, change: Change = lambda _: None) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = 3, 0o644, 7
            if name == "etc/b":
                change(info)
            archive.addfile(info, io.BytesIO(b"abd" if info.uname == "other" else b"abc"))
    return path


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda info: setattr(info, "mode", 0o755), "mode 644 and 755"),
        (lambda info: setattr(info, "mtime", 8), "time 7 and 8"),
        (lambda info: setattr(info, "uid", 5), "owner 0:0 and 5:0"),
        (lambda info: setattr(info, "uname", "other"), "content"),
    ],
)
def test_one_changed_file_is_named(tmp_path: Path, change: Change, why: str) -> None:
    first = pack(tmp_path / "a.tar", ["etc/a", "etc/b"])
    second = pack(tmp_path / "b.tar", ["etc/a", "etc/b"], change=change)
    assert compare_tars(first, second) == (Difference(path="etc/b", why=why),)


def test_equal_tars_have_no_difference(tmp_path: Path) -> None:
    first, second = (pack(tmp_path / name, ["a", "b"]) for name in ("a.tar", "b.tar"))
    assert compare_tars(first, second) == ()


def test_missing_and_moved_files_are_named(tmp_path: Path) -> None:
    both = pack(tmp_path / "both.tar", ["a", "b"])
    one, moved = pack(tmp_path / "one.tar", ["a"]), pack(tmp_path / "moved.tar", ["b", "a"])
    assert compare_tars(both, one) == (Difference(path="b", why="only in the first"),)
    assert compare_tars(both, moved) == (Difference(path="a", why="order"),)
