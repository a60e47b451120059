"""What a layer makes at length outlives the layer: taken while all that it is made of stays the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from factory import IMAGE, Factory

VARS = """\
__two_products:
  - name: drawn
    path: /opt/drawn
    roles: [two]
    packages: [jq]
"""
# something else each time it is made, as a compiler's output may be
TASKS = """\
- name: Look for what an earlier build made
  ansible.builtin.stat:
    path: "{{ burnish_products }}/drawn"
  register: __two_kept

- name: Take it
  ansible.builtin.copy:
    src: "{{ burnish_products }}/drawn/"
    dest: /opt/drawn/
    remote_src: true
    mode: u=rwX,go=rX
  when: __two_kept.stat.exists

- name: Make it
  ansible.builtin.shell:
    cmd: mkdir -p /opt/drawn/deep && cp /proc/sys/kernel/random/uuid /opt/drawn/deep/number
    creates: /opt/drawn/deep/number
"""
NUMBER = "/opt/drawn/deep/number"


@pytest.fixture
def drawing(ours: Factory, tmp_path: Path) -> Factory:
    """A factory whose layer `two` makes a number that no second build would make again; it is built.

    No other test's layer is made of the same.
    """
    (ours.root / "roles/two/vars").mkdir()
    (ours.root / "roles/two/vars/main.yml").write_text(VARS, encoding="utf-8")
    ours.edit("roles/two/tasks/main.yml", new=TASKS)
    ours.edit("roles/two/files/content", new=tmp_path.name)
    done = ours.build(until="two")
    assert done.code == 0, done.err
    return ours


def reused(of: Factory) -> list[str]:
    """The products that the plan says layer `two` would be given."""
    told = json.loads(of.burnish("plan", IMAGE, "--json").out)
    (layer,) = [each for each in told["layers"] if each["name"] == "two"]
    return list(layer["reused"])


def files(of: Factory) -> list[Path]:
    """Where the cache has what was made."""
    return sorted(Path(of.env["BURNISH_STORE"]).glob("inputs/*/number"))


def test_a_change_below_leaves_it_alone_and_one_of_its_role_does_not(drawing: Factory) -> None:
    first = drawing.content("two", NUMBER)
    drawing.edit("roles/one/files/content", new=" another")
    assert reused(drawing) == ["drawn"]
    assert "drawn taken as an earlier build made them" in drawing.burnish("plan", IMAGE).out
    again = drawing.build(until="two")
    assert (again.code, again.built) == (0, ["one", "two"])
    assert drawing.content("two", NUMBER) == first
    drawing.edit("roles/two/files/content", new=" another")
    assert reused(drawing) == []
    assert drawing.build(until="two").code == 0
    assert drawing.content("two", NUMBER) != first


def test_spoiled_bytes_are_made_anew(drawing: Factory) -> None:
    first = drawing.content("two", NUMBER)
    (path,) = [each for each in files(drawing) if each.read_text("utf-8") == first]
    path.write_text("spoiled", encoding="utf-8")
    drawing.edit("roles/one/files/content", new=" another")
    assert drawing.build(until="two").code == 0
    second = drawing.content("two", NUMBER)
    assert second not in (first, "spoiled")
    # what took its place is kept, and taken
    drawing.edit("roles/one/files/content", new=" and another")
    assert drawing.build(until="two").code == 0
    assert drawing.content("two", NUMBER) == second


def test_a_run_killed_before_it_was_kept(drawing: Factory) -> None:
    first = drawing.content("two", NUMBER)
    for record in Path(drawing.env["BURNISH_STORE"]).glob("products/*.json"):
        record.unlink()
    done = drawing.build(until="two")
    assert (done.code, done.built) == (0, [])
    drawing.edit("roles/one/files/content", new=" another")
    assert drawing.build(until="two").code == 0
    assert drawing.content("two", NUMBER) == first


def test_what_is_forgotten_is_made_anew(drawing: Factory) -> None:
    first = drawing.content("two", NUMBER)
    listed = drawing.burnish("cache", "list").out
    assert f"drawn of {IMAGE}" in listed
    odd = drawing.burnish("cache", "forget", "another")
    assert odd.code == 2
    assert "no product 'another' is kept here" in odd.err
    done = drawing.burnish("cache", "forget", "drawn")
    assert f"and the layers that have it: two of {IMAGE}" in done.out
    again = drawing.build(until="two")
    assert (again.code, again.built) == (0, ["two"])
    assert drawing.content("two", NUMBER) != first


def test_another_place_is_given_it_by_a_bundle(drawing: Factory, tmp_path: Path) -> None:
    first = drawing.content("two", NUMBER)
    bundle = str(tmp_path / "bundle.tar")
    assert drawing.burnish("cache", "export", bundle, IMAGE).code == 0
    assert drawing.burnish("cache", "forget", "drawn").code == 0
    for path in files(drawing):
        path.unlink()
    assert reused(drawing) == []
    assert drawing.burnish("cache", "import", bundle).code == 0
    assert reused(drawing) == ["drawn"]
    assert drawing.build(until="two").code == 0
    assert drawing.content("two", NUMBER) == first


def test_a_layer_without_what_it_declares_is_told(ours: Factory) -> None:
    (ours.root / "roles/two/vars").mkdir()
    (ours.root / "roles/two/vars/main.yml").write_text(VARS, encoding="utf-8")
    done = ours.build(until="two")
    assert done.code == 4
    assert "its product 'drawn' at /opt/drawn can't be kept: there is none" in done.err
    link = "- name: Link it\n  ansible.builtin.file: {src: /etc, dest: /opt/drawn, state: link}\n"
    ours.edit("roles/two/tasks/main.yml", new=link)
    done = ours.build(until="two")
    assert done.code == 4
    assert "its product 'drawn' at /opt/drawn can't be kept: it is no folder but a link" in done.err
