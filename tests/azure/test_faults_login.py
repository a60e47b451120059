"""Nobody is signed in: what a newcomer meets first is told once, with the next step."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty import proves
from vm_typed import Typed


@pytest.fixture
def bare(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """The same without credentials, and without `az`."""
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    return typed


@proves("no login")
@pytest.mark.parametrize("words", [("list",), ("promote", "tiny-cpu"), ("prune", "tiny-cpu")])
def test_commands_say_what_to_do(
    bare: Typed, caplog: pytest.LogCaptureFixture, words: tuple[str, ...]
) -> None:
    code, _, story = bare(*words, "--target", "cloud")
    assert code == 6
    assert "nobody is signed in: Azure CLI not found on path" in story
    assert "install Azure's command line and `az login`" in story
    assert "401" not in story
    assert [each.name for each in caplog.records if each.name.startswith("azure.identity")] == []


def test_half_a_login_is_no_az_login(bare: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", "t")
    monkeypatch.setenv("AZURE_CLIENT_ID", "c")
    code, _, story = bare("list", "--target", "cloud")
    assert (code, "lacks AZURE_CLIENT_SECRET" in story) == (2, True), story
