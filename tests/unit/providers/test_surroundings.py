"""Which variables speak of a cloud: its own first, a profile of its name, and the plain ones for one store alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from govcloud.providers.storage.endpoint import Endpoint, client
from govcloud.providers.storage.plugin import StorageProvider
from govcloud.providers.storage.surroundings import named_after, surroundings
from govcloud_base.errors import EnvironmentProblem
from govcloud_base.wire.protocol import provider_pb2

HERE, THERE = "https://store.hn1.example:8333", "https://store.hn2.example"
PLAIN = {
    "AWS_ENDPOINT_URL_S3": HERE,
    "AWS_ACCESS_KEY_ID": "plain",
    "AWS_SECRET_ACCESS_KEY": "plain-secret",
    "AWS_CA_BUNDLE": "/plain/ca.crt",
    "GOVCLOUD_SEAWEEDFS_MASTER": "127.0.0.1:9333",
    "PATH": "/bin",
}
OWN = {"GOVCLOUD_CGC_HN2_AWS_ACCESS_KEY_ID": "own", "GOVCLOUD_CGC_HN2_AWS_SECRET_ACCESS_KEY": "own-secret"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without profiles."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_plain_variables_are_of_the_store_whose_address_they_name() -> None:
    assert surroundings("cgc-hn1", None, "AWS_ENDPOINT_URL_S3", PLAIN) == PLAIN
    assert surroundings("cgc-hn1", f"{HERE}/", None, PLAIN) == PLAIN
    assert surroundings("cgc-hn2", THERE, None, PLAIN) == {"PATH": "/bin"}


@pytest.mark.parametrize("missing", [None, "AWS_ENDPOINT_URL_S3"])
def test_no_cloud_gets_the_keys_of_another(missing: str | None) -> None:
    shell = {name: value for name, value in PLAIN.items() if name != missing}
    around = surroundings("cgc-hn2", THERE, None, shell)
    endpoint = Endpoint.from_config({"endpoint": THERE, "region": "vn-hn-1"}, around, "cgc-hn2")
    assert (endpoint.key, endpoint.ca_bundle) == (None, None)
    with pytest.raises(EnvironmentProblem) as refused:
        client(endpoint)
    (problem,) = refused.value.problems
    assert (problem.code, problem.value) == ("GC-STORE-002", THERE)
    for way in ("GOVCLOUD_CGC_HN2_AWS_ACCESS_KEY_ID", "govcloud-cgc-hn2", "AWS_ENDPOINT_URL_S3"):
        assert way in problem.fix.en and way in problem.fix.vi


def test_what_is_named_after_a_cloud_goes_before_and_reaches_no_other() -> None:
    shell = {
        **PLAIN,
        **OWN,
        "GOVCLOUD_CGC_HN2_AWS_ENDPOINT_URL_S3": THERE,
        "GOVCLOUD_CGC_HN2_SEAWEEDFS_MASTER": "10.0.0.2:9333",
        "GOVCLOUD_CGC_HN2_AUDITOR_KUBECONFIG": "/hn2/auditor",
        "GOVCLOUD_AUDITOR_KUBECONFIG": "/auditor",
        "AWS_SESSION_TOKEN": "of the plain pair",
    }
    around = surroundings("cgc-hn2", None, "AWS_ENDPOINT_URL_S3", shell)
    assert around["AWS_ENDPOINT_URL_S3"] == THERE
    assert (around["AWS_ACCESS_KEY_ID"], around["AWS_SECRET_ACCESS_KEY"]) == ("own", "own-secret")
    assert around["GOVCLOUD_SEAWEEDFS_MASTER"] == "10.0.0.2:9333"
    assert around["GOVCLOUD_AUDITOR_KUBECONFIG"] == "/hn2/auditor"
    assert not around.keys() & {"AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"}
    other = surroundings("cgc-hn1", None, "AWS_ENDPOINT_URL_S3", shell)
    assert other["AWS_ACCESS_KEY_ID"] == "plain"
    assert other["GOVCLOUD_AUDITOR_KUBECONFIG"] == "/auditor"
    assert named_after("cgc-hn2", "GOVCLOUD_AUDITOR_KUBECONFIG") == "GOVCLOUD_CGC_HN2_AUDITOR_KUBECONFIG"


def test_half_a_pair_is_never_completed_from_the_plain_one() -> None:
    shell = {**PLAIN, "GOVCLOUD_CGC_HN1_AWS_ACCESS_KEY_ID": "own"}
    around = surroundings("cgc-hn1", HERE, None, shell)
    assert Endpoint.from_config({"endpoint": HERE}, around, "cgc-hn1").key is None


def test_a_profile_of_the_clouds_name_brings_keys_token_and_authority(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = wrong\naws_secret_access_key = wrong\n"
        "[govcloud-cgc-hn2]\naws_access_key_id = kept\naws_secret_access_key = kept-secret\naws_session_token = t\n"
    )
    (home / ".aws" / "config").write_text("[profile govcloud-cgc-hn2]\nca_bundle = ~/hn2.crt\n")
    around = surroundings("cgc-hn2", THERE, None, {**PLAIN, "AWS_PROFILE": "default"})
    endpoint = Endpoint.from_config({"endpoint": THERE}, around, "cgc-hn2")
    assert endpoint.key is not None and endpoint.ca_bundle == str(home / "hn2.crt")
    assert (endpoint.key.access, endpoint.key.secret, endpoint.key.token) == ("kept", "kept-secret", "t")
    assert "kept-secret" not in repr(endpoint)
    assert surroundings("cgc-hn2", THERE, None, {**PLAIN, **OWN})["AWS_ACCESS_KEY_ID"] == "own"
    assert "AWS_ACCESS_KEY_ID" not in surroundings("cgc-hn3", "https://hn3.example", None, PLAIN)


@pytest.mark.parametrize("half", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
def test_variables_never_complete_the_pair_of_a_profile(half: str, home: Path) -> None:
    shell = {**PLAIN, f"GOVCLOUD_CGC_HN2_{half}": "own"}
    endpoint = Endpoint.from_config({"endpoint": THERE}, surroundings("cgc-hn2", THERE, None, shell), "cgc-hn2")
    assert endpoint.key is None
    (home / ".aws").mkdir()
    profile = home / ".aws" / "credentials"
    profile.write_text("[govcloud-cgc-hn2]\naws_access_key_id = kept\naws_secret_access_key = kept-secret\n")
    with pytest.raises(EnvironmentProblem, match="GC-STORE-027") as refused:
        surroundings("cgc-hn2", THERE, None, shell)
    (problem,) = refused.value.problems
    assert problem.value == f"GOVCLOUD_CGC_HN2_{half}"
    assert "govcloud-cgc-hn2" in problem.message.vi and "own" not in str(refused.value).split()
    around = surroundings("cgc-hn2", THERE, None, {**PLAIN, **OWN})
    assert (around["AWS_ACCESS_KEY_ID"], around["AWS_SECRET_ACCESS_KEY"]) == ("own", "own-secret")
    assert "AWS_SESSION_TOKEN" not in around


def test_whom_a_profile_trusts_counts_beside_keys_in_variables(home: Path) -> None:
    (home / ".aws").mkdir()
    # Its own login is never asked: the keys are in the variables.
    (home / ".aws" / "config").write_text(
        "[profile govcloud-cgc-hn2]\nca_bundle = ~/hn2.crt\ncredential_process = /nowhere/login\n"
    )
    shell = {**PLAIN, **OWN}
    assert surroundings("cgc-hn2", THERE, None, shell)["AWS_CA_BUNDLE"] == str(home / "hn2.crt")
    assert surroundings("cgc-hn2", HERE, None, shell)["AWS_CA_BUNDLE"] == str(home / "hn2.crt")
    named = {**shell, "GOVCLOUD_CGC_HN2_AWS_CA_BUNDLE": "/own.crt"}
    assert surroundings("cgc-hn2", THERE, None, named)["AWS_CA_BUNDLE"] == "/own.crt"


def test_a_token_of_ones_own_goes_with_no_plain_pair() -> None:
    around = surroundings("cgc-hn1", HERE, None, {**PLAIN, "GOVCLOUD_CGC_HN1_AWS_SESSION_TOKEN": "own"})
    assert Endpoint.from_config({"endpoint": HERE}, around, "cgc-hn1").key is None


def test_a_profile_that_cannot_be_used_is_named(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text("govcloud-cgc-hn2\n[")
    with pytest.raises(EnvironmentProblem, match="GC-STORE-026"):
        surroundings("cgc-hn2", THERE, None, PLAIN)


@pytest.mark.parametrize(("name", "key"), [("cgc-hn2-store", "own"), ("cgc-hn1-store", None), ("by-hand", "plain")])
def test_the_plugin_takes_the_same_keys_by_the_name_of_the_provider(
    name: str, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in {**PLAIN, **OWN}.items():
        monkeypatch.setenv(variable, value)
    provider = StorageProvider()
    request = provider_pb2.ConfigureRequest(name=name)
    request.args.update({"endpoint": THERE, "region": "vn-hn-1", "adapter": "seaweedfs"})
    provider.Configure(request, None)  # type: ignore[arg-type]
    assert provider._store is not None
    found = provider._store.endpoint.key
    assert (found.access if found else None) == key
