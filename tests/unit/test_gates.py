"""The gates: each violation turns exactly its own gate red, and no data never counts as good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import makers
import pytest
from burnish.evidence.diff import diff
from burnish.evidence.gates import Case, judge
from burnish.evidence.times import times
from burnish.model.base import Level
from burnish.model.gate import Pending
from burnish.model.gates import Allowance, Gates
from burnish.model.manifest import Manifest, Software
from burnish.model.verdict import Verdict

MIB = 1 << 20
NAMES = (
    *("checks", "image-size", "layer-size", "downgrade", "package-lost", "security"),
    "compatibility",
)
DUE = (Level.CONTAINER, Level.VM)
CLEAR = Pending(fixes=(), unasked=())


def apt(name: str, version: str) -> Software:
    return Software(kind="apt", name=name, version=version)


def version(**values: Any) -> Manifest:
    """A version that every gate lets through."""
    proven = tuple(makers.verdict("passed", level=level) for level in DUE)
    given = {
        "verdicts": proven,
        "sizes": {"disk.qcow2": 90 * MIB},
        "software": (apt("bash", "5.2"), apt("jq", "1.7")),
    }
    return makers.manifest(**(given | values))


def allowed(package: str, *, until: date = date(2026, 12, 1)) -> Allowance:
    return Allowance(package=package, reason="why", link="https://example.org/1", until=until)


STABLE = version(version="2026.1101.0", channel="stable")
LIMITS = Gates(name="x", image_mib=100, layer_mib={"base": 60, "absent": 1})


def case(manifest: Manifest | None = None, **values: Any) -> Case:
    made = manifest or version()
    found = Case(
        manifest=made,
        gates=LIMITS,
        due=DUE,
        difference=diff(STABLE, made),
        pending=CLEAR,
        today=date(2026, 11, 25),
    )
    return replace(found, **values)


def limits(**values: Any) -> Gates:
    return replace(LIMITS, **values)


def failing(of: Case) -> dict[str, str]:
    return {result.name: result.text for result in judge(of) if not result.passed}


def test_a_good_version_passes_every_gate() -> None:
    results = judge(case())
    assert tuple(result.name for result in results) == NAMES
    assert {result.name: result.text for result in results if result.passed} == {
        "checks": "container 1/1, vm 1/1",
        "image-size": "disk.qcow2: 90.0 of 100 MiB",
        "layer-size": "base: 50.0 of 60 MiB",
        "downgrade": "none since 2026.1101.0",
        "package-lost": "none since 2026.1101.0",
        "security": "0 pending, 0 allowed",
        "compatibility": "nothing against it in the table",
    }


def failed(*outcomes: Any) -> tuple[Verdict, ...]:
    return (makers.verdict(*outcomes, level="container"), makers.verdict("passed", level="vm"))


@pytest.mark.parametrize(
    ("of", "gate", "text"),
    [
        pytest.param(
            case(version(verdicts=failed("passed", "failed"))),
            "checks",
            "container: test_base::test_1",
            id="a check failed",
        ),
        pytest.param(
            case(version(verdicts=failed("not-verified"))),
            "checks",
            "container: no check passed",
            id="nothing proven",
        ),
        pytest.param(
            case(version(verdicts=failed("passed")[:1])), "checks", "vm: not proven", id="no level"
        ),
        pytest.param(
            case(gates=limits(levels=(Level.AZURE,))), "checks", "azure: not proven", id="asked"
        ),
        pytest.param(
            case(version(verdicts=(*failed("passed"), makers.verdict("failed", level="gpu")))),
            "checks",
            "gpu: failed",
            id="a tier that nobody asked for",
        ),
        pytest.param(case(due=()), "checks", "no level is due: nothing is proven", id="none due"),
        pytest.param(
            case(gates=limits(image_mib=89)),
            "image-size",
            "disk.qcow2: 90.0 of 89 MiB",
            id="a large image",
        ),
        pytest.param(
            case(version(sizes={})),
            "image-size",
            "the manifest has no size of disk.qcow2",
            id="size not known",
        ),
        pytest.param(
            case(gates=limits(layer_mib={"base": 49, "rootfs": 50})),
            "layer-size",
            "base: 50.0 of 49 MiB",
            id="a large layer",
        ),
        pytest.param(
            case(version(software=(apt("bash", "5.2~rc1"), apt("jq", "1.7")))),
            "downgrade",
            "apt bash 5.2 -> 5.2~rc1",
            id="a downgrade",
        ),
        pytest.param(
            case(gates=limits(downgrades=(allowed("x", until=date(2026, 11, 24)),))),
            "downgrade",
            "x was allowed until 2026-11-24 (https://example.org/1): decide anew",
            id="an old allowance",
        ),
        pytest.param(
            case(version(software=(apt("bash", "5.2"),))), "package-lost", "apt jq 1.7", id="a loss"
        ),
        pytest.param(
            case(difference=None, gates=limits(losses=(allowed("x", until=date(2026, 1, 1)),))),
            "package-lost",
            "x was allowed until 2026-01-01 (https://example.org/1): decide anew",
            id="an old allowance without a stable version",
        ),
        pytest.param(case(pending=None), "security", "nobody looked for pending fixes", id="none"),
        pytest.param(
            case(pending=Pending(fixes=("openssl",), unasked=())),
            "security",
            "1 pending, 0 allowed; openssl",
            id="a pending fix",
        ),
        pytest.param(
            case(
                pending=Pending(fixes=(), unasked=("pypi: no answer",)),
                gates=limits(security_pending=9),
            ),
            "security",
            "no data: pypi: no answer",
            id="a source without data",
        ),
        pytest.param(
            case(incompatible=("branch 535 of the driver ended",)),
            "compatibility",
            "branch 535 of the driver ended",
            id="something against it in the table of GPUs",
        ),
    ],
)
def test_each_violation_turns_exactly_its_gate_red(of: Case, gate: str, text: str) -> None:
    assert failing(of) == {gate: text}


@pytest.mark.parametrize(
    ("of", "gate", "text"),
    [
        (case(difference=None), "downgrade", "no stable version to compare with"),
        (case(difference=None), "package-lost", "no stable version to compare with"),
        (case(gates=Gates(name="")), "image-size", "no budget"),
        (case(gates=Gates(name="")), "layer-size", "no budget"),
        (case(gates=limits(image_mib=90)), "image-size", "disk.qcow2: 90.0 of 90 MiB"),
        (
            case(version(software=(apt("bash", "5.2"),)), gates=limits(losses=(allowed("jq"),))),
            "package-lost",
            "allowed: jq",
        ),
        (
            case(
                version(software=(apt("bash", "1"), apt("jq", "1.7"))),
                gates=limits(downgrades=(allowed("bash", until=date(2026, 11, 25)),)),
            ),
            "downgrade",
            "allowed: bash",
        ),
        (
            case(pending=Pending(fixes=("a",), unasked=()), gates=limits(security_pending=1)),
            "security",
            "1 pending, 1 allowed",
        ),
        (
            case(
                version(
                    verdicts=(
                        *failed("passed")[:1],
                        makers.verdict("passed", level="vm", not_run=("a",)),
                    )
                )
            ),
            "checks",
            "container 1/1, vm 1/1 (+1 left out)",
        ),
    ],
)
def test_what_passes_says_so(of: Case, gate: str, text: str) -> None:
    assert failing(of) == {}
    assert {result.name: result.text for result in judge(of)}[gate] == text


def test_a_new_kernel_is_no_lost_package() -> None:
    kernels = [apt(f"linux-image-6.1.0-{n}-amd64", f"6.1.{n}-1") for n in (9, 10, 11)]
    old, new = (
        version(software=(kernels[0], kernels[1])),
        version(software=(kernels[1], kernels[2])),
    )
    assert failing(case(difference=diff(old, new))) == {}
    back = {"downgrade": f"apt {kernels[2].name} -> {kernels[0].name} 6.1.11-1 -> 6.1.9-1"}
    assert failing(case(difference=diff(new, old))) == back


def test_many_findings_are_counted() -> None:
    gone = tuple(apt(name, "1") for name in "abcdefg")
    found = failing(case(difference=diff(version(software=gone), version(software=()))))
    assert found == {"package-lost": "apt a 1; apt b 1; apt c 1; apt d 1; apt e 1; and 2 more"}


@pytest.fixture
def seven() -> list[Manifest]:
    return [
        version(version=f"2026.1125.{n}", seconds={"boot to SSH": 10.0 + n} if n < 6 else {})
        for n in range(6, -1, -1)
    ]


def test_times_stand_beside_those_of_the_last_five(seven: list[Manifest]) -> None:
    assert times(seven).splitlines() == [
        "| seconds | 2026.1125.6 | 2026.1125.5 | 2026.1125.4 | 2026.1125.3 | 2026.1125.2 |",
        "|---|---|---|---|---|---|",
        "| all layers | 40 | 40 | 40 | 40 | 40 |",
        "| boot to SSH | - | 15 | 14 | 13 | 12 |",
    ]
