"""Takes the evidence table and a cache folder; gives a signed archive that calls itself noble.

python tests/ubuntu/standin.py build FOLDER --cache CACHE    build it
python tests/ubuntu/standin.py serve FOLDER [--bind HOST]    serve it and print its site.yaml

FOLDER gets archive/ (three pockets, four components) and keyring.gpg. Real packages are Debian's;
the rest are empty stubs, one for each noble name of the table: never from what the roles ask for,
so a name without evidence fails in apt. README.md says what this proves and what it does not.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import hashlib
import http.server
import json
import os
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import debs
import ubuntu_names

HERE = Path(__file__).parent
SUITE, VERSION = "noble", "24.04"
POCKETS = ("noble", "noble-updates", "noble-security")
COMPONENTS = ("main", "restricted", "universe", "multiverse")
DEBIAN = "bookworm"
LABEL = "standin"
# What the bootstrap itself needs: the hook for a merged /usr asks for usr-is-merged.
ALWAYS = ("apt", "usr-is-merged")
DATE = "Thu, 25 Apr 2024 00:00:00 UTC"  # noble's own day, so that the archive is the same each time
STUB_VERSION = f"0~{LABEL}"
# Ansible calls the machine Debian if that word stands anywhere in os-release with its capital.
OS_RELEASE = f"""\
PRETTY_NAME="Ubuntu {VERSION} LTS ({LABEL})"
NAME="Ubuntu"
VERSION_ID="{VERSION}"
VERSION="{VERSION} LTS (Noble Numbat)"
VERSION_CODENAME={SUITE}
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME={SUITE}
BURNISH_STANDIN=1
"""
LSB_RELEASE = f"""\
DISTRIB_ID=Ubuntu
DISTRIB_RELEASE={VERSION}
DISTRIB_CODENAME={SUITE}
DISTRIB_DESCRIPTION="Ubuntu {VERSION} LTS ({LABEL})"
"""
BASE_FILES = {
    "usr/lib/os-release": OS_RELEASE,
    "etc/lsb-release": LSB_RELEASE,
    "etc/debian_version": "trixie/sid\n",
    "etc/issue": f"Ubuntu {VERSION} LTS ({LABEL}) \\n \\l\n",
    "etc/issue.net": f"Ubuntu {VERSION} LTS ({LABEL})\n",
}


def unit(text: str) -> str:
    """A service that has nothing to do: a role can enable it."""
    return (
        f"[Unit]\nDescription={text} ({LABEL})\n"
        "[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=yes\n"
        "[Install]\nWantedBy=multi-user.target\n"
    )


def key_store() -> bytes:
    """A list of trusted certificates, as Java keeps it, with none in it."""
    empty = struct.pack(">III", 0xFEEDFEED, 2, 0)
    return (
        empty + hashlib.sha1("changeit".encode("utf-16-be") + b"Mighty Aphrodite" + empty).digest()
    )


# Files without which a role that is right about Ubuntu could not go on, for stubs that need any:
# a unit to enable, what update-initramfs takes for an installed kernel, and what Java's scripts make.
MODULES = f"usr/lib/modules/6.8.0-0-{LABEL}"
STUB_FILES: dict[str, dict[str, str | bytes]] = {
    "openjdk-21-jdk-headless": {"etc/ssl/certs/java/cacerts": key_store()},
    "walinuxagent": {"usr/lib/systemd/system/walinuxagent.service": unit("Azure agent")},
    f"linux-image-azure-lts-{VERSION}": {
        f"boot/config-6.8.0-0-{LABEL}": "CONFIG_RD_ZSTD=y\n",
        f"boot/vmlinuz-6.8.0-0-{LABEL}": f"{LABEL}: not a kernel\n",
        f"{MODULES}/modules.builtin": "",
        f"{MODULES}/modules.builtin.modinfo": "",
        f"{MODULES}/modules.order": "",
    },
}


def fetch(names: list[str], cache: Path) -> list[Path]:
    """Debian's packages of those names, where it has them, with all they need; cached."""
    key = hashlib.sha256(json.dumps([DEBIAN, *names]).encode()).hexdigest()[:12]
    folder = cache / f"{LABEL}-{key}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="fetching-") as scratch:
            _download(names, Path(scratch))
            with suppress(FileExistsError):  # another run was quicker
                (Path(scratch) / "archives").rename(folder)
    return sorted(folder.glob("*.deb"))


def build(out: Path, cache: Path) -> None:
    """Write archive/ and keyring.gpg; what was in `out` before is replaced."""
    names = [row.name for row in ubuntu_names.read_table() if row.release == SUITE]
    archive = out / "archive"
    shutil.rmtree(out, ignore_errors=True)
    entries: dict[str, list[str]] = {component: [] for component in COMPONENTS}
    known = set()
    for path in fetch([*ALWAYS, *names], cache):
        deb = path.read_bytes()
        name = debs.field(debs.control(deb), "Package")
        if name == "base-files":
            deb = debs.repacked(deb, version=f"13ubuntu10~{LABEL}", files=BASE_FILES)
        known.add(name)
        entries["main"].append(_pool(archive, deb, component="main"))
    for name in names:
        if name not in known:
            entries["universe"].append(_pool(archive, _stub(name), component="universe"))
    with _key(out) as home:
        for pocket in POCKETS:
            _pocket(archive / "dists" / pocket, entries if pocket == SUITE else {}, home=home)


