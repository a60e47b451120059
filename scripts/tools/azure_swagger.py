"""Cuts the operations that burnish's tests need out of Microsoft's Swagger, for tests/azure/specification.

    python scripts/tools/azure_swagger.py SPECIFICATION

SPECIFICATION is the folder `specification` of a checkout of Azure/azure-rest-api-specs. Each file that is
written stands for itself: the definitions that its operations reach, by names of one kind, without prose.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[2] / "tests" / "azure" / "specification"
COMPUTE = "compute/resource-manager/Microsoft.Compute"
RESOURCES = "resources/resource-manager/Microsoft.Resources/stable/2024-07-01/resources.json"
# file -> where it comes from, and the operations that are kept (all, where none is named)
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "gallery": (f"{COMPUTE}/GalleryRP/stable/2024-03-03/gallery.json", ()),
    "disk": (f"{COMPUTE}/DiskRP/stable/2024-03-02/disk.json", ()),
    "skus": (f"{COMPUTE}/Skus/stable/2021-07-01/skus.json", ()),
    "machines": (
        f"{COMPUTE}/ComputeRP/stable/2024-07-01/virtualMachine.json",
        (
            *("VirtualMachines_List", "VirtualMachines_ListAll", "VirtualMachines_Get"),
            *("VirtualMachines_CreateOrUpdate", "VirtualMachines_Delete"),
            *(
                "VirtualMachines_InstanceView",
                "VirtualMachines_Deallocate",
                "VirtualMachines_Generalize",
            ),
        ),
    ),
    "run-commands": (
        f"{COMPUTE}/ComputeRP/stable/2024-07-01/runCommand.json",
        (
            "VirtualMachineRunCommands_CreateOrUpdate",
            "VirtualMachineRunCommands_GetByVirtualMachine",
        ),
    ),
    "scale-sets": (
        f"{COMPUTE}/ComputeRP/stable/2024-07-01/virtualMachineScaleSet.json",
        ("VirtualMachineScaleSets_List", "VirtualMachineScaleSets_ListAll"),
    ),
    "usage": (f"{COMPUTE}/ComputeRP/stable/2024-07-01/computeRPCommon.json", ("Usage_List",)),
    "groups": (
        RESOURCES,
        (
            *("ResourceGroups_List", "ResourceGroups_Get", "ResourceGroups_CreateOrUpdate"),
            *("ResourceGroups_Delete", "Resources_List", "Resources_ListByResourceGroup"),
        ),
    ),
}
EXAMPLES = ("gallery", "disk")
KEPT = {
    *(
        "$ref",
        "type",
        "format",
        "enum",
        "items",
        "required",
        "readOnly",
        "allOf",
        "pattern",
        "name",
        "in",
    ),
    *(
        "additionalProperties",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "schema",
        "x-ms-enum",
    ),
    "modelAsString",
}


@dataclass
class Cut:
    """What is gathered: definitions by their new names, and the files that were read."""

    documents: dict[Path, Any] = field(default_factory=dict)
    definitions: dict[str, Any] = field(default_factory=dict)

    def load(self, path: Path) -> Any:
        """A file of the Swagger, read once."""
        if path not in self.documents:
            self.documents[path] = json.loads(path.read_text(encoding="utf-8-sig"))
        return self.documents[path]

    def slim(self, value: Any, *, here: Path, names: bool = False) -> Any:
        """A part of the Swagger without prose, its references pointing into this cut."""
        if isinstance(value, list):
            return [self.slim(each, here=here) for each in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return {**self._flags(value), "$ref": self.reference(value["$ref"], here=here)}
        slim = {}
        for key, each in value.items():
            if key == "properties" and not names:
                slim[key] = self.slim(each, here=here, names=True)
            elif names or key in KEPT:
                slim[key] = self.slim(each, here=here)
        return slim

    def reference(self, text: str, *, here: Path) -> str:
        """The new name of what a reference leads to, which is taken along."""
        file, _, pointer = text.partition("#")
        path = (here.parent / file).resolve() if file else here
        new = f"{path.stem}.{pointer.rpartition('/')[2]}"
        if new not in self.definitions:
            self.definitions[new] = {}  # before it refers to itself
            self.definitions[new] = self.slim(self.find(path, pointer), here=path)
        return f"#/definitions/{new}"

    def find(self, path: Path, pointer: str) -> Any:
        """What stands at a JSON pointer."""
        value = self.load(path)
        for part in pointer.strip("/").split("/"):
            value = value[part]
        return value

    @staticmethod
    def _flags(value: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value[key] for key in ("readOnly",) if key in value}


def cut(path: Path, operations: tuple[str, ...]) -> dict[str, Any]:
    """The operations of a file, each with its parameters and answers in place."""
    gathered = Cut()
    found: dict[str, dict[str, Any]] = {}
    document = gathered.load(path)
    for template, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method == "parameters" or (
                operations and operation["operationId"] not in operations
            ):
                continue
            found.setdefault(template, {})[method] = {
                "operationId": operation["operationId"],
                "lro": operation.get("x-ms-long-running-operation", False),
                "parameters": [
                    _parameter(each, gathered, here=path)
                    for each in [*shared, *operation.get("parameters", [])]
                ],
                "responses": {
                    status: gathered.slim(answer.get("schema"), here=path)
                    for status, answer in operation["responses"].items()
                },
            }
    definitions = dict(sorted(gathered.definitions.items()))
    return {"version": document["info"]["version"], "paths": found, "definitions": definitions}


def _parameter(parameter: Mapping[str, Any], gathered: Cut, *, here: Path) -> dict[str, Any]:
    if "$ref" in parameter:
        file, _, pointer = parameter["$ref"].partition("#")
        here = (here.parent / file).resolve() if file else here
        parameter = gathered.find(here, pointer)
    keep = ("name", "in", "required", "enum", "pattern")
    slim = {key: parameter[key] for key in keep if key in parameter}
    if "schema" in parameter:
        slim["schema"] = gathered.slim(parameter["schema"], here=here)
    return slim


def examples(path: Path) -> dict[str, Any]:
    """The official examples of a file: operation -> their names -> what is sent and answered."""
    gathered, found = Cut(), {}
    for methods in gathered.load(path)["paths"].values():
        for operation in (each for name, each in methods.items() if name != "parameters"):
            files = [each["$ref"] for each in operation.get("x-ms-examples", {}).values()]
            found[operation["operationId"]] = {
                Path(file).stem: gathered.load((path.parent / file).resolve()) for file in files
            }
    return found


def main() -> None:
    """Write every part, whole."""
    root = Path(sys.argv[1]).resolve()
    for name, (place, operations) in PARTS.items():
        path = (root / place).resolve()
        written = {name: cut(path, operations)}
        if name in EXAMPLES:
            written[f"{name}-examples"] = examples(path)
        for stem, data in written.items():
            text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
            temporary = OUT / f".{stem}.json"
            temporary.write_text(f"{text}\n", encoding="utf-8")
            temporary.rename(OUT / f"{stem}.json")


if __name__ == "__main__":
    main()
