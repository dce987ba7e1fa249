from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from govcloud.country import controls
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.render import admission
from govcloud_base.errors import GovCloudError

MANAGED = {"govcloud.gov.vn/managed-by": "govcloud"}


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {m["metadata"]["name"]: m for m in admission.policies() if m["kind"] == kind}


POLICIES = of_kind("ValidatingAdmissionPolicy")
BINDINGS = of_kind("ValidatingAdmissionPolicyBinding")


def test_every_policy_has_its_binding_and_no_binding_dangles() -> None:
    assert POLICIES.keys() == BINDINGS.keys() == set(admission.policy_names())
    assert all(binding["spec"]["policyName"] == name for name, binding in BINDINGS.items())


def test_the_gate_fails_closed_and_denies() -> None:
    assert {policy["spec"]["failurePolicy"] for policy in POLICIES.values()} == {"Fail"}
    assert all(binding["spec"]["validationActions"] == ["Deny"] for binding in BINDINGS.values())


def test_messages_begin_with_a_control_that_exists_and_speak_both_languages() -> None:
    known = {control.id for control in controls.catalogue()}
    for policy in POLICIES.values():
        named = set(policy["metadata"]["annotations"][admission.CONTROLS_ANNOTATION].split(","))
        messages = [validation["message"] for validation in policy["spec"]["validations"]]
        assert {message.partition(":")[0] for message in messages} == named <= known
        assert all(" / " in message and "\n" not in message for message in messages)


def test_no_placeholder_is_left_in_any_expression() -> None:
    assert "{{" not in json.dumps(list(POLICIES.values()))


def test_bindings_reach_tenants_namespaces_and_the_namespace_policy_reaches_all() -> None:
    # a namespaceSelector on Namespace objects looks at the new labels: removing the label would escape the policy
    assert "matchResources" not in BINDINGS["govcloud-namespaces"]["spec"]
    for name in BINDINGS.keys() - {"govcloud-namespaces"}:
        assert BINDINGS[name]["spec"]["matchResources"]["namespaceSelector"] == {"matchLabels": MANAGED}


OTHERWISE = {"govcloud-placement": ["CREATE"], "govcloud-running-pods": ["UPDATE"], "govcloud-streams": ["CONNECT"]}
"""What is made once, what only exists, what is no object."""


def test_creation_and_update_are_both_judged() -> None:
    for name, policy in POLICIES.items():
        for rule in policy["spec"]["matchConstraints"]["resourceRules"]:
            if name in OTHERWISE:
                assert rule["operations"] == OTHERWISE[name]
            else:
                assert {"CREATE", "UPDATE"} <= set(rule["operations"]), name


def test_what_is_the_platforms_is_judged_whatever_its_kind() -> None:
    [rule] = POLICIES["govcloud-platform-objects"]["spec"]["matchConstraints"]["resourceRules"]
    assert (rule["apiGroups"], rule["resources"]) == (["*"], ["*/*"])
    assert set(rule["operations"]) == {"CREATE", "UPDATE", "DELETE"}


def test_every_way_into_a_pod_is_judged() -> None:
    [rule] = POLICIES["govcloud-streams"]["spec"]["matchConstraints"]["resourceRules"]
    assert set(rule["resources"]) == {
        "pods/exec",
        "pods/attach",
        "pods/portforward",
        "pods/proxy",
        "services/proxy",
    }


def test_nobody_who_takes_things_away_is_hindered_and_they_create_nothing() -> None:
    """Refused the removal of a finalizer, the garbage collector would wait for ever, and the namespace with it."""
    for name, policy in POLICIES.items():
        first = policy["spec"]["matchConditions"][0]
        assert first["name"] == "not-removal", name
        changing, _, users = first["expression"].partition(" || ")
        assert changing == "!(request.operation in ['UPDATE', 'DELETE'])"
        for user in ("generic-garbage-collector", "namespace-controller"):
            assert f'"system:serviceaccount:kube-system:{user}"' in users


def test_subresources_that_write_the_same_object_are_judged_too() -> None:
    judged = {
        resource
        for policy in POLICIES.values()
        for rule in policy["spec"]["matchConstraints"]["resourceRules"]
        for resource in rule["resources"]
    }
    assert {
        "namespaces/status",
        "namespaces/finalize",
        "pods/ephemeralcontainers",
        "pods/binding",
        "services/status",
        "*/*",  # of what the platform made, resourcequotas/status among it
    } <= judged


def test_nobody_is_exempt_by_a_prefix_and_nobody_at_all_from_hardening() -> None:
    for name, policy in POLICIES.items():
        expressions = [condition["expression"] for condition in policy["spec"].get("matchConditions", ())]
        assert not any("startsWith" in e or "matches" in e for e in expressions)
        if name.startswith("govcloud-pod") or name == "govcloud-secrets":
            assert len(expressions) == 1
            assert expressions[0].startswith("!(request.operation in ['UPDATE', 'DELETE']) || ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("admission", "controls"):
        shutil.copytree(PROJECT_LAW / part, tmp_path / part)
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("control: TEN-05", "control: TEN-55"),
        ("{{TEN-05.volumes_allowed}}", "{{TEN-05.volumes_alowed}}"),
        ("exempt: []", "exempt: [everybody]"),
        ("scope: tenants", "scope: nobody"),
        ("exempt: []", "exmept: []"),
    ],
)
def test_a_rule_file_with_a_typing_error_is_refused_by_name(folder: Path, old: str, new: str) -> None:
    path = folder / "admission" / "pods.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GovCloudError, match=r"pods\.yaml"):
        admission.policies(folder)


def test_callers_cannot_change_each_others_manifests() -> None:
    admission.policies()[0]["spec"].clear()
    assert admission.policies()[0]["spec"]


def test_whatever_kind_of_container_is_judged_is_kept_as_well() -> None:
    for name in ("pods", "pod-templates", "pod-schedules", "pod-blanks"):
        variables = {v["name"]: v["expression"] for v in POLICIES[f"govcloud-{name}"]["spec"]["variables"]}
        judged, kept = (
            set(re.findall(rf"variables\.{of}\.\??([a-zA-Z]+)", variables[variable]))
            for variable, of in (("containers", "pod"), ("kept", "before"))
        )
        assert judged == kept == {"containers", "initContainers", "ephemeralContainers"}
