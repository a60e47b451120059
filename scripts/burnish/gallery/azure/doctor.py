"""Takes a target and images; looks at everything that publishing needs, and changes nothing.

What can't be looked at is said, and is no reason to stop: each finding stands for itself.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from azure.core.exceptions import AzureError, ClientAuthenticationError

from burnish.errors import PublishError
from burnish.gallery.azure import definitions, permissions, permissions_vm, sizes
from burnish.gallery.azure.clients import Reach
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.images import Images
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.payloads import EXPIRES
from burnish.gallery.azure.shelf import Shelf
from burnish.gallery.azure.signing import SIGN_IN
from burnish.gallery.azure.telling import Refusal, struck, told
from burnish.model.base import Base
from burnish.model.image import Image, Target
from burnish.model.publication import Finding

RESOURCES, SKUS = "2024-07-01", "2021-07-01"
# Azure's documented limit of a region; the interface does not tell it (notes of 2026-11-22)
DEFINITIONS = 1000
ROLES = "docs/azure.md has the role assignments, to be made by an owner of the resource group"

# The looks that want rights on the whole subscription.
WIDE = ("subscription", "rights", "regions", "quota")
BUILD = ("building", "cores")
BUILDER = (
    "docs/azure-vm.md has the role and its assignment, to be made by an owner of the subscription"
)


@dataclass(frozen=True, kw_only=True)
class Doctor:
    """One look at one target for some images, each with its base."""

    target: Target
    reach: Reach
    shelf: Shelf
    images: Sequence[tuple[Image, Base]]
    today: date

    def look(self) -> Iterator[Finding]:
        """Every finding; what hangs on a login ends with it."""
        login = self._login()
        yield login
        if login.state == "wrong":
            return
        group = self._group()
        for check in (
            self._subscription,
            self._permissions,
            self._rights,
            self._regions,
            self._quota,
            *((self._building, self._cores, self._lasting) if self.target.route == "vm" else ()),
        ):
            yield from self._safely(check)
        yield group
        if group.state != "wrong":
            for check in (self._gallery, self._leftovers):
                yield from self._safely(check)

    def _login(self) -> Finding:
        kind = str(self.reach.login)
        try:
            token = self.reach.credential.get_token(self.reach.scope).token
        except (AzureError, ClientAuthenticationError) as error:
            text = f"{kind}: {struck(str(error.message)).splitlines()[0]}"
            return Finding(what="login", state="wrong", text=text, way_out=SIGN_IN)
        return Finding(what="login", state="ok", text=f"{kind}: {_who(token)}")

    def _subscription(self) -> Iterator[Finding]:
        found = self._ask(f"/subscriptions/{self.reach.subscription}", RESOURCES)
        text = f"{found.get('displayName')} ({found.get('state')})"
        good = found.get("state") == "Enabled"
        way = "" if good else "a subscription that is not enabled takes nothing: ask its owner"
        state = _state("ok" if good else "wrong")
        yield Finding(what="subscription", state=state, text=text, way_out=way)

    def _group(self) -> Finding:
        name = self.target.resource_group
        try:
            found = self._ask(self._scope, RESOURCES)
        except PublishError as error:
            way = f"az group create --name {name} --location {self.target.location}"
            way = ROLES if _forbidden(error) else way
            text = error.message.splitlines()[0]
            return Finding(what="resource group", state="wrong", text=text, way_out=way)
        return Finding(what="resource group", state="ok", text=f"{name} in {found['location']}")

    def _permissions(self) -> Iterator[Finding]:
        bad = Finding(what="permissions in the group", state="wrong", text="", way_out=ROLES)
        needed = permissions_vm.IN_GALLERY if self.target.route == "vm" else permissions.NEEDED
        return self._missing(bad, self._scope, needed=needed)

    def _rights(self) -> Iterator[Finding]:
        what = "permissions in the subscription"
        bad = Finding(what=what, state="note", text="", way_out=permissions.READER)
        return self._missing(bad, "", needed=permissions.SUBSCRIPTION_WIDE)

    def _building(self) -> Iterator[Finding]:
        """On route `vm` the subscription is where the machine is made: what lacks there ends the build."""
        bad = Finding(what="permissions to build", state="wrong", text="", way_out=BUILDER)
        windows = any(base.os == "windows" for _, base in self.images)
        needed = permissions_vm.needed(self.target.machine, windows=windows)
        return self._missing(bad, "", needed=needed)

    def _missing(self, bad: Finding, scope: str, *, needed: Mapping[str, str]) -> Iterator[Finding]:
        """One finding for each action that the login lacks in a scope, made of `bad`."""
        doing = "asking what the login may do"
        given = looked(doing, lambda: self.shelf.given(scope), patience=self.shelf.patience)
        lines = permissions.missing(given, needed)
        if not lines:
            yield Finding(what=bad.what, state="ok", text=f"all {len(needed)} that are needed")
        for action in lines:
            yield replace(bad, text=f"{action} is missing: burnish {needed[action]}")

    def _regions(self) -> Iterator[Finding]:
        for region in self.target.regions:
            skus = self._skus(region.name)
            what = f"region {region.name}"
            if not skus:
                way = "correct the region's name in the target: `az account list-locations`"
                yield Finding(
                    what=what, state="wrong", text="Azure has no sizes there", way_out=way
                )
                continue
            lines = {
                line for image, base in self.images for line in sizes.lacks(skus, image, base=base)
            }
            yield Finding(what=what, state="ok", text=f"{len(skus)} sizes of machines")
            for line in sorted(lines):
                way = "copies can be kept there; its machines need another size"
                yield Finding(what=what, state="note", text=line, way_out=way)

    def _quota(self) -> Iterator[Finding]:
        """Only what Azure counts: galleries and versions are not among it."""
        for each in self.shelf.usage(self.target.location):
            used, limit = int(each.get("currentValue") or 0), int(each.get("limit") or 0)
            if 0 < limit <= used:
                name = (each.get("name") or {}).get("localizedValue", "something")
                text = f"{name}: {used} of {limit} are used in {self.target.location}"
                way = "ask for more in the portal (Quotas), if it is machines or disks"
                yield Finding(what="quota", state="note", text=text, way_out=way)

    def _cores(self) -> Iterator[Finding]:
        """Whether the machines that are built on can be made, and whether the quota has room for them."""
        machine, region = self.target.machine, self.target.location
        skus, usage = self._skus(region), self.shelf.usage(region)
        lacking: dict[str, set[str]] = {}
        for image, base in self.images:
            size = machine.sizes.get(image.flavour, image.vm_size)
            found = sizes.lacks(skus, image, base=base, size=size)
            lacking.setdefault(size, set()).update(found)
        for size, lines in sorted(lacking.items()):
            for line in sorted(lines):
                text, way = f"in {region}: {line}", "name another of `sizes` in the target"
                yield Finding(what="size to build on", state="wrong", text=text, way_out=way)
            family, vcpus = sizes.cores(skus, size)
            plain = sizes.tight(usage, [family, "cores"], vcpus=vcpus)
            spot = sizes.tight(usage, [sizes.SPOT], vcpus=vcpus) if machine.spot else []
            # one of the two is enough: spot capacity is tried first, then a plain machine
            state = "wrong" if plain and (spot or not machine.spot) else "note"
            way = f"ask for more in the portal (Quotas, {region}), or name another of `sizes` in the target"
            for line in [*plain, *spot]:
                text = f"{size} has {vcpus} vCPU; {line}"
                yield Finding(what="cores to build on", state=_state(state), text=text, way_out=way)

    def _lasting(self) -> Iterator[Finding]:
        """Packer reads the statement of a workload identity once, as it begins."""
        if self.reach.login.kind == "workload identity":
            text = "Packer reads AZURE_FEDERATED_TOKEN_FILE once: a build may outlive what stands in it"
            way = "another way to sign in for builds of an hour or more: docs/azure.md, Signing in"
            yield Finding(what="login of a long build", state="note", text=text, way_out=way)

    def _skus(self, region: str) -> list[Mapping[str, Any]]:
        path = f"/subscriptions/{self.reach.subscription}/providers/Microsoft.Compute/skus"
        found = self._ask(path, SKUS, **{"$filter": f"location eq '{region}'"})
        return [each for each in found["value"] if each.get("resourceType") == "virtualMachines"]

    def _gallery(self) -> Iterator[Finding]:
        name, made = self.target.gallery, "would be made"
        found = looked("looking at the gallery", self.shelf.find, patience=self.shelf.patience)
        yield Finding(what="gallery", state="ok", text=name if found else f"{name} {made}")
        count = len(self.shelf.definitions())
        text = f"{count} definitions of {DEFINITIONS} that a region may have (as documented)"
        yield Finding(what="limits", state="ok" if count < DEFINITIONS else "wrong", text=text)
        for image, base in self.images:
            standing = definitions.standing(self.shelf, self.target, image=image, base=base)
            what = f"definition {image.name}"
            if not standing.clashes:
                text = "fits" if standing.definition else made
                yield Finding(what=what, state="ok", text=text)
            for clash in standing.clashes:
                yield Finding(what=what, state="wrong", text=str(clash), way_out=clash.way_out)

    def _leftovers(self) -> Iterator[Finding]:
        disks = Disks(client=self.shelf.client, resource_group=self.target.resource_group)
        images = Images(disks=disks, patience=self.shelf.patience).ours()
        uploads = disks.ours()
        opened = {each.name for each in uploads if each.open}
        left = [("image", name, tags) for name, tags in images.items()]
        for kind, name, tags in [*left, *(("disk", e.name, e.tags) for e in uploads)]:
            ends = tags.get(EXPIRES, "")
            if ends and ends < str(self.today):
                text = f"the temporary {kind} {name} of a dead run, of use until {ends}"
                which = f"--resource-group {self.target.resource_group} --name {name}"
                # Azure removes no disk that somebody may hold an address of
                before = f"az disk revoke-access {which} && " if name in opened else ""
                way = f"{before}az {kind} delete {which}; or publish that version again"
                yield Finding(what="left behind", state="note", text=text, way_out=way)

    @property
    def _scope(self) -> str:
        group = self.target.resource_group
        return f"/subscriptions/{self.reach.subscription}/resourceGroups/{group}"

    def _ask(self, path: str, version: str, **query: str) -> Mapping[str, Any]:
        def step() -> Mapping[str, Any]:
            return self.shelf.ask(path, version=version, **query)

        return looked(f"asking for {path.rsplit('/', 1)[-1]}", step, patience=self.shelf.patience)

    def _safely(self, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
        what = check.__name__.strip("_")
        try:
            yield from check()
        except (AzureError, PublishError) as error:
            found = told(error, what) if isinstance(error, AzureError) else error
            text = f"can't be looked at: {found.message.splitlines()[0]}"
            state, way = "wrong", found.hint
            if _forbidden(found):
                # publishing needs nothing of the subscription: a login of the group alone is a good one
                state, way = ("note", permissions.READER) if what in WIDE else ("wrong", ROLES)
                way = BUILDER if what in BUILD else way
            yield Finding(what=what, state=_state(state), text=text, way_out=way)


def _forbidden(error: PublishError) -> bool:
    """Whether the login may not do what was tried."""
    return isinstance(error, Refusal) and error.rule.name == "not allowed"


def _state(text: str) -> Any:
    return text


def _who(token: str) -> str:
    """Whom a token was given to, as its own claims say; the token itself is shown nowhere."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return "signed in; the token does not say as whom"
    names = ("upn", "unique_name", "appid", "oid")
    found = next((str(claims[name]) for name in names if claims.get(name)), "somebody")
    return f"signed in as {found}"
