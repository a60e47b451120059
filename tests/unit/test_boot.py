"""Starting falls back from KVM to TCG and from a taken port to the next; a lack is said first."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from burnish import process
from burnish.build import boot, firmware, kvm
from burnish.build.guest import PortTakenError
from burnish.errors import BootError, ToolError
from burnish.model.machine import BootRequest


class _Starts:
    """Stands in for QEMU: each start ends as the next of `outcomes` says; None is a kernel."""

    def __init__(self, *outcomes: BootError | None) -> None:
        self.outcomes = list(outcomes)
        self.accelerators: list[str] = []
        self.ended: list[str] = []

    def __call__(self, stack: ExitStack, _: object, *, accelerator: str) -> Any:
        self.accelerators.append(accelerator)
        stack.callback(self.ended.append, accelerator)
        return SimpleNamespace(await_kernel=self._kernel)

    def _kernel(self) -> None:
        outcome = self.outcomes.pop(0)
        if outcome:
            raise outcome


def _request(folder: Path, **changes: Any) -> BootRequest:
    base = {"disk": folder / "disk", "format": "raw", "scratch": folder, "log": folder / "log"}
    return BootRequest(**{**base, **changes})


def _start(
    patch: pytest.MonkeyPatch, starts: _Starts, *, usable: bool, wish: str | None = None
) -> list[str]:
    steps: list[str] = []
    patch.setattr(boot, "_launch", starts)
    patch.setattr(kvm, "usable", lambda: usable)
    request = _request(Path("/d"), accelerator=wish)
    with ExitStack() as stack:
        boot._start(stack, boot._Start(request=request, room=Path("/r"), on_step=steps.append))
        starts.ended.append("-")
    return steps


def test_without_kvm_tcg_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = _Starts(None)
    assert _start(monkeypatch, starts, usable=False) == []
    assert starts.accelerators == ["tcg"]


def test_kvm_that_only_looks_well_falls_back_to_tcg(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = _Starts(BootError("disk: no kernel within 15 s\n  | Probing EDD"), None)
    steps = _start(monkeypatch, starts, usable=True)
    assert steps == ["KVM does not work here, trying TCG: disk: no kernel within 15 s"]
    assert starts.accelerators == ["kvm", "tcg"]
    assert starts.ended == ["kvm", "-", "tcg"], "the first guest is gone before the second is used"


def test_a_wish_for_kvm_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = _Starts(BootError("no kernel"))
    with pytest.raises(BootError, match="no kernel"):
        _start(monkeypatch, starts, usable=True, wish="kvm")


def test_a_taken_port_is_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = _Starts(PortTakenError("taken"), PortTakenError("taken"), None)
    _start(monkeypatch, starts, usable=False)
    assert starts.ended == ["tcg", "tcg", "-", "tcg"]


def test_ports_are_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = _Starts(*(PortTakenError("taken") for _ in range(boot.PORTS)))
    with pytest.raises(PortTakenError):
        _start(monkeypatch, starts, usable=False)
    assert len(starts.ended) == boot.PORTS


@pytest.mark.parametrize(
    ("missing", "package"), [("qemu-system-x86_64", "qemu-system-x86"), ("swtpm", "swtpm")]
)
def test_a_missing_tool_names_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, missing: str, package: str
) -> None:
    def find(tool: str, *, hint: str) -> Path:
        if tool == missing:
            raise ToolError(f"{tool}: not found on PATH", hint=hint)
        return Path("/bin", tool)

    monkeypatch.setattr(process, "find", find)
    with pytest.raises(ToolError) as caught:
        boot.check_tools(_request(tmp_path, firmware="secureboot"))
    assert caught.value.hint == f"install the package '{package}'; `make setup` does"


def test_a_missing_disk_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "find", lambda tool, hint: Path("/bin", tool))
    monkeypatch.setattr(firmware, "find", lambda kind: None)
    with pytest.raises(BootError) as caught:
        boot.check_tools(_request(tmp_path))
    assert str(caught.value) == f"{tmp_path / 'disk'}: no such disk"
