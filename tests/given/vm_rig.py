"""A target of route `vm` in the emulated Azure, a plan, and a fake Packer that plays logs. Labelled so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure_builds
import fake_packer
from burnish.build import azure_vm
from burnish.build.azure_log import Result
from burnish.build.azure_vm import Attempt, VmRequest
from burnish.build.packer import ask
from burnish.gallery.azure import leaked
from burnish.gallery.azure.resources import Resources
from burnish.gallery.azure.versions import Versions
from burnish.model.command import Command
from burnish.model.plan import Plan
from burnish.render.azure import PLAIN, SPOT, render_azure
from burnish.stages.vm_build import VmBuild
from cloud import NOW, Cloud
from emulator.emulator import Emulator
from makers import manifest


@dataclass
class Rig:
    """A target, a plan, and a fake Packer whose good log makes the version in the emulator."""

    arm: Emulator
    folder: Path
    plan: Plan
    machine: dict[str, Any] = field(default_factory=dict)
    tried: list[bool] = field(default_factory=list)
    leaves: bool = True
    state: str = "Succeeded"

    def build(self, *logs: str) -> VmBuild:
        """The build, with Packer's logs in their order."""
        self.cloud = Cloud(arm=self.arm, folder=self.folder)
        target = azure_builds.target(inbound=("192.0.2.7",), **self.machine)
        shelf = replace(self.cloud.shelf(), resource_group="images", gallery="golden")
        self.packer = ask(fake_packer.write(self.folder / "bin", *logs))
        files = render_azure(self.plan, build=azure_builds.build(target))
        self.request = VmRequest(
            files=files,
            staged={},
            inputs={},
            checks=Command(argv=("true",)),
            folder=self.folder / "build",
            log=self.folder / "packer.log",
            environment=self._environment(),
            seconds=30,
        )
        azure_vm.lay_out(self.request)
        resources = Resources(
            client=shelf.client,
            subscription=self.arm.subscription,
            patience=self.cloud.patience,
            interval=1.0,
        )
        return VmBuild(
            plan=self.plan,
            target=target,
            versions=Versions(shelf=shelf, image=self.plan.image.name, monitor=self.cloud.told),
            resources=resources,
            manifest=lambda: manifest(
                image=self.plan.image.name, plan=self.plan.id, verdicts=(), artifacts={}, sizes={}
            ),
            monitor=self.cloud.told,
            work=self.folder / "work",
            now=lambda: NOW,
            run=self.run,
        )

    def _environment(self) -> dict[str, str]:
        windows = self.plan.base.os == "windows"
        return {azure_vm.LOGIN: azure_vm.password()} if windows else {}

    def run(self, spot: bool, values: Mapping[str, str]) -> Result:
        """Packer, and what it would have done in Azure."""
        self.tried.append(spot)
        own = leaked.tags("build", self.plan.id, until=NOW + timedelta(hours=8))
        if self.leaves:
            self.arm.state.add_group(values["group"], tags=own)
            self.arm.state.add(
                "Microsoft.Compute/virtualMachines", "vm", group=values["group"], tags=own
            )
        attempt = Attempt(template=SPOT if spot else PLAIN, values=values, spot=spot)
        result = azure_vm.run(
            self.request, attempt, packer=self.packer, on_step=self.cloud.told.detail
        )
        if result.ending.then in ("done", "look"):
            self.put(values["version"], own)
        return result

    def put(self, number: str, own: dict[str, str]) -> None:
        """The version that Packer makes: one region, excluded from latest, tagged as its machine."""
        place = {"name": "West Europe", "regionalReplicaCount": 2, "excludeFromLatest": True}
        profile = {"targetRegions": [place], "excludeFromLatest": True, "replicaCount": 1}
        name = f"golden/images/{self.plan.image.name}/versions/{number}"
        made = self.arm.state.add(
            "Microsoft.Compute/galleries",
            name,
            tags=own,
            properties={
                "publishingProfile": profile,
                "storageProfile": {"source": {"virtualMachineId": "/subscriptions/x/vm"}},
                "provisioningState": self.state,
            },
        )
        made.kind = "Microsoft.Compute/galleries/images/versions"
        made.document |= {"name": number, "type": made.kind}


def groups(rig: Rig) -> list[str]:
    return sorted(rig.arm.state.groups)
