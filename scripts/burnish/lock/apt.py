"""Takes pinned packages; gives their .debs, brought from the archive where the inputs lack them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from burnish.errors import BuildError
from burnish.lock import further, snapshot
from burnish.lock.archive import Archive, Release, open_archive
from burnish.lock.place import Place, Vanished
from burnish.model.base import Rootfs
from burnish.model.lock import Package, Wanted
from burnish.model.protocols import Inputs

TOOLS = "debian"  # the distribution of the tools image
MAGIC = b"!<arch>\n"
Debs = Mapping[Package, Path]


def opened(wanted: Wanted, section: str, *, place: Place) -> Archive:
    """The archive that a section's packages come from: the distribution's, and for a layer those that
    its roles declare. ToolError if no mirror answers."""
    rootfs, distribution = rootfs_of(wanted, section)
    folder = place.scratch / section.replace(":", "-")
    specs = wanted.archives.get(section, ())
    release = Release(
        rootfs=rootfs,
        distribution=distribution,
        further=further.lines(section, specs, place=place),
        preferences=tuple(each.preference for each in specs if each.preference),
    )
    return open_archive(release, site=place.site, folder=folder)


def source(wanted: Wanted, section: str) -> str:
    """The section whose archive a section's packages come from: its own, or that of all of its kind."""
    own = section in ("tools", "rootfs") or section in wanted.archives
    return section if own else "rootfs"


def rootfs_of(wanted: Wanted, section: str) -> tuple[Rootfs, str]:
    """The declaration behind a section, and its distribution."""
    if section == "tools":
        assert wanted.tools is not None
        return wanted.tools, TOOLS
    assert wanted.rootfs is not None
    return wanted.rootfs, wanted.distribution


def bring(
    section: str,
    packages: Sequence[Package],
    *,
    archive: Callable[[], Archive],
    place: Place,
    snapshots: Sequence[str] = (),
) -> Debs:
    """Every package's .deb; those that the inputs lack are fetched from `archive` and kept, those that it
    has dropped from `snapshots`.

    Raises Vanished for pins that the archive holds no more, BuildError where its bytes are others,
    ToolError where nothing may be fetched.
    """
    debs = have(packages, inputs=place.inputs)
    missing = [package for package in packages if package not in debs]
    if missing:
        place.may_fetch(section, [package.pin for package in missing])
        try:
            offered = archive().offered(missing, section=section)
        except Vanished as lost:
            gone = [package for package in missing if package.name in lost.names]
            if not gone or not snapshots or not snapshot.bring(gone, snapshots, place=place):
                raise
            # they are among the inputs now
            return bring(section, packages, archive=archive, place=place, snapshots=snapshots)
        for package in missing:
            found = offered[package.pin].sha256
            if found != package.sha256:
                raise BuildError(
                    f"{package.pin}: the archive's sha256 is {found}, the lock's {package.sha256}",
                    hint="the same version with other bytes: do not trust this mirror",
                )
        folder = place.scratch / "debs"
        archive().fetch(missing, folder, log=place.log)
        for package in missing:
            debs[package] = place.inputs.keep(folder / package.file, package.sha256)
    return debs


def have(packages: Sequence[Package], *, inputs: Inputs) -> dict[Package, Path]:
    """The .debs that the inputs hold already, their bytes looked at."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = pool.map(lambda package: inputs.find(package.sha256), packages)
    return {package: path for package, path in zip(packages, found, strict=True) if path}


def status(packages: Iterable[Package], path: Path, *, inputs: Inputs) -> Path:
    """dpkg's status file of a system on which exactly these are installed; `inputs` hold their .debs."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        fields = pool.map(lambda package: inputs.control(package.sha256), packages)
        text = "".join(f"{each}\nStatus: install ok installed\n\n" for each in fields)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def built_at(path: Path) -> int:
    """Seconds since 1970 in the header of a .deb's first member: dpkg writes the changelog's date.

    Source: deb(5) and ar(5): a magic line, then 16 bytes of name and 12 of time.
    """
    with path.open("rb") as file:
        head = file.read(len(MAGIC) + 28)
    if not head.startswith(MAGIC):
        raise BuildError(
            f"{path.name}: not a .deb", hint="remove it from the store; it is fetched anew"
        )
    return int(head[len(MAGIC) + 16 :])


def none_younger(debs: Debs, *, than: int, section: str) -> None:
    """BuildError for a .deb that was built after the section's epoch: files of it could not keep time."""
    for package, path in debs.items():
        if built_at(path) > than:
            raise BuildError(
                f"{package.pin} was built after the epoch of {section} in the lock",
                hint="resolve it anew with `burnish lock IMAGE`; a lock is not edited by hand",
            )


def newest(paths: Iterable[Path]) -> int:
    """The newest build time among .debs; 0 without any."""
    return max(map(built_at, paths), default=0)
