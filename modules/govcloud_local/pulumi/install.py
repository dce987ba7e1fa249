"""Put Pulumi and its parts into a cloud's state: official ones where they are, ours where they are absent.

===============================================  ========================================================
`<state>/bin/pulumi`                             a script that clears what killed runs left, then runs the CLI
`<state>/bin/kubectl`, `weed`                    links
`<state>/bin/uv`                                 a link, where PATH has none and this checkout brought its own
`<state>/engine/pulumi`                          the CLI: a link beside which the engine finds the host
`<state>/engine/pulumi-language-python[-exec]`   our language host; absent where there is an official one
`<state>/pulumi/plugins/resource-kubernetes-v…`  a link to the official plugin, or a script that starts ours
`<state>/pulumi/plugins/resource-govcloud-v…`    a script that starts this project's own plugin
===============================================  ========================================================
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from govcloud_base.errors import EnvironmentProblem, Problem, Text, UsageError
from govcloud_base.replacement import replacement
from govcloud_local import private_file
from govcloud_local.pulumi import official, parts, plugin_start
from govcloud_local.pulumi.parts import Part, PartOrigin
from govcloud_offline.host import program

if TYPE_CHECKING:
    from govcloud_local.settings import Settings
    from govcloud_local.toolchain import Tool

__all__ = ["MODES", "TOOLS", "install", "install_host", "install_kubernetes", "install_own_plugin", "mode", "renew"]

TOOLS = ("pulumi", "kubectl", "weed")
"""Tools that `install` wants among its `tools`."""

MODES = ("auto", "official", "offline")

_PLUGINS = {
    "pulumi-resource-govcloud": "govcloud.providers.storage",
    "pulumi-resource-kubernetes": "govcloud_offline.kubernetes",
}
"""Modules of the plugins, by the names of their executables."""

_EXECUTABLE = 0o700
_NOTE = "# Written by `govcloud local up`; do not edit."


def install(settings: Settings, tools: Mapping[str, Tool]) -> list[Part]:
    """Fill `<state>/bin` and `<state>/pulumi` and return which parts are whose. Quick when nothing changed.

    Raises UsageError for a wrong GOVCLOUD_PULUMI_KUBERNETES, EnvironmentProblem where it says `official` and the
    plugin cannot be had, or where the official language host lacks uv.
    """
    wanted = mode(os.environ)
    folder = private_file.folder(settings.bin)
    engine = private_file.folder(settings.state / "engine")
    home = private_file.folder(settings.state / "pulumi")
    host = install_host(engine, _behind(tools["pulumi"].path))
    private_file.write(folder / "pulumi", _entrance(engine / "pulumi", settings.state / "pulumi-state"), _EXECUTABLE)
    for name in ("kubectl", "weed"):
        if name in tools and tools[name].path.parent != folder:
            _link(folder / name, tools[name].path)
    install_uv(folder, needed=host.origin is PartOrigin.OFFICIAL)
    install_own_plugin(home)
    found = [host, install_kubernetes(home, engine / "pulumi", wanted)]
    parts.save(settings.state, found)
    return found


def mode(environment: Mapping[str, str]) -> str:
    """Return GOVCLOUD_PULUMI_KUBERNETES: which Kubernetes plugin to use, `auto` when unset."""
    said = environment.get("GOVCLOUD_PULUMI_KUBERNETES") or "auto"
    if said in MODES:
        return said
    raise UsageError(
        Problem(
            code="GC-PULUMI-006",
            message=Text(
                "GOVCLOUD_PULUMI_KUBERNETES does not name a way to get the Kubernetes plugin",
                "GOVCLOUD_PULUMI_KUBERNETES không phải là một cách lấy plugin Kubernetes",
            ),
            value=said,
            allowed=" | ".join(MODES),
            fix=Text("unset it, or set it to one of these", "bỏ biến này, hoặc đặt một trong các giá trị trên"),
        )
    )


def install_host(folder: Path, pulumi: Path) -> Part:
    """Put the CLI into `folder`, with our language host beside it where no official one is found.

    The engine looks for the host beside its own executable, links resolved. With a host shipped beside the CLI, a
    symbolic link therefore finds everything that came with it; without, the CLI must itself be in `folder`.
    """
    private_file.folder(folder)
    cli, host, executor = folder / "pulumi", folder / official.HOST, folder / f"{official.HOST}-exec"
    elsewhere = {"PATH": os.pathsep.join(p for p in os.get_exec_path() if Path(p) != folder)}
    found = official.find_host(pulumi, elsewhere)
    if found is not None and found.parent == pulumi.resolve().parent:
        _link(cli, pulumi.resolve())
        host.unlink(missing_ok=True)
        executor.unlink(missing_ok=True)
        return Part("language-host", PartOrigin.OFFICIAL, "", str(found))
    _place(cli, pulumi)
    if found is not None:
        executor.unlink(missing_ok=True)
        _link(host, found)
        return Part("language-host", PartOrigin.OFFICIAL, "", str(found))
    _write_host(host, executor)
    version = importlib.metadata.version("govcloud-offline")
    return Part("language-host", PartOrigin.OFFLINE, version, str(host), "no official host beside pulumi or on PATH")


def renew(settings: Settings) -> None:
    """Write anew the scripts of ours that are there: after an update, the files that they name may lie elsewhere."""
    engine, home = settings.state / "engine", settings.state / "pulumi"
    host = engine / official.HOST
    if official.is_offline_part(host):
        _write_host(host, engine / f"{official.HOST}-exec")
    for file in sorted(home.glob("plugins/resource-*/pulumi-resource-*")):
        plugin = _PLUGINS.get(file.name)
        if plugin and official.is_offline_part(file) and not file.is_symlink():
            private_file.write(file, _starter(home, plugin), _EXECUTABLE)


def install_uv(folder: Path, *, needed: bool) -> None:
    """Put a link to uv into `folder` where PATH has none: the official language host runs `uv sync` before each run.

    Raises EnvironmentProblem where it is `needed` and there is none.
    """
    link = folder / "uv"
    elsewhere = os.pathsep.join(p for p in os.get_exec_path() if Path(p) != folder)
    found = official.find_uv({**os.environ, "PATH": elsewhere})
    if found is not None and shutil.which("uv", path=elsewhere) is None:
        _link(link, found)
        return
    link.unlink(missing_ok=True)
    if found is None and needed:
        raise EnvironmentProblem(_no_uv())


def install_own_plugin(home: Path) -> Path:
    """Put the starter of this project's own resource plugin into Pulumi's home folder and return it."""
    version = importlib.metadata.version("govcloud")
    file = official.plugin_folder(home, "govcloud", version) / "pulumi-resource-govcloud"
    private_file.write(file, _starter(home, _PLUGINS[file.name]), _EXECUTABLE)
    return file


def install_kubernetes(home: Path, pulumi: Path, wanted: str) -> Part:
    """Put the Kubernetes plugin of the SDK's version into Pulumi's home folder: official, or ours.

    `wanted` is one of MODES. In `auto`, Pulumi itself is asked for the official plugin once; the answer is kept in
    the cache. Raises EnvironmentProblem where `official` is wanted and it cannot be had.
    """
    version = importlib.metadata.version("pulumi-kubernetes")
    file = official.plugin_folder(home, "kubernetes", version) / "pulumi-resource-kubernetes"
    reason = "GOVCLOUD_PULUMI_KUBERNETES=offline"
    if wanted != "offline":
        found, reason = _official_kubernetes(home, pulumi, version, wanted)
        if found is not None:
            if found != file:
                _link(file, found)
            return Part("kubernetes", PartOrigin.OFFICIAL, version, str(found))
        if wanted == "official":
            raise EnvironmentProblem(_no_official_plugin(version, reason))
    private_file.write(file, _starter(home, _PLUGINS[file.name]), _EXECUTABLE)
    return Part("kubernetes", PartOrigin.OFFLINE, version, str(file), reason)


def _official_kubernetes(home: Path, pulumi: Path, version: str, wanted: str) -> tuple[Path | None, str]:
    """Return the official plugin, else why there is none."""
    fetched = official.fetched()
    found = official.find_plugin("kubernetes", version, official.homes(home, os.environ), os.environ)
    if found is not None:
        return found, ""
    refused = official.refusal(fetched, "kubernetes", version)
    if refused is None or wanted == "official":
        refused = official.acquire_plugin(pulumi, "kubernetes", version, fetched)
    if refused is not None:
        return None, refused
    return official.find_plugin("kubernetes", version, [fetched], {}), "Pulumi fetched no plugin for this machine"


def _no_uv() -> Problem:
    return Problem(
        code="GC-PULUMI-008",
        message=Text(
            "Pulumi's official language host runs this project through uv, and there is no uv",
            "máy chủ ngôn ngữ chính thức của Pulumi chạy dự án này qua uv, nhưng máy không có uv",
        ),
        fix=Text(
            "install uv and put it on PATH, or start this through `uv run` or `make`",
            "cài uv và đặt vào PATH, hoặc chạy lệnh này qua `uv run` hay `make`",
        ),
    )


def _no_official_plugin(version: str, reason: str) -> Problem:
    return Problem(
        code="GC-PULUMI-007",
        message=Text(
            f"the official Pulumi plugin for Kubernetes {version} cannot be had: {reason}",
            f"không lấy được plugin Kubernetes {version} chính thức của Pulumi: {reason}",
        ),
        value="GOVCLOUD_PULUMI_KUBERNETES=official",
        fix=Text(
            f"run `pulumi plugin install resource kubernetes {version}` where there is Internet access and put "
            "the plugin on PATH, or set GOVCLOUD_PULUMI_KUBERNETES=auto",
            f"chạy `pulumi plugin install resource kubernetes {version}` ở nơi có Internet rồi đặt plugin vào "
            "PATH, hoặc đặt GOVCLOUD_PULUMI_KUBERNETES=auto",
        ),
    )


def _write_host(host: Path, executor: Path) -> None:
    private_file.write(executor, program.EXECUTOR.read_text(encoding="utf-8"), _EXECUTABLE)
    private_file.write(host, _script("-m", "govcloud_offline.host", "--use-executor", str(executor)), _EXECUTABLE)


def _script(*arguments: str) -> str:
    """Return a script that runs this Python isolated from the caller's PYTHON* variables and folder.

    A shell script, because a `#!` line takes neither spaces in the path nor several arguments.
    """
    command = " ".join(shlex.quote(part) for part in (sys.executable, "-I", *arguments))
    return f'#!/bin/sh\n{_NOTE}\nexec {command} "$@"\n'


def _starter(home: Path, plugin: str) -> str:
    """Return a script that starts the plugin with that module, from the plugin server of the cloud where it runs."""
    return _script("-S", plugin_start.__file__, str(home.parent), plugin)


def _entrance(pulumi: Path, backend: Path) -> str:
    """Return the `pulumi` that people run: nearly always all is well, and it costs a look into two folders."""
    cli, state = shlex.quote(str(pulumi)), shlex.quote(str(backend / ".pulumi"))
    clear = f"{shlex.quote(sys.executable)} -I -m govcloud.fleet.interruption {cli}"
    return f"""#!/bin/sh
{_NOTE}
# Runs that were killed leave locks that never expire, a full disk half a state: those are cleared first.
gc_doubt=
for gc_file in {state}/locks/*/*/*/*; do
  if [ -e "$gc_file" ]; then gc_doubt=yes; fi
  break
done
for gc_file in {state}/stacks/*/*.json; do
  if [ -e "$gc_file" ] && [ ! -s "$gc_file" ]; then gc_doubt=yes; fi
