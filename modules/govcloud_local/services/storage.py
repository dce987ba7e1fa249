"""The object store: SeaweedFS in one process, S3 over TLS only, every inner port closed to other users of the machine.

`weed mini` by default listens on all addresses, lets anonymous callers create buckets, hands out every secret key over
its filer's HTTP port and reports home. The flags below turn each of that off: plain HTTP of master and filer is
disabled, gRPC wants a client certificate, tokens sign what is left, local sockets lie in the state folder.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.access import pki
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import Component, Home
from govcloud_local.services import quota_keeper
from govcloud_local.settings import Settings
from govcloud_local.toolchain.tool import Tool

__all__ = [
    "NAME",
    "REGION",
    "TOOLS",
    "Credentials",
    "administrator",
    "component",
    "prepare",
    "quota_keeper_component",
    "shell_addresses",
    "shell_folder",
]

NAME = "seaweedfs"
TOOLS = ("weed",)
QUOTA_KEEPER = "seaweedfs-quota"
REGION = "vn-hn-1"
_QUOTA_SECONDS = 15
"""Between two rounds of the quota keeper: so long may a bucket outgrow its quota."""
_HEALTH_BUCKET = "govcloud-health"
_GRPC_PARTS = ("master", "volume", "filer", "s3", "admin", "worker", "client", "msg_broker")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An S3 access key and its secret."""

    access_key: str
    secret_key: str


def shell_folder(settings: Settings) -> Path:
    """Return the folder with security.toml, which lets `weed shell` in (-config_dir)."""
    return settings.config / NAME


def identities_file(settings: Settings) -> Path:
    """Return the server's file of static identities; it reads it again on SIGHUP."""
    return settings.data / NAME / "s3.json"


def administrator(settings: Settings) -> Credentials:
    """Return the administrator's keys, drawn once and kept."""
    file = settings.pki / "storage" / "administrator.json"
    try:
        record = json.loads(file.read_text())
        return Credentials(str(record["accessKey"]), str(record["secretKey"]))
    except FileNotFoundError:
        drawn = Credentials("GC" + secrets.token_hex(9).upper(), secrets.token_urlsafe(36))
    except (ValueError, KeyError, TypeError):
        raise private_file.damaged(file) from None
    private_file.write(file, json.dumps({"accessKey": drawn.access_key, "secretKey": drawn.secret_key}) + "\n")
    return drawn


