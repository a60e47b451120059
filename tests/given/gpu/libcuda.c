/* A simulated GPU: the few calls of NVIDIA's driver that the GPU tier makes, on plain memory.
   GPU_COUNT devices; GPU_FAULT names what goes wrong. It reads no PTX: that the text is right is not
   proven here. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NO_DEVICE = 100, UNSUPPORTED_PTX = 222, LAUNCH_FAILED = 719 };

static int fault(const char *name) {
    const char *given = getenv("GPU_FAULT");
    return given && strcmp(given, name) == 0;
}

int cuInit(unsigned flags) { (void)flags; return fault("no-device") ? NO_DEVICE : 0; }
int cuDriverGetVersion(int *version) { *version = 12020; return 0; }
int cuDeviceGetCount(int *count) {
    const char *given = getenv("GPU_COUNT");
    *count = given ? atoi(given) : 1;
    return 0;
}
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int size, int device) {
    (void)device;
    snprintf(name, size, "Simulated GPU");
    return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    (void)device;
    *value = attribute == 75 ? 7 : 5;
    return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) { (void)device; *context = NULL; return 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; return 0; }
int cuCtxSetCurrent(void *context) { (void)context; return 0; }
int cuCtxSynchronize(void) { return fault("launch-fails") ? LAUNCH_FAILED : 0; }
int cuModuleLoadData(void **module, const char *text) {
    *module = NULL;
    return fault("no-ptx") || !strstr(text, ".entry axpy") ? UNSUPPORTED_PTX : 0;
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
    (void)module;
    *function = NULL;
    return strcmp(name, "axpy") ? NO_DEVICE : 0;
}
int cuModuleUnload(void *module) { (void)module; return 0; }
int cuMemAlloc_v2(uint64_t *pointer, size_t size) { *pointer = (uint64_t)malloc(size); return 0; }
int cuMemFree_v2(uint64_t pointer) { free((void *)pointer); return 0; }
int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t size) {
    memcpy((void *)to, from, size);
    return 0;
}
int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size) {
    memcpy(to, (void *)from, size);
    return 0;
}
int cuGetErrorString(int code, const char **text) {
    *text = code == UNSUPPORTED_PTX ? "the provided PTX was compiled with an unsupported toolchain"
                                    : "simulated error";
    return 0;
}

/* y = a * x + y over the blocks of the grid; a wrong one leaves out its last number. */
int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared, void *stream, void **arguments, void **extra) {
    (void)function; (void)gy; (void)gz; (void)by; (void)bz; (void)shared; (void)stream; (void)extra;
    const float *x = *(const float **)arguments[0];
    float *y = *(float **)arguments[1];
    float a = *(float *)arguments[2];
    uint32_t n = *(uint32_t *)arguments[3];
    uint32_t end = gx * bx < n ? gx * bx : n;
    for (uint32_t i = 0; i < end; i++)
        if (!(fault("computes-wrong") && i == n - 2))
            y[i] = a * x[i] + y[i];
    return 0;
}
