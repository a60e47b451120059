"""Options of the check suite, and the selection of checks by role, level and emulation."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import fixtures, wine, winrm
from harness.selection import LEVELS, Run, left_out, mistakes


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("burnish", "burnish: the image under test")
    group.addoption("--burnish-facts", metavar="FILE", help="facts of the image (JSON)")
    group.addoption("--burnish-level", choices=LEVELS, help="level of proof of this run")
    group.addoption("--burnish-tcg", action="store_true", help="the VM's processor is emulated")
    group.addoption(
        "--burnish-all", action="store_true", help="run every check under TCG and Wine too"
    )
    group.addoption("--burnish-role", metavar="ROLE", help="only the checks of this role")
    group.addoption("--burnish-tree", metavar="DIR", help="files of the disk (level artifact)")
    group.addoption(
        "--burnish-root", metavar="DIR", action="append", default=[], type=Path,
        help="further root whose roles' defaults count (can be repeated)",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Register the fixtures for every folder of checks, those of further roots too."""
    config.addinivalue_line(
        "markers", "services(*units): a failure shows their journals; {user} is the normal user"
    )
    config.addinivalue_line(
        "markers",
        "needs(*distributions, default=True, kernel=True): which Python environments it is for",
    )
    for option in ("burnish_facts", "burnish_level"):
        if not config.getoption(option):
            flag = "--" + option.replace("_", "-")
            raise pytest.UsageError(f"the checks need {flag}; `burnish verify` gives it")
    if config.getoption("burnish_level") != "artifact" and not config.getoption("hosts"):
        raise pytest.UsageError(
            "the checks need --hosts=docker://NAME, ssh://USER@HOST, winrm://USER@HOST, wine://NAME or "
            "local://"
        )
    wine.register()
    winrm.register()
    fixtures.load(config)
    config.pluginmanager.register(fixtures, "burnish-fixtures")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    checks = [fixtures.check_of(item) for item in items]
    wrong = mistakes(checks)
    if wrong:
        raise pytest.UsageError("\n".join(wrong))
    one = config.getoption("burnish_role")
    subjects = config.stash[fixtures.FACTS].subjects
    run = Run(
        level=config.getoption("burnish_level"),
        roles=subjects & {one} if one else subjects,
        os=config.stash[fixtures.FACTS].os,
        tcg=config.getoption("burnish_tcg"),
        everything=config.getoption("burnish_all"),
    )
    out: dict[str, list[str]] = {}
    for check in checks:
        out.setdefault(left_out(check, run), []).append(check.name)
    kept = [item for item, check in zip(items, checks, strict=True) if not left_out(check, run)]
    out.pop("", None)
    if out:
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    config.stash[fixtures.LEFT_OUT] = out


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for why, names in config.stash.get(fixtures.LEFT_OUT, {}).items():
        terminalreporter.write_line(f"left out, {why}: {len(names)}")
