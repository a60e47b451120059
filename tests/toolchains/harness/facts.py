"""What is known of the image under test: the engine's facts file plus the roles' defaults."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# CUDA 12's has its major version in the name, CUDA 13's has not
RUNTIME = re.compile(r"nvidia-cuda-runtime(-cu\d+)?")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer: its roles, its variables (the roles' defaults included), its locked packages."""

    id: str
    roles: tuple[str, ...]
    vars: Mapping[str, Any]
    lock: Mapping[str, tuple[str, ...]]
    kernels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A Python environment of the image: where it is, what was asked for, what was locked."""

    name: str
    prefix: str
    python: str
    requirements: tuple[str, ...]
    locked: tuple[str, ...]
    imports: Mapping[str, tuple[str, ...]]
    kernel: bool
    default: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The distributions asked for, without versions."""
        matches = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) for text in self.requirements)
        return tuple(match[0].lower() for match in matches if match)

    def has(self, *wanted: str) -> bool:
        """Whether all of these were asked for; "a|b" is satisfied by either."""
        return all(set(choice.split("|")) & set(self.names) for choice in wanted)

    @property
    def versions(self) -> dict[str, str]:
        """Locked version per distribution name, as the lock spells it (PEP 503)."""
        pairs = (pin.split("==", 1) for pin in self.locked)
        return {name: version for name, version in pairs}  # noqa: C416  (typed pairs)

    @property
    def nvidia(self) -> bool:
        """Whether anything of NVIDIA's is locked in it."""
        return any(name.startswith("nvidia-") for name in self.versions)

    @property
    def cuda(self) -> str:
        """The version of CUDA's runtime that is locked in it; empty without one."""
        found = (v for name, v in self.versions.items() if RUNTIME.fullmatch(name))
        return next(found, "")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the engine says of the image that the checks look at.

    `signing` has the certificate (subject, sha256, pem) by whose key its own kernel modules are signed.
    """

    image: str
    flavour: str
    os: str
    family: str
    distribution: str
    release: str
    epoch: int
    user: str
    layers: tuple[Layer, ...]
    leftovers: tuple[Mapping[str, Any], ...]
    signing: Mapping[str, str]

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for layer in self.layers for role in layer.roles)

    @property
    def subjects(self) -> frozenset[str]:
        """What checks can be about: the roles, and the tier `gpu` where the image has that flavour."""
        return self.roles | ({"gpu"} if self.flavour == "gpu" else frozenset())

    @property
    def environments(self) -> tuple[Environment, ...]:
        return tuple(
            _environment(layer, os=self.os) for layer in self.layers if "python" in layer.roles
        )

    @property
    def kernels(self) -> dict[str, str]:
        """The interpreter of each Jupyter kernel that roles of ours register system-wide."""
        others = {name: command for layer in self.layers for name, command in layer.kernels.items()}
        offered = [each for each in self.environments if each.kernel and each.has("ipykernel")]
        names = [(each.name, each.python) for each in offered]
        defaults = [("python3", each.python) for each in offered if each.default]
        return dict([*names, *defaults, *others.items()])

    def environment(self, name: str) -> Environment:
        """The environment of that name; KeyError if the image has none."""
        return {environment.name: environment for environment in self.environments}[name]

    def blas_of(self, environment: Environment) -> str:
        """Where its linear algebra lies: in itself, or in MKL's own where it was given wheels for that."""
        if "numpy_mkl" not in self.roles or environment.name != self.variable(
            "numpy_mkl_environment"
        ):
            return environment.prefix
        return self.environment(self.variable("numpy_mkl_mkl")).prefix

    def variable(self, name: str) -> Any:
        """A role's variable in the topmost layer that has it; KeyError if no layer has it."""
        for layer in reversed(self.layers):
            if name in layer.vars:
                return layer.vars[name]
        raise KeyError(name)


def load(path: Path, *, roots: Iterable[Path]) -> Facts:
    """Read a facts file; `roots` are the checkouts whose roles/*/defaults fill in what it omits."""
    data = json.loads(path.read_text(encoding="utf-8"))
    roots = tuple(roots)
    layers = tuple(
        Layer(
            id=layer["id"],
            roles=tuple(layer["roles"]),
            vars={**_defaults(layer["roles"], roots=roots), **layer.get("vars", {})},
            lock={name: tuple(pins) for name, pins in layer.get("lock", {}).items()},
            kernels=_kernels(layer, roots=roots),
        )
        for layer in data["layers"]
    )
    plain = ("image", "flavour", "os", "family", "distribution", "release", "epoch", "user")
    return Facts(
        **{key: data[key] for key in plain},
        layers=layers,
        leftovers=tuple(data.get("leftovers", ())),
        signing=data.get("signing", {}),
    )


def _defaults(roles: Iterable[str], *, roots: Iterable[Path]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for root in roots:
        for role in roles:
            file = root / "roles" / role / "defaults" / "main.yml"
            if file.is_file():
                values.update(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    return values


def _kernels(layer: Mapping[str, Any], *, roots: Iterable[Path]) -> dict[str, str]:
    """Those that the layer's roles register; one with a `variable` only where that is true."""
    roles = layer["roles"]
    given = {**_defaults(roles, roots=roots), **layer.get("vars", {})}
    files = (root / "roles" / role / "facts.yml" for root in roots for role in roles)
    facts = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files if file.is_file())
    return {
        each["name"]: each["command"]
        for fact in facts
        for each in fact.get("kernels", ())
        if "variable" not in each or given[each["variable"]]
    }


def _environment(layer: Layer, *, os: str) -> Environment:
    name = layer.vars["python_environment"]
    windows = os == "windows"
    folder = layer.vars["python_windows_prefix" if windows else "python_prefix"]
    prefix = f"{folder}\\{name}" if windows else f"{folder}/{name}"
    return Environment(
        name=name,
        prefix=prefix,
        python=f"{prefix}\\Scripts\\python.exe" if windows else f"{prefix}/bin/python",
        requirements=tuple(layer.vars["python_requirements"]),
        locked=layer.lock.get(name, ()),
        imports={key: tuple(value) for key, value in layer.vars["python_imports"].items()},
        kernel=bool(layer.vars["python_kernel"]),
        default=bool(layer.vars["python_default"]),
    )
