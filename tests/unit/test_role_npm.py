"""What roles declare of npm tools, and what becomes of it in plan, lock file, container and ids."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import worlds
from burnish.catalog.load import PLUGINS, load
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import DefinitionError
from burnish.lock.moves import moves
from burnish.lock.update import sections
from burnish.model.lock import Lock
from burnish.model.npm import NpmLock, NpmPackage
from burnish.model.plan import Plan
from burnish.plan.ids import changed
from burnish.render import transport
from burnish.render.layer import LayerPaths, variables
from burnish.stages import inputs, layers, planning
from burnish.stages.run import Run, World
from registry import Made, integrity

VARS = "roles/extra/vars/main.yml"
TASKS = "roles/extra/tasks/more.yml"
DECLARED = """\
__extra_npm:
  - name: proxy
    version: ^{{ extra_size }}.0.0
"""
LINE = "proxy@^7.0.0"
TARBALL = Made(name="proxy", version="7.1.0").tarball()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose role `extra` has one npm tool."""
    changes = {VARS: DECLARED, "roles/extra/defaults/main.yml": "extra_size: 7\n"}
    return checkout.write(tmp_path_factory.mktemp("root"), changes=changes)


def package(**values: object) -> NpmPackage:
    made = NpmPackage(
        path="node_modules/proxy",
        name="proxy",
        version="7.1.0",
        integrity=integrity(TARBALL),
        sha256=makers.sha("proxy"),
        size=len(TARBALL),
        tarball="proxy/-/proxy-7.1.0.tgz",
    )
    return replace(made, **values)  # type: ignore[arg-type]


def locked(*packages: NpmPackage, declared: str = LINE) -> Lock:
    section = NpmLock(declared=(declared,), packages=packages or (package(),))
    return replace(checkout.lock(), npm={"extra": section})


def world_of(root: Path, lock: Lock, *, folder: Path) -> tuple[World, Run]:
    world = replace(worlds.locked(folder), catalog=load([root]))
    plan = planning.plan(world.catalog, world.catalog.images[checkout.IMAGE], lock=lock)
    return world, Run(plan=plan)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("name: proxy", "name: ../proxy", "2: name: '../proxy' is no name of an npm package"),
        ("^{{ extra_size }}.0.0", "https://x.test/y.tgz", "3: version: 'https://x.test/y.tgz' is"),
        ("^{{ extra_size }}.0.0", "npm:other@1", "3: version: 'npm:other@1' is no range"),
        ("^{{ extra_size }}.0.0", "7", "3: version: input should be a valid string, not 7"),
        ("version:", "verison:", "3: verison: unknown key 'verison'"),
        (DECLARED, "__extra_npm: proxy\n", "1: expected a list of npm"),
    ],
)
def test_what_is_wrong_with_a_tool(root: Path, old: str, new: str, text: str) -> None:
    with checkout.edited(root, VARS, old=old, new=new):
        found = checkout.problems(root)
    place, _, told = text.partition(": ")
    assert [each for each in found if each.startswith(f"{VARS}:{place}: ") and told in each]


@pytest.mark.parametrize(
    "task",
    [
        "community.general.npm: {name: proxy, global: true}",
        "community.general.yarn: {path: /x}",
        "ansible.builtin.command: npm install -g proxy",
        "ansible.builtin.command: {cmd: /usr/bin/pnpm add proxy}",
        "ansible.builtin.command: {argv: [npx, proxy]}",
        "ansible.builtin.shell: cd /opt && NODE_ENV=production npm ci",
        "ansible.builtin.shell: {cmd: 'set -e; yarn install'}",
        "block: [{name: Install, ansible.builtin.command: npm install}]",
    ],
)
def test_a_task_that_installs_by_itself_is_a_problem(root: Path, task: str) -> None:
    with checkout.edited(root, TASKS, new=f"- name: Install\n  {task}\n"):
        (found,) = checkout.problems(root)
    assert found == f"{TASKS}: 'Install' calls npm, or one like it, by itself, past the lock"


@pytest.mark.parametrize(
    "task",
    [
        "burnish.build.npm: {source: '{{ burnish_npm }}', dest: /opt/proxy}",
        "ansible.builtin.command: /opt/proxy/node_modules/.bin/proxy --for npm",
        "ansible.builtin.shell: echo npm && ls",
        "ansible.builtin.command: {argv: [ls, npm]}",
    ],
)
def test_a_task_that_unpacks_what_is_locked_is_none(root: Path, task: str) -> None:
    with checkout.edited(root, TASKS, new=f"- name: Unpack\n  {task}\n"):
        load([root])


def test_one_layer_has_one_tree(root: Path) -> None:
    more = "__extra_npm_more: [{name: proxy, version: '8'}]\n"
    with checkout.edited(root, VARS, new=more):
        assert checkout.problems(root) == [
            "roles/extra/vars: one layer asks for proxy@^7.0.0 and for proxy@8"
        ]


@pytest.mark.parametrize(("condition", "asked"), [("extra_size > 7", ()), ("extra_size", (LINE,))])
def test_a_condition_is_held_against_the_variables(
    root: Path, condition: str, asked: tuple[str, ...]
) -> None:
    with checkout.edited(root, VARS, new=f"    when: {condition}\n"):
        plan = checkout.resolved(root)
        wanted = planning.wanted(load([root]), plan.image)
    assert makers.by_name(plan)["extra"].npm == asked
    assert ("npm:extra" in sections(wanted)) is bool(asked)


