"""`Fabric`: the simulated Azure around one guest; `Asked`: one request of that guest."""

from __future__ import annotations

from dataclasses import dataclass

IMDS = "169.254.169.254"
WIRE = "168.63.129.16"
PLUGIN_PORT = 32526
# A subnet of Azure begins like this: its first four addresses are Azure's own.
NETWORK, GATEWAY, GUEST = "10.0.0.0/24", "10.0.0.1", "10.0.0.4"
TAP = "azure0"
READY = "Ready"
FAILED = "ProvisioningFailed"
AGENT = "WALinuxAgent"


@dataclass(frozen=True, kw_only=True)
class Fabric:
    """What a machine in the simulated Azure is told about itself.

    Faults, for those who want to see how an image bears them: `mute` are words of paths that never get
    an answer, `ovf` is written on the provisioning disc instead of the right document.
    """

    user: str = "azureuser"
    hostname: str = "burnish"
    keys: tuple[str, ...] = ()
    machine: str = "6f2c1d1e-8a54-4c0b-9d0e-5b1e2f3a4c5d"
    mac: str = "00:0d:3a:5b:1e:2f"
    mute: tuple[str, ...] = ()
    ovf: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: seconds since the start, whom, what, and what came of it.

    `status` 0: it got no answer. `said` is the state that a health report tells, with its reason.
    """

    seconds: float
    server: str
    method: str
    path: str
    agent: str
    status: int
    said: str = ""

    @property
    def ready(self) -> bool:
        """Whether this is the report that the machine is ready."""
        return self.said == READY

    @property
    def by_agent(self) -> bool:
        """Whether waagent asked; cloud-init asks too, before it."""
        return self.agent.startswith(AGENT)

    @property
    def failed(self) -> bool:
        """Whether this is the report that provisioning failed: Azure gives such a machine up."""
        return FAILED in self.said


@dataclass(frozen=True, kw_only=True)
class Provisioned:
    """What a machine that came up in the simulated Azure is like, and how it got there.

    `ready` are the seconds from its start to cloud-init's report, `agent` to waagent's, 0 if there was
    none. `second_disk` says whether the empty second disk still is.
    """

    accelerator: str
    firmware: str
    ready: float
    agent: float
    milestones: dict[str, float]
    state: str
    failed_units: tuple[str, ...]
    facts: dict[str, str]
    second_disk: str
    journal: tuple[Asked, ...]
    problems: tuple[str, ...] = ()
