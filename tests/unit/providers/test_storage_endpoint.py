from __future__ import annotations

import os
import socket
import traceback
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from govcloud.providers.storage.endpoint import (
    CONFIG,
    AccessKey,
    Administration,
    Endpoint,
    administration_client,
    client,
    error_code,
    reported,
)
from govcloud_base.errors import CloudError, EnvironmentProblem, Text, UsageError

if TYPE_CHECKING:
    from botocore.exceptions import _ClientErrorResponseTypeDef

ENVIRONMENT = {
    "AWS_ENDPOINT_URL_S3": "https://127.0.0.1:16426/",
    "AWS_REGION": "vn-hn-1",
    "AWS_ACCESS_KEY_ID": "GCADMIN",
    "AWS_SECRET_ACCESS_KEY": "very secret",
    "AWS_CA_BUNDLE": "/ca.crt",
}
KEY = AccessKey("GCADMIN", "very secret")


def test_configuration_is_completed_from_the_environment() -> None:
    found = Endpoint.from_config({}, ENVIRONMENT)

    assert found == Endpoint("https://127.0.0.1:16426", "vn-hn-1", "seaweedfs", KEY, "/ca.crt")
    assert "very secret" not in repr(found)


def test_configuration_wins_and_may_name_other_variables() -> None:
    config = {"endpoint": "http://store:9000", "region": "vn-dn-1", "accessKeyEnv": "A", "secretKeyEnv": "S"}

    found = Endpoint.from_config(config, {**ENVIRONMENT, "A": "other", "S": "hidden"})

    assert (found.url, found.region, found.key) == ("http://store:9000", "vn-dn-1", AccessKey("other", "hidden"))


@pytest.mark.parametrize("url", ["", "store", "ftp://store", "https://", "//store"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        Endpoint.from_config({"endpoint": url}, {})

    assert refused.value.problems[0].code == "GC-STORE-001"


@pytest.mark.parametrize("name", CONFIG)
def test_each_part_of_a_configuration_has_its_effect(name: str) -> None:
    pair = {"accessKey": "GCOTHER", "secretKey": "another"}
    said = "https://other.test" if name.endswith("ndpoint") else "other"

    assert Endpoint.from_config({**pair, name: said}, ENVIRONMENT) != Endpoint.from_config(pair, ENVIRONMENT)


def test_missing_keys_are_named_when_they_are_needed_and_not_before() -> None:
    found = Endpoint.from_config({"accessKeyEnv": "HN_KEY"}, {"AWS_ENDPOINT_URL_S3": "https://store"})

    with pytest.raises(EnvironmentProblem, match="HN_KEY"):
        client(found)


def test_the_users_own_aws_files_and_profile_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile bad]\nregion = elsewhere\n[default]\nregion = elsewhere\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "absent")

    with closing(client(Endpoint("http://127.0.0.1:1", "vn-hn-1", "seaweedfs", KEY))) as s3:
        assert s3.meta.region_name == "vn-hn-1"
        assert s3.meta.endpoint_url == "http://127.0.0.1:1"


def test_a_missing_file_of_authorities_is_named() -> None:
    with pytest.raises(EnvironmentProblem, match="GC-STORE-021"):
        client(Endpoint("https://store", "vn-hn-1", "seaweedfs", KEY, "/no/ca.crt"))


def test_a_store_that_is_down_is_named_with_the_reason() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses every connection
        endpoint = Endpoint(f"http://127.0.0.1:{taken.getsockname()[1]}", "vn-hn-1", "seaweedfs", KEY)
        with (
            closing(client(endpoint)) as s3,
            pytest.raises(CloudError) as refused,
            reported(Text("ListBuckets", "việc liệt kê các kho"), endpoint),
        ):
            s3.list_buckets()

    problem = refused.value.problems[0]
    assert problem.code == "GC-STORE-003"
    assert problem.value == endpoint.url
    assert os.strerror(111) in problem.message.en
    assert problem.message.vi == "hệ thống lưu trữ không trả lời: kết nối bị từ chối"


