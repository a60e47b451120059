"""Gives what a module's call is about, of modules without a model of their own.

Two calls about one subject that differ undo each other: the second run shows it. The options that a
module requires name its subject, but for those here, which require the value that is set too, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulator.options import required

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "win_computer_description": (),
    "win_credential": ("name", "type"),
    "win_data_deduplication": ("drive_letter",),
    "win_dns_client": ("adapter_names",),
    "win_firewall": ("profiles",),
    "win_firewall_rule": ("name", "group"),
    "win_hostname": (),
    "win_hotfix": ("hotfix_identifier", "hotfix_kb", "source"),
    "win_hosts": ("canonical_name", "ip_address"),
    "win_http_proxy": (),
    "win_inet_proxy": ("connection",),
    "win_lineinfile": ("path", "regex", "line"),
    "win_owner": ("path",),
    "win_pagefile": ("drive",),
    "win_power_plan": (),
    "win_region": (),
    "win_security_policy": ("section", "key"),
    "win_timezone": (),
    "win_user_right": ("name",),
    "win_xml": ("path", "xpath"),
}


def subject(module: str) -> tuple[str, ...]:
    """The options that name what a call of the module is about."""
    return SUBJECTS.get(module.rpartition(".")[2], required(module))
