"""The files of a project that is begun: Pulumi program, an example of each declaration, lock and workflows."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from govcloud.country import Country, Readings, image_lock, snapshot
from govcloud.country.folder import shown_name
from govcloud.country.image import released
from govcloud.country.schema import schemas
from govcloud.draft.form import Draft
from govcloud.folders import carried
from govcloud.founding.lock import own_packages, requirements
from govcloud.rules import judge
from govcloud_base.errors import GovCloudError, Place, Problem, Severity, Text, UsageError

__all__ = ["FORGES", "Wanted", "files", "require"]

FORGES: Mapping[str, tuple[str, str]] = {
    "github": ("github.yaml", ".github/workflows/govcloud-review.yaml"),
    "gitea": ("gitea.yaml", ".gitea/workflows/govcloud-review.yaml"),
    # Where it is in force it lies in a protected project of its own, as it says itself.
    "gitlab": ("gitlab-ci.yml", "forges/gitlab-ci.yml"),
}
"""Of each forge, the product's workflow file and where a project keeps it."""
_HERE = Path(__file__).parent
_TEMPLATE = ".in"
_PLACE = re.compile(r"<<([a-z0-9-]+)>>")
_PRODUCT_COUNTRY = "COUNTRY: stacks/vn"
"""The line of the workflow files that names the country."""
_PROGRAM = "crossguard"
"""The part of the law's folder that is no law: the policy pack is always the product's."""
_YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Wanted:
    """What a project is to be."""

    drafts: tuple[Draft, Draft]
    """The country's head and its first cloud."""
    date: datetime.date
    """The day of its founding: from it on, what it declares holds; in a year, it is due to be looked at again."""
    forges: tuple[str, ...]
    """Forges whose workflow files it gets."""
    own_law: bool
    """Whether it keeps a law and controls of its own, which begin as a copy."""
    wheels: Path | None
    """Folder with the wheels of the project's own packages, whose digests are locked."""

    @property
    def code(self) -> str:
        """The country's code."""
        return self.drafts[0].declaration.name

    @property
    def home(self) -> str:
        """Folder of the declarations in the project."""
        return f"stacks/{self.code}"


def files(wanted: Wanted) -> dict[str, str]:
    """Return the text of each file by its path in the project.

    Raises UsageError where a wheel that is to be locked is not there, or the dedicated network has no room.
    """
    values = _values(wanted)
    found = dict(_filled(_HERE / "project", values))
    found |= {f"{wanted.home}/{path}": text for path, text in _filled(_HERE / "country", values)}
    found |= {f"{wanted.home}/{draft.path}": draft.document.data.decode() for draft in wanted.drafts}
    found[f"{wanted.home}/{image_lock.FILE}"] = image_lock.text(released().spec.images)
    found |= {f"stacks/schema/{name}": text for name, text in schemas().items()}
    found |= {"requirements.txt": requirements(), "govcloud.txt": own_packages(wanted.wheels)}
    for forge in wanted.forges:
        source, place = FORGES[forge]
        text = (carried("docs/forges") / source).read_text(encoding="utf-8")
        found[place] = text.replace(_PRODUCT_COUNTRY, f"COUNTRY: {wanted.home}")
    if wanted.own_law:
        law = wanted.drafts[0].country.law.folder
        found |= {
            f"policies/{file.relative_to(law)}": file.read_text(encoding="utf-8")
            for file in sorted((*law.glob("*/*.yaml"), *law.glob("*/*.csv")))
            if file.parent.name != _PROGRAM
        }
    return dict(sorted(found.items()))


def require(folder: Path, wanted: Wanted, made: Mapping[str, str]) -> list[Problem]:
    """Return the warnings about the country that `made` declares for a project at `folder`.

    Raises GovCloudError with all problems where one is an error: answers may not go together. They name no file then,
    for none is written.
    """
    declared = {
        shown_name(folder / path): text.encode()
        for path, text in made.items()
        if PurePosixPath(path).is_relative_to(wanted.home)
    }
    country: Country = snapshot.read(folder / wanted.home, wanted.drafts[0].country.law, declared, Readings())
    problems = list(judge(country, wanted.date))
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise GovCloudError(dataclasses.replace(problem, place=None, because=None) for problem in problems)
    return problems


def _filled(folder: Path, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob(f"*{_TEMPLATE}")):
        text = _PLACE.sub(lambda place: values[place[1]], file.read_text(encoding="utf-8"))
        yield file.relative_to(folder).as_posix().removesuffix(_TEMPLATE), text


def _values(wanted: Wanted) -> dict[str, str]:
    """Return what stands in the templates' places."""
    country = wanted.drafts[1].country
    (cloud,) = country.clouds.values()
    store, images = cloud.spec.object_store, cloud.spec.images
    named = [store.endpoint_from, store.workloads and store.workloads.authority_from]
    if images is not None:
        named += [images.endpoint_from, images.authority_from, images.credentials_from]
    first, second = _pools(country.spec.dedicated_network[0])
    title = country.spec.title
    workflows = [FORGES[forge][1] for forge in wanted.forges]
    return {
        "code": wanted.code,
        "title": title.en or title.vi,
        "title-vi": title.vi,
        "cloud": cloud.name,
        "date": wanted.date.isoformat(),
        "year": str(wanted.date.year),
        "review": (wanted.date + _YEAR).isoformat(),
        "pool-1": first,
        "pool-2": second,
        "site-variables": "".join(f" {name}=..." for name in named if name),
        "workflows": "".join(f"| `{path}` | the review of every request to change something |\n" for path in workflows),
        "workflows-vi": "".join(f"| `{path}` | xem xét mọi yêu cầu thay đổi |\n" for path in workflows),
    }


def _pools(network: str) -> tuple[str, str]:
    """Return networks for two segments out of a range: of 256 addresses, or where it is small, a quarter of it.

    The first such network is left for what the network's authority needs itself.
    """
    whole = ipaddress.ip_network(network)
    length = min(max(whole.prefixlen + 2, whole.max_prefixlen - 8), whole.max_prefixlen)
    pools = [str(net) for net in itertools.islice(whole.subnets(new_prefix=length), 1, 3)]
    if len(pools) < 2:
        raise UsageError(
            Problem(
                "GC-INIT-004",
                Text("the range is too small for two segments", "dải địa chỉ quá nhỏ cho hai phân đoạn"),
                Text("name a larger range first", "nêu một dải lớn hơn trước"),
                Place("--dedicated-network"),
                network,
            )
        )
    return pools[0], pools[1]
