"""Takes the text of a log of sysprep; gives the failures in it: those known by name, with their cure.

The lines are those that users reported, each with its source; no sysprep was run where burnish is
developed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BEGINNING = re.compile(r"^(\S+ \S+), Info .*Beginning of a new sysprep run", re.MULTILINE)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@dataclass(frozen=True, kw_only=True)
class Known:
    """A failure that is met by `pattern` in a line of a log, and its cure; `source` is where it was told."""

    name: str
    pattern: re.Pattern[str]
    cure: str
    source: str


KNOWN = tuple(
    Known(name=name, pattern=re.compile(pattern, re.IGNORECASE), cure=cure, source=source)
    for name, pattern, cure, source in (
        (
            "an app of one user",
            r"installed for a user, but not provisioned for all users|0x(?:8007)?3cf2\b",
            "remove the package for every user before sysprep",
            "packer-plugin-azure#350, runner-images#14499",
        ),
        (
            "a lost VMAgentDisabler.dll",
            r"VMAgentDisabler\.dll",
            "remove its value below SysPrepExternal\\Generalize before sysprep",
            "AgentBaker#429",
        ),
        (
            "the undeployable state",
            r"IMAGE_STATE_UNDEPLOYABLE",
            "start again from the base: a machine does not leave this state",
            "runner-images#6250",
        ),
        (
            "Defender for Endpoint keeps its key",
            r"Windows Advanced Threat Protection; dwRet = 0x5",
            "take the machine out of Defender for Endpoint before sysprep",
            "runner-images#9659",
        ),
        (
            "DSC does not clean up",
            r"DscCore\.dll,SysPrep_Cleanup",
            "restart, wait for the agents, then run sysprep",
            "MicrosoftDocs/azure-docs#80346",
        ),
        (
            "sysprep gave up",
            r"WinMain:Hit failure|halting sysprep execution|fatal error occurred while trying to sysprep",
            "read the lines above it in the log",
            "MicrosoftDocs/azure-docs#80346",
        ),
    )
)


def begun(text: str) -> str:
    """When the last run of sysprep began, by its log setupact.log; empty where it says nothing."""
    starts = BEGINNING.findall(text)
    return starts[-1] if starts else ""


def failures(text: str, *, since: str = "") -> list[dict[str, str]]:
    """Each known failure once, with its first line since then: a run before it was repaired is over."""
    found: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        stamp = _STAMP.match(line)
        if since and stamp and stamp[0] < since:
            continue
        # setupact.log also says what it means to do: those lines are no failure
        if ", Info " in line:
            continue
        for each in KNOWN:
            if each.pattern.search(line):
                told = {"problem": each.name, "cure": each.cure, "line": line.strip()[:300]}
                found.setdefault(each.name, told)
                break
    return list(found.values())
