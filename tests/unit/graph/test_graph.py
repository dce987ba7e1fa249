"""Pictures show what is declared, survive any title, and say when there is too much to see."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from govcloud import country
from govcloud.cli.graph import graph
from govcloud.country import Country
from govcloud.graph import mermaid, quota_svg, reachability_svg, topology_svg
from govcloud.graph.quota import quota_tree
from govcloud.graph.reachability import reach
from govcloud.graph.selection import select
from govcloud.graph.topology import topology
from govcloud.graph.words import Words
from govcloud.model.agency import Agency
from govcloud.rules import wording
from govcloud_base.errors import Language, UsageError

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "%%{init: {}}%% Ủy ban \"<b>&' `end`] }; --> # $\\ \x07 <script>alert(1)</script>"


@pytest.fixture(scope="module")
def declared() -> Country:
    return country.load(ROOT / "tests" / "fixtures" / "country")


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - what was just drawn


def every_svg(declared: Country, language: Language = Language.VI) -> dict[str, str]:
    selection, words = select(declared, None, None), Words(language, wording.titles(declared.law, DATE))
    return {
        "topology": topology_svg.draw(topology(declared, selection, language), words),
        "quota": quota_svg.draw(quota_tree(declared, selection, DATE, language), words),
        "reachability": reachability_svg.draw(reach(declared, selection, DATE, language), words),
    }


def every_mermaid(declared: Country) -> dict[str, str]:
    selection, words = select(declared, None, None), Words(Language.VI, wording.titles(declared.law, DATE))
    return {
        "topology": mermaid.draw_topology(topology(declared, selection, Language.VI), words),
        "quota": mermaid.draw_quota(quota_tree(declared, selection, DATE, Language.VI), words),
        "reachability": mermaid.draw_reachability(reach(declared, selection, DATE, Language.VI), words),
    }


def titled(declared: Country, title: str) -> Country:
    """Return the country with another title for h41's agency."""
    found = declared.agencies["h41"]
    spec = found.spec.model_copy(update={"title": found.spec.title.model_copy(update={"vi": title})})
    changed = Agency.model_construct(None, **{**dict(found), "spec": spec})
    return declared.including(changed, declared.document(found))


def test_the_topology_names_tenants_budgets_and_links(declared: Country) -> None:
    found = topology(declared, select(declared, None, None), Language.EN)
    assert [(s.name, s.parent, s.depth, s.level) for s in found.sites] == [
        ("g09", None, 0, 3),
        ("g09-20", "g09", 1, 2),
        ("h41", None, 0, 3),
        ("h41-101", "h41", 1, 2),
    ]
    assert found.sites[2].title == "People's Committee of Nghe An province"
    assert (found.sites[2].segments, found.sites[2].platforms) == (("prod 10.80.41.0/24",), ("lgsp-h41",))
    assert {(t.first, t.second, t.via, t.platform, t.port) for t in found.ties} == {
        ("g09", "h41", "lgsp", "lgsp-h41", 9041),
        ("h41", "h41-101", "direct", None, 9101),
    }


def test_a_depth_hides_tenants_and_counts_them_and_their_links(declared: Country) -> None:
    selection = select(declared, None, 0)
    found = topology(declared, selection, Language.VI)
    assert [(s.name, s.hidden) for s in found.sites] == [("g09", 1), ("h41", 1)]
    assert [(t.first, t.second) for t in found.ties] == [("g09", "h41")], "a link within what is one box is not drawn"


def test_one_tenant_is_shown_with_what_is_above_below_and_linked(declared: Country) -> None:
    assert list(select(declared, "h41-101", None).parents.items()) == [("h41", None), ("h41-101", "h41")]
    assert set(select(declared, "h41", None).parents) == {"g09", "h41", "h41-101"}
    assert set(select(declared, "h41", None, linked=False).parents) == {"h41", "h41-101"}
    assert set(select(declared, "h41", 0).parents) == {"g09", "h41"}
    assert set(select(declared, "g09-20", None).parents) == {"g09", "g09-20"}


def test_links_between_others_are_no_part_of_a_tenants_picture(declared: Country) -> None:
    selection = dataclasses.replace(select(declared, None, None), focus=frozenset({"h41-101"}))
    ties = topology(declared, selection, Language.VI).ties
    assert [(t.first, t.second) for t in ties] == [("h41", "h41-101")]


def test_an_unknown_tenant_is_answered_with_the_nearest(declared: Country) -> None:
    with pytest.raises(UsageError) as caught:
        select(declared, "nghe an", None)
    assert "'h41' (Ủy ban nhân dân tỉnh Nghệ An)" in caught.value.problems[0].fix.vi


def test_the_quota_tree_adds_up(declared: Country) -> None:
    found = quota_tree(declared, select(declared, None, None), DATE, Language.VI)
    rows = {(b.kind, b.name): {a.resource: (a.spent, a.budget) for a in b.amounts} for b in found.budgets}
    assert rows["cloud", "cgc-hn1"]["cpu"] == ("1380m", "2")
    assert rows["tenant", "h41"]["cpu"] == ("720m", "720m")
    assert rows["platform", "lgsp-h41"]["cpu"] == (None, "60m")
    order = [(b.kind, b.name) for b in found.budgets]
    assert order.index(("tenant", "h41")) < order.index(("segment", "tsl-h41")) < order.index(("tenant", "h41-101"))


