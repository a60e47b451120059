"""Takes the environment; says how one signs in to Azure with it, and gives the SDK's credential.

Credentials come from the environment and from Azure's own tools alone: nothing is read from definitions,
nothing is kept, nothing is shown.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from azure.core.credentials import TokenCredential
from azure.identity import (
    AzureCliCredential,
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

Kind = Literal[
    "client secret",
    "certificate",
    "workload identity",
    "GitHub OIDC",
    "managed identity",
    "az login",
]
TENANT, CLIENT = "AZURE_TENANT_ID", "AZURE_CLIENT_ID"
SECRET, CERTIFICATE = "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"
FEDERATED = "AZURE_FEDERATED_TOKEN_FILE"
GITHUB_URL, GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
MANAGED = "BURNISH_AZURE_MANAGED_IDENTITY"
AUTHORITY = "AZURE_AUTHORITY_HOST"
AUDIENCE = "api://AzureADTokenExchange"


@dataclass(frozen=True, kw_only=True)
class Login:
    """How one signs in, and which variables say so; never a value that is secret."""

    kind: Kind
    by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} ({', '.join(self.by)})" if self.by else self.kind


def choose(environment: Mapping[str, str]) -> Login:
    """How to sign in: the most explicit way that the environment names; without any, as `az login` did."""
    have = {name for name, value in environment.items() if value}
    ways: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("client secret", (TENANT, CLIENT, SECRET)),
        ("certificate", (TENANT, CLIENT, CERTIFICATE)),
        ("workload identity", (TENANT, CLIENT, FEDERATED)),
        ("GitHub OIDC", (TENANT, CLIENT, GITHUB_URL, GITHUB_TOKEN)),
        ("managed identity", (MANAGED,)),
    )
    for kind, names in ways:
        if have.issuperset(names):
            return Login(kind=kind, by=names)
    return Login(kind="az login")


def credential(
    login: Login, environment: Mapping[str, str], *, options: Mapping[str, Any]
) -> TokenCredential:
    """The SDK's credential; `options` go to its own pipeline."""
    shared = dict(options)
    if environment.get(AUTHORITY):
        # another one than Microsoft's own can't be looked up there
        shared |= {"authority": environment[AUTHORITY], "disable_instance_discovery": True}
    if login.kind == "az login":
        return AzureCliCredential()
    if login.kind == "managed identity":
        name = environment[MANAGED]
        return ManagedIdentityCredential(client_id=None if name == "system" else name)
    tenant, client = environment[TENANT], environment[CLIENT]
    if login.kind == "client secret":
        return ClientSecretCredential(tenant, client, environment[SECRET], **shared)
    if login.kind == "certificate":
        return CertificateCredential(tenant, client, environment[CERTIFICATE], **shared)
    if login.kind == "workload identity":
        file = environment[FEDERATED]
        return WorkloadIdentityCredential(
            tenant_id=tenant, client_id=client, token_file_path=file, **shared
        )
    return ClientAssertionCredential(tenant, client, lambda: _github(environment), **shared)


def _github(environment: Mapping[str, str]) -> str:
    """The statement that GitHub signs for the job that runs: asked anew each time, it is short-lived."""
    request = urllib.request.Request(  # noqa: S310
        f"{environment[GITHUB_URL]}&audience={AUDIENCE}",
        headers={"Authorization": f"bearer {environment[GITHUB_TOKEN]}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return str(json.load(answer)["value"])
