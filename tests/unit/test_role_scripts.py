"""Shell scripts that roles leave on a machine, where something fails under them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import jinja2
import pytest
from house import sources

pytestmark = pytest.mark.touches("processes", reason="the scripts are run as a machine runs them")
SECRETS = {"proxy.env": 1, "hub.env": 2}


def script(template: str, **given: object) -> str:
    """A role's template, rendered as Ansible does it."""
    text = (sources.ROOT / "roles" / template).read_text(encoding="utf-8")
    made = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined)
    return made.from_string(text).render(ansible_managed="ours", **given)


def run(text: str, *, programs: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """What a shell makes of it, with some programs before the machine's."""
    path = f"{programs}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home)}
    return subprocess.run(
        ["sh"], input=text, text=True, capture_output=True, env=environment, check=False
    )


def program(folder: Path, name: str, *, text: str) -> Path:
    """A program of that name in a folder, which it gives."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def people(tmp_path: Path) -> tuple[Path, Path, str]:
    """Programs for which everybody is a normal user, a home, and what a login runs there."""
    (tmp_path / "home").mkdir()
    (tmp_path / "shared" / "deep").mkdir(parents=True)
    (tmp_path / "shared" / "deep" / "one.ipynb").write_text("one")
    shared = str(tmp_path / "shared")
    text = script("samples/templates/profile.sh.j2", samples_folder=shared, samples_name="some")
    return program(tmp_path / "bin", "id", text="echo 1000"), tmp_path / "home", text


def test_a_first_boot_without_randomness_keeps_no_secret(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    given = {"__jupyterhub_state": state, "jupyterhub_certificate": "/their/own.pem"}
    text = script("jupyterhub/templates/first-boot.j2", **given)
    broken = program(tmp_path / "bin", "openssl", text="echo 'no entropy' >&2; exit 1")
    assert run(text, programs=broken, home=tmp_path).returncode != 0
    assert not any((state / name).exists() for name in SECRETS)
    sound = program(tmp_path / "bin", "openssl", text='exec printf %064d "$$"')
    assert run(text, programs=sound, home=tmp_path).returncode == 0
    for name, lines in SECRETS.items():
        values = [line.partition("=")[2] for line in (state / name).read_text().splitlines()]
        assert [len(value) for value in values] == [64] * lines


def test_samples_whose_copy_failed_come_at_the_next_login(people: tuple[Path, Path, str]) -> None:
    programs, home, login = people
    cut = program(programs, "cp", text='mkdir "$3"; echo cut >"$3/one.ipynb"; exit 1')
    run(login, programs=cut, home=home)
    assert not (home / "some").exists()
    assert not (home / ".burnish-samples").exists()
    (programs / "cp").unlink()
    run(login, programs=programs, home=home)
    assert (home / "some" / "deep" / "one.ipynb").read_text() == "one"
    assert sorted(path.name for path in home.iterdir()) == [".burnish-samples", "some"]


def test_samples_that_a_user_removed_stay_away(people: tuple[Path, Path, str]) -> None:
    programs, home, login = people
    (home / "some").mkdir()
    run(login, programs=programs, home=home)
    assert list((home / "some").iterdir()) == [], "what a user has is left alone"
    (home / "some").rmdir()
    run(login, programs=programs, home=home)
    assert not (home / "some").exists()
