"""What each subject concludes from what a cluster answers; each can find a lack, and can be blind."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from answering_cluster import AnsweringCluster, items, said
from made_country import cloud, country
from probe_image import PROBE

from govcloud.clouds.request import Answer
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.examination import before, served
from govcloud.examination.finding import Finding, State
from govcloud.examination.ground import Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods, by_family, willing
from govcloud.examination.site import Site
from govcloud.examination.subjects import clock, dns, nodes, separation, storage
from govcloud.examination.subjects.network import EGRESS, INGRESS, closed, started
from govcloud.examination.suite import SUBJECTS, run
from govcloud.render import admission
from govcloud_base.errors import Text

PART = Text("part", "phần")
V4, V6 = (4, "pod"), (6, "pod")
READY = {"conditions": [{"type": "Ready", "status": "True"}]}


def _site(api: AnsweringCluster, **spec: Any) -> Site:
    made = country([cloud(**spec)])
    pods = Pods(Ground(api, Patience()), PROBE)
    return Site(made, made.clouds["cgc"], "https://api", api, pods)


def states(found: Iterable[Finding]) -> dict[str, str]:
    return {finding.capability: finding.state.value for finding in found}


# --- network: the judgement alone; what is measured is measured on real pods


@pytest.mark.parametrize(
    ("before", "after", "control", "state"),
    [
        (True, False, True, State.FOUND),
        (True, True, True, State.LACKING),
        (False, False, True, State.UNKNOWN),
        (True, False, False, State.UNKNOWN),
        (True, True, False, State.LACKING),
    ],
    ids=["enforced", "not enforced", "never open", "everything died", "open all the same"],
)
@pytest.mark.parametrize("capability", [INGRESS, EGRESS])
def test_closed_counts_after_open_and_beside_open(
    capability: str, before: bool, after: bool, control: bool, state: State
) -> None:
    first, absent = closed(capability, {V4: before}, {V4: after}, {V4: control})
    assert (first.capability, first.state, first.aspect.en) == (capability, state, "pods, IPv4")
    assert (absent.state, absent.aspect.en) == (State.ABSENT, "IPv6")


def test_each_protocol_is_judged_alone() -> None:
    found = list(closed(INGRESS, {V4: True, V6: True}, {V4: False, V6: True}, {V4: True, V6: True}))
    assert [(f.aspect.en, f.state) for f in found] == [("pods, IPv4", State.FOUND), ("pods, IPv6", State.LACKING)]


@pytest.mark.parametrize(
    ("shut", "free", "state"),
    [
        ([0, 10], [90, 90], State.FOUND),
        ([1, 10], [90, 90], State.LACKING),
        ([0, 10], [0, 10], State.UNKNOWN),
        ([0, 0], [90, 90], State.UNKNOWN),
        ([1, 10], [0, 10], State.LACKING),
    ],
    ids=["closed from the start", "one got through", "nobody gets through", "never tried", "through all the same"],
)
def test_a_fresh_pod_is_judged_beside_one_without_a_policy(shut: list[int], free: list[int], state: State) -> None:
    assert started(shut, free, PART).state is state


def test_addresses_are_told_apart_by_protocol() -> None:
    assert by_family(["10.0.0.1", "fd00::1", "10.0.0.2"]) == {4: "10.0.0.1", 6: "fd00::1"}


# --- clocks


@pytest.mark.parametrize(
    ("date", "asked", "answered", "seconds"),
    [
        ("Thu, 01 Jan 1970 00:16:40 GMT", 1000.2, 1000.4, 0.0),
        ("Thu, 01 Jan 1970 00:16:40 GMT", 1000.9, 1001.3, 0.0),
        ("Thu, 01 Jan 1970 00:26:40 GMT", 1000.0, 1000.5, 599.5),
        ("Thu, 01 Jan 1970 00:06:40 GMT", 1000.0, 1000.5, -599.0),
        ("yesterday", 1000.0, 1000.5, None),
        ("", 1000.0, 1000.5, None),
    ],
)
def test_a_clock_differs_by_what_the_answer_leaves_open_at_least(
    date: str, asked: float, answered: float, seconds: float | None
) -> None:
    assert clock.difference(date, asked, answered) == seconds


@pytest.mark.parametrize(
    ("date", "state"),
    [
        ("Thu, 01 Jan 1970 00:16:40 GMT", State.FOUND),
        ("Thu, 01 Jan 1970 00:21:40 GMT", State.FOUND),
        ("Thu, 01 Jan 1970 00:21:42 GMT", State.LACKING),
        ("Thu, 01 Jan 1970 00:11:00 GMT", State.LACKING),
        ("", State.UNKNOWN),
    ],
)
def test_a_clock_may_differ_by_five_minutes(date: str, state: State) -> None:
    judged = clock.judged(PART, Answer(200, "", date=date), 1000.0, 1000.5, 300)
    assert judged.state is state


# --- version and features


def _managed(operation: str) -> Answer:
    return said({"metadata": {"managedFields": [{"manager": "govcloud-examination", "operation": operation}]}})


@pytest.mark.parametrize(
    ("live", "state"),
    [("v1.36.3", "found"), ("v1.37.0", "found"), ("v1.35.9-eks-1", "lacking"), ("unknown", "unknown")],
)
def test_a_server_older_than_declared_does_not_know_the_rules(live: str, state: str) -> None:
    api = AnsweringCluster({"GET /version": said({"gitVersion": live})})
    assert served.version(api, "v1.36").state == state


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (said({"metadata": {"managedFields": [{"manager": "govcloud-examination", "operation": "Apply"}]}}), "found"),
        (
            said({"metadata": {"managedFields": [{"manager": "govcloud-examination", "operation": "Update"}]}}),
            "lacking",
        ),
        (said({"message": "unsupported"}, 415), "lacking"),
        (said({"message": "forbidden"}, 403), "unknown"),
        (Answer.none(PART), "unknown"),
    ],
)
def test_applying_counts_where_the_owner_of_fields_is_noted(answer: Answer, state: str) -> None:
    api = AnsweringCluster({"PATCH /api/v1/namespaces/default/configmaps/govcloud-examination": answer})
    assert served.applies(api).state == state
    assert api.asked[0].query["dryRun"] == "All"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (said({"resources": [{"name": "validatingadmissionpolicies"}]}), "lacking"),
        (said({}, 404), "lacking"),
        (said({}, 403), "unknown"),
    ],
)
def test_policies_that_are_not_served_lack(answer: Answer, state: str) -> None:
    finding = served.policies(AnsweringCluster({"GET /apis/admissionregistration.k8s.io/v1": answer}))
    assert finding is not None and finding.state == state


def _as(user: str, *groups: str) -> AnsweringCluster:
    review = {"status": {"userInfo": {"username": user, "groups": [*groups, "system:authenticated"]}}}
    return AnsweringCluster({"POST /apis/authentication.k8s.io/v1/selfsubjectreviews": said(review, 201)})


@pytest.mark.parametrize(
    ("groups", "state"),
    [(("gov:platform:engineer",), "found"), (("system:masters",), "lacking"), (("gov:platform:engineers",), "lacking")],
)
def test_an_identity_that_policies_would_shut_out_is_no_platform(groups: tuple[str, ...], state: str) -> None:
    finding = served.identity(_as("admin", *groups), None)
    assert finding.state == state and "admin" in finding.said.en
    assert served.identity(AnsweringCluster({}), None).state is State.UNKNOWN


def test_the_platform_is_who_the_country_s_own_law_says(tmp_path: Path) -> None:
    shutil.copytree(PROJECT_LAW, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "admission" / "identities.yaml"
    file.write_text(file.read_text().replace("gov:platform:engineer", "site-admins"))
    assert served.identity(_as("admin", "site-admins"), tmp_path).state is State.FOUND
    assert served.identity(_as("admin", "gov:platform:engineer"), tmp_path).state is State.LACKING
    (policy, *_) = admission.policies(tmp_path)
    assert "site-admins" in str(policy["spec"]["matchConditions"])


def test_nothing_is_provisioned_by_an_identity_that_would_shut_itself_out() -> None:
    made = country([cloud()])
    for group, expected in (("system:masters", ["GC-CLOUD-012"]), ("gov:platform:engineer", [])):
        api = _as("admin", group)
        api.replies |= {"GET /api/v1/namespaces/kube-system": said({"metadata": {"uid": "1"}})}
        looked = before.look(api, made, made.clouds["cgc"])
        assert looked is not None
        assert [problem.code for problem in before.outsiders([looked])] == expected


# --- name service


def _dns(namespace: str = "kube-system", label: str = "kube-dns", port: int = 53, ends: int = 1) -> AnsweringCluster:
    metadata = {"name": "dns", "namespace": namespace, "labels": {"k8s-app": "kube-dns"}}
    ports = [{"port": 53, "protocol": "UDP"}]
    spec = {"clusterIP": "10.252.0.10", "clusterIPs": ["10.252.0.10"], "selector": {"k8s-app": label}, "ports": ports}
    piece = {
        "metadata": {"name": "dns-1", "labels": {"kubernetes.io/service-name": "dns"}},
        "ports": [{"name": "dns", "port": port}, {"name": "metrics", "port": 9153}],
        "endpoints": [{}] * ends,
    }
    return AnsweringCluster(
        {
            "GET /api/v1/services": items({"metadata": metadata, "spec": spec}),
            f"GET /apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices": items(piece),
        }
    )


@pytest.mark.parametrize(
    ("api", "state"),
    [
        (_dns(), "found"),
        (_dns(namespace="openshift-dns"), "lacking"),
        (_dns(label="node-local-dns"), "lacking"),
        (_dns(port=5353), "lacking"),
        (_dns(ends=0), "unknown"),
    ],
    ids=["as rendered", "another namespace", "another label", "another port", "nobody behind it"],
)
def test_policies_open_the_way_to_the_name_service_that_is_there(api: AnsweringCluster, state: str) -> None:
    found = states(dns.examine(_site(api)))
    assert found == {"dns-address": "found", "dns-allowed": state, "dns-domain": "unknown"}


def test_a_wrong_address_is_told_with_the_right_one() -> None:
    cluster = {"context": "x", "version": "v1.36", "dnsAddress": "10.96.0.10"}
    found = {f.capability: f for f in dns.examine(_site(_dns(), cluster=cluster))}
    assert found["dns-address"].state is State.LACKING
    assert found["dns-address"].fix == Text(
        "write cluster.dnsAddress: 10.252.0.10", "ghi `cluster.dnsAddress: 10.252.0.10`"
    )


# --- nodes and volumes


@pytest.mark.parametrize(
    ("node", "takes"),
    [
        ({"status": READY}, True),
        ({"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}, False),
        ({"status": READY, "spec": {"unschedulable": True}}, False),
        ({"status": READY, "spec": {"taints": [{"key": "x", "effect": "NoSchedule"}]}}, False),
        ({"status": READY, "spec": {"taints": [{"key": "x", "effect": "PreferNoSchedule"}]}}, True),
        ({}, False),
    ],
)
def test_a_node_takes_pods_that_tolerate_nothing(node: dict[str, Any], takes: bool) -> None:
    assert willing(node) is takes


def test_a_cluster_without_nodes_runs_no_pods() -> None:
    api = AnsweringCluster({"GET /api/v1/nodes": items(), "GET /api/v1/namespaces": items()})
    first, *_ = nodes.examine(_site(api))
    assert first.state is State.LACKING
    assert first.said.en == "0 of 0 nodes take pods: pods cannot run here"


@pytest.mark.parametrize(
    ("classes", "found"),
    [
        ([], ("lacking", "lacking")),
        ([("a", True, True)], ("found", "found")),
        ([("a", True, False), ("b", False, True)], ("found", "lacking")),
        ([("a", True, True), ("b", True, True)], ("lacking", "found")),
        ([("a", False, True)], ("lacking", "found")),
    ],
    ids=["none", "one", "the default does not grow", "two defaults", "no default"],
)
def test_exactly_one_class_is_the_default(classes: list[tuple[str, bool, bool]], found: tuple[str, str]) -> None:
    mark = "storageclass.kubernetes.io/is-default-class"
    made = [
        {
            "metadata": {"name": name, "annotations": {mark: "true"} if default else {}},
            "provisioner": "csi",
            "allowVolumeExpansion": grows,
        }
        for name, default, grows in classes
    ]
    api = AnsweringCluster({"GET /apis/storage.k8s.io/v1/storageclasses": items(*made)})
    assert tuple(states(storage.examine(_site(api))).values()) == found


def test_a_run_that_could_look_at_nothing_says_so_of_everything() -> None:
    heard: list[str] = []
    findings, remains = run(_site(AnsweringCluster()), lambda subject, _found: heard.append(subject.en))
    assert (remains.going, remains.left, remains.reasons) == ((), (), ())
    assert sorted(heard) == sorted(subject.en for subject in SUBJECTS)
    assert {f.capability for f in findings} == {name for _, names in SUBJECTS.values() for name in names}
    known = {f.capability for f in findings if f.state in (State.FOUND, State.LACKING)}
    # That they are not served is an answer; that a site serves several agencies is declared.
    assert known == {"admission-policies", *separation.CAPABILITIES}
