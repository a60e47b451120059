"""`burnish boot --azure`: what it takes, what it shows, and how it ends."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pytest
from burnish import pipeline
from burnish.cli import booting as room
from burnish.errors import ChecksFailed, UsageError
from burnish.model.fabric import Asked, Fabric, Provisioned
from burnish.stages.booting import Came
from click.testing import CliRunner, Result

ASKED = Asked(
    seconds=20.5,
    server="wireserver",
    method="POST",
    path="/machine?comp=health",
    agent="Cloud-Init/22.4.2",
    status=200,
    said="Ready",
)


def found(*problems: str) -> Provisioned:
    return Provisioned(
        accelerator="tcg",
        firmware="uefi",
        ready=21.0,
        agent=40.0,
        milestones={"kernel": 4.0},
        state="running",
        failed_units=(),
        facts={"datasource": "azure"},
        second_disk="empty as it was",
        journal=(ASKED,),
        problems=problems,
    )


class Boot:
    """The command, with the stage behind it in the place of a machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fabric: Fabric | None = None
        self.shell = False
        self.came = Came(found=found())
        monkeypatch.setattr(pipeline.booting, "in_azure", self._in_azure)
        monkeypatch.setattr(pipeline.booting, "shell", lambda *_: 0)

    def _in_azure(self, *_: object, fabric: Fabric, tell: Any, shell: bool) -> Came:
        self.fabric, self.shell = fabric, shell
        tell(self.came.found)
        return self.came

    def __call__(self, *words: str) -> Result:
        manifest = type("Manifest", (), {"image": "tiny-cpu"})()
        gallery = type("Gallery", (), {"find": lambda self, _: manifest})()
        world = type("World", (), {"gallery": gallery})()
        context = type("Context", (), {"world": lambda self, _: world})()
        command: click.Command = click.Command(
            "boot", params=room.boot.params, callback=_with(context)
        )
        return CliRunner().invoke(command, ["tiny-cpu", *words])


def _with(context: object) -> Any:
    inner = room.boot.callback
    assert inner is not None
    return lambda **given: inner.__wrapped__(context, **given)  # type: ignore[attr-defined]


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> Boot:
    return Boot(monkeypatch)


def test_the_users_key_and_name_reach_the_simulated_azure(boot: Boot, tmp_path: Path) -> None:
    key = tmp_path / "id.pub"
    key.write_text("ssh-ed25519 AAAA ada@home\n", encoding="ascii")
    done = boot("--azure", "--user", "ada", "--key", str(key))
    assert done.exit_code == 0, done.output
    assert boot.fabric == Fabric(
        user="ada", hostname="tiny-cpu", keys=("ssh-ed25519 AAAA ada@home",)
    )
    assert boot.shell
    assert "20.5" in done.output and "POST /machine?comp=health" in done.output
    assert "ready after 21.0 s in a simulated Azure (tcg, uefi)" in done.output
    assert "second disk: empty as it was" in done.output


def test_for_machines_it_is_json_and_no_shell(boot: Boot) -> None:
    done = boot("--azure", "--json")
    assert json.loads(done.output)["journal"] == [asdict(ASKED)]
    assert not boot.shell


def test_a_machine_that_is_not_what_azure_was_told_fails(boot: Boot) -> None:
    boot.came = Came(found=found("sudo: 'nothing' instead of 'root'"))
    done = boot("--azure")
    assert isinstance(done.exception, ChecksFailed)
    assert done.exception.message.endswith("sudo: 'nothing' instead of 'root'")


@pytest.mark.parametrize("words", [("--json",), ("--user", "ada")])
def test_options_of_the_simulated_azure_want_it(boot: Boot, words: tuple[str, ...]) -> None:
    done = boot(*words)
    assert isinstance(done.exception, UsageError)
    assert "add --azure" in done.exception.message


def test_a_private_key_is_refused(boot: Boot, tmp_path: Path) -> None:
    key = tmp_path / "id"
    key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", encoding="ascii")
    done = boot("--azure", "--key", str(key))
    assert isinstance(done.exception, UsageError)
    assert "no public key" in done.exception.message
    assert boot.fabric is None
