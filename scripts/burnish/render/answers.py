"""Takes the installer of a Windows; gives the answer file that installs it without anybody there. Pure.

The password of the one account is a mark that the build itself replaces, by one that no file of ours has
and that nobody needs: the build goes on by SSH and a key, and Sysprep asks for another one.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from burnish.model.base import Installer

UNATTEND = "urn:schemas-microsoft-com:unattend"
WCM = "http://schemas.microsoft.com/WMIConfig/2002/State"
ATTRIBUTES = {
    "processorArchitecture": "amd64",
    "publicKeyToken": "31bf3856ad364e35",
    "language": "neutral",
    "versionScope": "nonSxS",
}
MARK = "@PASSWORD@"  # stands for one
USER = "Administrator"
DRIVERS = ("vioscsi", "viostor", "NetKVM")
# What letter the medium gets depends on the machine; where there is none, Setup goes on.
LETTERS = ("D", "E", "F")
SPEECH = "en-US"

# A leaf, elements by name, or a list: one element of that name for each, which setup is to add.
Tree = str | Mapping[str, "Tree"] | Sequence["Tree"]


def answer_file(installer: Installer) -> str:
    """Autounattend.xml."""
    ET.register_namespace("", UNATTEND)
    ET.register_namespace("wcm", WCM)
    root = ET.Element(f"{{{UNATTEND}}}unattend")
    for name, components in _passes(installer).items():
        settings = ET.SubElement(root, f"{{{UNATTEND}}}settings", {"pass": name})
        for component, tree in components.items():
            attributes = {"name": component, **ATTRIBUTES}
            _fill(ET.SubElement(settings, f"{{{UNATTEND}}}component", attributes), tree)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _passes(installer: Installer) -> Mapping[str, Mapping[str, Mapping[str, Tree]]]:
    shell = "Microsoft-Windows-Shell-Setup"
    return {
        "windowsPE": {
            "Microsoft-Windows-International-Core-WinPE": {
                "SetupUILanguage": {"UILanguage": SPEECH},
                **dict.fromkeys(
                    ("InputLocale", "SystemLocale", "UILanguage", "UserLocale"), SPEECH
                ),
            },
            "Microsoft-Windows-PnpCustomizationsWinPE": {
                "DriverPaths": {"PathAndCredentials": _drivers(installer.drivers)}
            },
            "Microsoft-Windows-Setup": _setup(installer.image),
        },
        "specialize": {shell: {"ComputerName": "*", "TimeZone": "UTC"}},
        "oobeSystem": {shell: _first_logon()},
    }


def _drivers(folder: str) -> list[Tree]:
    return [
        {"Path": f"{letter}:\\drivers\\{driver}\\{folder}\\amd64"}
        for letter in LETTERS
        for driver in DRIVERS
    ]


def _setup(image: str) -> Mapping[str, Tree]:
    partitions = ({"Type": "EFI", "Size": "200"}, {"Type": "MSR", "Size": "128"})
    whole = {"Type": "Primary", "Extend": "true"}
    formats: tuple[Mapping[str, Tree], ...] = (
        {"Format": "FAT32", "Label": "System"},
        {},
        {"Format": "NTFS", "Label": "Windows", "Letter": "C"},
    )
    disk: Tree = {
        "DiskID": "0",
        "WillWipeDisk": "true",
        "CreatePartitions": {"CreatePartition": _ordered((*partitions, whole))},
        "ModifyPartitions": {
            "ModifyPartition": _ordered(
                [{"PartitionID": str(at), **each} for at, each in enumerate(formats, start=1)]
            )
        },
    }
    source: Tree = {"MetaData": [{"Key": "/IMAGE/NAME", "Value": image}]}
    target: Tree = {"DiskID": "0", "PartitionID": "3"}
    return {
        "DiskConfiguration": {"WillShowUI": "OnError", "Disk": [disk]},
        "ImageInstall": {"OSImage": {"InstallFrom": source, "InstallTo": target}},
        # the evaluation's medium asks for no key, and none is kept here
        "UserData": {"AcceptEula": "true", "FullName": "burnish", "Organization": "burnish"},
    }


def _first_logon() -> Mapping[str, Tree]:
    password: Tree = {"Value": MARK, "PlainText": "true"}
    return {
        "OOBE": {"HideEULAPage": "true", "ProtectYourPC": "3"},
        "UserAccounts": {"AdministratorPassword": password},
        "AutoLogon": {
            "Enabled": "true",
            "LogonCount": "1",
            "Username": USER,
            "Password": password,
        },
        "FirstLogonCommands": {
            "SynchronousCommand": _ordered(
                [{"Description": what, "CommandLine": line} for what, line in _commands()]
            )
        },
    }


def _commands() -> list[tuple[str, str]]:
    """SSH for the build's own key, as 2025 has it at once and 2022 after the capability is added.

    Its shell stays cmd: Packer's own steps are quoted for that.
    """
    keys = "C:\\ProgramData\\ssh\\administrators_authorized_keys"
    medium = f"for %d in ({' '.join(LETTERS)}) do if exist %d:\\authorized_keys"
    rule = "dir=in action=allow protocol=TCP localport=22 profile=any"
    return [
        (
            "SSH is there",
            "dism /online /add-capability /norestart /capabilityname:OpenSSH.Server~~~~0.0.1.0",
        ),
        ("its folder", "cmd /c if not exist C:\\ProgramData\\ssh mkdir C:\\ProgramData\\ssh"),
        ("who may log in", f"cmd /c {medium} copy /y %d:\\authorized_keys {keys}"),
        ("only they", f"icacls {keys} /inheritance:r /grant *S-1-5-32-544:F /grant *S-1-5-18:F"),
        ("the firewall lets it in", f"netsh advfirewall firewall add rule name=burnish-ssh {rule}"),
        ("it starts by itself", "sc config sshd start= auto"),
        ("it runs", "sc start sshd"),
    ]


def _ordered(entries: Sequence[Mapping[str, Tree]]) -> list[Tree]:
    return [{"Order": str(at), **each} for at, each in enumerate(entries, start=1)]


def _fill(parent: ET.Element, tree: Mapping[str, Tree]) -> None:
    for name, value in tree.items():
        tag = f"{{{UNATTEND}}}{name}"
        if isinstance(value, str):
            ET.SubElement(parent, tag).text = value
        elif isinstance(value, Mapping):
            _fill(ET.SubElement(parent, tag), value)
        else:
            for at, each in enumerate(value, start=1):
                added = ET.SubElement(parent, tag, {f"{{{WCM}}}action": "add"})
                if name == "PathAndCredentials":
                    added.set(f"{{{WCM}}}keyValue", str(at))
                assert isinstance(each, Mapping)
                _fill(added, each)
