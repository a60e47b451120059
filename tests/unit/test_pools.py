"""What a check wants of the BLAS that threadpoolctl finds, and what the report tells of it."""

from __future__ import annotations

from typing import Any

import pytest
from harness import pools


def report(*, cores: int = 4, threads: int = 4, inside: bool = True, count: int = 1) -> Any:
    pool = {"name": "openblas 0.3", "threads": threads, "inside": inside}
    return {"cores": cores, "pools": [pool] * count}


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (report(), []),
        (report(threads=2), []),
        (report(cores=1, threads=1), []),
        (report(count=0), ["no BLAS is loaded"]),
        (report(inside=False), ["openblas 0.3 is from elsewhere"]),
        (report(threads=1), ["openblas 0.3 has 1 threads on 4 cores"]),
        (report(threads=5), ["openblas 0.3 has 5 threads on 4 cores"]),
    ],
)
def test_a_blas_is_the_environments_and_uses_the_cores(found: Any, wrong: list[str]) -> None:
    assert pools.wrong(found) == wrong


def test_the_report_has_each_of_them() -> None:
    assert pools.told(report(count=2)) == "openblas 0.3 on 4 threads, openblas 0.3 on 4 threads"
