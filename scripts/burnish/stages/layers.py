"""The root filesystem, the tools image, and every missing layer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from burnish import host as probes
from burnish import process
from burnish.build import layers, packer, rootfs
from burnish.build.files import sha256, write
from burnish.build.layers import LayerRequest, Made
from burnish.lock.sources import default_lines, site_lines
from burnish.lock.wheels import uv
from burnish.model.base import Rootfs
from burnish.model.lock import AptLock
from burnish.model.plan import Layer
from burnish.model.protocols import Silent
from burnish.model.site import Apt
from burnish.render import transport
from burnish.render.layer import LayerPaths, render_layer
from burnish.stages import inputs, products
from burnish.stages.run import Run, World


def first(world: World, run: Run) -> Run:
    """The root filesystem and the tools image: kept by id, made from the store's .debs if missing.

    They are made side by side, and only the first tells its story: each waits most of its time.
    """
    plan = run.plan
    base_rootfs, lock, tools = plan.base.rootfs, plan.lock, plan.tools
    assert base_rootfs and lock.rootfs and lock.tools and tools
    declared = base_rootfs.of(plan.image.flavour)
    quiet = partial(
        _rootfs,
        replace(world, monitor=Silent()),
        run,
        layer=tools,
        declared=world.catalog.tools_rootfs,
        lock=lock.tools,
    )
    with ThreadPoolExecutor(max_workers=1) as pool:
        beside = pool.submit(quiet)
        try:
            _rootfs(world, run, layer=plan.layers[0], declared=declared, lock=lock.rootfs)
            beside.result()
        except BaseException:
            process.end_all()
            raise
    return run


def rest(world: World, run: Run) -> Run:
    """Every missing layer, one Packer run each; stops after `until` if that names a layer."""
    release = replace(packer.PINNED, url=world.site.packer.url or packer.PINNED.url)
    found = packer.find(world.store.root, release, plugins=_plugins(world))
    host = replace(run.machine, tools={"packer": ".".join(map(str, found.version))})
    valid = world.store.valid(run.plan.layers)
    for layer in run.plan.layers[1:]:
        if layer.id not in valid:
            probes.need_pinned(world.catalog.tools)
            with world.monitor.step(f"layer {layer.name}"):
                asked = request(world, run, layer=layer)
                layers.build(asked, store=world.store, packer=found, on_task=world.monitor.detail)
            # what stands on a layer that came out otherwise than before is stale now
            valid = world.store.valid(run.plan.layers)
        # also those of a layer whose run was killed before they were kept
        products.keep(world, run, layer=layer)
        if world.options.until == layer.name:
            break
    records = [world.store.layer_record(layer.id) for layer in run.plan.layers]
    return replace(run, host=host, records=tuple(record for record in records if record))


def _rootfs(world: World, run: Run, *, layer: Layer, declared: Rootfs, lock: AptLock) -> None:
    store = world.store
    with store.lock(f"rootfs-{layer.id[:32]}"):
        if layer.id in store.valid([layer]):
            return
        tar = store.rootfs_tar(layer.id)
        digest = tar.with_suffix(".sha256")
        log = world.log(run, layer.name)
        with world.monitor.step(f"root filesystem: {declared.suite}"):
            started = time.monotonic()
            if not _intact(tar, digest):
                _bootstrap(world, run, layer=layer, declared=declared, lock=lock)
            made = Made(definition=run.plan.image.name, seconds=time.monotonic() - started)
            layers.import_rootfs(layer, tar, store=store, made=made, log=log)


def _bootstrap(world: World, run: Run, *, layer: Layer, declared: Rootfs, lock: AptLock) -> None:
    tar = world.store.rootfs_tar(layer.id)
    tar.parent.mkdir(parents=True, exist_ok=True)
    temporary = tar.with_name(f".{tar.name}.part.tar")
    # a new file: a bootstrap whose burnish was killed may still write to the old one
    temporary.unlink(missing_ok=True)
    request = rootfs.RootfsRequest(
        suite=declared.suite,
        lock=lock,
        sources=_public_lines(world, run, layer=layer, declared=declared),
        debs=inputs.debs_of(world, lock.packages),
        scratch=world.scratch(run) / layer.name,
        log=world.log(run, layer.name),
    )
    rootfs.bootstrap(request, temporary)
    write(tar.with_suffix(".sha256"), sha256(temporary))
    temporary.rename(tar)


def _intact(tar: Path, digest: Path) -> bool:
    """Whether a kept root filesystem is the one that was made."""
    if not tar.is_file() or not digest.is_file():
        return False
    return sha256(tar) == digest.read_text(encoding="utf-8")


def _public_lines(world: World, run: Run, *, layer: Layer, declared: Rootfs) -> tuple[str, ...]:
    """The sources that the image keeps: the distribution's own, never the site's.

    A stand-in has no public mirror: its sources stay the site's, and it is never published.
    """
    apt = world.site.apt.get(run.plan.base.distribution, Apt())
    if apt.standin and layer.name == "rootfs":
        return site_lines(declared, apt)
    return default_lines(declared)


def request(world: World, run: Run, *, layer: Layer) -> LayerRequest:
    """What a layer's build is given: rendered files, staged files, its inputs laid out."""
    plan, folder = run.plan, world.scratch(run) / "layers" / layer.name
    given = inputs.lay_out(world, run, layer=layer, lock=plan.lock)
    reused = (
        tuple(path.name for path in sorted(Path(given.products).iterdir()))
        if given.products
        else ()
    )
    paths = LayerPaths(
        repository=world.store.repository,
        ansible_playbook=str(uv().with_name("ansible-playbook")),
        uv=str(uv()),
        folder=str(folder),
        volumes=transport.volumes(given),
        network=transport.NETWORK,
    )
    return LayerRequest(
        layer=layer,
        files=render_layer(plan, layer, paths=paths, templates=world.catalog.templates),
        staged=staged(world, layer),
        folder=folder,
        log=world.log(run, f"layer-{layer.name}"),
        definition=plan.image.name,
        transport=transport.environment(),
        reused=reused,
    )


def staged(world: World, layer: Layer) -> dict[str, Path]:
    """Every file that a layer's id hashes and its playbook reads, by its place in the layer's folder."""
    files = {}
    for key in layer.inputs:
        kind, _, name = key.partition(":")
        if kind == "file" and name.startswith("roles/"):
            _, role, inside = name.split("/", 2)
            files[name] = world.catalog.roles[role].path / inside
        elif kind == "file" and name.startswith("ansible/"):
            files[name] = world.root / name
    return files


def _plugins(world: World) -> Path | None:
    folder = world.site.packer.plugins
    return Path(folder) if folder else None


def image_of(world: World, run: Run) -> str:
    """The Docker tag of the image's top layer."""
    return world.store.tag(run.plan.top.id)
