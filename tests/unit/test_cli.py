"""The command line: help, exit codes, results on stdout, the story and errors on stderr."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

import checkout
import makers
import pytest
from burnish import pipeline
from burnish.build.files import write
from burnish.catalog.codec import JsonCodec
from burnish.catalog.locks import dump_lock
from burnish.cli import main as room
from burnish.cli.monitor import ConsoleMonitor
from burnish.errors import BuildError, Interrupted, NothingToDo, ToolError
from burnish.gallery.local import LocalGallery
from burnish.plan.resolve import IN_AZURE
from burnish.stages.run import Run
from rich.console import Console

pytestmark = pytest.mark.touches("clock", reason="the command line reads the clock for all others")
COMMANDS = (
    *("boot", "build", "cache", "check", "diff", "doctor", "gates", "list", "lock", "nightly"),
    *("plan", "prices", "promote", "prune", "publish", "render", "report", "rollback", "verify"),
)
TINY_CPU = "packer/images/tiny-cpu.yaml"


@dataclass(frozen=True)
class Ended:
    """What a call came to."""

    code: int
    out: str
    err: str


Call = Callable[..., Ended]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a lock for one image and a filed version of it."""
    root = checkout.write(tmp_path_factory.mktemp("root"))
    write(root / "packer/locks/tiny-cpu.lock.yaml", dump_lock(checkout.lock()))
    gallery = LocalGallery(root=root / "build/gallery", codec=JsonCodec())
    gallery.add(makers.manifest(), day=date(2026, 11, 25), files={}, texts={})
    return root


