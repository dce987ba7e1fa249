"""Reads users and roles out of an account: one by name, or all of them, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage.adapters.aws.account import ROLE
from govcloud.providers.storage.adapters.aws.held import Attached, Group, Held, Inline, Key, tag_map
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient
    from mypy_boto3_iam.type_defs import UserTypeDef

__all__ = [
    "ABSENT",
    "UNKNOWN",
    "attached",
    "everybody",
    "groups",
    "inline",
    "keys",
    "managed",
    "named",
    "somebody",
    "tags",
]

ABSENT: Final = "NoSuchEntity"
UNKNOWN: Final = ("NotImplemented", "501")
"""How servers answer an operation that they do not have."""
_AT_ONCE: Final = 8
_SERVICES_OWN: Final = "/aws-service-role/"
"""Path of roles that nobody but a service of Amazon's own can take."""


def named(iam: IAMClient, name: str) -> UserTypeDef | None:
    """Return a user without what hangs on it, None where there is none."""
    from botocore.exceptions import ClientError

    try:
        return iam.get_user(UserName=name)["User"]
    except ClientError as error:
        if error_code(error) == ABSENT:
            return None
        raise


def somebody(iam: IAMClient, name: str) -> Held | None:
    """Return a user with all that the account keeps for it, None where there is none."""
    user = named(iam, name)
    if user is None:
        return None
    bounding = user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return Held(
        name=user["UserName"],
        tags=tags(iam, user),
        boundary=managed(iam, bounding) if bounding else None,
        attached=_attached(iam, name),
        inline=tuple(
            Inline(policy, _document(iam.get_user_policy(UserName=name, PolicyName=policy)["PolicyDocument"]))
            for policy in inline(iam, name)
        ),
        groups=tuple(_group(iam, group) for group in groups(iam, name)),
        keys=keys(iam, name),
        console=_console(iam, name),
    )


def tags(iam: IAMClient, user: UserTypeDef) -> dict[str, str]:
    """Return the tags of a user."""
    said = user.get("Tags")
    if not said:  # some servers tell them apart from the user alone
        pages = iam.get_paginator("list_user_tags").paginate(UserName=user["UserName"])
        said = [row for page in pages for row in page["Tags"]]
    return tag_map(said)


def everybody(iam: IAMClient) -> list[Held]:
    """Return all users and roles. A server that does not tell the rights of all at once, as Amazon does, is asked for
    each user."""
    from botocore.exceptions import ClientError

    try:
        pages = [dict(page) for page in iam.get_paginator("get_account_authorization_details").paginate()]
    except ClientError as error:
        if error_code(error) not in UNKNOWN:
            raise
        names = [user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [held for held in pool.map(lambda name: somebody(iam, name), names) if held is not None]
    told = list(_told(pages))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda held: _with_ways_in(iam, held), told))


def attached(iam: IAMClient, name: str) -> list[str]:
    """Return the ARNs of the managed policies attached to a user."""
    pages = iam.get_paginator("list_attached_user_policies").paginate(UserName=name)
    return [row["PolicyArn"] for page in pages for row in page["AttachedPolicies"]]


def inline(iam: IAMClient, name: str) -> list[str]:
    """Return the names of the policies that are part of a user."""
    return [
        row for page in iam.get_paginator("list_user_policies").paginate(UserName=name) for row in page["PolicyNames"]
    ]


def groups(iam: IAMClient, name: str) -> list[str]:
    """Return the names of the groups of a user."""
    pages = iam.get_paginator("list_groups_for_user").paginate(UserName=name)
    return [row["GroupName"] for page in pages for row in page["Groups"]]


def keys(iam: IAMClient, name: str) -> tuple[Key, ...]:
    """Return the access keys of a user; none where it is gone meanwhile."""
    from botocore.exceptions import ClientError

    try:
        pages = iam.get_paginator("list_access_keys").paginate(UserName=name)
        return tuple(
            Key(r["AccessKeyId"], r["Status"] == "Active") for page in pages for r in page["AccessKeyMetadata"]
        )
    except ClientError as error:
        if error_code(error) == ABSENT:
            return ()
        raise


