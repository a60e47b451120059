"""Takes plans, schedules and manifests; gives tables for people and plain data for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from burnish.cli import gpu, proofs
from burnish.model.catalog import Catalog
from burnish.model.gate import GateResult
from burnish.model.gpu import Fit
from burnish.model.manifest import Manifest
from burnish.model.pin import PinState
from burnish.model.plan import Plan
from burnish.model.publication import Published
from burnish.model.retention import Fate
from burnish.model.schedule import Schedule, Step
from burnish.pipeline import Run

MIB = 1 << 20
GIB = 1 << 30
REASONS = 4  # told for each layer; the rest is counted


def image_data(catalog: Catalog, manifests: Iterable[Manifest]) -> list[dict[str, Any]]:
    """Every image as plain data: `local` where no cloud is needed, `newest` version or null."""
    newest = _newest(manifests)
    return [
        {
            "image": image.name,
            "base": image.base,
            "distribution": catalog.bases[image.base].distribution,
            "profile": image.profile,
            "flavour": image.flavour,
            "local": catalog.bases[image.base].rootfs is not None,
            "newest": newest[image.name].version if image.name in newest else None,
            "channel": newest[image.name].channel if image.name in newest else None,
        }
        for image in catalog.images.values()
    ]


def _newest(manifests: Iterable[Manifest]) -> dict[str, Manifest]:
    found: dict[str, Manifest] = {}
    for each in manifests:
        found.setdefault(each.image, each)
    return found


def images(catalog: Catalog, manifests: Iterable[Manifest]) -> RenderableType:
    """Every image, with its newest version."""
    newest = _newest(manifests)
    table = Table("image", "base", "profile", "flavour", "newest version", "channel", box=None)
    for image in catalog.images.values():
        manifest = newest.get(image.name)
        version, channel = (manifest.version, manifest.channel) if manifest else ("-", "-")
        table.add_row(image.name, image.base, image.profile, image.flavour, version, channel)
    return table


def published(done: Published) -> str:
    """What came of publishing, what the version lacks, and what to do next."""
    name = f"{done.image}/{done.version}"
    what = {
        "published": f"sent {done.sent / MIB:.1f} of {done.size / MIB:.0f} MiB",
        "already": "it was there already, nothing sent",
        "widened": "regions or replicas added, nothing sent",
    }[done.outcome]
    number = "" if done.version == done.local else f" ({done.local} here: that number was taken)"
    where = ", ".join(done.regions)
    lines = [f"{name} is {done.channel} at {done.target}{number}: {where}; {what}"]
    lines += [f"  before it can be promoted: {line}" for line in done.lacks]
    if done.channel == "candidate" and not done.lacks:
        lines.append(f"  next: `burnish promote {name} --target {done.target}`")
    return "\n".join(lines)


def moved(manifest: Manifest, *, done: bool) -> str:
    """What became, or would become, of a version: its channel and why."""
    now = f"is {manifest.channel} now" if done else f"would be {manifest.channel}"
    return f"{manifest.image}/{manifest.version} {now} ({why(manifest)})"


def why(manifest: Manifest) -> str:
    """Why a version is in its channel, with the gates that were accepted."""
    if not manifest.events:
        return ""
    last = manifest.events[-1]
    more = [f"accepted {gate}: {reason}" for gate, reason in last.accepted.items()]
    return "; ".join([last.why, *more])


def fates(found: Iterable[Fate]) -> RenderableType:
    """What prune does with each version, why, and what that gives back."""
    table = Table("version", "channel", "prune", "MiB back", "why", box=None)
    for fate in found:
        goes = "[yellow]goes[/yellow]" if fate.goes else "stays"
        back = f"{fate.back / MIB:.1f}" if fate.goes else ""
        name = f"{fate.manifest.image}/{fate.manifest.version}"
        table.add_row(name, fate.manifest.channel, goes, back, escape(fate.why))
    return table


def versions_of(count: int) -> str:
    """`1 version`, `2 versions`."""
    return f"{count} version{'' if count == 1 else 's'}"


def fate_data(fate: Fate) -> dict[str, Any]:
    """A fate as plain data."""
    return {
        "version": fate.manifest.version,
        "channel": fate.manifest.channel,
        "goes": fate.goes,
        "why": fate.why,
        "bytes_back": fate.back,
        "bytes_shared": fate.shared,
    }


def versions(manifests: Iterable[Manifest]) -> RenderableType:
    """Versions with channel, size, verdicts, and why they are in their channel."""
    table = Table("version", "channel", "VHD GiB", "built", "verdicts", "why", box=None)
    for manifest in manifests:
        size = manifest.sizes.get("disk.vhd", 0) / GIB
        table.add_row(
            f"{manifest.image}/{manifest.version}",
            manifest.channel,
            f"{size:.1f}",
            manifest.built_at,
            verdicts(manifest),
            escape(why(manifest)),
        )
    return table


def verdicts(manifest: Manifest) -> str:
    """`container 30/30, vm 12/12 (+18 left out)`."""
    words = []
    for verdict in manifest.verdicts:
        passed = sum(result.outcome == "passed" for result in verdict.results)
        more = f" (+{len(verdict.not_run)} left out)" if verdict.not_run else ""
        words.append(f"{verdict.level} {passed}/{len(verdict.results)}{more}")
    return ", ".join(words) or "none"


def gates(results: Iterable[GateResult]) -> RenderableType:
    """What each gate says."""
    table = Table("gate", "", "", box=None)
    for result in results:
        state = "[green]passes[/green]" if result.passed else "[red]fails[/red]"
        table.add_row(result.name, state, escape(result.text))
    return table


def plan(
    made: Plan, schedule: Schedule | None, *, pins: Sequence[PinState] = (), fit: Fit | None = None
) -> RenderableType:
    """What a build would do, and why; which versions are held by hand; which GPUs it serves."""
    parts: list[RenderableType] = [f"[bold]{made.image.name}[/bold]  plan {made.id[:16]}"]
    parts += proofs.levels(made)
    held = "expected" if schedule else "in the lock"
    table = Table("layer", "roles", "state", held, "why", box=None)
    if schedule:
        for step in schedule.steps:
            state = "[green]kept[/green]" if step.cached else "[yellow]build[/yellow]"
            why = escape(reasons(step)) or "unchanged"
            table.add_row(step.layer.name, " ".join(step.layer.roles), state, _seconds(step), why)
    else:
        for layer in made.layers:
            table.add_row(layer.name, " ".join(layer.roles), *proofs.pinned(made, layer), "")
    for left in made.left_out:
        table.add_row(left.name, "", "[dim]left out[/dim]", "", escape(left.text))
    parts.append(table)
    parts += [
        f"[yellow]open[/yellow] {entry.section}: {escape(entry.reason)}" for entry in made.open
    ]
    parts += proofs.pin_them(made)
    parts += [f"[cyan]pinned by hand[/cyan] {escape(each.text)}" for each in pins]
    parts += [f"[yellow]note[/yellow] {escape(note)}" for note in made.notes]
    parts += proofs.licences(made)
    parts += gpu.view(fit) if fit and made.image.flavour == "gpu" else ()
    if schedule:
        parts += [_held(made), *_totals(schedule)]
    return Group(*parts)


def _held(made: Plan) -> str:
    """How much of what decides the image is held by content."""
    inputs = {key: value for layer in made.layers for key, value in layer.inputs.items()}
    files = sum(key.startswith("file:") for key in inputs)
    tools = [f"{k.removeprefix('tool:')} {v}" for k, v in inputs.items() if k.startswith("tool:")]
    fetched = len(made.lock.inputs())
    return (
        f"held by sha256: {fetched} fetched inputs, {files} files of roles and playbook;"
        f" by requirements.txt: {', '.join(tools)}"
    )


def reasons(step: Step) -> str:
    """Why a layer is built, at most a few reasons in full."""
    shown = list(step.why[:REASONS])
    if len(step.why) > REASONS:
        shown.append(f"and {len(step.why) - REASONS} more")
    if step.reused:
        shown.append(f"{', '.join(step.reused)} taken as an earlier build made them")
    return "; ".join(shown)


def built(run: Run) -> dict[str, Any]:
    """What came of a build, as plain data; `state`: stopped, filed, or nothing to do."""
    if run.manifest is None or run.folder is None:
        return {"image": run.plan.image.name, "plan": run.plan.id, "state": "stopped"}
    return {
        "image": run.manifest.image,
        "version": run.manifest.version,
        "plan": run.manifest.plan,
        "folder": str(run.folder),
        "state": "filed" if run.seconds else "nothing to do",
        "seconds": {name: round(value, 1) for name, value in run.seconds.items()},
    }


def plan_data(
    made: Plan, schedule: Schedule | None, *, pins: Sequence[PinState] = (), fit: Fit | None = None
) -> dict[str, Any]:
    """The plan as plain data."""
    steps = {step.layer.id: step for step in schedule.steps} if schedule else {}
    return {
        "image": made.image.name,
        "plan": made.id,
        "base": made.base.name,
        "flavour": made.image.flavour,
        "levels": list(made.levels),
        "layers": [
            {
                "name": layer.name,
                "id": layer.id,
                "roles": list(layer.roles),
                "epoch": layer.epoch,
                "origins": dict(layer.origins),
                "cached": steps[layer.id].cached if layer.id in steps else None,
                "why": list(steps[layer.id].why) if layer.id in steps else [],
                "seconds": steps[layer.id].seconds if layer.id in steps else None,
                "reused": list(steps[layer.id].reused) if layer.id in steps else [],
            }
            for layer in made.layers
        ],
        "left_out": {left.name: left.text for left in made.left_out},
        **proofs.data(made),
        "open": {entry.section: entry.reason for entry in made.open},
        "notes": list(made.notes),
        "pins": [_pin(each) for each in pins],
        "gpu": gpu.data(fit) if fit and made.image.flavour == "gpu" else None,
        "disk_needed": schedule.disk_needed if schedule else None,
        "disk_free": schedule.disk_free if schedule else None,
        "seconds": schedule.seconds if schedule else None,
        "filed": schedule.filed if schedule else "",
    }


def _pin(state: PinState) -> dict[str, Any]:
    pin = state.pin
    return {
        "section": pin.section,
        "asked": pin.asked,
        "locked": state.locked,
        "review": str(pin.review),
        "overdue": state.overdue,
        "reason": pin.reason,
        "link": pin.link,
    }


def _seconds(step: Step) -> str:
    if step.cached:
        return ""
    return f"{step.seconds:.0f} s" if step.seconds is not None else "not known yet"


def _totals(schedule: Schedule) -> list[RenderableType]:
    if schedule.filed:
        return [f"filed and proven as {schedule.filed}: nothing to do"]
    time = f"{schedule.seconds / 60:.1f} min" if schedule.seconds is not None else "not known yet"
    need, free = schedule.disk_needed / GIB, schedule.disk_free / GIB
    disk = "kept" if schedule.disk_cached else "to be made"
    return [f"disk image {disk}; expected {time}; needs {need:.1f} GiB, {free:.1f} GiB are free"]
