"""Takes the folder of gathered Ubuntu names; writes evidence.tsv for those we use, and absent.tsv.

python tests/ubuntu/make_evidence.py FOLDER            write the tables
python tests/ubuntu/make_evidence.py --check FOLDER    exit code 1 if it would change

The folder holds REL.seen.tsv, REL.claimed.tsv, REL.likely.txt.xz and absent.tsv (README.md). A name
that they do not know gets no row, so the contract test fails with the place that asks for it. Rows
that a person stated stay as long as the name is used.
"""

from __future__ import annotations

import argparse
import lzma
import sys
from collections.abc import Mapping
from pathlib import Path

import ubuntu_names
from ubuntu_names import RELEASES, Row, Use

ROOT = Path(__file__).resolve().parents[2]
HEAD = "# name\trelease\tevidence (written by make_evidence.py; yours to add: `stated: SOURCE`)\n"


ABSENT_HEAD = "# name\treleases (*: all three)\tuse instead (written by make_evidence.py)\n"
Evidence = Mapping[tuple[str, str], str]


def gathered(folder: Path) -> Evidence:
    """What the folder says: (name, release) -> evidence."""
    evidence: dict[tuple[str, str], str] = {}
    for release in RELEASES:
        # the strongest last: seen replaces claimed replaces likely
        text = lzma.decompress((folder / f"{release}.likely.txt.xz").read_bytes()).decode()
        for name, *more in (line.split("\t") for line in text.splitlines()):
            evidence[name, release] = f"likely: {','.join(['debian', *more])}"
        for name, source in _rows(folder / f"{release}.claimed.tsv"):
            evidence[name, release] = f"claimed: {source}"
        for name, _, source in _rows(folder / f"{release}.seen.tsv"):
            evidence[name, release] = f"seen: {source}"
    return evidence


def rows(uses: list[Use], evidence: Evidence, *, before: list[Row]) -> list[Row]:
    """A row for each name and release with evidence; what `before` states counts as such."""
    stated = {(row.name, row.release): row.evidence for row in before if row.kind == "stated"}
    every = stated | dict(evidence)
    wanted = {(use.name, use.release) for use in uses}
    return sorted(
        Row(name=name, release=release, evidence=every[name, release])
        for name, release in wanted
        if (name, release) in every
    )


def texts(folder: Path) -> dict[Path, str]:
    """Both tables as they should be."""
    before = ubuntu_names.read_table() if ubuntu_names.TABLE.is_file() else []
    table = rows(ubuntu_names.uses(ROOT), gathered(folder), before=before)
    lines = [f"{row.name}\t{row.release}\t{row.evidence}\n" for row in table]
    absent = [f"{row[0]}\t{row[1]}\t{row[3]}\n" for row in _rows(folder / "absent.tsv")]
    return {
        ubuntu_names.ABSENT: ABSENT_HEAD + "".join(absent),
        ubuntu_names.TABLE: HEAD + "".join(lines),
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if it differs")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    wanted = texts(options.folder)
    if options.check:
        return int(any(path.read_text(encoding="utf-8") != text for path, text in wanted.items()))
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    for finding in ubuntu_names.findings(ubuntu_names.uses(ROOT), ubuntu_names.read_table()):
        print(finding, file=sys.stderr)
    return 0


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
