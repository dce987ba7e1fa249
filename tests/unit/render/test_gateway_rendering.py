"""Gateways and the exchange platform: what they forward, how they run, what a link adds and nothing else does."""

from __future__ import annotations

import dataclasses

import pytest

from govcloud import render
from govcloud.country import Country
from govcloud.model.segment import Publication
from govcloud_base.errors import UsageError

LGSP = "h41-prod-xch/{}/lgsp"
GATEWAY = "h41-prod-tsl/{}/gateway"


def config(rendered: render.Rendering, key: str) -> str:
    return str(rendered.manifests[key.format("ConfigMap")]["data"]["nginx.conf"])


def peers(rendered: render.Rendering, namespace: str, direction: str) -> set[str]:
    """Return the namespaces of tenants that the policy of a namespace names in one direction."""
    found = set()
    rules = rendered.manifests[f"{namespace}/NetworkPolicy/zone"]["spec"].get(direction, [])
    for peer in (peer for rule in rules for peer in rule["from" if direction == "ingress" else "to"]):
        labels = peer.get("namespaceSelector", {}).get("matchLabels", {})
        if "govcloud.gov.vn/tenant" in labels:
            found.add("-".join(labels[f"govcloud.gov.vn/{key}"] for key in ("tenant", "env", "zone")))
    return found


def test_a_gateway_has_a_port_for_each_link(vn: Country) -> None:
    rendered = render.segment(vn, "tsl-h41")
    ports = {p["name"]: p["port"] for p in rendered.manifests[GATEWAY.format("Service")]["spec"]["ports"]}
    assert ports == {"http": 8080, "link-9041": 9041, "link-9101": 9101}
    text = config(rendered, GATEWAY)
    assert '"gateway.h41-101-prod-tsl.svc.cluster.local:8080"' in text
    assert '"lgsp.h41-prod-xch.svc.cluster.local:8080"' in text
    assert 'return 200 "H41\\n"' in text
    assert "g09-20" not in text


def test_a_segment_without_links_leads_nowhere(vn: Country) -> None:
    rendered = render.segment(vn, "tsl-g09-20")
    assert peers(rendered, "g09-20-prod-tsl", "ingress") == {"g09-20-prod-srv"}
    assert peers(rendered, "g09-20-prod-tsl", "egress") == set()
    assert "proxy_pass" not in config(rendered, "g09-20-prod-tsl/{}/gateway")


def test_the_exchange_forwards_only_between_linked_pairs(vn: Country) -> None:
    text = config(render.platform(vn, "lgsp-h41"), LGSP)
    assert "location /agencies/G09/ {" in text
    assert "location /agencies/H41/ {" in text
    assert "H41.101" not in text
    assert text.count("default 0;") == text.count("return 403;") == 2
    without = dataclasses.replace(vn, links={})
    assert "/agencies/" not in config(render.platform(without, "lgsp-h41"), LGSP)


def test_the_exchange_survives_the_loss_of_one_replica(vn: Country) -> None:
    rendered = render.platform(vn, "lgsp-h41")
    deployment = rendered.manifests[LGSP.format("Deployment")]["spec"]
    assert deployment["replicas"] == 2
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    budget = rendered.manifests[LGSP.format("PodDisruptionBudget")]["spec"]
    assert budget["minAvailable"] == 1
    labels = deployment["template"]["metadata"]["labels"].items()
    assert budget["selector"]["matchLabels"].items() <= labels
    assert deployment["selector"]["matchLabels"].items() <= labels


def test_pods_meet_the_restricted_profile(vn: Country) -> None:
    for name in vn.stacks():
        for manifest in render.stack(vn, name).manifests.values():
            if manifest["kind"] != "Deployment":
                continue
            pod = manifest["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert pod["automountServiceAccountToken"] is False
            for container in pod["containers"]:
                security = container["securityContext"]
                assert security["allowPrivilegeEscalation"] is False
                assert security["readOnlyRootFilesystem"] is True
                assert security["capabilities"] == {"drop": ["ALL"]}
                assert container["readinessProbe"]
                assert container["livenessProbe"]
            assert {next(iter(v.keys() - {"name"})) for v in pod["volumes"]} <= {"configMap", "emptyDir"}


def test_a_rollout_fits_the_namespaces_quota(vn: Country) -> None:
    """During a roll-out one pod more than the replicas exists; if the quota had no room, it would never end."""
    for name in vn.stacks():
        rendered = render.stack(vn, name)
        for manifest in rendered.manifests.values():
            if manifest["kind"] == "Deployment":
                hard = rendered.manifests[f"{manifest['metadata']['namespace']}/ResourceQuota/zone"]["spec"]["hard"]
                pods = manifest["spec"]["replicas"] + 1
                assert pods <= int(hard["pods"])
                assert pods * 10 <= int(hard["requests.cpu"].removesuffix("m"))
                assert pods * 100 <= int(hard["limits.cpu"].removesuffix("m"))
                assert pods * 32 <= int(hard["limits.memory"].removesuffix("Mi"))


def test_a_changed_configuration_makes_new_pods(vn: Country) -> None:
    def mark(country: Country) -> object:
        deployment = render.segment(country, "tsl-h41").manifests[GATEWAY.format("Deployment")]
        return deployment["spec"]["template"]["metadata"]["annotations"]

    assert mark(vn) != mark(dataclasses.replace(vn, links={}))
    assert mark(vn) == mark(vn)


def test_what_a_segment_publishes_is_offered_and_reachable_by_the_gateway_alone(vn: Country) -> None:
    segment = vn.segments["tsl-h41"]
    offer = Publication(zone="srv", service="api", port=8080)
    changed = segment.model_copy(update={"spec": segment.spec.model_copy(update={"publishes": offer})})
    country = dataclasses.replace(vn, segments={**vn.segments, segment.name: changed})
    rendered = render.segment(country, "tsl-h41")
    assert '"api.h41-prod-srv.svc.cluster.local:8080"' in config(rendered, GATEWAY)
    assert "h41-prod-srv" in peers(rendered, "h41-prod-tsl", "egress")
    assert "h41-prod-tsl" in peers(render.tenant(country, "h41"), "h41-prod-srv", "ingress")
    assert "h41-prod-srv" not in peers(render.segment(vn, "tsl-h41"), "h41-prod-tsl", "egress")
    assert "h41-prod-tsl" not in peers(render.tenant(vn, "h41"), "h41-prod-srv", "ingress")


def test_a_cluster_holds_priorities_auditor_and_admission(vn: Country) -> None:
    kinds = {m["kind"] for m in render.cluster(vn, "cgc-hn1").manifests.values()}
    assert kinds == {
        "PriorityClass",
        "ClusterRole",
        "ClusterRoleBinding",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    }


def test_an_unknown_stack_is_named_with_the_nearest(vn: Country) -> None:
    with pytest.raises(UsageError) as caught:
        render.stack(vn, "tenant.h14")
    assert "tenant.h41" in caught.value.problems[0].fix.en


def test_stacks_come_in_the_order_in_which_they_can_be_made(vn: Country) -> None:
    names = vn.stacks()
    assert [name.partition(".")[0] for name in names] == ["cluster", *["tenant"] * 4, *["segment"] * 4, "platform"]
    assert names.index("tenant.h41") < names.index("tenant.h41-101")
