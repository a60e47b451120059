"""A version of route `vm` is proven again, and what is open for such a build is shown before it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import checkout
import keys
import makers
import pytest
from burnish.gallery.azure import tags
from burnish.model.remote import Remote
from burnish.stages import vm_proof
from emulator import samples
from emulator.emulator import Emulator
from vm_typed import Typed, lock


def made(arm: Emulator, typed: Typed, **changes: Any) -> str:
    """A version of today's plan in the emulated Azure, as a build on a VM leaves it."""
    number = "2026.1125.0"
    words = ("build", "tiny-cpu", "--target", "cloud", "--dry-run", "--json")
    plan = json.loads(typed(*words)[1])["plan"]
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
