"""Route `vm` as commands have it: what it refuses, what it would do, the build, the proof, what is leaked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from burnish.build import azure_vm, packer
from burnish.build.azure_log import Result
from burnish.build.azure_vm import Attempt, VmRequest
from burnish.build.packer import Packer
from burnish.catalog.locks import dump_lock
from burnish.errors import BuildError, PublishError, UsageError
from burnish.gallery.azure import proof
from burnish.gallery.azure.leaked import Leaked, Leftover
from burnish.gallery.azure.resources import Resources
from burnish.gallery.azure.versions import Versions
from burnish.lock.wheels import uv
from burnish.model.image import Image, Target
from burnish.model.manifest import Manifest
from burnish.model.plan import Layer, Plan
from burnish.model.publication import Published
from burnish.plan.origins import SECTION
from burnish.render import transport, windows
from burnish.render.azure import PLAIN, REDUCED, SPOT, AzureBuild, render_azure
from burnish.stages import (
    capture,
    compatible,
    filed_proofs,
    homes,
    inputs,
    layers,
    plans,
    vm_lock,
    vm_proof,
)
from burnish.stages.homes import Environment, Way
from burnish.stages.prove import Asked
from burnish.stages.run import Run, World
from burnish.stages.vm_build import VmBuild


@dataclass(frozen=True, kw_only=True)
class Site:
    """A plan at a target of route `vm`, and the way there."""

    plan: Plan
    way: Way

    @property
    def target(self) -> Target:
        """The target."""
        return self.way.target


def applies(world: World, target: str) -> bool:
    """Whether a build for this target is one on a VM in Azure."""
    found = homes.named(world, target)
    return found.kind == "azure" and found.route == "vm"


def plan(world: World, image: Image, *, to: str, lock_file: Path | None = None) -> Plan:
    """The plan of an image at a target of this route; UsageError for what it cannot do."""
    # the target's own values first: they decide what is planned
    homes.in_azure(world, to)
    made = plans.plan(world, image, lock_file=lock_file, target=to)
    # a key of the site is never lent to a machine elsewhere
    if getattr(image, "signing", ""):
        raise UsageError(
            f"{image.name} signs kernel modules with this site's key, which is not sent to a VM in Azure",
            hint="publish it by a target with `route: upload`: it is built and signed here",
        )
    if made.base.marketplace is None:
        raise UsageError(
            f"{image.name} is not built by route `vm`: {made.base.name} has no marketplace image",
            hint="publish it by a target with `route: upload`",
        )
    network = made.target.machine.network
    # nobody checks the certificate of its WinRM: who may come in is all that keeps others out
    if made.base.os == "windows" and network and network.public_address:
        raise UsageError(
            f"{to}: everybody could reach WinRM of the machine that {image.name} is built on",
            hint="in `machine`: `inbound: [YOUR_ADDRESS]` without `network`, or a `network` without "
            "`public_address`",
        )
    return made


def site(world: World, plan: Plan, *, environment: Environment) -> Site:
    """The way to a plan's target; UsageError where the environment lacks something."""
    return Site(plan=plan, way=homes.way(world, plan.target, environment=environment))


def shown(world: World, at: Site) -> dict[str, Any]:
    """What a build would do, nobody asked: its files, its values, and the list of its proof."""
    build = _build(world, at, run=_never)
    number = "YYYY.MDD.N"
    version = f"(the id of {at.plan.image.name})/{number}"
    wanted = vm_proof.wanted_of(world, at.plan, way=at.way, version=version)
    listed = [asdict(each) for each in proof.steps(wanted)]
    return {
        "plan": at.plan.id,
        "open": [f"{each.section}: {each.reason}" for each in at.plan.open],
        "files": _files(world, at),
        "values": build.values(number),
        "proof": listed,
    }


def build(world: World, at: Site) -> Published:
    """Build, file at the target as a candidate, and prove it on a machine made of it.

    DefinitionError for what no GPU would run; BuildError while anything of the plan is open; ToolError where
    no Packer can do it, the build rendered.
    """
    compatible.refuse(world, at.plan)
    if at.plan.open:
        lines = "\n".join(f"  - {each.section}: {each.reason}" for each in at.plan.open)
        raise BuildError(
            f"{at.plan.image.name}: not everything is pinned:\n{lines}",
            hint="; ".join(_pinning(at.plan)),
        )
    with vm_lock.held(world, at.plan.image.name, to=at.target.name):
        done = _built(world, at)
    vm_proof.prove(world, at.plan, way=at.way, number=done.version)
    return done


def _built(world: World, at: Site) -> Published:
    of = capture.wanted(world, at.plan, location=at.target.location)
    request = _request(world, at, of=of)
    release = replace(packer.PINNED, url=world.site.packer.url or packer.PINNED.url)
    plugins = Path(world.site.packer.plugins) if world.site.packer.plugins else None
    found = packer.find(world.store.root, release, plugins=plugins)
    azure_vm.lay_out(request)
    try:
        values = _build(world, at, run=_never).values("2000.101.0")
        told = azure_vm.validated(request, found, reduced=REDUCED, values=values)
        world.monitor.say(told)
        azure_vm.need(found, lowest=world.catalog.azure_options.lowest)
        runs = _runs(world, at, request=request, of=of, packer=found)
        return _build(world, at, run=runs).build()
    finally:
        azure_vm.forget(request)


