"""The Pulumi program of this project: what it does is the package's, and whose country it is stands here."""

from pathlib import Path

from govcloud.components.program import run

run(Path(__file__).parent / "vn")
