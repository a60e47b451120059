"""Takes calls about the registry; gives what win_regedit and win_reg_stat answer, from the state."""

from __future__ import annotations

import re
from typing import Any

from simulator.asked import Asked, Refused, Result

KEY = re.compile(r"^HK(CC|CR|CU|LM|U):(\\|$)", re.IGNORECASE)
TYPES = {"string": "REG_SZ", "expandstring": "REG_EXPAND_SZ", "multistring": "REG_MULTI_SZ"}
TYPES |= {"dword": "REG_DWORD", "qword": "REG_QWORD", "binary": "REG_BINARY", "none": "REG_NONE"}
LIMITS = {"dword": 0xFFFFFFFF, "qword": 0xFFFFFFFFFFFFFFFF}


def win_regedit(asked: Asked) -> Result:
    """A key, or a property of one."""
    key, name = _key(asked), asked["name"]
    registry = asked.state.registry
    if asked["state"] == "absent":
        return {"changed": _remove(asked, key)}
    properties = registry.get(key)
    if name is None and asked["data"] is None:
        registry.setdefault(key, {})
        return {"changed": properties is None}
    wanted = {"name": name or "", "type": asked["type"], "data": _data(asked)}
    before = (properties or {}).get((name or "").lower())
    registry.setdefault(key, {})[(name or "").lower()] = wanted
    same = before is not None and (before["type"], before["data"]) == (
        wanted["type"],
        wanted["data"],
    )
    return {"changed": not same, "data_changed": not same, "data_type_changed": False}


def _remove(asked: Asked, key: str) -> bool:
    registry, name = asked.state.registry, asked["name"]
    if name is None and asked["delete_key"]:
        gone = [each for each in registry if each == key or each.startswith(f"{key}\\")]
        for each in gone:
            del registry[each]
        return bool(gone)
    return registry.get(key, {}).pop((name or "").lower(), None) is not None


def win_reg_stat(asked: Asked) -> Result:
    """What is in a key, or of one property."""
    key = _key(asked)
    registry = asked.state.registry
    inner = [each for each in registry if each.startswith(f"{key}\\")]
    if key not in registry and not inner:
        return {"changed": False, "exists": False}
    properties = registry.get(key, {})
    if asked["name"] is not None:
        found = properties.get(asked["name"].lower())
        return {"changed": False, "exists": found is not None, **(_told(found) if found else {})}
    return {
        "changed": False,
        "exists": True,
        "properties": {each["name"]: _told(each) for each in properties.values()},
        "sub_keys": sorted({each[len(key) + 1 :].split("\\")[0] for each in inner}),
    }


def _key(asked: Asked) -> str:
    path = asked["path"].replace("/", "\\").rstrip("\\")
    if not KEY.match(path):
        raise Refused(
            f"path: {path} is not a valid powershell path, see module documentation for examples."
        )
    return str(path).lower()


def _data(asked: Asked) -> Any:
    kind, data = asked["type"], asked["data"]
    if kind not in LIMITS:
        return data if isinstance(data, list) else str("" if data is None else data)
    try:
        number = int(str(data or 0), 0)
    except ValueError:
        raise Refused(f"data {data!r} is no number, type is {kind}") from None
    if number > LIMITS[kind]:
        raise Refused(f"data cannot be larger than {LIMITS[kind]:#x} when type is {kind}")
    return number


def _told(found: dict[str, Any]) -> dict[str, Any]:
    kind = TYPES[found["type"]]
    return {"type": kind, "value": found["data"], "raw_value": found["data"]}


ANSWERS = {
    "ansible.windows.win_reg_stat": win_reg_stat,
    "ansible.windows.win_regedit": win_regedit,
}
