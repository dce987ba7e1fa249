"""The provider protocol: every call of the engine, translated and answered."""

# ruff: noqa: N802 (the protocol names the methods)

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Callable
from typing import Any, Final, TypeVar

import grpc
from google.protobuf import empty_pb2

from govcloud_base.wire.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from govcloud_base.wire.values import from_struct, opened, to_struct
from govcloud_offline.kubernetes import VERSION
from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.configuration import Settings, check_configuration, configuration_difference
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.api.kubeconfig import KubeconfigError
from govcloud_offline.kubernetes.changes.diff import difference
from govcloud_offline.kubernetes.engine import Engine, Log
from govcloud_offline.kubernetes.failures import OperationError, abort
from govcloud_offline.kubernetes.inputs.check import Autonaming, CheckError, checked
from govcloud_offline.kubernetes.inputs.hidden import Hidden
from govcloud_offline.kubernetes.inputs.kinds import TypeTokenError
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.state import State
from govcloud_offline.kubernetes.objects.creation import create_resource
from govcloud_offline.kubernetes.objects.deletion import delete_resource
from govcloud_offline.kubernetes.objects.reading import read_resource
from govcloud_offline.kubernetes.objects.updating import replaced_as_unready, update_resource

__all__ = ["KubernetesServicer"]

_Answer = TypeVar("_Answer")
_KNOWN: Final = (
    ApiError,
    CheckError,
    OperationError,
    KubeconfigError,
    NoSuchKindError,
    TypeTokenError,
    UnreachableError,
    ValueError,
)
_log = logging.getLogger(__name__)


def _answering(
    method: Callable[[Any, Any, grpc.ServicerContext], _Answer],
) -> Callable[[Any, Any, grpc.ServicerContext], _Answer]:
    """Turn exceptions into the protocol's errors: a message for what is known, its kind too for what is not."""

    @functools.wraps(method)
    def answer(self: Any, request: Any, context: grpc.ServicerContext) -> _Answer:
        try:
            return method(self, request, context)
        except _KNOWN as error:
            abort(context, error, _hidden(request), secrets=self.accept_secrets)
        except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError) as error:
            hidden = _hidden(request)
            _log.error("%s: %s", method.__name__, hidden.veiled(traceback.format_exc()))
            abort(context, OperationError(f"the plugin failed: {type(error).__name__}: {error}"), hidden)

    return answer


def _hidden(request: Any) -> Hidden:
    """Return what a request holds that nobody may read in a message."""
    fields = [request.DESCRIPTOR.fields_by_name.get(name) for name in ("olds", "news", "properties", "inputs")]
    return Hidden.of(*(from_struct(getattr(request, field.name)) for field in fields if field is not None))


