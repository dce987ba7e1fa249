from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest
import yaml
from made_objects import CONTROLS

from govcloud.audit.suite import SUITE
from govcloud.country import controls
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.render import admission
from govcloud_base.errors import GovCloudError

ALL = ("CRY-03", "NET-02", "NET-04", "STO-01", "STO-03", "STO-04", "SUP-01", "TEN-01", "TEN-03", "TEN-04", "TEN-05")


def test_the_controls_are_there_in_both_languages() -> None:
    catalogue = controls.catalogue()
    assert tuple(control.id for control in catalogue) == ALL
    for control in catalogue:
        for text in (control.title, control.purpose, control.method, control.verdict):
            assert text.en != text.vi
            assert re.search("[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ]", text.vi, re.IGNORECASE), text.vi


def test_every_control_is_examined_and_enforced_and_no_other_is() -> None:
    pack = importlib.import_module("pack")
    known = {control.id for control in controls.catalogue()}
    assert {control for check in SUITE for control in check.controls} == known
    admitted = set(re.findall(r"[A-Z]{3}-[0-9]{2}(?=: )", json.dumps(list(admission.policies(PROJECT_LAW)))))
    before = {*pack.RESOURCE_RULES, *pack.STACK_RULES}
    assert before | admitted == known
    assert all(check.id.partition(".")[0] in check.controls for check in SUITE)


def test_facts_have_the_type_that_a_gate_asks_for() -> None:
    control = CONTROLS["TEN-05"]
    assert "hostPath" not in control.strings("volumes_allowed")
    assert control.mapping("pod_security_labels") == {"pod-security.kubernetes.io/enforce": "restricted"}
    for wrong in (lambda: control.string("volumes_allowed"), lambda: control.strings("no_such_fact")):
        with pytest.raises(KeyError):
            wrong()
    with pytest.raises(KeyError):
        CONTROLS["TEN-99"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = PROJECT_LAW / "controls" / "TEN-01.yaml"
    (tmp_path / "TEN-01.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_a_file_named_otherwise_than_its_id_is_refused(folder: Path) -> None:
    (folder / "TEN-01.yaml").rename(folder / "TEN-02.yaml")
    with pytest.raises(GovCloudError, match="TEN-01"):
        controls.catalogue(folder)


def test_every_malformed_file_is_named(folder: Path) -> None:
    good = yaml.safe_load((folder / "TEN-01.yaml").read_text(encoding="utf-8"))
    (folder / "NET-01.yaml").write_text(yaml.safe_dump({**good, "id": "NET-01", "levle": 1}), encoding="utf-8")
    (folder / "NET-09.yaml").write_text("[", encoding="utf-8")
    with pytest.raises(GovCloudError) as caught:
        controls.catalogue(folder)
    assert {Path(problem.place.file).name for problem in caught.value.problems if problem.place} == {
        "NET-01.yaml",
        "NET-09.yaml",
    }


def test_an_empty_folder_is_not_an_empty_catalogue(tmp_path: Path) -> None:
    with pytest.raises(GovCloudError):
        controls.catalogue(tmp_path)
