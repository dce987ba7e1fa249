"""The policy pack where Pulumi can start it: beside an environment that has what it imports."""

from __future__ import annotations

import functools
import sys
import tempfile
from pathlib import Path

from govcloud.folders import carried

__all__ = ["policy_pack"]

_MANIFEST = "PulumiPolicy.yaml"
_PROGRAM = "__main__.py"


def policy_pack() -> Path:
    """Return the folder of the policy pack, for `pulumi --policy-pack`.

    A checkout's pack names the checkout's environment. An installed one can't know where it will lie, so it is started
    through a folder that names the environment of this process, and is removed at the end of it.
    """
    pack = carried("policies") / "crossguard"
    if (pack.parents[1] / ".venv").is_dir():
        return pack
    return Path(_launcher(pack).name)


@functools.cache
def _launcher(pack: Path) -> tempfile.TemporaryDirectory[str]:
    import yaml

    folder = tempfile.TemporaryDirectory(prefix="govcloud-pack-")
    manifest = yaml.safe_load((pack / _MANIFEST).read_text(encoding="utf-8"))
    manifest["runtime"]["options"]["virtualenv"] = sys.prefix
    (Path(folder.name) / _MANIFEST).write_text(yaml.safe_dump(manifest), encoding="utf-8")
    program = f"import runpy\n\nrunpy.run_path({str(pack)!r}, run_name='__main__')\n"
    (Path(folder.name) / _PROGRAM).write_text(program, encoding="utf-8")
    return folder
