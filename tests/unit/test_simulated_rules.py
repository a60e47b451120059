"""The rules for journals of the simulated host, each on one that keeps it and on one that does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rules
from journal import Entry, Journal, read
from simulator import seed
from simulator.answers import Answers, Command, Package, WrongAnswers, joined
from simulator.answers import read as read_answers

FILE = r"C:\burnish\downloads\a.exe"
GET = {"url": "https://x.example/a.exe", "dest": FILE, "checksum": "a" * 64}
GET |= {"checksum_algorithm": "sha256"}


def entry(name: str, *, run: int = 2, **given: Any) -> Entry:
    known: dict[str, Any] = {"check": False, "changed": True, "stored": True, "arguments": {}}
    return Entry(**{"run": run, "module": f"ansible.windows.{name}", **known, **given})


CHECK = (entry("win_file", run=1, check=True, stored=False),)
AGAIN = (entry("win_file", run=3, stored=False),)
RIGHT = (
    entry("win_get_url", arguments=GET),
    entry("win_package", arguments={"path": FILE, "arguments": "/S"}, reboot_required=True),
    entry("win_reboot"),
    entry("win_command", arguments={"argv": ["a", "-V"]}, stored=False),
    entry("win_file", arguments={"path": FILE, "state": "absent"}),
)


def journal(*converged: Entry) -> Journal:
    return Journal(runs=(CHECK, converged, AGAIN))


def put(at: int, name: str, **given: Any) -> Journal:
    """A right journal with one call changed."""
    kept = list(RIGHT)
    kept[at] = entry(name, **given)
    return journal(*kept)


def without(at: int) -> Journal:
    return journal(*(each for number, each in enumerate(RIGHT) if number != at))


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_right_journal_keeps_every_rule(rule: Callable[[Journal], Iterator[str]]) -> None:
    assert list(rule(journal(*RIGHT))) == []


BROKEN: dict[str, tuple[Any, Journal, str]] = {
    "refused": (
        rules.answered,
        put(0, "win_get_url", arguments=GET, refused="options", msg="no such option"),
        "ansible.windows.win_get_url: no such option",
    ),
    "check mode": (
        rules.check_mode_changes_nothing,
        Journal(runs=((entry("win_file", run=1, check=True),), RIGHT, AGAIN)),
        "ansible.windows.win_file: changed the host in check mode",
    ),
    "no check mode": (
        rules.check_mode_changes_nothing,
        Journal(runs=(RIGHT, AGAIN)),
        "no run in check mode",
    ),
    "no second run": (
        rules.second_run_asks_for_nothing_new,
        Journal(runs=(CHECK, RIGHT)),
        "no second run",
    ),
    "second run": (
        rules.second_run_asks_for_nothing_new,
        Journal(runs=(CHECK, RIGHT, (entry("win_file", run=3, arguments={"path": "C:\\a"}),))),
        "ansible.windows.win_file: C:\\a: changed the host in the second run",
    ),
    "sha1": (
        rules.downloads_are_pinned,
        put(0, "win_get_url", arguments={**GET, "checksum_algorithm": "sha1"}),
        "https://x.example/a.exe: its checksum is not told to be sha256",
    ),
    "http": (
        rules.downloads_are_pinned,
        put(0, "win_get_url", arguments={**GET, "url": "http://x.example/a.exe"}),
        "http://x.example/a.exe: not over https",
    ),
    "left over": (
        rules.restarts_are_made,
        without(2),
        rf"{FILE}: asks for a restart, and none is made",
    ),
    "too early": (
        rules.restarts_are_made,
        put(1, "win_package", arguments={"path": FILE}, pending=True),
        rf"{FILE}: installed while the host waits for a restart",
    ),
    "list": (
        rules.arguments_are_obeyed,
        put(1, "win_package", arguments={"path": FILE, "arguments": ["/S"]}),
        rf"{FILE}: arguments are a list: each one with a blank would be quoted",
    ),
    "not downloaded": (
        rules.packages_come_in_order,
        without(0),
        rf"{FILE}: installed without having been downloaded",
    ),
    "not probed": (
        rules.packages_come_in_order,
        without(3),
        rf"{FILE}: not probed before the next one",
    ),
    "not dropped": (rules.downloads_are_dropped, without(4), rf"{FILE}: downloaded and left there"),
    "password": (
        rules.no_secret_is_told,
        put(3, "win_command", arguments={"argv": ["net", "use", "/password:x1"]}),
        "ansible.windows.win_command: argv: a password in plain text",
    ),
}


@pytest.mark.parametrize(("rule", "broken", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_told(rule: Any, broken: Journal, says: str) -> None:
    assert list(rule(broken)) == [says]


def test_every_rule_is_broken_once() -> None:
    planted = {"arguments_are_obeyed"} | {rule.__name__ for rule, _, _ in BROKEN.values()}
    assert planted == {rule.__name__ for rule in rules.RULES}


def test_stale_answers_are_named() -> None:
    known = Answers(
        commands=[Command(argv=["a", "*"]), Command(argv=["b"])],
        packages=[Package(file="a.*"), Package(file="z.msi")],
    )
    assert rules.unused(known, journal(*RIGHT)) == ["b", "z.msi"]


def test_a_journal_is_read_run_by_run(tmp_path: Path) -> None:
    lines = [json.dumps(vars(each)) for each in (*CHECK, *RIGHT, *AGAIN)]
    (tmp_path / "journal").write_text("\n".join(lines))
    found = read(tmp_path / "journal")
    assert (len(found.checks), len(found.converged), len(found.again)) == (1, 5, 1)


def test_a_key_that_no_answer_has_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("commands:\n  - {argv: [a], stdot: x}\n")
    with pytest.raises(WrongAnswers) as raised:
        read_answers(path)
    assert str(raised.value) == "r.yaml: unknown key 'stdot'; did you mean 'stdout'?"


def test_what_the_roles_below_leave_is_there(tmp_path: Path) -> None:
    (tmp_path / "python.yaml").write_text("leaves: ['C:\\P\\python.exe']\n")
    (tmp_path / "r.yaml").write_text("needs: [python]\nservices: [S]\n")
    answers, there = seed.told([tmp_path / "r.yaml", tmp_path / "absent.yaml"])
    assert (list(answers.services), there) == (["S"], ("C:\\P\\python.exe",))
    (tmp_path / "r.yaml").write_text("needs: [rr]\n")
    with pytest.raises(WrongAnswers, match=r"r\.yaml: needs: no answers of a role 'rr'"):
        seed.told([tmp_path / "r.yaml"])
    assert joined([]).commands == []
