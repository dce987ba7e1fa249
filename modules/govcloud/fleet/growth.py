"""Whether a run would give a tenant more than it has: refused while nobody knows whether that is somebody else's."""

from __future__ import annotations

from collections.abc import Iterable

from govcloud.fleet.drift import Difference, DifferenceKind
from govcloud.stack import StackName
from govcloud_base.errors import GovCloudError, Problem, Text
from govcloud_base.quantity import exact

__all__ = ["refuse_growth"]


def refuse_growth(stack: StackName, found: Iterable[Difference]) -> None:
    """Raise GovCloudError where taking back what was `found` in a stack would raise what its tenant may use.

    That is a namespace or bucket that is not there, or an amount that is larger as declared than live.
    """
    grown = sorted(difference for difference in found if _grows(difference))
    if grown:
        raise GovCloudError(
            Problem(
                code="GC-STACK-008",
                message=Text(
                    f"{stack} would take more of a budget from which a tenant draws whose file cannot be read",
                    f"{stack} sẽ lấy thêm từ hạn mức mà một tenant không đọc được tệp cũng đang dùng",
                ),
                fix=Text(
                    "mend that tenant's file first; until then everybody keeps what they have",
                    "sửa tệp của tenant đó trước; đến lúc đó ai cũng giữ nguyên phần mình đang có",
                ),
                value=Text.quoted("; ".join(f"{d.subject} {d.field}".strip() for d in grown)),
            )
        )


def _grows(difference: Difference) -> bool:
    scope, _, rest = difference.subject.partition("/")
    if difference.kind is DifferenceKind.MISSING:
        return scope == "bucket" or rest.startswith("Namespace/")
    if difference.kind is not DifferenceKind.CHANGED:
        return False
    counted = rest.startswith("ResourceQuota/") and difference.field.startswith("spec.hard")
    if not counted and not (scope == "bucket" and difference.field == "quotaBytes"):
        return False
    # A limit that is live alone binds less once it is gone; one that is declared alone binds more.
    if "absent" in (difference.declared, difference.live):
        return difference.declared == "absent"
    try:
        return exact(difference.declared) > exact(difference.live)
    except ValueError:
        return True  # somebody wrote what is no amount: nobody knows
