"""What ansible-core sends a Windows host is what the simulated host takes apart. It is private to
ansible-core, whose version is pinned: where one of these fails, simulator/wire.py has to follow."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import ansible.release
import pytest
from ansible.executor.powershell import module_manifest
from ansible.plugins.shell.powershell import ShellModule
from simulator.wire import Call, Script, WireChanged, named, parse, script_of

ROOT = Path(__file__).resolve().parents[2]
NAME = "ansible_collections.ansible.windows.plugins.modules.win_file"
LOUD = "ansible-core changed its wire format: see tests/simulated/simulator/wire.py"


def sent(*, check: bool = True, wait: int = 0) -> bytes:
    """A call, by ansible-core's own function."""
    return bytes(
        module_manifest._create_powershell_wrapper(
            name=NAME,
            module_data=b"#!powershell\n",
            module_path="win_file.ps1",
            module_args={"path": "C:\\a", "_ansible_check_mode": check, "_ansible_verbosity": 0},
            environment={"A": "b", "ANSIBLE_ASYNC_DIR": "C:\\jobs"},
            async_timeout=wait,
            become_plugin=None,
            substyle="powershell",
            task_vars={},
            profile="legacy",
        )
    )


def test_the_version_is_the_one_this_was_written_for() -> None:
    pinned = re.search(
        r"^ansible-core==(\S+)", (ROOT / "scripts/requirements.in").read_text(), re.MULTILINE
    )
    assert pinned and ansible.release.__version__ == pinned[1] == "2.19.14", LOUD


def test_a_module_is_understood_as_it_is_sent() -> None:
    call = parse(sent())
    assert call == Call(
        module="ansible.windows.win_file",
        arguments={"path": "C:\\a"},
        check=True,
        environment={"A": "b", "ANSIBLE_ASYNC_DIR": "C:\\jobs"},
    ), LOUD


def test_a_module_that_goes_on_by_itself_has_a_job() -> None:
    call = parse(sent(check=False, wait=60))
    assert isinstance(call, Call) and re.fullmatch(r"j\d+", call.job) and not call.check, LOUD


def test_a_script_of_ansible_core_is_understood_as_it_is_sent() -> None:
    given = {"Directory": "%TEMP%", "Name": "x"}
    _, data = module_manifest._bootstrap_powershell_script("powershell_mkdtemp.ps1", given)
    assert parse(data) == Script(name="powershell_mkdtemp.ps1", parameters=given), LOUD


def test_a_raw_script_is_read_as_the_shell_encodes_it() -> None:
    encoded = ShellModule()._encode_script("Get-Item 'C:\\a'", as_list=False)
    assert "Get-Item 'C:\\a'" in script_of(encoded), LOUD
    assert script_of("shutdown /a") == "shutdown /a"


def bent(change: dict[str, Any]) -> bytes:
    """A message of another shape: its manifest with something changed."""
    first, _, rest = sent().partition(b"\n\0\0\0\0\n")
    manifest = json.loads(rest)
    manifest["actions"][-1].update(change)
    return first + b"\n\0\0\0\0\n" + json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"{}", "a bootstrap of None, or no separator after it", id="no separator"),
        pytest.param(b"hello\n\0\0\0\0\n{}", "the bootstrap is not JSON", id="no JSON"),
        pytest.param(
            b'{"name": "exec_wrapper"}\n\0\0\0\0\n{}', "a manifest without actions", id="no action"
        ),
        pytest.param(
            bent({"name": "wrap.ps1"}),
            "the last action is 'wrap.ps1', not module_wrapper.ps1",
            id="another wrapper",
        ),
        pytest.param(
            bent({"params": {"Script": NAME}}),
            "a module without its name or its complex_args",
            id="no arguments",
        ),
        pytest.param(
            bent(
                {
                    "params": {
                        "Script": NAME,
                        "Variables": [{"Name": "complex_args", "Value": {}}],
                    }
                }
            ),
            "complex_args without _ansible_check_mode",
            id="no check mode",
        ),
    ],
)
def test_another_shape_is_told_loudly(data: bytes, says: str) -> None:
    with pytest.raises(WireChanged) as raised:
        parse(data)
    told = f"the wire format of ansible-core changed: {says}; see simulator/wire.py"
    assert str(raised.value) == told


def test_a_module_of_another_place_is_told() -> None:
    assert named("setup") == "setup"
    with pytest.raises(WireChanged, match=r"a module called 'ansible_collections\.a\.b\.c\.d'"):
        named("ansible_collections.a.b.c.d")
