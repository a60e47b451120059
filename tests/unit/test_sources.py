"""apt's source lines, keyrings, the dates of .debs, and what an archive's refusal is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from burnish import process
from burnish.errors import BuildError, CommandFailed, ToolError
from burnish.lock import apt as debs
from burnish.lock import archive, sources
from burnish.lock.archive import Archive
from burnish.lock.place import Vanished
from burnish.model.base import Rootfs
from burnish.model.command import Completed
from burnish.model.site import Apt

DEBIAN = Rootfs(
    suite="bookworm",
    components=("main", "contrib"),
    keyring="debian-archive-keyring",
    python="3.11",
)
UBUNTU = replace(DEBIAN, suite="noble", keyring="ubuntu-archive-keyring")
MIRROR = "http://mirror.test/debian"


def answers(
    monkeypatch: pytest.MonkeyPatch, *, out: str = "", err: str = "", code: int = 0
) -> None:
    """Every program answers with this."""
    done = Completed(returncode=code, stdout=out, stderr=err, seconds=0)
    monkeypatch.setattr(process, "run", lambda command, **_: done)
    monkeypatch.setattr(process, "find", lambda tool, **_: Path("/usr/bin") / tool)


@pytest.mark.parametrize(
    ("rootfs", "apt", "suites"),
    [
        (DEBIAN, Apt(mirror=MIRROR), ["bookworm", "bookworm-updates"]),
        (
            DEBIAN,
            Apt(mirror=MIRROR, security_mirror=MIRROR),
            ["bookworm", "bookworm-updates", "bookworm-security"],
        ),
        # Ubuntu's mirrors hold security too
        (UBUNTU, Apt(mirror=MIRROR), ["noble", "noble-updates", "noble-security"]),
    ],
)
def test_lines_of_a_mirror(rootfs: Rootfs, apt: Apt, suites: list[str]) -> None:
    expected = tuple(f"deb {MIRROR} {suite} main contrib" for suite in suites)
    assert sources.site_lines(rootfs, apt) == expected


def test_lines_are_bound_to_the_keyring() -> None:
    text = sources.signed((f"deb {MIRROR} bookworm main",), Path("/k.gpg"))
    assert text == f"deb [signed-by=/k.gpg] {MIRROR} bookworm main\n"


def test_default_lines_are_mmdebstraps_own(monkeypatch: pytest.MonkeyPatch) -> None:
    out = "I: x\ndeb [signed-by=/k] http://a bookworm main\ndeb http://b bookworm-updates main\n"
    answers(monkeypatch, out=out, code=1)
    assert sources.default_lines(DEBIAN) == (
        "deb http://a bookworm main",
        "deb http://b bookworm-updates main",
    )


def test_a_suite_that_mmdebstrap_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, err="E: unknown suite", code=1)
    with pytest.raises(ToolError) as caught:
        sources.default_lines(DEBIAN)
    assert caught.value.message == "mmdebstrap knows no default mirror for bookworm"
    assert caught.value.hint == "name one as apt.DISTRIBUTION.mirror in site.yaml"


def test_keyrings_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "KEYRINGS", (tmp_path,))
    (tmp_path / "debian-archive-keyring.pgp").touch()
    found = sources.find_keyring(DEBIAN, Apt())
    assert found == tmp_path / "debian-archive-keyring.pgp"
    (tmp_path / "own.gpg").touch()
    assert sources.find_keyring(DEBIAN, Apt(keyring=str(tmp_path / "own.gpg"))).name == "own.gpg"


@pytest.mark.parametrize(
    ("rootfs", "apt", "message", "hint"),
    [
        (
            DEBIAN,
            Apt(),
            (
                "no keyring 'debian-archive-keyring' on this machine: signatures of bookworm "
                "can't be checked"
            ),
            "install debian-archive-keyring ",
        ),
        (
            UBUNTU,
            Apt(),
            (
                "no keyring 'ubuntu-archive-keyring' on this machine: signatures of noble "
                "can't be checked"
            ),
            "install ubuntu-keyring ",
        ),
        (DEBIAN, Apt(keyring="/none.gpg"), "/none.gpg: no such keyring file", "correct apt.*."),
    ],
)
def test_a_missing_keyring_names_its_package(
    monkeypatch: pytest.MonkeyPatch, rootfs: Rootfs, apt: Apt, message: str, hint: str
) -> None:
    monkeypatch.setattr(sources, "KEYRINGS", ())
    with pytest.raises(ToolError) as caught:
        sources.find_keyring(rootfs, apt)
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)


def opened() -> Archive:
    return Archive(conf=Path("/c"), urls=(MIRROR,), recorded={}, env={})


URI = f"'{MIRROR}/pool/main/d/dm/dm_1%3a2~x_amd64.deb' dm_1%3a2~x_amd64.deb 7 SHA256:{'a' * 64}\n"


def test_packages_are_read_from_apts_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, out=URI)
    package = opened().resolve(["dm"], section="rootfs")[0]
    assert (package.pin, package.size, package.sha256) == ("dm=1:2~x", 7, "a" * 64)
    assert package.pool == "pool/main/d/dm/dm_1:2~x_amd64.deb"
    assert package.file == "dm_1%3a2~x_amd64.deb"


def test_pins_that_are_gone_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    err = "E: Version '1' for 'a' was not found\nE: Unable to locate package b\n"
    answers(monkeypatch, err=err, code=100)
    with pytest.raises(Vanished) as caught:
        opened().resolve(["a=1", "b"], section="rootfs")
    assert caught.value.names == ("a", "b")
    assert caught.value.section == "rootfs"
    assert caught.value.message == (
        "neither the archive nor the cache holds 2 inputs of rootfs: a, b"
    )


def test_what_apt_cannot_satisfy(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, err="E: Unable to correct problems\n", code=100)
    with pytest.raises(CommandFailed, match="Unable to correct"):
        opened().resolve(["a"], section="rootfs")


def test_lines_that_are_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, out="Reading state\n")
    with pytest.raises(BuildError, match="cannot read: 'Reading state'"):
        opened().resolve(["a"], section="rootfs")


def test_a_security_archive_is_not_the_one_whose_name_it_begins_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, out=URI.replace(MIRROR, f"{MIRROR}-security"))
    urls = (MIRROR, f"{MIRROR}-security")
    (found,) = replace(opened(), urls=urls).resolve(["dm"], section="rootfs")
    assert found.pool == "pool/main/d/dm/dm_1:2~x_amd64.deb"


def test_a_package_of_an_archive_that_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, out=URI.replace(MIRROR, "http://another.test/debian"))
    with pytest.raises(BuildError, match=f"none of the archives asked: {MIRROR}"):
        opened().resolve(["dm"], section="rootfs")


@pytest.mark.parametrize(
    ("err", "message"),
    [
        ("E: The repository 'x' has no Release file\nN: y", "no mirror answers for bookworm"),
        ("W: GPG error: NO_PUBKEY 0E98404D386FA1D9", "the signatures of bookworm do not match"),
    ],
)
def test_why_an_archive_does_not_open(err: str, message: str) -> None:
    assert archive._unreachable(DEBIAN, err).message.startswith(message)


def _deb(path: Path, *, time: int) -> Path:
    member = b"debian-binary   " + str(time).ljust(12).encode()
    path.write_bytes(debs.MAGIC + member + b"0     0     100644  4         `\n2.0\n")
    return path


def test_the_newest_deb_gives_the_epoch(tmp_path: Path) -> None:
    paths = [_deb(tmp_path / f"{time}.deb", time=time) for time in (5, 1_764_000_000, 7)]
    assert debs.newest(paths) == 1_764_000_000


def test_what_is_no_deb(tmp_path: Path) -> None:
    (tmp_path / "x.deb").write_bytes(b"<html>")
    with pytest.raises(BuildError, match=r"x\.deb: not a \.deb"):
        debs.built_at(tmp_path / "x.deb")
