"""What `govcloud up` made is found again by `govcloud import`, as it was declared, and reading leaves no trace."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from embedded_cloud import Cloud

from govcloud.folders import project_root

pytestmark = [pytest.mark.cloud, pytest.mark.node]

BOTH = ("import", "--from", "kubernetes", "--from", "s3")


def test_every_tenant_is_found_as_it_was_declared(country: Cloud, tmp_path: Path) -> None:
    folder = tmp_path / "vn"
    shutil.copytree(project_root() / "stacks" / "vn", folder)
    before = country.run("kubectl", "get", "namespaces", "-o", "name").stdout
    output = country.govcloud(*BOTH, "--to", str(folder)).stdout
    assert output.count("kept as it is") == 4
    assert " declared, " not in output
    assert country.run("kubectl", "get", "namespaces", "-o", "name").stdout == before


def test_an_empty_folder_gets_drafts_with_blanks_for_what_no_cloud_knows(country: Cloud, tmp_path: Path) -> None:
    first = country.govcloud(*BOTH, "--to", str(tmp_path)).stdout
    file = tmp_path / "tenants" / "h41" / "tenant.yaml"
    spec = yaml.safe_load(file.read_text())["spec"]
    assert (spec["agency"], spec["level"], spec["purpose"], spec["criteria"]) == ("H41", 3, "?", "?")
    assert spec["storage"]["buckets"]["records"]["quota"] == "4Gi"
    assert "written" in first
    assert "unchanged" in country.govcloud(*BOTH, "--to", str(tmp_path)).stdout


def test_whoever_reaches_no_cloud_learns_so(country: Cloud, tmp_path: Path) -> None:
    refused = country.govcloud(*BOTH, "--to", str(tmp_path), check=False, KUBECONFIG=str(tmp_path / "none"))
    assert refused.returncode == 4
    assert "GC-STACK-005" in refused.stderr
    assert "cgc-hn1" in refused.stderr
    assert not (tmp_path / "tenants").exists()


def test_an_identity_that_may_not_read_learns_so(country: Cloud, tmp_path: Path) -> None:
    strange = yaml.safe_load((country.state / "kubeconfig").read_text())
    strange["users"] = [{"name": user["name"], "user": {"token": "nobody"}} for user in strange["users"]]
    (tmp_path / "strange").write_text(yaml.safe_dump(strange))
    refused = country.govcloud(*BOTH, "--to", str(tmp_path), check=False, KUBECONFIG=str(tmp_path / "strange"))
    assert refused.returncode == 4
    assert "GC-IMPORT-001" in refused.stderr
    assert not (tmp_path / "tenants").exists()


FOREIGN: dict[str, tuple[dict[str, Any], ...]] = {
    "import-forms": (
        {"hard": {"pods": "1000", "requests.cpu": "4000m", "limits.memory": "12Gi", "requests.storage": "1Ti"}},
    ),
    "import-huge": ({"hard": {"requests.storage": "1Gi"}}, {"hard": {"requests.storage": "10E", "pods": "1e30"}}),
    "import-scoped": ({"hard": {"pods": "2"}, "scopes": ["BestEffort"]}, {"hard": {"requests.cpu": "100u"}}),
}
"""Quotas of namespaces that somebody else made, as he wrote them."""


@pytest.fixture
def foreign(country: Cloud, tmp_path: Path) -> Iterator[Cloud]:
    """The cloud with namespaces that nobody declared."""
    items: list[dict[str, Any]] = []
    for name, specs in FOREIGN.items():
        items.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for number, spec in enumerate(specs):
            metadata = {"name": f"q{number}", "namespace": name}
            items.append({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": spec})
    file = tmp_path / "foreign.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    country.run("kubectl", "apply", "-f", str(file))
    yield country
    country.run("kubectl", "delete", "namespace", *FOREIGN)


def test_one_bad_quota_is_a_blank_with_its_reason_and_the_rest_is_imported(foreign: Cloud, tmp_path: Path) -> None:
    owners = {"import-forms": "G82", "import-huge": "G83", "import-scoped": "G84"}
    assigned = [f"--assign={name}={agency}/prod/srv" for name, agency in owners.items()]
    said = foreign.govcloud("import", "--from", "kubernetes", "--to", str(tmp_path), *assigned).stdout

    def quota(agency: str) -> dict[str, Any]:
        spec = yaml.safe_load((tmp_path / "tenants" / agency / "tenant.yaml").read_text())["spec"]
        return dict(spec["environments"]["prod"]["quota"])

    assert quota("g82") == {"pods": 1000, "cpu": "4", "memory": "12Gi", "storage": "1Ti"}
    assert quota("g83") == {"pods": "?", "cpu": "?", "memory": "?", "storage": "1Gi"}
    # a server counts processors in thousandths and rounds up
    assert quota("g84") == {"pods": "?", "cpu": "1m", "memory": "?", "storage": "?"}
    assert "ResourceQuota import-huge/q1: pods is '1e30': more, or finer, than a declaration can say" in said
    assert "ResourceQuota import-scoped/q0 speaks of some pods only (BestEffort)" in said
    # and the country itself is found as ever
    assert (tmp_path / "tenants" / "h41" / "tenant.yaml").exists()
