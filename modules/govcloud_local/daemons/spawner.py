"""Start one daemon in its namespaces and print its process id; run as a program of its own, once per daemon.

Read from stdin: one JSON object {argv, environment, log, cwd, join: [paths of namespaces], unshare: flags}. A program
of its own because joining namespaces changes the caller, and because forking a threaded Python is unsafe. The
environment comes over stdin so that no secret shows in a process list. The daemon's parent is never the caller, so the
caller need not reap it. With CLONE_NEWPID the printed id is the one outside the new namespace.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys


def main() -> None:
    """Start the daemon that stdin describes."""
    request = json.load(sys.stdin)
    libc = ctypes.CDLL(None, use_errno=True)
    os.umask(0o077)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    handles = [os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in request["join"]]
    for path, handle in zip(request["join"], handles, strict=True):
        if libc.setns(handle, 0) != 0:
            sys.exit(json.dumps(["join", path, ctypes.get_errno()]))
    if request["unshare"] and libc.unshare(request["unshare"]) != 0:
        sys.exit(json.dumps(["unshare", request["argv"][0], ctypes.get_errno()]))
    failed, tell = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            os.dup2(nothing, 0)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.chdir(request["cwd"])
            os.execve(request["argv"][0], request["argv"], request["environment"])  # noqa: S606
        except OSError as error:
            os.write(tell, json.dumps(["start", request["argv"][0], error.errno]).encode())
        os._exit(127)
    os.close(tell)
    problem = os.read(failed, 4096)  # end of file once exec succeeded
    if problem:
        sys.exit(problem.decode())
    print(pid)


if __name__ == "__main__":
    main()
