"""Takes a plan, the table and a day; gives the `Fit`: what does not go together, and what nobody knows.

Each finding names both sides and the way out. Only the end of a branch can be accepted: with
everything else an image would be built that fails on its first GPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from burnish.model.compatibility import Acceptance, Branch, Compatibility
from burnish.model.gpu import Finding, Fit, Stack
from burnish.model.image import Image
from burnish.model.plan import Plan
from burnish.model.role import Role
from burnish.plan.gpu.architectures import architectures
from burnish.plan.gpu.environments import environments, needs
from burnish.plan.gpu.found import stack
from burnish.plan.gpu.secure import secure_boot
from burnish.plan.gpu.sizes import Case, served

ENDED = "ended"
HOW = "docs/gpu.md says how to add a fact"


def fit(plan: Plan, table: Compatibility, *, roles: Mapping[str, Role], today: date) -> Fit:
    """An image with its lock, against the table, on a day."""
    found = stack(plan, table, roles=roles)
    image = plan.image
    if image.flavour == "cpu":
        told = [*_of_nvidia(found), *_secure_boot(plan, found, today=today)]
        judged = _judged(told, image, today=today)
        return Fit(stack=found, findings=judged, secure_boot=secure_boot(found, plan))
    driver = table.branch(found.branch) if found.branch else None
    cuda = driver.cuda if driver else ""
    case = Case(stack=found, table=table, image=image, driver=cuda, today=today)
    findings = [
        *_driver(found, driver, today=today),
        *environments(found, table, driver=cuda),
        *architectures(found, table, driver=cuda),
        *_secure_boot(plan, found, today=today),
        *_size(case),
    ]
    return Fit(
        stack=found,
        findings=_judged(findings, image, today=today),
        unknown=tuple(_unknown(found, driver, image=image, table=table)),
        sizes=served(case) if found.branch else (),
        driver=driver,
        cuda=cuda,
        secure_boot=secure_boot(found, plan),
    )


def _of_nvidia(found: Stack) -> Iterator[Finding]:
    for section, names in found.packages.items():
        yield Finding(
            path=section,
            text=f"an image for processors, and {_told(names)} of NVIDIA's",
            hint="take what asks for it out (xgboost-cpu, tensorflow-cpu), or give the image `flavour: gpu`",
        )


def _driver(found: Stack, driver: Branch | None, *, today: date) -> Iterator[Finding]:
    for path, text in found.malformed:
        yield Finding(path=path, text=text, hint="roles/cuda/README.md says what it may be")
    if len(found.branches) > 1:
        sides = (f"{branch}: {_told(names)}" for branch, names in sorted(found.branches.items()))
        text = f"packages of two branches of the driver: {'; '.join(sides)}"
        yield Finding(path="apt", text=text, hint="pin all of them to one branch")
    if found.branches and found.declared and found.declared not in found.branches:
        has = ", ".join(map(str, sorted(found.branches)))
        text = f"cuda_driver_branch asks for branch {found.declared}, the lock has {has}"
        yield Finding(path="cuda_driver_branch", text=text, hint="set it, or pin the driver to it")
    if driver and driver.ends and driver.ends < today:
        version = f" ({found.version})" if found.version else ""
        yield Finding(
            path="cuda_driver_branch",
            text=f"branch {driver.branch} of the driver{version} has had no support since {driver.ends}",
            hint="take a branch that has (docs/gpu.md lists them), or accept it in the image: "
            f"`accepts: [{{fact: {ENDED}-{driver.branch}, reason: ..., review: YYYY-MM-DD}}]`",
            fact=f"{ENDED}-{driver.branch}",
        )


def _secure_boot(plan: Plan, found: Stack, *, today: date) -> Iterator[Finding]:
    image, signing = plan.image, plan.signing
    signs = any(layer.signing for layer in plan.layers)
    if signing and not signs:
        text = f"{signing.name!r} is to sign kernel modules, and no layer of the image builds one"
        yield Finding(path="signing", text=text, hint="take `signing` out")
    if signing and signing.ends < today:
        text = f"the certificate {signing.name!r} was valid until {signing.ends}"
        hint = "make a new one; docs/gpu.md says how, and what becomes of older versions"
        yield Finding(path="signing", text=text, hint=hint)
    if image.security == "trusted-launch" and found.unsigned and not signs:
        yield Finding(
            path="security",
            text="trusted-launch starts machines with Secure Boot, which refuses the modules that "
            f"{_told(found.unsigned)} builds: nobody signed them",
            hint="`signing: NAME` with a key of your own (docs/gpu.md), `security: standard`, or a driver "
            "whose modules the distribution signs (Ubuntu's)",
        )


def _size(case: Case) -> Iterator[Finding]:
    table, size = case.table, case.image.vm_size
    if not case.stack.branch or not table.families:
        return
    family = table.family(size)
    if family is None:
        text = f"an image for GPUs is proven on {size}, which no family of the table has"
        yield Finding(path="vm_size", text=text, hint=f"take one that it serves; {HOW}")
        return
    for one in served(case):
        if one.family == family and not one.serves:
            text = f"{size} ({family.gpu}) is not served: {'; '.join(one.why)}"
            hint = "`burnish plan` lists the sizes that this image serves"
            yield Finding(path="vm_size", text=text, hint=hint)


def _judged(found: Iterable[Finding], image: Image, *, today: date) -> tuple[Finding, ...]:
    """The findings with what the image accepts, and what is wrong with that."""
    findings = list(found)
    facts = {each.fact for each in findings if each.fact}
    accepted = {each.fact: each for each in image.accepts if each.fact in facts}
    given = [replace(each, accepted=accepted.get(each.fact)) for each in findings]
    for index, each in enumerate(image.accepts):
        given += _acceptance(each, facts, path=f"accepts[{index}]", today=today)
    return tuple(given)


def _acceptance(
    given: Acceptance, facts: Iterable[str], *, path: str, today: date
) -> Iterator[Finding]:
    if given.fact not in facts:
        known = ", ".join(sorted(facts)) or "nothing"
        text = f"{given.fact!r} is accepted, and is no fact of this image that could be"
        yield Finding(path=f"{path}.fact", text=text, hint=f"there is {known} to accept")
    if not given.reason.strip():
        text = f"{given.fact} is accepted without a reason"
        yield Finding(path=f"{path}.reason", text=text, hint="say why it can't be otherwise yet")
    if given.review < today:
        text = f"the acceptance of {given.fact} was to be looked at by {given.review}"
        hint = "does its reason still hold? move `review`, or take a branch that has support"
        yield Finding(path=f"{path}.review", text=text, hint=hint)


def _unknown(
    found: Stack, driver: Branch | None, *, image: Image, table: Compatibility
) -> Iterator[str]:
    """What the table does not say of this image: told, and neither guessed nor refused."""
    if found.branch is None:
        yield "the driver: no layer of this image has the role cuda, or it installs none"
    elif driver is None:
        yield f"branch {found.branch} of the driver: the table has no such branch"
    elif not driver.cuda:
        yield f"branch {driver.branch} of the driver: which CUDA it brings"
    if driver and driver.ends is None:
        yield f"branch {driver.branch} of the driver: until when it has support"
    for environment in found.environments:
        for major in (m for m in sorted(needs(environment)) if table.major(m) is None):
            yield f"CUDA {major} in {environment.name}: which driver runs it"
        for each in environment.frameworks:
            name = f"{each.text} in {environment.name}"
            if each.build is None:
                yield f"{name}: what it was built with"
            elif each.build.by == "cuda" and not each.build.architectures:
                yield f"{name}: which architectures it has code for"
    for name in found.architectures:
        if table.architecture(name) is None:
            yield f"{name}: the table has no such architecture"
    family = table.family(image.vm_size)
    if family and family.secure_boot == "unknown" and image.security == "trusted-launch":
        yield f"{image.vm_size}: whether it can have Secure Boot"
    yield from (f"{section} is open: nothing in it was looked at" for section in found.unread)


def _told(names: Iterable[str], *, most: int = 3) -> str:
    shown = list(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more
