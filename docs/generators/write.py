"""Write the generated pages of docs/, or with --check say which are not what the code says.

Usage: python docs/generators/write.py [--check]. The exit code is 1 where a page is stale, or words for it are missing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import administration
import command_line
import controls
import decisions
import error_codes
import object_stores
import variables
from sources import ROOT

from govcloud.country import reference


def _declarations() -> dict[str, str]:
    return {f"reference/{name}": page for name, page in reference.pages().items()}


GENERATORS: tuple[Callable[[], Mapping[str, str]], ...] = (
    administration.pages,
    command_line.pages,
    controls.pages,
    decisions.pages,
    _declarations,
    error_codes.pages,
    object_stores.pages,
    variables.pages,
)
"""Each returns pages by their names below docs/."""


def main() -> int:
    """Write or compare every page; return the exit code."""
    stale = []
    for generator in GENERATORS:
        try:
            found = generator()
        except ValueError as error:
            print(f"{generator.__module__}: {error}", file=sys.stderr)
            stale.append(generator.__module__)
            continue
        for name, page in found.items():
            file = ROOT / "docs" / name
            if file.exists() and file.read_text(encoding="utf-8") == page:
                continue
            if "--check" in sys.argv[1:]:
                print(f"docs/{name} is stale: run `make pages`", file=sys.stderr)
                stale.append(name)
            else:
                file.write_text(page, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
