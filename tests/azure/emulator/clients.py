"""The real SDK and the real azure-identity, pointed at the emulator; nothing of them is replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azure.core.rest import HttpRequest
from azure.identity import ClientAssertionCredential, ClientSecretCredential
from azure.mgmt.compute import ComputeManagementClient
from burnish.gallery.azure.resources import version_of

from emulator.emulator import Emulator


def by_secret(arm: Emulator, *, secret: str = "") -> ClientSecretCredential:
    """Signs in as a user's pipeline does with a client secret."""
    return ClientSecretCredential(
        arm.tenant,
        arm.state.identity.client,
        secret or arm.state.identity.secret,
        authority=arm.authority,
        disable_instance_discovery=True,
        connection_verify=str(arm.ca),
    )


def by_assertion(arm: Emulator, *, assertion: str = "") -> ClientAssertionCredential:
    """Signs in as a GitHub workflow does over OIDC: with a signed statement in place of a secret."""
    return ClientAssertionCredential(
        arm.tenant,
        arm.state.identity.client,
        lambda: assertion or arm.state.identity.assertion,
        authority=arm.authority,
        disable_instance_discovery=True,
        connection_verify=str(arm.ca),
    )


@contextmanager
def compute(
    arm: Emulator,
    credential: ClientSecretCredential | ClientAssertionCredential | None = None,
    **options: Any,
) -> Iterator[ComputeManagementClient]:
    """A client of Microsoft.Compute that does not wait between its looks."""
    with (
        credential or by_secret(arm) as signed_in,
        ComputeManagementClient(
            signed_in,
            arm.subscription,
            base_url=arm.base_url,
            credential_scopes=[f"{arm.base_url}/.default"],
            connection_verify=str(arm.ca),
            **{"polling_interval": 0, "retry_backoff_factor": 0, **options},
        ) as client,
    ):
        yield client


def environment(arm: Emulator) -> dict[str, str]:
    """What a process needs in its environment to sign in here and to trust what it meets."""
    return {
        "AZURE_TENANT_ID": arm.tenant,
        "AZURE_CLIENT_ID": arm.state.identity.client,
        "AZURE_CLIENT_SECRET": arm.state.identity.secret,
        "AZURE_AUTHORITY_HOST": arm.authority,
        "REQUESTS_CA_BUNDLE": str(arm.ca),
    }


def ask(client: ComputeManagementClient, path: str, *, version: str, **query: str) -> Any:
    """The answer of a part of ARM that this client has no methods for."""
    params = {"api-version": version, **query}
    response = client.send_request(HttpRequest("GET", path, params=params))
    response.raise_for_status()
    return response.json()


def send(client: ComputeManagementClient, method: str, *, path: str, body: Any = None) -> Any:
    """The answer to a request that is written by hand; the SDK signs it in."""
    params = {"api-version": version_of(path)}
    response = client.send_request(HttpRequest(method, path, params=params, json=body))
    response.raise_for_status()
    return response.json() if response.text() else None
