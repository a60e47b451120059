"""Takes a definition's path and what it holds; finds what makes it no small declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from house.sources import place

KEYS = 15
KINDS = ("bases", "profiles", "images", "targets", "pins", "gates", "compatibility")
# Keys below these are names of layers.
OF_LAYERS = ("layer_mib",)
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
KEBAB = re.compile(r"[a-z][a-z0-9]*([-.][a-z0-9]+)*")
# The link of a pin by hand, from which nothing is fetched, and the publisher's address of a download.
NO_TRANSPORT = re.compile(r"\s+link: |    - [\w.+-]+ https://")
TRANSPORT = re.compile(r"https?://|\bftp://")
# Where something was decided is a page to read, and nothing is fetched from it.
LINK = re.compile(r"[\s{,-]link: \S+")


def large(path: Path, data: Any) -> Iterator[str]:
    if isinstance(data, dict) and len(data) > KEYS:
        yield f"{place(path)}: {len(data)} keys, budget {KEYS}"


def misnamed(path: Path, data: Any) -> Iterator[str]:
    """File names and names inside in kebab-case and alike, keys in snake_case."""
    where = place(path)
    if not KEBAB.fullmatch(path.stem):
        yield f"{where}: name the file in kebab-case"
    if isinstance(data, dict) and data.get("name", path.stem) != path.stem:
        yield f"{where}: name: '{data['name']}' differs from the file's name"
    for key in _keys(data):
        if not SNAKE.fullmatch(key):
            yield f"{where}: {key}: write keys in snake_case"
    for name in _of_layers(data):
        if not KEBAB.fullmatch(name):
            yield f"{where}: '{name}' is no name of a layer"
    for layer in _layers(data):
        if not KEBAB.fullmatch(str(layer.get("id", ""))):
            yield f"{where}: layers: id '{layer.get('id')}' is not kebab-case"


def names_transport(path: Path, text: str) -> Iterator[str]:
    """Mirrors and indexes are the site's business, never the definition's or the lock's."""
    for number, line in enumerate(text.splitlines(), start=1):
        if NO_TRANSPORT.match(line):
            continue
        if TRANSPORT.search(LINK.sub("", line)):
            yield f"{place(path)}:{number}: names a place to download from"


def dangling(root: Path, data: Any) -> Iterator[str]:
    """Bases, profiles, gates and roles that a definition names and nobody defines."""
    if not isinstance(data, dict):
        return
    for key, folder in (
        ("base", "bases"),
        ("profile", "profiles"),
        ("extends", "profiles"),
        ("gates", "gates"),
    ):
        name = data.get(key)
        if isinstance(name, str) and not (root / "packer" / folder / f"{name}.yaml").is_file():
            yield f"{key}: nothing is called '{name}' in packer/{folder}/"
    for layer in _layers(data):
        for role in layer.get("roles", ()):
            if not (root / "roles" / role).is_dir():
                yield f"layers: {layer.get('id')}: no role '{role}' in roles/"


def _keys(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            if key not in OF_LAYERS:
                yield from _keys(value)
    elif isinstance(data, list):
        for value in data:
            yield from _keys(value)


def _of_layers(data: Any) -> Iterator[str]:
    for key in OF_LAYERS:
        if isinstance(data, dict):
            yield from map(str, data.get(key, ()))


def _layers(data: Any) -> list[dict[str, Any]]:
    layers = data.get("layers") if isinstance(data, dict) else None
    return [layer for layer in layers or () if isinstance(layer, dict)]
