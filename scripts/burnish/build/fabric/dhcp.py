"""The simulated Azure's DHCP: a request's bytes in, the reply's out. Pure.

Beside the address, a machine is told where the wireserver is (option 245, Azure's own) and the routes to
both services (option 121): waagent takes the route for the sign that there is a wireserver.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv4Network

from burnish.model.fabric import GATEWAY, GUEST, IMDS, NETWORK, WIRE, Fabric

FIXED = struct.Struct("!4B I 2H 4s 4s 4s 4s 16s 64s 128s 4s")
COOKIE = b"\x63\x82\x53\x63"
DISCOVER, OFFER, REQUEST, ACK, INFORM = 1, 2, 3, 5, 8
REPLIES = {DISCOVER: OFFER, REQUEST: ACK, INFORM: ACK}
MASK, ROUTER, DNS, LEASE, KIND, SERVER, ROUTES, WIRESERVER, END = 1, 3, 6, 51, 53, 54, 121, 245, 255
SECONDS = 0xFFFFFFFF  # Azure's leases do not end


def reply(data: bytes, *, fabric: Fabric) -> bytes | None:
    """What goes back to the machine of `fabric`; None for whatever is no request of it."""
    if len(data) < FIXED.size:
        return None
    operation, kind, length, _, transaction, *_rest, hardware, _, _, cookie = FIXED.unpack_from(
        data
    )
    own = bytes.fromhex(fabric.mac.replace(":", ""))
    asked = int.from_bytes(options(data).get(KIND, b"")[:1])
    if operation != 1 or cookie != COOKIE or hardware[:length] != own or asked not in REPLIES:
        return None
    guest, server = _packed(GUEST), _packed(WIRE)
    # the broadcast flag: it cannot be reached by its address before it has one
    head = (2, kind, length, 0, transaction, 0, 0x8000, bytes(4), guest, server, bytes(4))
    fixed = FIXED.pack(*head, hardware, b"", b"", COOKIE)
    return fixed + b"".join(_option(*each) for each in _told(REPLIES[asked])) + bytes([END])


def options(data: bytes) -> dict[int, bytes]:
    """The options of a packet by their numbers."""
    found, at = {}, FIXED.size
    while at + 1 < len(data) and data[at] != END:
        if data[at] == 0:  # padding
            at += 1
            continue
        number, length = data[at], data[at + 1]
        found[number] = data[at + 2 : at + 2 + length]
        at += 2 + length
    return found


def _told(kind: int) -> tuple[tuple[int, bytes], ...]:
    network = IPv4Network(NETWORK)
    routes = (("0.0.0.0/0", GATEWAY), (f"{WIRE}/32", GATEWAY), (f"{IMDS}/32", GATEWAY))
    return (
        (KIND, bytes([kind])),
        (SERVER, _packed(WIRE)),
        (LEASE, struct.pack("!I", SECONDS)),
        (MASK, network.netmask.packed),
        (ROUTER, _packed(GATEWAY)),
        (DNS, _packed(WIRE)),
        (ROUTES, b"".join(_route(IPv4Network(to), by=by) for to, by in routes)),
        (WIRESERVER, _packed(WIRE)),
    )


def _route(to: IPv4Network, *, by: str) -> bytes:
    significant = (to.prefixlen + 7) // 8
    return bytes([to.prefixlen]) + to.network_address.packed[:significant] + _packed(by)


def _option(number: int, value: bytes) -> bytes:
    return bytes([number, len(value)]) + value


def _packed(address: str) -> bytes:
    return IPv4Address(address).packed
