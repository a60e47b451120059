"""What a night costs: deciding that nothing changed, one package upgraded, a place without a network."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from called import Burnish, Done
from content import checkout
from filed import ROOT
from images import forget
from timing import Log

SUITE = "nights"
PREFIX = "bench-nights"
MIB = 1 << 20
# One package of one environment, held back by hand first so that there is something to upgrade.
HELD = ("packaging", "<26")
PIN = """\
  - section: python:{name}
    package: {package}
    version: "{version}"
    reason: the benchmark upgrades it
    link: https://example.org/
    review: 2100-01-01
"""


def decide(log: Log, *, rounds: int) -> None:
    """`nightly --dry-run` over every image, with locks as they are and with the resolvers."""
    ours = Burnish(roots=(ROOT,), env=dict(os.environ))
    for scenario, options in (("locks as they are", ("--no-upgrade",)), ("resolvers", ())):
        for _ in range(rounds):
            with log.phase(SUITE, "decide", scenario=scenario, phase="whole"):
                _ended(ours.burnish("nightly", "--dry-run", *options))


def upgrade(log: Log, work: Path, *, image: str) -> None:
    """From nothing, then after one package of ml moved: seconds, and what prune gives back."""
    _sizes(log, moved(log, work, image=image, suite=SUITE, moves={"ml": "python-ml"}))


def moved(log: Log, work: Path, *, image: str, suite: str, moves: Mapping[str, str]) -> Burnish:
    """All held back and built; then let go, one after the other. `moves`: environment -> its layer."""
    ours = _of(work, "upgrade")
    pins = ours.roots[0] / "packer" / "pins" / f"{image}.yaml"
    held = list(moves)
    _hold(pins, held, image=image)
    _ended(ours.burnish("lock", image, "--upgrade"))
    _built(log, ours, image=image, what=(suite, "from nothing"))
    for environment, layer in moves.items():
        held.remove(environment)
        _hold(pins, held, image=image)
        _ended(ours.burnish("lock", image, "--upgrade"))
        what = (suite, f"one package of {environment} moved")
        made = _built(log, ours, image=image, what=what).built
        assert made[0] == layer, f"layers below it were made too: {made}"
    return ours


def _hold(pins: Path, environments: Sequence[str], *, image: str) -> None:
    """Hold one package of these environments back; nothing where there is none."""
    pins.unlink(missing_ok=True)
    if environments:
        package, version = HELD
        lines = (PIN.format(name=name, package=package, version=version) for name in environments)
        pins.write_text(f"name: {image}\npins:\n{''.join(lines)}", encoding="utf-8")


def offline(log: Log, work: Path, *, image: str) -> None:
    """The same build with a network, and from an imported bundle without one; stores empty before."""
    online, closed = _of(work, "online"), _of(work, "closed")
    bundle = work / "inputs.tar"
    _built(log, online, image=image, what=(SUITE, "with a network"))
    for name, caller, arguments in (
        ("export", online, ("export", str(bundle), image)),
        ("import", closed, ("import", str(bundle))),
    ):
        with log.phase(SUITE, name, scenario="offline", phase="whole"):
            _ended(caller.burnish("cache", *arguments))
    forget(PREFIX)
    _built(log, closed, image=image, what=(SUITE, "offline"), options=("--offline",))


def _of(work: Path, name: str) -> Burnish:
    """A checkout with an empty store of its own."""
    forget(PREFIX)
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    root = checkout(folder / "root", "cold")
    store = {"BURNISH_STORE": str(folder / "store"), "BURNISH_GALLERY": str(folder / "gallery")}
    env = {**os.environ, **store, "BURNISH_PREFIX": PREFIX}
    return Burnish(roots=(root,), env=env)


def _built(
    log: Log,
    ours: Burnish,
    *,
    image: str,
    what: tuple[str, str],
    options: tuple[str, ...] = (),
) -> Done:
    """A build of all layers, timed. `what`: suite and scenario."""
    load, started = os.getloadavg()[0], time.monotonic()
    done = _ended(ours.burnish("build", image, "--until", "layers", *options))
    seconds = (time.monotonic() - started, load)
    log.add(what[0], "layers", scenario=what[1], phase="whole", seconds=seconds)
    return done


def _sizes(log: Log, ours: Burnish) -> None:
    """MiB in the cache, and those that prune gives back after the upgrade; the log's unit says so."""
    entries = json.loads(_ended(ours.burnish("cache", "list", "--json")).out)
    sizes = {
        "in the cache": sum(each["size"] for each in entries),
        "prune gives back": sum(each["size"] for each in entries if not each["named"]),
    }
    for phase, size in sizes.items():
        log.add(SUITE, "MiB", scenario="cache", phase=phase, seconds=(size / MIB, 0.0))


def _ended(done: Done) -> Done:
    assert done.code == 0, done.err
    return done
