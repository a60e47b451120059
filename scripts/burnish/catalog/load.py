"""Takes root folders; gives the `Catalog`, or every problem of every definition at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from burnish.catalog.azure_options import load_options
from burnish.catalog.check import check
from burnish.catalog.compatibility import load_table
from burnish.catalog.document import Document, dotted, read
from burnish.catalog.keys import check_signing, load_keys
from burnish.catalog.pins import check_pins, placed
from burnish.catalog.roles import digest, load_role, tree
from burnish.catalog.validate import validate
from burnish.errors import DefinitionError, Problem, UsageError
from burnish.model.base import Base, Rootfs
from burnish.model.catalog import Catalog
from burnish.model.gates import Gates
from burnish.model.image import Image, Target
from burnish.model.pin import Pins
from burnish.model.profile import Profile
from burnish.model.role import Role

KINDS: dict[str, type[Any]] = {
    "bases": Base,
    "profiles": Profile,
    "images": Image,
    "targets": Target,
    "pins": Pins,
    "gates": Gates,
}
# What every layer is applied with, besides its roles.
PLUGINS = "ansible/collections/ansible_collections/burnish/build/plugins"
SHARED = (
    "ansible/linux.yml",
    "ansible/ansible.cfg",
    f"{PLUGINS}/action/settings.py",
    f"{PLUGINS}/modules/settings.py",
    f"{PLUGINS}/modules/npm.py",
    "packer/templates/layer.pkr.hcl.j2",
)
SHARED_AZURE = (
    "ansible/windows.yml",
    "ansible/windows_origin.yml",
    "packer/templates/azure-arm.pkr.hcl.j2",
    "packer/templates/azure-apply.sh.j2",
    "packer/templates/azure-apply-windows.sh.j2",
    "packer/linux/generalise.sh",
    "packer/windows/sysprep.ps1",
    "packer/windows/winrm.ps1",
)
PINNED = ("ansible", "ansible-core", "uv")
# The code that makes a disk of a layer: what it does is part of the disk's key.
ENGINE = (
    "build/additions.py",
    "build/bios.py",
    "build/disk.py",
    "build/disk_script.py",
    "build/export.py",
    "build/finalise.py",
    "build/grub.py",
    "build/listing.py",
    "build/pipe.py",
    "build/tarstream.py",
    "build/tools.py",
    "build/vhd.py",
    "model/disk.py",
    "model/leftovers.py",
)


@dataclass
class Found:
    """What the walk gathers: objects by kind and name, their documents, and the problems."""

    objects: dict[str, dict[str, Any]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds packer/images; UsageError if none does."""
    for folder in (start, *start.parents):
        if (folder / "packer" / "images").is_dir():
            return folder
    raise UsageError(
        f"{start}: no packer/images here or above",
        hint="run burnish inside a checkout, or name one with --root or BURNISH_ROOT",
    )


def load(roots: Sequence[Path]) -> Catalog:
    """Load every definition of all roots; a later root adds to and replaces what earlier ones hold.

    Raises DefinitionError with all problems found.
    """
    found = Found()
    for root in roots:
        _definitions(root, found, first=roots[0])
        _roles(root, found, first=roots[0])
    tools, problems = _tools_rootfs(roots[0])
    found.problems += problems
    found.problems += check(
        found.objects, found.documents, roles=found.roles, broken=frozenset(found.broken)
    )
    found.problems += check_pins(found.objects, found.documents)
    beside = _beside(roots, found)
    if found.problems or tools is None:
        raise DefinitionError(found.problems)
    return Catalog(
        roots=tuple(roots),
        **_kinds(found),
        roles=dict(sorted(found.roles.items())),
        tools_rootfs=tools,
        shared={name: digest(roots[0] / name) for name in _shared(roots[0])},
        engine=_engine(),
        tools=_pins(roots[0]),
        templates=_templates(roots[0]),
        suite=_suite(roots),
        places={key: document.file for key, document in found.documents.items()},
        lines=_lines(found.documents),
        **beside,
    )


