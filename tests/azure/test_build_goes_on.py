"""A build goes on to the target that it names; one that could never be published does not begin."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from burnish import pipeline
from burnish.catalog.site import CA_VARIABLES
from burnish.cli.main import cli
from burnish.stages.run import Run
from click.testing import CliRunner, Result
from emulator import clients
from emulator.emulator import Emulator
from filed_disk import TARGET, checkout_with_version


@pytest.fixture
def root(arm: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a filed version; what builds it is played."""

    def start(world: Any, plan: Any) -> Run:
        [manifest] = world.gallery.manifests(plan.image.name)
        folder = world.gallery.folder(manifest.image, manifest.version)
        return Run(plan=plan, manifest=manifest, folder=folder, seconds={"file": 1.0})

    monkeypatch.setattr(pipeline, "start", start)
    for name, value in clients.environment(arm).items():
        monkeypatch.setenv(name, value)
    for name in CA_VARIABLES:
        monkeypatch.setenv(name, str(arm.ca))
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", arm.subscription)
    monkeypatch.setenv("BURNISH_AZURE_ENDPOINT", arm.base_url)
    monkeypatch.setenv("BURNISH_AZURE_INTERVAL", "0")
    return checkout_with_version(tmp_path)


def burnish(root: Path, arguments: Sequence[str]) -> Result:
    return CliRunner().invoke(cli, ["--root", str(root), *arguments])


BUILD = ("build", "tiny-cpu", "--target", "cloud")


def test_a_build_ends_as_a_candidate_at_its_target(root: Path, arm: Emulator) -> None:
    done = burnish(root, BUILD)
    assert done.exit_code == 0, done.output
    assert "tiny-cpu/2026.1125.0 is candidate at cloud: westeurope, northeurope" in done.output
    assert [each.name for each in arm.state.versions] == ["2026.1125.0"]


def test_the_time_of_an_upload_begins_after_its_build(
    root: Path, arm: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, played = datetime(2031, 3, 14, tzinfo=UTC), pipeline.start

    def long(world: Any, plan: Any) -> Run:
        object.__setattr__(world, "clock", lambda: later)
        return played(world, plan)

    monkeypatch.setattr(pipeline, "start", long)
    assert burnish(root, BUILD).exit_code == 0
    sent = [str(each.request_body) for each in arm.exchanges if each.method == "PUT"]
    assert any("'burnish-expires': '2031-03-16'" in each for each in sent)


def test_its_json_stays_one_document(root: Path) -> None:
    done = burnish(root, [*BUILD, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["version"] == "2026.1125.0"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("images", "SET_ME", "still to be written"),
        ("AZURE_SUBSCRIPTION_ID", "NOT_SET", "the environment variable NOT_SET is not set"),
    ],
)
def test_what_could_never_be_published_is_not_built(
    root: Path, arm: Emulator, old: str, new: str, said: str
) -> None:
    text = TARGET.replace(old, new, 1)
    (root / "packer" / "targets" / "cloud.yaml").write_text(text, encoding="utf-8")
    done = burnish(root, BUILD)
    assert said in str(done.exception)
    assert arm.exchanges == []
