"""Which cloud a command works on: the one that the shell names, else the embedded one."""

from __future__ import annotations

import os

from rich.console import Console

from govcloud.errors import EnvironmentProblem, Problem, Text
from govcloud.fleet.contexts import contexts
from govcloud.local import environment, settings
from govcloud.local.paths import state_folder

__all__ = ["enter_cloud", "known_contexts"]


def enter_cloud(console: Console) -> None:
    """Make this process use the cloud of the shell's KUBECONFIG and PULUMI_BACKEND_URL, else the embedded cloud.

    Raises EnvironmentProblem when neither is there.
    """
    if "PULUMI_BACKEND_URL" in os.environ and "KUBECONFIG" in os.environ:
        return
    found = settings.load(state_folder())
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
    os.environ.update(environment.variables(found, os.environ.get("PATH", os.defpath)))
    console.print(f"Embedded cloud of {found.state}", style="dim", highlight=False)


def known_contexts() -> frozenset[str] | None:
    """Return the contexts of the cloud that a command would work on; None where there is no cloud to work on."""
    if "KUBECONFIG" in os.environ:
        return contexts()
    found = settings.load(state_folder())
    if found is None:
        return None
    return contexts(environment.variables(found, os.environ.get("PATH", os.defpath))["KUBECONFIG"])
