/* CUDA's runtime of a simulated GPU: version RUNTIME; GPU_FAULT old-driver as on a driver that is too old. */
#include <stdlib.h>
#include <string.h>

static int old(void) {
    const char *given = getenv("GPU_FAULT");
    return given && strcmp(given, "old-driver") == 0;
}

int cudaRuntimeGetVersion(int *version) { *version = RUNTIME; return 0; }
int cudaDriverGetVersion(int *version) { *version = old() ? 11040 : 12020; return 0; }
int cudaGetDeviceCount(int *count) {
    const char *given = getenv("GPU_COUNT");
    *count = old() ? 0 : given ? atoi(given) : 1;
    return old() ? 35 : 0;
}
