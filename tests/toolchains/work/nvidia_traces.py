"""Looks for anything of NVIDIA's on the whole machine: packages, libraries, modules, programs. As root."""

import fnmatch
import json
import os
import subprocess
from pathlib import Path

FILES = (
    "libcuda.so*",
    "libcudart*.so*",
    "libcudnn*.so*",
    "libcublas*.so*",
    "libnccl.so*",
    "libnvidia-*.so*",
    "libnvrtc*.so*",
    "nvidia*.ko*",
    "nvcc",
    "nvidia-smi",
    "nvidia_*.dist-info",
    "gsp_*.bin",
)
PACKAGES = ("*nvidia*", "libcuda*", "cuda-*", "libcudnn*", "libnccl*")
# the kernel's own driver of old screens
OWN = ("/kernel/drivers/video/fbdev/nvidia/",)
query = ("dpkg-query", "--show", "--showformat=${Package}\n")
packages = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split()
found = []
for folder, names, files in os.walk("/"):
    if folder == "/":
        names[:] = sorted(set(names) - {"dev", "proc", "run", "sys"})
    for name in [*names, *files]:
        path = str(Path(folder) / name)
        own = any(part in path for part in OWN)
        if not own and any(fnmatch.fnmatch(name, each) for each in FILES):
            found.append(path)
matched = [name for name in packages if any(fnmatch.fnmatch(name, each) for each in PACKAGES)]
print(json.dumps({"packages": matched, "files": sorted(found)}))
