"""A Julia project's manifest becomes variables of the role, in both forms that manifests have; a profile
of the site takes them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from burnish.catalog.load import load
from burnish.model.lock import Lock
from burnish.stages import planning

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "scripts" / "tools" / "julia_packages.py"
README = ROOT / "roles" / "julia" / "README.md"
SNIPPET = re.compile(r"```yaml\n(name: .*?)```", re.DOTALL)
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


def test_a_profile_of_the_site_takes_them(tmp_path: Path) -> None:
    """The README's: it has the kernel, and asks the server for each package."""
    texts = {
        "images/with-julia": (ROOT / "packer/images/debian-12-cpu.yaml")
        .read_text(encoding="utf-8")
        .replace("name: debian-12-cpu", "name: with-julia")
        .replace("profile: data-science", "profile: data-science-julia"),
        "profiles/data-science-julia": SNIPPET.findall(README.read_text(encoding="utf-8"))[0]
        .replace("tree: ...", "tree: t1", 1)
        .replace("tree: ...", "tree: t2"),
    }
    for name, text in texts.items():
        path = tmp_path / "packer" / f"{name}.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text.replace("[...]", "[a1]"), encoding="utf-8")
    catalog = load([ROOT, tmp_path])
    image = catalog.images["with-julia"]
    asked = planning.asked(catalog, image).downloads["julia"]
    assert {each.name for each in asked} == {"julia.tar.gz", "t1.tar.gz", "t2.tar.gz", "a1.tar.gz"}
    plan = planning.plan(catalog, image, lock=Lock(image=image.name))
    (layer,) = (each for each in plan.layers if each.name == "julia")
    assert layer.vars["julia_kernel"] is layer.vars["julia_precompile"] is True
