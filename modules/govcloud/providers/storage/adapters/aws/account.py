"""An account in which users are kept: who asks, in whose part of the world, and how its entities are called. Pure."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROLE", "Account"]

ROLE = "role/"
"""What stands before the name of a role where roles and users are named together: both may have the same name."""


@dataclass(frozen=True, slots=True)
class Account:
    """What `GetCallerIdentity` says, and the path under which this project keeps what it makes."""

    partition: str
    """`aws`, `aws-cn`, …: accounts of one know nothing of another's, and each has its own form of ARN."""
    number: str
    caller: str
    """Name of the user who asks, of a role with :data:`ROLE` before it, '' for the account itself (`root`)."""
    path: str
    """Begins and ends with `/`."""

    @classmethod
    def of(cls, arn: str, path: str) -> Account:
        """Read the ARN of a caller, as `arn:aws:sts::123456789012:assumed-role/deploy/session`.

        Raises ValueError for what is none.
        """
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or not parts[1]:
            raise ValueError(f"not an ARN: {arn}")
        kind, _, rest = parts[5].partition("/")
        match kind:
            case "user":
                caller = rest.rpartition("/")[2]
            case "assumed-role":
                caller = ROLE + rest.partition("/")[0]
            case _:
                caller = ""
        return cls(parts[1], parts[4], caller, path)

    def user(self, name: str) -> str:
        """Return the ARN of a user of ours."""
        return f"arn:{self.partition}:iam::{self.number}:user{self.path}{name}"

    def role(self, name: str) -> str:
        """Return the ARN of a role without a path."""
        return f"arn:{self.partition}:iam::{self.number}:role/{name}"

    def policy_path(self, label: str) -> str:
        """Return the path of the managed policies of one label, so that they are listed without all others."""
        return f"{self.path}{label}/"

    def policy(self, label: str, name: str) -> str:
        """Return the ARN of a managed policy of ours."""
        return f"arn:{self.partition}:iam::{self.number}:policy{self.policy_path(label)}{name}"
