"""Launches a kernel on each GPU through the driver alone: no toolkit, no framework; prints what came out.

The driver compiles the text of the kernel for the GPU that is there. It computes y = a * x + y for
whole numbers that a float holds exactly.
"""

import ctypes
import json
import sys

# PTX 6.3 is what CUDA 10 brought: every driver that is still maintained reads it
PTX = b"""
.version 6.3
.target sm_75
.address_size 64

.visible .entry axpy(.param .u64 xs, .param .u64 ys, .param .f32 a, .param .u32 n)
{
    .reg .pred %past;
    .reg .f32 %f<4>;
    .reg .b32 %r<5>;
    .reg .b64 %d<6>;
    ld.param.u64 %d0, [xs];
    ld.param.u64 %d1, [ys];
    ld.param.f32 %f0, [a];
    ld.param.u32 %r0, [n];
    mov.u32 %r1, %ctaid.x;
    mov.u32 %r2, %ntid.x;
    mov.u32 %r3, %tid.x;
    mad.lo.s32 %r4, %r1, %r2, %r3;
    setp.ge.u32 %past, %r4, %r0;
    @%past bra DONE;
    cvta.to.global.u64 %d0, %d0;
    cvta.to.global.u64 %d1, %d1;
    mul.wide.u32 %d2, %r4, 4;
    add.s64 %d3, %d0, %d2;
    add.s64 %d4, %d1, %d2;
    ld.global.f32 %f1, [%d3];
    ld.global.f32 %f2, [%d4];
    fma.rn.f32 %f3, %f0, %f1, %f2;
    st.global.f32 [%d4], %f3;
DONE:
    ret;
}
"""
BLOCK = 256
MAJOR, MINOR = 75, 76  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_*
Pointer = ctypes.c_uint64


class Driver:
    """libcuda, whose every error says which call it came from."""

    def __init__(self):
        self._library = ctypes.CDLL("libcuda.so.1")

    def __getattr__(self, name):
        function = getattr(self._library, name)

        def call(*arguments):
            code = function(*arguments)
            if code:
                text = ctypes.c_char_p()
                self._library.cuGetErrorString(code, ctypes.byref(text))
                sys.exit(f"{name}: error {code}: {(text.value or b'').decode()}")

        return call


def number(function, *arguments):
    found = ctypes.c_int()
    function(ctypes.byref(found), *arguments)
    return found.value


def computed(cuda, *, count, factor):
    """y after the kernel ran on the current device."""
    module, kernel = ctypes.c_void_p(), ctypes.c_void_p()
    cuda.cuModuleLoadData(ctypes.byref(module), PTX)
    cuda.cuModuleGetFunction(ctypes.byref(kernel), module, b"axpy")
    x = (ctypes.c_float * count)(*range(count))
    y = (ctypes.c_float * count)(*[1.0] * count)
    size = ctypes.c_size_t(ctypes.sizeof(x))
    given = []
    for host in (x, y):
        pointer = Pointer()
        cuda.cuMemAlloc_v2(ctypes.byref(pointer), size)
        cuda.cuMemcpyHtoD_v2(pointer, host, size)
        given.append(pointer)
    values = (*given, ctypes.c_float(factor), ctypes.c_uint32(count))
    places = [ctypes.cast(ctypes.byref(value), ctypes.c_void_p) for value in values]
    arguments = (ctypes.c_void_p * len(values))(*places)
    grid = ((count + BLOCK - 1) // BLOCK, 1, 1)
    cuda.cuLaunchKernel(kernel, *grid, BLOCK, 1, 1, 0, None, arguments, None)
    cuda.cuCtxSynchronize()
    cuda.cuMemcpyDtoH_v2(y, given[1], size)
    for pointer in given:
        cuda.cuMemFree_v2(pointer)
    cuda.cuModuleUnload(module)
    return y


def tried(cuda, index, *, count, factor):
    device, context, name = ctypes.c_int(), ctypes.c_void_p(), ctypes.create_string_buffer(100)
    cuda.cuDeviceGet(ctypes.byref(device), index)
    cuda.cuDeviceGetName(name, len(name), device)
    cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), device)
    cuda.cuCtxSetCurrent(context)
    y = computed(cuda, count=count, factor=factor)
    cuda.cuDevicePrimaryCtxRelease_v2(device)
    capability = [number(cuda.cuDeviceGetAttribute, each, device) for each in (MAJOR, MINOR)]
    return {
        "name": name.value.decode(),
        "capability": capability,
        "first": list(y[:4]),
        "last": y[count - 1],
        "sum": sum(y),
    }


def main(count, factor):
    cuda = Driver()
    cuda.cuInit(0)
    devices = range(number(cuda.cuDeviceGetCount))
    report = {
        "driver": number(cuda.cuDriverGetVersion),
        "devices": [tried(cuda, index, count=count, factor=factor) for index in devices],
    }
    print(json.dumps(report))


main(int(sys.argv[1]), float(sys.argv[2]))
