"""What can be wrong with a Windows disk: each fault, and the check that has to name it.

`plant` changes what is written; `damage` changes the bytes of the finished VHD.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import regf
from burnish.build.windows.registry import CURRENT, NT, PENDING
from windows_disk import ANSWER, BEGAN, GIT, MANAGER, OLD, PANTHER, SERVICES, Synthetic

USER = "Users/packer"
ROAMING = f"{USER}/AppData/Roaming"
LOCAL = f"{USER}/AppData/Local"
MY = r"Microsoft\SystemCertificates\MY\Certificates"
ERR = f"{PANTHER}/setuperr.log"
ROOT = "unattend.xml"


@dataclass(frozen=True)
class Fault:
    """`check` is the one that has to find it, with `says` in its text; `unread`: it is named as not read;
    `also`: other checks that cannot pass then."""

    name: str
    check: str
    says: str
    plant: Callable[[Synthetic], object] = lambda _: None
    damage: Callable[[Path], object] = lambda _: None
    unread: bool = False
    also: tuple[str, ...] = ()


def _file(name: str, path: str, *, check: str, text: str = "planted") -> Fault:
    return Fault(name, check, path, plant=lambda disk: disk.text(path, text))


def _soft(name: str, key: str, *, check: str, says: str, values: dict[str, regf.Value]) -> Fault:
    def plant(disk: Synthetic) -> None:
        disk.software.setdefault(key, {}).update(values)

    return Fault(name, check, says, plant=plant)


def _sys(name: str, key: str, *, check: str, says: str, values: dict[str, regf.Value]) -> Fault:
    def plant(disk: Synthetic) -> None:
        disk.system.setdefault(key, {}).update(values)

    return Fault(name, check, says, plant=plant)


def _log(name: str, line: str) -> Fault:
    text = f"{BEGAN}, Error      [0x0f0082] SYSPRP {line}\n"
    return Fault(name, "sysprep_did_not_fail", line[:40], plant=lambda disk: disk.text(ERR, text))


def _variable(name: str, *, says: str, value: str) -> Fault:
    key = rf"{MANAGER}\Environment"
    check = "the_environment_is_the_images"
    return _sys(f"variable {name}", key, check=check, says=says, values={name: value})


def _der(*names: str) -> bytes:
    """As much of a certificate as the reader looks at."""
    texts = (b"\x06\x03\x55\x04\x03\x13" + bytes([len(name)]) + name.encode() for name in names)
    return b"\x30\x82" + b"\x31\x00".join(texts) + b"\x00"


STATE = rf"{CURRENT}\Setup\State"
STATE_CHECK = "the_image_is_generalized"
RESTART = "nothing_waits_for_a_restart"
SERVICE = "services_are_fit_for_any_machine"
LOGON = "nobody_is_logged_on"
WINRM = "winrm_is_closed_again"
PROGRAMS = "programs_are_installed"
ANSWERS = "no_answer_is_left"
KEY_ANSWER = "<unattend><ProductKey><Key>AAAAA-BBBBB</Key></ProductKey></unattend>"
RENAMES: list[str] = ["\\??\\C:\\Windows\\x.dll", "", "\\??\\C:\\y", "!\\??\\C:\\z"]

REGISTRY = (
    Fault("no image state", STATE_CHECK, "not set", plant=lambda d: d.software.pop(STATE)),
    _soft("undeployable", STATE, check=STATE_CHECK, says="IMAGE_STATE_UNDEPLOYABLE",
          values={"ImageState": "IMAGE_STATE_UNDEPLOYABLE"}),
    _soft("another release", NT, check="windows_is_the_bases", says="2019",
          values={"ProductName": "Windows Server 2019 Datacenter"}),
    _soft("another build", NT, check="windows_is_the_bases", says="17763",
          values={"CurrentBuild": "17763"}),
    _sys("a rename waits", MANAGER, check=RESTART, says="C:\\Windows\\x.dll",
         values={"PendingFileRenameOperations": RENAMES}),
    _soft("RebootPending", PENDING["RebootPending"], check=RESTART, says="RebootPending", values={}),
    _soft("RebootRequired", PENDING["RebootRequired"], check=RESTART, says="RebootRequired", values={}),
    Fault("no Git", PROGRAMS, "Git is not", plant=lambda d: d.software.pop(GIT)),
    Fault("no 7-Zip in the 32-bit view", PROGRAMS, "7-Zip is not", plant=lambda d: d.software.pop(OLD)),
    Fault("no Julia", PROGRAMS, "Julia is not", plant=lambda d: d.files.pop("Julia/bin/julia.exe")),
    _sys("a service of a user", rf"{SERVICES}\Job", check=SERVICE, says=".\\packer",
         values={"Type": 16, "Start": 2, "ObjectName": ".\\packer", "ImagePath": "C:\\job.exe"}),
    _sys("a service of the build", rf"{SERVICES}\Job", check=SERVICE, says="C:\\burnish\\job.exe",
         values={"Type": 16, "Start": 3, "ImagePath": '"C:\\burnish\\job.exe" --run'}),
    _sys("the agent is disabled", rf"{SERVICES}\RdAgent", check=SERVICE, says="is disabled",
         values={"Start": 4}),
    _sys("the agent waits", rf"{SERVICES}\RdAgent", check=SERVICE, says="does not start by itself",
         values={"Start": 3}),
    _variable("HTTPS_PROXY", says="HTTPS_PROXY says how", value="http://proxy:3128"),
    _variable("pip_index_url", says="PIP_INDEX_URL says how", value="https://mirror/simple"),
    _variable("Path", says="names a folder", value="C:\\Windows;C:\\burnish\\bin;C:\\x"),
    _variable("AZURE_CLIENT_SECRET", says="AZURE_CLIENT_SECRET holds", value="planted"),
    _variable("REPOSITORY", says="REPOSITORY holds", value="https://me:planted@host/r.git"),
    _soft("somebody logs on", rf"{NT}\Winlogon", check=LOGON, says="by itself",
          values={"AutoAdminLogon": "1"}),
    _soft("a password for it", rf"{NT}\Winlogon", check=LOGON, says="DefaultPassword",
          values={"DefaultPassword": "planted"}),
    _soft("a listener", rf"{CURRENT}\WSMAN\Listener\*+HTTPS", check=WINRM, says="*+HTTPS",
          values={"Port": 5986}),
    _soft("unencrypted", rf"{CURRENT}\WSMAN\Service", check=WINRM, says="not encrypted",
          values={"allow_unencrypted": 1}),
    _soft("basic", rf"{CURRENT}\WSMAN\Service", check=WINRM, says="Basic", values={"auth_basic": 1}),
    _soft("a certificate", rf"{MY}\0A1B", check=WINRM, says="packer-build",
          values={"Blob": _der("burnish", "packer-build")}),
)  # fmt: skip
LOGS = (
    _log("an app of one user", "Package Microsoft.Winget.Source_8wekyb3d8bbwe was installed for a user, "
         "but not provisioned for all users"),
    _log("an app by its number", "Failed to remove apps for the current user: 0x80073cf2."),
    _log("a lost DLL", "Failed to load VMAgentDisabler.dll, error code 0x7e"),
    _log("undeployable in the log", "State is IMAGE_STATE_UNDEPLOYABLE"),
    _log("Defender for Endpoint", "RegDeleteValueW for value senseGuid under key "
         "Windows Advanced Threat Protection; dwRet = 0x5"),
    _log("DSC", "LaunchDll:Failure occurred while executing 'DscCore.dll,SysPrep_Cleanup', code 0x2"),
    _log("sysprep gave up", "WinMain:Hit failure while processing sysprep generalize; hr = 0x80070005"),
)  # fmt: skip
PASSWORD = ANSWER.format(password="cABsAGEAbgB0AGUAZAA=")
ANSWER_FILES = (
    _file("a password in Panther", "Windows/Panther/unattend.xml", check=ANSWERS, text=PASSWORD),
    _file("a password at the root", ROOT, check=ANSWERS, text=PASSWORD),
    _file("a product key", ROOT, check=ANSWERS, text=KEY_ANSWER),
    _file("answers for sysprep", "Windows/System32/Sysprep/unattend.xml", check=ANSWERS,
          text="<unattend/>"),
    Fault("answers that are no XML", ANSWERS, "no XML", unread=True,
          plant=lambda d: d.text("Windows/Panther/unattend.xml", "<unattend>")),
    Fault("answers with entities", ANSWERS, "document type", unread=True,
          plant=lambda d: d.text("Windows/Panther/unattend.xml", "<!DOCTYPE x><x/>")),
)  # fmt: skip
LOGIN = "[global]\nindex-url = https://me:planted@host/simple\n"
CREDENTIALS = tuple(
    _file(f"credential {path}", path, check="no_credential_is_left", text=text)
    for path, text in (
        (f"{USER}/.azure/msal_token_cache.bin", "planted"),
        (f"{USER}/.azure/azureProfile.json", "{}"),
        (f"{USER}/.aws/credentials", "planted"),
        (f"{USER}/.ssh/id_ed25519", "planted"),
        ("ProgramData/ssh/ssh_host_rsa_key", "planted"),
        (f"{USER}/.git-credentials", "https://me:planted@host"),
        (f"{USER}/_netrc", "planted"),
        (f"{USER}/.docker/config.json", "{}"),
        (f"{USER}/.npmrc", "//host/:_authToken=planted"),
        (f"{ROAMING}/pip/pip.ini", LOGIN),
        (f"{ROAMING}/uv/uv.toml", 'index-url = "https://me:planted@host/simple"'),
        ("envs/ml/pip.ini", LOGIN),
        (f"{ROAMING}/Microsoft/Credentials/0123ABCD", "planted"),
        (f"{LOCAL}/Microsoft/Edge/User Data/Default/Login Data", "planted"),
        (f"{ROAMING}/Mozilla/Firefox/Profiles/x.default/logins.json", "{}"),
        ("Windows/System32/config/systemprofile/.aws/credentials", "planted"),
    )
)
PSREADLINE = f"{ROAMING}/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"
LEFT = tuple(
    _file(f"left {path}", path, check=check)
    for check, paths in (
        (
            "no_history_is_left",
            (
                PSREADLINE,
                f"{USER}/.python_history",
                f"{USER}/Documents/20261120/PowerShell_transcript.H.x.txt",
            ),
        ),
        (
            "nothing_of_the_build_is_left",
            (
                "burnish/downloads/Git.exe",
                "Windows/Temp/packer-ps-env-vars-1.ps1",
                "AzureData/CustomData.bin",
                f"{LOCAL}/Temp/ansible-tmp-1.ps1",
            ),
        ),
    )
    for path in paths
)
