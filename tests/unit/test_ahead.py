"""What a lock begins with: asked at the same time, each answer or error kept for its section's turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from burnish import process
from burnish.build.cache import Cache
from burnish.errors import ToolError
from burnish.lock import ahead, apt, wheels
from burnish.lock.place import Place
from burnish.model.lock import Wanted
from burnish.model.site import Site

WANTED = Wanted(
    image="tiny-cpu",
    distribution="debian",
    rootfs=None,
    flavour="cpu",
    tools=None,
    apt={},
    python={"ml": ("numpy",), "lab": ("jupyterlab",)},
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    inputs = Cache(root=tmp_path / "inputs")
    return Place(site=Site(), scratch=tmp_path, inputs=inputs, log=tmp_path / "log")


def ask(place: Place) -> ahead.Answers:
    names = ("rootfs", "tools")
    return ahead.ask(WANTED, archives=names, environments=WANTED.python, place=place)


def told(futures: Mapping[str, Future[Any]]) -> dict[str, Any]:
    return {name: future.result() for name, future in futures.items()}


def answered(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], Any]) -> None:
    """Each question answered by its section's name."""

    def opened(wanted: Wanted, section: str, *, place: Place) -> Any:
        return answer(section)

    def resolved(declared: tuple[str, ...], *, scratch: Path, **_: object) -> Any:
        return answer(scratch.name)

    monkeypatch.setattr(apt, "opened", opened)
    monkeypatch.setattr(wheels, "resolve", resolved)


def test_all_are_asked_at_the_same_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Barrier(4)

    def answer(name: str) -> str:
        together.wait(timeout=20)
        return name

    answered(monkeypatch, answer)
    found = ask(place)
    assert told(found.archives) == {"rootfs": "rootfs", "tools": "tools"}
    assert told(found.environments) == {"ml": "python-ml", "lab": "python-lab"}


def test_an_error_waits_for_its_turn(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(name: str) -> str:
        if name in ("tools", "python-ml"):
            raise ToolError(f"no {name}")
        return name

    answered(monkeypatch, answer)
    found = ask(place)
    assert told({"rootfs": found.archives["rootfs"]}) == {"rootfs": "rootfs"}
    assert told({"lab": found.environments["lab"]}) == {"lab": "python-lab"}
    for _ in range(2):
        with pytest.raises(ToolError, match="no tools"):
            found.archives["tools"].result()
    with pytest.raises(ToolError, match="no python-ml"):
        found.environments["ml"].result()


def test_nothing_is_asked_offline(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, lambda name: pytest.fail(f"{name} was asked"))
    assert ask(replace(place, offline=True)) == ahead.Answers()


def test_who_gives_up_ends_what_runs_and_begins_no_more(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    all_ended = Event()

    def answer(name: str) -> None:
        begun.append(name)
        assert all_ended.wait(20)

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    answered(monkeypatch, answer)
    monkeypatch.setattr(ahead, "AT_ONCE", 1)
    monkeypatch.setattr(ahead, "wait", interrupt)
    monkeypatch.setattr(process, "end_all", all_ended.set)
    with pytest.raises(KeyboardInterrupt):
        ask(place)
    assert begun in ([], ["rootfs"])
