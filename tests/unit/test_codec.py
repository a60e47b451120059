"""Records and manifests: to JSON and back, and what cannot be read."""

from __future__ import annotations

import json

import makers
import pytest
from burnish.catalog.codec import JsonCodec
from burnish.errors import BurnishError
from burnish.model.manifest import Inventory, Manifest, Software
from burnish.model.record import DiskRecord, LayerRecord
from burnish.model.verdict import Verdict

LAYER = LayerRecord(
    id="a", name="b", image="c", inputs={"d:": "e"}, diff_ids=("f",), seconds=1.5, size=2
)


@pytest.mark.parametrize(
    "value",
    [
        LAYER,
        makers.disk_record(),
        makers.manifest(),
        makers.verdict("passed", "not-verified", not_run=("a::b",)),
        Inventory(software=(Software(kind="apt", name="x", version="1"),)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_to_text_and_back(value: object) -> None:
    codec = JsonCodec()
    text = codec.dump(value)
    assert codec.load(text, type(value), source="x") == value
    assert codec.dump(codec.load(text, type(value), source="x")) == text
    assert text.endswith("}\n")
    assert isinstance(json.loads(text), dict)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Manifest),
        ("{", Verdict),
        ("{}", DiskRecord),
        ("[]", LayerRecord),
        (JsonCodec().dump(LAYER).replace('"seconds"', '"sekonds"'), LayerRecord),
        (JsonCodec().dump(makers.verdict("passed")).replace("passed", "fine"), Verdict),
    ],
)
def test_what_is_none_is_refused_by_name(text: str, kind: type[object]) -> None:
    with pytest.raises(BurnishError) as caught:
        JsonCodec().load(text, kind, source="store/x.json")
    place = f"store/x.json: not a {kind.__name__} that this burnish can read: "
    assert caught.value.message.startswith(place)
    assert caught.value.hint.endswith("remove it to build anew")
