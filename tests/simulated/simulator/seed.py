"""Takes the files of answers of the roles applied; gives all they say, and what lies there already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.answers import Answers, WrongAnswers, joined, read


def told(paths: Sequence[Path]) -> tuple[Answers, tuple[str, ...]]:
    """The answers of these roles, and the paths that the roles they need leave."""
    own = [read(path) for path in paths if path.is_file()]
    applied = {path.stem for path in paths}
    there: list[str] = []
    services: list[str] = []
    for path, each in zip([path for path in paths if path.is_file()], own, strict=True):
        for name in each.needs:
            if name in applied:
                continue
            below = path.with_name(f"{name}.yaml")
            if not below.is_file():
                raise WrongAnswers(f"{path.name}: needs: no answers of a role {name!r}")
            left = read(below)
            there += left.leaves
            services += [item for package in left.packages for item in package.services]
    every = joined(own)
    return joined([every, Answers(services=services)]), tuple(there)
