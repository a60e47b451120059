"""Takes what `packer build` of azure-arm printed; says how it ended, why, and what to do next. Pure.

The words are those of the plugin's own steps and of Azure's errors, read off its source and its users'
issues; no build of ours was recorded. docs/azure-vm.md is made of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from burnish.build import sysprep
from burnish.build.endings import AGAIN, Ending

VERSION = re.compile(
    r"(?:Shared Gallery Image Version ID|ManagedImageSharedImageGalleryId|SharedImageGalleryId)"
    r"\s*: '?(/subscriptions/\S+?/versions/[\d.]+)",
    re.IGNORECASE,
)
GROUP = re.compile(r"-> ResourceGroupName\s*: '([^']+)'")
CHECK = re.compile(r"tests/toolchains/test_\w+\.py::(\S+)")
TASK = re.compile(r"TASK \[(.+?)\]")
STEP = re.compile(r"^==> azure-arm[\w.-]*: (\S.*?)(?: \.\.\.)?$")
SECRET = re.compile(r"(temp admin password|Password)\s*: '[^']*'", re.IGNORECASE)


ENDINGS = (
    # before all others: a check's own words may be anything
    Ending(
        name="checks failed",
        words=("burnish: checks:",),
        then="end",
        says="the checks did not pass on the machine before its capture",
        next="`checks.log` in the build's folder has each; correct the role, then run the same command again",
    ),
    *sysprep.ENDINGS,
    Ending(
        name="drift",
        words=("burnish: drift:",),
        then="end",
        says="the marketplace image has other packages than the lock",
        next="`burnish lock IMAGE --origin FILE` with the list of today's image",
    ),
    Ending(
        name="spot quota",
        words=("lowprioritycores quota",),
        then="plain",
        says="the quota of spot cores is used up",
        next="ask for more `lowPriorityCores` in the portal (Quotas)",
        spot=True,
    ),
    Ending(
        name="no spot capacity",
        words=(
            "skunotavailable",
            "allocationfailed",
            "overconstrained",
            "spotpricegreaterthanprovidedmaxprice",
            "does not support azure spot",
            "azurespotfeaturenotenabledforsubscription",
        ),
        then="plain",
        says="Azure has no spot capacity for this size now",
        next="another size or region in the target, or `spot: false`",
        spot=True,
    ),
    Ending(
        name="spot eviction",
        words=(
            "operationpreempted",
            "evicted",
            "burnish: the machine is gone",
            "virtualmachines/.* was not found",
            "connection reset by peer",
            "broken pipe",
            "unreachable=1",
            "connection timed out",
            "timeout waiting for ssh",
        ),
        then="plain",
        says="the spot machine was taken away in the middle of the build",
        next="`spot: false` in the target, if it happens often",
        spot=True,
    ),
    Ending(
        name="quota",
        words=("quotaexceeded", r"exceeding approved .*quota", "deploymentquotaexceeded"),
        then="end",
        says="a limit of the subscription is reached",
        next="ask for more in the portal (Quotas), or another `sizes` in the target",
    ),
    Ending(
        name="no capacity",
        words=("skunotavailable", "allocationfailed", "overconstrained"),
        then="end",
        says="Azure has no capacity for this size in the region now",
        next="another size or region in the target, or wait",
    ),
    Ending(
        name="no definition",
        words=(
            "shared gallery image to which to publish .* does not exist",
            "gallery image .* does not exist",
        ),
        then="end",
        says="the gallery has no definition of the image",
        next="`burnish doctor IMAGE --target TARGET`",
    ),
    Ending(
        name="version exists",
        words=("image version .* already exists", "already exists for image"),
        then="look",
        says="the gallery has this number already",
        next=AGAIN,
    ),
    Ending(
        name="publishing timed out",
        words=("context deadline exceeded", "timed out", "timeout"),
        after="publishing to shared image gallery",
        then="look",
        says="Packer waited no longer; Azure goes on making the version",
        next=AGAIN,
    ),
    Ending(
        name="publishing failed",
        words=("error", "failed"),
        after="publishing to shared image gallery",
        then="look",
        says="making the version failed",
        next=AGAIN,
    ),
    Ending(
        name="login expired",
        words=("expiredauthenticationtoken", "invalidauthenticationtoken", "aadsts"),
        then="end",
        says="the login was refused, or ended during the build",
        next="log in again (`az login`), or look at the job's credentials; `burnish doctor` tells which",
    ),
    Ending(
        name="not allowed",
        words=("authorizationfailed", "requestdisallowedbypolicy"),
        then="end",
        says="the login may not do that, or a policy forbids it",
        next="`burnish doctor --target TARGET` names what is missing",
    ),
    Ending(
        name="machine never answered",
        words=("timeout waiting for ssh", "timeout waiting for winrm", "osprovisioningtimedout"),
        then="end",
        says="the machine started, and was never reached",
        next="look at `inbound` or `network` of the target: may this machine reach the other?",
    ),
    Ending(
        name="playbook failed",
        words=("fatal: ", "failed=[1-9]"),
        then="end",
        says="a task of a layer failed on the machine",
        next=f"read the task's own words in the log, correct the role, then {AGAIN}",
    ),
    Ending(
        name="agent failed",
        words=("waagent.*(?:not found|error)", "deprovision.*error"),
        then="end",
        says="the machine could not be made to forget that it was one",
        next="is the Azure Linux agent (waagent) in the marketplace image?",
    ),
)
ELSE = Ending(
    name="any other end",
    words=(),
    then="end",
    says="Packer ended without a version",
    next="read the end of the log",
)
CUT = Ending(
    name="packer killed, or out of time",
    words=(),
    then="look",
    says="Packer was ended before it was done",
    next=AGAIN,
)
MADE = Ending(name="made", words=(), then="done", says="the version was made", next="")
TABLE = (*ENDINGS, CUT, ELSE)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a log says: how the build ended, the version's id if one was made, the group that it used, the
    layer or step that it was at, and Azure's or Ansible's own lines of the reason."""

    ending: Ending
    version: str = ""
    group: str = ""
    step: str = ""
    reason: tuple[str, ...] = ()


