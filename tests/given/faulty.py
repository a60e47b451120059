"""What tests of faults share: the row that each is about, how a run is refused, and that nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from burnish.errors import PublishError
from burnish.gallery.azure import faults as table
from burnish.gallery.azure.telling import Refusal
from cloud import Cloud, requests

VERSION = "/versions/2026.1125.0"


def proves(name: str) -> Callable[[Any], Any]:
    """The row that a test is about; tests/contract/test_azure_page.py reads it."""
    assert name in {rule.name for rule in table.TABLE}
    return lambda test: test


def refused(cloud: Cloud) -> Refusal:
    with pytest.raises(PublishError) as caught:
        cloud.publish(cloud.manifest())
    assert isinstance(caught.value, Refusal)
    return caught.value


def nothing_left(cloud: Cloud) -> None:
    assert (cloud.arm.state.disks, cloud.arm.state.images) == ([], [])
    assert cloud.arm.state.versions == []
    assert list((cloud.folder / "work").glob("*.state")) == []


def puts(cloud: Cloud) -> int:
    """How often a version was put."""
    return len(
        [path for method, path in requests(cloud.arm) if method == "PUT" and VERSION in path]
    )
