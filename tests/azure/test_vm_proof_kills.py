"""A proof in the emulated Azure, killed at any step: the next run and the cleaner leave nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from burnish.gallery.azure.leaked import Leaked
from burnish.gallery.azure.proof import Proof, Wanted, steps
from cloud import NOW, Told
from emulator.emulator import Emulator
from test_vm_proof import Rig, rig_of, wanted, windows


@pytest.fixture
def rig(arm: Emulator, tmp_path: Path) -> Rig:
    return rig_of(arm, tmp_path)


def _killed(proof: Proof, at: int) -> None:
    """In a process of its own: the proof, ended by SIGKILL as step number `at` begins."""
    begun: list[str] = []

    def step(title: str) -> Any:
        begun.append(title)
        if len(begun) > at:
            os.kill(os.getpid(), signal.SIGKILL)
        return Told().step(title)

    proof.monitor.step = step  # type: ignore[method-assign]
    proof.run()


KILLS = [(of, at) for of in (wanted, windows) for at in range(1, len(steps(of())))]


@pytest.mark.parametrize(("of", "at"), KILLS)
def test_killed_at_any_step_the_next_run_and_the_cleaner_leave_nothing(
    rig: Rig, of: Callable[[], Wanted], at: int
) -> None:
    proof = replace(rig.proof(), wanted=of())
    context = multiprocessing.get_context("fork")

    def kill() -> None:
        child = context.Process(target=_killed, args=(proof, at))
        child.start()
        child.join(60)
        assert child.exitcode == -signal.SIGKILL

    kill()
    assert rig.left() != set()
    assert proof.run() == "203.0.113.10"
    assert rig.left() == set()
    kill()
    cleaner = Leaked(resources=rig.resources(), now=NOW)
    assert cleaner.find() == []
    cleaner = replace(cleaner, now=NOW + timedelta(hours=5))
    assert all(cleaner.remove(each) for each in cleaner.find())
    assert rig.left() == set()