def test_reachability_shows_the_declared_relation(declared: Country) -> None:
    found = reach(declared, select(declared, None, None), DATE, Language.VI)
    openings = {(o.source, o.target): o.ports for o in found.openings}
    assert openings["h41-prod-edge", "h41-prod-dmz"] == (443, 8443)
    assert openings["g09-prod-tsl", "h41-prod-xch"] == (8080,)
    assert ("g09-prod-srv", "h41-prod-srv") not in openings
    only = reach(declared, select(declared, "g09-20", None), DATE, Language.VI)
    assert {r.tenant for r in only.rooms} == {"g09", "g09-20"}


@pytest.mark.parametrize("name", ["topology", "quota", "reachability"])
@pytest.mark.parametrize("language", list(Language))
def test_an_svg_is_well_formed_titled_described_and_stands_alone(
    declared: Country, name: str, language: Language
) -> None:
    text = every_svg(declared, language)[name]
    root = parsed(text)
    assert (root.get("role"), root.get("lang")) == ("img", language.value)
    labels = [root.find(f"{SVG}{tag}[@id='{tag_id}']") for tag, tag_id in (("title", "title"), ("desc", "description"))]
    assert all(label is not None and len(label.text or "") > 10 for label in labels)
    assert "prefers-color-scheme:dark" in text
    assert not re.search(r"(href|src|@import|url\((?!#))", text), "no picture fetches anything"
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for element in root.iter():
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        assert 0 <= x <= width and 0 <= y <= height
        right = x + float(element.get("width", 0)) if element is not root else width
        assert right <= width + 0.1


def test_both_palettes_name_the_same_colours(declared: Country) -> None:
    style = next(parsed(every_svg(declared)["quota"]).iter(f"{SVG}style")).text or ""
    light, dark = style.split("@media (prefers-color-scheme:dark)")
    assert set(re.findall(r"\.fill-[a-z]+", light)) == set(re.findall(r"\.fill-[a-z]+", dark))


def test_no_title_breaks_out_of_a_picture(declared: Country) -> None:
    hostile = titled(declared, HOSTILE)
    for text in every_svg(hostile).values():
        root = parsed(text)
        assert not [e for e in root.iter() if e.tag.endswith(("script", "}b"))]
    assert "Ủy ban" in every_svg(hostile)["topology"]
    for text in every_mermaid(hostile).values():
        labels = re.findall(r'"([^"\n]*)"', text)
        assert not [label for label in labels if re.search(r"[`<>\[\]{}\\%]", label.replace("<br/>", ""))]
        assert all(line.count('"') % 2 == 0 for line in text.splitlines())


def test_mermaid_text_declares_every_node_that_its_arrows_use(declared: Country) -> None:
    for name, text in every_mermaid(declared).items():
        assert text.splitlines()[3].startswith("flowchart"), name
        nodes = set(re.findall(r"^\s*(?:subgraph )?(\w+)\[", text, re.MULTILINE))
        arrows = re.findall(r"^  (\w+) (?:<?-->|-\.-)(?:\|\"[^\"]*\"\|)? (\w+)$", text, re.MULTILINE)
        assert len(arrows) >= 3
        assert {end for ends in arrows for end in ends} <= nodes
        assert text.count("subgraph ") == len(re.findall(r"^  end$", text, re.MULTILINE))


def test_too_much_to_see_is_an_error_that_says_how_to_choose(declared: Country) -> None:
    content = topology(declared, select(declared, None, None), Language.VI)
    crowd = dataclasses.replace(content, sites=content.sites * 100)
    with pytest.raises(UsageError) as caught:
        topology_svg.draw(crowd, Words(Language.VI, {}))
    (problem,) = caught.value.problems
    assert (problem.code, problem.value) == ("GC-GRAPH-002", "400")
    assert "--tenant" in problem.fix.vi
    many = dataclasses.replace(content, ties=content.ties * 300)
    assert "600 liên kết" in topology_svg.draw(many, Words(Language.VI, {})), (
        "lines nobody could follow are counted instead"
    )


def test_the_command_writes_each_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typer

    app = typer.Typer()
    app.command()(graph)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("GOVCLOUD_LANG", "en")

    def run(*options: str) -> Any:
        return CliRunner().invoke(app, ["--country", "tests/fixtures/country", "--date", str(DATE), *options])

    assert run("topology").output.startswith("---\ntitle:")
    assert len(json.loads(run("quota", "--format", "json", "--tenant", "h41").output)["budgets"]) > 3
    file = tmp_path / "x.svg"
    assert run("reachability", "--format", "svg", "-o", str(file)).exit_code == 0
    assert "who may reach whom" in file.read_text()
    failed = run("topology", "-o", str(tmp_path / "no" / "x"))
    assert failed.exception is not None and "GC-GRAPH-003" in str(failed.exception)
