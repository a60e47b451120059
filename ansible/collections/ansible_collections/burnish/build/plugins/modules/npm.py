"""Unpacks a tree of npm packages as a lock says, without npm."""

from __future__ import annotations

import hashlib
import io
import json
import os
import posixpath
import shutil
import tarfile

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: npm
short_description: A tree of npm packages as the lock says
description:
  - Unpacks each tarball where C(tree.json) says, and links the commands of each package in the
    C(.bin) beside it, as npm does. Neither npm nor Node is needed, and no script of a package runs.
  - C(node_modules) below O(dest) is the tree's alone; what else was in it goes.
options:
  dest:
    description: The folder that C(node_modules) is to be in.
    type: path
    required: true
  source:
    description: The folder of C(tree.json) and its tarballs, C(burnish_npm).
    type: path
    default: /run/burnish/npm
author: burnish
"""

EXAMPLES = r"""
- name: Unpack the proxy
  burnish.build.npm:
    source: "{{ burnish_npm }}"
    dest: /opt/proxy
"""

RETURN = r"""
packages:
  description: The place of each package.
  returned: always
  type: list
"""

MARKER = ".burnish-tree"
FOLDER = "node_modules"
READ, RUN = 0o644, 0o755
NEW, OLD = ".node_modules.new", ".node_modules.old"


class Refused(Exception):
    """A tarball that is not what it is to be."""


def inside(root: str, name: str) -> str:
    """The path of a name below a folder; Refused if it leads out of it."""
    path = posixpath.normpath(posixpath.join(root, name))
    if "\\" in name or not path.startswith(root + "/"):
        raise Refused(f"{name!r} leads out of its folder")
    return path


def unpack(content: bytes, folder: str) -> None:
    """Write the files of a tarball, without its first folder; all may be read, some may be run."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as tar:
        for member in tar:
            # some archives begin each name with ./
            parts = [part for part in member.name.split("/") if part != "."]
            if ".." in parts or not parts[0]:
                raise Refused(f"{member.name!r} leads out of its folder")
            if member.isdir():
                continue
            if not member.isreg():
                raise Refused(f"{member.name!r} is no file")
            path = inside(folder, "/".join(parts[1:]))
            os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
            with open(path, "wb") as file:
                shutil.copyfileobj(tar.extractfile(member), file)
            os.chmod(path, RUN if member.mode & 0o111 else READ)


def commands(folder: str) -> dict:
    """Name -> path of each command that a package's package.json names."""
    with open(os.path.join(folder, "package.json"), encoding="utf-8-sig") as file:
        package = json.load(file)
    found = package.get("bin") or {}
    if isinstance(found, str):
        found = {package["name"]: found}
    # npm drops a scope, and whatever else would lead to another folder
    return {posixpath.basename(name): inside(folder, path) for name, path in found.items()}


def link(folder: str) -> None:
    """The commands of a package, in the `.bin` of the folder that it lies in."""
    modules = folder[: folder.rindex(f"/{FOLDER}/") + len(FOLDER) + 1]
    for name, path in sorted(commands(folder).items()):
        if name in ("", ".", "..") or not os.path.isfile(path):
            continue
        place = os.path.join(modules, ".bin", name)
        os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
        if os.path.lexists(place):
            os.unlink(place)
        os.symlink(os.path.relpath(path, os.path.dirname(place)), place)
        os.chmod(path, RUN)


def make(packages: list, source: str, *, root: str) -> None:
    """The whole tree below `root`."""
    os.makedirs(root, mode=0o755)
    for each in packages:
        with open(inside(source, each["file"]), "rb") as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != each["sha256"]:
            raise Refused(f"{each['file']} has other bytes than the lock says")
        try:
            unpack(content, inside(root, each["path"]))
        except (Refused, tarfile.TarError) as error:
            raise Refused(f"{each['file']}: {error}") from error
    for each in packages:
        link(inside(root, each["path"]))


def swap(root: str, dest: str) -> None:
    """Put the tree in its place; what was there goes."""
    place, old = os.path.join(dest, FOLDER), os.path.join(dest, OLD)
    if os.path.lexists(place):
        os.rename(place, old)
    os.rename(os.path.join(root, FOLDER), place)
    for path in (old, root):
        shutil.rmtree(path, ignore_errors=True)


def read(path: str) -> str:
    """A file's text; nothing where there is none."""
    if not os.path.isfile(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def main() -> None:
    spec = {
        "dest": {"type": "path", "required": True},
        "source": {"type": "path", "default": "/run/burnish/npm"},
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    dest, source = module.params["dest"], module.params["source"]
    text = read(os.path.join(source, "tree.json"))
    if not text:
        module.fail_json(msg=f"{source}: no tree.json; does the role declare npm tools?")
    packages = json.loads(text)["packages"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    changed = read(os.path.join(dest, FOLDER, MARKER)).strip() != digest
    if changed and not module.check_mode:
        root = os.path.join(dest, NEW)
        # a run that was cut short leaves these
        for path in (root, os.path.join(dest, OLD)):
            shutil.rmtree(path, ignore_errors=True)
        os.makedirs(dest, mode=0o755, exist_ok=True)
        try:
            make(packages, source, root=root)
            with open(os.path.join(root, FOLDER, MARKER), "w", encoding="utf-8") as file:
                file.write(f"{digest}\n")
            swap(root, dest)
        except (Refused, OSError, ValueError) as error:
            shutil.rmtree(root, ignore_errors=True)
            module.fail_json(msg=str(error))
    module.exit_json(changed=changed, packages=[each["path"] for each in packages])


if __name__ == "__main__":
    main()
