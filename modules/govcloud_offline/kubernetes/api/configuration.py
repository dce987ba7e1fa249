"""What a provider resource is configured with, and what a change of it means."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from govcloud_base.wire.values import Unknown
from govcloud_offline.kubernetes.api.kubeconfig import Kubeconfig, KubeconfigError, NoKubeconfigError
from govcloud_offline.kubernetes.inputs.spelling import plain

__all__ = ["ConfigurationDifference", "Settings", "check_configuration", "configuration_difference"]

_VARIABLE: Final = "kubernetes:config:"
_REQUEST_TIMEOUT: Final = 30.0
_WHERE: Final = ("kubeconfig", "context", "cluster")


@dataclass(frozen=True, slots=True)
class Settings:
    """The provider's options. Those that are absent come from `PULUMI_K8S_*`, as with the official plugin."""

    kubeconfig: str = ""
    """Content or path; empty: what $KUBECONFIG names."""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    server_side: bool = True
    patch_force: bool = False
    upsert: bool = False
    config_map_mutable: bool = False
    secret_mutable: bool = False
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    timeout: float = _REQUEST_TIMEOUT
    """Seconds for one request."""

    @classmethod
    def of(cls, variables: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables of a Configure request. Raises ValueError for client settings that are no JSON."""

        def text(name: str) -> str:
            return variables.get(_VARIABLE + name, "")

        def flag(name: str, variable: str, default: bool = False) -> bool:
            value = variables.get(_VARIABLE + name, environment.get("PULUMI_K8S_" + variable))
            return default if value is None else value == "true"

        client = json.loads(text("kubeClientSettings") or "{}")
        timeout = client.get("timeout") or environment.get("PULUMI_K8S_CLIENT_TIMEOUT") or _REQUEST_TIMEOUT
        return cls(
            kubeconfig=text("kubeconfig"),
            context=text("context"),
            cluster=text("cluster"),
            namespace=text("namespace"),
            server_side=flag("enableServerSideApply", "ENABLE_SERVER_SIDE_APPLY", True),
            patch_force=flag("enablePatchForce", "ENABLE_PATCH_FORCE"),
            upsert=flag("upsertExistingObjects", "UPSERT_EXISTING_OBJECTS"),
            config_map_mutable=flag("enableConfigMapMutable", "ENABLE_CONFIGMAP_MUTABLE"),
            secret_mutable=flag("enableSecretMutable", "ENABLE_SECRET_MUTABLE"),
            delete_unreachable=flag("deleteUnreachable", "DELETE_UNREACHABLE"),
            skip_update_unreachable=flag("skipUpdateUnreachable", "SKIP_UPDATE_UNREACHABLE"),
            timeout=float(timeout),
        )


def check_configuration(
    urn: str, inputs: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> list[tuple[str, str]]:
    """Return what is wrong with a provider's inputs, as pairs of property ("" for the whole) and reason."""
    failures = []
    if plain(inputs.get("renderYamlToDirectory")):
        failures.append(("renderYamlToDirectory", "the offline Kubernetes plugin renders no YAML"))
    strict = plain(inputs.get("strictMode", _stack_setting("strictMode", environment)))
    if strict not in ("true", True):
        return failures
    if "::default_" in urn:
        failures.append(("", "strictMode is set, so the default provider is not used: name one for every resource"))
    failures += [
        (key, f'strictMode is set, so the provider must say its "{key}"')
        for key in ("kubeconfig", "context")
        if not inputs.get(key)
    ]
    return failures


def _stack_setting(key: str, environment: Mapping[str, str]) -> Any:
    try:
        return json.loads(environment.get("PULUMI_CONFIG") or "{}").get(key)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class ConfigurationDifference:
    """Changed options, and those of them that mean another cluster, so that all its objects are replaced."""

    changed: list[str]
    replaces: list[str]


def configuration_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> ConfigurationDifference:
    """Compare two configurations of a provider.

    The cluster is the same as long as `clusterIdentifier` is; without one, as long as the kubeconfig's active
    cluster is. Raises :class:`KubeconfigError` where a kubeconfig cannot be read.
    """
    changed = sorted(key for key in {*old, *new} if plain(old.get(key)) != plain(new.get(key)))
    if not changed:
        return ConfigurationDifference([], [])
    identifier_old, identifier = plain(old.get("clusterIdentifier")), plain(new.get("clusterIdentifier"))
    same_cluster = identifier is not None and identifier == identifier_old
    replaces = []
    if identifier_old is not None and identifier is not None and identifier != identifier_old:
        replaces.append("clusterIdentifier")
    for key in _WHERE:
        if isinstance(plain(new.get(key)), Unknown):
            return ConfigurationDifference([key], [] if same_cluster else [*replaces, key])
    before, after = _active_cluster(old), _active_cluster(new)
    if "renderYamlToDirectory" in changed:
        replaces.append("renderYamlToDirectory")  # a stack that the official plugin rendered comes to a cluster
    if before is not None and after is not None and before != after:
        replaces += [key for key in _WHERE if key in changed]
    return ConfigurationDifference(changed, [] if same_cluster else replaces)


def _active_cluster(configuration: Mapping[str, Any]) -> Mapping[str, Any] | None:
    value = plain(configuration.get("kubeconfig"))
    if value is None or value == "":
        return None
    try:
        config = Kubeconfig.of(value if isinstance(value, str) else json.dumps(value))
    except NoKubeconfigError:
        return None  # a file that does not exist here and now: resources will say so if they need it
    except KubeconfigError as error:
        raise KubeconfigError(f"a kubeconfig that cannot be read: {error}") from error
    context = plain(configuration.get("context"))
    cluster = plain(configuration.get("cluster"))
    return config.cluster(context=context or "", cluster=cluster or "")