def _shared(root: Path) -> tuple[str, ...]:
    """The files that layers are applied with; task files that roles share are Windows' alone."""
    tasks = sorted((root / "ansible" / "tasks").glob("windows_*.yml"))
    return (*SHARED, *SHARED_AZURE, *(path.relative_to(root).as_posix() for path in tasks))


def _kinds(found: Found) -> dict[str, Any]:
    """The objects of each kind by name; pins by what they are for."""
    kinds = {kind: dict(sorted(items.items())) for kind, items in found.objects.items()}
    return {**kinds, "pins": placed(found.objects, found.documents)}


def _beside(roots: Sequence[Path], found: Found) -> dict[str, Any]:
    """What has a form of its own: the table of GPUs, certificates, the options of Packer's azure-arm."""
    table, problems = load_table(roots, shown=lambda path: shown(path, roots[0]))
    found.problems += problems
    keys, problems = load_keys(roots, shown=lambda path: shown(path, roots[0]))
    found.problems += problems
    found.problems += check_signing(found.objects["images"], found.documents, keys=keys)
    options, problems = load_options(roots[0])
    found.problems += problems
    return {"compatibility": table, "keys": keys, "azure_options": options}


def _definitions(root: Path, found: Found, *, first: Path) -> None:
    for kind, model in KINDS.items():
        for path in sorted((root / "packer" / kind).glob("*.yaml")):
            document, problems = read(path, shown=shown(path, first))
            found.problems += problems
            item = None
            if document is not None:
                item, problems = validate(document, model)
                found.problems += problems
            if document is None or item is None:
                found.broken.add((kind, path.stem))
                continue
            if item.name != path.stem:
                text = f"the name {item.name!r} is not the file's"
                hint = f"name it {path.stem!r}, or rename the file"
                found.problems.append(document.problem(("name",), text, hint=hint))
            found.objects[kind][item.name] = item
            found.documents[kind, item.name] = document


def _roles(root: Path, found: Found, *, first: Path) -> None:
    for path in sorted(folder for folder in (root / "roles").glob("*") if folder.is_dir()):
        role, problems = load_role(path, shown=shown(path, first))
        found.problems += problems
        if role:
            found.roles[role.name] = role
        else:
            found.broken.add(("roles", path.name))


def shown(path: Path, first: Path) -> str:
    """A path as problems name it: below the first root by its relative path, else whole."""
    return path.relative_to(first).as_posix() if path.is_relative_to(first) else str(path)


def _tools_rootfs(root: Path) -> tuple[Rootfs | None, list[Problem]]:
    document, problems = read(root / "packer" / "tools.yaml", shown="packer/tools.yaml")
    if document is None:
        return None, problems
    rootfs, more = validate(document, Rootfs)
    return rootfs, [*problems, *more]


def _engine() -> Mapping[str, str]:
    package = Path(__file__).parent.parent
    return {name: digest(package / name) for name in ENGINE}


def _pins(root: Path) -> dict[str, str]:
    """Versions of the controller's tools that reach into a layer, from the locked requirements."""
    text = (root / "scripts" / "requirements.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^\s\\;]+)", text, flags=re.MULTILINE))
    return {name: pins[name] for name in PINNED}


def _templates(root: Path) -> dict[str, str]:
    paths = sorted((root / "packer" / "templates").glob("*.j2"))
    found = {path.name: path.read_text(encoding="utf-8") for path in paths}
    kinds = ("linux/*.sh", "windows/*.ps1")
    scripts = [each for kind in kinds for each in sorted((root / "packer").glob(kind))]
    return found | {
        f"{each.parent.name}/{each.name}": each.read_text(encoding="utf-8") for each in scripts
    }


def _lines(documents: Mapping[tuple[str, str], Document]) -> dict[str, dict[str, int]]:
    return {
        name: {dotted(location): line for location, line in document.lines.items()}
        for (kind, name), document in documents.items()
        if kind == "images"
    }


def _suite(roots: Sequence[Path]) -> dict[str, str]:
    return {
        f"{number}:{name}": value
        for number, root in enumerate(roots)
        for name, value in tree(root / "tests" / "toolchains").items()
    }
