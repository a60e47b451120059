"""Route `vm` as a user types it, on the emulated Azure, with a fake Packer or with this machine's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import checkout
import fake_packer
import keys
import makers
import pytest
from burnish.catalog.locks import dump_lock
from burnish.cli.main import main
from burnish.gallery.azure import leaked, tags
from burnish.model.lock import OriginLock
from burnish.model.remote import Remote
from burnish.stages import vm_proof
from cloud import NOW
from emulator import clients as signed_in
from emulator import samples
from emulator.emulator import Emulator

TARGET = """\
name: cloud
kind: azure
route: vm
subscription: AZURE_SUBSCRIPTION_ID
resource_group: images
gallery: golden
location: westeurope
regions: [{name: westeurope}]
machine: {inbound: [192.0.2.7], spot: true}
"""
# no layer that fetches anything: what is proven here is the way of the command
PROFILE = "name: stack\nlayers:\n  - id: seal\n    roles: [seal]\n"
NAME = "Debian:tiny:tiny-gen2:0.20261101.1"
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(arm: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    changes = {"packer/targets/cloud.yaml": TARGET, "packer/profiles/stack.yaml": PROFILE}
    changes["packer/gates/small.yaml"] = "name: small\n"
    found = checkout.write(tmp_path / "checkout", changes=changes)
    values = {
        **signed_in.environment(arm),
        "AZURE_SUBSCRIPTION_ID": arm.subscription,
        "BURNISH_AZURE_ENDPOINT": arm.base_url,
        "BURNISH_AZURE_INTERVAL": "0",
        "BURNISH_ROOT": str(found),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (found / "site.yaml").write_text(f"ca_bundle: {arm.ca}\n", encoding="utf-8")
    monkeypatch.chdir(found)
    return found


@pytest.fixture
def typed(root: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out, out.err

    return run


def lock(root: Path, *, known: bool = True) -> None:
    """A committed lock, its marketplace section pinned or not there."""
    packages = (makers.package("bash"), makers.package("walinuxagent"))
    origin = OriginLock(identity=NAME, listed="2026-11-20", packages=packages)
    found = replace(checkout.lock(), marketplace=origin if known else None, python={}, apt={})
    path = root / "packer" / "locks" / "tiny-cpu.lock.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(dump_lock(found), encoding="utf-8")


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
    fake_packer.write(tmp_path / "bin", plugin=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert code == 7
    assert "not verified here: Packer 1.11.2 has no plugin azure" in " ".join(err.split())


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


def test_a_dry_run_asks_nobody_and_shows_files_values_and_the_proof(
    arm: Emulator, root: Path, typed: Typed
) -> None:
    lock(root)
    code, out, _ = typed("build", "tiny-cpu", "--target", "cloud", "--dry-run")
    shown = json.loads(out)
    assert (code, arm.exchanges, shown["open"]) == (0, [], [])
    assert 'image_version = "0.20261101.1"' in shown["files"]["azure-arm.pkr.hcl"]
    assert "client_secret = var.client_secret" in shown["files"]["azure-arm.pkr.hcl"]
    assert arm.state.identity.secret not in out
    assert [each["does"] for each in shown["proof"]][-2:] == ["checks", "DELETE"]


def test_the_list_of_a_marketplace_image_is_locked_as_far_as_this_place_can(
    root: Path, typed: Typed, tmp_path: Path
) -> None:
    lock(root, known=False)
    file = tmp_path / "list.txt"
    file.write_text(f"# {NAME} 2026-11-20\nbash=5.2-1\nno-such-package=1\n", encoding="utf-8")
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


def test_leftovers_are_of_no_image_and_in_no_folder(typed: Typed) -> None:
    code, _, err = typed("prune", "tiny-cpu", "--leaked", "--target", "cloud")
    assert code == 2
    assert "--leaked is about no image" in err
    code, _, err = typed("prune", "--leaked")
    assert code == 2
    assert "'local' is the folder that builds are filed in" in err


def made(arm: Emulator, typed: Typed, **changes: Any) -> str:
    """A version of today's plan in the emulated Azure, as a build on a VM leaves it."""
    number = "2026.1125.0"
    plan = json.loads(typed("build", "tiny-cpu", "--target", "cloud", "--dry-run")[1])["plan"]
    manifest = makers.manifest(
        **{"image": "tiny-cpu", "plan": plan, "version": number, "verdicts": (), **changes}
    )
    definition = "golden/images/tiny-cpu"
    homes: dict[str, tuple[str, dict[str, Any]]] = {
        "golden": ("Microsoft.Compute/galleries", {}),
        definition: ("Microsoft.Compute/galleries/images", samples.definition()["properties"]),
    }
    for name, (kind, properties) in homes.items():
        there = arm.state.add("Microsoft.Compute/galleries", name, properties=properties)
        there.kind = kind
        there.document |= {"name": name.rpartition("/")[2], "type": kind}
    place = {"name": "West Europe", "regionalReplicaCount": 1, "excludeFromLatest": True}
    version = arm.state.add(
        "Microsoft.Compute/galleries",
        f"{definition}/versions/{number}",
        tags=tags.encode(manifest),
        properties={
            "publishingProfile": {"targetRegions": [place], "excludeFromLatest": True},
            "storageProfile": {"source": {"virtualMachineId": "/subscriptions/x/vm"}},
            "provisioningState": "Succeeded",
        },
    )
    version.kind = "Microsoft.Compute/galleries/images/versions"
    version.document |= {"name": number, "type": version.kind}
    return number


