"""How many builds a machine bears."""

from __future__ import annotations

import pytest
from burnish.plan.at_once import at_once

GIB = 1 << 30


@pytest.mark.parametrize(
    ("cores", "memory", "free", "expected"),
    [
        (16, 64 * GIB, 100 * GIB, 4),  # as many as there are
        (2, 64 * GIB, 100 * GIB, 1),
        (5, 64 * GIB, 100 * GIB, 2),
        (16, 9 * GIB, 100 * GIB, 2),
        (16, 64 * GIB, 25 * GIB, 2),
        (1, GIB, GIB, 1),  # a build says by itself what it lacks
    ],
)
def test_cores_memory_and_disk_each_bound_it(
    cores: int, memory: int, free: int, expected: int
) -> None:
    assert at_once([10 * GIB] * 4, cores=cores, memory=memory, free=free) == expected


def test_disk_is_counted_from_the_largest_on() -> None:
    needs = [GIB, 30 * GIB, GIB]
    assert at_once(needs, cores=16, memory=64 * GIB, free=31 * GIB) == 2
    assert at_once(needs, cores=16, memory=64 * GIB, free=40 * GIB) == 3
