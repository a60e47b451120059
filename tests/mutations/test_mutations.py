"""Each check turns red when its mutation leaves the tool running but wrong."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHECKS = HERE.parent / "toolchains"
SCRIPTS = sorted(HERE.glob("*/*.sh"))


def levels(role: str, check: str) -> list[str]:
    """What @pytest.mark.levels says at that check."""
    module = ast.parse((CHECKS / f"test_{role}.py").read_text(encoding="utf-8"))
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name == check:
            marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
            texts = [ast.unparse(mark.func) for mark in marks]
            mark = marks[texts.index("pytest.mark.levels")]
            return [ast.literal_eval(argument) for argument in mark.args]
    raise LookupError(f"test_{role}.py has no check {check}")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_mutation_turns_its_check_red(
    script: Path, tried: Callable[[Path, str], tuple[str, str]]
) -> None:
    declared = levels(script.parent.name, script.stem)
    level = "container" if "container" in declared else declared[0]
    before, after = tried(script, level)
    if before == "skipped":
        pytest.skip(f"{script.stem} is not verified here")
    assert (before, after) == ("passed", "failed")
