"""Takes the SDK's client; finds, makes and removes resources that it has no methods for, by their ids.

Groups, networks and machines are asked for as plain REST through the same pipeline: the same patience, the
same login, and no further package. Errors are the SDK's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.compute import ComputeManagementClient

from burnish.gallery.azure.fault import Rule
from burnish.gallery.azure.faults import UNENDED, WORKING
from burnish.gallery.azure.patience import Patience
from burnish.gallery.azure.telling import Refusal

Found = dict[str, Any]
GROUPS = "2024-07-01"
NETWORK = "2024-05-01"
# Kind -> the version of the interface that is asked. What stands first is removed first.
VERSIONS = {
    "Microsoft.Compute/virtualMachines": "2024-07-01",
    "Microsoft.Network/networkInterfaces": NETWORK,
    "Microsoft.Network/publicIPAddresses": NETWORK,
    "Microsoft.Network/virtualNetworks": NETWORK,
    "Microsoft.Network/networkSecurityGroups": NETWORK,
    "Microsoft.Compute/images": "2024-07-01",
    "Microsoft.Compute/disks": "2024-03-02",
}


def version_of(path: str) -> str:
    """The interface's version for the id of a resource, or of a group."""
    kind = "/".join(path.rpartition("/providers/")[2].split("/")[:2]).lower()
    return next((each for name, each in VERSIONS.items() if name.lower() == kind), GROUPS)


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Those of one subscription; `interval` seconds between two looks at something long."""

    client: ComputeManagementClient
    subscription: str
    patience: Patience
    interval: float

    def group(self, name: str) -> str:
        """The id of a group."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{name}"

    def find(self, path: str) -> Found | None:
        """One, by its id; None if there is none."""
        try:
            found: Found = self._sent("GET", path).json()
        except ResourceNotFoundError:
            return None
        return found

    def listed(self, path: str, **query: str) -> Iterator[Found]:
        """All pages of a list."""
        response = self._sent("GET", path, query=query)
        while True:
            body = response.json()
            yield from body.get("value", ())
            if not body.get("nextLink"):
                return
            # an address of the service's own: it is followed, never made anew
            response = self._raised(self.client.send_request(HttpRequest("GET", body["nextLink"])))

    def put(self, path: str, body: Found) -> None:
        """Make one, and wait until it stands. One that is being made already, by a request whose answer was
        lost, is waited for. Refusal if that takes too long."""
        began = self.patience.clock()
        while self._state(path) in ("Creating", "Updating", "Accepted"):
            self._wait(path, began, rule=WORKING)
        if self._state(path) != "Succeeded":
            self._ended(self._sent("PUT", path, body=body), path)

    def _state(self, path: str) -> str:
        found = self.find(path) or {}
        return str((found.get("properties") or {}).get("provisioningState", ""))

    def remove(self, path: str) -> None:
        """Remove one, and wait until it is gone; there may be none."""
        try:
            self._ended(self._sent("DELETE", path), path)
        except ResourceNotFoundError:
            return

    def act(self, path: str, action: str) -> None:
        """Carry out an action on one, and wait until it is done."""
        self._ended(self._sent("POST", f"{path}/{action}"), path)

    def _sent(
        self, method: str, path: str, *, query: dict[str, str] | None = None, body: Any = None
    ) -> HttpResponse:
        params = {"api-version": version_of(path), **(query or {})}
        request = HttpRequest(method, path, params=params, json=body)
        return self._raised(self.client.send_request(request))

    def _raised(self, response: HttpResponse) -> HttpResponse:
        if response.status_code == 404:
            raise ResourceNotFoundError(response=response)
        response.raise_for_status()
        return response

    def _wait(self, path: str, began: float, *, rule: Rule) -> None:
        """Wait for another look; Refusal if it has been waited for as long as the rule says."""
        if self.patience.clock() - began >= rule.most:
            raise Refusal(f"{path.rpartition('/')[2]}: {rule.says}", rule=rule)
        self.patience.pause(self.interval)

    def _ended(self, response: HttpResponse, path: str) -> None:
        """Wait until what a request began has ended. HttpResponseError if it failed, Refusal if it takes
        too long."""
        began = self.patience.clock()
        status = response.headers.get("Azure-AsyncOperation")
        place = status or (response.headers.get("Location") if response.status_code == 202 else "")
        while place:
            self._wait(path, began, rule=UNENDED)
            look = self._raised(self.client.send_request(HttpRequest("GET", place)))
            state = str(look.json().get("status", "")) if status else ""
            if state in ("Failed", "Canceled"):
                raise HttpResponseError(response=look)
            if state == "Succeeded" or (not status and look.status_code != 202):
                return
