"""What an index knows of vulnerable wheels: told as it is, and never "none" where nobody said so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import makers
import packed
import pytest
import requests
from burnish import process
from burnish.lock import advisories, http
from burnish.lock.explain import explain
from burnish.model.command import Command, Completed
from burnish.model.lock import Lock
from burnish.model.reason import Reason
from packed import Shelf, advisory, page

pytestmark = pytest.mark.touches("sockets", reason="an index on loopback")
NEWEST = "the index tells advisories of the newest version only"
WITHOUT = "the index answers without advisories"
SILENT = "the index does not answer"


def locked(version: str) -> Lock:
    environment = replace(makers.python_lock(), wheels=(makers.wheel("jinja2", version),))
    return makers.lock(python={"ml": environment})


def why(folder: Path, pages: dict[str, Any], *, old: str = "3.1.4", new: str = "3.1.6") -> Reason:
    """Why one wheel moved."""
    with packed.served(pages) as index:
        place = Shelf(folder=folder, index=index.url).place()
        (found,) = explain(locked(old), locked(new), place=place)
    return found


@pytest.mark.parametrize(
    ("told", "kind", "cves"),
    [
        ([advisory("2026-1", "3.1.5")], "security", ("CVE-2026-1",)),
        ([advisory("2026-1", "3.1.5", aliases=[])], "security", ("PYSEC-2026-1",)),
        ([advisory("2026-1", "2.9", "3.1.6")], "security", ("CVE-2026-1",)),
        ([advisory("2026-1", "3.1.7")], "fix", ()),
        ([advisory("2026-1", "3.1.4")], "fix", ()),
        ([advisory("2026-1")], "fix", ()),
        ([advisory("2026-1", "3.1.5", withdrawn="2026-01-01")], "fix", ()),
        ([advisory("2026-1", "not a version")], "fix", ()),
        ([], "fix", ()),
    ],
)
def test_an_advisory_of_the_old_version_makes_it_security(
    tmp_path: Path, told: list[dict[str, Any]], *, kind: str, cves: tuple[str, ...]
) -> None:
    pages = {"jinja2/3.1.4": page("3.1.4", *told), "jinja2/3.1.6": page("3.1.6")}
    found = why(tmp_path, pages)
    assert (found.kind, found.cves, found.unasked) == (kind, cves, "")
    assert (found.section, found.source, found.text) == ("python:ml", "jinja2", "patch release")


def test_what_the_new_version_still_has_is_not_fixed(tmp_path: Path) -> None:
    told = advisory("2026-1", "3.1.5", "4.0")
    pages = {"jinja2/3.1.4": page("3.1.4", told), "jinja2/3.1.6": page("3.1.6", told)}
    assert why(tmp_path, pages).kind == "fix"


@pytest.mark.parametrize(
    ("old", "new", "kind", "text"),
    [
        ("1.0", "2.0", "feature", "major release"),
        ("1.0", "1.1", "feature", "minor release"),
        ("1.0", "1.0.1", "fix", "patch release"),
        ("1.0rc1", "1.0", "fix", "patch release"),
        ("1.0", "1.0.post1", "rebuild", "same release, packed anew"),
        ("1.10", "1.9", "downgrade", "an older version than before"),
    ],
)
def test_the_step_between_versions(
    tmp_path: Path, old: str, new: str, *, kind: str, text: str
) -> None:
    pages = {f"jinja2/{version}": page(version) for version in (old, new)}
    found = why(tmp_path, pages, old=old, new=new)
    assert (found.kind, found.text) == (kind, text)


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ({}, "the index answers with status 404"),
        ({"jinja2": page("3.1.6")}, NEWEST),
        ({"jinja2/3.1.4": 403}, "the index answers with status 403"),
        ({"jinja2/3.1.4": "<html>"}, "the index answers with something else than JSON"),
        ({"jinja2/3.1.4": {"info": {}}}, WITHOUT),
        ({"jinja2/3.1.4": {"vulnerabilities": None}}, WITHOUT),
        ({"jinja2/3.1.4": []}, WITHOUT),
    ],
)
def test_no_answer_is_never_none(tmp_path: Path, pages: dict[str, Any], reason: str) -> None:
    found = why(tmp_path, pages)
    assert (found.kind, found.unasked) == ("fix", reason)


def test_a_projects_page_speaks_for_its_newest_version(tmp_path: Path) -> None:
    with packed.served({"jinja2": page("3.1.6", advisory("2026-1"))}) as index:
        place = Shelf(folder=tmp_path, index=index.url).place()
        answers = advisories.ask([("jinja2", "3.1.6"), ("jinja2", "3.1.4")], place=place)
    assert [each.names for each in answers["jinja2", "3.1.6"].advisories] == [("CVE-2026-1",)]
    assert answers["jinja2", "3.1.4"].unasked == NEWEST


def test_a_silent_index_is_asked_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    get = requests.Session.get

    def counted(session: requests.Session, url: str, **given: Any) -> requests.Response:
        asked.append(url)
        return get(session, url, **given)

    monkeypatch.setattr(http, "RETRIES", 0)
    monkeypatch.setattr(requests.Session, "get", counted)
    place = Shelf(folder=tmp_path, index="http://127.0.0.1:1/simple").place()
    answers = advisories.ask([(f"p{n}", "1") for n in range(40)], place=place)
    assert {each.unasked for each in answers.values()} == {SILENT}
    assert len(asked) <= http.AT_ONCE < len(answers)


@pytest.mark.parametrize(
    ("index", "offline", "reason"),
    [
        ("https://index.test/simple", True, "--offline: the index was not asked"),
        ("file:///wheels", False, "the index is a folder, which tells no advisories"),
    ],
)
def test_where_no_index_is_asked(tmp_path: Path, index: str, *, offline: bool, reason: str) -> None:
    place = Shelf(folder=tmp_path, index=index).place(offline=offline)
    answers = advisories.ask([("jinja2", "3.1.4")], place=place)
    assert answers["jinja2", "3.1.4"].unasked == reason


def test_without_a_site_uv_names_its_own_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with packed.served({"jinja2/3.1.4": page("3.1.4")}) as index:

        def run(command: Command, **_: object) -> Completed:
            assert "--emit-index-url" in command.argv
            told = f"# by uv via: --emit-index-url x\n--index-url {index.url}\n"
            return Completed(returncode=0, stdout=told, stderr="", seconds=0.0)

        monkeypatch.setattr(process, "run", run)
        place = Shelf(folder=tmp_path, index="").place()
        answers = advisories.ask([("jinja2", "3.1.4")], place=place)
    assert answers["jinja2", "3.1.4"].unasked == ""
