"""What the role cuda asks for on each of our images for GPUs."""

from __future__ import annotations

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
