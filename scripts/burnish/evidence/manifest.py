"""Takes everything that a run knows at its end; gives the `Manifest`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from burnish.model.disk import ListedFile
from burnish.model.host import Host
from burnish.model.manifest import LayerEntry, Manifest, OnDisk, Software
from burnish.model.plan import Plan
from burnish.model.record import DiskRecord, LayerRecord
from burnish.model.verdict import Verdict

FORMAT = 1
LARGEST = 15
GIB = 1 << 30
# Tiers that no local build reaches; said in every manifest instead of passed over.
BEYOND = (
    "azure: no version of this image was booted in Azure by this run",
    "hyper-v: clock, network and storage of the real hypervisor",
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was built and found; `pins`: those by hand, in words; `listed`: every file of the disk;
    `secure_boot`: whether its kernel modules load under it, in words."""

    plan: Plan
    host: Host
    built_at: str
    records: Sequence[LayerRecord]
    cached: frozenset[str]
    disk: DiskRecord
    software: tuple[Software, ...]
    verdicts: tuple[Verdict, ...]
    seconds: Mapping[str, float]
    lock_sha256: str
    pins: tuple[str, ...] = ()
    listed: Sequence[ListedFile] = ()
    secure_boot: str = ""


def record(evidence: Evidence) -> Manifest:
    """The manifest of a version that has no number yet."""
    plan = evidence.plan
    return Manifest(
        format=FORMAT,
        image=plan.image.name,
        version="",
        channel="candidate",
        plan=plan.id,
        base=plan.base.name,
        flavour=plan.image.flavour,
        epoch=plan.top.epoch,
        built_at=evidence.built_at,
        layers=_layers(evidence),
        artifacts={
            "container": _image(evidence),
            "tree": evidence.disk.tar_sha256,
            "raw": evidence.disk.raw_sha256,
            **evidence.disk.files,
        },
        sizes=dict(evidence.disk.sizes),
        seconds={name: round(value, 1) for name, value in evidence.seconds.items()},
        software=evidence.software,
        verdicts=evidence.verdicts,
        lock=evidence.lock_sha256,
        host=_host(evidence.host),
        left_out={item.name: item.text for item in plan.left_out},
        not_verified=not_verified(evidence.verdicts),
        standin=plan.lock.standin,
        pins=evidence.pins,
        accepts=tuple(each.text for each in plan.image.accepts),
        on_disk=_on_disk(evidence),
        secure_boot=evidence.secure_boot,
        signing=plan.signing,
        licences=plan.by_licence,
    )


def _on_disk(evidence: Evidence) -> OnDisk | None:
    if not evidence.listed:
        return None
    largest = sorted(evidence.listed, key=lambda each: (-each.size, each.path))[:LARGEST]
    return OnDisk(
        virtual=evidence.plan.image.disk_gb * GIB,
        used=sum(each.size for each in evidence.listed),
        largest={each.path: each.size for each in largest},
    )


def _layers(evidence: Evidence) -> tuple[LayerEntry, ...]:
    by_id = {record.id: record for record in evidence.records}
    return tuple(
        LayerEntry(
            name=layer.name,
            id=layer.id,
            roles=layer.roles,
            seconds=round(by_id[layer.id].seconds, 1),
            size=by_id[layer.id].size,
            cached=layer.id in evidence.cached,
            reused=by_id[layer.id].reused,
        )
        for layer in evidence.plan.layers
    )


def _image(evidence: Evidence) -> str:
    top = evidence.plan.top.id
    return next(record.image for record in evidence.records if record.id == top)


def _host(host: Host) -> dict[str, str]:
    return {
        "kernel": host.kernel,
        "docker": host.docker,
        "cores": str(host.cores),
        **host.tools,
    }


def not_verified(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """What no level proved, in words: checks with a reason, checks left out, tiers not reached.

    A check that passed at one level is verified, whatever another level left out.
    """
    verdicts = list(verdicts)
    passed = {r.check for v in verdicts for r in v.results if r.outcome == "passed"}
    said: dict[str, str] = {}
    for verdict in verdicts:
        for result in verdict.results:
            if result.outcome == "not-verified" and result.check not in passed:
                said[result.check] = f"{result.check}: {result.text}"
    lines = sorted(said.values())
    for verdict in verdicts:
        if verdict.not_run:
            lines.append(
                f"{len(verdict.not_run)} checks not verified at {verdict.level}: {verdict.where}"
            )
    return (*lines, *BEYOND)