done
case $(tail -qc1 {state}/stacks/*/*.json 2>/dev/null) in *[!}}]*) gc_doubt=yes ;; esac
if [ "$gc_doubt" ]; then {clear}; fi
exec {cli} "$@"
"""


def _behind(pulumi: Path) -> Path:
    """Return the CLI that an entrance leads to: PATH may offer this cloud's or another's."""
    with pulumi.open("rb") as file:
        if file.read(2) != b"#!":
            return pulumi
    lines = pulumi.read_text(encoding="utf-8").splitlines()
    return Path(shlex.split(lines[-1])[1]) if _NOTE in lines else pulumi


def _link(link: Path, target: Path) -> None:
    """Make a symbolic link, replacing what was there."""
    with contextlib.suppress(OSError):
        if link.readlink() == target:
            return
    private_file.folder(link.parent)
    with replacement(link) as begun:
        begun.symlink_to(target)


def _place(file: Path, source: Path) -> None:
    """Make `file` the same file as `source`, or a copy where the file system or the owner forbids hard links."""
    source = source.resolve()
    with contextlib.suppress(OSError):
        there, wanted = file.lstat(), source.stat()
        same_copy = (there.st_size, there.st_mtime_ns) == (wanted.st_size, wanted.st_mtime_ns)
        if os.path.samestat(there, wanted) or same_copy:
            return
    with replacement(file) as begun:
        try:
            os.link(source, begun)
        except OSError:
            shutil.copy2(source, begun)
            begun.chmod(0o700)
