"""KUBECONFIG alone decides which cloud a command works on: nobody examines the embedded one by accident."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from govcloud import country
from govcloud.cli import at_hand
from govcloud.clouds.contexts import servers
from govcloud_local.offer import EmbeddedCloud
from govcloud_local.settings import Profile, Settings

ROOT = Path(__file__).parents[3]
OURS = {
    "KUBECONFIG": "/state/kubeconfig",
    "PULUMI_BACKEND_URL": "file:///state/pulumi-state",
    "AWS_ENDPOINT_URL_S3": "https://127.0.0.1:1",
    "AWS_SECRET_ACCESS_KEY": "embedded",
}


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedded cloud runs on this machine; the shell knows nothing of any cloud."""
    for name in OURS:
        # Set first: what a command puts into the environment is taken out again after the test.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    found = EmbeddedCloud(Settings(state=Path("/state"), profile=Profile.FULL))
    monkeypatch.setattr(EmbeddedCloud, "enter", lambda _cloud, _path: OURS)
    monkeypatch.setattr(at_hand, "offered", lambda: found)


def _entered() -> str:
    said = io.StringIO()
    at_hand.enter_cloud(Console(file=said))
    return said.getvalue()


@pytest.mark.parametrize("backend", [None, "file:///elsewhere"])
def test_a_kubeconfig_of_ones_own_takes_nothing_of_the_embedded_cloud(
    backend: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/home/an/one:/home/an/two")
    if backend:
        monkeypatch.setenv("PULUMI_BACKEND_URL", backend)
    before = dict(os.environ)
    assert _entered() == ""
    assert dict(os.environ) == before


def test_whoever_is_started_in_another_folder_finds_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", "one:/home/an/two")
    _entered()
    assert os.environ["KUBECONFIG"] == f"{tmp_path}/one:/home/an/two"


@pytest.mark.parametrize("named", [None, "", OURS["KUBECONFIG"]])
def test_without_one_or_with_its_own_the_embedded_cloud_is_meant(
    named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named is not None:
        monkeypatch.setenv("KUBECONFIG", named)
    assert "Embedded cloud of /state" in _entered()
    assert {name: os.environ[name] for name in OURS} == OURS


def test_the_cluster_that_is_looked_at_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("contexts: [{name: govcloud-local, context: {cluster: c, user: u}}]\n", encoding="utf-8")
    two.write_text(
        "clusters: [{name: c, cluster: {server: 'https://10.0.0.1:6443'}}]\n"
        "contexts: [{name: govcloud-local, context: {cluster: other}}, {name: second, context: {cluster: none}}]\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("KUBECONFIG", f"{one}{os.pathsep}{two}")
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    assert servers() == {"govcloud-local": "https://10.0.0.1:6443", "second": ""}
    said = io.StringIO()
    declared = country.load(ROOT / "tests" / "fixtures" / "country", ROOT / "policies")
    at_hand.tell(Console(file=said), declared, declared.clouds)
    assert said.getvalue() == "Cloud cgc-hn1: https://10.0.0.1:6443, context govcloud-local\n"
