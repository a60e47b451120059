"""Takes declared layers, roles and pins; gives `Layer`s: inputs, ids, epochs, where values came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from burnish.model.base import Base
from burnish.model.catalog import Catalog
from burnish.model.download import DownloadsLock, DownloadSpec
from burnish.model.image import Image
from burnish.model.lock import WINDOWS, AptLock, Asked, Lock, PythonLock
from burnish.model.npm import NpmLock, NpmSpec
from burnish.model.pin import Pin
from burnish.model.plan import Layer
from burnish.model.profile import LayerSpec
from burnish.model.signing import Certificate
from burnish.plan.ids import canonical, digest

# Raise when the engine itself makes something else of the same inputs.
ROOTFS_FORMAT = 2
LAYER_FORMAT = 2
UNRESOLVED = "open"


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the layers of one image share; `asked`: what its roles ask for; `pins` by hand.

    `told` is what the image has, for a layer whose roles need to know.
    """

    catalog: Catalog
    base: Base
    image: Image
    lock: Lock
    asked: Asked
    pins: tuple[Pin, ...] = ()
    # whether the layers stand on a root filesystem of ours, or on an image of the marketplace
    local: bool = True
    told: Mapping[str, Any] = field(default_factory=dict)


def rootfs_inputs(
    suite: str, components: tuple[str, ...], *, declared: tuple[str, ...], lock: AptLock | None
) -> dict[str, str]:
    """The inputs of a root filesystem: its pins, or the open declaration where there are none."""
    inputs = {
        "format:rootfs": str(ROOTFS_FORMAT),
        "suite:": suite,
        "components:": " ".join(components),
    }
    if lock is None or lock.declared != declared:
        return inputs | {f"package:{name}": UNRESOLVED for name in declared}
    pins = {f"pin:{p.name}": f"{p.version} {p.sha256}" for p in lock.packages}
    inputs["epoch:"] = str(lock.epoch)
    return inputs | {f"package:{name}": "" for name in declared} | pins


def first_layer(context: Context) -> Layer:
    """What all other layers stand on: the root filesystem, or the marketplace's image."""
    base, lock = context.base, context.lock
    if base.rootfs and context.local:
        inputs = rootfs_inputs(
            base.rootfs.suite,
            base.rootfs.of(context.image.flavour).components,
            declared=base.rootfs.declared(context.image.flavour),
            lock=lock.rootfs,
        )
        name, epoch = "rootfs", lock.rootfs.epoch if lock.rootfs else 0
    else:
        market = base.marketplace
        inputs = {f"marketplace:{key}": str(value) for key, value in sorted(vars(market).items())}
        if base.rootfs:
            # with a list of what is installed, and that only where the lock has it
            pins = lock.rootfs.packages if lock.rootfs else ()
            inputs |= {f"pin:{each.name}": each.version for each in pins} or {"pins:": UNRESOLVED}
        name, epoch = "marketplace", 0
    return Layer(
        name=name, id=digest(inputs), parent="", roles=(), vars={}, inputs=inputs, epoch=epoch
    )


def tools_layer(context: Context) -> Layer:
    """The small image whose tools make the disk: a root filesystem of its own."""
    rootfs, lock = context.catalog.tools_rootfs, context.lock.tools
    inputs = rootfs_inputs(rootfs.suite, rootfs.components, declared=rootfs.declared(""), lock=lock)
    epoch = lock.epoch if lock else 0
    return Layer(
        name="tools", id=digest(inputs), parent="", roles=(), vars={}, inputs=inputs, epoch=epoch
    )


def next_layer(spec: LayerSpec, parent: Layer, *, origin: str, context: Context) -> Layer:
    """One layer on its parent."""
    environments = dict(python_environments(spec, context.catalog, base=context.base))
    locks = {name: context.lock.python.get(name) for name in environments}
    inputs = {
        "format:layer": str(LAYER_FORMAT),
        "parent:": parent.id,
        "flavour:": context.image.flavour,
        "roles:": " ".join(spec.roles),
        **_shared(spec, context),
        **{f"tool:{name}": value for name, value in context.catalog.tools.items()},
        **_role_files(spec, context.catalog),
        **{f"variable:{name}": canonical(value) for name, value in spec.vars.items()},
    }
    for name, lock in locks.items():
        inputs |= _pins(name, lock, declared=environments[name])
    debs, asked = context.lock.apt.get(spec.id), context.asked.packages.get(spec.id, ())
    tools = lines(context.asked.npm.get(spec.id, ()))
    files = lines(context.asked.downloads.get(spec.id, ()))
    inputs |= apt_inputs(asked, debs) | _npm(tools, context.lock.npm.get(spec.id))
    inputs |= _downloads(files, context.lock.downloads.get(spec.id))
    # times of files and of generated content come from it
    made = [lock.epoch for lock in (*locks.values(), debs if asked else None) if lock]
    inputs["epoch:"] = str(epoch := max([parent.epoch, *made]))
    return Layer(
        name=spec.id,
        id=digest(inputs),
        parent=parent.id,
        roles=spec.roles,
        vars=spec.vars,
        inputs=inputs,
        epoch=epoch,
        origins=dict.fromkeys(spec.vars, context.catalog.places.get(("profiles", origin), origin)),
        python=tuple(environments),
        apt=asked,
        downloads=files,
        npm=tools,
        contents=context.told,
        signing=_signing(spec, context),
    )


