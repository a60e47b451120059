"""Takes a plan and facts probed once; gives the `Schedule`: what to build, why, how long, how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from burnish.model.manifest import LayerEntry, Manifest
from burnish.model.plan import Layer, Plan
from burnish.model.record import LayerRecord
from burnish.model.schedule import Schedule, Step
from burnish.plan.ids import changed

GIB = 1 << 30
# Bytes of a layer that was never built: the mean of debian-12-cpu's, with and without Python.
GUESS = {True: 5 * GIB // 4, False: 2 * GIB // 5}
# Bytes on disk per byte of layer, measured (docs/benchmarks.md, "disk"): what a layer is made of
# (packages, wheels and the wheels unpacked) is kept beside it; a VHD holds all files once more,
# and a qcow2 holds them compressed.
WITH_INPUTS, WITH_DISK = 2.0, 1.5
# Stages of a run that come after its layers, as manifests name them.
AFTER_LAYERS = ("checks: container", "disk", "checks: artifact", "checks: vm", "file")


def schedule(
    plan: Plan,
    *,
    valid: frozenset[str],
    records: Sequence[LayerRecord],
    history: Sequence[Manifest],
    facts: Mapping[str, int | bool | str],
) -> Schedule:
    """What a build would do. `valid` are ids of layers, and keys of products, that exist and are
    what they claim to be; `records` and `history` are newest first. `facts`: disk_free (bytes),
    disk_cached, filed, and until (the place to stop at, before the disk, or nothing)."""
    # another image's layer of the same name was made of other things: no reason, no measure
    ids = {layer.id for layer in plan.layers}
    own = [r for r in records if r.definition == plan.image.name or r.id in ids]
    steps = []
    below = True
    for layer in plan.layers:
        intact = layer.id in valid
        below = below and intact
        step = _step(layer, cached=below, intact=intact, records=own, history=history)
        steps.append(step if step.cached else _reusing(step, valid, records=own, history=history))
    missing = [step for step in steps if not step.cached]
    disk_cached = bool(facts["disk_cached"]) and not missing
    times = [step.seconds for step in missing]
    if not disk_cached:
        times.append(_stages(history))
    known = [time for time in times if time is not None]
    return Schedule(
        steps=tuple(steps),
        disk_cached=disk_cached,
        seconds=sum(known) if len(known) == len(times) else None,
        disk_needed=_needed(steps, disk=not disk_cached, until=str(facts["until"])),
        disk_free=int(facts["disk_free"]),
        filed=str(facts["filed"]),
    )


def _needed(steps: Sequence[Step], *, disk: bool, until: str) -> int:
    """Bytes that the layers to be made and the disk take; `until`: where the build stops, if early."""
    names = [step.layer.name for step in steps]
    reached = steps[: names.index(until) + 1] if until in names else steps
    sizes = {step.layer.name: step.size or GUESS[bool(step.layer.python)] for step in steps}
    needed = WITH_INPUTS * sum(sizes[step.layer.name] for step in reached if not step.cached)
    if disk and not until:
        needed += WITH_DISK * sum(sizes.values())
    return int(needed)


def _step(
    layer: Layer,
    *,
    cached: bool,
    intact: bool,
    records: Sequence[LayerRecord],
    history: Sequence[Manifest],
) -> Step:
    last = next((record for record in records if record.name == layer.name), None)
    if cached:
        exact = next((record for record in records if record.id == layer.id), None)
        return Step(layer=layer, cached=True, size=exact.size if exact else None)
    old = _recalled(layer, history)
    return Step(
        layer=layer,
        cached=False,
        why=_why(layer, last, intact=intact),
        seconds=last.seconds if last else old.seconds if old else None,
        size=last.size if last else old.size if old else None,
    )


def _reusing(
    step: Step,
    valid: frozenset[str],
    *,
    records: Sequence[LayerRecord],
    history: Sequence[Manifest],
) -> Step:
    """The step with the products that it is given, and as long as the last one that was given these:
    one that had to make them tells nothing of it, nor the other way round."""
    products = step.layer.products
    if not products:
        return step
    reused = tuple(sorted(product.name for product in products if product.key in valid))
    entries = (entry for manifest in history for entry in manifest.layers)
    known: tuple[LayerRecord | LayerEntry, ...] = (*records, *entries)
    same = [each for each in known if (each.name, each.reused) == (step.layer.name, reused)]
    seconds = same[0].seconds if same else None
    return replace(step, reused=reused, seconds=seconds)


def _why(layer: Layer, last: LayerRecord | None, *, intact: bool) -> tuple[str, ...]:
    if last is None:
        return ("never built here",)
    if intact:
        return ("what it stands on is made anew",)
    return changed(last.inputs, layer.inputs) or ("its image is gone or altered",)


def _recalled(layer: Layer, history: Sequence[Manifest]) -> LayerEntry | None:
    """A layer of that name as the newest version that had one was built of it."""
    entries = (entry for manifest in history for entry in manifest.layers)
    return next((entry for entry in entries if entry.name == layer.name), None)


def _stages(history: Sequence[Manifest]) -> float | None:
    """Seconds of everything after the layers, by the newest manifest."""
    if not history:
        return None
    return sum(seconds for stage, seconds in history[0].seconds.items() if stage in AFTER_LAYERS)
