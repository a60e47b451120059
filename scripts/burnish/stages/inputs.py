"""Brings what missing layers are made of into the cache, and lays it out for their containers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

from burnish import process
from burnish.build.files import write
from burnish.build.repository import bring, write_index
from burnish.errors import BuildError
from burnish.lock import apt, fetch, snapshot, tarballs
from burnish.lock.archive import Archive
from burnish.lock.downloads import bring as fetch_downloads
from burnish.lock.place import Place
from burnish.model.lock import AptLock, Lock, Package
from burnish.model.plan import Layer, Plan
from burnish.model.site import Apt
from burnish.render import transport
from burnish.render.npm import tree
from burnish.stages import planning, products, signing
from burnish.stages.run import Run, World


def place_of(world: World, run: Run) -> Place:
    """Where pins are resolved and inputs fetched."""
    return Place(
        site=world.site,
        scratch=world.scratch(run) / "lock",
        inputs=world.store.inputs,
        log=world.log(run, "lock"),
        offline=world.options.offline,
    )


def fetch_missing(world: World, run: Run) -> None:
    """Bring everything that layers missing here are made of; each kind at the same time.

    Raises Vanished for the first section that can't be had any more.
    """
    layers = made_here(run.plan)
    valid = world.store.valid(layers)
    bring_all(world, run, layers=[layer for layer in layers if layer.id not in valid])


def made_here(plan: Plan) -> list[Layer]:
    """Every layer of a plan, the disk tools' among them."""
    return [layer for layer in (plan.tools, *plan.layers) if layer]


def bring_all(world: World, run: Run, *, layers: Sequence[Layer]) -> None:
    """Bring everything that these layers are made of. Raises Vanished for what can't be had any more."""
    plan, place = run.plan, place_of(world, run)
    jobs = (
        partial(_debs, world, plan, layers=layers, place=place),
        partial(_wheels, world, plan, layers=layers, place=place),
        partial(_downloads, world, plan, layers=layers, place=place),
        partial(_npm, world, plan, layers=layers, place=place),
    )
    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            for future in futures:
                future.result()
        except BaseException:
            # the pool waits for what it began
            place.given_up.set()
            process.end_all()
            raise


def sections(plan: Plan, layers: Sequence[Layer]) -> Iterator[tuple[str, AptLock]]:
    """(section, its lock) of the .debs that layers are made of."""
    lock = plan.lock
    for layer in layers:
        if plan.tools and layer.id == plan.tools.id:
            found, name = lock.tools, "tools"
        elif not layer.parent:
            found, name = lock.rootfs, "rootfs"
        else:
            found, name = lock.apt.get(layer.name) if layer.apt else None, f"apt:{layer.name}"
        if found:
            yield name, found


def debs_of(world: World, packages: Sequence[Package]) -> Mapping[Package, Path]:
    """The .debs of packages that were fetched before; their bytes are looked at once more."""
    debs = apt.have(packages, inputs=world.store.inputs)
    lost = [package.pin for package in packages if package not in debs]
    if lost:
        raise BuildError(
            f"{len(lost)} fetched packages went away or changed: {', '.join(lost[:5])}",
            hint="run the same command again: they are fetched anew",
        )
    return debs


def lay_out(world: World, run: Run, *, layer: Layer, lock: Lock) -> transport.Files:
    """The folders that a layer's container is given: its inputs by kind, and apt's settings."""
    folder = world.scratch(run) / "inputs" / layer.name
    shutil.rmtree(folder, ignore_errors=True)
    place = place_of(world, run)
    downloads = folder / "downloads"
    downloads.mkdir(parents=True)
    downloaded = _lay_out_downloads(layer, lock, folder=downloads, place=place)
    packages = lock.apt[layer.name].packages if layer.apt else ()
    suite = run.plan.base.rootfs.suite if run.plan.base.rootfs else ""
    write_index({**debs_of(world, packages), **downloaded}, folder / "debs", suite=suite)
    wheels = folder / "wheels"
    wheels.mkdir()
    for name in layer.python:
        for wheel, path in fetch.bring(name, lock.python[name], place=place).items():
            bring(path, wheels / wheel.filename)
    _lay_out_npm(layer, lock, folder=folder / "npm", place=place)
    if layer.products:
        products.lay_out(world, layer, folder=folder / "products")
    for name, text in transport.settings().items():
        write(folder / name, text)
    world.store.uv_cache.mkdir(parents=True, exist_ok=True)
    return transport.Files(
        uv_cache=str(world.store.uv_cache),
        debs=str(folder / "debs"),
        wheels=str(wheels),
        downloads=str(downloads),
        npm=str(folder / "npm"),
        settings=str(folder),
        signing=signing.key(world, layer.signing) if layer.signing else "",
        products=str(folder / "products") if layer.products else "",
    )


def _lay_out_downloads(
    layer: Layer, lock: Lock, *, folder: Path, place: Place
) -> Mapping[Package, Path]:
    """The files that a layer's roles download; gives those that are packages."""
    if not layer.downloads:
        return {}
    files = fetch_downloads(f"downloads:{layer.name}", lock.downloads[layer.name], place=place)
    for file, path in files.items():
        bring(path, folder / file.name)
    return {package: folder / package.pool for package in lock.debs(layer.name)}


def _lay_out_npm(layer: Layer, lock: Lock, *, folder: Path, place: Place) -> None:
    """The tarballs of a layer's npm tools, and the file that says where each one goes."""
    folder.mkdir()
    if layer.npm:
        known = lock.npm[layer.name]
        for file, path in tarballs.bring(f"npm:{layer.name}", known, place=place).items():
            bring(path, folder / file)
        write(folder / "tree.json", tree(known))


def _debs(world: World, plan: Plan, *, layers: Sequence[Layer], place: Place) -> None:
    wanted = planning.wanted(world.catalog, plan.image)

    @cache
    def archive(kind: str) -> Archive:
        return apt.opened(wanted, kind, place=place)

    for name, lock in sections(plan, layers):
        world.monitor.detail(f"packages of {name}")
        kind = apt.source(wanted, name)
        _, distribution = apt.rootfs_of(wanted, kind)
        site = world.site.apt.get(distribution, Apt())
        debs = apt.bring(
            name,
            lock.packages,
            archive=partial(archive, kind),
            place=place,
            snapshots=snapshot.places([name], recorded=plan.lock.recorded, apt=site),
        )
        apt.none_younger(debs, than=lock.epoch, section=name)


def _wheels(world: World, plan: Plan, *, layers: Sequence[Layer], place: Place) -> None:
    for layer in layers:
        for name in layer.python:
            world.monitor.detail(f"wheels of {name}")
            lock = plan.lock.python[name]
            fetch.none_younger(lock, section=f"python:{name}")
            fetch.bring(name, lock, place=place)


def _downloads(world: World, plan: Plan, *, layers: Sequence[Layer], place: Place) -> None:
    for layer in layers:
        if layer.downloads:
            section = f"downloads:{layer.name}"
            world.monitor.detail(section)
            fetch_downloads(section, plan.lock.downloads[layer.name], place=place)


def _npm(world: World, plan: Plan, *, layers: Sequence[Layer], place: Place) -> None:
    for layer in layers:
        if layer.npm:
            section = f"npm:{layer.name}"
            world.monitor.detail(section)
            tarballs.bring(section, plan.lock.npm[layer.name], place=place)
