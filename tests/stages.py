"""The stages of `make test`, of `make test-all` and of one role: what each one runs."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

# called as a program, it has only its own folder to look in
sys.path.append(str(Path(__file__).parent / "given"))
from lanes import ROOT, Stage, run

PYTEST = (sys.executable, "-m", "pytest", "--quiet")
IMAGE = "debian-12-cpu"
WINDOWS_DISK = ("tests/e2e/test_windows_disk.py", "tests/e2e/test_windows_disk_read.py")
# The roles that `make test` always proves, with their default variables.
SMOKE = ("base", "python", "jupyter")
# So many of the roles that changed since the merge base, for `make test` has an hour; the stages
# `changed`, a job of CI by itself, prove all of them.
CHANGED_AT_MOST = 1
# A role with one of each thing that roles do on Windows, and what is planted into it.
GIVEN_ROLE, PLANTS = "tests/given/simulated", "tests/simulated/plants"
# It is never called Windows.
WINE = "wine: Windows binaries, not Windows"


def changed_roles(root: Path = ROOT) -> tuple[str, ...]:
    """Roles with a file that differs from the merge base, so far as git can tell."""
    base = _git(root, "merge-base", "HEAD", "origin/main")
    # on main itself, as after a push, the merge base is HEAD: what counts is the last commit
    since = "HEAD~1" if base in ("", _git(root, "rev-parse", "HEAD")) else base
    lines = _git(root, "diff", "--name-only", since).splitlines()
    named = {name for line in lines for name in roles_of(Path(line), root)}
    return tuple(sorted(name for name in named if (root / "roles" / name).is_dir()))


def _git(root: Path, *words: str) -> str:
    """What git says in a checkout; nothing where it fails."""
    command = ("git", "-C", str(root), *words)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def roles_of(path: Path, root: Path = ROOT) -> tuple[str, ...]:
    """The roles that a file of the checkout makes or proves; a work program, those whose checks call it."""
    match path.parts:
        case ("roles", name, _, *_) | ("tests", "mutations", name, _, *_):
            return (name,)
        case ("molecule", name, _, *_):
            return (name.removeprefix("windows_").removesuffix("_alternative"),)
        case ("tests", "toolchains", name) if name.startswith("test_"):
            return (_proven(name),)
        case ("tests", "toolchains", "work", name):
            checks = sorted((root / "tests/toolchains").glob("test_*.py"))
            called = (each for each in checks if f'"{name}"' in each.read_text(encoding="utf-8"))
            return tuple(_proven(each.name) for each in called)
    return ()


def _proven(checks: str) -> str:
    return checks.removeprefix("test_").removesuffix(".py")


def roles(
    names: tuple[str, ...] = (), *, plain: tuple[str, ...] = (), image: str = ""
) -> tuple[str, ...]:
    """The Molecule run of some roles, or of all; of the `plain` ones without alternatives."""
    wanted = tuple(part for name in names for part in ("--role", name))
    wanted += tuple(part for name in plain for part in ("--plain", name))
    wanted += ("--image", image) if image else ()
    return (*PYTEST, "-s", "tests/molecule", *wanted)


def simulated(
    names: tuple[str, ...] = (), *, image: str = "", more: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The Windows paths of some roles, or of all, on the simulated host, two at a time."""
    wanted = tuple(part for name in names for part in ("--role", name))
    wanted += ("--image", image) if image else ()
    return (*PYTEST, "-n2", "tests/molecule", "--os", "windows", *wanted, *more)


def of_role(names: tuple[str, ...], *, image: str, system: str) -> list[Stage]:
    """What proves some roles by themselves on a system."""
    told = ", ".join(names)
    if system == "linux":
        return [Stage(f"molecule: {told}", 5, roles(names, image=image))]
    return [
        Stage(f"simulated host: {told}", 2, simulated(names, image=image)),
        Stage(f"{WINE}: {told}", 5, under_wine(names, image=image)),
    ]


def under_wine(names: tuple[str, ...] = (), *, image: str = "") -> tuple[str, ...]:
    """The quick checks of some roles, or of all, on Windows' binaries."""
    wanted = tuple(part for name in names for part in ("--role", name))
    wanted += ("--image", image) if image else ()
    return (*PYTEST, "-s", "tests/wine/test_level.py", *wanted)


