"""Route `vm` as a user types it, on the emulated Azure, with a fake Packer or with this machine's own."""

from __future__ import annotations

import json
from pathlib import Path

import fake_packer
import pytest
from burnish.gallery.azure import leaked
from cloud import NOW
from emulator.emulator import Emulator
from emulator.faults import Fault
from vm_typed import NAME, Typed, lock


def test_what_nobody_can_look_into_keeps_a_build_from_beginning(root: Path, typed: Typed) -> None:
    lock(root, known=False)
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert code == 4
    assert "marketplace: nobody here can look into Debian:tiny:tiny-gen2:latest" in err
    assert "burnish lock tiny-cpu --origin FILE" in err


def test_this_machines_packer_checks_the_reduced_template_and_goes_no_further(
    arm: Emulator, root: Path, typed: Typed
) -> None:
    lock(root)
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert code == 7
    told = " ".join(err.split())
    assert "the reduced template (not the whole one) is valid for Packer 1.6.6" in told
    assert "not verified here: Packer 1.6.6 has the azure-arm of its day" in told
    work = root / "build" / "work" / "tiny-cpu" / "vm"
    assert (work / "azure-arm-spot.pkr.hcl").is_file()
    assert not (work / "key").exists()
    assert arm.exchanges == []


def test_with_a_packer_without_the_plugin_too(
    root: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock(root)
    fake_packer.write(tmp_path / "bin", plugin="")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert code == 7
    assert "not verified here: Packer 1.11.2 has no plugin azure" in " ".join(err.split())


@pytest.mark.parametrize(
    ("plugin", "newest"), [("1.4.5", "1.4"), ("2.5.1 2.0.9", "2.5"), ("2.6.3 3.0.0-dev", "3.0")]
)
def test_with_a_plugin_that_may_not_know_the_options_too(
    root: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, plugin: str, newest: str
) -> None:
    lock(root)
    path = fake_packer.write(root.parent / "bin", plugin=plugin)
    monkeypatch.setenv("PATH", str(path.parent), prepend=":")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    said = f"Packer 1.11.2 has plugin azure {newest}: the options of route `vm` are those of 2.6 and later"
    assert (code, said in " ".join(err.split())) == (7, True)
    assert "`packer init` the rendered folder `plugins`" in " ".join(err.split())
    assert not any(line.startswith("build") for line in fake_packer.calls(path))


def test_a_failed_build_is_told_with_azures_reason_and_a_way_out(
    arm: Emulator, root: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock(root)
    path = fake_packer.write(tmp_path / "bin", "no-spot", "quota")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    told = " ".join(err.split())
    assert code == 4
    assert "Azure has no spot capacity for this size now: once more without spot capacity" in told
    assert "a limit of the subscription is reached" in told
    assert "exceeding approved standardDSv5Family Cores quota" in told
    assert len([line for line in fake_packer.calls(path) if line.startswith("build")]) == 2
    assert {*arm.state.groups} == {"images"}
    assert [each.name for each in arm.state.definitions] == ["tiny-cpu"]


def junit(*failed: str) -> str:
    """What the checks of a build's machine left: one that passed, and those that failed."""
    cases = "".join(
        f'<testcase classname="tests.toolchains.test_seal" name="{name}" time="1.0">'
        f'<failure message="assert not {name}"/></testcase>'
        for name in failed
    )
    passed = '<testcase classname="tests.toolchains.test_seal" name="test_good" time="1.0"/>'
    return (
        f'<testsuites><testsuite name="pytest" time="2.0">{passed}{cases}</testsuite></testsuites>'
    )


def test_what_fails_before_the_capture_becomes_no_version(
    arm: Emulator, root: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock(root)
    path = fake_packer.write(tmp_path / "bin", "checks")
    path.with_name("checks.xml").write_text(junit("test_keys"), encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert code == 5
    assert "1 of 2 checks failed at level 'container'" in err
    assert "assert not test_keys" in err
    assert (arm.state.versions, {*arm.state.groups}) == ([], {"images"})
    assert len([line for line in fake_packer.calls(path) if line.startswith("build")]) == 1
    assert not list((root / "build" / "proofs").rglob("*.json"))


def test_checks_that_could_not_run_are_no_checks_that_failed(
    arm: Emulator, root: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock(root)
    fake_packer.write(tmp_path / "bin", "checks")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert code == 4
    assert "the checks did not pass on the machine before its capture" in " ".join(err.split())
    assert {*arm.state.groups} == {"images"}


@pytest.mark.parametrize(
    "ended",
    [
        # the logs are a play: no version came of them
        ("made", "a version that the gallery does not have"),
        ("publish-timeout", "Packer waited no longer"),
    ],
    ids=lambda each: each[0],
)
def test_what_passed_there_is_filed_with_the_plan(
    root: Path,
    typed: Typed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ended: tuple[str, str],
) -> None:
    lock(root)
    path = fake_packer.write(tmp_path / "bin", ended[0])
    path.with_name("checks.xml").write_text(junit(), encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert (code, ended[1] in " ".join(err.split())) == (4, True)
    [file] = (root / "build" / "proofs" / "tiny-cpu").glob("*.json")
    [verdict] = json.loads(file.read_text("utf-8"))["verdicts"]
    assert (verdict["level"], verdict["subject"]) == ("container", file.stem)
    assert verdict["where"] == (
        "the machine of the build in westeurope: its own files under a second systemd, before its capture"
    )


def test_a_dry_run_asks_nobody_and_shows_files_values_and_the_proof(
    arm: Emulator, root: Path, typed: Typed
) -> None:
    lock(root)
    code, out, _ = typed("build", "tiny-cpu", "--target", "cloud", "--dry-run", "--json")
    shown = json.loads(out)
    assert (code, arm.exchanges, shown["open"]) == (0, [], [])
    assert 'image_version = "0.20261101.1"' in shown["files"]["azure-arm.pkr.hcl"]
    assert "client_secret = var.client_secret" in shown["files"]["azure-arm.pkr.hcl"]
    assert arm.state.identity.secret not in out
    assert [each["does"] for each in shown["proof"]][-2:] == ["checks", "DELETE"]


def test_a_dry_run_for_people_names_files_and_steps_without_their_text(
    root: Path, typed: Typed
) -> None:
    lock(root)
    code, out, _ = typed("build", "tiny-cpu", "--target", "cloud", "--dry-run")
    assert code == 0
    lines = out.splitlines()
    assert {"  azure-arm.pkr.hcl", "nothing is open", "  PUT the machine"} <= {*lines}
    assert lines[-1] == "  DELETE everything goes"
    assert "client_secret = var.client_secret" not in out


def test_the_list_of_a_marketplace_image_is_locked_as_far_as_this_place_can(
    root: Path, typed: Typed, tmp_path: Path
) -> None:
    lock(root, known=False)
    file = tmp_path / "list.txt"
    # as a machine may say it
    text = f"# {NAME.lower()} 2026-11-20\nbash=5.2-1\nno-such-package=1\n"
    file.write_text(text, encoding="utf-8")
    (root / "site.yaml").write_text("apt: {debian: {mirror: 'file:/nowhere'}}\n")
    code, out, err = typed("lock", "tiny-cpu", "--origin", str(file))
    assert code == 0, err
    assert f"tiny-cpu marketplace: {NAME}, 2 packages" in out
    assert "tiny-cpu marketplace: open: " in out
    text = (root / "packer" / "locks" / "tiny-cpu.lock.yaml").read_text("utf-8")
    assert "  - bash=5.2-1\n  - no-such-package=1\n" in text
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert "marketplace: not found in an archive yet: bash=5.2-1" in " ".join(err.split())


def test_a_list_of_another_image_is_refused(root: Path, typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("# Debian:other:tiny-gen2:1.0 2026-11-20\nbash=5\n", encoding="utf-8")
    code, _, err = typed("lock", "tiny-cpu", "--origin", str(file))
    assert code == 2
    assert "is of Debian:other:tiny-gen2:1.0, and tiny is made from Debian:tiny:tiny-gen2" in err


def leak(arm: Emulator) -> None:
    own = leaked.tags("build", "plan", until=NOW)
    arm.state.add_group("burnish-build-old", tags=own)
    arm.state.add("Microsoft.Compute/virtualMachines", "vm", group="burnish-build-old", tags=own)
    arm.state.add_group("burnish-build-mixed", tags=own)
    arm.state.add("Microsoft.Compute/disks", "mine", group="burnish-build-mixed", tags={"a": "b"})


def test_leftovers_are_listed_and_then_removed(arm: Emulator, typed: Typed) -> None:
    leak(arm)
    code, out, err = typed("prune", "--leaked", "--target", "cloud", "--dry-run")
    assert code == 0, err
    assert "burnish-build-old: over since 2026-11-25T04:30:00+00:00" in out
    assert "burnish-build-mixed: stays: mine in it is not burnish's" in out
    assert out.endswith("1 would go\n")
    assert "burnish-build-old" in arm.state.groups
    code, out, _ = typed("prune", "--leaked", "--target", "cloud")
    assert (code, out.splitlines()[-1]) == (0, "1 of 2 removed")
    assert {*arm.state.groups} == {"images", "burnish-build-mixed"}


def test_one_that_stays_keeps_no_other(arm: Emulator, typed: Typed) -> None:
    leak(arm)
    own = leaked.tags("proof", "plan", until=NOW)
    arm.state.add("Microsoft.Compute/disks", "another", tags=own)
    path, code = "/resourceGroups/burnish-build-old", "AuthorizationFailed"
    arm.faults.add(Fault(method="DELETE", path=path, status=403, code=code))
    ended, out, err = typed("prune", "--leaked", "--target", "cloud")
    assert (ended, out.splitlines()[-1]) == (6, "1 of 3 removed")
    told = " ".join(err.split())
    assert (
        "1 could not be removed: - looking for what dead builds left: burnish-build-old: 403"
        in told
    )
    assert "another" not in {each.name for each in arm.state.disks}


def test_leftovers_are_of_no_image_and_in_no_folder(typed: Typed) -> None:
    code, _, err = typed("prune", "tiny-cpu", "--leaked", "--target", "cloud")
    assert code == 2
    assert "--leaked is about no image" in err
    code, _, err = typed("prune", "--leaked")
    assert code == 2
    assert "'local' is the folder that builds are filed in" in err
