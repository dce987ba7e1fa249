"""What an object becomes when fields change hands, told from its field sets alone."""

from __future__ import annotations

from typing import Any

import pytest

from govcloud_offline.kubernetes.objects.field_sets import Fields, kept, overlaid, shell, union

HTTP, DNS = 'k:{"port":80,"protocol":"TCP"}', 'k:{"port":53,"protocol":"UDP"}'
ALL_OF_A_PORT: Fields = {".": {}, "f:name": {}, "f:port": {}, "f:protocol": {}, "f:targetPort": {}}


def applied(live: Any, said: Any, ours: Fields, theirs: Fields | None = None) -> Any:
    other = theirs or {}
    return overlaid(kept(live, said, ours, other), said, union((ours, other)) or None)


def port(number: int, name: str, protocol: str = "TCP", **more: Any) -> dict[str, Any]:
    return {"name": name, "port": number, "protocol": protocol, "targetPort": number, **more}


def test_the_key_of_an_element_may_change() -> None:
    """A port's number is its key: the old element goes, or two would have the name "http"."""
    live = {"ports": [port(80, "http", nodePort=30000)], "clusterIP": "10.0.0.1"}
    ours: Fields = {"f:ports": {".": {}, HTTP: ALL_OF_A_PORT}}
    said = {"ports": [{"name": "http", "port": 8080}]}
    assert applied(live, said, ours) == {"ports": [{"name": "http", "port": 8080}], "clusterIP": "10.0.0.1"}


def test_an_element_keeps_what_nobody_owns_and_what_others_own() -> None:
    live = {"ports": [port(80, "http", nodePort=30000), port(53, "dns", "UDP"), port(9, "theirs")]}
    ours: Fields = {"f:ports": {".": {}, HTTP: ALL_OF_A_PORT, DNS: ALL_OF_A_PORT}}
    shared: Fields = {".": {}, "f:name": {}, "f:port": {}, "f:protocol": {}}
    theirs: Fields = {"f:ports": {'k:{"port":9,"protocol":"TCP"}': {".": {}}, DNS: shared}}
    assert applied(live, {"ports": [{"name": "web", "port": 80}]}, ours, theirs) == {
        "ports": [
            {"name": "web", "port": 80, "nodePort": 30000},  # the server adds its defaults anew
            {"name": "dns", "port": 53, "protocol": "UDP"},
            port(9, "theirs"),
        ]
    }


def test_maps_lose_what_is_ours_and_not_said() -> None:
    live = {"data": {"ours": "1", "dropped": "2", "theirs": "3", "shared": "4", "nobody's": "5"}}
    ours: Fields = {"f:data": {".": {}, "f:ours": {}, "f:dropped": {}, "f:shared": {}}}
    theirs: Fields = {"f:data": {"f:theirs": {}, "f:shared": {}}}
    assert applied(live, {"data": {"ours": "new"}}, ours, theirs) == {
        "data": {"ours": "new", "theirs": "3", "shared": "4", "nobody's": "5"}
    }


def test_a_map_that_is_all_ours_goes_as_a_whole() -> None:
    ours: Fields = {"f:spec": {"f:strategy": {".": {}, "f:type": {}}, "f:replicas": {}}}
    live = {"spec": {"strategy": {"type": "Recreate"}, "replicas": 3}}
    assert applied(live, {"spec": {"replicas": 1}}, ours) == {"spec": {"replicas": 1}}


def test_lists_and_maps_that_are_one_value_are_replaced() -> None:
    ours: Fields = {"f:metrics": {}, "f:selector": {}, "f:gone": {}}
    live = {"metrics": [{"a": 1}, {"b": 2}], "selector": {"app": "x", "tier": "y"}, "gone": [1]}
    said = {"metrics": [{"a": 3}], "selector": {"app": "z"}}
    assert applied(live, said, ours) == said


