"""The answer file of a local Windows: what it says, and that the checker finds what setup would not take."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from burnish.model.base import Installer
from burnish.render.answers import MARK, UNATTEND, answer_file
from burnish.render.answers_check import problems
from checkout import real

TEXT = answer_file(Installer(image="Windows Server 2022 SERVERDATACENTER", drivers="2k22"))
ADD = 'wcm:action="add"'
# fault -> what is replaced (its first place), by what, and what is told
FAULTS: dict[str, tuple[str, str, str]] = {
    "not XML": ("</unattend>", "</unatend>", "not XML"),
    "another namespace": (f'xmlns="{UNATTEND}"', 'xmlns="urn:x"', "the root is"),
    "unknown pass": ('pass="specialize"', 'pass="specialise"', "setup has no such pass"),
    "a pass twice": ('pass="specialize"', 'pass="windowsPE"', "pass 'windowsPE': twice"),
    "unknown component": (
        "Windows-Setup",
        "Windows-Setop",
        "no component 'Microsoft-Windows-Setop'",
    ),
    "component in a wrong pass": (
        "Microsoft-Windows-International-Core-WinPE",
        "Microsoft-Windows-Deployment",
        "is not looked for in this pass",
    ),
    "architecture": (
        'Architecture="amd64"',
        'Architecture="x64"',
        "processorArchitecture is 'x64'",
    ),
    "token": ("31bf3856ad364e35", "31bf3856ad364e36", "publicKeyToken"),
    "scope": (' versionScope="nonSxS"', "", "versionScope is None"),
    "no wcm:action": (f"<Disk {ADD}>", "<Disk>", "Disk: wcm:action is None"),
    "wrong wcm:action": (f"<MetaData {ADD}", '<MetaData wcm:action="ad"', "wcm:action is 'ad'"),
    "wcm:action at no entry": ("<DriverPaths>", f"<DriverPaths {ADD}>", "no entry of a list"),
    "key value twice": ('keyValue="2"', 'keyValue="1"', "keyValue is missing, or twice the same"),
    "order with a gap": ("<Order>2</Order>", "<Order>4</Order>", "Order is 1, 4, 3, not 1, 2, 3"),
    "no EFI partition": ("<Type>EFI</Type>", "<Type>Primary</Type>", "0 of type EFI"),
    "unknown type": ("<Type>MSR</Type>", "<Type>Swap</Type>", "Type 'Swap' is none of"),
    "small EFI": ("<Size>200</Size>", "<Size>50</Size>", "CreatePartition 1: 50 MB"),
    "extends too early": (
        "<Size>128</Size>",
        "<Extend>true</Extend>",
        "only the last one may Extend",
    ),
    "size and extend": (
        "<Extend>true</Extend>",
        "<Extend>true</Extend><Size>9</Size>",
        "either a Size",
    ),
    "partition out of range": (
        "<PartitionID>2</PartitionID>",
        "<PartitionID>4</PartitionID>",
        "PartitionID 4 is none of the 3 that are made",
    ),
    "partition twice": (
        "<PartitionID>2</PartitionID>",
        "<PartitionID>1</PartitionID>",
        "PartitionID twice the same",
    ),
    "EFI as NTFS": ("<Format>FAT32<", "<Format>NTFS<", "ModifyPartition 1: NTFS for EFI"),
    "goes to the reserved one": (
        "<DiskID>0</DiskID>\n            <PartitionID>3",
        "<DiskID>0</DiskID>\n            <PartitionID>2",
        "InstallTo: partition 2 of disk 0 is MSR",
    ),
    "goes nowhere": (
        "<DiskID>0</DiskID>\n            <PartitionID>3",
        "<DiskID>1</DiskID>\n            <PartitionID>3",
        "InstallTo: partition 3 of disk 1 is not made",
    ),
    "image by nothing": ("/IMAGE/NAME", "/IMAGE/LABEL", "'/IMAGE/LABEL' is none of"),
    "licence not accepted": ("<AcceptEula>true", "<AcceptEula>false", "AcceptEula is not true"),
    "a password": (MARK, "P4ssw0rd!", "a password of its own"),
    "a password in base64": ("<PlainText>true", "<PlainText>false", "PlainText is not true"),
    "a key": ("<UserData>", "<UserData><ProductKey>A-B</ProductKey>", "no key stands in a file"),
    "logs on for ever": ("<LogonCount>1", "<LogonCount>99", "more than the one time"),
    "nobody logs on": ("<Username>Administrator</Username>", "", "AutoLogon: Username is missing"),
    "name too long": ("<ComputerName>*<", "<ComputerName>a-machine-of-burnish<", "is no name"),
    "an empty setting": ("<TimeZone>UTC</TimeZone>", "<TimeZone></TimeZone>", "TimeZone: empty"),
    "a setting that is misspelled": (
        "<WillWipeDisk>true</WillWipeDisk>",
        "<WillWipeDisc>true</WillWipeDisc>",
        "Disk: no setting 'WillWipeDisc' is known here",
    ),
    "a setting at a wrong place": (
        "<UserData>",
        "<UserData><TimeZone>UTC</TimeZone>",
        "UserData: no setting 'TimeZone' is known here",
    ),
    "a setting twice": (
        "<TimeZone>UTC</TimeZone>",
        "<TimeZone>UTC</TimeZone><TimeZone>CET</TimeZone>",
        "Microsoft-Windows-Shell-Setup: TimeZone: twice",
    ),
    "a password by itself": (
        "<Path>D:",
        "<Credentials><Password>P4ss</Password></Credentials><Path>D:",
        "Password: a password as it is",
    ),
    "a command too long": ("sc start sshd", "sc start sshd" + " x" * 600, "1024 at most"),
}


@pytest.mark.parametrize("name", ["windows-2022", "windows-2025"])
def test_that_of_each_base_is_taken(name: str) -> None:
    installer = real().bases[name].installer
    assert installer
    text = answer_file(installer)
    assert problems(text) == []
    assert installer.image in text
    assert text.count(f"\\{installer.drivers}\\amd64</Path>") == 9


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    old, new, told = FAULTS[fault]
    assert old in TEXT, "the fault has no place any more"
    found = problems(TEXT.replace(old, new, 1))
    assert any(told in each for each in found), found


def test_a_component_that_is_missing_is_found() -> None:
    root = ET.fromstring(TEXT)
    root.remove(root[0])
    found = problems(ET.tostring(root, "unicode"))
    assert "windowsPE: Microsoft-Windows-Setup is missing" in found


def test_no_password_and_no_key_stand_in_it() -> None:
    assert {*re.findall(r"<Value>(.*?)</Value>", TEXT)} == {
        MARK,
        "Windows Server 2022 SERVERDATACENTER",
    }
    assert "ProductKey" not in TEXT


def test_it_ends_with_ssh_that_only_the_builds_key_opens() -> None:
    commands = re.findall(r"<CommandLine>(.*?)</CommandLine>", TEXT)
    assert [each.split()[0] for each in commands] == [
        "dism",
        "cmd",
        "cmd",
        "icacls",
        "netsh",
        "sc",
        "sc",
    ]
    assert "/inheritance:r /grant *S-1-5-32-544:F /grant *S-1-5-18:F" in commands[3]
