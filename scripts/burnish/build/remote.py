"""A machine of the user's: `Remote` in; a connection out that runs programs there and restarts it."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from burnish import process
from burnish.build import inventory
from burnish.errors import BootError, BurnishError, ToolError, UsageError
from burnish.model.command import Command, Completed
from burnish.model.manifest import Software
from burnish.model.remote import Found, Remote

PYTHON = "/usr/bin/python3"
REFUSED = 255  # ssh itself
ANSWER = 120.0
SOFTWARE = 600.0
BACK = 900.0  # machines with eight GPUs take minutes for their firmware alone
PAUSE = 5.0
# Run by the machine's own Python as who logs in; needs no root.
WHO = """
import getpass, json, os, pathlib, subprocess
def said(*argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(argv, 1, "", str(error))
ids = pathlib.Path("/dev/disk/by-uuid")
here = os.stat("/").st_dev
roots = [each.name for each in ids.glob("*") if each.stat().st_rdev == here]
bus = pathlib.Path("/sys/bus/pci/devices")
gpus = [
    each for each in bus.glob("*")
    if (each / "vendor").read_text().strip() == "0x10de"
    and (each / "class").read_text().startswith("0x03")
]
smi = said("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")
kinds = smi.stdout.splitlines() if smi.returncode == 0 else []
told = [f"{kinds.count(kind)} x {kind.replace(', ', ', driver ')}" for kind in sorted(set(kinds))]
print(json.dumps({
    "user": getpass.getuser(),
    "sudo": said("sudo", "-n", "true").returncode == 0,
    "root": roots[0] if roots else "",
    "boot": pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
    "gpus": len(gpus),
    "told": "; ".join(told),
}))
"""


def config(remote: Remote, *, control: Path, home: Path) -> str:
    """The text of an SSH configuration: what a run of checks needs, then the user's own.

    ssh takes the first value that it finds. A host key that is not known is refused, whatever the
    user's own file says: what is filed was seen on the machine that was named.
    """
    # of this machine alone: one that ssh jumps over has a user and a port of its own
    lines = [f"Host {remote.host}"]
    lines += [f"  User {remote.user}"] if remote.user else []
    lines += [f"  Port {remote.port}"] if remote.port else []
    if remote.key:
        lines += [f'  IdentityFile "{remote.key.resolve()}"', "  IdentitiesOnly yes"]
    lines += [
        "Host *",
        "  BatchMode yes",
        *_host_key(remote),
        "  ConnectTimeout 30",
        "  ServerAliveInterval 30",
        "  ServerAliveCountMax 10",
        "  ControlMaster auto",
        f'  ControlPath "{control}"',
        "  ControlPersist 60",
    ]
    lines += [f'Include "{home / ".ssh" / "config"}"', "Include /etc/ssh/ssh_config", ""]
    return "\n".join(lines)


def _host_key(remote: Remote) -> tuple[str, ...]:
    if remote.known is None:
        return ("  StrictHostKeyChecking yes",)
    return ("  StrictHostKeyChecking accept-new", f'  UserKnownHostsFile "{remote.known}"')


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A machine that answers; `ssh_config` is None where it is this one."""

    remote: Remote
    ssh_config: Path | None

    @property
    def options(self) -> tuple[str, ...]:
        """The checks' transport to it."""
        if self.ssh_config is None:
            return ("--hosts=local://", "--sudo")
        where = f"--hosts=ssh://{self.remote.host}"
        return (where, f"--ssh-config={self.ssh_config}", "--sudo")

    def who(self) -> Found:
        """Who logs in, which machine it is, and what it has."""
        told = self._python(WHO, timeout=ANSWER)
        try:
            return Found(**json.loads(told))
        except (ValueError, TypeError) as error:
            raise self._silent([told]) from error

    def software(self) -> tuple[Software, ...]:
        """What is installed there now."""
        return inventory.parsed(self._python(inventory.PROGRAM, timeout=SOFTWARE))

    def restart(self, *, before: str) -> None:
        """Restart the machine and wait until another boot than `before` is done with its start."""
        self._run("sudo", "-n", "systemctl", "reboot", timeout=ANSWER)
        until = time.monotonic() + BACK
        while not self._is_up(after=before):
            if time.monotonic() > until:
                raise BootError(
                    f"{self.remote.host} was told to restart and is not back after {BACK:.0f} s",
                    hint="its serial console tells more; on Azure: az vm boot-diagnostics get-boot-log",
                )
            time.sleep(PAUSE)
        # a unit that failed is a finding of the checks
        self._run("systemctl", "is-system-running", "--wait", timeout=BACK)

    def hang_up(self) -> None:
        """End the shared connection: the next command makes a new one."""
        if self.ssh_config:
            argv = ("ssh", "-F", str(self.ssh_config), "-O", "exit", self.remote.host)
            process.run(Command(argv=argv, timeout=ANSWER), check=False)

    def _is_up(self, *, after: str) -> bool:
        self.hang_up()
        try:
            return self.who().boot != after
        except BurnishError:
            return False

    def _python(self, program: str, *, timeout: float) -> str:
        done = self._run(PYTHON, "-c", program, timeout=timeout)
        if done.returncode == REFUSED and self.ssh_config:
            raise _refused(self.remote, done.stderr)
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            # a log-in that is turned away is told on standard output: cloud-init's of root is
            raise self._silent([*lines, *done.stderr.splitlines()])
        return lines[-1]

    def _silent(self, said: Sequence[str]) -> ToolError:
        last = "\n".join(f"  | {line}" for line in _last(said))
        return ToolError(f"{self.remote.host}: {PYTHON} does not answer\n{last}")

    def _run(self, *argv: str, timeout: float) -> Completed:
        if self.ssh_config:
            ssh = ("ssh", "-F", str(self.ssh_config), self.remote.host)
            argv = (*ssh, shlex.join(argv))
        return process.run(Command(argv=argv, timeout=timeout), check=False)


@contextmanager
def connected(remote: Remote, *, home: Path) -> Iterator[Connection]:
    """A connection, shared by all that goes over it, for as long as the context lasts."""
    if remote.local:
        yield Connection(remote=remote, ssh_config=None)
        return
    # of our own and short: the path of a socket has at most 108 bytes
    with TemporaryDirectory(prefix="burnish-") as room:
        path = Path(room) / "ssh_config"
        path.write_text(config(remote, control=Path(room) / "%C", home=home), encoding="utf-8")
        connection = Connection(remote=remote, ssh_config=path)
        try:
            yield connection
        finally:
            connection.hang_up()


def _refused(remote: Remote, said: str) -> BurnishError:
    """Why ssh itself gave up, and what to do about it."""
    text = "\n".join(f"  | {line}" for line in _last(said.splitlines()))
    if "Host key verification failed" in said:
        return UsageError(
            f"{remote.host}: its host key is not known here, or is another one\n{text}",
            hint="compare the key's fingerprint with the one on the machine's serial console, then "
            "connect once with `ssh` and accept it",
        )
    if "Permission denied" in said:
        return UsageError(
            f"{remote.host}: the log-in was refused\n{text}",
            hint="--host USER@HOST names the user, --key FILE the private key",
        )
    return ToolError(f"{remote.host}: no answer over SSH\n{text}", hint="does `ssh` reach it?")


def _last(lines: Sequence[str]) -> Sequence[str]:
    return lines[-5:]
