"""PowerShell: two scripts at most, each in the subset that a parser outside Windows reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from house import powershell, sources

SCRIPTS = powershell.scripts()
NAMES = [path.name for path in SCRIPTS]
# a fault -> the text that it takes the place of, and what stands there then
FAULTS = {
    "a bracket that stays open": ("(Get-Date).AddMinutes(30)", "(Get-Date).AddMinutes(30"),
    "a brace too many": ("    return $found.ImageState\n}", "    return $found.ImageState\n}}"),
    "a brace too few": ("$service.Refresh()\n    }", "$service.Refresh()\n"),
    "a quote that stays open": ("'System32\\Sysprep'", "'System32\\Sysprep"),
    "a list that stays open": ("'/mode:vm')", "'/mode:vm'"),
    "a condition without brackets": ("if ($sysprep.ExitCode -ne 0) {", "if $sysprep {"),
    "a loop without a beginning": ("while ($state -ne $wanted) {", "while ($state -ne $wanted)"),
    "a text that stays open": ('"burnish: sysprep: $name runs"', '"burnish: sysprep: $name runs'),
    "a comparison with nothing": ("$service.Status -ne 'Running'", "$service.Status -ne "),
}
# what it lets pass: that reads as a command whose name is `=`
MISSED = ("$options = @(", "$options = = @(")


def text(name: str) -> str:
    return sources.text(powershell.FOLDER / name)


def test_there_are_two_and_no_more() -> None:
    assert [sources.place(path) for path in SCRIPTS] == [
        "packer/windows/sysprep.ps1",
        "packer/windows/winrm.ps1",
    ]


@pytest.mark.parametrize("path", SCRIPTS, ids=NAMES)
def test_the_parser_reads_each(path: Path) -> None:
    assert powershell.problems(sources.text(path)) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    old, new = FAULTS[fault]
    good = text("sysprep.ps1")
    assert good.count(old) == 1
    assert powershell.problems(good.replace(old, new))


def test_the_parser_is_no_powershell() -> None:
    """The limit of this gate, as it was found: where that changes, the page says too little."""
    assert powershell.problems(text("sysprep.ps1").replace(*MISSED)) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=NAMES)
def test_no_form_that_the_parser_reads_wrongly(path: Path) -> None:
    """`-Name a, b` and a bare `\\path` are read as something else: lists are @(...), paths quoted."""
    code = [line.partition("#")[0] for line in sources.text(path).splitlines()]
    assert [line for line in code if re.search(r"-[A-Z]\w+ [\w.]+,", line)] == []
    assert [line for line in code if re.search(r"(?:^| )(?:[A-Z]:)?\\\w", line)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=NAMES)
def test_each_ends_at_its_first_error(path: Path) -> None:
    code = [line for line in sources.text(path).splitlines() if not line.startswith("#")]
    assert code[0] == "$ErrorActionPreference = 'Stop'"


def test_nothing_is_waited_for_without_an_end() -> None:
    """Every loop that waits looks at the deadline."""
    loops = re.findall(r"\n *while \(.*?\n *\}\n(?! *\})", text("sysprep.ps1"), re.DOTALL)
    assert len(loops) == 3
    assert [loop for loop in loops if "-gt $until" not in loop] == []
