"""Run many stacks: in waves of what needs what, several at once, and never let one failure stop the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from govcloud.fleet.pulumi import Outcome, Step
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import GovCloudError, language

__all__ = ["Observer", "run", "waves"]

_NOBODY_YET = "GC-STORE-037"


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
    cloud_of: Callable[[str], str] = lambda stack: "",
) -> list[Outcome]:
    """Run `action` on every stack, `parallel` at once, wave by wave on each cloud; return all outcomes in order.

    `cloud_of` tells on which cloud a stack lies; no cloud waits for another. A failed cluster stack ends the run on its
    cloud after its wave, since nothing may be provisioned there without the cluster's admission policies; any other
    failure is reported and stops nothing but itself. A stack that names an identity which is not there yet is run once
    more at the end of its wave.
    """
    telling = threading.Lock()
    tried: set[StackName] = set()
    chosen = set(stacks)
    homes = {stack: cloud_of(str(stack)) for stack in chosen}

    def follow(stack: StackName, step: Step) -> None:
        with telling:
            observer.stepped(stack, step)

    def one(stack: StackName) -> Outcome:
        with telling:
            observer.started(stack)
        try:
            outcome = action(stack, lambda step: follow(stack, step))
        except GovCloudError as error:
            outcome = Outcome(stack, succeeded=False, messages=(error.render(language()),))
        if not _too_early(outcome) or stack in tried:
            with telling:
                observer.ended(outcome)
        tried.add(stack)
        return outcome

    def through(wave: list[StackName]) -> list[Outcome]:
        """Run a wave, and once more what met somebody who was only made in the course of it."""
        found = {outcome.stack: outcome for outcome in workers.map(one, wave)}
        early = [stack for stack, outcome in found.items() if _too_early(outcome)]
        found |= {outcome.stack: outcome for outcome in workers.map(one, early)}
        return [found[stack] for stack in wave]

    def on(cloud: str) -> list[Outcome]:
        found: list[Outcome] = []
        for wave in waves(stack for stack in chosen if homes[stack] == cloud):
            found += through(wave)
            if any(not o.succeeded and o.stack.kind is StackKind.CLUSTER for o in found):
                break
        return found

    clouds = sorted(set(homes.values()))
    with (
        ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="stack") as workers,
        ThreadPoolExecutor(max_workers=max(1, len(clouds)), thread_name_prefix="cloud") as leaders,
    ):
        ended = {outcome.stack: outcome for outcomes in leaders.map(on, clouds) for outcome in outcomes}
    return [ended[stack] for wave in waves(chosen) for stack in wave if stack in ended]


def _too_early(outcome: Outcome) -> bool:
    """Tell whether a stack failed for somebody whom another stack of the same wave makes: two tenants that grant each
    other a bucket are both made before either right can stand."""
    return not outcome.succeeded and any(_NOBODY_YET in message for message in outcome.messages)
