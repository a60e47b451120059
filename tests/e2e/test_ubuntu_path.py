"""The whole Ubuntu path up to the container level, on the stand-in archive: it is never filed.

Takes the caller's store, so that what other stages made (tools image, wheels) serves here too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import standin
from called import Burnish

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("BURNISH_STANDIN_CACHE", ROOT / "build" / "standin"))
IMAGE = "ubuntu-24.04-minimal"
# Its layers with packages of the distribution; environments are wheels, whatever lies below.
FULL, LAST = "ubuntu-24.04-cpu", "java"
GPU = "ubuntu-24.04-gpu"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burnish]:
    """burnish with a site whose Ubuntu is the stand-in."""
    folder = tmp_path_factory.mktemp("ubuntu")
    standin.build(folder / "standin", CACHE)
    with standin.serving(folder / "standin") as url:
        site = folder / "site.yaml"
        site.write_text(standin.site(url, folder / "standin"), encoding="utf-8")
        env = {**os.environ, "BURNISH_SITE": str(site), "COLUMNS": "200"}
        yield Burnish(roots=(ROOT,), env=env)


def test_the_stand_in_is_built_and_proven_in_a_container(ours: Burnish) -> None:
    done = ours.burnish("build", IMAGE, "--until", "container")
    assert done.code == 0, done.err
    assert "✓ checks: container" in done.err
    assert "stopped after container: nothing filed" in done.out


def test_every_name_of_the_full_image_is_one_that_apt_knows(ours: Burnish) -> None:
    done = ours.burnish("build", FULL, "--until", LAST)
    assert done.code == 0, done.err
    assert f"stopped after {LAST}: nothing filed" in done.out
    layers = json.loads(ours.burnish("plan", FULL, "--json").out)["layers"]
    made = [layer["name"] for layer in layers if layer["cached"]]
    assert made[-1] == LAST and {"base", "r", "mkl"} <= set(made)


def test_every_name_of_the_gpu_image_is_one_that_apt_knows(ours: Burnish) -> None:
    """Resolved, not built: a stub has no kernel module to hold against the kernel."""
    done = ours.burnish("lock", GPU, "--dry-run")
    assert done.code == 0, done.err
    assert "pins added" in done.out
    # the root filesystem and every layer's packages, the driver's among them, are not
    still_open = {line.split()[1] for line in done.out.splitlines() if ": open: " in line}
    assert still_open == {
        "downloads:cuda:",
        "downloads:julia:",
        "downloads:rstudio:",
        "downloads:vscode:",
    }


def test_the_plan_says_what_it_stands_on(ours: Burnish) -> None:
    plan = json.loads(ours.burnish("plan", IMAGE, "--json").out)
    assert [layer["cached"] for layer in plan["layers"]] == [True] * len(plan["layers"])
    assert any("standin" in note for note in plan["notes"])


def test_a_lock_of_the_stand_in_serves_nobody_else(ours: Burnish) -> None:
    real = {name: value for name, value in ours.env.items() if name != "BURNISH_SITE"}
    plan = json.loads(replace(ours, env=real).burnish("plan", IMAGE, "--json").out)
    assert "rootfs" in plan["open"]
    assert any("Ubuntu: not built here" in note for note in plan["notes"])
