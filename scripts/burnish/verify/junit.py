"""Takes the text of a JUnit file that pytest wrote; gives the `Verdict`, and the pictures in it."""

from __future__ import annotations

import base64
import re
import struct
from xml.etree import ElementTree

from burnish.errors import BurnishError
from burnish.model.verdict import CheckResult, Outcome, Verdict

NOT_VERIFIED = "burnish.not_verified"
RECORDED = "burnish.recorded"
PICTURE = "burnish.picture"
ROLE = "burnish.role"
LEFT_OUT = "burnish.left_out."
# testinfra adds to a check's name by which way, and on which machine, it was done
_WAYS = r"(?:docker|ssh|local|wine|winrm(?:\+http)?)"
_WAY = re.compile(rf"\[{_WAYS}://[^]\s\"<]*]|-{_WAYS}://[^]\s\"<]*(?=])")


def verdict(text: str, *, subject: str, suite: str, level: str, where: str = "") -> Verdict:
    """Every check of the file. BurnishError if it holds none: no check is no proof."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  (our own pytest wrote it)
    except ElementTree.ParseError as error:
        raise BurnishError(
            f"the checks at level {level!r} left no readable JUnit file: {error}"
        ) from error
    results = tuple(_result(case, level=level) for case in root.iter("testcase"))
    if not results:
        raise BurnishError(
            f"no check ran at level {level!r}", hint="each role has checks in tests/toolchains/"
        )
    seconds = sum(float(suite_.get("time") or 0) for suite_ in root.iter("testsuite"))
    return Verdict(
        subject=subject,
        suite=suite,
        level=level,
        results=results,
        seconds=seconds,
        where=where,
        not_run=_left_out(root),
    )


def impersonal(text: str) -> str:
    """A JUnit file without the names of containers and machines: a check is the same at every level."""
    return _WAY.sub("", text)


def pictures(text: str, *, level: str) -> dict[str, str]:
    """The pictures that checks kept: the name of each file, and its text (SVG)."""
    found = {}
    for case in ElementTree.fromstring(text).iter("testcase"):  # noqa: S314  (our own pytest wrote it)
        for each in case.iter("property"):
            if each.get("name") == PICTURE:
                found[_picture_name(case, level=level)] = _svg(each.get("value") or "")
    return found


def _result(case: ElementTree.Element, *, level: str) -> CheckResult:
    outcome: Outcome = "passed"
    text = ""
    for kind, meaning in (("failure", "failed"), ("error", "error"), ("skipped", "not-verified")):
        found = case.find(kind)
        if found is not None:
            outcome = meaning  # type: ignore[assignment]
            text = found.get("message") or found.text or ""
    properties = {p.get("name"): p.get("value") for p in case.iter("property")}
    # a further root lies outside pytest's root folder, which leaves its module's name out
    module = (case.get("classname") or "").rpartition(".")[2] or f"test_{properties.get(ROLE)}"
    reason = properties.get(NOT_VERIFIED)
    if outcome == "passed":
        said = [p.get("value") or "" for p in case.iter("property") if p.get("name") == RECORDED]
        text = "; ".join(said)
    if reason and outcome not in ("failed", "error"):
        outcome, text = "not-verified", reason
    return CheckResult(
        check=f"{module}::{case.get('name')}",
        outcome=outcome,
        seconds=float(case.get("time") or 0),
        text=text[:4000],
        picture=_picture_name(case, level=level) if PICTURE in properties else "",
    )


def _picture_name(case: ElementTree.Element, *, level: str) -> str:
    return re.sub(r"\W.*", "", case.get("name") or "") + f"-{level}.svg"


def _svg(png: str) -> str:
    """A PNG in base64 as a text that shows it."""
    width, height = struct.unpack(">II", base64.b64decode(png)[16:24])
    size = f'width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return f'{head}<image {size} href="data:image/png;base64,{png}"/></svg>\n'


def _left_out(root: ElementTree.Element) -> tuple[str, ...]:
    """Checks that were due at this level but that emulation, or Wine's slowness, left out."""
    names = [
        part
        for suite in root.iter("testsuite")
        for entry in suite.iter("property")
        if entry.get("name") in (f"{LEFT_OUT}tcg", f"{LEFT_OUT}slow", f"{LEFT_OUT}system")
        for part in (entry.get("value") or "").split()
    ]
    return tuple(sorted(set(names)))
