"""Takes roles with their variables and a base; gives the entries of their lists of one kind, filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import jinja2

from burnish.errors import DefinitionError, Problem
from burnish.model.archive import ArchiveSpec
from burnish.model.base import Base
from burnish.model.download import DownloadSpec
from burnish.model.npm import NpmSpec
from burnish.model.product import ProductSpec
from burnish.model.role import Role
from burnish.render.hcl import environment
from burnish.render.packages import of_system

Spec = TypeVar("Spec", ArchiveSpec, DownloadSpec, NpmSpec, ProductSpec)


def entries(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str, ending: str
) -> Iterator[tuple[Role, Mapping[str, Any] | Problem]]:
    """Each entry of the lists `__ROLE_ENDING*` as this system has them, whose condition holds.

    `given` are the layer's variables. A problem stands in the place of what can't be told.
    """
    for role in roles:
        known = {**role.data.get("defaults", {}), **given, "burnish_flavour": flavour}
        for name, value in of_system(role, base).items():
            if name.startswith(f"__{role.name}_{ending}"):
                for entry in value:
                    yield from ((role, found) for found in _filled(entry, known, role=role))


def by_name(
    found: Iterable[tuple[Role, Mapping[str, Any] | Problem]],
    kind: Callable[..., Spec],
    *,
    faults: Callable[[Role, tuple[Spec, Spec]], Iterator[Problem]],
) -> tuple[Spec, ...]:
    """The entries as `kind`, each name once, sorted. DefinitionError with every problem.

    `faults` looks at each one, beside the first of its name.
    """
    specs: dict[str, Spec] = {}
    problems: list[Problem] = []
    for role, entry in found:
        if isinstance(entry, Problem):
            problems.append(entry)
            continue
        spec = kind(**entry)
        problems += faults(role, (spec, specs.setdefault(spec.name, spec)))
    if problems:
        raise DefinitionError(problems)
    return tuple(specs[name] for name in sorted(specs))


def of_lists(role: Role, text: str, *, hint: str) -> Problem:
    """A problem of what a role's vars/ declare."""
    return Problem(file=f"roles/{role.name}/vars", line=0, path="", text=text, hint=hint)


def _filled(
    entry: Mapping[str, Any], known: Mapping[str, Any], *, role: Role
) -> Iterator[Mapping[str, Any] | Problem]:
    """The entry with its templates filled in, once for each of its `each`; none if `when` fails."""
    jinja, when = environment(), entry.get("when", "")
    try:
        if when and not jinja.compile_expression(when, undefined_to_none=False)(**known):
            return
        each: Any = jinja.compile_expression(entry.get("each") or "[none]", undefined_to_none=False)
        for item in each(**known):
            yield {
                key: jinja.from_string(value).render(**known, item=item)
                if isinstance(value, str) and key not in ("when", "each")
                else value
                for key, value in entry.items()
            }
    except jinja2.TemplateError as error:
        text = f"the lock can't tell what {entry['name']} is: {error}"
        hint = "ask only for the role's public variables and burnish_flavour"
        yield of_lists(role, text, hint=hint)
