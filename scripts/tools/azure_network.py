"""Makes tests/azure/specification/network.json out of Microsoft's SDK, which is generated from its Swagger.

    python scripts/tools/azure_network.py PACKAGE

PACKAGE is the folder `azure/mgmt/network` of the wheel of azure-mgmt-network 28.1.0, unpacked: it is read as
text, never run. Names, types, enums, limits, what is required and what is read-only come from its models;
addresses, versions, queries and status codes from its operations.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[2] / "tests" / "azure" / "specification" / "network.json"
ABOUT = "made of azure-mgmt-network {} (MIT) by scripts/tools/azure_network.py; not the Swagger's own text"
GROUPS = (
    *("NetworkInterfaces", "NetworkSecurityGroups", "PublicIPAddresses"),
    *("VirtualNetworks", "Subnets"),
)
# operation -> the SDK's method that sends it; those that are waited for have another one around it
METHODS: Mapping[str, str] = {
    "Get": "get",
    "CreateOrUpdate": "_create_or_update_initial",
    "Delete": "_delete_initial",
}
SCALARS: Mapping[str, Mapping[str, Any]] = {
    "str": {"type": "string"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "iso-8601": {"type": "string"},
    "object": {},
}
LIMITS: Mapping[str, str] = {
    "minimum": "minimum",
    "maximum": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}
# The SDK draws `properties` up into the model and loses what is required in there. These are from models of
# 33.1.0, which keeps them apart; those of rules and routes were read in the Swagger of 2024-05-01 too.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "SecurityRule": ("protocol", "access", "priority", "direction"),
    "Route": ("nextHopType",),
    "FlowLog": ("targetResourceId", "storageId"),
}
# It also has one enum for two of that name: these are the four of the Swagger's network.json of 2024-05-01.
ENUMS: Mapping[str, tuple[str, ...]] = {
    "ProvisioningState": ("Succeeded", "Updating", "Deleting", "Failed")
}
# What is answered where an operation goes on; no operation of the SDK names it.
STATUS = "AzureAsyncOperationResult"
TOLD = re.compile(r":vartype (\w+):\s([^:]*)")
ENUM = re.compile(r"str or\s+~[\w.]+\.(\w+)")


def _read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    return {each.name: each for each in tree.body if isinstance(each, ast.ClassDef)}


def _value(owner: ast.ClassDef, name: str) -> Any:
    """What a class says of itself in a plain literal; nothing where it does not."""
    for each in owner.body:
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name:
            return ast.literal_eval(each.value)
    return {}


@dataclass
class Models:
    """The SDK's models as definitions; each that is named is taken along, with all that it names."""

    models: Mapping[str, ast.ClassDef]
    enums: Mapping[str, ast.ClassDef]
    definitions: dict[str, Any] = field(default_factory=dict)

    def reference(self, name: str) -> dict[str, Any]:
        """Where a model stands in the definitions."""
        new = f"network.{name}"
        if new not in self.definitions:
            self.definitions[new] = {}  # before it refers to itself
            self.definitions[new] = self._definition(self.models[name])
        return {"$ref": f"#/definitions/{new}"}

    def _definition(self, model: ast.ClassDef) -> dict[str, Any]:
        told = dict(TOLD.findall(ast.get_docstring(model) or ""))
        rules = _value(model, "_validation")
        made: dict[str, Any] = {"type": "object", "properties": {}}
        for name, each in _value(model, "_attribute_map").items():
            *above, key = re.split(r"(?<!\\)\.", each["key"])
            place = made
            for part in above:
                # the SDK draws `properties` up into the model; here it goes back
                empty = {"type": "object", "properties": {}}
                place = place["properties"].setdefault(part, empty)
            enum = ENUM.search(told.get(name, ""))
            schema = self._schema(each["type"], enum[1] if enum else "")
            rule = rules.get(name, {})
            schema |= {LIMITS[limit]: value for limit, value in rule.items() if limit in LIMITS}
            schema |= {"readOnly": True} if rule.get("readonly") else {}
            place["properties"][key.replace("\\", "")] = schema
            if rule.get("required"):
                place.setdefault("required", []).append(key)
        if model.name in REQUIRED:
            made["properties"]["properties"]["required"] = list(REQUIRED[model.name])
        return made

    def _schema(self, kind: str, enum: str) -> dict[str, Any]:
        if kind.startswith("["):
            return {"type": "array", "items": self._schema(kind[1:-1], enum)}
        if kind.startswith("{"):
            return {"type": "object", "additionalProperties": self._schema(kind[1:-1], enum)}
        if kind not in SCALARS:
            return self.reference(kind)
        return {**SCALARS[kind], **({"enum": self._values(enum)} if enum else {})}

    def _values(self, enum: str) -> list[str]:
        if enum in ENUMS:
            return list(ENUMS[enum])
        lines = [each for each in self.enums[enum].body if isinstance(each, ast.Assign)]
        return list(dict.fromkeys(str(ast.literal_eval(each.value)) for each in lines))


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the function says that makes a request."""

    method: str
    path: str
    version: str
    query: Mapping[str, bool]


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """All calls in a tree of what ends so."""
    for each in ast.walk(tree):
        if isinstance(each, ast.Call) and ast.unparse(each.func).endswith(name):
            yield each


def _text(node: ast.expr) -> str:
    return str(ast.literal_eval(node))


def _sent(builder: ast.FunctionDef) -> Sent:
    """The request that a function of the SDK makes."""
    defaults = {
        _text(each.args[0]): each.args[1]
        for each in _calls(builder, ".pop")
        if len(each.args) == 2 and isinstance(each.args[1], ast.Constant)
    }
    request = next(_calls(builder, "HttpRequest"))
    query = {}
    for line in builder.body:
        for each in ast.walk(line):
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]).startswith("_params["):
                target = each.targets[0]
                assert isinstance(target, ast.Subscript)
                # what stands below an `if` may be left out
                query[_text(target.slice)] = not isinstance(line, ast.If)
    return Sent(
        method=next(_text(each.value) for each in request.keywords if each.arg == "method"),
        path=_text(defaults["template_url"]),
        version=_text(defaults["api-version"]),
        query=query,
    )


def _statuses(method: ast.AST) -> list[int]:
    """The status codes that the SDK takes for an answer, and not for an error."""
    for each in ast.walk(method):
        if isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.NotIn):
            return sorted(map(int, ast.literal_eval(each.comparators[0])))
    raise ValueError("no status is looked at")


@dataclass(frozen=True, kw_only=True)
class Operations:
    """The SDK's operations, as the others of tests/azure/specification have them."""

    tree: ast.Module
    models: Models

    def all(self) -> dict[str, Any]:
        """Version, paths and definitions of the five groups."""
        classes, paths, versions = _classes(self.tree), {}, set()
        builders = {each.name: each for each in self.tree.body if isinstance(each, ast.FunctionDef)}
        for group in GROUPS:
            body = classes[f"{group}Operations"].body
            # the last of a name is it; those before are for readers of types
            methods = {each.name: each for each in body if isinstance(each, ast.FunctionDef)}
            for name, method in METHODS.items():
                builder = next(_calls(methods[method], "_request"))
                sent = _sent(builders[ast.unparse(builder.func)])
                versions.add(sent.version)
                made = self._operation(f"{group}_{name}", methods, sent=sent)
                paths.setdefault(sent.path, {})[sent.method.lower()] = made
        (version,) = versions
        self.models.reference(STATUS)
        definitions = dict(sorted(self.models.definitions.items()))
        return {"version": version, "paths": paths, "definitions": definitions}

    def _operation(
        self,
        name: str,
        methods: Mapping[str, ast.FunctionDef],
        *,
        sent: Sent,
    ) -> dict[str, Any]:
        method = METHODS[name.rpartition("_")[2]]
        lro = method.endswith("_initial")
        whole = methods[f"begin{method.removesuffix('_initial')}"] if lro else methods[method]
        parameters: list[dict[str, Any]] = [
            {"name": each, "in": "query", "required": needed} for each, needed in sent.query.items()
        ]
        for body in _calls(methods[method], "_serialize.body"):
            schema = self.models.reference(_text(body.args[1]))
            parameters.append({"name": "body", "in": "body", "required": True, "schema": schema})
        answered = [_text(each.args[0]) for each in _calls(whole, "._deserialize")]
        schema = self.models.reference(answered[0]) if answered else None
        return {
            "operationId": name,
            "lro": lro,
            "parameters": parameters,
            "responses": {str(status): schema for status in _statuses(methods[method])},
        }


def made(package: Path) -> dict[str, Any]:
    """The whole document."""
    models = Models(
        models=_classes(_read(package / "models" / "_models_py3.py")),
        enums=_classes(_read(package / "models" / "_network_management_client_enums.py")),
    )
    version = re.search(r'"(.+)"', (package / "_version.py").read_text(encoding="utf-8"))
    tree = _read(package / "operations" / "_operations.py")
    about = ABOUT.format(version[1] if version else "")
    return {"about": about, **Operations(tree=tree, models=models).all()}


def main() -> None:
    """Write it, whole."""
    text = json.dumps(made(Path(sys.argv[1])), sort_keys=True, separators=(",", ":"))
    temporary = OUT.with_name(f".{OUT.name}")
    temporary.write_text(f"{text}\n", encoding="utf-8")
    temporary.rename(OUT)


if __name__ == "__main__":
    main()
