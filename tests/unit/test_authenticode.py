"""Who signed an installer: told of real signatures, made by osslsigncode in the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import makers
import pe
import pytest
import windows_plans
from burnish.build.cache import Cache
from burnish.catalog.locks import dump_lock, load_lock
from burnish.errors import BuildError
from burnish.lock import authenticode, downloads
from burnish.lock.place import Place
from burnish.model.command import Completed
from burnish.model.download import COMPUTED, DownloadsLock, DownloadSpec
from burnish.model.site import DownloadMirror, Site
from burnish.stages import lockcheck

URL = "https://publisher.test/v1/setup.exe"
signs = pytest.mark.touches(
    "processes", "clock", reason="osslsigncode makes and reads the signatures"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signed")


@pytest.fixture(scope="module")
def known(folder: Path) -> pe.Authority:
    return pe.authority(folder / "known")


@pytest.fixture
def unsigned(folder: Path) -> Path:
    path = folder / "setup.exe"
    path.write_bytes(pe.program())
    return path


def place(tmp_path: Path, *, by: pe.Authority | None = None, mirror: Path | None = None) -> Place:
    """A place that trusts one authority more than the system does."""
    own = DownloadMirror(mirror=str(mirror or ""), signers=str(by.roots) if by else "")
    return Place(
        site=Site(downloads=own),
        scratch=tmp_path / "scratch",
        inputs=Cache(root=tmp_path / "inputs"),
        log=tmp_path / "log",
    )


def tampered(path: Path) -> Path:
    text = bytearray(path.read_bytes())
    text[600] ^= 1
    path.write_bytes(text)
    return path


@signs
@pytest.mark.parametrize("expected", [pe.SIGNER, f"CN={pe.SIGNER}", f"O={pe.SIGNER}, C=US"])
def test_the_right_signer(
    tmp_path: Path, known: pe.Authority, unsigned: Path, expected: str
) -> None:
    found = authenticode.look(pe.signed(known, unsigned), expected, place=place(tmp_path, by=known))
    assert (found.state, found.text) == ("right", f"signed by {expected}")


FAULTS: dict[str, tuple[Callable[[pe.Authority, Path], Path], str]] = {
    "unsigned": (lambda _, path: path, "it is not signed"),
    "tampered": (lambda by, path: tampered(pe.signed(by, path)), "it was changed after it was si"),
    "another": (
        lambda by, path: pe.signed(by, path, signer="Mallory"),
        "it is signed by '/C=US/O=",
    ),
    "longer": (lambda by, path: pe.signed(by, path, signer=f"{pe.SIGNER} X"), "it is signed by "),
    "no program": (lambda _, path: _text(path), "it is not signed"),
}


def _text(path: Path) -> Path:
    path.write_text("MZ", encoding="utf-8")
    return path


@signs
@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_planted_fault_is_caught(
    tmp_path: Path, known: pe.Authority, unsigned: Path, fault: str
) -> None:
    made, text = FAULTS[fault]
    path = made(known, unsigned)
    found = authenticode.look(path, pe.SIGNER, place=place(tmp_path, by=known))
    assert (found.state, found.text[: len(text)]) == ("wrong", text)


@signs
def test_a_name_that_nobody_here_vouches_for(tmp_path: Path, unsigned: Path) -> None:
    stranger = pe.authority(tmp_path / "stranger", name="Stranger")
    path = pe.signed(stranger, unsigned)
    found = authenticode.look(path, pe.SIGNER, place=place(tmp_path))
    assert found.state == "unproven"
    assert found.text.endswith("not verified here, its root is not known here")


def test_a_chain_that_does_not_hold() -> None:
    said = "Current message digest : AB\nCalculated message digest : AB\n"
    said += "Signer's certificate:\n\tSubject: /O=Us/CN=Us\nError: certificate has expired\n"
    found = authenticode.judge(Completed(returncode=1, stdout=said, stderr="", seconds=0), "Us")
    assert (found.state, found.text) == ("wrong", "its signature does not hold")


def said(*digests: str, code: int = 1) -> Completed:
    """What osslsigncode 2.9 says: digests as it lists them, a signer, and that the root is not known."""
    lines = [*digests, "Signer's certificate:", "\tSubject: /O=Us/CN=Us"]
    lines += ["Error: unable to get local issuer certificate"] if code else []
    return Completed(returncode=code, stdout="\n".join([*lines, ""]), stderr="", seconds=0)


MSI = ("Current DigitalSignature         : AB ", "Calculated DigitalSignature      : {} ")
TWICE = tuple(
    f"{side} message digest : {each}" for each in ("AB", "CD") for side in ("Current", "Calculated")
)


@pytest.mark.parametrize(
    ("digests", "state"),
    [
        pytest.param((MSI[0], MSI[1].format("AB")), "unproven", id="MSI"),
        pytest.param(
            (*(each.format("AB") for each in MSI), "Calculated message digest        : EF "),
            "unproven",
            id="MSI, with the digest of newer ones",
        ),
        pytest.param(
            (MSI[0], MSI[1].format("CD"), "Calculated message digest        : EF "),
            "wrong",
            id="MSI that was changed",
        ),
        pytest.param(TWICE, "unproven", id="signed twice"),
        pytest.param((*TWICE[:3], f"{TWICE[3]}00"), "wrong", id="signed twice and changed"),
        pytest.param(TWICE[:3], "wrong", id="a digest that nothing was reckoned for"),
    ],
)
def test_each_signature_is_held_against_the_file(digests: tuple[str, ...], state: str) -> None:
    assert authenticode.judge(said(*digests), "Us").state == state
    good = authenticode.judge(said(*digests, code=0), "Us").state
    assert good == ("wrong" if state == "wrong" else "right")


@signs
def test_the_signature_of_an_msi(tmp_path: Path, known: pe.Authority) -> None:
    package = pe.package(tmp_path / "setup.msi")
    path = pe.signed(known, package)
    found = authenticode.look(path, pe.SIGNER, place=place(tmp_path, by=known))
    assert (found.state, found.text) == ("right", f"signed by {pe.SIGNER}")
    text = bytearray(path.read_bytes())
    text[text.index(b"MSCF") + 40] ^= 1
    path.write_bytes(text)
    found = authenticode.look(path, pe.SIGNER, place=place(tmp_path, by=known))
    assert (found.state, found.text) == ("wrong", "it was changed after it was signed")


@pytest.mark.parametrize(
    ("expected", "subject", "is_it"),
    [
        ("Us", "/C=US/O=Us/CN=Them", True),
        ("Us", "C = US, O = Them, CN = Us", True),
        ("CN=A, B and C/D, O=X", "/O=X/CN=A, B and C/D", True),
        ("Us", "/O=Us and Them/CN=Not Us", False),
        ("CN=Us, O=Us", "/O=Them/CN=Us", False),
        ("US", "/C=US/O=Us", False),
        # another's name within a name
        ("Us", "/C=US/CN=Mallory, O=Us", False),
        ("Us", "/O=Mallory/CN=x, CN=Us", False),
        ("Us", 'O = "Mallory, CN=Us", CN = Mallory', False),
        ("Us", "O = Mallory\\, CN=Us, CN = Mallory", False),
        # a name said twice
        ("Us", "/O=Mallory/O=Us/CN=x", False),
        ("O=Us", "/O=Us/O=Mallory", False),
        # parts that have a number only
        ("Us", "/O=Us/1.3.6.1.4.1.311.60.2.1.3=US/CN=x", True),
        ("Us", "O = Us, 2.5.4.97 = VATUS-1, CN = x", True),
        # as it is quoted and escaped
        ("Us, Inc.", 'C = US, O = "Us, Inc.", CN = x', True),
        ("Us, Inc.", "C=US,O=Us\\, Inc.,CN=x", True),
        ("Posit Software, PBC", "/O=Posit Software, PBC/CN=x", True),
        ("CN=Us", 'CN="Us"', True),
    ],
)
def test_names(expected: str, subject: str, is_it: bool) -> None:
    assert authenticode.is_named(expected, subject) == is_it


def offered(tmp_path: Path, path: Path) -> Path:
    """A site's mirror that has the installer."""
    at = tmp_path / "mirror" / "publisher.test" / "v1" / "setup.exe"
    at.parent.mkdir(parents=True)
    at.write_bytes(path.read_bytes())
    return tmp_path / "mirror"


