"""Takes the catalog and an image; gives what its lock has to pin."""

from __future__ import annotations

from burnish.model.catalog import Catalog
from burnish.model.image import Image
from burnish.model.lock import Asked, Wanted
from burnish.plan.layers import interpreter, python_environments
from burnish.plan.offered import offered
from burnish.plan.pins import applying, by_section


def wanted(catalog: Catalog, image: Image, *, asked: Asked) -> Wanted:
    """Every section that the image's lock has, with what it asks for; `asked` is read off its roles."""
    base = catalog.bases[image.base]
    # what a system lacks is not locked for it
    layers = [each.spec for each in offered(catalog, image) if each.ahead]
    local = base.rootfs is not None
    python = {
        name: declared
        for layer in layers
        for name, declared in python_environments(layer, catalog, base=base)
    }
    optional = {
        layer.id: (
            *(f"python:{name}" for name, _ in python_environments(layer, catalog, base=base)),
            *(f"downloads:{layer.id}" for _ in asked.downloads.get(layer.id, ())[:1]),
            *(f"npm:{layer.id}" for _ in asked.npm.get(layer.id, ())[:1]),
        )
        for layer in layers
        if layer.if_reachable
    }
    return Wanted(
        image=image.name,
        distribution=base.distribution,
        rootfs=base.rootfs.of(image.flavour) if base.rootfs else None,
        flavour=image.flavour,
        tools=catalog.tools_rootfs if local else None,
        apt={each.id: asked.packages[each.id] for each in layers if asked.packages.get(each.id)},
        python=python if interpreter(base) else {},
        interpreter=interpreter(base),
        downloads={name: files for name, files in asked.downloads.items() if files},
        npm={name: tools for name, tools in asked.npm.items() if tools},
        pins=by_section(applying(catalog, image)),
        optional=optional if interpreter(base) else {},
        archives={f"apt:{name}": found for name, found in asked.archives.items() if found},
    )
