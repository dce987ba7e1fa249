"""What `govcloud up` made is found again by `govcloud import`, as it was declared, and reading leaves no trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from embedded_cloud import Cloud

from govcloud.local.paths import project_root

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


def test_an_identity_that_may_not_read_learns_so(country: Cloud, tmp_path: Path) -> None:
    refused = country.govcloud(*BOTH, "--to", str(tmp_path), check=False, KUBECONFIG=str(tmp_path / "none"))
    assert refused.returncode == 4
    assert "GC-IMPORT-001" in refused.stderr
    assert not (tmp_path / "tenants").exists()
