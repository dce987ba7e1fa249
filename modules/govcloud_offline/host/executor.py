"""Run one Pulumi program: `python pulumi-language-python-exec --monitor … PROGRAM [ARGS]`.

Started by the language host in the program's own interpreter, so it uses the standard library and the Pulumi
SDK alone. Configuration comes in PULUMI_CONFIG and PULUMI_CONFIG_SECRET_KEYS (JSON).

Exit codes: 0, the program has registered all that it declares; 32, the user has been shown what went wrong;
others, it was not shown.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import logging
import os
import runpy
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

SHOWN = 32


def main() -> int:
    """Run the program that the arguments name and return the exit code."""
    given = _arguments()
    signal.signal(signal.SIGINT, _interrupted)
    try:
        import pulumi
        import pulumi.runtime
    except ImportError:
        traceback.print_exc()
        english = "cannot import the Pulumi SDK: install the program's dependencies there."
        vietnamese = "không nạp được Pulumi SDK: hãy cài các gói phụ thuộc của chương trình."
        print(f"{sys.executable} {english}\n{sys.executable} {vietnamese}", file=sys.stderr)
        return 1
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    loop = asyncio.new_event_loop()
    engine = _Engine(given.engine, loop)
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=given.monitor,
            engine=engine.stub,
            project=given.project,
            stack=given.stack,
            parallel=given.parallel,
            dry_run=given.dry_run == "true",
            organization=given.organization,
            root_directory=given.root_directory,
        )
    )
    sys.argv = [given.program, *given.arguments]
    if given.pwd:
        os.chdir(given.pwd)
    program = os.path.abspath(given.program)  # noqa: PTH100 - resolve() would follow links out of the user's names
    # Tasks that a failed program leaves unfinished are no news to the user.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(max_workers=4 * max(given.parallel, 1))
    loop.set_default_executor(threads)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run(given.program, program)))
    except (pulumi.RunError, _NoProgramError) as error:
        pulumi.log.error(str(error))
        return SHOWN
    except KeyboardInterrupt:
        # The user cancelled, and the engine says so. Threads may wait for an engine that no longer answers.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(SHOWN)
    except Exception as error:
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_users_traceback(error, program)}")
        return SHOWN
    finally:
        threads.shutdown()
        loop.close()
        engine.flush()
    return 0


class _Engine:
    """The engine's connection, which collects debugging messages and does not wait for the engine to have taken them.

    The SDK sends four for each resource: a call for each takes a fifth of the program's time, waiting for the answers
    as long as registering the resource.
    """

    _MOST = 100
    """Messages in one call; they are a few hundred characters each, and a call has room for four million."""
    _LATEST = 0.1
    """Seconds after which a message is on its way, however few there are."""

    def __init__(self, address: str, loop: asyncio.AbstractEventLoop) -> None:
        import grpc
        from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

        self.stub: Any = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
        self._loop = loop
        self._send = self.stub.Log
        self._debug = engine_pb2.DEBUG
        self._on_the_way: collections.deque[Any] = collections.deque()
        self._lock = threading.Lock()
        self._collected: list[str] = []
        self._request = engine_pb2.LogRequest
        self.stub.Log = self._log

    def flush(self) -> None:
        """Wait until every message has arrived, or the engine is gone."""
        self._pass_on()
        while self._on_the_way:
            self._on_the_way.popleft().exception()

    def _log(self, request: Any) -> Any:
        if request.severity != self._debug or request.urn:
            self._pass_on()
            return self._send(request)
        with self._lock:
            self._collected.append(request.message)
            count = len(self._collected)
        if count >= self._MOST:
            self._pass_on()
        elif count == 1 and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.call_later, self._LATEST, self._pass_on)
        return None

    def _pass_on(self) -> None:
        with self._lock:
            while self._on_the_way and self._on_the_way[0].done():
                self._on_the_way.popleft()
            if self._collected:
                message, self._collected = "\n".join(self._collected), []
                self._on_the_way.append(self._send.future(self._request(severity=self._debug, message=message)))


def _interrupted(number: int, frame: object) -> None:
    """Interrupt the program once.

    A cancelled run sends SIGINT twice, from the host and from the engine to the whole group: the second would end the
    program's cleaning up.
    """
    signal.signal(signal.SIGINT, lambda number, frame: None)  # not SIG_IGN, which the program's children would inherit
    raise KeyboardInterrupt


class _NoProgramError(Exception):
    """The folder that `main` names holds no program."""


def _run(given: str, program: str) -> None:
    if os.path.isdir(program) and not os.path.isfile(os.path.join(program, "__main__.py")):  # noqa: PTH112, PTH113, PTH118
        raise _NoProgramError(f"unable to find main python program `__main__.py` in `{program}`")
    runpy.run_path(given, run_name="__main__")


def _users_traceback(error: BaseException, program: str) -> str:
    """Return the traceback from the user's program on, without the frames of Pulumi and runpy above it."""
    main_file = program if program.endswith(".py") else f"{program}/__main__.py"
    frame = error.__traceback__
    while frame and os.path.abspath(frame.tb_frame.f_code.co_filename) != main_file:  # noqa: PTH100
        frame = frame.tb_next
    if frame is None and isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error))
    return "".join(traceback.format_exception(type(error), error, frame or error.__traceback__))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("pulumi-language-python-exec")
    for name in ("monitor", "engine", "project", "root_directory", "stack", "pwd", "organization", "tracing"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--dry_run", choices=["true", "false"], default="false")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
