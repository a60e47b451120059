"""What roles declare of downloads, and what becomes of it in plan, lock file, scenario and ids."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import worlds
from burnish.catalog.load import load
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import DefinitionError
from burnish.lock.moves import moves
from burnish.model.download import COMPUTED, Download, DownloadsLock
from burnish.model.lock import Lock
from burnish.model.site import DownloadMirror, Site
from burnish.plan.ids import changed
from burnish.render import transport
from burnish.render.layer import LayerPaths, variables
from burnish.stages import inputs, planning, scenario
from burnish.stages.run import Run, World

VARS = "roles/extra/vars/main.yml"
TASKS = "roles/extra/tasks/more.yml"
DECLARED = """\
__extra_downloads:
  - name: tool.tgz
    url: https://publisher.test/{{ extra_size }}/tool.tgz
    checksum: https://publisher.test/{{ extra_size }}/SUMS
"""
URL = "https://publisher.test/7/tool.tgz"
LINE = f"tool.tgz {URL} https://publisher.test/7/SUMS"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose role `extra` downloads one file."""
    changes = {VARS: DECLARED, "roles/extra/defaults/main.yml": "extra_size: 7\n"}
    return checkout.write(tmp_path_factory.mktemp("root"), changes=changes)


def file(**values: object) -> Download:
    made = Download(name="tool.tgz", url=URL, sha256=makers.sha("tool"), size=6, origin=COMPUTED)
    return replace(made, **values)  # type: ignore[arg-type]


def locked(*files: Download, declared: str = LINE) -> Lock:
    section = DownloadsLock(declared=(declared,), files=files or (file(),))
    return replace(checkout.lock(), downloads={"extra": section})


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("https://publisher.test/{{ extra_size }}/tool", "http://x.test/tool", "3: url: "),
        ("name: tool.tgz", "name: ../tool", "2: name: '../tool' is no plain file name"),
        (
            "    checksum",
            "    deb: a tool\n    checksum",
            "4: deb: 'a tool' is no name of a package",
        ),
        ("checksum:", "chekcsum:", "4: chekcsum: unknown key 'chekcsum'"),
        ("https://publisher.test/{{ extra_size }}/SUMS", "SUMS", "4: checksum: 'SUMS' is no https"),
        ("    checksum", "    sha256: abc\n    checksum", "4: sha256: a sha256 has 64 hexadecimal"),
        (DECLARED, "__extra_downloads: tool.tgz\n", "1: expected a list of downloads"),
    ],
)
def test_what_is_wrong_with_a_download(root: Path, old: str, new: str, text: str) -> None:
    with checkout.edited(root, VARS, old=old, new=new):
        (found,) = checkout.problems(root)
    place, _, told = text.partition(": ")
    assert found.startswith(f"{VARS}:{place}: ")
    assert told in found


@pytest.mark.parametrize(
    "task",
    [
        "ansible.builtin.get_url: {url: x, dest: /y, checksum: z}",
        "ansible.builtin.uri: {url: x}",
        "ansible.windows.win_get_url: {url: x, dest: y}",
        "ansible.builtin.git: {repo: x, dest: /y}",
        "ansible.builtin.unarchive: {src: 'https://x/y.tgz', dest: /z, remote_src: true}",
        "ansible.windows.win_package: {path: 'https://x/y.msi'}",
        "block: [{name: Fetch, ansible.builtin.get_url: {url: x, dest: /y}}]",
    ],
)
def test_a_task_that_fetches_is_a_problem(root: Path, task: str) -> None:
    with checkout.edited(root, TASKS, new=f"- name: Fetch\n  {task}\n"):
        assert checkout.problems(root) == [f"{TASKS}: 'Fetch' downloads by itself, past the lock"]


