"""Wheels from an index or a folder: what is brought, what is gone, and what an error is called."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import makers
import pytest
import requests
from burnish.build.cache import Cache
from burnish.errors import BuildError, Interrupted, ToolError
from burnish.lock import fetch, wheels
from burnish.lock.place import Place, Vanished
from burnish.model.lock import PythonLock
from burnish.model.site import Site

BYTES = b"a wheel"
DIGEST = hashlib.sha256(BYTES).hexdigest()
URL = "https://index.test/numpy-1.0-py3-none-any.whl"


def environment() -> PythonLock:
    lock = makers.python_lock("numpy")
    return replace(lock, wheels=(replace(lock.wheels[0], sha256=DIGEST),))


def place(folder: Path, *, offline: bool = False) -> Place:
    inputs = Cache(root=folder / "inputs")
    return Place(site=Site(), scratch=folder, inputs=inputs, log=folder / "log", offline=offline)


def offers(monkeypatch: pytest.MonkeyPatch, **wheel: Any) -> None:
    """The index offers one wheel."""
    found = {"wheels": [{"hashes": {"sha256": DIGEST}, **wheel}]}

    def compiled(lines: Sequence[str], **_: object) -> Sequence[Mapping[str, Any]]:
        assert lines == ["numpy==1.0"]
        return [found]

    monkeypatch.setattr(wheels, "compiled", compiled)


def answers(monkeypatch: pytest.MonkeyPatch, content: bytes | Exception) -> None:
    """What downloading brings."""

    def download(url: str, part: Path, **_: object) -> None:
        assert url == URL
        if isinstance(content, Exception):
            raise content
        part.write_bytes(content)

    monkeypatch.setattr(fetch, "download", download)


def test_a_wheel_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offers(monkeypatch, url=URL)
    answers(monkeypatch, BYTES)
    at = place(tmp_path)
    (path,) = fetch.bring("ml", environment(), place=at).values()
    assert (path.name, path.read_bytes()) == ("numpy-1.0-py3-none-any.whl", BYTES)
    answers(monkeypatch, AssertionError("fetched twice"))
    assert list(fetch.bring("ml", environment(), place=at).values()) == [path]


def test_a_folder_of_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "it's here").mkdir()
    (tmp_path / "it's here" / "x.whl").write_bytes(BYTES)
    offers(monkeypatch, path="../it's here/x.whl")
    (path,) = fetch.bring("ml", environment(), place=place(tmp_path)).values()
    assert path.read_bytes() == BYTES


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (b"other bytes", BuildError, "its sha256 is"),
        (requests.exceptions.SSLError("bad cert"), ToolError, "certificate that is not trusted"),
        (requests.ConnectionError("refused"), ToolError, "can't be fetched from the Python index"),
    ],
)
def test_what_goes_wrong_on_the_way(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    content: bytes | Exception,
    kind: type[Exception],
    text: str,
) -> None:
    offers(monkeypatch, url=URL)
    answers(monkeypatch, content)
    with pytest.raises(kind, match=text):
        fetch.bring("ml", environment(), place=place(tmp_path))


def test_a_wheel_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offers(monkeypatch, url=URL, hashes={"sha256": "0" * 64})
    with pytest.raises(Vanished) as caught:
        fetch.bring("ml", environment(), place=place(tmp_path))
    assert caught.value.section == "python:ml"
    assert caught.value.names == ("numpy-1.0-py3-none-any.whl",)


def test_nothing_is_fetched_offline(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="the cache lacks an input of python:ml"):
        fetch.bring("ml", environment(), place=place(tmp_path, offline=True))


def test_given_up_ends_what_is_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offers(monkeypatch, url=URL)
    answers(monkeypatch, AssertionError("asked"))
    at = place(tmp_path)
    at.given_up.set()
    with pytest.raises(Interrupted):
        fetch.bring("ml", environment(), place=at)
