"""The S3 gateway of JuiceFS, a fork of MinIO's: the server at hand whose administration speaks MinIO's dialect.

It serves TLS where `.minio/certs` of its home folder holds a certificate, as MinIO does; no flag names another folder.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import urllib3
from served import running as served

from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.access.pki import Authority
from govcloud_local.daemons.component import Component, Home
from stores.running import RunningStore

__all__ = ["running"]

_REGION = "vn-hn-1"


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[RunningStore]:
    """Run one for as long as the context lasts; it takes `port`, and the next one for its measurements."""
    program = shutil.which("juicefs") or str(Path(sys.executable).with_name("juicefs"))
    authority = Authority(folder / "authority", "JuiceFS of the tests")
    pair = authority.server("s3", ["127.0.0.1"])
    certificates = folder / ".minio" / "certs"
    private_file.folder(certificates.parent)
    private_file.folder(certificates)
    shutil.copy(pair.certificate, certificates / "public.crt")
    shutil.copy(pair.key, certificates / "private.key")
    access, secret = f"ROOT{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)
    catalogue = f"sqlite3://{folder / 'catalogue.db'}"
    volume = ("--trash-days=0", "--storage=file", f"--bucket={folder / 'data'}/", catalogue, "store")
    made = subprocess.run([program, "format", *volume], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert made.returncode == 0, made.stderr[-3000:]
    gateway = Component(
        name="juicefs",
        argv=(
            program,
            "gateway",
            catalogue,
            f"127.0.0.1:{port}",
            "--multi-buckets",
            "--keep-etag",
            "--object-tag",
            "--object-meta",
            "--no-banner",
            "--no-usage-report",
            f"--metrics=127.0.0.1:{port + 1}",
            f"--cache-dir={folder / 'cache'}",
            f"--log={folder / 'gateway.log'}",
        ),
        environment={"MINIO_ROOT_USER": access, "MINIO_ROOT_PASSWORD": secret},
        ready=lambda: _ready(url, authority.certificate),
        home=Home.HOST,
        after=(),
    )
    url = f"https://127.0.0.1:{port}"
    keys = {
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ACCESS_KEY_ID": access,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_CA_BUNDLE": str(authority.certificate),
        "AWS_REGION": _REGION,
    }
    with served(gateway, folder):
        yield RunningStore("minio", url, _REGION, keys, authority.certificate)


def _ready(url: str, authority: Path) -> Text | None:
    """Ask without a key: it refuses once it knows whom it lets in, and is not ready before."""
    with urllib3.PoolManager(ca_certs=str(authority), retries=False, timeout=2) as pool:
        try:
            status = pool.request("GET", url).status
        except urllib3.exceptions.HTTPError as error:
            return Text.quoted(str(error))
    return None if status == 403 else Text(f"status {status}", f"trạng thái {status}")
