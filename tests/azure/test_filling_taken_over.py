"""A disk that another machine fills is left to it, as long as that one gives signs of life."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import filling_place
import pytest
import uploading
from azurite import Azurite
from burnish.errors import PublishError
from burnish.gallery.azure import payloads
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.filling import Filling
from burnish.model.protocols import Silent
from filling_place import Place


@pytest.fixture
def place(azurite: Azurite, tmp_path: Path) -> Iterator[Place]:
    with filling_place.opened(azurite, tmp_path) as found:
        yield found


def _of(place: Place, host: str, *, hours: float = 0) -> Filling:
    """A filling by another machine, so long after the disk was made that `NOW` is later by `hours`."""
    one = place.filling
    now = uploading.NOW + timedelta(hours=hours)
    return replace(one, wanted=replace(one.wanted, host=host), now=lambda: now)


def test_a_disk_that_another_machine_fills_is_left_to_it(place: Place) -> None:
    name = _of(place, "first").disks.create(_of(place, "first").wanted).name
    _of(place, "first").disks.grant(name)
    place.arm.asked.clear()
    with pytest.raises(PublishError, match="first is uploading this very plan") as told:
        _of(place, "second").run(Silent())
    assert "az disk revoke-access" in told.value.hint
    assert place.arm.asked == ["GET"]


def _ticking(hours: float) -> Callable[[], datetime]:
    """A clock that begins so late and goes on by forty minutes each time it is asked."""
    asked = itertools.count()
    return lambda: uploading.NOW + timedelta(hours=hours, minutes=40 * next(asked))


def test_a_long_upload_keeps_its_disk(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is its last sign of life, not when the disk was made: twelve hours ago here."""
    first = replace(_of(place, "first"), now=_ticking(hours=7))
    with monkeypatch.context() as patch:
        # as while it is at work: the disk is open
        patch.setattr(Disks, "revoke", lambda *_: None)
        first.run(Silent())
    tags = dict(place.arm.disks[place.name]["tags"])
    assert tags.pop(payloads.ALIVE) >= "2026-11-27T20:20"
    assert tags == first.wanted.tags
    with pytest.raises(PublishError, match=r"last seen at work at 2026-11-2\d \d\d:\d\d UTC"):
        _of(place, "second", hours=8).run(Silent())


def test_a_sign_of_life_that_is_refused_ends_no_upload(place: Place) -> None:
    place.arm.refuse = {"PATCH": (409, "OperationNotAllowed", "the disk is written to")}
    replace(_of(place, "first"), now=_ticking(hours=7)).run(Silent())
    assert place.arm.refuse == {}
    assert place.is_done()


@pytest.mark.parametrize(("host", "hours"), [("first", 0), ("second", 3)])
def test_a_dead_runs_disk_is_taken_over(place: Place, host: str, hours: float) -> None:
    """By the machine that began at once, by another one after hours."""
    name = _of(place, "first").disks.create(_of(place, "first").wanted).name
    _of(place, "first").disks.grant(name)
    _of(place, host, hours=hours).run(Silent())
    assert place.is_done()
