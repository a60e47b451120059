"""The network namespace of the simulated Azure, with programs in the place of QEMU."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import running
from burnish.build import qemu
from burnish.build.fabric import journal, namespace
from burnish.model.fabric import IMDS, WIRE, Fabric

ASK = f"""
import urllib.request as web
head = {{"Metadata": "true", "x-ms-version": "2012-11-30"}}
for place in ("{IMDS}/metadata/versions", "{WIRE}/machine/?comp=goalstate", "{WIRE}:32526/versions"):
    print(web.urlopen(web.Request("http://" + place, headers=head), timeout=10).status)
try:
    web.urlopen("http://192.0.2.1", timeout=5)
except OSError as error:
    print(error.reason.strerror)
"""


def wrapped(folder: Path, *argv: str, port: int = 0) -> subprocess.Popen[str]:
    """A program in a namespace of its own."""
    whole = namespace.wrapped(argv, fabric=Fabric(), folder=folder, port=port)
    return subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_the_namespace_has_azures_services_and_no_way_out(tmp_path: Path) -> None:
    out, _ = wrapped(tmp_path, sys.executable, "-c", ASK).communicate(timeout=60)
    assert out.split("\n")[:4] == ["200", "200", "200", "Network is unreachable"]
    asked = journal.read(tmp_path / namespace.JOURNAL)
    assert [each.server for each in asked] == ["imds", "wireserver", "host-plugin"]


def test_this_hosts_network_never_has_azures_addresses(tmp_path: Path) -> None:
    def addresses() -> str:
        return subprocess.run(
            ["ip", "-o", "addr"], capture_output=True, text=True, check=True
        ).stdout

    before = addresses()
    inside = "import subprocess; subprocess.run(['ip', '-o', 'addr']); input()"
    with wrapped(tmp_path, sys.executable, "-c", inside) as child:
        assert child.stdout
        seen = "".join(child.stdout.readline() for _ in range(4))
        assert IMDS in seen and WIRE in seen
        assert addresses() == before
        child.kill()


def test_a_taken_port_is_told_as_qemu_tells_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        child = wrapped(tmp_path, "true", port=taken.getsockname()[1])
        out, _ = child.communicate(timeout=60)
    assert child.returncode != 0
    assert qemu.PORT_TAKEN in out


def test_the_programs_end_is_the_namespaces(tmp_path: Path) -> None:
    child = wrapped(tmp_path, "false")
    out, _ = child.communicate(timeout=60)
    assert (child.returncode, "false: exit code 1" in out) == (1, True)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_runs_on_when_it_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    mark = f"{os.getpid()}77"
    child = wrapped(tmp_path, "sleep", mark)
    until = time.monotonic() + 30
    while not running.naming("sleep", mark) and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(1)
    child.send_signal(number)
    child.communicate(timeout=60)
    time.sleep(1)
    assert running.naming("sleep", mark) == []
