"""Inputs by content: kept whole, looked at on every read, never used when spoiled."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import debs
import pytest
from burnish.build.cache import Cache
from burnish.errors import BuildError

BYTES = b"a package"
DIGEST = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(root=tmp_path / "inputs")


def fetched(folder: Path, name: str = "a_1_all.deb", *, content: bytes = BYTES) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_what_is_kept_is_found(cache: Cache, tmp_path: Path) -> None:
    assert cache.find(DIGEST) is None
    path = cache.keep(fetched(tmp_path), DIGEST)
    assert (path.name, path.read_bytes()) == ("a_1_all.deb", BYTES)
    assert cache.find(DIGEST) == path
    assert not (tmp_path / "a_1_all.deb").exists()


def test_other_bytes_are_refused(cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="its sha256 is"):
        cache.keep(fetched(tmp_path, content=b"another"), DIGEST)
    assert cache.find(DIGEST) is None


def test_a_spoiled_entry_is_never_used(cache: Cache, tmp_path: Path) -> None:
    path = cache.keep(fetched(tmp_path), DIGEST)
    path.write_bytes(b"spoiled!!")
    assert cache.find(DIGEST) is None
    assert cache.keep(fetched(tmp_path), DIGEST).read_bytes() == BYTES


def test_a_run_that_was_killed_while_keeping(cache: Cache, tmp_path: Path) -> None:
    (cache.root / DIGEST).mkdir(parents=True)
    assert cache.find(DIGEST) is None
    assert list(cache.entries()) == []
    assert cache.keep(fetched(tmp_path), DIGEST).read_bytes() == BYTES


def test_the_same_bytes_under_another_name(cache: Cache, tmp_path: Path) -> None:
    first = cache.keep(fetched(tmp_path), DIGEST)
    assert cache.keep(fetched(tmp_path, "b_1_all.deb"), DIGEST) == first
    assert not (tmp_path / "b_1_all.deb").exists()


def test_entries_and_their_end(cache: Cache, tmp_path: Path) -> None:
    cache.keep(fetched(tmp_path), DIGEST)
    (entry,) = cache.entries()
    assert (entry.sha256, entry.size, entry.path.name) == (DIGEST, len(BYTES), "a_1_all.deb")
    cache.drop([entry])
    assert list(cache.root.iterdir()) == []


def a_deb(folder: Path, name: str = "tool") -> tuple[Path, str]:
    content = debs.stub({"Package": name, "Version": "1.0"}, {})
    return fetched(folder, f"{name}_1.0_all.deb", content=content), hashlib.sha256(
        content
    ).hexdigest()


def test_control_fields_are_read_once_in_a_run(cache: Cache, tmp_path: Path) -> None:
    path = cache.keep(*a_deb(tmp_path))
    digest = path.parent.name
    assert cache.control(digest) == "Package: tool\nVersion: 1.0"
    path.unlink()
    assert cache.control(digest) == "Package: tool\nVersion: 1.0"
    with pytest.raises(BuildError, match=f"the cache lacks {digest}"):
        Cache(root=cache.root).control(digest)


def test_control_fields_of_a_spoiled_package_are_not_used(cache: Cache, tmp_path: Path) -> None:
    path = cache.keep(*a_deb(tmp_path))
    other, _ = a_deb(tmp_path, "other")
    path.write_bytes(other.read_bytes())
    with pytest.raises(BuildError, match="or it was spoiled just now"):
        cache.control(path.parent.name)
    assert not path.exists()


def test_two_runs_that_kept_the_same_bytes_under_two_names_at_once(
    cache: Cache, tmp_path: Path
) -> None:
    (cache.root / DIGEST).mkdir(parents=True)
    for name in ("a_1_all.deb", "b_1_all.deb"):
        fetched(cache.root / DIGEST, name)
    assert cache.find(DIGEST) is None
    kept = cache.keep(fetched(tmp_path, "b_1_all.deb"), DIGEST)
    assert cache.find(DIGEST) == kept


def test_to_ask_for_an_entry_is_no_use_of_it(cache: Cache, tmp_path: Path) -> None:
    assert not cache.has(DIGEST)
    folder = cache.keep(fetched(tmp_path), DIGEST).parent
    os.utime(folder, (5, 5))
    assert cache.has(DIGEST)
    assert folder.stat().st_mtime == 5
