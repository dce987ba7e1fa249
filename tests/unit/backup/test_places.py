"""Which buckets are backed up to where, and what no backup is begun without."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import made_country as make
import pytest

from govcloud.backup.places import Backing, places, sealing_key
from govcloud.backup.preparation import policy, wanted
from govcloud.country import Country
from govcloud.providers.storage.surroundings import named_after
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, Text, UsageError

STORAGE: dict[str, Any] = {
    "buckets": {"records": {"quota": "1Gi"}, "plans": {"quota": "1Gi"}},
    "backup": {"cloud": "second", "keepDays": 90},
}


def country(**storage: Any) -> Country:
    named = {"adapter": "seaweedfs", "endpointFrom": "SECOND"}
    tenants = [make.tenant("H41", storage={**STORAGE, **storage}), make.tenant("H12")]
    clouds = [make.cloud(), make.cloud("second", objectStore=named)]
    return make.country([*clouds, make.agency("H41"), make.agency("H12"), *tenants])


def codes(error: GovCloudError) -> list[str]:
    return [problem.code for problem in error.problems]


def test_all_buckets_of_all_environments_unless_some_are_named() -> None:
    found = places(country(), "h41", None, ())
    assert [(str(p), p.bucket, p.target_cloud, p.target_bucket) for p in found] == [
        (f"h41/prod/{label}", f"vn-h41-prod-{label}", "second", "vn-h41-prod-backup") for label in ("plans", "records")
    ]
    assert [p.label for p in places(country(), "h41", "prod", ["records"])] == ["records"]
    only = {"cloud": "second", "keepDays": 90, "buckets": ["plans"], "immutable": False}
    assert [(p.label, p.keep_days) for p in places(country(backup=only), "h41", None, ())] == [("plans", None)]


@pytest.mark.parametrize("asked", [("h99", None, ()), ("h12", None, ()), ("h41", "test", ()), ("h41", None, ["x"])])
def test_what_is_not_declared_is_refused(asked: tuple[str, str | None, list[str]]) -> None:
    with pytest.raises(UsageError) as refused:
        places(country(), *asked)
    assert codes(refused.value) == ["GC-BACKUP-017"]


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("https://one.example.gov.vn", "http://two.example.gov.vn", "GC-BACKUP-015"),
        ("http://one.example.gov.vn", "https://two.example.gov.vn", "GC-BACKUP-015"),
        ("https://one.example.gov.vn", "https://one.example.gov.vn/", "GC-BACKUP-024"),
    ],
)
def test_nothing_goes_in_clear_or_into_the_same_store(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str, code: str
) -> None:
    for name, value in {"S3": first, "SECOND": second, "AWS_ENDPOINT_URL_S3": first}.items():
        monkeypatch.setenv(name, value)
    chosen = places(country(), "h41", None, ["records"])
    with pytest.raises(CloudError) as refused:
        Backing(country(), chosen).vault(chosen[0])
    assert codes(refused.value) == [code]


def test_an_immutable_backup_is_locked_for_longer_than_it_is_kept() -> None:
    made = country()
    tenant = made.tenants["h41"]
    backup = tenant.spec.storage.backup
    assert backup is not None
    spec = wanted(made, tenant, backup, "prod")
    assert spec.versioning and spec.encryption
    assert dict(spec.settings["objectLock"]) == {"Mode": "COMPLIANCE", "Days": 181}
    loose = wanted(made, tenant, backup.model_copy(update={"immutable": False}), "prod")
    assert not loose.settings


def test_a_store_that_can_be_closed_is_and_disks_that_are_sealed_are_not_sealed_again() -> None:
    sealed = {"reference": "BB 1", "until": "2099-01-01"}
    store = {"adapter": "radosgw", "endpointFrom": "SECOND", "sealedDisks": sealed}
    made = make.country(
        [make.cloud(), make.cloud("second", objectStore=store), make.agency("H41"), make.tenant("H41", storage=STORAGE)]
    )
    tenant = made.tenants["h41"]
    assert tenant.spec.storage.backup is not None
    spec = wanted(made, tenant, tenant.spec.storage.backup, "prod")
    assert not spec.encryption
    assert spec.settings["publicAccessBlock"]


def test_the_writer_of_backups_deletes_nothing() -> None:
    allow = [action for s in policy("b")["Statement"] if s["Effect"] == "Allow" for action in s["Action"]]
    assert not [action for action in allow if "Delete" in action or "Bypass" in action or "*" in action]
    assert {resource for s in policy("b")["Statement"] if s["Effect"] == "Allow" for resource in s["Resource"]} == {
        "arn:aws:s3:::b",
        "arn:aws:s3:::b/*",
    }


def test_a_key_to_seal_with_is_long_and_there(tmp_path: Path) -> None:
    assert sealing_key(None) is None
    file = tmp_path / "key"
    for content in (None, b"short\n"):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(EnvironmentProblem) as refused:
            sealing_key(str(file))
        assert codes(refused.value) == ["GC-BACKUP-021"]
    file.write_bytes(b"0123456789abcdef\n")
    assert sealing_key(str(file)) == b"0123456789abcdef"


class Answer:
    """A store's answer as it comes over the line."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"


@pytest.mark.parametrize("asked", ["cgc", "second"])
@pytest.mark.parametrize("reached", [True, False], ids=["refused", "unreachable"])
def test_it_is_said_which_of_the_two_stores_it_was(monkeypatch: pytest.MonkeyPatch, asked: str, reached: bool) -> None:
    from botocore.awsrequest import AWSResponse
    from botocore.exceptions import EndpointConnectionError

    for name, value in {"S3": "https://s3:91", "SECOND": "https://s3:9100"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(named_after(asked, name), "x")
    chosen = places(country(), "h41", None, ["records"])
    backing = Backing(country(), chosen)

    def answer(request: Any, **_: Any) -> Any:
        if not reached:
            raise EndpointConnectionError(endpoint_url=request.url)
        return AWSResponse(request.url, 403, cast(Any, {}), Answer())

    place = dataclasses.replace(chosen[0], cloud=asked, target_cloud="second" if asked == "cgc" else "cgc")
    s3 = backing.source(place).s3
    s3.meta.events.register("before-send.s3", answer)
    with pytest.raises(CloudError) as refused, backing.working(chosen[0], Text("looking", "việc xem")):
        s3.list_objects_v2(Bucket="b")
    [problem] = refused.value.problems
    url = {"cgc": "https://s3:91", "second": "https://s3:9100"}[asked]
    said = f"{problem.message.en} {problem.value}"
    assert f"(cloud {asked})" in said if reached else url in said.split()
