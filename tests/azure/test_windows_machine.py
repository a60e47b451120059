"""Checks on a Windows machine over WinRM, against a responder: its words are the test's, not Windows'."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import azure_builds
import checkout
import pytest
import worlds
from burnish.build import winrm
from burnish.build.winrm import WinRm, quoted
from burnish.errors import BurnishError, ToolError, UsageError
from burnish.gallery.azure.patience import Patience
from burnish.model.plan import Plan
from burnish.model.verdict import Verdict
from burnish.stages import vm_proof, windows_machine
from burnish.stages.prove import Unproven
from burnish.stages.vm_proof import Login
from burnish.stages.windows_machine import LEFT
from emulator.emulator import Emulator
from test_vm_verdict import verdict_of, way_of, world_of
from vm_rig import Rig, groups
from winrm_responder import Responder, responding

PASSWORD = "Aa1-of-this-test"
SAID = {
    "ImageState": "IMAGE_STATE_COMPLETE",
    "CurrentBuildNumber": "20348",
    "UBR": "0x1135",
}


def registry(line: str) -> tuple[int, str, str]:
    """As `reg query` writes it."""
    name = line.rpartition(" ")[2]
    if name not in SAID:
        return 1, "", "ERROR: The system was unable to find the specified registry key or value."
    kind = "REG_DWORD" if name == "UBR" else "REG_SZ"
    return (
        0,
        f"\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\r\n    {name}    {kind}    {SAID[name]}\r\n\r\n",
        "",
    )


def windows(line: str, given: bytes) -> tuple[int | None, str, str]:
    if line.startswith("reg.exe"):
        return registry(line)
    if line.startswith("hangs.exe"):
        return None, "still here\r\n", ""
    if b"json" in given:
        return 0, json.dumps({"ok": True, "line": line}) + "\r\n", ""
    return 3, f"{line}|{given.decode()}", "ä"


@pytest.fixture(autouse=True)
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "users"
    path.write_text(f":burnish:{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(path))
    monkeypatch.setenv("BURNISH_PASSWORD", PASSWORD)


@pytest.fixture(params=[True, False], ids=["https", "http"])
def responder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Responder]:
    with responding(windows, scratch=tmp_path, tls=request.param) as found:
        yield found


def on(responder: Responder, **changes: object) -> WinRm:
    found = WinRm(
        host="127.0.0.1",
        port=responder.port,
        user="burnish",
        password=PASSWORD,
        tls=responder.tls,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def test_a_program_is_run_and_its_end_comes_back(responder: Responder) -> None:
    done = winrm.run(on(responder), ("C:\\a b\\x.exe", 'say "it"', ""))
    assert (done.returncode, done.stderr) == (3, "ä")
    assert done.stdout == '"C:\\a b\\x.exe" "say \\"it\\"" ""|'
    assert (responder.seen.sealed > 0) is not responder.tls
    assert PASSWORD.encode() not in bytes(responder.seen.raw)


def test_a_python_program_goes_by_its_input(responder: Responder) -> None:
    program = "print('ü')\n" + "# long\n" * 20_000
    done = winrm.run(on(responder), ("python.exe", "-c", program, "--rows=5"))
    assert done.stdout == f"python.exe - --rows=5|{program}"


def test_a_wrong_password_is_told_as_one(responder: Responder) -> None:
    with pytest.raises(UsageError) as caught:
        winrm.run(on(responder, password="Aa1-other"), ("x",))
    assert caught.value.message == "127.0.0.1: the log-in of burnish was refused over WinRM"
    assert responder.seen.commands == []


def test_a_program_that_never_ends_is_ended_in_its_time(responder: Responder) -> None:
    with pytest.raises(ToolError) as caught:
        winrm.run(on(responder), ("hangs.exe", "/s"), timeout=1)
    assert caught.value.message == ("127.0.0.1: hangs.exe did not end within 1 s, and was ended")
    assert responder.seen.actions[-2:] == ["Signal", "Delete"]


@pytest.mark.parametrize(
    ("password", "hopeless", "waits"),
    [
        pytest.param("Aa1-other", (UsageError,), 0, id="refused over WinRM"),
        pytest.param("Aa1-other", (), vm_proof.TRIES - 1, id="refused where a key may come yet"),
        pytest.param(PASSWORD, (UsageError,), 1, id="not up yet"),
    ],
)
def test_only_what_may_get_better_is_asked_again(
    responder: Responder, password: str, hopeless: tuple[type[BurnishError], ...], waits: int
) -> None:
    waited: list[float] = []
    patience = Patience(tell=lambda _: None, pause=waited.append)
    machine = on(responder, password=password)
    responder.away = int(waits == 1)
    with nullcontext() if password == PASSWORD else pytest.raises(UsageError, match="was refused"):
        vm_proof.answers(
            lambda: windows_machine.reach_of(machine), patience=patience, hopeless=hopeless
        )
    assert waited == [vm_proof.PAUSE] * waits


def test_no_answer_is_told_as_none(responder: Responder) -> None:
    with pytest.raises(ToolError, match=r"127\.0\.0\.1: no answer over WinRM: "):
        winrm.run(on(responder, port=9), ("x",))


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("plain", "plain"),
        ("", '""'),
        ("a b", '"a b"'),
        ('a"b', '"a\\"b"'),
        ("C:\\x\\", "C:\\x\\"),
        ("C:\\a b\\", '"C:\\a b\\\\"'),
        ('\\"', '"\\\\\\""'),
        ("two\nlines", '"two\nlines"'),
    ],
)
def test_an_argument_survives_windows_command_line(argument: str, line: str) -> None:
    assert quoted(argument) == line


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("winrm://me@win", "winrm://me@win:5986"),
        ("winrm://me@win:1", "winrm://me@win:1"),
        ("winrm+http://me@win", "winrm+http://me@win:5985"),
    ],
)
def test_a_machine_is_named_without_its_password(text: str, url: str) -> None:
    found = WinRm.parse(text, password=PASSWORD)
    assert found.url == url
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize("text", ["win", "winrm://win", "winrm://me:secret@win", "ssh://me@win"])
def test_what_is_no_machine_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a Windows machine"):
        WinRm.parse(text, password=PASSWORD)


def test_without_a_password_nothing_is_tried() -> None:
    with pytest.raises(UsageError, match="win: no password to log in with"):
        WinRm.parse("winrm://me@win", password="")


def test_a_machine_says_which_windows_it_is(responder: Responder) -> None:
    found = windows_machine.reach_of(on(responder))
    assert found.where == "Windows build 20348.4405, over WinRM"
    assert found.options == (f"--hosts={on(responder).url}",)
    assert found.environment == {"BURNISH_PASSWORD": PASSWORD}


@pytest.mark.parametrize(
    ("name", "value"), [("ImageState", "IMAGE_STATE_UNDEPLOYABLE"), ("UBR", None)]
)
def test_a_machine_that_is_not_ready_is_not_checked(
    responder: Responder, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    if value:
        monkeypatch.setitem(SAID, name, value)
    else:
        monkeypatch.delitem(SAID, name)
    with pytest.raises(ToolError, match=r"its image state is IMAGE_STATE_UNDEPLOYABLE|has no UBR"):
        windows_machine.reach_of(on(responder))


CHECK = """\
import pytest

