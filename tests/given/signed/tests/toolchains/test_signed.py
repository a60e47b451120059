"""Under Secure Boot the kernel takes the module that the site's key signed, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from harness.facts import Facts
from harness.work import Work

SYSTEM = ["/usr/bin/python3"]
NAMES = ("burnish_signed", "burnish_unsigned")


@pytest.mark.tcg
@pytest.mark.levels("container", "vm")
def test_one_module_is_signed_by_the_sites_key(work: Work, facts: Facts) -> None:
    report = work("signer.py", *NAMES, interpreter=SYSTEM, user="root")
    assert report == dict(zip(NAMES, (facts.signing["subject"], ""), strict=True))


@pytest.mark.levels("container")
def test_its_signature_is_verified(work: Work, facts: Facts) -> None:
    given = json.dumps({"names": NAMES, "plain": False})
    own = facts.signing["pem"]
    (report,) = work("cuda_signed.py", given, own, interpreter=SYSTEM, user="root").values()
    assert report == dict(zip(NAMES, ("", "no signature"), strict=True))


@pytest.mark.tcg
@pytest.mark.levels("vm")
def test_the_kernel_takes_what_is_signed_alone(work: Work, record: Callable[[str], None]) -> None:
    report = work("secure.py", *NAMES, interpreter=SYSTEM, user="root")
    assert report["secure_boot"] and "[none]" not in report["lockdown"], report
    assert report["loaded"] == ["burnish_signed"], report
    record(f"refused: {report['said']['burnish_unsigned']}")
