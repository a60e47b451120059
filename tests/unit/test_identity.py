"""Whether a machine speaks for a version: its root file system's id, and what is installed on it."""

from __future__ import annotations

from dataclasses import replace

import checkout
import makers
import pytest
from burnish.catalog.load import load
from burnish.evidence import identity
from burnish.model.disk import DiskIds
from burnish.model.manifest import Software
from burnish.model.plan import Plan

BASH = Software(kind="apt", name="bash", version="5.2", size=7 << 20)
TORCH = Software(kind="python:torch", name="torch", version="2.10.0", size=1 << 30)
MANIFEST = makers.manifest(software=(BASH, TORCH))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    root = checkout.write(tmp_path_factory.mktemp("root"))
    return checkout.plan_of(load([root]), image="tiny-gpu")


def test_a_machine_is_known_by_its_root_file_system(plan: Plan) -> None:
    own = DiskIds.from_seed(plan.top.id).root
    assert identity.foreign(plan, root=own) == ""
    assert identity.foreign(plan, root="4c1e") == (
        f"its root file system has 4c1e; this version's is {own}"
    )
    assert identity.foreign(plan, root="") == (
        f"its root file system has no id: it is no disk of burnish; this version's is {own}"
    )


def test_another_plan_has_another_root_file_system(plan: Plan) -> None:
    top = replace(plan.top, id=makers.sha("other"))
    other = replace(plan, layers=(*plan.layers[:-1], top))
    assert identity.foreign(other, root=DiskIds.from_seed(plan.top.id).root) != ""


@pytest.mark.parametrize(
    ("software", "told"),
    [
        pytest.param((BASH, TORCH), "", id="same"),
        pytest.param((replace(BASH, size=1), TORCH), "", id="other size"),
        pytest.param((replace(BASH, version="5.3"), TORCH), "apt bash: 5.2 -> 5.3", id="newer"),
        pytest.param((BASH,), "python:torch torch: 2.10.0 -> none", id="gone"),
        pytest.param(
            (BASH, TORCH, replace(BASH, name="jq", version="1.6")), "apt jq: none -> 1.6", id="more"
        ),
    ],
)
def test_what_was_changed_is_named(software: tuple[Software, ...], told: str) -> None:
    assert identity.changed(MANIFEST, software) == told


def test_many_changes_are_counted() -> None:
    more = [replace(BASH, name=f"p{number}", version="1") for number in range(8)]
    told = identity.changed(MANIFEST, (BASH, TORCH, *more))
    assert told.endswith("apt p4: none -> 1; and 3 more")
