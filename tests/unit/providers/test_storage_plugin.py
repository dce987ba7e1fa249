"""The protocol's side of the plugin, request by request, without an engine and without a store."""

from __future__ import annotations

from typing import Any, NoReturn

import grpc
import pytest

from govcloud.providers.storage import plugin
from govcloud.providers.storage.endpoint import CONFIG
from govcloud.providers.storage.plugin import StorageProvider
from govcloud.providers.storage.property_values import decode, encode
from govcloud.providers.storage.resource_types import RESOURCE_TYPES
from govcloud.providers.storage.store import Store
from govcloud_base.wire.protocol import provider_pb2
from govcloud_base.wire.values import UNKNOWN

BUCKET = "urn:pulumi:dev::p::govcloud:tenant:Tenant$govcloud:storage:Bucket::records"
IDENTITY = "urn:pulumi:dev::p::govcloud:storage:Identity::key"
TAGS = {"govcloud.gov.vn/tenant": "h41"}
INPUTS = {"name": "vn-h41-prod-records", "tags": TAGS}


class AbortedError(Exception):
    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code, self.details = code, details


class Context:
    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise AbortedError(code, details)


CONTEXT: Any = Context()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOVCLOUD_LANG", "en")


@pytest.fixture
def provider(store: Store) -> StorageProvider:
    made = StorageProvider()
    made._store = store
    return made


def struct(values: dict[str, Any], secret: set[str] | None = None) -> Any:
    return encode(values, secret or set())


def check(urn: str, news: dict[str, Any], olds: dict[str, Any] | None = None, secret: set[str] | None = None) -> Any:
    request = provider_pb2.CheckRequest(urn=urn, olds=struct(olds or {}), news=struct(news, secret))
    return StorageProvider().Check(request, CONTEXT)


def test_defaults_are_filled_in() -> None:
    answer = check(BUCKET, INPUTS)

    assert list(answer.failures) == []
    assert decode(answer.inputs)[0] == {**INPUTS, "versioning": True, "encryption": True}


def test_an_input_that_is_secret_stays_secret() -> None:
    assert decode(check(BUCKET, INPUTS, secret={"tags"}).inputs)[1] == {"tags"}


@pytest.mark.parametrize(
    ("urn", "news", "wrong"),
    [
        (BUCKET, {**INPUTS, "name": "X"}, "name"),
        (BUCKET, {"tags": TAGS}, "name"),
        (BUCKET, {**INPUTS, "versionning": True}, "versionning"),
        (BUCKET, {**INPUTS, "versioning": "yes"}, "versioning"),
        (BUCKET, {**INPUTS, "quotaBytes": 1.5}, "quotaBytes"),
        (BUCKET, {**INPUTS, "quotaBytes": True}, "quotaBytes"),
        (BUCKET, {**INPUTS, "tags": {}}, "tags"),
        (IDENTITY, {"name": "h41-prod"}, "policy"),
        (IDENTITY, {"name": "h41-prod", "policy": "{}"}, "policy"),
        (IDENTITY, {"name": "h41-prod", "policy": "{}", "buckets": "vn"}, "buckets"),
        (IDENTITY, {"name": "h41-prod", "buckets": ["b"], "policy": "{"}, "policy"),
    ],
)
def test_a_wrong_input_is_named_with_a_code(urn: str, news: dict[str, Any], wrong: str) -> None:
    failures = check(urn, news).failures

    assert [failure.property for failure in failures] == [wrong]
    assert "GC-STORE-019" in failures[0].reason


@pytest.mark.parametrize("name", ["name", "tags", "quotaBytes"])
def test_what_is_not_known_yet_is_not_judged(name: str) -> None:
    assert list(check(BUCKET, {**INPUTS, name: UNKNOWN}).failures) == []


def test_renaming_a_bucket_is_refused() -> None:
    failures = check(BUCKET, {**INPUTS, "name": "vn-h41-prod-other"}, olds=INPUTS).failures

    assert "GC-STORE-007" in failures[0].reason


def test_policies_and_rotations_are_brought_to_one_form() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}

    answer = check(IDENTITY, {"name": "h41-prod", "policy": document, "rotation": 3})

    inputs = decode(answer.inputs)[0]
    assert list(answer.failures) == []
    assert inputs["rotation"] == "3"
    assert inputs["policy"].startswith("{")


