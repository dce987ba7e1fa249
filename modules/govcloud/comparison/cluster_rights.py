"""Who holds rights across the whole cluster, and whether anybody declared that.

A ClusterRoleBinding reaches every tenant, whoever it names, so each must be accounted for. Four kinds are:

- what the cluster's stack declares;
- Kubernetes' own: `system:` roles of `system:` identities, which only the cluster's authority can give out;
- those of the law: control TEN-04 names who may hold rights across a cluster;
- the site's software: service accounts in namespaces of the site's own, which no declaration describes.

Everything else gives somebody what nobody declared: a person, everybody, or an account where tenants or anybody may run
something.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from govcloud.country import controls
from govcloud.country.law_folder import PROJECT_LAW

__all__ = ["EVERYBODY", "HARMLESS", "holders", "undeclared_rights", "widened"]

EVERYBODY: Final = frozenset(
    {"system:anonymous", "system:authenticated", "system:unauthenticated", "system:serviceaccounts"}
)
"""Whom the API server takes anybody for."""
HARMLESS: Final = frozenset(
    {
        "system:basic-user",
        "system:cluster-trust-bundle-discovery",
        "system:discovery",
        "system:public-info-viewer",
        "system:service-account-issuer-discovery",
    }
)
"""Cluster roles that Kubernetes itself gives to everybody; as it makes them, they show nothing of a tenant."""

_FOR_ALL: Final = frozenset(
    {"clustertrustbundles", "selfsubjectaccessreviews", "selfsubjectreviews", "selfsubjectrulesreviews"}
)
"""What these roles give as Kubernetes makes them: whose certificates to trust, who am I, what may I do."""
_SYSTEM: Final = "system:"
_ACCOUNTS: Final = "system:serviceaccounts:"
_ACCOUNT: Final = "system:serviceaccount:"
_NOBODYS: Final = frozenset({"default", "kube-node-lease", "kube-public"})
"""Namespaces that every cluster has and where no software of the site belongs."""


def holders(law: Path | None) -> frozenset[str]:
    """Return the users and groups that a law lets hold rights across a cluster; by default the project's law."""
    return frozenset(controls.in_force(law or PROJECT_LAW)["TEN-04"].strings("cluster_rights"))


def undeclared_rights(binding: Mapping[str, Any], tenants: Collection[str], lawful: Collection[str]) -> Iterator[str]:
    """Yield each right, as role → holder, that an undeclared ClusterRoleBinding gives and should not.

    `tenants` are the namespaces of tenants: no account there may reach beyond them. `lawful` are the law's
    :func:`holders`.
    """
    role = str((binding.get("roleRef") or {}).get("name"))
    for subject in binding.get("subjects") or ():
        kind, name = str(subject.get("kind")), str(subject.get("name"))
        space = str(subject.get("namespace") or "")
        if not (_sites(space, tenants) if kind == "ServiceAccount" else _known(name, role, tenants, lawful)):
            yield f"{role} → {kind} {space}/{name}" if space else f"{role} → {kind} {name}"


def widened(role: Mapping[str, Any]) -> Iterator[str]:
    """Yield the resources that a role of everybody's gives, and as Kubernetes makes it, does not."""
    if role["metadata"]["name"] in HARMLESS:
        for rule in role.get("rules") or ():
            yield from (str(resource) for resource in rule.get("resources") or () if resource not in _FOR_ALL)


def _known(name: str, role: str, tenants: Collection[str], lawful: Collection[str]) -> bool:
    """Tell whether a user or group may hold `role` everywhere."""
    if name in EVERYBODY:
        return role in HARMLESS
    for prefix in (_ACCOUNTS, _ACCOUNT):
        # Accounts by another name: all of a namespace, or one spelt as a user.
        if name.startswith(prefix):
            return _sites(name.removeprefix(prefix).partition(":")[0], tenants)
    if name in lawful:
        return True
    # Kubernetes' parts have roles of their own; all rights are for nobody but the one group that it makes for them.
    return name.startswith(_SYSTEM) and (
        role.startswith(_SYSTEM) or (name, role) == ("system:masters", "cluster-admin")
    )


def _sites(namespace: str, tenants: Collection[str]) -> bool:
    """Tell whether a namespace is one of the site's, where its software runs."""
    return bool(namespace) and namespace not in _NOBODYS and namespace not in tenants
