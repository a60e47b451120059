"""A Julia project's manifest becomes variables of the role, in both forms that manifests have."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "scripts" / "tools" / "julia_packages.py"
ENTRIES = """
[[{deps}Dates]]
uuid = "d"

[[{deps}Tables]]
deps = ["Dates"]
git-tree-sha1 = "t1"
uuid = "t"
version = "1.12.0"

[[{deps}Two]]
git-tree-sha1 = "t2"
uuid = "w"
version = "0.1.0"

    [{deps}Two.deps]
    Dates = "d"
"""


@pytest.mark.parametrize(
    ("head", "deps"),
    [
        pytest.param("", "", id="first form"),
        pytest.param('manifest_format = "2.0"\n', "deps.", id="second form"),
    ],
)
def test_what_comes_with_julia_is_no_package(tmp_path: Path, head: str, deps: str) -> None:
    spec = importlib.util.spec_from_file_location("julia_packages", TOOL)
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    (tmp_path / "Manifest.toml").write_text(head + ENTRIES.format(deps=deps), encoding="utf-8")
    (tmp_path / "artifacts" / "a1").mkdir(parents=True)
    plain = {"deps": {"Dates": "d"}}
    assert tool.variables(tmp_path, tmp_path) == {
        "julia_packages": [
            {"name": "Tables", "uuid": "t", "version": "1.12.0", "tree": "t1", **plain},
            {"name": "Two", "uuid": "w", "version": "0.1.0", "tree": "t2", **plain},
        ],
        "julia_artifacts": ["a1"],
    }
