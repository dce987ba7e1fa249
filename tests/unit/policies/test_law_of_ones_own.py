"""A country's own law: a changed fact of a control reaches every gate, and what the law leaves out the project says."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from govcloud import country, render, rules
from govcloud.audit.checks import published, rights
from govcloud.audit.verdict import Verdict
from govcloud.country import Country
from govcloud.country.controls import in_force
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.folders import project_root
from govcloud_base.errors import GovCloudError

DAY = datetime.date(2026, 11, 22)
ROOT = project_root()
PREFIX = "govcloud-own-"
REFUSED = ["NodePort", "ClusterIP"]
"""No law would say so; that of a test may."""


def changed(law: Path, control: str, **facts: object) -> None:
    file = law / "controls" / f"{control}.yaml"
    content = yaml.safe_load(file.read_text())
    content["facts"] |= facts
    file.write_text(yaml.safe_dump(content, allow_unicode=True))


@pytest.fixture
def own(tmp_path: Path) -> Country:
    """The small country with a law of its own beside it, that differs in two facts."""
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", tmp_path / "vn")
    shutil.copytree(PROJECT_LAW, tmp_path / "policies", ignore=shutil.ignore_patterns("crossguard", "*.py"))
    changed(tmp_path / "policies", "TEN-04", tenant_role_prefix=PREFIX)
    changed(tmp_path / "policies", "NET-04", service_types_refused=REFUSED)
    return country.load(tmp_path / "vn").on(DAY)


def test_what_is_rendered_follows_it(own: Country) -> None:
    cluster = render.cluster(own, "cgc-hn1").manifests.values()
    roles = {m["metadata"]["name"] for m in cluster if m["kind"] == "ClusterRole"}
    assert {f"{PREFIX}{role}" for role in ("admin", "operator", "viewer")} <= roles
    for rendered in (render.tenant(own, "h41"), render.segment(own, "tsl-h41"), render.platform(own, "lgsp-h41")):
        bound = {m["roleRef"]["name"] for m in rendered.manifests.values() if m["kind"] == "RoleBinding"}
        assert bound and all(name.startswith(PREFIX) for name in bound)


def test_admission_follows_it(own: Country) -> None:
    rendered = json.dumps(list(render.cluster(own, "cgc-hn1").manifests.values()))
    assert "['NodePort','ClusterIP']" in rendered.replace(" ", "").replace('\\"', "'")


def test_audit_and_drift_follow_it(own: Country) -> None:
    law = own.law.catalogue
    ordinary = {"metadata": {"name": "a"}, "spec": {"type": "ClusterIP"}}
    assert [f.verdict for f in published.judge("ns", [ordinary], law)] == [Verdict.FAIL]
    assert [f.verdict for f in published.judge("ns", [ordinary], in_force(PROJECT_LAW))] == [Verdict.PASS]
    binding = {"metadata": {"name": "b"}, "roleRef": {"kind": "ClusterRole", "name": f"{PREFIX}viewer"}}
    assert rights.judge_cluster("h41", ["h41-prod-srv"], [binding], law["TEN-04"]).verdict is Verdict.FAIL
    assert rights.judge_cluster("h41", [], [binding], in_force(PROJECT_LAW)["TEN-04"]).verdict is Verdict.PASS


def test_the_policy_pack_follows_it(own: Country) -> None:
    program = """
from declared import Declared
import flows, rights
service = Declared("kubernetes:core/v1:Service", {"metadata": {"name": "a"}, "spec": {"type": "ClusterIP"}})
role = {"kind": "ClusterRole", "name": "govcloud-own-viewer"}
kind = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
binding = Declared(kind, {"metadata": {"name": "b"}, "roleRef": role})
print(*flows.services_stay_inside(service), *rights.bindings_are_modest(binding), sep="\\n")
"""
    said = {
        folder: subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT / "policies" / "crossguard",
            env={"GOVCLOUD_COUNTRY": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for folder in (own.folder, ROOT / "stacks" / "vn")
    }
    assert said[own.folder] == [
        "Service a of type ClusterIP is refused",
        f"ClusterRoleBinding b gives {PREFIX}viewer in every namespace",
    ]
    assert said[ROOT / "stacks" / "vn"] == [""]


def test_the_policy_pack_judges_no_country_by_another_s_law(own: Country) -> None:
    project = own.folder.parent
    (project / "Pulumi.yaml").write_text("name: govcloud\n")
    for name in ("vn", "la"):
        shutil.copytree(own.folder, project / "stacks" / name)
    pack = str(ROOT / "policies" / "crossguard")
    said = subprocess.run(
        [sys.executable, pack],
        cwd=project,
        env={"GOVCLOUD_COUNTRY": "", "GOVCLOUD_LANG": "vi"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "lỗi GC-COUNTRY-003" in said.stderr and "stacks/la, " in said.stderr and "Traceback" not in said.stderr


def test_what_it_leaves_out_is_as_the_project_says(own: Country) -> None:
    law = own.law.folder
    (law / "controls" / "TEN-01.yaml").unlink()
    content = yaml.safe_load((law / "controls" / "TEN-05.yaml").read_text())
    del content["facts"]["volumes_allowed"]
    (law / "controls" / "TEN-05.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
    project, found = in_force(PROJECT_LAW), in_force(law)
    assert (found["TEN-01"], found["TEN-05"]) == (project["TEN-01"], project["TEN-05"])
    assert found["TEN-04"].string("tenant_role_prefix") == PREFIX


def test_a_fact_of_another_type_is_told_with_its_file(own: Country) -> None:
    changed(own.law.folder, "NET-04", service_types_refused="NodePort")
    with pytest.raises(GovCloudError) as raised:
        render.cluster(own, "cgc-hn1")
    (problem,) = raised.value.problems
    assert problem.code == "GC-CONTROL-001"
    assert problem.place and problem.place.file.endswith("controls/NET-04.yaml")
    assert problem.value == "facts.service_types_refused: str, not list"


def test_a_control_that_cannot_be_read_hides_no_other_finding(own: Country, tmp_path: Path) -> None:
    (own.law.folder / "controls" / "TEN-01.yaml").write_text("id: [\n")
    in_force.cache_clear()
    cloud = tmp_path / "vn" / "clouds" / "cgc-hn1.yaml"
    cloud.write_text(
        re.sub(r"region: \S+", "region: nowhere", cloud.read_text(encoding="utf-8"), count=1), encoding="utf-8"
    )
    found = rules.judge(country.load(tmp_path / "vn"), DAY)
    assert {"GC-CONTROL-001", "GC-CLOUD-002"} <= {p.code for p in found}
    (broken,) = (p for p in found if p.code == "GC-CONTROL-001")
    assert "\n" not in str(broken.value)
