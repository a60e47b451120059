"""The files of the table: all that is wrong with them is told at once, with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import checkout
import gpus
import pytest
from burnish.catalog.compatibility import load_table
from burnish.catalog.load import load
from burnish.errors import DefinitionError

FOLDER = "packer/compatibility"
TABLE = {
    "sources": """\
name: sources
sources:
  - {id: page, what: a page, date: 2026-11-01, link: https://example.com/page}
  - {id: wheels, what: the wheels, date: 2026-11-01}
""",
    "drivers": """\
name: drivers
branches:
  - {branch: 535, kind: long-term, cuda: "12.2", ends: 2026-06-30, sources: [page]}
  - {branch: 550, sources: [page]}
""",
    "cuda": """\
name: cuda
majors:
  - {major: 12, driver: 525, dropped: [sm_35], sources: [page]}
architectures:
  - {name: sm_75, generation: Turing, cuda: "10.0", modules: [open], sources: [page]}
""",
    "frameworks": """\
name: frameworks
builds:
  - {framework: torch, versions: ==2.9.1, ptx: [compute_90], sources: [wheels]}
  - {framework: torch, versions: ==2.10.0, cudnn: ==9.10.2.21, sources: [wheels]}
""",
    "families": """\
name: families
families:
  - {name: T4, sizes: [Standard_NC*_T4], gpu: T4, sources: [page]}
  - {name: M60, sizes: [Standard_NV*], gpu: M60, status: retired, since: 2026-09-30, sources: [page]}
  - {name: AMD, sizes: [Standard_X*], gpu: X, status: out-of-scope, why: AMD, sources: [page]}
""",
}
TEXTS = {f"{FOLDER}/{name}.yaml": text for name, text in TABLE.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout.write(tmp_path_factory.mktemp("root"), changes=TEXTS)


@pytest.fixture
def two(root: Path) -> Iterator[Path]:
    """A checkout of which two files are wrong."""
    with (
        checkout.edited(root, f"{FOLDER}/drivers.yaml", old="branch: 535", new="branch: x"),
        checkout.edited(root, f"{FOLDER}/families.yaml", old="gpu: T4", new="gpo: T4"),
    ):
        yield root


def problems(root: Path) -> list[tuple[str, str]]:
    _, found = load_table([root], shown=lambda path: path.name)
    return [(str(each), each.hint) for each in sorted(found)]


def test_the_table_is_read_whole() -> None:
    known = gpus.table()
    branch = known.branch(580)
    assert branch is not None
    assert (branch.kind, branch.cuda, branch.ends) == ("long-term", "13.0", date(2028, 6, 30))
    architecture, major = known.architecture("sm_120"), known.major(13)
    assert architecture is not None and major is not None
    assert (architecture.modules, major.driver) == (("open",), 580)
    assert (known.branch(1), known.major(1), known.architecture("x"), known.family("x")) == (
        *(None, None, None, None),
    )


def test_every_source_is_named_by_some_fact() -> None:
    known = gpus.table()
    lists = (known.branches, known.majors, known.architectures, known.builds, known.families)
    named = {name for rows in lists for row in rows for name in row.sources}
    assert {each.id for each in known.sources} == named


def test_all_files_are_looked_at_at_once(two: Path) -> None:
    assert problems(two) == [
        ("drivers.yaml:3: branches[0].branch: input should be a valid integer, not 'x'", ""),
        ("families.yaml:3: families[0].gpo: unknown key 'gpo'", "did you mean 'gpu'?"),
        ("families.yaml:3: families[0].gpu: the key 'gpu' is missing", ""),
    ]


WRONG = [
    ("drivers", "[page]", "[pages]", "3: branches[0].sources[0]: unknown source 'pages'",
     "did you mean 'page'?"),
    ("drivers", "[page]", "[]", "3: branches[0].sources: a fact names where it comes from", ""),
    ("drivers", "branch: 550", "branch: 535", "4: branches[1].branch: 535 stands here twice", ""),
    ("drivers", '"12.2"', '"12"', "3: branches[0].cuda: '12' is not a version of CUDA, such as 12.8",
     ""),
    ("drivers", "2026-06-30", "soon", ("3: branches[0].ends: input should be a valid date in the format "
        "YYYY-MM-DD, "
     "input is too short, not 'soon'"), ""),
    ("drivers", "kind: long-term", "kind: longterm", "3: branches[0].kind: unknown value 'longterm'",
     "expected '', 'long-term', 'production' or 'new-feature'"),
    ("drivers", "name: drivers", "name: driver", "1: name: the name 'driver' is not the file's",
     "name it 'drivers'"),
    ("cuda", "[sm_35]", "[sm35]", "3: majors[0].dropped: 'sm35' is not an architecture, such as sm_80",
     ""),
    ("frameworks", "==2.9.1", "the newest", "3: builds[0].versions: 'the newest' is no range of versions",
     "such as ==2.10.0 or >=9.3,<10"),
    ("frameworks", "versions: ==2.9.1", "versions: ''", "3: builds[0].versions: of which versions?",
     "such as ==2.10.0"),
    ("frameworks", "==9.10.2.21", "nine", "4: builds[1].cudnn: 'nine' is no range of versions",
     "such as ==2.10.0 or >=9.3,<10"),
    ("frameworks", "==2.10.0", "==2.9.1", "4: builds[1].versions: torch ==2.9.1 stands here twice", ""),
    ("frameworks", "compute_90", "sm_90", ("3: builds[0].ptx: 'sm_90' is not an architecture of PTX, "
     "such as compute_90"), ""),
    ("families", " since: 2026-09-30,", "", "4: families[1].status: retired since when?",
     "add `since`, a day"),
    ("families", " why: AMD,", "", "5: families[2].status: out of scope why?", "add `why`"),
    ("families", "Standard_NC*_T4", "NC4 T4", ("3: families[0].sizes: 'NC4 T4' is not a pattern of sizes, "
     "such as Standard_NC*as_T4_v3"), ""),
    ("sources", "id: wheels", "id: page", "4: sources[1].id: page stands here twice", ""),
]  # fmt: skip


@pytest.mark.parametrize("mistake", WRONG, ids=lambda mistake: f"{mistake[0]}: {mistake[2]}")
def test_each_mistake_has_its_place_its_words_and_its_hint(
    root: Path, mistake: tuple[str, str, str, str, str]
) -> None:
    name, old, new, text, hint = mistake
    with checkout.edited(root, f"{FOLDER}/{name}.yaml", old=old, new=new):
        assert (f"{name}.yaml:{text}", hint) in problems(root)


def test_a_file_of_no_part_of_the_table_is_a_mistake(root: Path) -> None:
    with checkout.edited(root, f"{FOLDER}/driver.yaml", new="name: driver\n"):
        text = "driver.yaml:1: no part of the table is called 'driver'"
        assert problems(root) == [(text, "did you mean 'drivers'?")]


def test_a_further_root_replaces_a_file_of_the_table(root: Path, tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "drivers.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("name: drivers\nbranches:\n  - {branch: 600, sources: [page]}\n")
    found, _ = load_table([root, tmp_path], shown=str)
    assert [each.branch for each in found.branches] == [600]
    assert [each.name for each in found.families] == ["T4", "M60", "AMD"]


def test_what_is_wrong_with_the_table_keeps_the_catalog_from_being_loaded(two: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load([two])
    assert {each.file for each in caught.value.problems} == {
        f"{FOLDER}/drivers.yaml",
        f"{FOLDER}/families.yaml",
    }
