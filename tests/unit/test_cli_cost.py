"""`plan --target` and `prices` on the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import checkout
import makers
import pytest
from burnish.build.files import write
from burnish.catalog.codec import JsonCodec
from burnish.catalog.locks import dump_lock
from burnish.catalog.prices import FOLDER
from burnish.cli.main import cli
from burnish.errors import ToolError, UsageError
from burnish.gallery.local import LocalGallery
from burnish.model.manifest import OnDisk
from burnish.stages import costing
from click.testing import CliRunner, Result

pytestmark = pytest.mark.touches("clock", reason="the command line reads the clock for all others")
TARGET = """\
name: azure
kind: azure
route: vm
machine: {inbound: [192.0.2.7]}
subscription: AZURE_SUBSCRIPTION_ID
resource_group: images
gallery: images
location: eastus
regions:
  - {name: eastus, replicas: 2}
  - {name: westeurope, storage: Standard_ZRS}
"""
GIB = 1 << 30
ITEM = {
    "serviceName": "Virtual Machines",
    "armSkuName": "Standard_D4s_v5",
    "type": "Consumption",
    "unitOfMeasure": "1 Hour",
    "retailPrice": 0.25,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a lock, a target in Azure, and a filed version that holds 5 GiB."""
    root = checkout.write(tmp_path, changes={"packer/targets/azure.yaml": TARGET})
    for path in (checkout.REPOSITORY / FOLDER).iterdir():
        write(root / FOLDER / path.name, path.read_text("utf-8"))
    write(root / "packer/locks/tiny-cpu.lock.yaml", dump_lock(checkout.lock()))
    on_disk = OnDisk(virtual=8 * GIB, used=5 * GIB)
    layers = (makers.layer_entry("base", seconds=5400), makers.layer_entry("seal", seconds=1800))
    filed = makers.manifest(on_disk=on_disk, layers=layers)
    gallery = LocalGallery(root=root / "build/gallery", codec=JsonCodec())
    gallery.add(filed, day=date(2026, 11, 25), files={}, texts={})
    return root


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(root), *words])


def told(root: Path, *words: str) -> Any:
    ended = run(root, "plan", "tiny-cpu", "--target", "azure", "--json", *words)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)["cost"]


def test_plan_reckons_with_what_the_newest_version_holds_and_took(root: Path) -> None:
    lines = {line["what"]: line for line in told(root)["lines"]}
    machine = lines["machine to build on, Standard_D4s_v5 in eastus"]
    assert (machine["quantity"], machine["amount"]) == ("2 h", "0.38")
    kept = lines["2 replicas in eastus, Standard_LRS"]
    assert (kept["quantity"], kept["amount"]) == ("10 GiB for 12 months", "6.00")
    assert kept["price"]["date"] == "2026-07-24"
    transfer = lines["transfer from eastus to westeurope"]
    assert (transfer["quantity"], transfer["amount"]) == ("5 GiB, once", None)


def test_plan_shows_it_to_people(root: Path) -> None:
    shown = run(root, "plan", "tiny-cpu", "--target", "azure").output
    assert "in all 7.15 USD, without 2 of 5 that have no price here" in shown
    assert "0.192 per hour" in shown
    assert "what it holds is that of 2026.1125.0" in shown


def test_machines_have_the_size_of_the_target(root: Path) -> None:
    own = "machine: {inbound: [192.0.2.7], sizes: {cpu: Standard_D8s_v5}}"
    text = TARGET.replace("machine: {inbound: [192.0.2.7]}", own)
    write(root / "packer/targets/azure.yaml", text)
    cost = told(root)
    amounts = {line["what"]: (line["quantity"], line["amount"]) for line in cost["lines"]}
    assert amounts["machine to build on, Standard_D8s_v5 in eastus"] == ("2 h", "0.77")
    assert amounts["machine to prove it on, Standard_D8s_v5 in eastus"] == ("4 h at most", "1.54")
    assert next(each for each in cost["sizes"]["eastus"] if each["fits"])["vcpus"] == 8


def test_sizes_fit_the_controllers_that_the_definition_declares(root: Path) -> None:
    whys = [why for each in told(root)["sizes"]["eastus"] for why in each["why"]]
    assert not [why for why in whys if "the image is declared for" in why]


def test_the_first_line_says_where_prices_are_and_how_to_get_others(root: Path) -> None:
    shown = " ".join(run(root, "plan", "tiny-cpu", "--target", "azure").stdout.split())
    first = shown.partition("cost of a version")[0]
    assert "disks or transfer are here for eastus, westus3 only" in first
    assert "burnish prices --refresh --region eastus --region westeurope" in first


