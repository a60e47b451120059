"""The rules themselves: each finds what it is there to find, and leaves good work alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from house import (
    budgets,
    definitions,
    docs,
    expect_needed,
    expect_none,
    law,
    rooms,
    secrets,
    sources,
    tasks,
)
from house.sources import Source

Rule = Callable[[Iterable[Source]], Iterable[str]]
BODY = "\n".join(["    pass"] * 50)


def _source(name: str, text: str) -> Source:
    return Source(name=name, place=f"{name}.py", text=text)


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        pytest.param(rooms.wrong_rooms, "plan.ids", "from burnish import render", id="sideways"),
        pytest.param(rooms.wrong_rooms, "plan.ids", "from burnish.build import x", id="up"),
        pytest.param(rooms.wrong_rooms, "lock.apt", "import burnish.build.disk", id="edge to edge"),
        pytest.param(
            rooms.wrong_rooms, "gallery.rules", "import burnish.gallery.local", id="rules"
        ),
        pytest.param(rooms.wrong_rooms, "cli.main", "from burnish.plan import x", id="cli"),
        pytest.param(rooms.wrong_rooms, "attic.x", "", id="unknown room"),
        pytest.param(
            rooms.wrong_rooms, "cli.x", "def f():\n import burnish.pipeline", id="lazy import"
        ),
        pytest.param(rooms.wrong_libraries, "build.x", "import subprocess", id="subprocess"),
        pytest.param(rooms.wrong_libraries, "lock.x", "import yaml", id="yaml"),
        pytest.param(rooms.wrong_libraries, "plan.x", "from jinja2 import T", id="jinja2"),
        pytest.param(rooms.wrong_libraries, "model.x", "import filelock", id="model"),
        pytest.param(rooms.wrong_libraries, "host", "print(1)", id="print"),
        pytest.param(rooms.wrong_libraries, "host", "import sys\nsys.exit(1)", id="exit"),
        pytest.param(rooms.wrong_libraries, "host", "raise SystemExit(1)", id="SystemExit"),
        pytest.param(rooms.impure, "plan.x", "import os", id="environment"),
        pytest.param(rooms.impure, "evidence.x", "datetime.now()", id="clock"),
        pytest.param(rooms.impure, "render.x", "p.read_text()", id="file"),
        pytest.param(budgets.long_modules, "host", "pass\n" * 301, id="long module"),
        pytest.param(budgets.long_functions, "host", f"def f():\n{BODY}", id="long function"),
        pytest.param(budgets.many_parameters, "host", "def f(a, b, c): 0", id="positional"),
        pytest.param(budgets.many_parameters, "host", "def f(*, a, b, c, d, e, f): 0", id="many"),
        pytest.param(budgets.averages, "host", "pass\n" * 121, id="median"),
        pytest.param(budgets.averages, "host", f"def f():\n{BODY}", id="percentile"),
        pytest.param(budgets.silent_modules, "host", "x = 1", id="no docstring"),
    ],
)
def test_rule_finds_it(rule: Rule, name: str, text: str) -> None:
    assert list(rule([_source(name, text)])) != []


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        pytest.param(rooms.wrong_rooms, "build.x", "from burnish.plan import ids", id="down"),
        pytest.param(rooms.wrong_rooms, "build.x", "from burnish import process", id="process"),
        pytest.param(rooms.wrong_rooms, "plan.x", "from .ids import y", id="own room"),
        pytest.param(rooms.wrong_libraries, "process", "import subprocess", id="its only room"),
        pytest.param(rooms.impure, "build.x", "import os\nopen('x')", id="edges may"),
        pytest.param(budgets.many_parameters, "x", "def f(self, a, b, *, c): 0", id="self"),
        pytest.param(budgets.many_parameters, "x", "def test_f(a, b, c): 0", id="fixtures"),
    ],
)
def test_rule_leaves_it_alone(rule: Rule, name: str, text: str) -> None:
    assert list(rule([_source(name, text)])) == []


def test_a_ring_is_found() -> None:
    ring = [_source("plan.a", "import burnish.plan.b"), _source("plan.b", "from . import a")]
    assert set(rooms.cycles(ring)) == {"plan.a", "plan.b"}


@pytest.mark.parametrize(
    ("name", "module", "arguments", "more"),
    [
        pytest.param("", "ansible.builtin.copy", {}, {}, id="no name"),
        pytest.param("X", "copy", {}, {}, id="short module"),
        pytest.param("X", "a.b.copy", {}, {"ignore_errors": True}, id="ignored"),
        pytest.param("X", "a.b.command", {"cmd": "x"}, {}, id="bare command"),
        pytest.param("X", "a.b.command", {}, {"changed_when": False}, id="untrue"),
        pytest.param("X", "a.b.apt", {"name": "vim"}, {}, id="literal package"),
        pytest.param("X", "a.b.apt", {"name": ["{{ other }}"]}, {}, id="foreign list"),
        pytest.param("X", "a.b.apt", {"deb": "x.deb"}, {}, id="a file"),
        pytest.param("X", "a.b.get_url", {"url": "{{ x }}", "checksum": "c"}, {}, id="download"),
        pytest.param("X", "a.b.unarchive", {"src": "https://x/y.tgz"}, {}, id="remote archive"),
        pytest.param(
            "X", "a.b.copy", {}, {"when": "ansible_facts['distribution'] == 'U'"}, id="when"
        ),
        pytest.param("X", "a.b.copy", {"x": "{{ ansible_facts['memtotal_mb'] }}"}, {}, id="fact"),
        pytest.param("X", "a.b.copy", {"x": "{{ ansible_distribution }}"}, {}, id="legacy fact"),
    ],
)
def test_the_law_finds_it(
    name: str, module: str, arguments: dict[str, str], more: dict[str, object]
) -> None:
    assert list(law.broken(_task(name, module, arguments=arguments, more=more), "x")) != []


@pytest.mark.parametrize(
    ("module", "arguments", "more"),
    [
        pytest.param("a.b.apt", {"name": "{{ __x_packages }}"}, {}, id="declared list"),
        pytest.param("a.b.command", {"cmd": "y", "creates": "/z"}, {}, id="creates"),
        pytest.param(
            "a.b.command", {}, {"changed_when": False, "register": "__x_a"}, id="reads only"
        ),
        pytest.param("a.b.assert", {"that": ["ansible_facts['distribution'] in y"]}, {}, id="that"),
        pytest.param("a.b.unarchive", {"src": "{{ burnish_downloads }}/y"}, {}, id="declared"),
    ],
)
def test_the_law_leaves_it_alone(
    module: str, arguments: dict[str, str], more: dict[str, object]
) -> None:
    assert list(law.broken(_task("Do it", module, arguments=arguments, more=more), "x")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("  link: https://example.org/1\n", False),
        ("- {package: a, link: https://example.org/1}\n", False),
        ("url: https://example.org/1\n", True),
        ("blink: https://example.org/1\n", True),
        ("link: x, from https://example.org/1\n", True),
    ],
)
def test_a_page_to_read_is_no_place_to_download_from(text: str, found: bool) -> None:
    assert (list(definitions.names_transport(Path("x.yaml"), text)) != []) is found


def test_tasks_in_blocks_are_read_with_their_comments(tmp_path: Path) -> None:
    path = tmp_path / "main.yml"
    path.write_text("- name: A\n  block:\n    # why\n    - name: B\n      a.b.command: c\n")
    found = {task.data["name"]: (task.module, task.comment) for task in tasks.read(path)}
    assert found == {"A": ("block", True), "B": ("a.b.command", True)}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("Big", {}, id="file name"),
        pytest.param("x", {"vmSize": 1}, id="key"),
        pytest.param("x", {"name": "y"}, id="name inside"),
        pytest.param("x", {"layers": [{"id": "A_b"}]}, id="layer"),
        pytest.param("x", {"layer_mib": {"A_b": 1}}, id="budget of a layer"),
    ],
)
def test_definitions_are_named_well(name: str, data: dict[str, object]) -> None:
    assert list(definitions.misnamed(Path(f"{name}.yaml"), data)) != []


def test_pages_give_their_commands() -> None:
    page = "Run `make test ROLE=x`.\n\n```sh\n$ burnish plan X --json  # why\n```\n    make image\n"
    assert sorted(docs.commands(page)) == [
        ["burnish", "plan", "X", "--json"],
        ["make", "image"],
        ["make", "test", "ROLE=x"],
    ]


def test_commands_that_do_not_exist_are_found() -> None:
    offers = docs.CommandLine({"plan": frozenset({"--json"})}, frozenset({"--root"}))
    assert list(docs.wrong_burnish(["burnish", "--root=x", "plan", "X", "--json"], offers)) == []
    assert list(docs.wrong_burnish(["burnish", "paln"], offers)) != []
    assert list(docs.wrong_burnish(["burnish", "plan", "--yaml"], offers)) != []
    group = docs.CommandLine(
        {"cache": frozenset(), "cache prune": frozenset({"--dry-run"})}, frozenset()
    )
    assert list(docs.wrong_burnish(["burnish", "cache", "prune", "--dry-run"], group)) == []
    assert list(docs.wrong_burnish(["burnish", "cache", "list"], group)) != []
    assert list(docs.wrong_burnish(["burnish", "cache", "prune", "--json"], group)) != []
    assert list(docs.wrong_make(["make", "test", "ROLE=x"], "test: ## t\n\techo $(ROLE)\n")) == []
    assert list(docs.wrong_make(["make", "tset", "ROLF=x"], "test:\n\techo $(ROLE)\n")) != []


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("# One thing\n[a](b.md) [b](#one-thing) [c](#two) [d](http://x)\n")
    assert [text.split(": ", 1)[1] for text in docs.broken_links(page)] == [
        "b.md: no such file",
        "#two: no such heading",
        "http://x: plain http",
    ]


def test_the_machine_is_recognized(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(f"see {Path.home()}/.cache and {sources.ROOT}/x\nnothing here\n")
    assert len(list(secrets.told([page], secrets.pattern()))) == 1
    assert secrets.hosts() != set()


def test_exceptions_are_exact_and_give_a_reason() -> None:
    expect_none(["a.py:3: f: long"], except_for={"a.py: f": "any reason"})
    with pytest.raises(AssertionError, match=r"1 findings\na\.py: g: long"):
        expect_none(["a.py: g: long"], except_for={"a.py: f": "any reason"})
    with pytest.raises(AssertionError, match="excuse nothing"):
        expect_needed([], except_for={"a.py: f": "one two three four"})
    with pytest.raises(AssertionError, match="without a reason"):
        expect_needed(["a.py: f: x"], except_for={"a.py: f": "because"})


def _task(
    name: str, module: str, *, arguments: dict[str, str], more: dict[str, object]
) -> tasks.Task:
    data = {"name": name, module: arguments, **more}
    return tasks.Task(place="t.yml:1", data=data, module=module, comment=True)
