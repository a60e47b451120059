"""Proves a version in Azure on a machine made of it: the checks of level `azure`, the verdict in its tags."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from burnish import process
from burnish.build import azure_vm
from burnish.build.remote import connected
from burnish.build.winrm import PORTS, WinRm
from burnish.errors import BurnishError, PublishError, UsageError
from burnish.gallery.azure import bodies, proof, tags
from burnish.gallery.azure.patience import Patience
from burnish.gallery.azure.proof import Proof, Wanted
from burnish.gallery.azure.resources import Resources
from burnish.gallery.azure.shelf import Found
from burnish.gallery.azure.versions import Versions
from burnish.model.base import Level
from burnish.model.plan import Plan
from burnish.model.remote import Remote
from burnish.model.verdict import Verdict
from burnish.stages import homes, vm_lock, windows_machine
from burnish.stages.homes import Way
from burnish.stages.prove import Reach, Unproven, check
from burnish.stages.run import Run, World

# A machine that Azure calls ready may still start its SSH.
TRIES, PAUSE = 12, 15.0
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Login:
    """How checks log in: the private key, or of a Windows machine the password, which is in no file."""

    key: Path
    password: str = field(default="", repr=False)

    @property
    def public(self) -> str:
        """What the machine is told of the key."""
        return "" if self.password else self.key.with_suffix(".pub").read_text("utf-8").strip()


Checks = Callable[[str, Login], Verdict]


def prove(world: World, plan: Plan, *, way: Way, number: str) -> Verdict:
    """The verdict on a version; it is kept with the version, also one that failed, which is an error then."""
    run = Run(plan=plan)

    def over_winrm(address: str, login: Login) -> Verdict:
        port = PORTS["http"]
        on = WinRm(host=address, port=port, user=proof.USER, password=login.password, tls=False)
        # Azure calls a machine of Windows ready once its set-up has made the user with this password. Who
        # is refused then is refused for good, and asking on may lock the account.
        reach = answers(
            lambda: windows_machine.reach_of(on), patience=way.patience, hopeless=(UsageError,)
        )
        where = f"a machine made of it in {way.target.location}: {reach.where}"
        reach = replace(reach, where=where, left=(windows_machine.LEFT,))
        subject = id_of(way, plan, number=number)
        return windows_machine.proven(world, plan, reach=reach, subject=subject)

    def checks(address: str, login: Login) -> Verdict:
        known = login.key.with_name("known_hosts")
        remote = Remote(host=address, user=proof.USER, key=login.key, known=known)
        with connected(remote, home=login.key.parent) as there:
            # a key may be placed after SSH listens: a refusal counts no more than silence
            answers(there.who, patience=way.patience)
            where = f"a machine made of it in {way.target.location}, over SSH"
            reach = Reach(options=there.options, where=where, user=proof.USER)
            return check(
                world, run, level=Level.AZURE, subject=id_of(way, plan, number=number), reach=reach
            )

    windows = plan.base.os == "windows"
    return proven(world, plan, way=way, number=number, checks=over_winrm if windows else checks)


def proven(world: World, plan: Plan, *, way: Way, number: str, checks: Checks) -> Verdict:
    """The same with other checks."""
    with vm_lock.held(world, plan.image.name, to=way.target.name):
        return _proven(world, plan, way=way, number=number, checks=checks)


def _proven(world: World, plan: Plan, *, way: Way, number: str, checks: Checks) -> Verdict:
    versions = Versions(shelf=way.shelf, image=plan.image.name, monitor=world.monitor)
    if versions.one(number) is None:
        raise PublishError(
            f"{plan.image.name}/{number} is not at {way.target.name}",
            hint=f"`burnish list {plan.image.name} --target {way.target.name}` shows what is",
        )
    wanted = wanted_of(world, plan, way=way, version=id_of(way, plan, number=number))
    # of its own, so that nothing else of the user's is tried, and gone with the machine
    folder = homes.work(world, way.target.name) / wanted.group
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    login = _login(folder, plan)
    wanted = replace(wanted, key=login.public, password=login.password)
    resources = Resources(
        client=way.reach.compute(way.patience),
        subscription=way.reach.subscription,
        patience=way.patience,
        interval=way.reach.interval,
    )
    try:
        carried_out = Proof(
            resources=resources,
            monitor=world.monitor,
            wanted=wanted,
            checks=lambda address: _kept(versions, number, ask=lambda: checks(address, login)),
            note=folder.with_name(f"{wanted.group}.note"),
        )
        verdict: Verdict = carried_out.run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return verdict


def wanted_of(world: World, plan: Plan, *, way: Way, version: str) -> Wanted:
    """The machine of a version; its key is made when it is."""
    return Wanted(
        image=plan.image,
        target=way.target,
        version=version,
        plan=plan.id,
        key="(new)",
        subscription=way.reach.subscription,
        now=world.clock,
        password="(new)" if plan.base.os == "windows" else "",
    )


def _login(folder: Path, plan: Plan) -> Login:
    key = folder / azure_vm.KEY
    if plan.base.os == "windows":
        return Login(key=key, password=azure_vm.password())
    process.run(azure_vm.key(key))
    return Login(key=key)


def answers(
    ask: Callable[[], T], *, patience: Patience, hopeless: tuple[type[BurnishError], ...] = ()
) -> T:
    """What the machine answers, as soon as it lets somebody in. What is `hopeless` is not asked again."""
    for _ in range(1, TRIES):
        try:
            return ask()
        except hopeless:
            raise
        except BurnishError:
            patience.pause(PAUSE)
    return ask()


def _kept(versions: Versions, number: str, *, ask: Callable[[], Verdict]) -> Verdict:
    """The verdict of the checks, kept with the version while the machine is still there: its removal may
    fail, and would take along what was found out."""
    try:
        verdict = ask()
    except Unproven as error:
        try:
            _keep(versions, number, verdict=error.verdict)
        except PublishError as lost:  # what went wrong first is told
            versions.monitor.say(f"the verdict is not kept with {number}: {lost.message}")
        raise
    _keep(versions, number, verdict=verdict)
    return verdict


def _keep(versions: Versions, number: str, *, verdict: Verdict) -> None:
    def wanted(found: Found) -> Found | None:
        known = tags.decode(found.get("tags"), version=number)
        if known is None or verdict in known.verdicts:
            return None
        fresh = tags.encode(
            replace(known, verdicts=(*known.verdicts, verdict)), others=found.get("tags")
        )
        if fresh == found.get("tags"):
            return None
        return bodies.moved(found, tags=fresh, channel=known.channel)

    versions.change(number, wanted)


def id_of(way: Way, plan: Plan, *, number: str) -> str:
    """The version as Azure names it."""
    target = way.target
    return (
        f"/subscriptions/{way.reach.subscription}/resourceGroups/{target.resource_group}/providers"
        f"/Microsoft.Compute/galleries/{target.gallery}/images/{plan.image.name}/versions/{number}"
    )
