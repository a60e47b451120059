"""Takes the text of an expression, of an ARM template or of Bicep; gives its tree, and its value.

Closed: a function, an operator or a name that is not known here is an error, never a guess.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(
    r"(?P<space>[ \t]+|//[^\n]*)|(?P<line>\n)|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>'(?:\\.|''|[^'\\])*')|(?P<sign>==|!=|&&|\|\||[()\[\]{}.,:?!=@])"
)
WORDS = {"true": True, "false": False, "null": None}


class WrongTemplate(Exception):
    """The template says something that can't be read, or that nobody here knows."""


class Runtime(str):
    """What only Azure knows when it deploys: a resource's own values, told by their path."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word of the text; `kind` is a group of TOKEN, or end."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Node:
    """`kind`: value, name, call, member, index, if, not, equal, list, object, text, each."""

    kind: str
    value: Any = None
    parts: tuple[Node, ...] = ()


def tokens(text: str) -> list[Token]:
    """The words of a text, without spaces and remarks; ends with one of kind end."""
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise WrongTemplate(f"nobody here can read {text[at : at + 30]!r}")
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind=kind, text=match[0]))
        at = match.end()
    return [*found, Token(kind="end", text="")]


class Reader:
    """Reads one expression after the other from a text. `bicep`: its texts hold `${...}`."""

    def __init__(self, text: str, *, bicep: bool) -> None:
        self.left = tokens(text)
        self._bicep = bicep

    @property
    def next(self) -> Token:
        """The word that comes."""
        return self.left[0]

    def take(self, *texts: str) -> Token:
        """Take the next word; if words are named it has to be one of them."""
        token = self.left.pop(0)
        if texts and token.text not in texts:
            raise WrongTemplate(f"{token.text!r} where {' or '.join(texts)} should be")
        return token

    def lines(self) -> None:
        """Past line ends."""
        while self.next.kind == "line":
            self.take()

    def expression(self) -> Node:
        """One expression."""
        node = self._equal()
        if self._bicep and self._comes("?"):
            self.lines()
            self.take("?")
            yes = self.expression()
            self.lines()
            self.take(":")
            return Node(kind="if", parts=(node, yes, self.expression()))
        return node

    def _comes(self, sign: str) -> bool:
        """Whether a sign comes, maybe on the next line."""
        word = next(token for token in self.left if token.kind != "line")
        return word.text == sign and (self.next.kind != "line" or sign in "?:")

    def _equal(self) -> Node:
        node = self._not()
        if self._bicep and self.next.text in ("==", "!="):
            sign = self.take().text
            same = Node(kind="equal", parts=(node, self._not()))
            return same if sign == "==" else Node(kind="not", parts=(same,))
        return node

    def _not(self) -> Node:
        if self._bicep and self.next.text == "!":
            self.take()
            return Node(kind="not", parts=(self._not(),))
        return self._tail(self._first())

    def _tail(self, node: Node) -> Node:
        while self.next.text in (".", "["):
            if self.take().text == ".":
                node = Node(kind="member", value=self._name(), parts=(node,))
            else:
                node = Node(kind="index", parts=(node, self.expression()))
                self.take("]")
        return node

    def _name(self) -> str:
        token = self.take()
        if token.kind != "name":
            raise WrongTemplate(f"{token.text!r} where a name should be")
        return token.text

    def _first(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Node(kind="value", value=int(token.text))
        if token.kind == "text":
            return self._text(token.text)
        if token.kind == "name":
            return self._named(token.text)
        if token.text == "(":
            node = self.expression()
            self.take(")")
            return node
        if self._bicep and token.text in "[{":
            return self._list() if token.text == "[" else self._object()
        raise WrongTemplate(f"{token.text!r} where an expression should be")

    def _named(self, name: str) -> Node:
        if self.next.text == "(":
            return Node(kind="call", value=name, parts=self._arguments())
        if self._bicep and name in WORDS:
            return Node(kind="value", value=WORDS[name])
        return Node(kind="name", value=name)

    def _arguments(self) -> tuple[Node, ...]:
        self.take("(")
        parts: list[Node] = []
        while self.next.text != ")":
            self.lines()
            parts.append(self.expression())
            self.lines()
            if self.next.text != ")":
                self.take(",")
        self.take(")")
        return tuple(parts)

    def _text(self, quoted: str) -> Node:
        inner = quoted[1:-1]
        if not self._bicep:
            return Node(kind="value", value=inner.replace("''", "'"))
        if "''" in inner:
            raise WrongTemplate(f"a text of many lines, or a quote that is doubled: {quoted}")
        parts = []
        for piece in re.split(r"(\$\{[^}]*\})", inner):
            if piece.startswith("${"):
                parts.append(Reader(piece[2:-1], bicep=True).expression())
            elif piece:
                text = re.sub(r"\\(.)", r"\1", piece)
                parts.append(Node(kind="value", value=text))
        return Node(kind="text", parts=tuple(parts))

    def _list(self) -> Node:
        self.lines()
        if self.next.text == "for":
            return self._each()
        parts = []
        while self.next.text != "]":
            parts.append(self.expression())
            self._separated("]")
        self.take("]")
        return Node(kind="list", parts=tuple(parts))

    def _each(self) -> Node:
        """`for one in all: object`, with its closing bracket."""
        self.take("for")
        name = self._name()
        self.take("in")
        every = self.expression()
        self.take(":")
        body = self.expression()
        self.lines()
        self.take("]")
        return Node(kind="each", value=name, parts=(every, body))

    def _object(self) -> Node:
        self.lines()
        keys, parts = [], []
        while self.next.text != "}":
            token = self.take()
            keys.append(token.text.strip("'"))
            self.take(":")
            parts.append(self.expression())
            self._separated("}")
        self.take("}")
        return Node(kind="object", value=tuple(keys), parts=tuple(parts))

    def _separated(self, end: str) -> None:
        if self.next.text == ",":
            self.take()
        elif self.next.kind != "line" and self.next.text != end:
            raise WrongTemplate(f"{self.next.text!r} where a line should end")
        self.lines()


Names = Callable[[str], Any]
Functions = Mapping[str, Callable[..., Any]]


def value(node: Node, names: Names, *, functions: Functions) -> Any:
    """What an expression is worth; only the side of an `if` that counts is looked at."""

    def of(part: Node) -> Any:
        return value(part, names, functions=functions)

    if node.kind == "value":
        return node.value
    if node.kind == "name":
        return names(node.value)
    if node.kind == "if" or (node.kind == "call" and node.value == "if"):
        return of(node.parts[1] if _bool(of(node.parts[0])) else node.parts[2])
    if node.kind == "call":
        if node.value not in functions:
            raise WrongTemplate(f"no function {node.value!r} is known here")
        return functions[node.value](*map(of, node.parts))
    if node.kind not in JOINED:
        raise WrongTemplate(f"{node.kind} does not stand here")
    return JOINED[node.kind](node, [of(part) for part in node.parts])


def _index(parts: Sequence[Any]) -> Any:
    whole, at = parts
    known = range(len(whole)) if isinstance(whole, list) else whole
    if not isinstance(whole, list | dict) or at not in known:
        raise WrongTemplate(f"nothing at {at!r} of {whole!r}")
    return whole[at]


def _member(whole: Any, name: str) -> Any:
    if isinstance(whole, Runtime):
        return Runtime(f"{whole}.{name}")
    if not isinstance(whole, Mapping) or name not in whole:
        raise WrongTemplate(f"nothing called {name!r} in {whole!r}")
    return whole[name]


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongTemplate(f"{value!r} is neither true nor false")
    return value


JOINED: Mapping[str, Callable[[Node, list[Any]], Any]] = {
    "list": lambda node, parts: parts,
    "object": lambda node, parts: dict(zip(node.value, parts, strict=True)),
    "text": lambda node, parts: "".join(map(str, parts)),
    "equal": lambda node, parts: parts[0] == parts[1],
    "not": lambda node, parts: not _bool(parts[0]),
    "index": lambda node, parts: _index(parts),
    "member": lambda node, parts: _member(parts[0], node.value),
}


def guid(*parts: str) -> str:
    """One for the same parts, another for others: not the one that Azure makes."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(parts)))
