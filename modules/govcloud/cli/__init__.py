"""The command line: one file per command, thin over the packages that do the work."""

from __future__ import annotations

import os
import signal
import sys

from govcloud.cli import terminal, usage
from govcloud.cli.application import COMPLETE, application, of_reader
from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, GovCloudError, Place, Problem, Text, language
from govcloud_base.interruption import AbortedError

__all__ = ["main"]


def main() -> None:
    """Run `govcloud`; problems are printed in the reader's language and become the exit code."""
    terminal.take_every_character()
    words = sys.argv[1:]
    of_reader(words)
    try:
        with usage.told():
            code = application(words).main(words, prog_name="govcloud", complete_var=COMPLETE, standalone_mode=False)
            sys.stdout.flush()  # else Python finds out at its very end that nobody reads on, and complains
            sys.exit(code)
    except GovCloudError as error:
        print(terminal.rendered(error.problems, language(), sys.stderr), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        terminal.close()
        sys.exit(141)
    except OSError as error:
        refused = EnvironmentProblem(_refused(error))
        print(terminal.rendered(refused.problems, language(), sys.stderr), file=sys.stderr)
        sys.exit(refused.exit_code)
    except AbortedError as ending:
        _hear_nobody()
        sys.exit(128 + ending.number)  # who was stopped has said what came of it
    except (EOFError, KeyboardInterrupt) as ending:
        if interrupted := isinstance(ending, KeyboardInterrupt):
            _hear_nobody()
        said = Text("stopped; nothing was written after this", "đã dừng; không ghi gì thêm")
        print(f"\n{said.in_language(language())}", file=sys.stderr)
        sys.exit(128 + signal.SIGINT if interrupted else 1)


def _hear_nobody() -> None:
    """Ignore whoever says once more that the program should end: that would end Python's own end, with a trace."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _refused(error: OSError) -> Problem:
    """Return what the system refused where no command expects it: a disk that is full, a folder that went away."""
    reason = refusal(error)
    return Problem(
        "GC-CLI-015",
        Text(f"the system refused: {reason.en}", f"hệ thống từ chối: {reason.vi}"),
        Text(
            "mend that, or name another place; what was finished before stays",
            "khắc phục điều đó, hoặc nêu nơi khác; những gì đã xong trước đó vẫn giữ nguyên",
        ),
        Place(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) and error.filename else None,
    )
