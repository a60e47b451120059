"""Takes folders and the environment; gives the `World` that a run acts in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from burnish.build import docker
from burnish.build.store import Store
from burnish.catalog.codec import JsonCodec
from burnish.catalog.load import find_root, load
from burnish.catalog.site import load_site
from burnish.gallery.local import LocalGallery
from burnish.model.catalog import Catalog
from burnish.model.protocols import Monitor
from burnish.model.site import Site
from burnish.stages.run import Options, World


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where burnish was called: its folder, the roots given, the environment, the time."""

    here: Path
    roots: Sequence[Path]
    environment: Mapping[str, str]
    now: datetime


def open_world(place: Place, *, monitor: Monitor, options: Options) -> World:
    """Load the catalog and the site. DefinitionError with every problem, UsageError without a root."""
    main, further = _roots(place)
    site = load_site(main, place.environment)
    build = main / "build"
    codec = JsonCodec()
    store = Path(site.store) if site.store else build / "store"
    gallery = Path(site.gallery) if site.gallery else build / "gallery"
    return World(
        root=main,
        build=build,
        catalog=as_reached(load((main, *further)), site),
        site=site,
        store=Store(root=store.resolve(), prefix=site.prefix, codec=codec),
        gallery=LocalGallery(root=gallery.resolve(), codec=codec),
        codec=codec,
        monitor=monitor,
        now=place.now,
        options=options,
    )


@contextmanager
def alone(world: World, image: str) -> Iterator[None]:
    """One run of an image at a time on a store; what a killed one left behind goes first."""

    def wait() -> None:
        world.monitor.say(f"another burnish works on {image}: waiting until it is done")

    with world.store.lock(f"image-{image}", on_wait=wait):
        docker.sweep(world.label(image))
        shutil.rmtree(world.build / "work" / image / "boot", ignore_errors=True)
        yield


def as_reached(catalog: Catalog, site: Site) -> Catalog:
    """The catalog as this site can build it: a stand-in has the interpreter that it borrowed."""
    bases = dict(catalog.bases)
    for name, base in bases.items():
        apt = site.apt.get(base.distribution)
        if apt and apt.standin and apt.python and base.rootfs:
            bases[name] = replace(base, rootfs=replace(base.rootfs, python=apt.python))
    return replace(catalog, bases=bases)


def _roots(place: Place) -> tuple[Path, tuple[Path, ...]]:
    """The main root, and overlays: a given root is the main one only if it holds our playbooks."""
    given = [path.resolve() for path in place.roots]
    named = place.environment.get("BURNISH_ROOT")
    whole = [path for path in given if (path / "ansible" / "linux.yml").is_file()]
    main = whole[0] if whole else Path(named).resolve() if named else find_root(place.here)
    return main, tuple(path for path in given if path != main)
