"""Objects of common kinds as programs write them: valid, with any of the optional fields, in any spelling of its type.

Empty texts, zeros, empty lists and maps, and amounts in all their ways of writing are as likely as anything else. What
is made of them runs nothing: no replicas, suspended, claims of no class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from generated_pods import (
    CLAIM,
    COUNT,
    CPU_LIMIT,
    CPU_REQUEST,
    DURATION,
    FLAG,
    LABELS,
    MEMORY_LIMIT,
    MEMORY_REQUEST,
    NAME,
    SELECTOR,
    STORAGE,
    TEMPLATE_LABELS,
    TEXT,
    Objects,
    both,
    one_of,
    pods,
    some,
    spelt,
    templates,
)
from hypothesis import strategies as st

__all__ = ["OBJECTS"]

PERCENT: Final = spelt(0, 1, "25%", "0%")
MATCHING: Final = st.just({"matchLabels": TEMPLATE_LABELS})
PEER: Final = st.one_of(
    some(podSelector=SELECTOR, namespaceSelector=SELECTOR).filter(bool),
    one_of(ipBlock=some({"cidr": st.just("192.0.2.0/24")}, **{"except": st.just(["192.0.2.1/32"])})),
)
POLICY_PORT: Final = st.one_of(
    some(protocol=spelt("TCP", "UDP", "SCTP"), port=spelt(80, "http")),
    some({"port": st.just(80), "endPort": st.just(90)}, protocol=spelt("TCP")),
)
PEERS: Final = st.lists(PEER, max_size=2)
POLICY_PORTS: Final = st.lists(POLICY_PORT, max_size=2)
SCALING_RULES: Final = some(
    stabilizationWindowSeconds=DURATION,
    selectPolicy=spelt("Max", "Disabled"),
    policies=st.lists(
        some({"type": spelt("Pods", "Percent"), "value": spelt(1, 2), "periodSeconds": spelt(1, 60)}),
        min_size=1,
        max_size=1,
    ),
)
TARGET: Final = st.one_of(
    some({"type": st.just("AverageValue"), "averageValue": st.one_of(CPU_LIMIT, MEMORY_LIMIT)}),
    some({"type": st.just("Utilization"), "averageUtilization": spelt(1, 50)}),
)
METRIC: Final = st.one_of(
    some({"type": st.just("Resource"), "resource": some({"name": spelt("cpu", "memory"), "target": TARGET})}),
    some(
        {
            "type": st.just("External"),
            "external": some(
                {
                    "metric": some({"name": NAME}, selector=SELECTOR),
                    "target": some({"type": st.just("Value"), "value": CPU_LIMIT}),
                }
            ),
        }
    ),
)
INGRESS_BACKEND: Final = one_of(
    service=some({"name": NAME, "port": one_of(number=spelt(80), name=spelt("http"))}),
    resource=some({"kind": st.just("A"), "name": NAME}, apiGroup=spelt("a.example")),
)
INGRESS_PATH: Final = some({"backend": INGRESS_BACKEND, "path": spelt("/", "/a"), "pathType": spelt("Prefix")})
RULE: Final = some(
    {"verbs": st.just(["get", "list"]), "apiGroups": spelt([""], ["", "apps"]), "resources": spelt(["pods"], ["*"])},
    resourceNames=st.lists(NAME, max_size=2),
)

_BODIES: Final[dict[tuple[str, str], Callable[[], Objects]]] = {
    ("v1", "ConfigMap"): lambda: some(
        data=st.dictionaries(NAME, TEXT, max_size=2),
        binaryData=st.dictionaries(spelt("x", "y"), spelt("", "YQ==", "YWI="), max_size=2),
        immutable=st.just(False),
    ),
    ("v1", "Secret"): lambda: some(
        data=st.dictionaries(NAME, spelt("", "YQ==", "YWI=", "YQ==\n"), max_size=2),
        stringData=st.dictionaries(spelt("x", "y"), TEXT, max_size=2),
        type=spelt("", "Opaque"),
    ),
    ("v1", "Service"): lambda: some(
        {
            "spec": some(
                {
                    "ports": st.lists(
                        some(
                            {"name": NAME, "port": spelt(80, 81)},
                            protocol=spelt("TCP", "UDP", ""),
                            targetPort=spelt(0, 80, "http", ""),
                            appProtocol=spelt("http", "a.example/b"),
                            nodePort=st.just(0),
                        ),
                        min_size=1,
                        max_size=2,
                        unique_by=(lambda port: port["name"], lambda port: port["port"]),
                    )
                },
                selector=LABELS,
                type=spelt("", "ClusterIP", "NodePort", "LoadBalancer"),
                sessionAffinity=spelt("", "None", "ClientIP"),
                clusterIP=spelt(""),
                publishNotReadyAddresses=FLAG,
                externalIPs=st.lists(spelt("192.0.2.1"), max_size=1),
                internalTrafficPolicy=spelt("Cluster", "Local"),
                ipFamilyPolicy=spelt("SingleStack", "PreferDualStack"),
                externalName=st.just(""),
                loadBalancerSourceRanges=st.just([]),
            )
        }
    ),
    ("v1", "PersistentVolumeClaim"): lambda: some({"spec": CLAIM}),
    ("v1", "LimitRange"): lambda: some(
        {
            "spec": some(
                {
                    "limits": st.lists(
                        some(
                            {"type": st.just("Container")},
                            default=some(cpu=CPU_LIMIT, memory=MEMORY_LIMIT),
                            defaultRequest=some(cpu=CPU_REQUEST, memory=MEMORY_REQUEST),
                            max=some(memory=st.just("2E")),
                            min=some(cpu=st.just("0")),
                        ),
                        max_size=1,
                    )
                }
            )
        }
    ),
    ("v1", "ResourceQuota"): lambda: some(
        {
            "spec": some(
                hard=some(
                    pods=COUNT,
                    services=spelt("1", "1k", 1000, "0.1k"),
                    **{"limits.memory": MEMORY_LIMIT, "requests.cpu": CPU_REQUEST, "requests.storage": STORAGE},
                )
            )
        }
    ),
    ("apps/v1", "Deployment"): lambda: some(
        {
            "spec": some(
                {"replicas": st.just(0), "selector": MATCHING, "template": templates("", "Always")},
                minReadySeconds=COUNT,
                revisionHistoryLimit=COUNT,
                paused=FLAG,
                strategy=st.one_of(
                    some(type=spelt("Recreate", "")),
                    some(
                        type=spelt("RollingUpdate"),
                        rollingUpdate=some(maxSurge=spelt(1, "25%"), maxUnavailable=PERCENT),
                    ),
                ),
            )
        }
    ),
    ("batch/v1", "CronJob"): lambda: some(
        {
            "spec": some(
                {
                    "schedule": spelt("0 0 1 1 *", "@yearly"),
                    "suspend": st.just(True),
                    "jobTemplate": some(
                        {
                            "spec": some(
                                {"template": some({"spec": pods("Never", "OnFailure")})},
                                backoffLimit=COUNT,
                                parallelism=COUNT,
                                ttlSecondsAfterFinished=COUNT,
                                completions=COUNT,
                            )
                        },
                        metadata=some(labels=LABELS),
                    ),
                },
                concurrencyPolicy=spelt("Allow", "Forbid", ""),
                failedJobsHistoryLimit=COUNT,
                successfulJobsHistoryLimit=COUNT,
                startingDeadlineSeconds=COUNT,
                timeZone=spelt("Asia/Ho_Chi_Minh"),
            )
        }
    ),
    ("networking.k8s.io/v1", "NetworkPolicy"): lambda: some(
        {
            "spec": some(
                {"podSelector": SELECTOR},
                policyTypes=spelt(["Ingress"], ["Ingress", "Egress"], []),
                ingress=st.lists(some(ports=POLICY_PORTS, **{"from": PEERS}), max_size=2),
                egress=st.lists(some(ports=POLICY_PORTS, to=PEERS), max_size=2),
            )
        }
    ),
    ("networking.k8s.io/v1", "Ingress"): lambda: some(
        {
            "spec": some(
                {"defaultBackend": INGRESS_BACKEND},
                ingressClassName=spelt("a"),
                tls=st.lists(some(hosts=st.just(["a.example"]), secretName=spelt("", "a")), max_size=1),
                rules=st.lists(
                    some(
                        host=spelt("", "a.example"),
                        http=some(
                            {
                                "paths": st.lists(
                                    some(
                                        {
                                            "backend": INGRESS_BACKEND,
                                            "path": spelt("/", "/a"),
                                            "pathType": spelt("Prefix"),
                                        }
                                    ),
                                    min_size=1,
                                    max_size=2,
                                )
                            }
                        ),
                    ),
                    max_size=1,
                ),
            )
        }
    ),
    ("autoscaling/v2", "HorizontalPodAutoscaler"): lambda: some(
        {
            "spec": some(
                {
                    "maxReplicas": spelt(2, 3),
                    "scaleTargetRef": some({"kind": st.just("A"), "name": NAME, "apiVersion": spelt("a.example/v1")}),
                },
                minReplicas=spelt(1, 2),
                metrics=st.lists(METRIC, max_size=2),
                behavior=some(scaleUp=SCALING_RULES, scaleDown=SCALING_RULES),
            )
        }
    ),
    ("policy/v1", "PodDisruptionBudget"): lambda: some(
        {
            "spec": both(
                st.one_of(some(minAvailable=PERCENT), some(maxUnavailable=PERCENT)),
                some(selector=SELECTOR, unhealthyPodEvictionPolicy=spelt("IfHealthyBudget", "AlwaysAllow")),
            )
        }
    ),
    ("rbac.authorization.k8s.io/v1", "Role"): lambda: some(rules=st.lists(RULE, max_size=2)),
}

METADATA: Final = some(
    labels=LABELS, annotations=LABELS, finalizers=st.just([]), ownerReferences=st.just([]), generateName=st.just("")
)


def _objects(api_version: str, kind: str, body: Objects) -> Objects:
    return st.tuples(METADATA, body).map(
        lambda parts: {"apiVersion": api_version, "kind": kind, "metadata": parts[0], **parts[1]}
    )


OBJECTS: Final = {kind: _objects(*kind, body()) for kind, body in _BODIES.items()}
"""By `apiVersion` and kind; without name and namespace."""
