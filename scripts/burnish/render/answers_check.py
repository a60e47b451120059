"""Takes an answer file of Windows' setup; gives what is wrong with it, in words. Pure.

Microsoft's own schema is part of a kit that may not be passed on. These rules are what its pages say of the
settings that we use, and what users' builds failed by; a setting that nobody here knows is refused.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from burnish.render.answers import ATTRIBUTES, MARK, UNATTEND, WCM
from burnish.render.answers_disk import disks

PASSES = (
    "windowsPE",
    "offlineServicing",
    "generalize",
    "specialize",
    "auditSystem",
    "auditUser",
    "oobeSystem",
)
# A component -> the passes in which setup looks for it.
COMPONENTS = {
    "Microsoft-Windows-International-Core-WinPE": ("windowsPE",),
    "Microsoft-Windows-PnpCustomizationsWinPE": ("windowsPE",),
    "Microsoft-Windows-Setup": ("windowsPE",),
    "Microsoft-Windows-International-Core": ("specialize", "oobeSystem"),
    "Microsoft-Windows-Shell-Setup": ("specialize", "oobeSystem"),
    "Microsoft-Windows-Deployment": ("specialize", "oobeSystem", "generalize"),
}
NEEDED = (
    ("windowsPE", "Microsoft-Windows-Setup"),
    ("oobeSystem", "Microsoft-Windows-Shell-Setup"),
)
# A component, or a setting in one -> the settings that it may have: those that we use.
_GIVEN = "Value PlainText"
SETTINGS = {
    "Microsoft-Windows-International-Core-WinPE": (
        "SetupUILanguage InputLocale SystemLocale UILanguage UserLocale"
    ),
    "SetupUILanguage": "UILanguage",
    "Microsoft-Windows-PnpCustomizationsWinPE": "DriverPaths",
    "DriverPaths": "PathAndCredentials",
    "PathAndCredentials": "Path",
    "Microsoft-Windows-Setup": "DiskConfiguration ImageInstall UserData",
    "DiskConfiguration": "WillShowUI Disk",
    "Disk": "DiskID WillWipeDisk CreatePartitions ModifyPartitions",
    "CreatePartitions": "CreatePartition",
    "CreatePartition": "Order Type Size Extend",
    "ModifyPartitions": "ModifyPartition",
    "ModifyPartition": "Order PartitionID Format Label Letter",
    "ImageInstall": "OSImage",
    "OSImage": "InstallFrom InstallTo",
    "InstallFrom": "MetaData",
    "MetaData": "Key Value",
    "InstallTo": "DiskID PartitionID",
    "UserData": "AcceptEula FullName Organization",
    "Microsoft-Windows-Shell-Setup": (
        "ComputerName TimeZone OOBE UserAccounts AutoLogon FirstLogonCommands"
    ),
    "OOBE": "HideEULAPage ProtectYourPC",
    "UserAccounts": "AdministratorPassword",
    "AdministratorPassword": _GIVEN,
    "AutoLogon": "Enabled LogonCount Username Password",
    "Password": _GIVEN,
    "FirstLogonCommands": "SynchronousCommand",
    "SynchronousCommand": "Order Description CommandLine",
}
# What there may be several of: each says what setup is to do with it.
LISTED = (
    "Disk",
    "CreatePartition",
    "ModifyPartition",
    "MetaData",
    "PathAndCredentials",
    "SynchronousCommand",
    "RunSynchronousCommand",
    "LocalAccount",
)
ORDERED = ("CreatePartition", "ModifyPartition", "SynchronousCommand", "RunSynchronousCommand")
KEYS = ("/IMAGE/NAME", "/IMAGE/INDEX")
NAME = re.compile(r"\*|(?!\d+$)[A-Za-z0-9-]{1,15}")
LONGEST = 1024  # of a command


def problems(text: str) -> list[str]:
    """Everything that is wrong, in the order of the file."""
    try:
        root = ET.fromstring(text)  # noqa: S314  (our own, or the user's own)
    except ET.ParseError as error:
        return [f"not XML: {error}"]
    if root.tag != f"{{{UNATTEND}}}unattend":
        return [f"the root is {root.tag}, not unattend of {UNATTEND}"]
    return [
        *_passes(root),
        *_components(root),
        *_settings(root),
        *_lists(root),
        *_install(root),
        *disks(root),
        *_secrets(root),
        *_logon(root),
        *_values(root),
    ]


def _passes(root: ET.Element) -> Iterator[str]:
    seen: set[str] = set()
    for settings in root:
        name = settings.get("pass", "")
        if name not in PASSES:
            yield f"pass {name!r}: setup has no such pass"
        if name in seen:
            yield f"pass {name!r}: twice"
        seen.add(name)


def _components(root: ET.Element) -> Iterator[str]:
    found = [(each.get("pass", ""), part) for each in root for part in each]
    seen: set[tuple[str, str]] = set()
    for name, part in found:
        what = part.get("name", "")
        if what not in COMPONENTS:
            yield f"{name}: no component {what!r} is known here"
        elif name not in COMPONENTS[what]:
            yield f"{name}: {what} is not looked for in this pass"
        for key, value in ATTRIBUTES.items():
            if part.get(key) != value:
                yield f"{name}: {what}: {key} is {part.get(key)!r}, not {value!r}"
        if (name, what) in seen:
            yield f"{name}: {what}: twice"
        seen.add((name, what))
    for place in NEEDED:
        if place not in seen:
            yield f"{place[0]}: {place[1]} is missing"


def _settings(root: ET.Element) -> Iterator[str]:
    for part in (part for settings in root for part in settings):
        for parent in part.iter():
            where = part.get("name", "") if parent is part else _name(parent)
            known = SETTINGS.get(where, "").split()
            names = [_name(each) for each in parent]
            yield from (
                f"{where}: no setting {each!r} is known here" for each in names if each not in known
            )
            for each in sorted({each for each in names if names.count(each) > 1}):
                if each not in LISTED:
                    yield f"{where}: {each}: twice"


def _lists(root: ET.Element) -> Iterator[str]:
    action, key = f"{{{WCM}}}action", f"{{{WCM}}}keyValue"
    for parent in root.iter():
        for name in LISTED:
            own = parent.findall(f"{{{UNATTEND}}}{name}")
            for each in own:
                if each.get(action) not in ("add", "modify", "remove"):
                    yield f"{name}: wcm:action is {each.get(action)!r}"
            if name in ORDERED and own:
                yield from _order(name, own)
            keys = [each.get(key, "") for each in own] if name == "PathAndCredentials" else []
            if "" in keys or len({*keys}) < len(keys):
                yield f"{name}: wcm:keyValue is missing, or twice the same"
        if action in parent.attrib and _name(parent) not in LISTED:
            yield f"{_name(parent)}: wcm:action, and it is no entry of a list"


def _order(name: str, entries: list[ET.Element]) -> Iterator[str]:
    told = [_text(each, "Order") for each in entries]
    wanted = [str(at) for at in range(1, len(told) + 1)]
    if told != wanted:
        yield f"{name}: Order is {', '.join(told)}, not {', '.join(wanted)}"


def _install(root: ET.Element) -> Iterator[str]:
    for each in root.iter(f"{{{UNATTEND}}}InstallFrom"):
        data = each.findall(f"{{{UNATTEND}}}MetaData")
        if not data:
            yield "InstallFrom: names no image"
        for one in data:
            if _text(one, "Key") not in KEYS or not _text(one, "Value"):
                yield f"InstallFrom: {_text(one, 'Key')!r} is none of {', '.join(KEYS)}, or has no value"
    user = next(root.iter(f"{{{UNATTEND}}}UserData"), None)
    if user is None or _text(user, "AcceptEula") != "true":
        yield "UserData: AcceptEula is not true: setup would ask"


def _secrets(root: ET.Element) -> Iterator[str]:
    for each in root.iter():
        name, value = _name(each), _text(each, "Value")
        if name.endswith("Password") and value and value != MARK:
            yield f"{name}: a password of its own, and not {MARK}, which the build replaces"
        if name.endswith("Password") and value and _text(each, "PlainText") != "true":
            yield f"{name}: PlainText is not true: setup would read {MARK} as base64"
        if name.endswith("Password") and len(each) == 0 and (each.text or "").strip():
            yield f"{name}: a password as it is, and not by Value, which the build replaces"
        if name == "ProductKey":
            yield "ProductKey: no key stands in a file"


def _logon(root: ET.Element) -> Iterator[str]:
    for each in root.iter(f"{{{UNATTEND}}}AutoLogon"):
        for name in ("Username", "LogonCount"):
            if not _text(each, name):
                yield f"AutoLogon: {name} is missing"
        if not _text(each, "LogonCount").isdigit() or int(_text(each, "LogonCount")) > 1:
            yield "AutoLogon: more than the one time that the build needs"
    for each in root.iter(f"{{{UNATTEND}}}ComputerName"):
        if not NAME.fullmatch(each.text or ""):
            yield f"ComputerName: {each.text!r} is no name of a machine, nor *"


def _values(root: ET.Element) -> Iterator[str]:
    for each in root.iter():
        if len(each) == 0 and not (each.text or "").strip():
            yield f"{_name(each)}: empty"
        if _name(each) == "CommandLine" and len(each.text or "") > LONGEST:
            yield f"CommandLine: {len(each.text or '')} characters, {LONGEST} at most"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(f"{{{UNATTEND}}}{name}") or "").strip()
