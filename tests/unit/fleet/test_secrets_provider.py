"""With which secrets provider a stack is made: what its own settings say goes before what the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from govcloud.fleet.secrets_provider import of_new
from govcloud_base.errors import EnvironmentProblem

STACK = "tenant.h41"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose stacks have their settings in a folder of their own."""
    monkeypatch.delenv("GOVCLOUD_SECRETS_PROVIDER", raising=False)
    (tmp_path / "Pulumi.yaml").write_text("{name: govcloud, stackConfigDir: stacks/config}")
    (tmp_path / "stacks" / "config").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("settings", "variable", "expected"),
    [
        (None, None, None),
        (None, "hashivault://govcloud", "hashivault://govcloud"),
        ("", "hashivault://govcloud", "hashivault://govcloud"),
        ("secretsprovider: awskms://alias/a\nencryptedkey: x", "hashivault://govcloud", "awskms://alias/a"),
        ("encryptionsalt: v1:x", "hashivault://govcloud", None),
        ("config: {a: b}", "passphrase", "passphrase"),
    ],
)
def test_the_provider_of_a_new_stack(
    settings: str | None, variable: str | None, expected: str | None, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings is not None:
        (project / "stacks" / "config" / f"Pulumi.{STACK}.yaml").write_text(settings)
    if variable:
        monkeypatch.setenv("GOVCLOUD_SECRETS_PROVIDER", variable)
    assert of_new(project, STACK) == expected


def test_a_kind_that_pulumi_has_not_is_refused_by_name(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_SECRETS_PROVIDER", "keychain://user:word@host")
    with pytest.raises(EnvironmentProblem, match="GC-FLEET-010") as refused:
        of_new(project, STACK)
    (problem,) = refused.value.problems
    assert (problem.value, str(problem.place)) == ("keychain", "GOVCLOUD_SECRETS_PROVIDER")
    assert "hashivault://" in str(problem.allowed) and "word" not in str(refused.value)


def test_settings_that_cannot_be_read_are_named(project: Path) -> None:
    file = project / "stacks" / "config" / f"Pulumi.{STACK}.yaml"
    file.write_text("{")
    with pytest.raises(EnvironmentProblem, match="GC-FLEET-011") as refused:
        of_new(project, STACK)
    assert str(refused.value.problems[0].place) == str(file)
