"""Which wheel of a release is taken, and what uv's failures are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from burnish import process
from burnish.errors import BuildError, CommandFailed, ToolError
from burnish.lock import wheels
from burnish.model.command import Command, Completed
from burnish.model.lock import Interpreter, PythonLock
from burnish.model.site import PythonIndex, Site

UPLOADED = datetime(2026, 1, 2, tzinfo=UTC)
PYLOCK = """\
lock-version = "1.0"
[[packages]]
name = "scipy"
version = "1.1"
wheels = [{name = "scipy-1.1-py3-none-any.whl", hashes = {sha256 = "bb"}}]
[[packages]]
name = "NumPy"
version = "2.0"
wheels = [{url = "https://x/numpy-2.0%2Bcpu-py3-none-any.whl", size = 5, \
upload-time = 2026-01-02T00:00:00Z, hashes = {sha256 = "aa"}}]
"""


def chosen(*tags: str, python: str = "3.11", windows: bool = False) -> str:
    """The tag of the wheel that is taken among these."""
    offered = [
        {"name": f"x-1.0-{tag}.whl", "hashes": {"sha256": tag}, "upload-time": UPLOADED}
        for tag in tags
    ]
    interpreter = Interpreter(version=python, windows=windows)
    package: dict[str, Any] = {"name": "x", "version": "1.0", "wheels": offered}
    return wheels._wheel(package, wheels.supported(interpreter)).sha256


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("cp311-cp311-manylinux_2_17_x86_64", "py3-none-any"),
        ("cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_17_x86_64"),
        ("cp311-cp311-manylinux2014_x86_64", "cp311-abi3-manylinux2014_x86_64"),
        ("cp39-abi3-manylinux_2_17_x86_64", "py3-none-manylinux_2_17_x86_64"),
        ("cp311-abi3-manylinux2014_x86_64", "cp38-abi3-manylinux2014_x86_64"),
        ("py3-none-manylinux_2_28_x86_64", "py3-none-any"),
        ("py2.py3-none-any", "cp312-cp312-manylinux_2_17_x86_64"),
        ("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "py3-none-any"),
        ("py3-none-any", "cp311-cp311-musllinux_1_2_x86_64"),
        ("py3-none-any", "cp311-cp311-manylinux_2_17_aarch64"),
        ("py3-none-any", "cp311-cp311-macosx_11_0_arm64"),
        ("py3-none-any", "cp311-cp311-win_amd64"),
    ],
)
def test_the_best_wheel_wins_in_any_order(better: str, worse: str) -> None:
    assert chosen(better, worse) == chosen(worse, better) == better


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("cp313-cp313-win_amd64", "py3-none-any"),
        ("cp39-abi3-win_amd64", "py3-none-win_amd64"),
        ("py3-none-any", "cp313-cp313-win32"),
        ("py3-none-any", "cp313-cp313-win_arm64"),
        ("py3-none-any", "cp313-cp313-manylinux_2_17_x86_64"),
    ],
)
def test_windows_takes_its_own_wheels(better: str, worse: str) -> None:
    found = [
        chosen(*tags, python="3.13", windows=True) for tags in ((better, worse), (worse, better))
    ]
    assert found == [better, better]


@pytest.mark.parametrize(
    ("windows", "platform"), [(True, "x86_64-pc-windows-msvc"), (False, "x86_64-manylinux_2_34")]
)
def test_the_resolver_is_told_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, windows: bool, platform: str
) -> None:
    _, command = compiled(monkeypatch, tmp_path, windows=windows)
    assert f"--python-platform={platform}" in command.argv


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_each_base_takes_wheels_of_its_own_python(python: str) -> None:
    tag = f"cp{python.replace('.', '')}"
    assert chosen("py3-none-any", f"{tag}-{tag}-manylinux_2_17_x86_64", python=python) != (
        "py3-none-any"
    )


@pytest.mark.parametrize(
    "tags", [(), ("cp312-cp312-manylinux_2_17_x86_64",), ("cp311-cp311-win_amd64",)]
)
def test_no_wheel_that_fits_is_an_error(tags: tuple[str, ...]) -> None:
    with pytest.raises(BuildError) as caught:
        chosen(*tags)
    assert caught.value.message == "x 1.0: no wheel for this Python and platform"
    assert caught.value.hint.startswith("ask for another version")


def compiled(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *,
    windows: bool = False,
    declared: tuple[str, ...] = ("scipy", "numpy"),
) -> tuple[PythonLock, Command]:
    """Resolve with a uv that writes a lock; gives the lock and the command that was run."""
    ran: list[Command] = []

    def run(command: Command, **_: object) -> Completed:
        ran.append(command)
        (folder / "pylock.toml").write_text(PYLOCK, encoding="utf-8")
        return Completed(returncode=0, stdout="", stderr="", seconds=0)

    monkeypatch.setattr(process, "run", run)
    index = PythonIndex(index_url="https://i", find_links=("/a", "/b"))
    site = Site(python=index, ca_bundle="/ca", no_proxy="n")
    python = Interpreter(version="3.11", windows=windows)
    lock = wheels.resolve(declared, python=python, site=site, scratch=folder)
    return lock, ran[0]


def test_an_environment_is_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, command = compiled(monkeypatch, tmp_path)
    seconds = int(UPLOADED.timestamp())
    assert (lock.declared, lock.python, lock.epoch) == (("numpy", "scipy"), "3.11", seconds)
    first, second = lock.wheels
    assert (first.name, first.filename) == ("numpy", "numpy-2.0+cpu-py3-none-any.whl")
    assert (first.uploaded, second.uploaded, second.size) == (seconds, 0, 0)
    assert (tmp_path / "requirements.in").read_text() == "numpy\nscipy\n"
    assert {"--only-binary=:all:", "--python-version=3.11"} <= set(command.argv)
    assert command.env == {
        "UV_DEFAULT_INDEX": "https://i",
        "UV_FIND_LINKS": "/a,/b",
        "SSL_CERT_FILE": "/ca",
        "NO_PROXY": "n",
    }


@pytest.mark.parametrize(
    ("declared", "mode"),
    [(("numpy",), "explicit"), (("--pre", "numpy"), "if-necessary-or-explicit")],
)
def test_pre_releases_are_taken_where_an_environment_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: tuple[str, ...], mode: str
) -> None:
    lock, command = compiled(monkeypatch, tmp_path, declared=declared)
    assert f"--prerelease={mode}" in command.argv
    assert (tmp_path / "requirements.in").read_text() == "numpy\n"
    assert lock.declared == declared


def failed(*tail: str) -> CommandFailed:
    return CommandFailed(("uv", "pip", "compile"), returncode=2, tail=tail)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (
            "  Caused by: invalid peer certificate: UnknownIssuer",
            "the Python index answers with a certificate that is not trusted here",
            "ca_bundle in site.yaml",
        ),
        (
            "  Caused by: dns error: failed to lookup address information",
            "the Python index can't be reached",
            "python.index_url",
        ),
        (
            "  Caused by: tcp connect error: Connection refused (os error 111)",
            "the Python index can't be reached",
            "https_proxy",
        ),
    ],
)
def test_the_real_cause_is_named(line: str, message: str, hint: str) -> None:
    error = wheels._explained(failed("error: Failed to fetch", line))
    assert isinstance(error, ToolError)
    assert error.message == f"{message}\n  | error: Failed to fetch\n  | {line}"
    assert hint in error.hint


@pytest.mark.parametrize(
    "line",
    [
        "No solution found: Because numpy was not found",
        pytest.param(
            "Because tls-client was not found in the package registry",
        ),
    ],
)
def test_what_cannot_be_satisfied_stays_what_uv_said(line: str) -> None:
    error = failed(line)
    assert wheels._explained(error) is error


def test_uv_fails_in_our_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: Command, **_: object) -> Completed:
        raise failed("invalid peer certificate: UnknownIssuer")

    monkeypatch.setattr(process, "run", run)
    python = Interpreter(version="3.11")
    with pytest.raises(ToolError, match="certificate that is not trusted"):
        wheels.resolve(("x",), python=python, site=Site(), scratch=tmp_path)


@pytest.mark.parametrize(
    ("alone", "first"),
    [
        (
            "cause: Because x==2+cpu has no such wheel and you require x==2+cpu, we can conclude",
            "x==2+cpu has no such wheel",
        ),
        ("out of memory", "uv pip compile: exit code 2"),
        ("", "uv pip compile: exit code 2"),
    ],
)
def test_only_what_fails_by_itself_is_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: str, first: str
) -> None:
    def asked(*_: object, flags: Sequence[str], **__: object) -> Sequence[Mapping[str, object]]:
        if alone or not flags:
            raise failed(alone or "Because a needs b<2 and c needs b>2")
        return []

    monkeypatch.setattr(wheels, "compiled", asked)
    python = Interpreter(version="3.11")
    with pytest.raises(BuildError) as caught:
        wheels.resolve(["x==2+cpu"], python=python, site=Site(), scratch=tmp_path)
    assert caught.value.message.splitlines()[0] == first
    assert isinstance(caught.value, wheels.NotOffered) == first.startswith("x==2")
