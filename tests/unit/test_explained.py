"""Why pins moved, as people read it: lines, a summary, a pull request's body."""

from __future__ import annotations

from dataclasses import replace

from burnish.evidence.explained import fixed, lines, markdown, summary, told
from burnish.model.lock import OpenEntry
from burnish.model.reason import Explained, Reason

FIX = Reason(
    section="rootfs",
    source="curl",
    names=("curl", "libcurl4"),
    old="1.0-1",
    new="1.0-2",
    kind="fix",
    text="Mend `it` for @someone, closes #1",
)
CVES = tuple(f"CVE-2026-{number}" for number in range(8))
SECURITY = replace(FIX, source="openssl", names=("openssl",), kind="security", cves=CVES, text="")
UNKNOWN = replace(FIX, section="apt:base", kind="unknown", text="", unasked="no changelog in curl")
WHEEL = replace(
    FIX, section="python:ml", source="numpy", names=("numpy",), text="", unasked="nobody answers"
)
TOOL = replace(FIX, section="tools", text="")
EVERY = Explained(
    image="tiny-cpu",
    reasons=(SECURITY, FIX, UNKNOWN, WHEEL, TOOL),
    open=(OpenEntry(section="python:x", reason="no index"),),
)


def test_lines_by_layer() -> None:
    cves = ", ".join(CVES[:6])
    assert list(lines(EVERY)) == [
        "tiny-cpu rootfs",
        f"  security  openssl 1.0-1 -> 1.0-2: {cves} and 2 more",
        "  fix       curl (libcurl4) 1.0-1 -> 1.0-2: Mend `it` for @someone, closes #1",
        "tiny-cpu apt:base",
        "  unknown   curl (libcurl4) 1.0-1 -> 1.0-2: no changelog in curl",
        "tiny-cpu python:ml",
        "  fix       numpy 1.0-1 -> 1.0-2: security unknown: nobody answers",
        "tiny-cpu tools (they make the disk and are not in it)",
        "  fix       curl (libcurl4) 1.0-1 -> 1.0-2",
        "tiny-cpu python:x: open: no index",
        f"tiny-cpu: {summary(EVERY.reasons)}",
    ]


def test_summaries() -> None:
    assert summary(EVERY.reasons) == (
        "4 moved: 1 security (8 CVEs), 1 unknown, 2 fix; security unknown for 2;"
        " 1 among the tools that make the disk"
    )
    assert summary(()) == "nothing moved"
    one = replace(SECURITY, cves=("CVE-2026-1",))
    assert summary([one, one]) == "2 moved: 2 security (1 CVE)"
    assert summary([TOOL]) == "nothing moved; 1 among the tools that make the disk"


def test_a_line_names_a_few_of_many() -> None:
    many = replace(FIX, names=("a", "b", "c", "curl", "d", "e"), text="", kind="added", old="")
    assert told(many) == "curl (a, b, c and 2 more) 1.0-2"
    assert fixed(SECURITY) == f"{', '.join(CVES[:6])} and 2 more"
    suite = replace(SECURITY, cves=(), suite="bookworm-security")
    assert told(suite) == "openssl 1.0-1 -> 1.0-2: bookworm-security"


def test_what_only_came_or_went_shares_a_line() -> None:
    come = [replace(FIX, names=(f"p{n}",), kind="added", old="", text="") for n in range(10)]
    gone = replace(FIX, names=("q",), kind="removed", new="", text="")
    assert list(lines(Explained(image="x", reasons=(FIX, *come, gone))))[2:] == [
        "  added     p0, p1, p2, p3, p4, p5, p6, p7 and 2 more",
        "  removed   q",
        "x: 12 moved: 1 fix, 10 added, 1 removed",
    ]


def test_a_pull_requests_body_refers_to_nobody() -> None:
    text = markdown([EVERY])
    assert text.startswith("## tiny-cpu\n\n4 moved: 1 security (8 CVEs)")
    assert "### rootfs\n\n- **security** `openssl 1.0-1 -> 1.0-2: CVE-2026-0" in text
    fix = "- **fix** `curl (libcurl4) 1.0-1 -> 1.0-2: Mend 'it' for @someone, closes #1`\n"
    assert fix in text
    assert text.endswith("### Open\n\n- python:x: `no index`\n")


def test_a_long_body_is_cut_and_says_so() -> None:
    assert "\n\nAnd 50 more.\n" in markdown([Explained(image="x", reasons=(FIX,) * 250)])
