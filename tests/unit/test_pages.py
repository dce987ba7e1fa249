"""What agencies and auditors read exists in both languages, each page leads to the other, and both say as much."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
CITING = (".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".go", ".c", ".sh")
BOTH = {"docs/reference/administration.md", "docs/how-to/whole-country.md"}
"""Pages that say each thing in both languages."""
ENGINEERS = {
    "docs/how-to/embedded-cloud.md",
    "docs/how-to/toolchain.md",
    "docs/explanation/measurements.md",
    "docs/explanation/offline-kubernetes-plugin.md",
    "docs/explanation/reading-a-country.md",
}
"""Pages for those who work on the code or on a machine of their own, whose tools speak English."""
PAGES = sorted(
    page
    for page in DOCS.rglob("*.md")
    if not page.name.endswith(".vi.md")
    and page.parent.name != "adr"
    and str(page.relative_to(DOCS.parent)) not in BOTH | ENGINEERS
)


def parts(page: Path) -> dict[str, int]:
    """Return how much a page holds: headings, rows of tables, points of lists, blocks of code."""
    text = page.read_text(encoding="utf-8")
    shapes = {"heading": r"^#+ ", "row": r"^\|", "point": r"^(?:-|\d+\.) ", "block": "^```"}
    return {name: len(re.findall(shape, text, re.MULTILINE)) for name, shape in shapes.items()}


def test_every_page_is_for_somebody() -> None:
    assert len(PAGES) >= 7
    assert all((DOCS.parent / page).is_file() for page in BOTH | ENGINEERS)
    english = {page.with_name(page.name.replace(".vi.md", ".md")) for page in DOCS.rglob("*.vi.md")}
    assert english == set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_exists_in_both_languages(page: Path) -> None:
    other = page.with_suffix(".vi.md")
    assert f"[Tiếng Việt]({other.name})" in page.read_text(encoding="utf-8")
    assert f"[English]({page.name})" in other.read_text(encoding="utf-8")
    assert parts(page) == parts(other)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.vi.md")), ids=lambda page: page.stem)
def test_a_vietnamese_page_leads_to_vietnamese_ones(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for title, target in re.findall(r"\[([^\]]*)\]\(([^)#:]+\.md)[^)]*\)", text):
        led = page.parent / target
        assert led.is_file(), target
        assert title == "English" or target.endswith(".vi.md") or not led.with_suffix(".vi.md").exists(), target


@pytest.mark.parametrize("name", ["architecture.md", "architecture.vi.md"])
def test_every_room_has_its_paragraph(name: str) -> None:
    text = (DOCS / "explanation" / name).read_text(encoding="utf-8")
    modules = DOCS.parent / "modules"
    rooms = {room.name for room in modules.iterdir() if (room / "__init__.py").is_file()}
    for package in ("govcloud", "govcloud_local"):
        rooms |= {room.parent.name for room in (modules / package).glob("*/__init__.py")}
    named = set(re.findall(r"`(\w+)`", text))
    assert rooms - named == set(), "say what this room is for"


@pytest.mark.parametrize("name", ["CONTRIBUTING", "SECURITY"])
def test_what_contributors_are_told_to_change_is_there(name: str) -> None:
    pages = [DOCS.parent / f"{name}{suffix}.md" for suffix in ("", ".vi")]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert parts(pages[0]) == parts(pages[1])
    places = [
        set(re.findall(r"`((?:modules|policies|docs|tests|stacks|toolchain)/[\w./-]*)`", text))
        | set(re.findall(r"\]\(([^)#:]+)\)", text))
        for text in texts
    ]
    assert [place for found in places for place in found if not (DOCS.parent / place).exists()] == []
    assert {place.replace(".vi.md", ".md") for place in places[0]} == {p.replace(".vi.md", ".md") for p in places[1]}


def test_every_page_has_its_place_in_the_site() -> None:
    site = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    placed = re.findall(r"^ +- (?:Home: )?(\S+\.md)$", site, re.MULTILINE)
    pages = {str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md") if not p.name.endswith(".vi.md")}
    assert set(placed) == {page for page in pages if not page.startswith("adr/0")}, "mkdocs.yml: nav"
    assert len(placed) == len(set(placed))


def test_what_is_cited_is_in_the_repository() -> None:
    root = DOCS.parent
    known = {path.name[:4] for path in (DOCS / "adr").glob("[0-9]*.md")}
    folders = ("modules", "policies", "stacks", "tests", "benchmarks", "toolchain", "docs")
    sources = [file for folder in folders for file in (root / folder).rglob("*") if file.suffix in CITING]
    sources += [*root.glob("*.md"), root / "pyproject.toml", root / "Makefile"]
    wrong = {}
    for file in sources:
        text = file.read_text(encoding="utf-8")
        cited = {number for found in re.findall(r"ADRs? (\d{4}(?:(?:, | and | và )\d{4})*)", text) for number in
                 re.findall(r"\d{4}", found)}  # fmt: skip
        elsewhere = re.findall(r"\bdesign ?(?:§|\d+\.\d|document)\S*", text) if file != Path(__file__) else []
        if missing := [*sorted(cited - known), *elsewhere]:
            wrong[str(file.relative_to(root))] = missing
    assert wrong == {}


@pytest.mark.parametrize("readme", sorted((DOCS.parent / "modules").glob("*/README.md")), ids=lambda p: p.parent.name)
def test_a_packages_readme_leads_nowhere_that_is_missing(readme: Path) -> None:
    """Relative links die on a package index, where it is shown."""
    links = re.findall(r"\]\(([^)]+)\)", readme.read_text(encoding="utf-8"))
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
