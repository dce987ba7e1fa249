"""The scripts of the workflow files, run as a forge runs them: what they ask of the forge, for whom and when."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

FORGES = Path(__file__).parents[3] / "docs" / "forges"
MARKER = "<!-- govcloud-review -->"
FILES = ("github.yaml", "gitea.yaml", "gitlab-ci.yml")
STUB = f"""#!{sys.executable} -SE
import json, os, pathlib, sys
here, words = pathlib.Path(os.environ["STUBS"]), sys.argv[1:]
name = pathlib.Path(sys.argv[0]).name
secrets = sorted(k for k in ("GH_TOKEN", "TOKEN", "GOVCLOUD_TOKEN") if os.environ.get(k))
with (here / "log").open("a") as log:
    log.write(json.dumps([name, *words, *secrets]) + "\\n")
if name == "git" and "rev-parse" in words:
    print("head-sha")
elif name == "govcloud":
    result = json.loads((here / "review").read_text())
    folder = pathlib.Path(words[words.index("--save") + 1])
    if result["automatic"] is not None:
        folder.mkdir(parents=True)
        (folder / "review.json").write_text(json.dumps(result))
        (folder / "comment.json").write_text("{{}}")
    sys.exit(result["code"])
elif name == "gh" and "--paginate" in words:
    print("77" if "APPROVED" in words[-1] else "")
elif name == "curl" and "-X" not in words:
    url = next(word for word in words if word.startswith("https:"))
    found = json.loads((here / "answers").read_text())
    print(json.dumps(next(answer for end, answer in found.items() if url.endswith(end))))
