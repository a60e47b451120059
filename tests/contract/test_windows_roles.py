"""What roles say of packages on Windows can be installed: each names a download, and says how it is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from house import expect_none, roles, sources, tasks

ROLES = [role for root in sources.content_roots() for role in roles.found_in(root)]
KINDS = {
    "exe": {"product_id", "arguments"},
    "msi": {"product_id", "arguments"},
    "zip": {"to"},
}
ALWAYS = {"file", "kind", "creates", "probe", "says"}
# an installer made by NSIS takes no notice of a path that is quoted
QUOTED = re.compile(r"[\"'][^\"']* ")


def test_every_package_is_a_download_and_is_known() -> None:
    expect_none(text for role in ROLES for text in _packages(role))


def test_every_download_says_its_licence() -> None:
    expect_none(text for role in ROLES for text in _licences(role))


def test_a_quoted_blank_and_a_file_of_nowhere_are_found() -> None:
    entry = {"file": "x.exe", "kind": "exe", "product_id": "X", "arguments": '/D="C:\\a b"'}
    wrong = [*_wrong({**entry, "creates": "C:\\x", "probe": ["x"], "says": "1"}, downloads={"y"})]
    assert wrong == ["x.exe: no download is called so", "x.exe: a path with a blank in arguments"]


def _packages(role: roles.Role) -> Iterator[str]:
    lists = _windows(role)
    downloads = {each["name"] for name, found in lists for each in found if "_downloads" in name}
    for name, found in lists:
        for entry in found if "_packages_windows" in name else ():
            where = f"roles/{role.name}/vars/Windows.yml: {name}"
            yield from (f"{where}: {text}" for text in _wrong(entry, downloads=downloads))


def _wrong(entry: dict[str, Any], *, downloads: set[str]) -> Iterator[str]:
    file = entry.get("file", "?")
    if file not in downloads:
        yield f"{file}: no download is called so"
    wanted = ALWAYS | KINDS.get(entry.get("kind", ""), set())
    if set(entry) != wanted:
        yield f"{file}: it has {sorted(entry)}, expected {sorted(wanted)}"
    if QUOTED.search(str(entry.get("arguments", ""))):
        yield f"{file}: a path with a blank in arguments"


def _licences(role: roles.Role) -> Iterator[str]:
    for name, found in _windows(role):
        for each in found if "_downloads" in name else ():
            if len(str(each.get("licence", "")).split()) < 3:
                yield f"roles/{role.name}/vars/Windows.yml: {name}: {each['name']}: no licence"


def _windows(role: roles.Role) -> list[tuple[str, list[dict[str, Any]]]]:
    path = role.folder / "vars" / "Windows.yml"
    given = tasks.load(path) if path.is_file() else {}
    return [(name, value) for name, value in (given or {}).items() if isinstance(value, list)]
