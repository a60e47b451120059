"""Publishing to the emulated Azure: wall time, exchanges held against the Swagger, faults, what is left.

No delay is artificial: the emulator answers at once, and what burnish would wait for it does not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import azurite as azurites
from burnish.errors import PublishError
from cloud import Cloud
from emulator import emulator as program
from emulator.emulator import Emulator
from emulator.faults import Fault, throttled
from lawful import described, unlawful
from timing import Log

SUITE = "azure"
SYNTHETIC = "synthetic, 24 MiB"
# every kind of request of one publication
REQUESTS: Mapping[str, tuple[str, str]] = {
    "the gallery": ("PUT", r"/galleries/golden\?"),
    "the definition": ("PUT", r"/images/[^/]+\?"),
    "the disk": ("PUT", r"/disks/"),
    "its address": ("POST", "beginGetAccess"),
    "its bytes": ("PUT", "comp=page"),
    "closing it": ("POST", "endGetAccess"),
    "the version": ("PUT", "/versions/"),
    "looking at it": ("GET", "/versions/"),
    "removing the disk": ("DELETE", "/disks/"),
}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "503": {"status": 503},
    "cut before": {"cut": "before"},
    "cut after": {"cut": "after"},
    "another operation is going on": {"status": 409, "code": "Conflict"},
}


@dataclass
class Counted:
    """What all runs came to."""

    exchanges: int = 0
    broken: int = 0
    injected: int = 0
    survived: int = 0
    again: int = 0
    left: int = 0
    lost: list[str] = field(default_factory=list)


def measure(log: Log, work: Path, *, file: Path | None, rounds: int) -> None:
    """Publications as they should be, then one with each kind of fault at each kind of request."""
    (work / "azurite").mkdir(parents=True, exist_ok=True)
    counted = Counted()
    with azurites.running(work / "azurite") as azurite, program.running(azurite, work) as arm:
        for path in dict.fromkeys((None, file)):
            for _ in range(rounds if path is None else 1):
                _timed(log, arm, work=work, file=path, counted=counted)
        for name, fault in _faults():
            _borne(arm, work, fault=fault, name=name, counted=counted)
        crashes = len(arm.crashes)
    found = {
        "exchanges": counted.exchanges,
        "violations": counted.broken,
        "faults": counted.injected,
        "survived": counted.survived,
        "by running again": counted.again,
        "left behind": counted.left,
        "crashes of the emulator": crashes,
    }
    for phase, value in found.items():
        log.add(SUITE, "all runs", scenario="count", phase=phase, seconds=(float(value), 0.0))
    if counted.lost:
        print("ended the run:", *counted.lost, sep="\n  ")


def _faults() -> Iterator[tuple[str, Fault]]:
    for what, (method, path) in REQUESTS.items():
        yield f"{what}: 429", throttled(method, path)
        yield f"{what}: 429 with Retry-After", throttled(method, path, after=7)
        for kind, values in KINDS.items():
            if kind == "another operation is going on" and "comp=page" in path:
                continue  # which storage does not say
            yield f"{what}: {kind}", Fault(method=method, path=path, **values)


def _timed(log: Log, arm: Emulator, *, work: Path, file: Path | None, counted: Counted) -> None:
    arm.reset()
    with tempfile.TemporaryDirectory(dir=work) as folder:
        cloud = Cloud(arm=arm, folder=Path(folder), interval=0.0)
        manifest = cloud.manifest()
        changes: dict[str, Any] = {}
        if file:
            changes["vhd"] = file
            # the file's own digest was computed when it was filed
            manifest = replace(manifest, artifacts={**manifest.artifacts, "disk.vhd": file.name})
        with log.phase(
            SUITE, file.name if file else SYNTHETIC, scenario="publish", phase="seconds"
        ):
            done = cloud.publish(manifest, **changes)
        for phase, value in (("exchanges", len(arm.exchanges)), ("MiB", done.sent / (1 << 20))):
            name = file.name if file else SYNTHETIC
            log.add(SUITE, name, scenario="publish", phase=phase, seconds=(float(value), 0.0))
        _count(arm, cloud, counted=counted)


def _borne(arm: Emulator, work: Path, *, fault: Fault, name: str, counted: Counted) -> None:
    """One publication that meets one fault; one that no request met is an error of this program."""
    arm.reset()
    with tempfile.TemporaryDirectory(dir=work) as folder:
        cloud = Cloud(arm=arm, folder=Path(folder), interval=0.0)
        arm.faults.add(fault)
        counted.injected += 1
        manifest = cloud.manifest()
        try:
            counted.survived += cloud.publish(manifest).outcome == "published"
        except PublishError as error:
            counted.lost.append(f"{name}: {error.message.splitlines()[0]}")
            # what a user does then: the same command again
            counted.again += cloud.publish(manifest).outcome in ("published", "already")
        assert not arm.faults.unmet(), f"{name}: no request met it"
        _count(arm, cloud, counted=counted)


def _count(arm: Emulator, cloud: Cloud, *, counted: Counted) -> None:
    held = [each for each in arm.exchanges if described(each)]
    counted.exchanges += len(held)
    counted.broken += sum(len(unlawful(each)) for each in held)
    broken = [
        each
        for each in arm.state.versions
        if each.properties.get("provisioningState") != "Succeeded"
    ]
    states = [*(cloud.folder / "work").glob("*.state")]
    counted.left += len(arm.state.disks) + len(broken) + len(states)
