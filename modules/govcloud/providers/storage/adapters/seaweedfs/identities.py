"""Everybody whom a SeaweedFS would let in, out of what its shell prints: users, their service accounts and groups.

Pure. The shell's export holds secret keys, which are dropped here; nothing of it may get into a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from govcloud.providers.storage.adapters import LiveIdentity

__all__ = ["memberships", "parsed", "policies", "service_accounts"]

_END = re.compile(r"^---$", re.MULTILINE)
_ENTRY = re.compile(r"\s*Name: (?P<name>[^\n]*)\nContent: (?P<content>.*)", re.DOTALL)


def parsed(
    export: Mapping[str, Any], documents: Mapping[str, Mapping[str, object]], own_policy: Callable[[str], str]
) -> tuple[LiveIdentity, ...]:
    """Return the identities of an export (`s3.iam.export`), each with all that it may by whatever way.

    `documents` are policies by name; `own_policy` tells the name of the policy that this project keeps for an identity.
    """
    return tuple(_identity(record, export, documents, own_policy) for record in _rows(export, "identities"))


def policies(text: str) -> dict[str, Mapping[str, object]]:
    """Return the policies of a list (`s3.policy -list`) by name.

    Raises ValueError that names the policy whose content is not a JSON object.
    """
    found: dict[str, Mapping[str, object]] = {}
    for part in _END.split(text):
        entry = _ENTRY.fullmatch(part)
        if entry is None:
            continue
        try:
            document = json.loads(entry["content"])
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise ValueError(f"policy {entry['name']} is no JSON object")
        found[entry["name"]] = document
    return found


def service_accounts(export: Mapping[str, Any], parent: str) -> Iterator[tuple[str, str]]:
    """Yield id and access key of each service account of an identity: a key beside its own that has its rights."""
    for row in _rows(export, "serviceAccounts"):
        if row.get("parentUser") == parent:
            yield str(row.get("id")), str((row.get("credential") or {}).get("accessKey"))


def memberships(export: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield each group through which an identity has policies."""
    for group in _rows(export, "groups"):
        if name in (group.get("members") or ()) and not group.get("disabled") and group.get("policyNames"):
            yield str(group["name"])


def _identity(
    record: Mapping[str, Any],
    export: Mapping[str, Any],
    documents: Mapping[str, Mapping[str, object]],
    own_policy: Callable[[str], str],
) -> LiveIdentity:
    name = str(record["name"])
    attached = [str(policy) for policy in record.get("policyNames") or ()]
    through = set(memberships(export, name))
    for group in _rows(export, "groups"):
        if group.get("name") in through:
            attached += [f"{group['name']}/{policy}" for policy in group["policyNames"]]
    own = own_policy(name)
    keys = [str(key.get("accessKey")) for key in record.get("credentials") or () if key.get("status") != "Inactive"]
    return LiveIdentity(
        name=name,
        enabled=not record.get("disabled"),
        managed=not record.get("isStatic"),
        policies=tuple(sorted(attached)),
        access_keys=tuple(sorted([*keys, *(key for _, key in service_accounts(export, name))])),
        document=documents.get(own) if own in attached else None,
        others=tuple(
            documents[policy] for policy in (p.rpartition("/")[2] for p in attached if p != own) if policy in documents
        ),
        actions=tuple(sorted(str(action) for action in record.get("actions") or ())),
    )


def _rows(export: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [row for row in export.get(name) or () if isinstance(row, Mapping)]
