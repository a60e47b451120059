"""Takes pages of bytes and the address of a disk; gives them to the service, through its faults.

Of the SDK only single requests are used, its own retries are off: they do not honour Retry-After of
pages, and know nothing of an address that has run out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.blob import BlobClient, ExponentialRetry

from burnish.errors import Interrupted, PublishError

# Older than the SDK's own: whether a disk's address takes the newest was not verified here.
API_VERSION = "2023-11-03"
TRIES = 12  # of one page, nearly four minutes with what is waited
LONGEST = 300.0  # seconds that a Retry-After is obeyed
SLOW = (408, 429, 500, 502, 503, 504)
CHANGED = ("Md5Mismatch", "Crc64Mismatch")
# connect and silence, in seconds: 4 MiB are sent in that time by any line worth using
TIMEOUTS = {"connection_timeout": 20, "read_timeout": 60}


@dataclass(frozen=True, kw_only=True)
class Access:
    """The way to a disk's bytes. `ask` gives a new address with its signature; it is asked at the start
    and whenever the last one has run out. `options` are the SDK's: proxies, certificates, a transport."""

    ask: Callable[[], str]
    api_version: str = API_VERSION
    options: Mapping[str, Any] = field(default_factory=dict)

    def open(self) -> BlobClient:
        """A client at a new address."""
        once = ExponentialRetry(retry_total=0)
        options: dict[str, Any] = {**TIMEOUTS, **self.options, "retry_policy": once}
        return BlobClient.from_blob_url(self.ask(), api_version=self.api_version, **options)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is to be done about an error: the request again after `wait` seconds (None: by our own
    measure), a new address, or nothing any more. `text` is what the user reads."""

    then: Literal["again", "renew", "end"]
    text: str
    wait: float | None = None


def judge(error: AzureError) -> Fault:
    """What an error of one request means."""
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        return Fault(then="again", text="the connection was lost")
    # without the service's own sentences: some quote the signature
    code = getattr(error, "error_code", None) or ""
    code = str(getattr(code, "value", code))  # the SDK has an enum of those that it knows
    text = f"{error.status_code} {code}".strip()
    if error.status_code in SLOW:
        headers = getattr(error.response, "headers", {})
        return Fault(then="again", text=f"the service is busy ({text})", wait=_seconds(headers))
    if error.status_code in (401, 403):
        return Fault(then="renew", text=f"the disk's address is refused ({text})")
    if code in CHANGED:
        return Fault(then="again", text=f"bytes were changed on the way ({text})")
    return Fault(then="end", text=f"the service refuses ({text})")


def measure(tries: int) -> float:
    """Seconds to wait after so many tries, where the service names none: 1, 2, 4 ... 30."""
    return min(30.0, 2.0 ** (tries - 1))


class Door:
    """The client that all threads use; it is opened anew, once for all, when its address has run out."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._client = access.open()
        self._fruitless = 0
        self.number = 0

    def client(self) -> tuple[int, BlobClient]:
        """The client, and the number of its address."""
        with self._lock:
            return self.number, self._client

    def worked(self) -> None:
        """The service took something."""
        self._fruitless = 0

    def refused(self, number: int, text: str) -> None:
        """Ask for a new address, unless another thread has; PublishError where two were of no use."""
        with self._lock:
            if number != self.number:
                return
            if self._fruitless >= 2:
                raise PublishError(
                    f"{text}, and so is each new one",
                    hint="something revokes the disk's access, or this machine's clock or network "
                    "policy forbids it: `burnish doctor`, then publish again",
                )
            self._fruitless += 1
            self._client.close()
            self._client = self._access.open()
            self.number += 1


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends pages. `pause` waits and says whether everything is given up; `waits` is told why."""

    door: Door
    pause: Callable[[float], bool]
    waits: Callable[[str], None]

    def send(self, offset: int, read: Callable[[], bytes]) -> bytes:
        """Send a page, its MD5 with it, until the service has confirmed it; gives its bytes."""
        for tries in range(1, TRIES + 1):
            data = read()
            number, client = self.door.client()
            try:
                client.upload_page(data, offset, len(data), validate_content="md5")
            except AzureError as error:
                fault = judge(error)
            else:
                self.door.worked()
                return data
            self._bear(fault, number=number, tries=tries)
        raise PublishError(
            f"the page at byte {offset} was tried {TRIES} times: {fault.text}",
            hint="publish again when the service can be reached: what was sent is not sent again",
        )

    def _bear(self, fault: Fault, *, number: int, tries: int) -> None:
        if fault.then == "end":
            raise PublishError(
                f"{fault.text} a page of the disk",
                hint="publish again: the temporary disk is looked at, and made anew if need be",
            )
        self.waits(fault.text)
        if fault.then == "renew":
            self.door.refused(number, fault.text)
        elif self.pause(fault.wait if fault.wait is not None else measure(tries)):
            raise Interrupted("interrupted")


def _seconds(headers: Mapping[str, str]) -> float | None:
    """What Retry-After says in seconds; a date in it is not read."""
    try:
        return min(LONGEST, max(0.0, float(headers.get("Retry-After", ""))))
    except ValueError:
        return None
