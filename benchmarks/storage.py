"""Buckets and identities beside the barest calls that their server needs: one server, one run, as many calls at once.

The peer believes every answer. It sets what is declared and looks at nothing; what it reads again it reads as a whole
where the server has a list, and is not compared with anything. Ours looks whether a name is taken and by whom, and
tries each effect.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.row import Row
from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.adapters.minio import guarded
from govcloud.providers.storage.adapters.minio.administration import Administration
from govcloud.providers.storage.adapters.seaweedfs.shell import WeedShell
from govcloud.providers.storage.endpoint import new_key
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base import memory_file

PORT_BASE = int(os.environ.get("GOVCLOUD_BENCH_PORT_BASE", "18500"))
MANY = int(os.environ.get("GOVCLOUD_BENCH_RESOURCES", "100"))
"""How many buckets, and how many identities."""
_AT_ONCE = 8
"""As many as the engine sends to a plugin on a machine of two processors."""
_TAGS = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": "bench"}
_MOST = 1.5

Item = TypeVar("Item")


@dataclass(frozen=True)
class _Server:
    name: str
    store: Store
    environment: Mapping[str, str]
    full: bool
    """Whether it has versions and default encryption, which are then declared."""

    @property
    def s3(self) -> Any:
        return self.store.s3

    def spec(self, name: str) -> bucket.BucketSpec:
        return bucket.BucketSpec(name, versioning=self.full, encryption=self.full, tags=_TAGS)


def measure(root: Path) -> list[Row]:
    """Return the rows of each server."""
    sys.path.insert(0, str(root / "tests" / "support"))
    rows = []
    for name in ("seaweedfs", "juicefs"):
        with _running(name) as server:
            rows += [*_buckets(server), *_identities(server)]
    return rows


def _buckets(server: _Server) -> Iterator[Row]:
    store = server.store
    ours, plain = ([f"bench-{who}-{number}" for number in range(MANY)] for who in ("ours", "plain"))
    peer = _seconds(lambda name: _plain_bucket(server, name), plain)
    made = _seconds(lambda name: bucket.create(store, server.spec(name)), ours)
    yield _row(server, "buckets made", made, peer, "the calls that set them")
    peer = _seconds(lambda name: _plainly_read(server, name), plain)
    read = _seconds(lambda name: _same(bucket.read(store, name, server.spec(name)), server.spec(name)), ours)
    yield _row(server, "unchanged buckets read", read, peer, "the calls that read them")


def _identities(server: _Server) -> Iterator[Row]:
    store = server.store
    names = [f"ours-{number}" for number in range(MANY)]
    issued: list[identity.Issued] = []
    with _orders(server) as ordered:
        peer = _seconds(ordered, [f"plain-{number}" for number in range(MANY)])
    made = _seconds(lambda name: issued.append(identity.create(store, _holder(name))), names)
    yield _row(server, "identities made, with policy and key", made, peer, "the orders that set them")
    peer = _seconds(lambda _: store.adapter.identities(), [""])
    read = _seconds(lambda each: _same(identity.read(store, each), each), issued)
    yield _row(server, "unchanged identities read", read, peer, "one listing of all")


def _row(server: _Server, work: str, ours: float, peer: float, name: str) -> Row:
    return Row(f"{server.name}: {MANY} {work}", ours, peer, name, _MOST * peer, f"{_MOST} × {name}")


def _plain_bucket(server: _Server, name: str) -> None:
    server.s3.create_bucket(Bucket=name)
    tags = [{"Key": key, "Value": value} for key, value in _TAGS.items()]
    server.s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    if server.full:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        server.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        server.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _plainly_read(server: _Server, name: str) -> None:
    """Read what is declared of a bucket, and what would open it or end what it keeps."""
    from botocore.exceptions import ClientError

    s3 = server.s3
    for asked in (
        s3.get_bucket_tagging,
        *([s3.get_bucket_encryption, s3.get_bucket_versioning] if server.full else []),
        s3.get_bucket_policy,
        s3.get_bucket_acl,
        s3.get_bucket_cors,
        s3.get_bucket_lifecycle_configuration,
    ):
        with contextlib.suppress(ClientError):
            asked(Bucket=name)


@contextlib.contextmanager
def _orders(server: _Server) -> Iterator[Callable[[str], None]]:
    """Lend what gives the server's own administration the orders for an identity, over a line of its own."""
    document, endpoint, environment = storage.policy(["bench-plain-0"]), server.store.endpoint, server.environment
    if endpoint.adapter == "seaweedfs":
        config, *inner = (environment[f"GOVCLOUD_SEAWEEDFS_{name}"] for name in ("CONFIG", "MASTER", "FILER"))
        shell = WeedShell(Path(config), inner[0], inner[1], environment)

        def ordered(name: str) -> None:
            key = new_key()
            shell.run("s3.user.create", name=name, access_key=key.access, secret_key=key.secret)
            with memory_file.lent(json.dumps(document).encode()) as path:
                shell.run("s3.policy -put", name=name, file=path)
            shell.run("s3.policy.attach", policy=name, user=name)

        with contextlib.closing(shell):
            shell.run("s3.user.list")
            yield ordered
    else:
        administration = Administration(endpoint.url, endpoint.region, endpoint.administrator, endpoint.ca_bundle)

        def told(name: str) -> None:
            key, orders = new_key(), administration.orders
            orders.user_add(key.access, key.secret)
            orders.policy_add(name, policy=guarded.sealed(document, enabled=True))
            orders.group_add(name, [key.access])  # type: ignore[arg-type] # it sends what it is given
            orders.policy_set(name, group=name)

        with contextlib.closing(administration):
            yield told


def _holder(name: str) -> identity.IdentitySpec:
    return identity.IdentitySpec(name, json.dumps(storage.policy(["bench-ours-0"])), ("bench-ours-0",))


def _same(found: object, wanted: object) -> None:
    assert found == wanted, "an unchanged resource was read as a changed one"


def _seconds(work: Callable[[Item], object], items: list[Item]) -> float:
    begun = time.monotonic()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(work, items):
            pass
    return time.monotonic() - begun


@contextlib.contextmanager
def _running(name: str) -> Iterator[_Server]:
    from stores import juicefs, seaweedfs  # of the tests

    servers: Mapping[str, Any] = {"seaweedfs": seaweedfs.running, "juicefs": juicefs.running}
    with tempfile.TemporaryDirectory(prefix="govcloud-bench-") as folder:
        own = Path(folder) / name
        own.mkdir(mode=0o700)
        with servers[name](own, PORT_BASE) as running, contextlib.closing(running.store()) as store:
            # What the first of a run needs is no part of what each needs.
            _ = store.capabilities
            store.adapter.check()
            store.adapter.identities()
            yield _Server(name, store, running.environment, full=name == "seaweedfs")
