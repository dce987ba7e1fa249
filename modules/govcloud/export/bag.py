"""What stands beside the content of a bag: RFC 8493's own files, and the list of objects."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from govcloud.export.unfinished import written
from govcloud.report.signature import fingerprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "DECLARATION",
    "DECLARED",
    "FORMAT",
    "INFO",
    "MANIFEST",
    "OBJECTS",
    "SIGNATURE",
    "TAG_MANIFEST",
    "UNSIGNED",
    "About",
    "information",
    "lines_of",
    "seal",
]

FORMAT: Final = "govcloud-export/1"
DECLARATION: Final = "bagit.txt"
INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
SIGNATURE: Final = f"{TAG_MANIFEST}.sig"
OBJECTS: Final = "govcloud/objects.jsonl"
UNSIGNED: Final = "unsigned"
DECLARED: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_READ: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class About:
    """Whose bucket it is, and what of it is in the bag."""

    country: str
    tenant: str
    agency: str
    """Code of the agency."""
    title: str
    """Its name."""
    environment: str
    cloud: str
    bucket: str
    newest: bool
    """Whether only what a reader gets is in it, and nothing that was overwritten or deleted."""

    def head(self) -> dict[str, object]:
        """Return by what a run knows that an unfinished bag is of the same export."""
        return {"format": FORMAT, "cloud": self.cloud, "bucket": self.bucket, "newest": self.newest}


def information(
    about: About,
    amounts: Mapping[str, int],
    began: datetime.datetime,
    finished: datetime.datetime,
    key: Ed25519PrivateKey | None,
) -> str:
    """Return `bag-info.txt`. `amounts` are files, bytes, markers."""
    which = "what a reader gets" if about.newest else "all versions and markers of deletions"
    rows = {
        "Source-Organization": f"{about.title} ({about.agency})",
        "External-Identifier": about.bucket,
        "External-Description": f"Bucket {about.bucket} of tenant {about.tenant}, cloud {about.cloud}: {which}",
        "Bagging-Date": finished.date().isoformat(),
        "Payload-Oxum": f"{amounts['bytes']}.{amounts['files']}",
        "GovCloud-Format": FORMAT,
        "GovCloud-Country": about.country,
        "GovCloud-Tenant": about.tenant,
        "GovCloud-Environment": about.environment,
        "GovCloud-Cloud": about.cloud,
        "GovCloud-Content": "newest" if about.newest else "all",
        "GovCloud-Markers": str(amounts["markers"]),
        "GovCloud-Began": began.isoformat(timespec="seconds"),
        "GovCloud-Finished": finished.isoformat(timespec="seconds"),
        "GovCloud-Signing-Key": fingerprint(key.public_key()) if key else UNSIGNED,
    }
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in rows.items())


def seal(
    folder: Path,
    information: str,
    objects: Iterable[str],
    digests: Iterable[tuple[str, str]],
    key: Ed25519PrivateKey | None,
) -> str:
    """Write what stands beside the content, the manifests after all that they name and the signature last.

    Returns the digest of the manifest of tag files, which stands for all of the bag. Raises OSError where the disk
    refuses.
    """
    texts: dict[str, Iterable[bytes]] = {
        DECLARATION: (DECLARED,),
        INFO: (information.encode(),),
        OBJECTS: (f"{line}\n".encode() for line in objects),
        MANIFEST: (f"{digest}  {path}\n".encode() for path, digest in digests),
    }
    tags: dict[str, str] = {}
    for name, pieces in texts.items():
        tags[name] = _put(folder / name, pieces)
    rows = "".join(f"{digest}  {name}\n" for name, digest in sorted(tags.items())).encode()
    digest = _put(folder / TAG_MANIFEST, (rows,))
    if key is not None:
        _put(folder / SIGNATURE, (key.sign(rows),))
    return digest


def lines_of(manifest: IO[bytes]) -> Iterator[tuple[str, str] | None]:
    """Yield path and digest of each line of a manifest; None for a line that is none. Raises OSError.

    Nothing is decoded: no path of ours has what RFC 8493 wants encoded.
    """
    while line := manifest.readline(_READ):
        try:
            digest, path = line.decode().rstrip("\r\n").split(maxsplit=1)
        except ValueError:
            yield None
        else:
            yield path, digest


def _put(file: Path, pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    with written(file) as stream:
        for piece in pieces:
            digest.update(piece)
            stream.write(piece)
    return digest.hexdigest()
