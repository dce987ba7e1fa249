"""A git repository, asked through git's plumbing: no checkout, no hooks, no filters, no helpers of the repository."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from govcloud.refusal import quotation, refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text, UsageError

__all__ = ["Entry", "Repository", "Tree"]

_SAFE = (
    # Nothing that a repository's own configuration or attributes name is run.
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.quotePath=false"),
    *("-c", "protocol.allow=never"),
)
_SECONDS = 120
_MOST_NAMES = 500
"""Beyond which naming files one by one on a command line is no saving."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tree holds under a name."""

    mode: str
    """`100644` and `100755` are files, `120000` symbolic links, `160000` other repositories."""
    object_id: str


Tree = Mapping[bytes, Entry]
"""Entries by path from the repository's root. Names are bytes: a hostile tree's need not be text."""


@dataclass(frozen=True)
class Repository:
    """A clone, complete or shallow."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """Return the repository in which `folder` lies.

        Raises EnvironmentProblem where there is none, or git refuses it.
        """
        place = folder if folder.is_dir() else folder.parent
        top = _git(place, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").removesuffix("\n")
        return cls(Path(top))

    def commit(self, revision: str) -> str:
        """Return the id of the commit that `revision` names.

        Raises UsageError where this clone has no such commit.
        """
        spec = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        found = _run(self.root, ("rev-parse", *spec))
        if found.returncode:
            shallow = _git(self.root, "rev-parse", "--is-shallow-repository").strip() == b"true"
            raise UsageError(_missing(revision, shallow=shallow))
        return found.stdout.decode("ascii").strip()

    def merge_base(self, base: str, head: str) -> str:
        """Return the commit at which two commits parted.

        Raises UsageError where this clone does not reach back to it.
        """
        found = _run(self.root, ("merge-base", "--all", base, head))
        if found.returncode:
            raise UsageError(
                Problem(
                    "GC-GIT-003",
                    Text(
                        "the two revisions have no common ancestor in this clone",
                        "hai bản không có tổ tiên chung trong bản sao này",
                    ),
                    Text(
                        "fetch the whole history (`fetch-depth: 0`, `GIT_DEPTH: 0`, `git fetch --unshallow`)",
                        "lấy đủ lịch sử (`fetch-depth: 0`, `GIT_DEPTH: 0`, `git fetch --unshallow`)",
                    ),
                    value=f"{base[:12]} {head[:12]}",
                )
            )
        ancestors = found.stdout.decode("ascii").split()
        if len(ancestors) > 1:
            # A merge weighs all of them: what differs from one only is not what it would do.
            raise UsageError(
                Problem(
                    "GC-GIT-007",
                    Text(
                        "the two revisions merged each other: they have several common ancestors",
                        "hai bản đã trộn lẫn nhau: chúng có nhiều tổ tiên chung",
                    ),
                    Text("rebase the change onto the base", "đặt thay đổi lên trên bản gốc (`git rebase`)"),
                    value=f"{base[:12]} {head[:12]}",
                )
            )
        return ancestors[0]

    def tree(self, commit: str, folders: Iterable[str] = ()) -> Tree:
        """Return the files of a commit, of all folders or of some."""
        listed = _git(self.root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *folders)
        entries: dict[bytes, Entry] = {}
        for line in filter(None, listed.split(b"\0")):
            about, _, name = line.partition(b"\t")
            mode, _, object_id = about.split(b" ")
            _require_new(name, entries)
            entries[name] = Entry(mode.decode("ascii"), object_id.decode("ascii"))
        return entries

    def entries(self, commit: str, names: Collection[bytes]) -> Tree:
        """Return those of the files `names` that a commit has."""
        if len(names) > _MOST_NAMES:
            return self.tree(commit)
        return self.tree(commit, [os.fsdecode(name) for name in names]) if names else {}

    def folders(self, commit: str, names: Iterable[str]) -> dict[str, str]:
        """Return those of the folders `names` that a commit has, by the ids of their trees; the root is `.`."""
        wanted = list(names)
        found = {}
        if "." in wanted:
            root = _git(self.root, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")
            found["."] = root.decode("ascii").strip()
        if below := [name for name in wanted if name != "."]:
            listed = _git(self.root, "ls-tree", "-d", "-z", "--full-tree", commit, "--", *below)
            for line in filter(None, listed.split(b"\0")):
                about, _, name = line.partition(b"\t")
                mode, _, object_id = about.split(b" ")
                if mode == b"040000":
                    found[os.fsdecode(name)] = object_id.decode("ascii")
        return found

    def differing(self, one: str, other: str) -> dict[bytes, Entry | None]:
        """Return the files that differ from commit `one` to `other`, as `other` has them; None where it has none."""
        listed = _git(self.root, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", one, other)
        fields = listed.split(b"\0")
        found: dict[bytes, Entry | None] = {}
        for about, name in zip(fields[::2], fields[1::2], strict=False):
            _, mode, _, object_id, _ = about.split(b" ")
            gone = mode == b"000000"
            _require_new(name, found)
            found[name] = None if gone else Entry(mode.decode("ascii"), object_id.decode("ascii"))
        return found

    def edited(self, commit: str) -> list[bytes]:
        """Return the files that may differ between a commit and the working tree, and those that git does not know."""
        tracked = _git(self.root, "diff-index", "-z", "--name-only", "--no-renames", "--no-ext-diff", commit, "--")
        unknown = _git(self.root, "ls-files", "-z", "--others", "--exclude-standard")
        return sorted({*filter(None, tracked.split(b"\0")), *filter(None, unknown.split(b"\0"))})

    def contents(self, object_ids: Iterable[str], most: int) -> dict[str, bytes]:
        """Return the contents of files by object id. One that is larger than `most` bytes is left out, unread.

        Two processes serve all, however many there are. Raises UsageError where this clone lacks an object.
        """
        wanted = sorted(set(object_ids))
        if not wanted:
            return {}
        asked = "".join(f"{object_id}\n" for object_id in wanted).encode("ascii")
        sizes: dict[str, int] = {}
        for line in _git(self.root, "cat-file", "--batch-check", "--buffer", given=asked).splitlines():
            about = line.decode("ascii").split(" ")
            if len(about) != 3 or about[1] != "blob":
                raise UsageError(_missing(about[0], shallow=True))
            sizes[about[0]] = int(about[2])
        small = [object_id for object_id in wanted if sizes[object_id] <= most]
        answer = _git(self.root, "cat-file", "--batch", "--buffer", given=("\n".join(small) + "\n").encode("ascii"))
        found: dict[str, bytes] = {}
        at = 0
        for object_id in small:
            start = answer.index(b"\n", at) + 1
            at = start + sizes[object_id] + 1
            found[object_id] = answer[start : at - 1]
        return found


def _require_new(name: bytes, known: Collection[bytes]) -> None:
    """Refuse a tree that holds a name twice, or not in its place: programs differ in which entry they take."""
    if name in known:
        shown = ascii(name.decode("utf-8", "backslashreplace"))
        raise UsageError(
            Problem(
                "GC-GIT-008",
                Text(
                    f"a folder holds {shown} twice, which git never writes",
                    f"thư mục chứa {shown} hai lần, git không tạo vậy",
                ),
                Text("make the commits anew, with git itself", "tạo lại các bản ghi (commit) bằng chính git"),
                value=shown,
            )
        )


def _git(folder: Path, *words: str, given: bytes = b"") -> bytes:
    done = _run(folder, words, given)
    if done.returncode:
        detail = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise EnvironmentProblem(
            Problem(
                "GC-GIT-001",
                Text(f"git refuses: {detail}", f"git từ chối: {quotation(detail).vi}"),
                Text(
                    "run inside a clone of the country's repository that belongs to you",
                    "chạy trong bản sao kho mã của quốc gia do bạn sở hữu",
                ),
                value=f"git {words[0]}",
            )
        )
    return done.stdout


def _run(folder: Path, words: Iterable[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k == "GIT_CONFIG_GLOBAL"},
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    argv = ["git", "--no-replace-objects", "--literal-pathspecs", *_SAFE, *words]
    try:
        # Files and not pipes: megabytes go each way, and neither end waits for the other.
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answer:
            asked.write(given)
            asked.seek(0)
            done = subprocess.run(
                argv,
                cwd=folder,
                env=environment,
                stdin=asked,
                stdout=answer,
                stderr=subprocess.PIPE,
                timeout=_SECONDS,
                check=False,
            )
            answer.seek(0)
            return subprocess.CompletedProcess(argv, done.returncode, answer.read(), done.stderr)
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = refusal(error)
        raise EnvironmentProblem(
            Problem(
                "GC-GIT-004",
                Text(f"git cannot be run: {reason.en}", f"không chạy được git: {reason.vi}"),
                Text("install git, and name an existing folder", "cài đặt git, và chỉ thư mục có thật"),
                value=str(folder),
            )
        ) from None


def _missing(revision: str, *, shallow: bool) -> Problem:
    more = Text(
        "this clone is shallow: fetch more of the history (fetch-depth: 0, GIT_DEPTH: 0)",
        "bản sao này không đủ lịch sử: hãy lấy thêm (fetch-depth: 0, GIT_DEPTH: 0)",
    )
    name = Text(
        "name a commit, branch or tag of this clone, such as origin/main",
        "nêu commit, nhánh hoặc thẻ có trong bản sao này, ví dụ origin/main",
    )
    return Problem(
        "GC-GIT-002",
        Text(f"this clone has no revision {revision!r}", f"bản sao này không có bản {revision!r}"),
        more if shallow else name,
        value=revision,
    )
