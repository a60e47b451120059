"""Everything else that burnish asks for: groups, resources by tag, machines, sizes, usage, permissions."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.galleries import COMPUTE
from emulator.messages import Response
from emulator.router import Call, Router
from emulator.service import Service
from emulator.state import SUBSCRIPTION, TENANT, Document, Resource, place

SUB = "/subscriptions/{subscription}"
GROUP = f"{SUB}/resourceGroups/{{group}}"
MACHINES = "Microsoft.Compute/virtualMachines"
SCALE_SETS = "Microsoft.Compute/virtualMachineScaleSets"
FILTER = re.compile(r"(\w+) eq '((?:[^']|'')*)'")


@dataclass(frozen=True, kw_only=True)
class Generic:
    """Serves them out of a service's state."""

    service: Service

    def routes(self, router: Router) -> None:
        """Where."""
        router.add("GET", SUB, route=self.subscription)
        router.add("GET", f"{SUB}/resourcegroups", route=self.groups)
        router.add("GET", GROUP, route=self.group)
        router.add("HEAD", GROUP, route=self.has_group)
        router.add("PUT", GROUP, route=self.put_group)
        router.add("DELETE", GROUP, route=self.delete_group)
        router.add("GET", f"{SUB}/resources", route=self.resources)
        router.add("GET", f"{GROUP}/resources", route=self.resources)
        router.add("GET", f"{SUB}/providers/Microsoft.Compute/skus", route=self.skus)
        usage = f"{SUB}/providers/Microsoft.Compute/locations/{{location}}/usages"
        router.add("GET", usage, route=self.usage)
        permissions = "/providers/Microsoft.Authorization/permissions"
        router.add("GET", f"{SUB}{permissions}", route=self.permissions)
        router.add("GET", f"{GROUP}{permissions}", route=self.permissions)
        router.add("GET", f"{GROUP}/{{rest*}}{permissions}", route=self.permissions)
        for kind in (MACHINES, SCALE_SETS):
            name = kind.rsplit("/", 1)[1]
            for path in (f"{SUB}/providers/Microsoft.Compute/{name}", f"{COMPUTE}/{name}"):
                router.add("GET", path, route=self.machines)

    def subscription(self, call: Call) -> Response:
        """The one there is."""
        body = {
            "id": f"/subscriptions/{SUBSCRIPTION}",
            "subscriptionId": SUBSCRIPTION,
            "tenantId": TENANT,
            "displayName": "emulated",
            "state": "Enabled",
        }
        return Response(body=body)

    def groups(self, call: Call) -> Response:
        """Resource groups, by a tag if one is asked for."""
        wanted = _wanted(call)
        found = [group for _, group in sorted(self.service.state.groups.items())]
        found = [group for group in found if _has_tag(group, wanted)]
        return self.service.listed(call, copy.deepcopy(found))

    def group(self, call: Call) -> Response:
        """One."""
        return Response(body=copy.deepcopy(self.service.group(call["group"])))

    def has_group(self, call: Call) -> Response:
        """Whether it is there."""
        known = call["group"].lower() in self.service.state.groups
        return Response(status=204 if known else 404)

    def put_group(self, call: Call) -> Response:
        """New, or its tags."""
        new = call["group"].lower() not in self.service.state.groups
        body = call.request.document()
        group = self.service.state.add_group(call["group"], tags=body.get("tags"))
        group["location"] = place(body["location"])
        return Response(status=201 if new else 200, body=copy.deepcopy(group))

    def delete_group(self, call: Call) -> Response:
        """With all that is in it; only `Location` tells how it goes, as ARM does it."""
        group = self.service.group(call["group"])

        def finish() -> None:
            for each in self.service.state.below(group["id"]):
                self.service.drop(each)
            self.service.state.groups.pop(call["group"].lower(), None)

        operation = self.service.operations.begin(
            call.request, group["id"], finish=finish, location=group["location"]
        )
        headers = self.service.operations.headers(operation, monitor=True)
        return Response(status=202, headers={"Location": headers["Location"]})

    def resources(self, call: Call) -> Response:
        """Tracked resources of the subscription or a group, by tag or type if asked for."""
        wanted, below = _wanted(call), call.id.rsplit("/", 1)[0].lower() + "/"
        times = "createdTime" in call.request.query.get("$expand", "")
        known = sorted(self.service.state.resources.items())
        found = [_line(each, times=times) for key, each in known if key.startswith(below)]
        kind = wanted.get("resourceType", "").lower()
        found = [each for each in found if not kind or each["type"].lower() == kind]
        return self.service.listed(call, [each for each in found if _has_tag(each, wanted)])

    def machines(self, call: Call) -> Response:
        """Virtual machines or scale sets, of the subscription or a group."""
        below, _, kind = call.id.rpartition("/providers/")
        found = self.service.state.of(kind, below=f"{below}/")
        return self.service.listed(call, [each.answer() for each in found])

    def skus(self, call: Call) -> Response:
        """Sizes of machines in a location, with what they can."""
        location = _wanted(call).get("location", "")
        known = self.service.state.skus or json.loads(SKUS.read_text("utf-8"))["value"]
        return self.service.listed(call, [_at(each, location) for each in known])

    def usage(self, call: Call) -> Response:
        """What of the quota is used."""
        found = [
            {
                "unit": "Count",
                "currentValue": used,
                "limit": limit,
                "name": {"value": name, "localizedValue": name},
            }
            for name, (used, limit) in self.service.state.usage.items()
        ]
        return self.service.listed(call, found)

    def permissions(self, call: Call) -> Response:
        """What who asks may do there."""
        state = self.service.state
        wide = state.permissions_wide if "/resourcegroups/" not in call.id.lower() else None
        given = state.permissions if wide is None else wide
        return Response(body={"value": copy.deepcopy(given)})


SKUS = Path(__file__).with_name("skus.json")


def _wanted(call: Call) -> dict[str, str]:
    found = FILTER.findall(call.request.query.get("$filter", ""))
    return {name: value.replace("''", "'") for name, value in found}


def _has_tag(document: Document, wanted: dict[str, str]) -> bool:
    name = wanted.get("tagName")
    if name is None:
        return True
    tags = {key.lower(): value for key, value in (document.get("tags") or {}).items()}
    value = tags.get(name.lower())
    return value is not None and wanted.get("tagValue", value) == value


def _line(resource: Resource, *, times: bool) -> Document:
    keys = ("id", "name", "type", "location", "tags")
    line: Document = {key: resource.document[key] for key in keys if key in resource.document}
    if times:
        line |= {"createdTime": resource.made.isoformat(), "changedTime": resource.made.isoformat()}
        line["provisioningState"] = resource.provisioning
    return line


def _at(sku: Document, location: str) -> Any:
    """The shipped sizes are there in every location that is asked for."""
    if not location:
        return sku
    moved = copy.deepcopy(sku)
    moved["locations"] = [location]
    for each in moved.get("locationInfo", []):
        each["location"] = location
    return moved
