"""Delivered keys, buckets of nobody: shown a changed Secret or a strange bucket, each check says FAIL; blinded, ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import base64
import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from planting import Dead, Denied
from verdicts import OTHER, TENANT, fails, passes, with_tenant

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import delivery, store_settings
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import Key, StoreSession
from govcloud.clouds.request import MERGE_PATCH, Api, Request, collection, resource
from govcloud.model import names

pytestmark = pytest.mark.cloud

NAME = "object-store"


@pytest.fixture
def store_admin(access: Access) -> StoreSession:
    return access.store.signed(Key(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]))


@contextmanager
def kept(platform: Api, namespace: str) -> Iterator[str]:
    """Yield the path of the namespace's delivered Secret, and put back afterwards what was in it."""
    path = resource("", "secrets", NAME, namespace)
    before = platform.send(Request("GET", path)).json()
    metadata = {key: before["metadata"][key] for key in ("name", "namespace", "labels")}
    whole = {key: before[key] for key in ("apiVersion", "kind", "type", "data")} | {"metadata": metadata}
    try:
        yield path
    finally:
        platform.send(Request("DELETE", path))
        answer = platform.send(Request("POST", collection("", "secrets", namespace), whole))
        assert answer.ok, answer.message


class TestDelivery:
    check = delivery.CHECK

    def _fails_by_name(self, access: Access, tenant: TenantAccess) -> str:
        (namespace, name) = tenant.secrets[0]
        result = fails(self.check, TENANT, access)
        (finding,) = (f for f in result.findings if f.verdict is Verdict.FAIL)
        assert finding.name.en == f"Secret {namespace}/{name}"
        assert f"`govcloud up tenant.{TENANT}`" in finding.reason.en
        passes(self.check, OTHER, access)
        return finding.reason.en

    def test_a_deleted_secret(self, access: Access, tenant: TenantAccess, platform: Api) -> None:
        with kept(platform, tenant.secrets[0][0]) as path:
            assert platform.send(Request("DELETE", path)).ok
            assert "is not there" in self._fails_by_name(access, tenant)
        passes(self.check, TENANT, access)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("AWS_ACCESS_KEY_ID", "GCSOMEBODY"),
            ("AWS_SECRET_ACCESS_KEY", "x" * 40),
            ("AWS_ENDPOINT_URL_S3", "https://elsewhere.example"),
            ("LD_PRELOAD", "/tmp/planted.so"),
        ],
    )
    def test_a_changed_field(self, access: Access, tenant: TenantAccess, platform: Api, field: str, value: str) -> None:
        with kept(platform, tenant.secrets[0][0]) as path:
            assert platform.send(Request("PATCH", path, {"stringData": {field: value}}, MERGE_PATCH)).ok
            said = self._fails_by_name(access, tenant)
        assert f"data.{field} is another value" in said
        assert value not in said
        passes(self.check, TENANT, access)

    def test_a_lost_half_of_the_pair(self, access: Access, tenant: TenantAccess, platform: Api) -> None:
        with kept(platform, tenant.secrets[0][0]) as path:
            gone = {"data": {"AWS_SECRET_ACCESS_KEY": None}}
            assert platform.send(Request("PATCH", path, gone, MERGE_PATCH)).ok
            assert "data.AWS_SECRET_ACCESS_KEY is absent" in self._fails_by_name(access, tenant)
        passes(self.check, TENANT, access)

    def test_the_key_of_another_tenant(self, access: Access, tenant: TenantAccess, platform: Api) -> None:
        space, name = access.tenants[OTHER].secrets[0]
        stolen = platform.send(Request("GET", resource("", "secrets", name, space))).json()["data"]
        pair = {key: stolen[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
        with kept(platform, tenant.secrets[0][0]) as path:
            assert platform.send(Request("PATCH", path, {"data": pair}, MERGE_PATCH)).ok
            said = self._fails_by_name(access, tenant)
        assert "data.AWS_ACCESS_KEY_ID is another value" in said
        assert not any(base64.b64decode(value).decode() in said for value in pair.values())
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        denied = Denied(tenant.api, ("GET",))
        for api in (Dead(), denied):
            assert self.check(TENANT, with_tenant(access, TENANT, api=api)).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, administrator=None)).verdict is Verdict.ERROR


class TestStrangers:
    check = store_settings.STRANGERS

    @pytest.mark.parametrize(
        ("name", "tags"),
        [
            ("vn-h99-prod-records", {}),
            ("planted-copy", {names.label("tenant"): TENANT, names.label("managed-by"): names.MANAGED_BY}),
        ],
    )
    def test_a_bucket_of_nobody(
        self, access: Access, store_admin: StoreSession, name: str, tags: dict[str, str]
    ) -> None:
        answer, _ = store_admin.call("create_bucket", Bucket=name)
        assert answer.ok, answer.text
        try:
            if tags:
                rows: Any = [{"Key": key, "Value": value} for key, value in tags.items()]
                answer, _ = store_admin.call("put_bucket_tagging", Bucket=name, Tagging={"TagSet": rows})
                assert answer.ok, answer.text
            result = fails(self.check, "cloud", access)
            assert [f.name.en for f in result.findings] == [f"bucket {name}"]
            passes(store_settings.NAME_SPACE, TENANT, access)
        finally:
            store_admin.call("delete_bucket", Bucket=name)
        passes(self.check, "cloud", access)

    def test_blinded(self, access: Access) -> None:
        assert self.check("cloud", dataclasses.replace(access, administrator=None)).verdict is Verdict.ERROR
