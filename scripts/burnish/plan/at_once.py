"""Takes what builds need and what a machine has; gives how many run at the same time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

# A build keeps two cores busy: apt and compilers beside Ansible, the emulated machine's two.
CORES = 2
# The booted machine's 2 GiB, Docker's and the disk tools' page cache, Ansible.
MEMORY = 4 << 30


def at_once(needs: Sequence[int], *, cores: int, memory: int, free: int) -> int:
    """How many of these builds, each needing so many bytes of disk, may run at the same time.

    At least 1: a build refuses by itself to begin on a disk that is too small.
    """
    fitting, left = 0, free
    for need in sorted(needs, reverse=True):
        left -= need
        fitting += left >= 0
    return max(1, min(len(needs), cores // CORES, memory // MEMORY, fitting))
