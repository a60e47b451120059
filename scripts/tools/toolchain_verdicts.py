"""Takes the manifest of a filed version; writes what its checks said into docs/verdicts.json.

python scripts/tools/toolchain_verdicts.py GALLERY/IMAGE/VERSION/manifest.json
python scripts/tools/toolchain_verdicts.py build/proofs/IMAGE/PLAN.json     of an image of Windows, not built
python scripts/tools/toolchain_verdicts.py build/fixtures/ROLE.json         of a role that a fixture plays

The file holds for each column (`linux_cpu`) the image, its version, and each check's outcome at each level:
the worst of a check that ran once for each environment. What a fixture answered is of the level `fixture`,
wherever it ran. Below `fixture` stands what the scenarios of played roles said, and on which day
(`pytest tests/molecule --role ROLE` leaves it in build/fixtures/).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VERDICTS = ROOT / "docs" / "verdicts.json"
FIXTURE = "fixture"
# what a check records where not the tool itself has answered it
PLAYED = ("a fixture plays", "a stand-in answered")
WORST = ("error", "failed", "not-verified", "passed")


def outcomes(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Check -> level -> outcome. A check that is verified in one environment counts as passed."""
    found: dict[str, dict[str, str]] = {}
    for verdict in manifest["verdicts"]:
        for result in verdict["results"]:
            levels = found.setdefault(result["check"].partition("[")[0], {})
            played = any(words in result.get("text", "") for words in PLAYED)
            level = FIXTURE if played else verdict["level"]
            said = {levels.get(level, result["outcome"]), result["outcome"]}
            if said == {"passed", "not-verified"}:
                said = {"passed"}
            levels[level] = min(said, key=WORST.index)
    return dict(sorted(found.items()))


def column(manifest: Mapping[str, Any]) -> str:
    """The page's column that a manifest speaks of."""
    if str(manifest.get("base") or manifest.get("image")).startswith("windows"):
        return "windows"
    return f"linux_{manifest['flavour']}"


def of_fixture(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the scenario of a played role said, and on which day."""
    return {"day": told["day"], "passed": told["passed"], "checks": outcomes(told)}


def main(arguments: Sequence[str]) -> int:
    manifest = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    if manifest.get("standin"):
        sys.stderr.write("a stand-in proves nothing about the real distribution\n")
        return 1
    known = json.loads(VERDICTS.read_text(encoding="utf-8"))
    if role := manifest.get("fixture"):
        known.setdefault(FIXTURE, {})[role] = of_fixture(manifest)
        write(known)
        return 0
    version = manifest.get("version") or f"(its plan {manifest['plan'][:12]}, no image)"
    said = {"image": manifest["image"], "version": version}
    known[column(manifest)] = {**said, "checks": outcomes(manifest)}
    write(known)
    return 0


def write(known: Mapping[str, Any]) -> None:
    VERDICTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
