"""A review as plain data, for programs: every sentence in both languages, every amount exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from govcloud.review.review import Review
from govcloud_base.errors import Text

__all__ = ["as_dict"]


def as_dict(review: Review) -> dict[str, Any]:
    """Return what `govcloud review --format json` prints. Money is a decimal string of VND, rounded to hundredths."""
    found, use = review.resources, review.addresses
    return {
        "base": review.base,
        "head": review.head,
        "date": str(review.date),
        "author": review.author,
        "authorPresumed": review.presumed,
        "tier": review.tier,
        "title": _both(review.title),
        "automatic": review.automatic,
        "nothing": review.nothing,
        "refused": review.refused,
        "nextStep": _both(review.next_step),
        "reasons": [
            {
                "tier": r.rule.tier,
                "what": _both(r.what),
                "file": r.place.file,
                "line": r.place.line,
                "weakening": r.rule.weakening,
                "edit": _both(r.edit.says) if r.edit else None,
            }
            for r in review.reasons
        ],
        "approvers": [
            {
                "id": a.id,
                "team": a.team,
                "title": _both(a.title),
                "anotherPerson": a.another_person,
                "decides": [_both(matter) for matter in a.decides],
            }
            for a in review.approvers
        ],
        "edits": [_both(e) for e in review.edits],
        "files": list(review.files),
        "changes": [
            {
                "kind": c.kind,
                "name": c.name,
                "field": c.field,
                "sense": c.sense,
                "before": c.written_before,
                "after": c.written_after,
            }
            for c in review.changes
        ],
        "findings": {
            "introduced": [p.as_dict() for p in review.introduced],
            "mended": [p.as_dict() for p in review.mended],
            "standing": review.standing,
            "weakenings": [p.as_dict() for p in review.weakenings],
        },
        "resources": found
        and {
            "stacks": list(found.stacks),
            "gained": [{"kind": k, "name": n} for k, n in found.gained],
            "lost": [{"kind": k, "name": n} for k, n in found.lost],
            "objects": [{"kind": k, "made": m, "changed": c, "deleted": d} for k, m, c, d in found.objects],
        },
        "budgets": [
            {
                "kind": b.kind,
                "name": b.name,
                "resource": b.resource,
                "before": b.before,
                "after": b.after,
                "usedBefore": b.used_before,
                "usedAfter": b.used_after,
                "remaining": b.remaining,
            }
            for b in review.budgets
        ],
        "reachability": {
            "gained": [_both(p.what) for p in review.gained],
            "lost": [_both(p.what) for p in review.lost],
        },
        "addresses": use
        and {
            "taken": [{"segment": s, "pool": p} for s, p in use.taken],
            "returned": [{"segment": s, "pool": p} for s, p in use.returned],
        },
        "costs": None
        if review.costs is None
        else [
            {"tenant": c.tenant, "before": _money(c.before), "after": _money(c.after), "provisional": c.provisional}
            for c in review.costs
        ],
    }


def _both(sentence: Text) -> dict[str, str]:
    return {"en": sentence.en, "vi": sentence.vi}


def _money(amount: Fraction) -> str:
    hundredths = int(amount * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"
