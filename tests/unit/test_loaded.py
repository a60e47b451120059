"""What is imported of an environment, and what may fail."""

from __future__ import annotations

from dataclasses import replace

from harness import loaded
from harness.facts import Environment

ENVIRONMENT = Environment(
    name="ml",
    prefix=r"C:\envs\ml",
    python=r"C:\envs\ml\Scripts\python.exe",
    requirements=("numpy", "duckdb>=1"),
    locked=("numpy==2.0", "duckdb==1.4", "tbb==2022", "polars-runtime-32==1"),
    imports={"duckdb": ("duckdb",)},
    kernel=True,
    default=True,
)
FINE: dict[str, object] = {"errors": []}
WRONG: dict[str, object] = {"errors": ["import x"]}


def test_under_wine_every_wheel_is_imported() -> None:
    asked = {"numpy": [], "duckdb": ["duckdb"]}
    assert loaded.wanted(ENVIRONMENT, level="container") == asked
    more = {"tbb": [], "polars-runtime-32": ["_polars_runtime_32"]}
    assert loaded.wanted(ENVIRONMENT, level="wine") == asked | more


def test_a_reason_that_does_not_hold_fails_too() -> None:
    def failed(level: str = "wine", **rows: dict[str, object]) -> dict[str, object]:
        return loaded.failed(ENVIRONMENT, rows, level=level)

    assert failed(numpy=FINE, tbb=WRONG) == {}
    assert failed(numpy=WRONG, tbb=WRONG) == {"numpy": ["import x"]}
    assert failed(numpy=FINE, tbb=FINE) == {"tbb": "imported"}
    assert failed("container", tbb=WRONG) == {"tbb": ["import x"]}


def test_a_wheel_may_want_another_one() -> None:
    inline = replace(ENVIRONMENT, locked=("matplotlib-inline==1",))
    assert loaded.nothing(inline) == {"matplotlib-inline": "wants matplotlib"}
    whole = replace(inline, locked=("matplotlib==3", "matplotlib-inline==1"))
    assert loaded.nothing(whole) == {}


def test_what_was_imported_is_told() -> None:
    rows = {"numpy": FINE, "duckdb": FINE, "tbb": WRONG}
    said = "2 of 4 locked wheels imported; not: tbb: libraries alone, which other wheels load"
    assert loaded.told(ENVIRONMENT, rows, level="wine") == said
    assert loaded.told(ENVIRONMENT, rows, level="vm") == ""
