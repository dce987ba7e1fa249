"""What levels need of a cloud stands in one place, with its source, and every subject speaks of what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from govcloud.country.law_folder import PROJECT_LAW
from govcloud.examination.suite import SUBJECTS
from govcloud.rules.capability import catalogue
from govcloud_base.errors import GovCloudError


def test_every_capability_is_looked_at_by_one_subject_and_none_is_invented() -> None:
    looked_at = [name for _, names in SUBJECTS.values() for name in names]
    assert sorted(looked_at) == sorted(catalogue())
    assert len(set(looked_at)) == len(looked_at)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_capability_has_a_source(name: str) -> None:
    capability = catalogue()[name]
    assert all(len(source) > 3 for source in capability.sources) and capability.sources
    assert capability.title.vi and capability.lacking.vi


def test_the_law_says_from_which_level_systems_stand_apart() -> None:
    assert catalogue()["network-start"].level == "logicalSeparationFrom"
    assert catalogue()["nodes-dedicated"].level == "physicalSeparationFrom"
    # Without a level table nothing says that a tenant need not have it.
    assert catalogue()["nodes-dedicated"].from_level(None) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"controls": ["TEN-99"]},
        {"controls": [], "sources": []},
        {"level": 6},
        {"level": "sometimes"},
        {"title": {"en": "only English"}},
        {"surprise": True},
    ],
)
def test_a_capability_that_is_none_is_told_of(tmp_path: Path, change: dict[str, object]) -> None:
    content = yaml.safe_load((PROJECT_LAW / "clouds" / "capabilities.yaml").read_text(encoding="utf-8"))
    content["quota"] |= change
    (tmp_path / "clouds").mkdir()
    (tmp_path / "clouds" / "capabilities.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(GovCloudError) as error:
        catalogue(tmp_path)
    assert [problem.code for problem in error.value.problems] == ["GC-CLOUD-013"]


def test_a_law_without_the_file_has_the_project_s(tmp_path: Path) -> None:
    assert catalogue(tmp_path) == catalogue()


def test_a_control_of_a_country_s_own_is_cited_with_its_sources(tmp_path: Path) -> None:
    control = yaml.safe_load((PROJECT_LAW / "controls" / "TEN-03.yaml").read_text(encoding="utf-8"))
    (tmp_path / "controls").mkdir()
    own = control | {"id": "OWN-01", "sources": ["Quyết định số 1"]}
    (tmp_path / "controls" / "OWN-01.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), encoding="utf-8")
    content = yaml.safe_load((PROJECT_LAW / "clouds" / "capabilities.yaml").read_text(encoding="utf-8"))
    content["quota"] |= {"controls": ["OWN-01", "TEN-03"], "sources": ["ADR 0031"]}
    (tmp_path / "clouds").mkdir()
    (tmp_path / "clouds" / "capabilities.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    first, second, last = catalogue(tmp_path)["quota"].sources
    assert (first, last) == ("OWN-01 (Quyết định số 1)", "ADR 0031")
    assert second.startswith("TEN-03 (")
