"""Takes calls about variables, services, features and users; gives what their modules answer."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator.asked import Asked, Refused, Result

# what of win_service is a setting of the service, and not a word about the call
APART: tuple[str, ...] = (
    "name",
    "state",
    "path",
    "dependency_action",
    "update_password",
    "force_dependent_services",
)
APART += ("desktop_interact",)


def win_environment(asked: Asked) -> Result:
    """One variable, or several; without a value it is taken away."""
    if asked["level"] == "process":
        raise Refused(
            "a variable of level process is gone with the call: the role cannot mean that"
        )
    wanted = asked["variables"] or {asked["name"]: asked["value"]}
    changed = [_variable(asked, name, value=value) for name, value in wanted.items()]
    return {"changed": any(changed)}


def _variable(asked: Asked, name: str, *, value: Any) -> bool:
    kept = asked.state.environment[asked["level"]]
    known = next((each for each in kept if each.lower() == name.lower()), name)
    state = asked["state"] or ("present" if value not in (None, "") else "absent")
    if state == "absent":
        return kept.pop(known, None) is not None
    before, kept[known] = kept.get(known), str(value)
    return bool(before != str(value))


def win_path(asked: Asked) -> Result:
    """Elements of a list of folders: new ones come last."""
    kept = asked.state.environment[asked["scope"]]
    name = next((each for each in kept if each.lower() == asked["name"].lower()), asked["name"])
    before = [each for each in kept.get(name, "").split(";") if each]
    wanted = {_folder(each): each for each in asked["elements"]}
    there = {_folder(each) for each in before}
    if asked["state"] == "absent":
        after = [each for each in before if _folder(each) not in wanted]
    else:
        after = before + [each for key, each in wanted.items() if key not in there]
    kept[name] = ";".join(after)
    return {"changed": after != before, "path_value": kept[name]}


def win_service(asked: Asked) -> Result:
    """A service that is there, or one that is made from the path of its program."""
    services, name, wanted = asked.state.services, asked["name"], asked["state"]
    found = services.get(name.lower())
    if wanted == "absent":
        return {"changed": services.pop(name.lower(), None) is not None, "exists": False}
    if not found and not asked["path"]:
        raise Refused(
            f"Service '{name}' is not installed, need to set 'path' to create a new service"
        )
    before = dict(found or {})
    after = {"name": name, "start_mode": "auto", "state": "stopped", **before}
    given = {key: each for key, each in asked.arguments.items() if key not in APART}
    after |= {key: each for key, each in given.items() if each is not None}
    after |= {"path": asked["path"]} if asked["path"] else {}
    if wanted and after["start_mode"] == "disabled" and wanted in ("started", "restarted"):
        raise Refused(f"Service '{name}' is disabled and cannot be started")
    after["state"] = {None: after["state"], "restarted": "started"}.get(wanted, wanted)
    services[name.lower()] = after
    return {**after, "exists": True, "changed": after != before or wanted == "restarted"}


def win_feature(asked: Asked) -> Result:
    """Features of the server, of either module. Whether Windows knows the name is not known here."""
    features, wanted = asked.state.features, asked["state"] != "absent"
    moved = [name for name in asked["name"] if features.get(name.lower(), False) != wanted]
    for name in moved:
        features[name.lower()] = wanted
    restarts = {each.lower() for each in asked.answers.restarts}
    reboot = any(name.lower() in restarts for name in moved)
    if reboot:
        asked.state.values["reboot_pending"] = True
    return {
        "changed": bool(moved),
        "reboot_required": reboot,
        "success": True,
        "exitcode": "Success",
    }


def win_user(asked: Asked) -> Result:
    """A local user. Of the password only a digest is kept."""
    users, name = asked.state.users, asked["name"]
    found = users.get(name.lower())
    if asked["state"] == "query":
        return {"changed": False, "state": "present" if found else "absent", "name": name}
    if asked["state"] == "absent":
        return {"changed": users.pop(name.lower(), None) is not None, "name": name}
    before = dict(found or {})
    skip = ("password", "update_password", "groups_action", "state")
    given = {key: each for key, each in asked.arguments.items() if key not in skip}
    after = {**before, **{key: each for key, each in given.items() if each is not None}}
    if asked["password"] and (not found or asked["update_password"] == "always"):
        after["password"] = hashlib.sha256(asked["password"].encode()).hexdigest()
    if asked["groups"] and asked["groups_action"] == "add":
        after["groups"] = sorted({*before.get("groups", ()), *asked["groups"]})
    users[name.lower()] = after
    return {"changed": after != before, "name": name, "state": "present"}


def _folder(path: str) -> str:
    return path.strip().strip('"').rstrip("\\").lower()


ANSWERS = {
    "ansible.windows.win_environment": win_environment,
    "ansible.windows.win_feature": win_feature,
    "ansible.windows.win_optional_feature": win_feature,
    "ansible.windows.win_path": win_path,
    "ansible.windows.win_service": win_service,
    "ansible.windows.win_user": win_user,
}
