"""Takes the text of a Markdown page; gives its commands, and what is wrong with its links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from house.sources import place, text

FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
COMMAND = re.compile(r"^(?:[$#] +)?(?:[A-Z_]+=\S* +)*((?:burnish|make)(?: .*)?)$")
SHELL = re.compile(r" (?:\||&&|>) ")


@dataclass(frozen=True)
class CommandLine:
    """What the command line offers: the options of each verb, and those before the verb.

    The commands of a group stand beside it as "group command".
    """

    verbs: Mapping[str, frozenset[str]]
    common: frozenset[str]


def commands(page: str) -> Iterator[list[str]]:
    """Each `burnish ...` and `make ...` of a page, split into words."""
    blocks = [match[3] for match in FENCE.finditer(page)]
    prose = FENCE.sub("", page)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += [*INLINE.findall(prose), *INDENTED.findall(prose)]
    for line in lines:
        match = COMMAND.match(line.strip().split("  #")[0].split(" # ")[0])
        if match:
            yield shlex.split(SHELL.split(match[1])[0])


def wrong_burnish(words: Sequence[str], offers: CommandLine) -> Iterator[str]:
    """Verbs and options that the command line does not have. Capital letters stand for a value."""
    named = [word for word in words[1:] if not word.startswith("-") and word != "..."]
    verb = next((word for word in named if word in offers.verbs), (*named, "")[0])
    if verb.lower() == verb and verb not in ("", *offers.verbs):
        yield f"`burnish {verb}`: no such command"
    # a group's commands are listed as "group command"
    groups = {name.partition(" ")[0] for name in offers.verbs if " " in name}
    if verb in groups and (rest := named[named.index(verb) + 1 :]):
        if f"{verb} {rest[0]}" not in offers.verbs:
            yield f"`burnish {verb} {rest[0]}`: no such command"
        verb = f"{verb} {rest[0]}"
    known = offers.verbs.get(verb, frozenset()) | offers.common | {"--help"}
    for option in (word.split("=")[0] for word in words if word.startswith("-")):
        if option not in known:
            yield f"`burnish {verb}`: no option {option}"


def wrong_make(words: Sequence[str], makefile: str) -> Iterator[str]:
    """Targets and variables that the Makefile does not have."""
    for word in words[1:]:
        name, is_variable, _ = word.partition("=")
        if is_variable:
            if not re.search(rf"\b{name}\b", makefile):
                yield f"`make`: nothing reads {name}"
        elif re.fullmatch(r"[a-z][a-z-]*", word) and not _is_target(word, makefile):
            yield f"`make {word}`: no such target"


def broken_links(path: Path) -> Iterator[str]:
    """Relative links whose file or heading is not there; http links without TLS."""
    page = FENCE.sub("", text(path))
    for match in LINK.finditer(page):
        link = match[1] or match[2]
        if link.startswith("http:"):
            yield f"{place(path)}: {link}: plain http"
        if link.startswith(("https:", "http:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists():
            yield f"{place(path)}: {link}: no such file"
        elif anchor and anchor not in headings(text(target)):
            yield f"{place(path)}: {link}: no such heading"


def headings(page: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    kept = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(page))
    return {title.replace(" ", "-") for title in kept}


def _is_target(word: str, makefile: str) -> bool:
    return bool(re.search(rf"^(?:[\w -]+ )?{word}(?: [\w -]+)?:", makefile, re.MULTILINE))
