"""Whose eyes a cloud gives: only those that were asked for, of that cloud alone, and never the platform's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import little_api_server
import pytest
from little_api_server import LittleApiServer, kubeconfig

from govcloud.audit.attempt import RBAC
from govcloud.clouds import identities
from govcloud.clouds.identities import access_of
from govcloud.clouds.impersonation import Impersonated
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Request
from govcloud_base.errors import CloudError, EnvironmentProblem, Text

CONTEXT, USER, GROUP = "cgc-hn2", "h41-admin", "gov:h41:admin"
NAMED = "GOVCLOUD_TENANT_KUBECONFIG_H41"
SELF = ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews")


class Offered:
    """A cloud of this machine."""

    said = Text("Embedded cloud", "Đám mây nhúng")

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = str(kubeconfig)
        self.issued: list[tuple[str, str]] = []

    def enter(self, path: str) -> dict[str, str]:
        return {}

    def identity(self, user: str, group: str) -> str:
        self.issued.append((user, group))
        return Path(self.kubeconfig).read_text().replace("platform", "issued")


@pytest.fixture
def server() -> Iterator[LittleApiServer]:
    with little_api_server.running() as running:
        running.people["issued"] = (USER, [GROUP, "system:authenticated"])
        yield running


@pytest.fixture
def platform(server: LittleApiServer, monkeypatch: pytest.MonkeyPatch) -> KubernetesApi:
    monkeypatch.setattr(identities, "offered", lambda: None)
    return KubernetesApi.from_text(kubeconfig(server.address, CONTEXT))


def _file(tmp_path: Path, text: str) -> str:
    file = tmp_path / "named"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_cluster_that_nobody_here_brought_is_seen_by_impersonation(
    server: LittleApiServer, platform: KubernetesApi
) -> None:
    api = access_of(platform, CONTEXT, {}, USER, GROUP)
    assert isinstance(api, Impersonated)
    assert api.send(Request("GET", "/version")).ok
    assert server.asked == [(USER, *SELF), (USER, "GET", "/version")]


def test_headers_that_a_proxy_takes_away_end_the_examination(server: LittleApiServer, platform: KubernetesApi) -> None:
    server.deaf = True
    with pytest.raises(EnvironmentProblem, match="GC-AUDIT-004") as refused:
        access_of(platform, CONTEXT, {}, USER, GROUP)
    assert "engineer" in str(refused.value)
    assert server.asked == [("engineer", *SELF)]


def test_a_platform_that_may_not_impersonate_is_told_so(server: LittleApiServer, platform: KubernetesApi) -> None:
    server.impersonators.clear()
    with pytest.raises(EnvironmentProblem, match="GC-AUDIT-002") as refused:
        access_of(platform, CONTEXT, {}, USER, GROUP)
    assert NAMED in str(refused.value) and "cannot impersonate" in str(refused.value)


def test_no_impersonation_is_sent_on_top_of_another(server: LittleApiServer, platform: KubernetesApi) -> None:
    """The server takes one alone: what was meant as the tenant's attempt would be the platform's, and go through."""
    api = access_of(platform, CONTEXT, {}, USER, GROUP)
    attack = Request("GET", "/version", headers={"impersonate-user": "b", "Impersonate-Group": "system:masters"})
    assert RBAC.matches(api.send(attack))
    server.grants = {("users", "b")}
    assert RBAC.matches(api.send(attack))
    server.grants = {("users", "b"), ("groups", "system:masters")}
    assert api.send(attack).ok
    assert {name for name, _, _ in server.asked} == {USER}
    assert not any(path == "/version" for _, _, path in server.asked)


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({"Impersonate-User": "system:serviceaccount:ns:robot"}, ("serviceaccounts", "robot")),
        ({"Impersonate-Uid": "0"}, ("uids", "0")),
        ({"Impersonate-Extra-scopes": "all"}, ("userextras", "all")),
    ],
)
def test_every_part_of_an_impersonation_is_asked_for(
    server: LittleApiServer, platform: KubernetesApi, headers: dict[str, str], asked: tuple[str, str]
) -> None:
    api = Impersonated(platform, USER, GROUP)
    assert api.send(Request("GET", "/version", headers=headers)).status == 403
    server.grants = {asked}
    assert api.send(Request("GET", "/version", headers=headers)).ok


def test_the_cloud_of_this_machine_issues_for_itself(
    server: LittleApiServer, platform: KubernetesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Offered(tmp_path / "named")
    _file(tmp_path, kubeconfig(server.address, "govcloud-local"))
    monkeypatch.setattr(identities, "offered", lambda: own)
    assert isinstance(access_of(platform, CONTEXT, {}, USER, GROUP), KubernetesApi)
    assert own.issued == [(USER, GROUP)]


def test_and_for_no_other(
    server: LittleApiServer, platform: KubernetesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Offered(tmp_path / "named")
    _file(tmp_path, kubeconfig("https://127.0.0.1:18001", CONTEXT))
    monkeypatch.setattr(identities, "offered", lambda: other)
    assert isinstance(access_of(platform, CONTEXT, {}, USER, GROUP), Impersonated)
    assert other.issued == []


def test_a_kubeconfig_that_is_named_goes_first_and_must_be_the_identitys(
    server: LittleApiServer, platform: KubernetesApi, tmp_path: Path
) -> None:
    server.people["tenant"] = ("an@h41", [GROUP, "system:authenticated"])
    named = {NAMED: _file(tmp_path, kubeconfig(server.address, CONTEXT, "tenant", current=False))}
    access_of(platform, CONTEXT, named, USER, GROUP)
    assert server.asked == [("an@h41", *SELF)]
    for token, people in {
        "platform": None,
        "other": ("b", ["gov:g09:admin"]),
        "both": ("c", [GROUP, "system:masters"]),
    }.items():
        if people:
            server.people[token] = people
        _file(tmp_path, kubeconfig(server.address, CONTEXT, token))
        with pytest.raises(EnvironmentProblem, match="GC-AUDIT-004"):
            access_of(platform, CONTEXT, named, USER, GROUP)


def test_the_current_context_serves_where_it_leads_to_the_same_server_and_nowhere_else(
    server: LittleApiServer, platform: KubernetesApi, tmp_path: Path
) -> None:
    named = {NAMED: _file(tmp_path, kubeconfig(server.address, "mine", "issued"))}
    access_of(platform, CONTEXT, named, USER, GROUP)
    _file(tmp_path, kubeconfig("https://elsewhere:6443", "mine", "issued"))
    with pytest.raises(EnvironmentProblem, match="https://elsewhere:6443"):
        access_of(platform, CONTEXT, named, USER, GROUP)


def test_a_context_of_the_same_name_that_leads_to_another_cluster_is_refused(
    server: LittleApiServer, platform: KubernetesApi, tmp_path: Path
) -> None:
    named = {NAMED: _file(tmp_path, kubeconfig("https://elsewhere:6443", CONTEXT, "issued"))}
    with pytest.raises(EnvironmentProblem, match="leads to https://elsewhere:6443"):
        access_of(platform, CONTEXT, named, USER, GROUP)


def test_nobody_who_is_impersonated_runs_a_command_in_a_pod(platform: KubernetesApi) -> None:
    answer = Impersonated(platform, USER, GROUP).execute("h41-prod-srv", "pod", ["true"], 1.0)
    assert answer.status == 0 and "impersonated" in str(answer)


def test_a_server_that_does_not_answer_is_no_lack_of_rights(platform: KubernetesApi) -> None:
    silent = KubernetesApi.from_text(kubeconfig("http://127.0.0.1:9", CONTEXT))
    with pytest.raises(CloudError, match="GC-DRIFT-001"):
        access_of(silent, CONTEXT, {}, USER, GROUP)
