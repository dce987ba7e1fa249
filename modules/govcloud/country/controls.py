"""The catalogue of controls: each written once in policies/controls/, named by every gate that enforces it.

A control says what must hold, for whom (levels), by which law, how it is shown, and the facts that gates
compare with (labels, verbs, kinds of volume). A gate that needs a fact reads it here, so preview, admission
and live test cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from govcloud.country.law_folder import CONTROLS, PROJECT_LAW
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["Bilingual", "Catalogue", "Control", "catalogue", "in_force", "in_force_of"]

Fact = str | int | list[str] | dict[str, str]


class Bilingual(BaseModel):
    """One sentence in English and Vietnamese."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    en: str = Field(min_length=1)
    vi: str = Field(min_length=1)

    def text(self) -> Text:
        """Return the sentence as errors and reports carry it."""
        return Text(en=self.en, vi=self.vi)


class Control(BaseModel):
    """One control of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field(pattern=r"^[A-Z]{3}-[0-9]{2}$")
    """`TEN-01`: area and number, stable for ever; messages of every gate begin with it."""
    version: int = Field(ge=1)
    """Raised when purpose, method or verdict change: old evidence then no longer counts."""
    title: Bilingual
    sources: list[str] = Field(min_length=1)
    """Legal sources, as their Vietnamese readers cite them."""
    level: int = Field(ge=1, le=5)
    """The lowest security level that must meet the control; every higher level must as well."""
    references: dict[str, list[str]]
    """The same requirement in other catalogues, by framework."""
    purpose: Bilingual
    method: Bilingual
    verdict: Bilingual
    facts: dict[str, Fact]

    def strings(self, fact: str) -> tuple[str, ...]:
        """Return a fact that is a list of strings.

        Raises KeyError where the catalogue has no such list, which is a defect of the gate that asks.
        """
        value = self.facts[fact]
        if not isinstance(value, list):
            raise KeyError(f"{self.id}.{fact} is not a list")
        return tuple(value)

    def string(self, fact: str) -> str:
        """Return a fact that is one string; raises KeyError like :meth:`strings`."""
        value = self.facts[fact]
        if not isinstance(value, str):
            raise KeyError(f"{self.id}.{fact} is not a string")
        return value

    def number(self, fact: str) -> int:
        """Return a fact that is a whole number; raises KeyError like :meth:`strings`."""
        value = self.facts[fact]
        if not isinstance(value, int):
            raise KeyError(f"{self.id}.{fact} is not a number")
        return value

    def mapping(self, fact: str) -> dict[str, str]:
        """Return a fact that maps strings to strings; raises KeyError like :meth:`strings`."""
        value = self.facts[fact]
        if not isinstance(value, dict):
            raise KeyError(f"{self.id}.{fact} is not a mapping")
        return dict(value)


Catalogue = Mapping[str, Control]
"""Controls by id, as a law has them."""


@cache
def in_force(law: Path) -> Catalogue:
    """Return the controls of the law at `law`: its own, and what these leave out as this project has it.

    A gate finds every control and every fact for which it asks, whatever version of the catalogue a country copied.
    Raises GovCloudError naming every file that is no control, or holds a fact of another type than the project's.
    """
    return in_force_of(_files(law / CONTROLS)) if law != PROJECT_LAW else {c.id: c for c in catalogue()}


def in_force_of(files: Mapping[str, bytes]) -> Catalogue:
    """Return the controls that a law with these files of controls, by name, has: see :func:`in_force`."""
    project = in_force(PROJECT_LAW)
    own = _read(files)
    problems = [
        _malformed(name, f"facts.{fact}: {type(value).__name__}, not {type(expected).__name__}")
        for name, control in own.items()
        for fact, expected in (project[control.id].facts if control.id in project else {}).items()
        if type(value := control.facts.get(fact, expected)) is not type(expected)
    ]
    if problems:
        raise GovCloudError(problems)
    completed = {
        control.id: control.model_copy(update={"facts": {**project[control.id].facts, **control.facts}})
        if control.id in project
        else control
        for control in own.values()
    }
    return {**project, **completed}


def catalogue(folder: Path | None = None) -> tuple[Control, ...]:
    """Return every control, ordered by id.

    `folder` holds one `<ID>.yaml` per control; by default the project's own. Raises GovCloudError naming
    every file that is not a control, is named otherwise than its id, or repeats an id; and a folder without any.
    """
    where = folder or PROJECT_LAW / CONTROLS
    found = tuple(_read(_files(where)).values())
    if not found:
        raise GovCloudError([_malformed(str(where), "no control in this folder")])
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.glob("*.yaml")}


def _read(files: Mapping[str, bytes]) -> dict[str, Control]:
    """Return the controls in files by name, ordered by it; raises GovCloudError naming each that holds none."""
    problems: list[Problem] = []
    found: dict[str, Control] = {}
    for name, data in sorted(files.items()):
        try:
            control = Control.model_validate(yaml.safe_load(data.decode()))
        except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
            problems.append(_malformed(name, " ".join(str(error).split())))
        else:
            if control.id == PurePosixPath(name).stem:
                found[name] = control
            else:
                problems.append(_malformed(name, f"id {control.id} differs from the file's name"))
    if problems:
        raise GovCloudError(problems)
    return found


def _malformed(file: str, detail: str) -> Problem:
    return Problem(
        code="GC-CONTROL-001",
        message=Text(en="the control cannot be read", vi="không đọc được biện pháp kiểm soát"),
        fix=Text(
            en="write one control a file, named <ID>.yaml, with the fields of the others",
            vi="mỗi tệp một biện pháp, đặt tên <ID>.yaml, đủ các trường như những tệp khác",
        ),
        place=Place(file),
        value=detail,
    )
