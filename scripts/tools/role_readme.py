"""Takes role folders; writes the variable table of each README from the role's argument spec.

python scripts/tools/role_readme.py roles/python       write the table
python scripts/tools/role_readme.py --check roles/*    say which tables are stale, exit code 1
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

BEGIN, END = "<!-- variables: begin -->", "<!-- variables: end -->"
HEAD = ["| variable | type | default | what it does |", "|---|---|---|---|"]
NONE = "The role has no variables."


def options(role: Path) -> Mapping[str, Mapping[str, object]]:
    """The public variables of a role, in the order of its spec."""
    spec = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    found = spec["argument_specs"]["main"].get("options") or {}
    return dict(found)


def table(variables: Mapping[str, Mapping[str, object]]) -> str:
    rows = [_row(name, spec) for name, spec in variables.items()]
    return "\n".join([*HEAD, *rows] if rows else [NONE])


def rewritten(readme: str, *, variables: Mapping[str, Mapping[str, object]]) -> str:
    """The README with its table renewed; ValueError where the markers are missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no '{BEGIN}' ... '{END}'")
    return f"{before}{BEGIN}\n{table(variables)}\n{END}{after}"


def stale(role: Path) -> str | None:
    """The renewed README where it differs from the one that stands there."""
    path = role / "README.md"
    readme = path.read_text(encoding="utf-8") if path.is_file() else _first(role.name)
    renewed = rewritten(readme, variables=options(role))
    return renewed if renewed != readme else None


def main(arguments: Sequence[str]) -> int:
    check = "--check" in arguments
    found = 0
    for role in (Path(name) for name in arguments if not name.startswith("--")):
        if not (role / "meta" / "argument_specs.yml").is_file():
            continue
        if (renewed := stale(role)) is None:
            continue
        found += 1
        sys.stdout.write(f"{role}/README.md: {'stale' if check else 'written'}\n")
        if not check:
            (role / "README.md").write_text(renewed, encoding="utf-8")
    return int(check and found > 0)


def _first(name: str) -> str:
    return f"# {name}\n\n## Variables\n\n{BEGIN}\n{END}\n"


def _row(name: str, spec: Mapping[str, object]) -> str:
    text = spec.get("description", "")
    sentence = " ".join(text) if isinstance(text, list) else str(text)
    kind = str(spec.get("type", "str"))
    if choices := spec.get("choices"):
        assert isinstance(choices, list)
        kind += ": " + ", ".join(f"`{choice}`" for choice in choices)
    cells = [f"`{name}`", kind, _default(spec), " ".join(sentence.split())]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(spec: Mapping[str, object]) -> str:
    if spec.get("required"):
        return "required"
    return f"`{json.dumps(spec.get('default'), ensure_ascii=False)}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
