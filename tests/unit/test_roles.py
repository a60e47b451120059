"""A role as it lies on disk: which of its files are content, and which roles it includes."""

from __future__ import annotations

from pathlib import Path

import checkout
from burnish.catalog.roles import load_role, tree
from burnish.model.role import Role


def loaded(root: Path, **files: str) -> Role:
    """The role `x` with more files; a double underscore stands for a slash, no ending for .yml."""
    for name, text in checkout.role("x", options="{x_one: {type: str}}").items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name, text in files.items():
        path = root / "roles/x" / f"{name.replace('__', '/')}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    role, problems = load_role(root / "roles/x", shown="roles/x")
    assert problems == []
    assert role is not None
    return role


def test_content_is_all_but_what_people_read(tmp_path: Path) -> None:
    role = loaded(tmp_path, tasks__linux="[]", templates__deep__er="x")
    assert sorted(role.files) == [
        "meta/argument_specs.yml",
        "tasks/linux.yml",
        "tasks/main.yml",
        "templates/deep/er.yml",
    ]
    assert (set(role.variables), set(role.os)) == ({"x_one"}, {"linux"})


def test_a_nested_readme_is_content(tmp_path: Path) -> None:
    (tmp_path / "roles/x/files").mkdir(parents=True)
    (tmp_path / "roles/x/files/README.md").write_text("installed into the image")
    assert "files/README.md" in loaded(tmp_path).files


def test_included_roles_are_found_at_any_depth(tmp_path: Path) -> None:
    tasks = """\
- name: a block
  block:
    - ansible.builtin.include_role:
        name: one
  rescue:
    - import_role: {name: two, tasks_from: x}
- ansible.builtin.include_role:
    name: "{{ three }}"
- ansible.builtin.include_tasks: other.yml
"""
    meta = "dependencies:\n  - four\n  - role: five\n"
    role = loaded(tmp_path, tasks__main=tasks, meta__main=meta)
    assert role.includes == ("five", "four", "one", "two", "{{ three }}")


def test_caches_of_python_are_no_files(tmp_path: Path) -> None:
    for name in ("a.py", "__pycache__/a.pyc", "deep/__pycache__/b.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(tree(tmp_path)) == ["a.py"]


def test_a_digest_knows_the_executable_bit(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_text("x")
    plain = tree(tmp_path)["run"]
    path.chmod(0o755)
    assert tree(tmp_path)["run"] == f"{plain}x"
