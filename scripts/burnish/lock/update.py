"""Takes what a lock has to pin and the lock as it stands; gives the lock with sections resolved anew,
and brings the .debs that it names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from burnish.errors import BurnishError, ToolError
from burnish.lock import archive, deb, wheels
from burnish.model.base import Rootfs
from burnish.model.lock import Lock, OpenEntry, Package, PythonLock, RootfsLock, Wanted
from burnish.model.site import Apt, Site

TOOLS = "debian"  # the distribution of the tools image


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where resolving happens: the site, a scratch folder, the store's .debs, the log."""

    site: Site
    scratch: Path
    debs: Path
    log: Path


def resolve(
    wanted: Wanted, lock: Lock, *, sections: Collection[str], place: Place, keep_open: bool
) -> Lock:
    """The lock with `sections` (rootfs, tools, python:NAME) resolved anew, the others as they are.

    With `keep_open` a section that this place can't resolve becomes an open entry with its reason;
    without, its error is raised.
    """
    found: dict[str, RootfsLock | PythonLock] = {}
    entries = {entry.section: entry for entry in lock.open if entry.section not in sections}
    recorded = dict(lock.recorded)
    for section in sorted(sections):
        try:
            found[section] = _section(wanted, section, place=place, recorded=recorded)
        except ToolError as error:
            if not keep_open:
                raise
            reason = error.message.splitlines()[0]
            entries[section] = OpenEntry(section=section, reason=reason)
    python = {name: item for name, item in lock.python.items() if name in wanted.python}
    python |= {
        section.removeprefix("python:"): item
        for section, item in found.items()
        if isinstance(item, PythonLock)
    }
    return replace(
        lock,
        image=wanted.image,
        rootfs=_either(found.get("rootfs"), lock.rootfs),
        tools=_either(found.get("tools"), lock.tools),
        python=dict(sorted(python.items())),
        recorded=recorded,
        open=tuple(sorted(entries.values())),
        standin=place.site.apt.get(wanted.distribution, Apt()).standin,
    )


def sections(wanted: Wanted) -> tuple[str, ...]:
    """Every section of an image's lock."""
    names = [f"python:{name}" for name in wanted.python]
    return (*(("rootfs", "tools") if wanted.rootfs else ()), *names)


def fetch(
    wanted: Wanted, section: str, *, lock: RootfsLock, missing: Collection[Package], place: Place
) -> None:
    """Bring missing .debs of a section into the store. Raises archive.Vanished for pins that are gone."""
    if not missing:
        return
    rootfs, distribution = _rootfs_of(wanted, section)
    opened = archive.open_archive(
        rootfs, distribution=distribution, site=place.site, folder=place.scratch / section
    )
    offered = {package.name: package for package in opened.resolve([p.pin for p in lock.packages])}
    for package in missing:
        if offered[package.name].sha256 != package.sha256:
            raise BurnishError(
                f"{package.pin}: the archive's sha256 is {offered[package.name].sha256}, "
                f"the lock's {package.sha256}",
                hint="the same version with other bytes: do not trust this mirror",
            )
    opened.fetch(lock.packages, place.debs, log=place.log)


def _section(
    wanted: Wanted, section: str, *, place: Place, recorded: dict[str, str]
) -> RootfsLock | PythonLock:
    if section in ("rootfs", "tools"):
        return _resolve_rootfs(wanted, section, place=place, recorded=recorded)
    name = section.removeprefix("python:")
    assert wanted.rootfs is not None
    return wheels.resolve(
        wanted.python[name],
        python=wanted.rootfs.python,
        site=place.site,
        scratch=place.scratch / f"python-{name}",
    )


def _resolve_rootfs(
    wanted: Wanted, section: str, *, place: Place, recorded: dict[str, str]
) -> RootfsLock:
    rootfs, distribution = _rootfs_of(wanted, section)
    opened = archive.open_archive(
        rootfs, distribution=distribution, site=place.site, folder=place.scratch / section
    )
    declared = rootfs.declared(wanted.flavour if section == "rootfs" else "")
    packages = opened.resolve(declared)
    opened.fetch(packages, place.debs, log=place.log)
    recorded.update({f"{section}/{name}": value for name, value in opened.recorded.items()})
    epoch = deb.newest(place.debs / package.file for package in packages)
    return RootfsLock(declared=declared, epoch=epoch, packages=packages)


def _rootfs_of(wanted: Wanted, section: str) -> tuple[Rootfs, str]:
    rootfs = wanted.rootfs if section == "rootfs" else wanted.tools
    assert rootfs is not None
    return rootfs, wanted.distribution if section == "rootfs" else TOOLS


def _either(new: object, old: RootfsLock | None) -> RootfsLock | None:
    return new if isinstance(new, RootfsLock) else old
