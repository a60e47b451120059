"""The way to a Windows machine, as it is rendered, against a responder for WinRM: no Windows is here.

Proven: TLS with a certificate that nobody signed, NTLM with the password of the environment, Ansible's own
connection and modules as they are sent, the program `apply` with its one retry. Not verified here: a real
WinRM, PowerShell, and whether Azure's policies let NTLM in.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import azure_builds
import checkout
import pytest
from burnish.render.azure import render_azure
from winrm_responder import Responder, responding

PASSWORD = "Aa1-only-in-the-environment"
REGISTRY = {"CurrentBuildNumber": "20348", "UBR": 4405}


def windows(line: str, given: bytes) -> tuple[int, str, str]:
    """What the modules of these tests would answer, by what was sent to them."""
    if b"win_ping" in given:
        return 0, json.dumps({"changed": False, "ping": "pong"}), ""
    if b"win_reg_stat" in given:
        name = next(each for each in REGISTRY if f'"name": "{each}"'.encode() in _flat(given))
        told = {"changed": False, "exists": True, "type": "REG_SZ", "value": REGISTRY[name]}
        return 0, json.dumps(told), ""
    return 0, f"{len(line)}\r\n", ""


def _flat(given: bytes) -> bytes:
    return given.replace(b'":"', b'": "')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build's folder with the playbooks of this repository, as `azure_vm.lay_out` makes it."""
    plan = azure_builds.panes(azure_builds.with_target(tmp_path / "checkout"))
    found = tmp_path / "build"
    for name, text in render_azure(plan, build=azure_builds.build()).items():
        path = found / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (found / "ansible").symlink_to(checkout.REPOSITORY / "ansible")
    return found


@pytest.fixture
def responder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Responder]:
    users = tmp_path / "users"
    users.write_text(f":packer:{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(users))
    with responding(windows, scratch=tmp_path) as found:
        yield found


def run(
    folder: Path, *argv: str, port: int, way: dict[str, Any] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A program in the build's folder; of the way only the port is another, and what `way` says."""
    group = folder / "inventory" / "group_vars" / "windows.json"
    told = {**json.loads(group.read_text("utf-8")), "ansible_port": port, **(way or {})}
    group.write_text(json.dumps(told), encoding="utf-8")
    own = {
        "BURNISH_PASSWORD": PASSWORD,
        "BURNISH_PAUSE": "0",
        "ANSIBLE_CONFIG": str(folder / "ansible" / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_NOCOLOR": "1",
        **environment,
    }
    return subprocess.run(
        argv, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )


def origin(folder: Path, port: int, **given: Any) -> subprocess.CompletedProcess[str]:
    return run(folder, "sh", "./apply", "origin", "127.0.0.1", port=port, **given)


def test_the_build_is_read_over_https_and_ntlm(folder: Path, responder: Responder) -> None:
    done = origin(folder, responder.port)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = responder.seen
    assert {*seen.users} == {"packer"}
    assert ({*seen.schemes}, seen.refused) == ({"Negotiate"}, 0)
    assert {"Create", "Command", "Send", "Receive", "Delete"} <= {*seen.actions}
    assert sum(b"win_reg_stat" in given for _, given in seen.commands) == 2


def test_the_password_is_never_sent_shown_or_kept(folder: Path, responder: Responder) -> None:
    done = origin(folder, responder.port, ANSIBLE_VERBOSITY="4")
    kept = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert PASSWORD.encode() not in bytes(responder.seen.raw)
    assert PASSWORD not in done.stdout + done.stderr
    assert not any(PASSWORD in path.read_text("utf-8", "replace") for path in kept)


def test_another_build_is_drift(
    folder: Path, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REGISTRY, "UBR", 4410)
    done = origin(folder, responder.port)
    assert done.returncode != 0
    assert "burnish: drift: build 20348.4410, the lock has 20348.4405" in done.stdout


def test_a_module_comes_through_as_ansible_sends_it(folder: Path, responder: Responder) -> None:
    (folder / "inventory" / "hosts").write_text("[windows]\n127.0.0.1\n", encoding="utf-8")
    argv = ("ansible", "--inventory", "inventory", "windows", "--module-name")
    done = run(folder, *argv, "ansible.windows.win_ping", port=responder.port)
    assert "ping: pong" in done.stdout, done.stdout + done.stderr


def test_a_proxy_of_the_site_is_passed_by(folder: Path, responder: Responder) -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = origin(folder, responder.port, **nowhere)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("away", "code"), [(1, 0), (99, 4)])
def test_a_machine_that_is_away_is_tried_once_more(
    folder: Path, responder: Responder, away: int, code: int
) -> None:
    responder.away = away
    done = origin(folder, responder.port)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.count("burnish: the machine did not answer over WinRM: once more") == 1


def test_a_drift_is_not_tried_twice(
    folder: Path, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REGISTRY, "UBR", 1)
    done = origin(folder, responder.port)
    assert "once more" not in done.stdout


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ({"ansible_winrm_server_cert_validation": "validate"}, "CERTIFICATE_VERIFY_FAILED"),
        ({"ansible_winrm_transport": "basic"}, "the specified credentials were rejected"),
        ({"ansible_winrm_transport": "ssl"}, "the specified credentials were rejected"),
        ({"ansible_winrm_scheme": "http"}, "UNREACHABLE"),
        ({"ansible_password": "Aa1-another"}, "the specified credentials were rejected"),
        ({"ansible_user": "somebody"}, "the specified credentials were rejected"),
    ],
    ids=["certificate", "basic", "no transport", "no tls", "password", "user"],
)
def test_another_setting_does_not_get_in(
    folder: Path, responder: Responder, way: dict[str, Any], told: str
) -> None:
    done = origin(folder, responder.port, way=way)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr
    assert responder.seen.commands == []
