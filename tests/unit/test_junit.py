"""From pytest's JUnit file to a verdict: each outcome, what was left out, and no proof at all."""

from __future__ import annotations

import base64
import struct

import makers
import pytest
from burnish.errors import BurnishError
from burnish.model.verdict import Outcome, Verdict
from burnish.verify import junit

PROPERTY = '<properties><property name="burnish.not_verified" value="no-gpu"/></properties>'

MEASURED = "".join(f'<property name="burnish.recorded" value="{n} s"/>' for n in (1, 2))


def file(*cases: str, properties: str = "") -> str:
    body = "".join(
        f'<testcase classname="tests.toolchains.test_base" name="test_{n}" time="0.5">{case}</testcase>'
        for n, case in enumerate(cases)
    )
    return f'<testsuites><testsuite time="2.5">{properties}{body}</testsuite></testsuites>'


def verdict(text: str) -> Verdict:
    return junit.verdict(text, subject="s", suite="h", level="vm", where="TCG, uefi")


@pytest.mark.parametrize(
    ("case", "outcome", "text"),
    [
        ("", "passed", ""),
        ('<failure message="assert 1 == 2">trace</failure>', "failed", "assert 1 == 2"),
        ("<failure>trace</failure>", "failed", "trace"),
        (f"<properties>{MEASURED}</properties>", "passed", "1 s; 2 s"),
        (f"<properties>{MEASURED}</properties><failure>trace</failure>", "failed", "trace"),
        ('<error message="failed on setup"/>', "error", "failed on setup"),
        ('<skipped message="no network"/>', "not-verified", "no network"),
        (f'{PROPERTY}<skipped message="x"/>', "not-verified", "no-gpu"),
        (PROPERTY, "not-verified", "no-gpu"),
        (f'{PROPERTY}<failure message="wrong"/>', "failed", "wrong"),
        pytest.param(
            f'{PROPERTY}<error message="teardown broke"/>',
            "error",
            "teardown broke",
        ),
    ],
)
def test_each_outcome(case: str, outcome: Outcome, text: str) -> None:
    found = verdict(file(case)).results[0]
    assert (found.outcome, found.text) == (outcome, text)
    assert (found.check, found.seconds) == ("test_base::test_0", 0.5)


def test_a_picture_is_kept_as_a_text_that_shows_it() -> None:
    png = base64.b64encode(bytes(16) + struct.pack(">II", 30, 20)).decode()
    kept = f'<properties><property name="burnish.picture" value="{png}"/></properties>'
    text = file("", kept)
    assert [each.picture for each in verdict(text).results] == ["", "test_1-vm.svg"]
    ((name, svg),) = junit.pictures(text, level="vm").items()
    assert name == "test_1-vm.svg"
    assert 'width="30" height="20"' in svg
    assert f'href="data:image/png;base64,{png}"' in svg


def test_the_whole_verdict() -> None:
    left = '<property name="burnish.left_out.tcg" value="b::two a::one b::two"/>'
    found = verdict(file("", "", properties=f"<properties>{left}</properties>"))
    assert (found.subject, found.suite, found.level, found.where) == ("s", "h", "vm", "TCG, uefi")
    assert found.not_run == ("a::one", "b::two")
    assert found.seconds == 2.5
    assert found.passed


def test_long_texts_are_cut() -> None:
    text = verdict(file(f"<failure>{'x' * 9000}</failure>")).results[0].text
    assert len(text) == 4000


def test_no_check_is_no_proof() -> None:
    with pytest.raises(BurnishError) as caught:
        verdict(file())
    assert caught.value.message == "no check ran at level 'vm'"
    assert caught.value.hint == "each role has checks in tests/toolchains/"


@pytest.mark.parametrize("text", ["", "<testsuites>", "Killed"])
def test_a_file_that_cannot_be_read(text: str) -> None:
    with pytest.raises(BurnishError, match="level 'vm' left no readable JUnit file"):
        verdict(text)


@pytest.mark.parametrize(
    ("outcomes", "passed"),
    [
        (("passed",), True),
        (("passed", "not-verified"), True),
        (("passed", "failed"), False),
        (("passed", "error"), False),
        (("not-verified",), False),
        ((), False),
    ],
)
def test_what_passes(outcomes: tuple[Outcome, ...], passed: bool) -> None:
    assert makers.verdict(*outcomes).passed is passed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_a", "test_a"),
        ("test_a[ml]", "test_a[ml]"),
        ("test_a[docker://burnish-x-checks]", "test_a"),
        ("test_a[ml-ssh://20.1.2.3]", "test_a[ml]"),
        ("test_a[local://local]", "test_a"),
    ],
)
def test_a_check_has_one_name_on_every_machine(name: str, expected: str) -> None:
    case = f'<testcase classname="t" name="{name}" time="1"/>'
    assert junit.impersonal(case) == case.replace(name, expected)
