"""Templates of pods as programs write them: valid, with any of the optional fields, in any spelling of its type."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

Objects = st.SearchStrategy[dict[str, Any]]

MOST: Final = 4

FLAG: Final = st.booleans()
COUNT: Final = st.integers(0, 4)
TEXT: Final = st.sampled_from(("", "a", "0", "true", "two\nlines\n", "đường Lê Lợi"))
NAME: Final = st.sampled_from(("a", "b1", "c-d"))
LABELS: Final = st.dictionaries(st.sampled_from(("a", "b.example/c", "d")), st.sampled_from(("", "x", "1")), max_size=2)
WORD: Final = st.sampled_from(("a", "", "--b=c"))
WORDS: Final = st.lists(WORD, max_size=2)
MODE: Final = st.sampled_from((0, 0o400, 0o644))
DURATION: Final = st.sampled_from((0, 1, 30))


def some(required: dict[str, Any] | None = None, /, **optional: Any) -> Objects:
    """An object with all of the required fields and a few of the optional ones."""
    fixed = st.fixed_dictionaries(required or {})
    if not optional:
        return fixed
    chosen = st.lists(st.sampled_from(sorted(optional)), max_size=MOST, unique=True)
    return both(fixed, chosen.flatmap(lambda names: st.fixed_dictionaries({name: optional[name] for name in names})))


def unique(items: Objects, *keys: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(items, max_size=2, unique_by=lambda item: tuple(str(item.get(key)) for key in keys))


def one_of(**members: Any) -> Objects:
    """One member of a union."""
    return st.one_of([st.fixed_dictionaries({name: value}) for name, value in members.items()])


def both(*parts: Objects) -> Objects:
    return st.tuples(*parts).map(lambda values: {key: item for value in values for key, item in value.items()})


def spelt(*amounts: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(amounts)


CPU_LIMIT: Final = spelt("2", 2, "2000m", "2.0", "2e0", "02", "2.5", "2500000u", "+3")
CPU_REQUEST: Final = spelt("1", 1, "0.1", "100m", "1e-1", "100u", "0", "1.50", "0.0005")
MEMORY_LIMIT: Final = spelt("1Gi", "1024Mi", "1073741824", 1073741824, "1.5Gi", "2e9", "2000M", "1E", "1025Mi")
MEMORY_REQUEST: Final = spelt("1Mi", "1024Ki", "1000k", "0.5Mi", 1000, "1e6", "0", "100000m", "1.5Mi")
STORAGE: Final = spelt("1Gi", "1024Mi", "10e9", "0.5Gi", 1000000000, "1.5Ti", "10E")

RESOURCES: Final = some(
    limits=some(cpu=CPU_LIMIT, memory=MEMORY_LIMIT, **{"ephemeral-storage": MEMORY_LIMIT}),
    requests=some(cpu=CPU_REQUEST, memory=MEMORY_REQUEST, **{"ephemeral-storage": MEMORY_REQUEST}),
)
KEY_REF: Final = some({"key": NAME, "name": NAME}, optional=FLAG)
FIELD_REF: Final = some({"fieldPath": spelt("metadata.name", "metadata.labels['a']")}, apiVersion=spelt("v1", ""))
RESOURCE_REF: Final = some({"resource": spelt("limits.cpu", "requests.cpu")}, divisor=spelt("1", "1m", "0", 1, "1000m"))
ENV: Final = both(
    some({"name": spelt("A", "B_C")}),
    st.one_of(
        some(value=TEXT),
        some(
            {
                "valueFrom": one_of(
                    configMapKeyRef=KEY_REF, secretKeyRef=KEY_REF, fieldRef=FIELD_REF, resourceFieldRef=RESOURCE_REF
                )
            }
        ),
    ),
)
HTTP_GET: Final = some(
    {"port": spelt(80, "http")},
    path=spelt("", "/", "/a"),
    scheme=spelt("", "HTTP", "HTTPS"),
    host=spelt("", "a.example"),
    httpHeaders=st.lists(some({"name": spelt("X-A"), "value": TEXT}), max_size=1),
)
HANDLER: Final = one_of(
    exec=some({"command": st.lists(WORD, min_size=1, max_size=2)}),
    httpGet=HTTP_GET,
    tcpSocket=some({"port": spelt(80, "http")}, host=spelt("", "a.example")),
)
PROBE: Final = both(
    st.one_of(HANDLER, one_of(grpc=some({"port": st.just(80)}, service=spelt("", "a")))),
    some(
        initialDelaySeconds=COUNT,
        timeoutSeconds=COUNT,
        periodSeconds=COUNT,
        failureThreshold=COUNT,
        terminationGracePeriodSeconds=spelt(1, 30),
    ),
)
PROFILE: Final = some({"type": spelt("RuntimeDefault", "Unconfined")})
CONTAINER_SECURITY: Final = some(
    runAsNonRoot=FLAG,
    runAsUser=spelt(0, 1000),
    readOnlyRootFilesystem=FLAG,
    privileged=st.just(False),
    allowPrivilegeEscalation=FLAG,
    procMount=st.just("Default"),
    capabilities=some(add=st.lists(spelt("NET_ADMIN"), max_size=1), drop=st.lists(spelt("ALL"), max_size=1)),
    seccompProfile=PROFILE,
    seLinuxOptions=some(level=spelt("", "s0"), user=spelt("", "a")),
)
CONTAINER: Final = some(
    {"image": spelt("a", "a:1", "registry.example/a@sha256:" + "0" * 64)},
    command=WORDS,
    args=WORDS,
    workingDir=spelt("", "/a"),
    env=unique(ENV, "name"),
    envFrom=st.lists(
        both(
            some(prefix=spelt("", "A_")),
            one_of(configMapRef=some({"name": NAME}, optional=FLAG), secretRef=some({"name": NAME}, optional=FLAG)),
        ),
        max_size=2,
    ),
    ports=unique(
        some({"containerPort": spelt(80, 81)}, protocol=spelt("TCP", "UDP", ""), hostPort=st.just(0), hostIP=spelt("")),
        "containerPort",
    ),
    resources=RESOURCES,
    imagePullPolicy=spelt("", "Always", "IfNotPresent"),
    stdin=FLAG,
    stdinOnce=FLAG,
    tty=FLAG,
    terminationMessagePath=spelt("", "/a"),
    terminationMessagePolicy=spelt("", "File", "FallbackToLogsOnError"),
    livenessProbe=PROBE,
    readinessProbe=PROBE.map(lambda probe: {k: v for k, v in probe.items() if k != "terminationGracePeriodSeconds"}),
    lifecycle=some(postStart=HANDLER, preStop=st.one_of(HANDLER, one_of(sleep=some({"seconds": COUNT})))),
    securityContext=CONTAINER_SECURITY,
    volumeMounts=st.lists(
        some({"name": st.just("first"), "mountPath": spelt("/a")}, readOnly=FLAG, subPath=spelt("", "a")), max_size=1
    ),
)
ITEMS: Final = st.lists(some({"key": NAME, "path": spelt("a", "b/c")}, mode=MODE), max_size=1)
PROJECTED: Final = one_of(
    configMap=some({"name": NAME}, optional=FLAG, items=ITEMS),
    secret=some({"name": NAME}, optional=FLAG, items=ITEMS),
    serviceAccountToken=some({"path": NAME}, audience=spelt("", "a"), expirationSeconds=spelt(600, 3600)),
    downwardAPI=some(items=st.lists(some({"path": NAME, "fieldRef": FIELD_REF}, mode=MODE), max_size=1)),
)
CLAIM: Final = some(
    {
        "accessModes": st.just(["ReadWriteOnce"]),
        "resources": some({"requests": some({"storage": STORAGE})}, limits=some(storage=st.just("20E"))),
    },
    storageClassName=spelt("", "none"),
    volumeMode=spelt("Filesystem", "Block"),
    volumeName=spelt("", "none"),
    selector=some(matchLabels=LABELS, matchExpressions=st.just([])),
)
SOURCE: Final = one_of(
    emptyDir=some(medium=spelt("", "Memory"), sizeLimit=st.one_of(MEMORY_LIMIT, MEMORY_REQUEST)),
    configMap=some({"name": NAME}, optional=FLAG, defaultMode=MODE, items=ITEMS),
    secret=some({"secretName": NAME}, optional=FLAG, defaultMode=MODE, items=ITEMS),
    hostPath=some({"path": spelt("/a")}, type=spelt("", "Directory")),
    persistentVolumeClaim=some({"claimName": NAME}, readOnly=FLAG),
    csi=some({"driver": spelt("a.example")}, readOnly=FLAG, fsType=spelt("", "ext4"), volumeAttributes=LABELS),
    nfs=some({"server": spelt("a"), "path": spelt("/a")}, readOnly=FLAG),
    downwardAPI=some(
        defaultMode=MODE,
        items=st.lists(
            some(
                {
                    "path": NAME,
                    "resourceFieldRef": some(
                        {"containerName": st.just("first"), "resource": spelt("limits.cpu")},
                        divisor=spelt("1", "0", "1m"),
                    ),
                }
            ),
            max_size=1,
        ),
    ),
    projected=some(defaultMode=MODE, sources=st.lists(PROJECTED, max_size=1)),
    ephemeral=some({"volumeClaimTemplate": some({"spec": CLAIM}, metadata=some(labels=LABELS, annotations=LABELS))}),
)
EXPRESSION: Final = st.one_of(
    some({"key": NAME, "operator": spelt("Exists", "DoesNotExist")}, values=st.just([])),
    some({"key": NAME, "operator": spelt("In", "NotIn"), "values": st.just(["a", ""])}),
)
SELECTOR: Final = some(matchLabels=LABELS, matchExpressions=st.lists(EXPRESSION, max_size=1))
TERM: Final = some(
    {"topologyKey": st.just("a")},
    labelSelector=SELECTOR,
    namespaces=st.lists(NAME, max_size=1),
    namespaceSelector=SELECTOR,
)
WEIGHTED: Final = st.lists(some({"weight": spelt(1, 100), "podAffinityTerm": TERM}), max_size=1)
NODE_TERM: Final = some({"matchExpressions": st.lists(EXPRESSION, min_size=1, max_size=1)})
AFFINITY: Final = some(
    nodeAffinity=some(
        requiredDuringSchedulingIgnoredDuringExecution=some(
            {"nodeSelectorTerms": st.lists(NODE_TERM, min_size=1, max_size=2)}
        ),
        preferredDuringSchedulingIgnoredDuringExecution=st.lists(
            some({"weight": spelt(1, 2), "preference": NODE_TERM}), max_size=1
        ),
    ),
    podAffinity=some(preferredDuringSchedulingIgnoredDuringExecution=WEIGHTED),
    podAntiAffinity=some(requiredDuringSchedulingIgnoredDuringExecution=st.lists(TERM, max_size=1)),
)
POD_SECURITY: Final = some(
    runAsNonRoot=FLAG,
    runAsUser=spelt(0, 1000),
    fsGroup=spelt(0, 1),
    supplementalGroups=st.lists(spelt(0, 5), max_size=1),
    fsGroupChangePolicy=spelt("Always", "OnRootMismatch"),
    seccompProfile=PROFILE,
    sysctls=st.lists(some({"name": st.just("net.a"), "value": spelt("0", "1")}), max_size=1),
)


def _numbered(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**item, "name": name} for item, name in zip(items, ("first", "second"), strict=False)]


def pods(*restarts: str) -> Objects:
    return both(
        some(
            {
                "containers": st.lists(CONTAINER, min_size=1, max_size=2).map(_numbered),
                "volumes": st.lists(SOURCE, min_size=1, max_size=2).map(_numbered),
                "restartPolicy": spelt(*restarts),
            }
        ),
        some(
            initContainers=st.lists(
                some({"name": st.just("init"), "image": st.just("a")}, restartPolicy=st.just("Always")), max_size=1
            ),
            terminationGracePeriodSeconds=DURATION,
            dnsPolicy=spelt("", "ClusterFirst", "Default"),
            dnsConfig=some(
                nameservers=st.just(["192.0.2.1"]), options=st.lists(some({"name": NAME}, value=TEXT), max_size=1)
            ),
            nodeSelector=LABELS,
            serviceAccountName=spelt("", "a"),
            automountServiceAccountToken=FLAG,
            enableServiceLinks=FLAG,
            hostNetwork=st.just(False),
            hostPID=st.just(False),
            shareProcessNamespace=FLAG,
            schedulerName=spelt("", "a"),
            hostname=spelt("", "a"),
            subdomain=spelt("", "a"),
            priorityClassName=spelt("", "a"),
            imagePullSecrets=unique(some({"name": NAME}), "name"),
            hostAliases=st.lists(some({"ip": st.just("192.0.2.1")}, hostnames=st.just(["a"])), max_size=1),
            readinessGates=st.lists(some({"conditionType": st.just("a.example/b")}), max_size=1),
            securityContext=POD_SECURITY,
            affinity=AFFINITY,
            tolerations=st.lists(
                some(
                    {"operator": st.just("Exists"), "effect": st.just("NoExecute")}, key=NAME, tolerationSeconds=COUNT
                ),
                max_size=1,
            ),
            topologySpreadConstraints=st.lists(
                some(
                    {
                        "maxSkew": spelt(1, 2),
                        "topologyKey": st.just("a"),
                        "whenUnsatisfiable": spelt("DoNotSchedule"),
                    },
                    labelSelector=SELECTOR,
                    minDomains=spelt(1, 2),
                    matchLabelKeys=st.just([]),
                ),
                max_size=1,
            ),
        ),
    )


TEMPLATE_LABELS: Final = {"app": "x"}


def templates(*restarts: str) -> Objects:
    labels = LABELS.map(lambda more: more | TEMPLATE_LABELS)
    return some({"metadata": some({"labels": labels}, annotations=LABELS), "spec": pods(*restarts)})
