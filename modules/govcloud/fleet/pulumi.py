"""One run of the Pulumi CLI on one stack: started, followed event by event, and summed up.

The CLI is used rather than the Automation API because it is exactly what an engineer runs by hand, gives each stack an
interpreter of its own, and spares the three more processes that the Automation API starts after every update.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govcloud.advice import alternative
from govcloud.clouds.state_bucket import require_locks
from govcloud.fleet import backend, secrets_provider
from govcloud.fleet.interruption import clear
from govcloud.refusal import quotation
from govcloud.stack import StackName
from govcloud_base import memory_file
from govcloud_base.errors import CloudError, EnvironmentProblem, Problem, Text

__all__ = ["Outcome", "PulumiProject", "Step"]

_REFRESHING = ("--refresh", "--run-program")
"""The program runs first, so that the live objects are read where the declaration says that they are: a cloud that got
another store is looked at there, not in the store of the state."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to one resource while a stack ran."""

    operation: str
    """create, update, delete, replace, same, refresh or import."""
    urn: str
    failed: bool = False


@dataclass(slots=True)
class Outcome:
    """How a run of one stack ended."""

    stack: StackName
    succeeded: bool
    changes: Counter[str] = field(default_factory=Counter)
    """How many resources were created, updated, deleted, replaced, or stayed the same."""
    seconds: float = 0.0
    messages: tuple[str, ...] = ()
    """What the engine, the program, the policies and the providers said, as an engineer would read it."""
    notes: tuple[str, ...] = ()
    """What was done beside the engine, one line for each object."""

    @property
    def changed(self) -> int:
        """How many resources were touched."""
        return sum(n for operation, n in self.changes.items() if operation != "same")


