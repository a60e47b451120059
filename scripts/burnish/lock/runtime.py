"""Takes the distributions that hold Windows' CPython and its runtime; gives each one's file, by content.

One of them is published as a source archive alone. Nothing of it is ever built or run: uv is told that it
needs nothing, so that it does not ask its setup.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from burnish import process
from burnish.errors import BuildError
from burnish.lock import wheels
from burnish.lock.place import Place
from burnish.model.command import Command
from burnish.model.lock import Interpreter, PythonLock, Wheel

Package = Mapping[str, Any]
FOLDER = "wine-runtime"


def resolve(declared: Sequence[str], *, python: str, place: Place) -> PythonLock:
    """The lock of these exact versions; BuildError for one that has no file for Windows."""
    found = tuple(
        sorted(
            Wheel(
                name=package["name"],
                version=package["version"],
                sha256=file["hashes"]["sha256"],
                size=file["size"],
                filename=wheels.filename(file),
                uploaded=_seconds(file),
            )
            for package, file in _files(declared, python=python, place=place)
        )
    )
    epoch = max(wheel.uploaded for wheel in found)
    return PythonLock(declared=tuple(declared), python=python, epoch=epoch, wheels=found)


def offered(name: str, lock: PythonLock, *, place: Place) -> Mapping[str, str]:
    """Digest -> URL of every file that the index has today of the locked versions."""
    del name
    lines = [f"{wheel.name}=={wheel.version}" for wheel in lock.wheels]
    here = (place.scratch / FOLDER).as_uri() + "/"
    return {
        str(file["hashes"]["sha256"]): str(file.get("url") or urljoin(here, str(file["path"])))
        for _, file in _files(lines, python=lock.python, place=place)
    }


def _files(
    lines: Sequence[str], *, python: str, place: Place
) -> Iterator[tuple[Package, Mapping[str, Any]]]:
    """Each package with its wheel for Windows, or with its source archive where it has no wheel."""
    tags = wheels.supported(Interpreter(version=python, windows=True))
    for package in _compiled(lines, python=python, place=place):
        of_it = [
            wheel
            for wheel in package.get("wheels", ())
            if any(tag in tags for tag in wheels.tags_of(wheel))
        ]
        files = [*of_it, *([package["sdist"]] if "sdist" in package else [])]
        if not files:
            raise BuildError(
                f"{package['name']} {package['version']}: the index has no file of it for Windows",
                hint="declare another version in packer/wine/runtime.yaml",
            )
        yield package, files[0]


def _compiled(lines: Sequence[str], *, python: str, place: Place) -> Sequence[Package]:
    folder = place.scratch / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    wanted, out, settings = folder / "in.txt", folder / "pylock.toml", folder / "uv.toml"
    wanted.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    pairs = (line.split("==") for line in lines)
    told = (f'{{name = "{name}", version = "{version}"}}' for name, version in pairs)
    settings.write_text(f"dependency-metadata = [{', '.join(told)}]\n", encoding="utf-8")
    out.unlink(missing_ok=True)
    argv = (
        *(str(wheels.uv()), "pip", "compile", "--quiet", "--no-deps", "--no-python-downloads"),
        f"--config-file={settings}",
        f"--python-version={python}",
        f"--python-platform={wheels.WINDOWS_PLATFORM}",
        "--format=pylock.toml",
        f"--output-file={out}",
        str(wanted),
    )
    process.run(Command(argv=argv, env=wheels.environment(place.site), timeout=600), log=place.log)
    packages: Sequence[Package] = tomllib.loads(out.read_text("utf-8"))["packages"]
    return packages


def _seconds(file: Mapping[str, Any]) -> int:
    time: datetime | None = file.get("upload-time")
    return int(time.replace(tzinfo=time.tzinfo or UTC).timestamp()) if time else 0
