"""Route `vm` for Windows as a user types it, on the emulated Azure, with a fake Packer or this one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import azure_builds
import checkout
import fake_packer
import pytest
import vm_typed
from emulator.emulator import Emulator
from vm_typed import Typed

TARGET = vm_typed.TARGET.replace(", spot: true", "")
PROFILE = "name: stack\nlayers:\n  - id: base\n    roles: [base]\n"
LINE = f"# {azure_builds.WINDOWS.identity} 2026-11-20\n"
TYPED = ("build", "--os", "windows", "--target", "cloud")


@pytest.fixture
def root(arm: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    changes = azure_builds.on_windows("base")
    changes |= {"packer/targets/cloud.yaml": TARGET, "packer/profiles/stack.yaml": PROFILE}
    changes["packer/gates/small.yaml"] = "name: small\n"
    return vm_typed.stand_in(
        checkout.write(tmp_path / "checkout", changes=changes), arm, patch=monkeypatch
    )


@pytest.fixture
def typed(typed: Typed) -> Typed:
    """What is told in one line, wherever it was broken."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code, out, err = typed(*arguments)
        return code, out, " ".join(err.split())

    return run


def lock(root: Path, typed: Typed) -> None:
    file = root / "list.txt"
    file.write_text(LINE, encoding="utf-8")
    code, out, err = typed("lock", "panes-cpu", "--origin", str(file))
    assert (code, out) == (0, f"panes-cpu marketplace: {azure_builds.WINDOWS.identity}\n"), err


def test_without_an_exact_version_no_build_begins(typed: Typed) -> None:
    code, _, err = typed(*TYPED)
    assert code == 4
    assert "FILE` takes one line, its version" in err
    assert err.count("hint: `burnish lock panes-cpu --origin FILE`; docs/azure-vm.md") == 1


def test_a_dry_run_shows_everything_and_no_password(
    arm: Emulator, root: Path, typed: Typed
) -> None:
    lock(root, typed)
    code, out, err = typed(*TYPED, "--dry-run", "--json")
    assert code == 0, err
    shown = json.loads(out)
    assert (shown["open"], arm.exchanges) == ([], [])
    assert 'image_version = "20348.4405.251112"' in shown["files"]["azure-arm.pkr.hcl"]
    assert shown["proof"][0]["path"].endswith("-YYYY.MDD.N")
    machine = next(each["body"] for each in shown["proof"] if each["title"] == "the machine")
    assert machine["properties"]["osProfile"]["adminPassword"] == "(new)"
    rules = next(each["body"] for each in shown["proof"] if each["title"] == "who may come in")
    [rule] = rules["properties"]["securityRules"]
    assert rule["properties"]["destinationPortRange"] == "5985"
    assert rule["properties"]["sourceAddressPrefixes"] == ["192.0.2.7"]


def test_this_machines_packer_checks_the_reduced_template_and_goes_no_further(
    root: Path, typed: Typed
) -> None:
    lock(root, typed)
    code, _, err = typed(*TYPED)
    assert code == 7, err
    assert "the reduced template (not the whole one) is valid for Packer 1.6.6" in err
    assert "not verified here: Packer 1.6.6 has the azure-arm of its day" in err
    work = root / "build" / "work" / "panes-cpu" / "vm"
    staged = {"ansible/windows.yml", "ansible/ansible.cfg", "roles/base/tasks/windows.yml"}
    assert all((work / name).is_file() for name in staged)


def test_sysprep_that_fails_is_told_with_its_cure(
    arm: Emulator, root: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock(root, typed)
    path = fake_packer.write(tmp_path / "bin", "windows-sense")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    code, _, err = typed(*TYPED)
    assert code == 4
    assert "what Defender for Endpoint wrote into the registry" in err
    assert "by the tag `ExcludeMdeAutoProvisioning: True`" in err
    environment = path.with_name("environment").read_text("utf-8")
    found = re.search(r"^BURNISH_PASSWORD=(.*)$", environment, re.MULTILINE)
    assert found
    work = root / "build"
    kept = [each for each in work.rglob("*") if each.is_file()]
    assert not any(found[1] in each.read_text("utf-8", "replace") for each in kept)
    assert {*arm.state.groups} == {"images"}


def test_a_machine_that_everybody_could_reach_is_refused(root: Path, typed: Typed) -> None:
    network = "network: {resource_group: net, name: n, subnet: s, public_address: true}"
    path = root / "packer" / "targets" / "cloud.yaml"
    path.write_text(TARGET.replace("inbound: [192.0.2.7]", network), encoding="utf-8")
    code, _, err = typed(*TYPED)
    assert code == 2
    assert "everybody could reach WinRM of the machine that panes-cpu is built on" in err
    assert "`inbound: [YOUR_ADDRESS]` without `network`" in err


def test_without_any_limit_the_target_is_refused(root: Path, typed: Typed) -> None:
    path = root / "packer" / "targets" / "cloud.yaml"
    path.write_text(TARGET.replace("machine: {inbound: [192.0.2.7]}\n", ""), encoding="utf-8")
    code, _, err = typed(*TYPED)
    assert code == 2
    assert "everybody could reach the machine that is built on" in err
    assert "write `inbound: [YOUR_ADDRESS]`, or a `network`" in err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--level", "azure"), "--level azure and --host winrm://USER@HOST go together"),
        (("--host", "winrm://me@win"), "--level azure and --host winrm://USER@HOST go together"),
        (("--level", "azure", "--host", "winrm://me@win"), "win: no password to log in with"),
    ],
)
def test_a_machine_and_its_level_go_together(
    typed: Typed, options: tuple[str, ...], told: str
) -> None:
    code, _, err = typed("verify", "panes-cpu", *options)
    assert code == 2
    assert told in err


def test_what_would_be_proven_on_a_machine_is_said(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BURNISH_PASSWORD", "Aa1-x")
    options = ("--level", "azure", "--host", "winrm://me@win", "--dry-run")
    code, out, _ = typed("verify", "panes-cpu", *options)
    assert (code, out) == (0, "panes-cpu: would prove azure on win, over WinRM\n")
