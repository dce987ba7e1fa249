"""Kinds that Kubernetes once served and serves no more, and what to write instead.

From the deprecated API migration guide (https://kubernetes.io/docs/reference/using-api/deprecation-guide/) and, for
what the guide leaves out, the release notes; tests compare it with the lifetimes in Go's declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from govcloud_offline.kubernetes.inputs.kinds import Kind

__all__ = ["REMOVED", "Removal", "removal_of"]


@dataclass(frozen=True, slots=True)
class Removal:
    """When a kind went, and where to."""

    since: str
    """The first Kubernetes without it: `1.25`."""
    instead: str
    """The `apiVersion` that took its place, itself still served; else what does the work now."""

    @property
    def advice(self) -> str:
        """What the user is to do."""
        return f"write apiVersion {self.instead}" if " " not in self.instead else self.instead


_ADMISSION_OF_PODS: Final = "label namespaces for Pod Security admission in its place"
_NOTHING: Final = "nothing took its place"

# since, instead, then the kinds of each old apiVersion
_TABLE: Final = (
    ("1.16", "apps/v1", "extensions/v1beta1", "DaemonSet Deployment ReplicaSet"),
    ("1.16", "apps/v1", "apps/v1beta1", "ControllerRevision Deployment StatefulSet"),
    ("1.16", "apps/v1", "apps/v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"),
    ("1.16", "networking.k8s.io/v1", "extensions/v1beta1", "NetworkPolicy"),
    ("1.16", _ADMISSION_OF_PODS, "extensions/v1beta1", "PodSecurityPolicy"),
    ("1.19", _NOTHING, "auditregistration.k8s.io/v1alpha1", "AuditSink"),
    ("1.20", _NOTHING, "settings.k8s.io/v1alpha1", "PodPreset"),
    ("1.21", "batch/v1", "batch/v2alpha1", "CronJob"),
    (
        "1.22",
        "admissionregistration.k8s.io/v1",
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    ),
    ("1.22", "apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"),
    ("1.22", "apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1", "APIService"),
    ("1.22", "authentication.k8s.io/v1", "authentication.k8s.io/v1beta1", "TokenReview"),
    (
        "1.22",
        "authorization.k8s.io/v1",
        "authorization.k8s.io/v1beta1",
        "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
    ),
    ("1.22", "certificates.k8s.io/v1", "certificates.k8s.io/v1beta1", "CertificateSigningRequest"),
    ("1.22", "coordination.k8s.io/v1", "coordination.k8s.io/v1beta1", "Lease"),
    ("1.22", "networking.k8s.io/v1", "extensions/v1beta1", "Ingress"),
    ("1.22", "networking.k8s.io/v1", "networking.k8s.io/v1beta1", "Ingress IngressClass"),
    (
        "1.22",
        "rbac.authorization.k8s.io/v1",
        "rbac.authorization.k8s.io/v1beta1",
        "ClusterRole ClusterRoleBinding Role RoleBinding",
    ),
    ("1.22", "scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1", "PriorityClass"),
    ("1.22", "storage.k8s.io/v1", "storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment"),
    ("1.23", "scheduling.k8s.io/v1", "scheduling.k8s.io/v1alpha1", "PriorityClass"),
    (
        "1.23",
        "rbac.authorization.k8s.io/v1",
        "rbac.authorization.k8s.io/v1alpha1",
        "ClusterRole ClusterRoleBinding Role RoleBinding",
    ),
    ("1.24", "storage.k8s.io/v1", "storage.k8s.io/v1alpha1", "CSIStorageCapacity VolumeAttachment"),
    ("1.25", "autoscaling/v2", "autoscaling/v2beta1", "HorizontalPodAutoscaler"),
    ("1.25", "batch/v1", "batch/v1beta1", "CronJob"),
    ("1.25", "discovery.k8s.io/v1", "discovery.k8s.io/v1beta1", "EndpointSlice"),
    ("1.25", "events.k8s.io/v1", "events.k8s.io/v1beta1", "Event"),
    ("1.25", "node.k8s.io/v1", "node.k8s.io/v1beta1", "RuntimeClass"),
    ("1.25", "policy/v1", "policy/v1beta1", "Eviction PodDisruptionBudget"),
    ("1.25", _ADMISSION_OF_PODS, "policy/v1beta1", "PodSecurityPolicy"),
    ("1.26", "autoscaling/v2", "autoscaling/v2beta2", "HorizontalPodAutoscaler"),
    (
        "1.26",
        "flowcontrol.apiserver.k8s.io/v1",
        "flowcontrol.apiserver.k8s.io/v1beta1",
        "FlowSchema PriorityLevelConfiguration",
    ),
    ("1.27", "storage.k8s.io/v1", "storage.k8s.io/v1beta1", "CSIStorageCapacity"),
    (
        "1.29",
        "flowcontrol.apiserver.k8s.io/v1",
        "flowcontrol.apiserver.k8s.io/v1beta2",
        "FlowSchema PriorityLevelConfiguration",
    ),
    (
        "1.32",
        "flowcontrol.apiserver.k8s.io/v1",
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "FlowSchema PriorityLevelConfiguration",
    ),
    (
        "1.32",
        "admissionregistration.k8s.io/v1",
        "admissionregistration.k8s.io/v1alpha1",
        "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding",
    ),
    ("1.32", "authentication.k8s.io/v1", "authentication.k8s.io/v1alpha1", "SelfSubjectReview"),
    ("1.33", "authentication.k8s.io/v1", "authentication.k8s.io/v1beta1", "SelfSubjectReview"),
    (
        "1.34",
        "admissionregistration.k8s.io/v1",
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding",
    ),
    ("1.35", "storage.k8s.io/v1", "storage.k8s.io/v1alpha1", "VolumeAttributesClass"),
)

REMOVED: Final = {
    f"{api_version}/{kind}": Removal(since, instead)
    for since, instead, api_version, kinds in _TABLE
    for kind in kinds.split()
}
"""By `apiVersion/kind`."""


def removal_of(kind: Kind) -> Removal | None:
    """Return when a kind was removed; None where it was not, or nothing is known about it."""
    return REMOVED.get(str(kind))
