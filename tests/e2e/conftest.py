"""The factory that all engine tests share, bootstrapped once, and one of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import factory
import images
import pytest
from factory import Factory


@pytest.fixture(scope="session")
def bootstrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Factory]:
    """A store that has the root filesystem and the tools image; its images go at the end."""
    made = factory.make(tmp_path_factory.mktemp("factory"))
    done = made.build(until="rootfs")
    assert done.code == 0, done.err
    yield made
    images.forget(made.env["BURNISH_PREFIX"])


@pytest.fixture
def ours(
    bootstrapped: Factory, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Factory]:
    """A checkout whose layers no other test has; nothing half-made may be left of it."""
    made = factory.copy(bootstrapped, tmp_path, mark=request.node.name)
    yield made
    assert made.leftovers() == []
