"""What an image's roles and variables make of the list that `more-info` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from burnish.model.image import Image
from burnish.model.plan import LeftOut
from burnish.model.role import Content, Facts, Kernel, Role, Service
from burnish.plan.contents import NOT_BUILT, contents

IMAGE = Image(
    name="tiny-cpu", base="tiny", profile="stack", flavour="cpu", publisher="p", offer="o",
    sku="s", vm_size="Standard_D2s_v5", disk_gb=4,
)  # fmt: skip
DEFAULTS = {
    "python_prefix": "/opt/envs", "python_default": False, "python_kernel": True,
    "python_commands": [],
}  # fmt: skip


def role(name: str, *, defaults: dict[str, Any] | None = None, **facts: Any) -> Role:
    known = Facts(software=(), paths=(), support={}, **facts)
    data = {"defaults": defaults or {}}
    return Role(name=name, path=Path(name), files={}, variables=frozenset(), facts=known, data=data)


ASKED = Kernel(name="asked", command="/usr/bin/asked", variable="asked_kernel")
ROLES = {
    "asked": role("asked", defaults={"asked_kernel": False}, kernels=(ASKED,)),
    "python": role("python", defaults=DEFAULTS, lock="python"),
    "r": role(
        "r",
        defaults={"r_folder": "/srv"},
        kernels=(Kernel(name="ir", command="/usr/bin/R"),),
        contents=(
            Content(
                name="R in {r_folder}",
                start="R",
                version="R --version",
                windows=r"{r_folder}\R.exe",
            ),
        ),
        services=(Service(unit="r.service", port="r_port", https=True), Service(unit="x.service")),
    ),
}


def told(*layers: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    made = [((name,), values) for name, values in layers]
    left_out = [LeftOut(name="torch", reason="not built here: no index has it")]
    return contents(IMAGE, made, roles=ROLES, left_out=left_out)


def test_environments_are_told_with_the_kernels_that_they_register() -> None:
    ml = {"python_environment": "ml", "python_requirements": ["ipykernel>=6"]}
    bare = {"python_environment": "bare", "python_requirements": ["ipykernel-tools"]}
    found = told(("python", {**ml, "python_default": True}), ("python", bare))
    python = {"ml": "/opt/envs/ml/bin/python", "bare": "/opt/envs/bare/bin/python"}
    assert {each["name"]: each["python"] for each in found["environments"]} == python
    assert [each["default"] for each in found["environments"]] == [True, False]
    assert found["kernels"] == {"ml": python["ml"], "python3": python["ml"]}


def test_on_windows_environments_lie_elsewhere() -> None:
    ml = {"python_environment": "ml", "python_requirements": ["ipykernel"], "python_default": True}
    made: list[Any] = [
        (("python",), {**ml, "python_windows_prefix": "D:\\envs"}),
        (("r",), {"r_port": 80}),
    ]
    out = [LeftOut(name="hub", reason="hub: no-such-tool", instead="Lab", system=True)]
    found = contents(IMAGE, made, roles=ROLES, left_out=out, windows=True)
    interpreter = "D:\\envs\\ml\\Scripts\\python.exe"
    assert found["kernels"] == {"ml": interpreter, "python3": interpreter, "ir": "R"}
    assert found["services"] == []
    assert found["left_out"] == [{"name": "hub", "reason": "hub: no-such-tool", "instead": "Lab"}]


def test_roles_are_told_with_their_variables_in_place() -> None:
    found = told(("r", {"r_port": 8787, "r_folder": "/opt"}))
    assert found["kernels"] == {"ir": "/usr/bin/R"}
    assert found["tools"] == [{"name": "R in /opt", "start": "R", "version": "R --version"}]
    assert found["services"] == [
        {"unit": "r.service", "port": 8787, "https": True},
        {"unit": "x.service", "port": 0, "https": False},
    ]


@pytest.mark.parametrize(("given", "kernels"), [({}, []), ({"asked_kernel": True}, ["asked"])])
def test_a_kernel_is_told_where_its_variable_asks_for_it(
    given: dict[str, Any], kernels: list[str]
) -> None:
    assert list(told(("asked", given))["kernels"]) == kernels


def test_what_is_left_out_is_told_with_its_reason() -> None:
    found = told()
    assert found["left_out"] == [{"name": "torch", "reason": NOT_BUILT}]
    assert (found["image"], found["flavour"]) == ("tiny-cpu", "cpu")


def test_on_windows_something_else_may_be_typed() -> None:
    made: list[Any] = [(("r",), {"r_folder": r"D:\r", "r_port": 80})]
    found = contents(IMAGE, made, roles=ROLES, left_out=(), windows=True)
    told = {"name": r"R in D:\r", "start": r"D:\r\R.exe", "version": "R --version"}
    assert found["tools"] == [told]
