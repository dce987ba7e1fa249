"""Amazon's dialect: a user an identity, one managed policy a user, and a boundary that no policy exceeds.

Servers that speak parts of it are met as they are: what one does not know is asked once, and neither believed from a
status code nor made up for.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage import exposure_problems, problems, scratch
from govcloud.providers.storage.adapters import UNBOUNDED, LiveIdentity, Quota
from govcloud.providers.storage.adapters.aws import documents, ending, held, policies, reading
from govcloud.providers.storage.adapters.aws.account import ROLE, Account
from govcloud.providers.storage.adapters.aws.held import Held, Key
from govcloud.providers.storage.endpoint import (
    AccessKey,
    Endpoint,
    administration_client,
    client,
    error_code,
    reported,
)
from govcloud_base.errors import CloudError, Text

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient
    from mypy_boto3_iam.type_defs import UserTypeDef
    from mypy_boto3_s3.client import S3Client

__all__ = ["AWS"]

_PATH: Final = "/govcloud/"
_NOBODY: Final = "govcloud-nobody"
_DENIED: Final = ("AccessDenied", "403")
_UNKNOWN_KEY: Final = ("InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch")
"""How a server answers a key of which it has not heard yet."""
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True)
class _Opened:
    """An account, once it was asked who it is."""

    iam: IAMClient
    account: Account
    whole: bool
    """Whether the server speaks the whole dialect, as Amazon does: boundaries, and no rights but by policies."""
    asker: AccessKey

    @classmethod
    def of(cls, endpoint: Endpoint) -> _Opened:
        iam = administration_client(endpoint, "iam")
        with closing(administration_client(endpoint, "sts")) as sts:
            said = sts.get_caller_identity().get("Arn", "")
        try:
            account = Account.of(said, _PATH)
        except ValueError as error:
            asked = Text("GetCallerIdentity", "việc hỏi khóa là của ai")
            raise CloudError(problems.store_refused(asked, "Arn", str(error))) from None
        return cls(iam, account, _whole(iam, account), endpoint.administrator)

    @cached_property
    def boundary(self) -> str:
        """ARN of the policy that bounds all others; made where it is not there."""
        return policies.made(self.iam, self.account, documents.BOUNDING, documents.BOUNDARY)

    def live(self, one: Held) -> LiveIdentity:
        """Return what the store lets somebody do."""
        if one.name == self.account.caller and self.asker.access not in (key.access for key in one.keys):
            one = replace(one, keys=(*one.keys, Key(self.asker.access, True)))  # a role has keys for a while alone
        return held.live(one, _own_policy(one.name), self.account.partition, complete=self.whole)


def _whole(iam: IAMClient, account: Account) -> bool:
    """Find out by what a server says of a user whom nobody has: that there is none, or that it knows no boundary."""
    try:
        iam.put_user_permissions_boundary(UserName=_NOBODY, PermissionsBoundary=account.policy(_NOBODY, _NOBODY))
    except Exception as error:
        code = error_code(error)
        if code in reading.UNKNOWN:
            return False
        if code not in (reading.ABSENT, *_DENIED):
            raise
    return True


def _own_policy(identity: str) -> str:
    return f"govcloud-{identity}"


class AWS:
    """The dialect of Amazon's IAM of :class:`govcloud.providers.storage.adapters.Adapter`."""

    name = "aws"
    quota_unit = 0
    settling_seconds = 60.0  # Amazon names no time; it is seconds as a rule
    counts_objects = False
    lists_in_bulk = False

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._checking = threading.Lock()
        self._checked = False

    @classmethod
    def from_endpoint(cls, endpoint: Endpoint, environment: Mapping[str, str]) -> AWS:
        """Return the adapter for a store whose administrator is named by `endpoint` alone.

        Raises:
            EnvironmentProblem: GC-STORE-002, the administrator's key is not known in this shell.
        """
        _ = endpoint.administrator
        return cls(endpoint)

    def open(self) -> None: ...

    def check(self) -> None:
        action = Text("being asked by a new user", "việc được người dùng mới hỏi")
        with self._asked(action) as opened, self._checking:  # one user tells for all who ask at once
            if opened.whole or self._checked:  # within the boundary nobody reaches IAM
                return
            with closing(client(self._endpoint)) as s3:
                self._asked_by_stranger(opened, s3)
            self._checked = True

    def _asked_by_stranger(self, opened: _Opened, s3: S3Client) -> None:
        """Refuse a server that takes orders from a user without any right, who is made for it."""
        name = scratch.title()
        scratch.announce(s3, name)
        try:
            key = self.create_identity(name)
            with closing(administration_client(self._endpoint, "iam", key)) as own:
                if _issues_keys(own, name, self.settling_seconds):
                    raise CloudError(exposure_problems.orders_taken(self._endpoint.url))
        finally:
            ending.end(opened.iam, opened.account, name)
            scratch.forget(s3, name)

    def principal(self, identity: str) -> str:
        with self._asked(Text(f"GetUser {identity}", f"việc đọc người dùng {identity}")) as opened:
            if identity.startswith(ROLE):  # a user may have the same name
                return opened.account.role(identity.removeprefix(ROLE))
            try:
                # As the server calls it: not every one keeps the path.
                return opened.iam.get_user(UserName=identity)["User"]["Arn"]
            except Exception as error:
                if error_code(error) != reading.ABSENT:
                    raise
            return opened.account.user(identity)

    def own_policy(self, identity: str) -> str:
        return _own_policy(identity)

    def identity(self, name: str) -> LiveIdentity | None:
        with self._asked(Text(f"reading user {name}", f"việc đọc người dùng {name}")) as opened:
            found = reading.somebody(opened.iam, name)
            return None if found is None else opened.live(found)

    def identities(self) -> tuple[LiveIdentity, ...]:
        with self._asked(Text("listing the users", "việc liệt kê người dùng")) as opened:
            return tuple(opened.live(one) for one in reading.everybody(opened.iam))

    def create_identity(self, name: str) -> AccessKey:
        with self._asked(Text(f"CreateUser {name}", f"việc tạo người dùng {name}")) as opened:
            iam, path = opened.iam, opened.account.path
            wanted = held.tags()
            if opened.whole:
                made = iam.create_user(UserName=name, Path=path, Tags=wanted, PermissionsBoundary=opened.boundary)
            else:
                made = iam.create_user(UserName=name, Path=path, Tags=wanted)
            _mark(iam, made["User"])
            return _new_key(opened, name)

    def set_policy(self, name: str, document: Mapping[str, object]) -> None:
        with self._asked(
            Text(f"setting the policy of user {name}", f"việc đặt chính sách của người dùng {name}")
        ) as opened:
            user = _mine(opened, name)
            iam = opened.iam
            attached = reading.attached(iam, name)
            arn = policies.made(iam, opened.account, name, document)
            if arn not in attached:
                policies.settled(lambda: iam.attach_user_policy(UserName=name, PolicyArn=arn))
            for inline in reading.inline(iam, name):
                iam.delete_user_policy(UserName=name, PolicyName=inline)
            for group in reading.groups(iam, name):
                iam.remove_user_from_group(UserName=name, GroupName=group)
            marks = [other for other in attached if _disabling(other)]
            for other in attached:
                if other != arn and other not in marks:
                    iam.detach_user_policy(UserName=name, PolicyArn=other)
                    if documents.labelled(other.rpartition("/")[2]) == name:
                        policies.removed(iam, other)
            bounding = user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") if user else None
            if opened.whole and bounding != opened.boundary:
                iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=opened.boundary)
            if marks:
                _enable(iam, name, marks)

    def set_enabled(self, name: str, enabled: bool) -> None:
        action = Text(f"enabling or disabling user {name}", f"việc bật hoặc tắt người dùng {name}")
        with self._asked(action) as opened:
            iam = opened.iam
            marks = [arn for arn in reading.attached(iam, name) if _disabling(arn)]
            if enabled:
                _enable(iam, name, marks)
                return
            # Where somebody changed what it says, it is another one now.
            mark = policies.made(iam, opened.account, documents.DISABLING, documents.DISABLED)
            keys = reading.keys(iam, name)
            worn = _worn(iam, name)
            working = [key.access for key in keys if key.active or (marks and held.rests(worn, key))]
            # Written down first: a run that dies meanwhile finds nothing more to write than this one.
            policies.settled(lambda: iam.tag_user(UserName=name, Tags=held.resting(working)))
            if mark not in marks:
                policies.settled(lambda: iam.attach_user_policy(UserName=name, PolicyArn=mark))
            for key in keys:
                iam.update_access_key(UserName=name, AccessKeyId=key.access, Status="Inactive")

    def add_key(self, name: str) -> AccessKey:
        with self._asked(Text(f"CreateAccessKey {name}", f"việc cấp khóa cho {name}")) as opened:
            if (user := _mine(opened, name)) is not None:
                # A bare one that a run left before it was marked: with a key it would be somebody else's.
                _mark(opened.iam, {**user, "Tags": reading.tags(opened.iam, user)})
            return _new_key(opened, name)

    def remove_key(self, name: str, access_key: str) -> None:
        action = Text(f"DeleteAccessKey {name}", f"việc thu hồi khóa của {name}")
        with self._asked(action) as opened, policies.gone():
            if access_key == held.CONSOLE:
                opened.iam.delete_login_profile(UserName=name)
            else:
                opened.iam.delete_access_key(UserName=name, AccessKeyId=access_key)

    def last_used(self, name: str, access_key: str) -> datetime.datetime | None:
        with self._asked(Text(f"GetAccessKeyLastUsed {name}", f"việc xem lần dùng khóa của {name}")) as opened:
            try:
                answer = opened.iam.get_access_key_last_used(AccessKeyId=access_key)
            except Exception as error:
                if error_code(error) in (reading.ABSENT, *reading.UNKNOWN):
                    return None
                raise
            return answer.get("AccessKeyLastUsed", {}).get("LastUsedDate")

    def delete_identity(self, name: str) -> None:
        with self._asked(Text(f"DeleteUser {name}", f"việc xóa người dùng {name}")) as opened:
            _mine(opened, name)
            ending.end(opened.iam, opened.account, name)

    def quota(self, bucket: str) -> Quota:
        return UNBOUNDED

    def set_quota(self, bucket: str, quota: Quota) -> None:
        if quota != UNBOUNDED:
            raise CloudError(problems.setting_unsupported("quotaBytes", self.name))

    def enforce_quotas(self) -> None: ...

    def let_read(self, prefix: str | None) -> bool:
        return False

    def close(self) -> None:
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.iam.close()

    @contextmanager
    def _asked(self, action: Text) -> Iterator[_Opened]:
        """Give the account, opened; what it refuses is told with `action`."""
        with reported(action, self._endpoint):
            with self._lock:
                if self._opened is None:
                    self._opened = _Opened.of(self._endpoint)
                opened = self._opened
            with reported(action, replace(self._endpoint, url=opened.iam.meta.endpoint_url)):
                yield opened


