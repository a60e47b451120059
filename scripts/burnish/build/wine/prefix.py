"""Takes the wheels of an environment for Windows; gives it as a folder, as a venv of Windows is laid out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.build.files import write
from burnish.model.command import Command
from burnish.model.lock import PythonLock

PLATFORM = "x86_64-pc-windows-msvc"
DRIVE = "C:\\"
ENVIRONMENTS = "envs"
# what a wheel lays into the root of its environment, and uv beside its modules: there -> here
DATA = {
    "bin": "Scripts",
    **{each: each for each in ("Library", "Scripts", "etc", "include", "share")},
}


@dataclass(frozen=True, kw_only=True)
class PrefixRequest:
    """One environment: its lock, a folder of exactly its wheels, and CPython's home, here and by name."""

    name: str
    lock: PythonLock
    wheels: Path
    home: Path
    uv: Path
    cache: Path
    log: Path


def install(request: PrefixRequest, folder: Path) -> None:
    """Make the environment in `folder`, by hash and from its wheels alone."""
    library = folder / "Lib" / "site-packages"
    wanted = folder / "requirements.txt"
    write(wanted, request.lock.requirements())
    argv = (
        *(str(request.uv), "pip", "install", "--quiet", "--no-config", "--no-index", "--no-deps"),
        *("--require-hashes", "--only-binary=:all:", f"--python-platform={PLATFORM}"),
        f"--python-version={request.lock.python}",
        *(f"--find-links={request.wheels}", f"--cache-dir={request.cache}"),
        *(f"--target={library}", f"--requirements={wanted}"),
    )
    process.run(Command(argv=argv, timeout=1800), log=request.log)
    _interpreter(request.home, folder)
    _data(library, folder)
    # the last one: who finds it takes the environment for whole
    settings = {"home": f"{DRIVE}{request.home.name}", "include-system-site-packages": "false"}
    write(folder / "pyvenv.cfg", "".join(f"{key} = {value}\n" for key, value in settings.items()))


def _interpreter(home: Path, folder: Path) -> None:
    """The interpreter itself instead of uv's launcher, which starts it: Windows' loader looks beside it."""
    scripts = folder / "Scripts"
    scripts.mkdir(parents=True, exist_ok=True)
    for path in [*home.glob("*.exe"), *home.glob("*.dll")]:
        shutil.copy2(path, scripts / path.name)


def _data(library: Path, folder: Path) -> None:
    for there, here in DATA.items():
        if (library / there).is_dir() and not (library / there / "__init__.py").is_file():
            shutil.copytree(library / there, folder / here, dirs_exist_ok=True)
            shutil.rmtree(library / there)
    # as the role does: it would hide the machine's own of the same name
    shutil.rmtree(folder / "share" / "jupyter" / "kernels", ignore_errors=True)


def kernels(folder: Path, offered: Mapping[str, str]) -> None:
    """Register kernels for the whole machine, as the role does: name -> interpreter."""
    for name, python in offered.items():
        scripts = python.rpartition("\\")[0]
        spec = {
            "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": name,
            "env": {"PATH": f"{scripts};${{PATH}}"},
            "interrupt_mode": "signal",
            "language": "python",
        }
        write(folder / name / "kernel.json", json.dumps(spec, indent=1))
