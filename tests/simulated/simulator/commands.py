"""Takes commands and scripts; gives what the role's answers say, and leaves what they leave."""

from __future__ import annotations

import ntpath
import re
from collections.abc import Sequence

from simulator import answers
from simulator.asked import Asked, Refused, Result

RUNNABLE = (".exe", ".cmd", ".bat", ".com")
SUPPORTS_CHECK = re.compile(r"\[CmdletBinding\([^)]*SupportsShouldProcess", re.IGNORECASE)
PLACE = "tests/simulated/answers/ROLE.yaml"


def win_command(asked: Asked) -> Result:
    """A command. The module knows no check mode: it is skipped there, whatever `creates` says."""
    argv = asked["argv"] or _split(asked["cmd"] or asked["_raw_params"] or "")
    if asked.check:
        return _skipped("remote module (ansible.windows.win_command) does not support check mode")
    if skipped := _made(asked):
        return skipped
    _runnable(asked, argv[0])
    return _run(asked, argv, line=" ".join(argv))


def win_shell(asked: Asked) -> Result:
    """A line of PowerShell; like a command, but of any text."""
    if asked.check:
        return _skipped("remote module (ansible.windows.win_shell) does not support check mode")
    if skipped := _made(asked):
        return skipped
    return _run(asked, (), line=asked["_raw_params"] or asked["cmd"] or "")


def win_powershell(asked: Asked) -> Result:
    """A script with its own result; in check mode it runs only if it says that it knows how."""
    script = asked["script"] or ""
    if (made := asked["creates"]) and asked.state.file(made):
        return {**_skipped(f"skipped, since {made} exists"), "changed": False}
    if (gone := asked["removes"]) and not asked.state.file(gone):
        return {**_skipped(f"skipped, since {gone} does not exist"), "changed": False}
    if asked.check and not SUPPORTS_CHECK.search(script):
        return {"changed": True, "msg": "skipped, running in check mode"}
    known, stars = _answer(asked, (), line=script)
    _leave(asked, known, stars=stars)
    if known.rc:
        raise Refused(known.stderr or f"the script ended with {known.rc}")
    return {
        "changed": known.changed,
        "result": known.result or {},
        "output": list(known.output),
        "host_out": known.stdout,
        "error": [],
    }


def answered(asked: Asked, script: str) -> tuple[int, str, str]:
    """What a raw script says that no module sent."""
    known, stars = _answer(asked, (), line=script)
    _leave(asked, known, stars=stars)
    return known.rc, known.stdout, known.stderr


def _run(asked: Asked, argv: Sequence[str], *, line: str) -> Result:
    known, stars = _answer(asked, argv, line=line)
    result = {
        "cmd": line,
        "rc": known.rc,
        "stdout": known.stdout,
        "stderr": known.stderr,
        "changed": True,
    }
    if known.rc:
        raise Refused("non-zero return code", **result)
    _leave(asked, known, stars=stars)
    if asked["creates"]:
        asked.state.bring(asked["creates"])
    if asked["removes"]:
        asked.state.remove(asked["removes"])
    return result


def _answer(
    asked: Asked, argv: Sequence[str], *, line: str
) -> tuple[answers.Command, tuple[str, ...]]:
    try:
        return answers.command(asked.answers, argv, line=line)
    except LookupError:
        shown = repr(list(argv)) if argv else repr(" ".join(line.split()))
        raise Refused(
            f"simulated host: no answer to the command {shown}; write one into {PLACE}"
        ) from None


def _leave(asked: Asked, known: answers.Command, *, stars: Sequence[str]) -> None:
    for path in known.brings:
        asked.state.bring(answers.filled(path, stars))
    for path in known.removes:
        asked.state.remove(answers.filled(path, stars))
    if known.reboot:
        asked.state.values["reboot_pending"] = True


def _made(asked: Asked) -> Result:
    if (made := asked["creates"]) and asked.state.file(made):
        return _skipped(f"skipped, since {made} exists")
    if (gone := asked["removes"]) and not asked.state.file(gone):
        return _skipped(f"skipped, since {gone} does not exist")
    return {}


def _runnable(asked: Asked, program: str) -> None:
    """A program is there: at its path, or by its name in a folder of the machine's PATH."""
    if ntpath.isabs(program):
        places = [program]
    else:
        folders = asked.state.environment["machine"].get("PATH", "").split(";")
        places = [ntpath.join(folder, program) for folder in folders if folder]
    endings = ("",) if program.lower().endswith(RUNNABLE) else RUNNABLE
    for place in places:
        for ending in endings:
            found = asked.state.file(place + ending)
            if found and found["kind"] == "file":
                return
    where = "" if ntpath.isabs(program) else " in no folder of PATH"
    raise Refused(
        f"Failed to run: '{program}': The system cannot find the file specified{where}."
        " Nothing brought it to the simulated host: a package's `creates` or an answer's `brings` does",
        rc=2,
    )


def _split(line: str) -> list[str]:
    """A command line as Windows splits it, quotes taken off; enough for what roles write."""
    words = re.findall(r'((?:[^\s"]|"[^"]*")+)', line)
    if not words:
        raise Refused("no command given")
    return [word.replace('"', "") for word in words]


def _skipped(why: str) -> Result:
    return {"changed": False, "skipped": True, "msg": why, "rc": 0}


ANSWERS = {
    "ansible.windows.win_command": win_command,
    "ansible.windows.win_powershell": win_powershell,
    "ansible.windows.win_shell": win_shell,
}
