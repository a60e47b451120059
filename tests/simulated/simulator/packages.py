"""Takes calls that bring software in; gives what win_get_url, win_package and win_unzip answer."""

from __future__ import annotations

import hashlib
import ntpath
from urllib.parse import urlparse

from simulator import answers
from simulator.asked import Asked, Refused, Result

UNINSTALL = r"HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
RESTART = 3010


def win_get_url(asked: Asked) -> Result:
    """A download. Its content is taken to be what the checksum says: nothing is fetched."""
    state, path = asked.state, asked["dest"]
    found = state.file(path)
    if found and found["kind"] == "directory":
        path = ntpath.join(path, ntpath.basename(urlparse(asked["url"]).path) or "index")
        found = state.file(path)
    folder = ntpath.dirname(path.replace("/", "\\"))
    # the module says so in check mode too
    if not (there := state.file(folder)) or there["kind"] == "file":
        raise Refused(
            f"The path '{folder}' does not exist for destination '{path}', or is not visible to the"
            " current user. Ensure download destination folder exists (perhaps using win_file"
            " state=directory) before win_get_url runs."
        )
    kind = asked["checksum_algorithm"]
    digest = (asked["checksum"] or hashlib.new(kind, asked["url"].encode()).hexdigest()).lower()
    known = found is not None and found.get(kind) == digest
    changed = not known and (asked["force"] or asked["checksum"] or not found)
    if changed:
        state.put(path, **{kind: digest}, url=asked["url"])
    return {"changed": bool(changed), "dest": path, "url": asked["url"], "checksum_dest": digest}


def win_package(asked: Asked) -> Result:
    """An installer: installed where the path that it creates is there, or else its product's id."""
    path, product = asked["path"] or "", asked["product_id"] or ""
    local = path and not path.lower().startswith("http")
    if local and not asked.state.file(path) and not asked.check:
        raise Refused(f"the file at the path '{path}' cannot be reached")
    if not product and not asked["creates_path"] and not asked["creates_service"]:
        if not path.lower().endswith(".msi"):
            raise Refused("product_id is needed: only of an msi can the module tell it by itself")
        product = ntpath.basename(path)
    changed = (asked["state"] == "present") != _installed(asked, product)
    result: Result = {"changed": changed, "rc": 0, "reboot_required": False}
    if changed and not asked.check:
        known = answers.package(asked.answers, ntpath.basename(path))
        if asked["state"] == "present":
            _install(asked, product, known=known)
        else:
            _remove(asked, product, known=known)
        result |= _ended(asked, known)
    return result


def _installed(asked: Asked, product: str) -> bool:
    """As the module looks: what is created decides over the product's id."""
    if service := asked["creates_service"]:
        return service.lower() in asked.state.services
    if path := asked["creates_path"]:
        return asked.state.file(path) is not None
    return product.lower() in asked.state.packages


def _install(asked: Asked, product: str, *, known: answers.Package) -> None:
    state = asked.state
    created = [asked["creates_path"]] if asked["creates_path"] else []
    for path in (*created, *known.brings):
        state.bring(path)
    services = [asked["creates_service"]] if asked["creates_service"] else []
    for name in (*services, *known.services):
        state.services[name.lower()] = {"name": name, "start_mode": "auto", "state": "started"}
    if product:
        state.packages[product.lower()] = {"product_id": product, "arguments": asked["arguments"]}
        key = rf"{UNINSTALL}\{product}"
        state.registry[key.lower()] = {
            "displayname": {"name": "DisplayName", "type": "string", "data": product}
        }


def _remove(asked: Asked, product: str, *, known: answers.Package) -> None:
    state = asked.state
    state.packages.pop(product.lower(), None)
    state.registry.pop(rf"{UNINSTALL}\{product}".lower(), None)
    for path in (*([asked["creates_path"]] if asked["creates_path"] else []), *known.brings):
        state.remove(path)
    for name in known.services:
        state.services.pop(name.lower(), None)


def _ended(asked: Asked, known: answers.Package) -> Result:
    code = RESTART if known.reboot and not known.rc else known.rc
    if code not in asked["expected_return_code"]:
        raise Refused(f"unexpected rc {code} from '{asked['path']}'", rc=code)
    if code == RESTART:
        asked.state.values["reboot_pending"] = True
    # the module says so itself: Ansible takes an rc other than 0 for a failure
    return {"rc": code, "reboot_required": code == RESTART, "failed": False}


def win_unzip(asked: Asked) -> Result:
    """An archive: the module looks for it in check mode too."""
    state, made = asked.state, asked["creates"]
    if made and state.file(made):
        return {
            "changed": False,
            "skipped": True,
            "msg": f"The file or directory '{made}' already exists.",
        }
    if not state.file(asked["src"]):
        raise Refused(f"File '{asked['src']}' does not exist.")
    state.folder(asked["dest"])
    known = answers.package(asked.answers, ntpath.basename(asked["src"]))
    for path in (*([made] if made else []), *known.brings):
        state.bring(path)
    if asked["delete_archive"]:
        state.remove(asked["src"])
    return {"changed": True, "src": asked["src"], "dest": asked["dest"]}


ANSWERS = {
    "ansible.windows.win_get_url": win_get_url,
    "ansible.windows.win_package": win_package,
    "community.windows.win_unzip": win_unzip,
}
