"""The end of a run: the manifest and the report, filed in the gallery whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from burnish.build import listing
from burnish.catalog.locks import dump_lock
from burnish.errors import PublishError, UsageError
from burnish.evidence.manifest import Evidence, not_verified, record
from burnish.evidence.report import report
from burnish.gallery import rules
from burnish.model.disk import LISTING
from burnish.model.manifest import Manifest
from burnish.stages import compatible, locks, planning
from burnish.stages.prove import Unproven, suite_of
from burnish.stages.run import Run, World
from burnish.verify.junit import pictures
from burnish.verify.suite import due


def already(world: World, run: Run) -> Manifest | None:
    """The filed version of this very plan that today's checks have proven at every level due."""
    if run.plan.open or world.options.force:
        return None
    manifest = rules.filed(world.gallery.manifests(run.plan.image.name), run.plan.id)
    levels = [str(level) for level in due(run.plan)]
    suite = suite_of(world, run)
    if manifest is None or not rules.proven(manifest, suite=suite, levels=levels):
        return None
    if world.options.every_check and any(verdict.not_run for verdict in manifest.verdicts):
        return None
    return None if world.gallery.missing(manifest) else manifest


def file(world: World, run: Run) -> Run:
    """File the version; a version of the same plan that only got new verdicts is updated in place."""
    assert run.disk and run.inventory
    lock = dump_lock(run.plan.lock)
    disk = world.store.disk(run.disk.key)
    evidence = Evidence(
        plan=run.plan,
        host=run.machine,
        built_at=world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        records=run.records,
        cached=run.cached,
        disk=run.disk,
        software=run.inventory.software,
        verdicts=run.verdicts,
        seconds=run.seconds,
        lock_sha256=hashlib.sha256(lock.encode()).hexdigest(),
        pins=tuple(state.text for state in planning.by_hand(world, run.plan)),
        listed=listing.read(disk / LISTING) if LISTING in run.disk.files else (),
        secure_boot=compatible.fit(world, run.plan).secure_boot,
    )
    manifest = record(evidence)
    if manifest.standin and not world.options.allow_standin:
        raise PublishError(
            f"{manifest.image} was made from a stand-in archive; it is never filed",
            hint="it proves the path up to the container level; take `standin` out of site.yaml",
        )
    filed = rules.filed(world.gallery.manifests(manifest.image), manifest.plan)
    if filed and filed.artifacts == manifest.artifacts and not world.options.force:
        return refile(world, run, of=filed)
    named = {**texts(world, run, manifest=manifest), locks.FILED: lock}
    files = {name: disk / name for name in run.disk.files}
    manifest, folder = world.gallery.add(manifest, day=world.now.date(), files=files, texts=named)
    # the report names the version, which the gallery only just gave
    world.gallery.change(manifest.image, lambda known: known, texts=report_text)
    return replace(run, manifest=manifest, folder=folder)


def refile(world: World, run: Run, *, of: Manifest) -> Run:
    """Keep this run's verdicts with a filed version, whatever channel it is in by now."""

    def decide(known: Sequence[Manifest]) -> list[Manifest]:
        return [reproven(item, run) for item in known if item.version == of.version]

    def all_texts(manifest: Manifest) -> dict[str, str]:
        return texts(world, run, manifest=manifest)

    world.gallery.change(of.image, decide, texts=all_texts)
    manifest = world.gallery.find(f"{of.image}/{of.version}")
    return replace(run, manifest=manifest, folder=world.gallery.folder(of.image, of.version))


@contextmanager
def disproving(world: World, run: Run) -> Iterator[None]:
    """The version of a run's plan, if there is one, keeps the verdict of checks that fail in the context."""
    try:
        yield
    except Unproven as failed:
        known = world.gallery.manifests(run.plan.image.name)
        for manifest in (each for each in known if each.plan == run.plan.id):
            # it may be removed just now
            with suppress(UsageError):
                refile(world, replace(run, verdicts=(failed.verdict,)), of=manifest)
        raise


def report_text(manifest: Manifest) -> dict[str, str]:
    """The report of a version, by its name there."""
    return {"report.md": report(manifest)}


def reproven(manifest: Manifest, run: Run) -> Manifest:
    """A filed manifest with this run's verdicts in place of older ones of the same level."""
    fresh = {verdict.level: verdict for verdict in run.verdicts}
    kept = [verdict for verdict in manifest.verdicts if verdict.level not in fresh]
    verdicts = (*kept, *fresh.values())
    return replace(manifest, verdicts=verdicts, not_verified=not_verified(verdicts))


def texts(world: World, run: Run, *, manifest: Manifest) -> dict[str, str]:
    """The text files of a version: report, JUnit files, pictures, serial log."""
    found = report_text(manifest)
    for verdict in run.verdicts:
        # a version keeps the file of a verdict that another run, or another store, came to
        if text := world.store.junit(verdict):
            found |= {f"junit-{verdict.level}.xml": text, **pictures(text, level=verdict.level)}
    if run.serial and run.serial.is_file():
        found["serial.log"] = run.serial.read_text(encoding="utf-8", errors="replace")
    return found
