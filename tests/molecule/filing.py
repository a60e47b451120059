"""Takes how scenarios ended: files the verdict of a plan at level `simulated`, and what was said of a role
that a fixture plays, for docs/verdicts.json."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from burnish import pipeline
from burnish.model.base import Level
from burnish.model.plan import Plan
from burnish.model.verdict import CheckResult, Outcome, Verdict
from burnish.verify import junit as junit_file

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "build" / "fixtures"
# what the roles' facts and docs/verdicts.json call it, beside the levels of proof
PLAYED = "fixture"
IMAGE = "windows-2022-cpu"
WHERE = "a simulated host, not Windows"
# what decides how a scenario ends, besides the plan's own roles
SUITE = ("ansible", "molecule", "tests/molecule", "tests/simulated")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """One scenario: the role that it proves, whether it passed, its seconds."""

    name: str
    role: str
    passed: bool
    seconds: float


def file(world: pipeline.World, ended: Sequence[Ended]) -> str:
    """File what was proven of the CPU image, if all its roles were there to be; gives a line to show."""
    plan = pipeline.plan(world, pipeline.pick(world, IMAGE))
    made = verdict(plan, ended, suite=suite(world.root))
    if missing := sorted(set(plan.roles) - {each.role for each in ended}):
        return f"{IMAGE}: no verdict is filed: not run for {', '.join(missing)}"
    path = pipeline.proofs.file_proof(world, plan, level=Level.SIMULATED, verdict=made)
    word = "passed" if made.passed else "failed"
    return f"{IMAGE}: {word} at level simulated, filed in {path.relative_to(world.root)}"


def verdict(plan: Plan, ended: Sequence[Ended], *, suite: str) -> Verdict:
    """The outcome of the scenarios of a plan's roles."""
    own = [each for each in ended if each.role in plan.roles]
    words: Mapping[bool, Outcome] = {True: "passed", False: "failed"}
    return Verdict(
        subject=plan.id,
        suite=suite,
        level=str(Level.SIMULATED),
        results=tuple(
            CheckResult(check=each.name, outcome=words[each.passed], seconds=each.seconds)
            for each in sorted(own, key=lambda each: each.name)
        ),
        seconds=round(sum(each.seconds for each in own), 1),
        where=WHERE,
    )


def suite(root: Path) -> str:
    """A digest of every file that the scenarios are judged by."""
    found = hashlib.sha256()
    for path in sorted(path for name in SUITE for path in (root / name).rglob("*.*")):
        if path.is_file() and path.suffix in (".py", ".yml", ".yaml", ".cfg"):
            found.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def file_played(
    role: str, *, junit: Path, image: str, passed: bool, folder: Path = FIXTURES
) -> Path:
    """Keep what the checks of a played role said; none of them, where the scenario ended before them.

    `python scripts/tools/toolchain_verdicts.py` takes the file.
    """
    verdicts = []
    if junit.is_file():
        text = junit_file.impersonal(junit.read_text(encoding="utf-8"))
        verdicts.append(asdict(junit_file.verdict(text, subject=image, suite="", level=PLAYED)))
    day = datetime.now(tz=UTC).date().isoformat()
    told = {"fixture": role, "image": image, "day": day, "passed": passed, "verdicts": verdicts}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{role}.json"
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return path
