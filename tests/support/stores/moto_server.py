"""moto as a server, started by path: `moto_server.py PORT CERTIFICATE KEY`.

A request without a signature is refused as Amazon refuses it. moto knows it for some requests alone, and falls over the
others with 500.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

_REFUSAL = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


def signed(application: _Application) -> _Application:
    """Return the application behind a door that asks for a signature, whoever it may be of."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        presigned = "X-Amz-Signature=" in environ.get("QUERY_STRING", "")
        if presigned or environ.get("HTTP_AUTHORIZATION") or environ["PATH_INFO"].startswith("/moto-api/"):
            return application(environ, start)
        start("403 Forbidden", [("Content-Type", "application/xml")])
        return [_REFUSAL]

    return answer


def main(port: str, certificate: str, key: str) -> None:
    """Serve until told to end."""
    moto: Any = DomainDispatcherApplication(create_backend_app)
    run_simple(
        "127.0.0.1",
        int(port),
        signed(moto),
        threaded=True,
        ssl_context=(certificate, key),
        request_handler=MotoRequestHandler,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
