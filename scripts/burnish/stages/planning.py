"""Plans an image: what apt is asked for is read off its roles, then everything meets in `resolve`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from burnish.model.archive import ArchiveSpec
from burnish.model.catalog import Catalog
from burnish.model.download import DownloadSpec
from burnish.model.image import Image
from burnish.model.lock import Asked, Lock, Wanted
from burnish.model.npm import NpmSpec
from burnish.model.pin import PinState
from burnish.model.plan import Plan
from burnish.model.product import ProductSpec
from burnish.model.role import Role
from burnish.plan import wanted as wants
from burnish.plan.offered import offered
from burnish.plan.pins import states
from burnish.plan.resolve import resolve
from burnish.render.archives import archives
from burnish.render.downloads import downloads as files
from burnish.render.npm import npm as tools
from burnish.render.packages import declared
from burnish.render.products import products
from burnish.stages.run import World


@dataclass(frozen=True, kw_only=True)
class OfRoles:
    """What the roles of one layer ask for."""

    packages: tuple[str, ...]
    downloads: tuple[DownloadSpec, ...]
    npm: tuple[NpmSpec, ...]
    archives: tuple[ArchiveSpec, ...] = ()
    products: tuple[ProductSpec, ...] = ()


def plan(catalog: Catalog, image: Image, *, lock: Lock, target: str = "local") -> Plan:
    """The plan of an image with a lock; at a target of route `vm` it stands on the marketplace's image."""
    where = catalog.targets[target]
    return resolve(catalog, image, target=where, lock=lock, asked=asked(catalog, image))


def wanted(catalog: Catalog, image: Image) -> Wanted:
    """What the image's lock has to pin."""
    return wants.wanted(catalog, image, asked=asked(catalog, image))


def by_hand(world: World, plan: Plan) -> tuple[PinState, ...]:
    """A plan's pins by hand as they stand on the day of the run."""
    return states(plan.pins, lock=plan.lock, today=world.now.date())


def asked(catalog: Catalog, image: Image) -> Asked:
    """What the roles of an image ask for, by layer; no packages where no root filesystem is built."""
    local = catalog.bases[image.base].rootfs is not None
    packages: dict[str, tuple[str, ...]] = {}
    found: dict[str, OfRoles] = {}
    for layer in (each.spec for each in offered(catalog, image) if not each.lacks):
        found[layer.id] = of_roles(catalog, image, roles=layer.roles, given=layer.vars)
        if local:
            packages[layer.id] = found[layer.id].packages
    return Asked(
        packages=packages,
        downloads={name: each.downloads for name, each in found.items()},
        npm={name: each.npm for name, each in found.items()},
        archives={name: each.archives for name, each in found.items() if local},
        # they are taken out of a layer's container
        products={name: each.products for name, each in found.items() if local},
    )


def of_roles(
    catalog: Catalog, image: Image, *, roles: Sequence[str], given: Mapping[str, Any]
) -> OfRoles:
    """What some roles ask for with some variables, the roles that they include too."""
    base, found = catalog.bases[image.base], tuple(_all(roles, catalog.roles))
    downloads = files(found, given, base=base, flavour=image.flavour)
    packages = declared(found, given, base=base, flavour=image.flavour) if base.rootfs else ()
    # no archive has these
    downloaded = {each.deb for each in downloads}
    return OfRoles(
        packages=tuple(name for name in packages if name not in downloaded),
        downloads=downloads,
        npm=tools(found, given, base=base, flavour=image.flavour),
        archives=archives(found, given, base=base, flavour=image.flavour),
        products=products(found, given, base=base, flavour=image.flavour),
    )


def _all(names: Sequence[str], roles: Mapping[str, Role]) -> Iterator[Role]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in roles and name not in seen:
            seen.add(name)
            waiting += roles[name].includes
            yield roles[name]
