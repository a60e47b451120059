"""The fixtures of every check: facts, level, environment, work, tree, not_verified, journals."""

from __future__ import annotations

import base64
import getpass
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
import testinfra
from burnish.catalog.compatibility import load_table
from burnish.plan.gpu.installed import against_table, told

from harness import facts as facts_file
from harness import tree as tree_file
from harness import wine, winrm
from harness.browser import Browser, chromium, way_to
from harness.facts import Environment, Facts
from harness.selection import Check
from harness.tree import Tree
from harness.unverified import REASONS
from harness.work import DEADLINE, EMULATED, PATIENT, Work, as_user

FACTS = pytest.StashKey[Facts]()
WayTo = Callable[..., AbstractContextManager[str]]
LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A check that asks for `environment` runs once per Python environment of the image.

    With @pytest.mark.needs("numpy", "xgboost|xgboost-cpu") only in those that ask for these;
    with `default=True` only in the default one; with `kernel=True` only in those with a kernel.
    """
    if "environment" in metafunc.fixturenames:
        needs = next(metafunc.definition.iter_markers("needs"), pytest.mark.needs().mark)
        environments = [
            each
            for each in metafunc.config.stash[FACTS].environments
            if each.has(*needs.args) and all(getattr(each, flag) for flag in needs.kwargs)
        ]
        names = [environment.name for environment in environments]
        metafunc.parametrize("environment", environments, ids=names, scope="session")


def check_of(item: pytest.Item) -> Check:
    """What an item declares, as the pure selection wants it."""
    role = item.get_closest_marker("role")
    levels = item.get_closest_marker("levels")
    fixtures = frozenset(getattr(item, "fixturenames", ()))
    given = getattr(item, "callspec", None)
    environment = given.params.get("environment") if given else None
    return Check(
        name=f"{item.path.name}::{item.name}",
        role=role.args[0] if role else item.path.stem.removeprefix("test_"),
        levels=levels.args if levels else (),
        tcg=item.get_closest_marker("tcg") is not None,
        quick=bool(levels and levels.kwargs.get("quick")),
        fixtures=fixtures,
        applies="environment" not in fixtures or isinstance(environment, Environment),
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test case of the JUnit file names its level and its role."""
    item.user_properties.append(("burnish.level", item.config.getoption("burnish_level")))
    item.user_properties.append(("burnish.role", check_of(item).role))


@pytest.fixture(scope="session")
def facts(request: pytest.FixtureRequest) -> Facts:
    """What the engine says of the image under test."""
    return request.config.stash[FACTS]


@pytest.fixture(scope="session")
def level(request: pytest.FixtureRequest) -> str:
    """The level of proof of this run."""
    return str(request.config.getoption("burnish_level"))


@pytest.fixture(scope="session")
def tree(request: pytest.FixtureRequest) -> Tree:
    """The files of the disk (level artifact)."""
    folder = request.config.getoption("burnish_tree")
    if not folder:
        raise pytest.UsageError("level 'artifact' needs --burnish-tree=DIR")
    return tree_file.load(Path(folder))


