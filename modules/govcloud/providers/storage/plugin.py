"""The Pulumi plugin `pulumi-resource-govcloud`: the provider protocol over the resource types.

It speaks the protocol directly instead of through `pulumi.provider.experimental`: that class needs the whole SDK
(0.4 s a start), shows every error as an unexpected exception and may change without notice (ADR 0006).
"""

# ruff: noqa: N802 - the protocol names the methods

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

from govcloud.model.dialect import DIALECTS
from govcloud.providers.storage import problems
from govcloud.providers.storage.endpoint import CONFIG, Endpoint
from govcloud.providers.storage.property_values import decode, encode
from govcloud.providers.storage.resource_types import RESOURCE_TYPES, Around, Failure, Properties, ResourceType
from govcloud.providers.storage.site import cloud_of
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.surroundings import surroundings
from govcloud_base.errors import EnvironmentProblem, GovCloudError, Problem, Text, language
from govcloud_base.wire import serving
from govcloud_base.wire.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from govcloud_base.wire.values import UNKNOWN, has_unknown

__all__ = ["VERSION", "StorageProvider", "serve"]

VERSION = "0.1.0"
_THREADS = 32
"""As many requests as the engine's default parallelism sends to one provider on a machine of eight cores."""
_PATIENCE = 1.0
"""Seconds for requests under way when the engine has gone."""

Answer = TypeVar("Answer")


class Context(Protocol):
    """What this module uses of grpc's context, which has no types of its own."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the request with a status."""


class StorageProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider resource: its configuration, and requests for its resources in any number of threads."""

    def __init__(self, clock: Callable[[], datetime.datetime] | None = None) -> None:
        """`clock` tells the time in UTC, where that of the machine is not to count."""
        self._clock = clock or (lambda: datetime.datetime.now(datetime.UTC))
        self._store: Store | None = None
        self._why_not: GovCloudError | None = None

    def GetPluginInfo(self, request: Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> Empty:
        return Empty()

    def Cancel(self, request: Empty, context: Context) -> Empty:
        return Empty()  # every request is short: the engine waits for those under way

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        config, _ = decode(request.news)
        failures: list[Failure] = []
        for name in sorted(config.keys() - set(CONFIG) - {"version", "pluginDownloadURL", "__internal"}):
            failures.append((name, problems.input_invalid(name, "", ", ".join(CONFIG))))
        adapter = config.get("adapter")
        if adapter is not None and not has_unknown(adapter) and adapter not in DIALECTS:
            failures.append(("adapter", problems.adapter_unknown(str(adapter), ", ".join(DIALECTS))))
        if config.get("endpoint") is not None and not _undecided(config):
            try:
                _endpoint(request.name, config, _environment(request.name, config))
            except GovCloudError as error:
                failures += [(_place(config, problem), problem) for problem in error.problems]
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        # Never a replacement: another address or key does not make other buckets.
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: Context) -> provider_pb2.ConfigureResponse:
        config, _ = decode(request.args)
        if not _undecided(config):
            try:
                environment = _environment(request.name, config)
                self._store = Store(_endpoint(request.name, config, environment), environment, clock=self._clock)
            except GovCloudError as error:
                self._why_not = error  # said by the first request that needs the store; a preview needs none
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        def answer() -> provider_pb2.CheckResponse:
            olds, _ = decode(request.olds)
            news, secret = decode(request.news)
            around = Around(self._store.endpoint.adapter if self._store else None, self._clock())
            inputs, failures = self._type(request.urn).checked(olds, news, around)
            return provider_pb2.CheckResponse(inputs=_struct(inputs, secret), failures=_failures(failures))

        return _answered(context, answer)

    def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        def answer() -> provider_pb2.DiffResponse:
            olds, _ = decode(request.old_inputs)
            news, _ = decode(request.news)
            outputs, _ = decode(request.olds)
            resource = self._type(request.urn)
            replaces = resource.replaces(olds, news) if olds else []
            due = resource.due(news, outputs, self._clock()) if olds and not has_unknown(news) else []
            kind = provider_pb2.DiffResponse
            # Unknown: the engine compares old and new inputs itself and draws the difference in detail.
            changes = kind.DIFF_SOME if replaces or due else kind.DIFF_UNKNOWN
            return provider_pb2.DiffResponse(
                changes=changes, replaces=replaces, diffs=[*replaces, *due], deleteBeforeReplace=bool(replaces)
            )

        return _answered(context, answer)

    def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        def answer() -> provider_pb2.CreateResponse:
            kind = self._type(request.urn)
            inputs, secret = decode(request.properties)
            if request.preview:
                planned = kind.planned(self._store, inputs, None)
                return provider_pb2.CreateResponse(properties=_outputs(kind, planned, secret))
            made, outputs = kind.create(self._ready(inputs), inputs)
            return provider_pb2.CreateResponse(id=made, properties=_outputs(kind, outputs, secret))

        return _answered(context, answer)

    def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        def answer() -> provider_pb2.ReadResponse:
            kind = self._type(request.urn)
            inputs, hidden = decode(request.inputs)
            outputs, secret = decode(request.properties)
            found = kind.read(self._ready(), request.id, inputs, outputs)
            if found is None:
                return provider_pb2.ReadResponse(id="")
            return provider_pb2.ReadResponse(
                id=request.id,
                inputs=_struct(found[0], hidden),
                properties=_outputs(kind, found[1], secret | hidden),
            )

        return _answered(context, answer)

    def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        def answer() -> provider_pb2.UpdateResponse:
            kind = self._type(request.urn)
            olds, _ = decode(request.olds)
            inputs, secret = decode(request.news)
            if request.preview:
                outputs = kind.planned(self._store, inputs, olds)
            else:
                outputs = kind.update(self._ready(inputs), inputs, olds)
            return provider_pb2.UpdateResponse(properties=_outputs(kind, outputs, secret))

        return _answered(context, answer)

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> Empty:
        def answer() -> Empty:
            outputs, _ = decode(request.properties)
            self._type(request.urn).delete(self._ready(), request.id, outputs)
            return Empty()

        return _answered(context, answer)

    def _unimplemented(self, request: Any, context: Context) -> NoReturn:
        # Aborting instead of raising: grpc would log a traceback, which the engine shows to the user.
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "not a feature of this plugin")

    Handshake = Parameterize = GetSchema = GetMapping = GetMappings = _unimplemented
    Invoke = Call = Construct = List = _unimplemented

    def close(self) -> None:
        """Release what the store holds."""
        if self._store is not None:
            self._store.close()

    def _type(self, urn: str) -> ResourceType:
        token = urn.split("::")[-2].split("$")[-1]
        found = RESOURCE_TYPES.get(token)
        if found is None:
            raise EnvironmentProblem(problems.input_invalid("type", token, ", ".join(RESOURCE_TYPES)))
        return found

    def _ready(self, inputs: Properties | None = None) -> Store:
        """Return the store for a request with effects, which may not hold anything unknown."""
        if self._why_not is not None:
            raise self._why_not
        if self._store is None or has_unknown(inputs or {}):
            raise EnvironmentProblem(
                problems.input_invalid("config", str(UNKNOWN), Text("known values", "giá trị đã biết"))
            )
        return self._store


def _undecided(config: Properties) -> bool:
    """Tell whether the engine does not know yet what a part of the configuration will be."""
    return any(has_unknown(config.get(name)) for name in CONFIG)


def _place(config: Properties, problem: Problem) -> str:
    """Return the part of a configuration that holds the address of which a problem speaks."""
    name = "administrationEndpoint"
    return name if problem.value is not None and problem.value == config.get(name) else "endpoint"


def _environment(provider: str, config: Properties) -> Mapping[str, str]:
    """Return the environment of the cloud whose store the provider stands for; all of it for any other store."""
    cloud, url = cloud_of(provider), config.get("endpoint")
    if cloud is None or not isinstance(url, str) or not url:
        return os.environ
    return surroundings(cloud, url, None, os.environ)


def _endpoint(provider: str, config: Properties, environment: Mapping[str, str]) -> Endpoint:
    return Endpoint.from_config(config, environment, cloud_of(provider))


def serve(arguments: list[str], leave: threading.Event) -> None:
    """Serve the engine until `leave` is set, by a signal too: the port on standard output, nothing else.

    `arguments` holds the engine's address, which is not needed: nothing is reported but by answers.
    """
    provider = StorageProvider()
    add = provider_pb2_grpc.add_ResourceProviderServicer_to_server
    serving.serve(lambda server: add(provider, server), _THREADS, leave, _PATIENCE)
    provider.close()


def _answered(context: Context, answer: Callable[[], Answer]) -> Answer:
    """Return the answer; what went wrong instead is told in the reader's language, never as a traceback.

    FAILED_PRECONDITION tells the engine that nothing is left to clean up: creating is safe to repeat.
    """
    try:
        return answer()
    except GovCloudError as error:
        text = error.render(language())
    except Exception as error:
        text = GovCloudError(problems.plugin_defect(error)).render(language())
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, text)


def _struct(values: Properties, secret: set[str]) -> Struct:
    return encode(values, secret)


def _outputs(kind: ResourceType, values: Properties, secret: set[str]) -> Struct:
    return _struct(values, secret | kind.secret_outputs)


def _failures(found: list[Failure]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=name, reason=_reason(problem)) for name, problem in found]


def _reason(problem: Problem) -> str:
    return problem.render(language())