def chosen() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The changed roles that `make test` proves, and the smoke ones beside them; says what is left."""
    changed = changed_roles()
    if left := changed[CHANGED_AT_MOST:]:
        print(
            f"changed too, left to `python tests/stages.py changed`: {', '.join(left)}", flush=True
        )
    now = changed[:CHANGED_AT_MOST]
    return now, tuple(name for name in SMOKE if name not in now)


def fast() -> list[Stage]:
    """What every run begins with."""
    return [
        Stage(
            "unit, contract, golden",
            4,
            (
                *PYTEST,
                "-n2",
                "tests/unit",
                "tests/contract",
                "tests/golden",
                "--ignore=tests/contract/test_lint.py",
            ),
        ),
        Stage("lint", 2.5, (*PYTEST, "tests/contract/test_lint.py")),
        Stage("Azurite from npm, once", 0.5, (sys.executable, "tests/given/azurite.py")),
        Stage("Azure, emulated", 7, (*PYTEST, "-n2", "tests/azure")),
        Stage("simulated host: roles with a Windows path", 4.5, simulated()),
        Stage(
            "simulated host: what is planted is caught",
            2,
            simulated(("proof",), more=("--further-root", GIVEN_ROLE, PLANTS)),
        ),
    ]


def test() -> list[Stage]:
    """The README's test command."""
    burnish = (str(Path(sys.executable).with_name("burnish")),)
    changed, smoke = chosen()
    image = [
        Stage(f"image {IMAGE}: build, prove, boot, file", 36, (*burnish, "build", IMAGE)),
        Stage(f"molecule: {', '.join((*changed, *smoke))}", 11, roles(changed, plain=smoke)),
    ]
    beside = [
        *fast(),
        Stage("the lock, and a closed place", 7, (*PYTEST, "tests/e2e/test_engine_lock.py")),
        Stage(
            "the gallery, killed at every step; the GPU tier and Azure's network, simulated",
            1,
            (
                *PYTEST,
                "tests/e2e/test_gallery_kills.py",
                "tests/e2e/test_gpu_whole.py",
                "tests/e2e/test_fabric_namespace.py",
            ),
        ),
        Stage("Ubuntu on its stand-in", 9, (*PYTEST, "tests/e2e/test_ubuntu_path.py")),
        Stage(WINE, 5, under_wine()),
        Stage("a Windows disk, synthetic", 1, (*PYTEST, *WINDOWS_DISK)),
    ]
    return [*image, *(replace(stage, beside=True) for stage in beside)]


def everything() -> list[Stage]:
    """`make test`, and what it leaves out: every role, every base reached here, mutations, slow e2e."""
    burnish = (str(Path(sys.executable).with_name("burnish")),)
    return [
        *fast(),
        Stage(f"image {IMAGE}: every check", 40, (*burnish, "build", IMAGE, "--all")),
        Stage("image debian-13-cpu", 25, (*burnish, "build", "debian-13-cpu")),
        Stage("e2e", 60, (*PYTEST, "tests/e2e")),
        Stage("mutations", 30, (*PYTEST, "tests/mutations")),
        Stage("molecule: every role", 40, roles()),
        Stage(f"{WINE}: every check", 30, (*PYTEST, "-s", "tests/wine", "--every")),
    ]


def changed() -> list[Stage]:
    """Every scenario of every role that changed, with default and alternative variables."""
    names = changed_roles()
    print(f"changed: {', '.join(names) or 'no role'}", flush=True)
    if not names:
        return []
    # their Windows paths are in `fast`, which proves those of all roles
    return [Stage(f"molecule: {', '.join(names)}", 10 * len(names), roles(names))]


LISTS = {"test": test, "all": everything, "changed": changed}


def main() -> int:
    """Parse and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=(*LISTS, "role"))
    parser.add_argument("--role", action="append", default=[])
    parser.add_argument("--image", default="")
    parser.add_argument("--os", choices=("linux", "windows"), default="linux")
    parser.add_argument("--in-turn", action="store_true", help="one stage after another")
    given = parser.parse_args()
    if given.what == "role":
        return run(of_role(tuple(given.role), image=given.image, system=given.os))
    return run(LISTS[given.what](), in_turn=given.in_turn)


if __name__ == "__main__":
    sys.exit(main())
