"""Takes a version and what it is held to; gives what each gate says of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from burnish.evidence.markdown import MIB
from burnish.model.base import Level
from burnish.model.difference import Difference, SoftwareChange
from burnish.model.gate import GateResult, Pending
from burnish.model.gates import Allowance, Gates
from burnish.model.manifest import Manifest

QCOW2 = "disk.qcow2"
NO_STABLE = "no stable version to compare with"
SHOWN = 5
COMPATIBILITY = "compatibility"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is judged. `difference` is against the last stable version, None if there is none;
    `due` are the levels that the image owes; `pending` is None if nobody looked; `incompatible` is what
    the table of GPUs has against it, accepted or not."""

    manifest: Manifest
    gates: Gates
    due: tuple[Level, ...]
    difference: Difference | None
    pending: Pending | None
    today: date
    incompatible: tuple[str, ...] = ()


def judge(case: Case) -> tuple[GateResult, ...]:
    """What every gate says, in the order in which people read it."""
    return (
        _checks(case),
        _image_size(case),
        _layer_size(case),
        _downgrade(case),
        _lost(case),
        _security(case),
        _result(COMPATIBILITY, case.incompatible, good="nothing against it in the table"),
    )


def _result(name: str, bad: Sequence[str], *, good: str = "") -> GateResult:
    text = good
    if bad:
        rest = f"; and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        text = "; ".join(bad[:SHOWN]) + rest
    return GateResult(name=name, passed=not bad, text=text)


def _checks(case: Case) -> GateResult:
    verdicts = {verdict.level: verdict for verdict in case.manifest.verdicts}
    bad: list[str] = []
    good: list[str] = []
    for level in case.gates.levels or case.due:
        verdict = verdicts.get(level)
        if verdict is None:
            bad.append(f"{level}: not proven")
            continue
        failed = [r.check for r in verdict.results if r.outcome in ("failed", "error")]
        if not verdict.passed:
            bad.append(f"{level}: {', '.join(failed[:SHOWN]) or 'no check passed'}")
        passed = sum(result.outcome == "passed" for result in verdict.results)
        left = f" (+{len(verdict.not_run)} left out)" if verdict.not_run else ""
        good.append(f"{level} {passed}/{len(verdict.results)}{left}")
    wanted = set(case.gates.levels or case.due)
    # what nobody asked for need not be there; where it is, it has passed
    others = (verdict for verdict in case.manifest.verdicts if verdict.level not in wanted)
    bad += [f"{verdict.level}: failed" for verdict in others if not verdict.passed]
    if not case.gates.levels and not case.due:
        bad.append("no level is due: nothing is proven")
    return _result("checks", bad, good=", ".join(good))


def _image_size(case: Case) -> GateResult:
    size, budget = case.manifest.sizes.get(QCOW2), case.gates.image_mib
    if budget is None:
        return _result("image-size", [], good="no budget")
    if size is None:
        return _result("image-size", [f"the manifest has no size of {QCOW2}"])
    text = f"{QCOW2}: {size / MIB:,.1f} of {budget:,} MiB"
    return _result("image-size", [text] if size > budget * MIB else [], good=text)


def _layer_size(case: Case) -> GateResult:
    bad: list[str] = []
    good: list[str] = []
    for layer in case.manifest.layers:
        budget = case.gates.layer_mib.get(layer.name)
        if budget is None:
            continue
        text = f"{layer.name}: {layer.size / MIB:,.1f} of {budget:,} MiB"
        (bad if layer.size > budget * MIB else good).append(text)
    return _result("layer-size", bad, good=", ".join(good) or "no budget")


def _downgrade(case: Case) -> GateResult:
    return _compared(case, "downgrade", allowed=case.gates.downgrades)


def _lost(case: Case) -> GateResult:
    return _compared(case, "package-lost", allowed=case.gates.losses)


_WHAT = {"downgrade": "downgraded", "package-lost": "removed"}


def _compared(case: Case, name: str, *, allowed: Iterable[Allowance]) -> GateResult:
    """A gate over what differs from the last stable version, but for what is allowed until a day."""
    allowed = tuple(allowed)
    bad = list(_overdue(allowed, case.today))
    if case.difference is None:
        return _result(name, bad, good=NO_STABLE)
    excused = {each.package for each in allowed}
    found = [change for change in case.difference.software if change.what == _WHAT[name]]
    bad += [_told(each) for each in found if not {each.name, each.before} & excused]
    used = sorted({name for each in found for name in (each.name, each.before)} & excused)
    since = f"none since {case.difference.old.version}"
    return _result(name, bad, good=f"allowed: {', '.join(used)}" if used else since)


def _overdue(allowed: Iterable[Allowance], today: date) -> Iterator[str]:
    for each in allowed:
        if each.until < today:
            yield f"{each.package} was allowed until {each.until} ({each.link}): decide anew"


def _told(change: SoftwareChange) -> str:
    name = f"{change.before} -> {change.name}" if change.before else change.name
    return f"{change.kind} {name} {change.old}" + (f" -> {change.new}" if change.new else "")


def _security(case: Case) -> GateResult:
    pending, most = case.pending, case.gates.security_pending
    if pending is None:
        return _result("security", ["nobody looked for pending fixes"])
    bad = [f"no data: {reason}" for reason in pending.unasked]
    if len(pending.fixes) > most:
        bad += [f"{len(pending.fixes)} pending, {most} allowed", *pending.fixes]
    return _result("security", bad, good=f"{len(pending.fixes)} pending, {most} allowed")