def test_sets_are_joined() -> None:
    ours: Fields = {"f:finalizers": {".": {}, 'v:"ours/a"': {}, 'v:"ours/b"': {}}}
    theirs: Fields = {"f:finalizers": {'v:"theirs/c"': {}}}
    live = {"finalizers": ["ours/a", "ours/b", "theirs/c"]}
    assert applied(live, {"finalizers": ["ours/b", "ours/d"]}, ours, theirs) == {
        "finalizers": ["ours/b", "theirs/c", "ours/d"]
    }


def test_what_nobody_owns_is_merged_and_new_lists_are_taken() -> None:
    live = {"spec": {"free": {"a": 1}, "list": [1]}}
    assert applied(live, {"spec": {"free": {"b": 2}, "list": [2], "new": [{"k": 1}]}}, {}) == {
        "spec": {"free": {"a": 1, "b": 2}, "list": [2], "new": [{"k": 1}]}
    }


def test_nested_lists_keep_their_order_and_their_elements() -> None:
    container: Fields = {
        ".": {},
        "f:name": {},
        "f:image": {},
        "f:env": {".": {}, 'k:{"name":"A"}': {".": {}, "f:name": {}}},
    }
    ours: Fields = {"f:containers": {'k:{"name":"a"}': container, 'k:{"name":"b"}': {".": {}, "f:name": {}}}}
    theirs: Fields = {"f:containers": {'k:{"name":"a"}': {"f:env": {'k:{"name":"T"}': {".": {}}}}}}
    live = {
        "containers": [{"name": "a", "image": "1", "env": [{"name": "A"}, {"name": "T", "value": "t"}]}, {"name": "b"}]
    }
    said = {"containers": [{"name": "c", "image": "3"}, {"name": "a", "image": "2"}]}
    assert applied(live, said, ours, theirs) == {
        "containers": [
            {"name": "c", "image": "3"},
            {"name": "a", "image": "2", "env": [{"name": "T", "value": "t"}]},
        ]
    }


def test_elements_come_in_the_order_of_the_program_and_others_stay_in_place() -> None:
    fields: Fields = {"f:l": {f'k:{{"name":"{name}"}}': {".": {}, "f:name": {}} for name in "abcde"}}
    live = {"l": [{"name": name} for name in "abcd"]}
    joined = overlaid(live, {"l": [{"name": name} for name in "dbe"]}, fields)
    assert "".join(item["name"] for item in joined["l"]) == "adbce"


@pytest.mark.parametrize("sets", [[], [{}], [{"f:a": {}}, {"f:a": {"f:b": {}}}]])
def test_a_union_changes_none_of_its_sets(sets: list[Fields]) -> None:
    before = repr(sets)
    joined = union(sets)
    assert repr(sets) == before
    assert joined == ({"f:a": {"f:b": {}}} if len(sets) == 2 else {})


def test_a_shell_is_what_is_left_where_a_program_says_that_something_is_empty() -> None:
    port, other = 'k:{"name":"a","port":80}', 'k:{"name":"b","port":1}'
    fields = {
        "f:spec": {
            ".": {},
            "f:affinity": {".": {}, "f:nodeAffinity": {}},
            "f:emptied": {"v:1": {}, 'k:{"a":1}': {"f:a": {}}},
            "f:ports": {
                ".": {},
                port: {".": {}, "f:inner": {"f:a": {}}},
                'k:{"name":"b","port":1}': {"f:inner": {"f:a": {}}},
            },
            "f:atomic": {},
            "f:zero": {"f:a": {}},
            "f:unsaid": {"f:a": {}},
        }
    }
    said = {"spec": {"affinity": {}, "emptied": [], "ports": [{"name": "a", "inner": {}}], "atomic": {}, "zero": 0}}
    assert shell(fields, said) == {
        "f:spec": {
            ".": {},
            "f:affinity": {".": {}},
            "f:emptied": {},
            "f:ports": {".": {}, port: {".": {}, "f:inner": {}}, other: {"f:inner": {"f:a": {}}}},
            "f:atomic": {},
            "f:zero": {"f:a": {}},
            "f:unsaid": {"f:a": {}},
        }
    }
    assert shell(fields, {"spec": {}}) == {"f:spec": {".": {}}}
