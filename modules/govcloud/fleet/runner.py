"""Run many stacks: in waves of what needs what, several at once, and never let one failure stop the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol

from govcloud.fleet.pulumi import Outcome, Step
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import GovCloudError, Language

__all__ = ["Observer", "run", "waves"]


class Observer(Protocol):
    """Who is told how a run goes; called from several threads, one call at a time."""

    def started(self, stack: StackName) -> None:
        """Take note that work on `stack` begins."""

    def stepped(self, stack: StackName, step: Step) -> None:
        """Take note that something happened to one resource of `stack`."""

    def ended(self, outcome: Outcome) -> None:
        """Take note of how a stack ended."""


def waves(stacks: Iterable[StackName]) -> list[list[StackName]]:
    """Sort stacks into waves: all of one kind together, kinds in the order of :class:`StackKind`.

    A tenant's namespaces need the cluster's admission policies; a segment and a platform need their tenant. Within a
    wave nothing depends on anything else, so the wave may run in parallel.
    """
    chosen = sorted(set(stacks), key=lambda s: s.id)
    found = [[s for s in chosen if s.kind is kind] for kind in StackKind]
    return [wave for wave in found if wave]


def run(
    stacks: Iterable[StackName],
    action: Callable[[StackName, Callable[[Step], None]], Outcome],
    observer: Observer,
    *,
    parallel: int = 2,
) -> list[Outcome]:
    """Run `action` on every stack, wave by wave, `parallel` at once; return all outcomes in order.

    A failed cluster stack ends the run after its wave, since nothing may be provisioned without the cluster's
    admission policies; any other failure is reported and stops nothing but itself.
    """
    outcomes: list[Outcome] = []
    telling = threading.Lock()

    def follow(stack: StackName, step: Step) -> None:
        with telling:
            observer.stepped(stack, step)

    def one(stack: StackName) -> Outcome:
        with telling:
            observer.started(stack)
        try:
            outcome = action(stack, lambda step: follow(stack, step))
        except GovCloudError as error:
            outcome = Outcome(stack, succeeded=False, messages=(error.render(Language.EN),))
        with telling:
            observer.ended(outcome)
        return outcome

    for wave in waves(stacks):
        outcomes += _together(wave, one, parallel)
        if any(not o.succeeded and o.stack.kind is StackKind.CLUSTER for o in outcomes):
            break
    return outcomes


def _together(wave: Sequence[StackName], one: Callable[[StackName], Outcome], parallel: int) -> list[Outcome]:
    with ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="stack") as pool:
        running = [pool.submit(one, stack) for stack in wave]
        done = [future.result() for future in as_completed(running)]
    return sorted(done, key=lambda o: o.stack.id)
