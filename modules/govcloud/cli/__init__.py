"""The command line: one file per command, thin over the packages that do the work."""

from __future__ import annotations

import importlib
import keyword
import sys

import typer

from govcloud.errors import GovCloudError, language

__all__ = ["main"]

COMMANDS = (
    "new",
    "validate",
    "review",
    "explain",
    "render",
    "schema",
    "graph",
    "generate",
    "import",
    "up",
    "drift",
    "destroy",
    "verify",
    "local",
)
"""Commands in the order of `--help`. Each is the module of its name here (with an underscore where Python has the
word for itself), and in it a function of that name, or an `app` of subcommands."""


def _application(wanted: str | None) -> typer.Typer:
    """Return the application; with only the wanted command where there is one, so that no other is imported."""
    app = typer.Typer(
        name="govcloud",
        help="A country's government cloud as code / Đám mây chính phủ dưới dạng mã.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    # A callback of its own keeps a lone command a subcommand.
    app.callback()(lambda: None)
    for name in (wanted,) if wanted in COMMANDS else COMMANDS:
        function = f"{name}_" if keyword.iskeyword(name) else name
        module = importlib.import_module(f"govcloud.cli.{function}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, function))
    return app


def main() -> None:
    """Run `govcloud`; problems are printed in the reader's language and become the exit code (design §9)."""
    try:
        _application(sys.argv[1] if len(sys.argv) > 1 else None)(prog_name="govcloud")
    except GovCloudError as error:
        print(error.render(language()), file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
