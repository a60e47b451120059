"""Whether this environment is the one that layers' ids name."""

from __future__ import annotations

from importlib import metadata

import pytest
from burnish import host
from burnish.errors import ToolError


def test_other_tools_than_those_of_the_ids_build_nothing() -> None:
    pinned = {name: metadata.version(name) for name in ("ansible-core", "uv")}
    host.need_pinned(pinned)
    with pytest.raises(ToolError) as caught:
        host.need_pinned({**pinned, "uv": "0.0.1", "no-such-tool": "1"})
    assert caught.value.message == (
        "other tools than scripts/requirements.txt pins: "
        f"uv {pinned['uv']}, not 0.0.1; no-such-tool is missing, not 1"
    )
