"""Takes two locks; gives what moved between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from burnish.model.lock import Lock, Move


def moves(old: Lock, new: Lock) -> tuple[Move, ...]:
    """Every pin that differs, by section and name."""
    before, after = _pins(old), _pins(new)
    return tuple(
        Move(section=key[0], name=key[1], old=before.get(key, ""), new=after.get(key, ""))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )


def _pins(lock: Lock) -> Mapping[tuple[str, str], str]:
    pins = {}
    layers = ((f"apt:{name}", section) for name, section in lock.apt.items())
    for name, debs in (("rootfs", lock.rootfs), ("tools", lock.tools), *layers):
        for package in debs.packages if debs else ():
            pins[name, package.name] = package.version
    for name, environment in lock.python.items():
        for wheel in environment.wheels:
            pins[f"python:{name}", wheel.name] = wheel.version
    for name, section in lock.downloads.items():
        for file in section.files:
            pins[f"downloads:{name}", file.name] = file.sha256[:12]
    for name, tree in lock.npm.items():
        for each in tree.packages:
            pins[f"npm:{name}", each.place] = each.version
    return pins
