"""Whose eyes an audit gets: of the cloud that is examined and of no other, and by the law that it was rendered by."""

from __future__ import annotations

import dataclasses
import datetime
import os
import shutil
from pathlib import Path

import pytest

from govcloud import country, render
from govcloud.audit.access import Access
from govcloud.audit.session import open_access
from govcloud.clouds.connection import Connection
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Request
from govcloud.country import Country
from govcloud.model.cloud import SealedDisks
from govcloud.model.tenant import BucketGrant
from govcloud.render import admission
from govcloud_base.errors import CloudError, Problem, Text

ROOT = Path(__file__).parents[3]
DAY = datetime.date(2026, 11, 22)
SERVER = "https://10.0.0.1:6443"


def _kubeconfig(server: str, context: str = "govcloud-local", *, current: bool = True) -> str:
    chosen = f"current-context: {context}\n" if current else ""
    return (
        "apiVersion: v1\nkind: Config\n"
        f"{chosen}"
        f"clusters: [{{name: {context}, cluster: {{server: '{server}'}}}}]\n"
        f"users: [{{name: {context}, user: {{token: t}}}}]\n"
        f"contexts: [{{name: {context}, context: {{cluster: {context}, user: {context}}}}}]\n"
    )


@pytest.fixture(autouse=True)
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell with two kubeconfigs, of which the second has the cloud's context; the first is current."""
    for name, server, context in (("one", "https://10.0.0.9:6443", "elsewhere"), ("two", SERVER, "govcloud-local")):
        (tmp_path / name).write_text(_kubeconfig(server, context), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'two'}")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://10.0.0.2:8333")
    for name in [name for name in os.environ if name.startswith(("GOVCLOUD_AUDITOR", "GOVCLOUD_TENANT"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def declared() -> Country:
    return country.load(ROOT / "tests" / "fixtures" / "country", ROOT / "policies").on(DAY)


def _opened(declared: Country, monkeypatch: pytest.MonkeyPatch) -> Access:
    """Open an access whose identities nobody asks after."""
    monkeypatch.setattr(Connection, "identity", lambda *_: KubernetesApi.from_text(_kubeconfig(SERVER)))
    return open_access(declared, DAY, Connection(declared.clouds["cgc-hn1"]))


def test_the_context_that_the_cloud_declares_is_used_whichever_is_current(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = _opened(declared, monkeypatch)
    assert isinstance(access.prober, KubernetesApi)
    assert access.prober.server == SERVER
    assert access.store.endpoint == "https://10.0.0.2:8333"
    assert access.tenants.keys() == declared.tenants.keys()


def test_a_tenants_identity_is_opened_when_a_check_looks_through_its_eyes_and_once(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def identity(_: Connection, user: str, group: str) -> KubernetesApi:
        asked.append(user)
        if user == "g09-admin":
            raise CloudError(Problem("GC-AUDIT-002", Text("no credential", "không có"), Text("name it", "nêu ra")))
        return KubernetesApi.from_text(_kubeconfig("https://127.0.0.1:9"))

    monkeypatch.setattr(Connection, "identity", identity)
    access = open_access(declared, DAY, Connection(declared.clouds["cgc-hn1"]))
    assert asked == ["auditor"]
    for _ in range(2):
        assert access.tenants["h41"].api.send(Request("GET", "/version")).status == 0
    assert (asked, list(access.refused)) == (["auditor", "h41-admin"], [])
    for _ in range(2):
        answer = access.tenants["g09"].api.send(Request("GET", "/version"))
        assert (answer.status, "GC-AUDIT-002" in answer.text) == (0, True)
    assert access.tenants["g09"].api.execute("g09-prod-srv", "pod", ["true"], 1).status == 0
    assert (asked[2:], [problem.code for problem in access.refused]) == (["g09-admin"], ["GC-AUDIT-002"])


def test_the_audit_judges_by_the_law_that_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    law = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", law)
    rules = law / "admission" / "services.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("externalIPs are refused", "not here"), encoding="utf-8")
    own = country.load(ROOT / "tests" / "fixtures" / "country", law).on(DAY)
    wanted = [m for m in render.cluster(own, "cgc-hn1").manifests.values() if "AdmissionPolicy" in m["kind"]]
    access = _opened(own, monkeypatch)
    assert list(access.admission) == wanted
    assert access.catalogue == own.law.catalogue
    assert access.run.prefix == own.law.catalogue["TEN-01"].string("probe_prefix")
    assert wanted != admission.policies()


@pytest.mark.parametrize(("days", "counts"), [(0, True), (-1, False)])
def test_papers_count_to_their_last_day(
    declared: Country, monkeypatch: pytest.MonkeyPatch, days: int, counts: bool
) -> None:
    last = DAY + datetime.timedelta(days)
    cloud, owner = declared.clouds["cgc-hn1"], declared.tenants["h41"]
    sealed = {"sealed_disks": SealedDisks(reference="BB 12", until=last)}
    store = cloud.spec.object_store.model_copy(update=sealed)
    site = cloud.model_copy(update={"spec": cloud.spec.model_copy(update={"object_store": store})})
    link = next(one for one in declared.links.values() if set(one.spec.ends) == {"H41", "H41.101"})
    grant = BucketGrant(to="h41-101", link=link.name, access="read", until=last)
    records = owner.spec.storage.buckets["records"].model_copy(update={"share_class": "shared", "grants": (grant,)})
    buckets = {**owner.spec.storage.buckets, "records": records}
    storage = owner.spec.storage.model_copy(update={"buckets": buckets})
    tenant = owner.model_copy(update={"spec": owner.spec.model_copy(update={"storage": storage})})
    clouds, tenants = {**declared.clouds, "cgc-hn1": site}, {**declared.tenants, "h41": tenant}

    access = _opened(dataclasses.replace(declared, clouds=clouds, tenants=tenants), monkeypatch)

    bucket = next(one for one in access.tenants["h41"].buckets if one.name == "vn-h41-prod-records")
    assert (bucket.attested is not None) is counts
    assert dict(bucket.granted) == ({"h41-101": frozenset({"read"})} if counts else {})
