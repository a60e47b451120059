"""Takes packages that an archive has dropped; brings them from a snapshot mirror, held against the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from burnish.lock.http import failure, got, open_session
from burnish.lock.place import Place
from burnish.model.lock import Package
from burnish.model.site import Apt

FORM = "%Y-%m-%dT%H:%M:%SZ"  # of dates in a lock
STAMP = "%Y%m%dT%H%M%SZ"  # as snapshot services name a time
WHO = "the snapshot mirror"
TIMESTAMP = "{timestamp}"
# A service gives its last state before the time asked for. An index is dated before its packages reach
# the mirrors, and states are taken some hours apart: what it named is there a little later.
LATER = (timedelta(), timedelta(hours=6), timedelta(hours=24))


def places(sections: Sequence[str], *, recorded: Mapping[str, str], apt: Apt) -> tuple[str, ...]:
    """The roots at which a site's snapshot mirrors have what these sections were resolved on.

    Nothing where the site names no such mirror, or the lock does not say when that was.
    """
    dates = sorted({recorded[section] for section in sections if recorded.get(section)})
    times = [datetime.strptime(date, FORM).replace(tzinfo=UTC) for date in dates]
    stamps = dict.fromkeys((time + later).strftime(STAMP) for later in LATER for time in times)
    templates = [each for each in (apt.snapshot, apt.security_snapshot) if each]
    return tuple(
        template.replace(TIMESTAMP, stamp).rstrip("/") for stamp in stamps for template in templates
    )


def bring(packages: Sequence[Package], roots: Sequence[str], *, place: Place) -> bool:
    """Fetch and keep every package from the first root that has it; whether all were found.

    Raises BuildError where a mirror's bytes are others than the lock's, ToolError if it doesn't answer.
    """
    with open_session(place.site) as asking:
        return all(_bring(package, roots, place=place, asking=asking) for package in packages)


def _bring(
    package: Package, roots: Sequence[str], *, place: Place, asking: requests.Session
) -> bool:
    part = place.scratch / "snapshot" / package.file
    part.parent.mkdir(parents=True, exist_ok=True)
    for root in roots:
        if _got(f"{root}/{package.pool}", part, place=place, asking=asking):
            place.inputs.keep(part, package.sha256)
            return True
    return False


def _got(url: str, part: Path, *, place: Place, asking: requests.Session) -> bool:
    """Whether a file was fetched; not, if the mirror has none there."""
    try:
        return got(url, part, session=asking, given_up=place.given_up)
    except requests.RequestException as error:
        what = f"{part.name} can't be fetched from {WHO}\n  | {url}"
        hint = "run the same command again, or take apt.DISTRIBUTION.snapshot out of site.yaml"
        raise failure(WHO, error, what=what, hint=hint) from error