def test_a_task_that_takes_a_declared_file_is_none(root: Path) -> None:
    task = "unarchive: {src: '{{ burnish_downloads }}/tool.tgz', dest: /z, remote_src: true}"
    with checkout.edited(root, TASKS, new=f"- name: Unpack\n  ansible.builtin.{task}\n"):
        load([root])


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("    checksum", "    when: extra_size >\n    checksum", "can't tell what tool.tgz is"),
        ("{{ extra_size }}", "{{ other }}", "can't tell what tool.tgz is: 'other' is undefined"),
        (
            DECLARED,
            f"{DECLARED}__extra_downloads_more:\n  - {{name: tool.tgz, url: 'https://x.test/y'}}\n",
            "two downloads of one layer are called 'tool.tgz'",
        ),
        (
            "    checksum: https://publisher.test/{{ extra_size }}/SUMS\n",
            "    authenticode: CN=X\n",
            "tool.tgz: only an installer for Windows has a signer",
        ),
    ],
)
def test_what_cannot_be_known_is_a_problem(root: Path, old: str, new: str, text: str) -> None:
    with checkout.edited(root, VARS, old=old, new=new):
        (found,) = checkout.problems(root)
    assert found.startswith("roles/extra/vars: ")
    assert text in found


@pytest.mark.parametrize(("condition", "asked"), [("extra_size > 7", ()), ("extra_size", (LINE,))])
def test_a_condition_is_held_against_the_variables(
    root: Path, condition: str, asked: tuple[str, ...]
) -> None:
    when = f"    when: {condition}\n    checksum"
    with checkout.edited(root, VARS, old="    checksum", new=when):
        plan = checkout.resolved(root)
    assert makers.by_name(plan)["extra"].downloads == asked


EACH = """\
__extra_downloads:
  - each: extra_tools
    name: "{{ item.name }}_{{ item.version }}.tgz"
    url: "{{ extra_from }}/{{ item.name }}_{{ item.version }}.tgz"
    sha256: "{{ item.sha256 | default('') }}"
"""
DEFAULTS = """\
extra_from: https://publisher.test
extra_tools: [{name: b, version: 2}, {name: a, version: 1, sha256: %s}]
"""


def test_a_list_of_the_layers_variables_is_a_file_for_each_entry(tmp_path: Path) -> None:
    defaults = {"roles/extra/defaults/main.yml": DEFAULTS % makers.sha("a")}
    root = checkout.write(tmp_path, changes={VARS: EACH, **defaults})
    assert makers.by_name(checkout.resolved(root))["extra"].downloads == (
        f"a_1.tgz https://publisher.test/a_1.tgz {makers.sha('a')}",
        "b_2.tgz https://publisher.test/b_2.tgz",
    )


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("each: extra_tools", "each: extra_toys", "'extra_toys' is undefined"),
        ("item.version", "item.release", "has no attribute 'release'"),
        ("{{ extra_from }}", "{{ item.name }}", "a_1.tgz: 'a/a_1.tgz' is no https address"),
        ('name: "{{', 'name: "{{ extra_from }}{{', "'https://publisher.testb_2.tgz' is no plain"),
    ],
)
def test_what_an_entry_comes_to_is_held_to_the_same_rules(
    tmp_path: Path, old: str, new: str, text: str
) -> None:
    defaults = {"roles/extra/defaults/main.yml": DEFAULTS % makers.sha("a")}
    root = checkout.write(tmp_path, changes={VARS: EACH.replace(old, new, 1), **defaults})
    assert any(text in found for found in checkout.problems(root)), checkout.problems(root)


def test_a_layer_is_open_until_its_files_are_pinned(root: Path) -> None:
    plan = checkout.resolved(root)
    assert [(each.section, each.reason) for each in plan.open] == [
        ("downloads:extra", "not resolved yet")
    ]
    stale = checkout.resolved(root, locked(declared="tool.tgz https://publisher.test/6/tool.tgz"))
    assert stale.open[0].reason == "what it asks for has changed since it was resolved"
    assert checkout.resolved(root, locked()).open == ()


def test_content_moves_the_layer_and_the_address_does_not(root: Path) -> None:
    def ids(*files: Download) -> dict[str, str]:
        plan = checkout.resolved(root, locked(*files))
        return {layer.name: layer.id for layer in plan.layers}

    before = ids()
    assert ids(file(url="https://elsewhere.test/x", origin="x", size=7)) == before
    after = ids(file(sha256=makers.sha("other")))
    assert [name for name in before if before[name] != after[name]] == ["extra", "seal"]
    layer = makers.by_name(checkout.resolved(root, locked()))["extra"]
    moved = {**layer.inputs, "download:tool.tgz": "x"}
    assert changed(layer.inputs, moved) == ("download tool.tgz has other bytes",)


