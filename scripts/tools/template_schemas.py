"""Takes a folder of Azure's Swagger files; writes what of them the templates of docs/deploy/ are held to.

    python scripts/tools/template_schemas.py FOLDER > tests/given/deploy/compute.json

FOLDER holds `resource-manager/Microsoft.Compute` of Azure/azure-rest-api-specs. Of each body that a PUT
takes, and all that it refers to, there remain names, types, enums, what is required and what is read-only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

COMMIT = "43ce04961ccb6496e421789c54798ba1e0880f64"
COMPUTE, GALLERY = "ComputeRP/stable/2024-07-01", "GalleryRP/stable/2024-03-03"
# type -> its version, file and model
BODIES = {
    "Microsoft.Compute/galleries": (f"{GALLERY}/gallery.json", "Gallery"),
    "Microsoft.Compute/virtualMachines": (f"{COMPUTE}/virtualMachine.json", "VirtualMachine"),
    "Microsoft.Compute/virtualMachines/extensions": (
        f"{COMPUTE}/virtualMachine.json",
        "VirtualMachineExtension",
    ),
    "Microsoft.Compute/virtualMachineScaleSets": (
        f"{COMPUTE}/virtualMachineScaleSet.json",
        "VirtualMachineScaleSet",
    ),
}
KEPT = ("type", "enum", "required", "readOnly", "minimum", "maximum")
OPEN = ("vmSize",)  # an enum that is an open list: new sizes come every month


class Extract:
    """Definitions by the name that they get, from files that refer to each other."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[Path, Any] = {}
        self.definitions: dict[str, Any] = {}

    def name(self, path: Path, model: str) -> str:
        """The name of a model of a file, which it and all below it get."""
        name = f"{path.stem}.{model}"
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self._small(self._read(path)["definitions"][model], path)
        return name

    def _read(self, path: Path) -> Any:
        if path not in self._files:
            self._files[path] = json.loads(path.read_text(encoding="utf-8-sig"))
        return self._files[path]

    def _small(self, node: Any, path: Path, *, key: str = "") -> Any:
        if "$ref" in node:
            file, _, pointer = node["$ref"].partition("#")
            there = (path.parent / file).resolve() if file else path
            own = {"$ref": self.name(there, pointer.rsplit("/", 1)[-1])}
            return own | ({"readOnly": True} if node.get("readOnly") else {})
        small = {name: node[name] for name in KEPT if name in node}
        if key in OPEN:
            small.pop("enum", None)
        if "properties" in node:
            items = node["properties"].items()
            small["properties"] = {k: self._small(v, path, key=k) for k, v in items}
        for name in ("items", "additionalProperties"):
            if isinstance(node.get(name), dict):
                small[name] = self._small(node[name], path)
        if "allOf" in node:
            small["allOf"] = [self._small(each, path) for each in node["allOf"]]
        return small


def main() -> None:
    """Write the extract."""
    root = Path(sys.argv[1]).resolve() / "resource-manager" / "Microsoft.Compute"
    extract = Extract(root)
    bodies = {
        kind: {"version": Path(file).parent.name, "body": extract.name(root / file, model)}
        for kind, (file, model) in BODIES.items()
    }
    about = (
        f"Azure/azure-rest-api-specs {COMMIT}, MIT, cut down by scripts/tools/template_schemas.py"
    )
    found = {
        "about": about,
        "types": bodies,
        "definitions": dict(sorted(extract.definitions.items())),
    }
    print(json.dumps(found, separators=(",", ":"), sort_keys=False))


if __name__ == "__main__":
    main()
