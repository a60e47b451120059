"""Takes the facts that were read off a Windows disk and what its image should be; gives the verdict.

Every finding belongs to a named check. What was not read is never passed: its check is an error then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from burnish.model.base import Level
from burnish.model.verdict import CheckResult, Outcome, Verdict

MODULE = "windows_disk"
NOT_READ = "not read: "
WHERE = "the disk's files, not booted"
GENERALIZED = "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE"
BUILDS = {"2022": "20348", "2025": "26100"}
AUTOMATIC, DISABLED = 2, 4
AGENTS = ("RdAgent", "WindowsAzureGuestAgent")
# How a site reaches the world has no place in an image.
TRANSPORT = re.compile(
    r"^(HTTPS?|FTP|ALL|NO)_PROXY$|^(PIP|UV|NPM_CONFIG)_\w*(INDEX|REGISTRY|PROXY|CERT)|^(SSL|REQUESTS)_\w+"
)
OF_THE_BUILD = re.compile(
    r"[a-z]:\\(burnish|users\\(?!public\b)[^\\;]+|windows\\temp)(\\|;|$)", re.IGNORECASE
)
ACCOUNTS = re.compile(r"localsystem|nt authority\\.+|nt service\\.+", re.IGNORECASE)
AZURES_OWN = "Windows Azure"  # the issuer of the certificates that its agent makes on each machine
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What an image should be: the Windows release; each environment's distributions and Python;
    software -> the pattern of its uninstall key; software -> the path that it makes."""

    release: str
    environments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pythons: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)


Judge = Callable[[Mapping[str, Any], Expected], Iterator[str]]


def verdict(facts: Mapping[str, Any], expected: Expected, *, subject: str, suite: str) -> Verdict:
    """Every check, in order. `subject` is the digest of the disk."""
    results = [
        _result(name, needs, judge=judge, of=(facts, expected)) for name, needs, judge in CHECKS
    ]
    for name in sorted({*facts.get("environments", {}), *expected.environments}):
        results += _environment(name, facts, expected=expected)
    return Verdict(
        subject=subject,
        suite=suite,
        level=str(Level.ARTIFACT),
        results=tuple(results),
        seconds=0.0,
        where=WHERE,
    )


def _result(
    name: str, needs: Sequence[str], *, judge: Judge, of: tuple[Mapping[str, Any], Expected]
) -> CheckResult:
    facts, expected = of
    why = facts["not_read"]
    lost = [
        f"{NOT_READ}{why.get(topic, f'nobody looked for {topic}')}"
        for topic in needs
        if topic in why or topic not in facts
    ]
    # a part may be unread and what was read still be wrong
    there = all(topic in facts for topic in needs)
    wrong = list(judge(facts, expected)) if there else []
    made = _told(name, wrong=wrong, lost=list(dict.fromkeys(lost)))
    if made.outcome == "passed" and (reason := _nothing_due(name, expected)):
        return replace(made, outcome="not-verified", text=reason)
    return made


def _nothing_due(name: str, expected: Expected) -> str:
    """Why a check has nothing to look for in this image, and so proves nothing; or nothing."""
    if name == "programs_are_installed" and not (expected.programs or expected.paths):
        return "no role of the plan says what it installs on Windows"
    if name == "environments_are_there" and not expected.environments:
        return "no layer of the plan makes an environment"
    return ""


def _told(name: str, *, wrong: Sequence[str], lost: Sequence[str] = ()) -> CheckResult:
    outcome: Outcome = "failed" if wrong else "error" if lost else "passed"
    shown = [
        *wrong[:_SHOWN],
        *([f"and {len(wrong) - _SHOWN} more"] if wrong[_SHOWN:] else []),
        *lost,
    ]
    return CheckResult(
        check=f"{MODULE}::{name}", outcome=outcome, seconds=0.0, text="\n".join(shown)
    )


