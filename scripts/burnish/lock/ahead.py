"""Takes what a lock has to pin; asks at the same time what waits for the network and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from burnish import process
from burnish.lock import apt, wheels
from burnish.lock.archive import Archive
from burnish.lock.place import Place
from burnish.model.lock import Interpreter, PythonLock, Wanted

AT_ONCE = 4


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Archives by section (rootfs, tools), environments by name; `result()` raises what went wrong."""

    archives: Mapping[str, Future[Archive]] = field(default_factory=dict)
    environments: Mapping[str, Future[PythonLock]] = field(default_factory=dict)


def ask(
    wanted: Wanted, *, archives: Iterable[str], environments: Iterable[str], place: Place
) -> Answers:
    """Open archives and resolve environments; where nothing may be asked, nothing is."""
    if place.offline:
        return Answers()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        found = Answers(
            archives={
                name: pool.submit(apt.opened, wanted, name, place=place) for name in archives
            },
            environments={
                name: pool.submit(_resolved, wanted, name, place=place) for name in environments
            },
        )
        try:
            wait(found.archives.values())
            wait(found.environments.values())
        except BaseException:
            # given up: the pool waits for what it began
            pool.shutdown(wait=False, cancel_futures=True)
            process.end_all()
            raise
    return found


def _resolved(wanted: Wanted, name: str, *, place: Place) -> PythonLock:
    return wheels.resolve(
        wanted.python[name],
        python=Interpreter.of(name, wanted.interpreter),
        site=place.site,
        scratch=place.scratch / f"python-{name}",
        pins=wanted.pins.get(f"python:{name}", ()),
    )
