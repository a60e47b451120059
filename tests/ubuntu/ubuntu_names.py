"""Takes a checkout; gives the Ubuntu package names that it uses, and what is known of them.

Shared by make_evidence.py, which writes the table, and by the contract test, which reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RELEASES: Mapping[str, str] = {"jammy": "22.04", "noble": "24.04", "resolute": "26.04"}
TABLE = Path(__file__).parent / "evidence.tsv"
ABSENT = Path(__file__).parent / "absent.tsv"
HINT = "find out where Ubuntu has it, then add its row as tests/ubuntu/README.md says"
# What an image cannot boot, log in or compute without: for these "Debian has it before and after
# that release" is no evidence.
STRICT_PREFIXES = (
    "cloud-init",
    "grub",
    "hyperv",
    "libnvidia",
    "linux-",
    "nvidia",
    "shim",
    "waagent",
    "walinuxagent",
)
STRONG = ("seen", "claimed", "stated")


@dataclass(frozen=True, kw_only=True, order=True)
class Use:
    """One package name that a file asks for on one release."""

    file: str
    name: str
    release: str


@dataclass(frozen=True, kw_only=True, order=True)
class Row:
    """One line of the table: `evidence` is `kind: sources`.

    seen, claimed and likely come from gathered data; stated is a person's row with its source.
    """

    name: str
    release: str
    evidence: str

    @property
    def kind(self) -> str:
        return self.evidence.partition(":")[0]


def layers(release: str) -> tuple[str, ...]:
    """The vars files that a role loads on that release, from least to most specific."""
    version = RELEASES[release]
    major = version.partition(".")[0]
    return ("main", "Debian", "Ubuntu", f"Ubuntu_{major}", f"Ubuntu_{version}")


def uses(root: Path) -> list[Use]:
    """Every name on every release, each with the file that the machine would take it from."""
    found: set[Use] = set()
    for folder in sorted((root / "roles").glob("*/vars")):
        for release in RELEASES:
            found |= set(_of_role(folder, release))
    for path in sorted((root / "packer" / "bases").glob("ubuntu-*.yaml")):
        found |= set(_of_base(path))
    return sorted(found)


def foreign(root: Path) -> list[str]:
    """Vars files for Ubuntu under a name that no release loads, and names that are not data."""
    known = {f"{name}.yml" for release in RELEASES for name in layers(release)}
    found = [
        f"{_shown(path)}: no release of Ubuntu loads a file of this name"
        for path in sorted((root / "roles").glob("*/vars/*"))
        if path.name.lower().startswith("ubuntu") and path.name not in known
    ]
    computed = {(use.file, use.name) for use in uses(root) if "{{" in use.name}
    return found + [f"{file}: '{name}': computed, not data" for file, name in sorted(computed)]


def read_table(path: Path = TABLE) -> list[Row]:
    rows = [line.split("\t") for line in _lines(path)]
    return [Row(name=row[0], release=row[1], evidence=row[2]) for row in rows]


def read_absent(path: Path = ABSENT) -> dict[tuple[str, str], str]:
    """(name, release) that Ubuntu's archive lacks -> what to use instead."""
    rows = [line.split("\t") for line in _lines(path)]
    return {
        (name, release): instead
        for name, releases, instead in rows
        for release in (RELEASES if releases == "*" else releases.split(","))
    }


def findings(uses: Iterable[Use], table: Iterable[Row]) -> list[str]:
    """One text for each use without evidence, with too weak a one, or known to be absent."""
    kinds = {(row.name, row.release): row.kind for row in table}
    absent = read_absent()
    found = []
    for use in uses:
        pair = (use.name, use.release)
        kind = kinds.get(pair, "")
        place = f"{use.file}: '{use.name}' on {use.release}"
        if pair in absent:
            found.append(f"{place}: not in Ubuntu's archive\n  hint: use {absent[pair]}")
        elif not kind:
            found.append(f"{place}: no evidence that it exists\n  hint: {HINT}")
        elif kind not in STRONG and use.name.startswith(STRICT_PREFIXES):
            text = "only likely, too weak for a kernel, driver or agent"
            found.append(f"{place}: {text}\n  hint: {HINT}")
    return found


def _of_role(folder: Path, release: str) -> Iterator[Use]:
    # A key of a more specific file replaces the same key of the others, as include_vars does.
    taken: dict[str, tuple[Path, Any]] = {}
    for layer in layers(release):
        path = folder / f"{layer}.yml"
        if path.is_file():
            data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            taken |= {key: (path, value) for key, value in data.items()}
    # Ubuntu need not have what the role itself downloads
    files = [file for key, (_, value) in taken.items() if "_downloads" in key for file in value]
    downloaded = {file["deb"] for file in files if "deb" in file}
    for key, (path, value) in taken.items():
        if "_packages" in key:
            for name in (name for name in _flat(value) if name not in downloaded):
                yield Use(file=_shown(path), name=name, release=release)


def _of_base(path: Path) -> Iterator[Use]:
    rootfs = yaml.safe_load(path.read_text(encoding="utf-8")).get("rootfs") or {}
    for key in ("kernel", "include"):
        for name in _flat(rootfs.get(key)):
            yield Use(file=f"packer/bases/{path.name}", name=name, release=rootfs["suite"])


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _flat(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from _flat(part)


def _shown(path: Path) -> str:
    return f"roles/{path.parent.parent.name}/vars/{path.name}"


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
