"""Takes an installer and its expected signer; says what its signature is worth, by osslsigncode."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from burnish import process
from burnish.lock.place import Place
from burnish.model.command import Command, Completed

TOOL = "osslsigncode"
# what the system trusts for https; it has the roots of some signers
SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
# of a program the first, of an MSI the second; a file may be signed more than once
DIGEST = re.compile(
    r"^(Current|Calculated) (message digest|DigitalSignature)\s*: ([0-9A-F]+)", re.MULTILINE
)
SUBJECT = re.compile(r"Signer's certificate:.*?Subject\s*: (.*?)\n", re.DOTALL)
# What stands before the `=` of a subject's part: a short name, or the number of one without. Older
# osslsigncode writes /O=.../CN=... and escapes nothing, newer O = ..., CN = ... with quotes or backslashes.
KEY = r"(?:[A-Za-z][A-Za-z0-9]*|\d+(?:\.\d+)+)"
SLASHED = re.compile(rf"/({KEY})=(.*?)(?=/{KEY}=|$)")
LISTED = re.compile(
    rf'(?:^|(?<!\\),)\s*({KEY})\s?=\s?("(?:[^"\\]|\\.)*"|.*?)(?=\s*(?<!\\),\s*{KEY}\s?=|\s*$)'
)
# the chain goes on to a root that this place does not have: nobody vouches for the name then
UNKNOWN_ROOT = re.compile(r"unable to get (?:local )?issuer certificate|self[- ]signed certificate")


@dataclass(frozen=True, kw_only=True)
class Signature:
    """`right`: whole, by whom it is to be, and vouched for; `unproven`: whole and in that name, and this
    place does not know the root that vouches for it; `wrong`: anything else. `text` says which."""

    state: Literal["right", "unproven", "wrong"]
    text: str


def look(path: Path, expected: str, *, place: Place) -> Signature:
    """What a file's signature is worth. ToolError without osslsigncode."""
    tool = str(process.find(TOOL))
    argv = [tool, "verify", *_offline(tool), "-CAfile", str(_roots(place)), "-in", str(path)]
    return judge(process.run(Command(argv=tuple(argv)), log=place.log, check=False), expected)


def judge(said: Completed, expected: str) -> Signature:
    """What osslsigncode's words mean."""
    signed, found = (_digests(said.stdout, each) for each in ("Current", "Calculated"))
    subject = SUBJECT.search(said.stdout)
    if not signed:
        return Signature(state="wrong", text="it is not signed")
    # beside those of an MSI, osslsigncode reckons one that nothing in the file is compared with
    kinds = {kind for kind, _ in signed}
    if signed != [each for each in found if each[0] in kinds] or subject is None:
        return Signature(state="wrong", text="it was changed after it was signed")
    if not is_named(expected, subject[1]):
        text = f"it is signed by {subject[1].strip()!r}, expected {expected!r}"
        return Signature(state="wrong", text=text)
    if not said.returncode:
        return Signature(state="right", text=f"signed by {expected}")
    if UNKNOWN_ROOT.search(said.stdout + said.stderr):
        text = f"signed in the name of {expected}: not verified here, its root is not known here"
        return Signature(state="unproven", text=text)
    return Signature(state="wrong", text="its signature does not hold")


def _digests(text: str, which: str) -> list[tuple[str, str]]:
    """What each signature says of the file, or what the file has: kind and digest, in order."""
    return [(kind, digest) for side, kind, digest in DIGEST.findall(text) if side == which]


def is_named(expected: str, subject: str) -> bool:
    """Whether a subject is the one expected: a plain name is its CN or O; of `CN=..., O=...` it has all.

    What it has twice, with two values, is neither.
    """
    has = _parts(subject.strip())
    wanted = _parts(expected) if "=" in expected else {}
    if wanted:
        return all(has.get(key) == values for key, values in wanted.items())
    return {expected} in (has.get("CN"), has.get("O"))


def _parts(text: str) -> dict[str, set[str]]:
    """Each part's values, by its name."""
    found = dict[str, set[str]]()
    slashed = text.startswith("/")
    for part in (SLASHED if slashed else LISTED).finditer(text):
        value = part[2].strip()
        if not slashed:
            inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
            value = re.sub(r"\\(.)", r"\1", inner)
        found.setdefault(part[1].upper(), set()).add(value)
    return found


def _offline(tool: str) -> tuple[str, ...]:
    """Revocation lists are not fetched: what was signed while it held is pinned by its digest.

    With `-ignore-cdp` alone a timestamp that names such a list counts for nothing, and so a file whose
    signer's certificate has run out since (libcrypto-3.dll of CPython 3.13.2: seen 2026-11-27).
    """
    told = process.run(Command(argv=(tool, "verify", "--help")), check=False)
    known = told.stdout + told.stderr
    return next(((flag,) for flag in ("-ignore-crl", "-ignore-cdp") if flag in known), ())


def _roots(place: Place) -> Path:
    """The system's roots, and those that the site trusts signers by."""
    own = place.site.downloads.signers
    if not own:
        return SYSTEM
    place.scratch.mkdir(parents=True, exist_ok=True)
    bundle = place.scratch / "signers.pem"
    system = SYSTEM.read_text("utf-8") if SYSTEM.is_file() else ""
    bundle.write_text(f"{system}\n{Path(own).read_text('utf-8')}", encoding="utf-8")
    return bundle
