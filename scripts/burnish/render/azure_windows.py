"""Takes a plan for Windows; gives what it is applied over WinRM with: the way there, the build wanted. Pure.

The password stands in no file: the inventory names a variable of the environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from burnish.model.plan import Plan
from burnish.render.azure_source import ENVIRONMENT
from burnish.render.generalise import PREPARE, SYSPREP, USER
from burnish.render.hcl import environment

GROUP = "windows"
UNREACHABLE = 4  # ansible-playbook's exit code
# Of the group, and not given as extra variables: what a task does on this machine would be sent there too.
WAY: Mapping[str, object] = {
    "ansible_connection": "winrm",
    "ansible_port": 5986,
    "ansible_winrm_scheme": "https",
    # without it `basic` is tried, which is off: "the specified credentials were rejected"
    "ansible_winrm_transport": "ntlm",
    # made at the machine's start and signed by nobody; who may come in is limited instead
    "ansible_winrm_server_cert_validation": "ignore",
    "ansible_winrm_operation_timeout_sec": 120,
    "ansible_winrm_read_timeout_sec": 150,
    "ansible_user": USER,
    "ansible_password": f"{{{{ lookup('ansible.builtin.env', '{ENVIRONMENT['password']}') }}}}",
}


def files(plan: Plan, templates: Mapping[str, str]) -> dict[str, str]:
    """The program that applies layers, the way to the machine, the two scripts that run there."""
    apply = environment().from_string(templates["azure-apply-windows.sh.j2"])
    return {
        "apply": apply.render(
            group=GROUP, unreachable=UNREACHABLE, user=USER, port=WAY["ansible_port"]
        ),
        f"inventory/group_vars/{GROUP}.json": _json(WAY),
        "origin.json": _json({"burnish_windows_build": build_of(plan)}),
        **{name: templates[name] for name in (PREPARE, SYSPREP)},
    }


def build_of(plan: Plan) -> str:
    """Build and update of Windows, as the version of the marketplace image begins: `20348.4405`."""
    market = plan.base.marketplace
    assert market is not None
    return ".".join(market.version.split(".")[:2])


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
