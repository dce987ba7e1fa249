"""All settings of a bucket in one registry, and what is done with them alike.

What is declared is compared with what the store says; what nobody declared and opens a bucket, or ends what it keeps,
is taken away. Every removal is of something that a read just proved to be there: servers exist that take the removal
of a sub-resource which they do not know for that of the bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.settings.access import ACCESS_LIST, OWNERSHIP, POLICY, PUBLIC_ACCESS_BLOCK
from govcloud.providers.storage.settings.access_log import ACCESS_LOG
from govcloud.providers.storage.settings.cors import CORS
from govcloud.providers.storage.settings.lifecycle import LIFECYCLE
from govcloud.providers.storage.settings.object_lock import AT_CREATION_ONLY, OBJECT_LOCK
from govcloud.providers.storage.settings.setting import Fault, Setting, line, same

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = [
    "ACCESS_LIST",
    "ACCESS_LOG",
    "AT_CREATION_ONLY",
    "CORS",
    "DECLARABLE",
    "LIFECYCLE",
    "OBJECT_LOCK",
    "OWNERSHIP",
    "POLICY",
    "PUBLIC_ACCESS_BLOCK",
    "SETTINGS",
    "WATCHED",
    "Fault",
    "Setting",
    "found",
    "line",
    "same",
]

SETTINGS: Final[Mapping[str, Setting]] = {
    setting.name: setting
    for setting in (
        OWNERSHIP,
        PUBLIC_ACCESS_BLOCK,
        ACCESS_LIST,
        POLICY,
        CORS,
        LIFECYCLE,
        ACCESS_LOG,
        OBJECT_LOCK,  # last: from then on whatever is written stays
    )
}
"""Every setting by its name, in the order in which they are written."""
DECLARABLE: Final = tuple(name for name, setting in SETTINGS.items() if setting.write is not None)
"""Names of those that are inputs of a bucket."""
WATCHED: Final = frozenset(name for name, setting in SETTINGS.items() if setting.watched)
"""Names of those that are looked for where nobody declared them."""

_UNABLE: Final = ("NotImplemented", "MethodNotAllowed")
"""Codes of servers that do not know a sub-resource: then it cannot be set there either."""


def found(s3: S3Client, bucket: str, names: Iterable[str]) -> dict[str, Any]:
    """Return which of these settings the bucket has: what the store says of each, by its name."""
    from botocore.exceptions import ClientError

    there = {}
    for name in SETTINGS.keys() & set(names):
        try:
            said = SETTINGS[name].read(s3, bucket)
        except ClientError as error:
            if error_code(error) not in (*SETTINGS[name].absent, *_UNABLE):
                raise
            continue
        if said:
            there[name] = said
    return there
