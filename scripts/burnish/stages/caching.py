"""What stands behind `burnish cache`: which inputs are here and who names them; moving them; pruning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from burnish.build import bundle
from burnish.build.bundle import Unpacked
from burnish.build.cache import Entry
from burnish.build.files import write
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import BuildError, UsageError
from burnish.model.lock import Lock
from burnish.model.product import ProductRecord
from burnish.stages import inputs, locks, planning, products
from burnish.stages.run import Run, World


@dataclass(frozen=True, kw_only=True)
class Cached:
    """An input in the cache, and what names it: images by their locks, filed versions."""

    entry: Entry
    named: tuple[str, ...]


def cached(world: World) -> list[Cached]:
    """Everything in the cache."""
    names: dict[str, list[str]] = {}
    for who, lock in _locks(world):
        for digest in lock.inputs():
            names.setdefault(digest, []).append(who)
    for record, users in products.named(world):
        for digest in record.files.values() if users else ():
            names.setdefault(digest, []).append(f"{record.name} of {users}")
    return [
        Cached(entry=entry, named=tuple(names.get(entry.sha256, ())))
        for entry in world.store.inputs.entries()
    ]


def prunable(world: World, *, unused_for: timedelta) -> list[Cached]:
    """What no lock and no filed version names, and nobody has used for that long."""
    before = (world.now - unused_for).timestamp()
    return [each for each in cached(world) if not each.named and each.entry.used <= before]


def prune(world: World, found: Sequence[Cached]) -> None:
    """Remove entries, and what is known of products that are not whole any more."""
    world.store.inputs.drop(each.entry for each in found)
    kept = world.store.products
    for record in list(kept.records()):
        if not kept.whole(record):
            kept.forget(record.key)


def forget(world: World, name: str) -> tuple[list[ProductRecord], list[str]]:
    """Forget the products of a name, or the one whose key begins so, and what has them; gives both.
    UsageError where none is kept, or several keys begin so."""
    kept = list(world.store.products.records())
    keyed = [each for each in kept if name and each.key.startswith(name)]
    found = [each for each in kept if each.name == name] or keyed
    if not found or (found is keyed and len(keyed) > 1):
        names = ", ".join(f"{each.name} ({each.key[:12]})" for each in keyed or kept)
        text = f"several keys begin with {name!r}" if keyed else f"no product {name!r} is kept here"
        raise UsageError(text, hint=f"kept: {names or 'none'}")
    return found, [layer for record in found for layer in products.forget(world, record)]


def export(world: World, images: Sequence[str], *, file: Path) -> tuple[int, int]:
    """Bring every input of some images and pack them with their locks, and with what is kept of the
    products that their layers make; gives (inputs, bytes)."""
    packed: dict[str, Path] = {}
    texts: dict[str, str] = {}
    for name in images:
        image = world.catalog.images[name]
        plan = planning.plan(world.catalog, image, lock=locks.current(world, image))
        if plan.open:
            sections = ", ".join(entry.section for entry in plan.open)
            raise BuildError(
                f"the lock of {name} leaves open: {sections}",
                hint="resolve it with `burnish lock IMAGE`, or build the image once",
            )
        inputs.bring_all(world, Run(plan=plan), layers=inputs.made_here(plan))
        for digest in plan.lock.inputs():
            path = world.store.inputs.find(digest)
            # what a lock pins and no layer is made of was not brought
            if path is not None:
                packed[digest] = path
        texts[bundle.lock_name(name)] = dump_lock(replace(plan.lock, basis=""))
        for key in products.kept(world, plan.layers):
            record, files = world.store.products.record(key), world.store.products.find(key)
            if record and files:
                packed |= {record.files[path]: place for path, place in files.items()}
                texts[bundle.product_name(key)] = world.codec.dump(record)
    return len(packed), bundle.pack(file, inputs=packed, texts=texts)


def import_(world: World, file: Path) -> Unpacked:
    """Take a bundle's inputs into the cache, its locks where the committed ones are others, and what it
    knows of products."""
    found = bundle.unpack(file, cache=world.store.inputs, scratch=world.build / "work" / "import")
    for name, text in found.locks.items():
        if name not in world.catalog.images:
            continue
        aside = world.build / "work" / "import" / f"{name}.lock.yaml"
        write(aside, text)
        lock = load_lock(aside, image=name, shown=str(file))
        aside.unlink()
        image = world.catalog.images[name]
        if lock != replace(locks.current(world, image), basis=""):
            lock = replace(lock, basis=locks.basis(world, name))
            path = locks.local_path(world.build, name, standin=lock.standin)
            write(path, dump_lock(lock))
    kept = world.store.products
    for key, text in found.products.items():
        record = world.codec.load(text, ProductRecord, source=f"{file}: {key}")
        # what is here whole stays: the layers here have it
        if kept.whole(record) and kept.find(record.key) is None:
            kept.note(record)
    return found


def _locks(world: World) -> Iterator[tuple[str, Lock]]:
    for name in world.catalog.images:
        paths = [locks.committed_path(world, name)]
        paths += [locks.local_path(world.build, name, standin=each) for each in (False, True)]
        for path in paths:
            yield name, load_lock(path, image=name, shown=str(path))
    for name in world.gallery.images():
        for manifest in world.gallery.manifests(name):
            yield f"{name}/{manifest.version}", locks.filed(world, manifest)
