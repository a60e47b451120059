"""Mutations of a disk's files whose disk is seldom built turn their check red on a small listing too."""

from __future__ import annotations

import importlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from harness import facts, tree

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = ROOT / "tests" / "mutations"
WHEELS = "/usr/local/lib/mkl/wheels"
MODULES = "/usr/lib/modules/6.1.0-1-amd64/updates/dkms"
PARTS = ("", "-drm", "-modeset", "-peermem", "-uvm")
LISTED = {
    "numpy_mkl": (
        f"{WHEELS}/numpy/numpy-2.4.6-cp311-cp311-linux_x86_64.whl",
        f"{WHEELS}/scipy/scipy-1.17.1-cp311-cp311-linux_x86_64.whl",
    ),
    "cuda": (
        *(f"{MODULES}/nvidia-current{part}.ko" for part in PARTS),
        "/usr/local/cuda/bin",
        "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
    ),
}
ENTRY = {"type": "file", "mode": 0o644, "uid": 0, "gid": 0, "size": 1, "mtime": 1}


@pytest.fixture
def known(tmp_path: Path) -> facts.Facts:
    """What the engine says of a Debian that has both roles."""
    path = tmp_path / "facts.json"
    layers = [{"id": role, "roles": [role]} for role in LISTED]
    names = ("image", "flavour", "os", "family", "release", "user")
    plain = {**dict.fromkeys(names, "x"), "distribution": "debian", "epoch": 2}
    path.write_text(json.dumps({**plain, "layers": layers}), encoding="utf-8")
    return facts.load(path, roots=(ROOT,))


@pytest.fixture
def listing(tmp_path: Path) -> Callable[[str], Path]:
    """Writes the files of a role as the reader of a disk lists them."""

    def write(role: str) -> Path:
        lines = (json.dumps({"path": path, **ENTRY}) for path in LISTED[role])
        (tmp_path / tree.LISTING).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def checks(pytestconfig: pytest.Config) -> Callable[[str], ModuleType]:
    """Gives a module of checks; their marks are the harness's, of which unit tests know none."""
    for mark in ("needs", "services"):
        pytestconfig.addinivalue_line("markers", f"{mark}: as the harness has it")
    return importlib.import_module


@pytest.mark.touches("processes", reason="a mutation is a script of the shell")
@pytest.mark.parametrize(
    ("role", "name", "needs"),
    [
        ("numpy_mkl", "test_the_disk_keeps_the_wheels", ()),
        ("cuda", "test_the_disk_keeps_the_driver", ("facts",)),
    ],
)
def test_it_turns_its_check_red(
    role: str,
    name: str,
    needs: tuple[str, ...],
    *,
    known: facts.Facts,
    listing: Callable[[str], Path],
    checks: Callable[[str], ModuleType],
) -> None:
    check = getattr(checks(f"test_{role}"), name)
    folder, more = listing(role), {"facts": known} if needs else {}
    check(tree=tree.load(folder), **more)
    script = MUTATIONS / role / f"{name}.sh"
    subprocess.run(["sh", "-eu", script], cwd=folder, check=True)
    with pytest.raises(AssertionError):
        check(tree=tree.load(folder), **more)
