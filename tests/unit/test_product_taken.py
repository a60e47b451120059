"""What a container leaves at a product's place: kept if it is files, and nothing of this machine touched."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import producing
import pytest
import worlds
from burnish import process
from burnish.build import products
from burnish.catalog.load import load
from burnish.errors import BuildError
from burnish.model.command import Command, Completed
from burnish.model.plan import Layer
from burnish.model.product import Product, ProductRecord
from burnish.stages import planning
from burnish.stages import products as stages_products
from burnish.stages.run import Run
from filelock import FileLock, Timeout

LAYER = Layer(name="extra", id="i", parent="", roles=(), vars={}, inputs={}, epoch=0)
PRODUCT = Product(name="parts", path="/opt/parts", key=makers.sha("key"))
Leave = Callable[[Path], None]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Docker, whose `cp` brings nothing; every call."""
    return docker(monkeypatch, lambda _: None)


def docker(monkeypatch: pytest.MonkeyPatch, leave: Leave, *, error: str = "") -> list[str]:
    """Docker, whose `cp` does what `leave` does at the place that it copies to."""
    made: list[str] = []

    def run(command: Command, **_: object) -> Completed:
        made.append(command.argv[1])
        if command.argv[1] == "cp":
            leave(Path(command.argv[-1]))
        code = int(bool(error)) if command.argv[1] == "cp" else 0
        return Completed(returncode=code, stdout="name\n", stderr=error, seconds=0)

    monkeypatch.setattr(process, "run", run)
    return made


def taken(folder: Path) -> products.Taken:
    return products.take_out(LAYER, PRODUCT, tag="tag", folder=folder / "work/parts")


def file(path: Path, text: str = "text", *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_a_link_in_its_place_leads_to_nothing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    file(mine / "precious")
    docker(monkeypatch, lambda place: place.symlink_to(mine))
    # the second time there may be what the first one left
    for _ in range(2):
        with pytest.raises(BuildError, match="can't be kept: it is no folder but a link"):
            taken(tmp_path)
    assert (mine / "precious").read_text("utf-8") == "text"
    assert not (tmp_path / "work/parts").is_symlink()


def odd_link(place: Path) -> None:
    file(place / "a")
    (place / "link").symlink_to("a")


def odd_folder(place: Path) -> None:
    file(place / "a")
    (place / "link").symlink_to("/")


def odd_pipe(place: Path) -> None:
    file(place / "a")
    os.mkfifo(place / "pipe")


def odd_name(place: Path) -> None:
    file(place / "a")
    Path(os.fsdecode(os.fsencode(place) + b"/\xff")).write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    ("leave", "text"),
    [
        (odd_link, "link is no file"),
        (odd_folder, "link is no file"),
        (odd_pipe, "pipe is no file"),
        (odd_name, "is no name that a record can have"),
        (file, "it is no folder"),
        (Path.mkdir, "there is none"),
    ],
)
def test_what_is_no_folder_of_files_is_told_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leave: Leave, text: str
) -> None:
    docker(monkeypatch, leave)
    with pytest.raises(BuildError, match=text):
        taken(tmp_path)
    assert not (tmp_path / "work/parts").exists()


@pytest.mark.parametrize(
    ("error", "text", "hint"),
    [
        ("Error: Could not find the file /opt/parts in container x", "there is none", "`path`"),
        ("write /x: no space left on device", "no space left on device", "run the same command"),
    ],
)
def test_why_docker_brought_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str, text: str, hint: str
) -> None:
    docker(monkeypatch, lambda _: None, error=error)
    with pytest.raises(BuildError, match=text) as told:
        taken(tmp_path)
    assert hint in told.value.hint


def test_the_container_of_a_killed_run_goes_first(tmp_path: Path, calls: list[str]) -> None:
    with pytest.raises(BuildError):
        taken(tmp_path)
    assert calls == ["ps", "rm", "create", "cp", "rm"]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> products.Taken:
    """What is taken out where one file is a program with its owner's rights, and one unreadable."""

    def leave(place: Path) -> None:
        file(place / "bin/tool", "tool", mode=0o4755)
        file(place / "secret", "secret", mode=0o000)
        file(place / "same", "tool")

    docker(monkeypatch, leave)
    return taken(tmp_path)


def modes(folder: Path, found: products.Taken) -> dict[str, str]:
    return {name: f"{(folder / name).stat().st_mode:o}" for name in found.files}


def test_nothing_keeps_the_rights_of_its_owner(tmp_path: Path, programs: products.Taken) -> None:
    texts = {"bin/tool": "tool", "same": "tool", "secret": "secret"}
    assert programs.files == {name: makers.sha(text) for name, text in texts.items()}
    assert set(modes(tmp_path / "work/parts", programs).values()) == {"100644"}


def test_programs_are_given_as_programs(tmp_path: Path, programs: products.Taken) -> None:
    record = ProductRecord(
        key=PRODUCT.key,
        name="parts",
        definition="tiny-cpu",
        layer="extra",
        made="now",
        files=programs.files,
        programs=programs.programs,
    )
    files = {name: tmp_path / "work/parts" / name for name in programs.files}
    products.lay_out(record, files, folder=tmp_path / "given")
    given = modes(tmp_path / "given", programs)
    assert given == {"bin/tool": "100755", "same": "100644", "secret": "100644"}


def test_it_is_kept_while_no_other_build_has_the_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = load([producing.write(tmp_path / "root")])
    world = replace(worlds.locked(tmp_path), catalog=catalog, clock=lambda: worlds.NOW)
    image = world.catalog.images[checkout.IMAGE]
    run = Run(plan=planning.plan(world.catalog, image, lock=checkout.lock()))
    layer = makers.by_name(run.plan)["extra"]
    held: list[bool] = []

    def leave(place: Path) -> None:
        file(place / "a")
        path = world.store.root / f"locks/layer-{layer.id[:32]}.lock"
        with pytest.raises(Timeout):
            FileLock(path).acquire(timeout=0)
        held.append(True)

    docker(monkeypatch, leave)
    for _ in range(2):
        stages_products.keep(world, run, layer=layer)
    assert held == [True], "the second time it is here"
    assert world.store.products.find(layer.products[0].key)
    assert not list((world.scratch(run) / "products").iterdir())
