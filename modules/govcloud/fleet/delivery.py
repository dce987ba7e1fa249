"""The Secret in which the keys of an identity are delivered: how it differs from what was delivered, and is put right.

No value of it gets into a difference; whether the secret half of the pair is right is found by using the pair.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from govcloud.comparison import Change
from govcloud.errors import Text
from govcloud.fleet.drift import Difference, DifferenceKind, subject
from govcloud.fleet.live import LiveCluster
from govcloud.fleet.repair import operations
from govcloud.plan import AUTHORITY, SecretTarget
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.site import authority_of
from govcloud.render import TenantManifests

__all__ = ["delivered", "secret_differences", "settings", "take_back"]

_KEYS = _ACCESS, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_DELIVERED, _WITHHELD = "as delivered", "another value"
"""How the content of a Secret is shown."""


def delivered(rendered: TenantManifests) -> list[dict[str, Any]]:
    """Return the Secrets with keys of a tenant as manifests that say all of them but their content."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": {"name": target.name, "namespace": target.namespace, "labels": dict(target.labels)},
        }
        for target in (identity.secret for identity in rendered.identities)
    ]


def settings(cloud: str, target: SecretTarget) -> dict[str, str]:
    """Return what is delivered into a Secret besides the keys."""
    authority = {AUTHORITY: authority_of(cloud, target.authority_from)} if target.authority_from else {}
    return {**target.settings, **authority}


def secret_differences(
    name: str,
    wanted: Mapping[str, str],
    live: Mapping[str, Any],
    identity: LiveIdentity | None,
    works: Callable[[AccessKey], bool],
) -> list[Difference]:
    """Return where the content of a delivered Secret is not what it shall be; no value of it is ever shown.

    `wanted` is all that the Secret shall hold besides the keys, which shall be those of `identity`; `works` tells
    whether the store takes a pair.
    """
    data = {key: _decoded(value) for key, value in (live.get("data") or {}).items()}
    wrong = data.keys() - {_ACCESS, _SECRET, *wanted}
    wrong |= {key for key, value in wanted.items() if data.get(key) != value}
    access, secret = data.get(_ACCESS), data.get(_SECRET)
    if identity is not None and access not in identity.access_keys:
        wrong.add(_ACCESS)
    elif access is None or secret is None:
        wrong |= {key for key, value in ((_ACCESS, access), (_SECRET, secret)) if value is None}
    elif identity is not None and identity.enabled and not works(AccessKey(access, secret)):
        wrong.add(_SECRET)
    declared = {*wanted, _ACCESS, _SECRET}
    return [
        Difference(
            name,
            DifferenceKind.CHANGED,
            f"data.{key}",
            _DELIVERED if key in declared else "absent",
            _WITHHELD if key in data else "absent",
        )
        for key in sorted(wrong)
    ]


def _decoded(value: object) -> str | None:
    """Return a value of a Secret as text; None for what is none, and so differs from all that was delivered."""
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def take_back(cluster: LiveCluster, rendered: TenantManifests) -> Iterator[Text]:
    """Remove from the delivered Secrets what somebody added, which Pulumi leaves alone; yield a line for each.

    Raises CloudError when the cluster cannot be read or refuses.
    """
    wanted = delivered(rendered)
    known = {
        subject(manifest): {*identity.secret.settings, *_KEYS, *([AUTHORITY] if identity.secret.authority_from else [])}
        for identity, manifest in zip(rendered.identities, wanted, strict=True)
    }
    for live in cluster.objects(wanted):
        name = subject(live)
        added = sorted((live.get("data") or {}).keys() - known[name]) if name in known else []
        if added:
            cluster.patch(live, operations([Change(("data", key), None, _WITHHELD) for key in added]))
            fields = ", ".join(f"data.{key}" for key in added)
            yield Text(
                f"{name} was added to by somebody: taken back ({fields})",
                f"{name} bị thêm vào: đưa về như khai báo ({fields})",
            )
