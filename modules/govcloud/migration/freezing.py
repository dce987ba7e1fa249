"""Whether nobody can write into a bucket any more: by all policies, and tried with the keys of those who could."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from govcloud.holdings.rights import standings
from govcloud.migration import problems
from govcloud.migration.way import Way
from govcloud.providers.storage import content
from govcloud.providers.storage.decision import Decision
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.view import View
from govcloud_base.errors import Problem, Text

__all__ = ["unfinished", "writers"]

_WRITING = ("write", "delete", "erase")


def writers(way: Way, view: View, own: Collection[str], key_of: Callable[[str], AccessKey | None]) -> Iterator[Problem]:
    """Yield who can still change what the source holds (GC-MOVE-008), and whose key could not be tried (009).

    `own` are the identities that the bucket's tenant has, which must be tried: what a store does counts, not what its
    policies say. Whoever makes and removes all of this, the provisioner, is left out.

    Raises CloudError where the store cannot be read.
    """
    tried = set()
    for standing in standings(way.source, view, way.bucket, key_of):
        can = [right for right in _WRITING if standing.tried.get(right)]
        may = [right for right in _WRITING if standing.computed[right] is not Decision.REFUSED]
        if can or may:
            yield problems.still_writing(way.bucket, standing.name, can or may)
        if {"write", "delete"} <= standing.tried.keys():
            tried.add(standing.name)
    for name in sorted(set(own) - tried):
        yield problems.untried(way.bucket, name)


def unfinished(way: Way) -> list[str]:
    """Return the keys of uploads that were begun and not ended: nobody can end them now. Raises CloudError."""
    with way.source.reported(Text(f"listing the uploads of {way.bucket}", f"việc liệt kê lượt tải lên {way.bucket}")):
        return [upload.key for upload in content.uploads(way.source.s3, way.bucket)]
