"""SSH to a guest on this host: port, user and key in; a config file and commands out. Pure."""

from __future__ import annotations

from pathlib import Path

from burnish.model.command import Command

ALIAS = "burnish"


def config(*, port: int, user: str, key: Path, control: Path) -> str:
    """The text of a config file under which every host name means the guest.

    One connection is shared: under TCG a new one costs seconds. The host key is new with each
    boot and the way leads through this host only, so there is nothing to compare it with.
    """
    return "\n".join(
        (
            "Host *",
            "  HostName 127.0.0.1",
            f"  Port {port}",
            f"  User {user}",
            f'  IdentityFile "{key}"',
            "  IdentitiesOnly yes",
            "  IdentityAgent none",
            "  BatchMode yes",
            "  StrictHostKeyChecking no",
            "  UserKnownHostsFile /dev/null",
            "  LogLevel ERROR",
            "  ConnectTimeout 30",
            "  ServerAliveInterval 30",
            "  ServerAliveCountMax 10",
            "  ControlMaster auto",
            f'  ControlPath "{control}"',
            "  ControlPersist yes",
            "",
        )
    )


def command(ssh_config: Path, *words: str, timeout: float | None = None) -> Command:
    """`words` run by the guest's login shell; without words, an interactive session."""
    return Command(argv=("ssh", "-F", str(ssh_config), ALIAS, *words), timeout=timeout)


def hang_up(ssh_config: Path) -> Command:
    """End the shared connection, if there is one: the next command makes a new one."""
    return Command(argv=("ssh", "-F", str(ssh_config), "-O", "exit", ALIAS), timeout=30)
