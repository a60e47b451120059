"""The commands that act on images: build and verify."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from burnish import pipeline
from burnish.cli import disks, on_vm, views, wine
from burnish.cli.context import Context, image_name, output, pass_context, target
from burnish.model.plan import Plan
from burnish.model.remote import Remote
from burnish.pipeline import Options, Run, World

FIRMWARE = ("uefi", "bios", "secureboot")
LEVELS = ("container", "artifact", "vm", "gpu", "azure", wine.LEVEL)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

system = click.option("--os", "system", help="A base or its alias, such as debian or ubuntu-24.04.")
as_json = click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
gpu = click.option("--gpu", type=click.Choice(["0", "1"]), default="0", help="1: the GPU image.")


@click.command()
@click.argument("image", required=False)
@system
@gpu
@click.option("--target", default="local", help="Where the version goes.")
@click.option("--locked", is_flag=True, help="Refuse to resolve pins that are open or vanished.")
@click.option("--offline", is_flag=True, help="Fetch nothing: build from the cache alone.")
@click.option(
    "--force", is_flag=True, help="File a new version even if this plan is filed already."
)
@click.option("--if-changed", is_flag=True, help="Exit 3 if there is nothing to do.")
@click.option("--until", default="", help="Stop after this layer, or: rootfs, layers, container.")
@click.option("--all", "every", is_flag=True, help="Every check in the VM, even if it is emulated.")
@click.option("--firmware", type=click.Choice(FIRMWARE), help="Boot with this firmware.")
@click.option(
    "--lock",
    "lock_file",
    type=FILE,
    help="Build from this lock, such as the lock.yaml of a version.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
@as_json
@pass_context
def build(context: Context, /, **given: str) -> None:
    """Build IMAGE, prove it, boot it, and file it in the gallery."""
    options = Options(
        locked=bool(given["locked"]),
        offline=bool(given["offline"]),
        force=bool(given["force"]),
        if_changed=bool(given["if_changed"]),
        every_check=bool(given["every"]),
        firmware=given["firmware"] or "",
        until=given["until"],
        given_lock=bool(given["lock_file"]),
    )
    world = context.world(options)
    image = pipeline.pick(
        world,
        image_name(given["image"], given["system"]),
        flavour="gpu" if given["gpu"] == "1" else "cpu",
        target=given["target"],
    )
    lock_file = Path(given["lock_file"]) if given["lock_file"] else None
    if pipeline.azure_vm.applies(world, given["target"]):
        plan = pipeline.azure_vm.plan(world, image, to=given["target"], lock_file=lock_file)
        _on_vm(world, plan, given=given)
        return
    plan = pipeline.plan(world, image, lock_file=lock_file)
    pipeline.refuse(plan, until=options.until)
    goes_on = pipeline.publishing.goes_on(world, given["target"], environment=os.environ)
    if given["dry_run"]:
        _show(world, plan, as_json=bool(given["as_json"]))
        return
    run = pipeline.start(world, plan)
    _tell(context, run, given=given)
    if goes_on and run.manifest:
        done = pipeline.publishing.publish(
            world, run.manifest, to=given["target"], environment=os.environ
        )
        click.echo(views.published(done), err=bool(given["as_json"]))


def _on_vm(world: World, plan: Plan, *, given: Mapping[str, str]) -> None:
    """Build on a VM in Azure, or show what that would be."""
    at = pipeline.azure_vm.site(world, plan, environment=os.environ)
    if given["dry_run"]:
        shown = pipeline.azure_vm.shown(world, at)
        click.echo(json.dumps(shown, indent=2) if given["as_json"] else on_vm.planned(shown))
        pipeline.need_compatible(world, plan)
        return
    done = pipeline.azure_vm.build(world, at)
    click.echo(json.dumps(asdict(done), indent=2) if given["as_json"] else views.published(done))


def _show(world: World, plan: Plan, *, as_json: bool) -> None:
    """The plan; DefinitionError if no build of it begins."""
    schedule, fit = pipeline.schedule(world, plan), pipeline.fit(world, plan)
    if as_json:
        click.echo(json.dumps(views.plan_data(plan, schedule, fit=fit), indent=2))
    else:
        output().print(views.plan(plan, schedule, fit=fit))
    # a dry run has shown by then what it can
    pipeline.need_compatible(world, plan, of=fit)


def _tell(context: Context, run: Run, *, given: Mapping[str, str]) -> None:
    if given["as_json"]:
        click.echo(json.dumps(views.built(run), indent=2))
    elif run.manifest is None or run.folder is None:
        click.echo(f"stopped after {given['until']}: nothing filed")
    elif run.seconds:
        context.story.print(views.verdicts(run.manifest))
        click.echo(run.folder)
    else:
        click.echo(f"{run.folder}: filed and proven already, nothing to do")


@click.command()
@click.argument("version")
@click.option("--level", type=click.Choice(LEVELS), help="Only this; gpu needs --host.")
@click.option(
    "--host",
    default="",
    help="For gpu: [USER@]HOST[:PORT] over SSH, or localhost; for azure: winrm://USER@HOST[:PORT].",
)
@click.option("--key", type=FILE, help="The private key for --host; else what SSH finds.")
@click.option("--reboot", is_flag=True, help="At vm or gpu: restart, and every check once more.")
@click.option(
    "--disk", type=FILE, help="A built Windows disk (VHD, raw, qcow2), read without booting."
)
@target
@click.option("--all", "every", is_flag=True, help="Every check, even if emulated or under Wine.")
@click.option("--firmware", type=click.Choice(FIRMWARE), help="Boot with this firmware.")
@click.option("--json", "as_json", is_flag=True, help="The verdicts as JSON.")
@click.option("--dry-run", is_flag=True, help="Show which levels would be proven, and stop.")
@pass_context
def verify(context: Context, /, **given: str) -> None:
    """Prove a filed VERSION (IMAGE/VERSION, or IMAGE for its newest) with today's checks.

    Level wine is about an IMAGE of Windows of which nothing has to be filed: its wheels, under Wine.
    With --disk, VERSION may be the name of an image: its plan as it is today.
    With --target in Azure: the version there, on a machine that is made of it and removed again.
    With --level azure --host winrm://USER@HOST: an image of Windows by its name, on that machine.
    """
    if (given["level"] == "azure") != given["host"].startswith("winrm"):
        raise click.UsageError("--level azure and --host winrm://USER@HOST go together")
    if given["level"] == "azure":
        _on_windows(context, given)
        return
    if given["disk"]:
        disks.verify(context, given)
        return
    remote = _remote(given)
    if given["level"] == wine.LEVEL:
        asked = {name: bool(given[name]) for name in ("every", "as_json", "dry_run")}
        wine.verify(context, given["version"], **asked)
        return
    if given["target"] != "local":
        _in_azure(context.world(), given)
        return
    _filed(context, given, remote=remote)


def _filed(context: Context, given: Mapping[str, str], *, remote: Remote | None) -> None:
    """Prove a version that is filed here, or show at which levels."""
    options = Options(
        every_check=bool(given["every"]),
        firmware=given["firmware"] or "",
        reboot=bool(given["reboot"]),
    )
    world = context.world(options)
    manifest = world.gallery.find(given["version"])
    if given["dry_run"]:
        if remote:
            pipeline.may_be_verified_on(world, manifest)
            shown = f"gpu on {remote.host}"
        else:
            shown = ", ".join(pipeline.to_prove(world, manifest, level=given["level"] or ""))
        click.echo(f"{manifest.image}/{manifest.version}: would prove {shown or 'nothing'}")
        return
    if remote:
        run = pipeline.verify_on(world, manifest, remote=remote)
    else:
        run = pipeline.verify(world, manifest, level=given["level"] or "")
    assert run.manifest is not None
    if given["as_json"]:
        click.echo(json.dumps(json.loads(world.codec.dump(run.manifest))["verdicts"], indent=2))
    else:
        click.echo(f"{manifest.image}/{manifest.version}: {views.verdicts(run.manifest)}")


def _in_azure(world: World, given: Mapping[str, str]) -> None:
    """Prove a version where it is, or show how."""
    for name in ("level", "host", "every", "firmware", "reboot"):
        if given[name]:
            raise click.UsageError(
                "a version in Azure is proven at level azure, on a machine of its own"
            )
    at = pipeline.reproof.find(world, given["version"], at=given["target"], environment=os.environ)
    if given["dry_run"]:
        click.echo(json.dumps(pipeline.reproof.shown(world, at), indent=2))
        return
    verdict = pipeline.reproof.prove(world, at)
    if given["as_json"]:
        click.echo(json.dumps([asdict(verdict)], indent=2))
    else:
        passed = sum(each.outcome == "passed" for each in verdict.results)
        name = f"{at.manifest.image}/{at.manifest.version}"
        click.echo(f"{name} at {given['target']}: azure {passed}/{len(verdict.results)}")


def _on_windows(context: Context, given: Mapping[str, str]) -> None:
    """Prove the plan of an image on a Windows machine of the user's."""
    if given["key"] or given["reboot"] or given["firmware"]:
        raise click.UsageError(
            "over WinRM there is no key, restart or firmware: BURNISH_PASSWORD logs in"
        )
    world = context.world(Options(every_check=bool(given["every"])))
    on = pipeline.windows_machine.machine(
        given["host"], password=os.environ.get("BURNISH_PASSWORD", "")
    )
    plan = pipeline.plan(world, pipeline.pick(world, given["version"]))
    if given["dry_run"]:
        click.echo(f"{plan.image.name}: would prove azure on {on.host}, over WinRM")
        return
    verdict = pipeline.windows_machine.verify(world, plan, on=on)
    if given["as_json"]:
        click.echo(json.dumps(asdict(verdict), indent=2))
        return
    passed = sum(each.outcome == "passed" for each in verdict.results)
    click.echo(f"{plan.image.name}: azure {passed}/{len(verdict.results)}: {verdict.where}")


def _remote(given: Mapping[str, str]) -> Remote | None:
    """The machine named for level gpu; UsageError for options that do not go together."""
    if (given["level"] == "gpu") != bool(given["host"]):
        raise click.UsageError("--level gpu and --host HOST go together")
    if not given["host"]:
        if given["key"]:
            raise click.UsageError("--key is about the machine that --host names")
        if given["reboot"] and given["level"] not in (None, "vm"):
            raise click.UsageError(f"nothing is started at level {given['level']}: --level vm")
        return None
    remote = Remote.parse(given["host"], key=Path(given["key"]) if given["key"] else None)
    if remote.local and given["reboot"]:
        raise click.UsageError("this machine cannot be restarted by what runs on it: use SSH")
    return remote


COMMANDS = (build, verify)