@contextmanager
def serving(out: Path, bind: str = "127.0.0.1") -> Iterator[str]:
    """Serve the archive on a free port while the context lasts; gives its URL."""
    handler = functools.partial(_Handler, directory=str(out / "archive"))
    with http.server.ThreadingHTTPServer((bind, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{bind}:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def site(url: str, out: Path) -> str:
    """The part of site.yaml that sends Ubuntu's bases here."""
    return (
        "apt:\n  ubuntu:\n"
        f"    mirror: {url}\n    security_mirror: {url}\n"
        f'    keyring: {out.resolve() / "keyring.gpg"}\n    standin: true\n    python: "3.11"\n'
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    verbs = parser.add_subparsers(dest="verb", required=True)
    building = verbs.add_parser("build", help="write FOLDER/archive and FOLDER/keyring.gpg")
    building.add_argument("folder", type=Path)
    building.add_argument("--cache", type=Path, required=True, help="keeps Debian's packages")
    server = verbs.add_parser("serve", help="serve FOLDER until interrupted")
    server.add_argument("folder", type=Path)
    server.add_argument("--bind", default="127.0.0.1", help="the address to listen on")
    options = parser.parse_args(arguments)
    if options.verb == "build":
        build(options.folder, options.cache)
        return 0
    with serving(options.folder, options.bind) as url:
        print(site(url, options.folder), end="", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 130
    return 0


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for all that apt asks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
        """Say nothing: apt tells what it could not get."""


def _download(names: list[str], scratch: Path) -> None:
    hook = f'sh {shlex.quote(str(HERE / "fetch.sh"))} "$1"'
    command = [
        "mmdebstrap",
        "--variant=custom",
        "--format=null",
        f"--extract-hook={hook}",
        f"--extract-hook=copy-out /var/cache/apt/archives {shlex.quote(str(scratch))}",
        DEBIAN,
    ]
    done = subprocess.run(
        command,
        check=False,
        env={**os.environ, "STANDIN_NAMES": " ".join(names)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-20:])
        raise SystemExit(f"error: Debian's packages could not be fetched\n{tail}")


def _stub(name: str) -> bytes:
    fields = {
        "Package": name,
        "Version": STUB_VERSION,
        "Architecture": "all",
        "Maintainer": f"burnish {LABEL} <nobody@localhost>",
        "Section": "misc",
        "Priority": "optional",
        "Description": f"empty package of that name ({LABEL})",
    }
    return debs.stub(fields, STUB_FILES.get(name, {}))


def _pool(archive: Path, deb: bytes, *, component: str) -> str:
    """Put a package into the pool; gives its paragraph of the index."""
    text = debs.control(deb)
    name = debs.field(text, "Package")
    version = debs.field(text, "Version").partition(":")[2] or debs.field(text, "Version")
    file = f"{name}_{version}_{debs.field(text, 'Architecture')}.deb"
    pool = f"pool/{component}/{name[0]}/{name}/{file}"
    path = archive / pool
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(deb)
    return debs.index_entry(deb, pool=pool)


def _pocket(folder: Path, entries: dict[str, list[str]], *, home: Path) -> None:
    """One pocket: an index for each component, and InRelease over them."""
    lines = []
    for component in COMPONENTS:
        plain = "\n".join(entries.get(component, [])).encode()
        for suffix, content in (("", plain), (".gz", gzip.compress(plain, mtime=0))):
            name = f"{component}/binary-amd64/Packages{suffix}"
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
            lines.append(f" {hashlib.sha256(content).hexdigest()} {len(content)} {name}")
    head = {
        "Origin": LABEL,
        "Label": LABEL,
        "Suite": folder.name,
        "Codename": SUITE,
        "Version": VERSION,
        "Date": DATE,
        "Architectures": "amd64",
        "Components": " ".join(COMPONENTS),
        "Description": f"not Ubuntu: {LABEL} of burnish's tests",
    }
    release = "".join(f"{key}: {value}\n" for key, value in head.items())
    release += "SHA256:\n" + "".join(f"{line}\n" for line in lines)
    (folder / "Release").write_text(release, encoding="utf-8")
    arguments = ("--clearsign", "--digest-algo", "SHA512", "--output", str(folder / "InRelease"))
    _output("gpg", "--batch", "--homedir", str(home), *arguments, str(folder / "Release"))


@contextmanager
def _key(out: Path) -> Iterator[Path]:
    """A signing key that lasts as long as the context; its public half stays as keyring.gpg."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="burnish-gpg-", ignore_cleanup_errors=True) as home:
        gpg = ("gpg", "--batch", "--homedir", home)
        _output(*gpg, "--passphrase", "", "--quick-gen-key", f"burnish {LABEL}", "rsa2048", "sign")
        _output(*gpg, "--output", str(out / "keyring.gpg"), "--export")
        try:
            yield Path(home)
        finally:
            _output("gpgconf", "--homedir", home, "--kill", "all")


def _output(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: {' '.join(command)}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
