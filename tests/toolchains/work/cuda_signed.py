"""Verifies the signature of each module of each kernel by a certificate. As root.

Arguments: JSON {"names": modules, "plain": bool}, the certificate as PEM. Prints {kernel: {module: ""}},
or what openssl has against it. The signature stands at a module's end (Documentation/admin-guide/
module-signing.rst): what is signed, a PKCS#7, twelve bytes with its length, a word.
"""

import gzip
import json
import lzma
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

MAGIC = b"~Module signature appended~\n"
TAIL = struct.Struct(">8B I")
OPENERS = {".xz": lzma.open, ".gz": gzip.open}


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def path(kernel, name, *, plain):
    names = [name, name.replace("-current", "", 1)] if plain else [name]
    found = (run("modinfo", "-k", kernel, "-F", "filename", each).stdout.strip() for each in names)
    return next((Path(each) for each in found if each), None)


def verified(module, certificate, *, room):
    if module is None:
        return "no such module"
    with OPENERS.get(module.suffix, open)(module, "rb") as file:
        data = file.read()
    if not data.endswith(MAGIC):
        return "no signature"
    end = len(data) - len(MAGIC) - TAIL.size
    length = TAIL.unpack_from(data, end)[-1]
    (room / "signature").write_bytes(data[end - length : end])
    (room / "content").write_bytes(data[: end - length])
    given = ("-binary", "-inform", "DER", "-in", str(room / "signature"), "-out", "/dev/null")
    keys = ("-content", str(room / "content"), "-certfile", certificate, "-nointern")
    # the chain is the firmware's affair; here it is about this very certificate
    done = run("openssl", "cms", "-verify", *given, *keys, "-noverify")
    return "" if done.returncode == 0 else done.stderr.strip() or "openssl refuses it"


asked = json.loads(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    room = Path(folder)
    (room / "certificate.pem").write_text(sys.argv[2], encoding="ascii")
    kernels = [each.name.removeprefix("vmlinuz-") for each in Path("/boot").glob("vmlinuz-*")]
    report = {
        kernel: {
            name: verified(
                path(kernel, name, plain=asked["plain"]), str(room / "certificate.pem"), room=room
            )
            for name in asked["names"]
        }
        for kernel in sorted(kernels)
    }
print(json.dumps(report))
