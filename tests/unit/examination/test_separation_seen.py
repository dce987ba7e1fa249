"""What serves one agency alone, as far as a cluster and its store show it: nobody else is seen there, or is named."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest
from answering_cluster import AnsweringCluster, items, said
from made_country import agency, cloud, country, tenant
from probe_image import PROBE

from govcloud.clouds.object_store import ObjectStore
from govcloud.clouds.request import Answer
from govcloud.examination.ground import Ground
from govcloud.examination.judgement import state_of
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.examination.site import Site, StoreView
from govcloud.examination.subjects import separation
from govcloud_base.errors import Problem, Text

AGENCY = "govcloud.gov.vn/agency"
ALL = ("nodes-dedicated", "storage-dedicated", "balancers-dedicated")


def named(name: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    labels = {AGENCY: code} if code else {}
    return {"metadata": {"name": name, "labels": labels, "namespace": name}, **more}


def cluster(**lists: list[dict[str, Any]]) -> AnsweringCluster:
    """Return a cluster of H41's, with nothing of anybody else's but what `lists` bring."""
    usual = {
        "namespaces": [named("own", "H41"), named("x")],
        "nodes": [named("a1")],
        "persistentvolumes": [],
        "services": [],
    }
    found = {**usual, **lists}
    return AnsweringCluster({f"GET /api/v1/{plural}": items(*objects) for plural, objects in found.items()})


@dataclass(frozen=True)
class _Session:
    answer: Answer
    buckets: tuple[str, ...] = ()

    def call(self, _operation: str, **_arguments: Any) -> tuple[Answer, dict[str, Any]]:
        return self.answer, {"Buckets": [{"Name": name} for name in self.buckets]}


def site(api: AnsweringCluster, only: str | None = "H41", session: Any = None, *, store: bool = False) -> Site:
    made = country([agency("H41"), cloud(**({"dedicatedTo": only} if only else {})), tenant("H41")])
    pods = Pods(Ground(api, Patience()), PROBE)
    view = StoreView(ObjectStore("https://s3", "vn-1", None), session, None) if store else None
    return Site(made, made.clouds["cgc"], "https://api", api, pods, frozenset({"h41", "h41-101"}), view)


def seen(of: Site) -> dict[str, str]:
    """Return what is concluded of each, by its worst part."""
    found = list(separation.examine(of))
    return {name: state_of(f for f in found if f.capability == name).value for name in ALL}


def test_a_site_that_serves_several_has_nothing_of_one_alone() -> None:
    api = cluster()
    assert seen(site(api, None)) == dict.fromkeys(ALL, "lacking")
    assert api.asked == []


def test_where_nobody_else_is_seen_it_is_one_agencys() -> None:
    own = {"type": "LoadBalancer"}
    volumes = [named("v1", spec={"claimRef": {"namespace": "own"}}), named("v2", spec={})]
    api = cluster(services=[named("own", spec=own)], persistentvolumes=volumes)
    assert seen(site(api)) == dict.fromkeys(ALL, "found")


@pytest.mark.parametrize(
    ("lists", "lacking"),
    [
        ({"namespaces": [named("g09", "G09")]}, {"nodes-dedicated"}),
        ({"nodes": [named("a1", "h41"), named("a2", "G09")]}, {"nodes-dedicated"}),
        (
            {
                "namespaces": [named("g09", "G09")],
                "persistentvolumes": [named("v", spec={"claimRef": {"namespace": "g09"}})],
            },
            {"nodes-dedicated", "storage-dedicated"},
        ),
        (
            {"namespaces": [named("g09", "G09")], "services": [named("g09", spec={"type": "LoadBalancer"})]},
            {"nodes-dedicated", "balancers-dedicated"},
        ),
    ],
    ids=["a namespace", "a node", "a volume", "a balancer"],
)
def test_whatever_is_of_another_agency_is_named(lists: dict[str, Any], lacking: set[str]) -> None:
    found = list(separation.examine(site(cluster(**lists))))
    assert {f.capability for f in found if f.state == "lacking"} == lacking
    assert all(f.fix for f in found if f.state == "lacking")


def test_without_a_balancer_there_is_none_to_be_shared() -> None:
    api = cluster(services=[named("own", spec={"type": "ClusterIP"})])
    assert seen(site(api))["balancers-dedicated"] == "absent"


@pytest.mark.parametrize(
    ("session", "state"),
    [
        (_Session(Answer(200, ""), ("vn-h41-prod-records", "backups-of-the-site")), "found"),
        (_Session(Answer(200, ""), ("vn-h41-prod-records", "vn-h4-prod-records")), "lacking"),
        (_Session(Answer(200, ""), ("vn-h41-prod-records", "vn-h41-101-prod-records")), "lacking"),
        (_Session(Answer(403, "AccessDenied: no")), "unknown"),
        (None, "unknown"),
    ],
    ids=["its own", "another's", "of one whose name goes on", "may not look", "no key here"],
)
def test_a_store_with_buckets_of_tenants_of_other_clouds_is_shared(session: Any, state: str) -> None:
    assert seen(site(cluster(), session=session, store=True))["storage-dedicated"] == state


def test_what_this_shell_lacks_for_the_store_is_told() -> None:
    problem = Problem("GC-STORE-022", Text("its address is not known", "không biết địa chỉ"), Text("set it", "hãy đặt"))
    of = dataclasses.replace(site(cluster()), store=problem)
    (buckets,) = [f for f in separation.examine(of) if f.aspect.en == "buckets"]
    assert (buckets.state, buckets.said.en) == ("unknown", "its address is not known")


def test_what_cannot_be_read_is_not_known() -> None:
    api = cluster()
    api.replies["GET /api/v1/persistentvolumes"] = said({"message": "forbidden"}, 403)
    found = seen(site(api))
    assert (found["storage-dedicated"], found["nodes-dedicated"]) == ("unknown", "found")
