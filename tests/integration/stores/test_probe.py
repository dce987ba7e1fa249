"""The whole probe on real servers: what each can do, nothing left behind, and what a killed probe left goes later."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from recorded_stores import recorded
from stores.running import RunningStore

from govcloud.providers.storage.scratch import CATALOGUE_BUCKET
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.catalogue import FAST, TRIALS
from govcloud.providers.storage.trials.outcome import Verdict
from govcloud.providers.storage.trials.whole import Probed, run
from govcloud.providers.storage.trials.workshop import RETENTION, Workshop

pytestmark = pytest.mark.cloud

ROOT = Path(__file__).parents[3]


def ours(store: Store) -> set[str]:
    """Return what probes have made and is there: buckets, identities, and what was written down of these."""
    names = {row["Name"] for row in store.s3.list_buckets()["Buckets"]}
    notes: list[str] = []
    if CATALOGUE_BUCKET in names:
        listed = store.s3.list_objects_v2(Bucket=CATALOGUE_BUCKET, Prefix="identities/")
        notes = [row["Key"] for row in listed.get("Contents", [])]
    names |= {one.name for one in store.adapter.identities()}
    return {*notes, *(name for name in names if name.startswith("govcloud-probe-"))}


@pytest.fixture
def known(request: pytest.FixtureRequest) -> dict[str, str]:
    """What is written down of the server."""
    name = request.node.callspec.params["server"]
    return {row: tried.verdict for row, tried in recorded(name).spec.capabilities.items()}


@pytest.fixture(scope="module")
def probed(store: Store) -> Probed:
    return run(store, TRIALS.values(), lambda *_: None, threading.Event())


def test_each_capability_is_as_the_reference_says_of_the_server(probed: Probed, known: dict[str, str]) -> None:
    assert {name: outcome.verdict.value for name, outcome in probed.outcomes.items()} == known
    assert Verdict.UNTRIED not in known.values()
    assert all(outcome.reason for outcome in probed.outcomes.values() if outcome.verdict is not Verdict.WORKS)


def test_a_probe_leaves_nothing_and_says_no_secret(probed: Probed, store: Store) -> None:
    key = store.endpoint.key
    assert key is not None
    told = str(probed)

    assert probed.left == ()
    assert ours(store) == set()
    assert key.access not in told
    assert key.secret not in told
    assert "Signature" not in told.replace("SignatureDoesNotMatch", "")


KILLED = """
import os, signal, sys, threading
from govcloud.providers.storage import scratch
from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials import catalogue, locks, whole

point, dialect = sys.argv[1:]
store = Store(Endpoint.from_config({"adapter": dialect}, os.environ), os.environ)
owner, _, name = point.rpartition(".")
owner = {"scratch": scratch, "adapter": store.adapter, "locks": locks}[owner]
done = getattr(owner, name)

def killing(*arguments, **more):
    done(*arguments, **more)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, killing)
chosen = [catalogue.TRIALS[trial] for trial in ("object-lock", "identity-deny", "quota-bytes")]
whole.run(store, chosen, print, threading.Event())
"""


@pytest.mark.parametrize(
    "point",
    [
        "scratch.make",
        "scratch.announce",
        "adapter.create_identity",
        "adapter.set_policy",
        "adapter.set_quota",
        "adapter.delete_identity",
        "locks._locked",
        "scratch.forget",
        "scratch.remove",
    ],
)
def test_what_a_probe_left_that_was_killed_goes_with_the_next_one(
    store: Store, server: RunningStore, known: dict[str, str], point: str
) -> None:
    if point == "adapter.set_quota" and not store.adapter.quota_unit:
        pytest.skip("this dialect knows no quota")
    if point == "locks._locked" and known["object-lock"] != "works":
        pytest.skip("this server locks nothing")
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, point, server.dialect],
        env={**os.environ, **server.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    if point not in ("scratch.forget",):
        assert ours(store)

    shop = Workshop(store, 0, threading.Event())
    shop.sweep()
    if left := ours(store):
        assert all(name.startswith("govcloud-probe-") for name in left)
        time.sleep(RETENTION.total_seconds() + 1)  # a version is locked: it goes when its time is over
        shop.sweep()

    assert ours(store) == set()


def test_what_the_plugin_sees_fast_is_no_less_than_the_whole_probe(store: Store, known: dict[str, str]) -> None:
    assert FAST.keys() <= TRIALS.keys()
    assert [name for name in FAST if known[name] == "works" and not store.capabilities.works(name)] == []


@pytest.fixture
def folder(server: RunningStore, tmp_path: Path) -> Path:
    """The reference country, whose first cloud has this server's store."""
    found = tmp_path / "vn"
    shutil.copytree(ROOT / "stacks" / "vn", found)
    cloud = found / "clouds" / "cgc-hn1.yaml"
    cloud.write_text(cloud.read_text("utf-8").replace("adapter: seaweedfs", f"adapter: {server.dialect}"), "utf-8")
    return found


def test_the_command_keeps_a_table_beside_the_country_and_the_country_is_judged_by_it(
    server: RunningStore, known: dict[str, str], folder: Path
) -> None:
    def govcloud(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "govcloud", *words, "--country", str(folder), "--format", "json"],
            env={**os.environ, **server.environment, "KUBECONFIG": os.devnull, "GOVCLOUD_LANG": "en"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    ran = govcloud("storage", "probe", "cgc-hn1")
    told = json.loads(ran.stdout)
    judged = json.loads(govcloud("validate").stdout)

    assert ran.returncode == 1, ran.stderr  # every one of these servers lacks an access log that level 3 needs
    assert {row["name"]: row["state"] for row in told["capabilities"]} == {
        name: {"works": "found", "does-not": "lacking"}[verdict] for name, verdict in known.items()
    }
    assert json.loads((folder / "stores" / "cgc-hn1.json").read_text("utf-8"))["metadata"]["name"] == "cgc-hn1"
    refused = {p["code"] for p in judged["problems"] if p["severity"] == "error"}
    assert refused == ({"GC-PROBE-001"} if told["refused"] else set()), judged


def test_a_store_that_does_not_answer_ends_with_4_and_keeps_no_table(server: RunningStore, folder: Path) -> None:
    nowhere = {**server.environment, "AWS_ENDPOINT_URL_S3": "https://127.0.0.1:9"}
    ran = subprocess.run(
        [sys.executable, "-m", "govcloud", "storage", "probe", "cgc-hn1", "--country", str(folder)],
        env={**os.environ, **nowhere, "KUBECONFIG": os.devnull, "GOVCLOUD_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 4, ran.stderr
    assert "GC-STORE-003" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (folder / "stores").exists()


def test_ctrl_c_ends_in_a_clear_state(server: RunningStore, store: Store, folder: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "govcloud", "storage", "probe", "cgc-hn1", "--country", str(folder)],
        env={**os.environ, **server.environment, "KUBECONFIG": os.devnull, "GOVCLOUD_LANG": "en"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stderr is not None
    said = ""
    while "[2/" not in said:
        line = child.stderr.readline()
        assert line, said
        said += line
    child.send_signal(signal.SIGINT)
    said += child.communicate(timeout=120)[1]

    assert child.returncode == 130, said
    assert "nothing is left behind" in said
    assert ours(store) == set()
    assert not (folder / "stores").exists()
