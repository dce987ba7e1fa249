"""What the dialect of Amazon's IAM asks of a server, on an account in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from memory_s3 import MemoryS3, refused

from govcloud.providers.storage.adapters.aws import dialect, documents, held
from govcloud.providers.storage.adapters.aws.account import Account
from govcloud.providers.storage.adapters.aws.held import Attached, Held, Key
from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud.providers.storage.scratch import CATALOGUE_BUCKET
from govcloud_base.errors import CloudError

KEY = AccessKey("GCADMIN", "secret")


class Closable(MemoryS3):
    def close(self) -> None: ...


@dataclass
class Iam:
    """An account of users and their keys. `answers` is what a stranger gets who asks for a key, '' for one."""

    s3: Closable
    answers: list[str] = field(default_factory=lambda: ["AccessDenied"])
    users: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By name the keys of each user, and whether they are active."""
    tags: dict[str, str] = field(default_factory=dict)
    attached: list[str] = field(default_factory=list)
    drawn: int = 0
    lost: int = 0
    """How many answers to the next request for a key do not arrive, so that the client asks again."""
    made: list[str] = field(default_factory=list)
    announced: list[bool] = field(default_factory=list)
    """Whether it was written down, when each user was made, that he would be."""
    asked: int = 0

    def create_user(self, UserName: str, Path: str, Tags: Any) -> dict[str, Any]:  # noqa: N803
        kept = self.s3.buckets.get(CATALOGUE_BUCKET)
        self.announced.append(kept is not None and f"identities/{UserName}" in kept.objects)
        self.users[UserName] = {}
        self.made.append(UserName)
        return {"User": {"UserName": UserName, "Tags": Tags}}

    def create_access_key(self, UserName: str) -> dict[str, Any]:  # noqa: N803
        keys, again = self.users[UserName], self.lost
        for _ in range(again + 1):
            if len(keys) == 2:
                self.lost = 0
                raise refused("LimitExceeded", "CreateAccessKey")
            self.drawn += 1
            keys[f"K{self.drawn}"] = True
        self.lost = 0
        row = {"AccessKeyId": f"K{self.drawn}", "SecretAccessKey": "drawn"}
        return {"AccessKey": row, "ResponseMetadata": {"RetryAttempts": again}}

    def delete_access_key(self, UserName: str, AccessKeyId: str) -> None:  # noqa: N803
        del self.users[UserName][AccessKeyId]

    def update_access_key(self, UserName: str, AccessKeyId: str, Status: str) -> None:  # noqa: N803
        self.users[UserName][AccessKeyId] = Status == "Active"

    def get_user(self, UserName: str) -> dict[str, Any]:  # noqa: N803
        if UserName not in self.users:
            raise refused("NoSuchEntity", "GetUser")
        return {"User": {"UserName": UserName, "Tags": [{"Key": k, "Value": v} for k, v in self.tags.items()]}}

    def tag_user(self, UserName: str, Tags: Any) -> None:  # noqa: N803
        self.tags |= {row["Key"]: row["Value"] for row in Tags}

    def get_policy(self, PolicyArn: str) -> None:  # noqa: N803
        raise refused("NoSuchEntity", "GetPolicy")

    def create_policy(self, PolicyName: str, **_: str) -> dict[str, Any]:  # noqa: N803
        return {"Policy": {"Arn": f"arn:aws:iam::1:policy/{PolicyName}"}}

    def attach_user_policy(self, UserName: str, PolicyArn: str) -> None:  # noqa: N803
        self.attached.append(PolicyArn)

    def detach_user_policy(self, UserName: str, PolicyArn: str) -> None:  # noqa: N803
        self.attached.remove(PolicyArn)

    def get_paginator(self, name: str) -> Any:
        def paginate(UserName: str = "", **_: str) -> list[Any]:  # noqa: N803
            keys = self.users.get(UserName, {}).items()
            rows = [{"AccessKeyId": key, "Status": "Active" if active else "Inactive"} for key, active in keys]
            attached = [{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in self.attached]
            pages = {
                "list_access_keys": [{"AccessKeyMetadata": rows}],
                "list_attached_user_policies": [{"AttachedPolicies": attached}],
            }
            return pages.get(name, [])

        return SimpleNamespace(paginate=paginate)

    def delete_login_profile(self, UserName: str) -> None:  # noqa: N803
        raise refused("NoSuchEntity", "DeleteLoginProfile")

    def delete_user(self, UserName: str) -> None:  # noqa: N803
        del self.users[UserName]

    @property
    def meta(self) -> Any:
        return type("Meta", (), {"endpoint_url": "https://iam.test"})


@dataclass
class Stranger:
    """The client of a user without any right."""

    iam: Iam

    def create_access_key(self, UserName: str) -> None:  # noqa: N803
        self.iam.asked += 1
        code = self.iam.answers.pop(0) if len(self.iam.answers) > 1 else self.iam.answers[0]
        if code:
            raise refused(code, "CreateAccessKey")

    def close(self) -> None: ...


@pytest.fixture
def s3() -> Closable:
    return Closable()


@pytest.fixture
def iam(s3: Closable) -> Iam:
    return Iam(s3)


@pytest.fixture
def adapter(iam: Iam, s3: Closable, monkeypatch: pytest.MonkeyPatch) -> Iterator[dialect.AWS]:
    monkeypatch.setattr(dialect, "administration_client", lambda *_: Stranger(iam))
    monkeypatch.setattr(dialect, "client", lambda _: s3)
    monkeypatch.setattr(dialect, "_PAUSE_SECONDS", 0.01)
    made = dialect.AWS(Endpoint("https://store.test", "vn-hn-1", "aws", KEY))
    made.settling_seconds = 0.05
    account = Account.of("arn:aws-cn:iam::210987654321:user/provisioner", "/govcloud/")
    made._opened = dialect._Opened(iam, account, False, KEY)  # type: ignore[arg-type]
    yield made


def test_a_server_that_refuses_a_stranger_is_asked_once(adapter: dialect.AWS, iam: Iam) -> None:
    adapter.check()
    adapter.check()

    assert (iam.asked, iam.users) == (1, {})


def test_a_server_that_takes_orders_from_anybody_is_refused(adapter: dialect.AWS, iam: Iam) -> None:
    iam.answers = [""]

    for _ in range(2):
        with pytest.raises(CloudError) as raised:
            adapter.check()
        assert [problem.code for problem in raised.value.problems] == ["GC-STORE-046"]
    assert iam.users == {}


@pytest.mark.parametrize("code", ["ServiceUnavailable", "Throttling", "InternalFailure", "403", "InvalidClientTokenId"])
def test_an_answer_that_is_no_refusal_is_told_and_not_remembered(adapter: dialect.AWS, iam: Iam, code: str) -> None:
    iam.answers = [code]
    with pytest.raises(CloudError) as raised:
        adapter.check()
    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-004"]
    assert code in str(raised.value)

    iam.answers = [""]
    with pytest.raises(CloudError):
        adapter.check()
    assert iam.users == {}


@pytest.mark.parametrize("unknown", ["InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch"])
def test_a_key_that_is_not_known_yet_is_waited_for(adapter: dialect.AWS, iam: Iam, unknown: str) -> None:
    iam.answers = [unknown, unknown, "AccessDenied"]
    adapter.check()
    assert iam.asked == 3

    other = dialect.AWS(adapter._endpoint)
    other._opened, other.settling_seconds = adapter._opened, 0.05
    iam.answers = [unknown, ""]
    with pytest.raises(CloudError):
        other.check()


def test_whoever_is_made_for_it_is_written_down_before_and_forgotten_after(
    adapter: dialect.AWS, iam: Iam, s3: Closable
) -> None:
    adapter.check()

    assert iam.announced == [True]
    assert s3.buckets[CATALOGUE_BUCKET].objects == {}


def test_whoever_could_not_be_ended_stays_written_down(
    adapter: dialect.AWS, iam: Iam, s3: Closable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: str) -> None:
        raise ClientError({"Error": {"Code": "ServiceFailure", "Message": ""}}, "DeleteUser")

    monkeypatch.setattr(iam, "delete_user", fails)

    with pytest.raises(CloudError):
        adapter.check()

    (name,) = iam.made
    assert list(s3.buckets[CATALOGUE_BUCKET].objects) == [f"identities/{name}"]


def test_of_many_who_ask_at_once_one_makes_a_user(adapter: dialect.AWS, iam: Iam) -> None:
    ready = threading.Barrier(6)

    def asks(_: int) -> None:
        ready.wait()
        adapter.check()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(asks, range(6)))

    assert len(iam.made) == 1


