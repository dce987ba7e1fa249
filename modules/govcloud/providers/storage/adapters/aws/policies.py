"""Managed policies of ours in an account: made where they are not there, never believed by their name alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from govcloud.providers.storage import policy
from govcloud.providers.storage.adapters.aws import documents, reading
from govcloud.providers.storage.adapters.aws.account import Account
from govcloud.providers.storage.adapters.aws.held import Attached
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient

__all__ = ["gone", "made", "of_label", "removed", "settled"]

_EXISTS: Final = "EntityAlreadyExists"
_LAST_TURN: Final = 4
_SETTLING_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.2
_Answer = TypeVar("_Answer")


def made(iam: IAMClient, account: Account, label: str, document: Mapping[str, object]) -> str:
    """Return the ARN of a managed policy of `label` that says `document`; made where it is not there.

    One of the wanted name that says something else was changed behind our back, or is somebody else's: then another
    name is taken, and that one is left as it is.
    """
    from botocore.exceptions import ClientError

    wanted = documents.for_partition(document, account.partition)
    path, said = account.policy_path(label), json.dumps(wanted, separators=(",", ":"))
    turn = 0
    while True:
        name = documents.named(label, wanted, turn)
        # Looked for first: a boundary may be of the account's owner, who lets nobody else make one.
        found = _found(iam, account.policy(label, name))
        if found is None:
            try:
                return iam.create_policy(PolicyName=name, Path=path, PolicyDocument=said)["Policy"]["Arn"]
            except ClientError as error:
                if error_code(error) != _EXISTS or turn == _LAST_TURN:
                    raise
            # Somebody was faster, or it is of the same name in another path.
            found = _found(iam, account.policy(label, name))
        if found is not None and found.document is not None and policy.same(found.document, wanted):
            return found.arn
        turn += 1


def of_label(iam: IAMClient, account: Account, label: str) -> list[str]:
    """Return the ARNs of all managed policies of ours with a label, attached or not."""
    from botocore.exceptions import ClientError

    pages = iam.get_paginator("list_policies")
    try:
        found = list(pages.paginate(Scope="Local", PathPrefix=account.policy_path(label)))
    except ClientError as error:
        if error_code(error) not in reading.UNKNOWN:
            raise
        found = list(pages.paginate(Scope="Local"))  # a server without paths
    return [row["Arn"] for page in found for row in page["Policies"] if documents.labelled(row["PolicyName"]) == label]


def removed(iam: IAMClient, arn: str) -> None:
    """Delete a managed policy with all its versions; no error where it is gone already."""
    with gone():
        for page in iam.get_paginator("list_policy_versions").paginate(PolicyArn=arn):
            for row in page["Versions"]:
                if not row["IsDefaultVersion"]:
                    iam.delete_policy_version(PolicyArn=arn, VersionId=row["VersionId"])
        iam.delete_policy(PolicyArn=arn)


@contextmanager
def gone() -> Iterator[None]:
    """Let what is done inside be about something that is gone already."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if error_code(error) != reading.ABSENT:
            raise


def settled(call: Callable[[], _Answer]) -> _Answer:
    """Return what `call` answers, which needs something that was made a moment ago.

    Amazon's servers tell each other within seconds; until then some of them say that there is no such thing.
    """
    from botocore.exceptions import ClientError

    deadline = time.monotonic() + _SETTLING_SECONDS
    while True:
        try:
            return call()
        except ClientError as error:
            if error_code(error) != reading.ABSENT or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)


def _found(iam: IAMClient, arn: str) -> Attached | None:
    from botocore.exceptions import ClientError

    try:
        return reading.managed(iam, arn)
    except ClientError as error:
        if error_code(error) == reading.ABSENT:
            return None
        raise