def managed(iam: IAMClient, arn: str) -> Attached:
    """Return a managed policy as it is now, under the ARN that the server itself gives it."""
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    said = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return Attached(found["Arn"], _document(said["Document"]))


def _attached(iam: IAMClient, name: str) -> tuple[Attached, ...]:
    """Return the managed policies of a user; none for one of a server's own configuration, who is a user in part."""
    from botocore.exceptions import ClientError

    try:
        return tuple(managed(iam, arn) for arn in attached(iam, name))
    except ClientError as error:
        if error_code(error) == ABSENT:
            return ()
        raise


def _group(iam: IAMClient, name: str) -> Group:
    given = iam.get_paginator("list_attached_group_policies").paginate(GroupName=name)
    own = iam.get_paginator("list_group_policies").paginate(GroupName=name)
    return Group(
        name,
        tuple(managed(iam, row["PolicyArn"]) for page in given for row in page["AttachedPolicies"]),
        tuple(
            Inline(policy, _document(iam.get_group_policy(GroupName=name, PolicyName=policy)["PolicyDocument"]))
            for page in own
            for policy in page["PolicyNames"]
        ),
    )


def _console(iam: IAMClient, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        iam.get_login_profile(UserName=name)
    except ClientError as error:
        if error_code(error) in (ABSENT, *UNKNOWN):
            return False
        raise
    return True


def _with_ways_in(iam: IAMClient, held: Held) -> Held:
    if held.name.startswith(ROLE):
        return held
    return replace(held, keys=keys(iam, held.name), console=_console(iam, held.name))


def _told(pages: Sequence[Mapping[str, Any]]) -> Iterator[Held]:
    """Yield users and roles out of all pages of an account's details, without the keys of users."""
    policies = {row["Arn"]: _default(row) for row in _rows(pages, "Policies")}
    grouped = {
        row["GroupName"]: Group(row["GroupName"], _managed(row, policies), _inline(row, "GroupPolicyList"))
        for row in _rows(pages, "GroupDetailList")
    }
    for row in _rows(pages, "UserDetailList"):
        yield Held(
            row["UserName"],
            tag_map(row.get("Tags", ())),
            _bounding(row, policies),
            _managed(row, policies),
            _inline(row, "UserPolicyList"),
            tuple(grouped.get(name, Group(name)) for name in row.get("GroupList", ())),
        )
    for row in _rows(pages, "RoleDetailList"):
        if not row["Path"].startswith(_SERVICES_OWN):
            yield Held(ROLE + row["RoleName"], attached=_managed(row, policies), inline=_inline(row, "RolePolicyList"))


def _rows(pages: Sequence[Mapping[str, Any]], member: str) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        yield from page.get(member, ())


def _managed(row: Mapping[str, Any], policies: Mapping[str, Mapping[str, object]]) -> tuple[Attached, ...]:
    arns = (attached_["PolicyArn"] for attached_ in row.get("AttachedManagedPolicies", ()))
    return tuple(Attached(arn, policies.get(arn)) for arn in arns)


def _bounding(row: Mapping[str, Any], policies: Mapping[str, Mapping[str, object]]) -> Attached | None:
    arn = row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return Attached(arn, policies.get(arn)) if arn else None


def _inline(row: Mapping[str, Any], member: str) -> tuple[Inline, ...]:
    return tuple(Inline(one["PolicyName"], _document(one["PolicyDocument"])) for one in row.get(member, ()))


def _default(row: Mapping[str, Any]) -> Mapping[str, object]:
    versions = row.get("PolicyVersionList", ())
    return next((_document(v["Document"]) for v in versions if v.get("IsDefaultVersion")), {})


def _document(said: Any) -> Mapping[str, object]:
    """Return a policy document, which botocore has read already where it knew that it is one."""
    document: Mapping[str, object] = json.loads(said) if isinstance(said, str) else said
    return document
