"""Every kind of input of a layer's id stands in the table of docs/locks.md, and each moves the id."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.model.download import Download, DownloadsLock
from burnish.model.lock import Lock
from burnish.model.npm import NpmLock
from burnish.model.plan import Layer, Plan
from burnish.plan.ids import digest
from house import sources

DOWNLOADS = "__extra_downloads: [{name: tool, url: https://publisher.test/tool}]\n"
NPM = "__extra_npm: [{name: proxy, version: ^7.0.0}]\n"


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, ...]:
    """Images with every kind of input: pinned by a lock, open, and from a marketplace."""
    changes = {
        "roles/extra/vars/main.yml": DOWNLOADS + NPM,
        "roles/extra/facts.yml": checkout.FACTS + "needs: contents\n",
    }
    root = checkout.write(tmp_path_factory.mktemp("root"), changes=changes)
    file = Download(
        name="tool", url="https://publisher.test/tool", sha256=makers.sha("t"), size=1, origin="x"
    )
    section = DownloadsLock(declared=(f"tool {file.url}",), files=(file,))
    tree = NpmLock(declared=("proxy@^7.0.0",), packages=())
    lock = replace(checkout.lock(), downloads={"extra": section}, npm={"extra": tree})
    bare = Lock(image=checkout.IMAGE)
    cloud = checkout.resolved(root, bare, image="panes-cpu")
    return checkout.resolved(root, lock), checkout.resolved(root, bare), cloud


def layers(plans: tuple[Plan, ...]) -> list[Layer]:
    return [layer for plan in plans for layer in plan.layers]


def test_the_page_names_every_kind_of_input_and_no_other(plans: tuple[Plan, ...]) -> None:
    page = Path(sources.ROOT / "docs/locks.md").read_text("utf-8")
    (table,) = re.findall(r"## Where each input is pinned\n(.*?)\n## ", page, flags=re.DOTALL)
    told = set(re.findall(r"`([a-z]+):`", table))
    assert plans[0].open == ()
    assert told == {key.partition(":")[0] for layer in layers(plans) for key in layer.inputs}


def test_an_id_is_all_of_its_inputs(plans: tuple[Plan, ...]) -> None:
    for layer in layers(plans):
        assert layer.id == digest(dict(layer.inputs))
        for key in layer.inputs:
            assert digest({**layer.inputs, key: "other"}) != layer.id


def test_the_disks_key_holds_its_tools(plans: tuple[Plan, ...]) -> None:
    assert plans[0].tools and plans[1].tools
    assert plans[0].tools.id != plans[1].tools.id
    assert plans[0].disk_key != plans[1].disk_key
