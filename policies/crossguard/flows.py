"""NET-04 at preview: flows name both ends by exact labels; nothing is published around the policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declared import Declared

from govcloud.rules import controls

__all__ = ["policies_name_their_peers", "services_stay_inside"]

_FLOWS = controls.by_id("NET-04")
_NAME_LABEL = "kubernetes.io/metadata.name"
"""Set by the API server on every namespace to its own name, and not changeable."""


def policies_name_their_peers(resource: Declared) -> Iterator[str]:
    """Every rule of a NetworkPolicy names peers, and every peer is one tenant's zone, or one namespace by
    name."""
    if resource.kind != "NetworkPolicy":
        return
    for direction, end in (("ingress", "from"), ("egress", "to")):
        for rule in resource.spec.get(direction) or ():
            peers = rule.get(end) or ()
            if not peers:
                yield f"NetworkPolicy {resource.name}: an {direction} rule without `{end}` opens to everybody"
            for peer in peers:
                for violation in _peer(peer):
                    yield f"NetworkPolicy {resource.name}: {direction}: {violation}"


def _peer(peer: Mapping[str, Any]) -> Iterator[str]:
    block = peer.get("ipBlock")
    if block is not None:
        cidr = str(block.get("cidr"))
        # a dedicated range may be declared; everything, or half of everything, may not
        if cidr in _FLOWS.strings("cidr_refused") or cidr.rpartition("/")[2] in ("0", "1"):
            yield f"the address range {cidr} is refused"
        return
    selector = peer.get("namespaceSelector")
    if selector is None:
        if peer.get("podSelector") is None:
            yield "a peer that selects nothing is refused"
        return
    exact = selector.get("matchLabels") or {}
    if selector.get("matchExpressions"):
        yield "namespaces must be named by exact labels, not by expressions"
    elif not exact.get(_FLOWS.string("selector_label")) and not exact.get(_NAME_LABEL):
        yield f"namespaces must be named by the exact label {_FLOWS.string('selector_label')}"


def services_stay_inside(resource: Declared) -> Iterator[str]:
    """A Service is reachable inside the cluster only."""
    if resource.kind != "Service":
        return
    kind = resource.spec.get("type") or "ClusterIP"
    if kind in _FLOWS.strings("service_types_refused"):
        yield f"Service {resource.name} of type {kind} is refused"
    if resource.spec.get("externalIPs"):
        yield f"Service {resource.name}: externalIPs are refused"
