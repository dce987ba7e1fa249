"""A machine that can't carry a node is told so, all at once and with the way out."""

from __future__ import annotations

import os
import shutil

import pytest

from govcloud_base.errors import EnvironmentProblem
from govcloud_local.node import network, requirements


@pytest.fixture(autouse=True)
def capable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend a machine that has everything."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda program, path=None: f"/usr/bin/{program}")
    monkeypatch.setattr(network, "has_queue_expression", lambda: True)
    monkeypatch.setattr(network, "in_new_namespace", lambda argv, text="": None)


def test_a_capable_machine_passes() -> None:
    requirements.check()


def test_root_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(EnvironmentProblem, match="--profile control-plane"):
        requirements.check()


def test_all_missing_packages_are_named_in_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        shutil, "which", lambda program, path=None: None if program in ("nft", "conntrack") else program
    )
    with pytest.raises(EnvironmentProblem, match="apt-get install conntrack nftables"):
        requirements.check()


def test_every_refused_feature_is_named_with_the_kernels_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        network, "in_new_namespace", lambda argv, text="": None if argv == ["true"] else "Operation not supported"
    )
    with pytest.raises(EnvironmentProblem) as caught:
        requirements.check()
    messages = [problem.message.en for problem in caught.value.problems]
    assert "this kernel refuses nftables" in messages
    assert "this kernel refuses virtual Ethernet" in messages
    assert "this kernel refuses network namespaces" not in messages
    assert {problem.value for problem in caught.value.problems} == {"Operation not supported"}


@pytest.mark.parametrize("nft_can", [True, False])
def test_without_nftables_queue_iptables_must_have_one(monkeypatch: pytest.MonkeyPatch, nft_can: bool) -> None:
    monkeypatch.setattr(network, "has_queue_expression", lambda: nft_can)
    monkeypatch.setattr(
        network, "in_new_namespace", lambda argv, text="": "no NFQUEUE" if argv == ["iptables-restore"] else None
    )
    if nft_can:
        requirements.check()
        return
    with pytest.raises(EnvironmentProblem, match="packet queues"):
        requirements.check()
