"""TEN-03: shown a quota that was raised or removed, each check says FAIL; blinded, it says ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from planting import Dead, Denied, changed, removed, restored
from verdicts import TENANT, fails, passes, with_tenant

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import counts, guards, quota
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer, Api, Request, resource

pytestmark = pytest.mark.cloud


class TestGuards:
    check = guards.CHECK

    def test_a_quota_that_was_raised(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        path = resource("", "resourcequotas", "zone", tenant.home)
        hard = platform.send(Request("GET", path)).json()["spec"]["hard"]["pods"]
        patch, back = ({"spec": {"hard": {"pods": pods}}} for pods in ("999", hard))
        with changed(platform, path, patch, back):
            assert "999" in fails(self.check, TENANT, access).reason.en
        passes(self.check, TENANT, access)

    def test_a_quota_that_was_removed(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with removed(platform, resource("", "resourcequotas", "zone", tenant.home)):
            assert "zone: is not there" in fails(self.check, TENANT, access).reason.en
        passes(self.check, TENANT, access)

    def test_limits_that_were_removed(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with removed(platform, resource("", "limitranges", "zone", tenant.home)):
            assert "zone: is not there" in fails(self.check, TENANT, access).reason.en

    def test_pod_security_that_was_relaxed(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        label = "pod-security.kubernetes.io/enforce"
        patch, back = ({"metadata": {"labels": {label: level}}} for level in ("baseline", "restricted"))
        with changed(platform, resource("", "namespaces", tenant.home), patch, back):
            assert label in fails(self.check, TENANT, access).reason.en

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, auditor=tenant.api)).verdict is Verdict.ERROR
        assert self.check(TENANT, with_tenant(access, TENANT, manifests={})).verdict is Verdict.ERROR


class Saboteur:
    """A tenant during whose creations the quota vanishes."""

    def __init__(self, api: Api, platform: Api, quota: str) -> None:
        self.api, self.platform, self.quota, self.pending = api, platform, quota, True

    def send(self, request: Request) -> Answer:
        if request.method == "POST" and request.path.endswith("/pods") and self.pending:
            self.pending = False
            self.platform.send(Request("DELETE", self.quota))
        answer = self.api.send(request)
        for _ in range(100):
            if request.method != "POST" or "exceeded quota" not in answer.message:
                break
            answer = self.api.send(request)
        return answer

    def execute(self, namespace: str, pod: str, command: Any, seconds: float) -> Answer:
        return self.api.execute(namespace, pod, command, seconds)


class TestQuotaRace:
    check = quota.CHECK

    def test_more_than_the_room_is_admitted(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        path = resource("", "resourcequotas", "zone", tenant.home)
        saboteur = Saboteur(tenant.api, platform, path)
        with restored(platform, path):
            result = self.check(TENANT, with_tenant(access, TENANT, api=saboteur))
            assert result.verdict is Verdict.FAIL, str(result)
        passes(guards.CHECK, TENANT, access)

    def test_blinded(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        assert self.check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("POST",))
        assert self.check(TENANT, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR
        with removed(platform, resource("", "resourcequotas", "zone", tenant.home)):
            assert self.check(TENANT, access).verdict is Verdict.ERROR
        passes(guards.CHECK, TENANT, access)


class TestCounts:
    check = counts.CHECK

    @pytest.fixture
    def smallest(self, tenant: TenantAccess) -> str:
        return counts.smallest(tenant)[0]

    def test_as_provisioned(self, access: Access) -> None:
        passes(self.check, TENANT, access)

    @pytest.mark.parametrize("kind", ["secrets", "cronjobs.batch"])
    def test_a_count_that_was_raised(
        self, access: Access, platform: Api, tenant: TenantAccess, smallest: str, kind: str
    ) -> None:
        path = resource("", "resourcequotas", "zone", smallest)
        hard = platform.send(Request("GET", path)).json()["spec"]["hard"][f"count/{kind}"]
        patch, back = ({"spec": {"hard": {f"count/{kind}": number}}} for number in ("999", hard))
        with changed(platform, path, patch, back):
            assert f"{kind}: there are" in fails(self.check, TENANT, access).reason.en

    def test_disk_that_was_left_out(self, access: Access, platform: Api, smallest: str) -> None:
        path = resource("", "resourcequotas", "zone", smallest)
        hard = platform.send(Request("GET", path)).json()["spec"]["hard"]
        keys = ("requests.ephemeral-storage", "limits.ephemeral-storage")
        patch, back = ({"spec": {"hard": {key: value(key) for key in keys}}} for value in (lambda _: None, hard.get))
        with changed(platform, path, patch, back):
            assert "more than the zone has" in fails(self.check, TENANT, access).reason.en
            with removed(platform, resource("", "limitranges", "zone", smallest)):
                assert "states no limit of disk" in str(fails(self.check, TENANT, access))

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("POST",))
        assert self.check(TENANT, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR
        assert self.check(TENANT, with_tenant(access, TENANT, manifests={})).verdict is Verdict.ERROR
