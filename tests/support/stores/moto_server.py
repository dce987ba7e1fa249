"""moto as a server, started by path: `moto_server.py PORT CERTIFICATE KEY`.

What moto leaves out and the project relies on is added here, by Amazon's documentation: users with a permission
boundary, keys that are inactive, and requests without a signature, which are refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import access_control
from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, IAMRequestBase, IAMUserAccessKey
from moto.iam.access_control import PermissionResult as Result
from moto.iam.models import User
from moto.iam.responses import IamResponse
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


def bounded() -> None:
    """Let users have a boundary, and hold them to it."""
    make, permitted = IamResponse.create_user, IAMRequestBase.check_action_permitted

    def put_user_permissions_boundary(self: Any) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        user.permissions_boundary = _boundary(self)
        return EmptyResult()

    def create_user(self: Any) -> ActionResult:
        boundary = _boundary(self)
        answer = make(self)
        self.backend.get_user(self._get_param("UserName")).permissions_boundary = boundary
        return answer

    def check_action_permitted(self: Any, resource: str) -> None:
        permitted(self, resource)
        user = self.backend.users.get(getattr(self._access_key, "_owner_user_name", None))
        if user is not None and user.permissions_boundary:
            policy = IAMPolicy(self.backend.get_policy(user.permissions_boundary["PermissionsBoundaryArn"]))
            if policy.is_action_permitted(self._action, resource) is not Result.PERMITTED:
                self._raise_access_denied()

    added: Any = IamResponse
    added.put_user_permissions_boundary, added.create_user = put_user_permissions_boundary, create_user
    for owner, name, value in (
        (User, "permissions_boundary", None),
        (IAMRequestBase, "check_action_permitted", check_action_permitted),
    ):
        setattr(owner, name, value)


def _boundary(asked: Any) -> dict[str, str] | None:
    arn = asked._get_param("PermissionsBoundary")
    if not arn:
        return None
    asked.backend.get_policy(arn)  # there is one of this name, or the request is refused
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def inactive() -> None:
    """Let a key that is inactive be as if it were not there."""

    class Key(IAMUserAccessKey):
        def __init__(self, *words: Any, **named: Any) -> None:
            super().__init__(*words, **named)
            held = self.backend.users[self._owner_user_name].access_keys
            if any(key.access_key_id == self._access_key_id and key.status != "Active" for key in held):
                raise CreateAccessKeyFailure(reason="InvalidId")

    replaced: Any = access_control
    replaced.IAMUserAccessKey = Key


def main(port: str, certificate: str, key: str) -> None:
    """Serve until told to end."""
    bounded()
    inactive()
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
