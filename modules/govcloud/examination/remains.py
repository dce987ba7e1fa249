"""What an examination may leave behind: seen to be going, or not known to be gone, and then never kept quiet."""

from __future__ import annotations

from dataclasses import dataclass

from govcloud.model import names
from govcloud_base.errors import Problem, Text

__all__ = ["LABEL", "Remains"]

LABEL = names.label("examination")
"""On all that an examination makes; its value is the run's mark."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What had not gone when an examination had cleared up after itself."""

    mark: str
    going: tuple[str, ...] = ()
    """Seen to be going, `namespaces/…`: the cluster takes its time."""
    left: tuple[str, ...] = ()
    """Still there, or nobody could look whether it is."""
    reasons: tuple[Text, ...] = ()
    """What the cluster answered when it was asked to look, or to remove."""

    def problem(self, cloud: str) -> Problem | None:
        """Return what must be told as an error; None where everything has gone or is going."""
        if not self.left:
            return None
        kinds = "namespaces,validatingadmissionpolicies,validatingadmissionpolicybindings"
        command = f"`kubectl delete {kinds} --selector {LABEL}={self.mark}`"
        said = Text.joined(self.reasons)
        return Problem(
            code="GC-CLOUD-014",
            message=Text(
                f"on cloud {cloud} the examination may have left something behind: {said.en}",
                f"việc kiểm tra có thể còn để lại đối tượng trên đám mây {cloud}: {said.vi}",
            ),
            fix=Text(
                f"when the cluster answers again, run {command}, or `govcloud cloud check {cloud}` from this machine, "
                "which clears up first",
                f"khi cụm trả lời lại, chạy {command}, hoặc chạy `govcloud cloud check {cloud}` trên máy này: lệnh sẽ "
                "dọn trước",
            ),
            value=", ".join(self.left),
        )
