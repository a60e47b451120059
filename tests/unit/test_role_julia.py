"""What the role `julia` tells Julia as it unpacks and compiles the packages that everybody shares."""

from __future__ import annotations

import pytest
from house import sources, tasks
from jinja2 import Environment, StrictUndefined

ROLE = sources.ROOT / "roles" / "julia"


@pytest.mark.parametrize(
    ("system", "file"), [("main", "packages.yml"), ("Windows", "windows_packages.yml")]
)
@pytest.mark.parametrize("target", ["", "generic;skylake,clone_all"])
def test_every_julia_that_compiles_knows_the_processors(
    system: str, file: str, target: str
) -> None:
    given = tasks.load(ROLE / "defaults" / "main.yml") | tasks.load(ROLE / "vars" / f"{system}.yml")
    wanted = target or "generic;sandybridge,-xsaveopt,clone_all;haswell,-rdrnd,base(1)"
    asked = given | ({"julia_cpu_target": target} if target else {})
    written = Environment(undefined=StrictUndefined, autoescape=False)
    told = written.from_string(given["__julia_environment"]["JULIA_CPU_TARGET"]).render(asked)
    assert told == wanted
    every = tasks.read(ROLE / "tasks" / file)
    started = [each.data for each in every if each.module.endswith("command")]
    # one unpacks, one compiles
    assert [each["environment"] for each in started] == ["{{ __julia_environment }}"] * 2