def test_a_preview_needs_neither_store_nor_keys() -> None:
    provider = StorageProvider()
    provider.Configure(provider_pb2.ConfigureRequest(args=struct({"endpoint": UNKNOWN})), CONTEXT)
    request = provider_pb2.CreateRequest(
        urn=IDENTITY, properties=struct({"name": "h41-prod", "buckets": [UNKNOWN]}), preview=True
    )

    outputs, secret = decode(provider.Create(request, CONTEXT).properties)

    assert outputs["accessKey"] == outputs["secretKey"] == UNKNOWN
    assert secret == {"secretKey"}


def test_a_preview_shows_new_keys_only_for_a_rotation(provider: StorageProvider) -> None:
    olds = {"name": "h41-prod", "buckets": ["b"], "accessKey": "A", "secretKey": "S", "principal": "P"}

    def planned(**change: Any) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            urn=IDENTITY,
            id="h41-prod",
            olds=struct(olds, {"secretKey"}),
            news=struct({"name": "h41-prod", "buckets": ["b"], **change}),
            preview=True,
        )
        return decode(provider.Update(request, CONTEXT).properties)[0]

    assert planned(buckets=["b", "c"])["accessKey"] == "A"
    assert planned(rotation="2")["accessKey"] == UNKNOWN


def test_create_update_read_and_delete_go_through(provider: StorageProvider, store: Store, s3: Any) -> None:
    inputs = check(BUCKET, INPUTS).inputs
    made = provider.Create(provider_pb2.CreateRequest(urn=BUCKET, properties=inputs), CONTEXT)
    assert made.id == "vn-h41-prod-records"
    assert decode(made.properties)[0]["arn"] == "arn:aws:s3:::vn-h41-prod-records"

    wanted = struct({**decode(inputs)[0], "versioning": False})
    request = provider_pb2.UpdateRequest(urn=BUCKET, id=made.id, olds=made.properties, news=wanted)
    assert decode(provider.Update(request, CONTEXT).properties)[0]["versioning"] is False

    look = provider_pb2.ReadRequest(urn=BUCKET, id=made.id, inputs=wanted, properties=made.properties)
    assert decode(provider.Read(look, CONTEXT).inputs)[0] == decode(wanted)[0]

    provider.Delete(provider_pb2.DeleteRequest(urn=BUCKET, id=made.id, properties=made.properties), CONTEXT)
    assert provider.Read(look, CONTEXT).id == ""


def test_reading_keeps_what_was_secret(provider: StorageProvider, s3: Any) -> None:
    inputs = check(BUCKET, INPUTS).inputs
    made = provider.Create(provider_pb2.CreateRequest(urn=BUCKET, properties=inputs), CONTEXT)
    request = provider_pb2.ReadRequest(
        urn=BUCKET, id=made.id, inputs=struct(INPUTS, {"tags"}), properties=made.properties
    )

    answer = provider.Read(request, CONTEXT)

    assert decode(answer.inputs)[1] == {"tags"}
    assert decode(answer.properties)[1] == {"tags"}


def test_what_goes_wrong_is_told_in_the_readers_language(
    provider: StorageProvider, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "vi")
    provider.Create(provider_pb2.CreateRequest(urn=BUCKET, properties=check(BUCKET, INPUTS).inputs), CONTEXT)
    s3.put_object("vn-h41-prod-records", "record", b"1")

    with pytest.raises(AbortedError) as aborted:
        provider.Delete(provider_pb2.DeleteRequest(urn=BUCKET, id="vn-h41-prod-records"), CONTEXT)

    assert aborted.value.code is grpc.StatusCode.FAILED_PRECONDITION
    assert aborted.value.details.startswith("lỗi GC-STORE-006")
    assert "còn dữ liệu" in aborted.value.details


