"""Windows' runtime out of an index: a wheel for Windows where there is one, else the source archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import makers
import pytest
from burnish.build.cache import Cache
from burnish.errors import BuildError
from burnish.lock import runtime
from burnish.lock.place import Place
from burnish.model.site import Site

AT = datetime(2026, 11, 1, tzinfo=UTC)
INDEX = "https://index.test"


def file(name: str) -> dict[str, Any]:
    hashes = {"sha256": makers.sha(name)}
    return {"url": f"{INDEX}/{name}", "size": len(name), "hashes": hashes, "upload-time": AT}


PACKAGES: list[Mapping[str, Any]] = [
    {
        "name": "java",
        "version": "25",
        "wheels": [file("java-25-py3-none-win_arm64.whl"), file("java-25-py3-none-win_amd64.whl")],
    },
    {"name": "embed", "version": "3.13", "sdist": file("embed-3.13.tar.gz")},
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(
        site=Site(), scratch=tmp_path, inputs=Cache(root=tmp_path / "inputs"), log=tmp_path / "log"
    )


def offers(monkeypatch: pytest.MonkeyPatch, packages: Sequence[Mapping[str, Any]]) -> None:
    monkeypatch.setattr(runtime, "_compiled", lambda *_, **__: packages)


def test_each_has_the_file_for_windows(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    offers(monkeypatch, PACKAGES)
    found = runtime.resolve(["embed==3.13", "java==25"], python="3.13", place=place)
    names = ["embed-3.13.tar.gz", "java-25-py3-none-win_amd64.whl"]
    assert [wheel.filename for wheel in found.wheels] == names
    assert [wheel.sha256 for wheel in found.wheels] == [makers.sha(name) for name in names]
    assert found.epoch == int(AT.timestamp())
    offered = runtime.offered("runtime", found, place=place)
    assert offered == {makers.sha(name): f"{INDEX}/{name}" for name in names}


def test_what_is_not_for_windows_is_told(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    offers(monkeypatch, [{"name": "java", "version": "25", "wheels": PACKAGES[0]["wheels"][:1]}])
    with pytest.raises(BuildError, match="java 25: the index has no file of it for Windows"):
        runtime.resolve(["java==25"], python="3.13", place=place)
