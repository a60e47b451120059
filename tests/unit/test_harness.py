"""The harness of the checks: facts, selection, trees, and a whole run of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from burnish.build.checks import PLUGIN
from harness import facts, tree
from harness.selection import Check, Run, left_out, mistakes
from harness.unverified import REASONS

DEFAULTS = {"python_prefix": "/opt/envs", "python_kernel": True, "python_default": False}
CHECK = Check(name="test_r.py::test_a", role="r", levels=("container", "vm"))
RUN = Run(level="container", roles=frozenset({"r"}))


def python_layer(name: str, *, default: bool, asked: Sequence[str]) -> dict[str, Any]:
    given = {"python_environment": name, "python_default": default, "python_requirements": asked}
    lock = {name: ["numpy==2.4.6", "ipykernel==7.4.0"]}
    return {"id": f"python-{name}", "roles": ["python"], "vars": given, "lock": lock}


UNDER_WINE = replace(CHECK, levels=("wine",))


@pytest.fixture
def known(tmp_path: Path) -> facts.Facts:
    folder = tmp_path / "roles" / "python" / "defaults"
    folder.mkdir(parents=True)
    (folder / "main.yml").write_text(json.dumps({**DEFAULTS, "python_imports": {}}))
    r = tmp_path / "roles" / "r"
    r.mkdir()
    kernels = [
        {"name": "ir", "command": "R"},
        {"name": "asked", "command": "A", "variable": "r_asked"},
        {"name": "not", "command": "N", "variable": "r_not"},
    ]
    (r / "facts.yml").write_text(json.dumps({"kernels": kernels}))
    layers = [
        {"id": "base", "roles": ["base"], "vars": {"base_locale": "C.UTF-8"}},
        {"id": "r", "roles": ["r"], "vars": {"r_asked": True, "r_not": False}},
        python_layer("ml", default=True, asked=["NumPy>=2", "ipykernel"]),
        python_layer("jupyter", default=False, asked=["notebook"]),
    ]
    plain = ("image", "flavour", "os", "family", "distribution", "release", "user")
    data = {**dict.fromkeys(plain, "x"), "epoch": 1, "layers": layers}
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(data))
    return facts.load(file, roots=[tmp_path])


def test_an_environment_takes_what_facts_omit_from_the_roles_defaults(known: facts.Facts) -> None:
    ml, jupyter = known.environments
    assert (ml.prefix, ml.python) == ("/opt/envs/ml", "/opt/envs/ml/bin/python")
    assert ml.versions == {"numpy": "2.4.6", "ipykernel": "7.4.0"}
    assert (ml.default, jupyter.default) == (True, False)
    assert known.environment("jupyter") is not None
    assert known.roles == {"base", "r", "python"}


def test_an_environment_knows_what_was_asked_for(known: facts.Facts) -> None:
    ml, jupyter = known.environments
    assert ml.names == ("numpy", "ipykernel")
    assert ml.has("numpy", "xgboost|ipykernel")
    assert not ml.has("numpy", "xgboost|xgboost-cpu")
    assert not jupyter.has("ipykernel"), "locked, but not asked for"


def test_kernels_are_those_of_environments_and_of_roles(known: facts.Facts) -> None:
    python = dict.fromkeys(("ml", "python3"), "/opt/envs/ml/bin/python")
    assert known.kernels == {**python, "ir": "R", "asked": "A"}


def test_a_variable_comes_from_the_topmost_layer_that_has_it(known: facts.Facts) -> None:
    assert known.variable("base_locale") == "C.UTF-8"
    assert known.variable("python_environment") == "jupyter"
    with pytest.raises(KeyError):
        known.variable("python_nonsense")


@pytest.mark.parametrize(
    ("check", "run", "why"),
    [
        pytest.param(CHECK, RUN, "", id="runs"),
        pytest.param(CHECK, replace(RUN, roles=frozenset({"s"})), "role", id="other-role"),
        pytest.param(CHECK, replace(RUN, level="azure"), "level", id="other-level"),
        pytest.param(replace(CHECK, applies=False), RUN, "content", id="no-such-package"),
        pytest.param(CHECK, replace(RUN, level="vm"), "", id="kvm"),
        pytest.param(CHECK, replace(RUN, level="vm", tcg=True), "tcg", id="tcg"),
        pytest.param(CHECK, replace(RUN, level="container", tcg=True), "", id="tcg-container"),
        pytest.param(
            replace(CHECK, tcg=True), replace(RUN, level="vm", tcg=True), "", id="worth-tcg"
        ),
        pytest.param(CHECK, replace(RUN, level="vm", tcg=True, everything=True), "", id="tcg-all"),
        pytest.param(UNDER_WINE, replace(RUN, level="wine"), "slow", id="slow"),
        pytest.param(replace(UNDER_WINE, quick=True), replace(RUN, level="wine"), "", id="quick"),
        pytest.param(UNDER_WINE, replace(RUN, level="wine", everything=True), "", id="slow-all"),
    ],
)
def test_a_check_is_left_out_for_one_reason(check: Check, run: Run, why: str) -> None:
    assert left_out(check, run) == why


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({}, [], id="right"),
        pytest.param(
            {"levels": ()},
            ["test_r.py::test_a: declares no level: add @pytest.mark.levels('container')"],
            id="no-level",
        ),
        pytest.param({"levels": ("vn",)}, ["test_r.py::test_a: unknown level 'vn'"], id="misspelt"),
        pytest.param(
            {"levels": ("artifact",), "fixtures": frozenset({"host"})},
            ["test_r.py::test_a: level 'artifact' has no machine to run on, only 'tree'"],
            id="machine-without-one",
        ),
        pytest.param(
            {"fixtures": frozenset({"tree"})},
            ["test_r.py::test_a: 'tree' exists at level 'artifact' only"],
            id="tree-elsewhere",
        ),
    ],
)
def test_mistakes_in_a_declaration_are_told(change: dict[str, Any], said: list[str]) -> None:
    assert mistakes([replace(CHECK, **change)]) == said


def test_a_tree_lists_all_and_holds_some_texts(tmp_path: Path) -> None:
    row = {"type": "file", "mode": 0o644, "uid": 0, "gid": 0, "size": 3, "mtime": 1, "more": "x"}
    lines = [json.dumps({"path": path, **row}) for path in ("/etc/fstab", "/var/log/a/b")]
    (tmp_path / "listing.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "root" / "etc").mkdir(parents=True)
    (tmp_path / "root" / "etc" / "fstab").write_text("abc")
    loaded = tree.load(tmp_path)
    assert loaded.text("/etc/fstab") == "abc"
    assert [entry.path for entry in loaded.glob("/var/log/*")] == ["/var/log/a/b"]
    assert "/etc/fstab" in loaded
    assert "/etc/passwd" not in loaded
    assert loaded.entries["/etc/fstab"].mode == 0o644


def test_each_reason_has_a_text_and_a_probe() -> None:
    assert all(reason.text and reason.probe for reason in REASONS.values())


# Stands in for Docker: runs the last argument here.
DOCKER = '#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c "$last"\n'
SUITE = """
import pytest