"""


class Forge:
    """A forge on which a change request is reviewed."""

    def __init__(self, folder: Path, file: str) -> None:
        self.folder = folder
        self.file = file
        self.stubs = folder / "stubs"
        self.stubs.mkdir()
        for name in ("govcloud", "gh", "curl", "git", "make"):
            (self.stubs / name).write_text(STUB)
            (self.stubs / name).chmod(0o755)
        self.comments: list[dict[str, Any]] = []
        self.author = self.sender = "h41-writer"

    def run(self, *, automatic: bool | None = True, code: int = 0) -> tuple[int, list[list[str]]]:
        """Return the job's exit code, and what was called with which words and secrets."""
        (self.stubs / "review").write_text(json.dumps({"automatic": automatic, "code": code}))
        me = {"id": 1, "username": "bot"}
        answers = {
            "/user": me,
            "/comments": self.comments,
            "sort=asc": self.comments,
            "/reviews": [{"id": 77, "user": me, "state": "APPROVED", "dismissed": False}],
            "merge_requests/7": {"author": {"username": self.author}},
        }
        (self.stubs / "answers").write_text(json.dumps(answers))
        (self.stubs / "log").write_text("")
        code = self._job()
        return code, [json.loads(line) for line in (self.stubs / "log").read_text().splitlines()]

    def _job(self) -> int:
        read = yaml.safe_load((FORGES / self.file).read_text(encoding="utf-8"))
        if self.file == "gitlab-ci.yml":
            script = "\n".join(read["review"]["script"])
            script = script.replace(".venv/bin/govcloud", "govcloud").replace("git init --quiet base", "mkdir base")
            return self._bash(script, read["review"]["variables"])
        job = read["jobs"]["review"]
        kept: dict[str, str] = {}
        for step in job["steps"]:
            if "run" in step:
                file = self.folder / "env"
                file.write_text("")
                code = self._bash(step["run"], {**job["env"], **step.get("env", {}), **kept})
                kept |= dict(line.split("=", 1) for line in file.read_text().splitlines())
                if code:
                    return code
        return 0

    def _bash(self, script: str, named: dict[str, str]) -> int:
        named = {k: v for k, v in named.items() if "${{" not in str(v)} | {
            k: "secret" for k, v in named.items() if "token" in str(v).lower()
        }
        agencies = {"GOVCLOUD_AGENCIES" if "gitlab" in self.file else "AGENCIES": '{"h41-writer": "H41", "g09": "G09"}'}
        fixed = {
            "STUBS": str(self.stubs),
            "PATH": f"{self.stubs}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_ENV": str(self.folder / "env"),
            "GITHUB_PATH": str(self.folder / "path"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "API": "https://forge/api/v1/repos/o/r",
            "NUMBER": "7",
            "HEAD": "head-sha",
            "BASE": "base-sha",
            "REPOSITORY": "o/r",
            "AUTHOR": self.author,
            "SENDER": self.sender,
        }
        gitlab = {
            "GOVCLOUD_TOKEN": "secret",
            "GITLAB_USER_LOGIN": self.sender,
            "CI_REPOSITORY_URL": "https://forge/o/r",
            "CI_API_V4_URL": "https://forge/api/v4",
            "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        }
        (self.folder / "temp").mkdir(exist_ok=True)
        environment = {**named, **fixed, **agencies, **(gitlab if "gitlab" in self.file else {})}
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            check=False,
        )
        return done.returncode


@pytest.fixture(params=FILES)
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Forge:
    return Forge(tmp_path, request.param)


def accepted(calls: list[list[str]]) -> bool:
    posted = [call for call in calls if call[0] in ("gh", "curl") and "POST" in call]
    return any(
        word == "event=APPROVE" or '"APPROVED"' in word or word.endswith("/approve") for c in posted for word in c
    )


def taken_back(calls: list[list[str]]) -> bool:
    return any(word.endswith(("/dismissals", "/unapprove")) for call in calls for word in call)


def test_what_needs_nobody_is_accepted(forge: Forge) -> None:
    code, calls = forge.run()
    assert code == 0
    assert accepted(calls)
    (review,) = [call for call in calls if call[0] == "govcloud"]
    assert review[review.index("--agency") + 1] == "H41"


def test_what_an_agency_did_not_make_alone_is_never_accepted(forge: Forge) -> None:
    for author, sender in (("h41-writer", "stranger"), ("g09", "h41-writer")):
        forge.author, forge.sender = author, sender
        code, calls = forge.run()
        assert code == 0
        assert not accepted(calls)
        assert taken_back(calls), "what was accepted before the change changed"
        assert not [call for call in calls if "--agency" in call]


def test_a_review_that_failed_accepts_nothing_whatever_an_earlier_run_left(forge: Forge) -> None:
    assert accepted(forge.run()[1])
    code, calls = forge.run(automatic=None, code=2)
    assert code != 0
    assert not accepted(calls)
    code, calls = forge.run(automatic=True, code=1)
    assert code == 1
    assert not accepted(calls)


@pytest.mark.parametrize("forge", FILES[1:], indirect=True)
def test_only_the_reviews_own_comment_is_replaced(forge: Forge) -> None:
    theirs = {"id": 5, "user": {"id": 9}, "author": {"id": 9}, "body": MARKER}
    own = {"id": 6, "user": {"id": 1}, "author": {"id": 1}, "body": f"{MARKER}\n..."}
    for comments, edited in (([theirs], None), ([theirs, own], "6")):
        forge.comments = comments
        _, calls = forge.run()
        put = [c for c in calls if "PATCH" in c or "PUT" in c]
        assert [c for c in put if not any(w.endswith(f"/{edited}") for w in c)] == []
        assert bool(put) == (edited is not None)


def test_no_program_but_the_forges_client_gets_a_token(forge: Forge) -> None:
    for call in forge.run()[1]:
        if call[0] in ("make", "govcloud"):
            assert not {"GH_TOKEN", "TOKEN", "GOVCLOUD_TOKEN"} & set(call)


def test_only_requests_to_the_default_branch_are_reviewed() -> None:
    for file in FILES:
        read = yaml.load((FORGES / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - all text
        if file == "gitlab-ci.yml":
            (rule,) = read["review"]["rules"]
            assert "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME == $CI_DEFAULT_BRANCH" in rule["if"]
        else:
            assert read["on"]["pull_request_target"]["branches"] == ["main"]
