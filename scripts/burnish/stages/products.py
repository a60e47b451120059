"""What layers made at length: given to the container of a layer that would make it again, kept after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from burnish.build import products
from burnish.model.plan import Layer
from burnish.model.product import ProductRecord
from burnish.stages import every, stale
from burnish.stages.run import Run, World
from burnish.stages.stale import Stale


def kept(world: World, layers: Sequence[Layer]) -> frozenset[str]:
    """The keys of those products of some layers that are here, whole."""
    keys = {product.key for layer in layers for product in layer.products}
    return frozenset(key for key in keys if world.store.products.find(key))


def lay_out(world: World, layer: Layer, *, folder: Path) -> None:
    """Lay out those products of a layer that are here, each in a folder of its name."""
    folder.mkdir()
    kept = world.store.products
    for product in layer.products:
        record, files = kept.record(product.key), kept.find(product.key)
        if record and files:
            products.lay_out(record, files, folder=folder / product.name)


def keep(world: World, run: Run, *, layer: Layer) -> None:
    """Keep the products of a layer that is built: those that no earlier build left here."""
    store = world.store
    for product in layer.products:
        # another build of the same layer keeps the same
        with store.lock(f"layer-{layer.id[:32]}"):
            if store.products.find(product.key):
                continue
            world.monitor.detail(f"keeping {product.name}")
            folder = world.scratch(run) / "products" / product.name
            taken = products.take_out(layer, product, tag=store.tag(layer.id), folder=folder)
            record = ProductRecord(
                key=product.key,
                name=product.name,
                definition=run.plan.image.name,
                layer=layer.name,
                made=world.clock().isoformat(timespec="seconds"),
                files=taken.files,
                programs=taken.programs,
            )
            store.products.keep(record, folder)
            products.remove(folder)


def named(world: World) -> Iterator[tuple[ProductRecord, str]]:
    """The products that are kept, each with the images whose layers would be given it; none: nobody's."""
    records = list(world.store.products.records())
    users: dict[str, list[str]] = {}
    for plan in every.plans(world) if records else ():
        for product in (product for layer in plan.layers for product in layer.products):
            users.setdefault(product.key, []).append(plan.image.name)
    for record in records:
        yield record, ", ".join(dict.fromkeys(users.get(record.key, ())))


def forget(world: World, record: ProductRecord) -> list[str]:
    """Forget a product, the layers here that have it and the disks made of them, so that it is made anew;
    gives their names. It goes last: what was interrupted can be called again."""
    store, disks, having = world.store, dict[Path, str](), set[str]()
    for plan in every.plans(world):
        own = {
            each.id
            for each in plan.layers
            for product in each.products
            if product.key == record.key
        }
        having |= own
        disk = store.disk(plan.disk_key)
        if own and disk.is_dir():
            disks[disk] = f"the disk of {plan.image.name}"
    # those of other locks and definitions, too
    layers = tuple(
        each for each in store.records() if record.key in each.products or each.id in having
    )
    stale.drop(world, Stale(layers=layers, disks=tuple(disks), tars=()))
    store.products.forget(record.key)
    return sorted([*disks.values(), *(f"{each.name} of {each.definition}" for each in layers)])
