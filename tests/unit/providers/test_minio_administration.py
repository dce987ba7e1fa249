"""What a MinIO's administration answers, in the reader's words; and that nothing of a key gets into them."""

from __future__ import annotations

import json

import pytest
from minio.error import MinioAdminException
from urllib3.exceptions import MaxRetryError

from govcloud.providers.storage.adapters.minio.administration import Administration, Refusal
from govcloud.providers.storage.adapters.minio.dialect import _ISSUED, MinIO
from govcloud.providers.storage.endpoint import AccessKey, Endpoint, new_key
from govcloud.providers.storage.endpoint import Administration as Named
from govcloud_base.errors import CloudError, EnvironmentProblem, Language, UsageError

KEY = AccessKey("ROOT", "not-for-anybodys-eyes")
SERVER = Administration("https://store.test:9000", "vn-hn-1", KEY, None)


def test_a_refusal_says_what_was_ordered_and_why_not() -> None:
    body = json.dumps({"Code": "XMinioAdminNoSuchUser", "Message": "The specified user does not exist."})

    with pytest.raises(Refusal) as refused, SERVER.told("user-info"):
        raise MinioAdminException("404", body)

    assert refused.value.code == "XMinioAdminNoSuchUser"
    (problem,) = refused.value.problems
    assert problem.code == "GC-STORE-031"
    assert "user-info" in problem.message.vi
    assert "The specified user does not exist." in problem.message.en


@pytest.mark.parametrize("body", ["", "<html>gateway</html>", "[]", "{}"])
def test_a_refusal_without_words_has_its_status(body: str) -> None:
    with pytest.raises(Refusal) as refused, SERVER.told("user-info"):
        raise MinioAdminException("502", body)

    assert refused.value.code == "502"


def test_an_answer_that_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(CloudError) as refused, SERVER.told("list-users"):
        json.loads('{"secretKey": "not-for-anybodys-eyes"')

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-031"]
    assert "not-for-anybodys-eyes" not in refused.value.render(Language.EN)
    assert refused.value.__cause__ is None


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(CloudError) as refused, SERVER.told("list-users"):
        raise MaxRetryError(None, "/minio/admin/v3/list-users", None)  # type: ignore[arg-type]

    (problem,) = refused.value.problems
    assert (problem.code, "https://store.test:9000" in problem.render(Language.EN)) == ("GC-STORE-003", True)


def test_keys_have_the_form_by_which_they_are_known_as_ours() -> None:
    assert all(_ISSUED.fullmatch(new_key().access) for _ in range(50))
    assert not _ISSUED.fullmatch("operator")


def test_an_address_with_a_path_has_no_administration() -> None:
    with pytest.raises(UsageError) as refused:
        MinIO.from_endpoint(Endpoint("https://store.test/s3", "vn-hn-1", "minio", KEY), {})

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-001"]


def test_an_administrator_that_was_named_must_be_there() -> None:
    named = Named(access_key_env="ADMIN_KEY", secret_key_env="ADMIN_SECRET")

    with pytest.raises(EnvironmentProblem) as refused:
        MinIO.from_endpoint(Endpoint("https://store.test", "vn-hn-1", "minio", KEY, administration=named), {})

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-002"]
    assert "ADMIN_SECRET" in refused.value.render(Language.EN)


def test_it_is_administered_where_it_was_said() -> None:
    named = Named(url="https://inner.test:9443", access_key_env="A", secret_key_env="S", key=AccessKey("ADMIN", "s"))

    adapter = MinIO.from_endpoint(Endpoint("https://store.test", "vn-hn-1", "minio", KEY, administration=named), {})

    assert adapter._server.key.access == "ADMIN"
    assert adapter._server._url == "https://inner.test:9443"
