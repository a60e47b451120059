"""How Windows' installers take their arguments: the rules of `burnish_packages_windows`, on real ones."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
from burnish import process
from burnish.build import docker
from burnish.build.wine import container
from burnish.stages.wine import Ready
from burnish.verify.suite import USER

NSIS = r"""
    Target amd64-unicode
    Name "burnish probe"
    OutFile "probe.exe"
    InstallDir "C:\Default"
    RequestExecutionLevel user
    Section
      SetOutPath "$INSTDIR"
      FileOpen $0 "$INSTDIR\here.txt" w
      FileWrite $0 "here"
      FileClose $0
    SectionEnd
"""
WIX = """
    <?xml version="1.0" encoding="utf-8"?>
    <Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
      <Product Id="{code}" Name="probe {bits}" Language="1033" Version="1.2.3" Manufacturer="burnish"
               UpgradeCode="{code}">
        <Package InstallerVersion="200" Compressed="yes"/>
        <Media Id="1" Cabinet="probe.cab" EmbedCab="yes"/>
        <Directory Id="TARGETDIR" Name="SourceDir">
          <Directory Id="{folder}"><Directory Id="INSTALLDIR" Name="probe{bits}">
            <Component Id="One" Guid="{code}"><File Id="F" Name="here.txt" Source="here.txt"/></Component>
          </Directory></Directory>
        </Directory>
        <Feature Id="All" Level="1"><ComponentRef Id="One"/></Feature>
      </Product>
    </Wix>
"""
CODES = {
    "32": "0B0E6A43-5F3A-4B52-9B1B-1F6C1D1A3232",
    "64": "0B0E6A43-5F3A-4B52-9B1B-1F6C1D1A6464",
}
UNINSTALL = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"


def run(ready: Ready, *argv: str) -> tuple[int, str]:
    done = container.run(ready.name, *argv, user=USER, limit=120)
    return done.returncode, done.stdout


def built(folder: Path, name: str, *, text: str, by: Sequence[str]) -> None:
    (folder / "here.txt").write_text("here", encoding="utf-8")
    (folder / name).write_text(textwrap.dedent(text).strip() + "\n", encoding="utf-8")
    subprocess.run([*by, name], cwd=folder, check=True, capture_output=True)


def bring(ready: Ready, file: Path) -> str:
    process.run(docker.docker("cp", str(file), f"{ready.name}:{container.DRIVE}/{file.name}"))
    return f"C:\\{file.name}"


def there(ready: Ready, path: str) -> bool:
    return run(ready, "cmd", "/c", f"type {path}")[1] == "here"


@pytest.fixture(scope="module")
def nsis(bare: Ready, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An installer made by NSIS, as the ones of Git, R's friends and Miniforge are."""
    folder = tmp_path_factory.mktemp("nsis")
    built(folder, "probe.nsi", text=NSIS, by=["makensis"])
    return bring(bare, folder / "probe.exe")


def test_a_folder_without_blanks_is_obeyed(bare: Ready, nsis: str) -> None:
    assert run(bare, nsis, "/S", r"/D=C:\Chosen")[0] == 0
    assert there(bare, r"C:\Chosen\here.txt")
    assert not there(bare, r"C:\Default\here.txt")


def test_a_folder_in_quotes_is_ignored_without_a_word(bare: Ready, nsis: str) -> None:
    # what has a blank comes in quotes: NSIS takes none, and goes to its default
    assert run(bare, nsis, "/S", r"/D=C:\Chosen Place") == (0, "")
    assert there(bare, r"C:\Default\here.txt")
    assert not there(bare, r'"C:\Chosen Place\here.txt"')


@pytest.mark.parametrize("bits", ["32", "64"])
def test_what_an_msi_installed_stands_in_its_own_view(
    bare: Ready, tmp_path: Path, bits: str
) -> None:
    code = CODES[bits]
    folder = {"32": "ProgramFilesFolder", "64": "ProgramFiles64Folder"}[bits]
    text = WIX.format(code=code, bits=bits, folder=folder)
    machine = {"32": "x86", "64": "x64"}[bits]
    built(tmp_path, f"probe{bits}.wxs", text=text, by=["wixl", f"--arch={machine}"])
    msi = bring(bare, tmp_path / f"probe{bits}.msi")
    assert run(bare, "msiexec", "/i", msi, "/qn")[0] == 0
    key = rf"{UNINSTALL}\{{{code}}}"
    seen = {view: run(bare, "reg", "query", key, f"/reg:{view}")[0] == 0 for view in CODES}
    assert seen == {view: view == bits for view in CODES}
