"""Takes the catalog, an image's name and its lock; gives the `Plan`. The only place where
defaults, inheritance, overrides and pins meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from burnish.errors import UsageError
from burnish.model.base import Base, Level
from burnish.model.catalog import Catalog
from burnish.model.image import Image, Target
from burnish.model.lock import WINDOWS, Asked, Lock, OpenEntry
from burnish.model.pin import Pin
from burnish.model.plan import Layer, LeftOut, Licence, Plan
from burnish.model.profile import LayerSpec
from burnish.plan.contents import contents
from burnish.plan.ids import digest
from burnish.plan.layers import (
    Context,
    first_layer,
    interpreter,
    lines,
    next_layer,
    python_environments,
    standing_on,
    tools_layer,
)
from burnish.plan.offered import Offered, offered
from burnish.plan.origins import at_marketplace, open_origin
from burnish.plan.pins import applying, unkept
from burnish.plan.products import with_products

# The newest Python that ansible-core 2.19 can manage, from its support matrix.
NEWEST_PYTHON = (3, 13)
IN_AZURE = "built on a VM in Azure alone, at a target with `route: vm`: docs/azure-vm.md"
OWN_ISO = (
    f"{IN_AZURE}; or from an ISO of your own: `burnish render IMAGE --local-iso`, docs/windows.md"
)
CHANGED = "what it asks for has changed since it was resolved"


@dataclass
class _Gathered:
    layers: list[Layer]
    left_out: list[LeftOut] = field(default_factory=list)
    open: list[OpenEntry] = field(default_factory=list)


def pick(catalog: Catalog, name: str, *, flavour: str = "cpu") -> Image:
    """The image of that name, or of the base (or its alias) and flavour; UsageError if none.

    Of several of a base and flavour it is the one named after them alone, `debian-12-cpu`.
    """
    if name in catalog.images:
        return catalog.images[name]
    for base in catalog.bases.values():
        if name == base.name or name in base.aliases:
            own = {each.name: each for each in catalog.images.values() if each.base == base.name}
            meant = [each for each in own.values() if each.flavour == flavour]
            plain = f"{base.name}-{flavour}"
            if meant:
                return own[plain] if own.get(plain) in meant else meant[0]
            raise UsageError(
                f"no image of {base.name!r} with flavour {flavour!r}",
                hint=f"known images: {', '.join(catalog.images)}",
            )
    raise UsageError(f"unknown image {name!r}", hint=f"known images: {', '.join(catalog.images)}")


def resolve(
    catalog: Catalog,
    image: Image,
    *,
    target: Target,
    lock: Lock,
    asked: Asked,
) -> Plan:
    """The whole plan; `asked` is what its roles ask for.

    Entries that the lock leaves open are listed, not refused: building does.
    """
    context = _context(catalog, image, target=target, lock=lock, asked=asked)
    base, lock, local = context.base, context.lock, context.local
    gathered = _Gathered(layers=[first_layer(context)])
    gathered.open += _open_rootfs(context) if local else open_origin(base, lock)
    for each in offered(catalog, image):
        _add(each, gathered, context=context)
    tools = tools_layer(context) if base.rootfs and local else None
    top = gathered.layers[-1]
    disk_key = digest([top.id, tools.id if tools else "", image.disk_gb, dict(catalog.engine)])
    return Plan(
        id=digest([_identity(image), disk_key, [layer.id for layer in gathered.layers]]),
        image=image,
        base=base,
        target=target,
        layers=with_products(gathered.layers, asked, lock=lock) if local else (*gathered.layers,),
        levels=base.levels,
        lock=lock,
        disk_key=disk_key,
        tools=tools,
        left_out=tuple(gathered.left_out),
        open=tuple(sorted(gathered.open)),
        notes=_notes(base, gathered, lock=lock),
        pins=_pins(gathered.layers, context=context),
        signing=catalog.keys.get(image.signing),
        licences=tuple(_licences(gathered.layers, asked)),
    )


def _licences(layers: Sequence[Layer], asked: Asked) -> Iterator[Licence]:
    for layer in layers:
        for spec in asked.downloads.get(layer.name, ()):
            if spec.licence:
                yield Licence(layer=layer.name, file=spec.name, text=spec.licence)


def _context(
    catalog: Catalog, image: Image, *, target: Target, lock: Lock, asked: Asked
) -> Context:
    """What the layers share; at a target of route `vm` they stand on the marketplace's image."""
    base, local = catalog.bases[image.base], True
    if target.route == "vm" and base.marketplace:
        base, lock, local = at_marketplace(base, lock), lock.at_marketplace(), False
    pins = applying(catalog, image)
    return Context(
        catalog=catalog, base=base, image=image, lock=lock, asked=asked, pins=pins, local=local
    )


