"""Which cloud a command works on: the one that KUBECONFIG names, else one that this machine offers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from govcloud.advice import alternative
from govcloud.cli.selection import Selection
from govcloud.clouds import offered
from govcloud.clouds.connection import Connection, Connections
from govcloud.clouds.contexts import contexts, servers
from govcloud.country import Country
from govcloud_base.errors import EnvironmentProblem, GovCloudError, Problem, Text, language

__all__ = ["Connected", "connect", "enter_cloud", "known_contexts", "tell"]


def enter_cloud(console: Console, *, needed: bool = True) -> None:
    """Make this process use the cloud that KUBECONFIG names, and where it names none the embedded cloud.

    KUBECONFIG alone decides: where it leads elsewhere, nothing of the embedded cloud is taken, neither its keys nor its
    Pulumi backend. Without an embedded cloud `~/.kube/config` counts, as with kubectl. Raises EnvironmentProblem when
    there is none of them and one is `needed`.
    """
    named = os.environ.get("KUBECONFIG")
    if named:
        # Whoever is started from here works in another folder.
        named = os.pathsep.join(str(Path(part).expanduser().absolute()) for part in named.split(os.pathsep) if part)
        os.environ["KUBECONFIG"] = named
    found = offered()
    meant = found is not None and named in (None, "", found.kubeconfig)
    if named and (not meant or "PULUMI_BACKEND_URL" in os.environ):
        return
    if found is None:
        if not needed or servers():
            return
        raise EnvironmentProblem(
            Problem(
                code="GC-FLEET-003",
                message=Text(
                    en="no cloud to work on: this shell names none and no embedded cloud was started",
                    vi="chưa có đám mây để làm việc: phiên này không trỏ tới đám mây nào và đám mây nhúng chưa chạy",
                ),
                fix=alternative(
                    Text(
                        "start the embedded cloud with `govcloud local up`, or set KUBECONFIG and PULUMI_BACKEND_URL",
                        "khởi động đám mây nhúng bằng `govcloud local up`, hoặc đặt KUBECONFIG và PULUMI_BACKEND_URL",
                    ),
                    Text(
                        "set KUBECONFIG, and PULUMI_BACKEND_URL to provision",
                        "đặt KUBECONFIG, và PULUMI_BACKEND_URL khi cấp phát",
                    ),
                ),
            )
        )
    os.environ.update(found.enter(os.environ.get("PATH", os.defpath)))
    console.print(found.said.said, style="dim", highlight=False)


def tell(console: Console, country: Country, clouds: Iterable[str]) -> None:
    """Say which cluster stands behind each of `clouds`: nobody should have to guess what was looked at."""
    known = servers()
    for name in sorted(clouds):
        context = country.clouds[name].spec.cluster.context
        where = Text(
            en=f"Cloud {name}: {known.get(context) or 'no address'}, context {context}",
            vi=f"Đám mây {name}: {known.get(context) or 'không có địa chỉ'}, context {context}",
        )
        console.print(where.in_language(language()), style="dim", markup=False, highlight=False, soft_wrap=True)


def connect(console: Console, country: Country, selection: Selection, *, still: bool = False) -> Connected:
    """Say which clouds of a selection are worked on, and ask all of them at once whether they answer.

    `still` says that nobody changes them meanwhile.
    """
    tell(console, country, selection.clouds)
    connections = Connections(country.clouds, selection.clouds, still=still)
    return Connected(connections, connections.silent())


@dataclass(frozen=True)
class Connected:
    """The clouds of a run: those that answer, and those that do not, with the reason."""

    connections: Connections
    silent: Mapping[str, GovCloudError]

    def answering(self) -> list[Connection]:
        """Return the connections to the clouds that answer, by name."""
        return [self.connections[name] for name in self.connections if name not in self.silent]

    @property
    def lost(self) -> dict[str, tuple[Problem, ...]]:
        """What stands in the way of each cloud that does not answer."""
        return {name: error.problems for name, error in self.silent.items()}

    def unexamined(self, selection: Selection) -> list[Problem]:
        """Return what stands in the way of all that was asked for and lies on a cloud that was not reached."""
        return [*selection.away, *(problem for found in self.lost.values() for problem in found)]

    def close(self) -> None:
        """Release what was opened."""
        self.connections.close()


def known_contexts() -> frozenset[str] | None:
    """Return the contexts of the cloud that a command would work on; None where there is no cloud to work on."""
    if os.environ.get("KUBECONFIG"):
        return contexts()
    found = offered()
    return contexts(found.kubeconfig) if found else contexts() or None
