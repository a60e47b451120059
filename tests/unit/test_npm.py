"""npm tools in the lock: what the real npm resolves on a registry, what is refused, how tarballs get here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import makers
import pytest
from burnish.build.cache import Cache
from burnish.errors import BuildError, BurnishError, ToolError
from burnish.lock import npm, npm_cli, tarballs, update
from burnish.lock.place import Place, Vanished
from burnish.model.lock import Lock, OpenEntry, Wanted
from burnish.model.npm import NpmLock, NpmSpec
from burnish.model.site import NpmRegistry, Site
from registry import Made, Registry, integrity, running

pytestmark = pytest.mark.touches(
    "processes", "sockets", reason="the real npm asks a registry on loopback"
)
SECTION = "npm:extra"
ONE = Made(name="one", version="1.2.0", needs={"leaf": "^1.0.0"})
LEAF = Made(name="leaf", version="1.0.1")
PUBLISHED = (
    LEAF,
    Made(name="leaf", version="2.0.0"),
    Made(name="leaf", version="2.1.0-rc.1"),
    ONE,
    Made(name="@scope/two", version="3.0.0", needs={"leaf": "^2.0.0"}),
    Made(name="scripted", version="1.0.0", more={"scripts": {"install": "true"}}),
    Made(name="native", version="1.0.0", more={"os": ["linux"], "cpu": ["x64"]}),
    Made(name="wants", version="1.0.0", needs={"native": "1", "scripted": "1"}),
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with every package."""
    with running(tmp_path_factory.mktemp("npm")) as made:
        for each in PUBLISHED:
            made.publish(each)
        yield made


@pytest.fixture
def place(tmp_path: Path, published: Registry) -> Place:
    inputs = Cache(root=tmp_path / "inputs")
    return Place(site=published.site, scratch=tmp_path, inputs=inputs, log=tmp_path / "log")


def resolved(at: Place, *asked: str, known: NpmLock | None = None) -> NpmLock:
    specs = [
        NpmSpec(name=name, version=text) for name, _, text in (a.rpartition("@") for a in asked)
    ]
    return npm.resolve(SECTION, specs, known=known, place=at)


def test_a_tree_is_pinned_whole(place: Place) -> None:
    lock = resolved(place, "one@^1.0.0", "@scope/two@>=3 <4")
    assert lock.declared == ("@scope/two@>=3 <4", "one@^1.0.0")
    assert [(each.path, each.pin) for each in lock.packages] == [
        ("node_modules/@scope/two", "@scope/two@3.0.0"),
        ("node_modules/leaf", "leaf@2.0.0"),
        ("node_modules/one", "one@1.2.0"),
        ("node_modules/one/node_modules/leaf", "leaf@1.0.1"),
    ]
    leaf = lock.packages[-1]
    content = LEAF.tarball()
    assert (leaf.integrity, leaf.size) == (integrity(content), len(content))
    assert leaf.tarball == "tarballs/leaf-1.0.1.tgz"
    path = place.inputs.find(leaf.sha256)
    assert path and path.read_bytes() == content


def test_what_is_known_is_not_fetched_again(place: Place, published: Registry) -> None:
    lock = resolved(place, "one@^1.0.0")
    published.served.asked.clear()
    assert resolved(place, "one@^1.0.0", known=lock) == lock
    assert not [path for path in published.served.asked if path.startswith("/tarballs")]


def test_a_tree_comes_from_the_cache_or_the_registry(place: Place, published: Registry) -> None:
    lock = resolved(place, "@scope/two@3")
    offline = replace(place, offline=True)
    brought = tarballs.bring(SECTION, lock, place=offline)
    assert sorted(brought) == ["@scope+two@3.0.0.tgz", "leaf@2.0.0.tgz"]
    shutil.rmtree(tmp := place.inputs.root)  # type: ignore[attr-defined]
    with pytest.raises(ToolError, match="cache lacks 2 inputs of npm:extra: @scope") as caught:
        tarballs.bring(SECTION, lock, place=offline)
    assert caught.value.hint.startswith("bring them with")
    assert tarballs.bring(SECTION, lock, place=place) == brought
    assert tmp.is_dir()


