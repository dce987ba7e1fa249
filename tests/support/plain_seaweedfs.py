"""An object store that somebody else set up: a SeaweedFS with its makers' settings but for the doors that are refused
otherwise (`-disableHttp`), keys of its own and TLS."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from served import running

from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.access.pki import Authority
from govcloud_local.daemons.component import Component, Home

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["PORTS", "PlainStore", "prepared", "serving"]

PORTS = 10
"""Ports that one takes, from its base on."""


@dataclass(frozen=True)
class PlainStore:
    """Where it is, whose keys open it, and what runs it."""

    url: str
    access_key: str
    secret_key: str = field(repr=False)
    authority: Path
    """Certificate (PEM) of who signed its own."""
    sealing_key: str = field(repr=False)
    """What encrypts buckets that ask for it; without one it takes the wish and then refuses every object."""
    base: int
    argv: tuple[str, ...]

    @property
    def component(self) -> Component:
        """The daemon, on this machine."""
        return Component(
            name="site-store",
            argv=self.argv,
            environment={"WEED_S3_SSE_KEK": self.sealing_key},
            ready=self._ready,
            home=Home.HOST,
            after=(),
            endpoint=self.url,
            stop_seconds=0.5,  # told to end, it waits a quarter of a minute for its own connections to itself
            socket_names=tuple(f"/tmp/seaweedfs-*-{port}.sock" for port in range(self.base, self.base + PORTS)),
        )

    @property
    def s3_port(self) -> int:
        """Where its S3 listens."""
        return self.base + 6

    @property
    def keys(self) -> Mapping[str, str]:
        """The variables by which S3 clients know it."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_CA_BUNDLE": str(self.authority),
            "AWS_REGION": "site-1",
        }

    @property
    def shell(self) -> tuple[str, str]:
        """Addresses of master and filer, as `weed shell` takes them."""
        return f"127.0.0.1:{self.base}.{self.base + 1}", f"127.0.0.1:{self.base + 4}.{self.base + 5}"

    def client(self) -> S3Client:
        """Return a client with its administrator's keys."""
        import boto3  # half a second
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="site-1",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            verify=str(self.authority),
            config=Config(retries={"total_max_attempts": 1}),
        )

    def _ready(self) -> Text | None:
        """Store something and read it back: buckets are listed long before data can be stored."""
        from botocore.exceptions import BotoCoreError, ClientError

        with contextlib.closing(self.client()) as s3:
            try:
                with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
                    s3.create_bucket(Bucket="site-health")
                s3.put_object(Bucket="site-health", Key="canary", Body=b"1")
                s3.get_object(Bucket="site-health", Key="canary")["Body"].read()
            except (BotoCoreError, ClientError) as error:
                return Text.quoted(str(error))
        return None


def prepared(folder: Path, address: str, base: int, hosts: Sequence[str] = ()) -> PlainStore:
    """Write certificate and keys into `folder`; its S3 listens on `address`, its inner ports on loopback."""
    authority = Authority(folder / "authority", "Storage authority of the site")
    pair = authority.server("s3", [address, *hosts])
    access, secret = "SITE" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30)
    administrator = {
        "name": "operator",
        "credentials": [{"accessKey": access, "secretKey": secret}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    private_file.write(folder / "identities.json", json.dumps({"identities": [administrator]}))
    private_file.folder(folder / "data")
    argv = (
        str(Path(sys.executable).with_name("weed")),
        f"-config_dir={folder}",
        "-logtostderr=true",
        "server",
        "-disableHttp",
        f"-dir={folder / 'data'}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-master.telemetry=false",
        f"-master.port={base}",
        f"-master.port.grpc={base + 1}",
        "-master.volumeSizeLimitMB=64",
        f"-volume.port={base + 2}",
        f"-volume.port.grpc={base + 3}",
        "-volume.max=1000",
        "-filer",
        f"-filer.port={base + 4}",
        f"-filer.port.grpc={base + 5}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-s3",
        f"-s3.ip.bind={address}",
        f"-s3.port={base + 6}",
        f"-s3.port.grpc={base + 7}",
        f"-s3.localSocket={folder / 's3.sock'}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder / 'identities.json'}",
        f"-s3.cert.file={pair.certificate}",
        f"-s3.key.file={pair.key}",
    )
    return PlainStore(
        f"https://{address}:{base + 6}", access, secret, authority.certificate, secrets.token_hex(32), base, argv
    )


@contextlib.contextmanager
def serving(folder: Path, base: int) -> Iterator[PlainStore]:
    """Run one on loopback for as long as the context lasts."""
    store = prepared(folder, "127.0.0.1", base)
    with running(store.component, folder):
        yield store
