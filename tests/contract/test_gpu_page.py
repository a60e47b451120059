"""docs/gpu.md has the tables that packer/compatibility/, the images and their locks give."""

from __future__ import annotations

from house import sources


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
