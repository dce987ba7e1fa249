"""Whose eyes an audit gets: of the cloud that is examined and of no other, and by the law that it was rendered by."""

from __future__ import annotations

import datetime
import os
import shutil
from pathlib import Path

import pytest

from govcloud import country, render
from govcloud.audit import session
from govcloud.audit.session import open_access
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.country import Country
from govcloud.render import admission
from govcloud_base.errors import EnvironmentProblem

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


def _anybody(_user: str, _group: str) -> KubernetesApi:
    return KubernetesApi.from_text(_kubeconfig(SERVER))


def test_the_context_that_the_cloud_declares_is_used_whichever_is_current(declared: Country) -> None:
    access = open_access(declared, DAY, _anybody)
    assert isinstance(access.prober, KubernetesApi)
    assert access.prober.server == SERVER
    assert access.store.endpoint == "https://10.0.0.2:8333"


def test_the_embedded_clouds_identities_are_never_used_for_another(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "embedded_kubeconfig", lambda *_: _kubeconfig("https://127.0.0.1:18001"))
    with pytest.raises(EnvironmentProblem, match="GC-AUDIT-002") as refused:
        open_access(declared, DAY)
    assert f"{SERVER} is not the embedded cloud" in str(refused.value)
    monkeypatch.setattr(session, "embedded_kubeconfig", lambda *_: _kubeconfig(SERVER))
    assert open_access(declared, DAY).tenants.keys() == declared.tenants.keys()


def test_a_named_kubeconfig_is_used_in_the_clouds_context_where_it_has_it(tmp_path: Path) -> None:
    file = tmp_path / "auditor"
    for text, server in (
        (_kubeconfig("https://a:1", "mine"), "https://a:1"),
        (_kubeconfig("https://b:1"), "https://b:1"),
        (_kubeconfig("https://c:1", current=False), "https://c:1"),
    ):
        file.write_text(text, encoding="utf-8")
        assert KubernetesApi.at("govcloud-local", str(file)).server == server


def test_the_audit_judges_by_the_law_that_rendered(tmp_path: Path) -> None:
    law = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", law)
    rules = law / "admission" / "services.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("externalIPs are refused", "not here"), encoding="utf-8")
    own = country.load(ROOT / "tests" / "fixtures" / "country", law).on(DAY)
    wanted = [m for m in render.cluster(own, "cgc-hn1").manifests.values() if "AdmissionPolicy" in m["kind"]]
    assert list(open_access(own, DAY, _anybody).admission) == wanted
    assert wanted != admission.policies()
