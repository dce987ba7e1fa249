"""The agencies' guide is followed word by word, in both languages: every command runs and says what the page shows."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from followed_page import mistakes, run, steps

from govcloud.folders import project_root

ROOT = project_root()
PAGES = {"en": ROOT / "docs/how-to/request-a-tenant.md", "vi": ROOT / "docs/how-to/request-a-tenant.vi.md"}


@pytest.mark.parametrize("language", PAGES)
def test_following_the_page_ends_with_a_request_that_is_accepted(language: str, tmp_path: Path) -> None:
    clone, origin = tmp_path / "clone", tmp_path / "origin.git"
    shutil.copytree(ROOT / "stacks" / "vn", clone / "stacks" / "vn")
    shutil.copytree(ROOT / "policies", clone / "policies")
    prepared = (
        f"git init -q --bare {origin}", "git init -q -b main .", "git add .", "git commit -qm Start",
        f"git remote add origin {origin}",
    )  # fmt: skip
    for command in prepared:
        assert run(shlex.split(command), clone, language).returncode == 0
    for text, expected in steps(PAGES[language]):
        result = run(shlex.split(text), clone, language)
        assert result.returncode == 0, f"{text}\n{result.stdout}{result.stderr}"
        assert [line for line in expected if line not in result.stdout] == [], text
    sent = run(shlex.split("git show --stat --format= tenant-g82"), origin, language).stdout
    assert "stacks/vn/tenants/g82/tenant.yaml" in sent
    assert "1 file changed" in sent, "a request is one file"
    spoilt = mistakes(PAGES[language])
    assert spoilt
    for _, right, wrong, answer in spoilt:
        file = clone / "stacks/vn/tenants/g82/tenant.yaml"
        file.write_text(file.read_text().replace(right, wrong))
        said = run(["govcloud", "validate"], clone, language)
        assert said.returncode == 1
        assert [line for line in answer.splitlines() if line not in said.stdout] == []


def test_both_languages_show_the_same_commands() -> None:
    english, vietnamese = ([command for command, _ in steps(page)] for page in PAGES.values())
    assert english == vietnamese
    assert len(english) >= 8


@pytest.mark.parametrize("language", PAGES)
def test_every_page_that_the_guide_links_is_there(language: str) -> None:
    page = PAGES[language]
    assert [
        link for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()) if not (page.parent / link).exists()
    ] == []