def locked(at: Place, *, signer: str = pe.SIGNER) -> DownloadsLock:
    spec = DownloadSpec(name="setup.exe", url=URL, authenticode=signer)
    return downloads.resolve("downloads:extra", [spec], place=at)


@signs
def test_a_lock_has_digest_and_signer(tmp_path: Path, known: pe.Authority, unsigned: Path) -> None:
    mirror = offered(tmp_path, pe.signed(known, unsigned))
    at = place(tmp_path, by=known, mirror=mirror)
    (file,) = (lock := locked(at)).files
    assert (len(file.sha256), file.signer, file.origin) == (64, pe.SIGNER, COMPUTED)
    path = tmp_path / "x.lock.yaml"
    whole = makers.lock(image="x", downloads={"extra": lock})
    path.write_text(dump_lock(whole), encoding="utf-8")
    assert load_lock(path, image="x", shown="x") == whole
    with pytest.raises(BuildError, match=r"setup\.exe of downloads:extra: it is signed by '/C=US"):
        locked(at, signer="Mallory")


@signs
def test_a_check_looks_at_what_the_mirror_has(
    tmp_path: Path, known: pe.Authority, unsigned: Path
) -> None:
    mirror = offered(tmp_path, pe.signed(known, unsigned))
    lock = locked(place(tmp_path, by=known, mirror=mirror))
    elsewhere = place(tmp_path / "elsewhere", by=known, mirror=mirror)
    (found,) = downloads.signatures(lock, place=elsewhere).values()
    assert found is not None
    assert found.state == "right"
    nowhere = place(tmp_path / "nowhere", by=known)
    assert downloads.signatures(lock, place=nowhere) == {"setup.exe": None}


