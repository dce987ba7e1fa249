"""Who can do what with a bucket: what is computed of policies is what the server does, and what it does not is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from govcloud.holdings import contents, rights
from govcloud.holdings.rights import TRIED, Standing
from govcloud.providers.storage import content, view
from govcloud.providers.storage.decision import Decision
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.store import Store
from govcloud.render import storage

pytestmark = pytest.mark.cloud


@dataclass
class Place:
    """A bucket with an object, and somebody with a key."""

    store: Store
    name: str
    key: AccessKey
    bucket: str

    def standings(self) -> dict[str, Standing]:
        seen = view.look(self.store)
        found = rights.standings(self.store, seen, self.bucket, {self.name: self.key}.get)
        return {standing.name: standing for standing in found}


@pytest.fixture
def place(store: Store, unique: str) -> Iterator[Place]:
    bucket, name = f"vn-{unique}-prod-records", f"{unique}-prod"
    store.s3.create_bucket(Bucket=bucket)
    store.s3.put_object(Bucket=bucket, Key="báo-cáo/2026.txt", Body=b"kept")
    try:
        yield Place(store, name, store.adapter.create_identity(name), bucket)
    finally:
        store.adapter.delete_identity(name)
        content.remove_all(store.s3, bucket)
        store.s3.delete_bucket(Bucket=bucket)


def document(effect: str, actions: object, *resources: str) -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": [f"arn:aws:s3:::{r}" for r in resources]}


DOCUMENTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "a tenant's own": lambda b: storage.policy([b]),
    "a neighbour's": lambda b: storage.policy([f"{b}-2"]),
    "reading alone": lambda b: {"Statement": [document("Allow", ["s3:GetObject"], f"{b}/*")]},
    "all but deletion": lambda b: {
        "Statement": [
            document("Allow", ["s3:*"], b, f"{b}/*"),
            document("Deny", ["s3:DeleteObject", "s3:DeleteObjectVersion"], f"{b}/*"),
        ]
    },
    "everything": lambda b: {"Statement": [document("Allow", ["s3:*"], "*")]},
    "nothing": lambda b: {"Statement": [document("Deny", ["s3:*"], "*")]},
}


ERASES_BY_DELETION = ("juicefs",)
"""Servers without versions, which take the erasure of one for a deletion."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_server_does_what_the_policies_say(place: Place, name: str, request: pytest.FixtureRequest) -> None:
    place.store.adapter.set_policy(place.name, {"Version": "2012-10-17", **DOCUMENTS[name](place.bucket)})
    found = place.standings()
    mine = found[place.name]
    computed = {right: mine.computed[right] is Decision.ALLOWED for right in TRIED}
    beyond = () if computed["erase"] or not computed["delete"] else ("erase",)
    surprises = beyond if request.node.callspec.params["server"] in ERASES_BY_DELETION else ()
    assert (dict(mine.tried), mine.surprises) == (computed | dict.fromkeys(surprises, True), surprises)
    assert found[""].tried == dict.fromkeys(TRIED, False)
    assert set(found[""].computed.values()) == {Decision.REFUSED}
    held = [version.key for version in content.versions(place.store.s3, place.bucket)]
    assert held == ["báo-cáo/2026.txt"], "trying leaves nothing"
    assert list(content.uploads(place.store.s3, place.bucket)) == []


def test_a_buckets_own_policy_opens_it_to_all(place: Place) -> None:
    statement = {"Sid": "open", "Principal": "*", **document("Allow", ["s3:GetObject"], f"{place.bucket}/*")}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    place.store.s3.put_bucket_policy(Bucket=place.bucket, Policy=json.dumps(policy))
    stranger = place.standings()[""]
    assert stranger.computed["read"] is Decision.ALLOWED
    assert stranger.tried == {**dict.fromkeys(TRIED, False), "read": True}
    assert stranger.surprises == ()


def test_whoever_has_no_key_at_hand_is_computed_alone(place: Place) -> None:
    place.store.adapter.set_policy(place.name, storage.policy([place.bucket]))
    found = {s.name: s for s in rights.standings(place.store, view.look(place.store), place.bucket, lambda _: None)}
    mine = found[place.name]
    assert mine.computed["read"] is Decision.ALLOWED
    assert (mine.tried, mine.untried is not None) == ({}, True)


def test_how_full_a_bucket_is(place: Place) -> None:
    place.store.s3.put_object(Bucket=place.bucket, Key="b", Body=b"12345")
    used = contents.usage(place.store, place.bucket)
    assert (used.objects, used.size, used.versions, used.kept, used.uploads) == (2, 9, 2, 9, 0)
    assert [(item.key, item.size) for item in contents.items(place.store, place.bucket, "báo-")] == [
        ("báo-cáo/2026.txt", 4)
    ]
