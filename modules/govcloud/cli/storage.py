"""`govcloud storage`: look into object stores, and take along what is there."""

from __future__ import annotations

import typer

from govcloud.cli import exporting, holdings, let_read, migrating, probed

__all__ = ["app"]

app = typer.Typer(help="Look into object stores. / Xem xét các kho đối tượng.", no_args_is_help=True)
app.command("ls")(holdings.list_holdings)
app.command("usage")(holdings.usage)
app.command("who-can")(holdings.who_can)
app.command("let-read")(let_read.let_read)
app.command("probe")(probed.probe)
app.command("migrate")(migrating.migrate)
app.command("export")(exporting.export)
app.command("check-export")(exporting.check_export)
