"""Takes roles with their variables and a base; gives the files that they download, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import jinja2

from burnish.errors import DefinitionError, Problem
from burnish.model.base import Base
from burnish.model.download import DownloadSpec
from burnish.model.role import Role
from burnish.render.hcl import environment
from burnish.render.packages import of_system


def downloads(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str
) -> tuple[DownloadSpec, ...]:
    """The downloads of a layer's roles, sorted by name; `given` are the layer's variables.

    DefinitionError names each that is no data, and two that would be the same file.
    """
    found: dict[str, DownloadSpec] = {}
    problems: list[Problem] = []
    for role in roles:
        known = {**role.data.get("defaults", {}), **given, "burnish_flavour": flavour}
        for entry in _declared(role, base):
            spec = _rendered(entry, known, role=role, problems=problems)
            if spec is None:
                continue
            other = found.setdefault(spec.name, spec)
            if other.asked != spec.asked:
                text = f"two downloads of one layer are called {spec.name!r}"
                problems.append(_problem(role, text, hint="give one of them another name"))
            if spec.authenticode and base.os != "windows":
                text = f"{spec.name}: only an installer of Windows is known by its signer"
                problems.append(_problem(role, text, hint="give its sha256 or its checksum"))
    if problems:
        raise DefinitionError(problems)
    return tuple(found[name] for name in sorted(found))


def _declared(role: Role, base: Base) -> Iterator[Mapping[str, Any]]:
    """The entries of the lists `__ROLE_downloads*` as this system has them."""
    for name, value in of_system(role, base).items():
        if name.startswith(f"__{role.name}_downloads"):
            yield from value


def _rendered(
    entry: Mapping[str, Any], known: Mapping[str, Any], *, role: Role, problems: list[Problem]
) -> DownloadSpec | None:
    """The download with its templates filled in; None where its condition does not hold."""
    spec, jinja = DownloadSpec(**entry), environment()
    try:
        if spec.when and not jinja.compile_expression(spec.when, undefined_to_none=False)(**known):
            return None
        name, url, sha256, checksum = (
            jinja.from_string(text).render(**known)
            for text in (spec.name, spec.url, spec.sha256, spec.checksum)
        )
    except jinja2.TemplateError as error:
        text = f"the lock can't tell what {spec.name} is: {error}"
        hint = "ask only for the role's public variables and burnish_flavour"
        problems.append(_problem(role, text, hint=hint))
        return None
    return replace(spec, name=name, url=url, sha256=sha256, checksum=checksum)


def _problem(role: Role, text: str, *, hint: str) -> Problem:
    return Problem(file=f"roles/{role.name}/vars", line=0, path="", text=text, hint=hint)
