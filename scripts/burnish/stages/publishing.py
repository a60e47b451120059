"""Sends a filed version to a gallery in Azure: what keeps it here, what it lacks, and the sending itself."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import replace
from typing import Any

from burnish.errors import PublishError, UsageError
from burnish.gallery import rules
from burnish.gallery.azure import bodies, payloads, tags
from burnish.gallery.azure.bodies import Making
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.publish import Publication, Wanted
from burnish.gallery.azure.versions import Versions
from burnish.gallery.local import MANIFEST
from burnish.model.image import Target
from burnish.model.manifest import Manifest
from burnish.model.publication import Published
from burnish.stages import channels, homes, services
from burnish.stages.homes import Environment
from burnish.stages.run import World


def named(world: World, version: str, *, to: str) -> Manifest:
    """The filed version of that name. The target is looked at first: without it no version is of use."""
    homes.in_azure(world, to)
    return world.gallery.find(version)


def refuse(world: World, manifest: Manifest) -> None:
    """PublishError with everything that keeps a version here."""
    missing = [*world.gallery.missing(manifest)]
    if tags.VHD not in manifest.artifacts:
        missing.append(tags.VHD)
    found = rules.unpublishable(manifest, missing=missing)
    if found:
        name = f"{manifest.image}/{manifest.version}"
        raise PublishError(
            "\n".join([f"{name} is not published:", *(f"  - {line}" for line in found)]),
            hint=f"`burnish list {manifest.image}` shows others; `burnish build` makes one",
        )


def lacks(world: World, manifest: Manifest) -> tuple[str, ...]:
    """What a version lacks to be promoted; it may be published without."""
    levels = channels.levels_of(world, manifest)
    return tuple(rules.obstacles(rules.as_candidate(manifest), levels=levels, missing=()))


def publish(world: World, manifest: Manifest, *, to: str, environment: Environment) -> Published:
    """Send a filed version to a target; one that is there already is only given what it lacks."""
    target = homes.in_azure(world, to)
    refuse(world, manifest)
    found = homes.way(world, target, environment=environment)
    shelf = found.shelf
    publication = Publication(
        versions=Versions(shelf=shelf, image=manifest.image, monitor=world.monitor),
        disks=Disks(client=shelf.client, resource_group=target.resource_group),
        wanted=replace(
            _wanted(world, manifest, target=target),
            blob_options=homes.options(world, environment),
        ),
        monitor=world.monitor,
    )
    # the disk's file stays while it is read
    with world.gallery.held(manifest):
        return replace(publication.run(), lacks=lacks(world, manifest))


def bodies_of(world: World, manifest: Manifest, *, to: str) -> dict[str, Any]:
    """What would be sent to a target, nobody asked: the bodies of the requests."""
    target = homes.in_azure(world, to)
    refuse(world, manifest)
    wanted = _wanted(world, manifest, target=target)
    disk = payloads.disk_name(manifest.image, manifest.plan)
    ends = bodies.end_of_life(manifest, wanted.image, target=target)
    making = Making(
        disk=f"(the id of {disk})",
        image=f"(the id of the image {disk})" if bodies.by_image(wanted.image, wanted.base) else "",
        tags=wanted.tags,
        signing=manifest.signing,
    )
    return {
        "gallery": bodies.gallery(target),
        "definition": bodies.definition(
            wanted.image, wanted.base, location=target.location, route=target.route
        ),
        "version": bodies.version(target, end_of_life=ends, making=making),
    }


def goes_on(world: World, to: str, *, environment: Environment) -> bool:
    """Whether what is built goes on to a target in Azure; UsageError where it could not, before a build."""
    if homes.named(world, to).kind == "folder":
        return False
    target = homes.in_azure(world, to)
    if target.route != "upload":
        raise UsageError(
            f"the target {to!r} has route {target.route!r}: nothing is built here for it",
            hint=f"write `route: upload` into packer/targets/{to}.yaml",
        )
    homes.way(world, target, environment=environment)
    return True


def _wanted(world: World, manifest: Manifest, *, target: Target) -> Wanted:
    folder = world.gallery.folder(manifest.image, manifest.version)
    return Wanted(
        target=target,
        image=services.image_of(world, manifest.image),
        base=world.catalog.bases[manifest.base],
        manifest=manifest,
        sha256=hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest(),
        vhd=folder / tags.VHD,
        work=homes.work(world, target.name),
        now=world.clock,
        host=platform.node(),
    )
