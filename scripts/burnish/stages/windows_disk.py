"""A built Windows disk, read without booting it and held against the plan of its image."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from burnish.build import windows as reader
from burnish.build.files import sha256
from burnish.build.windows import facts, image
from burnish.errors import ChecksFailed, UsageError
from burnish.model.plan import Plan
from burnish.model.verdict import CheckResult, Verdict
from burnish.stages.plans import plan as plan_of_image
from burnish.stages.plans import plan_of
from burnish.stages.run import Run, World
from burnish.verify import windows
from burnish.verify.windows_expected import expected


@dataclass(frozen=True, kw_only=True)
class Proven:
    """What was read off a disk, and the verdict on it."""

    image: str
    facts: Mapping[str, Any]
    verdict: Verdict


def plan(world: World, version: str) -> Plan:
    """The plan that a disk is held against: an image's as it is today, or a filed version's.

    UsageError for an image that is none of Windows, or a version that is not filed.
    """
    known = world.catalog.images.get(version)
    made = plan_of_image(world, known) if known else plan_of(world, world.home.find(version))
    if made.base.os != "windows":
        raise UsageError(
            f"{made.image.name} is no Windows image: --disk reads the disks of those alone",
            hint=f"`burnish verify {made.image.name}` proves what was built of it",
        )
    return made


def verify(world: World, of: Plan, *, disk: Path) -> Proven:
    """Read a disk and judge it; the verdict is kept in the store under the disk's digest.

    UsageError for a file that is no whole Windows disk.
    """
    started = time.monotonic()
    wanted = expected(of, world.catalog.roles)
    scratch = world.scratch(Run(plan=of)) / "windows-disk"
    with world.monitor.step(f"reading {disk.name}"), image.opened(disk, scratch=scratch) as found:
        known = facts.gather(
            found,
            paths=wanted.paths.values(),
            scratch=scratch,
            on_step=world.monitor.detail,
        )
        world.monitor.detail("the digest of the whole disk")
        subject = found.digest()
    made = windows.verdict(known, wanted, subject=subject, suite=_suite(wanted))
    made = replace(made, seconds=round(time.monotonic() - started, 3))
    world.store.keep_verdict(made, junit="")
    return Proven(image=of.image.name, facts=known, verdict=made)


def need_passed(proven: Proven) -> None:
    """ChecksFailed with the name of each check that failed, or whose facts were not read."""
    bad = [each for each in proven.verdict.results if each.outcome in ("failed", "error")]
    if bad:
        names = ", ".join(each.check.partition("::")[2] for each in bad)
        raise ChecksFailed(
            f"{len(bad)} of {len(proven.verdict.results)} checks did not pass: {names}",
            hint="; ".join(_next(bad)),
        )


def _next(bad: Sequence[CheckResult]) -> Iterator[str]:
    """What to do about checks that did not pass."""
    yield "the table says for each what was found"
    if any(each.outcome == "failed" for each in bad):
        yield "the image has to be built anew: it is held against its plan, with the lock as it is now"
    if any(each.outcome == "error" for each in bad):
        yield "what was not read is no proof"


def _suite(wanted: windows.Expected) -> str:
    """What decides the verdict of a disk: what is expected of it, the reader and the judge."""
    folders = [*Path(reader.__path__[0]).glob("*.py"), Path(windows.__file__)]
    digests = {path.name: sha256(path) for path in folders}
    text = json.dumps([asdict(wanted), digests], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