def test_a_version_in_azure_is_proven_again_and_keeps_the_verdict(
    arm: Emulator, root: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(root)
    number = made(arm, typed)
    verdict = makers.verdict("passed", level="azure", where="a machine")
    reached: list[str] = []

    @contextmanager
    def connected(remote: Remote, *, home: Path) -> Iterator[SimpleNamespace]:
        reached.append(remote.host)
        yield SimpleNamespace(who=lambda: home, options=())

    # SSH and the checks themselves have tests of their own; no machine answers in the emulator
    monkeypatch.setattr(vm_proof, "connected", connected)
    monkeypatch.setattr(vm_proof, "check", lambda *_, **__: verdict)
    code, out, err = typed("verify", f"tiny-cpu/{number}", "--target", "cloud")
    assert (code, out) == (0, f"tiny-cpu/{number} at cloud: azure 1/1\n"), err
    assert reached == ["203.0.113.10"]
    [version] = arm.state.versions
    known = tags.decode(version.document["tags"], version=number)
    assert known and [(each.level, each.passed) for each in known.verdicts] == [("azure", True)]
    assert {*arm.state.groups} == {"images"}


def test_how_it_would_be_proven_again_is_shown(arm: Emulator, root: Path, typed: Typed) -> None:
    lock(root)
    number = made(arm, typed)
    code, out, _ = typed("verify", "tiny-cpu", "--target", "cloud", "--dry-run")
    shown = json.loads(out)
    assert code == 0 and shown["version"].endswith(f"/images/tiny-cpu/versions/{number}")
    assert [each["does"] for each in shown["proof"]][-2:] == ["checks", "DELETE"]
    assert {each.method for each in arm.exchanges} == {"GET"}


def test_a_version_of_another_plan_is_not_judged_by_todays_checks(
    arm: Emulator, root: Path, typed: Typed
) -> None:
    lock(root)
    number = made(arm, typed, plan="another")
    code, _, err = typed("verify", f"tiny-cpu/{number}", "--target", "cloud")
    assert code == 2
    assert f"tiny-cpu {number} was made of another plan than today's" in " ".join(err.split())


@pytest.mark.parametrize("option", [("--level", "vm"), ("--all",), ("--firmware", "uefi")])
def test_levels_of_this_machine_are_none_of_a_version_in_azure(
    root: Path, typed: Typed, option: tuple[str, ...]
) -> None:
    assert root
    code, _, err = typed("verify", "tiny-cpu", "--target", "cloud", *option)
    assert code == 2
    assert "is proven at level azure" in " ".join(err.split())


def test_a_plan_at_the_target_shows_what_is_open_there(root: Path, typed: Typed) -> None:
    lock(root, known=False)
    shutil.copytree(checkout.REPOSITORY / "packer" / "prices", root / "packer" / "prices")
    code, out, err = typed("plan", "tiny-cpu", "--target", "cloud", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["open"]["marketplace"].startswith("nobody here can look into Debian:tiny:tiny-gen2")
    assert all(layer["cached"] is None for layer in told["layers"]), "nothing is built here for it"
    assert "marketplace" not in json.loads(typed("plan", "tiny-cpu", "--json")[1])["open"]
    lock(root)
    assert (
        "marketplace"
        not in json.loads(typed("plan", "tiny-cpu", "--target", "cloud", "--json")[1])["open"]
    )


def test_an_image_that_signs_is_never_built_on_a_machine_elsewhere(
    root: Path, typed: Typed, tmp_path: Path
) -> None:
    lock(root)
    (root / "packer" / "keys").mkdir()
    keys.pair(tmp_path, name="acme").rename(root / "packer" / "keys" / "acme.pem")
    path = root / "packer" / "images" / "tiny-cpu.yaml"
    path.write_text(path.read_text("utf-8") + "signing: acme\n", encoding="utf-8")
    code, _, err = typed("build", "tiny-cpu", "--target", "cloud", "--dry-run")
    assert code == 2
    told = " ".join(err.split())
    assert "tiny-cpu signs kernel modules with this site's key, which is not sent to a VM" in told
    assert "`route: upload`" in told
