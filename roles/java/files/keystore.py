"""Gives Java's list of trusted certificates one time for all entries, and an order.

Argument: the file, a JKS key store of the password that Debian gives it. The maintainer's script
dates each entry with the moment of the build, so two builds would differ. SOURCE_DATE_EPOCH comes
from the environment; prints {"changed": [...]} as JSON.
"""

import hashlib
import json
import os
import struct
import sys

MAGIC, VERSION, CERTIFICATE = 0xFEEDFEED, 2, 2
DIGEST = 20
PASSWORD = "changeit"  # noqa: S105  (a public constant: it keeps no secret, it guards against damage)
SALT = b"Mighty Aphrodite"


class Reader:
    """Reads a key store's numbers and strings in order."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, form):
        return struct.unpack(f">{form}", self.take(struct.calcsize(f">{form}")))[0]

    def text(self):
        return self.take(self.number("H"))


def entries(data):
    """(alias, type, certificate) of each entry; ValueError for anything but certificates."""
    reader = Reader(data)
    head = (reader.number("I"), reader.number("I"))
    if head != (MAGIC, VERSION):
        raise ValueError(f"no JKS key store of version {VERSION}")
    found = []
    for _ in range(reader.number("I")):
        if reader.number("I") != CERTIFICATE:
            raise ValueError("an entry that is no certificate")
        alias = reader.text()
        reader.number("Q")
        kind = reader.text()
        found.append((alias, kind, reader.take(reader.number("I"))))
    if reader.at != len(data) - DIGEST:
        raise ValueError("more after its last entry")
    return sorted(found)


def written(found, *, milliseconds):
    """A key store of these entries, all of one time."""
    parts = [struct.pack(">III", MAGIC, VERSION, len(found))]
    for alias, kind, certificate in found:
        parts.append(struct.pack(">IH", CERTIFICATE, len(alias)) + alias)
        parts.append(struct.pack(">QH", milliseconds, len(kind)) + kind)
        parts.append(struct.pack(">I", len(certificate)) + certificate)
    body = b"".join(parts)
    guard = PASSWORD.encode("utf-16-be") + SALT + body
    return body + hashlib.sha1(guard).digest()  # noqa: S324  (the format's own)


def main(path):
    with open(path, "rb") as file:
        old = file.read()
    new = written(entries(old), milliseconds=int(os.environ["SOURCE_DATE_EPOCH"]) * 1000)
    if new != old:
        with open(f"{path}.new", "wb") as file:
            file.write(new)
        os.chmod(f"{path}.new", 0o644)
        os.replace(f"{path}.new", path)
    print(json.dumps({"changed": [path] if new != old else []}))


main(sys.argv[1])
