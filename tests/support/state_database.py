"""The database in which a team keeps Pulumi's state: PostgreSQL, over TLS, with a user and a password."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from debian_programs import libraries, unpacked
from served import running

from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.access.pki import Authority
from govcloud_local.daemons.component import Component, Home

__all__ = ["StateDatabase", "prepared", "serving"]

_PACKAGE, _PROGRAMS = "postgresql-15", "usr/lib/postgresql/15/bin"
_USER = "team"
_NOT_ROOT = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
"""It refuses to run as root. In a user namespace it is somebody else, to whom this user's files belong all the same."""


@dataclass(frozen=True)
class StateDatabase:
    """Where it is, and what runs it."""

    url: str
    """What PULUMI_BACKEND_URL says."""
    passwords: Path
    """What PGPASSFILE says: the password stays out of the address."""
    port: int
    argv: tuple[str, ...]
    environment: Mapping[str, str]

    @property
    def variables(self) -> Mapping[str, str]:
        """What a member of the team has in a shell."""
        return {"PULUMI_BACKEND_URL": self.url, "PGPASSFILE": str(self.passwords)}

    @property
    def component(self) -> Component:
        """The daemon, on this machine."""
        return Component(
            name="state-database",
            argv=self.argv,
            environment=self.environment,
            ready=self._ready,
            home=Home.HOST,
            after=(),
        )

    def _ready(self) -> Text | None:
        """Ask, as every client does first, whether it speaks TLS; it answers once it takes connections."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(struct.pack(">II", 8, 80877103))
                return None if connection.recv(1) == b"S" else Text("no TLS", "không có TLS")
        except OSError as error:
            return Text.quoted(str(error))


def prepared(folder: Path, port: int) -> StateDatabase:
    """Make an empty database in `folder`, with a certificate and a password."""
    root = unpacked(_PACKAGE)
    environment = {**libraries(root), "LANG": "C.UTF-8"}
    authority = Authority(folder / "authority", "Database authority of the team")
    pair = authority.server("database", ["127.0.0.1", "localhost"])
    password, data = secrets.token_urlsafe(24), folder / "data"
    private_file.write(folder / "password", password + "\n")
    made = subprocess.run(
        [
            *_NOT_ROOT,
            str(root / _PROGRAMS / "initdb"),
            f"--pgdata={data}",
            f"--username={_USER}",
            f"--pwfile={folder / 'password'}",
            "--auth=scram-sha-256",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ],
        env={"PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    # Nobody gets in without TLS, not even with the password.
    private_file.write(data / "pg_hba.conf", f"hostssl all {_USER} 127.0.0.1/32 scram-sha-256\n")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "ssl": "on",
        "ssl_cert_file": pair.certificate,
        "ssl_key_file": pair.key,
        "fsync": "off",
        "jit": "off",
        "shared_buffers": "16MB",
        # no shared memory of the machine that would outlive a kill
        "dynamic_shared_memory_type": "mmap",
        "shared_memory_type": "mmap",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    unshare = shutil.which("unshare")
    assert unshare is not None
    argv = (unshare, *_NOT_ROOT[1:], str(root / _PROGRAMS / "postgres"), "-D", str(data), *options)
    found = f"sslmode=verify-full&sslrootcert={quote(str(authority.certificate))}"
    private_file.write(folder / "pgpass", f"127.0.0.1:{port}:postgres:{_USER}:{password}\n")
    return StateDatabase(
        f"postgres://{_USER}@127.0.0.1:{port}/postgres?{found}", folder / "pgpass", port, argv, environment
    )


@contextlib.contextmanager
def serving(folder: Path, port: int) -> Iterator[StateDatabase]:
    """Run one on loopback for as long as the context lasts."""
    database = prepared(folder, port)
    with running(database.component, folder):
        yield database
