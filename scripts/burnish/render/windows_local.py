"""Takes a plan for Windows and a medium of the user's; gives a build by QEMU here, as files. Pure.

Nothing of it was ever run to its end where this was written: neither KVM nor a Windows was there. Its options
are all known to Packer 1.6.6, and to the plugin of today.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from burnish.errors import BuildError, UsageError
from burnish.model.base import Installer
from burnish.model.plan import Plan
from burnish.render import windows
from burnish.render.answers import MARK, USER, answer_file
from burnish.render.answers_check import problems
from burnish.render.azure_options import Reference
from burnish.render.azure_windows import GROUP
from burnish.render.generalise import SYSPREP
from burnish.render.hcl import environment

TEMPLATE, BUILD, APPLY = "windows-qemu.pkr.hcl", "build", "apply"
ANSWERS = "Autounattend.xml"
MEDIUM = "medium"
NOT_HERE = "not verified here: no KVM and no Windows were there where this was written"
# cmd is what OpenSSH starts on Windows
WAY = {"ansible_connection": "ssh", "ansible_shell_type": "cmd", "ansible_user": USER}
# Before it goes off nothing of this build's SSH may stay; a machine of the image makes keys of its own.
OFF = (
    'cmd /c "del /q C:\\ProgramData\\ssh\\administrators_authorized_keys C:\\ProgramData\\ssh\\ssh_host_*'
    ' & shutdown /s /t 5 /f"'
)


@dataclass(frozen=True, kw_only=True)
class Medium:
    """The user's medium of Windows: its path and what it is, and the firmware of this host."""

    iso: str
    sha256: str
    code: str
    variables: str


def render(plan: Plan, medium: Medium, *, templates: Mapping[str, str]) -> dict[str, str]:
    """Every file of the build. UsageError for a base that has no medium, BuildError for answers that setup
    would not take."""
    installer = _installer(plan)
    answers = answer_file(installer)
    if found := problems(answers):
        lines = "\n".join(f"  - {each}" for each in found)
        raise BuildError(f"{plan.image.name}: setup would not take its answer file:\n{lines}")
    jinja, own = environment(), [layer for layer in plan.layers if layer.roles]
    given: dict[str, Any] = {
        "image": plan.image,
        "options": options(plan, medium),
        "layers": [layer.name for layer in own],
        "group": GROUP,
        "mark": MARK,
        "firmware": {"code": medium.code, "variables": medium.variables},
    }
    made = {
        TEMPLATE: "windows-qemu.pkr.hcl.j2",
        BUILD: "windows-qemu-build.sh.j2",
        APPLY: "windows-qemu-apply.sh.j2",
    }
    files = {
        name: jinja.from_string(templates[each]).render(**given) for name, each in made.items()
    }
    files |= {ANSWERS: answers, SYSPREP: templates[SYSPREP]}
    files[f"inventory/group_vars/{GROUP}.json"] = json.dumps(WAY, indent=2) + "\n"
    for layer in own:
        told = windows.variables(plan, layer, folder="{{ playbook_dir }}/..")
        files[f"{layer.name}.json"] = json.dumps(told, indent=2, sort_keys=True) + "\n"
        known = [name for name in layer.python if name in plan.lock.python]
        files |= {f"{name}.txt": plan.lock.python[name].requirements() for name in known}
    return files


def options(plan: Plan, medium: Medium) -> dict[str, Any]:
    """Every option of Packer's qemu builder, in the order in which it is written."""
    return {
        "vm_name": f"{plan.image.name}.qcow2",
        "iso_url": medium.iso,
        "iso_checksum": f"sha256:{medium.sha256}",
        "output_directory": "output",
        "format": "qcow2",
        "disk_size": f"{plan.image.disk_gb}G",
        "disk_interface": "virtio-scsi",
        "disk_discard": "unmap",
        "net_device": "virtio-net",
        "accelerator": "kvm",
        "machine_type": "q35",
        "cpus": 4,
        "memory": 8192,
        "headless": True,
        # not a floppy: q35 has none, and plugin-qemu#177 lost it
        "cd_files": [f"{MEDIUM}/*"],
        "cd_label": "burnish",
        # "Press any key to boot from CD", which is there for five seconds
        "boot_wait": "2s",
        "boot_command": [
            "<spacebar><wait><spacebar><wait><spacebar><wait><spacebar><wait><spacebar>"
        ],
        "qemuargs": _machine(),
        "communicator": "ssh",
        "ssh_username": USER,
        "ssh_private_key_file": Reference(text="var.key", type="string"),
        "ssh_timeout": "3h",
        "shutdown_command": OFF,
        "shutdown_timeout": "30m",
    }


def _machine() -> list[list[Any]]:
    """UEFI without `-drive`, which would take the place of every drive of Packer's own; the host's own CPU:
    with another one Windows Server 2025 starts again and again (hashicorp/packer#13342, #13514)."""
    code = (
        "driver=raw,node-name=code,read-only=on,file.driver=file,file.filename=${var.firmware_code}"
    )
    variables = (
        "driver=raw,node-name=variables,file.driver=file,file.filename=${var.firmware_variables}"
    )
    texts = (
        ("-blockdev", code),
        ("-blockdev", variables),
        ("-machine", "type=q35,accel=kvm,pflash0=code,pflash1=variables"),
        ("-cpu", "host"),
    )
    return [[name, Reference(text=f'"{text}"', type="string")] for name, text in texts]


def _installer(plan: Plan) -> Installer:
    if plan.base.installer is None:
        raise UsageError(
            f"{plan.image.name}: {plan.base.name} is not installed from a medium",
            hint="`installer` in the base says what its medium calls things; it is for Windows",
        )
    return plan.base.installer
