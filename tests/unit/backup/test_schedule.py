"""Which backups a timer has to make."""

from __future__ import annotations

import datetime

import made_country as make
import pytest
from memory_stores import NOW, stores

from govcloud.backup.places import all_places
from govcloud.backup.schedule import Often, due_at, last_whole

HOUR = datetime.timedelta(hours=1)


@pytest.mark.parametrize(("every", "hours"), [("hour", 1), ("day", 24), ("week", 168)])
def test_a_timer_that_calls_as_often_as_is_declared_never_loses_a_turn(every: Often, hours: int) -> None:
    then = due_at(every, NOW)
    assert then is not None
    late, early = NOW + hours * HOUR, NOW + hours * HOUR * 0.9
    assert early < then < late
    assert due_at(every, None) is None


def test_only_a_whole_backup_that_can_be_believed_counts() -> None:
    with stores() as two:
        assert last_whole(two.vault()) is None
        two.put("a")
        head = two.backed_up()
        assert last_whole(two.vault()) == head
        two.over("heads/20261130T000000.000000Z.json", b"garbage")
        assert last_whole(two.vault()) == head, "it is older than the last one"
        two.key = b"a key that sealed nothing"
        assert last_whole(two.vault()) is None


def test_what_could_not_be_copied_is_due_again() -> None:
    with stores() as two:
        two.put("a")

        def refuse(**_: object) -> None:
            raise two.s3.exceptions.ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

        two.s3.meta.events.register("before-call.s3.GetObject", refuse)
        assert not two.backed_up().complete
        two.s3.meta.events.unregister("before-call.s3.GetObject", refuse)
        assert last_whole(two.vault()) is None


def test_the_whole_country_is_every_bucket_of_tenants_that_are_not_gone() -> None:
    backup = {"cloud": "second", "keepDays": 90, "every": "hour"}
    storage = {"buckets": {"records": {"quota": "1Gi"}, "plans": {"quota": "1Gi"}}, "backup": backup}
    gone = {"state": "removed", "reviewBy": "2027-11-22"}
    tenants = [
        make.tenant("H41", storage=storage),
        make.tenant("H12", storage=storage, lifecycle=gone),
        make.tenant("G09"),
    ]
    second = make.cloud("second", objectStore={"adapter": "seaweedfs", "endpointFrom": "SECOND"})
    agencies = [make.agency(code) for code in ("H41", "H12", "G09")]
    country = make.country([make.cloud(), second, *agencies, *tenants])
    assert [(str(place), place.every) for place in all_places(country)] == [
        ("h41/prod/plans", "hour"),
        ("h41/prod/records", "hour"),
    ]
