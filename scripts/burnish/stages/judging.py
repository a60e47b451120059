"""After a build: the lock that it was made from is kept, its gates are judged, it is promoted."""

from __future__ import annotations

from dataclasses import replace

from burnish.build.files import write
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import BurnishError
from burnish.gallery import rules
from burnish.model.manifest import Manifest
from burnish.model.night import Night
from burnish.stages import channels, gating, locks, pending
from burnish.stages.channels import Promotion
from burnish.stages.run import World


def judged(world: World, night: Night) -> Night:
    """The night with the gates' results, and promoted where each one passed.

    A version that an earlier night left a candidate is judged again: its gates may pass by now.
    """
    if not night.version or night.outcome not in ("candidate", "unchanged"):
        return night
    manifest = world.gallery.find(f"{night.image}/{night.version}")
    # a night that was killed after the filing left the lock behind
    if night.outcome == "candidate" or night.moves:
        keep_lock(world, manifest)
    if manifest.channel != rules.CANDIDATE:
        return night
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
    filed = world.gallery.folder(name, manifest.version) / "lock.yaml"
    lock = load_lock(filed, image=name, shown=str(filed))
    path = locks.committed_path(world, name)
    text = dump_lock(replace(lock, basis=""))
    if not lock.standin and (not path.is_file() or path.read_text("utf-8") != text):
        write(path, text)
