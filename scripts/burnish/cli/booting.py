"""The command `boot`: a shell on a filed version, here as it is or in a simulated Azure."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from burnish import pipeline
from burnish.cli.context import Context, output, pass_context
from burnish.errors import ChecksFailed, UsageError
from burnish.model.fabric import Asked, Fabric, Provisioned
from burnish.pipeline import Options

FIRMWARE = ("uefi", "bios", "secureboot")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
USER = "azureuser"


@click.command()
@click.argument("version")
@click.option("--firmware", type=click.Choice(FIRMWARE), help="Boot with this firmware.")
@click.option("--azure", is_flag=True, help="In a simulated Azure, until it reports ready there.")
@click.option("--user", default=USER, show_default=True, help="With --azure: its administrator.")
@click.option("--key", type=FILE, help="With --azure: a public key to log in with, beside ours.")
@click.option("--json", "as_json", is_flag=True, help="With --azure: what came of it, no shell.")
@click.option("--dry-run", is_flag=True, help="Print QEMU's command and stop.")
@pass_context
def boot(context: Context, /, version: str, **given: Any) -> None:
    """Boot a filed VERSION on a throw-away overlay and give a shell on it.

    With --azure it finds itself in a simulated Azure: metadata service, wireserver, provisioning disc.
    Shown is what it asked there, and when it reported ready.
    """
    world = context.world(Options(firmware=given["firmware"] or ""))
    manifest = world.gallery.find(version)
    fabric = _fabric(manifest.image, given=given)
    if given["dry_run"]:
        click.echo(pipeline.booting.command(world, manifest, fabric=fabric))
        return
    if fabric is None:
        code = pipeline.booting.shell(world, manifest)
    else:
        tell = _told if given["as_json"] else _shown
        came = pipeline.booting.in_azure(
            world, manifest, fabric=fabric, tell=tell, shell=not given["as_json"]
        )
        if came.found.problems:
            raise ChecksFailed(
                "\n".join((f"{version} in a simulated Azure:", *came.found.problems))
            )
        code = came.code
    if code:
        raise click.exceptions.Exit(code)


def _fabric(image: str, *, given: dict[str, Any]) -> Fabric | None:
    """What the machine is told, if it is to be told anything."""
    if not given["azure"]:
        if given["key"] or given["as_json"] or given["user"] != USER:
            raise UsageError("--user, --key and --json are about the simulated Azure: add --azure")
        return None
    keys = () if given["key"] is None else (_public(given["key"]),)
    return Fabric(user=given["user"], hostname=image, keys=keys)


def _public(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    if "\n" in text or not text.startswith(("ssh-", "ecdsa-", "sk-")):
        raise UsageError(f"{path}: no public key", hint="it is the file that ends with .pub")
    return text


def _told(found: Provisioned) -> None:
    click.echo(json.dumps(asdict(found), indent=2))


def _shown(found: Provisioned) -> None:
    """The journal, the milestones, the answers."""
    table = Table("seconds", "asked", "request", "answer", "said", box=None)
    for each in found.journal:
        table.add_row(f"{each.seconds:.1f}", each.server, *_request(each), each.said)
    output().print(table)
    for name, value in (*found.facts.items(), ("second disk", found.second_disk)):
        click.echo(f"{name}: {value}")
    click.echo(
        f"ready after {found.ready:.1f} s in a simulated Azure ({found.accelerator}, {found.firmware})"
    )


def _request(asked: Asked) -> tuple[str, str]:
    return f"{asked.method} {asked.path}".strip(), str(asked.status) if asked.status else "none"


COMMANDS = (boot,)
