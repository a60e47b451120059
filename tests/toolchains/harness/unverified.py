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


REASONS: Mapping[str, Reason] = {
    "no-gpu": Reason(
        text="this machine has no NVIDIA GPU",
        probe="! test -e /dev/nvidia0",
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
        text="Julia's registry was not reached for DataFrames",
        probe="! test -d /opt/julia-depot/packages/DataFrames",
    ),
    "no-ijulia": Reason(
        text="Julia's registry was not reached for IJulia, its kernel",
        probe="! test -d /opt/julia-depot/packages/IJulia",
    ),
    "no-azure": Reason(
        text="Azure's metadata service does not answer here",
        probe="! timeout 5 bash -c 'exec 3<>/dev/tcp/169.254.169.254/80' 2>/dev/null",
    ),
}