def _mine(opened: _Opened, name: str) -> UserTypeDef | None:
    """Return a user of ours, None where there is none; refuse one that somebody else made in the same account."""
    user = reading.named(opened.iam, name)
    if user is None or held.marked(reading.tags(opened.iam, user)):
        return user
    found = reading.somebody(opened.iam, name)
    if found is not None and not held.ours(found):
        reason = Text("somebody else made it in the same account", "nó do người khác tạo trong cùng tài khoản")
        raise CloudError(problems.identity_is_foreign(name, reason))
    return user


def _mark(iam: IAMClient, user: Mapping[str, Any]) -> None:
    """Mark a user as ours, where the server did not take that when it was made."""
    if not user.get("Tags"):
        name = user["UserName"]
        policies.settled(lambda: iam.tag_user(UserName=name, Tags=held.tags()))


def _worn(iam: IAMClient, name: str) -> Mapping[str, str]:
    user = reading.named(iam, name)
    return {} if user is None else reading.tags(iam, user)


def _enable(iam: IAMClient, name: str, marks: Sequence[str]) -> None:
    """Let a user who was disabled work again, with the keys that did before: others were switched off by somebody."""
    worn = _worn(iam, name) if marks else {}
    for key in reading.keys(iam, name) if marks else ():
        if held.rests(worn, key):
            iam.update_access_key(UserName=name, AccessKeyId=key.access, Status="Active")
    for mark in marks:
        iam.detach_user_policy(UserName=name, PolicyArn=mark)


