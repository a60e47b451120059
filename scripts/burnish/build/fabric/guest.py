"""A running guest in a simulated Azure: what it reports there is watched while anything is waited for."""

from __future__ import annotations

import time
from pathlib import Path

from burnish.build.fabric import journal
from burnish.build.guest import PAUSE, Running
from burnish.model.fabric import Asked

READY = "ready, as reported to the simulated Azure"


class Provisioning(Running):
    """The same guest; `asked` is the journal's file."""

    asked: Path

    def await_ready(self) -> None:
        """Until the guest reports that it is ready, as Azure waits for it."""
        while not any(each.ready for each in journal.read(self.asked)):
            self._look(self.deadlines.login, missing=f"report 'ready': {self._last()}")
            time.sleep(PAUSE)
        self._reached(READY)

    def _look(self, deadline: float, *, missing: str) -> None:
        for each in journal.read(self.asked):
            if each.failed:
                raise self.failure(f"it told the simulated Azure: {each.said}")
        super()._look(deadline, missing=missing)

    def _last(self) -> str:
        asked = journal.read(self.asked)
        return (
            f"last asked: {told(asked[-1])}" if asked else "the simulated Azure was asked nothing"
        )


def told(asked: Asked) -> str:
    """One request in words."""
    status = f"answered with {asked.status}" if asked.status else "got no answer"
    return f"{asked.server} {asked.method} {asked.path}, which {status}"
