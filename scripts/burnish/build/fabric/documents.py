"""What the simulated Azure tells a machine, as text: a `Fabric` in, JSON and XML out. Pure.

The elements are those that cloud-init (sources/helpers/azure.py) and waagent (common/protocol) read.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from burnish.model.fabric import GUEST, NETWORK, WIRE, Fabric

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
CONTAINER = "c0ffee00-0000-4000-8000-000000000001"
WIRE_VERSION = "2012-11-30"
WIRE_VERSIONS = ("2015-04-05", WIRE_VERSION)
# Azure has more: these are waagent's, and the least and the wanted one of cloud-init.
METADATA_VERSIONS = ("2018-02-01", "2019-06-01", "2021-08-01")
CONFIGURATIONS = {
    "HostingEnvironmentConfig": "hostingEnvironmentConfig",
    "SharedConfig": "sharedConfig",
    "ExtensionsConfig": "extensionsConfig",
    "Certificates": "certificates",
}


def instance(fabric: Fabric) -> dict[str, Any]:
    """The metadata service's whole document."""
    return {"compute": _compute(fabric), "network": _network(fabric)}


def _compute(fabric: Fabric) -> dict[str, Any]:
    path = f"/home/{fabric.user}/.ssh/authorized_keys"
    return {
        "azEnvironment": "AzurePublicCloud",
        "location": "westeurope",
        "name": fabric.hostname,
        "offer": "",
        "osProfile": {
            "adminUsername": fabric.user,
            "computerName": fabric.hostname,
            "disablePasswordAuthentication": "true",
        },
        "osType": "Linux",
        "publicKeys": [{"keyData": key, "path": path} for key in fabric.keys],
        "publisher": "",
        "resourceGroupName": "simulated-azure",
        "sku": "",
        "subscriptionId": "00000000-0000-0000-0000-000000000000",
        "tags": "",
        "userData": "",
        "version": "",
        "vmId": fabric.machine,
        "vmScaleSetName": "",
        "vmSize": "Standard_D2s_v5",
        "zone": "",
    }


def _network(fabric: Fabric) -> dict[str, Any]:
    address = {"privateIpAddress": GUEST, "publicIpAddress": ""}
    subnet, _, prefix = NETWORK.partition("/")
    ipv4 = {"ipAddress": [address], "subnet": [{"address": subnet, "prefix": prefix}]}
    mac = fabric.mac.replace(":", "").upper()
    return {"interface": [{"ipv4": ipv4, "ipv6": {"ipAddress": []}, "macAddress": mac}]}


def versions() -> str:
    """The protocols that the wireserver speaks."""
    each = "".join(f"<Version>{version}</Version>" for version in WIRE_VERSIONS)
    preferred = f"<Preferred><Version>{WIRE_VERSIONS[0]}</Version></Preferred>"
    return f"{HEAD}<Versions>{preferred}<Supported>{each}</Supported></Versions>"


def goal_state(fabric: Fabric) -> str:
    """That the machine is to be started, and where its further documents are."""
    here = f"http://{WIRE}:80/machine/{CONTAINER}/{_instance(fabric)}?comp=config&amp;type="
    places = "".join(
        f"<{name}>{here}{kind}&amp;incarnation=1</{name}>" for name, kind in CONFIGURATIONS.items()
    )
    role = (
        f"<RoleInstance><InstanceId>{_instance(fabric)}</InstanceId><State>Started</State>"
        f"<Configuration>{places}<ConfigName>{CONTAINER}.1.xml</ConfigName></Configuration></RoleInstance>"
    )
    return (
        f"{HEAD}<GoalState><Version>{WIRE_VERSION}</Version><Incarnation>1</Incarnation>"
        "<Machine><ExpectedState>Started</ExpectedState>"
        "<StopRolesDeadlineHint>300000</StopRolesDeadlineHint>"
        "<ExpectHealthReport>FALSE</ExpectHealthReport></Machine>"
        f"<Container><ContainerId>{CONTAINER}</ContainerId>"
        f"<RoleInstanceList>{role}</RoleInstanceList></Container></GoalState>"
    )


def _instance(fabric: Fabric) -> str:
    return escape(f"{fabric.machine}._{fabric.hostname}")


def hosting_environment(fabric: Fabric) -> str:
    """Names of the machine, its role and its deployment."""
    name = escape(fabric.hostname)
    return (
        f'{HEAD}<HostingEnvironmentConfig version="1.0.0.0" goalStateIncarnation="1">'
        f'<Deployment name="simulated-azure" guid="{{{CONTAINER}}}" incarnation="1"/>'
        f'<Incarnation number="1" instance="{name}" guid="{{{CONTAINER}}}"/>'
        f'<Role guid="{{{CONTAINER}}}" name="{name}" settleTimeSeconds="0"/>'
        "</HostingEnvironmentConfig>"
    )


def shared(fabric: Fabric) -> str:
    """The deployment as its machines share it; waagent keeps it and reads nothing of it."""
    return (
        f'{HEAD}<SharedConfig version="1.0.0.0" goalStateIncarnation="1">'
        f'<Instances><Instance id="{escape(fabric.hostname)}" address="{GUEST}"/></Instances>'
        "</SharedConfig>"
    )


def extensions() -> str:
    """That there are no extensions, and no other agent to update to."""
    return (
        f'{HEAD}<Extensions version="1.0.0.0" goalStateIncarnation="1">'
        "<GuestAgentExtension><GAFamilies/></GuestAgentExtension>"
        "<Plugins/><PluginSettings/></Extensions>"
    )


def certificates(data: str) -> str:
    """An envelope (base64) that only the one who asked can open."""
    return (
        f"{HEAD}<CertificateFile><Version>{WIRE_VERSION}</Version><Incarnation>1</Incarnation>"
        f"<Format>Pkcs7BlobWithPfxContents</Format><Data>{data}</Data></CertificateFile>"
    )


def ovf(fabric: Fabric) -> str:
    """ovf-env.xml of the provisioning disc: host name, user, no password."""
    if fabric.ovf:
        return fabric.ovf
    azure = "http://schemas.microsoft.com/windowsazure"
    return (
        f'{HEAD}<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:wa="{azure}">\n'
        " <wa:ProvisioningSection><wa:Version>1.0</wa:Version>\n"
        f'  <LinuxProvisioningConfigurationSet xmlns="{azure}">\n'
        "   <ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType>\n"
        f"   <HostName>{escape(fabric.hostname)}</HostName>\n"
        f"   <UserName>{escape(fabric.user)}</UserName>\n"
        "   <DisableSshPasswordAuthentication>true</DisableSshPasswordAuthentication>\n"
        "  </LinuxProvisioningConfigurationSet>\n"
        " </wa:ProvisioningSection>\n"
        " <wa:PlatformSettingsSection><wa:Version>1.0</wa:Version>\n"
        f'  <PlatformSettings xmlns="{azure}">\n'
        "   <ProvisionGuestAgent>true</ProvisionGuestAgent>\n"
        "   <PreprovisionedVm>false</PreprovisionedVm>\n"
        "   <PreprovisionedVMType>None</PreprovisionedVMType>\n"
        "  </PlatformSettings>\n"
        " </wa:PlatformSettingsSection>\n"
        "</Environment>\n"
    )
