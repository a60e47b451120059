"""What the role cuda asks for on each of our images for GPUs."""

from __future__ import annotations

import glob
import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import checkout
import pytest
from burnish.model.lock import Asked
from burnish.stages import planning

CONTAINERS = {
    "libnvidia-container-tools",
    "libnvidia-container1",
    "nvidia-container-toolkit",
    "nvidia-container-toolkit-base",
}


def asked(name: str) -> Asked:
    catalog = checkout.real()
    return planning.asked(catalog, catalog.images[name])


@pytest.mark.parametrize(
    ("name", "some", "containers"),
    [
        ("debian-12-gpu-distro", {"linux-headers-amd64", "nvidia-kernel-dkms", "libcuda1"}, set()),
        (
            "debian-12-gpu",
            {"linux-headers-amd64", "nvidia-driver-cuda", "nvidia-kernel-open-dkms"},
            CONTAINERS,
        ),
        ("ubuntu-24.04-gpu", {"linux-modules-nvidia-580-server-open-azure"}, CONTAINERS),
    ],
)
def test_the_driver_comes_from_where_it_is_said(
    name: str, some: set[str], containers: set[str]
) -> None:
    found = asked(name)
    assert some <= set(found.packages["cuda"])
    assert {each.deb for each in found.downloads["cuda"]} == containers
    assert not containers & set(found.packages["cuda"]), "no archive has these"


def test_only_nvidias_driver_needs_its_archive() -> None:
    assert asked("debian-12-gpu-distro").archives["cuda"] == ()
    assert asked("ubuntu-24.04-gpu").archives["cuda"] == ()
    (archive,) = asked("debian-12-gpu").archives["cuda"]
    assert archive.url.endswith("/repos/debian12/x86_64")
    assert archive.preference.startswith(
        "Package: *nvidia* libcuda1 libcudadebugger1 libnvcuvid1\n"
    )
    assert "Pin: version 580.*" in archive.preference


def test_no_other_image_asks_for_a_package_of_nvidias() -> None:
    images = checkout.real().images.values()
    for image in (each for each in images if each.flavour == "cpu"):
        packages = asked(image.name).packages
        assert "cuda" not in packages
        assert not [each for names in packages.values() for each in names if "nvidia" in each]


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs the role's program where modinfo knows one module, of one kernel."""
    facts = {"filename": "x.ko", "vermagic": "6.1.0-56-amd64 SMP", "version": "580.159.04"}

    def run(there: str, *, plain: bool) -> None:
        def modinfo(argv: list[str], **_: object) -> SimpleNamespace:
            return SimpleNamespace(stdout=facts[argv[4]] if argv[5] == there else "")

        monkeypatch.setattr(subprocess, "run", modinfo)
        monkeypatch.setattr(glob, "glob", lambda _: ["/boot/vmlinuz-6.1.0-56-amd64"])
        asked = json.dumps({"names": ["nvidia-current"], "plain": plain})
        monkeypatch.setattr(sys, "argv", ["modules.py", asked])
        runpy.run_path(str(checkout.REPOSITORY / "roles/cuda/files/modules.py"))

    return run


@pytest.mark.parametrize(
    ("there", "plain"), [("nvidia-current", False), ("nvidia-current", True), ("nvidia", True)]
)
def test_modules_of_nvidias_own_packages_may_have_plain_names(
    modules: Callable[..., None], capsys: pytest.CaptureFixture[str], *, there: str, plain: bool
) -> None:
    modules(there, plain=plain)
    assert json.loads(capsys.readouterr().out)["versions"] == ["580.159.04"]


@pytest.mark.parametrize(("there", "plain"), [("nvidia", False), ("nouveau", True)])
def test_a_module_that_is_not_there_ends_the_role(
    modules: Callable[..., None], there: str, *, plain: bool
) -> None:
    with pytest.raises(SystemExit, match="built for no kernel at all"):
        modules(there, plain=plain)
