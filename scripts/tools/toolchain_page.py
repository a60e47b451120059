"""Takes docs/toolchains.yaml, roles' facts.yml, docs/verdicts.json and two locks; writes docs/toolchains.md.

python scripts/tools/toolchain_page.py             write the page
python scripts/tools/toolchain_page.py --check     say if it is stale, exit code 1
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from burnish.catalog.load import load
from burnish.catalog.locks import load_lock
from burnish.evidence.parity import page as parity_page
from burnish.model.role import sentence
from burnish.plan.parity import parity
from burnish.stages import planning

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "toolchains.md"
LEVELS = ("simulated", "wine", "container", "artifact", "vm", "azure", "gpu")
FIXTURE, RAN = "fixture", {"passed", "failed", "error"}
COLUMNS = {"linux_cpu": "Linux CPU", "linux_gpu": "Linux GPU", "windows": "Windows"}
GPU, TIER, WINDOWS = "linux_gpu", "test_gpu::", "windows"
PAIR = ("debian-12-cpu", "windows-2022-cpu")
NO_GPU = "not verified here: no GPU"
HEAD = """\
# Toolchains

What the Azure Data Science VM had, and what becomes of it here: each row, the checks that prove it, and
what they last said. This page is made by `python scripts/tools/toolchain_page.py` from
[toolchains.yaml](toolchains.yaml), from `rows` in the `facts.yml` of each role, and from the
[last verdicts](verdicts.json), which a filed version's manifest brings, or the run of a scenario whose tool
a fixture plays: `python scripts/tools/toolchain_verdicts.py GALLERY/IMAGE/VERSION/manifest.json`, or
`build/fixtures/ROLE.json`.
"""
WORDS = """\
| word | means |
|---|---|
| proven | every check named passed on the image named above |
| not verified here: no GPU | what needs no GPU passed on the image; no machine with one has run the rest |
| proven in part | some of them passed there; the others had nothing to run on, or did not run |
| by a fixture | its source is not reached here: every check passed on a fixture that plays it and says so |
| in part by a fixture | some of them did; the others had nothing to run on, or did not run |
| not run yet | the checks are there; no version that was filed has run them |
| under Wine | every check named passed with the locked wheels of Windows under Wine: not Windows |
| in part under Wine | some of them did; the others have nothing to run on there |
| role on the simulated host | what the role asks for was held against the modules' words; not Windows |
| no image yet | the role is meant for it; no such image was built |
| no, limited | that system has no such thing, or not all of it: why, and what is offered instead |
| later | it comes with what is named in brackets |
| - | that system never had it |

A level is named where all checks of the row passed at it ([levels](proof.md#levels)).
"""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A role that proves a row: its name, its support, the checks, the fixture if it is one, and the
    checks of the GPU tier."""

    role: str
    support: Mapping[str, Mapping[str, str]]
    checks: tuple[str, ...]
    fixture: str
    gpu: tuple[str, ...] = ()

    def owed(self, column: str) -> tuple[str, ...]:
        """The checks that prove it on one kind of machine, by their full names."""
        own = tuple(name if "::" in name else f"test_{self.role}::{name}" for name in self.checks)
        return (*own, *(f"{TIER}{name}" for name in self.gpu)) if column == GPU else own


def claims(roles: Path) -> dict[str, Claim]:
    """Row -> who proves it."""
    found: dict[str, Claim] = {}
    for path in sorted(roles.glob("*/facts.yml")):
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))
        for row, proof in facts.get("rows", {}).items():
            found[row] = Claim(
                role=path.parent.name,
                support=facts["support"],
                checks=tuple(proof["checks"]),
                fixture=proof.get("fixture", ""),
                gpu=tuple(proof.get("gpu", ())),
            )
    return found


