"""STO-01, STO-03, STO-04 and CRY-03 at preview: buckets are private, tagged, versioned and encrypted; identities reach
only what they name."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from declared import Declared, control, resource_rule
from declared_clouds import declared_clouds
from declared_levels import least_by_level

from govcloud.country.controls import Control
from govcloud.model.level import REPLACED_VERSIONS

__all__ = [
    "bucket_ends_no_version_early",
    "bucket_is_encrypted",
    "bucket_is_private",
    "bucket_keeps_versions",
    "bucket_says_whose_it_is",
    "identity_reaches_only_its_own",
    "only_shared_buckets_are_given_to_others",
]

_PUBLIC = control("STO-01")
_OWNERS = control("STO-03")
_VERSIONS = control("STO-04")
_ENCRYPTION = control("CRY-03")
_STORE = "-store"
"""What the name of a store's provider ends in, behind its cloud's."""
_CLASS = "govcloud.gov.vn/class"
_LEVEL_TAGS = ("govcloud.gov.vn/level", "level")


@resource_rule("STO-01")
def bucket_is_private(resource: Declared) -> Iterator[str]:
    """A bucket asks for no public access, by whatever field."""
    if resource.type != "govcloud:storage:Bucket":
        return
    name = resource.props.get("name")
    if resource.props.get("public"):
        yield f"bucket {name} is public"
    acl = resource.props.get("acl")
    if acl is not None and acl not in _PUBLIC.strings("acl_allowed"):
        yield f"bucket {name} has the access list {acl}"
    for statement in _statements(resource.props.get("policy")):
        if statement.get("Effect") == "Allow" and _everybody(statement.get("Principal")):
            yield f"the policy of bucket {name} lets everybody in"
        if "NotPrincipal" in statement:
            yield f"the policy of bucket {name} lets in whom it does not name"


@resource_rule("STO-01")
def only_shared_buckets_are_given_to_others(resource: Declared) -> Iterator[str]:
    """Others get rights on a bucket by grants alone, and on one that is shared: a bucket names each of its grants."""
    props = resource.props
    shared = (props.get("tags") or {}).get(_CLASS) == "shared"
    if resource.type == "govcloud:storage:Bucket" and props.get("grants") and not shared:
        yield f"bucket {props.get('name')} is not shared, and others get rights on it"
    # Its owner has his rights by his own policy.
    allows = any(statement.get("effect") == "Allow" for statement in props.get("statements") or ())
    if resource.type == "govcloud:storage:BucketPolicy" and allows:
        yield f"the policy of bucket {props.get('bucket')} gives rights, which grants alone do"


@resource_rule("STO-01")
def identity_reaches_only_its_own(resource: Declared) -> Iterator[str]:
    """An identity's policy allows actions on buckets by name, never by a wildcard that reaches another's."""
    if resource.type != "govcloud:storage:Identity":
        return
    own = [str(bucket) for bucket in resource.props.get("buckets") or ()]
    for statement in _statements(resource.props.get("policy")):
        if statement.get("Effect") != "Allow":
            continue
        for target in _listed(statement.get("Resource")):
            bucket, _, _ = target.removeprefix("arn:aws:s3:::").partition("/")
            if bucket not in own or not target.startswith("arn:aws:s3:::"):
                yield f"identity {resource.props.get('name')} reaches {target}, beyond its buckets {', '.join(own)}"
        if "NotResource" in statement or "NotAction" in statement:
            yield f"identity {resource.props.get('name')} is allowed whatever its policy does not name"


@resource_rule("STO-04")
def bucket_keeps_versions(resource: Declared) -> Iterator[str]:
    """A bucket of a tenant at or above the control's level keeps versions; without a level it must as well."""
    if _must(resource, _VERSIONS) and resource.props.get("versioning") is not True:
        yield f"bucket {resource.props.get('name')} of level {_level(resource) or 'unknown'} keeps no versions"


@resource_rule("STO-04")
def bucket_ends_no_version_early(resource: Declared) -> Iterator[str]:
    """No rule of a bucket ends what nobody deleted, or what was replaced before the days of its level are over."""
    if not _must(resource, _VERSIONS):
        return
    level = _level(resource)
    least = least_by_level(REPLACED_VERSIONS, int(level) if level in ("1", "2", "3", "4", "5") else 5)
    for rule in resource.props.get("lifecycle") or ():
        if rule.get("expireDays") is not None:
            yield f"a rule of bucket {resource.props.get('name')} ends what nobody deleted"
        days = rule.get("noncurrentDays")
        if days is not None and days < least:
            yield f"a rule of bucket {resource.props.get('name')} ends replaced versions after {days} of {least} days"


@resource_rule("CRY-03")
def bucket_is_encrypted(resource: Declared) -> Iterator[str]:
    """A bucket of a tenant at or above the control's level is encrypted at rest; without a level it must be as well.

    Where the cloud declares who attests that the disks below its store are encrypted, that counts, to its last day.
    """
    asked = resource.props.get("encryption", True) is True
    if _must(resource, _ENCRYPTION) and not asked and not _attested(resource.cloud):
        yield f"bucket {resource.props.get('name')} of level {_level(resource) or 'unknown'} is not encrypted"


@resource_rule("STO-03")
def bucket_says_whose_it_is(resource: Declared) -> Iterator[str]:
    """A bucket has the tags that tell its owner and the class of what is in it."""
    if resource.type == "govcloud:storage:Bucket":
        tags = resource.props.get("tags") or {}
        missing = [tag for tag in _OWNERS.strings("tags_required") if not tags.get(tag)]
        if missing:
            yield f"bucket {resource.props.get('name')} has no tag {', '.join(missing)}"


def _attested(cloud: str) -> bool:
    """Return whether somebody attests today that the disks of a cloud's store are encrypted."""
    today = datetime.date.today()
    stores = [spec.object_store for spec in declared_clouds(cloud.removesuffix(_STORE))]
    return bool(stores) and all(s.sealed_disks is not None and today <= s.sealed_disks.until for s in stores)


def _must(resource: Declared, demanded: Control) -> bool:
    """Return whether a resource is a bucket on which the control bears, by its level."""
    level = _level(resource)
    exempt = level.isascii() and level.isdigit() and int(level) < demanded.level
    return resource.type == "govcloud:storage:Bucket" and not exempt


def _level(resource: Declared) -> str:
    tags = resource.props.get("tags") or {}
    return next((str(tags[key]) for key in _LEVEL_TAGS if tags.get(key)), "")


def _statements(policy: Any) -> Sequence[Mapping[str, Any]]:
    if not policy:
        return ()
    document = json.loads(policy) if isinstance(policy, str) else policy
    found = document.get("Statement") or ()
    return (found,) if isinstance(found, Mapping) else found


def _everybody(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return any(_everybody(value) for value in principal.values())
    return any(str(p) in _PUBLIC.strings("principals_refused") for p in _listed(principal))


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(v) for v in value]
