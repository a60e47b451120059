"""Takes a target's name; gives the world whose commands act on the gallery there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from requests.utils import should_bypass_proxies

from burnish.errors import UsageError
from burnish.gallery.azure import clients
from burnish.gallery.azure.clients import Reach
from burnish.gallery.azure.gallery import AzureGallery
from burnish.gallery.azure.patience import Patience
from burnish.gallery.azure.shelf import Shelf
from burnish.model.image import Target
from burnish.stages.run import World

Environment = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Way:
    """A target in Azure, and the way there."""

    target: Target
    reach: Reach
    patience: Patience

    @property
    def shelf(self) -> Shelf:
        """Its gallery."""
        return Shelf(
            client=self.reach.compute(self.patience),
            subscription=self.reach.subscription,
            resource_group=self.target.resource_group,
            gallery=self.target.gallery,
            patience=self.patience,
            interval=self.reach.interval,
        )


def named(world: World, name: str) -> Target:
    """The target of that name; UsageError if there is none."""
    if name not in world.catalog.targets:
        known = ", ".join(world.catalog.targets)
        raise UsageError(f"unknown target {name!r}", hint=f"known targets: {known}")
    return world.catalog.targets[name]


def in_azure(world: World, name: str) -> Target:
    """The same; UsageError for a folder, and for one whose example values are still in it."""
    target = named(world, name)
    if target.kind == "folder":
        known = [each.name for each in world.catalog.targets.values() if each.kind == "azure"]
        raise UsageError(
            f"{name!r} is the folder that builds are filed in",
            hint=f"targets in Azure: {', '.join(known) or 'none yet, see docs/azure.md'}",
        )
    clients.need_set(target)
    return target


def way(world: World, target: Target, *, environment: Environment) -> Way:
    """How a target is reached; nobody is asked yet. UsageError where the environment lacks something."""
    reach = clients.reach(target, environment, options=options(world, environment))
    return Way(target=target, reach=reach, patience=Patience(tell=world.monitor.say))


def options(world: World, environment: Environment) -> dict[str, Any]:
    """What the SDK's pipelines get of the site: its certificates, and its proxy but for what is past it."""
    site = world.site
    found: dict[str, Any] = {"connection_verify": site.ca_bundle} if site.ca_bundle else {}
    endpoint = environment.get(clients.ENDPOINT, clients.CLOUDS["public"])
    if site.https_proxy and not should_bypass_proxies(endpoint, no_proxy=site.no_proxy):
        found["proxies"] = {"https": site.https_proxy, "http": site.http_proxy}
    return found


def at(world: World, name: str, *, environment: Environment) -> World:
    """The world whose commands act at a target: this one, if that is the folder."""
    if named(world, name).kind == "folder":
        return world
    found = way(world, in_azure(world, name), environment=environment)
    gallery = AzureGallery(
        target=found.target,
        shelf=found.shelf,
        monitor=world.monitor,
        work=work(world, name),
        now=world.now,
    )
    return replace(world, elsewhere=gallery, where=f" --target {name}")


def work(world: World, name: str) -> Path:
    """The folder of what is under way to a target."""
    return world.build / "azure" / name
