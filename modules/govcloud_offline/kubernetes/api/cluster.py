"""The cluster that a provider works on: reached in the background, shared by all its resources."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from govcloud_base.discovery import Served
from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.configuration import Settings
from govcloud_offline.kubernetes.api.discovery import Discovery, NoSuchKindError
from govcloud_offline.kubernetes.api.kubeconfig import Access, Kubeconfig, KubeconfigError
from govcloud_offline.kubernetes.api.openapi import OpenApi, ServedTypes
from govcloud_offline.kubernetes.api.schemas import Document, defined_by
from govcloud_offline.kubernetes.inputs.field_types import Types
from govcloud_offline.kubernetes.inputs.kinds import Kind
from govcloud_offline.kubernetes.inputs.manifest import Manifest

if TYPE_CHECKING:
    from govcloud_offline.kubernetes.api.client import Client

__all__ = ["CancelledError", "Cluster"]

_REFUSED: Final = (401, 404)


class CancelledError(Exception):
    """The user interrupted the update."""


class Cluster:
    """One API server as configured. Constructing it starts the connection; whoever needs it waits for it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.default_namespace = settings.namespace
        self.types: Types = ServedTypes(self._document)
        """What the fields of objects hold; the server is asked only about what we do not know, if it can be."""
        self.missing_namespaces: set[str] = set()
        """Namespaces that were not there when a preview asked: it need not ask again for every object in them."""
        self._access: Access | None = None
        self._client: Client | None = None
        self._discovery: Discovery | None = None
        self._openapi: OpenApi | None = None
        self._unreachable = ""
        self._cancelled = threading.Event()
        self._connected = threading.Event()
        self._namespaces: set[str] = set()
        self._namespaced: dict[tuple[str, str], bool] = {}  # by group and kind
        self._defined: dict[str, Document] = {}
        self._redefined: set[str] = set()
        try:
            given = settings.kubeconfig
            config = Kubeconfig.of(given) if given else Kubeconfig.of_environment()
        except KubeconfigError as error:
            self._unreachable = f"the provider's kubeconfig cannot be read: {error}"
        else:
            try:
                self._access = config.access(context=settings.context, cluster=settings.cluster)
            except KubeconfigError as error:
                self._unreachable = f"the kubeconfig gives no access: {error}"
        if self._access is None:
            self._connected.set()
            return
        self.default_namespace = settings.namespace or self._access.namespace
        threading.Thread(target=self._connect, name="connect", daemon=True).start()

    def _connect(self) -> None:
        assert self._access is not None
        # Loaded here, beside the engine's first questions, which need no connection.
        from govcloud_offline.kubernetes.api.client import Client

        client = Client(self._access, self.settings.timeout)
        try:
            client.request("GET", "/version")
        except UnreachableError as error:
            self._unreachable = f"the API server does not answer: {error}"
        except ApiError as error:
            if error.code in _REFUSED:
                self._unreachable = f"the API server turns us away: {error}"
        finally:
            self._client = client
            self._discovery = Discovery(client)
            self._openapi = OpenApi(client)
            self._connected.set()

    @property
    def unreachable(self) -> str:
        """Why the cluster cannot be used; empty where it can. Waits for the connection."""
        self._connected.wait()
        return self._unreachable

    @property
    def client(self) -> Client:
        """The connection. Raises :class:`UnreachableError`."""
        if self.unreachable or self._client is None:
            raise UnreachableError(self._unreachable)
        return self._client

    def _document(self, kind: Kind) -> Document | None:
        # What the program says about a kind goes before what the server says: it is what will be.
        defined = self._defined.get(str(kind))
        if defined is not None or self.unreachable or self._openapi is None:
            return defined
        return self._openapi.document(kind.api_version)

    def resource(self, kind: Kind) -> Served:
        """Return how the server serves `kind`. Raises :class:`NoSuchKindError`, :class:`UnreachableError`, ApiError."""
        client = self.client
        assert self._discovery is not None and client is self._client
        return self._discovery.resource(kind)

    def read(self, path: str) -> Manifest:
        """Return the object at a path. Raises :class:`UnreachableError`, ApiError."""
        return Manifest.of(self.client.request("GET", path))

    def serves(self, kind: Kind) -> bool:
        """Tell whether the server has `kind` now; false where it cannot be asked.

        Raises :class:`NoSuchKindError` for a kind that it will never have.
        """
        if self.unreachable:
            return False
        try:
            self.resource(kind)
        except NoSuchKindError as error:
            if error.final:
                raise
            return False
        except (ApiError, UnreachableError):
            return False
        return True

    def namespaced(self, kind: Kind) -> bool:
        """Tell the scope of a kind; one that nobody knows yet is taken for namespaced."""
        if kind.known_scope is not None:
            return kind.known_scope
        if not self._namespaced.get((kind.group, kind.name), True):
            return False
        if self.unreachable:
            return True
        try:
            return self.resource(kind).namespaced
        except (NoSuchKindError, ApiError, UnreachableError):
            return True

    def declare(self, manifest: Manifest) -> None:
        """Remember what the program is going to make, so that what depends on it waits for it."""
        spec = manifest.spec
        if manifest.kind == Kind("", "v1", "Namespace"):
            self._namespaces.add(manifest.name)
        elif manifest.kind.name == "CustomResourceDefinition" and isinstance(spec.get("names"), dict):
            made = str(spec.get("group")), str(spec["names"].get("kind"))
            self._namespaced[made] = spec.get("scope") != "Cluster"

    def define(self, definition: Manifest) -> None:
        """Remember what a CustomResourceDefinition of the program says about the fields of its kind."""
        self._defined.update(defined_by(definition.body))

    def redefine(self, definition: Manifest) -> None:
        """Remember that the program changes a definition: until then the server judges objects by the old one."""
        self._redefined.update(defined_by(definition.body))

    def judges(self, kind: Kind) -> bool:
        """Tell whether the server's word on an object of `kind` holds for what the program is going to do."""
        return str(kind) not in self._redefined

    def expects(self, manifest: Manifest) -> bool:
        """Tell whether the program is going to make the namespace or the definition of this object."""
        kind = manifest.kind
        return (kind.group, kind.name) in self._namespaced or manifest.namespace in self._namespaces

    def cancel(self) -> None:
        """End all waiting."""
        self._cancelled.set()

    def pause(self, seconds: float) -> None:
        """Wait. Raises :class:`CancelledError`."""
        if self._cancelled.wait(seconds):
            raise CancelledError

    def close(self) -> None:
        """Close the connections."""
        if self._connected.is_set() and self._client is not None:
            self._client.close()