class PulumiProject:
    """A country's Pulumi project, driven through the CLI on PATH."""

    def __init__(self, root: Path, policy_packs: Sequence[Path] = ()) -> None:
        """Drive the project whose Pulumi.yaml lies in `root`.

        Raises EnvironmentProblem where there is none, without a CLI or a backend, and where the backend is a bucket
        whose store does not let go of locks.
        """
        if not (root / "Pulumi.yaml").is_file():
            raise EnvironmentProblem(
                Problem(
                    code="GC-FLEET-006",
                    message=Text(
                        en="there is no Pulumi project at or above the country's folder",
                        vi="không có dự án Pulumi ở thư mục của quốc gia hay phía trên",
                    ),
                    fix=Text(
                        en="make one with `govcloud init DIR`, and move the declarations to its stacks/",
                        vi="tạo dự án bằng `govcloud init DIR`, rồi chuyển các khai báo vào `stacks/` của nó",
                    ),
                    allowed="Pulumi.yaml, name: govcloud",
                )
            )
        self.root = root
        self.policy_packs = tuple(policy_packs)
        binary = shutil.which("pulumi")
        if binary is None or not backend.address():
            raise EnvironmentProblem(
                Problem(
                    code="GC-FLEET-001",
                    message=Text(
                        en="no Pulumi CLI or no backend in this shell",
                        vi="phiên làm việc này không có Pulumi CLI hoặc chưa có nơi lưu trạng thái (backend)",
                    ),
                    # Not the address itself: that of a database holds its password.
                    value=f"pulumi: {binary or '-'}, PULUMI_BACKEND_URL: {'***' if backend.address() else '-'}",
                    fix=alternative(
                        Text(
                            "put pulumi on PATH and set PULUMI_BACKEND_URL, or unset KUBECONFIG for the embedded cloud",
                            "đưa pulumi vào PATH và đặt PULUMI_BACKEND_URL, hoặc bỏ KUBECONFIG để dùng đám mây nhúng",
                        ),
                        Text(
                            "put pulumi on PATH and set PULUMI_BACKEND_URL",
                            "đưa pulumi vào PATH và đặt PULUMI_BACKEND_URL",
                        ),
                    ),
                )
            )
        require_locks(backend.address())
        self.binary = binary

    def existing(self) -> set[str]:
        """Return the names of the stacks that the backend knows."""
        return {row["name"].rpartition("/")[2] for row in json.loads(self._text("stack", "ls", "--json"))}

    def ensure(self, stacks: Sequence[StackName]) -> None:
        """Make the stacks that the backend does not know yet, each with its :mod:`.secrets_provider`."""
        known = self.existing()
        new = [str(stack) for stack in stacks if str(stack) not in known]
        for stack, provider in {stack: secrets_provider.of_new(self.root, stack) for stack in new}.items():
            options = [f"--secrets-provider={provider}"] if provider else []
            self._text("stack", "init", stack, "--no-select", *options)

    def up(self, stack: StackName, follow: Callable[[Step], None], *, refresh: bool = False) -> Outcome:
        """Preview under the policy packs, then apply. With `refresh`, the live objects are read first.

        Two runs of the CLI rather than one: policies over the whole stack are judged in a preview before anything is
        applied, but in an update only after everything was; and an update overwrites the event log of its preview.
        Where the preview finds nothing to do, it was all. The update registers what the preview judged: the program
        reads nothing but the declaration.
        """
        options = [*_REFRESHING] if refresh else []
        packs = [f"--policy-pack={pack}" for pack in self.policy_packs]
        planned = self._run("preview", stack, [*options, *packs], lambda step: None)
        if not planned.succeeded or (planned.changed == 0 and not refresh):
            return planned
        return self.update(stack, follow, refresh=refresh)

    def update(self, stack: StackName, follow: Callable[[Step], None], *, refresh: bool = False) -> Outcome:
        """Apply without a preview; also what no preview shows, such as a protection that was lifted."""
        options = ["--yes", "--skip-preview", *(_REFRESHING if refresh else [])]
        return self._run("up", stack, options, follow)

    def destroy(self, stack: StackName, follow: Callable[[Step], None]) -> Outcome:
        """Delete all that a stack holds; protected resources make the run fail."""
        return self._run("destroy", stack, ["--yes", "--skip-preview"], follow)

    def forget(self, stack: StackName) -> None:
        """Remove an empty stack from the backend."""
        self._text("stack", "rm", str(stack), "--yes")

    def state(self, stack: StackName) -> dict[str, Any]:
        """Return the stack's checkpoint; secrets stay encrypted."""
        exported: dict[str, Any] = json.loads(self._text("stack", "export", "--stack", str(stack)))
        return exported

    def _environment(self) -> dict[str, str]:
        # A project that names no environment runs in this one, and the plugin of ours is found there; last, for what
        # the user has put on PATH goes first. No colour codes get into messages.
        path = [*os.environ.get("PATH", os.defpath).split(os.pathsep), str(Path(sys.executable).parent)]
        return {
            "PULUMI_PYTHON_CMD": sys.executable,
            **backend.settings(backend.address()),
            **os.environ,
            "PATH": os.pathsep.join(dict.fromkeys(path)),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "NO_COLOR": "1",
        }

    def _text(self, *arguments: str) -> str:
        result = subprocess.run(
            [self.binary, *arguments, "--non-interactive"],
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            reason = backend.without_password(result.stderr).strip()[-500:]
            raise CloudError(
                Problem(
                    code="GC-FLEET-002",
                    message=Text(
                        en=f"`pulumi {' '.join(arguments[:2])}` failed: {reason}",
                        vi=f"`pulumi {' '.join(arguments[:2])}` thất bại: {quotation(reason).vi}",
                    ),
                    fix=Text(
                        en="check that the backend of PULUMI_BACKEND_URL can be reached and written",
                        vi="kiểm tra nơi lưu trạng thái ở PULUMI_BACKEND_URL có truy cập và ghi được không",
                    ),
                )
            )
        return result.stdout

    def _run(self, verb: str, stack: StackName, options: Sequence[str], follow: Callable[[Step], None]) -> Outcome:
        clear(self.binary, str(stack))
        outcome = Outcome(stack, succeeded=False)
        said: list[str] = []
        with memory_file.lent() as log:
            process = subprocess.Popen(
                [
                    self.binary,
                    verb,
                    f"--stack={stack}",
                    "--non-interactive",
                    "--color=never",
                    *options,
                    f"--event-log={log}",
                ],
                cwd=self.root,
                # --event-log is the CLI's own channel for the Automation API, hidden from users by default.
                env={**self._environment(), "PULUMI_DEBUG_COMMANDS": "true"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert process.stdout is not None
            output: list[str] = []
            # The pipe is drained beside, or a long output would block the CLI.
            reader = threading.Thread(target=output.extend, args=(process.stdout,), daemon=True)
            reader.start()
            try:
                for event in _events(Path(log), process):
                    _absorb(event, outcome, said, follow)
                outcome.succeeded = process.wait() == 0
            finally:
                # Interrupted or broken on our side: the CLI gets the same chance to end in order as by Ctrl-C.
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
                    process.wait()
                reader.join(5)
                if not reader.is_alive():  # else somebody whom the CLI left behind still holds the other end
                    process.stdout.close()
        if not outcome.succeeded and not said:
            said = [line.rstrip() for line in output if line.strip()][-20:]
        outcome.messages = tuple(dict.fromkeys(map(backend.without_password, said)))
        return outcome


def _events(log: Path, process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Yield the engine's events as they are written, until the CLI has ended."""
    # Unbuffered: a buffered text file loses the head of a line whose tail is not written yet.
    with log.open("rb", buffering=0) as file:
        rest = b""
        while True:
            ended = process.poll() is not None  # asked before reading, so nothing written at the end is missed
            chunk = file.read(1 << 20)
            if chunk:
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (json.loads(line) for line in lines if line)
            elif ended:
                return
            else:
                time.sleep(0.05)


def _absorb(event: dict[str, Any], outcome: Outcome, said: list[str], follow: Callable[[Step], None]) -> None:
    """Count one engine event into the outcome."""
    if outputs := event.get("resOutputsEvent"):
        if not outputs.get("planning"):
            follow(Step(outputs["metadata"]["op"], outputs["metadata"]["urn"]))
    elif failed := event.get("resOpFailedEvent"):
        follow(Step(failed["metadata"]["op"], failed["metadata"]["urn"], failed=True))
    elif diagnostic := event.get("diagnosticEvent"):
        if diagnostic["severity"] in ("error", "warning") and not diagnostic.get("ephemeral"):
            where = diagnostic.get("urn", "").rpartition("::")[2]
            message = diagnostic["message"].strip()
            said.append(f"{where}: {message}" if where else message)
    elif policy := event.get("policyEvent"):
        where = policy.get("resourceUrn", "").rpartition("::")[2]
        said.append(f"{where}: [{policy['policyName']}] {policy['message'].strip()}")
    elif summary := event.get("summaryEvent"):
        outcome.changes = Counter({k: v for k, v in summary.get("resourceChanges", {}).items() if k != "read"})
        outcome.seconds = float(summary.get("durationSeconds", 0))
