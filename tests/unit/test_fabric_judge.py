"""What a machine in the simulated Azure must be like: each wrong answer is told by its name."""

from __future__ import annotations

import pytest
from burnish.model.fabric import Fabric
from burnish.verify import fabric as judged

FABRIC = Fabric(hostname="golden", keys=("a", "b"))
GOOD = {
    "datasource": "azure",
    "hostname": "golden",
    "user": "azureuser",
    "sudo": "root",
    "keys": "2",
    "cloud-init": "status: done",
    "virtualization": "microsoft",
    "waagent": "active",
    "provisioned by": "Running CloudInit provisioning handler",
    "disks": "vda vdb",
}


def test_a_good_machine_has_no_problem() -> None:
    lines = "\n".join(GOOD[name] for name in judged.QUESTIONS)
    found = judged.facts(lines)
    assert found == GOOD
    assert judged.problems(found, fabric=FABRIC, untouched=True) == ()


@pytest.mark.parametrize("name", [name for name in GOOD if name != "disks"])
def test_each_wrong_answer_is_a_problem(name: str) -> None:
    (problem,) = judged.problems({**GOOD, name: "other"}, fabric=FABRIC, untouched=True)
    assert problem == f"{name}: 'other' instead of {GOOD[name]!r}"


def test_no_answer_is_a_problem() -> None:
    problems = judged.problems(judged.facts(""), fabric=FABRIC, untouched=True)
    assert "datasource: 'nothing' instead of 'azure'" in problems


def test_a_second_disk_that_was_written_to_is_a_problem() -> None:
    (problem,) = judged.problems(GOOD, fabric=FABRIC, untouched=False)
    assert problem.startswith("the empty second disk was written to")