def _starts(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    for place, text in facts["disk"]["unfit"].items():
        yield f"{place}: {text}"


def _volume(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    if facts["volume"]["dirty"]:
        yield "the volume was not closed: Windows checks it at its next start"
    if count := facts["volume"]["damaged"]:
        yield f"{count} records of the volume's table of files are damaged"


def _release(facts: Mapping[str, Any], expected: Expected) -> Iterator[str]:
    found, build = facts["windows"], BUILDS.get(expected.release, "")
    if expected.release not in found["name"]:
        yield f"it is {found['name'] or 'without a name'}, not Windows Server {expected.release}"
    if build and found["build"] != build:
        yield f"its build is {found['build'] or 'not told'}, not {build}"


def _generalized(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    if (state := facts["image_state"]) != GENERALIZED:
        yield f"ImageState is {state or 'not set'}, not {GENERALIZED}"


def _restart(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    yield from (f"{name} is set" for name in facts["reboots"])
    yield from (f"a rename waits: {path}" for path in facts["pending_renames"])


def _programs(facts: Mapping[str, Any], expected: Expected) -> Iterator[str]:
    keys = [each["key"] for each in facts["programs"]]
    for name, pattern in expected.programs.items():
        if not any(re.fullmatch(pattern, key, re.IGNORECASE) for key in keys):
            yield f"{name} is not installed: no uninstall key '{_plain(pattern)}' in either view"
    for name, path in expected.paths.items():
        if not facts["paths"].get(path):
            yield f"{name} is not installed: no {path}"


def _plain(pattern: str) -> str:
    """A pattern as one reads it: `R for Windows *_is1`."""
    return re.sub(r"\\(\W)", r"\1", pattern.replace(".+", "*"))


def _services(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    for name, each in facts["services"].items():
        if not ACCOUNTS.fullmatch(each["account"]):
            yield f"{name} logs in as {each['account']}, an account of the build machine"
        if OF_THE_BUILD.search(each["program"]):
            yield f"{name} runs {each['program']}, which belongs to the build"
        if name in AGENTS and each["start"] != AUTOMATIC:
            how = "is disabled" if each["start"] == DISABLED else "does not start by itself"
            yield f"{name} {how}: a machine in Azure would never be ready"


def _variables(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    yield from (f"{name} holds a secret" for name in facts["secret_variables"])
    for name, value in facts["environment"].items():
        if TRANSPORT.match(name):
            yield f"{name} says how the build reached the world"
        if OF_THE_BUILD.search(value):
            yield f"{name} names a folder of the build: {value}"


def _sysprep(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    for each in facts["logs"]:
        yield f"{each['problem']} ({each['path']}): {each['cure']}: {each['line']}"


def _answers(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    for each in facts["answers"]:
        if each["secrets"]:
            yield f"{each['path']} tells {', '.join(each['secrets'])}"
        elif "panther" not in each["path"].lower():
            yield f"{each['path']} would be obeyed at the next start"


def _logon(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    if facts["logon"]["automatic"]:
        yield "somebody is logged on by itself (AutoAdminLogon)"
    if facts["logon"]["password"]:
        yield "Winlogon holds a password (DefaultPassword)"


def _secrets(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    yield from (f"{each['path']}: {each['what']}" for each in facts["secrets"])


def _histories(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    yield from facts["histories"]


def _winrm(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    winrm = facts["winrm"]
    yield from (f"the listener {each} is left" for each in winrm["listeners"])
    if winrm["unencrypted"]:
        yield "WinRM takes what is not encrypted"
    if winrm["basic"]:
        yield "WinRM takes passwords as they are (Basic)"
    for thumbprint, names in facts["certificates"].items():
        if not any(AZURES_OWN in name for name in names):
            yield f"a machine's certificate is left: {names[-1] if names else thumbprint}"


def _traces(facts: Mapping[str, Any], _: Expected) -> Iterator[str]:
    yield from facts["traces"]


def _all_there(facts: Mapping[str, Any], expected: Expected) -> Iterator[str]:
    found = facts["environments"]
    yield from (f"{name} is not there" for name in sorted({*expected.environments} - {*found}))
    yield from (f"{name} is nobody's" for name in sorted({*found} - {*expected.environments}))


# name, the facts that it needs, what it finds wrong
CHECKS: tuple[tuple[str, tuple[str, ...], Judge], ...] = (
    ("the_disk_starts_by_uefi", ("disk",), _starts),
    ("the_volume_is_whole", ("volume",), _volume),
    ("windows_is_the_bases", ("windows",), _release),
    ("the_image_is_generalized", ("image_state",), _generalized),
    ("nothing_waits_for_a_restart", ("pending_renames", "reboots"), _restart),
    ("programs_are_installed", ("programs", "paths"), _programs),
    ("services_are_fit_for_any_machine", ("services",), _services),
    ("the_environment_is_the_images", ("environment", "secret_variables"), _variables),
    ("sysprep_did_not_fail", ("logs",), _sysprep),
    ("no_answer_is_left", ("answers",), _answers),
    ("nobody_is_logged_on", ("logon",), _logon),
    ("no_credential_is_left", ("secrets",), _secrets),
    ("no_history_is_left", ("histories",), _histories),
    ("winrm_is_closed_again", ("winrm", "certificates"), _winrm),
    ("nothing_of_the_build_is_left", ("traces",), _traces),
    ("environments_are_there", ("environments",), _all_there),
)


def _environment(
    name: str, facts: Mapping[str, Any], *, expected: Expected
) -> Iterator[CheckResult]:
    """Two checks of one environment: what it should hold, and its files by their wheels' RECORD."""
    found = facts.get("environments", {}).get(name)
    if found is None:
        why = facts["not_read"].get("environments", "")
        lost, gone = ([f"{NOT_READ}{why}"], []) if why else ([], ["it is not there"])
        yield _told(f"the_environment_is_its_lock[{name}]", wrong=gone, lost=lost)
        return
    wanted, there = expected.environments.get(name, {}), dict(found["distributions"])
    wrong = [f"{each} is missing" for each in sorted({*wanted} - {*there})]
    wrong += [f"{each} {there[each]} is not in the lock" for each in sorted({*there} - {*wanted})]
    wrong += [
        f"{each} is {there[each]}, the lock says {wanted[each]}"
        for each in sorted({*wanted} & {*there})
        if there[each] != wanted[each]
    ]
    twice = {each for each, _ in found["distributions"]}
    if len(found["distributions"]) != len(twice):
        wrong.append("a distribution is installed twice")
    python = expected.pythons.get(name, "")
    if python and not f"{found['python']}.".startswith(f"{python}."):
        wrong.append(f"its Python is {found['python'] or 'not told'}, the lock says {python}")
    yield _told(f"the_environment_is_its_lock[{name}]", wrong=wrong)
    files = [
        f"{kind}: {path}" for kind in ("missing", "changed", "unowned") for path in found[kind]
    ]
    lost = [f"{NOT_READ}{path}: {why}" for path, why in found["unread"].items()]
    yield _told(f"files_are_as_installed[{name}]", wrong=files, lost=lost)
