"""Whoever stole the keys that write backups can write over them: what lies below is found, held and brought back."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from memory_stores import NOW, Stores, stores

from govcloud.backup.manifest import run_name
from govcloud.backup.restoration import chosen, last, restore
from govcloud.backup.verification import verify
from govcloud_base.errors import GovCloudError

KEY = b"an agency's own key"
LARGE = bytes(range(256)) * (5 << 12)
"""More than is moved in one piece."""


@pytest.fixture(params=[None, KEY], ids=["no-key", "key"])
def two(request: pytest.FixtureRequest) -> Iterator[Stores]:
    with stores() as found:
        found.key = request.param
        yield found


@pytest.mark.parametrize("body", [b"content", LARGE], ids=["small", "large"])
@pytest.mark.parametrize("fate", ["same-size", "other-size", "deleted"])
def test_a_copy_that_was_overwritten_is_brought_back(two: Stores, body: bytes, fate: str) -> None:
    two.put("a", body)
    head = two.backed_up()
    [name] = two.names("objects/")
    if fate == "deleted":
        two.s3.delete_object(Bucket=two.target, Key=f"records/{name}")
    else:
        two.over(name, b"x" * (len(body) + (fate == "other-size")))

    assert [problem.code for problem in verify(two.vault(), head).problems] == ["GC-BACKUP-025"]
    back = two.empty()
    checked = restore(two.vault(), chosen(two.vault(), None), None, two.s3, back)
    assert [problem.code for problem in checked.problems] == ["GC-BACKUP-025"]
    assert two.s3.get_object(Bucket=back, Key="a")["Body"].read() == body


def test_a_copy_of_which_no_version_is_right_is_no_longer_there(two: Stores) -> None:
    two.put("a")
    head = two.backed_up()
    [name] = two.names("objects/")
    for row in two.s3.list_object_versions(Bucket=two.target, Prefix=f"records/{name}")["Versions"]:
        two.s3.delete_object(
            Bucket=two.target, Key=row["Key"], VersionId=row["VersionId"], BypassGovernanceRetention=True
        )
    for body in (b"xxxxxxx", b"yyyyyyy"):
        two.over(name, body)
    two.s3.put_object(Bucket=two.target, Key=f"records/{name}0", Body=b"content")
    assert [problem.code for problem in verify(two.vault(), head).problems] == ["GC-BACKUP-011"]


@pytest.mark.parametrize("over", [b"garbage", b"{}", b"[" * 100_000], ids=["garbage", "empty", "deep"])
def test_a_head_and_a_part_that_were_overwritten_are_read_below(two: Stores, over: bytes) -> None:
    two.put("a")
    head = two.backed_up()
    [part] = [name for name in two.names("runs/") if "part-" in name]
    two.over(f"heads/{head.run}.json", over)
    two.over(part, over)
    assert last(two.vault(), None) == head
    assert two.codes == ["GC-BACKUP-010", "GC-BACKUP-025"]
    checked = verify(two.vault(), head)
    assert (checked.objects, [problem.code for problem in checked.problems]) == (1, ["GC-BACKUP-010", "GC-BACKUP-025"])
    following = two.backed_up()
    assert following.before is not None
    told = [problem.code for problem in verify(two.vault(), following).problems]
    assert told == ["GC-BACKUP-018", "GC-BACKUP-025"], "it is told for as long as the head lies there"


def test_the_lock_of_what_lies_below_is_renewed(two: Stores) -> None:
    two.put("a")
    two.backed_up(NOW)
    [name] = two.names("objects/")
    [original] = two.s3.list_object_versions(Bucket=two.target, Prefix=f"records/{name}")["Versions"]
    two.over(name, b"xxxxxxx")
    two.s3.put_object(Bucket=two.target, Key=f"records/{name}-another", Body=b"content")
    later = NOW + datetime.timedelta(91)
    assert two.backed_up(later).counts.copied == 0
    told = two.s3.head_object(Bucket=two.target, Key=f"records/{name}", VersionId=original["VersionId"])
    assert told["ObjectLockRetainUntilDate"] >= later + datetime.timedelta(181)


def test_a_lock_that_somebody_made_longer_stands_in_no_backups_way(two: Stores) -> None:
    """Whoever stole the keys may lock for longer, what he wrote and what was there; no store makes that shorter."""
    two.put("a")
    two.backed_up(NOW)
    [name] = two.names("objects/")
    two.over(name, b"xxxxxxx")
    later = NOW + datetime.timedelta(91)
    long = {"Mode": "COMPLIANCE", "RetainUntilDate": NOW + datetime.timedelta(9000)}
    versions = two.s3.list_object_versions(Bucket=two.target, Prefix=f"records/{name}")["Versions"]
    for row in versions:
        two.s3.put_object_retention(
            Bucket=two.target,
            Key=row["Key"],
            VersionId=row["VersionId"],
            Retention=long,  # type: ignore[arg-type]
        )
    asked: list[str] = []

    def refuse(params: dict[str, Any], **_: Any) -> None:
        asked.append(params["VersionId"])
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObjectRetention")

    two.s3.meta.events.register("provide-client-params.s3.PutObjectRetention", refuse)
    assert two.backed_up(later).counts.copied == 0
    assert sorted(asked) == sorted(row["VersionId"] for row in versions)
    with pytest.raises(ClientError):
        two.backed_up(NOW + datetime.timedelta(9000))


def test_a_copy_that_is_not_there_when_its_lock_is_due_is_copied_anew(two: Stores) -> None:
    two.put("a")
    two.backed_up(NOW)
    [name] = two.names("objects/")
    [row] = two.s3.list_object_versions(Bucket=two.target, Prefix=f"records/{name}")["Versions"]
    two.s3.delete_object(Bucket=two.target, Key=row["Key"], VersionId=row["VersionId"])
    head = two.backed_up(NOW + datetime.timedelta(100))
    assert head.counts.copied == 1
    assert two.names("objects/") == [name]


def test_a_lock_ends_not_before_the_days_of_a_backup_do(two: Stores) -> None:
    """A copy of the evening is free in the evening of its last day, and a backup of that morning not yet."""
    two.put("a")
    two.backed_up(NOW)
    [name] = two.names("objects/")
    for days, due in ((90, False), (91, True)):
        two.backed_up(NOW + datetime.timedelta(days))
        told = two.s3.head_object(Bucket=two.target, Key=f"records/{name}")
        assert ("ObjectLockRetainUntilDate" in told) is due


def forged(two: Stores, run: str, **change: object) -> None:
    """Write a head as whoever may write the second store can, with the entries of the last one."""
    [old] = two.names("heads/")
    told = json.loads(two.s3.get_object(Bucket=two.target, Key=f"records/{old}")["Body"].read())
    for part in told["parts"]:
        there = old.removeprefix("heads/").removesuffix(".json")
        body = two.s3.get_object(Bucket=two.target, Key=f"records/runs/{there}/{part['name']}")["Body"].read()
        two.over(f"runs/{run}/{part['name']}", body)
    two.over(f"heads/{run}.json", json.dumps({**told, "run": run, **change}).encode())


def test_a_head_that_the_key_did_not_seal_is_not_believed() -> None:
    with stores() as two:
        two.key = KEY
        two.put("a")
        head = two.backed_up()
        run = run_name(datetime.datetime.now(datetime.UTC))
        forged(two, run)
        with pytest.raises(GovCloudError) as refused:
            chosen(two.vault(), None)
        assert [problem.code for problem in refused.value.problems] == ["GC-BACKUP-019"]
        assert chosen(two.vault(), head.began) == (head,)
        assert two.codes == ["GC-BACKUP-019"]
        two.heard.clear()
        after = two.backed_up()
        assert two.codes == ["GC-BACKUP-019"]
        assert (after.counts.copied, after.before, after.run > run) == (1, None, True)
        two.key = None
        assert two.backed_up().counts.copied == 0


def test_what_a_run_left_is_believed_where_the_key_sealed_it() -> None:
    with stores() as two:
        two.key = KEY
        two.put("a")
        head = two.backed_up()
        [name] = two.names("objects/")
        # The run did not come to its end.
        for row in two.s3.list_object_versions(Bucket=two.target, Prefix="records/heads/")["Versions"]:
            two.s3.delete_object(Bucket=two.target, Key=row["Key"], VersionId=row["VersionId"])
        [part] = [each for each in two.names("runs/") if "part-" in each]
        told = two.s3.get_object(Bucket=two.target, Key=f"records/{part}")
        body = told["Body"].read()
        assert len(list(two.vault().left(head.run))) == 1
        two.over(part, body)
        assert list(two.vault().left(head.run)) == []
        two.over(name, b"xxxxxxx")
        two.s3.put_object(
            Bucket=two.target, Key=f"records/{name}", Body=b"xxxxxxx", Metadata={"sha256": "0" * 64, "seal": "0" * 64}
        )
        after = two.backed_up()
        assert after.counts.copied == 1
        assert verify(two.vault(), after).problems == []


def test_copies_that_a_run_left_are_taken_up_where_the_key_sealed_them() -> None:
    with stores() as two:
        two.key = KEY
        two.put("a")
        two.backed_up()
        for below in ("heads/", "runs/"):
            for name in two.names(below):
                if not name.endswith("begun"):
                    two.s3.delete_object(Bucket=two.target, Key=f"records/{name}")
        assert two.backed_up().counts.copied == 0


@pytest.mark.parametrize("name", ["zzz", "99991231T235959.999999Z", "20261130T1200", "2026113T120000.0Z"])
def test_what_is_called_as_no_run_of_the_past_is_none(two: Stores, name: str) -> None:
    two.put("a")
    head = two.backed_up()
    two.over(f"heads/{name}.json", b"{}")
    assert two.vault().runs() == [head.run]
    assert chosen(two.vault(), NOW + datetime.timedelta(days=1)) == (head,)
    assert two.backed_up().before is not None


def test_a_whole_run_goes_on_where_the_last_head_is_none(two: Stores) -> None:
    two.put("a")
    head = two.backed_up()
    bad = run_name(datetime.datetime.now(datetime.UTC))
    two.over(f"heads/{bad}.json", b"garbage")
    with pytest.raises(GovCloudError) as refused:
        two.backed_up()
    assert [problem.code for problem in refused.value.problems] == ["GC-BACKUP-010"]
    # Of the two that know the time, the one that can't be read is left out.
    assert chosen(two.vault(), head.began) == (head,)
    assert two.codes == ["GC-BACKUP-010"]
    after = two.backed_up(whole=True)
    assert (after.counts.copied, after.run > bad) == (1, True)
    assert two.backed_up().counts.copied == 0
