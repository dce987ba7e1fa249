"""Who may change which file, judged on the base revision: a change cannot give itself the right to be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from govcloud.country import Country
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.suggestion import did_you_mean
from govcloud.model.declaration import Declaration
from govcloud.model.review_policy import FileRule, ReviewPolicySpec
from govcloud_base.errors import Place, Problem, Text, UsageError

__all__ = ["author", "file_rule", "judge", "owner", "parties"]


def owner(base: Country, file: str) -> str | None:
    """Return the code of the agency that owns a file of the repository in the base revision; None: the centre does."""
    try:
        inside = PurePosixPath(file).relative_to(PurePosixPath(base.folder))
    except ValueError:
        return None
    parts = inside.parts
    for agency in base.agencies.values():
        own = PurePosixPath(agency.spec.path).parts
        if parts[: len(own)] == own and len(parts) > len(own):
            return agency.code
    return None


def author(base: Country, files: Iterable[str], named: str | None) -> str | None:
    """Return the code of the agency that makes a change: the named one, else the only one whose files it touches.

    Raises UsageError where the base revision has no agency of the named code.
    """
    if named is not None:
        if named not in base.agencies_by_code:
            english, vietnamese = did_you_mean(named, base.agencies_by_code)
            raise UsageError(
                Problem(
                    "GC-REVIEW-003",
                    Text(f"the base revision has no agency {named!r}", f"bản gốc không có cơ quan {named!r}"),
                    Text(english or "name a declared agency's code", vietnamese or "nêu mã của cơ quan đã khai báo"),
                    value=named,
                )
            )
        return named
    owners = {owner(base, file) for file in files}
    return owners.pop() if len(owners) == 1 else None


def judge(
    base: Country, head: Country | None, files: Iterable[str], by: str | None, policy: ReviewPolicySpec
) -> Iterable[Problem]:
    """Yield changes of others' files (GC-OWNER-010), and what decides about changes moved together with an agency's own
    files (GC-OWNER-011).
    """
    touched = sorted(files)
    owners = {file: owner(base, file) for file in touched}
    kinds = _kinds(base, head)
    deciding = [f for f in touched if _decides(f, kinds.get(f), policy)]
    for file in touched:
        if by is None or owners[file] == by:
            continue
        if file in deciding or not _proposal(base, head, kinds.get(file), by, policy):
            yield _foreign(base, file, by, owners[file])
    of_agencies = sorted({code for code in owners.values() if code is not None})
    if deciding and of_agencies:
        for file in deciding:
            yield Problem(
                "GC-OWNER-011",
                Text(
                    f"the file decides about changes and moves together with files of {', '.join(of_agencies)}",
                    f"tệp quyết định việc xét duyệt lại thay đổi cùng tệp của {', '.join(of_agencies)}",
                ),
                Text("put it into a change of its own", "tách thành một thay đổi riêng"),
                Place(file),
            )


def parties(country: Country, declared: Declaration) -> frozenset[str]:
    """Return the codes of the agencies that a shared declaration concerns."""
    shared = declared.folder is not None and not declared.decides
    return frozenset(country.bodies(declared) if shared else ())


def file_rule(file: str, policy: ReviewPolicySpec) -> FileRule | None:
    """Return the rule about a file that is no declaration; None where none fits."""
    return next((rule for rule in policy.files if _glob(rule.path, file)), None)


def _glob(pattern: str, file: str) -> bool:
    """Return whether a path fits: `**` any number of folders, `*` a part of a name."""

    def fits(steps: tuple[str, ...], parts: tuple[str, ...]) -> bool:
        if not steps:
            return not parts
        if steps[0] == "**":
            return any(fits(steps[1:], parts[n:]) for n in range(len(parts) + 1)) if steps[1:] else bool(parts)
        return bool(parts) and PurePosixPath(parts[0]).match(steps[0]) and fits(steps[1:], parts[1:])

    return fits(tuple(pattern.split("/")), tuple(file.split("/")))


def _kinds(base: Country, head: Country | None) -> Mapping[str, tuple[str, str]]:
    """Return what each file declares; the base revision's word counts where both have one."""
    found = {document.file: key for key, document in head.documents.items()} if head else {}
    return {**found, **{document.file: key for key, document in base.documents.items()}}


def _decides(file: str, key: tuple[str, str] | None, policy: ReviewPolicySpec) -> bool:
    if key is not None:
        return COUNTRY_KINDS[key[0]].decides
    rule = file_rule(file, policy)
    return rule is not None and rule.guarded


def _proposal(
    base: Country, head: Country | None, key: tuple[str, str] | None, by: str, policy: ReviewPolicySpec
) -> bool:
    """Return whether the file is a shared declaration that concerns the agency before and after."""
    if key is None or key[0] not in policy.proposals:
        return False
    revisions = [(c, found) for c in (base, head) if c is not None and (found := c.declarations.get(key)) is not None]
    return bool(revisions) and all(by in parties(c, found) for c, found in revisions)


def _foreign(base: Country, file: str, by: str, of: str | None) -> Problem:
    own = base.agencies_by_code[by].spec.path
    whose = (
        (f"it belongs to {of}", f"tệp thuộc về {of}") if of else ("it is kept centrally", "tệp do trung ương quản lý")
    )
    return Problem(
        "GC-OWNER-010",
        Text(f"{by} may not change this file: {whose[0]}", f"{by} không được sửa tệp này: {whose[1]}"),
        Text(
            "take it out of this change, and ask its owner",
            "bỏ tệp khỏi thay đổi này và đề nghị chủ quản của tệp",
        ),
        Place(file),
        value=file,
        allowed=f"{(PurePosixPath(base.folder) / own).as_posix()}/",
    )
