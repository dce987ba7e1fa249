"""The corpus of mistakes (tests/corpus/mistakes.yaml), planted one at a time in a generated country.

The country is loaded once. A mistake touches a file or two, so only these are read again before the whole country is
judged; mistakes that move files are read from the start.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import made_country
import yaml

from govcloud import country as countries
from govcloud import rules
from govcloud.country import Country
from govcloud.country.fields import typed
from govcloud.country.kinds import COUNTRY_KINDS, kind_of
from govcloud.country.reader import read_file
from govcloud.model.declaration import Declaration
from govcloud.model.link import Link
from govcloud.model.settings import CountrySettings
from govcloud_base.errors import GovCloudError, Problem

ROOT = Path(__file__).parents[2]
DATE = datetime.date(2026, 11, 22)


@dataclass(frozen=True)
class Mistake:
    """One entry of the corpus."""

    code: str
    edits: list[dict[str, Any]]
    at: str | None = None
    where: str | None = None
    fix: str = ""
    fixVi: str = ""  # noqa: N815 - as the corpus writes it
    severity: str = "error"
    times: int = 1
    also: tuple[str, ...] = ()
    then: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name of the test."""
        first = self.edits[0]
        what = str(first.get("by") or first.get("new") or first.get("write") or first.get("to") or "removed")
        return f"{self.code}-{what.strip().splitlines()[0][:40] if what.strip() else 'removed'}"


def corpus() -> list[Mistake]:
    """Return every mistake of the corpus."""
    entries = yaml.safe_load((ROOT / "tests" / "corpus" / "mistakes.yaml").read_text(encoding="utf-8"))
    return [Mistake(**entry) for entry in entries]


@dataclass
class Planted:
    """What a planted mistake led to."""

    problems: list[Problem]
    files: list[str]
    """Files that were touched, the first edit's first."""
    line: int | None
    """Line at which the problem is expected; None where any will do."""
    file: str | None


@dataclass
class Field:
    """A clean country in a folder, in which mistakes are planted and taken out again."""

    folder: Path
    country: Country
    words: dict[str, str] = field(default_factory=dict)
    """What stands for each <placeholder>."""
    files: dict[str, str] = field(default_factory=dict)
    """Files by `kind role`."""

    @classmethod
    def at(cls, folder: Path) -> Field:
        """Return the field in the working folder `folder`. The country must be clean."""
        country = countries.load(folder, ROOT / "policies")
        found = cls(folder, country)
        found._cast()
        return found

    def _cast(self) -> None:
        """Choose who plays which part: the first link by name that fits."""
        made = self.country
        direct = next(k for k in made.links.values() if self._joins(k, "province", 3, "commune", 2, "direct"))
        province, commune = (made.agencies_by_code[end] for end in direct.spec.ends)
        lgsp = next(
            k
            for k in made.links.values()
            if self._joins(k, "ministry", 3, "province", 3, "lgsp") and k.spec.platform == f"lgsp-{province.name}"
        )
        ministry = made.agencies_by_code[lgsp.spec.ends[0]]
        stranger = next(
            a
            for a in made.agencies.values()
            if a.spec.tier == "province" and a is not province and f"lgsp-{a.name}" in made.platforms
        )
        site = made.tenants[commune.name].spec.cloud
        roles = {"commune": commune, "province": province, "ministry": ministry, "stranger": stranger}
        for role, agency in roles.items():
            self.words |= {role: agency.name, role.upper(): agency.code}
            segment = made.segments_by_tenant[agency.name, "prod"]
            declared: list[tuple[str, Declaration]] = [
                ("agency", agency),
                ("tenant", made.tenants[agency.name]),
                ("segment", segment),
            ]
            self.files |= {f"{kind} {role}": made.document(d).file for kind, d in declared}
        parts: dict[str, Declaration] = {
            "link direct": direct,
            "link lgsp": lgsp,
            "platform lgsp": made.platforms[f"lgsp-{province.name}"],
            "cloud site": made.clouds[site],
            "country head": made.settings,
        }
        self.files |= {name: made.document(d).file for name, d in parts.items()}
        self.words |= {
            "site": site,
            "direct-link": direct.name,
            "lgsp-link": lgsp.name,
            "lgsp-port": str(lgsp.spec.listen),
            "pool": made.segments_by_tenant[commune.name, "prod"].spec.pool,
            "province-pool": made.segments_by_tenant[province.name, "prod"].spec.pool,
            "yesterday": str(DATE - datetime.timedelta(1)),
            "tomorrow": str(DATE + datetime.timedelta(1)),
        }

    def _joins(self, link: Link, first: str, first_level: int, second: str, second_level: int, via: str) -> bool:
        """Return whether a link goes this way between agencies of these tiers with tenants of these levels."""
        wanted = [(first, first_level), (second, second_level)]
        ends = [(self.country.agencies_by_code[c], self.country.tenants_by_agency[c]) for c in link.spec.ends]
        return link.spec.via == via and [(agency.spec.tier, tenant.spec.level) for agency, tenant in ends] == wanted

    def said(self, text: str) -> str:
        """Return `text` with its placeholders filled in."""
        return re.sub(r"<([A-Za-z-]+)>", lambda match: self.words[match[1]], text)

    @contextlib.contextmanager
    def planted(self, mistake: Mistake) -> Iterator[Planted]:
        """Plant a mistake, judge, and take it out again."""
        before: dict[Path, str | None] = {}
        files: list[str] = []
        try:
            for edit in mistake.edits:
                files.append(self._edit(edit, before))
            whole = any("move" in e or not str(files[n]).endswith(".yaml") for n, e in enumerate(mistake.edits))
            problems = self.judged([] if whole else files, whole=whole)
            file, line = self._expected(mistake, files)
            yield Planted(problems, files, line, file)
        finally:
            for path, text in before.items():
                if text is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_text(text, encoding="utf-8")

    def judged(self, files: list[str], *, whole: bool) -> list[Problem]:
        """Return what is wrong with the country now that `files` have changed."""
        try:
            made = countries.load(self.folder, ROOT / "policies") if whole else self._again(files)
            return rules.judge(made, DATE)
        except GovCloudError as error:
            return list(error.problems)

    def _again(self, files: list[str]) -> Country:
        documents = dict(self.country.documents)
        groups: dict[str, dict[str, Any]] = {g: dict(getattr(self.country, g)) for g in made_country.GROUPS.values()}
        settings = self.country.settings
        for (kind, name), document in self.country.documents.items():
            if document.file in files and kind != "Country":
                del documents[kind, name]
                del groups[made_country.GROUPS[kind]][name]
        for file in dict.fromkeys(files):
            document = read_file(self.folder / file, file)
            declaration = typed(kind_of(document, COUNTRY_KINDS), document)
            identity = (declaration.kind, declaration.name)
            if identity in documents and declaration.kind != "Country":
                return countries.load(self.folder, ROOT / "policies")
            documents[identity] = document
            if isinstance(declaration, CountrySettings):
                settings = declaration
            else:
                groups[made_country.GROUPS[declaration.kind]][declaration.name] = declaration
        ordered: dict[str, Any] = {g: dict(sorted(items.items())) for g, items in groups.items()}
        return dataclasses.replace(self.country, documents=documents, settings=settings, **ordered)

    def _edit(self, edit: dict[str, Any], before: dict[Path, str | None]) -> str:
        if "in" in edit:
            file = self.files[edit["in"]]
            path = self.folder / file
            text = path.read_text(encoding="utf-8")
            before.setdefault(path, text)
            after, count = re.subn(self.said(edit["replace"]), self.said(edit["by"]), text, count=1)
            assert count, f"{edit['replace']!r} is not in {file}"
            path.write_text(after, encoding="utf-8")
            return file
        if "move" in edit:
            old, new = self.folder / self.said(edit["move"]), self.folder / self.said(edit["to"])
            before |= {old: old.read_text(encoding="utf-8"), new: None}
            old.rename(new)
            return self.said(edit["to"])
        if "new" in edit:
            kind, name = edit["new"].split()
            file, text = f"{made_country.GROUPS[kind]}/{name}.yaml", self._document(kind, name, edit["spec"])
        else:
            file, text = self.said(edit["write"]), self.said(edit["text"])
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        before.setdefault(path, None)
        path.write_text(text, encoding="utf-8")
        return file

    def _document(self, kind: str, name: str, spec: dict[str, Any]) -> str:
        stated = yaml.safe_load(self.said(yaml.safe_dump(spec)))
        owner = stated.get("owner") or stated.get("code") or "H41"
        makers: dict[str, Any] = {
            "Agency": lambda: made_country.agency(owner),
            "Platform": lambda: made_country.platform(name, owner),
            "Segment": lambda: made_country.segment(self.words["COMMUNE"], "10.87.200.0/27"),
            "Link": lambda: made_country.link(*stated.get("ends", ("H41", "H42"))),
            "Waiver": lambda: made_country.declared("Waiver", name, {}),
        }
        value = makers[kind]()
        value["metadata"]["name"] = name
        value["spec"] |= stated
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
        return re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text)

    def _expected(self, mistake: Mistake, files: list[str]) -> tuple[str | None, int | None]:
        if mistake.where == "any":
            return None, None
        file = files[0]
        if mistake.where is not None:
            kind, name = self.said(mistake.where).split()
            file = self.files.get(mistake.where) or f"{made_country.GROUPS[kind.capitalize()]}/{name}.yaml"
        anchor = self.said(mistake.at) if mistake.at is not None else self._first_line(mistake)
        if not anchor:
            return file, None
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        return file, next(number for number, text in enumerate(lines, 1) if anchor in text)

    def _first_line(self, mistake: Mistake) -> str:
        written = self.said(str(mistake.edits[0]["by"]))
        return written.strip("\n").splitlines()[0]


__all__ = ["DATE", "Field", "Mistake", "Planted", "corpus"]
