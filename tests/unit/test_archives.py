"""Archives that a role declares beside the distribution's: what is wrong with them, and what apt is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import archive
import checkout
import pytest
from burnish.catalog.load import load
from burnish.errors import DefinitionError
from burnish.lock import apt, further, update
from burnish.lock.archive import Release
from burnish.model.archive import ArchiveSpec
from burnish.model.lock import Lock, Package
from burnish.stages import planning

VARS = "roles/extra/vars/main.yml"
DECLARED = """\
__extra_archives:
  - name: vendor
    url: https://vendor.test/{{ extra_size }}/repo
    keyring: https://vendor.test/keys/keyring.deb
    sha256: "0000000000000000000000000000000000000000000000000000000000000000"
    packages: "tool*"
    version: "{{ extra_size }}.*"
    when: extra_size > 5
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    changes = {VARS: DECLARED, "roles/extra/defaults/main.yml": "extra_size: 7\n"}
    return checkout.write(tmp_path_factory.mktemp("root"), changes=changes)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            "https://vendor.test/{{ extra_size }}",
            "http://x",
            "main.yml:3: __extra_archives[0].url: 'http://x/repo' is no https",
        ),
        (
            "keyring.deb",
            "keys.txt",
            "main.yml:4: __extra_archives[0].keyring: 'https://vendor.test/keys/keys.txt' is neither",
        ),
        (
            '"0000',
            '"000',
            "main.yml:5: __extra_archives[0].sha256: a sha256 has 64 hexadecimal digits",
        ),
        (
            "    version:",
            "    # :",
            "main.yml:6: __extra_archives[0].packages: `packages` and `version` belong together",
        ),
        (
            "name: vendor",
            "name: ../v",
            "main.yml:2: __extra_archives[0].name: '../v' is no plain name",
        ),
        ("    sha256:", "    sha:", "main.yml:2: sha256: the key 'sha256' is missing"),
    ],
)
def test_bad_archives_are_told(root: Path, old: str, new: str, text: str) -> None:
    with checkout.edited(root, VARS, old=old, new=new), pytest.raises(DefinitionError) as caught:
        load([root])
    assert any(text in str(problem) for problem in caught.value.problems), caught.value


def test_a_layer_wants_the_archives_whose_condition_holds(root: Path) -> None:
    catalog = load([root])
    image = catalog.images[checkout.IMAGE]
    (found,) = planning.wanted(catalog, image).archives["apt:extra"]
    assert (found.url, found.version) == ("https://vendor.test/7/repo", "7.*")
    assert found.preference == "Package: tool*\nPin: version 7.*\nPin-Priority: 1001\n"
    with checkout.edited(root, "roles/extra/defaults/main.yml", old="7", new="5"):
        catalog = load([root])
        assert planning.wanted(catalog, image).archives == {}


VENDOR = ArchiveSpec(
    name="vendor", url="https://vendor.test", keyring="https://vendor.test/k.gpg", sha256="0" * 64
)


class Seen(archive.Mirror):
    """It remembers what it was asked for, and on which further archives."""

    def __init__(self, release: Release, asked: dict[tuple[str, ...], tuple[str, ...]]) -> None:
        super().__init__()
        self.release, self.asked = release, asked

    def add(self, names: Sequence[str], *, status: Path, **_: object) -> tuple[Package, ...]:
        self.asked[tuple(names)] = self.release.further
        return self.resolve(names)


@pytest.mark.parametrize("layer", ["base", "extra"])
def test_only_the_layer_that_declares_it_is_resolved_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    asked: dict[tuple[str, ...], tuple[str, ...]] = {}
    archive.indexed(monkeypatch)
    monkeypatch.setattr(apt, "open_archive", lambda release, **_: Seen(release, asked))
    monkeypatch.setattr(apt, "newest", lambda paths: len(list(paths)))
    monkeypatch.setattr(further, "lines", lambda _, specs, **__: tuple(s.url for s in specs))
    wanted = replace(archive.WANTED, archives={f"apt:{layer}": (VENDOR,)})
    place = archive.place(tmp_path)
    lock = update.resolve(wanted, Lock(image=""), asked=archive.ALL, place=place, keep_open=False)
    own = {"base": ("jq",), "extra": ("less",)}
    assert asked == {names: (VENDOR.url,) * (name == layer) for name, names in own.items()}
    assert "vendor.test" not in str(lock)
