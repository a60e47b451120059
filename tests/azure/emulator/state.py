"""What exists in the emulated subscription, and how fast things go in it."""

from __future__ import annotations

import copy
import re
import secrets
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from emulator.messages import ArmError

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
GROUP = "images"
LOCATION = "westeurope"
Document = dict[str, Any]
GALLERIES = "Microsoft.Compute/galleries"
DEFINITIONS = "Microsoft.Compute/galleries/images"
VERSIONS = "Microsoft.Compute/galleries/images/versions"
DISKS = "Microsoft.Compute/disks"
IMAGES = "Microsoft.Compute/images"


@dataclass(kw_only=True)
class Pace:
    """How the service behaves; a test sets what it needs.

    An operation says InProgress `polls` times, or for `seconds` where these are more than zero.
    Each look at a version's replication adds `step` percent to every region.
    """

    polls: int = 1
    seconds: float = 0.0
    retry_after: int = 0
    step: int = 50
    page: int = 50
    stalled: set[str] = field(default_factory=set)
    failing: dict[str, str] = field(default_factory=dict)
    # whether PATCH forgets members of publishingProfile that it isn't sent: not known of real Azure
    forgetful: bool = False
    # whether closing a disk after an upload fails where it is no VHD: not known of real Azure either
    strict: bool = False


@dataclass(kw_only=True)
class Resource:
    """One resource: what it answers, and what only the service knows of it."""

    document: Document
    kind: str
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    progress: dict[str, int] = field(default_factory=dict)
    # regions whose copy failed: it stays so until the version is taken off them
    failed: dict[str, str] = field(default_factory=dict)
    blob: str = ""
    uefi: Document | None = None

    @property
    def id(self) -> str:
        """As it was first written."""
        return str(self.document["id"])

    @property
    def name(self) -> str:
        """Its own name, the last part of its id."""
        return str(self.document["name"])

    @property
    def properties(self) -> Document:
        """Its properties, made where it has none."""
        found: Document = self.document.setdefault("properties", {})
        return found

    @property
    def provisioning(self) -> str:
        """Its provisioning state."""
        return str(self.properties.get("provisioningState", "Succeeded"))

    def answer(self) -> Document:
        """A copy to send."""
        return copy.deepcopy(self.document)


@dataclass(kw_only=True)
class Identity:
    """Who may sign in, and the tokens that were given out."""

    client: str = "99999999-8888-7777-6666-555555555555"
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    assertion: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    lifetime: int = 3600
    tokens: dict[str, float] = field(default_factory=dict, repr=False)
    grants: list[str] = field(default_factory=list)

    def issue(self) -> str:
        """A new token, that says nothing."""
        token = secrets.token_urlsafe(48)
        self.tokens[token] = time.monotonic() + self.lifetime
        return token