@pytest.mark.role("base")
@pytest.mark.levels("azure", "wine")
def test_windows_works(work):
    told = work("it.py", interpreter=["C:\\\\envs\\\\ml\\\\Scripts\\\\python.exe"])
    assert told["ok"] is EXPECTED

@pytest.mark.role("base")
@pytest.mark.levels("azure")
def test_of_linux_alone(work):
    raise AssertionError("never run on Windows")
"""


def plan_of(root: Path, *, expected: str = "True") -> Plan:
    changes = azure_builds.on_windows("base")
    changes["tests/toolchains/test_base.py"] = CHECK.replace("EXPECTED", expected)
    changes["tests/toolchains/work/it.py"] = "import json\nprint(json.dumps({'ok': True}))\n"
    return azure_builds.panes(azure_builds.with_target(root, changes=changes))


def verified(tmp_path: Path, responder: Responder, **changes: str) -> Verdict:
    """The real suite's plugin, in a process of its own, over the responder."""
    plan = plan_of(tmp_path / "checkout", **changes)
    world = worlds.world(tmp_path)
    roots = (checkout.REPOSITORY, tmp_path / "checkout")
    world = replace(world, root=checkout.REPOSITORY, catalog=replace(world.catalog, roots=roots))
    return windows_machine.verify(world, plan, on=on(responder))


def test_the_suite_runs_there_and_says_what_was_left_out(
    tmp_path: Path, responder: Responder
) -> None:
    verdict = verified(tmp_path, responder)
    assert [(each.check, each.outcome) for each in verdict.results] == [
        ("test_base::test_windows_works", "passed")
    ]
    assert verdict.where == "Windows build 20348.4405, over WinRM"
    assert {"test_base.py::test_of_linux_alone", "test_base.py::test_apt_does_nothing_unasked"} <= {
        *verdict.not_run
    }
    assert windows_machine.NO_VERSION in verdict.not_run
    assert any(b"json" in given for _, given in responder.seen.commands)


def test_a_check_that_fails_there_is_a_failure(tmp_path: Path, responder: Responder) -> None:
    with pytest.raises(Unproven, match="1 of 1 checks failed at level 'azure'"):
        verified(tmp_path, responder, expected="False")


def test_linux_is_not_checked_over_winrm(tmp_path: Path, responder: Responder) -> None:
    catalog = azure_builds.with_target(tmp_path / "checkout")
    plan = azure_builds.panes(catalog)
    linux = replace(plan, base=catalog.bases["tiny"])
    with pytest.raises(BurnishError, match="is no image of Windows"):
        windows_machine.verify(worlds.world(tmp_path), linux, on=on(responder))


def test_a_version_is_proven_on_a_machine_made_of_it(arm: Emulator, tmp_path: Path) -> None:
    rig = Rig(arm, tmp_path, plan_of(tmp_path / "checkout"))
    done = rig.build("windows-made").build()
    seen: list[str] = []

    def checks(address: str, login: Login) -> Verdict:
        [machine] = [
            each.document
            for name, each in arm.state.resources.items()
            if name.endswith("/proof") and "virtualmachines" in name.lower()
        ]
        profile = machine["properties"]["osProfile"]
        assert profile["windowsConfiguration"]["winRM"]["listeners"] == [{"protocol": "Http"}]
        assert "linuxConfiguration" not in profile
        seen.append(login.password)
        return verdict_of("passed")

    world, way = world_of(rig), way_of(rig)
    vm_proof.proven(world, rig.plan, way=way, number=done.version, checks=checks)
    assert len(seen[0]) > 20
    assert groups(rig) == ["images"]
    kept = [path for path in (rig.folder / "world").rglob("*") if path.is_file()]
    assert not any(seen[0] in path.read_text("utf-8", "replace") for path in kept)
    assert LEFT.endswith("is written for Windows")
