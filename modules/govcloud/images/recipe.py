"""Images of the project as data: which Debian packages, which files, who runs what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from govcloud.model.image_lock import ImageName, LockedPackage

__all__ = ["OWN", "Recipe"]

FORMAT = 3
"""Raised when the builder makes something else of the same recipe."""

_USER = 65532
_NGINX = """\
# The image's own configuration: answers on port 8080. Mount another one over /etc/nginx/nginx.conf.
load_module modules/ngx_stream_module.so;
pid /tmp/nginx.pid;
events {}
http {
    access_log /dev/stdout;
    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;
    server {
        listen 8080;
        location / { return 200 "govcloud gateway\\n"; }
    }
}
"""
_PROBE = """\
# Answers every GET on the ports given (8080 where none is) with its host name.
import http.server
import signal
import socket
import sys
import threading


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (socket.gethostname() + "\\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


# a container's first process does not hear SIGTERM unless it asks for it
awaited = {signal.SIGTERM, signal.SIGINT}
signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
for port in [int(p) for p in sys.argv[1:]] or [8080]:
    server = http.server.ThreadingHTTPServer(("", port), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
signal.sigwait(awaited)
"""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One image. It always runs as user and group 65532, who owns nothing in it."""

    name: str
    """Last part of what references call it."""
    entrypoint: tuple[str, ...]
    packages: tuple[str, ...] = ()
    """Debian packages, with all that they depend on."""
    without: tuple[str, ...] = ()
    """Packages left out though something depends on them: needed by scripts that never run here."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Text files, path → content."""
    copies: Mapping[str, Path] = field(default_factory=dict)
    """Programs of this machine, path → source."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links, path → target."""
    tag: str | None = None
    """What it is imported by beside its digest; None where its digest is its only name."""
    user: int = _USER

    def key(self, locked: Mapping[str, LockedPackage] | None = None) -> str:
        """Return what the cache knows the image by: equal recipes of equal packages have equal keys."""
        record = asdict(self) | {
            "format": FORMAT,
            "locked": {name: package.digest for name, package in locked.items()} if locked is not None else None,
            "copies": {path: _state(source) for path, source in self.copies.items()},
        }
        return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:32]


def _state(file: Path) -> list[object]:
    """Return what changes with a program; looking into it would take longer than all else."""
    try:
        status = file.stat()
    except OSError:  # a removed tool: `status` still wants to know the cloud's parts
        return [str(file)]
    return [str(file), status.st_size, status.st_mtime_ns]


OWN: Mapping[ImageName, Recipe] = {
    # nginx with its stream module
    "gateway": Recipe(
        name="gateway",
        packages=("nginx", "libnginx-mod-stream", "curl"),
        without=("debconf", "iproute2", "libbpf1", "libelf1", "libdb5.3", "libcap2-bin", "libtirpc3"),
        files={"etc/nginx/nginx.conf": _NGINX},
        entrypoint=("/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;"),
    ),
    # Python, for what `verify` sends along
    "probe": Recipe(
        name="probe",
        packages=("python3-minimal", "libpython3.11-stdlib"),
        without=("debconf", "media-types", "tzdata", "libdb5.3", "perl-base"),
        files={"usr/lib/govcloud/answer.py": _PROBE},
        entrypoint=("/usr/bin/python3", "/usr/lib/govcloud/answer.py"),
    ),
}
"""The project's own images by name: what clouds run, whoever brings them."""
