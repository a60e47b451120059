"""Takes what frameworks say of themselves where they are installed; gives what the table has otherwise.

So that the table can't lie: a check asks each framework in the container, and holds the answer
against the row, and the driver against both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from burnish.model.compatibility import Build, Compatibility
from burnish.plan.gpu.fits import build_of, first_driver, for_processors, number


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a framework says of its build: its CUDA ("" for none), the architectures as it names them."""

    name: str
    version: str
    cuda: str = ""
    architectures: tuple[str, ...] = ()


def told(name: str, answer: Mapping[str, object]) -> Told:
    """An answer as the work program prints it: `version`, `cuda`, `architectures`."""
    architectures = answer.get("architectures") or ()
    assert isinstance(architectures, Iterable)
    return Told(
        name=name,
        version=str(answer["version"]),
        cuda=str(answer.get("cuda") or ""),
        architectures=tuple(map(str, architectures)),
    )


def against_table(
    found: Iterable[Told], table: Compatibility, *, flavour: str, branch: int | None
) -> tuple[str, ...]:
    """Where a framework and the table differ, or the driver's branch does not run what is installed.

    A version that the table does not have differs too: what is shipped has to have a row. `branch` is
    None where the image has no driver of its own. In one for processors nothing is built for GPUs.
    """
    if flavour == "cpu":
        return tuple(
            f"{each.name} {each.version} is built with CUDA {each.cuda}, in an image for processors"
            for each in found
            if each.cuda
        )
    return tuple(text for each in found for text in _one(each, table, branch=branch))


def _one(each: Told, table: Compatibility, *, branch: int | None) -> Iterator[str]:
    name = f"{each.name} {each.version}"
    if for_processors(each.name, each.version):
        if each.cuda:
            yield f"{name} says that it is for processors, and is built with CUDA {each.cuda}"
        return
    build = build_of(table, each.name, version=each.version)
    if build is None:
        yield f"{name} has no row in packer/compatibility/frameworks.yaml"
    else:
        yield from _row(each, build)
    if each.cuda:
        first = first_driver(table, number(each.cuda)[0])
        if first and branch and branch < first:
            yield f"{name} is built with CUDA {each.cuda}: a driver of branch {first}, not {branch}"


def _row(each: Told, build: Build) -> Iterator[str]:
    name = f"{each.name} {each.version}"
    if number(each.cuda) != number(build.cuda):
        has = build.cuda or "none"
        yield f"{name} says CUDA {each.cuda or 'none'}, the table has {has}"
    known = {*build.architectures, *build.ptx}
    # XGBoost does not tell them; the table's come from its library then
    if each.architectures and known and known != set(each.architectures):
        yield (
            f"{name} says {', '.join(sorted(each.architectures))}, "
            f"the table has {', '.join(sorted(known))}"
        )
