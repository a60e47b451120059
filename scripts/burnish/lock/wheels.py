"""Takes what a Python environment asks for; gives every wheel of it, by uv's resolver, one hash each."""

from __future__ import annotations

import re
import sys
import textwrap
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from burnish import process
from burnish.errors import BuildError, BurnishError, CommandFailed, DefinitionError, ToolError
from burnish.lock.trust import untrusted
from burnish.model.command import Command
from burnish.model.lock import Interpreter, PythonLock, Wheel
from burnish.model.pin import Pin
from burnish.model.site import Site

PRE = "--pre"
# glibc 2.17 to 2.35: every base of ours is newer, and wheels name one of these.
GLIBC = range(35, 16, -1)
LEGACY = {17: "manylinux2014_x86_64", 12: "manylinux2010_x86_64", 5: "manylinux1_x86_64"}
WINDOWS_PLATFORM = "x86_64-pc-windows-msvc"
TLS = ("invalid peer certificate", "UnknownIssuer", "CERTIFICATE_VERIFY_FAILED", "self-signed")
HINT = "hold it to a version that there is, or take the pin out"
UNREACHABLE = ("dns error", "error sending request", "onnection refused", "onnect error")


class NotOffered(BuildError):
    """No index or folder of this place has what one of the requirements asks for, whatever the rest."""


def uv() -> Path:
    """The uv that this environment is locked to; it lies beside the interpreter."""
    beside = Path(sys.prefix) / "bin" / "uv"
    return beside if beside.is_file() else process.find("uv")


def environment(site: Site) -> dict[str, str]:
    """What uv needs to reach the index from this site."""
    found = {
        "UV_DEFAULT_INDEX": site.python.index_url,
        "UV_INDEX": " ".join(site.python.extra_index_urls),
        "UV_FIND_LINKS": ",".join(site.python.find_links),
        "SSL_CERT_FILE": site.ca_bundle,
        "HTTP_PROXY": site.http_proxy,
        "HTTPS_PROXY": site.https_proxy,
        "NO_PROXY": site.no_proxy,
    }
    return {key: value for key, value in found.items() if value}


def resolve(
    declared: Sequence[str],
    *,
    python: Interpreter,
    site: Site,
    scratch: Path,
    pins: Sequence[Pin] = (),
) -> PythonLock:
    """The environment for an interpreter on x86-64; only wheels, no pre-release undeclared.

    The line `--pre`, as in pip's own files, takes those that packages of the environment ask for.

    Raises ToolError if the index cannot be reached (with TLS named as the cause where it is),
    NotOffered if a requirement can't be had even by itself, BuildError if no set of wheels satisfies
    the declaration, DefinitionError if `pins` are why.
    """
    wanted, flags = sorted(declared), _constraints(pins, scratch)
    ask = partial(compiled, wanted, python=python, site=site, scratch=scratch)
    try:
        packages = ask(flags=flags)
    except CommandFailed as error:
        if isinstance(why := _cannot_be_had(pins, error), CommandFailed):
            _each_alone(ask)
        raise why from error
    tags = supported(python)
    wheels = tuple(sorted(_wheel(package, tags) for package in packages))
    epoch = max((wheel.uploaded for wheel in wheels), default=0)
    return PythonLock(
        declared=tuple(sorted(declared)), python=python.version, epoch=epoch, wheels=wheels
    )


def _each_alone(ask: Callable[..., object]) -> None:
    """NotOffered, its first line uv's reason, where requirements fail without what they need, too."""
    try:
        ask(flags=("--no-deps",))
    except CommandFailed as error:
        said = " ".join(line.strip() for line in error.tail)
        if why := re.search(r"Because (.*?)(?: and you require|, we can conclude|$)", said):
            reason = textwrap.shorten(why[1], 200, placeholder=" ...")
            raise NotOffered(f"{reason}\n{error.message}") from error


def _constraints(pins: Sequence[Pin], scratch: Path) -> tuple[str, ...]:
    if not pins:
        return ()
    scratch.mkdir(parents=True, exist_ok=True)
    path = scratch / "constraints.txt"
    path.write_text("".join(f"{pin.asked}\n" for pin in pins), encoding="utf-8")
    return (f"--constraints={path}",)


