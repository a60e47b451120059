"""The NoCloud seed holds what cloud-init looks for, where it looks for it."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pycdlib
import pytest
from burnish.build import seed

FILES = seed.documents(user="prover", public_key="ssh-ed25519 AAAA burnish")


def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(FILES["user-data"].removeprefix("#cloud-config\n"))
    return config


def test_user_data_says_that_it_is_cloud_config() -> None:
    assert FILES["user-data"].startswith("#cloud-config\n{")


def test_the_user_has_the_key_no_password_and_sudo() -> None:
    (account,) = _config()["users"]
    assert account == {
        "name": "prover",
        "shell": "/bin/bash",
        "sudo": "ALL=(ALL) NOPASSWD:ALL",
        "lock_passwd": True,
        "ssh_authorized_keys": ["ssh-ed25519 AAAA burnish"],
    }


def test_the_seed_leaves_the_image_as_it_is() -> None:
    """A locale, packages or a network set here would hide what the image does in a cloud."""
    assert set(_config()) == {"users", "ssh_pwauth", "manage_etc_hosts"}
    assert set(FILES) == {"meta-data", "user-data"}


def test_meta_data_names_the_machine() -> None:
    assert json.loads(FILES["meta-data"]) == {
        "instance-id": "burnish-boot",
        "local-hostname": "burnish",
    }


@pytest.mark.parametrize("view", ["rr_path", "joliet_path"])
@pytest.mark.parametrize("name", ["meta-data", "user-data"])
def test_the_iso_keeps_names_and_contents(tmp_path: Path, name: str, view: str) -> None:
    seed.write_iso(tmp_path / "seed.iso", files=FILES)
    iso, content = pycdlib.PyCdlib(), BytesIO()
    iso.open(str(tmp_path / "seed.iso"))
    iso.get_file_from_iso_fp(content, **{view: f"/{name}"})
    iso.close()
    assert content.getvalue().decode() == FILES[name]


def test_the_iso_has_the_label_that_cloud_init_looks_for(tmp_path: Path) -> None:
    seed.write_iso(tmp_path / "seed.iso", files=FILES)
    data = (tmp_path / "seed.iso").read_bytes()
    assert data[0x8028 : 0x8028 + 32].decode().rstrip() == "CIDATA"


@pytest.mark.touches("processes", reason="ssh-keygen makes the key")
def test_each_key_is_fresh_and_private(tmp_path: Path) -> None:
    keys = {seed.make_key(tmp_path / "one"), seed.make_key(tmp_path / "two")}
    assert len(keys) == 2
    assert all(key.startswith("ssh-ed25519 ") for key in keys)
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600
