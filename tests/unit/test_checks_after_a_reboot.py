"""When the booted machine is restarted and asked everything again, and with how much memory it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import checkout
import makers
import pytest
import worlds
from burnish import host, pipeline
from burnish.build import boot, checks
from burnish.build.checks import CheckRequest
from burnish.model.base import Level
from burnish.model.machine import Accelerator, BootRequest, Machine, machine_memory
from burnish.stages import prove
from burnish.stages.run import Run, World

PASSED = """\
<testsuites><testsuite><testcase classname="t" name="starts" time="1"/></testsuite></testsuites>
"""
GIB = 1 << 30


@dataclass
class Booted:
    """What came of a boot that only seems one: each restart, and each run of the checks."""

    accelerator: Accelerator = "tcg"
    restarts: int = 0
    asked: list[CheckRequest] = field(default_factory=list)

    @contextmanager
    def rebootable(
        self, request: BootRequest, *, on_step: Callable[[str], None]
    ) -> Iterator[tuple[Machine, Callable[[], Machine]]]:
        machine = Machine(
            host="burnish",
            port=22,
            user=request.user,
            ssh_config=request.scratch / "ssh_config",
            milestones=MappingProxyType({"login": 1.0, "running": 2.0}),
            accelerator=self.accelerator,
            firmware=request.firmware,
            state="running",
            failed_units=(),
            log=request.log,
        )

        def again() -> Machine:
            self.restarts += 1
            return machine

        yield machine, again

    def run(self, request: CheckRequest, on_line: object) -> str:
        self.asked.append(request)
        return PASSED


@pytest.fixture
def booted(monkeypatch: pytest.MonkeyPatch) -> Booted:
    made = Booted()
    monkeypatch.setattr(boot, "rebootable", made.rebootable)
    monkeypatch.setattr(checks, "run", made.run)
    return made


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


@pytest.fixture
def run(world: World) -> Run:
    made = Run(plan=pipeline.plan(world, world.catalog.images[checkout.IMAGE]))
    return replace(made, disk=makers.disk_record(key=made.plan.disk_key))


@pytest.mark.parametrize(
    ("accelerator", "options", "restarts"),
    [
        ("kvm", {}, 1),
        ("tcg", {}, 0),
        ("tcg", {"reboot": True}, 1),
        ("tcg", {"every_check": True}, 1),
    ],
)
def test_a_machine_is_restarted_where_it_costs_little_or_is_asked_for(
    world: World,
    run: Run,
    *,
    booted: Booted,
    accelerator: Accelerator,
    options: dict[str, bool],
    restarts: int,
) -> None:
    booted.accelerator = accelerator
    verdict = prove.machine(worlds.with_options(world, **options), run).verdict(Level.VM)
    assert verdict and (booted.restarts, len(booted.asked)) == (restarts, 1 + restarts)
    assert (prove.REBOOT in verdict.not_run) is not bool(restarts)
    assert verdict.where.endswith("; after a reboot too") is bool(restarts)


def test_a_verdict_without_a_restart_is_no_answer_where_one_is_asked_for(
    world: World, run: Run, booted: Booted
) -> None:
    asking = worlds.with_options(world, reboot=True)
    prove.machine(world, run)
    assert prove.machine(world, run).verdict(Level.VM) and len(booted.asked) == 1
    for _ in range(2):
        prove.machine(asking, run)
    assert (len(booted.asked), booted.restarts) == (3, 1)


@pytest.mark.parametrize(("gib", "mib"), [(2, 2048), (8, 2048), (24, 6144), (256, 8192)])
def test_the_machine_has_a_quarter_of_the_hosts_memory(
    world: World, run: Run, *, monkeypatch: pytest.MonkeyPatch, gib: int, mib: int
) -> None:
    monkeypatch.setattr(host, "memory", lambda: gib * GIB)
    request = prove.boot_request(world, run, disk=Path("disk"), log=Path("log"))
    assert request.memory_mb == machine_memory(gib * GIB) == mib
