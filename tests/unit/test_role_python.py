"""The programs of the role `python`: an environment of one's own, and bytecode where nothing forks."""

from __future__ import annotations

import importlib.util
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from house import sources

FILES = sources.ROOT / "roles" / "python" / "files"
runs = pytest.mark.touches("processes", reason="the programs are run as the role runs them")


def venv_from(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FILES / "venv_from.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """The folder of a shared environment `ml` with a module, and another one through a .pth file."""
    folder = tmp_path / "envs"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "ml")], check=True)
    (packages,) = (folder / "ml" / "lib").glob("python*/site-packages")
    (packages / "below.py").write_text("told = 'below'\n")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "beside.py").write_text("told = 'beside'\n")
    (packages / "beside.pth").write_text(f"{tmp_path / 'far'}\n")
    return folder


@runs
def test_an_own_environment_has_all_that_lies_below(shared: Path, tmp_path: Path) -> None:
    assert venv_from(shared, "ml", tmp_path / "own").returncode == 0
    own = [str(tmp_path / "own" / "bin" / "python"), "-c"]
    ask = "import below, beside, sys; print(below.told, beside.told, sys.prefix)"
    done = subprocess.run([*own, ask], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["below", "beside", str(tmp_path / "own")]
    pip = (tmp_path / "own" / "bin" / "pip.cmd").read_bytes()
    assert pip == b'@"%~dp0python.exe" -m pip %*\r\n'


@runs
@pytest.mark.parametrize("arguments", [(), ("ml",), ("nobody", "own"), ("ml", "own", "more")])
def test_it_names_the_environments_where_it_was_asked_wrongly(
    shared: Path, arguments: tuple[str, ...]
) -> None:
    done = venv_from(shared, *arguments)
    assert done.returncode == 2
    assert done.stderr == "usage: venv-from NAME DIR; NAME is one of:\nml\n"


def test_bytecode_is_compiled_where_nothing_forks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"good": "x = 1\n", "newer": "x = = 1\n", "tests/left": "x = 1\n"}.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    monkeypatch.setattr(sys, "argv", ["-", str(tmp_path)])
    spec = importlib.util.spec_from_file_location("compile_py", FILES / "compile.py")
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert capsys.readouterr().out == f"{tmp_path / 'newer.py'}\n"
    (made,) = tmp_path.rglob("*.pyc")
    # PEP 552: a hash that nobody checks
    assert made.name.startswith("good.") and made.read_bytes()[4:8] == b"\x01\0\0\0"
