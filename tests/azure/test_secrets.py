"""No token, no secret and no signature of an address is in what burnish says, keeps or files."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from burnish.errors import PublishError
from cloud import Cloud
from emulator import faults
from emulator.emulator import Emulator
from emulator.faults import Fault

SIGNATURE = re.compile(r"(sig|[?&][cst])=(?!REDACTED)[\w%-]{8,}|sig=abc")


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


def kept(cloud: Cloud) -> str:
    """Everything that lies in this machine's folders but the disks themselves."""
    files = [path for path in cloud.folder.rglob("*") if path.is_file() and path.suffix != ".vhd"]
    return "".join(path.read_text("utf-8", errors="replace") for path in files)


def clean(cloud: Cloud, *texts: str) -> None:
    identity = cloud.arm.state.identity
    whole = "\n".join((*texts, *cloud.told.said, kept(cloud)))
    assert not SIGNATURE.search(whole)
    for secret in (*identity.tokens, identity.secret, cloud.arm.azurite.key):
        assert secret not in whole


def test_a_whole_run_keeps_none(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    published = cloud.publish(cloud.manifest())
    assert cloud.arm.state.identity.tokens
    assert "Request method: 'PUT'" in caplog.text
    clean(cloud, caplog.text, repr(published), repr(cloud.gallery().manifests("tiny-cpu")))
    assert not SIGNATURE.search(repr([each.document for each in cloud.arm.state.versions]))


@pytest.mark.parametrize(
    "fault",
    [
        faults.quota("/versions/"),
        Fault(method="PUT", path="comp=page", nth=2, status=409, code="InvalidVhd"),
        Fault(method="POST", path="beginGetAccess", status=403, code="AuthorizationFailed"),
        Fault(method="PUT", path="/versions/", fails=("InvalidVhd", "see https://a.b/c?sig=abc")),
    ],
    ids=["version", "page", "access", "operation"],
)
def test_a_run_that_fails_keeps_none(
    cloud: Cloud, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    cloud.arm.faults.add(fault)
    with pytest.raises(PublishError) as caught:
        cloud.publish(cloud.manifest())
    assert caught.value.__cause__ is None
    clean(cloud, caplog.text, str(caught.value), caught.value.hint)


def test_the_state_of_an_interrupted_upload_keeps_none(cloud: Cloud) -> None:
    publication = cloud.publication(cloud.manifest())

    def interrupt(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    object.__setattr__(publication.versions, "make", interrupt)
    with pytest.raises(KeyboardInterrupt):
        publication.run()
    assert [path.suffix for path in (cloud.folder / "work").glob("*.state")] == [".state"]
    clean(cloud)
