"""Which pods get user numbers of their own, and how the machine is tried without leaving anything on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from govcloud_local.node import user_limits, user_namespaces

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try")


def _made(*, possible: bool) -> dict[str, dict[str, Any]]:
    return {str(m["kind"]): m for m in user_namespaces.manifests(possible=possible)}


def test_every_namespace_is_reached_where_it_is_possible_and_none_where_not() -> None:
    for possible in (True, False):
        made = _made(possible=possible)
        policy, binding = made["MutatingAdmissionPolicy"], made["MutatingAdmissionPolicyBinding"]
        assert binding["spec"]["policyName"] == policy["metadata"]["name"]
        assert (binding["spec"]["matchResources"]["namespaceSelector"] == {}) is possible


def test_the_policy_fails_closed_and_changes_nothing_that_was_said() -> None:
    spec = _made(possible=True)["MutatingAdmissionPolicy"]["spec"]
    assert spec["failurePolicy"] == "Fail"
    assert "!has(object.spec.hostUsers)" in spec["matchConditions"][0]["expression"]
    assert spec["matchConstraints"]["resourceRules"][0]["resources"] == ["pods"]


@root
def test_trying_leaves_nothing_and_says_what_is_refused(tmp_path: Path) -> None:
    def seen() -> tuple[str, int, str]:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
        return Path("/proc/self/mountinfo").read_text(), len(list(Path("/proc/self/fd").iterdir())), children

    before = seen()
    refused = user_namespaces.missing(Path("/proc"))
    assert refused is not None and refused.en.startswith("the state's file system: shifted numbers are refused")
    assert user_namespaces.missing(tmp_path / "none") is not None
    assert seen() == before


def test_a_container_starts_from_what_is_usual_and_a_pods_limits() -> None:
    usual: dict[str, Any] = {
        "process": {"user": {"uid": 0}, "rlimits": [{"type": "RLIMIT_NOFILE"}]},
        "linux": {"namespaces": []},
    }
    made = user_limits.added(usual)
    assert made["linux"] == usual["linux"]
    assert made["process"]["user"] == {"uid": 0}
    assert "rlimits" not in made["process"]
    assert made["hooks"]["createRuntime"][0]["path"] == "/bin/sh"
    assert "hooks" not in usual and len(usual["process"]["rlimits"]) == 1
