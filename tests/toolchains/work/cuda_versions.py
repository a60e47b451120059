"""Asks each CUDA library of the environment for its version, by its own call; prints them."""

import ctypes
import json
import sysconfig
from pathlib import Path

NVIDIA = Path(sysconfig.get_path("purelib")) / "nvidia"


def library(name):
    paths = sorted(NVIDIA.glob(f"*/lib/{name}.so.*"))
    return ctypes.CDLL(str(paths[0]), mode=ctypes.RTLD_GLOBAL) if paths else None


def written(name, call):
    """The number that a call writes to where it is told."""
    if (found := library(name)) is None:
        return None
    value = ctypes.c_int()
    return value.value if not getattr(found, call)(ctypes.byref(value)) else "an error"


def pair(name, call):
    if (found := library(name)) is None:
        return None
    major, minor = ctypes.c_int(), ctypes.c_int()
    getattr(found, call)(ctypes.byref(major), ctypes.byref(minor))
    return [major.value, minor.value]


def triple(name, call):
    """Major, minor and patch level, each asked for by its number."""
    if (found := library(name)) is None:
        return None
    value, parts = ctypes.c_int(), []
    for which in range(3):
        getattr(found, call)(which, ctypes.byref(value))
        parts.append(value.value)
    return parts


def cudnn():
    if (found := library("libcudnn")) is None:
        return None
    found.cudnnGetVersion.restype = ctypes.c_size_t
    return found.cudnnGetVersion()


# before those that need them
library("libnvJitLink")
print(
    json.dumps(
        {
            "cuda-runtime": written("libcudart", "cudaRuntimeGetVersion"),
            "cuda-nvrtc": pair("libnvrtc", "nvrtcVersion"),
            "nvjitlink": pair("libnvJitLink", "nvJitLinkVersion"),
            "cublas": triple("libcublas", "cublasGetProperty"),
            "cufft": triple("libcufft", "cufftGetProperty"),
            "cusparse": triple("libcusparse", "cusparseGetProperty"),
            "cusolver": triple("libcusolver", "cusolverGetProperty"),
            "nccl": written("libnccl", "ncclGetVersion"),
            "cudnn": cudnn(),
        }
    )
)
