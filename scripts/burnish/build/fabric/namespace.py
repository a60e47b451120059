"""A program in a network of its own that is nothing but a simulated Azure: argv in, that program's end out.

    python -m burnish.build.fabric outside FOLDER PORT -- PROGRAM ...

Azure's addresses are link-local and public ones: they must never appear in this host's own network. So
the program runs in a network namespace without any way out. A socket belongs to the namespace that it
was made in: the one listener is made before the namespace, so that SSH comes in from here.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from burnish import process
from burnish.build import qemu
from burnish.build.fabric import servers
from burnish.errors import BootError, UsageError
from burnish.model.command import Command
from burnish.model.fabric import GATEWAY, GUEST, IMDS, NETWORK, TAP, WIRE, Fabric

MODULE = "burnish.build.fabric"
SETTINGS, JOURNAL = "fabric.json", "journal.jsonl"
TOOLS = {"unshare": "util-linux", "ip": "iproute2", "openssl": "openssl"}
CHUNK = 1 << 16


def wrapped(argv: Sequence[str], *, fabric: Fabric, folder: Path, port: int) -> tuple[str, ...]:
    """The command that runs `argv` there; what it is told is written to `folder`."""
    (folder / SETTINGS).write_text(json.dumps(asdict(fabric)), encoding="utf-8")
    (folder / JOURNAL).unlink(missing_ok=True)
    return (sys.executable, "-m", MODULE, "outside", str(folder), str(port), "--", *argv)


def main(arguments: Sequence[str]) -> None:
    """Go into the namespace, then serve and run the program there; BootError if it fails."""
    if len(arguments) < 5 or arguments[3] != "--":
        raise UsageError(f"python -m {MODULE} outside FOLDER PORT -- PROGRAM ...")
    where, folder, number, _, *argv = arguments
    if where == "outside":
        _enter(Path(folder), port=int(number), argv=argv)
    _inside(Path(folder), listener=int(number), argv=argv)


def _enter(folder: Path, *, port: int, argv: Sequence[str]) -> None:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise BootError(f"{qemu.PORT_TAKEN}: {port}") from error
    listener.listen()
    # who is not root becomes it, in there alone
    own = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    again = (sys.executable, "-m", MODULE, "inside", str(folder), str(listener.fileno()), "--")
    process.become(("unshare", "--net", *own, "--", *again, *argv), keep=listener.fileno())


def _inside(folder: Path, *, listener: int, argv: Sequence[str]) -> None:
    lines = [
        "link set lo up",
        *(f"addr add {each}/32 dev lo" for each in (IMDS, WIRE)),
        f"tuntap add dev {TAP} mode tap",
        f"addr add {GATEWAY}/{NETWORK.partition('/')[2]} dev {TAP}",
        f"link set {TAP} up",
    ]
    process.run(Command(argv=("ip", "-batch", "-"), stdin="\n".join(lines).encode(), timeout=30))
    settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    settings |= {name: tuple(settings[name]) for name in ("keys", "mute")}
    fabric = Fabric(**settings)
    told = servers.Told(fabric=fabric, journal=folder / JOURNAL, began=time.monotonic())
    servers.start(told)
    servers.lease(told)
    outside = socket.socket(fileno=listener)
    threading.Thread(target=_relay, args=(outside,), daemon=True).start()
    code = process.attach(Command(argv=(*process.LEASH, *argv)))
    if code:
        raise BootError(f"{argv[0]}: exit code {code}")


def _relay(outside: socket.socket) -> None:
    """Connections from outside, to the guest's SSH server."""
    while True:
        near, _ = outside.accept()
        try:
            far = socket.create_connection((GUEST, 22), timeout=10)
        except OSError:
            near.close()
            continue
        far.settimeout(None)
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