def test_a_layer_is_open_until_its_tree_is_pinned(root: Path) -> None:
    def told(lock: Lock | None) -> list[tuple[str, str]]:
        return [(each.section, each.reason) for each in checkout.resolved(root, lock).open]

    assert told(None) == [("npm:extra", "not resolved yet")]
    reason = "what it asks for has changed since it was resolved"
    assert told(locked(declared="proxy@^6.0.0")) == [("npm:extra", reason)]
    assert told(locked()) == []


def test_content_moves_the_layer_and_what_leads_to_it_does_not(root: Path) -> None:
    def ids(*packages: NpmPackage) -> dict[str, str]:
        plan = checkout.resolved(root, locked(*packages))
        return {layer.name: layer.id for layer in plan.layers}

    before = ids()
    assert ids(package(tarball="elsewhere/x.tgz", size=7)) == before
    for moved in (package(sha256=makers.sha("x")), package(path="node_modules/a/node_modules/b")):
        after = ids(moved)
        assert [name for name in before if before[name] != after[name]] == ["extra", "seal"]


def test_a_moved_pin_is_told(root: Path) -> None:
    new = package(version="7.2.0", sha256=makers.sha("x"))
    before, after = (
        makers.by_name(checkout.resolved(root, locked(each)))["extra"].inputs
        for each in (package(), new)
    )
    assert changed(before, after) == ("pin npm/proxy: 7.1.0 -> 7.2.0",)
    (move,) = moves(locked(), locked(new))
    assert (move.section, move.name, move.old, move.new) == ("npm:extra", "proxy", "7.1.0", "7.2.0")
    assert locked().inputs()[makers.sha("proxy")] == "proxy@7.1.0.tgz"


def test_the_module_is_an_input_of_layers_that_use_it(root: Path) -> None:
    with checkout.edited(root, f"{PLUGINS}/modules/npm.py", new="# x\n"):
        moved = checkout.resolved(root, locked())
    before = {layer.id for layer in checkout.resolved(root, locked()).layers}
    assert [layer.name for layer in moved.layers if layer.id not in before] == ["extra", "seal"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("node_modules/proxy ", "node_modules/../proxy "),
        ("node_modules/proxy ", "/opt/node_modules/proxy "),
        ("proxy@7.1.0 ", "proxy@../../7 "),
        ("sha512-", "sha1-"),
        (" proxy/-/", " https://x.test/-/"),
        (" proxy/-/", " ../-/"),
        (" proxy/-/", " proxy/../../-/"),
        (f" {len(TARBALL)} ", " some "),
    ],
)
def test_a_line_of_another_form_is_no_pin(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "x.lock.yaml"
    text = dump_lock(locked())
    path.write_text(text, encoding="utf-8")
    assert load_lock(path, image=checkout.IMAGE, shown="x") == locked()
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"npm\.extra: not a pin"):
        load_lock(path, image=checkout.IMAGE, shown="x")


def test_the_text_has_a_line_for_each_package() -> None:
    nested = package(path="node_modules/proxy/node_modules/@a/b", name="@a/b", version="1.0.0-rc.1")
    lines = dump_lock(locked(nested, package())).splitlines()
    rest = f"{integrity(TARBALL)} {makers.sha('proxy')} {len(TARBALL)} proxy/-/proxy-7.1.0.tgz"
    assert f"    - node_modules/proxy proxy@7.1.0 {rest}" in lines
    assert f"    - node_modules/proxy/node_modules/@a/b @a/b@1.0.0-rc.1 {rest}" in lines


def test_a_container_is_given_the_tarballs_and_their_places(root: Path, tmp_path: Path) -> None:
    fetched = tmp_path / "fetched.tgz"
    fetched.write_bytes(TARBALL)
    digest = hashlib.sha256(TARBALL).hexdigest()
    twice = package(path="node_modules/a/node_modules/proxy", sha256=digest)
    lock = locked(twice, package(sha256=digest))
    world, run = world_of(root, lock, folder=tmp_path)
    world.store.inputs.keep(fetched, digest)
    layer = makers.by_name(run.plan)["extra"]
    given = inputs.lay_out(world, run, layer=layer, lock=run.plan.lock)
    names = sorted(path.name for path in Path(given.npm).iterdir())
    assert names == ["proxy@7.1.0.tgz", "tree.json"]
    told = json.loads((Path(given.npm) / "tree.json").read_text("utf-8"))["packages"]
    assert [each["path"] for each in told] == [twice.path, "node_modules/proxy"]
    assert {(each["file"], each["sha256"]) for each in told} == {("proxy@7.1.0.tgz", digest)}
    assert f"{given.npm}:{transport.NPM}:ro" in transport.volumes(given)
    assert f"{PLUGINS}/modules/npm.py" in layers.staged(world, layer)


def test_only_roles_with_tools_are_told_where_they_are(root: Path) -> None:
    plan: Plan = checkout.resolved(root, locked())
    paths = LayerPaths(repository="", ansible_playbook="", uv="", folder="")
    named = makers.by_name(plan)
    assert variables(plan, named["extra"], paths=paths)["burnish_npm"] == transport.NPM
    assert "burnish_npm" not in variables(plan, named["seal"], paths=paths)
