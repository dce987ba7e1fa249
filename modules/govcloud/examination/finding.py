"""What looking at one thing of a cloud found out."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from govcloud_base.errors import Text

__all__ = ["Finding", "State", "absent", "found", "lacking", "unknown"]


class State(enum.StrEnum):
    """What is known of a capability. Declared worst first: the order of the members is the precedence."""

    LACKING = "lacking"
    """The cloud has it not: seen, and named."""
    UNKNOWN = "unknown"
    """Nobody could look, or what was seen proves nothing. Never taken for found."""
    FOUND = "found"
    """Seen to work, with a control that shows that the look means something."""
    ABSENT = "absent"
    """There is no such thing here to have it, such as a second protocol; said, and neither passed nor missed."""


_NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    capability: str
    """Key of the catalogue of capabilities."""
    state: State
    said: Text
    """What was seen."""
    aspect: Text = _NOTHING
    """Which part of the capability, where it has several: `pods, IPv4`."""
    fix: Text | None = None
    """What sets it right, where it lacks."""

    @property
    def whole(self) -> Text:
        """What was seen, with the part of which it was."""
        if not self.aspect.en:
            return self.said
        return Text(f"{self.aspect.en}: {self.said.en}", f"{self.aspect.vi}: {self.said.vi}")

    def as_dict(self) -> dict[str, object]:
        """Return the finding for `--format json` and for the memory of the last examination: both languages."""
        return {
            "capability": self.capability,
            "state": self.state.value,
            "aspect": {"en": self.aspect.en, "vi": self.aspect.vi},
            "said": {"en": self.said.en, "vi": self.said.vi},
            "fix": self.fix and {"en": self.fix.en, "vi": self.fix.vi},
        }

    @classmethod
    def of(cls, kept: dict[str, object]) -> Finding:
        """Return the finding of which `kept` is the :meth:`as_dict`. Raises KeyError, TypeError or ValueError."""

        def text(value: object) -> Text:
            assert isinstance(value, dict)
            return Text(**value)

        fix = kept["fix"]
        return cls(
            str(kept["capability"]),
            State(str(kept["state"])),
            text(kept["said"]),
            text(kept["aspect"]),
            None if fix is None else text(fix),
        )


def found(capability: str, said: Text, aspect: Text = _NOTHING) -> Finding:
    """Return that the cloud has it."""
    return Finding(capability, State.FOUND, said, aspect)


def lacking(capability: str, said: Text, fix: Text, aspect: Text = _NOTHING) -> Finding:
    """Return that the cloud has it not, and what sets that right."""
    return Finding(capability, State.LACKING, said, aspect, fix)


def unknown(capability: str, said: Text, aspect: Text = _NOTHING, fix: Text | None = None) -> Finding:
    """Return that nobody could look, or that what was seen proves nothing."""
    return Finding(capability, State.UNKNOWN, said, aspect, fix)


def absent(capability: str, said: Text, aspect: Text = _NOTHING) -> Finding:
    """Return that there is no such thing here."""
    return Finding(capability, State.ABSENT, said, aspect)