def _signing(spec: LayerSpec, context: Context) -> Certificate | None:
    signs = any(context.catalog.roles[role].facts.signs for role in spec.roles)
    return context.catalog.keys.get(context.image.signing) if signs else None


def lines(specs: Sequence[DownloadSpec] | Sequence[NpmSpec]) -> tuple[str, ...]:
    """Downloads, or npm tools, as a lock declares them."""
    return tuple(sorted(spec.asked for spec in specs))


def _downloads(declared: tuple[str, ...], lock: DownloadsLock | None) -> dict[str, str]:
    """What downloads add to a layer: their content, whatever the address that it came from."""
    if lock is None or lock.declared != declared:
        return {f"download:{line.partition(' ')[0]}": UNRESOLVED for line in declared}
    return {f"download:{each.name}": each.sha256 for each in lock.files}


def _npm(declared: tuple[str, ...], lock: NpmLock | None) -> dict[str, str]:
    """What npm tools add to a layer: the pins of their tree."""
    if lock is None or lock.declared != declared:
        return {f"npm:{line}": UNRESOLVED for line in declared}
    return {f"pin:npm/{each.place}": f"{each.version} {each.sha256}" for each in lock.packages}


def apt_inputs(declared: tuple[str, ...], lock: AptLock | None) -> dict[str, str]:
    """What apt adds to a layer: its pins, or the open declaration where there are none."""
    if lock is None or lock.declared != declared:
        return {f"package:{name}": UNRESOLVED for name in declared}
    pins = {f"pin:apt/{p.name}": f"{p.version} {p.sha256}" for p in lock.packages}
    return {f"package:{name}": "" for name in declared} | pins


def standing_on(lock: Lock, names: Sequence[str]) -> str:
    """What a layer's packages were resolved on: a digest of every pin below it."""
    return digest(sorted(package.pin for package in lock.installed(names).values()))[:16]


def interpreter(base: Base) -> str:
    """The version of Python that a base's environments are for; empty where they can't be locked."""
    return base.rootfs.python if base.rootfs else base.python


def python_environments(
    spec: LayerSpec, catalog: Catalog, *, base: Base
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name in the lock, what it asks for) of each Python environment that a layer makes."""
    ending = WINDOWS if base.os == "windows" else ""
    for role in spec.roles:
        if catalog.roles[role].facts.lock == "python" and "python_environment" in spec.vars:
            wanted = spec.vars.get("python_requirements", ())
            yield f"{spec.vars['python_environment']}{ending}", tuple(sorted(wanted))


# Files that only one kind of build is applied with: in a container here, on a VM in Azure.
HERE_ONLY = ("packer/templates/layer.pkr.hcl.j2",)
AZURE_ONLY = (
    "packer/templates/azure-arm.pkr.hcl.j2",
    "packer/templates/azure-apply.sh.j2",
    "packer/linux/generalise.sh",
)
# What a Windows machine is applied with, beside what says so in its name.
WINDOWS_TOO = ("ansible/ansible.cfg", "packer/templates/azure-arm.pkr.hcl.j2")
# The module that only layers with npm tools use.
NPM_ONLY = "/plugins/modules/npm.py"


def _shared(spec: LayerSpec, context: Context) -> dict[str, str]:
    told = {"contents:": canonical(context.told)} if context.told else {}
    if signing := _signing(spec, context):
        told["signing:"] = signing.sha256
    local = context.base.rootfs is not None and context.local
    npm = bool(context.asked.npm.get(spec.id))
    return told | {
        f"file:{name}": value
        for name, value in context.catalog.shared.items()
        if _reads(name, os=context.base.os, local=local) and (npm or not name.endswith(NPM_ONLY))
    }


def _reads(name: str, *, os: str, local: bool) -> bool:
    """Whether a build of that system, here or on a VM, is applied with a shared file."""
    if os == "windows":
        return "windows" in name or name in WINDOWS_TOO
    if "windows" in name:
        return False
    return name not in (AZURE_ONLY if local else HERE_ONLY)


def _role_files(spec: LayerSpec, catalog: Catalog) -> dict[str, str]:
    files: dict[str, str] = {}
    waiting, seen = list(spec.roles), set[str]()
    while waiting:
        role = waiting.pop()
        if role in seen or role not in catalog.roles:
            continue
        seen.add(role)
        waiting += catalog.roles[role].includes
        found = catalog.roles[role].files
        files |= {f"file:roles/{role}/{name}": value for name, value in found.items()}
    return dict(sorted(files.items()))


def _pins(name: str, lock: PythonLock | None, *, declared: tuple[str, ...]) -> Mapping[str, str]:
    if lock is None or lock.declared != declared:
        return {f"requirement:{name}/{line}": UNRESOLVED for line in declared}
    return {f"pin:{name}/{w.name}": f"{w.version} {w.sha256}" for w in lock.wheels}