@pytest.fixture
def unlike_the_table(
    request: pytest.FixtureRequest, facts: Facts
) -> Callable[[Mapping[str, Mapping[str, object]]], tuple[str, ...]]:
    """What packer/compatibility/ has otherwise than frameworks say of themselves (work/builds.py)."""
    roots = [Path(__file__).parents[3], *map(Path, request.config.getoption("burnish_root"))]
    table, problems = load_table(roots, shown=str)
    assert problems == []
    own = facts.flavour == "gpu" and facts.variable("cuda_driver_channel") != "none"
    branch = facts.variable("cuda_driver_branch") if own else None

    def compare(report: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:
        assert report, "no framework answered"
        answers = [told(name, answer) for name, answer in report.items()]
        return against_table(answers, table, flavour=facts.flavour, branch=branch)

    return compare


@pytest.fixture(scope="session")
def deadline(request: pytest.FixtureRequest, facts: Facts) -> tuple[str, ...]:
    """What a work program is started by: it ends one that hangs, later where QEMU emulates the processor."""
    if facts.os == "windows":  # limits are kept by what starts them: there is no `timeout`
        return ()
    code, _, _ = _transport(request.config)(("sh", "-c", EMULATED), facts.user)
    return PATIENT if code == 0 else DEADLINE


@pytest.fixture
def work(request: pytest.FixtureRequest, facts: Facts, deadline: tuple[str, ...]) -> Work:
    """Runs a program of the `work` folder beside the check (or of ours) on the machine."""
    folders = (request.path.parent / "work", Path(__file__).parents[1] / "work")
    transport = _transport(request.config)
    return Work(transport=transport, folders=folders, user=facts.user, deadline=deadline)


@pytest.fixture
def not_verified(request: pytest.FixtureRequest, host: Any) -> Callable[[str], NoReturn]:
    """Ends a check as "not verified here"; fails it where the reason does not hold."""

    def end(reason: str) -> NoReturn:
        known = REASONS.get(reason)
        if known is None:
            pytest.fail(f"unknown reason {reason!r}: it must be one of {', '.join(REASONS)}")
        there = testinfra.get_host("local://") if known.here else host
        if there.run(known.probe).rc:
            pytest.fail(f"not verified here, but the reason does not hold: {known.text}")
        request.node.user_properties.append(("burnish.not_verified", reason))
        pytest.skip(f"not verified here: {known.text}")

    return end


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Puts what a check measured into the report, in words. It decides nothing."""

    def say(text: str) -> None:
        request.node.user_properties.append(("burnish.recorded", text))

    return say


@pytest.fixture
def window(
    request: pytest.FixtureRequest, not_verified: Callable[[str], NoReturn]
) -> Iterator[tuple[Browser, WayTo, Callable[[bytes], None]]]:
    """A browser here, the way from here to a port of the machine, and what keeps a picture (PNG) for
    the report."""
    if not shutil.which("chromedriver"):
        not_verified("no-browser")

    def keep(png: bytes) -> None:
        request.node.user_properties.append(("burnish.picture", base64.b64encode(png).decode()))

    option = request.config.getoption
    with chromium() as browser:
        yield browser, partial(way_to, option("hosts"), option("ssh_config")), keep


@pytest.fixture
def real(host: Any, level: str, not_verified: Callable[[str], NoReturn]) -> Callable[[str], None]:
    """Ends a check as "not verified here" where a package (a pattern) is one of a stand-in's stubs, or a
    tool that no installer brings under Wine."""

    def go_on(pattern: str) -> None:
        if level == "wine":
            not_verified("wine-no-java" if "jdk" in pattern else "wine-no-git")
        shown = host.run("dpkg-query --show --showformat='${Version}\\n' %s", pattern)
        if "~standin" in shown.stdout:
            not_verified("standin")

    return go_on


@pytest.fixture(scope="session", autouse=True)
def _recorded(
    request: pytest.FixtureRequest, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """The JUnit file says which level this was and which checks were left out, and why."""
    record_testsuite_property("burnish.level", request.config.getoption("burnish_level"))
    for why, names in request.config.stash.get(LEFT_OUT, {}).items():
        record_testsuite_property(f"burnish.left_out.{why}", " ".join(names))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A failed check shows the journal of each service it names with @pytest.mark.services."""
    report = yield
    marker = item.get_closest_marker("services")
    host = getattr(item, "funcargs", {}).get("host")
    if report.failed and marker and host is not None:
        for unit in marker.args:
            name = unit.format(user=item.config.stash[FACTS].user)
            state = host.run("systemctl status --no-pager --lines=0 %s", name).stdout
            journal = host.run("journalctl --no-pager --lines=40 --unit=%s", name).stdout
            report.sections.append((f"journal of {name}", state + journal))
    return report


def load(config: pytest.Config) -> None:
    """Read the facts once, before collection needs them."""
    path = Path(config.getoption("burnish_facts"))
    here = Path(__file__).parents[3]
    config.stash[FACTS] = facts_file.load(path, roots=[here, *config.getoption("burnish_root")])


def _transport(config: pytest.Config) -> Callable[[Sequence[str], str], tuple[int, str, str]]:
    """Argument vector and user in; exit code, stdout, stderr out: of what `--hosts` names."""
    spec = config.getoption("hosts")
    kind, _, address = spec.partition("://")

    def docker(argv: Sequence[str], user: str) -> tuple[int, str, str]:
        host = testinfra.get_host(f"docker://{user}@{address}")
        return _outcome(host.run(as_user(argv, user=user, login=user)))

    def ssh(argv: Sequence[str], user: str) -> tuple[int, str, str]:
        # without --sudo, which makes `host` root: a work program is a normal user's
        host = testinfra.get_host(spec, ssh_config=config.getoption("ssh_config"))
        login = host.backend.host.user or config.stash[FACTS].user
        return _outcome(host.run(as_user(argv, user=user, login=login)))

    def local(argv: Sequence[str], user: str) -> tuple[int, str, str]:
        host = testinfra.get_host(spec)
        return _outcome(host.run(as_user(argv, user=user, login=getpass.getuser())))

    def under_wine(argv: Sequence[str], user: str) -> tuple[int, str, str]:
        return wine.run(address, argv, user=user)

    def over_winrm(argv: Sequence[str], user: str) -> tuple[int, str, str]:
        return winrm.run(spec, argv, user=user)

    known = {"docker": docker, "ssh": ssh, "local": local, "wine": under_wine}
    return {**known, "winrm": over_winrm, "winrm+http": over_winrm}[kind]


def _outcome(result: Any) -> tuple[int, str, str]:
    return result.rc, result.stdout, result.stderr
