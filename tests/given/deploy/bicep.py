"""Takes Bicep as docs/deploy/ writes it, and parameters; gives what it would make.

A plain part of the language: param, var, resource with `if` and `for`, parent and scope, output. It is no
compiler: types are not checked, and what it does not know it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.expressions import Functions, Node, Reader, Runtime, WrongTemplate, value
from deploy.scope import SHARED, Deployed, Parameter, Resource, bare, extended, resource_id

OF_BICEP = {"name", "parent", "scope"}
LIMITS = {
    "allowed": "allowedValues",
    "minLength": "minLength",
    "minValue": "minValue",
    "maxValue": "maxValue",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """A resource as it stands there: `condition` and `every` are those of its `if` and `for`."""

    symbol: str
    kind: str
    version: str
    body: Node
    condition: Node | None = None
    every: Node | None = None
    each: str = ""


@dataclass(kw_only=True)
class File:
    """All that a file says."""

    parameters: dict[str, Parameter] = field(default_factory=dict)
    variables: dict[str, Node] = field(default_factory=dict)
    resources: dict[str, Said] = field(default_factory=dict)
    outputs: dict[str, Node] = field(default_factory=dict)


def read(text: str) -> File:
    """What a file says."""
    reader, file = Reader(text, bicep=True), File()
    told: dict[str, Any] = {}
    while reader.next.kind != "end":
        word = reader.take()
        if word.kind == "line":
            continue
        if word.text == "@":
            name = reader.take().text
            reader.take("(")
            told[name] = _plain(reader.expression())
            reader.take(")")
        elif word.text == "param":
            _parameter(reader, file, told=told)
            told = {}
        elif word.text in ("var", "resource", "output", "targetScope"):
            _STATEMENTS[word.text](reader, file)
        else:
            raise WrongTemplate(f"{word.text!r} where a statement should begin")
        if word.text != "@" and reader.next.kind not in ("line", "end"):
            raise WrongTemplate(f"{reader.next.text!r} where a line should end")
    return file


def _parameter(reader: Reader, file: File, *, told: Mapping[str, Any]) -> None:
    name, kind, default = reader.take().text, reader.take().text, None
    if reader.next.text == "=":
        reader.take()
        default = reader.expression()
    if unknown := set(told) - {"description", *LIMITS}:
        raise WrongTemplate(f"{name}: nobody here knows {sorted(unknown)}")
    limits = tuple((arm, told[ours]) for ours, arm in LIMITS.items() if ours in told)
    file.parameters[name] = Parameter(
        name=name, type=kind, description=told["description"], default=default, limits=limits
    )


def _variable(reader: Reader, file: File) -> None:
    name = reader.take().text
    reader.take("=")
    file.variables[name] = reader.expression()


def _output(reader: Reader, file: File) -> None:
    name = reader.take().text
    reader.take()
    reader.take("=")
    file.outputs[name] = reader.expression()


def _scope(reader: Reader, file: File) -> None:
    del file
    reader.take("=")
    reader.take("'resourceGroup'")


def _resource(reader: Reader, file: File) -> None:
    symbol, named = reader.take().text, reader.take().text
    kind, _, version = named.strip("'").partition("@")
    reader.take("=")
    condition = None
    if reader.next.text == "if":
        reader.take()
        condition = reader.expression()
    node = reader.expression()
    loop = node.kind == "each"
    file.resources[symbol] = Said(
        symbol=symbol,
        kind=kind,
        version=version,
        body=node.parts[1] if loop else node,
        condition=condition,
        every=node.parts[0] if loop else None,
        each=node.value if loop else "",
    )


_STATEMENTS = {
    "var": _variable,
    "output": _output,
    "targetScope": _scope,
    "resource": _resource,
}


def _plain(node: Node) -> Any:
    return value(node, _nothing, functions={})


def _nothing(name: str) -> Any:
    raise WrongTemplate(f"{name!r} does not stand here")


def deployed(file: File, given: Mapping[str, Any]) -> Deployed:
    """What a file makes with some parameters."""
    if unknown := set(given) - set(file.parameters):
        raise WrongTemplate(f"no parameter is called {sorted(unknown)}")
    one = _Deployment(file, given)
    resources = tuple(each for said in file.resources.values() for each in one.resources(said))
    outputs = {name: one.value(node) for name, node in file.outputs.items()}
    return Deployed(resources=resources, outputs=outputs)


class _Deployment:
    """One file with one set of parameters."""

    def __init__(self, file: File, given: Mapping[str, Any]) -> None:
        self._file, self._given = file, dict(given)
        self._local: dict[str, Any] = {}
        self._functions: Functions = SHARED

    def resources(self, said: Said) -> Iterator[Resource]:
        """What a statement makes: none, one, or as many as its loop has."""
        if said.condition and not self.value(said.condition):
            return
        for each in self.value(said.every) if said.every else (None,):
            self._local = {said.each: each} if said.each else {}
            yield self._resource(said)
        self._local = {}

    def value(self, node: Node) -> Any:
        """What an expression is worth."""
        return value(node, self._name, functions=self._functions)

    def _resource(self, said: Said) -> Resource:
        keys = dict(zip(said.body.value, said.body.parts, strict=True))
        body = {key: self.value(node) for key, node in keys.items() if key not in OF_BICEP}
        return Resource(
            kind=said.kind,
            version=said.version,
            id=self._id(said),
            body=bare(body),
            after=frozenset(self._after(said.body, said.symbol)),
        )

    def _id(self, said: Said) -> str:
        keys = dict(zip(said.body.value, said.body.parts, strict=True))
        name = self.value(keys["name"])
        if "scope" in keys:
            return extended(
                self._id(self._file.resources[keys["scope"].value]), said.kind, name=name
            )
        if "parent" in keys:
            parent = self._file.resources[keys["parent"].value]
            return f"{self._id(parent)}/{said.kind.rsplit('/', 1)[-1]}/{name}"
        return resource_id(said.kind, name)

    def _after(self, node: Node, own: str) -> Iterator[str]:
        """The resources that an expression names, as the compiler finds them."""
        if node.kind == "name" and node.value in self._file.resources and node.value != own:
            yield self._id(self._file.resources[node.value])
        for part in node.parts:
            yield from self._after(part, own)

    def _name(self, name: str) -> Any:
        if name in self._local:
            return self._local[name]
        if name in self._given:
            return self._given[name]
        if name in self._file.parameters:
            default = self._file.parameters[name].default
            if default is None:
                raise WrongTemplate(f"the parameter {name!r} is not given")
            return self.value(default)
        if name in self._file.variables:
            return self.value(self._file.variables[name])
        if name in self._file.resources:
            return self._symbol(self._file.resources[name])
        raise WrongTemplate(f"nothing is called {name!r}")

    def _symbol(self, said: Said) -> Mapping[str, Any]:
        keys = dict(zip(said.body.value, said.body.parts, strict=True))
        own = self._id(said)
        return {"id": own, "name": self.value(keys["name"]), "properties": Runtime(own)}
