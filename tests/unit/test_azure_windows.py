"""A build of Windows on a VM in Azure, rendered: how the machine is reached, what it has to be, its end."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import azure_builds
import checkout
import pytest
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import UsageError
from burnish.lock.origin import read_windows
from burnish.model.catalog import Catalog
from burnish.model.lock import Lock, OriginLock
from burnish.render.azure import PLAIN, REDUCED, render_azure
from burnish.render.azure_windows import WAY

ORIGIN = azure_builds.WINDOWS
IDENTITY = ORIGIN.identity


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return azure_builds.with_target(tmp_path_factory.mktemp("catalog"))


@pytest.fixture
def files(catalog: Catalog) -> dict[str, str]:
    return render_azure(azure_builds.panes(catalog), build=azure_builds.build())


def test_it_is_reached_by_https_and_ntlm_without_a_proxy(files: dict[str, str]) -> None:
    text = files[PLAIN]
    for name in ("winrm_use_ssl", "winrm_insecure", "winrm_use_ntlm", "winrm_no_proxy"):
        assert f"  {name} = true\n" in text
    assert 'allowed_inbound_ip_addresses = ["192.0.2.7"]' in text
    assert 'security_type = "TrustedLaunch"' in text
    assert "ssh_" not in text


def test_the_password_is_a_variable_of_the_environment_everywhere(files: dict[str, str]) -> None:
    assert "winrm_password = var.password" in files[PLAIN]
    told = '  default = env("BURNISH_PASSWORD")\n  sensitive = true\n'
    assert f'variable "password" {{\n  type = string\n{told}' in files[PLAIN]
    group = json.loads(files["inventory/group_vars/windows.json"])
    assert group == WAY
    assert group["ansible_password"] == "{{ lookup('ansible.builtin.env', 'BURNISH_PASSWORD') }}"
    # no argument of any program: every user of this machine reads those
    assert "$BURNISH_PASSWORD" not in files["apply"]


def test_the_settings_of_the_way_are_those_that_were_found_to_work() -> None:
    settings = {key.removeprefix("ansible_winrm_"): value for key, value in WAY.items()}
    wanted = {
        "transport": "ntlm",
        "server_cert_validation": "ignore",
        "operation_timeout_sec": 120,
        "read_timeout_sec": 150,
        "scheme": "https",
    }
    assert wanted.items() <= settings.items()


def test_steps_in_their_order(files: dict[str, str]) -> None:
    steps = re.findall(r'provisioner "([\w-]+)" \{\n    (.*)', files[PLAIN])
    assert steps == [
        ("powershell", 'script = "windows/winrm.ps1"'),
        ("shell-local", "inline = [\"sh ./apply origin '${build.Host}'\"]"),
        ("shell-local", "inline = [\"sh ./apply checks '${build.Host}'\"]"),
        ("windows-restart", 'restart_timeout = "30m"'),
        ("powershell", 'script = "windows/sysprep.ps1"'),
    ]
    for name in ("winrm.ps1", "sysprep.ps1"):
        script = checkout.REPOSITORY / "packer" / "windows" / name
        assert files[f"windows/{name}"] == script.read_text(encoding="utf-8")


def test_the_build_of_windows_is_that_of_the_lock(files: dict[str, str]) -> None:
    assert json.loads(files["origin.json"]) == {"burnish_windows_build": "20348.4405"}
    assert 'image_version = "20348.4405.251112"' in files[PLAIN]
    assert 'image_version = "20348.4405.251112"' in files[REDUCED]


def test_another_version_makes_another_plan(catalog: Catalog) -> None:
    other = replace(ORIGIN, identity=IDENTITY.replace("4405", "4410"))
    assert azure_builds.panes(catalog).id != azure_builds.panes(catalog, other).id
    assert azure_builds.panes(catalog).open == ()


UNKNOWN = (
    "nobody here can look into Panes:Server:panes-g2:latest: `burnish lock IMAGE --origin FILE` takes "
    "one line, its version"
)


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        (None, UNKNOWN),
        (
            replace(ORIGIN, identity="Panes:Server:old:1.2.3"),
            "the list is of Panes:Server:old:1.2.3, the base asks for Panes:Server:panes-g2:latest",
        ),
    ],
)
def test_without_an_exact_version_no_build_begins(
    catalog: Catalog, origin: OriginLock | None, told: str
) -> None:
    assert [each.reason for each in azure_builds.panes(catalog, origin).open] == [told]


def test_the_section_survives_its_file(tmp_path: Path) -> None:
    lock, path = Lock(image="panes-cpu", marketplace=ORIGIN), tmp_path / "x.lock.yaml"
    path.write_text(dump_lock(lock), encoding="utf-8")
    assert load_lock(path, image="panes-cpu", shown="x") == lock


@pytest.mark.parametrize("text", ["", "bash=5\n", f"# {IDENTITY}\n", "# P:S:g2:1.0.0 2026-11-20\n"])
def test_a_file_that_names_no_build_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_windows(text, shown="list.txt")
    assert caught.value.message == "list.txt: does not say which build of Windows it is"


def test_a_file_of_one_line_is_taken() -> None:
    assert read_windows(f"# {IDENTITY} 2026-11-20\n", shown="list.txt") == ORIGIN
