"""The simulated Azure over real HTTP on this machine's loopback; its disc, its envelope, its journal."""

from __future__ import annotations

import base64
import subprocess
import time
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path

import pycdlib
import pytest
from burnish.build.fabric import disc, journal, seal, servers
from burnish.model.fabric import Asked, Fabric

HEALTH = b"<Health><State>Ready</State></Health>"


@pytest.mark.touches("sockets", reason="it is a server")
def test_what_is_asked_is_answered_and_noted(tmp_path: Path) -> None:
    told = servers.Told(fabric=Fabric(), journal=tmp_path / "journal.jsonl", began=time.monotonic())
    started = servers.start(told, addresses={"wireserver": ("127.0.0.1", 0)})
    place = f"http://127.0.0.1:{started[0].server_address[1]}"
    with urllib.request.urlopen(f"{place}/?comp=versions", timeout=10) as found:
        assert b"2012-11-30" in found.read()
    report = urllib.request.Request(f"{place}/machine?comp=health", data=HEALTH)
    with urllib.request.urlopen(report, timeout=10) as found:
        assert found.status == 200
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(f"{place}/machine/?comp=goalstate", timeout=10)
    started[0].shutdown()
    started[0].server_close()
    asked = journal.read(told.journal)
    assert [(each.method, each.status, each.said) for each in asked] == [
        ("GET", 200, ""),
        ("POST", 200, "Ready"),
        ("GET", 400, ""),
    ]


def test_a_half_written_line_of_the_journal_waits(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert journal.read(path) == ()
    asked = Asked(seconds=1.5, server="imds", method="GET", path="/", agent="x", status=200)
    journal.append(path, asked)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"seconds": 2')
    assert journal.read(path) == (asked,)


def test_the_disc_is_udf_and_has_the_document(tmp_path: Path) -> None:
    path = tmp_path / "disc.iso"
    disc.write(path, text="<Environment/>")
    read, found = pycdlib.PyCdlib(), BytesIO()
    read.open(str(path))
    read.get_file_from_iso_fp(found, udf_path="/ovf-env.xml")
    read.close()
    assert found.getvalue() == b"<Environment/>"


@pytest.mark.touches("processes", "home", reason="openssl seals, and opens as guests do")
def test_the_envelope_opens_as_guests_open_it(tmp_path: Path) -> None:
    made = "req -x509 -nodes -newkey rsa:2048 -subj /CN=LinuxTransport -keyout key -out cert"
    subprocess.run(["openssl", *made.split()], cwd=tmp_path, check=True, capture_output=True)
    lines = (tmp_path / "cert").read_text().splitlines()
    sealed = seal.sealed("".join(line for line in lines if "CERTIFICATE" not in line))
    assert max(len(line) for line in sealed.split("\n")) <= 64, "openssl reads no longer lines"
    assert base64.b64decode(sealed)
    kind = "MIME-Version:1.0\nContent-Type: application/x-pkcs7-mime\nContent-Transfer-Encoding: base64"
    (tmp_path / "certificates.p7m").write_text(f"{kind}\n\n{sealed}", encoding="ascii")
    opened = (
        "openssl cms -decrypt -in certificates.p7m -inkey key -recip cert"
        " | openssl pkcs12 -nodes -password pass:"
    )
    done = subprocess.run(opened, shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.count(b"BEGIN CERTIFICATE") == 1
    assert b"KEY" not in done.stdout
