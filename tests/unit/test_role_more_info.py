"""The program of the role `more_info`: what it says of a machine where something is gone, or in the way."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from house import sources

pytestmark = pytest.mark.touches("processes", reason="it asks programs for their versions")
NOTHING: dict[str, Any] = {
    "image": "i", "flavour": "cpu", "epoch": 0, "left_out": [],
    "environments": [], "kernels": {}, "tools": [], "services": [],
}  # fmt: skip


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The program, for which kernels are registered in a folder of the test's own."""
    path = sources.ROOT / "roles" / "more_info" / "files" / "more_info.py"
    spec = importlib.util.spec_from_file_location("more_info_py", path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.setattr(made, "KERNELS", str(tmp_path / "kernels"))
    return made


def command(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("text", "version", "there"),
    [
        pytest.param("exec /nowhere/at/all", "", False, id="leads nowhere"),
        pytest.param("echo tool 1.2.3 >&2", "1.2.3", True, id="tells it on the other stream"),
        pytest.param("echo 1.2.3; exit 1", "", True, id="does not want to tell, as code to root"),
        pytest.param("true", "", True, id="has nothing to tell, as R of its own BLAS"),
    ],
)
def test_a_command_is_there_if_what_it_starts_is(
    program: ModuleType, tmp_path: Path, text: str, version: str, there: bool
) -> None:
    made = command(tmp_path / "tool", text)
    tool = {"name": "Tool", "start": made, "version": f"{made} --version"}
    found = program.look({**NOTHING, "tools": [tool]})
    (told,) = found["tools"]
    assert (told["version"], told["there"]) == (version, there)
    assert found["missing"] == ([] if there else ["tools: Tool"])


@pytest.mark.parametrize("stream", [1, 2])
def test_an_environment_may_say_something_at_its_start(
    program: ModuleType, tmp_path: Path, stream: int
) -> None:
    noisy = command(
        tmp_path / "python", f'echo "a stale line" >&{stream}; exec {sys.executable} "$@"'
    )
    listed = {"name": "ml", "python": noisy, "default": True, "commands": []}
    (told,) = program.look({**NOTHING, "environments": [listed]})["environments"]
    assert told["version"] == sys.version.split()[0]
    assert told["there"] and told["packages"] > 10


def test_only_kernels_that_the_image_brought_are_missed(
    program: ModuleType, tmp_path: Path
) -> None:
    texts = {
        "empty": None, "broken": "{", "odd": '{"argv": [], "display_name": "x"}', "list": "[]",
        "theirs": json.dumps({"argv": ["/gone"], "display_name": "Theirs"}),
        "ml": json.dumps({"argv": ["sh"], "display_name": "Ours"}),
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / "kernels" / name).mkdir(parents=True)
        if text:
            (tmp_path / "kernels" / name / "kernel.json").write_text(text)
    found = program.look({**NOTHING, "kernels": {"ml": "sh", "gone": "/gone", "broken": "/b"}})
    told = {each["name"]: each["there"] for each in found["kernels"]}
    assert told == {"ml": True, "gone": False, "broken": False, "theirs": False}
    assert found["missing"] == ["kernels: gone", "kernels: broken"]
