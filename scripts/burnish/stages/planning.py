"""Plans an image: what apt is asked for is read off its roles, then everything meets in `resolve`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from burnish.model.catalog import Catalog
from burnish.model.image import Image
from burnish.model.lock import Lock, Wanted
from burnish.model.pin import PinState
from burnish.model.plan import Plan
from burnish.model.role import Role
from burnish.plan import wanted as wants
from burnish.plan.pins import states
from burnish.plan.profiles import flatten
from burnish.plan.resolve import resolve
from burnish.render.packages import declared
from burnish.stages.run import World

Packages = Mapping[str, tuple[str, ...]]


def plan(catalog: Catalog, image: Image, *, lock: Lock) -> Plan:
    """The plan of an image with a lock."""
    target = catalog.targets["local"]
    return resolve(catalog, image, target=target, lock=lock, packages=packages(catalog, image))


def wanted(catalog: Catalog, image: Image) -> Wanted:
    """What the image's lock has to pin."""
    return wants.wanted(catalog, image, packages=packages(catalog, image))


def by_hand(world: World, plan: Plan) -> tuple[PinState, ...]:
    """A plan's pins by hand as they stand on the day of the run."""
    return states(plan.pins, lock=plan.lock, today=world.now.date())


def packages(catalog: Catalog, image: Image) -> Packages:
    """What apt is asked for, by layer; nothing where no root filesystem is built."""
    if catalog.bases[image.base].rootfs is None:
        return {}
    layers = flatten(catalog.profiles[image.profile], catalog.profiles)
    return {
        layer.id: of_roles(catalog, image, roles=layer.roles, given=layer.vars)
        for layer, _ in layers
    }


def of_roles(
    catalog: Catalog, image: Image, *, roles: Sequence[str], given: Mapping[str, Any]
) -> tuple[str, ...]:
    """What apt is asked for by some roles with some variables, the roles that they include too."""
    base, found = catalog.bases[image.base], tuple(_all(roles, catalog.roles))
    return declared(found, given, base=base, flavour=image.flavour)


def _all(names: Sequence[str], roles: Mapping[str, Role]) -> Iterator[Role]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in roles and name not in seen:
            seen.add(name)
            waiting += roles[name].includes
            yield roles[name]
