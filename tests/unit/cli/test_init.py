"""`govcloud init`: an empty folder becomes a project that is right from the first day, or stays as it was."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

import govcloud.cli.init as command
from govcloud import country, founding, rules
from govcloud.cli.options import country_folder
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law_folder import PROJECT_LAW, law_folder
from govcloud.draft import foundation
from govcloud.draft.form import answered
from govcloud.draft.question import Situation
from govcloud_base.errors import EnvironmentProblem, GovCloudError, Language, UsageError

ROOT = Path(__file__).parents[3]
TODAY = datetime.date.today()
APP = typer.Typer()
APP.command()(command.init)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    monkeypatch.setenv("GOVCLOUD_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    yield tmp_path
    os.environ.clear()
    os.environ.update(before)


def begun(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(APP, words, input=typed, standalone_mode=False)


def files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def wanted(date: datetime.date, **answers: str | list[str]) -> founding.Wanted:
    start = foundation.unfounded(Path("new/stacks"), country.law.load(PROJECT_LAW))
    head, cloud = foundation.begun({})
    first = head.draft(answered(head, Situation(start, date, {}), answers))
    second = cloud.draft(answered(cloud, Situation(first.country, date, first.situation.answers), answers))
    return founding.Wanted((first, second), date, tuple(founding.FORGES), False, None)


def test_a_country_is_begun_without_a_finding_and_shows_each_kind(here: Path) -> None:
    result = begun("my/country")
    assert result.exception is None, result.exception
    folder = here / "my/country/stacks/vn"
    made = country.load(folder)
    assert list(rules.judge(made, TODAY)) == []
    # what a store can do is measured, and nobody writes it by hand
    assert {declared.kind for declared in made.declarations.values()} == set(COUNTRY_KINDS) - {"StoreTable"}
    assert law_folder(folder) == PROJECT_LAW
    assert "`cd my/country && govcloud validate`" in result.output
    assert "say in my/country/stacks/vn/clouds/cgc-1.yaml" in result.output


@pytest.mark.parametrize("day", ["2026-07-01", "2026-11-30", "2028-02-29"])
def test_a_country_is_right_on_whatever_day_it_is_begun(day: str) -> None:
    date = datetime.date.fromisoformat(day)
    new = wanted(date)
    assert founding.require(Path("new"), new, founding.files(new)) == []


@pytest.mark.parametrize("network", ["10.0.0.0/8", "172.16.0.0/24", "192.168.4.0/28", "fd00:80::/32"])
def test_segments_lie_in_the_network_that_was_named(network: str) -> None:
    new = wanted(TODAY, **{"dedicated-network": [network]})
    problems = founding.require(Path("new"), new, founding.files(new))
    assert [problem.code for problem in problems if problem.code.startswith("GC-ADDR")] == []


def test_what_is_answered_stands_in_the_files(here: Path) -> None:
    store = "--endpoint https://10.1.2.3:9000 --store-authority-from SITE_CA"
    words = f"--code la --title-vi Lào --cloud mine --context prod --dns-address 10.43.0.10 {store}"
    result = begun("la", *words.split())
    assert result.exception is None, result.exception
    made = country.load(here / "la/stacks/la")
    spec = made.clouds["mine"].spec
    assert (made.name, made.spec.title.vi, spec.cluster.context) == ("la", "Lào", "prod")
    assert (spec.cluster.dns_address, spec.object_store.endpoint) == ("10.43.0.10", "https://10.1.2.3:9000")
    reach = spec.object_store.workloads
    assert reach and (reach.endpoint, reach.addresses, reach.authority_from) == (
        "https://10.1.2.3:9000",
        ("10.1.2.3",),
        "SITE_CA",
    )
    assert {tenant.spec.cloud for tenant in made.tenants.values()} == {"mine"}
    assert list(rules.judge(made, TODAY)) == []
    assert "SITE_CA=..." in (here / "la/README.md").read_text()
    for file in ("README.md", "README.vi.md", "stacks/__main__.py", "Pulumi.yaml"):
        assert "<<" not in (here / "la" / file).read_text()


def test_a_store_that_is_named_without_its_hosts_is_told_of(here: Path) -> None:
    result = begun("new", "--endpoint", "https://s3.example")
    assert result.exception is None, result.exception
    assert "GC-CLOUD-006" in result.output


def test_the_program_is_the_one_of_the_checkout() -> None:
    assert founding.files(wanted(TODAY))["stacks/__main__.py"] == (ROOT / "stacks/__main__.py").read_text()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", ["file below", "hidden file", "file"])
def test_a_folder_with_something_in_it_stays_as_it_was(here: Path, kind: str, language: Language) -> None:
    folder = here / "full"
    if kind == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / (".env" if kind == "hidden file" else "notes")).write_text("mine")
    before = files(here)
    result = begun("full")
    assert isinstance(result.exception, UsageError)
    assert [problem.code for problem in result.exception.problems] == ["GC-INIT-001"]
    said = result.exception.render(language)
    assert ("empty folder" in said, "thư mục rỗng" in said) == (language is Language.EN, language is Language.VI)
    assert files(here) == before


def test_a_repository_without_a_file_is_empty(here: Path) -> None:
    (here / "repository/.git").mkdir(parents=True)
    assert begun("repository").exception is None
    assert (here / "repository/stacks/vn/country.yaml").is_file()


def test_answers_that_do_not_go_together_leave_nothing(here: Path) -> None:
    result = begun("new", "--dedicated-network", "10.0.0.0/31")
    assert isinstance(result.exception, UsageError)
    assert [(p.code, str(p.place)) for p in result.exception.problems] == [("GC-INIT-004", "--dedicated-network")]
    refused = begun("new", "--version", "one", "--dns-address", "x")
    assert isinstance(refused.exception, UsageError)
    assert {p.place and p.place.file for p in refused.exception.problems} == {"--version", "--dns-address"}
    assert files(here) == set() and not (here / "new").exists()


def test_what_cannot_be_written_whole_is_not_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "repository/.git").mkdir(parents=True)
    made = {"a/b": "1", "a": "a file where a folder is", "c": "2"}
    with pytest.raises(EnvironmentProblem) as raised:
        command._write(here / "repository", made)
    assert raised.value.problems[0].code == "GC-INIT-003"
    assert files(here) == set() and (here / "repository/.git").is_dir()
    with pytest.raises(EnvironmentProblem):
        command._write(here / "new", made)
    assert not (here / "new").exists()


def test_what_somebody_else_put_there_meanwhile_stays(here: Path) -> None:
    (here / "new").mkdir()
    (here / "new" / "README.md").write_text("somebody's")
    with pytest.raises(EnvironmentProblem):
        command._write(here / "new", {"stacks/a": "1", "README.md": "ours", "z": "2"})
    assert files(here) == {"new/README.md"}
    assert (here / "new" / "README.md").read_text() == "somebody's"


def test_what_is_interrupted_leaves_nothing(here: Path) -> None:
    class Interrupted(dict[str, str]):
        def items(self) -> Any:
            yield "stacks/a", "1"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command._write(here / "new", Interrupted())
    assert not (here / "new").exists()


def test_a_law_of_ones_own_begins_as_a_copy_and_holds(here: Path) -> None:
    assert begun("own", "--law", "own").exception is None
    own = here / "own/policies"
    assert law_folder(here / "own/stacks/vn") == own
    parts = {folder.name for folder in PROJECT_LAW.iterdir() if any(folder.glob("*.yaml"))} | {"administration"}
    assert {folder.name for folder in own.iterdir()} == parts - {"crossguard"}
    for part in parts - {"crossguard"}:
        copied = {file.name: file.read_bytes() for file in (own / part).iterdir()}
        assert copied == {file.name: file.read_bytes() for file in (PROJECT_LAW / part).iterdir()}
    assert list(rules.judge(country.load(here / "own/stacks/vn"), TODAY)) == []


def test_workflow_files_name_the_country(here: Path) -> None:
    assert begun("all", "--code", "la").exception is None
    assert begun("one", "--forge", "gitlab").exception is None
    for _, place in founding.FORGES.values():
        text = (here / "all" / place).read_text()
        assert text.count("COUNTRY: stacks/la") == 1 and "stacks/vn" not in text
        yaml.safe_load(text)
    places = {place for _, place in founding.FORGES.values()}
    assert files(here / "one") & places == {"forges/gitlab-ci.yml"}
    # What the workflow files run to install the program.
    assert ".venv/.synchronised: requirements.txt govcloud.txt\n" in (here / "all/Makefile").read_text()


def test_commands_find_the_country_in_below_and_by_the_name_of_the_project(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert begun("new").exception is None
    folder = here / "new/stacks/vn"
    assert country_folder(Path("new")).resolve() == folder
    for place in ("new", "new/stacks", "new/stacks/vn/tenants"):
        monkeypatch.chdir(here / place)
        assert country_folder(None).resolve() == folder
    (here / "new/stacks/la").mkdir()
    (here / "new/stacks/la/country.yaml").write_text("")
    with pytest.raises(UsageError, match="GC-CLI-010"):
        country_folder(here / "new")


def test_wheels_that_are_not_there_cannot_be_locked(here: Path) -> None:
    (here / "wheels").mkdir()
    result = begun("new", "--wheels", "wheels")
    assert isinstance(result.exception, UsageError)
    assert [problem.code for problem in result.exception.problems] == ["GC-INIT-002"] * 2
    assert not (here / "new").exists()


def test_on_a_terminal_the_main_things_are_asked_for(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govcloud.cli.answers._on_terminal", lambda: True)
    result = begun("new", "--context", "prod", typed="la\nLào\n" + "\n" * 7)
    assert result.exception is None, result.exception
    assert (country.load(here / "new/stacks/la").spec.title.vi, "kubeconfig [" in result.output) == ("Lào", False)


def test_a_folder_that_cannot_be_looked_at_is_named(here: Path) -> None:
    result = begun("n" * 300)
    assert isinstance(result.exception, EnvironmentProblem)
    (problem,) = result.exception.problems
    assert (problem.code, problem.place and problem.place.file) == ("GC-INIT-003", "n" * 300)
    assert "File name too long" in problem.message.en and "tên quá dài" in problem.message.vi


def test_answers_that_are_refused_name_no_file_that_was_never_written(here: Path) -> None:
    result = begun("new", "--dedicated-network", "10.0.0.0/16", "--reserved-network", "10.0.0.0/16")
    assert isinstance(result.exception, GovCloudError)
    assert result.exception.problems and not [p.place for p in result.exception.problems if p.place]
    assert files(here) == set()


@pytest.mark.parametrize("folder", ["below/new", "../beside", "{here}/absolute"])
def test_what_is_told_of_after_it_lies_where_the_reader_stands(
    here: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "desk").mkdir()
    monkeypatch.chdir(here / "desk")
    result = begun(folder.format(here=here), "--endpoint", "https://s3.example")
    named = re.findall(r"^(\S+?):\d+:\d+: warning", result.output, re.MULTILINE)
    assert named and all(Path(name).is_file() for name in named), result.output
