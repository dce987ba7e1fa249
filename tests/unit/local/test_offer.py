"""What the embedded cloud offers the product, by entry points alone."""

from __future__ import annotations

import base64
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.x509.oid import NameOID

from govcloud import clouds
from govcloud_base.errors import EnvironmentProblem
from govcloud_local import cli, environment
from govcloud_local.offer import EmbeddedCloud
from govcloud_local.services import control_plane
from govcloud_local.settings import Profile, Settings, save


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a cloud, that this shell names."""
    monkeypatch.setenv("GOVCLOUD_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("GOVCLOUD_CONFIG", str(tmp_path / "config"))
    return tmp_path / "state"


def _started(state: Path) -> Settings:
    made = Settings(state=state, profile=Profile.CONTROL_PLANE)
    save(made)
    control_plane.prepare(made)
    environment.prepare(made)
    return made


def test_a_cloud_that_was_never_started_is_not_offered(state: Path) -> None:
    assert clouds.offered() is None


def test_the_cloud_of_the_state_folder_is_offered(state: Path) -> None:
    made = _started(state)
    found = clouds.offered()
    assert found == EmbeddedCloud(made)
    assert found is not None
    assert found.kubeconfig == str(made.kubeconfig)
    assert str(state) in found.said.en and str(state) in found.said.vi
    entered = found.enter("/usr/bin")
    assert entered["KUBECONFIG"] == found.kubeconfig
    assert entered == environment.variables(made, "/usr/bin")


def test_a_state_that_cannot_be_read_is_said_and_not_passed_over(state: Path) -> None:
    state.mkdir()
    (state / "settings.json").write_text("{", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="GC-LOCAL-004"):
        clouds.offered()


def test_an_identity_is_of_the_group_that_was_asked_for(state: Path) -> None:
    found = EmbeddedCloud(_started(state))
    issued = yaml.safe_load(found.identity("h41-admin", "gov:h41:admin"))
    (user,) = issued["users"]
    certificate = x509.load_pem_x509_certificate(base64.b64decode(user["user"]["client-certificate-data"]))
    named = [(each.oid, each.value) for each in certificate.subject]
    assert sorted(named, key=str) == [(NameOID.ORGANIZATION_NAME, "gov:h41:admin"), (NameOID.COMMON_NAME, "h41-admin")]
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).total_seconds() < 2 * 3600


def test_the_command_comes_by_an_entry_point() -> None:
    (entry,) = metadata.entry_points(group="govcloud.commands", name="local")
    assert entry.load() is cli.app