def read(lines: Iterable[str], *, returncode: int, spot: bool) -> Result:
    """The result of a run that ended with this code."""
    text = [line.rstrip() for line in lines]
    versions = [found[1] for line in text if (found := VERSION.search(line))]
    groups = [found[1] for line in text if (found := GROUP.search(line))]
    steps = [told for line in text if (told := step(line))]
    made = returncode == 0 and bool(versions)
    ending, at = (MADE, -1) if made else _ending(text, returncode=returncode, spot=spot)
    return Result(
        ending=ending,
        version=versions[-1] if made else "",
        group=groups[0] if groups else "",
        step=steps[-1] if steps else "",
        reason=() if made else tuple(_reason(text, at)),
    )


def step(line: str) -> str:
    """What a line says is done now; nothing for all others."""
    if found := TASK.search(line) or CHECK.search(line):
        return found[1]
    found = STEP.match(line)
    return found[1] if found and not found[1].startswith("->") else ""


def struck(line: str) -> str:
    """A line without the password that old plugins print."""
    return SECRET.sub(r"\1: '***'", line)


def _ending(text: list[str], *, returncode: int, spot: bool) -> tuple[Ending, int]:
    """The first row that is met, and the line that meets it."""
    low = [line.lower() for line in text]
    for each in ENDINGS:
        if each.spot and not spot:
            continue
        start = next((at for at, line in enumerate(low) if each.after in line), None)
        if start is None:
            continue
        for word in each.words:
            pattern = re.compile(word)
            for at, line in enumerate(low[start:], start=start):
                if pattern.search(line):
                    return each, at
    killed = returncode < 0 or returncode in (124, 137, 143)
    return (CUT if killed else ELSE), len(text) - 1


SHOWN = 6


def _reason(text: list[str], at: int) -> list[str]:
    """The line that tells, and some after it; without Packer's own words in front."""
    plain = [
        re.sub(r"^(==>|   +) ?azure-arm[\w.-]*: ?", "", line) for line in text[at : at + SHOWN]
    ]
    return [struck(line) for line in plain if line.strip()]
