"""What the dialect of Amazon's IAM asks of a server, on an account in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from memory_s3 import MemoryS3, refused

from govcloud.providers.storage.adapters.aws import dialect
from govcloud.providers.storage.adapters.aws.account import Account
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
    users: dict[str, int] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    announced: list[bool] = field(default_factory=list)
    """Whether it was written down, when each user was made, that he would be."""
    stranger: bool = False
    asked: int = 0

    def create_user(self, UserName: str, Path: str, Tags: Any) -> dict[str, Any]:  # noqa: N803
        kept = self.s3.buckets.get(CATALOGUE_BUCKET)
        self.announced.append(kept is not None and f"identities/{UserName}" in kept.objects)
        self.users[UserName] = 0
        self.made.append(UserName)
        return {"User": {"UserName": UserName, "Tags": Tags}}

    def create_access_key(self, UserName: str) -> dict[str, Any]:  # noqa: N803
        self.users[UserName] += 1
        return {"AccessKey": {"AccessKeyId": f"K{self.users[UserName]}", "SecretAccessKey": "drawn"}}

    def get_paginator(self, name: str) -> Any:
        return type("Pages", (), {"paginate": lambda self, **_: []})()

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
