"""Takes the list of what is installed in a marketplace image; gives the lock with that origin's section.

The list is the output of `dpkg-query --show --showformat='${Package}=${Version}\\n'` on a machine made from
the image, below a first line that names it: `# PUBLISHER:OFFER:SKU:VERSION YYYY-MM-DD`. Each package is
looked for in the archive that the site names (a dated snapshot holds what the mirror has dropped), and what
apt adds for each layer is resolved on top of them. Of Windows it is that first line alone: the version
says which build of Windows it is (`20348.4405.251112`: build, update, day).
"""

from __future__ import annotations

import re
from dataclasses import replace

from burnish.errors import BurnishError, DefinitionError, Interrupted, UsageError
from burnish.lock import apt, update
from burnish.lock.place import Place, Vanished
from burnish.model.lock import Lock, OriginLock, Package, Wanted

HEAD = re.compile(r"# ?(?P<identity>[\w.-]+:[\w.-]+:[\w.-]+:\d[\w.]*) (?P<day>\d{4}-\d{2}-\d{2})")
LINE = re.compile(r"(?P<name>[a-z0-9][a-z0-9.+-]+)=(?P<version>[A-Za-z0-9.+:~-]+)")
HINT = (
    "a first line `# PUBLISHER:OFFER:SKU:VERSION YYYY-MM-DD`, then the output of "
    "dpkg-query --show --showformat='${Package}=${Version}\\n'"
)
BUILD = re.compile(r"\d{5}\.\d+\.\d{6}")
WINDOWS_HINT = (
    "one line `# PUBLISHER:OFFER:SKU:BUILD.UPDATE.DAY YYYY-MM-DD`; docs/windows.md says how"
)
SECTION = "marketplace"


def read(text: str, *, shown: str) -> OriginLock:
    """The list as a section whose packages are known by version alone; UsageError for anything else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    head = HEAD.fullmatch(lines[0]) if lines else None
    if head is None:
        raise UsageError(f"{shown}: does not say of which image it is", hint=HINT)
    packages = []
    for number, line in enumerate(lines[1:], start=2):
        found = LINE.fullmatch(line)
        if found is None:
            raise UsageError(f"{shown}:{number}: no package and version: {line!r}", hint=HINT)
        name, version = found["name"], found["version"]
        packages.append(Package(name=name, version=version, sha256="", size=0, pool=""))
    twice = {each.name for each in packages if sum(p.name == each.name for p in packages) > 1}
    if twice or not packages:
        what = f"names {', '.join(sorted(twice))} twice" if twice else "lists no package"
        raise UsageError(f"{shown}: {what}", hint=HINT)
    return OriginLock(
        identity=head["identity"], listed=head["day"], packages=tuple(sorted(packages))
    )


def read_windows(text: str, *, shown: str) -> OriginLock:
    """The line as a section without packages; UsageError for anything else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    head = HEAD.fullmatch(lines[0]) if len(lines) == 1 else None
    if head is None or not BUILD.fullmatch(head["identity"].rpartition(":")[2]):
        raise UsageError(f"{shown}: does not say which build of Windows it is", hint=WINDOWS_HINT)
    return OriginLock(identity=head["identity"], listed=head["day"], packages=())


def resolve(wanted: Wanted, lock: Lock, *, place: Place) -> tuple[Lock, str]:
    """The lock with its marketplace section's packages found and its layers resolved on them, as far as
    this place can, and why it could not."""
    origin = lock.marketplace
    assert origin is not None
    try:
        found = _found(wanted, origin, place=place)
    except (DefinitionError, Interrupted):
        raise
    except BurnishError as error:
        return lock, error.message.splitlines()[0]
    known = replace(origin, packages=found, apt={})
    lock = replace(lock, marketplace=known)
    if lacking := [each.pin for each in found if not each.sha256]:
        return lock, f"no archive reached here has {', '.join(lacking)}"
    asked = [f"{update.APT}{name}" for name in wanted.apt]
    view = update.resolve(wanted, lock.at_marketplace(), asked=asked, place=place, keep_open=True)
    reasons = [each.reason for each in view.open if each.section in asked]
    return replace(lock, marketplace=replace(known, apt=view.apt)), "; ".join(reasons)


def _found(wanted: Wanted, origin: OriginLock, *, place: Place) -> tuple[Package, ...]:
    """The archive's own record of each package; those that it lacks stay as they are."""
    archive = apt.opened(wanted, update.ROOTFS, place=place)
    left = list(origin.packages)
    lost: list[Package] = []
    while left:
        try:
            offered = archive.offered(left, section=SECTION)
        except Vanished as gone:
            lost += [each for each in left if each.name in gone.names]
            kept = [each for each in left if each.name not in gone.names]
            if len(kept) == len(left):
                raise
            left = kept
            continue
        return tuple(sorted([*(offered[each.pin] for each in left), *lost]))
    return tuple(sorted(lost))
