"""A repository with a small country, in which a test makes a change and has it reviewed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from review_repository import Repo

ROOT = Path(__file__).parents[3]


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
def repo(template: Path, tmp_path: Path) -> Repo:
    """Return a copy of the repository, on a branch of its own."""
    shutil.copytree(template, tmp_path / "repository")
    made = Repo(tmp_path / "repository")
    made.git("checkout", "--quiet", "change")
    return made
