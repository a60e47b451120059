"""The simulated Azure's DHCP: what a machine is told beside its address, and whom it tells nothing."""

from __future__ import annotations

import pytest
from burnish.build.fabric import dhcp
from burnish.model.fabric import Fabric

FABRIC = Fabric()
MAC = bytes.fromhex("000d3a5b1e2f")


def request(
    kind: int, *, mac: bytes = MAC, operation: int = 1, cookie: bytes = dhcp.COOKIE
) -> bytes:
    head = (operation, 1, 6, 0, 0xCAFE, 0, 0, bytes(4), bytes(4), bytes(4), bytes(4))
    # a byte of padding first, which options may have
    return dhcp.FIXED.pack(*head, mac, b"", b"", cookie) + bytes([0, dhcp.KIND, 1, kind, dhcp.END])


@pytest.mark.parametrize(
    ("asked", "answered"),
    [(dhcp.DISCOVER, dhcp.OFFER), (dhcp.REQUEST, dhcp.ACK), (dhcp.INFORM, dhcp.ACK)],
)
def test_a_machine_gets_its_address_and_the_way_to_the_wireserver(
    asked: int, answered: int
) -> None:
    told = dhcp.reply(request(asked), fabric=FABRIC)
    assert told
    fixed = dhcp.FIXED.unpack_from(told)
    assert (fixed[0], fixed[4], fixed[8]) == (2, 0xCAFE, bytes([10, 0, 0, 4]))
    options = dhcp.options(told)
    assert options[dhcp.KIND] == bytes([answered])
    assert options[dhcp.WIRESERVER] == bytes([168, 63, 129, 16])
    gateway = bytes([10, 0, 0, 1])
    assert options[dhcp.ROUTES] == (
        b"\0"
        + gateway
        + bytes([32, 168, 63, 129, 16])
        + gateway
        + bytes([32, 169, 254, 169, 254])
        + gateway
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(request(dhcp.DISCOVER, mac=b"\2" * 6), id="another machine"),
        pytest.param(request(dhcp.DISCOVER, operation=2), id="a reply"),
        pytest.param(request(dhcp.DISCOVER, cookie=b"BOOT"), id="no DHCP"),
        pytest.param(request(7), id="a release"),
        pytest.param(request(dhcp.DISCOVER)[:100], id="cut off"),
        pytest.param(request(dhcp.DISCOVER)[: dhcp.FIXED.size + 2], id="cut off in the options"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_nobody_else_is_told_anything(data: bytes) -> None:
    assert dhcp.reply(data, fabric=FABRIC) is None


def test_a_packet_that_is_cut_short_ends_nobody() -> None:
    empty = request(dhcp.DISCOVER)[: dhcp.FIXED.size] + bytes([dhcp.KIND, 0, dhcp.END])
    for packet in (empty, request(dhcp.DISCOVER)[: dhcp.FIXED.size + 3]):
        assert dhcp.reply(packet, fabric=FABRIC) is None
