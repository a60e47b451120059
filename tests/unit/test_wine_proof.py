"""What is proven under Wine of a plan for Windows, and how that is filed and told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import makers
import pytest
import worlds
from burnish.catalog.load import load
from burnish.catalog.locks import load_lock
from burnish.cli.wine import told
from burnish.evidence.report import report
from burnish.model.base import Level
from burnish.model.plan import Plan
from burnish.stages import filed_proofs, planning, wine_proof
from burnish.verify import wine

ROOT = Path(__file__).parents[2]
NAME = "windows-2022-cpu"
FILES = {"0:test_python.py": "a"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    catalog = load([ROOT])
    path = ROOT / "packer" / "locks" / f"{NAME}.lock.yaml"
    lock = load_lock(path, image=NAME, shown=str(path))
    return planning.plan(catalog, catalog.images[NAME], lock=lock)


def test_what_people_get_is_proven_first(plan: Plan) -> None:
    assert wine.environments(plan, every=False) == ("ml",)
    every = wine.environments(plan, every=True)
    assert {"ml", "azcli", "hub"} <= set(every)
    assert all(f"{name}@windows" in plan.lock.python for name in every)


def test_facts_are_of_the_environments_that_were_made(plan: Plan) -> None:
    known = wine.facts(plan, made=("ml",), user="prover")
    found = [each for each in known["layers"] if "python" in each["roles"]]
    assert [each["vars"]["python_environment"] for each in found] == ["ml"]
    assert any(pin.startswith("numpy==") for pin in found[0]["lock"]["ml"])
    assert known["os"] == "windows"


def test_kernels_are_those_that_ask_for_one(plan: Plan) -> None:
    python = r"C:\envs\ml\Scripts\python.exe"
    assert wine.kernels(plan, made=("ml", "azcli")) == {"ml": python, "python3": python}


def test_another_wine_is_another_proof(plan: Plan) -> None:
    def suite(**changed: object) -> str:
        given = {"wine": "w", "made": ("ml",), **changed}
        return wine.suite(plan, FILES, **given)  # type: ignore[arg-type]

    assert suite() == suite(made=["ml"])
    assert len({suite(), suite(wine="x"), suite(made=("ml", "tf"))}) == 3
    assert suite() != wine.suite(plan, {"0:test_python.py": "b"}, wine="w", made=("ml",))


def test_the_newest_proof_of_each_level_is_filed(plan: Plan, tmp_path: Path) -> None:
    world = worlds.world(tmp_path)
    first = makers.verdict("failed", level="wine")
    filed_proofs.file_proof(world, plan, level=Level.WINE, verdict=first)
    simulated = makers.verdict("passed", level="container")
    filed_proofs.file_proof(world, plan, level=Level.SIMULATED, verdict=simulated)
    path = filed_proofs.file_proof(world, plan, level=Level.WINE, verdict=makers.verdict("passed"))
    assert path == world.build / "proofs" / NAME / f"{plan.id}.json"
    found = filed_proofs.filed(world, plan)
    assert [(each.level, each.passed, each.subject) for each in found] == [
        ("simulated", True, plan.id),
        ("wine", True, plan.id),
    ]
    assert filed_proofs.filed(world, replace(plan, id="other")) == ()


def test_it_is_never_called_windows() -> None:
    verdict = makers.verdict("passed", "not-verified", level="wine", not_run=("environment tf",))
    text = told(verdict, Path("kept.json"))
    assert text.startswith("wine: Windows binaries, not Windows: 1/2 checks passed")
    assert "  left out: environment tf" in text and "not verified here" in text
    page = report(makers.manifest(verdicts=(verdict,)))
    assert "| wine: Windows binaries, not Windows |" in page


def test_a_layer_that_lacks_an_installer_has_its_wheels_proven(plan: Plan, tmp_path: Path) -> None:
    catalog = load([ROOT])
    world = replace(worlds.world(tmp_path), catalog=catalog)
    left = {item.name for item in plan.left_out}
    assert {"tf", "torch"} <= left, "their installer is not reached here"
    found = wine_proof.environments(world, plan, every=True)
    assert {"ml", "tf", "torch"} <= set(found)
    assert "mkl" not in found, "a role that there is not on Windows"
    assert wine_proof.whole(world, plan).id == plan.id
    assert wine_proof.environments(world, plan, every=False) == ("ml",)
