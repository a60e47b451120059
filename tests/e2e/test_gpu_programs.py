"""The GPU tier's programs with the real frameworks, on a processor: they work, and their checks see where."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filed
import pytest
from harness.work import arguments
from simulated_gpu import CHECKS, Machine

Run = Callable[..., subprocess.CompletedProcess[str]]
# program, its environment in our image, what it is told on a GPU and here, the check that asks it
PROGRAMS = (
    ("gpu_products.py", "torch", ("cuda",), ("cpu",), "test_products_are_the_processors"),
    ("gpu_torch.py", "torch", ("cuda",), ("cpu",), "test_torch_learns_on_the_gpu"),
    ("gpu_nccl.py", "torch", ("nccl", "2"), ("gloo", "2"), "test_gpus_add_up_over_nccl"),
    ("gpu_tf.py", "tf", ("GPU:0",), ("CPU:0",), "test_tensorflow_learns_on_the_gpu"),
    ("gpu_xgboost.py", "ml", ("cuda",), ("cpu",), "test_xgboost_learns_on_the_gpu"),
    ("gpu_lightgbm.py", "ml", ("gpu",), ("cpu",), "test_lightgbm_learns_on_the_gpu"),
)
each = pytest.mark.parametrize(
    ("program", "env", "there", "here", "check"), PROGRAMS, ids=[each[0] for each in PROGRAMS]
)


@pytest.fixture(scope="module")
def run() -> Run:
    """Runs a program of the tier in a container of our image."""
    ours = filed.find()
    image = ours.image
    built = {environment for layer in ours.plan.layers for environment in layer.python}

    def started(program: str, *given: str, env: str) -> subprocess.CompletedProcess[str]:
        if env not in built:
            pytest.skip(f"our image had to leave out the environment {env}")
        python = f"/opt/envs/{env}/bin/python"
        argv = arguments(CHECKS / "work" / program, args=given, interpreter=[python])
        docker = [
            "docker",
            "run",
            "--rm",
            "--network=none",
            "--user=65534",
            "--env=HOME=/tmp",
            image,
        ]
        return subprocess.run([*docker, *argv], capture_output=True, text=True, check=False)

    return started


def form(value: Any) -> Any:
    """The keys of an answer, and of what is in it."""
    return {k: form(v) for k, v in value.items()} if isinstance(value, dict) else None


@each
def test_a_framework_without_a_gpu_turns_its_check_red(
    run: Run, tmp_path: Path, *, program: str, env: str, there: Any, here: Any, check: str
) -> None:
    done = run(program, *here, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    machine = Machine(folder=tmp_path, count=2)
    of = next(programs for programs in machine.answers.values() if program in programs)
    assert form(answer) == form(of[program]), "the simulated answer has the real one's form"
    of[program] = answer
    outcome, said = machine.outcomes("-k", check)[check]
    assert (outcome, there != here) == ("failed", True), said


@each
def test_asked_for_a_gpu_it_does_not_answer_as_if_it_had_one(
    run: Run, *, program: str, env: str, there: Any, here: Any, check: str
) -> None:
    done = run(program, *there, env=env)
    told = done.stdout.splitlines()[-1:] if done.returncode == 0 else []
    assert not told or '"device": "cpu"' in told[0], (check, here, told)


def test_what_the_programs_learn_on_a_processor_passes_but_for_where(run: Run) -> None:
    torch = json.loads(run("gpu_torch.py", "cpu", env="torch").stdout.splitlines()[-1])
    for found in (torch["whole"], torch["mixed"]):
        assert (found["where"], found["accuracy"] > 0.9) == (["cpu"], True)
        assert found["losses"][-1] < 0.5 * found["losses"][0]
    products = json.loads(run("gpu_products.py", "cpu", env="torch").stdout.splitlines()[-1])
    far = {kind: found["apart"] for kind, found in products["products"].items()}
    assert far["float64"] < 1e-12
    assert far["float32"] < 1e-5
    assert far["float16"] < 2e-2
