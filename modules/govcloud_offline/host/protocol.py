"""What the language host speaks of Pulumi's protocols, and of which SDK they are."""

from __future__ import annotations

from govcloud_base.wire.protocol import language_pb2, language_pb2_grpc, plugin_pb2, sdk_folder

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2", "sdk_folder", "sdk_version"]


def sdk_version() -> str:
    """Return the SDK's version from the name of its metadata folder: quicker than parsing the metadata."""
    for folder in sdk_folder().parent.glob("pulumi-[0-9]*.dist-info"):
        return folder.name.removeprefix("pulumi-").removesuffix(".dist-info")
    return "0.0.0"
