"""Takes a call of the SDK that begins something long; gives it back to be looked at, one look a call.

The SDK's own poller looks in a thread of its own; here each look is one request that the table of faults
covers, and between them the regions of a version are looked at as well.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.core.polling import LROPoller
from azure.core.polling.base_polling import BadResponse, BadStatus
from azure.mgmt.core.polling.arm_polling import ARMPolling

from burnish.gallery.azure.patience import Patience


class Still(ARMPolling):
    """A polling method that asks only when it is told to."""

    def run(self) -> None:
        """Nothing by itself."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something long that Azure does; `interval` seconds between two looks."""

    poller: LROPoller[Any]
    patience: Patience
    interval: float

    def look(self) -> bool:
        """Ask once how it stands; True once it has ended well, HttpResponseError if it failed."""
        method: Any = self.poller.polling_method()
        state = ""
        with suppress(BadStatus, BadResponse):
            if not method.finished():
                method.update_status()
            state = str(method.status()).lower()
        if state in ("", "failed", "canceled"):
            # the last answer says why
            raise HttpResponseError(response=method._pipeline_response.http_response)
        return bool(method.finished())

    def wait(self) -> None:
        """Look until it has ended."""
        while not self.look():
            self.patience.pause(self.interval)


def begin(
    call: Callable[..., Any], *arguments: Any, patience: Patience, interval: float
) -> Operation:
    """Begin it: `call` is a `begin_...` of the SDK."""
    poller = call(*arguments, polling=Still(timeout=interval))
    return Operation(poller=poller, patience=patience, interval=interval)
