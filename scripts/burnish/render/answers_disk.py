"""Takes an answer file; gives what is wrong with the disks that it makes, for a machine with UEFI. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from burnish.render.answers import UNATTEND

TYPES = ("EFI", "MSR", "Primary")
FORMATS = {"EFI": ("FAT32",), "Primary": ("NTFS",), "MSR": ("",)}
SMALLEST = 100  # MB of an EFI partition


def disks(root: ET.Element) -> list[str]:
    """The partitions of each disk, and whether Windows goes where one is made for it."""
    found = [*root.iter(f"{{{UNATTEND}}}Disk")]
    ids = [_text(each, "DiskID") for each in found]
    wrong = [] if len({*ids}) == len(ids) else ["Disk: DiskID twice the same"]
    for disk in found:
        wrong += [*_partitions(disk), *_formats(disk)]
    return [*wrong, *_target(root, found)]


def _partitions(disk: ET.Element) -> Iterator[str]:
    made = _created(disk)
    types = [_text(each, "Type") for each in made]
    for kind in types:
        if kind not in TYPES:
            yield f"CreatePartition: Type {kind!r} is none of {', '.join(TYPES)}"
    for needed in ("EFI", "MSR"):
        if types.count(needed) != 1:
            yield f"CreatePartition: {types.count(needed)} of type {needed}, and UEFI wants 1"
    for at, each in enumerate(made, start=1):
        size, extends = _text(each, "Size"), _text(each, "Extend") == "true"
        if extends == bool(size):
            yield f"CreatePartition {at}: either a Size or Extend"
        if extends and at < len(made):
            yield f"CreatePartition {at}: only the last one may Extend"
        if size and (not size.isdigit() or (_text(each, "Type") == "EFI" and int(size) < SMALLEST)):
            yield f"CreatePartition {at}: {size} MB"


def _formats(disk: ET.Element) -> Iterator[str]:
    types = [_text(each, "Type") for each in _created(disk)]
    seen: list[str] = []
    for each in disk.iter(f"{{{UNATTEND}}}ModifyPartition"):
        name = _text(each, "PartitionID")
        if not name.isdigit() or not 1 <= int(name) <= len(types):
            yield f"ModifyPartition: PartitionID {name} is none of the {len(types)} that are made"
            continue
        kind = types[int(name) - 1]
        if _text(each, "Format") not in FORMATS.get(kind, ("",)):
            yield f"ModifyPartition {name}: {_text(each, 'Format') or 'no format'} for {kind}"
        seen.append(name)
    if len({*seen}) < len(seen):
        yield "ModifyPartition: PartitionID twice the same"


def _target(root: ET.Element, found: list[ET.Element]) -> Iterator[str]:
    targets = [*root.iter(f"{{{UNATTEND}}}InstallTo")]
    if len(targets) != 1:
        yield f"InstallTo: {len(targets)} of them"
    for each in targets:
        disk = next((d for d in found if _text(d, "DiskID") == _text(each, "DiskID")), None)
        types = [_text(made, "Type") for made in _created(disk)] if disk is not None else []
        at = _text(each, "PartitionID")
        kind = types[int(at) - 1] if at.isdigit() and 1 <= int(at) <= len(types) else ""
        if kind != "Primary":
            yield f"InstallTo: partition {at} of disk {_text(each, 'DiskID')} is {kind or 'not made'}"


def _created(disk: ET.Element) -> list[ET.Element]:
    return [*disk.iter(f"{{{UNATTEND}}}CreatePartition")]


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(f"{{{UNATTEND}}}{name}") or "").strip()