def test_what_a_check_says() -> None:
    right = authenticode.Signature(state="right", text="signed by Us")
    wrong = authenticode.Signature(state="wrong", text="it is not signed")
    told, forged = lockcheck.sorted_out({"a.exe": right, "b.exe": wrong, "c.exe": None})
    assert told == ("a.exe: signed by Us", f"c.exe: {lockcheck.NOT_HERE}")
    assert forged == ("b.exe: it is not signed",)


@signs
@pytest.mark.parametrize("signer", [pe.SIGNER, "Mallory"])
def test_a_lock_with_a_file_of_another_signer_does_not_hold(
    tmp_path: Path, known: pe.Authority, unsigned: Path, signer: str
) -> None:
    at = place(tmp_path, by=known, mirror=offered(tmp_path, pe.signed(known, unsigned)))
    (file,) = locked(at).files
    plan = windows_plans.plan(tmp_path / "checkout")
    files = DownloadsLock(declared=(), files=(replace(file, signer=signer),))
    plan = replace(plan, lock=replace(plan.lock, downloads={"python-ml": files}))
    found = lockcheck.signatures(plan, place=at)
    right = signer == pe.SIGNER
    (said,) = found.told if right else found.forged
    expected = "signed by Example" if right else "it is signed by '/C=US/O=Example"
    assert said.startswith(f"downloads:python-ml: setup.exe: {expected}")
    assert len(found.told + found.forged) == 1
    checked = lockcheck.Checked(
        image="x", open=(), stale=(), gone=(), kept=(), unasked=(), forged=found.forged
    )
    assert checked.sound == right
