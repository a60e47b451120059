"""`burnish.build.npm`: what a tree becomes on disk, held against what the real npm makes of it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from burnish.build.cache import Cache
from burnish.catalog.load import PLUGINS
from burnish.lock import npm, npm_cli, tarballs
from burnish.lock.place import Place
from burnish.model.npm import NpmLock, NpmPackage, NpmSpec
from burnish.render.npm import tree
from checkout import REPOSITORY
from registry import Made, Registry, integrity, packed, running

CLI = {"cli.js": "#!/usr/bin/env node\n", "lib/deep.js": "1\n"}
PUBLISHED = (
    Made(name="leaf", version="1.0.0", files={"leaf.js": "1\n"}),
    Made(name="leaf", version="2.0.0", files=CLI, more={"bin": {"leaf": "./cli.js"}}),
    Made(
        name="@scope/two", version="1.0.0", needs={"leaf": "2"}, files=CLI, more={"bin": "cli.js"}
    ),
    Made(name="zero", version="1.0.0", needs={"leaf": "1"}),
)
LEAF = "node_modules/leaf"


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """The module's code as it runs in a layer."""
    path = REPOSITORY / PLUGINS / "modules/npm.py"
    spec = importlib.util.spec_from_file_location("burnish_build_npm", path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("npm")) as made:
        for each in PUBLISHED:
            made.publish(each)
        yield made


@pytest.fixture
def ran(module: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs it on a source, into `tmp_path`/opt; gives what it answers."""

    def run(source: Path, *, check: bool = False) -> dict[str, Any]:
        arguments: dict[str, Any] = {"dest": str(tmp_path / "opt"), "source": str(source)}
        arguments["_ansible_check_mode"] = check
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return run


def given(folder: Path, packages: dict[str, bytes]) -> Path:
    """What a layer is given: tarballs by the place that each goes to, and tree.json."""
    folder.mkdir()
    pins = []
    for path, content in packages.items():
        name = path.rpartition("node_modules/")[2]
        pin = NpmPackage(
            path=path,
            name=name,
            version="1.0.0",
            integrity=integrity(content),
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            tarball="x.tgz",
        )
        (folder / pin.file).write_bytes(content)
        pins.append(pin)
    (folder / "tree.json").write_text(tree(NpmLock(declared=(), packages=tuple(pins))))
    return folder


def listed(folder: Path) -> dict[str, str]:
    """Every file and link below a folder: where it leads, or its mode and content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = f"{path.stat().st_mode & 0o777:o} {path.read_text('utf-8')}"
    return found


def locked(folder: Path, registry: Registry, *, asked: dict[str, str]) -> Path:
    """What a layer that asks for these tools is given."""
    inputs = Cache(root=folder / "inputs")
    at = Place(site=registry.site, scratch=folder, inputs=inputs, log=folder / "log")
    specs = [NpmSpec(name=name, version=version) for name, version in asked.items()]
    lock = npm.resolve("npm:x", specs, known=None, place=at)
    source = folder / "source"
    source.mkdir()
    for name, path in tarballs.bring("npm:x", lock, place=at).items():
        (source / name).write_bytes(path.read_bytes())
    (source / "tree.json").write_text(tree(lock))
    return source


def installed(folder: Path, registry: Registry, *, asked: dict[str, str]) -> Path:
    """What npm itself installs."""
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"dependencies": asked}))
    argv = [*npm_cli.program(), "install", "--package-lock-only=false", "--umask=022"]
    own = {"npm_config_cache": str(folder / "cache")}
    env = {**os.environ, **npm_cli.environment(registry.site), **own}
    subprocess.run(argv, cwd=folder, env=env, check=True, capture_output=True)
    return folder / "node_modules"


@pytest.mark.touches("processes", "sockets", reason="the real npm asks a registry on loopback")
def test_the_tree_is_the_one_that_npm_makes(tmp_path: Path, published: Registry, ran: Any) -> None:
    asked = {"@scope/two": "1", "zero": "1"}
    source = locked(tmp_path, published, asked=asked)
    assert ran(source)["changed"]
    ours = listed(tmp_path / "opt/node_modules")
    expected = listed(installed(tmp_path / "theirs", published, asked=asked))
    ours.pop(".burnish-tree")
    expected.pop(".package-lock.json")
    assert ours == expected
    assert sorted(name for name in ours if ".bin/" in name) == [".bin/leaf", ".bin/two"]


def test_a_second_run_changes_nothing_and_another_lock_all(tmp_path: Path, ran: Any) -> None:
    first = Made(name="leaf", version="1.0.0", files={"old.js": "1\n"})
    source = given(tmp_path / "one", {LEAF: first.tarball()})
    assert ran(source, check=True)["changed"]
    assert not (tmp_path / "opt").exists()
    assert ran(source) == {"changed": True, "packages": [LEAF], **_called(tmp_path, source)}
    assert not ran(source)["changed"]
    second = replace(first, files={"new.js": "1\n"})
    other = given(tmp_path / "two", {LEAF: second.tarball()})
    assert ran(other)["changed"]
    assert sorted(path.name for path in (tmp_path / "opt" / LEAF).iterdir()) == [
        "new.js",
        "package.json",
    ]
    assert [path.name for path in (tmp_path / "opt").iterdir()] == ["node_modules"]


def _called(tmp_path: Path, source: Path) -> dict[str, Any]:
    return {"invocation": {"module_args": {"dest": str(tmp_path / "opt"), "source": str(source)}}}


@pytest.mark.parametrize("left", [".node_modules.new/x", ".node_modules.old/x"])
def test_what_a_run_cut_short_left_is_no_harm(tmp_path: Path, ran: Any, left: str) -> None:
    (tmp_path / "opt" / left).mkdir(parents=True)
    made = Made(name="leaf", version="1.0.0")
    assert ran(given(tmp_path / "one", {LEAF: made.tarball()}))["changed"]
    assert [path.name for path in (tmp_path / "opt").iterdir()] == ["node_modules"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (packed({"package/../../out": "x"}), "'package/../../out' leads out of its folder"),
        (packed({"/package/out": "x"}), "leads out of its folder"),
        (packed({"package/package.json": '{"bin": {"x": "../../../out"}}'}), "leads out"),
        (packed({"package/package.json": "{}", "package/x": "->/etc"}), "'package/x' is no file"),
        (b"no tarball", "leaf@1.0.0.tgz: "),
    ],
)
def test_a_tarball_that_would_do_harm_is_refused(
    tmp_path: Path, ran: Any, content: bytes, text: str
) -> None:
    found = ran(given(tmp_path / "one", {LEAF: content}))
    assert found["failed"]
    assert text in found["msg"]
    assert list((tmp_path / "opt").iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_other_bytes_than_the_locks_are_refused(tmp_path: Path, ran: Any) -> None:
    source = given(tmp_path / "one", {LEAF: packed({"package/package.json": "{}"})})
    (source / "leaf@1.0.0.tgz").write_bytes(packed({"package/package.json": "[]"}))
    assert ran(source)["msg"] == "leaf@1.0.0.tgz has other bytes than the lock says"


def test_without_a_tree_it_says_so(tmp_path: Path, ran: Any) -> None:
    text = f"{tmp_path}: no tree.json; does the role declare npm tools?"
    assert ran(tmp_path)["msg"] == text
