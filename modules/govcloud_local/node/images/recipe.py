"""The images of the embedded cloud as data: which Debian packages, which files, who runs what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from govcloud_local.toolchain import Tool

__all__ = ["COREDNS", "GATEWAY", "PAUSE", "PROBE", "Recipe", "recipes"]

FORMAT = 2
"""Raised when the builder makes something else of the same recipe."""

PAUSE = "govcloud.local/pause:1"
GATEWAY = "govcloud.local/gateway:1"
PROBE = "govcloud.local/probe:1"
COREDNS = "govcloud.local/coredns:1"

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
    user: int = _USER

    def key(self) -> str:
        """Return what the cache knows the image by: equal recipes have equal keys."""
        record = asdict(self) | {
            "format": FORMAT,
            "copies": {path: _state(source) for path, source in self.copies.items()},
        }
        return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:32]


def recipes(tools: Mapping[str, Tool]) -> tuple[Recipe, ...]:
    """Return every image that the embedded cloud needs, the sandbox image first."""
    return (
        # -P: sleeps until told to end, and reaps; nothing else
        Recipe(name=PAUSE, packages=("catatonit",), entrypoint=("/usr/bin/catatonit", "-P")),
        Recipe(
            name=GATEWAY,
            packages=("nginx", "libnginx-mod-stream", "curl"),
            without=("debconf", "iproute2", "libbpf1", "libelf1", "libdb5.3", "libcap2-bin", "libtirpc3"),
            files={"etc/nginx/nginx.conf": _NGINX},
            entrypoint=("/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;"),
        ),
        Recipe(
            name=PROBE,
            packages=("python3-minimal", "libpython3.11-stdlib"),
            without=("debconf", "media-types", "tzdata", "libdb5.3", "perl-base"),
            files={"usr/lib/govcloud/answer.py": _PROBE},
            entrypoint=("/usr/bin/python3", "/usr/lib/govcloud/answer.py"),
        ),
        Recipe(name=COREDNS, copies={"coredns": tools["coredns"].path}, entrypoint=("/coredns",)),
    )


def _state(file: Path) -> list[object]:
    """Return what changes with a program; looking into it would take longer than all else."""
    try:
        status = file.stat()
    except OSError:  # a removed tool: `status` still wants to know the cloud's parts
        return [str(file)]
    return [str(file), status.st_size, status.st_mtime_ns]
