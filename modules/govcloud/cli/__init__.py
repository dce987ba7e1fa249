"""The command line: one file per command, thin over the packages that do the work."""

from __future__ import annotations

import sys

import typer

from govcloud.errors import GovCloudError, language

__all__ = ["app", "main"]

app = typer.Typer(
    name="govcloud",
    help="A country's government cloud as code / Đám mây chính phủ dưới dạng mã.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def main() -> None:
    """Run `govcloud`; problems are printed in the reader's language and become the exit code (design §9)."""
    from govcloud.cli import local  # commands register themselves below; imports stay cheap for the others

    app.add_typer(local.app, name="local")
    try:
        app()
    except GovCloudError as error:
        print(error.render(language()), file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
