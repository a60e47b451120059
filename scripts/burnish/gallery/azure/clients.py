"""Takes a target and the environment; gives the SDK's client of its subscription, with our patience in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azure.core.credentials import TokenCredential
from azure.mgmt.compute import ComputeManagementClient

from burnish.errors import UsageError
from burnish.gallery.azure import login
from burnish.gallery.azure.login import Login
from burnish.gallery.azure.patience import Patience, Repeating
from burnish.model.image import Target

# For an Azure that is none of the three clouds: Azure Stack, or the emulator of the tests.
ENDPOINT = "BURNISH_AZURE_ENDPOINT"
INTERVAL = "BURNISH_AZURE_INTERVAL"
CLOUDS = {
    "public": "https://management.azure.com",
    "china": "https://management.chinacloudapi.cn",
    "government": "https://management.usgovcloudapi.net",
}
AUTHORITIES = {
    "china": "login.chinacloudapi.cn",
    "government": "login.microsoftonline.us",
}
PAGES = {"upload": "docs/azure.md", "vm": "docs/azure-vm.md"}
SECONDS = 15.0  # between two looks at something long
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How Azure is reached: where, as whom, how often one looks. `options` go to the SDK's pipelines."""

    endpoint: str
    login: Login
    credential: TokenCredential
    subscription: str
    interval: float = SECONDS
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """What a token is asked for."""
        return f"{self.endpoint}/.default"

    def compute(self, patience: Patience) -> ComputeManagementClient:
        """A client whose requests are borne with as the table of faults says."""
        return ComputeManagementClient(
            self.credential,
            self.subscription,
            base_url=self.endpoint,
            credential_scopes=[self.scope],
            polling_interval=self.interval,
            retry_policy=Repeating(patience),
            **self.options,
        )


def reach(
    target: Target, environment: Mapping[str, str], *, options: Mapping[str, Any] | None = None
) -> Reach:
    """The way to a target. UsageError for one that is not filled in, or without a subscription."""
    need_set(target)
    wanted = dict(options or {})
    found = dict(environment)
    if target.cloud in AUTHORITIES:
        found.setdefault(login.AUTHORITY, AUTHORITIES[target.cloud])
    way = login.choose(found)
    return Reach(
        endpoint=environment.get(ENDPOINT, CLOUDS[target.cloud]).rstrip("/"),
        login=way,
        credential=login.credential(way, found, options=wanted),
        subscription=subscription(target, environment),
        interval=float(environment.get(INTERVAL, SECONDS)),
        options=wanted,
    )


def need_set(target: Target) -> None:
    """UsageError for a target whose example values are still in it."""
    if target.unset:
        *others, last = (repr(key) for key in target.unset)
        keys = " and ".join(filter(None, [", ".join(others), last]))
        raise UsageError(
            f"packer/targets/{target.name}.yaml: {keys} still to be written: it is an example",
            hint=f"write yours there, or into packer/targets/ below another --root; {PAGES[target.route]}",
        )


def subscription(target: Target, environment: Mapping[str, str]) -> str:
    """The subscription's id, from the variable that the target names; UsageError where it holds none."""
    found = environment.get(target.subscription, "")
    if not ID.fullmatch(found):
        what = "is not set" if not found else "holds no id of a subscription"
        raise UsageError(
            f"the environment variable {target.subscription} {what}",
            hint=f"export {target.subscription}=$(az account show --query id --output tsv)",
        )
    return found
