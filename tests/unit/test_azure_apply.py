"""What applies a build on a VM, with a fake `ssh`: a machine that is taken away is told, in Packer's log."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import azure_builds
import checkout
import pytest
from burnish.catalog.load import load
from burnish.render.azure import render_azure

pytestmark = pytest.mark.touches("processes", reason="a program of the shell is what is tried")
GONE = "burnish: the machine is gone"
# ends as `code` says for what it is asked to do there, once; well for all else
SSH = """\
#!/bin/sh
case $* in *"$(cat word)"*) exit "$(cat code)" ;; esac
case $* in *dpkg-query*) printf 'b=1\\na=1\\n' ;; *tar*) cat > /dev/null ;; esac
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The folder of a build, rendered, with a fake `ssh` and an `ansible-playbook` that does nothing."""
    plan = checkout.plan_of(load([checkout.write(tmp_path / "checkout")]))
    folder = tmp_path / "build"
    (folder / "bin").mkdir(parents=True)
    (folder / "inputs" / "base").mkdir(parents=True)
    files = render_azure(plan, build=azure_builds.build(azure_builds.target()))
    (folder / "apply").write_text(files["apply"], encoding="utf-8")
    (folder / "origin.txt").write_text("a=1\nb=1\n", encoding="utf-8")
    for name, text in (("ssh", SSH), ("ansible-playbook", "#!/bin/sh\n")):
        (folder / "bin" / name).write_text(text, encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    return folder


def applied(
    folder: Path, *what: str, word: str = "nothing at all", code: int = 0
) -> tuple[int, str, str]:
    """Exit code, output and errors of `apply`, where `ssh` ends so for what has this word."""
    (folder / "word").write_text(word, encoding="utf-8")
    (folder / "code").write_text(str(code), encoding="utf-8")
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "BURNISH_KEY": str(folder / "key")}
    done = subprocess.run(
        ("sh", "./apply", what[0], "192.0.2.9", *what[1:]),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("what", [("origin",), ("layer", "base")])
def test_all_is_well_without_a_word(build: Path, what: tuple[str, ...]) -> None:
    assert applied(build, *what) == (0, "", "")


@pytest.mark.parametrize(
    ("what", "word"),
    [
        (("origin",), "systemctl stop"),
        (("origin",), "dpkg-query"),
        (("layer", "base"), "mountpoint"),
        (("layer", "base"), "tar --extract"),
    ],
)
def test_a_machine_that_is_taken_away_is_told(
    build: Path, what: tuple[str, ...], word: str
) -> None:
    code, out, err = applied(build, *what, word=word, code=255)
    assert (code, out, err.startswith(GONE)) == (255, "", True)
    # what failed there itself has its own words
    assert applied(build, *what, word=word, code=3) == (3, "", "")


def test_packages_that_are_others_are_drift(build: Path) -> None:
    (build / "origin.txt").write_text("a=2\nb=1\n", encoding="utf-8")
    code, out, _ = applied(build, "origin")
    assert (code, out.splitlines()[0].startswith("burnish: drift:")) == (1, True)