def _pinning(plan: Plan) -> Iterator[str]:
    """What pins the sections that are open."""
    if any(each.section != SECTION for each in plan.open):
        yield f"`burnish lock {plan.image.name}` where that is reached, or through a mirror: docs/site.md"
    if any(each.section == SECTION for each in plan.open):
        yield f"`burnish lock {plan.image.name} --origin FILE`; docs/azure-vm.md says how"


def leaked(world: World, to: str, *, environment: Environment) -> Leaked:
    """What dead builds left in a target's subscription."""
    way = homes.way(world, homes.in_azure(world, to), environment=environment)
    return Leaked(resources=_resources(way), now=world.now)


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What of the leftovers is gone, and why the others could not be removed."""

    gone: list[Leftover]
    failed: list[PublishError]

    def need_all(self) -> None:
        """PublishError that names all that could not be removed, with the way out of the first."""
        if self.failed:
            lines = "\n".join(f"  - {each.message}" for each in self.failed)
            text = f"{len(self.failed)} could not be removed:\n{lines}"
            raise PublishError(text, hint=self.failed[0].hint)


def swept(world: World, found: Leaked, *, leftovers: list[Leftover]) -> Swept:
    """Remove those that are still what they were. One that Azure keeps is no reason to keep the others."""
    done = Swept(gone=[], failed=[])
    for each in leftovers:
        world.monitor.detail(f"removing {each.name}")
        try:
            if found.remove(each):
                done.gone.append(each)
        except PublishError as error:
            done.failed.append(error)
    return done


def _runs(world: World, at: Site, *, request: VmRequest, of: Asked, packer: Packer) -> Any:
    def run(spot: bool, values: Mapping[str, str]) -> Result:
        attempt = Attempt(template=SPOT if spot else PLAIN, values=values, spot=spot)
        capture.forget(of)
        result = azure_vm.run(request, attempt, packer=packer, on_step=world.monitor.detail)
        if capture.judges(result.ending):
            capture.came(world, at.plan, of=of)
        return result

    return run


def _never(spot: bool, values: Mapping[str, str]) -> Result:
    raise AssertionError(f"nothing is built for a look: {spot}, {values}")


def _files(world: World, at: Site) -> dict[str, str]:
    wanted = AzureBuild(
        target=at.target,
        table=world.catalog.azure_options,
        templates=world.catalog.templates,
        login=at.way.reach.login.kind,
    )
    return render_azure(at.plan, build=wanted)


def _request(world: World, at: Site, *, of: Asked) -> VmRequest:
    run, folder = Run(plan=at.plan), world.build / "work" / at.plan.image.name / "vm"
    own = [layer for layer in at.plan.layers if layer.roles]
    linux = at.plan.base.os == "linux"
    told = transport.environment() if linux else windows.transport(world.site)
    with world.monitor.step("inputs"):
        given = _inputs(world, at.plan, own=own) if linux else {}
    return VmRequest(
        files=_files(world, at),
        staged={name: path for layer in own for name, path in layers.staged(world, layer).items()},
        inputs=given,
        checks=capture.command(of),
        folder=folder,
        log=world.log(run, "vm"),
        environment=azure_vm.environment(
            folder, uv=uv(), transport=json.dumps(told), windows=not linux
        ),
        seconds=at.target.machine.hours * 3600.0,
    )


def _inputs(world: World, plan: Plan, *, own: list[Layer]) -> dict[str, Path]:
    """The folder of each layer's packages, wheels and downloads, fetched here; Windows fetches its own."""
    run = Run(plan=plan)
    inputs.bring_all(world, run, layers=own)
    return {
        layer.name: Path(inputs.lay_out(world, run, layer=layer, lock=plan.lock).settings)
        for layer in own
    }


def _build(world: World, at: Site, *, run: Any) -> VmBuild:
    return VmBuild(
        plan=at.plan,
        target=at.target,
        versions=Versions(shelf=at.way.shelf, image=at.plan.image.name, monitor=world.monitor),
        resources=_resources(at.way),
        manifest=lambda: described(world, at.plan),
        monitor=world.monitor,
        work=homes.work(world, at.target.name),
        now=world.clock,
        run=run,
    )


def described(world: World, plan: Plan) -> Manifest:
    """What the version's tags say of it: it has no disk here, and what was proven of its plan."""
    return Manifest(
        format=1,
        image=plan.image.name,
        version="",
        channel="candidate",
        plan=plan.id,
        base=plan.base.name,
        flavour=plan.image.flavour,
        epoch=plan.top.epoch,
        built_at=world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        layers=(),
        artifacts={},
        sizes={},
        seconds={},
        software=(),
        verdicts=filed_proofs.filed(world, plan),
        lock=hashlib.sha256(dump_lock(plan.lock).encode()).hexdigest(),
        host={},
        left_out={each.name: each.text for each in plan.left_out},
        licences=plan.by_licence,
        standin=plan.lock.standin,
        accepts=tuple(each.text for each in plan.image.accepts),
    )


def _resources(way: Way) -> Resources:
    return Resources(
        client=way.reach.compute(way.patience),
        subscription=way.reach.subscription,
        patience=way.patience,
        interval=way.reach.interval,
    )
