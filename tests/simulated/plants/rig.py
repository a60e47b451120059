"""Takes the role `proof` with something planted into it; gives what the simulated host makes of that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import compose
from burnish import pipeline
from journal import Journal, read
from rules import RULES

ROOT = Path(__file__).resolve().parents[3]
GIVEN = ROOT / "tests" / "given" / "simulated"
CHECK = ("--check",)


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A mistake: in which file which text becomes which; who catches it, by what it says.

    `runs` are the runs of the playbook, each with its flags. `by` is the play where it fails by itself,
    else the rule that finds it.
    """

    file: str
    old: str
    new: str
    says: str
    by: str = "play"
    runs: Sequence[Sequence[str]] = ((),)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the last run said, how it ended, and what was asked of the host."""

    code: int
    said: str
    journal: Journal

    def findings(self, rule: str) -> list[str]:
        """What one rule has to say."""
        (found,) = (each for each in RULES if each.__name__ == rule)
        return list(found(self.journal))


def composed(world: pipeline.World, folder: Path) -> dict[str, str]:
    """The variables and the environment of the role, untouched."""
    return compose.prepare(world, compose.Wanted(role="proof", changes={}, folder=folder))


def played(plant: Plant | None, *, environment: dict[str, str], folder: Path) -> Outcome:
    """Apply the role with what was planted, as often as that takes."""
    tree = folder / "tree"
    shutil.copytree(ROOT / "ansible", tree / "ansible")
    shutil.copytree(GIVEN, tree, dirs_exist_ok=True)
    if plant:
        path = tree / plant.file
        text = path.read_text(encoding="utf-8")
        assert text.count(plant.old) == 1, (
            f"{plant.file}: {plant.old!r}: {text.count(plant.old)} times"
        )
        path.write_text(text.replace(plant.old, plant.new), encoding="utf-8")
    answers = tree / "tests" / "simulated" / "answers" / "proof.yaml"
    path_of_python = os.pathsep.join((str(ROOT / "tests" / "simulated"), *sys.path[1:]))
    given = {
        **os.environ,
        **environment,
        "ANSIBLE_CONFIG": str(tree / "ansible" / "ansible.cfg"),
        "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "tests" / "simulated" / "connection_plugins"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "temp"),
        "ANSIBLE_ROLES_PATH": str(tree / "roles"),
        "BURNISH_SIMULATED_ANSWERS": str(answers),
        "BURNISH_SIMULATED_FOLDER": str(folder / "host"),
        "PYTHONPATH": path_of_python,
    }
    done = [_run(tree, flags, environment=given) for flags in (plant.runs if plant else ((),))]
    said = "".join(each.stdout + each.stderr for each in done)
    journal = read(folder / "host" / "journal.jsonl")
    return Outcome(code=done[-1].returncode, said=said, journal=journal)


def _run(
    tree: Path, flags: Sequence[str], *, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    command = (
        *(str(Path(sys.executable).with_name("ansible-playbook")), *flags),
        *(f"--inventory={ROOT / 'molecule' / 'shared' / 'simulated.yml'}",),
        *(f"--extra-vars=@{environment['BURNISH_MOLECULE_VARS']}", "ansible/windows.yml"),
    )
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