def test_a_defect_is_told_without_its_values(provider: StorageProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        secret_outputs: frozenset[str] = frozenset()

        def create(self, store: Store, inputs: dict[str, Any]) -> None:
            raise KeyError("a secret value")

    monkeypatch.setattr(plugin, "RESOURCE_TYPES", {"govcloud:storage:Bucket": Broken()})

    with pytest.raises(AbortedError) as aborted:
        provider.Create(provider_pb2.CreateRequest(urn=BUCKET, properties=struct(INPUTS)), CONTEXT)

    assert "GC-STORE-020" in aborted.value.details
    assert "KeyError" in aborted.value.details
    assert "a secret value" not in aborted.value.details


def test_a_wrong_configuration_is_shown_at_its_input() -> None:
    news = struct({"adapter": "ceph", "endpoint": "store", "colour": "red"})

    failures = StorageProvider().CheckConfig(provider_pb2.CheckRequest(news=news), CONTEXT).failures

    assert {failure.property for failure in failures} == {"adapter", "endpoint", "colour"}


ADMINISTERED = {
    "adapter": "radosgw",
    "endpoint": "https://store.test",
    "administrationEndpoint": "https://admin.test",
    "administrationAccessKeyEnv": "ADMIN_ACCESS",
    "administrationSecretKeyEnv": "ADMIN_SECRET",
}


def test_a_store_that_somebody_else_administers_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_ACCESS", "GCOTHER")
    monkeypatch.setenv("ADMIN_SECRET", "secret")
    provider = StorageProvider()

    checked = provider.CheckConfig(provider_pb2.CheckRequest(news=struct(ADMINISTERED)), CONTEXT)
    provider.Configure(provider_pb2.ConfigureRequest(args=checked.inputs), CONTEXT)

    assert list(checked.failures) == []
    endpoint = provider._ready().endpoint
    assert endpoint.administrator.access == "GCOTHER"
    assert endpoint.administration.url == "https://admin.test"


@pytest.mark.parametrize("name", CONFIG)
def test_a_configuration_may_hold_all_that_is_read_of_it_and_waits_for_what_is_not_known_yet(name: str) -> None:
    config = {**ADMINISTERED, name: UNKNOWN}
    provider = StorageProvider()

    checked = provider.CheckConfig(provider_pb2.CheckRequest(news=struct(config)), CONTEXT)
    provider.Configure(provider_pb2.ConfigureRequest(args=struct(config)), CONTEXT)

    assert list(checked.failures) == []
    assert provider._store is None
    assert provider._why_not is None


@pytest.mark.parametrize("name", ["endpoint", "administrationEndpoint"])
def test_an_address_that_is_none_is_shown_where_it_stands(name: str) -> None:
    news = struct({**ADMINISTERED, name: "store"})

    (failure,) = StorageProvider().CheckConfig(provider_pb2.CheckRequest(news=news), CONTEXT).failures

    assert failure.property == name
    assert "GC-STORE-001" in failure.reason


def test_a_store_that_is_not_configured_is_an_error_of_the_first_effect() -> None:
    provider = StorageProvider()
    provider.Configure(provider_pb2.ConfigureRequest(args=struct({})), CONTEXT)

    with pytest.raises(AbortedError, match="GC-STORE-001"):
        provider.Create(provider_pb2.CreateRequest(urn=BUCKET, properties=struct(INPUTS)), CONTEXT)


def test_a_type_that_does_not_exist_is_named() -> None:
    with pytest.raises(AbortedError, match="govcloud:storage:Bukket"):
        check("urn:pulumi:dev::p::govcloud:storage:Bukket::x", INPUTS)


def test_features_that_are_not_there_are_refused_quietly() -> None:
    with pytest.raises(AbortedError) as aborted:
        StorageProvider().Invoke(None, CONTEXT)

    assert aborted.value.code is grpc.StatusCode.UNIMPLEMENTED


def test_only_a_changed_name_replaces_an_identity() -> None:
    def replaces(urn: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        request = provider_pb2.DiffRequest(urn=urn, old_inputs=struct(old), news=struct(new))
        return list(StorageProvider().Diff(request, CONTEXT).replaces)

    assert replaces(IDENTITY, {"name": "a"}, {"name": "b"}) == ["name"]
    assert replaces(IDENTITY, {"name": "a", "rotation": "1"}, {"name": "a"}) == []
    assert replaces(BUCKET, INPUTS, {**INPUTS, "versioning": False}) == []


def test_every_type_is_served() -> None:
    names = ("Bucket", "BucketPolicy", "Grant", "Identity")
    assert set(RESOURCE_TYPES) == {f"govcloud:storage:{name}" for name in names}
