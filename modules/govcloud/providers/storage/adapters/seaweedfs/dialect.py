"""SeaweedFS: identities, policies and quotas through `weed shell`, because its IAM API must stay read-only.

With a writable IAM API any tenant can issue itself further keys, so the store runs with `-s3.iam.readOnly=true`
and only the shell, which needs the cluster's own certificate, changes identities.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govcloud.providers.storage import problems
from govcloud.providers.storage.adapters import UNBOUNDED, LiveIdentity, Quota
from govcloud.providers.storage.adapters.seaweedfs import exposure, identities
from govcloud.providers.storage.adapters.seaweedfs.shell import NO_ANSWER, CommandError, WeedShell
from govcloud.providers.storage.endpoint import AccessKey, Endpoint, new_key
from govcloud.refusal import quotation
from govcloud_base import memory_file
from govcloud_base.errors import CloudError, EnvironmentProblem, Text

__all__ = ["SeaweedFS"]

_SETTINGS = ("GOVCLOUD_SEAWEEDFS_MASTER", "GOVCLOUD_SEAWEEDFS_FILER")
_CERTIFICATES = "GOVCLOUD_SEAWEEDFS_CONFIG"
_MEBIBYTE = 1 << 20
_QUOTA = re.compile(r"bucket quota: (-?\d+)MiB")


class SeaweedFS:
    """The SeaweedFS dialect of :class:`govcloud.providers.storage.adapters.Adapter`."""

    name = "seaweedfs"
    quota_unit = _MEBIBYTE
    settling_seconds = 0.0
    counts_objects = False
    lists_in_bulk = True

    def __init__(self, shell: WeedShell, endpoint: Endpoint, inner: tuple[str, str]) -> None:
        """`inner` are the addresses of master and filer, as the shell takes them."""
        self._shell = shell
        self._endpoint = endpoint
        self._inner = inner
        self._shut = False

    @classmethod
    def from_endpoint(cls, endpoint: Endpoint, environment: Mapping[str, str]) -> SeaweedFS:
        """Return the adapter that GOVCLOUD_SEAWEEDFS_{MASTER,FILER} describe, and _CONFIG where its gRPC asks for
        certificates.

        Raises:
            EnvironmentProblem: GC-STORE-017, one of the first two is missing.
        """
        missing = [name for name in _SETTINGS if not environment.get(name)]
        if missing:
            names = ", ".join(missing)
            raise EnvironmentProblem(problems.shell_unavailable(Text(en=f"not set: {names}", vi=f"chưa đặt: {names}")))
        master, filer = (environment[name] for name in _SETTINGS)
        config = environment.get(_CERTIFICATES)
        return cls(WeedShell(Path(config) if config else None, master, filer, environment), endpoint, (master, filer))

    def check(self) -> None:
        if self._shut:
            return
        if found := list(exposure.found(self._endpoint, *self._inner)):
            raise CloudError(found)
        self._shut = True

    def open(self) -> None:
        self._shell.start()

    def principal(self, identity: str) -> str:
        return f"arn:aws:iam::000000000000:user/{identity}"

    def own_policy(self, identity: str) -> str:
        return f"govcloud-{identity}"

    def identity(self, name: str) -> LiveIdentity | None:
        record = self._shown(name)
        if record is None:
            return None
        if self._accounts_exist(name) or self._groups_exist():
            return next((found for found in self.identities() if found.name == name), None)
        attached = record["policyNames"]
        documents = {policy: document for policy in attached if (document := self._policy(policy)) is not None}
        (found,) = identities.parsed({"identities": [record]}, documents, self.own_policy)
        return found

    def identities(self) -> tuple[LiveIdentity, ...]:
        try:
            documents = identities.policies(self._shell.run("s3.policy -list"))
        except ValueError as error:
            raise CloudError(problems.shell_failed("s3.policy -list", quotation(str(error)))) from None
        return identities.parsed(self._export(), documents, self.own_policy)

    def create_identity(self, name: str) -> AccessKey:
        key = new_key()
        self._shell.run("s3.user.create", name=name, access_key=key.access, secret_key=key.secret)
        return key

    def set_policy(self, name: str, document: Mapping[str, object]) -> None:
        own = self.own_policy(name)
        with memory_file.lent(json.dumps(document).encode()) as path:  # the shell reads a policy from a file only
            self._shell.run("s3.policy -put", name=own, file=path)
        # Only what is changed here is looked for: not what the policies say, and no keys.
        shown = self._shown(name)
        attached = shown["policyNames"] if shown else []
        if own not in attached:
            self._shell.run("s3.policy.attach", policy=own, user=name)
        for other in attached:
            if other != own:
                self._shell.run("s3.policy.detach", policy=other, user=name)
        for group in identities.memberships(self._export(), name) if self._groups_exist() else ():
            self._shell.run("s3.group.remove-user", group=group, user=name)
        if shown and shown["disabled"]:
            self._shell.run("s3.user.enable", name=name)

    def set_enabled(self, name: str, enabled: bool) -> None:
        self._shell.run("s3.user.enable" if enabled else "s3.user.disable", name=name)

    def last_used(self, name: str, access_key: str) -> datetime.datetime | None:
        return None

    def add_key(self, name: str) -> AccessKey:
        key = new_key()
        self._shell.run("s3.accesskey.create", user=name, access_key=key.access, secret_key=key.secret)
        return key

    def remove_key(self, name: str, access_key: str) -> None:
        try:
            self._shell.run("s3.accesskey.delete", user=name, access_key=access_key)
        except CommandError as error:
            if not _absent(error):
                raise
            for account, key in identities.service_accounts(self._export(), name):
                if key == access_key:
                    self._shell.run("s3.serviceaccount.delete", id=account)

    def delete_identity(self, name: str) -> None:
        # A service account outlives its user, and would work again for the next one of that name.
        for account, _ in identities.service_accounts(self._export(), name):
            self._shell.run("s3.serviceaccount.delete", id=account)
        try:
            self._shell.run("s3.user.delete", name=name)
        except CommandError as error:
            if not _absent(error):
                raise
        self._shell.run("s3.policy -delete", name=self.own_policy(name))

    def quota(self, bucket: str) -> Quota:
        answer = self._shell.run("s3.bucket.quota -op=get", name=bucket)
        found = _QUOTA.search(answer)
        if found is None:
            raise CloudError(problems.shell_failed("s3.bucket.quota", quotation(answer) if answer else NO_ANSWER))
        # A negative number is a quota that is recorded and switched off.
        mebibytes = int(found.group(1))
        return Quota(mebibytes * _MEBIBYTE) if mebibytes > 0 else UNBOUNDED

    def set_quota(self, bucket: str, quota: Quota) -> None:
        if quota.bytes is None:
            self._shell.run("s3.bucket.quota -op=remove", name=bucket)
            return
        self._shell.run("s3.bucket.quota -op=set", name=bucket, sizeMB=str(quota.bytes // _MEBIBYTE))
        self._shell.run("s3.bucket.quota -op=enable", name=bucket)

    def enforce_quotas(self) -> None:
        self._shell.run("s3.bucket.quota.enforce -apply")

    def let_read(self, prefix: str | None) -> bool:
        return False

    def close(self) -> None:
        self._shell.close()

    def _shown(self, name: str) -> Mapping[str, Any] | None:
        """Return a user as an export would have it, without its service accounts and groups; None where there is none.

        Of secrets nothing is shown.
        """
        try:
            shown = self._json("s3.user.show", name=name)
        except CommandError as error:
            if _absent(error):
                return None
            raise
        named = shown.get("policies")
        return {
            "name": name,
            "disabled": shown.get("status") != "enabled",
            "isStatic": shown.get("source", "dynamic") != "dynamic",
            "policyNames": [str(policy) for policy in named] if isinstance(named, list) else [],
            "actions": shown.get("actions"),
            "credentials": [
                {"accessKey": key.get("access_key"), "status": key.get("status")}
                for key in _rows(shown.get("credentials"))
            ],
        }

    def _accounts_exist(self, name: str) -> bool:
        """Tell whether a user has service accounts, of which showing it says nothing."""
        return bool(self._shell.run("s3.serviceaccount.list", user=name).splitlines()[1:])

    def _groups_exist(self) -> bool:
        """Tell whether there are groups, of which showing a user says nothing."""
        return self._shell.run("s3.group.list").strip() not in ("", "[]", "null")

    def _export(self) -> Mapping[str, Any]:
        answer = self._shell.run("s3.iam.export")
        try:
            export = json.loads(answer)
        except ValueError:
            export = None
        if not isinstance(export, dict):
            # Not a word of what was answered: it holds keys.
            raise CloudError(
                problems.shell_failed("s3.iam.export", Text("no JSON object", "không phải đối tượng JSON"))
            )
        return export

    def _policy(self, name: str) -> Mapping[str, object] | None:
        try:
            return self._json("s3.policy -get", name=name)
        except CommandError as error:
            if _absent(error):
                return None
            raise

    def _json(self, command: str, /, **flags: str) -> Mapping[str, object]:
        answer = self._shell.run(command, **flags)
        try:
            document = json.loads(answer)
        except ValueError as error:
            raise CloudError(
                problems.shell_failed(command, quotation(answer[:200]) if answer else NO_ANSWER)
            ) from error
        if not isinstance(document, dict):
            raise CloudError(problems.shell_failed(command, quotation(answer[:200])))
        return document


def _absent(error: CommandError) -> bool:
    return "code = NotFound" in error.detail


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
