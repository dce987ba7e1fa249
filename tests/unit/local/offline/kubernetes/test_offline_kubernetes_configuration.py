"""Provider options, kubeconfigs, and what a change of either means."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from govcloud_base.wire.values import UNKNOWN, Secret
from govcloud_offline.kubernetes.api.configuration import Settings, check_configuration, configuration_difference
from govcloud_offline.kubernetes.api.kubeconfig import Kubeconfig, KubeconfigError


def document(server: str = "http://127.0.0.1:1", **user: str) -> dict[str, Any]:
    return {
        "current-context": "here",
        "clusters": [
            {"name": "c", "cluster": {"server": server}},
            {"name": "other", "cluster": {"server": "http://127.0.0.1:2/"}},
        ],
        "contexts": [
            {"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "ns"}},
            {"name": "there", "context": {"cluster": "other", "user": "nobody"}},
        ],
        "users": [{"name": "u", "user": user}],
    }


def text(**user: str) -> str:
    return json.dumps(document(**user))


def test_options_come_from_the_provider_then_from_the_environment() -> None:
    environment = {"PULUMI_K8S_ENABLE_PATCH_FORCE": "true", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY": "false"}
    found = Settings.of({"kubernetes:config:enableServerSideApply": "true"}, environment)
    assert found.server_side
    assert found.patch_force
    assert not found.upsert
    assert not Settings.of({}, environment).server_side
    assert Settings.of({}, {}).server_side


def test_the_time_for_a_request_can_be_set() -> None:
    assert Settings.of({"kubernetes:config:kubeClientSettings": '{"timeout": 7}'}, {}).timeout == 7
    assert Settings.of({}, {"PULUMI_K8S_CLIENT_TIMEOUT": "9"}).timeout == 9


@pytest.mark.parametrize("as_path", [True, False])
def test_a_kubeconfig_is_content_or_path(as_path: bool, tmp_path: Path) -> None:
    content = yaml.safe_dump(document(token="t"))
    (tmp_path / "config").write_text(content)
    access = Kubeconfig.of(str(tmp_path / "config") if as_path else content).access()
    assert access.server == "http://127.0.0.1:1"
    assert access.headers == {"Authorization": "Bearer t"}
    assert access.namespace == "ns"


def test_context_and_cluster_can_be_chosen() -> None:
    config = Kubeconfig.of(text())
    assert config.access(context="there").server == "http://127.0.0.1:2"
    assert config.access(context="there").namespace == "default"
    assert config.access(cluster="other").server == "http://127.0.0.1:2"
    with pytest.raises(KubeconfigError, match='context "nowhere" does not exist'):
        config.access(context="nowhere")
    with pytest.raises(KubeconfigError, match='cluster "nowhere" does not exist'):
        config.access(cluster="nowhere")


def test_other_credentials(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    assert Kubeconfig.of(text(username="u", password="p")).access().headers == {
        "Authorization": "Basic " + base64.b64encode(b"u:p").decode()
    }
    relative = tmp_path / "config"
    relative.write_text(text(tokenFile="token"))
    assert Kubeconfig.of(str(relative)).access().headers == {"Authorization": "Bearer from-file"}
    assert Kubeconfig.of(text()).access().headers == {}


def test_the_environments_files_are_merged(tmp_path: Path) -> None:
    first, second = document(token="first"), document("http://127.0.0.1:9", token="second")
    second["contexts"].append({"name": "extra", "context": {"cluster": "c", "user": "u"}})
    (tmp_path / "a").write_text(json.dumps(first))
    (tmp_path / "b").write_text(json.dumps(second))
    config = Kubeconfig.of_environment({"KUBECONFIG": f"{tmp_path}/a:{tmp_path}/absent:{tmp_path}/b"})
    assert config.access(context="extra").headers == {"Authorization": "Bearer first"}
    assert config.access(context="extra").server == "http://127.0.0.1:1"
    with pytest.raises(KubeconfigError, match="no kubeconfig found"):
        Kubeconfig.of_environment({"KUBECONFIG": f"{tmp_path}/absent"})


def test_paths_are_from_the_folder_of_the_file_that_says_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "token").write_text(f"of-{folder}")
        named = document(tokenFile="token")
        for kind, entry in (("contexts", "context"), ("clusters", "cluster"), ("users", "user")):
            named[kind] = [{**item, "name": folder} for item in named[kind]]
            if entry == "context":
                named[kind][0]["context"] = {"cluster": folder, "user": folder}
        (tmp_path / folder / "config").write_text(json.dumps(named))
    (tmp_path / "empty").write_text("")
    (tmp_path / "remark").write_text("# nothing yet\n")
    monkeypatch.chdir(tmp_path)
    config = Kubeconfig.of_environment({"KUBECONFIG": f"empty:remark:a/config:{tmp_path}/b/config"})
    for folder in ("a", "b"):
        assert config.access(context=folder).headers == {"Authorization": f"Bearer of-{folder}"}


@pytest.mark.parametrize("broken", ["a: [", "{", "- a", "just text", "clusters: 3\n"])
def test_a_broken_kubeconfig_is_told_without_quoting_it(broken: str) -> None:
    with pytest.raises(KubeconfigError):
        Kubeconfig.of(broken)
    with pytest.raises(KubeconfigError) as caught:
        Kubeconfig.of("users:\n- token: hunter2\n  - broken\n")
    assert "hunter2" not in str(caught.value)
    assert "line" in str(caught.value)


def test_certificates_that_are_none_are_told() -> None:
    config = document("https://127.0.0.1:1")
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(b"no").decode()
    with pytest.raises(KubeconfigError, match="credentials of context"):
        Kubeconfig.of(json.dumps(config)).access()


def test_nothing_changed() -> None:
    same = {"kubeconfig": text(), "context": "here"}
    assert configuration_difference(same, dict(same)).changed == []


def test_another_server_is_another_cluster_unless_its_identifier_says_otherwise() -> None:
    old, new = {"kubeconfig": text()}, {"kubeconfig": json.dumps(document("http://127.0.0.1:7"))}
    assert configuration_difference(old, new).replaces == ["kubeconfig"]
    named = {"clusterIdentifier": "one"}
    assert configuration_difference(old | named, new | named).replaces == []
    found = configuration_difference(old | named, old | {"clusterIdentifier": "two"})
    assert found.replaces == ["clusterIdentifier"]
    assert configuration_difference(old, old | named).replaces == []


def test_other_credentials_are_the_same_cluster() -> None:
    old, new = {"kubeconfig": Secret(text(token="a"))}, {"kubeconfig": Secret(text(token="b"))}
    found = configuration_difference(old, new)
    assert found.changed == ["kubeconfig"]
    assert found.replaces == []


def test_another_context_may_be_another_cluster() -> None:
    old = {"kubeconfig": text(), "context": "here"}
    assert configuration_difference(old, old | {"context": "there"}).replaces == ["context"]


def test_a_kubeconfig_known_only_later_may_be_another_cluster() -> None:
    old = {"kubeconfig": text()}
    assert configuration_difference(old, {"kubeconfig": UNKNOWN}).replaces == ["kubeconfig"]


def test_strict_mode_wants_to_be_told() -> None:
    urn = "urn:pulumi:s::p::pulumi:providers:kubernetes::c"
    assert check_configuration(urn, {"strictMode": "true", "kubeconfig": "k", "context": "c"}, {}) == []
    assert [key for key, _ in check_configuration(urn, {"strictMode": "true"}, {})] == ["kubeconfig", "context"]
    assert check_configuration(urn, {}, {}) == []
    assert [key for key, _ in check_configuration(urn, {"renderYamlToDirectory": "out"}, {})] == [
        "renderYamlToDirectory"
    ]
    by_stack = {"PULUMI_CONFIG": '{"strictMode": "true"}'}
    default = urn.replace("::c", "::default_4_34_2")
    assert check_configuration(default, {"kubeconfig": "k", "context": "c"}, by_stack) == [
        ("", "strictMode is set, so the default provider is not used: name one for every resource")
    ]
