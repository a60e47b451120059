"""The fixed list of reasons for "not verified here", each with a probe that must bear it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why something cannot be proven on a machine; `probe` ends with 0 exactly where that holds.

    It runs on the machine under test, or `here`, where the checks run.
    """

    text: str
    probe: str
    here: bool = False


# The number of NVIDIA's GPUs. The bus is asked, not the driver: one that does not load is a finding
# and no reason. In a container the bus is the host's; there, what was passed on counts.
_GPUS = (
    "count=$(if systemd-detect-virt --quiet --container;"
    " then ls -d /dev/nvidia[0-9]* 2>/dev/null;"
    " else grep -ls ^0x03 /dev/null"
    " $(grep -lsx 0x10de /sys/bus/pci/devices/*/vendor | sed 's/vendor$/class/'); fi | wc -l); "
)

REASONS: Mapping[str, Reason] = {
    "no-gpu": Reason(text="no GPU", probe=f'{_GPUS}test "$count" = 0'),
    "one-gpu": Reason(text="one GPU", probe=f'{_GPUS}test "$count" = 1'),
    "no-opencl": Reason(
        text="this image has no OpenCL of NVIDIA's",
        probe="! test -e /etc/OpenCL/vendors/nvidia.icd",
    ),
    "no-systemd": Reason(
        text="systemd does not run in this machine",
        probe="! test -d /run/systemd/system",
    ),
    "shared-kernel": Reason(
        text="a container shares the kernel of its host",
        probe="systemd-detect-virt --quiet --container",
    ),
    "emulated": Reason(
        text="the processor is emulated (TCG)",
        probe='test "$(systemd-detect-virt --vm)" = qemu',
    ),
    "no-hyperv": Reason(
        text="this machine does not run on Hyper-V",
        probe='test "$(systemd-detect-virt --vm)" != microsoft',
    ),
    "standin": Reason(
        text="the stand-in archive has an empty package in its place",
        probe="grep --quiet --line-regexp BURNISH_STANDIN=1 /etc/os-release",
    ),
    "no-browser": Reason(
        text="there is no Chromium with its driver where the checks run",
        probe="! command -v chromedriver",
        here=True,
    ),
    "no-julia-packages": Reason(
        text="this image has no packages of Julia's registry",
        probe="! test -d /opt/julia-depot/packages",
    ),
    "no-dataframes": Reason(
        text="this image has no DataFrames",
        probe="! test -d /opt/julia-depot/packages/DataFrames",
    ),
    "no-ijulia": Reason(
        text="this image has no IJulia",
        probe="! test -d /opt/julia-depot/packages/IJulia",
    ),
    "no-azure": Reason(
        text="Azure's metadata service does not answer here",
        probe="! timeout 5 bash -c 'exec 3<>/dev/tcp/169.254.169.254/80' 2>/dev/null",
    ),
    # What Wine has not, or plays: each probe is a line of Windows' own command processor, and ends with 0
    # where that is so. On Windows it would not.
    "wine-no-java": Reason(
        text="no Java is installed under Wine: the role's installer does not run here",
        probe="cmd /c 'where java >nul 2>nul && exit 1 || exit 0'",
    ),
    "wine-no-git": Reason(
        text="no Git is installed under Wine: the role's installer does not run here",
        probe="cmd /c 'where git >nul 2>nul && exit 1 || exit 0'",
    ),
    "wine-no-powershell": Reason(
        text="Wine's powershell.exe does nothing and says that it went well",
        probe="powershell -NoProfile -Command 'exit 3'",
    ),
    "wine-no-setx": Reason(
        text="Wine's setx says that it went well, and writes nothing",
        probe="cmd /c 'setx BURNISH_PROBE x >nul && reg query HKCU/Environment /v BURNISH_PROBE >nul 2>nul"
        " && exit 1 || exit 0'",
    ),
    "wine-no-features": Reason(
        text="Wine's dism.exe knows no feature of Windows",
        probe='cmd /c \'dism /online /english /get-features 2>nul | find "Feature" >nul'
        " && exit 1 || exit 0'",
    ),
    "wine-no-sysprep": Reason(
        text="Wine has no sysprep",
        probe="cmd /c 'if exist %SystemRoot%/System32/Sysprep/sysprep.exe (exit 1) else exit 0'",
    ),
    "wine-no-winrm": Reason(
        text="Wine has no WinRM that could be reached",
        probe="cmd /c 'sc query WinRM >nul 2>nul && exit 1 || exit 0'",
    ),
    "wine-no-defender": Reason(
        text="Wine has no Defender",
        probe="cmd /c 'sc query WinDefend >nul 2>nul && exit 1 || exit 0'",
    ),
}
