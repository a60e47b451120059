"""The tables of docs/gpu.md: what an image serves, what it does not, and why."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import gpus
import pytest

TOOL = Path(__file__).resolve().parents[2] / "scripts" / "tools" / "gpu_page.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location(TOOL.stem, TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[TOOL.stem] = module
    spec.loader.exec_module(module)
    return module


gpu_page = load()

OLD = gpus.judged(gpus.plan(gpus.OLD, {"tf": gpus.TF}))
NEW = gpus.judged(
    gpus.plan(gpus.SIGNED, {}, given={**gpus.NEW_VARS, "cuda_architectures": ["sm_75", "sm_90"]})
)


@pytest.fixture(scope="module")
def text() -> str:
    return "\n".join(gpu_page.sections(gpus.table(), {"old": OLD, "new": NEW}))


@pytest.mark.parametrize(
    "line",
    [
        "| sizes | GPU | driver | Secure Boot | old | new |",
        "| `NCasT4_v3` | T4 (sm_75) | data-center | yes | yes | yes |",
        "| `NCads_H100_v5` | H100 NVL (sm_90) | data-center | not known | no | yes |",
        "| `NVadsA10_v5` | A10, or a part of one (sm_86) | GRID, branch 570 | no | no | no |",
        "| `NCv3` | V100 (sm_70) | retired on 2025-09-30 | - | no | no |",
        "- `new`, `NCads_A100_v4`: the image does not claim sm_80",
        "- `old`, refused: branch 535 of the driver (535.309.01) has had no support since 2026-06-30",
        "| 550 | - | not known | 12.4 | 11, 12 | libcuda |",
        "| lightgbm | `==4.7.0` | OpenCL | - | - | - | - | lightgbm-readme |",
    ],
)
def test_each_line_says_what_the_table_says(text: str, line: str) -> None:
    assert line in text.splitlines()


def test_what_a_row_says_itself_is_not_said_again(text: str) -> None:
    said = [line for line in text.splitlines() if line.startswith("- ")]
    assert not any("NVadsA10_v5" in line or "NCv3" in line for line in said)


def test_the_page_is_of_the_newest_day_of_a_fact() -> None:
    assert gpu_page.day(gpus.table()) == max(each.date for each in gpus.table().sources)


def test_a_page_without_its_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="tables: begin"):
        gpu_page.page("# GPUs\n")
