"""Backups beside a plain copy by boto3's own transfer manager: the same objects, the same two stores, one run.

The peer reads each object into memory and writes it out again, ten at once: no hash, no manifest, no metadata. What is
restored is also read back; the peer of that reads back as well, for who copies plainly would have to.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.row import Row
from govcloud.backup.restoration import chosen, restore
from govcloud.backup.run import Source, back_up
from govcloud.backup.vault import Vault
from govcloud.providers.storage.store import Store

PORT_BASE = int(os.environ.get("GOVCLOUD_BENCH_PORT_BASE", "18500"))
SMALL = [1 << 10, 4 << 10, 16 << 10, 64 << 10] * 250
LARGE = [8 << 20, 24 << 20, 64 << 20, 8 << 20, 24 << 20, 64 << 20]
MANY = int(os.environ.get("GOVCLOUD_BENCH_OBJECTS", "100000"))
"""Objects of the bucket whose backup must fit into memory."""
_WORKERS = 10
_MOST_MIB = 300
_TURNS = 3
_PEER, _BUDGET = "plain copy", "plain copy / 0.7"


def measure(root: Path) -> list[Row]:
    """Return the rows of backup and restore, and of the memory that a large bucket takes."""
    sys.path.insert(0, str(root / "tests" / "support"))
    with _stores() as (first, second):
        rows = [*_beside(first, second, "small", SMALL), *_beside(first, second, "large", LARGE)]
        _fill(first, "bench-many", {f"{n % 100}/{n}": b"%d" % n for n in range(MANY)})
        second.s3.create_bucket(Bucket="bench-many-backup")
        return [*rows, _memory(first, second)]


def _beside(first: Store, second: Store, name: str, sizes: list[int]) -> Iterator[Row]:
    """Yield the rows of a backup and of a restore, each beside the peer."""
    bucket = f"bench-{name}"
    _fill(first, bucket, dict(_sized(sizes)))
    turns = [_turn(first, second, bucket, number) for number in range(_TURNS)]
    for work, each in zip(("backup of", "restore, read back, of"), zip(*turns, strict=True), strict=True):
        ours, peers = (statistics.median(column) for column in zip(*each, strict=True))
        yield Row(f"{work} {len(sizes)} {name} objects", ours, peers, _PEER, peers / 0.7, _BUDGET)


def _turn(first: Store, second: Store, bucket: str, number: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the seconds of a backup and of a restore, ours and the peer's, in turns: the machine does other work."""
    kept, plain, back, plain_back = (f"{bucket}-{number}-{what}" for what in ("kept", "plain", "back", "plain-back"))
    for store, names in ((second, (plain, kept)), (first, (plain_back, back))):
        for each in names:
            store.s3.create_bucket(Bucket=each)
    vault, source = Vault(second.s3, kept, "x"), Source(first.s3, "first", bucket)
    return (
        (
            _seconds(lambda: back_up(source, vault, now=datetime.datetime.now(datetime.UTC))),
            _seconds(lambda: _copied(first, bucket, second, plain)),
        ),
        (
            _seconds(lambda: restore(vault, chosen(vault, None), None, first.s3, back)),
            _seconds(lambda: _read(first, _copied(second, plain, first, plain_back))),
        ),
    )


def _memory(first: Store, second: Store) -> Row:
    """Return the peak memory of a backup in a process of its own, in MiB, beside what it may take."""
    script = "import sys; sys.path[:0] = sys.argv[1:2]\nfrom benchmarks.backup import alone; alone(*sys.argv[2:])"
    words = [str(Path.cwd() / "tests" / "support")]
    for store in (first, second):
        key = store.endpoint.key
        assert key is not None
        words += [store.endpoint.url, key.access, key.secret, store.endpoint.ca_bundle or ""]
    done = subprocess.run([sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True, check=True)
    peak, seconds, again = map(float, done.stdout.split())
    print(f"backup of {MANY} objects: {seconds:.0f} s, once more with nothing new {again:.0f} s, {peak:.0f} MiB")
    return Row(f"peak memory of a backup of {MANY} objects", peak, None, "", _MOST_MIB, f"{_MOST_MIB} MiB", "MiB")


def alone(*words: str) -> None:
    """Back up the large bucket twice, and print the peak of memory and both times."""
    from govcloud.providers.storage.endpoint import AccessKey, Endpoint, client

    first, second = (
        client(Endpoint(url, "vn-hn-1", "seaweedfs", AccessKey(access, secret), bundle))
        for url, access, secret, bundle in (words[:4], words[4:8])
    )
    vault = Vault(second, "bench-many-backup", "x")
    taken = [
        _seconds(lambda: back_up(Source(first, "first", "bench-many"), vault, now=datetime.datetime.now(datetime.UTC)))
        for _ in range(2)
    ]
    # Not by getrusage: that begins with what the process was that started this one.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak is not None
    print(int(peak[1]) / 1024, *taken)


@contextlib.contextmanager
def _stores() -> Iterator[tuple[Store, Store]]:
    from stores import seaweedfs  # of the tests

    with tempfile.TemporaryDirectory(prefix="govcloud-bench-") as folder, contextlib.ExitStack() as stack:
        found = []
        for number in range(2):
            own = Path(folder) / str(number)
            own.mkdir(mode=0o700)
            running = stack.enter_context(seaweedfs.running(own, PORT_BASE + 50 * number))
            found.append(stack.enter_context(contextlib.closing(running.store())))
        yield found[0], found[1]


def _sized(sizes: list[int]) -> Iterator[tuple[str, bytes]]:
    piece = os.urandom(1 << 20)
    for number, size in enumerate(sizes):
        yield f"{number % 20}/{number}", (piece * (size // len(piece) + 1))[:size]


def _fill(store: Store, bucket: str, content: Mapping[str, bytes]) -> None:
    store.s3.create_bucket(Bucket=bucket)
    with ThreadPoolExecutor(16) as pool:
        for _ in pool.map(lambda item: store.s3.put_object(Bucket=bucket, Key=item[0], Body=item[1]), content.items()):
            pass


def _copied(source: Store, bucket: str, target: Store, into: str) -> tuple[str, list[str]]:
    """Copy a bucket as who has boto3 and nothing else would; return where it went."""
    from s3transfer.manager import TransferConfig, TransferManager

    pages: Any = source.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [row["Key"] for page in pages for row in page.get("Contents", ())]
    config = TransferConfig(max_request_concurrency=_WORKERS)
    with TransferManager(source.s3, config) as down, TransferManager(target.s3, config) as up:

        def one(key: str) -> None:
            body = io.BytesIO()
            down.download(bucket, key, body).result()
            body.seek(0)
            up.upload(body, into, key).result()

        with ThreadPoolExecutor(_WORKERS) as pool:
            for _ in pool.map(one, keys):
                pass
    return into, keys


def _read(store: Store, copied: tuple[str, list[str]]) -> None:
    bucket, keys = copied

    def one(key: str) -> None:
        body = store.s3.get_object(Bucket=bucket, Key=key)["Body"]
        while body.read(1 << 20):
            pass

    with ThreadPoolExecutor(_WORKERS) as pool:
        for _ in pool.map(one, keys):
            pass


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun
