"""Group, version and kind of a resource, from its Pulumi type or its own fields, and what is known about kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Kind", "TypeTokenError", "kind_of", "kind_of_type", "type_of"]

# Groups that every API server serves itself. What they hold is normalised; custom resources are taken literally.
_BUILTIN_GROUPS: Final = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "auditregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "settings.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)

# Scope is asked of the server only for custom resources: a diff must work with no server at all.
_CLUSTER_SCOPED: Final = frozenset(
    {
        "APIService",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "ComponentStatus",
        "CSIDriver",
        "CSINode",
        "CustomResourceDefinition",
        "DeviceClass",
        "DeviceTaintRule",
        "FlowSchema",
        "IngressClass",
        "IPAddress",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PodSecurityPolicy",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourcePoolStatusRequest",
        "ResourceSlice",
        "RuntimeClass",
        "SelfSubjectAccessReview",
        "SelfSubjectReview",
        "SelfSubjectRulesReview",
        "ServiceCIDR",
        "StorageClass",
        "StorageVersion",
        "StorageVersionMigration",
        "SubjectAccessReview",
        "TokenReview",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)


class TypeTokenError(ValueError):
    """A Pulumi type that names no Kubernetes kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Group ("" for core), version and kind, for example `Kind("apps", "v1", "Deployment")`."""

    group: str
    version: str
    name: str

    @property
    def api_version(self) -> str:
        """The `apiVersion` of such an object: `v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def builtin(self) -> bool:
        """True for kinds that the API server itself defines."""
        return bool(self.version) and self.group in _BUILTIN_GROUPS

    @property
    def known_scope(self) -> bool | None:
        """True for namespaced built-in kinds, False for cluster-wide ones, None where the server must be asked."""
        if self.group not in _BUILTIN_GROUPS:
            return None
        return self.name not in _CLUSTER_SCOPED

    def __str__(self) -> str:
        return f"{self.api_version}/{self.name}"


def type_of(urn: str) -> str:
    """Return the resource type in a URN, without the types of its parents."""
    parts = urn.split("::")
    return parts[2].rsplit("$", 1)[-1] if len(parts) > 3 else ""


def kind_of_type(token: str) -> Kind:
    """Return the kind that a type such as `kubernetes:apps/v1:Deployment` names.

    Raises :class:`TypeTokenError` for types of other packages and for those with no group and version.
    """
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    group, slash, version = module.partition("/")
    if package != "kubernetes":
        raise TypeTokenError(f'"{token}" is no resource type of the Kubernetes provider')
    if not slash or "/" in version or not name:
        raise TypeTokenError(f'a type names group and version ("apps/v1", "core/v1"), not only "{module}"')
    return Kind("" if group == "core" else group, version, name)


def kind_of(manifest: Mapping[str, Any]) -> Kind:
    """Return the kind that an object says it has; parts that it lacks are empty."""
    api_version = manifest.get("apiVersion")
    name = manifest.get("kind")
    text = api_version if isinstance(api_version, str) else ""
    group, slash, version = text.partition("/")
    if not slash:
        group, version = "", text
    return Kind("" if group == "core" else group, version, name if isinstance(name, str) else "")
