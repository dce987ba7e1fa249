"""From recipes to images that the node can start: built into the cache, imported where absent."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from govcloud.refusal import refusal
from govcloud_base.errors import CloudError, EnvironmentProblem, Problem, Text
from govcloud_local.daemons.component import Report
from govcloud_local.node.images import archive, debian
from govcloud_local.node.images.layer import Layer
from govcloud_local.node.images.recipe import Recipe

__all__ = ["build", "load"]

_PINNED = "io.cri-containerd.pinned=pinned"  # never removed to make room: it can't be pulled again
_PATIENCE = 600.0
"""Seconds that the runtime may take for one image: a second on an idle machine, minutes on an emulated one."""


def build(recipes: Iterable[Recipe], cache: Path, report: Report) -> dict[str, Path]:
    """Return each image's archive by its name, building those that the cache lacks.

    Raises EnvironmentProblem when a package can't be had or the disk is full.
    """
    folder = cache / "images"
    found = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for recipe in recipes:
            file = folder / f"{recipe.key()}.tar"
            if not file.exists():
                report(Text(f"building the image {recipe.name}", f"đang tạo ảnh {recipe.name}"))
                archive.write(recipe, _layer(recipe, folder / "debian"), file)
            found[recipe.name] = file
    except OSError as error:
        raise EnvironmentProblem(
            Problem(
                code="GC-NODE-021",
                message=Text("cannot build the cloud's images", "không tạo được ảnh của đám mây"),
                fix=Text(
                    f"check the space and rights of {folder}, or use another folder: `export GOVCLOUD_CACHE=/path`",
                    f"hãy kiểm tra dung lượng và quyền của {folder}, hoặc dùng thư mục khác: "
                    "`export GOVCLOUD_CACHE=/đường/dẫn`",
                ),
                value=refusal(error),
            )
        ) from None
    return found


def load(archives: Mapping[str, Path], ctr: Path, socket: Path) -> list[str]:
    """Import into the runtime behind `socket` what it does not have yet; return the names imported.

    Raises CloudError with the runtime's own words when it refuses.
    """
    present = _listed(_ctr(ctr, socket, ["images", "list"]))
    missing = [name for name, file in archives.items() if present.get(name) != archive.digest(file)]
    for name in missing:
        # runs in the machine's mount namespace and streams the file: the cache need not be visible in the node
        _ctr(ctr, socket, ["images", "import", "--digests=false", str(archives[name])])
        _ctr(ctr, socket, ["images", "label", name, _PINNED])
    return missing


def _layer(recipe: Recipe, folder: Path) -> Layer:
    layer = Layer()
    layer.add_base()
    if recipe.packages:
        for file in debian.fetch(recipe.packages, folder):
            if file.name.partition("_")[0] not in recipe.without:
                for entry, data in debian.members(file):
                    layer.add_package_entry(entry, data)
    layer.compile_python()
    for path, text in recipe.files.items():
        layer.add_file(path, text.encode())
    for path, source in recipe.copies.items():
        layer.add_file(path, source.read_bytes(), 0o755)
    for path, target in recipe.links.items():
        layer.add_link(path, target)
    return layer


def _listed(output: str) -> dict[str, str]:
    """Return {name: digest} from `ctr images list`."""
    rows = (line.split() for line in output.splitlines()[1:])
    return {row[0]: row[2] for row in rows if len(row) > 2}


def _ctr(ctr: Path, socket: Path, arguments: Sequence[str]) -> str:
    result = None
    with contextlib.suppress(subprocess.TimeoutExpired):
        result = subprocess.run(
            [str(ctr), "--address", str(socket), "--namespace", "k8s.io", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    if result is None or result.returncode != 0:
        raise CloudError(
            Problem(
                code="GC-NODE-022",
                message=Text("the node does not take an image", "nút không nhận ảnh"),
                fix=Text(
                    "look into the runtime's log: `govcloud local logs containerd`",
                    "hãy xem nhật ký của containerd: `govcloud local logs containerd`",
                ),
                value=_complaint(result),
            )
        )
    return result.stdout


def _complaint(result: subprocess.CompletedProcess[str] | None) -> str | Text | None:
    if result is None:
        return Text(f"no answer within {_PATIENCE:.0f} s", f"không trả lời trong {_PATIENCE:.0f} giây")
    lines = result.stderr.strip().splitlines()
    return lines[-1] if lines else None