class KubernetesServicer(provider_pb2_grpc.ResourceProviderServicer):
    """One provider resource. The engine calls from many threads at once."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.accept_secrets = True
        self._engine = engine or Engine()
        self._cluster: Cluster | None = None

    @property
    def cluster(self) -> Cluster:
        """The configured cluster. Raises :class:`OperationError` before Configure."""
        if self._cluster is None:
            raise OperationError("the provider has not been configured")
        return self._cluster

    @_answering
    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    @_answering
    def Attach(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self._engine = Engine(request.address)
        return empty_pb2.Empty()

    @_answering
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        failures = check_configuration(request.urn, from_struct(request.news))
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures],
        )

    @_answering
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        found = configuration_difference(from_struct(request.olds), from_struct(request.news))
        if not found.changed:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME, diffs=found.changed, replaces=found.replaces
        )

    @_answering
    def Configure(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ConfigureResponse:
        self.accept_secrets = request.acceptSecrets
        self._cluster = Cluster(Settings.of(dict(request.variables)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @_answering
    def Check(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        if self.cluster.unreachable and self.cluster.settings.skip_update_unreachable:
            self._log(request).warning(
                "the cluster cannot be reached: its recorded inputs stay, as `skipUpdateUnreachable` asks"
            )
            return provider_pb2.CheckResponse(inputs=request.olds)
        autonaming = None
        if request.HasField("autonaming"):
            autonaming = Autonaming(request.autonaming.mode), request.autonaming.proposed_name
        inputs = checked(
            request.urn,
            from_struct(request.olds),
            from_struct(request.news),
            seed=request.randomSeed,
            autonaming=autonaming,
            server_side=self.cluster.settings.server_side,
            default_namespace=self.cluster.default_namespace,
            namespaced=self.cluster.namespaced,
            types=self.cluster.types,
            warn=Log(self._engine, request.urn).warning,
        )
        manifest = Manifest.said(inputs, request.urn)
        self.cluster.declare(manifest)
        if manifest.kind.name == "CustomResourceDefinition" and not manifest.patch:
            self.cluster.define(manifest)
        return provider_pb2.CheckResponse(inputs=self._struct(inputs))

    @_answering
    def Diff(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        state, new = State.of(from_struct(request.olds)), Manifest.said(from_struct(request.news), request.urn)
        settings = self.cluster.settings
        found = difference(
            old_inputs=state.inputs,
            live=state.live,
            new_inputs=new,
            namespaced=self.cluster.namespaced(new.kind),
            config_map_mutable=settings.config_map_mutable,
            secret_mutable=settings.secret_mutable,
            ignore=request.ignoreChanges,
            unready=replaced_as_unready(self.cluster, new, state.live, self._log(request)),
            types=self.cluster.types,
        )
        if found.changes and new.kind.name == "CustomResourceDefinition" and not new.patch:
            self.cluster.redefine(new)
        none, some = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(
            changes=some if found.changes or found.replaces else none,
            replaces=found.replaces,
            deleteBeforeReplace=found.delete_first,
            detailedDiff={
                path: provider_pb2.PropertyDiff(
                    kind=provider_pb2.PropertyDiff.Kind.Name(int(change)), inputDiff=change in (2, 3)
                )
                for path, change in found.changes.items()
            },
            hasDetailedDiff=True,
        )

    @_answering
    def Create(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        identifier, properties = create_resource(
            self.cluster,
            request.urn,
            from_struct(request.properties),
            timeout=request.timeout,
            preview=request.preview,
            log=self._log(request),
        )
        return provider_pb2.CreateResponse(id=identifier, properties=self._struct(properties))

    @_answering
    def Read(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        found = read_resource(
            self.cluster,
            request.urn,
            request.id,
            from_struct(request.properties),
            from_struct(request.inputs),
            log=self._log(request),
        )
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.identifier,
            properties=self._struct(found.properties),
            inputs=self._struct(found.inputs),
        )

    @_answering
    def Update(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        properties = update_resource(
            self.cluster,
            request.urn,
            from_struct(request.olds),
            from_struct(request.news),
            timeout=request.timeout,
            ignore=tuple(request.ignoreChanges),
            preview=request.preview,
            log=self._log(request),
        )
        return provider_pb2.UpdateResponse(properties=self._struct(properties))

    @_answering
    def Delete(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        delete_resource(
            self.cluster,
            request.urn,
            request.id,
            from_struct(request.properties),
            timeout=request.timeout,
            log=self._log(request),
        )
        return empty_pb2.Empty()

    @_answering
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        if request.tok != "kubernetes:yaml:decode":
            raise OperationError(f'the offline Kubernetes plugin has no function "{request.tok}"')
        import yaml  # programs that hand out YAML are rare

        arguments = opened(from_struct(request.args))
        try:
            documents = [item for item in yaml.safe_load_all(arguments.get("text") or "") if item]
        except yaml.YAMLError as error:
            raise OperationError(f"the text is no YAML: {error}") from error
        return provider_pb2.InvokeResponse(**{"return": to_struct({"result": documents})})

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        if self._cluster is not None:
            self._cluster.cancel()
        return empty_pb2.Empty()

    def _log(self, request: Any) -> Log:
        return Log(self._engine, request.urn, functools.cache(lambda: _hidden(request)))

    def _struct(self, properties: dict[str, Any]) -> Any:
        return to_struct(properties, secrets=self.accept_secrets)


def _unimplemented(name: str) -> Callable[..., Any]:
    def method(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"method {name} not implemented")

    return method


# The generated base would print a traceback for each of these; the engine tolerates their absence.
for _name in ("Handshake", "Parameterize", "GetSchema", "Call", "Construct", "GetMapping", "GetMappings", "List"):
    setattr(KubernetesServicer, _name, _unimplemented(_name))
