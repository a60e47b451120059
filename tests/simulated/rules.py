"""Takes a journal; finds what no role may do on Windows, whichever it is: one function for each rule."""

from __future__ import annotations

import ntpath
import re
from collections.abc import Iterator, Sequence

from journal import Entry, Journal
from simulator.answers import Answers, Command, command, package

DOWNLOADS = "\\burnish\\downloads\\"
# `/D="C:\a b"`: NSIS ignores the option where its caller quotes it, and says nothing
QUOTED_BLANK = re.compile(r'"[^"]*\s[^"]*"')
PASSWORD = re.compile(
    r"(?:password|passwd|passphrase|secret|token|apikey|api_key)\b\s*[=: ]\s*[^\s*]\S*",
    re.IGNORECASE,
)
COMMANDS = ("raw", "win_command", "win_powershell", "win_shell")
INSTALLS = ("win_package", "win_unzip")


def answered(journal: Journal) -> Iterator[str]:
    """Every call is one that the module takes, and that the host could answer."""
    for each in (entry for run in journal.runs for entry in run):
        if each.refused or each.msg.startswith("simulated host:"):
            yield f"{each.module}: {each.msg}"


def check_mode_changes_nothing(journal: Journal) -> Iterator[str]:
    """Check mode was run, and kept its hands off."""
    if not journal.checks:
        yield "no run in check mode"
    yield from (
        f"{each.module}: changed the host in check mode" for each in journal.checks if each.stored
    )


def second_run_asks_for_nothing_new(journal: Journal) -> Iterator[str]:
    """A second run was made, and left the host as it was."""
    if not journal.again:
        yield "no second run"
    for each in journal.again:
        if each.stored:
            yield f"{each.module}: {_about(each)}: changed the host in the second run"


def downloads_are_pinned(journal: Journal) -> Iterator[str]:
    """A download has its checksum, by sha256, over https."""
    for each in _all(journal, "win_get_url"):
        if not re.fullmatch(r"[0-9a-f]{64}", each.argument("checksum")):
            yield f"{each.argument('url')}: no checksum of 64 digits"
        if each.argument("checksum_algorithm") != "sha256":
            yield f"{each.argument('url')}: its checksum is not told to be sha256"
        if not each.argument("url").startswith("https://"):
            yield f"{each.argument('url')}: not over https"


def restarts_are_made(journal: Journal) -> Iterator[str]:
    """Nothing is installed while a restart is due, and none is left over."""
    for run in journal.runs:
        for each in run:
            if each.pending and each.name in INSTALLS and each.stored:
                yield f"{_about(each)}: installed while the host waits for a restart"
        due = [at for at, each in enumerate(run) if each.reboot_required and not each.check]
        made = [at for at, each in enumerate(run) if each.name in ("win_reboot", "win_updates")]
        if due and (not made or made[-1] < due[-1]):
            yield f"{_about(run[due[-1]])}: asks for a restart, and none is made"


def arguments_are_obeyed(journal: Journal) -> Iterator[str]:
    """An installer's arguments are one text without blanks between quotes."""
    for each in _all(journal, "win_package"):
        given = each.arguments.get("arguments")
        if isinstance(given, list):
            yield f"{_about(each)}: arguments are a list: each one with a blank would be quoted"
        elif QUOTED_BLANK.search(str(given or "")):
            yield f"{_about(each)}: {given}: a blank between quotes, which NSIS ignores silently"


def packages_come_in_order(journal: Journal) -> Iterator[str]:
    """Download, then install, then probe: for each file that is installed."""
    run = journal.converged
    for at, each in enumerate(run):
        if each.name not in INSTALLS or not each.stored:
            continue
        file = each.argument("path") or each.argument("src")
        before = [one for one in run[:at] if one.name == "win_get_url"]
        if file.lower() not in [one.argument("dest").lower() for one in before]:
            yield f"{file}: installed without having been downloaded"
        if not _probed(run[at + 1 :]):
            yield f"{file}: not probed before the next one"


def downloads_are_dropped(journal: Journal) -> Iterator[str]:
    """What was downloaded to be installed does not stay."""
    run = journal.converged
    for at, each in enumerate(run):
        path = each.argument("dest")
        if each.name != "win_get_url" or DOWNLOADS not in path.lower() or not each.stored:
            continue
        if not any(_drops(one, path) for one in run[at + 1 :]):
            yield f"{path}: downloaded and left there"


def no_secret_is_told(journal: Journal) -> Iterator[str]:
    """No password stands in a command, a script or an installer's arguments."""
    for run in journal.runs:
        for each in run:
            for name in ("_raw_params", "argv", "arguments", "cmd", "script", "data", "value"):
                given = each.arguments.get(name)
                told = " ".join(map(str, given)) if isinstance(given, list) else str(given or "")
                if PASSWORD.search(told):
                    yield f"{each.module}: {name}: a password in plain text"


RULES = (
    answered,
    check_mode_changes_nothing,
    second_run_asks_for_nothing_new,
    downloads_are_pinned,
    restarts_are_made,
    arguments_are_obeyed,
    packages_come_in_order,
    downloads_are_dropped,
    no_secret_is_told,
)


def unused(answers: Answers, journal: Journal) -> list[str]:
    """Answers that no call of the journal was given."""
    every = [each for run in journal.runs for each in run]
    given = [_given(answers, each) for each in every if each.name in COMMANDS and not each.skipped]
    files = [ntpath.basename(each.argument("path") or each.argument("src")) for each in every]
    packages = [package(answers, file) for file in files]
    stale = [each.line or " ".join(each.argv) for each in answers.commands if each not in given]
    return stale + [each.file for each in answers.packages if each not in packages]


def _given(answers: Answers, each: Entry) -> Command | None:
    line = each.argument("_raw_params") or each.argument("cmd") or each.argument("script")
    argv = [str(word) for word in each.arguments.get("argv") or line.split()]
    try:
        return command(answers, argv if each.name == "win_command" else (), line=line)[0]
    except LookupError:
        return None


def _all(journal: Journal, name: str) -> Iterator[Entry]:
    return (each for run in journal.runs for each in run if each.name == name)


def _about(each: Entry) -> str:
    names = ("product_id", "path", "src", "url", "dest", "name")
    return next((each.argument(name) for name in names if each.argument(name)), each.module)


def _probed(after: Sequence[Entry]) -> bool:
    for each in after:
        if each.name == "win_get_url":
            return False
        if each.name in ("win_command", "win_powershell", "win_reg_stat") and not each.failed:
            return True
    return False


def _drops(each: Entry, path: str) -> bool:
    if each.name != "win_file" or each.argument("state") != "absent":
        return False
    gone = each.argument("path").lower().rstrip("\\")
    return path.lower() == gone or path.lower().startswith(f"{gone}\\")
