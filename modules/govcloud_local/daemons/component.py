"""What the embedded cloud is made of: one daemon, and how to tell that it serves."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from govcloud_base.errors import Text
from govcloud_local.daemons.process import Namespace

__all__ = ["NODE_INIT", "Component", "Home", "Report"]

NODE_INIT = "node-init"
"""The component that owns the node's namespaces; all that is at home there ends with it."""

Report = Callable[[Text], None]
"""Takes one short line of progress."""


class Home(enum.StrEnum):
    """The namespaces that a component lives in."""

    HOST = "host"
    """The machine's own; only loopback listeners."""
    NETWORK = "network"
    """The cloud's network namespace (profile full), else the machine's own."""
    NODE = "node"
    """All namespaces of the node: network, mounts, processes, host name, IPC."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """One daemon of the embedded cloud. Components stop in the reverse of list order."""

    name: str
    """Names the log file, the process record and the row in `govcloud local status`."""
    argv: tuple[str, ...]
    """Command line; the first is an absolute path. Never holds a secret: process lists are public."""
    ready: Callable[[], Text | None]
    """Looks once and returns None when the component serves, else one line saying what is missing.

    Called from the machine's own namespaces; never blocks for more than 2 s.
    """
    environment: Mapping[str, str] = field(default_factory=dict)
    """The whole environment but PATH, HOME and locale."""
    home: Home = Home.NETWORK
    after: tuple[str, ...] | None = None
    """The components that must be ready before this one starts; None stands for all that come before it."""
    before_start: Callable[[], None] | None = None
    """Done once, right before the daemon is started; may raise GovCloudError."""
    unshare: Namespace = Namespace.NONE
    """New namespaces that the daemon gets."""
    version: str = ""
    endpoint: str = ""
    """Where it listens, for status; a URL or host:port."""
    start_seconds: float = 60.0
    """How long it may take to become ready before `up` gives up on it."""
    stop_seconds: float = 10.0
    """How long it may take after SIGTERM before SIGKILL."""
    socket_names: tuple[str, ...] = ()
    """Patterns of the paths where it may bind sockets; outside of the state each holds one of the cloud's ports."""
