"""Address ranges: read in the one form that leaves no doubt, and compared whatever their version."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterable

__all__ = ["Network", "inside", "overlaps", "parse", "span", "united"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DISGUISES = tuple(
    ipaddress.IPv6Network(text)
    for text in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
"""IPv6 ranges whose addresses stand for IPv4 ones: compatible, mapped (RFC 4291), translated (RFC 6052 and 8215),
Teredo (RFC 4380) and 6to4 (RFC 3056). Written so, two pools could be one without any overlap to be seen."""


@functools.lru_cache(maxsize=1 << 16)
def parse(text: str) -> Network:
    """Return the network that `text` writes as `address/length`.

    Raises ValueError for everything else that `ipaddress` would take for one: masks instead of lengths, host bits set,
    scopes, and IPv4 addresses disguised as IPv6, also where a wide range merely holds them.
    """
    address, slash, length = text.partition("/")
    if not slash or not length.isascii() or not length.isdigit() or "%" in address:
        raise ValueError("write address/length")
    network = ipaddress.ip_network(f"{address}/{length}")
    if isinstance(network, ipaddress.IPv6Network) and any(network.overlaps(d) for d in _DISGUISES):
        raise ValueError("write IPv4 addresses as IPv4")
    return network


def inside(pool: Network, bound: Network) -> bool:
    """Return whether `bound` holds all of `pool`."""
    first, last = span(pool)
    lowest, highest = span(bound)
    return pool.version == bound.version and lowest <= first and last <= highest


def overlaps(one: Network, other: Network) -> bool:
    """Return whether the two share an address."""
    return one.version == other.version and one.overlaps(other)


def span(network: Network) -> tuple[int, int]:
    """Return the first and last address as numbers."""
    return int(network.network_address), int(network.broadcast_address)


def united(networks: Iterable[Network], bound: Network) -> list[tuple[int, int]]:
    """Return which parts of `bound` the networks cover, as disjoint spans in order."""
    lowest, highest = span(bound)
    found: list[tuple[int, int]] = []
    for first, last in sorted(span(n) for n in networks if n.version == bound.version):
        if last < lowest or first > highest:
            continue
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], min(last, highest)))
        else:
            found.append((max(first, lowest), min(last, highest)))
    return found
