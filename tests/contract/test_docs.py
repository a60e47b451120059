"""Pages tell what is true: commands exist, links resolve, nothing of this machine is named."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest
from house import docs, expect_none, secrets, sources

# a finding or its file -> why it may stay; which are needed depends on the machine that asks
EXCEPTIONS: dict[str, str] = {
    "roles/seal/vars/Debian.yml": "what it names is root's home in the image, not here",
}
# Generated or made elsewhere; a hash in them may look like anything.
UNREAD = ("LICENSE",)
PAGES = [path for path in sources.files() if path.suffix == ".md"]

each = pytest.mark.parametrize("page", [pytest.param(p, id=sources.place(p)) for p in PAGES])


@pytest.fixture(scope="module")
def offers() -> docs.CommandLine:
    """What the command line has, asked of click itself."""
    module = import_module("burnish.cli.main")
    group = next(value for value in vars(module).values() if isinstance(value, click.Group))
    verbs = {name: _options(command) for name, command in group.commands.items()}
    verbs |= {
        f"{name} {inner}": _options(command)
        for name, outer in group.commands.items()
        if isinstance(outer, click.Group)
        for inner, command in outer.commands.items()
    }
    return docs.CommandLine(verbs, _options(group))


@each
def test_burnish_commands_exist(page: Path, offers: docs.CommandLine) -> None:
    found = (words for words in docs.commands(sources.text(page)) if words[0] == "burnish")
    expect_none(f"{page.name}: {text}" for w in found for text in docs.wrong_burnish(w, offers))


@each
def test_make_targets_exist(page: Path) -> None:
    makefile = sources.text(sources.ROOT / "Makefile")
    found = (words for words in docs.commands(sources.text(page)) if words[0] == "make")
    expect_none(f"{page.name}: {text}" for w in found for text in docs.wrong_make(w, makefile))


def test_workflows_call_targets_that_exist() -> None:
    makefile = sources.text(sources.ROOT / "Makefile")
    workflows = "".join(sources.text(p) for p in sources.files() if ".github" in p.parts)
    lines = re.findall(r"run: (make .*)", workflows)
    assert lines != []
    expect_none(text for line in lines for text in docs.wrong_make(shlex.split(line), makefile))


@each
def test_links_resolve(page: Path) -> None:
    expect_none(docs.broken_links(page))


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "AGENTS.md", "LICENSE", ".ci/run"]
)
def test_root_pages_are_there(name: str) -> None:
    assert sources.text(sources.ROOT / name).strip() != ""


def test_every_verb_is_in_the_command_page(offers: docs.CommandLine) -> None:
    page = sources.text(sources.ROOT / "docs" / "commands.md")
    told = {words[1] for words in docs.commands(page) if words[0] == "burnish" and words[1:]}
    assert sorted({name.partition(" ")[0] for name in offers.verbs} - told) == []


def test_nothing_of_this_machine_is_named() -> None:
    read = [path for path in sources.files() if path.name not in UNREAD]
    expect_none(secrets.told(read, secrets.pattern()), except_for=EXCEPTIONS)


def _options(command: click.Command) -> frozenset[str]:
    return frozenset(
        name for param in command.params for name in (*param.opts, *param.secondary_opts)
    )
