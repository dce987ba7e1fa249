"""Revisions read from git: nothing is checked out, hostile trees are refused, and what is missing is said."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from review_repository import COMMUNE, DATE, H41, Repo

from govcloud.revision import pair
from govcloud_base.errors import EnvironmentProblem, GovCloudError, UsageError

FOLDER = "stacks/vn"


def codes(repo: Repo) -> list[str]:
    return [p.code for p in repo.review().introduced]


def test_a_commit_and_the_working_tree_say_the_same_and_leave_it_alone(repo: Repo) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    uncommitted = repo.review()
    head = repo.commit()
    repo.git("checkout", "--quiet", "main")
    committed = repo.review(head=head)
    assert [r.what for r in uncommitted.reasons] == [r.what for r in committed.reasons]
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("rev-parse", "--abbrev-ref", "HEAD") == "main"


def test_a_base_that_moved_on_is_not_undone(repo: Repo) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    head = repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.replace(COMMUNE, "en: One-stop desk", "en: One-stop shop")
    repo.commit()
    review = repo.review(head=head)
    assert review.files == (H41,)
    assert [c.field for c in review.changes] == ["spec.purpose.vi"]
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống khác giải quyết")
    repo.commit()
    assert [p.code for p in repo.review(head=head).introduced] == ["GC-GIT-006"]


def test_a_symbolic_link_is_refused(repo: Repo) -> None:
    (repo.root / FOLDER / "tenants" / "h41" / "secret.yaml").symlink_to("/etc/passwd")
    assert codes(repo) == ["GC-FOLDER-002"]
    assert [p.code for p in repo.review(head=repo.commit()).introduced] == ["GC-FOLDER-002"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"Tenant.yaml", "GC-FOLDER-003"),
        (b"notes.txt", "GC-FOLDER-004"),
        ("tenаnt.yaml".encode(), "GC-FOLDER-006"),  # a Cyrillic letter
        (b"line\nbreak.yaml", "GC-FOLDER-006"),
        (b"\xff\xfe.yaml", "GC-FOLDER-006"),
        (b"x`$(id)`.yaml", "GC-FOLDER-006"),
    ],
)
def test_a_hostile_name_is_refused_and_shown_harmless(repo: Repo, name: bytes, code: str) -> None:
    path = os.fsencode(repo.root / FOLDER / "tenants" / "h41") + b"/" + name
    Path(os.fsdecode(path)).write_bytes(b"x: 1\n")
    for review in (repo.review(), repo.review(head=repo.commit())):
        assert code in [p.code for p in review.introduced]
        assert all(file.isprintable() for file in review.files)


def _objects(repo: Repo, words: list[str], given: bytes) -> str:
    command = ["git", "-C", str(repo.root), *words]
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout.decode().strip()


def _planted(repo: Repo, folder: str, entries: list[tuple[str, str, str]]) -> str:
    """Commit, onto main, `folder` with these raw entries (mode, name, blob or tree), unchecked and in this order."""
    raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(found) for mode, name, found in entries)
    tree = _objects(repo, ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], raw)
    while folder:
        folder, _, name = folder.rpartition("/")
        listed = repo.git("ls-tree", f"main:{folder}").splitlines()
        lines = [f"040000 tree {tree}\t{name}" if line.endswith(f"\t{name}") else line for line in listed]
        if not any(line.endswith(f"\t{name}") for line in listed):
            lines.append(f"040000 tree {tree}\t{name}")
        tree = _objects(repo, ["mktree"], "\n".join(lines).encode())
    return repo.git("commit-tree", tree, "-p", "main", "-m", "planted")


def _entries(repo: Repo, folder: str) -> list[tuple[str, str, str]]:
    found = [line.split(None, 3) for line in repo.git("ls-tree", f"main:{folder}").splitlines()]
    return [(mode.lstrip("0"), name, object_id) for mode, _, object_id, name in found]


def test_a_tree_that_holds_a_file_twice_is_refused(repo: Repo) -> None:
    evil = _objects(repo, ["hash-object", "-w", "--stdin"], b"kind: Tenant\n")
    folder = f"{FOLDER}/tenants/h41"
    (own,) = _entries(repo, folder)
    other = (own[0], own[1], evil)
    with pytest.raises(UsageError, match="GC-GIT-008"):
        repo.review(head=_planted(repo, folder, [other, own]))
    # To git this one merely adds a file, and the last entry wins: it is reviewed as what a merge would leave.
    assert repo.review(head=_planted(repo, folder, [own, other])).files == (H41,)


@pytest.mark.parametrize("name", [".git", ".GIT", "..", ".", "a\tb", "\x1b[2J", "-rf"])
def test_an_impossible_folder_is_refused(repo: Repo, name: str) -> None:
    blob = _objects(repo, ["hash-object", "-w", "--stdin"], b"x: 1\n")
    inner = _objects(repo, ["mktree"], f"100644 blob {blob}\ttenant.yaml\n".encode())
    entries = sorted([*_entries(repo, f"{FOLDER}/tenants"), ("40000", name, inner)], key=lambda e: e[1] + "/")
    review = repo.review(head=_planted(repo, f"{FOLDER}/tenants", entries))
    assert review.refused
    assert all(file.isprintable() for file in review.files)


def test_a_folder_that_differs_from_another_only_in_case_is_refused(repo: Repo) -> None:
    repo.write(f"{FOLDER}/Tenants/h29/tenant.yaml", "x: 1\n")
    for review in (repo.review(), repo.review(head=repo.commit())):
        assert "GC-FOLDER-003" in [p.code for p in review.introduced]


def test_revisions_that_merged_each_other_are_refused(repo: Repo) -> None:
    """With several common ancestors, what differs from one of them is not what a merge would change."""
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    ours = repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.replace(COMMUNE, "en: One-stop desk", "en: One-stop shop")
    theirs = repo.commit()
    repo.git("merge", "--quiet", "--no-edit", ours)
    repo.git("checkout", "--quiet", "change")
    repo.git("merge", "--quiet", "--no-edit", theirs)
    repo.replace(H41, "vi: Hệ thống mới giải quyết", "vi: Hệ thống giải quyết")
    with pytest.raises(UsageError, match="GC-GIT-007"):
        repo.review(head=repo.commit())


def test_history_that_a_clone_pretends_does_not_count(repo: Repo) -> None:
    repo.replace(H41, "level: 3", "level: 2")
    head = repo.commit()
    (repo.root / ".git" / "info").mkdir(exist_ok=True)
    (repo.root / ".git" / "info" / "grafts").write_text(f"{repo.git('rev-parse', 'main')} {head}\n")
    repo.git("replace", head, "main")
    assert H41 in repo.review(head=head).files


def test_a_folder_in_the_place_of_a_file_is_reviewed(repo: Repo) -> None:
    """And a file in the place of a folder, and one that cannot be read: never a traceback."""
    (repo.root / H41).unlink()
    repo.write(f"{H41}/inner.yaml", "x: 1\n")
    assert repo.review().refused
    shutil.rmtree(repo.root / FOLDER / "tenants" / "h41")
    repo.write(f"{FOLDER}/tenants/h41", "x: 1\n")
    assert repo.review().refused


def test_a_large_file_is_refused_unread(repo: Repo) -> None:
    repo.write(f"{FOLDER}/tenants/h41/large.yaml", "x: " + "y" * 300_000)
    assert codes(repo)[0] in ("GC-READ-002", "GC-GIT-005")
    assert [p.code for p in repo.review(head=repo.commit()).introduced] == ["GC-GIT-005"]


def test_broken_yaml_is_a_finding_with_its_line(repo: Repo) -> None:
    repo.write(H41, "kind: [\n")
    review = repo.review()
    assert review.refused
    assert review.introduced[0].code == "GC-READ-005"
    assert review.introduced[0].place is not None
    assert review.introduced[0].place.file == H41


def test_a_shallow_clone_says_what_to_fetch(repo: Repo, tmp_path: Path) -> None:
    base = repo.git("rev-parse", "main")
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    repo.commit()
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--depth", "1", "--branch", "change", f"file://{repo.root}", str(clone))
    with pytest.raises(UsageError, match="shallow: fetch more") as raised:
        pair(clone / FOLDER, base, None, DATE)
    assert raised.value.problems[0].code == "GC-GIT-002"


@pytest.mark.parametrize("revision", ["nowhere", "--output=/tmp/x", "", "main:stacks", "main..change"])
def test_what_is_no_commit_is_a_usage_error(repo: Repo, revision: str) -> None:
    with pytest.raises(UsageError):
        pair(repo.root / FOLDER, revision, None, DATE)


def test_unrelated_histories_and_missing_countries_are_said(repo: Repo, tmp_path: Path) -> None:
    tree = repo.git("write-tree")
    alone = repo.git("commit-tree", tree, "-m", "alone")
    with pytest.raises(UsageError, match="no common ancestor"):
        pair(repo.root / FOLDER, "main", alone, DATE)
    (repo.root / "stacks" / "xx").mkdir()
    with pytest.raises(UsageError, match="GC-REVIEW-004"):
        pair(repo.root / "stacks" / "xx", "main", None, DATE)
    with pytest.raises(EnvironmentProblem):
        pair(tmp_path, "main", None, DATE)


def test_an_unknown_agency_is_offered_the_nearest(repo: Repo) -> None:
    with pytest.raises(UsageError, match="did you mean 'H41'"):
        repo.review(agency="H42")


def test_a_broken_base_is_named(repo: Repo) -> None:
    repo.write(H41, "kind: [\n")
    repo.commit()
    repo.git("branch", "--force", "main")
    with pytest.raises(GovCloudError, match="GC-READ-005"):
        repo.review()


def test_nothing_that_the_repository_configures_is_run(repo: Repo, tmp_path: Path) -> None:
    """Filters, hooks, monitors and drivers of a repository would run the change's own program."""
    trap = tmp_path / "trap"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    script.chmod(0o755)
    for key in ("filter.x.clean", "filter.x.smudge", "diff.x.textconv", "diff.x.command", "core.fsmonitor"):
        repo.git("config", key, str(script))
    repo.write(".gitattributes", "*.yaml filter=x diff=x\n")
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    trap.unlink(missing_ok=True)
    review = repo.review()
    assert H41 in review.files
    assert not trap.exists()


