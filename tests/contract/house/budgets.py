"""Takes sources and content files; finds what has outgrown its budget."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path

from house.sources import Source, dotted, functions, place, text

MODULE, MODULE_MEDIAN = 300, 120
FUNCTION, FUNCTION_P90 = 40, 25
TEST = 25
PARAMETERS, POSITIONAL = 5, 2
TASKS, TASKS_MAIN, SCENARIO = 60, 30, 12
# Called with positional arguments by Python itself, so their shape is not ours to choose.
PROTOCOL = frozenset({"__exit__", "__aexit__", "__set__", "__setitem__"})


def lines(source: Source) -> int:
    return len(source.text.splitlines())


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def long_modules(sources: Iterable[Source]) -> Iterator[str]:
    for source in sources:
        if lines(source) > MODULE:
            yield f"{source.place}: {lines(source)} lines, budget {MODULE}"


def long_functions(sources: Iterable[Source]) -> Iterator[str]:
    """Functions and tests that are too long, each with the budget that it broke."""
    for source in sources:
        for function in functions(source):
            budget = TEST if function.name.startswith("test_") else FUNCTION
            if length(function) > budget:
                yield _at(source, function) + f"{length(function)} lines, budget {budget}"


def many_parameters(sources: Iterable[Source]) -> Iterator[str]:
    """Too many parameters, or more than two that may be passed by position.

    pytest passes by name, so tests, fixtures and hooks count only as functions.
    """
    for source in sources:
        for function in functions(source):
            if function.name in PROTOCOL or _pytest_calls(function):
                continue
            positional, all_of_them = _parameters(function)
            if all_of_them > PARAMETERS:
                yield _at(source, function) + f"{all_of_them} parameters, budget {PARAMETERS}"
            if positional > POSITIONAL:
                yield _at(source, function) + "keyword-only from the third parameter on"


def averages(sources: Iterable[Source]) -> Iterator[str]:
    """Median of the modules and 90th percentile of the functions."""
    sources = tuple(source for source in sources if source.text.strip())
    lengths = sorted(length(function) for source in sources for function in functions(source))
    median = statistics.median(lines(source) for source in sources)
    if median > MODULE_MEDIAN:
        yield f"median module: {median:.0f} lines, budget {MODULE_MEDIAN}"
    p90 = lengths[int(len(lengths) * 0.9)] if lengths else 0
    if p90 > FUNCTION_P90:
        yield f"90th percentile of functions: {p90} lines, budget {FUNCTION_P90}"


def silent_modules(sources: Iterable[Source]) -> Iterator[str]:
    """Modules without the docstring that says what they take and give."""
    for source in sources:
        if source.text.strip() and not ast.get_docstring(source.tree):
            yield f"{source.place}: no module docstring"


def long_yaml(paths: Iterable[Path]) -> Iterator[str]:
    """Tasks files and Molecule scenarios that are too long."""
    for path in paths:
        budget = yaml_budget(path)
        count = len(text(path).splitlines())
        if budget and count > budget:
            yield f"{place(path)}: {count} lines, budget {budget}"


def yaml_budget(path: Path) -> int:
    if path.name == "molecule.yml":
        return SCENARIO
    if path.suffix == ".yml" and {"tasks", "handlers"} & set(path.parts[:-1]):
        return TASKS_MAIN if path.parts[-2:] == ("tasks", "main.yml") else TASKS
    return 0


def _at(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return f"{source.place}: {function.name}: "


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    if positional and positional[0].arg in ("self", "cls", "mcs"):
        positional = positional[1:]
    extra = sum(part is not None for part in (arguments.vararg, arguments.kwarg))
    return len(positional), len(positional) + len(arguments.kwonlyargs) + extra


def _pytest_calls(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    marks = [
        dotted(mark.func if isinstance(mark, ast.Call) else mark)
        for mark in function.decorator_list
    ]
    by_name = function.name.startswith(("test_", "pytest_"))
    return by_name or any(mark.endswith("fixture") for mark in marks)