def test_spot_is_reckoned_with_the_full_price_and_says_so(root: Path) -> None:
    assert costing.SPOT not in told(root)["notes"]
    text = TARGET.replace("192.0.2.7]", "192.0.2.7], spot: true")
    write(root / "packer/targets/azure.yaml", text)
    cost = told(root)
    assert costing.SPOT in cost["notes"]
    assert cost["lines"][0]["amount"] == "0.38"


def test_plan_without_a_target_says_nothing_of_money(root: Path) -> None:
    assert "USD" not in run(root, "plan", "tiny-cpu").output


def test_sizes_can_be_asked_for(root: Path) -> None:
    sizes = told(root, "--vcpus", "16", "--memory", "100")["sizes"]["eastus"]
    first = next(each for each in sizes if each["fits"])
    assert (first["vcpus"], first["memory"]) == (16, "128")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--target", "local"), "the target 'local' is a folder, which costs nothing"),
        (("--target", "moon"), "unknown target 'moon'"),
        (("--live-prices",), "--live-prices, --vcpus and --memory are about a target"),
    ],
)
def test_what_means_nothing_is_refused(root: Path, words: tuple[str, ...], error: str) -> None:
    ended = run(root, "plan", "tiny-cpu", *words)
    assert isinstance(ended.exception, UsageError)
    assert ended.exception.message == error


def answering(monkeypatch: pytest.MonkeyPatch, *regions: str) -> list[str]:
    asked: list[str] = []

    def ask(filters: Any, site: object, *, address: str) -> list[dict[str, Any]]:
        asked.append(filters["machines"])
        return [{**ITEM, "armRegionName": one} for one in regions if one in filters["machines"]]

    monkeypatch.setattr(costing, "ask", ask)
    return asked


def test_live_prices_are_asked_for_and_not_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (root / FOLDER / "machines.yaml").read_text("utf-8")
    asked = answering(monkeypatch, "eastus", "westeurope")
    machine = told(root, "--live-prices")["lines"][0]
    assert (machine["amount"], machine["price"]["source"]) == (
        "0.50",
        "Azure's retail price list, asked by burnish",
    )
    assert [name for text in asked for name in ("eastus", "westeurope") if name in text] == [
        "eastus",
        "westeurope",
    ]
    assert (root / FOLDER / "machines.yaml").read_text("utf-8") == before


def test_prices_are_refreshed_and_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "eastus")
    ended = run(root, "prices", "--refresh", "--region", "eastus")
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.startswith("eastus: 1 size of 20")
    again = run(root, "prices", "--region", "eastus", "--region", "westeurope").output
    assert "westeurope: 92 sizes of 2026-06-18; no other price" in again
    assert "eastus: 1 size of 2026-06-18" not in again
    assert sorted(path.name for path in (root / FOLDER).iterdir()) == [
        "machines.yaml",
        "meters.yaml",
        "sizes.yaml",
    ]


def test_regions_that_nobody_knows_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch)
    ended = run(root, "prices", "--refresh", "--region", "atlantis")
    assert isinstance(ended.exception, UsageError)
    assert ended.exception.message == "Azure's price list has no machines in atlantis"
    ended = run(root, "prices", "--region", "atlantis")
    assert isinstance(ended.exception, UsageError)
    assert ended.exception.message == "no prices of atlantis here"


def test_a_list_that_does_not_answer_leaves_the_files_as_they_were(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_text("utf-8") for path in (root / FOLDER).iterdir()}

    def ask(filters: Any, site: object, *, address: str) -> Any:
        yield {**ITEM, "armRegionName": "eastus"}
        raise ToolError("the retail price list does not answer")

    monkeypatch.setattr(costing, "ask", ask)
    ended = run(root, "prices", "--refresh", "--region", "eastus")
    assert isinstance(ended.exception, ToolError)
    assert {path.name: path.read_text("utf-8") for path in (root / FOLDER).iterdir()} == before


def test_a_target_may_keep_versions_for_another_time(root: Path) -> None:
    write(root / "packer/targets/azure.yaml", f"{TARGET}end_of_life_days: 73\n")
    kept = next(line for line in told(root)["lines"] if line["what"].startswith("2 replicas"))
    assert (kept["quantity"], kept["amount"]) == ("10 GiB for 2.4 months", "1.20")


def test_a_place_without_any_price_is_not_said_to_cost_nothing(root: Path) -> None:
    text = TARGET.replace("eastus", "atlantis").replace("route: vm", "route: upload")
    write(root / "packer/targets/azure.yaml", text)
    shown = run(root, "plan", "tiny-cpu", "--target", "azure").stdout
    assert "nothing of it has a price here" in shown
    assert "in all 0.00" not in shown
