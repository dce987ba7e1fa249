"""Tags that a store does not hand out are a finding about their object, and stop nothing else."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from govcloud.backup.entry import Found
from govcloud.backup.stream import GoneError, UnreadableError
from govcloud.migration.copying import tags_of

FOUND = Found("a", "v1", "e", 1, datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC))


@pytest.mark.parametrize(("code", "error"), [("AccessDenied", UnreadableError), ("NoSuchVersion", GoneError)])
def test_a_refusal_is_told_of_the_version(code: str, error: type[Exception]) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code}}, "GetObjectTagging")

    s3 = SimpleNamespace(get_object_tagging=refuse)
    with pytest.raises(error):
        tags_of(s3, "b", FOUND, cast(Any, SimpleNamespace(tagged=True)))
    assert tags_of(s3, "b", FOUND, cast(Any, SimpleNamespace(tagged=False))) == {}