def test_review_as_its_users_meet_it(repo: Repo, tmp_path: Path) -> None:
    import sys

    repo.replace(H41, "level: 3", "level: 2")
    command = [sys.executable, "-m", "govcloud", "review", FOLDER, "--base", "main", "--date", str(DATE)]
    environment = {**os.environ, "GOVCLOUD_LANG": "vi"}
    done = subprocess.run(
        [*command, "--save", str(tmp_path / "out")],
        cwd=repo.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "hạ cấp độ an ninh" in done.stdout
    assert done.stderr == ""
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "comment.json",
        "comment.md",
        "review.json",
        "review.sarif",
    ]
    wrong = subprocess.run([*command[:-3], "nowhere"], cwd=repo.root, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2


def test_a_revision_is_judged_by_its_own_controls(repo: Repo) -> None:
    """Not by those where the user is: there may be a third version of them."""
    control = "policies/controls/TEN-04.yaml"
    repo.replace(control, "tenant_role_prefix: ", "tenant_role_prefix: own-")
    head = repo.commit()
    repo.git("checkout", "--quiet", "main")
    review = repo.review(head=head)
    assert review.resources is not None
    assert {kind for kind, *_ in review.resources.objects} == {"RoleBinding"}
    (repo.root / control).write_text("what nobody committed")
    assert repo.review(head=head).resources == review.resources
    assert repo.review(head="main").nothing


def test_a_control_that_the_change_breaks_is_named(repo: Repo) -> None:
    repo.replace("policies/controls/TEN-04.yaml", "id: TEN-04", "id: TEN-99")
    (problem,) = repo.review(head=repo.commit()).introduced
    assert (problem.code, problem.place and problem.place.file) == ("GC-CONTROL-001", "policies/controls/TEN-04.yaml")
