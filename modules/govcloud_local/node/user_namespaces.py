"""Pods under user numbers of their own: user 1000 of a pod is nobody of this machine, and nobody of another pod.

Without this, a user of the machine with the number that a pod runs under may read the pod's environment and memory, and
end it; and pods of one number share the kernel's limits for a user. The node gives every pod that does not say
otherwise a user namespace (`hostUsers: false`), where the kernel can show volumes under shifted numbers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from govcloud.refusal import refusal
from govcloud_base.errors import Text

__all__ = ["manifests", "missing"]

_NAME = "govcloud-user-namespaces"
_GROUP = "admissionregistration.k8s.io"
_SELECTED = {"matchLabels": {"govcloud.gov.vn/user-namespaces": "impossible"}}
"""Namespaces that get no mutation on a machine that can't: none has this label."""

# system calls, with the same numbers on every architecture of Linux (asm-generic/unistd.h), and their flags
_OPEN_TREE, _FSOPEN, _FSCONFIG, _FSMOUNT, _MOUNT_SETATTR = 428, 430, 431, 432, 442
_AT_FDCWD, _AT_EMPTY_PATH = -100, 0x1000
_CLONE, _CREATE, _CLOSE_ON_EXEC = 1, 6, 1
_MOUNT_ATTR_IDMAP = 0x0010_0000
_FIRST, _COUNT = 1_879_048_192, 65_536
_PATIENCE = 5.0


def manifests(*, possible: bool) -> list[dict[str, object]]:
    """Return what makes the API server put pods that do not say otherwise into user namespaces, where possible.

    Pods that share a namespace with the node cannot have one; no tenant may have such.
    """
    shared = ("hostNetwork", "hostPID", "hostIPC")
    alone = " && ".join(f"!object.spec.?{name}.orValue(false)" for name in shared)
    policy: dict[str, object] = {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "MutatingAdmissionPolicy",
        "metadata": {"name": _NAME},
        "spec": {
            "failurePolicy": "Fail",
            "reinvocationPolicy": "Never",
            "matchConstraints": {
                "resourceRules": [
                    {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
                ]
            },
            "matchConditions": [{"name": "not-said", "expression": f"!has(object.spec.hostUsers) && {alone}"}],
            "mutations": [
                {
                    "patchType": "ApplyConfiguration",
                    "applyConfiguration": {"expression": "Object{spec: Object.spec{hostUsers: false}}"},
                }
            ],
        },
    }
    binding: dict[str, object] = {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "MutatingAdmissionPolicyBinding",
        "metadata": {"name": _NAME},
        "spec": {"policyName": _NAME, "matchResources": {"namespaceSelector": {} if possible else _SELECTED}},
    }
    return [policy, binding]


_FILE_SYSTEMS = {"the state's file system": "hệ tệp của trạng thái", "tmpfs": "tmpfs"}
"""What is tried, with its name in Vietnamese."""


def missing(folder: Path) -> Text | None:
    """Try it, leaving nothing behind: return None where pods with volumes below `folder` can have user namespaces.

    Else return what is refused. To be called by root.
    """
    try:
        with _user_namespace() as namespace:
            for what, made in (("the state's file system", partial(_clone, folder)), ("tmpfs", _tmpfs)):
                mount = made()
                try:
                    _shift(mount, namespace, what)
                finally:
                    os.close(mount)
    except OSError as error:
        reason, what = refusal(error), str(error.filename)
        if what not in _FILE_SYSTEMS:
            return Text(f"{what}: {reason.en}", f"{what}: {reason.vi}")
        return Text(
            f"{what}: shifted numbers are refused ({reason.en})",
            f"{_FILE_SYSTEMS[what]}: số người dùng chuyển đổi bị từ chối ({reason.vi})",
        )
    return None


@contextmanager
def _user_namespace() -> Iterator[int]:
    """Give the descriptor of a user namespace whose numbers are shifted."""
    with subprocess.Popen(
        ["unshare", "--user", "--", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as holder:
        try:
            folder = Path(f"/proc/{holder.pid}")
            end = time.monotonic() + _PATIENCE
            while (folder / "ns" / "user").readlink() == Path("/proc/self/ns/user").readlink():
                if holder.poll() is not None or time.monotonic() > end:
                    raise OSError(errno.EPERM, os.strerror(errno.EPERM), "user namespaces")
                time.sleep(0.002)
            for name in ("uid_map", "gid_map"):
                (folder / name).write_text(f"0 {_FIRST} {_COUNT}")
            descriptor = os.open(folder / "ns" / "user", os.O_RDONLY | os.O_CLOEXEC)
            try:
                yield descriptor
            finally:
                os.close(descriptor)
        finally:
            holder.kill()


def _clone(folder: Path) -> int:
    return _called("the state's file system", _OPEN_TREE, _AT_FDCWD, os.fsencode(folder), _CLONE | os.O_CLOEXEC)


def _tmpfs() -> int:
    made = _called("tmpfs", _FSOPEN, b"tmpfs", _CLOSE_ON_EXEC)
    try:
        _called("tmpfs", _FSCONFIG, made, _CREATE, None, None, 0)
        return _called("tmpfs", _FSMOUNT, made, _CLOSE_ON_EXEC, 0)
    finally:
        os.close(made)


def _shift(mount: int, namespace: int, what: str) -> None:
    """Show a mount that is nowhere attached under the namespace's numbers."""
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_IDMAP, 0, 0, namespace)
    _called(what, _MOUNT_SETATTR, mount, b"", _AT_EMPTY_PATH, attributes, ctypes.sizeof(attributes))


def _called(what: str, number: int, *arguments: object) -> int:
    """Make a system call; raise OSError with `what` in place of a file's name where it fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    typed = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result = int(libc.syscall(ctypes.c_long(number), *typed))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)
    return result
