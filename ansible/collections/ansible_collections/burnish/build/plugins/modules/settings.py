"""Writes many small files and links in one round trip; the action of this name renders them first."""

from __future__ import annotations

import os
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_text

DOCUMENTATION = r"""
module: settings
short_description: Many small files and links in one round trip
description:
  - A loop over M(ansible.builtin.template) costs several round trips a file, and a container's are slow.
  - Files belong to root. Folders on the way are made with mode 0755.
options:
  files:
    description: What to write.
    type: list
    elements: dict
    required: true
    suboptions:
      src:
        description: A template in the role's folder. The action renders it.
        type: str
      link:
        description: Where a symbolic link leads. Instead of O(files[].src).
        type: str
      dest:
        description: The absolute path. C({item}) stands for the entry of O(files[].each).
        type: path
        required: true
      mode:
        description: The mode of the file.
        type: str
        default: "0644"
      each:
        description: One file for each of these names. The template sees it as C(item).
        type: list
        elements: str
      content:
        description: What the action has rendered.
        type: str
author: burnish
"""

EXAMPLES = r"""
- name: Write the settings
  burnish.build.settings:
    files:
      - {src: sshd.conf.j2, dest: /etc/ssh/sshd_config.d/10-burnish.conf}
      - {link: "/opt/{item}/bin/run", dest: "/usr/local/bin/{item}", each: [one, two]}
"""

RETURN = r"""
written:
  description: The paths that were not as they should be.
  returned: always
  type: list
"""

OPTIONS = {
    "content": {"type": "str"},
    "dest": {"type": "path", "required": True},
    "each": {"type": "list", "elements": "str"},
    "link": {"type": "str"},
    "mode": {"type": "str", "default": "0644"},
    "src": {"type": "str"},
}


def is_right(entry: dict) -> bool:
    """Whether a file or link is there as it should be."""
    path = entry["dest"]
    if entry["link"]:
        return os.path.islink(path) and os.readlink(path) == entry["link"]
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    status = os.stat(path)
    with open(path, "rb") as file:
        same = file.read() == to_bytes(entry["content"])
    owned = (status.st_uid, status.st_gid) == (0, 0)
    return same and owned and status.st_mode & 0o7777 == int(entry["mode"], 8)


def before(entry: dict) -> str:
    """What a file holds now, for people who asked for the difference."""
    path = entry["dest"]
    if os.path.islink(path):
        return f"-> {os.readlink(path)}\n"
    if not os.path.isfile(path):
        return ""
    with open(path, "rb") as file:
        return to_text(file.read(), errors="replace")


def write(entry: dict) -> None:
    """Put a file or link in its place whole."""
    folder = os.path.dirname(entry["dest"])
    os.makedirs(folder, mode=0o755, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".settings-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            if entry["link"]:
                os.unlink(temporary)
                os.symlink(entry["link"], temporary)
            else:
                file.write(to_bytes(entry["content"]))
                os.fchmod(file.fileno(), int(entry["mode"], 8))
                os.fchown(file.fileno(), 0, 0)
        os.replace(temporary, entry["dest"])
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise


def main() -> None:
    files = {"type": "list", "elements": "dict", "required": True, "options": OPTIONS}
    module = AnsibleModule(argument_spec={"files": files}, supports_check_mode=True)
    for entry in module.params["files"]:
        if (entry["link"] is None) == (entry["content"] is None):
            module.fail_json(msg=f"{entry['dest']}: one of src and link is needed")
        if not os.path.isabs(entry["dest"]):
            module.fail_json(msg=f"{entry['dest']}: must be an absolute path")
    wrong = [entry for entry in module.params["files"] if not is_right(entry)]
    diff = [
        {
            "before": before(entry),
            "after": entry["content"] if entry["link"] is None else f"-> {entry['link']}\n",
            "before_header": entry["dest"],
            "after_header": entry["dest"],
        }
        for entry in wrong
    ]
    if not module.check_mode:
        for entry in wrong:
            write(entry)
    module.exit_json(changed=bool(wrong), written=[entry["dest"] for entry in wrong], diff=diff)


if __name__ == "__main__":
    main()
