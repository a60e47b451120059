"""Archives that a role declares beside the distribution's: what is wrong with them, and what apt is told."""

from __future__ import annotations

from pathlib import Path

import checkout
import pytest
from burnish.catalog.load import load
from burnish.errors import DefinitionError
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
