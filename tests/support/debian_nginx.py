"""The nginx of the gateway's image as a process of this machine, with the configuration that the cluster mounts."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from govcloud.images import OWN, debian
from govcloud_base.user_folders import cache_folder

__all__ = ["Nginx", "unpacked"]


def unpacked(folder: Path) -> Path:
    """Unpack the packages of the gateway's image into `folder`, without installing anything; return the folder."""
    recipe = OWN["gateway"]
    for package in debian.fetch(recipe.packages, cache_folder() / "images" / "debian"):
        if package.name.partition("_")[0] not in recipe.without:
            subprocess.run(["dpkg-deb", "--extract", str(package), str(folder)], check=True)
    return folder


class Nginx:
    """One running nginx. Services' names and ports of the cluster stand for ports of the loopback interface."""

    def __init__(self, root: Path, home: Path, configuration: str, places: Mapping[str, int], own: Mapping[int, int]):
        """Start it; `places` leads from `host:port` in the configuration to a port here, `own` from each port there."""
        home.mkdir()
        text = configuration.replace("/tmp/", f"{home}/").replace("modules/", f"{root}/usr/lib/nginx/modules/")
        for place, port in places.items():
            text = text.replace(f'"{place}"', f'"127.0.0.1:{port}"')
        text = re.sub(r"listen (\d+);", lambda found: f"listen 127.0.0.1:{own[int(found[1])]};", text)
        file = home / "nginx.conf"
        file.write_text(text)
        libraries = ":".join(str(found) for found in (*root.glob("lib/*-linux-gnu"), *root.glob("usr/lib/*-linux-gnu")))
        with (home / "log").open("w") as log:
            self._process = subprocess.Popen(
                [str(root / "usr/sbin/nginx"), "-e", "stderr", "-c", str(file), "-g", "daemon off;"],
                env={"LD_LIBRARY_PATH": libraries},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        deadline = time.monotonic() + 10
        for port in own.values():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if self._process.poll() is not None or time.monotonic() > deadline:
                        raise AssertionError((home / "log").read_text()) from None
                    time.sleep(0.05)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)
