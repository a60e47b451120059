"""What a machine must be like that came up in the simulated Azure: facts in, problems in words out. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from burnish.model.fabric import Fabric

NO_AGENT = "waagent: it never reported ready"
# Asked for in one round trip; each prints one line.
QUESTIONS: Mapping[str, str] = {
    "datasource": "cloud-id",
    "hostname": "hostname",
    "user": "id -un",
    "sudo": "sudo -n id -un",
    "keys": "grep -c . ~/.ssh/authorized_keys",
    "cloud-init": "cloud-init status | head -n 1",
    "virtualization": "systemd-detect-virt",
    "waagent": "systemctl is-active walinuxagent.service",
    "provisioned by": "sudo -n grep -o 'Running .* provisioning handler' /var/log/waagent.log | tail -n 1",
    "disks": "lsblk --noheadings --nodeps --output NAME,FSTYPE,MOUNTPOINTS --exclude 11 | tr -s ' \\n' ' ;'",
}


def command() -> str:
    """All questions for the login shell; each answer is one line, empty where there is none."""
    return "; ".join(f'echo "$({question} 2>/dev/null)"' for question in QUESTIONS.values())


def facts(text: str) -> dict[str, str]:
    """What came back, by question."""
    lines = [line.strip() for line in text.split("\n")]
    return dict(zip(QUESTIONS, [*lines, *[""] * len(QUESTIONS)], strict=False))


def problems(found: Mapping[str, str], *, fabric: Fabric, untouched: bool) -> tuple[str, ...]:
    """Each way in which the machine is not what Azure would be told it is."""
    expected = {
        "datasource": "azure",
        "hostname": fabric.hostname,
        "user": fabric.user,
        "sudo": "root",
        "keys": str(len(fabric.keys)),
        "cloud-init": "status: done",
        "virtualization": "microsoft",
        "waagent": "active",
        "provisioned by": "Running CloudInit provisioning handler",
    }
    wrong = [
        f"{name}: {found.get(name) or 'nothing'!r} instead of {value!r}"
        for name, value in expected.items()
        if found.get(name) != value
    ]
    if not untouched:
        wrong.append("the empty second disk was written to: it is nobody's but the user's")
    return tuple(wrong)
