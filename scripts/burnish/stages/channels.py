"""Moves versions to other channels: decided by pure rules under the image's lock, written one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from burnish.errors import ChecksFailed, PublishError, UsageError
from burnish.gallery import rules
from burnish.gallery.rules import Known
from burnish.model.base import Level
from burnish.model.gate import GateResult
from burnish.model.manifest import Manifest
from burnish.stages.filing import report_text
from burnish.stages.run import World
from burnish.verify.suite import LOCAL, promised

# what changes, given an image's manifests and those that a killed command left to be written
Decide = Callable[[Known, Known], Known]


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """A version that is to become stable, what the gates say of it, and which of them may fail."""

    manifest: Manifest
    gates: Sequence[GateResult]
    accepted: Mapping[str, str]


def promote(world: World, wanted: Promotion, *, keep: bool = True) -> list[Manifest]:
    """Make a version the stable one; gives the manifests that changed, none if it was that already.

    Raises UsageError for acceptances that mean nothing, PublishError and ChecksFailed with all that
    stands in the way. Without `keep` nothing is written.
    """
    if wrong := rules.wrongly_accepted(wanted.gates, wanted.accepted):
        raise UsageError("; ".join(wrong), hint="`--accept` takes a gate that failed, and a reason")
    name = wanted.manifest.version

    def decide(known: Known, _: Known) -> Known:
        current = rules.stable(known)
        if current and current.version == name:
            return ()
        manifest = _one(known, name, image=wanted.manifest.image)
        _refuse(world, replace(wanted, manifest=manifest))
        at = rules.stamp(world.now, known)
        return rules.promoted(known, manifest, at=at, accepted=wanted.accepted)

    return _move(world, wanted.manifest.image, decide=decide, keep=keep)


def rollback(
    world: World, image: str, *, to: str = "", reason: str = "", keep: bool = True
) -> list[Manifest]:
    """Make the version stable again that was so before, or `to`; gives the manifests that changed.

    None if `to` is stable already. PublishError if there is none to return to.
    """

    def decide(known: Known, finished: Known) -> Known:
        current = rules.stable(known)
        if current and current.version == to:
            return ()
        # a killed rollback is finished, and no second one done on top of it
        if not to and any(item.events[-1].by == rules.ROLLBACK for item in finished):
            return ()
        manifest = _returned(world, known, image=image, to=to)
        at = rules.stamp(world.now, known)
        return rules.rolled_back(known, manifest, at=at, reason=reason)

    return _move(world, image, decide=decide, keep=keep)


def levels_of(world: World, manifest: Manifest) -> list[str]:
    """The levels that a version needs, by its base and how it was made; all that a local build has if the
    base is gone."""
    base = world.catalog.bases.get(manifest.base)
    # no disk of it was ever here: nothing here could be proven of it
    captured = not manifest.artifacts
    return [str(level) for level in (promised(base, captured=captured) if base else LOCAL)]


def whole(world: World, known: Known) -> frozenset[str]:
    """The versions whose files are all there."""
    return frozenset(item.version for item in known if not world.home.missing(item))


def settle(world: World, image: str) -> None:
    """Finish what a killed promotion or rollback left to be done."""
    _move(world, image, decide=lambda *_: (), keep=True)


def _move(world: World, image: str, *, decide: Decide, keep: bool) -> list[Manifest]:
    def all_of_it(known: Known) -> list[Manifest]:
        finished = rules.settled(known)
        if finished and keep:
            world.monitor.say("finishing what a command left undone that was killed")
        now = rules.after(known, finished)
        changed = [*finished, *decide(now, finished)]
        # the others come along for their reports: a kill may have left one ahead of its manifest
        return [*changed, *(item for item in rules.after(now, changed) if item not in changed)]

    if keep:
        return world.home.change(image, all_of_it, texts=report_text)
    known = world.home.manifests(image)
    return [item for item in all_of_it(known) if item not in known]


def _one(known: Known, version: str, *, image: str) -> Manifest:
    found = next((item for item in known if item.version == version), None)
    if found is None:
        names = ", ".join(item.version for item in known) or "none yet"
        raise UsageError(f"{image}/{version} is not in the gallery", hint=f"versions here: {names}")
    return found


def _refuse(world: World, wanted: Promotion) -> None:
    """Raise with everything that keeps a version from becoming stable."""
    manifest = wanted.manifest
    name = f"{manifest.image}/{manifest.version}"
    levels = levels_of(world, manifest)
    obstacles = rules.obstacles(manifest, levels=levels, missing=world.home.missing(manifest))
    failed = [g for g in wanted.gates if not g.passed and g.name not in wanted.accepted]
    never = [gate for gate in failed if gate.name in rules.NEVER]
    lines = [*obstacles, *(f"gate {gate.name}: {gate.text}" for gate in failed)]
    text = "\n".join([f"{name} stays {manifest.channel}:", *(f"  - {line}" for line in lines)])
    if obstacles:
        raise PublishError(text, hint=_way_out(world, manifest, levels=levels))
    if never:
        raise ChecksFailed(text, hint="docs/gpu.md: nobody can accept that for a stable version")
    if failed:
        how = f"`burnish promote {name}{world.where} --accept {failed[0].name}=REASON`"
        raise ChecksFailed(text, hint=f"accept each with a reason: {how}")


def _way_out(world: World, manifest: Manifest, *, levels: Sequence[str]) -> str:
    name = f"{manifest.image}/{manifest.version}"
    if manifest.channel == rules.RETIRED:
        return f"`burnish rollback {manifest.image} --to {manifest.version}{world.where}`"
    if manifest.accepts:
        return "docs/gpu.md: build an image that has nothing to accept"
    if world.elsewhere and world.home.missing(manifest):
        return _waiting(world, manifest)
    if rules.unproven(manifest, levels) and not manifest.unbuilt:
        return _proof(world, name, levels=levels)
    return f"build it anew: `burnish build {manifest.image}`"


def _waiting(world: World, manifest: Manifest) -> str:
    """What goes on waiting for a version's copies, and makes those anew that failed."""
    # a machine's capture is filed nowhere here: what built it goes on, while the plan is still the same
    if not manifest.artifacts:
        return (
            f"`burnish build {manifest.image}{world.where}` goes on, if its plan is still today's"
        )
    to = world.where.removeprefix(" --target")
    return f"`burnish publish {manifest.image}/{manifest.version} --to{to}` goes on waiting"


def _proof(world: World, name: str, *, levels: Sequence[str]) -> str:
    if Level.AZURE in levels and world.elsewhere:
        return f"`burnish verify {name}{world.where}` proves it on a machine made of it"
    if world.elsewhere:
        return "`burnish verify` proves it where it was built; publish it again, verdicts go along"
    return f"`burnish verify {name}` proves it with today's checks"


def _returned(world: World, known: Known, *, image: str, to: str) -> Manifest:
    """The version that a rollback returns to; PublishError if it cannot."""
    if not to:
        found = rules.target(known, whole(world, known))
        if found is None:
            raise PublishError(
                f"{image} has no version to return to: none was stable before, is whole, and was "
                "not rolled back itself",
                hint=f"`burnish list {image}{world.where}` tells about each; `--to VERSION` names one",
            )
        return found
    found = _one(known, to, image=image)
    if not rules.was_stable(found):
        raise PublishError(
            f"{image}/{to} was never stable", hint=f"`burnish promote {image}/{to}{world.where}`"
        )
    if missing := world.home.missing(found):
        raise PublishError(
            f"{image}/{to} is not whole: {', '.join(missing)}",
            hint="build it again: `burnish build` makes the same bytes",
        )
    return found
