"""A review looks at a change's neighbourhood only, and finds there what looking at the whole country finds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from planted_mistakes import DATE, ROOT, Field, Mistake, corpus
from review_repository import Repo

from govcloud import country as countries
from govcloud import rules
from govcloud.cli.generate import generate
from govcloud.country import Rest
from govcloud.report.folding import folded
from govcloud.review import Review, compare
from govcloud.review.document import as_dict
from govcloud.revision import Pair, pair
from govcloud.revision import part as part_module
from govcloud.rules.budgets import budgets
from govcloud_base.errors import Problem

MISTAKES = corpus()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """Return a repository with a country of 120 agencies."""
    repo = Repo(tmp_path_factory.mktemp("generated") / "repository")
    generate(repo.root / "vn", seed=1, tenants=120, year=2026)
    for name in ("administration", "regimes", "levels", "review", "controls", "admission"):
        shutil.copytree(ROOT / "policies" / name, repo.root / "policies" / name)
    repo.git("init", "--quiet", "--initial-branch", "main")
    repo.commit("base")
    return repo


@pytest.fixture(scope="module")
def field(made: Repo) -> Iterator[Field]:
    """Return the country as the working folder, in which mistakes are planted."""
    here = Path.cwd()
    os.chdir(made.root / "vn")
    try:
        yield Field.at(made.root / "vn")
    finally:
        os.chdir(here)


@pytest.fixture(scope="module")
def remembered(made: Repo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the cache folder in which the base is remembered."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOVCLOUD_CACHE", str(cache))
        looked_at(made)
        yield cache
    made.git("checkout", "--quiet", "--", ".")


def looked_at(repo: Repo, agency: str | None = None) -> Pair:
    return pair(repo.root / "vn", "main", None, DATE, agency)


def in_part(found: Pair) -> bool:
    assert found.base.country is not None
    return found.base.country.rest != Rest()


def reviewed(found: Pair) -> Review:
    return compare(found.base, found.head, found.files, DATE)


def said(problems: tuple[Problem, ...] | list[Problem]) -> set[tuple[str, str, int | None, str]]:
    return {
        (p.code, p.place.file.removeprefix("vn/"), p.place.line, p.message.vi.replace("vn/", ""))
        for p in problems
        if p.place is not None
    }


@pytest.fixture
def index(remembered: Path) -> Path:
    return next((remembered / "countries").glob("*.index"))


def edit(field: Field, role: str, old: str, new: str) -> None:
    path = field.folder / field.files[role]
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def clean(made: Repo, remembered: Path) -> Iterator[Repo]:
    yield made
    made.git("checkout", "--quiet", "--", ".")
    made.git("clean", "--quiet", "--force", "-d")


def test_a_communes_change_is_judged_among_few_others(field: Field, clean: Repo) -> None:
    edit(field, "tenant commune", "kind: Tenant", "kind: Tenant # as before")
    found = looked_at(clean)
    assert in_part(found)
    assert found.base.country is not None
    assert len(found.base.country.documents) < len(field.country.documents) / 4
    assert reviewed(found).tier == "auto"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.title)
def test_a_mistake_is_found_among_few_others(
    mistake: Mistake, field: Field, remembered: Path, made: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_module, "_breaks", lambda new: False)
    with field.planted(mistake) as planted:
        assert said(looked_at(made).head.problems) == said(planted.problems)


def test_an_error_is_told_with_all_that_could_be_meant(field: Field, clean: Repo) -> None:
    edit(field, "agency commune", f"parent: {field.words['PROVINCE']}", "parent: G99")
    found = looked_at(clean)
    assert not in_part(found)
    problem = next(p for p in found.head.problems if p.code == "GC-REF-001")
    codes = sorted(agency.code for agency in field.country.agencies.values())
    assert problem.allowed == ", ".join(codes[:20]) + ", ..."


@pytest.mark.parametrize(
    ("role", "old", "new"),
    [
        ("country head", "kind: Country", "kind: Country # as before"),
        ("cloud site", "kind: Cloud", "kind: Cloud # as before"),
        ("tenant commune", "state: trial", "state: halted, since: 2026-11-20"),
    ],
)
def test_what_concerns_everybody_is_looked_at_whole(field: Field, clean: Repo, role: str, old: str, new: str) -> None:
    edit(field, role, old, new)
    assert not in_part(looked_at(clean))


def test_a_name_that_differs_from_another_only_in_case_is_refused(field: Field, clean: Repo) -> None:
    path = field.folder / field.files["tenant commune"]
    path.with_name("TENANT.yaml").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert "GC-FOLDER-003" in {p.code for p in looked_at(clean).head.problems}


@pytest.mark.parametrize("damage", ["cut", "zeroed", "one byte", "another", "everybody's", "link"])
def test_an_index_that_cannot_be_believed_is_done_without(
    field: Field, clean: Repo, index: Path, tmp_path: Path, damage: str
) -> None:
    edit(field, "tenant commune", "kind: Tenant", "kind: Tenant # as before")
    whole = index.read_bytes()
    if damage == "cut":
        index.write_bytes(whole[: len(whole) // 2])
    elif damage == "zeroed":
        index.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    elif damage == "one byte":
        index.write_bytes(whole.replace(b"code H", b"code I", 1))
    elif damage == "another":
        seal = index.with_suffix(".seal")
        seal.write_bytes(seal.read_bytes().replace(b"2026-11-22", b"2026-11-21"))
    elif damage == "everybody's":
        index.chmod(0o666)
    else:
        shutil.move(index, tmp_path / "elsewhere")
        index.symlink_to(tmp_path / "elsewhere")
    found = looked_at(clean)
    assert not in_part(found)
    assert reviewed(found).tier == "auto"
    assert in_part(looked_at(clean))  # made anew


def test_what_the_base_has_wrong_stays_counted(field: Field, clean: Repo) -> None:
    clean.git("checkout", "--quiet", "-B", "worse", "main")
    edit(field, "tenant stranger", "levelDossier:", "#levelDossier:")
    clean.commit()
    try:
        edit(field, "tenant commune", "kind: Tenant", "kind: Tenant # as before")
        whole, part = (pair(clean.root / "vn", "worse", None, DATE) for _ in range(2))
        assert [in_part(found) for found in (whole, part)] == [False, True]
        assert [reviewed(found).standing for found in (whole, part)] == [1, 1]
        assert as_dict(reviewed(whole)) == as_dict(reviewed(part))
    finally:
        clean.git("checkout", "--quiet", "--force", "main")


def test_the_first_tenant_on_a_cloud_whose_buckets_nobody_reaches(
    field: Field, clean: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_module, "_breaks", lambda new: False)
    site = field.folder / field.files["cloud site"]
    text = site.read_text(encoding="utf-8").replace(f"name: {field.words['site']}", "name: lonely", 1)
    before, _, after = text.partition("    workloads:")
    clean.git("checkout", "--quiet", "-B", "worse", "main")
    left = [line for line in after.splitlines(keepends=True)[1:] if not line.startswith("     ")]
    site.with_name("lonely.yaml").write_text(before + "".join(left), encoding="utf-8")
    clean.commit()
    try:
        pair(clean.root / "vn", "worse", None, DATE)
        edit(field, "tenant commune", f"cloud: {field.words['site']}", "cloud: lonely")
        found = pair(clean.root / "vn", "worse", None, DATE)
        whole = rules.judge(countries.load(field.folder, ROOT / "policies"), DATE)
        assert "GC-CLOUD-006" in {p.code for p in found.head.problems}
        assert said(found.head.problems) == said(whole)
    finally:
        clean.git("checkout", "--quiet", "--force", "main")


def test_a_merger_that_is_taken_back_concerns_who_kept_its_codes(
    field: Field, clean: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_module, "_breaks", lambda new: False)
    clean.git("checkout", "--quiet", "-B", "worse", "main")
    merged = "mergedInto: {}\n  validTo: 2026-06-30\n"
    for code, tier, more in (
        ("H97", "province", merged.format("H98")),
        ("H98", "province", merged.format("H99")),
        ("H99", "province", ""),
        ("H97.1", "province-unit", "parent: H99\n"),
    ):
        name = code.lower().replace(".", "-")
        text = f"""apiVersion: govcloud/v1
