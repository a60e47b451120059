"""Takes an ARM template and parameters; gives what it would make, every expression worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.expressions import Functions, Node, Reader, Runtime, WrongTemplate, value
from deploy.scope import (
    ONLY_ARM,
    SHARED,
    Deployed,
    Parameter,
    Resource,
    bare,
    extended,
    resource_id,
)

TOP = {"$schema", "contentVersion", "parameters", "variables", "resources", "outputs"}
LIMITS = ("allowedValues", "minLength", "minValue", "maxValue")
OF_TEMPLATE = {"type", "apiVersion", "name", "condition", "copy", "dependsOn", "scope"}


def parameters(template: Mapping[str, Any]) -> dict[str, Parameter]:
    """What a template asks for."""
    found = {}
    for name, said in template["parameters"].items():
        if unknown := set(said) - {"type", "defaultValue", "metadata", *LIMITS}:
            raise WrongTemplate(f"{name}: nobody here knows {sorted(unknown)}")
        found[name] = Parameter(
            name=name,
            type=said["type"],
            description=said["metadata"]["description"],
            default=_tree(said["defaultValue"]) if "defaultValue" in said else None,
            limits=tuple((key, said[key]) for key in LIMITS if key in said),
        )
    return found


def deployed(template: Mapping[str, Any], given: Mapping[str, Any]) -> Deployed:
    """What a template makes with some parameters."""
    if unknown := set(template) - TOP:
        raise WrongTemplate(f"nobody here knows {sorted(unknown)}")
    one = _Deployment(template, given)
    resources = tuple(each for said in template["resources"] for each in one.resources(said))
    outputs = {name: one.value(said["value"]) for name, said in template["outputs"].items()}
    return Deployed(resources=resources, outputs=outputs)


class _Deployment:
    """One template with one set of parameters."""

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self._template = template
        self._index = 0
        self._functions: Functions = {
            **SHARED,
            **ONLY_ARM,
            "parameters": self._parameter,
            "variables": self._variable,
            "copyIndex": lambda: self._index,
            "reference": lambda of, version: Runtime(of),
        }
        self._given = dict(given)
        self._known = parameters(template)
        if unknown := set(given) - set(self._known):
            raise WrongTemplate(f"no parameter is called {sorted(unknown)}")

    def resources(self, said: Mapping[str, Any]) -> Iterator[Resource]:
        """What an entry makes: none, one, or as many as its loop has."""
        count = self.value(said["copy"]["count"]) if "copy" in said else 1
        for self._index in range(count):
            if self.value(said.get("condition", True)):
                yield self._resource(said)
        self._index = 0

    def _resource(self, said: Mapping[str, Any]) -> Resource:
        kind, names = said["type"], self.value(said["name"]).split("/")
        own = resource_id(kind, *names)
        if "scope" in said:
            own = extended(self.value(said["scope"]), kind, name="/".join(names))
        body = {key: part for key, part in said.items() if key not in OF_TEMPLATE}
        return Resource(
            kind=kind,
            version=said["apiVersion"],
            id=own,
            body=bare(self.value(body)),
            after=frozenset(self.value(said.get("dependsOn", []))),
        )

    def value(self, said: Any) -> Any:
        """What a part of the template is worth."""
        if isinstance(said, dict):
            return {key: self.value(part) for key, part in said.items()}
        if isinstance(said, list):
            return [self.value(part) for part in said]
        return value(_tree(said), self._name, functions=self._functions)

    def _name(self, name: str) -> Any:
        raise WrongTemplate(f"{name!r} is no call")

    def _parameter(self, name: str) -> Any:
        if name in self._given:
            return self._given[name]
        if name not in self._known or self._known[name].default is None:
            raise WrongTemplate(f"the parameter {name!r} is not there or not given")
        return self.value(self._template["parameters"][name]["defaultValue"])

    def _variable(self, name: str) -> Any:
        if name not in self._template.get("variables", {}):
            raise WrongTemplate(f"no variable is called {name!r}")
        return self.value(self._template["variables"][name])


def _tree(said: Any) -> Node:
    """A text in brackets is an expression; any other value is what it is."""
    if isinstance(said, str) and said.startswith("[") and not said.startswith("[["):
        reader = Reader(said[1:-1], bicep=False)
        node = reader.expression()
        if reader.next.kind != "end" or not said.endswith("]"):
            raise WrongTemplate(f"{said!r} goes on after its expression")
        return node
    return Node(kind="value", value=said)
