"""What apt is asked for, read off a role: which tasks can be read, and what they come to on a base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import checkout
import pytest
from burnish.catalog.apt import load_apt
from burnish.catalog.roles import load_data, load_tasks
from burnish.errors import DefinitionError
from burnish.model.base import Base
from burnish.model.role import AptTask, Role
from burnish.render.packages import declared
from burnish.stages.planning import asked


def tasks(folder: Path, text: str) -> Path:
    """The role `x` with one file of tasks."""
    path = folder / "x"
    (path / "tasks").mkdir(parents=True)
    (path / "tasks" / "main.yml").write_text(text, encoding="utf-8")
    return path


def test_lists_and_conditions_are_read(tmp_path: Path) -> None:
    text = """\
- name: A
  when: x_one
  block:
    - name: B
      ansible.builtin.apt:
        name: "{{ __x_packages + __x_packages_more }}"
      when: [x_two == 2]
- name: Up to date
  apt: {update_cache: true}
"""
    path = tasks(tmp_path, text)
    (path / "vars").mkdir()
    (path / "vars" / "Debian_12.yml").write_text("__x_packages: [jq]\n", encoding="utf-8")
    found = load_apt(path, load_tasks(path, shown="roles/x"))
    lists = ("__x_packages", "__x_packages_more")
    place = "roles/x/tasks/main.yml"
    assert found.tasks == [AptTask(lists=lists, when=("x_one", "x_two == 2"), place=place)]
    assert load_data(path) == {"Debian_12": {"__x_packages": ["jq"]}}
    assert found.problems == []


@pytest.mark.parametrize(
    "arguments",
    [
        "apt: {name: jq}",
        "apt: {name: [jq, '{{ x }}']}",
        'apt: {pkg: "{{ __y_packages }}"}',
        'apt: {name: "{{ __x_packages | default([]) }}"}',
        "apt: {deb: /tmp/x.deb}",
        "apt: {upgrade: dist}",
        'apt: {name: "{{ __x_packages }}", state: latest}',
        'apt: {name: "{{ __x_packages }}"}\n  loop: [1]',
        'ansible.builtin.package: {name: "{{ __x_packages }}"}',
    ],
)
def test_what_the_lock_cannot_read_is_a_problem(tmp_path: Path, arguments: str) -> None:
    path = tasks(tmp_path, f"- name: Bring\n  {arguments}\n")
    found = load_apt(path, load_tasks(path, shown="roles/x"))
    (problem,) = found.problems
    assert (problem.file, found.tasks) == ("roles/x/tasks/main.yml", [])
    assert problem.text == "'Bring' changes packages in a way that the lock can't read"
    assert "vars/ declares" in problem.hint


def base(name: str = "debian-12") -> Base:
    return checkout.real().bases[name]


def role(data: dict[str, dict[str, Any]], *when: str) -> Role:
    """A role that installs one list under conditions."""
    task = AptTask(lists=("__x_packages",), when=when, place="roles/x/tasks/main.yml")
    return replace(checkout.real().roles["seal"], name="x", apt=(task,), data=data)


def names(made: Role, on: str = "debian-12", **given: Any) -> tuple[str, ...]:
    return declared([made], given, base=base(on), flavour="cpu")


@pytest.mark.parametrize(
    ("on", "expected"), [("debian-12", ("a", "b")), ("debian-13", ("c",)), ("ubuntu-24.04", ("d",))]
)
def test_a_release_replaces_what_its_family_says(on: str, expected: tuple[str, ...]) -> None:
    data = {
        "main": {"__x_packages": ["z"]},
        "Debian": {"__x_packages": ["b", "a"]},
        "Debian_13": {"__x_packages": ["c"]},
        "Ubuntu_24": {"__x_packages": ["d"]},
    }
    assert names(role(data), on) == expected


@pytest.mark.parametrize(
    ("condition", "given", "holds"),
    [
        ("x_more", {}, False),
        ("x_more", {"x_more": True}, True),
        ("x_locale != 'C.UTF-8'", {"x_locale": "de_DE.UTF-8"}, True),
        ("burnish_flavour == 'gpu'", {}, False),
        ("not x_more", {}, True),
    ],
)
def test_conditions_are_held_against_the_layers_variables(
    condition: str, given: dict[str, Any], holds: bool
) -> None:
    defaults = {"x_more": False, "x_locale": "C.UTF-8"}
    made = role({"defaults": defaults, "Debian": {"__x_packages": ["a"]}}, condition)
    assert names(made, **given) == (("a",) if holds else ())


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (
            role({}),
            "__x_packages is no plain list of package names in vars/ (main.yml, Debian.yml and",
        ),
        (role({"Debian": {"__x_packages": ["{{ x }}"]}}), "__x_packages is no plain list"),
        (role({"Debian": {"__x_packages": []}}, "x_no"), "can't tell whether 'x_no' holds"),
        (role({"Debian": {"__x_packages": []}}, "x is ("), "can't tell whether 'x is (' holds"),
    ],
)
def test_what_is_no_data_is_a_problem(made: Role, text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        names(made)
    (problem,) = caught.value.problems
    assert text in problem.text
    assert problem.file == "roles/x/tasks/main.yml"


def test_our_own_roles_ask_for_what_they_install() -> None:
    catalog = checkout.real()
    found = asked(catalog, catalog.images["ubuntu-24.04-cpu"]).packages
    assert "linux-cloud-tools-azure-lts-24.04" in found["base"]
    assert "locales" not in found["base"], "only where another locale is asked for"
    assert found["python-ml"] == ("libgomp1", "python3-venv")
    assert asked(catalog, catalog.images["windows-2022-cpu"]).packages == {}
