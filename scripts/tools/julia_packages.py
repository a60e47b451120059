"""Takes a Julia project and the depot that it was resolved into; prints variables of the role julia.

python scripts/tools/julia_packages.py PROJECT DEPOT
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml


def packages(manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The manifest's packages as `julia_packages` has them; those that come with Julia have no tree."""
    found = manifest.get("deps", manifest)
    uuids = {name: entry["uuid"] for name, (entry,) in found.items()}
    for name, (entry,) in sorted(found.items()):
        if "git-tree-sha1" in entry:
            deps = entry.get("deps", {})
            yield {
                "name": name,
                "uuid": entry["uuid"],
                "version": entry["version"],
                "tree": entry["git-tree-sha1"],
                # names alone where no two packages share one
                "deps": {each: uuids[each] for each in deps} if isinstance(deps, list) else deps,
            }


def variables(project: Path, depot: Path) -> dict[str, Any]:
    """The role's variables: packages of the project, artifacts that the depot has."""
    manifest = tomllib.loads((project / "Manifest.toml").read_text(encoding="utf-8"))
    artifacts = sorted(path.name for path in depot.glob("artifacts/*") if path.is_dir())
    return {"julia_packages": list(packages(manifest)), "julia_artifacts": artifacts}


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(yaml.safe_dump(variables(*map(Path, sys.argv[1:])), sort_keys=False), end="")


if __name__ == "__main__":
    main()
