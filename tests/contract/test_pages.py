"""Pages that a tool writes, whole or in part, are what it writes today."""

from __future__ import annotations

import subprocess
import sys

import pytest
from house import sources

TOOLS = sources.ROOT / "scripts" / "tools"


@pytest.mark.parametrize("page", ["azure", "gpu", "toolchain", "windows"])
def test_the_page_is_fresh(page: str) -> None:
    tool = TOOLS / f"{page}_page.py"
    command = [sys.executable, str(tool), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}write it with {tool.name}"
