"""Objects drawn by chance, made and changed on a real API server: what was made is no change, nor is what it became.

Each run tries the same few. To search for more: GOVCLOUD_EXAMPLES=2000 for that many of each kind, drawn anew.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from asked_plugin import changes_of, updated
from generated_objects import OBJECTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.configuration import Settings
from govcloud_offline.kubernetes.inputs.kinds import kind_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.normal import normal_form
from govcloud_offline.kubernetes.objects.apply import ApplyOptions

pytestmark = pytest.mark.cloud

EXAMPLES = int(os.environ.get("GOVCLOUD_EXAMPLES", "0"))
FEW = 12
MANAGER = "pulumi-kubernetes-test"
made: Counter[str] = Counter()
changed: Counter[str] = Counter()


@pytest.fixture(scope="module")
def clusters(kubeconfig: str) -> Iterator[tuple[Cluster, Cluster]]:
    """The tests' API server, by providers that apply and by those that patch (`enableServerSideApply=false`)."""
    reached = tuple(Cluster(Settings(kubeconfig=kubeconfig, server_side=mode)) for mode in (True, False))
    assert [cluster.unreachable for cluster in reached] == ["", ""]
    yield reached[0], reached[1]
    for cluster in reached:
        cluster.close()


def changes(said: dict[str, Any], live: dict[str, Any]) -> list[str]:
    form, strangers = normal_form(said)
    assert strangers == []
    assert normal_form(form) == (form, [])
    return list(changes_of(form, live, said))


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda kind: kind[1])
def test_what_is_made_and_what_it_becomes_is_no_change(
    kind: tuple[str, str], clusters: tuple[Cluster, Cluster]
) -> None:
    @settings(
        max_examples=EXAMPLES or FEW,
        derandomize=not EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(OBJECTS[kind].map(named), OBJECTS[kind].map(named), st.sampled_from((0, 0, 1)))
    def check(first: dict[str, Any], second: dict[str, Any], mode: int) -> None:
        cluster = clusters[mode]
        with existing(cluster, first) as live:
            if live is None:
                return
            made[kind[1]] += 1
            assert changes(first, live) == []
            options = ApplyOptions(MANAGER, preview=True)
            before, wanted = normal_form(first)[0], normal_form(second)[0]
            try:
                shown = updated(cluster, before, wanted, live, options)
            except ApiError as error:
                assert error.invalid, error  # of a field that cannot change, or an object that cannot be
                return
            changed[kind[1]] += 1
            assert changes(second, shown) == []
            live = updated(cluster, before, wanted, live, ApplyOptions(MANAGER, preview=False))
            assert changes(second, live) == []
            again = updated(cluster, wanted, wanted, live, ApplyOptions(MANAGER, preview=False))
            assert changes(second, again) == []

    check()
    assert made[kind[1]] > (EXAMPLES or FEW) / 2, "most objects are to be valid"
    assert changed[kind[1]] > 0


def named(manifest: dict[str, Any]) -> dict[str, Any]:
    return {**manifest, "metadata": {**manifest["metadata"], "name": "offline-drawn", "namespace": "default"}}


@contextlib.contextmanager
def existing(cluster: Cluster, manifest: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    """Make an object for a while, as creation does; None where the server refuses it."""
    resource = cluster.resource(kind_of(manifest))
    query = {"fieldManager": "pulumi-kubernetes", "fieldValidation": "Strict"}
    body = normal_form(manifest)[0]
    try:
        live = cluster.client.request("POST", resource.collection("default"), query=query, body=body)
    except ApiError as error:
        assert error.invalid, error
        yield None
        return
    try:
        yield live
    finally:
        path = Manifest.of(manifest).path(resource)
        cluster.client.request("DELETE", path, query={"gracePeriodSeconds": "0"})
        with contextlib.suppress(ApiError):  # most are gone; claims are protected
            bare = {"metadata": {"finalizers": None}}
            cluster.client.request("PATCH", path, body=bare, content_type="application/merge-patch+json")
