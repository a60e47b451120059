"""Takes the hives SYSTEM and SOFTWARE; gives what they say of the machine, in plain data.

No password and no credential gets into the facts: that there is one is the fact.
"""

from __future__ import annotations

import re
from typing import Any

from burnish.build.windows.hive import Hive
from burnish.build.windows.ntfs import Unreadable

CURRENT = r"Microsoft\Windows\CurrentVersion"
NT = r"Microsoft\Windows NT\CurrentVersion"
PENDING = {
    "RebootPending": rf"{CURRENT}\Component Based Servicing\RebootPending",
    "RebootRequired": rf"{CURRENT}\WindowsUpdate\Auto Update\RebootRequired",
}
SECRET = re.compile(
    r"passw|secret|token|api_?key|access_?key|connection_?string|_pat$", re.IGNORECASE
)
LOGIN = re.compile(r"(?<=://)[^/@\s]+@")
# in DER: the identifier 2.5.4.3, a kind of text, its length (below 128), the text
COMMON_NAME = re.compile(
    rb"\x06\x03\x55\x04\x03[\x0c\x13\x16][\x01-\x7f]([^\x00-\x1f]+)", re.DOTALL
)
_PROCESS = 0x30  # types of services that are programs; the others are drivers


def system(hive: Hive) -> dict[str, Any]:
    """Services, environment and pending renames, of the control set that the machine would start with."""
    number = hive.values("Select").get("current")
    if not isinstance(number, int):
        raise Unreadable("the hive says nothing of its current control set")
    top = f"ControlSet{number:03}"
    if not hive.has(top):
        raise Unreadable(f"the hive has no {top}, which it says is the current one")
    manager = rf"{top}\Control\Session Manager"
    return {
        "control_set": top,
        "services": _services(hive, rf"{top}\Services"),
        **_environment(hive, rf"{manager}\Environment"),
        "pending_renames": _renames(hive.values(manager)),
    }


def software(hive: Hive) -> dict[str, Any]:
    """Windows itself, programs in both views, what waits for a restart, logon, WinRM and certificates."""
    found = hive.values(NT)
    listeners = rf"{CURRENT}\WSMAN\Listener"
    service = hive.values(rf"{CURRENT}\WSMAN\Service")
    logon = hive.values(rf"{NT}\Winlogon")
    return {
        "windows": {
            "name": str(found.get("productname", "")),
            "edition": str(found.get("editionid", "")),
            "build": str(found.get("currentbuild", "")),
            "revision": found.get("ubr", 0),
        },
        "image_state": str(hive.values(rf"{CURRENT}\Setup\State").get("imagestate", "")),
        "programs": [
            *_programs(hive, rf"{CURRENT}\Uninstall", view="64"),
            *_programs(hive, rf"WOW6432Node\{CURRENT}\Uninstall", view="32"),
        ],
        "reboots": [name for name, path in PENDING.items() if hive.has(path)],
        "logon": {
            "automatic": str(logon.get("autoadminlogon", "0")) != "0",
            "password": bool(logon.get("defaultpassword")),
        },
        "winrm": {
            "listeners": [each for each in hive.keys(listeners) if each.lower().endswith("+https")],
            "unencrypted": bool(service.get("allow_unencrypted")),
            "basic": bool(service.get("auth_basic")),
        },
        "certificates": _certificates(hive, r"Microsoft\SystemCertificates\MY\Certificates"),
    }


def _certificates(hive: Hive, path: str) -> dict[str, list[str]]:
    """Thumbprint -> the common names in a certificate: its issuer's, then its own."""
    blobs = {name: values.get("blob", b"") for name, values in hive.below(path).items()}
    return {
        each: [name.decode("utf-8", errors="replace") for name in COMMON_NAME.findall(blob)]
        for each, blob in blobs.items()
    }


def _services(hive: Hive, path: str) -> dict[str, dict[str, Any]]:
    found = {}
    for name, values in hive.below(path).items():
        kind = values.get("type")
        if isinstance(kind, int) and kind & _PROCESS and "start" in values:
            found[name] = {
                "start": values["start"],
                "account": str(values.get("objectname", "LocalSystem")),
                "program": str(values.get("imagepath", "")),
            }
    return found


def _environment(hive: Hive, path: str) -> dict[str, Any]:
    """Names as they are spelled do not matter to Windows: they are in capitals here."""
    values = {name.upper(): str(value) for name, value in hive.values(path).items()}
    secret = [n for n, value in values.items() if SECRET.search(n) or LOGIN.search(value)]
    shown = {n: "***" if n in secret else value for n, value in values.items()}
    return {"environment": shown, "secret_variables": sorted(secret)}


def _renames(manager: dict[str, Any]) -> list[str]:
    """The files that the next start would move or remove."""
    names = ("pendingfilerenameoperations", "pendingfilerenameoperations2")
    every = [str(each) for name in names for each in manager.get(name) or ()]
    # sources and targets in turn; one that is removed has no target, and regipy leaves out the empty text
    return [each.removeprefix("\\??\\") for each in every if each.startswith("\\??\\")]


def _programs(hive: Hive, path: str, *, view: str) -> list[dict[str, str]]:
    found = []
    for key, values in hive.below(path).items():
        found.append(
            {
                "view": view,
                "key": key,
                "name": str(values.get("displayname", "")),
                "version": str(values.get("displayversion", "")),
            }
        )
    return found
