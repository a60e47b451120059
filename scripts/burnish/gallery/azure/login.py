"""Takes the environment; says how one signs in to Azure with it, and gives the SDK's credential.

Credentials come from the environment and from Azure's own tools alone: nothing is read from definitions,
nothing is kept, nothing is shown.
"""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
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

from burnish.errors import UsageError

# it logs what it raises, on the user's screen; the error itself is told once, in our words
logging.getLogger("azure.identity").setLevel(logging.CRITICAL)

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
GITHUB_JOB = "GITHUB_ACTIONS"
WAYS: Mapping[Kind, tuple[str, ...]] = {
    "client secret": (TENANT, CLIENT, SECRET),
    "certificate": (TENANT, CLIENT, CERTIFICATE),
    "workload identity": (TENANT, CLIENT, FEDERATED),
    "GitHub OIDC": (TENANT, CLIENT, GITHUB_URL, GITHUB_TOKEN),
    "managed identity": (MANAGED,),
}
# Each of these names an identity. The tenant alone does not: `az` has use for it too.
MEANT = frozenset({CLIENT, SECRET, CERTIFICATE, FEDERATED})


@dataclass(frozen=True, kw_only=True)
class Login:
    """How one signs in, and which variables say so; never a value that is secret."""

    kind: Kind
    by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} ({', '.join(self.by)})" if self.by else self.kind


def choose(environment: Mapping[str, str]) -> Login:
    """How to sign in: the most explicit way that the environment names; without any, as `az login` did.

    UsageError for half of one: whoever names an identity does not mean that of `az login`.
    """
    have = {name for name, value in environment.items() if value}
    for kind, names in WAYS.items():
        if have.issuperset(names):
            return Login(kind=kind, by=names)
    if have.isdisjoint(MEANT):
        return Login(kind="az login")
    kind = min(WAYS, key=lambda each: _far(each, have))
    if environment.get(GITHUB_JOB) and have.isdisjoint(MEANT - {CLIENT}):
        kind = "GitHub OIDC"
    lacks = ", ".join(name for name in WAYS[kind] if name not in have)
    hint = f"set it, or unset {', '.join(sorted(MEANT & have))} to sign in with `az login`"
    if kind == "GitHub OIDC":
        hint = (
            "the job needs `permissions: id-token: write`, and the identity's tenant and client id"
        )
    raise UsageError(
        f"half a login: the nearest way to sign in to Azure, {kind}, lacks {lacks}",
        hint=f"{hint}; docs/azure.md, Signing in",
    )


def _far(kind: Kind, have: AbstractSet[str]) -> int:
    """How many variables a way lacks. One that no variable speaks of is none that was meant."""
    lacks = [name for name in WAYS[kind] if name not in have]
    return len(lacks) if len(lacks) < len(WAYS[kind]) else len(MEANT) + len(lacks)


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
