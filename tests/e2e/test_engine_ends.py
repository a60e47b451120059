"""Runs that are ended from outside, at every step up to the layers: the next one goes on."""

from __future__ import annotations

import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
import running
from called import await_line, end
from factory import IMAGE, Factory
from images import forget

# a layer long enough to be killed in, and a task that says that it has begun
SLOW = """\
- name: Take some time
  ansible.builtin.command:
    argv: [sleep, "{seconds}"]
  changed_when: false
"""
WAYS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]


def slow(of: Factory, layer: str) -> None:
    of.edit(f"roles/{layer}/tasks/main.yml", new=SLOW.format(seconds=4))


@pytest.mark.parametrize("number", WAYS, ids=lambda number: number.name)
@pytest.mark.parametrize("layer", ["one", "two"])
def test_a_run_that_ends_within_a_layer_goes_on_there(
    ours: Factory, layer: str, number: signal.Signals
) -> None:
    slow(ours, layer)
    child = ours.start("build", IMAGE, "--until", "layers")
    said = await_line(child, f"... layer {layer}", then=4)
    done = end(child, number)
    assert done.code == (130 if number != signal.SIGKILL else -signal.SIGKILL)
    if number != signal.SIGKILL:
        assert "error: interrupted" in done.err
        assert "run the same command again: it goes on where it stopped" in done.err
        assert ours.leftovers() == []
    _await_silence(ours)
    again = ours.build()
    assert again.code == 0, again.err
    first = [] if "✓ layer one" not in said else ["one"]
    assert again.built == [name for name in ("one", "two", "seal") if name not in first]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "SIGINT"])
def test_a_run_that_ends_while_pins_are_resolved_starts_over(
    ours: Factory, number: signal.Signals
) -> None:
    shutil.rmtree(ours.root / "build" / "locks")
    child = ours.start("build", IMAGE, "--until", "rootfs")
    await_line(child, "... pins", then=1.5)
    end(child, number)
    _await_silence(ours)
    assert not list(ours.root.glob("build/locks/*")), "half a lock"
    again = ours.build(until="rootfs")
    assert again.code == 0, again.err


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "SIGINT"])
def test_a_run_that_ends_in_the_bootstrap_makes_it_anew(
    ours: Factory, tmp_path: Path, number: signal.Signals
) -> None:
    store = tmp_path / "store"
    prefix = f"{ours.env['BURNISH_PREFIX']}-own-{number.name.lower()}"
    fresh = {**ours.env, "BURNISH_STORE": str(store), "BURNISH_PREFIX": prefix}
    shutil.copytree(Path(ours.env["BURNISH_STORE"]) / "inputs", store / "inputs")
    own = replace(ours, env=fresh)
    child = own.start("build", IMAGE, "--until", "rootfs")
    await_line(child, "... root filesystem: bookworm", then=6)
    end(child, number)
    assert not list(store.glob("rootfs/*.sha256")), "nothing counts as made"
    _await_silence(own)
    again = own.build()
    assert again.code == 0, again.err
    assert own.leftovers() == []
    forget(prefix)


def _await_silence(of: Factory) -> None:
    """Until no process of the ended run is left: they go with it, if not in the same instant."""
    until = time.monotonic() + 15
    while (left := running.naming(str(of.root))) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []
