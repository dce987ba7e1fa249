"""Questions whose answers make a declaration: each fills one field and is checked by the field's own model."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel

from govcloud.country import Country
from govcloud.country.document import Document
from govcloud.country.fields import typed
from govcloud.country.scalar import AmbiguousError, plain
from govcloud.country.suggestion import did_you_mean
from govcloud.model.declaration import Declaration
from govcloud.rules import wording
from govcloud_base.errors import GovCloudError, Language, Place, Problem, Text, UsageError, language

__all__ = ["Answers", "Question", "Situation", "called", "choices", "nested"]

Answers = Mapping[str, Any]
"""Plain values by the question's flag."""

_PART = Decimal("0.5")
"""Where this fits, `2.000` is two and no groups of digits are looked for."""
_TRUTH = {
    **dict.fromkeys(("y", "yes", "true", "1", "có", "co", "c"), True),
    **dict.fromkeys(("n", "no", "false", "0", "không", "khong", "k"), False),
}


@dataclass(frozen=True)
class Situation:
    """What is known when a question is asked."""

    country: Country
    date: datetime.date
    answers: Answers

    def __getitem__(self, flag: str) -> Any:
        """Return the answer to the question of `flag`; None where there is none yet."""
        return self.answers.get(flag)

    def with_answer(self, flag: str, value: Any) -> Situation:
        """Return the situation after one more answer."""
        return dataclasses.replace(self, answers={**self.answers, flag: value})


@dataclass(frozen=True)
class Question:
    """One question. Its flag is the name of the command's option without the dashes."""

    flag: str
    ask: Text
    path: tuple[str, ...] = ()
    """Field of the spec that the answer fills, named as in files; none where several answers make one field. The step
    `{environment}` stands for the environment that another question names."""
    propose: Callable[[Situation], Any] = lambda _: None
    """The value taken where nothing is answered."""
    known: Callable[[Situation], Mapping[str, str]] | None = None
    """The values allowed, each with its title for people; None where the field's model decides."""
    offered: Callable[[Situation, str], Collection[str]] | None = None
    """Which of the values allowed may be offered for one that is not; None for all."""
    otherwise: Text | None = None
    """What to do where none of the values allowed is meant."""
    refuse: Callable[[Situation, Any], Problem | None] | None = None
    """What is wrong with an answer that the field could hold, as far as it is known by then."""
    read: Callable[[str], Any] | None = None
    """How text becomes the field's value, where that is more than one scalar. Raises ValueError."""
    optional: bool = False
    """May stay unanswered."""
    quiet: bool = False
    """Has an option but is not asked: the proposal is right nearly always."""
    opened_by: str | None = None
    """The yes-or-no question that must be answered with yes for this one to be asked."""
    kind: type[str] | type[bool] | type[list[str]] = str
    """Text, a yes or no, or several texts."""

    def asked(self, situation: Situation) -> bool:
        """Tell whether an interview asks this, after the answers so far."""
        return not self.quiet and (self.opened_by is None or situation[self.opened_by] is True)

    def value(self, model: type[Declaration], situation: Situation, given: str | bool | list[str]) -> Any:
        """Return the answer as plain data for the file.

        Raises GovCloudError, placed at the option, where the field cannot hold it or it is refused.
        """
        value = self._read(model, situation, given)
        if self.refuse is not None and (problem := self.refuse(situation, value)) is not None:
            raise UsageError(problem)
        return value

    def _read(self, model: type[Declaration], situation: Situation, given: str | bool | list[str]) -> Any:
        if isinstance(given, list):
            values = [self._read(model, situation, item) for item in given]
            return {k: v for part in values for k, v in part.items()} if _mappings(values) else values
        if isinstance(given, bool):
            return given
        text = given.strip()
        if self.known is not None:
            return self._known(situation, self.known(situation), text)
        if self.kind is bool:
            return self._truth(text)
        if self.read is not None:
            try:
                return self._fitting(model, [self.read(text)])
            except ValueError as error:
                raise UsageError(self._unreadable(text, str(error))) from None
        try:
            return self._fitting(model, _meanings(text))
        except UsageError:
            if (count := _grouped(text)) is None or self._holds(model, _PART):
                raise
            return self._fitting(model, [count])

    def _holds(self, model: type[Declaration], value: Any) -> bool:
        try:
            self._fitting(model, [value])
        except UsageError:
            return False
        return True

    def _fitting(self, model: type[Declaration], meanings: list[Any]) -> Any:
        """Return the first of `meanings` that the field can hold."""
        if not self.path:
            return meanings[-1]
        problems: list[Problem] = []
        path = tuple("prod" if step == "{environment}" else step for step in self.path)
        for meaning in meanings:
            item = [meaning] if self.kind == list[str] and not isinstance(meaning, dict) else meaning
            document = Document("", b"", {"spec": nested({path: _frozen(item)})})
            try:
                typed(model, document)
            except GovCloudError as error:
                # The rest of the declaration is missing, of course; what is said about this field counts.
                problems = [p for p in error.problems if p.code != "GC-FIELD-002"]
            if not problems:
                return meaning
        raise UsageError([dataclasses.replace(p, place=self._place) for p in problems])

    def _known(self, situation: Situation, titles: Mapping[str, str], text: str) -> str:
        if text in titles:
            return text
        alike = [name for name in titles if name.casefold() == text.casefold()]
        if len(alike) == 1:
            return alike[0]
        offered = list(titles if self.offered is None else self.offered(situation, text))
        english, vietnamese = did_you_mean(text, offered, titles)
        raise UsageError(
            Problem(
                "GC-NEW-002",
                Text(f"{text!r} is none of the values allowed", f"{text!r} không thuộc các giá trị cho phép"),
                self._instead(english, vietnamese),
                self._place,
                text,
                ", ".join(offered[:20]) + (", ..." if len(offered) > 20 else "") or None,
            )
        )

    def _instead(self, english: str, vietnamese: str) -> Text:
        """Return the advice for a value that is not known: the nearest one, and what to do where it is not meant."""
        if self.otherwise is None:
            return Text(english or "choose an allowed value", vietnamese or "chọn một giá trị cho phép")
        if not english:
            return self.otherwise
        return Text(f"{english} Otherwise {self.otherwise.en}", f"{vietnamese} Nếu không, {self.otherwise.vi}")

    def _truth(self, text: str) -> bool:
        try:
            return _TRUTH[text.lower()]
        except KeyError:
            raise UsageError(self._unreadable(text, "yes, no")) from None

    def _unreadable(self, text: str, allowed: str) -> Problem:
        return Problem(
            "GC-NEW-004",
            Text("not an answer to this question", "không phải câu trả lời cho câu hỏi này"),
            Text("write it in the allowed form", "viết theo dạng được phép"),
            self._place,
            text,
            allowed,
        )

    @property
    def _place(self) -> Place:
        return Place(f"--{self.flag}")


def called(situation: Situation) -> Mapping[str, str]:
    """Return what the law calls kinds of links and platforms, and ways; in English their names say it."""
    return wording.titles(situation.country.law, situation.date) if language() is Language.VI else {}


def choices(
    model: type[BaseModel], field: str, titles: Callable[[Situation], Mapping[str, str]] = lambda _: {}
) -> Callable[[Situation], dict[str, str]]:
    """Return what `Question.known` wants for a field whose model lists its values."""
    values = [str(v) for v in get_args(model.model_fields[field].annotation)]
    return lambda situation: {value: titles(situation).get(value, "") for value in values}


def nested(values: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return the tree of the values by path."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = value
    return tree


def _grouped(text: str) -> int | None:
    """Return a whole number that people wrote in groups of three, as `2.000` or `2,000`; None for anything else."""
    groups = re.fullmatch(r"[1-9][0-9]{0,2}(?:([.,\u00a0 ])[0-9]{3})(?:\1[0-9]{3})*", text)
    return int(re.sub(r"[^0-9]", "", text)) if groups else None


def _meanings(text: str) -> list[Any]:
    """Return what the text may mean: as an unquoted scalar of a file, or just the text."""
    try:
        meaning = plain(text)
    except AmbiguousError:
        return [text]
    return [text] if meaning is None or isinstance(meaning, str) else [meaning, text]


def _mappings(values: Iterable[Any]) -> bool:
    return all(isinstance(v, dict) and len(v) == 1 for v in values)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _frozen(v) for k, v in value.items()}
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
