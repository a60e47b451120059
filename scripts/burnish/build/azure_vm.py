"""Takes a rendered build of azure-arm; gives what came of it: Packer is run, once for spot and once without.

The key of the machine is made here, lives in the build's folder and goes with the run; a Windows machine's
password is made here too, and lives in the environment alone. Credentials are in the environment that Packer
inherits; their values are struck out of everything that is shown or kept.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from burnish import process
from burnish.build import azure_log, sysprep
from burnish.build.azure_log import Result
from burnish.build.packer import FIRST_BARE, Packer
from burnish.errors import CommandFailed, ToolError
from burnish.model.command import Command

SECRETS = ("AZURE_CLIENT_SECRET", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
LOGIN = "BURNISH_PASSWORD"  # the variable that has it
KEY = "key"
CHECKS = "checks"
NOT_HERE = "not verified here"
PLUGIN = re.compile(r"packer-plugin-azure_v(\d+)\.(\d+)\.")


@dataclass(frozen=True, kw_only=True)
class VmRequest:
    """One build: its files, the files that roles are applied from, the folders of each layer's inputs;
    `checks` proves the machine before its capture, but for how it is reached; `environment` is for Packer and
    Ansible, `seconds` how long it may take."""

    files: Mapping[str, str]
    staged: Mapping[str, Path]
    inputs: Mapping[str, Path]
    checks: Command
    folder: Path
    log: Path
    environment: Mapping[str, str]
    seconds: float

    @property
    def own(self) -> dict[str, str]:
        """The variables of the template that this machine decides: the path of the key, if there is one."""
        return {} if LOGIN in self.environment else {"key": str(self.folder / KEY)}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One run of Packer: a template of the build, and the values of its variables."""

    template: str
    values: Mapping[str, str]
    spot: bool


def lay_out(request: VmRequest) -> None:
    """The build's folder: rendered files, copies of exactly the files that were hashed, inputs, a key."""
    shutil.rmtree(request.folder, ignore_errors=True)
    for name, text in request.files.items():
        path = request.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, source in request.staged.items():
        path = request.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
    for layer, folder in request.inputs.items():
        path = request.folder / "inputs" / layer
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(folder.resolve())
    (request.folder / CHECKS).write_text(script(request.checks), encoding="utf-8")
    if request.own:
        process.run(key(request.folder / KEY))


def script(command: Command) -> str:
    """A command as a program of the shell, which adds its own arguments. Its secrets stay where they are."""
    assert not command.secrets
    told = (f"{name}={value}" for name, value in command.env.items())
    lines = (
        "set -eu",
        f"cd {shlex.quote(str(command.cwd))}" if command.cwd else "",
        f'exec {shlex.join(("env", *told, *command.argv))} "$@"',
    )
    return "".join(f"{line}\n" for line in lines if line)


def key(path: Path) -> Command:
    """A new key of a kind that every image of the marketplace and every plugin takes."""
    argv = (
        "ssh-keygen",
        "-q",
        "-t",
        "rsa",
        "-b",
        "4096",
        "-N",
        "",
        "-C",
        "burnish",
        "-f",
        str(path),
    )
    return Command(argv=argv, timeout=120)


def password() -> str:
    """A new password as Azure wants it of an administrator: three of four kinds of characters."""
    return f"Aa1-{secrets.token_urlsafe(24)}"


def forget(request: VmRequest) -> None:
    """Take away the key: the machine that it opened is gone."""
    for name in (KEY, f"{KEY}.pub"):
        (request.folder / name).unlink(missing_ok=True)


def validated(
    request: VmRequest, packer: Packer, *, reduced: str, values: Mapping[str, str]
) -> str:
    """What a Packer with azure-arm built in says of the reduced template, in one line; BuildError if it
    refuses."""
    if packer.version >= FIRST_BARE:
        return f"the reduced template: {NOT_HERE}: {_name(packer)} has no azure-arm of its own"
    command = packer.validate(request.folder / reduced, cwd=request.folder)
    argv = (*command.argv[:2], *_values({**values, **request.own}), command.argv[-1])
    env = {**packer.env, **request.environment}
    process.run(replace(command, argv=argv, env=env, secrets=_secrets(request)), log=request.log)
    return f"the reduced template (not the whole one) is valid for {_name(packer)}"


def need(packer: Packer, *, lowest: tuple[int, int]) -> None:
    """ToolError where no Packer is there to build with, or none whose plugin is of this minor release or a
    newer one, and of its major."""
    wanted = f"{lowest[0]}.{lowest[1]}"
    if packer.version < FIRST_BARE:
        raise ToolError(
            f"{NOT_HERE}: {_name(packer)} has the azure-arm of its day, route `vm` needs plugin {wanted}",
            hint="install Packer 1.10 or later; the rendered build stays where it was written",
        )
    argv = (str(packer.path), "plugins", "installed")
    done = process.run(Command(argv=argv, env=packer.env, timeout=60), check=False)
    found = [(int(major), int(minor)) for major, minor in PLUGIN.findall(done.stdout)]
    hint = "`packer init` the rendered folder `plugins`, or name a folder as packer.plugins in site.yaml"
    if not found:
        raise ToolError(f"{NOT_HERE}: {_name(packer)} has no plugin azure", hint=hint)
    # the template names no version: Packer takes the newest that it has
    newest = max(found)
    if not lowest <= newest < (lowest[0] + 1, 0):
        raise ToolError(
            f"{_name(packer)} has plugin azure {newest[0]}.{newest[1]}: the options of route `vm` are those "
            f"of {wanted} and later, below {lowest[0] + 1}.0",
            hint=hint,
        )


def run(
    request: VmRequest, attempt: Attempt, *, packer: Packer, on_step: Callable[[str], None]
) -> Result:
    """One run of Packer to its end, whatever it is."""
    lines: list[str] = []

    def tell(line: str) -> None:
        lines.append(line)
        if step := azure_log.step(line):
            on_step(step)

    command = packer.build(request.folder / attempt.template, cwd=request.folder, env={})
    argv = (*command.argv[:-1], *_values({**attempt.values, **request.own}), command.argv[-1])
    command = replace(
        command,
        argv=argv,
        env={**packer.env, **request.environment},
        timeout=request.seconds,
        secrets=_secrets(request),
    )
    try:
        code = process.run(command, log=request.log, on_line=tell, check=False).returncode
    except CommandFailed as error:  # its time is over
        code = error.returncode
    for name, said in sysprep.logs(lines).items():
        path = request.log.with_name(f"{request.log.stem}-{name}")
        path.write_text("\n".join(said) + "\n", encoding="utf-8")
    return azure_log.read(lines, returncode=code, spot=attempt.spot)


def environment(folder: Path, *, uv: Path, transport: str, windows: bool) -> dict[str, str]:
    """The environment of Packer and Ansible beside the user's own."""
    return {
        **({LOGIN: password()} if windows else {}),
        "BURNISH_TRANSPORT": transport,
        "BURNISH_KEY": str(folder / KEY),
        "BURNISH_UV": str(uv),
        "ANSIBLE_CONFIG": str(folder / "ansible" / "ansible.cfg"),
        "ANSIBLE_ROLES_PATH": str(folder / "roles"),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
        "PACKER_CACHE_DIR": str(folder / ".packer"),
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def _values(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(part for name, value in values.items() for part in ("-var", f"{name}={value}"))


def _secrets(request: VmRequest) -> tuple[str, ...]:
    return (*(os.environ.get(name, "") for name in SECRETS), request.environment.get(LOGIN, ""))


def _name(packer: Packer) -> str:
    return f"Packer {'.'.join(map(str, packer.version))}"
