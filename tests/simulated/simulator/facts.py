"""Gives the facts of a server of Windows that the module setup would tell: those roles may read."""

from __future__ import annotations

from simulator.asked import Asked, Result

DISTRIBUTIONS = {
    "2022": ("Microsoft Windows Server 2022 Datacenter", "10.0.20348.0"),
    "2025": ("Microsoft Windows Server 2025 Datacenter", "10.0.26100.0"),
}


def setup(asked: Asked) -> Result:
    """The same facts for every subset: what the playbook gathers is what it may read."""
    release = str(asked.answers.machine.get("release", "2022"))
    distribution, version = DISTRIBUTIONS[release]
    variables = asked.state.environment
    facts = {
        "ansible_architecture": "64-bit",
        "ansible_architecture2": "x86_64",
        "ansible_distribution": distribution,
        "ansible_distribution_major_version": "10",
        "ansible_distribution_version": version,
        "ansible_env": {**variables["machine"], **variables["user"]},
        "ansible_hostname": "simulated",
        "ansible_kernel": version,
        "ansible_nodename": "simulated",
        "ansible_os_family": "Windows",
        "ansible_os_installation_type": "Server",
        "ansible_os_name": distribution,
        "ansible_os_product_type": "server",
        "ansible_powershell_version": 5,
        "ansible_reboot_pending": asked.state.reboot_pending,
        "ansible_system": "Win32NT",
        "ansible_system_vendor": "burnish: a simulated host",
        "ansible_user_dir": variables["machine"]["USERPROFILE"],
        "ansible_user_id": variables["machine"]["USERNAME"],
        "ansible_win_rm_certificate_expires": None,
    }
    known = {key: value for key, value in asked.answers.machine.items() if key != "release"}
    return {"changed": False, "ansible_facts": {**facts, **known}}


ANSWERS = {"ansible.windows.setup": setup}
