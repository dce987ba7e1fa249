"""Where Pulumi finds the policy pack: in a checkout beside its environment, else with the one of this process."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import yaml

from govcloud.fleet import pack
from govcloud.folders import project_root


def test_a_checkout_s_pack_is_taken_as_it_lies() -> None:
    assert pack.policy_pack() == project_root() / "policies" / "crossguard"


def test_an_installed_pack_runs_in_this_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site-packages" / "govcloud" / "policies"
    shutil.copytree(project_root() / "policies" / "crossguard", installed / "crossguard")
    monkeypatch.setattr(pack, "carried", lambda name: tmp_path / "site-packages" / "govcloud" / name)
    folder = pack.policy_pack()
    manifest = yaml.safe_load((folder / "PulumiPolicy.yaml").read_text())
    assert manifest["runtime"] == {"name": "python", "options": {"virtualenv": sys.prefix}}
    assert str(installed / "crossguard") in (folder / "__main__.py").read_text()
    assert folder.stat().st_mode & 0o077 == 0
    assert pack.policy_pack() == folder, "one for a process"
