"""A machine starts whole, takes its users' keys, keeps its time and logs, and is left alone by apt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness.facts import Facts
from harness.work import Work

SYSTEM = ["/usr/bin/python3"]
BUILT_WITH = ("/usr/lib/linux-kbuild-", "/usr/src/linux-headers-", "/usr/src/nvidia-")
CLOCK = "refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2"


@pytest.fixture
def settings(work: Work) -> Any:
    """What the programs of a section say they go by, in one round trip."""

    def ask(section: str) -> Any:
        return work("settings.py", section, interpreter=SYSTEM, user="root")[section]

    return ask


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_system_runs_without_failed_units(work: Work) -> None:
    assert work("units.py", interpreter=SYSTEM, user="root") == {"state": ["running"], "failed": []}


@pytest.mark.services("ssh.service")
@pytest.mark.levels("container", "vm", "azure")
def test_ssh_takes_the_users_key_only(work: Work, facts: Facts, host: Any) -> None:
    report = work("ssh_login.py", interpreter=SYSTEM)
    password = ["password"] if facts.variable("base_ssh_password_authentication") else []
    assert report == {"methods": [*password, "publickey"], "stranger": 255, "login": facts.user}


@pytest.mark.tcg
@pytest.mark.services("burnish-ssh-keys.service")
@pytest.mark.levels("container", "vm", "azure")
def test_host_keys_are_this_machines_own(work: Work, facts: Facts, host: Any) -> None:
    report = work("host_keys.py", interpreter=SYSTEM, user="root")
    types = sorted(facts.variable("base_ssh_host_key_types"))
    assert report == {"types": types, "inherited": [], "readable": []}


@pytest.mark.levels("container", "vm", "azure")
def test_locale_and_time_zone_are_set(settings: Any, facts: Facts) -> None:
    report = settings("place")
    locale, zone = facts.variable("base_locale"), facts.variable("base_timezone")
    name, _, encoding = locale.partition(".")
    assert report["lang"] == locale
    assert report["usable"] in (f"('{name}', '{encoding}')", f"('en_US', '{encoding}')")
    assert report["timezone"] == zone
    assert report["offset"] == {"Etc/UTC": "12:00", "Europe/Berlin": "13:00"}[zone]


@pytest.mark.services("systemd-journald.service")
@pytest.mark.levels("container", "vm", "azure")
def test_journal_is_kept_within_its_limit(settings: Any, facts: Facts, host: Any) -> None:
    report = settings("journal")
    limit = facts.variable("base_journal_max_use")
    number, unit = float(limit[:-1]), limit[-1]
    assert report == {"limits": [f"{number:g}{unit}"] * len(report["limits"]), "persistent": True}
    assert report["limits"] != []


@pytest.mark.levels("container", "vm", "azure")
def test_apt_does_nothing_unasked(settings: Any, facts: Facts) -> None:
    report = settings("apt")
    by_itself = facts.variable("base_automatic_upgrades")
    assert set(report["timers"].values()) == {"enabled" if by_itself else "disabled"}
    assert report["settings"]["APT::Periodic::Enable"] == str(int(by_itself))
    assert report["settings"]["APT::Periodic::Unattended-Upgrade"] == str(int(by_itself))
    assert int(report["settings"]["DPkg::Lock::Timeout"]) >= 60


@pytest.mark.levels("container", "vm", "azure")
def test_packages_are_whole(work: Work, facts: Facts) -> None:
    report = work("packages.py", interpreter=SYSTEM, user="root")
    if "cuda" in facts.roles:
        # it holds kernel and driver, which its own check looks at, and drops what only built the modules
        report["held"] = []
        report["missing"] = [path for path in report["missing"] if not path.startswith(BUILT_WITH)]
    assert report == {"audit": "", "apt": "", "changed": [], "missing": [], "held": []}


@pytest.mark.levels("container", "vm", "azure")
def test_a_cpu_image_holds_nothing_of_nvidias(work: Work, facts: Facts) -> None:
    report = work("nvidia_traces.py", interpreter=SYSTEM, user="root")
    assert facts.flavour != "cpu" or report == {"packages": [], "files": []}


@pytest.mark.levels("container", "vm", "azure")
def test_chrony_takes_the_hosts_clock_where_there_is_one(settings: Any) -> None:
    report = settings("clock")
    assert report["refclocks"] == [CLOCK]
    assert {"pool", "server"} & set(report["without"]), "no source where no host gives its clock"
    assert report["enabled"] == "enabled"


@pytest.mark.levels("container", "vm", "azure")
def test_cloud_init_knows_where_to_look(settings: Any, facts: Facts) -> None:
    report = settings("cloud")
    assert report["datasource_list"] == facts.variable("base_datasources")
    assert report["datasource"]["Azure"]["apply_network_config"] is True
    assert report["locale"] is False
    assert report["apt"]["preserve_sources_list"] is True
    assert report["ssh_deletekeys"] is True


@pytest.mark.levels("container", "vm", "azure")
def test_azure_agent_leaves_users_and_disks_alone(
    settings: Any, facts: Facts, real: Callable[[str], None]
) -> None:
    real("walinuxagent")
    report = settings("agent")
    assert report["Provisioning.Agent"] == "cloud-init"
    assert report["ResourceDisk.Format"] == "False"
    assert report["ResourceDisk.EnableSwap"] == "False"
    # it reports ready to Azure once that key is there, and none but these is ever made
    assert report["Provisioning.SshHostKeyPairType"] in facts.variable("base_ssh_host_key_types")


@pytest.mark.levels("container", "vm", "azure")
def test_tools_at_the_prompt_work(work: Work) -> None:
    assert work("prompt.py", interpreter=SYSTEM) == {
        "git": ["Prover: Add data", "data.csv"],
        "jq": "45",
        "packed": {"xz": 1000, "bzip2": 1000, "zstd": 1000},
        "rsync": "moved",
        "tmux": "work",
        "file": "application/json",
    }


@pytest.mark.tcg
@pytest.mark.services("systemd-networkd.service", "cloud-init.service")
@pytest.mark.levels("vm", "azure")
def test_boot_set_the_machine_up(work: Work, facts: Facts, host: Any) -> None:
    report = work("boot.py", interpreter=SYSTEM, user="root")
    wanted = set(facts.variable("base_kernel_command_line"))
    assert wanted <= set(report["command_line"])
    assert '"local":' in report["address"]
    assert "routable" in report["network"]
    assert report["resolver"] == "/run/systemd/resolve/stub-resolv.conf"
    assert report["own_name"] != ""
    assert report["grown"] > 0.85
    assert report["cloud_init"]["status"] == "done"
    assert report["menu"] != [] and all(wanted <= set(line.split()) for line in report["menu"])
