"""Fields that cannot be changed in place: a change there replaces the object.

The table holds what the API server treats as immutable, with the official plugin's exceptions, so that both plan the
same. Patterns are tuples of field names; ANY stands for every element of a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from govcloud_offline.kubernetes.inputs.kinds import Kind
from govcloud_offline.kubernetes.inputs.property_path import Path

__all__ = ["IDENTITY", "forces_replacement", "replacing_fields"]


ANY: Final = "*"
Pattern = tuple[str, ...]


def _fields(text: str, *prefix: str) -> tuple[Pattern, ...]:
    return tuple((*prefix, *word.split(".")) for word in text.split())


IDENTITY: Final = _fields("metadata.name metadata.namespace")
"""What makes an object another object."""

_SELECTOR: Final = _fields("spec.selector")
_STATEFUL_SET: Final = _fields(
    "spec.podManagementPolicy spec.revisionHistoryLimit spec.selector spec.serviceName spec.volumeClaimTemplates"
)
_JOB: Final = _fields("spec.completions spec.parallelism spec.selector spec.template")
_ROLE_REF: Final = _fields("roleRef")
_VOLUME_SOURCES: Final = _fields(
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs "
    "hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume",
    "spec",
)
_CONTAINER: Final = (
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext "
    "stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir"
)
_POD: Final = (
    *_fields(
        "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork "
        "hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority "
        "priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext "
        "serviceAccount serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes",
        "spec",
    ),
    *_fields(_CONTAINER, "spec", "containers", ANY),
    *_fields(_CONTAINER, "spec", "initContainers", ANY),
)

_TABLE: Final[dict[tuple[str, str, str], tuple[Pattern, ...]]] = {
    **{("apps", version, "DaemonSet"): _SELECTOR for version in ("v1beta2", "v1")},
    **{("apps", version, "Deployment"): _SELECTOR for version in ("v1beta2", "v1")},
    **{("apps", version, "StatefulSet"): _STATEFUL_SET for version in ("v1beta1", "v1beta2", "v1")},
    **{("batch", version, "Job"): _JOB for version in ("v1beta1", "v1", "v2alpha1")},
    **{
        ("rbac.authorization.k8s.io", version, kind): _ROLE_REF
        for version in ("v1alpha1", "v1beta1", "v1")
        for kind in ("ClusterRoleBinding", "RoleBinding")
    },
    ("policy", "v1beta1", "PodDisruptionBudget"): _fields("spec"),
    ("storage.k8s.io", "v1", "StorageClass"): _fields("parameters provisioner"),
    ("", "v1", "PersistentVolume"): _VOLUME_SOURCES,
    ("", "v1", "PersistentVolumeClaim"): _fields("accessModes selector storageClassName volumeName", "spec"),
    ("", "v1", "Pod"): _POD,
    ("", "v1", "ResourceQuota"): _fields("spec.scopes"),
    ("", "v1", "Service"): _fields("spec.clusterIP"),
}


def replacing_fields(
    kind: Kind, manifest: dict[str, Any], *, config_map_mutable: bool, secret_mutable: bool
) -> tuple[Pattern, ...]:
    """Return the patterns of the fields of `kind` whose change replaces the object.

    ConfigMaps and Secrets are replaced when their data changes, so that what uses them starts again, unless the
    provider says that they are mutable; objects marked `immutable` are always replaced.
    """
    immutable = manifest.get("immutable") is True
    fields = _TABLE.get((kind.group, kind.version, kind.name), ())
    if (kind.group, kind.version) == ("", "v1"):
        if kind.name == "Secret":
            fields = _fields("type") if secret_mutable and not immutable else _fields("type stringData data")
        elif kind.name == "ConfigMap" and (immutable or not config_map_mutable):
            fields = _fields("binaryData data")
    return (*IDENTITY, *fields)


def forces_replacement(path: Path, value: Any, patterns: Sequence[Pattern]) -> bool:
    """Tell whether setting `value` at `path` touches one of `patterns`."""
    return any(_touches(path, value, pattern) for pattern in patterns)


def _touches(path: Path, value: Any, pattern: Pattern) -> bool:
    for position, expected in enumerate(pattern):
        if position >= len(path):
            return _contains(value, pattern[position:])
        step = path[position]
        if isinstance(step, int) != (expected == ANY) or (expected != ANY and step != expected):
            return False
    return True


def _contains(value: Any, pattern: Pattern) -> bool:
    if not pattern:
        return True
    if pattern[0] == ANY:
        return isinstance(value, list) and any(_contains(item, pattern[1:]) for item in value)
    return isinstance(value, dict) and pattern[0] in value and _contains(value[pattern[0]], pattern[1:])
