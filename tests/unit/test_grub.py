"""GRUB's configuration: the order of kernels and what stands in the menu."""

from __future__ import annotations

import pytest
from burnish.build import grub
from burnish.model.disk import DiskIds, FinaliseRecipe

RECIPE = FinaliseRecipe(ids=DiskIds.from_seed("x"), epoch=0, cmdline="console=ttyS0")


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("6.1.0-9-cloud-amd64", "6.1.0-56-cloud-amd64"),
        ("6.9.1", "6.12.0"),
        ("6.8.0~rc1-azure", "6.8.0-azure"),
        ("6.8.0", "6.8.0-1"),
        ("6.8.0-azure", "6.8.0.1-azure"),
        ("6.8.0-31-azure", "6.8.0-31-generic"),
    ],
)
def test_newest_kernel_comes_first(older: str, newer: str) -> None:
    assert grub.newest_first([older, newer]) == (newer, older)
    assert grub.newest_first([newer, older]) == (newer, older)


def test_menu_starts_the_kernels_by_uuid() -> None:
    menu = grub.menu([("6.2", True), ("6.1", False)], title="Joe's Linux", recipe=RECIPE)
    assert menu.count("menuentry") == 2
    assert "menuentry 'Joes Linux, with Linux 6.2' {" in menu
    assert f"linux /boot/vmlinuz-6.2 root=UUID={RECIPE.ids.root} ro console=ttyS0\n" in menu
    assert "initrd /boot/initrd.img-6.2" in menu
    assert "initrd.img-6.1" not in menu


def test_no_default_waits_for_the_root() -> None:
    defaults = grub.defaults(FinaliseRecipe(ids=DiskIds.from_seed("x"), epoch=0))
    assert "rootdelay" not in defaults
    assert "console=ttyS0,115200n8" in defaults


def test_stub_finds_the_menu() -> None:
    assert grub.stub("aa-bb").splitlines()[0] == "search.fs_uuid aa-bb root"
