"""The reduced template under Debian's Packer 1.6.6, which has azure-arm built in.

It knows no option of the last five years: what it takes is no proof of the whole template, which the
option table looks at. Not verified here: a Packer with plugin 2.x.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import azure_builds
import checkout
import pytest
from burnish.build.files import write
from burnish.catalog.load import load
from burnish.model.plan import Plan
from burnish.render.azure import REDUCED, render_azure
from burnish.render.azure_source import LOGINS
from burnish.render.generalise import FORGET

VARIABLES = ("group", "version", "key", "expires", "end_of_life")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return checkout.plan_of(load([checkout.write(tmp_path / "checkout")]))


def validated(folder: Path, text: str) -> str:
    """What Packer says of a template, or nothing."""
    packer = shutil.which("packer")
    assert packer, "packer is not on PATH: run `make setup`"
    template, key = folder / "reduced.pkr.hcl", folder / "key"
    write(template, text)
    # beside the template, as it is laid out for a build
    write(folder / FORGET, checkout.real().templates[FORGET])
    subprocess.run(("ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", str(key)), check=True)
    given = {"version": "2026.1126.0", "key": str(key), "end_of_life": "2027-11-26T00:00:00.00Z"}
    values = [f"-var={name}={given.get(name, 'x')}" for name in VARIABLES]
    secrets = dict.fromkeys(("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"), "x")
    environment = {**os.environ, **secrets, "CHECKPOINT_DISABLE": "1"}
    environment["AZURE_SUBSCRIPTION_ID"] = "11111111-2222-3333-4444-555555555555"
    argv = (packer, "validate", *values, str(template))
    done = subprocess.run(
        argv, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("login", LOGINS)
def test_packer_1_6_6_takes_the_reduced_template(tmp_path: Path, plan: Plan, login: str) -> None:
    target = azure_builds.target(spot=True, inbound=("192.0.2.7",))
    text = render_azure(plan, build=azure_builds.build(target, login=login))[REDUCED]
    assert validated(tmp_path, text) == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("vm_size =", "vm_sise =", "vm_sise"),
        ('os_type = "Linux"', 'os_type = "Plan9"', "os_type"),
        ('"westeurope"', '""', "location"),
        ("image_sku =", "image_url =", "image_url"),
    ],
)
def test_it_refuses_a_planted_fault(
    tmp_path: Path, plan: Plan, old: str, new: str, told: str
) -> None:
    text = render_azure(plan, build=azure_builds.build())[REDUCED]
    assert told in validated(tmp_path, text.replace(old, new))
