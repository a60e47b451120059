"""A night's builds: a burnish of its own for each image, so that one that fails takes no other with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from burnish import host, process
from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.errors import BurnishError, ChecksFailed, Interrupted
from burnish.model.command import Command, Completed
from burnish.model.night import Attempt, Night, Outcome
from burnish.plan.at_once import at_once
from burnish.plan.failures import Kind, kind_of
from burnish.stages import patience
from burnish.stages.deciding import Decision
from burnish.stages.run import World

TAIL = 20  # last lines of a failed build that its kind is read off
ERROR = "error: "


@dataclass(frozen=True, kw_only=True)
class Builder:
    """How a burnish of its own is called, the folder of a night's locks and logs, and how many may
    run at the same time (0: as many as this machine bears)."""

    command: tuple[str, ...]
    folder: Path
    jobs: int = 0
    given_up: threading.Event = field(default_factory=threading.Event, compare=False)


def before(decision: Decision) -> Night:
    """The night of an image so far as it is known before anything is built."""
    version = decision.filed.version if decision.filed else ""
    outcome: Outcome = "elsewhere" if decision.elsewhere else "unchanged" if version else "due"
    why = decision.elsewhere or (f"{version} is filed and proven" if version else "")
    return Night(
        image=decision.image.name,
        outcome=outcome,
        why=why,
        version=version,
        layers=decision.layers,
        moves=decision.moves,
        reasons=decision.reasons,
        upgraded=decision.kept_lock,
    )


def build_all(world: World, todo: Sequence[Decision], *, builder: Builder) -> Iterator[Night]:
    """Build images side by side, as many as this machine bears; gives each one's night as it ends."""
    jobs = builder.jobs or _bearable(world, todo)
    world.monitor.say(f"{len(todo)} to build, {jobs} at a time")
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = [pool.submit(_built, world, each, builder=builder) for each in todo]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BaseException:
            # the pool waits for what it began
            builder.given_up.set()
            process.end_all()
            raise


def _bearable(world: World, todo: Sequence[Decision]) -> int:
    needs = [each.schedule.disk_needed for each in todo if each.schedule]
    facts = host.probe(world.store.root)
    return at_once(needs, cores=facts.cores, memory=facts.memory, free=facts.disk_free)


def _built(world: World, decision: Decision, *, builder: Builder) -> Night:
    """`_build`; what goes wrong around one image's build is that image's failure."""
    try:
        return _build(world, decision, builder=builder)
    except Interrupted:
        raise
    except (BurnishError, OSError) as error:
        log = str(builder.folder / f"{decision.image.name}.log")
        why = str(error).partition("\n")[0]
        return replace(before(decision), outcome="failed", why=why, log=log)


def _build(world: World, decision: Decision, *, builder: Builder) -> Night:
    """Build one image, again where its failure is of a kind that passes."""
    name = decision.image.name
    log = builder.folder / f"{name}.log"
    night = replace(before(decision), outcome="failed", log=str(log))
    if builder.given_up.is_set():
        return replace(night, why="not begun")
    lock = builder.folder / "locks" / f"{name}.lock.yaml"
    write(lock, dump_lock(decision.plan.lock))
    argv = (*builder.command, "build", name, "--lock", str(lock), "--json")
    attempts: list[Attempt] = []
    while True:
        done = _run(world, Command(argv=argv), name=name, log=log)
        kind = _kind(done)
        attempts.append(_attempt(done, kind))
        seconds = round(sum(each.seconds for each in attempts), 1)
        night = replace(night, attempts=tuple(attempts), why=attempts[-1].text, seconds=seconds)
        if kind is None:
            version = json.loads(done.stdout)["version"]
            return replace(night, outcome="candidate", why="filed", version=version)
        if len(attempts) >= kind.tries or builder.given_up.is_set():
            break
        world.monitor.say(f"{name}: {kind.name}, tried again: {attempts[-1].text}")
        waits = builder.given_up.wait
        if not patience.await_sources(world, decision.plan, kind=kind, sleep=waits):
            break
    unproven = attempts[-1].code == ChecksFailed.exit_code
    return replace(night, outcome="unproven" if unproven else "failed")


def _run(world: World, command: Command, *, name: str, log: Path) -> Completed:
    def told(line: str) -> None:
        if line.startswith("✓"):
            world.monitor.say(f"{name} {line}")
        else:
            world.monitor.detail(f"{name} {line}")

    return process.run(command, log=log, on_line=told, check=False)


def _kind(done: Completed) -> Kind | None:
    if done.returncode == 0:
        return None
    last = "\n".join(done.stderr.splitlines()[-TAIL:])
    return kind_of(last, code=done.returncode)


def _attempt(done: Completed, kind: Kind | None) -> Attempt:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    errors = [line.removeprefix(ERROR) for line in lines if line.startswith(ERROR)]
    return Attempt(
        code=done.returncode,
        seconds=round(done.seconds, 1),
        kind=kind.name if kind else "",
        text=(errors or lines or [""])[-1] if kind else "",
    )
