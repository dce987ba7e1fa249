"""The part of a country that a change can reach, so that a review's work follows the change and not the country."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from govcloud.country import Country

__all__ = ["around"]

_EVERYWHERE = ("Country", "Cloud", "ImageLock", "StoreTable")


def around(base: Country, head: Country, keys: Iterable[tuple[str, str]]) -> tuple[Country, Country]:
    """Return both revisions with only the agencies and what is theirs that changes of `keys` can affect.

    Affected are the agencies concerned, those that they have links with in either revision, and the owners of the
    platforms between them; of another law, everybody.
    """
    touched = tuple(keys)
    if base.law != head.law or any(kind in _EVERYWHERE for kind, _ in touched):
        return base, head
    concerned = {code for c in (base, head) for key in touched for code in _concerned(c, key)}
    links = {name for c in (base, head) for code in concerned for name in _links(c, code)}
    agencies = set(concerned)
    for country in (base, head):
        for name in links & country.links.keys():
            spec = country.links[name].spec
            agencies.update(spec.ends)
            platform = country.platforms.get(spec.platform) if spec.platform else None
            if platform is not None:
                agencies.add(platform.spec.owner)
    # Ways lead through the platforms of the bodies above.
    known = [c.agencies_by_code[code] for c in (base, head) for code in agencies if code in c.agencies_by_code]
    agencies |= {above.code for c in (base, head) for agency in known for above in c.ancestors(agency)}
    return _only(base, agencies, links), _only(head, agencies, links)


def _concerned(country: Country, key: tuple[str, str]) -> Iterable[str]:
    declared = country.declarations.get(key)
    if declared is None:
        return ()
    through = [k for k in country.links.values() if k.spec.platform == key[1]] if key[0] == "Platform" else []
    return {*country.bodies(declared), *(end for link in through for end in link.spec.ends)}


def _links(country: Country, code: str) -> Iterable[str]:
    return (link.name for link in country.links_by_agency.get(code, ()))


def _only(country: Country, agencies: set[str], links: set[str]) -> Country:
    tenants = {n: t for n, t in country.tenants.items() if t.spec.agency in agencies}
    return dataclasses.replace(
        country,
        agencies={n: a for n, a in country.agencies.items() if a.code in agencies},
        tenants=tenants,
        segments={n: s for n, s in country.segments.items() if s.spec.tenant in tenants},
        links={n: k for n, k in country.links.items() if n in links},
        platforms={n: p for n, p in country.platforms.items() if p.spec.owner in agencies},
    )
