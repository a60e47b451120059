"""ssh itself reads the config that burnish and testinfra hand to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish import process
from burnish.build import ssh
from burnish.model.command import Command


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "a b" / "ssh_config"
    path.parent.mkdir()
    text = ssh.config(
        port=2299, user="prover", key=path.with_name("key"), control=path.with_name("control")
    )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.touches("processes", reason="ssh -G reads the config and connects to nothing")
@pytest.mark.parametrize("host", [ssh.ALIAS, "127.0.0.1"])
def test_ssh_understands_every_line(config: Path, host: str) -> None:
    argv = ("ssh", "-G", "-F", str(config), host)
    lines = set(process.run(Command(argv=argv, timeout=20)).stdout.splitlines())
    assert lines >= {
        "hostname 127.0.0.1",
        "port 2299",
        "user prover",
        f"identityfile {config.with_name('key')}",
        f"controlpath {config.with_name('control')}",
        "controlmaster auto",
        "identitiesonly yes",
        "userknownhostsfile /dev/null",
        "batchmode yes",
    }


def test_words_make_a_command_and_none_a_session() -> None:
    assert ssh.command(Path("/c"), "true").argv == ("ssh", "-F", "/c", "burnish", "true")
    assert ssh.command(Path("/c")).argv == ("ssh", "-F", "/c", "burnish")
