"""A restart of a guest: its time counts from then on, however long it has run before."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from burnish.build.guest import Running
from burnish.errors import BootError
from burnish.model.machine import Deadlines
from burnish.model.protocols import Silent

DEADLINES = Deadlines(kernel=10, login=20, running=30, off=5)


class Living:
    """A QEMU that runs, and says nothing."""

    stdout = io.BytesIO(b"")

    def poll(self) -> None:
        return None


class Quiet:
    """A console on which nobody died."""

    death, kernel = "", True

    def poll(self) -> None:
        return None


def running(monkeypatch: pytest.MonkeyPatch, *, since: float) -> Running:
    """A guest that has run for so many seconds, and answers at once."""
    request: Any = None
    made = Running(
        Living(),  # type: ignore[arg-type]
        guest=request,
        console=Quiet(),  # type: ignore[arg-type]
        deadlines=DEADLINES,
        on_step=Silent().detail,
    )
    made._started -= since
    ids = iter(("boot one", "boot two"))

    def answers(_: Path, words: str, *, missing: str) -> tuple[int, str]:
        made._look(DEADLINES.running, missing=missing)
        return 0, next(ids)

    monkeypatch.setattr(made, "_run", answers)
    monkeypatch.setattr("burnish.build.guest.process.run", lambda *_, **__: None)
    for name in ("await_kernel", "await_ssh", "await_login"):
        monkeypatch.setattr(made, name, lambda *_: None)
    monkeypatch.setattr(made, "failure", BootError)
    return made


def test_a_guest_that_ran_for_long_can_be_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    made = running(monkeypatch, since=10_000)
    with pytest.raises(BootError, match="no end of the boot within 30 s"):
        made._look(DEADLINES.running, missing="end of the boot")
    made.reboot(Path("config"))
    made._look(DEADLINES.running, missing="end of the boot")
