"""From recipes to archives of images, built into the cache; the same packages make the same image, byte by byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from govcloud.images import archive, debian
from govcloud.images.layer import Layer
from govcloud.images.recipe import Recipe
from govcloud.model.image_lock import LockedPackage
from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text

__all__ = ["Report", "build", "newest"]

Report = Callable[[Text], None]
"""Told what takes a while."""


def build(recipe: Recipe, cache: Path, report: Report, locked: Mapping[str, LockedPackage] | None = None) -> Path:
    """Return the archive of an image, building it where the cache lacks it.

    With `locked` it is made of exactly these packages, else of those that the machine's package lists name when it is
    built first. Raises EnvironmentProblem when a package can't be had or the disk is full.
    """
    with _folder(cache) as folder:
        file = folder / f"{recipe.key(locked)}.tar"
        if not file.exists():
            report(Text(f"building the image {recipe.name}", f"đang tạo ảnh {recipe.name}"))
            layer, packages = _layer(recipe, folder / "debian", locked)
            archive.write(recipe, layer, packages, file)
    return file


def newest(recipe: Recipe, cache: Path) -> dict[str, LockedPackage]:
    """Return the packages of which an image would be made now, by package lists that are fetched for it.

    Raises EnvironmentProblem when lists or packages can't be had or the disk is full.
    """
    with _folder(cache) as folder:
        files = debian.fetch(recipe.packages, folder / "debian", newest=True)
        return {found.name: found.locked for found in debian.named(files) if found.name not in recipe.without}


@contextmanager
def _folder(cache: Path) -> Iterator[Path]:
    """Give the cache's folder of images. Raises EnvironmentProblem for what the disk refuses meanwhile."""
    folder = cache / "images"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
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


def _layer(
    recipe: Recipe, folder: Path, locked: Mapping[str, LockedPackage] | None
) -> tuple[Layer, dict[str, LockedPackage]]:
    """Return the image's file tree, and the packages that it is made of."""
    layer = Layer()
    layer.add_base()
    packages: dict[str, LockedPackage] = {}
    if recipe.packages:
        files = debian.fetch(recipe.packages, folder) if locked is None else debian.fetch_locked(locked, folder)
        for package in sorted(debian.named(files), key=lambda found: found.name):
            if package.name not in recipe.without:
                packages[package.name] = package.locked
                for entry, data in debian.members(package.file):
                    layer.add_package_entry(entry, data)
    layer.compile_python()
    for path, text in recipe.files.items():
        layer.add_file(path, text.encode())
    for path, source in recipe.copies.items():
        layer.add_file(path, source.read_bytes(), 0o755)
    for path, target in recipe.links.items():
        layer.add_link(path, target)
    return layer, packages
