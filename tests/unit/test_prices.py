"""The files of packer/prices/: ours are whole, and all that is wrong with others is told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import checkout
import pytest
from burnish.catalog.load import shown
from burnish.catalog.prices import FOLDER, dump_machines, dump_meters, load_prices
from burnish.errors import DefinitionError
from burnish.model.cost import Table

KILOBYTES = 400
TEXTS = {
    "sizes": """\
name: sizes
sources:
  - {id: page, what: a page, date: 2026-11-01}
series:
  - name: Dsv5
    generations: [V1, V2]
    sources: [page]
    sizes:
      - {name: Standard_D4s_v5, vcpus: 4, memory: 16}
""",
    "machines": """\
name: machines
what: a table
date: 2026-06-18
currency: USD
per: hour
prices:
  Standard_D4s_v5: {eastus: 0.192}
""",
    "meters": """\
name: meters
sources:
  - {id: page, what: a page, date: 2026-11-01}
currency: USD
prices:
  - {meter: egress, region: eastus, price: 0.02, per: GiB, source: page}
""",
}


def load(*roots: Path) -> Table:
    return load_prices(roots, shown=lambda path: shown(path, roots[0]))


def write(root: Path, **changes: str) -> Path:
    for name, text in {**TEXTS, **changes}.items():
        path = root / FOLDER / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_ours_are_whole_and_small() -> None:
    table = load(checkout.REPOSITORY)
    folder = checkout.REPOSITORY / FOLDER
    assert sum(path.stat().st_size for path in folder.iterdir()) < KILOBYTES * 1000
    sizes = {size.name for series in table.sizes.series for size in series.sizes}
    assert sizes == set(table.prices.machines.prices)
    assert table.prices.machines.date == date(2026, 6, 18)
    assert f"{table.prices.machines.prices['Standard_D4s_v5']['eastus']}" == "0.192"


def test_every_size_that_an_image_of_ours_is_proven_on_is_there() -> None:
    table = load(checkout.REPOSITORY)
    wanted = {image.vm_size for image in checkout.real().images.values()}
    assert [name for name in wanted if table.sizes.size(name) is None] == []


def test_every_size_with_a_gpu_is_one_that_the_table_of_gpus_knows() -> None:
    series = load(checkout.REPOSITORY).sizes.series
    gpus = [size.name for each in series for size in each.sizes if size.gpus]
    table = checkout.real().compatibility
    assert gpus != []
    assert [name for name in gpus if table.family(name) is None] == []


def test_what_is_written_reads_as_it_was(tmp_path: Path) -> None:
    table = load(checkout.REPOSITORY)
    prices = table.prices
    what = "a list: theirs # 1"
    newer = replace(prices.machines, newer={"eastus": date(2026, 11, 26)}, link="", what=what)
    texts = {"machines": dump_machines(newer), "meters": dump_meters(prices.meters)}
    again = load(write(tmp_path, **texts))
    assert (again.prices.machines, again.prices.meters) == (newer, prices.meters)
    assert max(len(line) for text in texts.values() for line in text.splitlines()) <= 120


def test_the_page_tells_how_much_there_is() -> None:
    table = load(checkout.REPOSITORY)
    sizes = len(table.prices.machines.prices)
    regions = {region for row in table.prices.machines.prices.values() for region in row}
    page = (checkout.REPOSITORY / "docs" / "cost.md").read_text("utf-8")
    assert f"{sizes} sizes in {len(regions)} regions, USD | {table.prices.machines.date} |" in page


def test_a_region_is_known_however_it_is_written() -> None:
    prices = load(checkout.REPOSITORY).prices
    assert prices.hour("standard_d4s_v5", "West Europe") == prices.hour(
        "Standard_D4s_v5", "westeurope"
    )
    assert prices.meter("snapshot Standard_LRS", "East US") is not None


def test_a_later_root_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    ours, own = write(tmp_path / "ours"), tmp_path / "own"
    text = TEXTS["machines"].replace("0.192", "0.1")
    (own / FOLDER).mkdir(parents=True)
    (own / FOLDER / "machines.yaml").write_text(text)
    price = load(ours, own).prices.hour("standard_d4s_v5", "EastUS")
    assert price is not None
    assert f"{price.amount}" == "0.1"


def test_a_region_that_was_asked_for_later_has_that_day(tmp_path: Path) -> None:
    text = TEXTS["machines"] + "newer: {eastus: 2026-11-26}\n"
    price = load(write(tmp_path, machines=text)).prices.hour("Standard_D4s_v5", "eastus")
    assert price is not None
    assert (price.date, price.what) == (
        date(2026, 11, 26),
        "Azure's retail price list, asked by burnish",
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("sizes", "sources: [page]", "sources: [pige]", "5: series[0]: unknown source 'pige'"),
        ("sizes", "V1, V2", "V3", "6: series[0].generations[0]: unknown value 'V3'"),
        (
            "sizes",
            "vcpus: 4",
            "cores: 4",
            "9: series[0].sizes[0].vcpus: the key 'vcpus' is missing",
        ),
        ("machines", "0.192", "0", "7: prices.Standard_D4s_v5.eastus: a price of 0 is none"),
        ("machines", "date: 2026-06-18\n", "", "1: date: the key 'date' is missing"),
        (
            "machines",
            "name: machines",
            "name: hours",
            "1: name: the name 'hours' is not the file's",
        ),
        ("meters", "source: page", "source: x", "6: prices[0]: unknown source 'x'"),
        ("meters", "price: 0.02", "price: -1", "6: prices[0]: a price of -1 is none"),
        ("meters", "currency: USD", "currency: EUR", "4: currency: EUR here, USD in machines.yaml"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, name: str, old: str, *, new: str, told: str
) -> None:
    assert old in TEXTS[name]
    with pytest.raises(DefinitionError) as raised:
        load(write(tmp_path, **{name: TEXTS[name].replace(old, new)}))
    assert f"{FOLDER}/{name}.yaml:{told}" in str(raised.value)


def test_a_row_that_stands_there_twice(tmp_path: Path) -> None:
    row = TEXTS["meters"].splitlines()[-1]
    with pytest.raises(DefinitionError, match="egress eastus stands here twice"):
        load(write(tmp_path, meters=f"{TEXTS['meters']}{row}\n"))


def test_files_that_are_missing_or_of_another_name(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"sizes\.yaml: no such file"):
        load(tmp_path)
    with pytest.raises(DefinitionError, match="no part of the prices is called 'size'"):
        load(write(tmp_path, size="name: size\n"))