def test_a_role_is_named_without_asking_for_a_user_of_its_name(adapter: dialect.AWS) -> None:
    assert adapter.principal("role/deploy") == "arn:aws-cn:iam::210987654321:role/deploy"


@pytest.fixture
def user(iam: Iam) -> dict[str, bool]:
    """The keys of a user of ours: one that works, and one that somebody switched off."""
    iam.users["h41-prod"] = {"WORKS": True, "OFF": False}
    iam.tags |= {row["Key"]: row["Value"] for row in held.tags()}
    return iam.users["h41-prod"]


def test_what_somebody_switched_off_stays_off_when_a_user_is_enabled_again(
    adapter: dialect.AWS, user: dict[str, bool]
) -> None:
    for _ in range(2):
        adapter.set_enabled("h41-prod", False)
        assert user == {"WORKS": False, "OFF": False}

    adapter.set_enabled("h41-prod", True)
    assert user == {"WORKS": True, "OFF": False}


def test_what_was_let_work_by_hand_meanwhile_works_afterwards(adapter: dialect.AWS, user: dict[str, bool]) -> None:
    adapter.set_enabled("h41-prod", False)
    user["OFF"] = True
    adapter.set_enabled("h41-prod", False)
    adapter.set_enabled("h41-prod", True)

    assert user == {"WORKS": True, "OFF": True}


