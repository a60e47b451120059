"""Adds an extension of one's own to VS Code; prints its version, and the extensions before and after.

Argument: the folder of the extensions that everybody has.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="own" Version="0.1.0" Publisher="burnish-check"/>
    <DisplayName>own</DisplayName>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
  </Assets>
</PackageManifest>
"""
PACKAGE = {
    "publisher": "burnish-check",
    "name": "own",
    "version": "0.1.0",
    "engines": {"vscode": "*"},
}


def code(*arguments):
    """The lines that VS Code's command prints; it needs no display for these."""
    done = subprocess.run(["code", *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"code {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout.split("\n")


def listed():
    return sorted(line for line in code("--list-extensions", "--show-versions") if "@" in line)


def everybodys(folder):
    """Publisher, name and version of each extension that lies in everybody's folder."""
    found = [json.loads(path.read_text("utf-8")) for path in Path(folder).glob("*/package.json")]
    return [[each["publisher"], each["name"], each["version"]] for each in found]


with tempfile.TemporaryDirectory() as scratch:
    archive = Path(scratch) / "own.vsix"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("extension.vsixmanifest", MANIFEST)
        packed.writestr("extension/package.json", json.dumps(PACKAGE))
    report = {"version": code("--version")[0], "before": listed()}
    code("--install-extension", str(archive))
    report["after"] = listed()
code("--uninstall-extension", "burnish-check.own")
report["everybodys"] = everybodys(sys.argv[1])
print(json.dumps(report))