def test_refusals_are_told_with_their_code() -> None:
    endpoint = Endpoint("https://store", "r", "seaweedfs", KEY)
    with pytest.raises(CloudError) as refused, reported(Text("PutBucketTagging b", "việc gắn thẻ b"), endpoint):
        raise ClientError({"Error": {"Code": "MalformedXML", "Message": "what"}}, "PutBucketTagging")

    assert refused.value.problems[0].code == "GC-STORE-004"
    said = refused.value.problems[0].message.vi
    assert said == "hệ thống lưu trữ từ chối việc gắn thẻ b: 'MalformedXML: what'"


def test_defects_are_not_disguised_as_refusals() -> None:
    with pytest.raises(ZeroDivisionError), reported(Text.quoted("x"), Endpoint("https://store", "r", "seaweedfs", KEY)):
        _ = 1 / 0


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ({"Error": {"Code": "NoSuchBucket"}}, "NoSuchBucket"),
        ({"ResponseMetadata": {"HTTPStatusCode": 403}}, "403"),
        ({}, ""),
    ],
)
def test_an_error_without_a_body_still_has_a_code(response: _ClientErrorResponseTypeDef, code: str) -> None:
    assert error_code(ClientError(response, "X")) == code
    assert error_code(ValueError()) == ""


def test_a_torn_answer_is_told_without_what_it_holds() -> None:
    """The client's error quotes the answer, which may be that to a request for a key."""
    endpoint = Endpoint("https://store", "r", "seaweedfs", KEY)
    with pytest.raises(CloudError) as refused, reported(Text("CreateAccessKey", "việc cấp khóa"), endpoint):
        raise ResponseParserError("invalid XML received:\nb'<SecretAccessKey>wJalr'")

    assert refused.value.problems[0].code == "GC-STORE-004"
    shown = "".join(traceback.format_exception(refused.value))
    assert "wJalr" not in shown


@pytest.mark.parametrize(
    ("url", "region", "administered", "asked"),
    [
        ("https://s3.ap-southeast-1.amazonaws.com", "ap-southeast-1", None, "https://iam.amazonaws.com"),
        ("https://s3.cn-north-1.amazonaws.com.cn", "cn-north-1", None, "https://iam.cn-north-1.amazonaws.com.cn"),
        ("https://store.example", "vn-hn-1", None, "https://store.example"),
        ("https://amazonaws.com.example", "vn-hn-1", None, "https://amazonaws.com.example"),
        ("https://store.example", "vn-hn-1", "https://iam.example", "https://iam.example"),
        ("https://s3.ap-southeast-1.amazonaws.com", "ap-southeast-1", "https://iam.example", "https://iam.example"),
    ],
)
def test_identities_are_asked_for_where_the_store_is_and_nowhere_that_the_shell_says(
    url: str, region: str, administered: str | None, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM"):
        monkeypatch.setenv(variable, "https://elsewhere.example")
    endpoint = Endpoint(url, region, "aws", KEY, administration=Administration(administered))

    with closing(administration_client(endpoint, "iam")) as iam:
        assert iam.meta.endpoint_url == asked


@pytest.mark.parametrize(
    ("dialect", "region", "place"),
    [("aws", "ap-southeast-1", "ap-southeast-1"), ("aws", "us-east-1", None), ("seaweedfs", "ap-southeast-1", None)],
)
def test_amazon_is_told_where_a_bucket_shall_be_and_no_other(dialect: str, region: str, place: str | None) -> None:
    told: list[bytes] = []

    def sent(request: Any, **_: Any) -> None:
        told.append(request.body or b"")
        raise InterruptedError

    with closing(client(Endpoint("https://store.example", region, dialect, KEY))) as s3:
        s3.meta.events.register("before-send.s3.CreateBucket", sent)
        with pytest.raises(InterruptedError):
            s3.create_bucket(Bucket="vn-h26-prod-records")

    wanted = f"<LocationConstraint>{place}</LocationConstraint>".encode() if place else b""
    assert wanted in told[0]
    assert bool(told[0]) == bool(place)