kind: Agency
metadata: {{name: {name}}}
spec:
  code: {code}
  title: {{vi: Cơ quan}}
  tier: {tier}
  path: tenants/{name}
  validFrom: 2025-07-01
  {more}"""
        (field.folder / "agencies" / f"{name}.yaml").write_text(text.rstrip() + "\n", encoding="utf-8")
    clean.commit()
    try:
        assert pair(clean.root / "vn", "worse", None, DATE).head.problems == ()
        kept = field.folder / "agencies" / "h97-1.yaml"
        kept.write_text(kept.read_text(encoding="utf-8") + "# as before\n", encoding="utf-8")
        found = pair(clean.root / "vn", "worse", None, DATE)
        assert in_part(found)
        assert found.head.problems == ()
        file = field.folder / "agencies" / "h98.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("mergedInto: H99\n  ", ""), encoding="utf-8")
        found = pair(clean.root / "vn", "worse", None, DATE)
        assert in_part(found)
        assert [p.code for p in found.head.problems] == ["GC-AGENCY-013", "GC-AGENCY-017"]
        assert len(folded(found.head.problems)) == 1  # the code is no longer right, as nobody has the body for heir
    finally:
        clean.git("checkout", "--quiet", "--force", "main")


def test_what_lies_on_another_cloud_weighs_the_same_among_few_others(field: Field, clean: Repo) -> None:
    site = field.folder / field.files["cloud site"]
    text = site.read_text(encoding="utf-8").replace(f"name: {field.words['site']}", "name: second", 1)
    code, name = f"{field.words['PROVINCE']}.98", f"{field.words['province']}-98"
    clean.git("checkout", "--quiet", "-B", "worse", "main")
    site.with_name("second.yaml").write_text(text, encoding="utf-8")
    head = f"apiVersion: govcloud/v1\nkind: {{}}\nmetadata: {{{{name: {name}}}}}\nspec:\n"
    (field.folder / "agencies" / f"{name}.yaml").write_text(
        head.format("Agency") + f"  code: {code}\n  title: {{vi: Ban quản lý}}\n  tier: province-unit\n"
        f"  parent: {field.words['PROVINCE']}\n  path: tenants/{name}\n  validFrom: 2025-07-01\n",
        encoding="utf-8",
    )
    (field.folder / "tenants" / name).mkdir()
    (field.folder / "tenants" / name / "tenant.yaml").write_text(
        head.format("Tenant") + f"  agency: {code}\n  cloud: second\n  purpose: {{vi: Kho}}\n  level: 1\n"
        "  levelDossier: HSCD-2026\n  criteria: {information: public}\n  quota: {cpu: 20m, memory: 64Mi, pods: 4}\n"
        "  environments: {prod: {quota: {cpu: 20m, memory: 64Mi, pods: 4}}}\n"
        "  lifecycle: {state: active, reviewBy: 2027-01-01}\n",
        encoding="utf-8",
    )
    clean.commit()
    try:
        assert pair(clean.root / "vn", "worse", None, DATE).head.problems == ()
        edit(field, "tenant commune", "kind: Tenant", "kind: Tenant # as before")
        found = pair(clean.root / "vn", "worse", None, DATE).head.country
        assert found is not None
        assert name not in found.tenants
        whole = countries.load(field.folder, ROOT / "policies")
        few, all_of_them = budgets(found, DATE), budgets(whole, DATE)
        nodes = [("Cloud", "second"), ("Cloud", field.words["site"]), ("Tenant", field.words["province"])]
        assert [few[node].total for node in nodes] == [all_of_them[node].total for node in nodes]
        assert few["Cloud", "second"].given("cpu") == 20
    finally:
        clean.git("checkout", "--quiet", "--force", "main")
