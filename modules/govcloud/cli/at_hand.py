"""Which cloud a command works on: the one that KUBECONFIG names, else one that this machine offers."""

from __future__ import annotations

import os
from collections.abc import Iterable

from rich.console import Console

from govcloud.clouds import offered
from govcloud.clouds.contexts import contexts, servers
from govcloud.country import Country
from govcloud_base.errors import EnvironmentProblem, Problem, Text, language

__all__ = ["enter_cloud", "known_contexts", "tell"]


def enter_cloud(console: Console) -> None:
    """Make this process use the cloud that KUBECONFIG names, and the embedded cloud where it names none.

    KUBECONFIG alone decides: where it leads elsewhere, nothing of the embedded cloud is taken, neither its keys nor its
    Pulumi backend. Raises EnvironmentProblem when neither is there.
    """
    named = os.environ.get("KUBECONFIG")
    found = offered()
    meant = found is not None and named in (None, "", found.kubeconfig)
    if named and (not meant or "PULUMI_BACKEND_URL" in os.environ):
        return
    if found is None:
        raise EnvironmentProblem(
            Problem(
                code="GC-FLEET-003",
                message=Text(
                    en="no cloud to work on: this shell names none and no embedded cloud was started",
                    vi="chưa có đám mây để làm việc: phiên này không trỏ tới đám mây nào và đám mây nhúng chưa chạy",
                ),
                fix=Text(
                    en="start the embedded cloud with `govcloud local up`, or set KUBECONFIG and PULUMI_BACKEND_URL",
                    vi="khởi động đám mây nhúng bằng `govcloud local up`, hoặc đặt KUBECONFIG và PULUMI_BACKEND_URL",
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


def known_contexts() -> frozenset[str] | None:
    """Return the contexts of the cloud that a command would work on; None where there is no cloud to work on."""
    if os.environ.get("KUBECONFIG"):
        return contexts()
    found = offered()
    return contexts(found.kubeconfig) if found else None
