"""The LanguageRuntime service: each call of the engine turned into work of the other modules."""

# ruff: noqa: N802 - the protocol names the calls

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

import grpc
from google.protobuf import empty_pb2

from govcloud_base.errors import GovCloudError, Text, language
from govcloud_base.wire.protocol import language_pb2, language_pb2_grpc, plugin_pb2, sdk_version
from govcloud_offline.host import dependencies, packages, plugin, program, runtime
from govcloud_offline.host.process import Children

__all__ = ["LanguageHost"]

T = TypeVar("T")


class Context(Protocol):
    """What a call uses of grpc.ServicerContext, which has no types."""

    def add_callback(self, callback: Callable[[], None]) -> bool:
        """Call back when the call ends, also when the engine has given it up."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""


_NOT_OFFERED = Text(
    "GovCloud's offline language host runs programs, policy packs and plugins only; "
    "{} needs the official Pulumi release",
    "máy chủ ngôn ngữ ngoại tuyến của GovCloud chỉ chạy chương trình, gói chính sách và plugin; "
    "{} cần bản Pulumi chính thức",
)


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs Python programs and plugins for one engine."""

    def __init__(self, engine: str, executor: Path = program.EXECUTOR) -> None:
        """`engine` is its address, empty until Handshake; `executor` is the script that runs programs."""
        self._engine = engine
        self._executor = executor
        self.programs = Children()
        self.plugins = Children()

    # What the engine asks about

    def Handshake(self, request: language_pb2.LanguageHandshakeRequest, context: Context) -> Any:
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=sdk_version())

    def About(self, request: language_pb2.AboutRequest, context: Context) -> language_pb2.AboutResponse:
        interpreter = _interpreter(request.info, context)
        return language_pb2.AboutResponse(
            executable=str(interpreter.python),
            version=interpreter.version(),
            metadata={"toolchain": interpreter.toolchain, "host": "govcloud-offline"},
        )

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: Context
    ) -> language_pb2.GetRequiredPackagesResponse:
        # Only what is there: the engine would fetch the others at once, even where acquisition is disabled.
        home = packages.plugin_home()
        required = packages.required_plugins(_interpreter(request.info, context).packages())
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(name=each.name, kind="resource", version=each.version, server=each.server)
                for each in required
                if packages.installed(each, home)
            ]
        )

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: Context
    ) -> language_pb2.GetProgramDependenciesResponse:
        folders = _interpreter(request.info, context).packages()
        found = packages.dependencies(folders, transitive=request.transitiveDependencies)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in found]
        )

    def RuntimeOptionsPrompts(
        self, request: language_pb2.RuntimeOptionsRequest, context: Context
    ) -> language_pb2.RuntimeOptionsResponse:
        return language_pb2.RuntimeOptionsResponse()

    def Template(self, request: language_pb2.TemplateRequest, context: Context) -> Any:
        return language_pb2.TemplateResponse()

    # What the engine has done

    def Run(self, request: language_pb2.RunRequest, context: Context) -> language_pb2.RunResponse:
        if request.attach_debugger:
            _refuse("--attach-debugger", context)
        error, bail = program.run(
            _interpreter(request.info, context),
            [str(self._executor), *program.arguments(request, self._engine)],
            program.environment(request),
            self.programs,
            context.add_callback,
        )
        return language_pb2.RunResponse(error=error, bail=bail)

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: Context
    ) -> Iterator[language_pb2.RunPluginResponse]:
        if request.attach_debugger:
            _refuse("--attach-debugger", context)
        policy_pack = request.kind == "analyzer"
        folder = Path(request.info.program_directory)
        interpreter = _interpreter(request.info, context, plugin=not policy_pack)
        output = plugin.run(
            interpreter,
            _told(context, lambda: plugin.command(request.kind, folder, request.args)),
            plugin.variables(request.env, interpreter),
            folder if policy_pack else Path(request.pwd or folder),
            self.plugins,
            context.add_callback,
        )
        for each in output:
            if isinstance(each, int):
                yield language_pb2.RunPluginResponse(exitcode=each)
            elif each[0] == "stdout":
                yield language_pb2.RunPluginResponse(stdout=each[1])
            else:
                yield language_pb2.RunPluginResponse(stderr=each[1])

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: Context
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        options = _told(context, lambda: _options(request.info, plugin=request.is_plugin))
        steps = dependencies.commands(options)
        while step := _told(context, lambda: next(steps, None)):
            argv, variables = step
            yield language_pb2.InstallDependenciesResponse(stdout=f"$ {' '.join(argv)}\n".encode())
            tool = runtime.Interpreter(Path(argv[0]), None, options.toolchain)
            output = plugin.run(tool, argv[1:], variables, options.program, self.plugins, context.add_callback)
            for each in output:
                if isinstance(each, tuple):
                    yield language_pb2.InstallDependenciesResponse(stdout=each[1])
                elif each:
                    context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{argv[0]} ended with exit code {each}")

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        # Programs only: the engine sends this at every normal end too, when policy packs still answer it.
        self.programs.interrupt()
        return empty_pb2.Empty()

    # What this host does not offer

    def GetRequiredPlugins(self, request: Any, context: Context) -> NoReturn:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "superseded by GetRequiredPackages")

    def GenerateProgram(self, request: Any, context: Context) -> NoReturn:
        _refuse("pulumi convert", context)

    def GenerateProject(self, request: Any, context: Context) -> NoReturn:
        _refuse("pulumi convert", context)

    def GeneratePackage(self, request: Any, context: Context) -> NoReturn:
        _refuse("pulumi package gen-sdk", context)

    def Pack(self, request: Any, context: Context) -> NoReturn:
        _refuse("pulumi package pack-sdk", context)

    def Link(self, request: Any, context: Context) -> NoReturn:
        _refuse("pulumi package add", context)


def _interpreter(info: language_pb2.ProgramInfo, context: Context, *, plugin: bool = False) -> runtime.Interpreter:
    return _told(context, lambda: runtime.choose(_options(info, plugin=plugin)))


def _options(info: language_pb2.ProgramInfo, *, plugin: bool = False) -> runtime.Options:
    given = {name: info.options[name] for name in info.options}
    return runtime.read_options(info.root_directory, info.program_directory, given, plugin=plugin)


def _told(context: Context, work: Callable[[], T]) -> T:
    """Do the work; a problem becomes the call's status, whose text the engine shows to the user."""
    try:
        return work()
    except GovCloudError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, error.render(language()))


def _refuse(what: str, context: Context) -> NoReturn:
    context.abort(grpc.StatusCode.UNIMPLEMENTED, _NOT_OFFERED.in_language(language()).format(what))
