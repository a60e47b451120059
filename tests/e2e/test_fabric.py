"""The finished disk in a simulated Azure: cloud-init's own datasource makes the user and reports ready."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import filed
import pytest
import running
from burnish.build import boot, seed
from burnish.errors import BootError
from burnish.model.fabric import Fabric
from burnish.model.machine import BootRequest, Deadlines
from called import BURNISH

# the first that the store has
IMAGES = ("debian-12-cpu", "debian-12-minimal")


def disk() -> tuple[str, Path]:
    """The image whose disk is there, and that disk; LookupError tells how to get one."""
    for image in IMAGES[:-1]:
        try:
            return image, filed.find(image).disk / "disk.qcow2"
        except LookupError:
            continue
    return IMAGES[-1], filed.find(IMAGES[-1]).disk / "disk.qcow2"


@pytest.fixture(scope="module")
def image() -> str:
    """Of the filed version that is booted."""
    return disk()[0]


@pytest.fixture(scope="module")
def found(image: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `burnish boot --azure` found, with a key of the user's."""
    key = tmp_path_factory.mktemp("key") / "id"
    seed.make_key(key)
    words = ("boot", image, "--azure", "--json", "--user", "ada", "--key", f"{key}.pub")
    done = subprocess.run([BURNISH, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_cloud_init_finds_itself_in_azure(found: dict[str, Any]) -> None:
    assert found["facts"]["datasource"] == "azure"
    assert found["facts"]["cloud-init"] == "status: done"
    asked = [each for each in found["journal"] if each["agent"].startswith("Cloud-Init")]
    paths = [each["path"].partition("?api")[0] for each in asked]
    assert paths[:3] == ["/metadata/instance", "/machine/?comp=goalstate", "/machine?comp=health"]
    assert asked[2]["said"] == "Ready"
    assert found["ready"] >= asked[2]["seconds"] > 0


def test_the_user_is_made_with_the_key_and_may_do_all(found: dict[str, Any], image: str) -> None:
    facts = found["facts"]
    assert (facts["user"], facts["sudo"], facts["hostname"]) == ("ada", "root", image)
    assert facts["keys"] == "2", "the user's, and the one that burnish came in with"
    assert found["failed_units"] == [] and found["state"] == "running"


def test_waagent_starts_and_leaves_provisioning_to_cloud_init(found: dict[str, Any]) -> None:
    facts = found["facts"]
    assert (facts["virtualization"], facts["waagent"]) == ("microsoft", "active")
    assert facts["provisioned by"] == "Running CloudInit provisioning handler"
    assert found["agent"] > found["ready"]
    asked = [each for each in found["journal"] if each["agent"].startswith("WALinuxAgent")]
    kinds = {each["path"].partition("type=")[2].partition("&")[0]: each["status"] for each in asked}
    wanted = ("hostingEnvironmentConfig", "sharedConfig", "certificates", "extensionsConfig")
    assert {kind: kinds.get(kind) for kind in wanted} == dict.fromkeys(wanted, 200)


def test_the_empty_second_disk_stays_empty(found: dict[str, Any]) -> None:
    assert found["second_disk"] == "empty as it was"
    # the first is the system's, and no file system is on the second
    assert found["facts"]["disks"].count(";") == 2, found["facts"]["disks"]


def test_all_that_was_asked_was_answered(found: dict[str, Any]) -> None:
    refused = {each["path"] for each in found["journal"] if each["status"] != 200}
    assert refused <= {"/vmSettings"}, "which a host without that says with 404"
    assert found["problems"] == []


def request(folder: Path, fabric: Fabric, *, ready: float) -> BootRequest:
    """Its deadline is twice what this host needed just now, so that it comes as far as the goal state."""
    login = max(120.0, 2 * ready)
    return BootRequest(
        disk=disk()[1],
        format="qcow2",
        scratch=folder / "scratch",
        log=folder / "serial.log",
        fabric=fabric,
        deadlines=Deadlines(kernel=login, login=login, running=login, off=60),
    )


@pytest.mark.parametrize(
    ("fabric", "text"),
    [
        pytest.param(
            Fabric(mute=("comp=goalstate",)),
            "no report 'ready': last asked: wireserver GET /machine/?comp=goalstate,"
            " which got no answer within ",
            id="the goal state never comes",
        ),
        pytest.param(
            Fabric(ovf="<Environment>"),
            "it told the simulated Azure: NotReady: ProvisioningFailed",
            id="the disc has no document",
        ),
    ],
)
def test_a_machine_that_is_not_provisioned_says_why(
    tmp_path: Path, found: dict[str, Any], *, fabric: Fabric, text: str
) -> None:
    wanted = request(tmp_path, fabric, ready=found["ready"])
    with pytest.raises(BootError) as caught, boot.machine(wanted):
        pytest.fail("it cannot be ready")
    assert text in caught.value.message
    assert list((tmp_path / "scratch").iterdir()) == []
    assert running.naming(str(tmp_path)) == []
