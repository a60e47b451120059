"""The container in which an image is proven has no way out, seen from inside.

The host itself answers it (with Docker 20.10); nothing that is behind the host does.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import filed
import pytest
from burnish import host
from burnish.build import docker

NAME = f"burnish-closed-{os.getpid()}"
PYTHON = ("/usr/bin/python3", "-c")
SERVER = """
import socket
with socket.create_server(("", 80)) as server:
    while True:
        server.accept()[0].close()
"""
# The addresses are of the range that is kept for measuring networks, RFC 2544.
OURS, ADDRESS = "198.18.7.1/30", "198.18.7.2"
NEAR = f"""
ip link add "bw$1" type veth peer name wire netns "$1"
ip address add {OURS} dev "bw$1"
ip link set "bw$1" up
"""
FAR = f"ip address add {ADDRESS}/30 dev wire && ip link set wire up"
# the server may need a moment; who is cut off waits for nothing in that time
CLIENT = """
import socket, sys, time
for _ in range(10):
    try:
        socket.create_connection((sys.argv[1], 80), timeout=1).close()
        sys.exit("reached")
    except OSError:
        time.sleep(0.3)
sys.exit("not reached")
"""


@pytest.fixture
def image() -> str:
    return filed.find().image


@pytest.fixture
def opened() -> Iterator[str]:
    """A network as Docker makes one for anybody."""
    network = f"{NAME}-open"
    called("network", "create", network)
    yield network
    called("network", "rm", network)


@pytest.fixture
def outside(image: str) -> Iterator[str]:
    """The address of a server behind this host, on a wire that is none of Docker's: those it keeps apart
    by itself. The wire goes with the server.
    """
    name, right = f"{NAME}-server", ("--cap-add", "NET_ADMIN")
    start = ("run", "--detach", "--name", name, *right, "--network", "none")
    try:
        called(*start, image, *PYTHON, SERVER)
        process = str(json.loads(called("inspect", name).stdout)[0]["State"]["Pid"])
        here = ("run", "--rm", *right, "--network", "host", "--pid", "host")
        called(*here, image, "sh", "-euc", NEAR, "near", process)
        called("exec", name, "sh", "-euc", FAR)
        yield ADDRESS
    finally:
        called("rm", "--force", name)


def called(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(("docker", *words), check=check, capture_output=True, text=True)


def test_it_reaches_no_other_machine(
    image: str, opened: str, *, outside: str, tmp_path: Path
) -> None:
    ask = (*PYTHON, CLIENT, outside)
    other = called("run", "--rm", "--network", opened, image, *ask, check=False)
    assert other.stderr == "reached\n", "or there is nothing to reach"
    made = docker.systemd_container(image, name=NAME, host=host.probe(tmp_path), label=NAME)
    with made as closed:
        done = called("exec", closed, *ask, check=False)
    assert done.stderr == "not reached\n"
