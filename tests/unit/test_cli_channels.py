"""promote, rollback, prune and list as a user calls them: what they print, and their exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import checkout
import pytest
import shelf
import worlds
from burnish import pipeline
from burnish.cli import main as room
from burnish.errors import BuildError, BurnishError
from burnish.model.gate import GateResult
from burnish.stages import services
from burnish.stages.run import World

pytestmark = pytest.mark.touches("clock", reason="the command line reads the clock for all others")
OLD, NEW = "tiny-cpu/2026.1125.0", "tiny-cpu/2026.1125.1"
PROMOTED = f"{NEW} is stable now (promoted)\n{OLD} is retired now (superseded by 2026.1125.1)\n"


class Caller:
    """A checkout with a gallery, and burnish called on it."""

    def __init__(self, world: World, capture: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self._capture = capture

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, what it printed, its errors)."""
        code = 0
        try:
            room.cli.main(["--root", str(self.world.root), *arguments], standalone_mode=False)
        except BurnishError as error:
            room.show(error)
            code = error.exit_code
        return (code, *self._capture.readouterr())


@pytest.fixture(scope="module")
def defined(tmp_path_factory: pytest.TempPathFactory) -> World:
    return worlds.world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def call(
    defined: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Caller:
    monkeypatch.setenv("BURNISH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("BURNISH_GALLERY", str(tmp_path / "gallery"))
    # which would ask the archive: test_pending.py and test_gating.py do that
    monkeypatch.setattr(pipeline, "judge", lambda world, manifest: ())
    return Caller(shelf.empty(defined, tmp_path), capsys)


def test_promote(call: Caller) -> None:
    shelf.line(call.world, "sc")
    would = PROMOTED.replace("is stable now", "would be stable")
    would = would.replace("is retired now", "would be retired")
    assert call("promote", "tiny-cpu", "--dry-run") == (0, would, "")
    assert call("promote", NEW) == (0, PROMOTED, "")
    assert call("promote", "tiny-cpu/stable") == (0, f"{NEW} is stable already\n", "")


def test_promote_for_machines(call: Caller) -> None:
    shelf.line(call.world, "sc")
    found = json.loads(call("promote", NEW, "--json")[1])
    assert [(row["version"], row["channel"]) for row in found["moved"]] == [
        ("2026.1125.1", "stable"),
        ("2026.1125.0", "retired"),
    ]
    assert found["moved"][0]["events"][0]["why"] == "promoted"
    assert json.loads(call("promote", NEW, "--json")[1]) == {"moved": [], "done": True}


def test_a_gate_is_accepted_with_a_reason(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.line(call.world, "c")
    gate = GateResult(name="size", passed=False, text="too large")
    monkeypatch.setattr(pipeline, "judge", lambda *_: (gate,))
    refused = (
        f"error: {OLD} stays candidate:\n  - gate size: too large\n"
        f"  hint: accept each with a reason: `burnish promote {OLD} --accept size=REASON`\n"
    )
    assert call("promote", OLD) == (5, "", refused)
    said = f"{OLD} is stable now (promoted; accepted size: a = b)\n"
    assert call("promote", OLD, "--accept", "size=a = b") == (0, said, "")
    assert "promoted; accepted size: a = b" in call("list", "tiny-cpu")[1]


@pytest.mark.parametrize("text", ["size", "size=", "=x", " = "])
def test_an_acceptance_has_a_reason(call: Caller, text: str) -> None:
    shelf.line(call.world, "c")
    code, _, err = call("promote", OLD, "--accept", text)
    assert (code, err.splitlines()[0]) == (2, f"error: --accept {text!r} gives no reason")


def test_what_cannot_be_promoted_ends_with_6(call: Caller) -> None:
    shelf.file(call.world, verdicts=())
    code, out, err = call("promote", OLD)
    assert (code, out) == (6, "")
    assert err.endswith(f"hint: `burnish verify {OLD}` proves it with today's checks\n")


def test_rollback(call: Caller) -> None:
    shelf.line(call.world, "rs")
    why = "rolled back from 2026.1125.1 to 2026.1125.0: no sound"
    said = f"{OLD} is stable now ({why})\n{NEW} is retired now ({why})\n"
    assert call("rollback", "tiny", "--reason", "no sound") == (0, said, "")
    assert call("rollback", "tiny-cpu", "--to", OLD) == (0, f"{OLD} is stable already\n", "")
    code, out, err = call("rollback", "tiny-cpu")
    assert (code, out) == (6, "")
    assert err.startswith("error: tiny-cpu has no version to return to: none was stable before, ")


def test_a_rollback_needs_no_definition(call: Caller) -> None:
    shelf.line(call.world, "rs")
    path = call.world.root / f"packer/images/{checkout.IMAGE}.yaml"
    text = path.read_text()
    path.unlink()
    try:
        assert call("rollback", "tiny-cpu")[0] == 0
        assert call("prune", "--all")[1].endswith("0 versions removed, 0.0 MiB came back\n")
    finally:
        path.write_text(text)
    assert shelf.channels(call.world) == "sr"


def test_list_by_channel(call: Caller) -> None:
    shelf.line(call.world, "rsc")
    listed = call("list", "tiny-cpu", "--channel", "stable")[1]
    assert NEW in listed
    assert OLD not in listed
    rows = json.loads(call("list", "--json", "--channel", "retired")[1])
    assert [(row["version"], len(row["events"])) for row in rows] == [("2026.1125.0", 2)]


def test_a_list_of_nothing_says_so(call: Caller) -> None:
    assert call("list", "tiny-cpu")[1] == "no version of tiny-cpu is filed yet\n"
    shelf.line(call.world, "c")
    told = call("list", "tiny-cpu", "--channel", "stable")[1]
    assert told == "no stable version of tiny-cpu is filed yet\n"


def filled(call: Caller) -> None:
    """Seven versions, of which the newest five are kept, and the oldest one's disk in the store."""
    shelf.file(call.world, stored=True)
    for _ in range(6):
        shelf.file(call.world)


def test_prune_shows_its_plan_first(call: Caller) -> None:
    filled(call)
    code, out, _ = call("prune", "tiny-cpu", "--dry-run")
    assert code == 0
    rows = [line.rstrip().split(maxsplit=4) for line in out.splitlines()[1:8]]
    assert rows[6][:3] == [OLD, "candidate", "goes"]
    assert rows[5][2:] == ["goes", "0.1", "candidate, and older than the newest 5"]
    assert "0.1 MiB more come back only when the store lets go of the disks\n" in out
    assert out.endswith("2 versions would go, 0.1 MiB would come back\n")
    assert shelf.channels(call.world) == "c" * 7
    code, out, _ = call("prune", "--all")
    assert (code, out.splitlines()[-1]) == (0, "2 versions removed, 0.1 MiB came back")
    assert shelf.channels(call.world) == "c" * 5


def test_prune_for_machines(call: Caller) -> None:
    filled(call)
    (found,) = json.loads(call("prune", "tiny", "--json")[1])
    assert found["removed"] == ["2026.1125.0", "2026.1125.1"]
    assert [row["goes"] for row in found["versions"]] == [False] * 5 + [True] * 2
    assert found["versions"][6]["bytes_shared"] == 1 << 17


@pytest.mark.parametrize("command", ["boot", "verify"])
def test_what_is_booted_or_proven_is_not_pruned(
    call: Caller, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    filled(call)
    said: list[str] = []

    def work(*_: object, **__: object) -> NoReturn:
        fates = pipeline.retention(call.world, "tiny-cpu").fates
        said.extend(fate.why for fate in fates if fate.manifest.version == "2026.1125.0")
        raise BuildError("enough")

    # a machine, and a store that has the disk
    monkeypatch.setattr(pipeline.booting, "_request", work)
    monkeypatch.setattr(services, "run_of", lambda *_, **__: SimpleNamespace(disk="here"))
    monkeypatch.setattr(pipeline, "alone", work)
    assert call(command, OLD)[2] == "error: enough\n"
    assert said == ["in use: burnish boots or proves it"]


@pytest.mark.parametrize("arguments", [(), ("tiny-cpu", "--all")])
def test_prune_wants_images_or_all(call: Caller, arguments: tuple[str, ...]) -> None:
    code, _, err = call("prune", *arguments)
    assert (code, err.splitlines()[0]) == (2, "error: name images, or take `--all`")


def test_what_could_not_be_looked_at_is_said(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.line(call.world, "c")
    whole = pipeline.retention

    def partly(world: World, image: str) -> pipeline.Retention:
        return replace(whole(world, image), unseen=3)

    monkeypatch.setattr(pipeline, "retention", partly)
    assert "3 processes of other users could not be looked at" in call("prune", "tiny-cpu")[1]
