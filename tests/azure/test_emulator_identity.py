"""The real azure-identity signs in at the fake of Entra ID; tokens are kept out of every log."""

from __future__ import annotations

import logging
import re

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import EnvironmentCredential
from emulator import clients, samples
from emulator.emulator import Emulator


def test_a_client_secret_signs_in(arm: Emulator) -> None:
    with clients.compute(arm, clients.by_secret(arm)) as compute:
        samples.shelf(compute)
    assert arm.state.identity.grants == ["secret"]


def test_an_assertion_signs_in_as_a_workflow_does(arm: Emulator) -> None:
    with clients.compute(arm, clients.by_assertion(arm)) as compute:
        samples.shelf(compute)
    assert arm.state.identity.grants == ["client assertion"]


def test_the_environment_signs_in(arm: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in clients.environment(arm).items():
        monkeypatch.setenv(name, value)
    with EnvironmentCredential(disable_instance_discovery=True) as credential:
        token = credential.get_token(f"{arm.base_url}/.default").token
    assert token in arm.state.identity.tokens


@pytest.mark.parametrize("how", ["secret", "assertion"])
def test_a_wrong_secret_or_assertion_is_refused(arm: Emulator, how: str) -> None:
    credential = (
        clients.by_secret(arm, secret="wrong")
        if how == "secret"
        else clients.by_assertion(arm, assertion="wrong")
    )
    with credential, pytest.raises(ClientAuthenticationError, match="AADSTS70"):
        credential.get_token(f"{arm.base_url}/.default")
    assert not arm.state.identity.tokens


def test_a_token_that_was_not_given_out_is_refused(arm: Emulator) -> None:
    with clients.compute(arm) as compute:
        samples.shelf(compute)
        arm.state.identity.tokens.clear()
        with pytest.raises(ClientAuthenticationError) as caught:
            compute.galleries.get("images", "shelf")
    assert caught.value.error and caught.value.error.code == "InvalidAuthenticationToken"


def test_no_token_secret_or_signature_is_in_any_log(
    arm: Emulator, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    # urllib3 at DEBUG, and the SDK with logging_enable, print addresses and tokens: never use them
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="urllib3")
    with clients.compute(arm) as compute:
        samples.shelf(compute)
        samples.filled_disk(arm, compute)
    printed = capfd.readouterr()
    logged = caplog.text + printed.out + printed.err
    seen = logged + repr(arm.exchanges) + repr(arm)
    identity = arm.state.identity
    assert identity.tokens and "Request method: 'PUT'" in caplog.text
    assert not re.search("sig=(?!REDACTED)", logged)
    for secret in (*identity.tokens, identity.secret, identity.assertion, arm.azurite.key):
        assert secret not in seen
