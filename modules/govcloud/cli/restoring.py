"""Effects of `govcloud backup` beside the copying: the bucket that is restored to, and the file of new keys."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from govcloud.backup import problems
from govcloud.country import Country
from govcloud.model import names
from govcloud.providers.storage import bucket, content
from govcloud.providers.storage.bucket_spec import problems_of
from govcloud.providers.storage.deviation import NameSpace, bucket_spec
from govcloud.providers.storage.surroundings import profile
from govcloud.refusal import refusal
from govcloud.render import storage
from govcloud_base.errors import EnvironmentProblem, GovCloudError, Place, Problem, Text, UsageError

if TYPE_CHECKING:
    from govcloud.backup import places
    from govcloud.providers.storage.endpoint import AccessKey
    from govcloud.providers.storage.store import Store

__all__ = ["keys_file", "made"]

_OWN = ("tenant", "env", "class")
"""What the tags of a bucket must say as those of the lost one did: what was closed is not put where all may read."""


def made(country: Country, store: Store, place: places.Place, to: str) -> str:
    """Return the full name of the bucket to restore to, which holds nothing: made as the lost one was, or there.

    Raises UsageError where no bucket of the tenant can be called so, GovCloudError where it holds something
    (GC-BACKUP-013) or is another's, or of another class than the lost one (-027), CloudError where the store refuses.
    """
    name = names.bucket(country.name, place.tenant, place.environment, to)
    if not NameSpace.of(country.name, place.tenant, country.tenants).holds(name):
        raise UsageError(problems.not_the_tenants(name, place.tenant))
    planned = next(
        one
        for one in storage.buckets(country, country.tenants[place.tenant], place.environment)
        if one.label == place.label
    )
    spec = dataclasses.replace(bucket_spec(planned), name=name)
    if wrong := [problem for _, problem in problems_of(spec)]:
        raise UsageError(wrong)
    if store.exists(name):
        found = bucket.ownership(store, name)
        if any(found.get(tag) != spec.tags[tag] for tag in map(names.label, _OWN)):
            raise GovCloudError(problems.not_the_tenants(name, place.tenant))
        with store.reported(Text(f"list bucket {name}", f"việc liệt kê kho {name}")):
            held = content.first(store.s3, name)
        if held is not None:
            raise GovCloudError(problems.not_empty(name, str(held)))
    else:
        bucket.create(store, spec)
    return name


@contextmanager
def keys_file(file: Path, cloud: str) -> Iterator[Callable[[AccessKey], None]]:
    """Give what writes a pair of keys into a new file that nobody else can read, as the AWS profile of the cloud.

    The file is there before a key is, so that no key is issued that can't be written; without one it goes again.
    Raises EnvironmentProblem where it can't be made.
    """
    try:
        opened = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = refusal(error)
        raise EnvironmentProblem(
            Problem(
                "GC-BACKUP-023",
                Text(f"the file for the keys cannot be made: {reason.en}", f"không tạo được tệp khóa: {reason.vi}"),
                Text("name a file that is not there yet", "nêu một tệp chưa tồn tại"),
                Place(str(file)),
            )
        ) from None
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as stream:

            def write(key: AccessKey) -> None:
                lines = (
                    f"[{profile(cloud)}]",
                    f"aws_access_key_id = {key.access}",
                    f"aws_secret_access_key = {key.secret}",
                )
                stream.write("\n".join((*lines, "")))
                stream.flush()  # a full disk is met here, where it is told of

            yield write
    except BaseException:
        file.unlink(missing_ok=True)
        raise
