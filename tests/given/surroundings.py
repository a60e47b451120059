"""What the environment of a test run says of burnish; tests have places of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

OURS = "BURNISH_"


def without_ours(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without store, gallery and root of the run around the tests, which CI sets."""
    return {name: value for name, value in environment.items() if not name.startswith(OURS)}


def forget_ours(patch: pytest.MonkeyPatch) -> None:
    """The same for this process, as long as the patch lasts."""
    for name in os.environ.keys() - without_ours(os.environ).keys():
        patch.delenv(name)