def test_text_to_lock_and_back(tmp_path: Path) -> None:
    signed = file(name="setup.exe", signer="CN=Example Corp, C=US")
    lock = locked(signed, file())
    path = tmp_path / "x.lock.yaml"
    path.write_text(dump_lock(lock), encoding="utf-8")
    assert load_lock(path, image=checkout.IMAGE, shown="x") == lock
    text = path.read_text("utf-8")
    assert f"    - tool.tgz {URL} {makers.sha('tool')} 6 computed when locked\n" in text
    signer = 'signer:"CN=Example Corp, C=US"'
    assert f"    - setup.exe {URL} {makers.sha('tool')} 6 {signer} computed when locked\n" in text
    path.write_text(text.replace(" 6 computed", " six computed"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"downloads\.extra: not a pin"):
        load_lock(path, image=checkout.IMAGE, shown="x")


def world_of(root: Path, lock: Lock, *, folder: Path) -> tuple[World, Run]:
    small = worlds.locked(folder)
    world = replace(small, catalog=load([root]))
    plan = planning.plan(world.catalog, world.catalog.images[checkout.IMAGE], lock=lock)
    return world, Run(plan=plan)


def test_a_container_is_given_the_files(root: Path, tmp_path: Path) -> None:
    fetched = tmp_path / "tool.tgz"
    fetched.write_bytes(b"a tool")
    digest = makers.sha("a tool")
    world, run = world_of(root, locked(file(sha256=digest)), folder=tmp_path)
    world.store.inputs.keep(fetched, digest)
    layer = makers.by_name(run.plan)["extra"]
    given = inputs.lay_out(world, run, layer=layer, lock=run.plan.lock)
    assert (Path(given.downloads) / "tool.tgz").read_bytes() == b"a tool"
    assert f"{given.downloads}:{transport.DOWNLOADS}:ro" in transport.volumes(given)
    paths = LayerPaths(repository="", ansible_playbook="", uv="", folder="")
    assert variables(run.plan, layer, paths=paths)["burnish_downloads"] == transport.DOWNLOADS
    seal = makers.by_name(run.plan)["seal"]
    assert "burnish_downloads" not in variables(run.plan, seal, paths=paths)


def test_downloads_are_inputs_and_moves(root: Path, tmp_path: Path) -> None:
    old, new = locked(), locked(file(sha256=makers.sha("other")))
    assert new.inputs()[makers.sha("other")] == "tool.tgz"
    (move,) = moves(old, new)
    assert (move.section, move.name, move.new) == (
        "downloads:extra",
        "tool.tgz",
        makers.sha("other")[:12],
    )


def test_a_scenario_gets_the_downloads_of_its_own_variables(root: Path, tmp_path: Path) -> None:
    world, run = world_of(root, locked(), folder=tmp_path)
    world = replace(world, site=mirrored(tmp_path, "publisher.test/8", content=b"tool 8"))
    layer = makers.by_name(run.plan)["extra"]
    image = run.plan.image
    same = planning.of_roles(world.catalog, image, roles=layer.roles, given={})
    assert scenario._locked(world, run, layer=layer, asked=same) == run.plan.lock
    other = planning.of_roles(world.catalog, image, roles=layer.roles, given={"extra_size": 8})
    found = scenario._locked(world, run, layer=layer, asked=other).downloads["extra"].files[0]
    assert (found.url, found.size) == ("https://publisher.test/8/tool.tgz", 6)
    assert world.store.inputs.find(found.sha256)


def mirrored(folder: Path, place: str, *, content: bytes) -> Site:
    """A site whose folder has the file, and the publisher's list, at one place."""
    there = folder / "mirror" / place
    there.mkdir(parents=True)
    (there / "tool.tgz").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (there / "SUMS").write_text(f"{digest}  tool.tgz\n", encoding="utf-8")
    return Site(downloads=DownloadMirror(mirror=str(folder / "mirror")))