def prepare(settings: Settings) -> None:
    """Make certificates, keys and configuration. Identities added by others to the identities file are kept."""
    authority = pki.storage(settings)
    authority.server("s3", ["127.0.0.1", "localhost", settings.store_address])
    authority.server("inner", ["127.0.0.1", "localhost"], client=True)
    private_file.folder(settings.data / NAME / "volumes")
    private_file.write(shell_folder(settings) / "security.toml", _security(settings))
    identities = identities_file(settings)
    known = _identities(identities) if identities.exists() else []
    keys = administrator(settings)
    administrator_identity = {
        "name": "admin",
        "credentials": [{"accessKey": keys.access_key, "secretKey": keys.secret_key}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    others = [identity for identity in known if identity.get("name") != "admin"]
    private_file.write(identities, json.dumps({"identities": [administrator_identity, *others]}, indent=1))
    _sealing_key(settings)


def socket_names(settings: Settings) -> tuple[str, ...]:
    """Return patterns of the sockets that the store binds: the place of some of them cannot be set."""
    elsewhere = (f"/tmp/seaweedfs-*-{port}.sock" for port in settings.ports.storage)  # noqa: S108 - the store's choice
    return (f"{settings.run}/{NAME}-*.sock", *elsewhere)


def component(settings: Settings, tool: Tool) -> Component:
    """Return the daemon; pure but for reading the sealing key and the certificate, which `prepare` made."""
    ports, folder = settings.ports, settings.pki / "storage"
    return Component(
        name=NAME,
        argv=(
            str(tool.path),
            f"-config_dir={shell_folder(settings)}",
            "-logtostderr=true",
            "mini",
            f"-dir={settings.data / NAME / 'volumes'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-master.port={ports.store_master}",
            f"-master.port.grpc={ports.store_master + 1}",
            f"-volume.port={ports.store_volume}",
            f"-volume.port.grpc={ports.store_volume + 1}",
            f"-filer.port={ports.store_filer}",
            f"-filer.port.grpc={ports.store_filer + 1}",
            f"-s3.port={ports.s3}",
            f"-s3.port.grpc={ports.s3 + 1}",
            f"-admin.port={ports.store_admin}",
            "-admin.ui=false",
            "-webdav=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-disableHttp",
            "-master.telemetry=false",
            # a bucket needs a volume of its own; the default, free disk / volume size, refuses data after some dozens
            "-volume.max=20000",
            "-s3.allowDeleteBucketNotEmpty=false",
            "-s3.autoCreateBucket=false",
            "-s3.iam.readOnly=true",
            f"-s3.config={identities_file(settings)}",
            f"-s3.cert.file={folder / 's3.crt'}",
            f"-s3.key.file={folder / 's3.key'}",
            # relative to the state folder, where daemons run: the path of a socket is limited to 107 bytes
            f"-filer.localSocket=run/{NAME}-filer.sock",
            f"-s3.localFilerSocket=run/{NAME}-filer.sock",
            f"-s3.localSocket=run/{NAME}-s3.sock",
        ),
        environment={
            # a ceiling, not a budget: live data alone is 250 MiB (half of it untouched), and a limit near that keeps
            # the collector running without end, an eighth of a processor in an idle cloud
            "GOMEMLIMIT": "1GiB",
            "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",
            "WEED_S3_SSE_KEK": _sealing_key(settings),
            # it would go on showing the certificate that it started with: another one means another start
            "GOVCLOUD_CERTIFICATE": hashlib.sha256((folder / "s3.crt").read_bytes()).hexdigest(),
        },
        ready=partial(_serves, settings),
        home=Home.HOST,
        after=(),
        version=tool.version,
        endpoint=settings.s3_url,
        stop_seconds=20.0,
        socket_names=socket_names(settings),
    )


def quota_keeper_component(settings: Settings, tool: Tool) -> Component:
    """Return the daemon that makes the store hold to its buckets' quotas."""
    master, filer = shell_addresses(settings)
    beat = settings.data / NAME / "quota.beat"
    return Component(
        name=QUOTA_KEEPER,
        argv=(
            sys.executable,
            "-I",
            "-S",
            quota_keeper.__file__,
            str(tool.path),
            str(shell_folder(settings)),
            master,
            filer,
            str(beat),
            str(_QUOTA_SECONDS),
        ),
        ready=partial(probe.beats, beat, _QUOTA_SECONDS),
        before_start=partial(beat.unlink, missing_ok=True),  # what an earlier keeper did says nothing of this one
        home=Home.HOST,
        after=(NAME,),
        version=tool.version,
    )


def shell_addresses(settings: Settings) -> tuple[str, str]:
    """Return the addresses of master and filer as `weed shell` takes them: host:port.grpc-port."""
    ports = settings.ports
    return (
        f"127.0.0.1:{ports.store_master}.{ports.store_master + 1}",
        f"127.0.0.1:{ports.store_filer}.{ports.store_filer + 1}",
    )


def _sealing_key(settings: Settings) -> str:
    # buckets with server-side encryption are unreadable without it
    return private_file.kept_secret(settings.pki / "storage" / "sealing.key")


def _identities(file: Path) -> list[dict[str, object]]:
    try:
        return [dict(identity) for identity in json.loads(file.read_text())["identities"]]
    except (ValueError, KeyError, TypeError):
        raise private_file.damaged(file) from None


def _security(settings: Settings) -> str:
    folder = settings.pki / "storage"
    tokens = {
        name: private_file.kept_secret(folder / f"{name.replace('.', '-')}.key")
        for name in ("jwt.signing", "jwt.filer_signing", "jwt.filer_signing.read")
    }
    blocks = [f'[{name}]\nkey = "{value}"\n' for name, value in tokens.items()]
    blocks.append(f"[grpc]\nca = {_quoted(folder / 'ca.crt')}\n")
    blocks.extend(
        f"[grpc.{part}]\ncert = {_quoted(folder / 'inner.crt')}\nkey = {_quoted(folder / 'inner.key')}\n"
        for part in _GRPC_PARTS
    )
    return "\n".join(blocks)


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)  # a TOML basic string


def _serves(settings: Settings) -> Text | None:
    """Write and read back an object: the bucket list answers long before data can be stored."""
    try:
        return _reads_back(settings, b"1")
    except OSError as error:
        return probe.no_answer(settings.s3_url, error)


def _reads_back(settings: Settings, content: bytes) -> Text | None:
    put = partial(_request, settings, "PUT")
    status, answer = put(f"/{_HEALTH_BUCKET}/canary", content)
    if status == 404:
        status, answer = put(f"/{_HEALTH_BUCKET}", b"")
        if status == 200:
            status, answer = put(f"/{_HEALTH_BUCKET}/canary", content)
    if status == 200:
        status, answer = _request(settings, "GET", f"/{_HEALTH_BUCKET}/canary", b"")
        if status == 200:
            return (
                None if answer == content else Text("an object was read back changed", "đối tượng đọc lại bị khác đi")
            )
    return Text(f"S3 answers {status}", f"S3 trả lời {status}")


def _request(settings: Settings, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Send one signed request as the administrator. Raises OSError when there is no answer."""
    # imported here: it takes longer than all else, and `govcloud local env` does not need it
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as Signer

    keys = administrator(settings)
    url = settings.s3_url + path
    request = AWSRequest(method=method, url=url, data=body)
    request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
    S3SigV4Auth(Signer(keys.access_key, keys.secret_key), "s3", REGION).add_auth(request)
    headers = dict(request.headers.items())
    return probe.http_request(settings, method, url, ca=settings.pki / "storage" / "ca.crt", body=body, headers=headers)
