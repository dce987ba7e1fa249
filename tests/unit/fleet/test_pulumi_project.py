"""What a shell lacks to run Pulumi is told, and nothing of what it holds is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from govcloud.fleet import backend
from govcloud.fleet.pulumi import PulumiProject
from govcloud.stack import StackName
from govcloud_base.errors import CloudError, EnvironmentProblem, Language


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


def test_a_database_is_not_asked_for_more_than_it_answers_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "pulumi").write_text('#!/bin/sh\nprintf \'[{"name": "%s"}]\' "$PULUMI_DIY_BACKEND_PARALLEL"\n')
    (tmp_path / "pulumi").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for url, chosen, expected in (
        ("postgres://team@db.example/state", None, "1"),
        ("postgres://team@db.example/state", "2", "2"),
        ("file:///state", None, ""),
    ):
        monkeypatch.setenv("PULUMI_BACKEND_URL", url)
        monkeypatch.delenv("PULUMI_DIY_BACKEND_PARALLEL", raising=False)
        if chosen:
            monkeypatch.setenv("PULUMI_DIY_BACKEND_PARALLEL", chosen)
        assert PulumiProject(tmp_path).existing() == {expected}


_FAILING = """\
#!/bin/sh
echo "error: unable to open state database \\"$PULUMI_BACKEND_URL\\": no h0/rse" >&2
exit 1
"""


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("postgres://gov:p@ss&w0rd@db.example/state", "postgres://gov:***@db.example/state"),
        ("postgres://db.example/state?user=a&password=p@ss/w0rd", "postgres://db.example/state?user=a&password=***"),
    ],
)
def test_a_password_goes_whole_whatever_is_in_it(url: str, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    assert backend.without_password(f"cannot reach {url}") == f"cannot reach {left}"


@pytest.mark.parametrize(
    "url", ["postgres://govcloud:h0%2Frse@db.example/state", "postgres://db.example/state?user=a&password=h0%2Frse"]
)
def test_what_the_cli_says_of_a_backend_holds_no_password(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "pulumi").write_text(_FAILING)
    (tmp_path / "pulumi").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    project = PulumiProject(tmp_path)
    with pytest.raises(CloudError) as raised:
        project.existing()
    outcome = project.update(StackName.parse("tenant.h41"), lambda step: None)
    for said in (raised.value.render(Language.EN), raised.value.render(Language.VI), *outcome.messages):
        assert "db.example" in said and "***" in said, said
        assert "h0/rse" not in said and "h0%2Frse" not in said