def _cannot_be_had(pins: Sequence[Pin], error: CommandFailed) -> BurnishError:
    """The pins by hand that uv's explanation names; its own words where it names none."""
    # uv breaks its lines where a terminal would
    said = " ".join(line.strip() for line in error.tail)
    why = said[said.find("Because") :]
    problems = [
        pin.problem(f"{pin.asked}, pinned by hand, can't be had: {why}", hint=HINT)
        for pin in pins
        if re.search(rf"(?<![\w-]){re.escape(canonicalize_name(pin.package))}(?![\w-])", said)
    ]
    return DefinitionError(problems) if problems else error


def compiled(
    lines: Sequence[str],
    *,
    python: Interpreter,
    site: Site,
    scratch: Path,
    flags: Sequence[str] = (),
) -> Sequence[Mapping[str, Any]]:
    """The packages of the pylock.toml that uv's resolver writes for requirement lines."""
    scratch.mkdir(parents=True, exist_ok=True)
    wanted, out = scratch / "requirements.in", scratch / "pylock.toml"
    asked = [line for line in lines if line != PRE]
    wanted.write_text("".join(f"{line}\n" for line in asked), encoding="utf-8")
    argv = (
        *(str(uv()), "pip", "compile", "--quiet", "--no-config", "--no-python-downloads"),
        "--only-binary=:all:",
        f"--prerelease={'if-necessary-or-explicit' if PRE in lines else 'explicit'}",
        f"--python-version={python.version}",
        f"--python-platform={WINDOWS_PLATFORM if python.windows else 'x86_64-manylinux_2_34'}",
        "--format=pylock.toml",
        f"--output-file={out}",
        *flags,
        str(wanted),
    )
    out.unlink(missing_ok=True)
    try:
        process.run(Command(argv=argv, env=environment(site), timeout=600))
    except CommandFailed as error:
        raise _explained(error) from error
    packages: Sequence[Mapping[str, Any]] = tomllib.loads(out.read_text("utf-8"))["packages"]
    return packages


def supported(python: Interpreter) -> Mapping[Tag, int]:
    """Tags that an interpreter takes, each with its rank, best first."""
    major, minor = (int(part) for part in python.version.split("."))
    platforms = [f"manylinux_2_{number}_x86_64" for number in GLIBC]
    platforms += [*LEGACY.values(), "linux_x86_64"]
    if python.windows:
        platforms = ["win_amd64"]
    tags = [
        *cpython_tags((major, minor), platforms=platforms),
        *compatible_tags((major, minor), platforms=platforms),
    ]
    return {tag: rank for rank, tag in reversed(list(enumerate(tags)))}


def _wheel(package: Mapping[str, Any], tags: Mapping[Tag, int]) -> Wheel:
    best: tuple[int, Mapping[str, Any]] | None = None
    for wheel in package.get("wheels", ()):
        ranks = [tags[tag] for tag in tags_of(wheel) if tag in tags]
        if ranks and (best is None or min(ranks) < best[0]):
            best = min(ranks), wheel
    if best is None:
        raise BuildError(
            f"{package['name']} {package['version']}: no wheel for this Python and platform",
            hint="ask for another version, or leave it out of python_requirements",
        )
    wheel = best[1]
    return Wheel(
        name=canonicalize_name(package["name"]),
        version=package["version"],
        sha256=wheel["hashes"]["sha256"],
        size=wheel.get("size", 0),
        filename=filename(wheel),
        uploaded=_seconds(wheel.get("upload-time")),
    )


def _seconds(time: datetime | None) -> int:
    # an index need not tell upload times (a folder of wheels has none): then the parents' decide
    return int(time.replace(tzinfo=time.tzinfo or UTC).timestamp()) if time else 0


def tags_of(wheel: Mapping[str, Any]) -> frozenset[Tag]:
    """What a wheel of a pylock.toml says that it runs on."""
    return parse_wheel_filename(filename(wheel))[3]


def filename(wheel: Mapping[str, Any]) -> str:
    """The file name of a wheel in a pylock.toml."""
    place = str(wheel.get("name") or wheel.get("url") or wheel.get("path"))
    return place.rpartition("/")[2].replace("%2B", "+")


def _explained(error: CommandFailed) -> BurnishError:
    detail = "\n".join(f"  | {line}" for line in error.tail)
    if any(word in detail for word in TLS):
        return untrusted("the Python index", detail)
    if any(word in detail for word in UNREACHABLE):
        return ToolError(
            f"the Python index can't be reached\n{detail}",
            hint="name an index as python.index_url, or a proxy as https_proxy, in site.yaml",
        )
    return error
