"""The whole Ubuntu path up to the container level, on the stand-in archive: it is never filed.

Takes the caller's store, so that what other stages made (tools image, wheels) serves here too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import standin

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("BURNISH_STANDIN_CACHE", ROOT / "build" / "standin"))
BURNISH = str(Path(sys.executable).with_name("burnish"))
IMAGE = "ubuntu-24.04-cpu"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """This process's environment with a site whose Ubuntu is the stand-in."""
    folder = tmp_path_factory.mktemp("ubuntu")
    standin.build(folder / "standin", CACHE)
    with standin.serving(folder / "standin", bind=standin.docker_address()) as url:
        site = folder / "site.yaml"
        site.write_text(standin.site(url, folder / "standin"), encoding="utf-8")
        yield {**os.environ, "BURNISH_SITE": str(site), "COLUMNS": "200"}


def burnish(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    argv = [BURNISH, "--root", str(ROOT), *arguments]
    return subprocess.run(argv, env=env, check=False, text=True, capture_output=True)


def test_the_stand_in_is_built_and_proven_in_a_container(environment: dict[str, str]) -> None:
    done = burnish("build", IMAGE, "--until", "container", env=environment)
    assert done.returncode == 0, done.stderr
    assert "✓ checks: container" in done.stderr
    assert "stopped after container: nothing filed" in done.stdout


def test_the_plan_says_what_it_stands_on(environment: dict[str, str]) -> None:
    plan = json.loads(burnish("plan", IMAGE, "--json", env=environment).stdout)
    assert [layer["cached"] for layer in plan["layers"]] == [True] * len(plan["layers"])
    assert any("standin" in note for note in plan["notes"])


def test_a_lock_of_the_stand_in_serves_nobody_else(environment: dict[str, str]) -> None:
    real = {name: value for name, value in environment.items() if name != "BURNISH_SITE"}
    plan = json.loads(burnish("plan", IMAGE, "--json", env=real).stdout)
    assert "rootfs" in plan["open"]
    assert any("Ubuntu: not built here" in note for note in plan["notes"])