def cell(row: Mapping[str, str], column: str, *, claim: Claim | None, verdicts: Any) -> str:
    """What becomes of a row on one kind of machine."""
    if row.get("only", column) not in column:
        return "-"
    if claim is None:
        return f"later ({row['with']})"
    support = claim.support[column]
    unseen = column not in verdicts
    if support["state"] == "no" or (
        support["state"] == "limited" and (unseen or column == WINDOWS)
    ):
        return f"{support['state']}: {_why(support)}"
    found = outcomes(claim, verdicts, column=column)
    by_fixture = any(FIXTURE in levels for levels in found.values())
    if unseen and not by_fixture:
        return "not run yet" if column == "linux_cpu" else "no image yet"
    if column == WINDOWS:
        return _on_windows(claim, verdicts[column], found=found)
    return _said(found)


def _on_windows(
    claim: Claim, verdict: Mapping[str, Any], *, found: Mapping[str, Mapping[str, str]]
) -> str:
    """How near to a real Windows the row was proven; what failed anywhere is told."""
    played = verdict["checks"].get(f"windows_{claim.role}", {})
    said = _said({**found, **({"": played} if played else {})})
    if said == "FAILED" or any("azure" in each for each in found.values()):
        return _said(found) if said != "FAILED" else said
    under = [name for name, each in found.items() if each.get("wine") == "passed"]
    if under:
        return "under Wine" if len(under) == len(found) else "in part under Wine"
    return "role on the simulated host" if played.get("simulated") == "passed" else "no image yet"


def _why(support: Mapping[str, str]) -> str:
    instead = support.get("instead")
    reason = sentence(support["reason"])
    return f"{reason}; instead: {instead}" if instead else reason


def _said(found: Mapping[str, Mapping[str, str]]) -> str:
    passed = {name: levels for name, levels in found.items() if "passed" in levels.values()}
    others = {name: set(levels.values()) for name, levels in found.items() if name not in passed}
    if any(said in ("failed", "error") for each in found.values() for said in each.values()):
        return "FAILED"
    if any("passed" not in _real(levels).values() for levels in passed.values()):
        return "by a fixture" if len(passed) == len(found) else "in part by a fixture"
    if len(passed) == len(found):
        return "proven"
    if all(name.startswith(TIER) and "not-verified" in said for name, said in others.items()):
        return NO_GPU
    return "proven in part" if passed else "not run yet"


def _real(levels: Mapping[str, str]) -> dict[str, str]:
    return {level: said for level, said in levels.items() if level != FIXTURE}


def outcomes(
    claim: Claim, verdicts: Mapping[str, Any], *, column: str
) -> dict[str, Mapping[str, str]]:
    """Check of a row -> level -> outcome. A fixture plays the tool as Linux has it, and what the real
    one has said on an image goes before it."""
    own = verdicts.get(column, {}).get("checks", {})
    plays = claim.fixture and column != WINDOWS
    played = verdicts.get(FIXTURE, {}).get(claim.role, {}) if plays else {}
    found = {name: own.get(name, {}) for name in claim.owed(column)}
    ran = {name for name, said in found.items() if RAN & set(_real(said).values())}
    for name in found.keys() - ran:
        found[name] = {**found[name], **played.get("checks", {}).get(name, {})}
    if played and not played["passed"] and not ran:
        found["its scenario"] = {FIXTURE: "failed"}
    return found


def levels(claim: Claim | None, verdicts: Mapping[str, Any]) -> str:
    """Where all of its checks passed, the nearest to a real machine last; the tier counts at `gpu`."""

    def passed(level: str, column: str) -> bool:
        names = claim.owed(column) if claim else ()
        due = [name for name in names if name.startswith(TIER) == (level == "gpu")]
        said = (verdicts[column]["checks"].get(name, {}).get(level) for name in due)
        return bool(due) and all(outcome == "passed" for outcome in said)

    columns = [each for each in COLUMNS if each in verdicts]
    return ", ".join(level for level in LEVELS if any(passed(level, column) for column in columns))


