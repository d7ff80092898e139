"""`renben serve` starts the web service; `renben audit` seals, prints the head of and verifies the audit."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from renben.web import checks, sealed, start
from renben.web.config import DEMO_PARTY, Keys, WebSettings, web_settings

FOLDER = Path("renben-web")
audit = typer.Typer(no_args_is_help=True, help="Seal the audit, print its head, verify it.")


def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Synthetic people and one demo account per role.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Folder of the embedded database and files.")] = FOLDER,
    database: Annotated[
        str, typer.Option(help="postgresql://user:password@host:port/name; empty for SQLite.")
    ] = "",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    new_keys: Annotated[
        Path | None, typer.Option("--new-keys", help="Write a new key file and stop.")
    ] = None,
    roles: Annotated[
        str, typer.Option("--roles", help="PostgreSQL: set up this application role, then stop.")
    ] = "",
) -> None:
    """Start the web service: residence registration, permits, settlement, with SQLite or PostgreSQL.

    Examples:

        renben serve --demo

        renben serve --new-keys /etc/renben/keys.json

        renben serve --database postgresql://owner@db/renben --roles renben_app
    """
    if new_keys is not None:
        Keys.fresh().write(new_keys)
        typer.echo(f"keys written to {new_keys}; keep them away from the database and its backups.")
        return
    settings = web(demo, folder, database, host)
    start.prepare()
    checks.migrate()
    if roles:
        typer.echo(checks.application_role(roles))
        return
    for remark in checks.check_start():
        typer.echo(f"note: {remark}")
    if settings.demo:
        _tell(*checks.demo())
    typer.echo(f"renben is at http://{host}:{port}/  (stop with Ctrl+C)")
    checks.release()
    start.background()
    start.Server(settings, host, port).run()


def web(demo: bool, folder: Path, database: str, host: str) -> WebSettings:
    """Options become the settings that every process of the service reads."""
    given = {"RENBEN_WEB_FOLDER": str(folder.resolve()), "RENBEN_WEB_DATABASE": database}
    if demo:
        given |= {"RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0", "RENBEN_WEB_SECOND_FACTOR": "0"}
        given["RENBEN_WEB_PARTY"] = DEMO_PARTY
        given["RENBEN_WEB_HOSTS"] = f'["{host}", "127.0.0.1", "localhost"]'
    for name, value in given.items():
        if value:
            os.environ.setdefault(name, value)
    folder.mkdir(parents=True, exist_ok=True)
    return web_settings()


def _tell(password: str, accounts: list[dict[str, Any]]) -> None:
    """Print the demo's accounts."""
    typer.echo(f"demo accounts, all with the password  {password}")
    for row in accounts:
        typer.echo(f"  {row['username']:<10} {row['note']['zh']} / {row['note']['en']}")


@audit.command()
def verify(
    folder: Annotated[Path, typer.Option(help="Folder of the embedded database.")] = FOLDER,
    database: Annotated[str, typer.Option(help="postgresql://...; empty for SQLite in the folder.")] = "",
    anchor: Annotated[str, typer.Option(help="A head printed earlier; it must still be in the chain.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="The folder is a demo's.")] = False,
) -> None:
    """Recompute every seal over the audit; ends with an error where something was changed.

    Example:

        renben audit verify --folder renben-web --anchor 57cfc9e9fdc4e143
    """
    web(demo, folder, database, "127.0.0.1")
    start.prepare()
    verdict = sealed.verify(anchor)
    typer.echo(
        f"{verdict.seals} seals, {verdict.events} rows sealed, {verdict.unsealed} not yet; head {verdict.head}"
    )
    for problem in verdict.problems:
        typer.echo(f"PROBLEM {problem}", err=True)
    if verdict.problems:
        raise typer.Exit(1)
    typer.echo("sound")


@audit.command()
def head(
    folder: Annotated[Path, typer.Option(help="Folder of the embedded database.")] = FOLDER,
    database: Annotated[str, typer.Option(help="postgresql://...; empty for SQLite in the folder.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="The folder is a demo's.")] = False,
) -> None:
    """Seal what is settled and print the head, to be published where the database's owner cannot reach it.

    Example:

        renben audit head --folder renben-web
    """
    web(demo, folder, database, "127.0.0.1")
    start.prepare()
    typer.echo(sealed.head())
