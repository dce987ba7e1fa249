"""What a shell lacks to run Pulumi is told, and nothing of what it holds is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from govcloud.fleet.pulumi import PulumiProject
from govcloud_base.errors import EnvironmentProblem, Language


def test_the_address_of_a_backend_stays_unsaid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "postgres://govcloud:h0rse@db.example/state")
    with pytest.raises(EnvironmentProblem) as raised:
        PulumiProject(tmp_path)
    said = raised.value.render(Language.EN)
    assert "GC-FLEET-001" in said and "pulumi: -, PULUMI_BACKEND_URL: ***" in said
    assert "h0rse" not in said and "db.example" not in said


def test_a_folder_without_a_program_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as raised:
        PulumiProject(tmp_path)
    assert raised.value.problems[0].code == "GC-FLEET-006"