def _issues_keys(iam: IAMClient, name: str, seconds: float) -> bool:
    """Tell whether a user without any right issues itself a key; waits up to `seconds` until his own is known.

    Raises what the client raises where the server says neither yes nor that he may not.
    """
    from botocore.exceptions import ClientError

    deadline = time.monotonic() + seconds
    while True:
        try:
            iam.create_access_key(UserName=name)
        except ClientError as error:
            code = error_code(error)
            if code == _DENIED[0]:
                return False
            if code not in _UNKNOWN_KEY or time.monotonic() > deadline:
                raise
        else:
            return True
        time.sleep(_PAUSE_SECONDS)


def _new_key(opened: _Opened, name: str) -> AccessKey:
    """Issue a key. An account takes two for each user; one that is inactive, and not with its user, makes room."""
    iam = opened.iam
    known = {key.access for key in reading.keys(iam, name)}
    try:
        answer = policies.settled(lambda: iam.create_access_key(UserName=name))
    except Exception as error:
        if error_code(error) != "LimitExceeded":
            raise
        if not _end_lost(iam, name, known):
            idle = [key for key in reading.keys(iam, name) if not key.active]
            if not idle or any(_disabling(arn) for arn in reading.attached(iam, name)):
                raise CloudError(problems.keys_exhausted(name)) from error
            for one in idle:
                iam.delete_access_key(UserName=name, AccessKeyId=one.access)
        answer = iam.create_access_key(UserName=name)
    key = answer["AccessKey"]
    if answer["ResponseMetadata"]["RetryAttempts"]:
        _end_lost(iam, name, {*known, key["AccessKeyId"]})
    return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])


def _end_lost(iam: IAMClient, name: str, known: Collection[str]) -> bool:
    """Revoke the keys that were issued though the answer was lost, so that the client asked again; tell of any."""
    lost = [key.access for key in reading.keys(iam, name) if key.access not in known]
    for access in lost:
        iam.delete_access_key(UserName=name, AccessKeyId=access)
    return bool(lost)


def _disabling(arn: str) -> bool:
    return documents.labelled(arn.rpartition("/")[2]) == documents.DISABLING