@pytest.mark.parametrize(
    ("asked", "kind", "text"),
    [
        ("wants@1", BuildError, r"native@1.0.0 \(for linux, x64 only\), scripted@1.0.0 \(runs a"),
        ("one@^9", BuildError, "the npm registry has not what npm:extra asks for"),
        ("nobody@1", BuildError, "the npm registry has not what npm:extra asks for"),
    ],
)
def test_what_cannot_be_pinned_is_named(
    place: Place, asked: str, kind: type[BurnishError], text: str
) -> None:
    with pytest.raises(kind, match=text):
        resolved(place, asked)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("integrity", integrity(b"other"), r"leaf@1.0.1.tgz: its integrity is sha512-"),
        ("sha256", "0" * 64, r"leaf@1.0.1.tgz: its sha256 is [0-9a-f]{64}, the lock's is 0000"),
    ],
)
def test_other_bytes_than_the_lock_says(
    place: Place, published: Registry, key: str, value: str, text: str
) -> None:
    (leaf,) = resolved(place, "leaf@1").packages
    wrong = NpmLock(declared=(), packages=(replace(leaf, **{key: value}),))  # type: ignore[arg-type]
    with pytest.raises(BuildError, match=text):
        tarballs.bring(SECTION, wrong, place=place)


def test_what_the_registry_holds_no_more(place: Place) -> None:
    lock = resolved(place, "leaf@1")
    gone = replace(lock.packages[0], sha256=makers.sha("gone"), tarball="tarballs/gone.tgz")
    lost = NpmLock(declared=(), packages=(gone, *lock.packages))
    assert tarballs.gone(lost, place=place) == {gone.sha256: "leaf@1.0.1.tgz"}
    with pytest.raises(Vanished) as caught:
        tarballs.bring(SECTION, NpmLock(declared=(), packages=(gone,)), place=place)
    assert (caught.value.section, caught.value.names) == (SECTION, ("leaf@1.0.1",))


def test_a_certificate_that_nobody_trusts(place: Place) -> None:
    lock = resolved(place, "leaf@1")
    at = replace(place, site=replace(place.site, ca_bundle=""))
    text = "the npm registry answers with a certificate that is not trusted here"
    with pytest.raises(ToolError, match=text):
        resolved(at, "leaf@1")
    with pytest.raises(ToolError, match=text):
        tarballs.gone(lock, place=at)


def test_a_registry_that_does_not_answer(place: Place) -> None:
    nowhere = Site(npm=NpmRegistry(registry="http://127.0.0.1:9"))
    with pytest.raises(ToolError) as caught:
        resolved(replace(place, site=nowhere), "leaf@1")
    assert caught.value.message.startswith("the npm registry can't be reached\n")
    assert caught.value.hint == "name one as npm.registry, or a proxy as https_proxy, in site.yaml"


def test_what_cannot_be_asked_stays_open_and_what_can_is_locked(place: Place) -> None:
    asked = {"extra": (NpmSpec(name="leaf", version="1"),)}
    wanted = Wanted(
        image="x",
        distribution="tiny",
        rootfs=None,
        flavour="cpu",
        tools=None,
        apt={},
        python={},
        npm=asked,
    )
    resolve = partial(update.resolve, wanted, asked={SECTION}, keep_open=True)
    offline = resolve(Lock(image="x"), place=replace(place, offline=True))
    reason = "--offline, and the lock leaves npm:extra open"
    assert offline.open == (OpenEntry(section=SECTION, reason=reason),)
    lock = resolve(offline, place=place)
    assert (lock.open, [each.pin for each in lock.npm["extra"].packages]) == ((), ["leaf@1.0.1"])
    without = update.resolve(replace(wanted, npm={}), lock, asked=(), place=place, keep_open=True)
    assert without.npm == {}, "what nobody asks for goes"


def test_without_npm_the_way_out_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npm_cli, "PACKAGE", "no_such_package")
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(ToolError) as caught:
        resolved(place, "leaf@1")
    assert (caught.value.message, caught.value.hint) == ("npm: not found on PATH", npm_cli.SETUP)
