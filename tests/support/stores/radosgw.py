"""Ceph's RADOS Gateway out of Debian's packages, on a little Ceph that keeps its objects in memory.

Nothing is installed, and everything runs as whoever runs the tests: a monitor, one object store daemon and the gateway,
who know each other by keys (cephx). What this Ceph holds is gone when it ends.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import socket
import struct
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from debian_programs import libraries, unpacked
from served import running as served

from govcloud.providers.storage.adapters.radosgw.administration import CAPABILITIES
from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.access.pki import Authority
from govcloud_local.daemons.component import Component, Home
from stores.running import RunningStore

__all__ = ["PACKAGES", "REGION", "Gateway", "running"]

PACKAGES = ("radosgw", "ceph-mon", "ceph-osd")
REGION = "vn-hn-1"
_SECONDS = 120.0
_KEYRING = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
    "client.rgw": {"mon": "allow rw", "osd": "allow rwx"},
}
_CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{port}/0]
mon data = {folder}/mon
osd data = {folder}/osd
keyring = {folder}/keyring
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind port min = {first}
ms bind port max = {last}
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
admin socket =
heartbeat file =
log file =
log to stderr = true
err to stderr = true
run dir = {folder}
crash dir = {folder}
plugin dir = {library}/ceph
erasure code dir = {library}/ceph/erasure-code
osd class dir = {library}/rados-classes
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
[client.rgw]
rgw data = {folder}/rgw
rgw frontends = beast ssl_endpoint=127.0.0.1:{served} ssl_certificate={certificate} ssl_private_key={key}
"""


@dataclass(frozen=True)
class Gateway(RunningStore):
    """A running one."""

    root: Path = Path()
    variables: Mapping[str, str] = field(default_factory=dict)
    """What a program of Ceph's must hold."""
    log: Path = Path()
    """What the gateway says, a line for each request among it."""

    def admin(self, *words: str) -> Any:
        """Run `radosgw-admin` and return what it answered."""
        return _admin(self.root, self.variables, *words)


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[Gateway]:
    """Run one for as long as the context lasts; it takes 10 ports.

    Raises EnvironmentProblem (GC-NODE-020) where its packages can't be had.
    """
    root = unpacked(*PACKAGES)
    (library,) = root.glob("usr/lib/*-linux-gnu")
    found = libraries(root)
    variables = {
        **found,
        "LD_LIBRARY_PATH": os.pathsep.join([found["LD_LIBRARY_PATH"], str(library / "ceph")]),
        "CEPH_CONF": str(folder / "ceph.conf"),
        "LANG": "C.UTF-8",
    }
    folder.chmod(0o700)
    authority = Authority(folder / "authority", "Storage authority of the site")
    pair = authority.server("s3", ["127.0.0.1", "localhost"])
    fsid, osd, url = str(uuid.uuid4()), str(uuid.uuid4()), f"https://127.0.0.1:{port + 1}"
    configuration = _CONFIGURATION.format(
        fsid=fsid,
        port=port,
        served=port + 1,
        first=port + 2,
        last=port + 9,
        folder=folder,
        library=library,
        certificate=pair.certificate,
        key=pair.key,
    )
    private_file.write(folder / "ceph.conf", configuration)
    private_file.write(folder / "keyring", "".join(_entry(name, rights) for name, rights in _KEYRING.items()))
    (folder / "osd").mkdir()
    address = f"[v2:127.0.0.1:{port}/0]"
    monitors, keyring = str(folder / "monmap"), str(folder / "keyring")
    _run(root, variables, "monmaptool", "--create", "--addv", "a", address, "--fsid", fsid, monitors)
    _run(root, variables, "ceph-mon", "--mkfs", "-i", "a", "--monmap", monitors, "--keyring", keyring)
    with contextlib.ExitStack() as stack:

        def start(name: str, *argv: str, listens: int | None = None) -> Path:
            (place := folder / f"{name}-work").mkdir()
            daemon = Component(
                name=name,
                argv=(str(root / "usr/bin" / argv[0]), *argv[1:], "-f"),
                environment=variables,
                ready=lambda: None if listens is None else _listening(listens),
                home=Home.HOST,
                after=(),
                start_seconds=_SECONDS,
            )
            stack.enter_context(served(daemon, place))
            return place / "log"

        start("monitor", "ceph-mon", "-i", "a", listens=port)
        _register(root, variables, osd)
        _run(root, variables, "ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", osd)
        start("objects", "ceph-osd", "-i", "0")
        log = start("gateway", "radosgw", "-n", "client.rgw", listens=port + 1)
        made = _admin(
            root,
            variables,
            *("user", "create", "--uid=govcloud", "--display-name=GovCloud"),
            *("--gen-access-key", "--gen-secret", "--max-buckets=0", f"--caps={CAPABILITIES}"),
        )
        (key,) = made["keys"]
        environment = {
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_ACCESS_KEY_ID": key["access_key"],
            "AWS_SECRET_ACCESS_KEY": key["secret_key"],
            "AWS_CA_BUNDLE": str(authority.certificate),
            "AWS_REGION": REGION,
        }
        gateway = Gateway("radosgw", url, REGION, environment, authority.certificate, root, variables, log)
        _await_objects(gateway)
        yield gateway


def _entry(name: str, rights: Mapping[str, str]) -> str:
    """Return an entry of a keyring, with a key as Ceph draws it: its kind, the time, and 16 bytes."""
    key = struct.pack("<HIIH", 1, int(time.time()), 0, 16) + secrets.token_bytes(16)
    lines = [f"[{name}]", f"key = {base64.b64encode(key).decode()}"]
    return "\n".join([*lines, *(f'caps {daemon} = "{right}"' for daemon, right in rights.items()), ""])


def _run(root: Path, variables: Mapping[str, str], program: str, *words: str) -> str:
    # Ceph's programs in Python need the Python that they were built for.
    python = {"PYTHONHOME": str(root / "usr"), "PYTHONPATH": str(root / "usr/lib/python3/dist-packages")}
    argv = [str(root / "usr/bin/python3"), str(root / "usr/bin/ceph")] if program == "ceph" else [program]
    done = subprocess.run(
        [*argv, *words],
        env={"PATH": f"{root / 'usr/bin'}:{os.defpath}", **variables, **(python if program == "ceph" else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"{program} {' '.join(words)}: {done.stderr[-2000:]}")
    return done.stdout


def _admin(root: Path, variables: Mapping[str, str], *words: str) -> Any:
    said = _run(root, variables, "radosgw-admin", "-n", "client.rgw", *words)
    try:
        return json.loads(said)
    except ValueError:
        return said


def _register(root: Path, variables: Mapping[str, str], osd: str) -> None:
    """Tell the monitor of the daemon that will hold the objects."""
    _run(root, variables, "ceph", "--connect-timeout", "60", "osd", "new", osd)


def _listening(port: int) -> Text | None:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError as error:
        return Text.quoted(str(error))
    return None


def _await_objects(gateway: Gateway) -> None:
    """Wait until an object comes back: its pools are made at the first bucket."""
    from botocore.exceptions import ClientError

    store, bucket, end = gateway.store(), "zz-ready", time.monotonic() + _SECONDS
    with contextlib.closing(store):
        while True:
            try:
                store.s3.create_bucket(Bucket=bucket)
                store.s3.put_object(Bucket=bucket, Key="k", Body=b"1")
                store.s3.get_object(Bucket=bucket, Key="k")["Body"].read()
                store.s3.delete_object(Bucket=bucket, Key="k")
                store.s3.delete_bucket(Bucket=bucket)
                return
            except ClientError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
