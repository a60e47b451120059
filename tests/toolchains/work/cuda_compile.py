"""Compiles a kernel for each architecture to PTX and SASS, and reads both back.

Arguments: the toolkit's tree, architectures (sm_90 ...). By NVRTC, by ptxas from NVRTC's PTX, and by nvcc
where the toolkit has one. A program that is linked against the runtime says its version.
"""

import ctypes
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

KERNEL = """
extern "C" __global__ void axpy(float a, const float *x, float *y, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}
"""
PROGRAM = """
#include <cstdio>
int main()
{
    int version = 0, devices = 0;
    cudaRuntimeGetVersion(&version);
    cudaError_t error = cudaGetDeviceCount(&devices);
    std::printf("%d %s", version, cudaGetErrorName(error));
}
"""
tree = Path(sys.argv[1])
nvcc = tree / "bin" / "nvcc"
nvrtc = ctypes.CDLL(str(min((tree / "lib64").glob("libnvrtc.so.*"))))


def by_nvrtc(what, architecture):
    """The bytes of `what` (PTX or CUBIN) for an architecture."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    option = (ctypes.c_char_p * 1)(f"--gpu-architecture={architecture}".encode())
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), KERNEL.encode(), b"k.cu", 0, None, None)
    if error := nvrtc.nvrtcCompileProgram(program, 1, option):
        return f"NVRTC's error {error}".encode()
    getattr(nvrtc, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
    made = ctypes.create_string_buffer(size.value)
    getattr(nvrtc, f"nvrtcGet{what}")(program, made)
    return made.raw.rstrip(b"\0") if what == "PTX" else made.raw


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr}"


def of_ptx(text):
    """What a PTX says of itself, and whether the sum of products is in it."""
    found = re.search(r"^\.target (\S+)", text, flags=re.MULTILINE)
    return {"target": found[1].strip(",") if found else text[:300], "fma": "fma.rn.f32" in text}


def of_sass(file):
    """The same of machine code, as NVIDIA's disassembler reads it."""
    text = run(f"{tree}/bin/nvdisasm", file)
    found = re.search(r"EF_CUDA_SM(\d+)", text)
    return {"target": f"sm_{found[1]}" if found else text[:300], "fma": "FFMA" in text}


def keep(name, data):
    Path(name).write_bytes(data)
    return name


def compiled(architecture):
    ptx = by_nvrtc("PTX", architecture.replace("sm_", "compute_"))
    run(f"{tree}/bin/ptxas", f"-arch={architecture}", keep("k.ptx", ptx), "--output-file=p.cubin")
    found = {
        "nvrtc ptx": of_ptx(ptx.decode()),
        "nvrtc sass": of_sass(keep("n.cubin", by_nvrtc("CUBIN", architecture))),
        "ptxas sass": of_sass("p.cubin"),
    }
    if nvcc.exists():
        for flag, file in (("-ptx", "c.ptx"), ("-cubin", "c.cubin")):
            run(nvcc, flag, f"-arch={architecture}", "-o", file, keep("k.cu", KERNEL.encode()))
        found["nvcc ptx"] = of_ptx(Path("c.ptx").read_text(encoding="utf-8"))
        found["nvcc sass"] = of_sass("c.cubin")
    for file in Path.cwd().glob("*.cubin"):
        file.unlink()
    return found


def linked():
    """What a program linked against the runtime says: by nvcc, or g++ with the runtime's headers."""
    compiler = [nvcc, "-cudart=shared"] if nvcc.exists() else ["g++", f"-I{tree}/include"]
    source = PROGRAM if nvcc.exists() else f"#include <cuda_runtime_api.h>\n{PROGRAM}"
    name = keep("p.cu" if nvcc.exists() else "p.cc", source.encode())
    said = run(*compiler, name, "-o", "program", f"-L{tree}/lib64", "-lcudart")
    os.environ["LD_LIBRARY_PATH"] = f"{tree}/lib64"
    return said if not Path("program").exists() else run("./program")


major, minor = ctypes.c_int(), ctypes.c_int()
nvrtc.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
# not in /tmp, where a container starts no program
with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
    os.chdir(folder)
    report = {
        "version": f"{major.value}.{minor.value}",
        "nvcc": nvcc.exists(),
        "compiled": {each: compiled(each) for each in sys.argv[2:]},
        "linked": linked(),
    }
print(json.dumps(report))
