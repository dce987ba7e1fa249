"""What was lost, refused or replaced while a backup ran, and what is then said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from memory_stores import Stores, stores

from govcloud.backup.restoration import chosen, restore
from govcloud.backup.verification import verify
from govcloud_base.errors import CloudError


@pytest.fixture(params=[True, False], ids=["versions", "no-versions"])
def two(request: pytest.FixtureRequest) -> Iterator[Stores]:
    with stores(versioned=request.param) as found:
        yield found


def answered(two: Stores, operation: str, key: str, *answers: Any) -> None:
    """Let something happen before the store answers about a key of the source; once each."""
    left = list(answers)

    def act(params: dict[str, Any], **_: Any) -> None:
        if left and params["Bucket"] == two.source and params["Key"] == key:
            left.pop(0)()

    two.s3.meta.events.register(f"provide-client-params.s3.{operation}", act)


def refuse() -> None:
    raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")


@pytest.mark.parametrize("operation", ["GetObject", "GetObjectTagging"])
def test_what_the_source_refuses_is_missing_and_everything_else_is_there(two: Stores, operation: str) -> None:
    for key in ("a", "b"):
        two.put(key, Tagging="x=y")
    answered(two, operation, "a", refuse)
    failed: list[str] = []

    head = two.backed_up(failed=lambda found, error: failed.append(found.key))

    assert (failed, head.complete, head.counts.copied) == (["a"], False, 1)
    assert [problem.code for problem in verify(two.vault(), head).problems] == ["GC-BACKUP-026"]
    back = two.empty()
    checked = restore(two.vault(), chosen(two.vault(), None), None, two.s3, back)
    assert ([problem.code for problem in checked.problems], checked.objects) == (["GC-BACKUP-026"], 1)
    assert two.backed_up().complete


def test_what_was_replaced_while_it_was_copied_is_copied_as_it_is_then(two: Stores) -> None:
    two.put("a", b"old")
    versions = two.s3.list_object_versions(Bucket=two.source)["Versions"]

    def replace() -> None:
        for row in versions:
            two.s3.delete_object(Bucket=two.source, Key="a", VersionId=row["VersionId"])

    answered(two, "GetObject", "a", replace, lambda: two.put("a", b"new"))

    head = two.backed_up()

    kept = versions[0]["VersionId"] != "null"  # a version of its own that is gone is gone
    assert (head.counts.vanished, head.counts.copied) == ((1, 0) if kept else (0, 1))
    assert verify(two.vault(), head).problems == []
    if not kept:
        back = two.empty()
        restore(two.vault(), chosen(two.vault(), None), None, two.s3, back)
        assert two.s3.get_object(Bucket=back, Key="a")["Body"].read() == b"new"


def test_a_listing_of_backups_that_is_cut_off_does_not_pass_for_all_of_them() -> None:
    """Else what is restored is an older backup than the last one."""
    with stores() as found:
        found.put("a")
        found.backed_up()

        def cut(parsed: dict[str, Any], **_: Any) -> None:
            parsed["IsTruncated"] = True
            parsed.pop("NextContinuationToken", None)

        found.s3.meta.events.register("after-call.s3.ListObjectsV2", cut)
        with pytest.raises(CloudError) as error:
            chosen(found.vault(), None)
        assert [problem.code for problem in error.value.problems] == ["GC-STORE-036"]