@pytest.fixture
def call(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call burnish on the checkout."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)

    def run(*arguments: str) -> Ended:
        code = 0
        try:
            room.main(["--root", str(root), *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return run


def test_help_lists_every_command(call: Call) -> None:
    ended = call("--help")
    assert ended.code == 0
    assert tuple(re.findall(r"^  ([a-z]+)  ", ended.out, flags=re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(call: Call, command: str) -> None:
    ended = call(command, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"{command} [OPTIONS]" in ended.out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("nothing",), "No such command 'nothing'"),
        (("plan",), "name an image, or a base with --os"),
        (("lock",), "name images, or --all"),
        (("plan", "tiny", "--gpu", "2"), "'2' is not one of '0', '1'"),
        (("verify", "x", "--level", "paper"), "'paper' is not one of"),
        (("plan", "tiny", "--colour"), "No such option"),
        (("report",), "name one version, as IMAGE/VERSION"),
        (("report", "--parity", "tiny"), "--parity goes with two images"),
    ],
)
def test_misuse_is_exit_2(call: Call, arguments: tuple[str, ...], text: str) -> None:
    ended = call(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert text in ended.err


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (
            ("plan", "tinny"),
            "unknown image 'tinny'",
            "known images: panes-cpu, tiny-cpu, tiny-gpu",
        ),
        (
            ("build", "tiny", "--target", "azur"),
            "unknown target 'azur'",
            "known targets: local",
        ),
        (("publish", "tinny", "--to", "nope"), "unknown target 'nope'", "known targets: local"),
        (
            ("report", "2026.1.0"),
            "'2026.1.0' is not in the gallery",
            "versions here: tiny-cpu/2026.1125.0",
        ),
    ],
)
def test_usage_errors_say_what_to_do_next(
    call: Call, arguments: tuple[str, ...], error: str, hint: str
) -> None:
    ended = call(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"error: {error}\n  hint: {hint}\n"


def test_problems_of_definitions_come_all_at_once(call: Call, root: Path) -> None:
    with (
        checkout.edited(root, TINY_CPU, old="profile: stack", new="profile: stak"),
        checkout.edited(root, "packer/profiles/stack.yaml", old="[extra]", new="[exrta]"),
    ):
        ended = call("check")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"error: {TINY_CPU}:3: profile: unknown profile 'stak'\n"
        "  hint: did you mean 'stack'? profiles live in packer/profiles/\n"
        "error: packer/profiles/stack.yaml:13: layers[2].roles[0]: unknown role 'exrta'\n"
        "  hint: did you mean 'extra'?\n"
        "2 problems, nothing built\n"
    )


def test_problems_are_json_where_that_was_asked(call: Call, root: Path) -> None:
    with checkout.edited(root, TINY_CPU, old="profile: stack", new="profile: stak"):
        ended = call("check", "--json")
    assert ended.out.startswith("{")
    assert len(json.loads(ended.out)["problems"]) == 1


def test_check_says_what_is_open(call: Call) -> None:
    assert call("check").out.splitlines() == [
        "panes-cpu: locked",
        "tiny-cpu: locked",
        "tiny-gpu: open: python:ml, rootfs, tools",
        "5 roles, 3 images: no problems",
    ]
    found = json.loads(call("check", "--json").out)
    assert found["problems"] == []
    assert found["open"]["tiny-gpu"]["rootfs"] == "not resolved yet"


def test_plan_for_people(call: Call) -> None:
    ended = call("plan", "--os", "little")
    assert ended.code == 0
    for text in ("tiny-cpu", "python-ml", "never built here", "needs 7.5 GiB"):
        assert text in ended.out


def test_plan_for_machines(call: Call) -> None:
    found = json.loads(call("plan", "tiny-cpu", "--json").out)
    assert found["layers"][0]["name"] == "rootfs"
    assert {tuple(layer["why"]) for layer in found["layers"]} == {("never built here",)}
    assert found["layers"][1]["origins"] == {"base_locale": "packer/profiles/stack.yaml"}
    assert (found["open"], found["filed"], found["left_out"]) == ({}, "", {})


def test_plan_of_a_cloud_image(call: Call) -> None:
    found = json.loads(call("plan", "panes-cpu", "--json").out)
    assert found["disk_needed"] is None
    assert found["notes"] == [IN_AZURE]


def test_building_a_cloud_image_says_what_it_needs(call: Call) -> None:
    ended = call("build", "panes-cpu")
    assert ended.code == 2
    assert "error: panes-cpu is built on a VM in Azure alone" in ended.err


def test_a_dry_run_refuses_what_the_run_would(call: Call) -> None:
    assert call("build", "panes-cpu", "--dry-run").code == 2


def test_an_unknown_place_to_stop_is_refused(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "start", lambda world, plan: Run(plan=plan))
    assert call("build", "tiny-cpu", "--until", "nothing").code == 2


def test_list_for_people_and_machines(call: Call) -> None:
    assert "2026.1125.0" in call("list").out
    assert "tiny-cpu/2026.1125.0" in call("list", "tiny").out
    rows = json.loads(call("list", "tiny", "--json").out)
    assert [(row["image"], row["version"]) for row in rows] == [("tiny-cpu", "2026.1125.0")]


def test_a_matrix_can_be_made_of_the_list_even_without_versions(call: Call) -> None:
    rows = {row["image"]: row for row in json.loads(call("list", "--json").out)}
    assert rows["tiny-cpu"]["newest"] == "2026.1125.0"
    assert (rows["tiny-cpu"]["local"], rows["panes-cpu"]["local"]) == (True, False)
    assert rows["panes-cpu"]["newest"] is None


def test_report_of_a_version(call: Call) -> None:
    assert call("report", "tiny-cpu").out.startswith("# tiny-cpu 2026.1125.0\n")
    found = json.loads(call("report", "2026.1125.0", "--json").out)
    assert found["image"] == "tiny-cpu"


def test_render_prints_or_writes(call: Call, tmp_path: Path) -> None:
    assert "# --- layers/base/layer.pkr.hcl\n" in call("render", "tiny-cpu").out
    paths = call("render", "tiny-cpu", "--output", str(tmp_path / "out")).out.split()
    assert str(tmp_path / "out/layers/base/layer.json") in paths
    assert all(Path(path).is_file() for path in paths)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (NothingToDo("filed"), 3, "error: filed\n"),
        (BuildError("no [bold]way[/bold]", hint="x"), 4, "error: no [bold]way[/bold]\n  hint: x\n"),
        # no emoji is made of a section's name
        (ToolError("apt:one: missing"), 7, "error: apt:one: missing\n"),
        (
            KeyboardInterrupt(),
            Interrupted.exit_code,
            # click ends the line that ^C stands on
            "\nerror: interrupted\n  hint: run the same command again: it goes on where it stopped\n",
        ),
    ],
)
def test_exit_codes_of_a_build(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, text: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "start", fail)
    ended = call("build", "tiny-cpu")
    assert (ended.code, ended.out, ended.err) == (code, "", text)


def test_boot_ends_with_the_shells_exit_code(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.booting, "shell", lambda world, manifest: 9)
    assert call("boot", "tiny-cpu").code == 9


def test_outside_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        room.main(["list"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}: no packer/images here or above")


def test_the_story_off_a_terminal_is_plain_lines() -> None:
    text = StringIO()
    monitor = ConsoleMonitor(Console(file=text))
    with monitor.step("outer"):
        with monitor.step("inner"):
            monitor.detail("not shown")
        monitor.say("moved: a [bold]b[/bold] [0]")
    lines = re.sub(r"\d+\.\d s", "T", text.getvalue()).splitlines()
    assert lines == [
        "... outer",
        "  ... inner",
        "  ✓ inner T",
        "moved: a [bold]b[/bold] [0]",
        "✓ outer T",
    ]


def test_a_failed_step_is_marked() -> None:
    text = StringIO()
    with pytest.raises(RuntimeError), ConsoleMonitor(Console(file=text)).step("outer"):
        raise RuntimeError
    assert text.getvalue().splitlines()[-1].startswith("✗ outer ")