@dataclass(kw_only=True)
class State:
    """Everything of one test. Ids are compared without regard to case."""

    resources: dict[str, Resource] = field(default_factory=dict)
    deleted: dict[str, Resource] = field(default_factory=dict)
    groups: dict[str, Document] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    identity: Identity = field(default_factory=Identity)
    permissions: list[Document] = field(
        default_factory=lambda: [
            {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}
        ]
    )
    # of the whole subscription, where it is not what one may do in a group
    permissions_wide: list[Document] | None = None
    usage: dict[str, tuple[int, int]] = field(default_factory=lambda: {"cores": (0, 100)})
    skus: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add_group(GROUP)

    def find(self, id: str) -> Resource | None:  # noqa: A002
        """The resource of that id."""
        return self.resources.get(id.lower())

    def get(self, id: str) -> Resource:  # noqa: A002
        """The same; ArmError 404 where there is none."""
        found = self.find(id)
        if found is None:
            kind = "/".join(id.rsplit("/providers/", 1)[-1].split("/")[:1] + id.split("/")[-2:])
            raise ArmError(404, "ResourceNotFound", message=f"The Resource '{kind}' was not found.")
        return found

    def put(self, resource: Resource) -> Resource:
        """Add it, or take the place of the one of its id."""
        self.resources[resource.id.lower()] = resource
        return resource

    def of(self, kind: str, *, below: str = "") -> list[Resource]:
        """All of a kind, in the order of their names as text, as ARM lists them."""
        start = below.lower()
        found = [
            each
            for key, each in self.resources.items()
            if each.kind.lower() == kind.lower() and key.startswith(start)
        ]
        return sorted(found, key=lambda each: each.id.lower())

    def below(self, id: str) -> list[Resource]:  # noqa: A002
        """What is nested in a resource."""
        return [each for key, each in self.resources.items() if key.startswith(id.lower() + "/")]

    @property
    def galleries(self) -> list[Resource]:
        """All galleries."""
        return self.of(GALLERIES)

    @property
    def definitions(self) -> list[Resource]:
        """All image definitions."""
        return self.of(DEFINITIONS)

    @property
    def versions(self) -> list[Resource]:
        """All image versions, failed ones too."""
        return self.of(VERSIONS)

    @property
    def disks(self) -> list[Resource]:
        """All managed disks."""
        return self.of(DISKS)

    @property
    def images(self) -> list[Resource]:
        """All managed images."""
        return self.of(IMAGES)

    def add_group(self, name: str, *, tags: dict[str, str] | None = None) -> Document:
        """A resource group."""
        group = {
            "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}",
            "name": name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": LOCATION,
            "tags": tags or {},
            "properties": {"provisioningState": "Succeeded"},
        }
        self.groups[name.lower()] = group
        return group

    def add(self, kind: str, name: str, *, group: str = GROUP, **members: Any) -> Resource:
        """A resource of any kind, such as `Microsoft.Network/networkInterfaces`, that is just there."""
        id_ = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{kind}/{name}"
        document = {"id": id_, "name": name, "type": kind, "location": LOCATION, **members}
        return self.put(Resource(document=document, kind=kind))

    def add_vm(self, name: str, image: str, *, exact: str = "") -> Resource:
        """A virtual machine made from a version, or from a definition at its `exact` version."""
        reference = {"id": image, **({"exactVersion": exact} if exact else {})}
        properties = {
            "vmId": str(uuid.uuid4()),
            "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
            "storageProfile": {"imageReference": reference},
            "provisioningState": "Succeeded",
        }
        return self.add("Microsoft.Compute/virtualMachines", name, properties=properties)

    def add_scale_set(self, name: str, image: str) -> Resource:
        """A scale set whose model names a version or a definition."""
        profile = {"storageProfile": {"imageReference": {"id": image}}}
        properties = {
            "singlePlacementGroup": False,
            "provisioningState": "Succeeded",
            "virtualMachineProfile": profile,
        }
        sku = {"name": "Standard_D4s_v5", "tier": "Standard", "capacity": 1}
        kind = "Microsoft.Compute/virtualMachineScaleSets"
        return self.add(kind, name, sku=sku, properties=properties)


def place(name: str) -> str:
    """A region's name as it is compared: `West Europe` and `westeurope` are one."""
    return re.sub(r"\s", "", name).lower()


def shown(name: str) -> str:
    """A region's name as ARM shows it in versions."""
    return DISPLAY.get(place(name), name)


DISPLAY = {
    place(name): name
    for name in (
        "West Europe",
        "North Europe",
        "East US",
        "East US 2",
        "West US",
        "West US 2",
        "West US 3",
        "Central US",
        "South Central US",
        "West Central US",
        "North Central US",
        "UK South",
        "UK West",
        "France Central",
        "Germany West Central",
        "Sweden Central",
        "Switzerland North",
        "Norway East",
        "Southeast Asia",
        "East Asia",
        "Japan East",
        "Australia East",
        "Canada Central",
        "Central India",
        "Brazil South",
    )
}
