"""One running QEMU: takes the child, its console and its deadlines; gives milestones or BootError.

Every wait looks at the console and at QEMU itself, so a panic ends it at once.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from burnish import process
from burnish.build import qemu, ssh
from burnish.build.console import Console
from burnish.errors import BootError, BurnishError
from burnish.model.machine import Deadlines

PAUSE = 0.1
BANNER_WAIT = 5.0
BOOT_ID = "cat /proc/sys/kernel/random/boot_id"
STATES = "systemctl is-system-running --wait; systemctl list-units --failed --plain --no-legend"


class Child(Protocol):
    """What is asked of a started process."""

    returncode: int | None

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def poll(self) -> int | None: ...


class PortTakenError(BootError):
    """Another program got the port between our asking and QEMU's binding; try the next one."""


class Running:
    """A started guest. The `await_` methods return when their milestone is reached."""

    def __init__(
        self,
        child: Child,
        *,
        guest: qemu.Guest,
        console: Console,
        deadlines: Deadlines,
        on_step: Callable[[str], None],
    ) -> None:
        self.guest = guest
        self.console = console
        self.deadlines = deadlines
        self.milestones: dict[str, float] = {}
        self._child = child
        self._on_step = on_step
        self._started, self._prefix = time.monotonic(), ""
        self._said: deque[str] = deque(maxlen=20)
        # QEMU must never wait for a full pipe
        threading.Thread(target=self._drain, daemon=True).start()

    def await_kernel(self) -> None:
        """Until the kernel's first line."""
        while not self.console.kernel:
            self._look(self.deadlines.kernel, missing="kernel")
            time.sleep(PAUSE)
        self._reached("kernel")

    def await_ssh(self) -> None:
        """Until an SSH server answers behind the forwarded port."""
        while not _banner(self.guest.port):
            self._look(self.deadlines.login, missing="answer over SSH")
            time.sleep(PAUSE)
        self._reached("ssh")

    def await_login(self, config: Path) -> None:
        """Until the user can log in; before cloud-init made the key known, the server refuses."""
        code = -1
        while code != 0:
            code, text = self._run(config, "true", missing="login")
            if code != 0:
                self._said.append(text)
                time.sleep(1)
        self._reached("login")

    def await_system(self, config: Path) -> tuple[str, tuple[str, ...]]:
        """Until systemd has finished booting: its state and the units that failed."""
        _, text = self._run(config, STATES, missing="end of the boot")
        lines = text.split("\n")
        self._reached("running")
        return lines[0].strip(), tuple(line.split()[0] for line in lines[1:] if line.strip())

    def reboot(self, config: Path) -> None:
        """Restart the guest and wait until it is another boot that can be logged in to.

        Its milestones count from now on and are called "reboot: kernel" and so on.
        """
        # checks may have run for longer than a boot may take
        self._started = time.monotonic()
        before = self._run(config, BOOT_ID, missing="answer before the reboot")
        with contextlib.suppress(BurnishError):  # the connection breaks, which is as it should be
            argv = ("sudo", "-n", "systemctl", "reboot")
            process.run(ssh.command(config, *argv, timeout=self.deadlines.off), check=False)
        self.console.kernel = False
        self._started, self._prefix = time.monotonic(), "reboot: "
        process.run(ssh.hang_up(config), check=False)
        self.await_kernel()
        self.await_ssh()
        self.await_login(config)
        if self._run(config, BOOT_ID, missing="answer after the reboot") == before:
            raise self.failure("it was told to restart and did not")

    def power_off(self, config: Path) -> bool:
        """Shut down cleanly; False if the guest was still there when its time was up."""
        began = time.monotonic()
        argv = ("sudo", "-n", "systemctl", "poweroff")
        with contextlib.suppress(BurnishError):  # whether it worked is seen below
            process.run(ssh.command(config, *argv, timeout=self.deadlines.off), check=False)
        while self._child.poll() is None:
            if time.monotonic() - began > self.deadlines.off:
                self._on_step(f"not off after {self.deadlines.off:.0f} s: ended by force")
                return False
            time.sleep(PAUSE)
        self.milestones["off"] = round(time.monotonic() - began, 1)
        self._on_step(f"off in {self.milestones['off']:.1f} s")
        return True

    def failure(self, text: str) -> BootError:
        """The error that says `text`, which guest, and how its console ended."""
        request = self.guest.request
        place = f"{request.disk.name} ({request.firmware}, {self.guest.accelerator})"
        lines = (*self._said, *self.console.tail())[-20:]
        message = "\n".join((f"{place}: {text}", *(f"  | {line}" for line in lines)))
        return BootError(message, hint=f"the whole serial console: {request.log}")

    def _run(self, config: Path, words: str, *, missing: str) -> tuple[int, str]:
        """A remote command, while the guest is watched: exit code and output."""
        deadline = self.deadlines.login if missing == "login" else self.deadlines.running
        with process.start(ssh.command(config, words), merge=True) as child:
            while child.poll() is None:
                self._look(deadline, missing=missing)
                time.sleep(PAUSE)
            self._look(deadline, missing=missing)
            assert child.stdout is not None
            return child.returncode, child.stdout.read().decode(errors="replace").strip()

    def _look(self, deadline: float, *, missing: str) -> None:
        """Raise if the guest died, or if `deadline` has passed."""
        self.console.poll()
        if self.console.death:
            raise self.failure(f"the guest died: '{self.console.death}'")
        if self._child.poll() is not None:
            time.sleep(PAUSE)  # its last words
            if any(qemu.PORT_TAKEN in line for line in self._said):
                raise PortTakenError(f"port {self.guest.port} is taken")
            raise self.failure(f"qemu ended with exit code {self._child.returncode}")
        if time.monotonic() - self._started > deadline:
            raise self.failure(f"no {missing} within {deadline:.0f} s")

    def _reached(self, name: str) -> None:
        milestone = f"{self._prefix}{name}"
        self.milestones[milestone] = round(time.monotonic() - self._started, 1)
        self._on_step(f"{milestone} after {self.milestones[milestone]:.1f} s")

    def _drain(self) -> None:
        assert self._child.stdout is not None
        with contextlib.suppress(ValueError):  # closed with the guest
            for line in self._child.stdout:
                self._said.append(line.decode(errors="replace").rstrip())


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _banner(port: int) -> bool:
    """QEMU accepts at once; only a guest that listens sends something."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=BANNER_WAIT) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
