"""Waiting for a machine in the simulated Azure: until its report, its failure, or the end of its time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from burnish.build import qemu
from burnish.build.console import Console
from burnish.build.fabric import journal
from burnish.build.fabric.guest import READY, Provisioning
from burnish.errors import BootError
from burnish.model.fabric import Asked
from burnish.model.machine import BootRequest, Deadlines

GOAL = "/machine/?comp=goalstate"


def asked(**values: Any) -> Asked:
    given = {"seconds": 9.0, "server": "wireserver", "method": "GET", "path": GOAL, "status": 200}
    return Asked(**{**given, "agent": "Cloud-Init/22.4.2", **values})


def waiting(folder: Path, *each: Asked, seconds: float = 60) -> Provisioning:
    request = BootRequest(
        disk=folder / "disk.qcow2", format="qcow2", scratch=folder, log=folder / "serial.log"
    )
    guest = qemu.Guest(
        request=request, accelerator="tcg", overlay=folder / "o", seed=folder / "s", port=1
    )
    child: Any = SimpleNamespace(poll=lambda: None, returncode=None, stdout=BytesIO(b""))
    running = Provisioning(
        child,
        guest=guest,
        console=Console(request.log),
        deadlines=Deadlines(kernel=seconds, login=seconds, running=seconds, off=seconds),
        on_step=lambda _: None,
    )
    running.asked = folder / "journal.jsonl"
    for one in each:
        journal.append(running.asked, one)
    return running


def test_its_report_ends_the_wait(tmp_path: Path) -> None:
    running = waiting(tmp_path, asked(), asked(method="POST", said="Ready"))
    running.await_ready()
    assert list(running.milestones) == [READY]


def test_a_machine_that_is_on_its_way_is_waited_for(tmp_path: Path) -> None:
    running = waiting(tmp_path, asked(said="NotReady: Provisioning: Starting"), seconds=0)
    with pytest.raises(BootError, match="no report 'ready'"):
        running.await_ready()


def test_a_failure_ends_whatever_is_waited_for_with_its_words(tmp_path: Path) -> None:
    running = waiting(tmp_path, asked(said="NotReady: ProvisioningFailed: no user"))
    for wait in (running.await_kernel, running.await_ready):
        with pytest.raises(BootError) as caught:
            wait()
        text = "it told the simulated Azure: NotReady: ProvisioningFailed: no user"
        assert text in caught.value.message


@pytest.mark.parametrize(
    ("each", "text"),
    [
        ((), "the simulated Azure was asked nothing within 0 s"),
        ((asked(status=0),), f"wireserver GET {GOAL}, which got no answer within 0 s"),
        ((asked(status=404),), f"wireserver GET {GOAL}, which answered with 404 within 0 s"),
    ],
)
def test_the_end_of_its_time_names_the_last_request(
    tmp_path: Path, each: tuple[Asked, ...], text: str
) -> None:
    with pytest.raises(BootError) as caught:
        waiting(tmp_path, *each, seconds=0).await_ready()
    assert text in caught.value.message
