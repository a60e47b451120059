"""The tool that makes definitions of the network's SDK, on an SDK of two models."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).parents[2] / "scripts" / "tools" / "azure_network.py"
MODELS = '''
class Card(Resource):
    """A card.

    :ivar name: Its name.
    :vartype name: str
    :ivar mode: How. Known values are: "On" and "Off".
    :vartype mode: str or
     ~azure.mgmt.network.models.Mode
    :ivar state: Its state.
    :vartype state: str or ~azure.mgmt.network.models.ProvisioningState
    """

    _validation = {
        "name": {"readonly": True},
        "size": {"required": True, "maximum": 9, "minimum": 1},
        "state": {"readonly": True},
    }
    _attribute_map = {
        "name": {"key": "name", "type": "str"},
        "tags": {"key": "tags", "type": "{str}"},
        "mode": {"key": "properties.mode", "type": "str"},
        "size": {"key": "properties.size", "type": "int"},
        "state": {"key": "properties.state", "type": "str"},
        "rules": {"key": "properties.rules", "type": "[SecurityRule]"},
    }

class SecurityRule(Model):
    _attribute_map = {
        "card": {"key": "card", "type": "Card"},
        "protocol": {"key": "properties.protocol", "type": "str"},
    }

class AzureAsyncOperationResult(Model):
    _attribute_map = {"status": {"key": "status", "type": "str"}}
'''
ENUMS = """
class Mode(str, Enum):
    ON = "On"
    OFF = "Off"
    OFF_AGAIN = "Off"

class ProvisioningState(str, Enum):
    CREATING = "Creating"
"""
BUILDER = """
def build_{group}_{name}_request(**kwargs):
    api_version = kwargs.pop("api_version", _params.pop("api-version", "2024-05-01"))
    _url = kwargs.pop("template_url", "/{group}/{{name}}")
    _params["api-version"] = api_version
    if expand is not None:
        _params["$expand"] = expand
    return HttpRequest(method="{method}", url=_url, params=_params)
"""
GROUP = """
class {group}Operations:
    def get(self, name):
        _request = build_{group}_get_request()
        if response.status_code not in [200]:
            raise HttpResponseError()
        return self._deserialize("Card", response)

    def _create_or_update_initial(self, parameters):
        _json = self._serialize.body(parameters, "Card")
        _request = build_{group}_put_request()
        if response.status_code not in [201, 200]:
            raise HttpResponseError()

    @overload
    def begin_create_or_update(self): ...

    def begin_create_or_update(self):
        return self._deserialize("Card", response)

    def _delete_initial(self):
        _request = build_{group}_delete_request()
        if response.status_code not in [200, 202, 204]:
            raise HttpResponseError()

    def begin_delete(self): ...
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the tool makes of it."""
    spec = importlib.util.spec_from_file_location("azure_network", TOOL)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    # where dataclasses look for the module that they stand in
    monkeypatch.setitem(sys.modules, spec.name, tool)
    spec.loader.exec_module(tool)
    operations = "".join(
        GROUP.format(group=group)
        + "".join(
            BUILDER.format(group=group, name=name, method=name.upper())
            for name in ("get", "put", "delete")
        )
        for group in tool.GROUPS
    )
    files = {
        "models/_models_py3.py": MODELS,
        "models/_network_management_client_enums.py": ENUMS,
        "operations/_operations.py": operations,
        "_version.py": 'VERSION = "1.2.3"\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tool.made(tmp_path)


def test_a_model_becomes_a_definition_with_its_properties_put_back(made: Any) -> None:
    card = made["definitions"]["network.Card"]["properties"]
    assert card["name"] == {"type": "string", "readOnly": True}
    assert card["tags"] == {"type": "object", "additionalProperties": {"type": "string"}}
    inner = card["properties"]["properties"]
    assert inner["mode"] == {"type": "string", "enum": ["On", "Off"]}
    assert inner["size"] == {"type": "integer", "minimum": 1, "maximum": 9}
    assert card["properties"]["required"] == ["size"]
    rule = {"$ref": "#/definitions/network.SecurityRule"}
    assert inner["rules"] == {"type": "array", "items": rule}


def test_what_the_sdk_loses_of_the_swagger_is_put_back(made: Any) -> None:
    rule = made["definitions"]["network.SecurityRule"]["properties"]
    assert rule["properties"]["required"] == ["protocol", "access", "priority", "direction"]
    assert rule["card"] == {"$ref": "#/definitions/network.Card"}
    state = made["definitions"]["network.Card"]["properties"]["properties"]["properties"]["state"]
    assert state["enum"] == ["Succeeded", "Updating", "Deleting", "Failed"]
    assert state["readOnly"] is True


def test_operations_have_their_addresses_queries_and_status_codes(made: Any) -> None:
    assert (made["version"], "1.2.3" in made["about"]) == ("2024-05-01", True)
    assert "network.AzureAsyncOperationResult" in made["definitions"]
    card = {"$ref": "#/definitions/network.Card"}
    found = made["paths"]["/Subnets/{name}"]
    assert found["get"]["responses"] == {"200": card}
    assert found["put"]["responses"] == {"200": card, "201": card}
    assert found["delete"]["responses"] == dict.fromkeys(("200", "202", "204"))
    assert [found[each]["lro"] for each in ("get", "put", "delete")] == [False, True, True]
    assert found["put"]["parameters"] == [
        {"name": "api-version", "in": "query", "required": True},
        {"name": "$expand", "in": "query", "required": False},
        {"name": "body", "in": "body", "required": True, "schema": card},
    ]
