"""Which kinds are waited for, and how: the built-in judgements, and what `pulumi.com/waitFor` asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness import (
    await_basics,
    await_network,
    await_pods,
    await_storage,
    await_workloads,
)
from govcloud_offline.kubernetes.readiness.waiting import Judge, Verdict

__all__ = ["WaitForError", "judge_of", "patience", "read_judge_of", "skips_deletion"]


@dataclass(frozen=True, slots=True)
class _Wait:
    """How objects of a kind are waited for."""

    judge: Judge | None = None
    seconds: float = 600
    read: bool = False
    """A refresh judges it too: a workload that fails now is reported, as with the official plugin."""
    end_is_skipped: bool = False
    """skipAwait also means "do not wait for its end"; other kinds are always waited out."""


_NOTHING: Final = _Wait()
_WAITS: Final[dict[tuple[str, str], _Wait]] = {
    ("", "Namespace"): _Wait(await_basics.namespace, end_is_skipped=True),
    ("", "PersistentVolume"): _Wait(await_storage.volume, seconds=300),
    ("", "PersistentVolumeClaim"): _Wait(await_storage.claim, seconds=300),
    ("", "Pod"): _Wait(await_pods.pod, read=True, end_is_skipped=True),
    ("", "ReplicationController"): _Wait(end_is_skipped=True),
    ("", "ResourceQuota"): _Wait(await_basics.quota, seconds=60),
    ("", "Secret"): _Wait(await_basics.secret, seconds=30),
    ("", "Service"): _Wait(await_network.service, read=True),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _Wait(await_basics.definition),
    ("apps", "DaemonSet"): _Wait(await_workloads.daemon_set, read=True, end_is_skipped=True),
    ("apps", "Deployment"): _Wait(await_workloads.deployment, read=True, end_is_skipped=True),
    ("apps", "StatefulSet"): _Wait(await_workloads.stateful_set, read=True, end_is_skipped=True),
    ("batch", "Job"): _Wait(await_pods.job, read=True, end_is_skipped=True),
    ("networking.k8s.io", "Ingress"): _Wait(await_network.ingress, read=True),
}


class WaitForError(ValueError):
    """A `pulumi.com/waitFor` annotation that cannot be understood."""


def _wait(inputs: Manifest) -> _Wait:
    return _WAITS.get((inputs.kind.group, inputs.kind.name), _NOTHING)


def judge_of(inputs: Manifest) -> Judge | None:
    """Return how to tell that a new or changed object is ready; None where there is nothing to wait for."""
    if inputs.options.skip_await:
        return None
    if inputs.options.wait_for:
        return _all_of([_condition(text) for text in _expressions(inputs.options.wait_for)])
    return _wait(inputs).judge


def patience(inputs: Manifest, option: float) -> float:
    """Return how many seconds to wait for an object: the resource option, its annotation, or its kind's default."""
    return inputs.patience(option, _wait(inputs).seconds)


def read_judge_of(inputs: Manifest) -> Judge | None:
    """Return how to tell whether an object that is being read works; None where that is not asked."""
    return _wait(inputs).judge if _wait(inputs).read and not inputs.options.skip_await else None


def skips_deletion(inputs: Manifest) -> bool:
    """Tell whether nobody waits for the end of this object."""
    return inputs.options.skip_await and _wait(inputs).end_is_skipped


def _expressions(text: str) -> list[str]:
    try:
        values = json.loads(text)
    except ValueError:
        return [text]
    if not isinstance(values, list):
        return [text]
    if not values:
        raise WaitForError("pulumi.com/waitFor is an empty list: it must name a condition")
    return [str(value) for value in values]


def _all_of(conditions: list[Callable[[Manifest], bool]]) -> Judge:
    def judge(cluster: Cluster, live: Manifest) -> Verdict:
        met = sum(condition(live) for condition in conditions)
        missing = len(conditions) - met
        return Verdict(not missing, f"Waiting for {missing} condition(s) of waitFor" if missing else "")

    return judge


def _condition(text: str) -> Callable[[Manifest], bool]:
    method, _, rest = text.partition("=")
    if method == "condition" and rest:
        name, _, status = rest.partition("=")
        wanted = (status or "True").lower()
        return lambda live: any(
            str(item.get("type")).lower() == name.lower() and str(item.get("status")).lower() == wanted
            for item in live.status.get("conditions") or ()
        )
    if method == "jsonpath" and rest:
        return _json_path(rest)
    raise WaitForError(f'pulumi.com/waitFor knows "jsonpath={{.FIELD}}=VALUE" and "condition=NAME", not "{text}"')


def _json_path(text: str) -> Callable[[Manifest], bool]:
    """Understand `{.status.phase}=Running` and `{.status.phase}`: plain fields and numbered elements."""
    path, closed, rest = text.partition("}")
    if not path.startswith("{.") or not closed or (rest and not rest.startswith("=")):
        raise WaitForError(f'a path is written "jsonpath={{.FIELD}}" or "jsonpath={{.FIELD}}=VALUE", not "{text}"')
    steps = [step for step in path[2:].replace("[", ".").replace("]", "").split(".") if step]

    def met(live: Manifest) -> bool:
        value: Any = live.body
        for step in steps:
            if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            elif isinstance(value, dict) and step in value:
                value = value[step]
            else:
                return False
        return not rest or _text(value) == rest[1:].strip("'\"")

    return met


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