def _identity(image: Image) -> dict[str, object]:
    """What of a definition makes a version another one: not what it is held to afterwards."""
    apart = ("gates", "accepts") if image.signing else ("gates", "accepts", "signing")
    return {key: value for key, value in vars(image).items() if key not in apart}


def _add(of: Offered, gathered: _Gathered, *, context: Context) -> None:
    spec = of.spec
    if of.lacks:
        gathered.left_out.append(of.lacks[0].left_out(spec.id, roles=spec.roles))
        if of.ahead and not spec.if_reachable:
            # locked ahead of the role that will install it
            gathered.open += _open_environments(spec, context=context)
        return
    gathered.left_out += [
        each.left_out(f"{spec.id}/{each.role}", roles=(each.role,)) for each in of.dropped
    ]
    entries = _open_environments(spec, context=context)
    entries += _open_listed(spec.id, context=context)
    # last: where another input is lacking, nobody has resolved its packages
    reason = _open_apt(spec.id, gathered.layers, context=context)
    entries += [OpenEntry(section=f"apt:{spec.id}", reason=reason)] if reason else []
    if entries and spec.if_reachable:
        gathered.left_out.append(
            LeftOut(
                name=spec.id,
                reason=f"not built here: {entries[0].reason}",
                roles=spec.roles,
                python=_environments(spec, context),
            )
        )
        return
    gathered.open += entries
    told = _contents(spec, gathered, context=context)
    context = replace(context, told=told)
    gathered.layers.append(next_layer(spec, gathered.layers[-1], origin=of.origin, context=context))


def _environments(spec: LayerSpec, context: Context) -> tuple[str, ...]:
    found = python_environments(spec, context.catalog, base=context.base)
    return tuple(name for name, _ in found)


def _contents(spec: LayerSpec, gathered: _Gathered, *, context: Context) -> Mapping[str, Any]:
    """What the image has up to this layer, if one of its roles needs to know."""
    roles = context.catalog.roles
    if not any(roles[name].facts.needs == "contents" for name in spec.roles):
        return {}
    made = [(layer.roles, layer.vars) for layer in gathered.layers] + [(spec.roles, spec.vars)]
    windows = context.base.os == "windows"
    return contents(context.image, made, roles=roles, left_out=gathered.left_out, windows=windows)


def _open_environments(spec: LayerSpec, *, context: Context) -> list[OpenEntry]:
    if not interpreter(context.base):
        return []
    return [
        OpenEntry(section=f"python:{name}", reason=reason)
        for name, wanted in python_environments(spec, context.catalog, base=context.base)
        if (reason := _open_python(name, wanted, context=context))
    ]


def _open_apt(name: str, below: Sequence[Layer], *, context: Context) -> str:
    wanted, lock = context.asked.packages.get(name, ()), context.lock.apt.get(name)
    if not wanted or context.lock.rootfs is None:  # what the layers stand on is open itself then
        return ""
    if lock is None:
        return _recorded(context.lock, f"apt:{name}") or "not resolved yet"
    if lock.declared != wanted:
        return CHANGED
    if lock.below != standing_on(context.lock, [layer.name for layer in below]):
        return "the packages below it have changed since it was resolved"
    return unkept(f"apt:{name}", pins=context.pins, lock=context.lock)


