"""Every layer of the shipped image applied once more, on what it made: nothing changes.

Molecule shows that for each role with its own scenario; this is the profile as people get it. It
needs the image's layers in the store: `burnish build debian-12-cpu --until layers`.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import filed
import pytest
from burnish import pipeline
from burnish.build import layers as building
from burnish.cli.context import Context
from burnish.render import transport
from burnish.stages import inputs, layers
from burnish.stages.run import Run, World
from rich.console import Console

RECAP = re.compile(
    r"^\S+\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE
)
NAME = f"burnish-second-apply-{os.getpid()}"


@pytest.fixture(scope="module")
def world() -> World:
    return Context(roots=(filed.ROOT,), debug=False, story=Console(stderr=True)).world()


@pytest.fixture(scope="module")
def run(world: World) -> Run:
    """The image's build as far as its layers, which are cached or made now."""
    plan = pipeline.plan(world, pipeline.pick(world, filed.IMAGE))
    world = replace(world, options=replace(world.options, until="layers"))
    stages = tuple(stage for stage in pipeline.BUILD if not stage[0].startswith(("checks", "disk")))
    return pipeline.follow(stages[:-1], world, run=Run(plan=plan))


@pytest.fixture
def container() -> Iterator[str]:
    yield NAME
    subprocess.run(("docker", "rm", "--force", NAME), check=False, capture_output=True)


def again(world: World, run: Run, *, name: str, container: str) -> str:
    """Apply a layer to a container of itself; what Ansible said."""
    layer = next(each for each in run.plan.layers if each.name == name)
    request = layers.request(world, run, layer=layer)
    building.stage(request)
    mounted = inputs.lay_out(world, run, layer=layer, lock=run.plan.lock)
    volumes = [part for volume in transport.volumes(mounted) for part in ("--volume", volume)]
    start = ["docker", "run", "--detach", "--name", container, *volumes, *transport.NETWORK]
    start += [world.store.tag(layer.id), "/bin/sleep", "infinity"]
    subprocess.run(start, check=True, capture_output=True)
    done = subprocess.run(
        [
            *(
                "ansible-playbook",
                "--connection=community.docker.docker",
                f"--inventory={container},",
            ),
            *("--extra-vars=@layer.json", "ansible/linux.yml"),
        ],
        cwd=request.folder,
        env={**os.environ, **building.environment(request)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_nothing_changes(world: World, run: Run, container: str) -> None:
    told = {}
    for layer in run.plan.layers[1:]:
        said = again(world, run, name=layer.name, container=container)
        recap = RECAP.search(said)
        assert recap, f"{layer.name}: {said[-2000:]}"
        done, *rest = (int(number) for number in recap.groups())
        assert done > 0, f"{layer.name}: no task ran"
        told[layer.name] = rest
        subprocess.run(("docker", "rm", "--force", container), check=True, capture_output=True)
    assert told == {name: [0, 0, 0] for name in told}
