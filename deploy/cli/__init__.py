"""The `sanshe` command. One file per command; this one puts them together."""

import typer

from deploy.cli import clock, demo, importing, parked, replaying, rulebook, sealing
from deploy.cli.importing_parties import import_parties
from deploy.cli.importing_residents import import_residents
from deploy.cli.keys import show_keys
from deploy.cli.proving import prove
from deploy.cli.rebuilding import rebuild
from deploy.cli.status import status
from deploy.cli.tally import count_elections
from deploy.cli.tracing import trace
from deploy.cli.up import service, up
from deploy.cli.uscc import check_uscc

app = typer.Typer(
    name="sanshe",
    help="三社联动 Sanshe:社区、社会组织、社会工作者 / communities, social organizations, social workers",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they may hold keys, and bids that are still sealed
)
app.command("up")(up)
app.command("service")(service)
app.command("status")(status)
app.command("keys")(show_keys)
app.command("verify")(prove)
app.command("trace")(trace)
app.command("rebuild")(rebuild)
app.command("tally")(count_elections)
app.add_typer(demo.app, name="demo")
importing.app.command("parties")(import_parties)
importing.app.command("residents")(import_residents)
app.add_typer(importing.app, name="import")
app.add_typer(parked.app, name="parked")
app.add_typer(clock.app, name="clock")
app.add_typer(replaying.app, name="replay")
app.add_typer(rulebook.app, name="rulebook")
app.add_typer(sealing.app, name="seal")

check = typer.Typer(help="核对代码 / Check codes", no_args_is_help=True)
check.command("uscc")(check_uscc)
app.add_typer(check, name="check")


def main() -> None:
    app()
