"""Problems of the toolchain, in the words of someone who wants a cloud and not a compiler."""

from __future__ import annotations

import errno
from pathlib import Path

from govcloud_base.user_folders import cache_folder
from govcloud_base.errors import Problem, Text
from govcloud_local.toolchain.build import BuildError
from govcloud_local.toolchain.catalogue import TOOLS, Recipe, Wheel
from govcloud_local.toolchain.tool import Rejected

__all__ = ["absent", "not_built", "unknown"]

_UNREACHABLE = (
    "dial tcp",
    "no such host",
    "i/o timeout",
    "connection refused",
    "TLS handshake",
    "connection reset",
    "unexpected EOF",
    "context deadline exceeded",
    "proxyconnect",
    "502 Bad Gateway",
    "503 Service",
    "disabled by GOPROXY=off",
    "504 Gateway",
)
_REFUSED = ("404 Not Found", "410 Gone", "403 Forbidden", "unknown revision", "no matching versions")
_NO_SPACE = ("no space left on device", "disk quota exceeded")
_ALTERED = ("checksum mismatch", "SECURITY ERROR")


def unknown(name: str) -> Problem:
    """Return the problem of a name that is in no catalogue."""
    return Problem(
        code="GC-TOOL-007",
        message=Text(en=f"there is no tool {name}", vi=f"không có công cụ {name}"),
        fix=Text(en="name one of the tools listed", vi="chọn một công cụ trong danh sách"),
        value=name,
        allowed=", ".join(TOOLS),
    )


def absent(recipe: Recipe, rejected: tuple[Rejected, ...]) -> Problem:
    """Return the problem of a tool that is not built by us and not there."""
    seen_en = "".join(f"; {item.path} {item.reason.en}" for item in rejected)
    seen_vi = "".join(f"; {item.path} {item.reason.vi}" for item in rejected)
    match recipe.source:
        case Wheel(command=command):
            code = "GC-TOOL-005"
            fix = Text(
                en=f"run `{command}`, or put {recipe.name} {recipe.accepted} on PATH",
                vi=f"chạy `{command}`, hoặc đưa {recipe.name} {recipe.accepted} vào PATH",
            )
        case _:
            raise AssertionError(recipe.source)
    return Problem(
        code=code,
        message=Text(en=f"{recipe.name} is not installed{seen_en}", vi=f"chưa cài {recipe.name}{seen_vi}"),
        fix=fix,
    )


def not_built(recipe: Recipe, error: BuildError | OSError, log: Path) -> Problem:
    """Return the problem of a build that failed: what Go said last, and the fix that fits it."""
    lines = error.lines if isinstance(error, BuildError) else [str(error)]
    said = "\n".join(lines)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or any(mark in said for mark in _NO_SPACE):
        code, cause, fix = "GC-TOOL-004", _DISK_FULL, _free_space()
    elif any(mark in said for mark in _ALTERED):
        code, cause, fix = "GC-TOOL-008", _DIFFERS, _DIFFERS_FIX
    elif any(mark in said for mark in _REFUSED):
        code, cause, fix = "GC-TOOL-002", _NOT_SERVED, _on_path(recipe, _NOT_SERVED_FIX)
    elif any(mark in said for mark in _UNREACHABLE):
        code, cause, fix = "GC-TOOL-002", _NOT_REACHED, _on_path(recipe, _NOT_REACHED_FIX)
    else:
        code, cause, fix = "GC-TOOL-001", _FAILED, _on_path(recipe, _failed_fix(log))
    tail = "".join(f"\n    {line}" for line in lines)
    return Problem(
        code=code,
        message=Text(
            en=f"{recipe.name} could not be built: {cause.en}; Go said last:{tail}",
            vi=f"không dựng được {recipe.name}: {cause.vi}; Go in ra sau cùng:{tail}",
        ),
        fix=fix,
    )


_DISK_FULL = Text(en="the disk is full", vi="ổ đĩa đã đầy")
_DIFFERS = Text(
    en="a downloaded module differs from the one that was pinned",
    vi="một mô-đun tải về khác với mô-đun đã ghim",
)
_DIFFERS_FIX = Text(
    en="don't use this source; find out who altered the module, then run `go clean -modcache`",
    vi="không dùng nguồn này; tìm ai đã sửa mô-đun, rồi chạy `go clean -modcache`",
)
_NOT_SERVED = Text(
    en="the Go module proxy does not serve a module that it needs",
    vi="proxy mô-đun Go không cung cấp một mô-đun cần thiết",
)
_NOT_SERVED_FIX = Text(en="set GOPROXY to one that does", vi="đặt GOPROXY thành nguồn có mô-đun đó")
_NOT_REACHED = Text(en="the Go module proxy could not be reached", vi="không kết nối được tới proxy mô-đun Go")
_NOT_REACHED_FIX = Text(
    en="check the network and GOPROXY, and run the command again: what was downloaded is kept",
    vi="kiểm tra mạng và GOPROXY rồi chạy lại lệnh: phần đã tải được giữ lại",
)
_FAILED = Text(en="go build failed", vi="`go build` thất bại")


def _failed_fix(log: Path) -> Text:
    return Text(en=f"read {log}", vi=f"đọc {log}")


def _on_path(recipe: Recipe, fix: Text) -> Text:
    """Add the other way out, where there is one: the official tool."""
    if recipe.ask is None:
        return fix
    return Text(
        en=f"{fix.en}; or put an official {recipe.name} {recipe.accepted} on PATH",
        vi=f"{fix.vi}; hoặc đưa bản chính thức {recipe.name} {recipe.accepted} vào PATH",
    )


def _free_space() -> Text:
    place = cache_folder()
    return Text(
        en=f"free about 14 GB for {place} and Go's caches (`go env GOCACHE GOMODCACHE`), and try again",
        vi=f"giải phóng khoảng 14 GB cho {place} và bộ đệm của Go (`go env GOCACHE GOMODCACHE`), rồi thử lại",
    )
