"""Takes JSON {"names": modules, "plain": bool, "serial": of a certificate}, of which the first is needed.

Prints {"versions": [...], "kernels": [...]} of modinfo. With `plain` a module may also be called what it is
called without "-current", whichever is there. Ends with a message where a kernel that can be booted lacks a
module, or has one that was built for another kernel, or is not signed by the certificate.
"""

import glob
import json
import subprocess
import sys


def told(kernel, name, *, field):
    argv = ["modinfo", "-k", kernel, "-F", field, name]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()


def called(kernel, name, *, plain):
    other = name.replace("-current", "", 1) if plain else name
    return name if told(kernel, name, field="filename") else other


def serial(kernel, name):
    """Of the certificate that a module says it is signed by, as hexadecimal digits."""
    return told(kernel, name, field="sig_key").replace(":", "").upper()


def main(names, *, plain, signer):
    kernels = [path.removeprefix("/boot/vmlinuz-") for path in sorted(glob.glob("/boot/vmlinuz-*"))]
    if not kernels:
        sys.exit("no kernel in /boot: the base names it under rootfs.kernel.gpu")
    versions = set()
    for kernel in kernels:
        for name in (called(kernel, each, plain=plain) for each in names):
            built = told(kernel, name, field="vermagic").partition(" ")[0]
            if built != kernel:
                sys.exit(
                    f"{name} of kernel {kernel}: built for {built or 'no kernel at all'}; "
                    "are the headers of the same version as the kernel? `burnish lock IMAGE --upgrade`"
                )
            if signer and serial(kernel, name) != signer:
                sys.exit(
                    f"{name} of kernel {kernel} is not signed by the certificate {signer}: "
                    f"modinfo has {serial(kernel, name) or 'no signature'}; DKMS's log says why"
                )
            versions.add(told(kernel, name, field="version"))
    print(json.dumps({"kernels": kernels, "versions": sorted(versions - {""})}))


asked = json.loads(sys.argv[1])
main(asked.get("names", []), plain=asked.get("plain", False), signer=asked.get("serial", ""))