def table(rows: Sequence[Mapping[str, str]], *, claimed: Mapping[str, Claim], verdicts: Any) -> str:
    lines = [
        f"| DSVM row | {' | '.join(COLUMNS.values())} | proven by | level |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        claim = claimed.get(row["row"])
        name = f"{row['row']} (here: {row['here']})" if "here" in row else row["row"]
        cells = [cell(row, each, claim=claim, verdicts=verdicts) for each in COLUMNS]
        lines.append(
            f"| {name} | {' | '.join(cells)} | {_proof(claim)} | {levels(claim, verdicts)} |"
        )
    return "\n".join(lines) + "\n"


def _proof(claim: Claim | None) -> str:
    if claim is None:
        return ""
    names = ", ".join(f"`{name.removeprefix('test_')}`" for name in claim.checks)
    if claim.gpu:
        names += "; on a GPU " + ", ".join(f"`{name.removeprefix('test_')}`" for name in claim.gpu)
    return f"[{claim.role}](../roles/{claim.role}/README.md): {names}"


COMPARED = """\
## Linux and Windows

What the images `{}` and `{}` have, by their locks: [their licences and levels](windows.md). The same of two
other images: `burnish report --parity LINUX WINDOWS`.
"""


def compared() -> str:
    """The Linux and the Windows image of one release, row by row."""
    catalog = load([ROOT])
    plans = []
    for name in PAIR:
        path = ROOT / "packer" / "locks" / f"{name}.lock.yaml"
        lock = load_lock(path, image=name, shown=str(path))
        plans.append(planning.plan(catalog, catalog.images[name], lock=lock))
    return parity_page(parity(*plans, roles=catalog.roles))


def sections(
    declared: Mapping[str, Any], *, claimed: Any, verdicts: Any, pair: str = ""
) -> Iterator[str]:
    """The page, part by part."""
    yield HEAD
    of = {state: [r for r in declared["rows"] if r["state"] == state] for state in STATES}
    wanted = [*of["must"], *of["optional"]]
    cells = [cell(r, "linux_cpu", claim=claimed.get(r["row"]), verdicts=verdicts) for r in wanted]
    here = [each for each in cells if each != "-"]
    of_images = [verdicts[each] for each in COLUMNS if each in verdicts]
    shown = [f"{each['image']} {each['version']}" for each in of_images]
    yield f"Verdicts of: {', '.join(shown) or 'none yet'}.\n"
    if played := verdicts.get(FIXTURE, {}):
        days = ", ".join(f"{role} on {each['day']}" for role, each in sorted(played.items()))
        yield f"Scenarios in which a fixture plays the tool: {days}.\n"
    yield (
        f"**Rows proven on Linux CPU: {here.count('proven')} of {len(here)}**, {here.count('proven in part')}"
        f" more in part, {here.count('by a fixture')} by a fixture; of all {len(declared['rows'])} rows"
        f" {len(of['dropped'])} are dropped, each with its reason.\n"
    )
    if GPU in verdicts:
        there = [cell(r, GPU, claim=claimed.get(r["row"]), verdicts=verdicts) for r in wanted]
        yield f"Rows on Linux GPU: {there.count('proven')} proven, {there.count(NO_GPU)} {NO_GPU}.\n"
    yield WORDS
    for state, title in STATES.items():
        yield f"## {title}\n"
        if state == "dropped":
            yield "| DSVM row | reason |\n|---|---|\n" + "".join(
                f"| {row['row']} | {declared['reasons'][row['reason']]} |\n" for row in of[state]
            )
        else:
            yield table(of[state], claimed=claimed, verdicts=verdicts)
    if pair:
        yield COMPARED.format(*PAIR)
        yield pair


STATES = {"must": "Rows to match", "optional": "Optional", "dropped": "Dropped"}


def page() -> str:
    declared = yaml.safe_load(PAGE.with_suffix(".yaml").read_text(encoding="utf-8"))
    verdicts = json.loads(PAGE.with_name("verdicts.json").read_text(encoding="utf-8"))
    known = claims(ROOT / "roles")
    return "\n".join(sections(declared, claimed=known, verdicts=verdicts, pair=compared()))


def main(arguments: Sequence[str]) -> int:
    text = page()
    stale = not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text
    if stale and "--check" in arguments:
        sys.stdout.write(f"{PAGE.relative_to(ROOT)}: stale\n")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
