"""Route `vm` for Windows with a fake Packer that plays logs, on the emulated Azure. No Windows is here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import azure_builds
import fake_packer
import pytest
from burnish.build import azure_vm
from burnish.build.packer import ask
from burnish.errors import BuildError
from emulator.emulator import Emulator
from vm_rig import Rig, groups


@pytest.fixture
def rig(arm: Emulator, tmp_path: Path) -> Rig:
    catalog = azure_builds.with_target(
        tmp_path / "checkout", changes=azure_builds.on_windows("base")
    )
    return Rig(arm, tmp_path, azure_builds.panes(catalog))


def password(rig: Rig) -> str:
    return rig.request.environment[azure_vm.LOGIN]


def test_a_build_makes_a_candidate_in_every_region_and_leaves_nothing(rig: Rig) -> None:
    done = rig.build("windows-made").build()
    assert (done.version, done.channel, done.outcome) == ("2026.1125.0", "candidate", "published")
    [definition] = rig.arm.state.definitions
    assert definition.properties["osType"] == "Windows"
    assert definition.properties["osState"] == "Generalized"
    assert definition.properties["hyperVGeneration"] == "V2"
    assert groups(rig) == ["images"]
    assert not (rig.folder / "build" / "key").exists()


def test_the_password_is_in_packers_environment_and_nowhere_else(rig: Rig) -> None:
    rig.build("windows-made").build()
    secret = password(rig)
    environment = rig.packer.path.with_name("environment")
    assert f"{azure_vm.LOGIN}={secret}\n" in environment.read_text("utf-8")
    environment.unlink()
    kept = [path for path in rig.folder.rglob("*") if path.is_file()]
    assert not any(secret in path.read_text("utf-8", "replace") for path in kept)
    assert secret not in str(rig.arm.state.versions) + " ".join(rig.cloud.told.said)


def test_each_build_has_a_password_of_its_own_as_azure_wants_it() -> None:
    made = {azure_vm.password() for _ in range(50)}
    assert len(made) == 50
    for each in made:
        kinds = (str.isupper, str.islower, str.isdigit)
        assert all(any(kind(letter) for letter in each) for kind in kinds)
        assert 8 <= len(each) <= 123


def test_sysprep_that_fails_is_named_and_its_logs_stay(rig: Rig) -> None:
    with pytest.raises(BuildError, match="an AppX package that only one user has") as caught:
        rig.build("windows-appx").build()
    assert "WindowsSubsystemForLinux_2.7.11.0" in caught.value.message
    assert caught.value.hint
    kept = rig.request.log.with_name(f"{rig.request.log.stem}-setuperr.log")
    assert len(kept.read_text("utf-8").splitlines()) == 4
    assert (rig.arm.state.versions, groups(rig)) == ([], ["images"])


def test_a_password_that_packer_prints_is_struck_out(rig: Rig) -> None:
    build = rig.build("windows-made")
    log = rig.packer.path.with_name("1.log")
    told = f"==> azure-arm.image: {password(rig)}\n"
    log.write_text(told + log.read_text("utf-8"), encoding="utf-8")
    build.build()
    assert password(rig) not in rig.request.log.read_text("utf-8")


def validated(rig: Rig, template: str) -> str:
    """What Debian's Packer 1.6.6 says of the reduced template, or nothing."""
    rig.build("windows-made")
    found = shutil.which("packer", path="/usr/bin")
    assert found, "packer is not installed: run `make setup`"
    path = rig.request.folder / "reduced" / "azure-arm.pkr.hcl"
    path.write_text(template or path.read_text("utf-8"), encoding="utf-8")
    names = {"group": "x", "version": "2026.1125.0", "expires": "x"}
    names["end_of_life"] = "2027-11-26T00:00:00.00Z"
    values = [f"-var={name}={value}" for name, value in names.items()]
    environment = {"AZURE_SUBSCRIPTION_ID": "11111111-2222-3333-4444-555555555555"}
    environment |= {"CHECKPOINT_DISABLE": "1", "HOME": str(rig.folder), **rig.request.environment}
    done = subprocess.run(
        (found, "validate", *values, str(path)),
        cwd=rig.request.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    told = f"exit code {done.returncode}: {done.stdout}{done.stderr}"
    return "" if done.returncode == 0 else told


def test_packer_1_6_6_takes_the_reduced_template(rig: Rig) -> None:
    assert validated(rig, "") == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("winrm_use_ntlm = true", "winrm_ntlm = true", "winrm_ntlm"),
        ('communicator = "winrm"', 'communicator = "telnet"', "telnet"),
        ('script = "windows/sysprep.ps1"', 'script = "windows/sysprop.ps1"', "sysprop.ps1"),
        ("max_retries = 1", 'max_retries = "often"', "number"),
        ('provisioner "windows-restart"', 'provisioner "windows-reboot"', "windows-reboot"),
        ("winrm_password = var.password", 'winrm_password = "short"', "8-123"),
    ],
)
def test_it_refuses_a_planted_fault(rig: Rig, old: str, new: str, told: str) -> None:
    rig.build("windows-made")
    text = (rig.request.folder / "reduced" / "azure-arm.pkr.hcl").read_text("utf-8")
    assert old in text
    assert told in validated(rig, text.replace(old, new))


def test_the_fake_packer_is_asked_as_the_real_one_is(rig: Rig) -> None:
    rig.build("windows-made").build()
    assert ask(rig.packer.path).version >= (1, 10, 0)
    [call] = [line for line in fake_packer.calls(rig.packer.path) if line.startswith("build")]
    assert "key=" not in call
    assert "group=burnish-build-panes-cpu-" in call
