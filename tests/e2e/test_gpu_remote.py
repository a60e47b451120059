"""A booted machine of ours says over SSH which version it is, what it has, and that it was restarted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import filed
import makers
import pytest
from burnish.build import boot
from burnish.build.remote import Connection
from burnish.evidence import identity
from burnish.model.machine import BootRequest
from burnish.model.remote import Remote
from burnish.verify.suite import USER


@pytest.mark.slow
def test_a_booted_machine_speaks_for_its_version(tmp_path: Path) -> None:
    ours = filed.find()
    installed = ours.world.store.software(ours.plan.top.id)
    assert installed is not None
    request = BootRequest(
        disk=ours.disk / "disk.qcow2",
        format="qcow2",
        scratch=tmp_path,
        log=tmp_path / "serial.log",
        reboots=True,
    )
    with boot.machine(request) as booted:
        there = Connection(remote=Remote(host=booted.host), ssh_config=booted.ssh_config)
        found, software = there.who(), there.software()
        there.restart(before=found.boot)
        again = there.who()
    assert identity.foreign(ours.plan, root=found.root) == ""
    assert identity.changed(makers.manifest(software=installed.software), software) == ""
    assert (found.user, found.sudo, found.gpus, found.told) == (USER, True, 0, "")
    assert again == replace(found, boot=again.boot)
    assert again.boot != found.boot
