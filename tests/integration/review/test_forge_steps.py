"""The steps of the workflow files for the forges, run in a shell as the forges' runners do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from review_repository import H41, Repo

FORGES = Path(__file__).parents[3] / "docs" / "forges"
FILES = ("github.yaml", "gitea.yaml", "gitlab-ci.yml")
AGENCIES = '{"an": "H41", "binh": "G09"}'


def workflow(file: str) -> dict[str, Any]:
    read = yaml.load((FORGES / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - all text
    assert isinstance(read, dict)
    return read


class Forge:
    """A runner: the request's repository as the forge serves it, and commands that note what they are asked."""

    def __init__(self, repo: Repo, folder: Path) -> None:
        self.repo = repo
        self.folder = folder
        self.base = repo.git("rev-parse", "main")
        self.head = repo.git("rev-parse", "HEAD")
        for name in ("refs/pull/7/head", "refs/merge-requests/7/head"):
            repo.git("update-ref", name, self.head)
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        self.asked = folder / "asked"
        self.asked.touch()
        note = f'for word; do printf "%s\\t" "$word"; done >> "{self.asked}"; echo >> "{self.asked}"\n'
        answers = {
            "*jq*": "ids",
            "*-X*": "nothing",
            "*/user": "me",
            "*/merge_requests/7": "request",
            "*/reviews": "none",
        }
        answers["*"] = "comments"
        serve = f'case "$*" in {"".join(f"{asked}) cat {folder}/{file} ;; " for asked, file in answers.items())} esac\n'
        self._command("gh", note + serve)
        self._command("curl", note + serve)
        self._command("make", f'mkdir -p .venv/bin && ln -s "{self.bin}/govcloud" .venv/bin/govcloud\n')
        self._command("govcloud", f'exec "{sys.executable}" -m govcloud "$@"\n')
        (folder / "ids").touch()
        (folder / "nothing").touch()
        (folder / "none").write_text("[]", encoding="utf-8")
        (folder / "me").write_text('{"id": 1}', encoding="utf-8")
        (folder / "comments").write_text("[]", encoding="utf-8")

    def _command(self, name: str, text: str) -> None:
        (self.bin / name).write_text(f"#!/bin/bash\n{text}", encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def calls(self, *words: str) -> list[str]:
        """Return the requests to the forge that hold all `words`."""
        return [line for line in self.asked.read_text().splitlines() if all(word in line for word in words)]

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GITHUB_", "CI_"))}
        return {**kept, "PATH": f"{self.bin}:{kept['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(self.folder)}

    def run(self, script: str, where: Path, variables: dict[str, str]) -> int:
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
        done = subprocess.run(
            shell, cwd=where, env={**self.environment(), **variables}, capture_output=True, text=True, check=False
        )
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            log.write(done.stdout + done.stderr)
        return done.returncode


def run_actions(forge: Forge, file: str, author: str, sender: str | None = None) -> int:
    """Run the steps of a workflow for GitHub, Gitea or Forgejo; return the exit code of the job."""
    job = workflow(file)["jobs"]["review"]
    facts = {
        "github.repository": "nation/country",
        "github.server_url": "https://forge.example.org",
        "github.event.pull_request.number": "7",
        "github.event.pull_request.base.sha": forge.base,
        "github.event.pull_request.head.sha": forge.head,
        "github.event.pull_request.user.login": author,
        "github.event.sender.login": sender or author,
        "github.token": "t",
        "secrets.GOVCLOUD_TOKEN": "t",
        "vars.GOVCLOUD_AGENCIES": AGENCIES,
    }
    work, temporary = forge.folder / "work", forge.folder / "temporary"
    temporary.mkdir()
    given = {k: re.sub(r"\$\{\{ (.+?) \}\}", lambda m: facts[m[1]], v) for k, v in job["env"].items()}
    files = {name: forge.folder / name.lower() for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        path.touch()
    for step in job["steps"]:
        if "uses" in step:
            forge.repo.git("clone", "--quiet", "--no-checkout", str(forge.repo.root), str(work))
            Repo(work).git("checkout", "--quiet", "--detach", forge.base)
            continue
        carried = dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
        variables = {**given, **carried, **{k: str(v) for k, v in files.items()}, "RUNNER_TEMP": str(temporary)}
        if code := forge.run(step["run"], work, variables):
            return code
    return 0


def run_gitlab(forge: Forge, author: str) -> int:
    """Run the script of GitLab's job as its runner does: one shell, one line after the other."""
    job = workflow("gitlab-ci.yml")["review"]
    work = forge.folder / "work"
    work.mkdir()
    (forge.folder / "request").write_text(json.dumps({"author": {"username": author}}), encoding="utf-8")
    variables = {
        **job["variables"],
        "CI_REPOSITORY_URL": str(forge.repo.root),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_ID": "3",
        "CI_API_V4_URL": "https://forge.example.org/api/v4",
        "GITLAB_USER_LOGIN": author,
        "GOVCLOUD_AGENCIES": AGENCIES,
        "GOVCLOUD_TOKEN": "t",
    }
    return forge.run("\n".join(job["script"]), work, variables)


def accepted(forge: Forge) -> list[str]:
    return [line for line in forge.calls("POST") if re.search(r"APPROVE|/approve", line)]


def run(forge: Forge, file: str, author: str) -> int:
    return run_gitlab(forge, author) if file.startswith("gitlab") else run_actions(forge, file, author)


@pytest.mark.parametrize("file", FILES)
def test_a_description_of_the_agencys_own_is_commented_and_accepted(file: str, repo: Repo, tmp_path: Path) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    repo.commit()
    forge = Forge(repo, tmp_path / "forge")
    assert run(forge, file, "an") == 0, (forge.folder / "log").read_text()
    assert len(forge.calls("POST", "comment.json")) == 1
    assert len(accepted(forge)) == 1


@pytest.mark.parametrize("file", FILES)
def test_a_stranger_is_never_accepted_automatically(file: str, repo: Repo, tmp_path: Path) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    repo.commit()
    forge = Forge(repo, tmp_path / "forge")
    assert run(forge, file, "stranger") == 0, (forge.folder / "log").read_text()
    assert forge.calls("POST", "comment.json")
    assert accepted(forge) == []


@pytest.mark.parametrize("file", FILES)
def test_a_change_of_somebody_elses_file_fails_after_the_comment(file: str, repo: Repo, tmp_path: Path) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    # The request's own tools: had the runner used them, it would have passed.
    repo.write("Makefile", ".venv/.synchronised:\n\ttouch was-run\n")
    repo.commit()
    forge = Forge(repo, tmp_path / "forge")
    (forge.folder / "ids").write_text("99\n")
    own = {"id": 99, "user": {"id": 1}, "author": {"id": 1}, "body": "<!-- govcloud-review -->\nold"}
    (forge.folder / "comments").write_text(json.dumps([own]))
    assert run(forge, file, "binh") == 1, (forge.folder / "log").read_text()
    assert forge.calls("99", "comment.json")  # the old comment is replaced
    assert accepted(forge) == []
    assert not list(forge.folder.rglob("was-run"))
    text = next(forge.folder.rglob("comment.md")).read_text(encoding="utf-8")
    assert "GC-OWNER-010" in text
    assert "từ chối" in text


def test_somebody_else_who_pushes_to_a_request_is_not_its_author(repo: Repo, tmp_path: Path) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    repo.commit()
    forge = Forge(repo, tmp_path / "forge")
    assert run_actions(forge, "github.yaml", "an", sender="binh") == 0
    assert accepted(forge) == []
