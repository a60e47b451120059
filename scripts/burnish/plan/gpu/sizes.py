"""Takes a stack, the table and a day; says of each GPU family whether the image serves it, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from burnish.model.compatibility import Compatibility, Family
from burnish.model.gpu import Served, Stack
from burnish.model.image import Image
from burnish.plan.gpu.architectures import obstacles
from burnish.plan.gpu.fits import way


@dataclass(frozen=True, kw_only=True)
class Case:
    """An image with its stack; `driver` is the CUDA that its driver brings, if that is known."""

    stack: Stack
    table: Compatibility
    image: Image
    driver: str
    today: date


def served(case: Case) -> tuple[Served, ...]:
    """Every family of the table, in its order."""
    return tuple(_served(family, case) for family in case.table.families)


def _served(family: Family, case: Case) -> Served:
    # the first reasons that hold are told alone: nobody needs to know more of what is gone
    for reasons in (_gone(family, case), _driver(family), _gpu(family, case)):
        if told := tuple(reasons):
            return Served(family=family, serves=False, why=told)
    return Served(family=family, serves=True, why=tuple(_notes(family, case)))


def _gone(family: Family, case: Case) -> Iterator[str]:
    if family.since and family.since <= case.today:
        yield f"Azure retired it on {family.since}"
    elif family.status == "out-of-scope":
        yield family.why


def _driver(family: Family) -> Iterator[str]:
    """No role installs a GRID driver: what is there is the data center's."""
    if family.driver == "none":
        yield "no driver of NVIDIA's is for it"
    if family.driver == "grid":
        branch = f" of branch {family.grid}" if family.grid else ""
        yield f"it needs NVIDIA's GRID driver{branch}, the image has the data center's"


def _gpu(family: Family, case: Case) -> Iterator[str]:
    stack = case.stack
    if not family.architecture:
        yield "the table does not say which architecture it has"
        return
    if family.architecture not in stack.architectures:
        yield f"the image does not claim {family.architecture}"
    yield from obstacles(family.architecture, stack, table=case.table, driver=case.driver)
    if family.nvswitch and not stack.fabric_manager:
        yield "its GPUs are joined by an NVSwitch, and the image has no fabric manager"
    if family.secure_boot == "no" and case.image.security == "trusted-launch":
        yield "Secure Boot can't be on there, and the image is for trusted-launch"


def _notes(family: Family, case: Case) -> Iterator[str]:
    for each in case.stack.environments:
        for one in each.frameworks:
            if not one.build:
                yield f"{one.text}: not known whether it has code for it"
                continue
            how = way(one.build, family.architecture, driver=case.driver)
            if how == "ptx":
                yield f"{one.name} is compiled for it at its first use"
            elif how == "unknown":
                yield f"{one.text}: not known whether it has code for it"
    if family.secure_boot == "unknown" and case.image.security == "trusted-launch":
        yield "not known whether Secure Boot can be on there"
