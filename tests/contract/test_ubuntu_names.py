"""Every Ubuntu package name of roles and bases has evidence: no Ubuntu mirror is needed to know.

tests/ubuntu/README.md says where the evidence comes from and how to add some.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import ubuntu_names
import yaml
from ubuntu_names import RELEASES, Row, Use

ROOT = Path(__file__).resolve().parents[2]
TABLE = ubuntu_names.read_table()


def _role(root: Path, **files: object) -> Path:
    folder = root / "roles" / "demo" / "vars"
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump(data), encoding="utf-8")
    return root


def _use(name: str, release: str = "noble") -> Use:
    return Use(file="roles/demo/vars/Debian.yml", name=name, release=release)


def test_every_name_has_evidence() -> None:
    found = ubuntu_names.findings(ubuntu_names.uses(ROOT), TABLE)
    assert found == [], "\n".join(["", *found])


def test_every_vars_file_and_name_is_understood() -> None:
    found = ubuntu_names.foreign(ROOT)
    assert found == [], "\n".join(["", *found])


def test_every_release_is_looked_at() -> None:
    assert {use.release for use in ubuntu_names.uses(ROOT)} == set(RELEASES)


def test_table_holds_what_is_used_once_each() -> None:
    used = {(use.name, use.release) for use in ubuntu_names.uses(ROOT)}
    rows = [(row.name, row.release) for row in TABLE]
    assert rows == sorted(used & set(rows)), "run tests/ubuntu/make_evidence.py"


def test_every_row_names_its_source() -> None:
    for row in TABLE:
        kind, _, source = row.evidence.partition(": ")
        assert kind in {"seen", "claimed", "likely", "stated"}, row
        assert len(source) >= (10 if kind == "stated" else 3), f"{row}: where is that written?"


@pytest.mark.parametrize("release", RELEASES)
def test_kernel_is_the_fixed_one(release: str) -> None:
    version = RELEASES[release]
    base = ROOT / "packer" / "bases" / f"ubuntu-{version}.yaml"
    kernels = yaml.safe_load(base.read_text(encoding="utf-8"))["rootfs"]["kernel"]
    assert f"linux-image-azure-lts-{version}" in kernels["cpu"]
    # the one that Canonical's signed modules of NVIDIA are for, or no GPU image yet
    assert kernels["gpu"] in (["linux-image-azure"], kernels["cpu"])


def test_name_without_evidence_is_told_with_its_place() -> None:
    (found,) = ubuntu_names.findings([_use("no-such-thing")], TABLE)
    place, hint = found.split("\n")
    file = "roles/demo/vars/Debian.yml"
    assert place == f"{file}: 'no-such-thing' on noble: no evidence that it exists"
    assert hint == f"  hint: {ubuntu_names.HINT}"


def test_absent_name_fails_whatever_the_table_says() -> None:
    stated = Row(name="waagent", release="noble", evidence="stated: somebody was sure of it")
    (found,) = ubuntu_names.findings([_use("waagent")], [stated])
    assert found.endswith("not in Ubuntu's archive\n  hint: use walinuxagent")


@pytest.mark.parametrize("name", ["linux-tools-azure", "nvidia-utils-580-server", "walinuxagent"])
def test_likely_is_not_enough_for_kernel_driver_or_agent(name: str) -> None:
    likely = [
        Row(name=name, release="noble", evidence="likely: debian"),
        Row(name="htop", release="noble", evidence="likely: debian"),
    ]
    (found,) = ubuntu_names.findings([_use("htop"), _use(name)], likely)
    assert f"'{name}' on noble: only likely" in found


def test_more_specific_file_replaces_a_key(tmp_path: Path) -> None:
    root = _role(
        tmp_path,
        Debian={"__demo_packages": ["waagent"], "__demo_packages_more": {"gpu": ["jq"]}},
        Ubuntu={"__demo_packages": ["walinuxagent"]},
        **{"Ubuntu_24.04": {"__demo_packages": ["only-noble"]}},
    )
    found = {(use.release, use.name) for use in ubuntu_names.uses(root)}
    agents = {("jammy", "walinuxagent"), ("noble", "only-noble"), ("resolute", "walinuxagent")}
    assert found == agents | {(release, "jq") for release in RELEASES}


def test_what_a_role_downloads_need_not_be_ubuntus(tmp_path: Path) -> None:
    files = {"__demo_downloads": [{"name": "x.deb", "url": "https://x.test/x.deb", "deb": "x"}]}
    root = _role(tmp_path, main=files, Debian={"__demo_packages": ["jq", "x"]})
    assert {use.name for use in ubuntu_names.uses(root)} == {"jq"}


def test_what_cannot_be_read_as_data_is_told(tmp_path: Path) -> None:
    root = _role(tmp_path, Debian={"__demo_packages": ["{{ x }}"]}, ubuntu24={}, RedHat={})
    first, second = ubuntu_names.foreign(root)
    assert first.startswith("roles/demo/vars/ubuntu24.yml: no release of Ubuntu loads")
    assert second == "roles/demo/vars/Debian.yml: '{{ x }}': computed, not data"
