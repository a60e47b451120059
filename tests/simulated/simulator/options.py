"""Takes a module's name and arguments; gives what its own documentation has against them.

ansible-lint and `--syntax-check` say nothing of a wrong option of a PowerShell module. Here ansible's own
validator is built from the documentation of the collection that is installed, and from the relations
between options that the module's source states.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.loader import fragment_loader, module_loader
from ansible.utils.plugin_docs import get_docstring

from simulator.relations import relations

# what action plugins add for their module, which no documentation has
ADDED = {
    "async_status": {"_async_dir"},
    "win_copy": {"_copy_mode", "_original_basename", "files", "directories", "symlinks"},
    "win_updates": {"_operation", "_operation_options"},
}
# free text is documented under names of its own
FREE = ("free_form", "_raw_params")
KEPT = ("type", "elements", "required", "default", "choices", "aliases")
# the validator would expand these, or hold them against Python's ideas of them
PLAIN = {"path": "str", "sid": "str", "json": "raw", "any": "raw"}
# written into setup.yml for the sake of other platforms
FACTS = {"ansible.legacy.setup": "ansible.windows.setup", "ansible.builtin.setup": ""}


class NoDocumentation(Exception):
    """A module that no installed collection documents."""


def problems(module: str, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with a call, in the validator's words."""
    name = FACTS.get(module) or module
    options, related = documented(name)
    own = {
        key: value
        for key, value in arguments.items()
        if key not in ADDED.get(name.rpartition(".")[2], ())
    }
    found = ArgumentSpecValidator(options, **related).validate(own).errors
    return tuple(
        f"unsupported options: {each.msg}" if isinstance(each, UnsupportedError) else each.msg
        for each in found.errors
    )


def required(module: str) -> tuple[str, ...]:
    """The options that a call of the module must have: they name what it is about."""
    options, _ = documented(FACTS.get(module) or module)
    return tuple(name for name, each in options.items() if each.get("required"))


def filled(module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with aliases, types and defaults as the module would see them."""
    options, related = documented(FACTS.get(module) or module)
    validator = ArgumentSpecValidator(options, **related)
    found: dict[str, Any] = validator.validate(dict(arguments)).validated_parameters
    return found


@cache
def documented(module: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of a module, and how they stand to each other."""
    path = documentation(module)
    doc = get_docstring(str(path), fragment_loader, collection_name=_collection(module))[0]
    if not doc:
        raise NoDocumentation(f"{module}: no documentation in {path.name}")
    options = {name: _spec(each) for name, each in (doc.get("options") or {}).items()}
    if any(name in options for name in FREE):
        options = {"_raw_params": {"type": "str"}, **options}
        options.pop("free_form", None)
    source = path.with_suffix(".ps1")
    related = relations(source.read_text(encoding="utf-8-sig")) if source.is_file() else {}
    # of options that an action plugin or free text brings in, the documentation says it by itself
    return options, {kind: _known(value, options) for kind, value in related.items()}


def documentation(module: str) -> Path:
    """The file that documents a module: beside its script, in Python or in YAML."""
    found = module_loader.find_plugin_with_context(module, mod_type=".ps1")
    script = found.plugin_resolved_path or module_loader.find_plugin(module)
    if script:
        for ending in (".py", ".yml", ".yaml"):
            if (path := Path(script).with_suffix(ending)).is_file():
                return path
    raise NoDocumentation(f"{module}: no installed collection documents such a module")


def _collection(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _spec(option: Mapping[str, Any]) -> dict[str, Any]:
    spec = {key: option[key] for key in KEPT if option.get(key) is not None}
    for key in ("type", "elements"):
        if key in spec:
            spec[key] = PLAIN.get(spec[key], spec[key])
    if isinstance(spec.get("choices"), dict):
        spec["choices"] = list(spec["choices"])
    if inner := option.get("suboptions"):
        spec["options"] = {name: _spec(each) for name, each in inner.items()}
    return spec


def _known(value: Any, options: Mapping[str, Any]) -> Any:
    """A relation as the validator can hold it: it may name an option that is not documented."""
    if isinstance(value, dict):
        return value
    return [each for each in value if _names(each) <= set(options)]


def _names(relation: list[Any]) -> set[str]:
    """Of required_if: the option it asks for, and the list of those it wants."""
    if any(isinstance(each, list) for each in relation):
        wanted = next(each for each in relation if isinstance(each, list))
        return {relation[0], *wanted}
    return {each for each in relation if isinstance(each, str)}
