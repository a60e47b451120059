"""A synthetic Windows disk: our own hives and files on a real NTFS, in a GPT, as a fixed VHD.

Nothing on it was ever run and no part of it is Microsoft's. mkntfs makes the volume and wimlib fills
it, without a mount; neither has code in common with the reader.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import regf
import vhds
from burnish.build.windows.image import DATA
from burnish.build.windows.registry import CURRENT, NT
from burnish.model.disk import MIB, SECTOR
from burnish.model.partitions import ESP
from burnish.verify.windows import GENERALIZED, Expected

LABEL = "synthetic disk: our own hives and files on a real NTFS"
RESERVED = uuid.UUID("E3C9E316-0B5C-4DB8-817D-F92DF00215AE")
SIZE = 24 * MIB
START = 3 * 2048 * SECTOR  # where the third partition begins
CONFIG = "Windows/System32/config"
PANTHER = "Windows/System32/Sysprep/Panther"
SITE = "envs/ml/Lib/site-packages"
MANAGER = r"ControlSet002\Control\Session Manager"
SERVICES = r"ControlSet002\Services"
GIT = rf"{CURRENT}\Uninstall\Git_is1"
OLD = rf"WOW6432Node\{CURRENT}\Uninstall\{{23170F69-40C1-2701-2301-000001000000}}"
BEGAN = "2026-11-20 10:00:00"
ACT = (
    "2026-11-20 09:00:00, Info                  SYSPRP ===          Beginning of a new sysprep run\n"
    "2026-11-20 09:00:09, Error      [0x0f00a8] SYSPRP WinMain:Hit failure while processing; hr = 0x5\n"
    f"{BEGAN}, Info                  SYSPRP ===          Beginning of a new sysprep run          ===\n"
    f"{BEGAN}, Info                  SYSPRP Loading VMAgentDisabler.dll\n"
)
# told by users whose sysprep ended well
HARMLESS = f"{BEGAN}, Error                 SYSPRP setupdigetclassdevs failed with error 0\n"
ANSWER = """\
<?xml version="1.0" encoding="utf-8"?>
<unattend xmlns="urn:schemas-microsoft-com:unattend"><settings pass="oobeSystem">
<component name="Microsoft-Windows-Shell-Setup"><UserAccounts><AdministratorPassword>
<Value>{password}</Value><PlainText>true</PlainText></AdministratorPassword></UserAccounts></component>
</settings></unattend>
"""
EXPECTED = Expected(
    release="2022",
    environments={"ml": {"alpha": "1.2.0", "beta-tools": "0.3"}},
    pythons={"ml": "3.13"},
    programs={"Git": r"Git_is1", "7-Zip": r"\{23170F69-40C1-2701-2301-0000\d+\}"},
    paths={"Julia": "Julia/bin/julia.exe"},
)
Keys = dict[str, dict[str, regf.Value]]


@dataclass
class Synthetic:
    """What will be on the disk; a test changes it before it is written."""

    files: dict[str, bytes]
    system: Keys
    software: Keys
    sequences: dict[str, tuple[int, int]] = field(default_factory=dict)

    def text(self, path: str, text: str) -> None:
        """Put a text there."""
        self.files[path] = text.encode()

    def hives(self) -> dict[str, bytes]:
        """The two hives, by their paths."""
        return {
            f"{CONFIG}/{name}": regf.hive(keys, sequence=self.sequences.get(name, (7, 7)))
            for name, keys in (("SYSTEM", self.system), ("SOFTWARE", self.software))
        }


def clean() -> Synthetic:
    """A disk on which nothing is wrong."""
    return Synthetic(files=_files(), system=_system(), software=_software())


def write(disk: Synthetic, folder: Path) -> Path:
    """The disk in a file of the folder, a fixed VHD."""
    volume = _volume({**disk.files, **disk.hives()}, folder)
    path = folder / "synthetic.vhd"
    vhds.write(path, size=SIZE, head=vhds.gpt(SIZE, (ESP, RESERVED, DATA)))
    with path.open("r+b") as file, volume.open("rb") as source:
        place = START
        while block := source.read(1 << 16):
            if block.strip(b"\0"):
                file.seek(place)
                file.write(block)
            place += len(block)
    volume.unlink()
    return path


def partition(path: Path, *, to: Path) -> Path:
    """The NTFS volume alone, for tools that take no offset."""
    with path.open("rb") as file:
        file.seek(START)
        to.write_bytes(file.read(SIZE - START - 34 * SECTOR))
    return to


def wheel(files: Mapping[str, bytes], *, name: str, version: str) -> dict[str, bytes]:
    """What an installer leaves of a wheel, below the environment: its files, and a RECORD of them."""
    info = f"Lib/site-packages/{name}-{version}.dist-info"
    every = {**files, f"{info}/METADATA": f"Name: {name}\nVersion: {version}\n".encode()}
    rows = [
        f"{_relative(path)},sha256={_digest(content)},{len(content)}"
        for path, content in every.items()
    ]
    rows += [
        f"{name}/__pycache__/__init__.cpython-313.pyc,,",
        f"{name}-{version}.dist-info/RECORD,,",
    ]
    return {**every, f"{info}/RECORD": "\r\n".join(rows).encode()}


def _files() -> dict[str, bytes]:
    alpha = {
        "Lib/site-packages/alpha/__init__.py": b"answer = 42\n",
        # longer than a cluster, and than a record of the table of files
        "Lib/site-packages/alpha/core.pyd": bytes(range(256)) * 1200,
        "Lib/site-packages/alpha/empty.py": b"",
        "Scripts/alpha.exe": b"MZ" + bytes(3000),
    }
    beta = {"Lib/site-packages/beta_tools.py": b"tools = []\n"}
    own = {
        "pyvenv.cfg": b"home = C:\\Python313\r\nimplementation = CPython\r\nversion_info = 3.13.2\r\n",
        "Scripts/python.exe": b"MZ python",
        "Scripts/activate.bat": b"@echo off\r\n",
        "Lib/site-packages/_virtualenv.py": b"# uv\n",
        "Lib/site-packages/alpha/__pycache__/__init__.cpython-313.pyc": b"\xf3\r\r\n",
    }
    ml = {
        **wheel(alpha, name="alpha", version="1.2.0"),
        **wheel(beta, name="beta_tools", version="0.3"),
        **own,
    }
    return {
        **{f"envs/ml/{path}": content for path, content in ml.items()},
        f"{PANTHER}/setupact.log": ACT.encode(),
        f"{PANTHER}/setuperr.log": HARMLESS.encode(),
        "Windows/Panther/unattend.xml": ANSWER.format(password="*SENSITIVE*DATA*DELETED*").encode(),
        "Windows/Panther/setuperr.log": b"",
        "Julia/bin/julia.exe": b"MZ julia",
        "Users/Default/NTUSER.DAT": b"regf",
        "Users/Public/Desktop/désktop.ini": b"[.ShellClassInfo]\r\n",
        "ProgramData/pip/pip.ini": b"[global]\r\ntimeout = 60\r\n",
    }


def _system() -> Keys:
    return {
        "Select": {"Current": 2, "Default": 2},
        r"ControlSet001\Services\Old": {"Type": 16, "Start": 2, "ObjectName": r".\packer"},
        rf"{SERVICES}\WinRM": _service(r"NT AUTHORITY\NetworkService", "svchost.exe"),
        rf"{SERVICES}\RdAgent": _service("LocalSystem", r"C:\WindowsAzure\WaAppAgent.exe"),
        rf"{SERVICES}\Tcpip": {"Type": 1, "Start": 0},
        rf"{MANAGER}\Environment": {
            "Path": r"%SystemRoot%\system32;C:\Program Files\Git\cmd;C:\Julia\bin",
            "TEMP": r"%SystemRoot%\TEMP",
        },
        MANAGER: {"ProtectionMode": 1},
    }


def _service(account: str, program: str) -> dict[str, regf.Value]:
    return {"Type": 16, "Start": 2, "ObjectName": account, "ImagePath": program}


def _software() -> Keys:
    return {
        NT: {
            "ProductName": "Windows Server 2022 Datacenter",
            "EditionID": "ServerDatacenter",
            "CurrentBuild": "20348",
            "UBR": 4294,
        },
        rf"{NT}\Winlogon": {"AutoAdminLogon": "0"},
        rf"{CURRENT}\Setup\State": {"ImageState": GENERALIZED},
        GIT: {"DisplayName": "Git", "DisplayVersion": "2.51.0"},
        OLD: {"DisplayName": "7-Zip 23.01", "DisplayVersion": "23.01.00.0"},
        rf"{CURRENT}\WSMAN\Listener\*+HTTP": {"Port": 5985},
        rf"{CURRENT}\WSMAN\Service": {"allow_unencrypted": 0, "auth_basic": 0},
        r"Microsoft\SystemCertificates\MY\Certificates": {},
    }


def _volume(files: Mapping[str, bytes], folder: Path) -> Path:
    tree, wim, volume = folder / "tree", folder / "tree.wim", folder / "volume.ntfs"
    for name, content in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with volume.open("wb") as file:
        file.truncate(SIZE - START - 34 * SECTOR)
    first = str(START // SECTOR)
    _run("mkntfs", "-F", "-Q", "-q", "-s", "512", "-p", first, "-H", "255", "-S", "63", str(volume))
    _run("wimlib-imagex", "capture", str(tree), str(wim), "--compress=none")
    _run("wimlib-imagex", "apply", str(wim), "1", str(volume))
    return volume


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)


def _relative(path: str) -> str:
    site = "Lib/site-packages/"
    return path.removeprefix(site) if path.startswith(site) else f"../../{path}"


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
