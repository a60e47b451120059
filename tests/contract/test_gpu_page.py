"""docs/gpu.md has the tables that packer/compatibility/, the images and their locks give."""

from __future__ import annotations

import subprocess
import sys

from house import sources

TOOL = sources.ROOT / "scripts" / "tools" / "gpu_page.py"


def test_the_page_is_fresh() -> None:
    command = [sys.executable, str(TOOL), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}write it with {TOOL.name}"


def test_no_image_of_ours_is_refused() -> None:
    page = sources.text(sources.ROOT / "docs" / "gpu.md")
    assert [line for line in page.splitlines() if ", refused: " in line] == []


KEYS = (
    *("kind", "cuda", "ends", "driver", "dropped", "modules", "versions", "architectures", "ptx"),
    *("cudnn", "nccl", "gpu", "architecture", "grid", "nvswitch", "secure_boot", "status", "since"),
    *("why", "what", "date", "link"),
)


def test_the_page_explains_every_key_of_a_row() -> None:
    page = sources.text(sources.ROOT / "docs" / "gpu.md")
    assert [key for key in KEYS if f"`{key}`" not in page] == []
