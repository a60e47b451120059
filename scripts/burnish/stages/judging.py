"""After a build: the lock that it was made from is kept, its gates are judged, it is promoted."""

from __future__ import annotations

from dataclasses import replace

from burnish.build.files import write
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import BurnishError, Interrupted
from burnish.gallery import rules
from burnish.model.lock import Lock
from burnish.model.manifest import Manifest
from burnish.model.night import Night
from burnish.stages import channels, gating, locks, pending
from burnish.stages.channels import Promotion
from burnish.stages.run import World


def judged(world: World, night: Night) -> Night:
    """`judge`; where it can't be done the version stays what it is, and the night of the others goes on."""
    try:
        return judge(world, night)
    except Interrupted:
        raise
    except (BurnishError, OSError) as error:
        why = f"not judged: {str(error).splitlines()[0]}"
        return replace(night, outcome="candidate", why=why)


def judge(world: World, night: Night) -> Night:
    """The night with the gates' results, and promoted where each one passed.

    A version that an earlier night left a candidate is judged again: its gates may pass by now. One
    in another channel stays there: a build that finds it filed only proves it again.
    """
    if not night.version or night.outcome not in ("candidate", "unchanged"):
        return night
    manifest = world.gallery.find(f"{night.image}/{night.version}")
    # an earlier night may have been killed before it did, and the version promoted by hand
    if manifest.channel == rules.CANDIDATE or (manifest.channel == rules.STABLE and night.moves):
        keep_lock(world, manifest)
    if manifest.channel != rules.CANDIDATE:
        if night.outcome == "unchanged":
            return night
        return replace(
            night, outcome="proven", why=f"by today's checks; it stays {manifest.channel}"
        )
    scan = pending.scan(world, manifest)
    gates = gating.judge(world, manifest, pending=scan.pending)
    times = gating.compared_times(world, manifest)
    night = replace(night, gates=gates, unfixed=scan.unfixed, times=times)
    failing = [gate for gate in gates if not gate.passed]
    if failing:
        names = ", ".join(gate.name for gate in failing)
        return replace(night, outcome="candidate", why=f"gates not passed: {names}")
    try:
        channels.promote(world, Promotion(manifest=manifest, gates=gates, accepted={}))
    except BurnishError as error:
        return replace(night, outcome="candidate", why=error.message.splitlines()[0])
    return replace(night, outcome="promoted", why="every gate passed")


def keep_lock(world: World, manifest: Manifest) -> None:
    """Commit the lock of a version that was proven: into packer/locks, for a person to review."""
    name = manifest.image
    lock = locks.filed(world, manifest)
    path = locks.committed_path(world, name)
    committed = load_lock(path, image=name, shown=str(path))
    # when its indexes were read is no reason to write it anew
    if not lock.standin and _pins(lock) != _pins(committed):
        write(path, dump_lock(replace(lock, basis="")))


def _pins(lock: Lock) -> Lock:
    return replace(lock, recorded={}, basis="")