@pytest.mark.parametrize("step", ["tag_user", "attach_user_policy", "update_access_key"])
def test_a_disabling_that_was_cut_short_forgets_no_key(
    adapter: dialect.AWS, iam: Iam, user: dict[str, bool], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(**_: str) -> None:
        raise refused("ServiceFailure", "X")

    with monkeypatch.context() as broken:
        broken.setattr(iam, step, cut)
        with pytest.raises(CloudError):
            adapter.set_enabled("h41-prod", False)

    for enabled in (False, True):
        adapter.set_enabled("h41-prod", enabled)
        assert user == {"WORKS": enabled, "OFF": False}


def test_one_who_was_disabled_without_a_word_about_keys_gets_all_of_them(
    adapter: dialect.AWS, iam: Iam, user: dict[str, bool]
) -> None:
    adapter.set_enabled("h41-prod", False)
    del iam.tags[held.RESTING]
    adapter.set_enabled("h41-prod", True)

    assert user == {"WORKS": True, "OFF": True}


def test_a_key_whose_answer_was_lost_is_revoked(adapter: dialect.AWS, iam: Iam) -> None:
    iam.users["h41-prod"] = {}
    iam.tags |= {row["Key"]: row["Value"] for row in held.tags()}
    iam.lost = 1

    key = adapter.add_key("h41-prod")

    assert iam.users["h41-prod"] == {key.access: True}


def test_a_key_whose_answer_was_lost_takes_no_place(adapter: dialect.AWS, iam: Iam) -> None:
    """An account takes two: that the lost one is the second is said by the refusal of a third."""
    iam.users["h41-prod"] = {"OLD": True}
    iam.tags |= {row["Key"]: row["Value"] for row in held.tags()}
    iam.lost = 1

    key = adapter.add_key("h41-prod")

    assert iam.users["h41-prod"] == {"OLD": True, key.access: True}


def test_two_keys_that_work_leave_no_place(adapter: dialect.AWS, iam: Iam) -> None:
    iam.users["h41-prod"] = {"OLD": True, "NEW": True}
    iam.tags |= {row["Key"]: row["Value"] for row in held.tags()}

    with pytest.raises(CloudError) as raised:
        adapter.add_key("h41-prod")

    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-035"]
    assert iam.users["h41-prod"] == {"OLD": True, "NEW": True}


def test_while_a_user_is_disabled_his_keys_are_those_that_will_work() -> None:
    keys = (Key("WORKS", active=False), Key("OFF", active=False))
    mark = Attached(f"arn:aws:iam::1:policy/{documents.named(documents.DISABLING, documents.DISABLED)}", None)
    tags = held.tag_map([*held.tags(), *held.resting(["WORKS"])])

    live = held.live(Held("h41-prod", tags, attached=(mark,), keys=keys), "own", "aws", complete=False)

    assert (live.enabled, live.access_keys) == (False, ("WORKS",))