def _open_listed(name: str, *, context: Context) -> Iterator[OpenEntry]:
    """What is open of a layer's downloads and npm tools."""
    asked, lock = context.asked, context.lock
    for section, wanted, known in (
        (f"downloads:{name}", lines(asked.downloads.get(name, ())), lock.downloads.get(name)),
        (f"npm:{name}", lines(asked.npm.get(name, ())), lock.npm.get(name)),
    ):
        if wanted and known is None:
            reason = _recorded(lock, section) or "not resolved yet"
            yield OpenEntry(section=section, reason=reason)
        elif wanted and known and known.declared != wanted:
            yield OpenEntry(section=section, reason=CHANGED)


def _open_python(name: str, wanted: tuple[str, ...], *, context: Context) -> str:
    lock = context.lock.python.get(name)
    if lock is None:
        return _recorded(context.lock, f"python:{name}") or "not resolved yet"
    if lock.declared != wanted:
        return CHANGED
    version = interpreter(context.base)
    if version != lock.python:
        return f"resolved for Python {lock.python}, the base has {version}"
    return unkept(f"python:{name}", pins=context.pins, lock=context.lock)


def _open_rootfs(context: Context) -> list[OpenEntry]:
    if context.base.rootfs is None:
        return []
    declared = context.base.rootfs.declared(context.image.flavour)
    entries = []
    for section, lock, wanted in (
        ("rootfs", context.lock.rootfs, declared),
        ("tools", context.lock.tools, context.catalog.tools_rootfs.declared("")),
    ):
        if lock is None:
            reason = _recorded(context.lock, section) or "not resolved yet"
            entries.append(OpenEntry(section=section, reason=reason))
        elif lock.declared != wanted:
            entries.append(OpenEntry(section=section, reason=CHANGED))
        elif reason := unkept(section, pins=context.pins, lock=context.lock):
            entries.append(OpenEntry(section=section, reason=reason))
    return entries


def _locked_ahead(layers: Sequence[Layer], lock: Lock) -> tuple[str, ...]:
    """Environments that the lock pins and no layer of the image makes yet."""
    made = {name for layer in layers for name in layer.python}
    return tuple(
        f"python:{name}: {len(lock.python[name].wheels)} wheels for Python {lock.python[name].python}"
        " are locked; no layer installs them yet"
        for name in _ahead(lock)
        if name not in made
    )


def _pins(layers: Sequence[Layer], *, context: Context) -> tuple[Pin, ...]:
    """The pins by hand of sections that this image has."""
    python = {f"python:{name}" for layer in layers for name in layer.python}
    own = {*python, *(f"python:{name}" for name in _ahead(context.lock))}
    if context.base.rootfs:
        own |= {"rootfs", "tools", *(f"apt:{layer.name}" for layer in layers)}
    return tuple(pin for pin in context.pins if pin.section in own)


def _ahead(lock: Lock) -> tuple[str, ...]:
    """The environments for Windows that a lock pins."""
    return tuple(name for name in lock.python if name.endswith(WINDOWS))


def _recorded(lock: Lock, section: str) -> str:
    return next((entry.reason for entry in lock.open if entry.section == section), "")


def _notes(base: Base, gathered: _Gathered, *, lock: Lock) -> tuple[str, ...]:
    notes = []
    if lock.standin:
        notes.append("standin: its packages only play the distribution; it is never filed")
    if base.distribution == "ubuntu" and any(entry.section == "rootfs" for entry in gathered.open):
        notes.append(
            "Ubuntu: not built here (no lock from a machine that reaches an Ubuntu mirror)"
        )
    if base.rootfs:
        major, minor = (int(part) for part in base.rootfs.python.split("."))
        if (major, minor) > NEWEST_PYTHON:
            newest = ".".join(str(part) for part in NEWEST_PYTHON)
            text = f"its Python {base.rootfs.python} is newer than {newest}"
            notes.append(f"{text}, the last that ansible-core 2.19 names")
    if Level.VM not in base.levels:
        notes.append(OWN_ISO if base.installer else IN_AZURE)
    notes += _locked_ahead(gathered.layers, lock)
    return tuple(notes)