@pytest.mark.levels("container")
def test_works(work, record):
    record("42 s")
    assert work("say.py", interpreter=["python3"]) == 42

@pytest.mark.levels("container")
def test_no_gpu_here(not_verified):
    not_verified("no-gpu")

@pytest.mark.levels("container")
def test_never_unsupported(not_verified):
    not_verified("lazy")

@pytest.mark.levels("vm")
def test_needs_a_vm(host):
    raise AssertionError
"""


@pytest.mark.touches("processes", reason="runs a further root's suite with a stand-in Docker")
def test_a_run_records_level_reasons_and_what_it_left_out(tmp_path: Path) -> None:
    cases = recorded(run_suite(tmp_path, given=["--burnish-level=container"]))
    said = {"burnish.level": "container", "burnish.role": "extra"}
    assert cases["suite"]["burnish.level"] == "container"
    assert cases["suite"]["burnish.left_out.level"] == "test_extra.py::test_needs_a_vm"
    assert cases["test_works"] == {**said, "burnish.recorded": "42 s", "outcome": ""}
    unproven = {"burnish.not_verified": "no-gpu", "outcome": "skipped"}
    assert cases["test_no_gpu_here"] == {**said, **unproven}
    assert cases["test_never_unsupported"] == {**said, "outcome": "failure"}
    assert "test_needs_a_vm" not in cases


def run_suite(folder: Path, *, given: list[str]) -> Path:
    """Run SUITE as the checks of a further root; the JUnit file."""
    ours = Path(__file__).parents[1] / "toolchains"
    checks = folder / "tests" / "toolchains"
    (checks / "work").mkdir(parents=True)
    (checks / "test_extra.py").write_text(SUITE)
    (checks / "work" / "say.py").write_text("print(42)")
    (folder / "docker").write_text(DOCKER)
    (folder / "docker").chmod(0o755)
    plain = ("image", "flavour", "os", "family", "distribution", "release", "user")
    layers = [{"id": "extra", "roles": ["extra"]}]
    text = json.dumps({**dict.fromkeys(plain, "x"), "epoch": 1, "layers": layers})
    (folder / "facts.json").write_text(text)
    files = [f"--burnish-facts={folder}/facts.json", f"--junit-xml={folder}/junit.xml"]
    settings = f"--config-file={ours.parents[1] / 'pyproject.toml'}"
    plugins = ["-p", "no:cacheprovider", "-p", PLUGIN]
    argv = [sys.executable, "-m", "pytest", "-q", settings, *plugins, str(checks)]
    argv.append("--hosts=docker://it")
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(
        [*argv, *files, *given], cwd=ours, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return folder / "junit.xml"


def recorded(junit: Path) -> dict[str, dict[str, str]]:
    """Properties of the suite and of each test case, without the host in their names."""
    found = {}
    suite = ET.parse(junit).getroot()[0]
    for element in [suite, *suite.iter("testcase")]:
        properties = {
            item.attrib["name"]: item.attrib["value"].replace("[docker://it]", "")
            for item in element.findall("properties/property")
        }
        outcome = [child.tag for child in element if child.tag != "properties"]
        if element is suite:
            found["suite"] = properties
        else:
            name = element.attrib["name"].replace("[docker://it]", "")
            found[name] = {**properties, "outcome": "".join(outcome)}
    return found
