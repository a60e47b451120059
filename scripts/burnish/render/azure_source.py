"""Takes a plan and a target; gives the options of azure-arm for them, and the variables that they use. Pure.

What differs from run to run (version, dates, key) and every credential is a variable of the template, whose
value Packer takes from the command line or the environment: no rendered file holds one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from burnish.model.build_machine import BuildMachine
from burnish.model.image import Target
from burnish.model.plan import Plan
from burnish.render.azure_options import Block, Reference
from burnish.render.generalise import USER

OSES = {"linux": "Linux", "windows": "Windows"}
CLOUDS = {"public": "Public", "china": "China", "government": "USGovernment"}
# By these whoever cleans up finds what a dead build left; the same names as those of uploads.
KIND, PLAN, EXPIRES, BUILD = "burnish-kind", "burnish-plan", "burnish-expires", "build"
# How one signs in -> the options that say so; an empty value is the variable of its name.
LOGINS: Mapping[str, Mapping[str, str]] = {
    "az login": {},
    "managed identity": {},
    "client secret": {"tenant_id": "", "client_id": "", "client_secret": ""},
    "certificate": {"tenant_id": "", "client_id": "", "client_cert_path": ""},
    "workload identity": {"tenant_id": "", "client_id": "", "client_jwt": "file(var.client_jwt)"},
    "GitHub OIDC": {
        "tenant_id": "",
        "client_id": "",
        "oidc_request_url": "",
        "oidc_request_token": "",
    },
}
ENVIRONMENT = {
    "tenant_id": "AZURE_TENANT_ID",
    "client_id": "AZURE_CLIENT_ID",
    "client_secret": "AZURE_CLIENT_SECRET",
    "client_cert_path": "AZURE_CLIENT_CERTIFICATE_PATH",
    "client_jwt": "AZURE_FEDERATED_TOKEN_FILE",
    "oidc_request_url": "ACTIONS_ID_TOKEN_REQUEST_URL",
    "oidc_request_token": "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "password": "BURNISH_PASSWORD",
}
SECRET = ("client_secret", "oidc_request_token", "password")
VAR = re.compile(r"\bvar\.(\w+)")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable of the template; `env` is the environment's, if it comes from there."""

    name: str
    env: str = ""
    secret: bool = False


def source(plan: Plan, target: Target, *, login: str, spot: bool) -> dict[str, Any]:
    """Every option, in the order in which it is written."""
    image, base, machine = plan.image, plan.base, target.machine
    market = base.marketplace
    assert market is not None
    trusted = image.security == "trusted-launch" and base.generation == "V2"
    return {
        **_login(login),
        "subscription_id": _var("subscription"),
        "cloud_environment_name": CLOUDS[target.cloud],
        "location": target.location,
        "temp_resource_group_name": _var("group"),
        "polling_duration_timeout": "1h",
        "os_type": OSES[base.os],
        "image_publisher": market.publisher,
        "image_offer": market.offer,
        "image_sku": market.sku,
        "image_version": market.version,
        "vm_size": machine.sizes.get(image.flavour, image.vm_size),
        "os_disk_size_gb": image.disk_gb,
        **(_trusted() if trusted else {}),
        **({"spot": _spot(machine)} if spot else {}),
        **_identities(machine),
        **_licence(machine, system=base.os),
        **_network(machine),
        **_communicator(base.communicator),
        "shared_image_gallery_timeout": "2h",
        "shared_gallery_image_version_exclude_from_latest": True,
        "shared_gallery_image_version_end_of_life_date": _var("end_of_life"),
        "shared_image_gallery_destination": _destination(plan, target),
        "azure_tags": {KIND: BUILD, PLAN: plan.id, EXPIRES: _var("expires")},
    }


def variables_of(options: Mapping[str, Any], target: Target) -> list[Variable]:
    """The variables that options refer to, in their order."""
    names = dict.fromkeys(name for text in _texts(options) for name in VAR.findall(text))
    known = {**ENVIRONMENT, "subscription": target.subscription}
    return [Variable(name=each, env=known.get(each, ""), secret=each in SECRET) for each in names]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Reference):
        yield value.text
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _var(name: str) -> Reference:
    return Reference(text=f"var.{name}", type="string")


def _login(kind: str) -> dict[str, Any]:
    if kind == "az login":
        return {"use_azure_cli_auth": True}
    return {
        name: Reference(text=text or f"var.{name}", type="string")
        for name, text in LOGINS[kind].items()
    }


def _trusted() -> dict[str, Any]:
    return {"security_type": "TrustedLaunch", "secure_boot_enabled": True, "vtpm_enabled": True}


def _spot(machine: BuildMachine) -> Block:
    # an evicted machine is of no use any more: half of a build can't be gone on with
    found = Block(eviction_policy="Delete")
    if machine.max_price:
        found["max_price"] = machine.max_price
    return found


def _identities(machine: BuildMachine) -> dict[str, Any]:
    found = list(machine.identities)
    return {"user_assigned_managed_identities": found} if found else {}


def _licence(machine: BuildMachine, *, system: str) -> dict[str, Any]:
    own = machine.license_type if system == "windows" else ""
    return {"license_type": own} if own else {}


def _network(machine: BuildMachine) -> dict[str, Any]:
    network = machine.network
    if network is None:
        found = list(machine.inbound)
        return {"allowed_inbound_ip_addresses": found} if found else {}
    return {
        "virtual_network_name": network.name,
        "virtual_network_resource_group_name": network.resource_group,
        "virtual_network_subnet_name": network.subnet,
        "private_virtual_network_with_public_ip": network.public_address,
    }


def _communicator(kind: str) -> dict[str, Any]:
    if kind == "winrm":
        # The machine's certificate is made at its start and signed by nobody: who may come in is limited
        # instead. The password is this build's own, so that Ansible need not be told it by an argument.
        return {
            "communicator": "winrm",
            "winrm_use_ssl": True,
            "winrm_insecure": True,
            "winrm_use_ntlm": True,
            "winrm_no_proxy": True,
            "winrm_timeout": "20m",
            "winrm_username": USER,
            "winrm_password": _var("password"),
        }
    return {
        "communicator": "ssh",
        "ssh_username": USER,
        "ssh_private_key_file": _var("key"),
        "ssh_timeout": "15m",
    }


def _destination(plan: Plan, target: Target) -> Block:
    """One region first; the others, and what Packer can't set, are added afterwards by the SDK."""
    home = next(each for each in target.regions if each.name == target.location)
    region = Block(name=home.name, replicas=home.replicas)
    if home.encryption_set:
        region["disk_encryption_set_id"] = home.encryption_set
    return Block(
        subscription=_var("subscription"),
        resource_group=target.resource_group,
        gallery_name=target.gallery,
        image_name=plan.image.name,
        image_version=_var("version"),
        storage_account_type=home.storage,
        target_region=[region],
    )
