"""The Secret in which the keys of an identity are delivered, beside what was delivered: for drift and audit alike.

No value of it is ever shown; whether the secret half of the pair is right is found by using the pair.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from govcloud.plan import AUTHORITY, SecretTarget, StorageIdentity
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.deviation import Deviation
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.site import authority_of
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import View
from govcloud_base.errors import Text

__all__ = [
    "KIND",
    "WITHHELD",
    "compare",
    "delivered_keys",
    "deviations",
    "manifest",
    "name_of",
    "pair",
    "settings",
    "works",
]

KIND = "Secret"
WITHHELD = "another value"
"""How what is not as delivered is shown."""
_DELIVERED = "as delivered"
_KEYS = _ACCESS, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_WRONG_PAIR = ("SignatureDoesNotMatch", "InvalidAccessKeyId")


def name_of(target: SecretTarget) -> str:
    """Return how deviations name a delivered Secret: `h41-prod-srv/object-store`."""
    return f"{target.namespace}/{target.name}"


def manifest(target: SecretTarget) -> dict[str, Any]:
    """Return a Secret with keys as a manifest that says all of it but its content."""
    return {
        "apiVersion": "v1",
        "kind": KIND,
        "type": "Opaque",
        "metadata": {"name": target.name, "namespace": target.namespace, "labels": dict(target.labels)},
    }


def delivered_keys(target: SecretTarget) -> frozenset[str]:
    """Return the keys of all that is delivered into a Secret."""
    return frozenset([*target.settings, *_KEYS, *([AUTHORITY] if target.authority_from else [])])


def settings(cloud: str, target: SecretTarget, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what is delivered into a Secret besides the keys; `environment` is the cloud's.

    Raises EnvironmentProblem where the store's authority is not known here.
    """
    authority = {AUTHORITY: authority_of(cloud, target.authority_from, environment)} if target.authority_from else {}
    return {**target.settings, **authority}


def pair(secret: Mapping[str, Any]) -> AccessKey | None:
    """Return the keys that a live Secret holds; None where it holds no pair."""
    data = secret.get("data") or {}
    access, hidden = (_decoded(data.get(key)) for key in _KEYS)
    return AccessKey(access, hidden) if access and hidden else None


def compare(
    store: Store,
    view: View,
    planned: Iterable[StorageIdentity],
    live: Mapping[str, Mapping[str, Any]],
    cloud: str,
    environment: Mapping[str, str],
) -> Iterator[Deviation]:
    """Yield where the Secrets of these identities do not hold what was delivered into them; of one that is not among
    the `live`, by its name, nothing is said.

    `view` was read from the store of `cloud`, and `environment` is the cloud's. Raises CloudError where the store does
    not answer, EnvironmentProblem where its authority is not known here.
    """
    for identity in planned:
        if (found := live.get(name_of(identity.secret))) is not None:
            wanted, owner = settings(cloud, identity.secret, environment), view.identity(identity.name)
            yield from deviations(name_of(identity.secret), wanted, found, owner, partial(works, store, identity))


def deviations(
    name: str,
    wanted: Mapping[str, str],
    live: Mapping[str, Any],
    owner: LiveIdentity | None,
    works: Callable[[AccessKey], bool],
) -> Iterator[Deviation]:
    """Yield where the content of the live Secret is not what was delivered, field by field.

    `wanted` is all that it shall hold besides the keys, which shall be those of `owner`; `works` tells whether the
    store takes a pair.
    """
    data = {key: _decoded(value) for key, value in (live.get("data") or {}).items()}
    wrong = data.keys() - {_ACCESS, _SECRET, *wanted}
    wrong |= {key for key, value in wanted.items() if data.get(key) != value}
    access, secret = data.get(_ACCESS), data.get(_SECRET)
    if owner is not None and access not in owner.access_keys:
        wrong.add(_ACCESS)
    elif access is None or secret is None:
        wrong |= {key for key, value in ((_ACCESS, access), (_SECRET, secret)) if value is None}
    elif owner is not None and owner.enabled and not works(AccessKey(access, secret)):
        wrong.add(_SECRET)
    declared = {*wanted, _ACCESS, _SECRET}
    for key in sorted(wrong):
        was, found = _DELIVERED if key in declared else "absent", WITHHELD if key in data else "absent"
        yield Deviation(KIND, name, f"data.{key}", was, found)


def works(store: Store, identity: StorageIdentity, key: AccessKey) -> bool:
    """Return whether the store takes the pair for what it is; what the pair may do is not asked here.

    Raises CloudError where the store does not answer.
    """
    from botocore.exceptions import ClientError

    action = Text(f"trying the delivered key of {identity.name}", f"việc thử khóa đã giao của {identity.name}")
    with store.reported(action), closing(store.client(key)) as s3:
        try:
            s3.list_objects_v2(Bucket=identity.buckets[0], MaxKeys=1)
        except ClientError as error:
            return error_code(error) not in _WRONG_PAIR
    return True


def _decoded(value: object) -> str | None:
    """Return a value of a Secret as text; None for what is none, and so differs from all that was delivered."""
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
