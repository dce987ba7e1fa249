"""A git repository with a small country, in which a test makes a change and has it reviewed."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import vietnamese

from govcloud.review import Review, compare
from govcloud.review.document import as_dict
from govcloud.review.markdown import markdown, why
from govcloud.revision import pair
from govcloud_base.errors import Language

ROOT = Path(__file__).parents[2]
DATE = datetime.date(2026, 11, 22)
H41 = "stacks/vn/tenants/h41/tenant.yaml"
COMMUNE = "stacks/vn/tenants/h41-101/tenant.yaml"


class Repo:
    """A git repository: `main` is the base of every change."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *words: str) -> str:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        names = {
            f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={**clean, **settings, **names},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace the first `old` in a file, which must hold it."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        self.write(file, text.replace(old, new, 1))

    def commit(self, message: str = "change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def review(self, head: str | None = None, agency: str | None = None, base: str = "main") -> Review:
        """Return the review of a revision, or of the working tree.

        It is made twice, the second time with what the first one remembered of the base, and must say the same; in
        Vietnamese without a word of English.
        """
        (first, _), (second, names) = (self._review(base, head, agency) for _ in range(2))
        assert as_dict(first) == as_dict(second)
        assert first.problems == second.problems
        for written in (markdown(second, Language.VI), why(second, Language.VI)):
            # Behind a field stands its value, as the file writes it; in bold a team's name before its title.
            said = re.sub(r"(trường \S+).*|\*\*[\w-]+\*\*", r"\1", written)
            if found := vietnamese.spoken(said, names):
                raise AssertionError(found)
        return second

    def _review(self, base: str, head: str | None, agency: str | None) -> tuple[Review, frozenset[str]]:
        found = pair(self.root / "stacks" / "vn", base, head, DATE, agency)
        names = frozenset().union(*(vietnamese.names(r.country) for r in (found.base, found.head) if r.country))
        return compare(found.base, found.head, found.files, DATE, agency), names


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template") / "repository"
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", root / "stacks" / "vn")
    for name in ("regimes", "levels", "review", "controls", "admission"):
        shutil.copytree(ROOT / "policies" / name, root / "policies" / name)
    repo = Repo(root)
    repo.git("init", "--quiet", "--initial-branch", "main")
    repo.commit("base")
    repo.git("branch", "change")
    return root


@pytest.fixture
def repo(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Return a copy of the repository, on a branch of its own, of which nothing is remembered yet."""
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "cache"))
    shutil.copytree(template, tmp_path / "repository")
    made = Repo(tmp_path / "repository")
    made.git("checkout", "--quiet", "change")
    return made
