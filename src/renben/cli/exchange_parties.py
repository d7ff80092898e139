"""`renben exchange`, the part that speaks to other systems: partners, keys, agreements, messages, receipts."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from renben.cli.common import JsonOption, print_json
from renben.cli.exchange_options import DatabaseOption, DemoOption, FolderOption, show
from renben.web import correspondence
from renben.web.passage import Place

CodeArgument = Annotated[str, typer.Argument(help="Name of the partner, such as linfen-residence.")]
FOLDER = Path("renben-web")


def party(folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
          json_: JsonOption = False) -> None:  # fmt: skip
    """Show our name and public key, for a partner to register.

    Example:

        renben exchange party --demo
    """
    show([correspondence.own_key(Place(folder, database, demo))], json_, "own party")


def rotate(folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False) -> None:
    """Make another signing key; it signs from now on. Give its public part to every partner.

    Example:

        renben exchange rotate --demo
    """
    typer.echo(correspondence.parties(Place(folder, database, demo)).rotate())


def partner(
    code: CodeArgument,
    zh: Annotated[str, typer.Option(help="Its name in Chinese.")],
    en: Annotated[str, typer.Option(help="Its name in English.")],
    public: Annotated[str, typer.Option(help="Its public key, 64 hexadecimal digits, from `renben exchange party` there.")],
    address: Annotated[str, typer.Option(help="Its door: https://.../api/v1/exchange/messages; empty: it only sends.")] = "",
    office: Annotated[str, typer.Option(help="Office of the catalogue whose system it is, such as housing; it gets the answers to that office's requests.")] = "",
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """Register a partner with its first key. Nothing may be exchanged until something is agreed.

    Example:

        renben exchange partner linfen --zh 临汾 --en Linfen --public 8139...6394 --address https://example.org/api/v1/exchange/messages
    """
    made = correspondence.parties(Place(folder, database, demo)).add_partner(
        code, zh, en, public, address, office
    )
    typer.echo(f"{made.code} registered; next: renben exchange agree {made.code} in KIND PURPOSE")


def key(
    code: CodeArgument,
    public: Annotated[str, typer.Argument(help="Its new public key, 64 hexadecimal digits.")],
    days: Annotated[int, typer.Option(help="Days after which its keys of before end; 0: they stay.")] = 0,
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """Register another key of a partner, after it has rotated.

    Example:

        renben exchange key linfen 8139...6394 --days 7
    """
    typer.echo(f"key {correspondence.parties(Place(folder, database, demo)).add_key(code, public, days).key}")


def break_(
    name: Annotated[str, typer.Argument(help="Name of the key, 16 hexadecimal digits.")],
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """Take nothing any more that a key signed: somebody else may have it.

    Example:

        renben exchange break 56475aa75463474c
    """
    correspondence.parties(Place(folder, database, demo)).break_key(name)
    typer.echo(f"key {name} is broken; register another: renben exchange key")


def agree(
    code: CodeArgument,
    way: Annotated[str, typer.Argument(help="in (we take it) or out (we send it).")],
    kind: Annotated[str, typer.Argument(help="Kind of message, such as residence.certificate.")],
    purpose: Annotated[str, typer.Argument(help="A purpose of guard/policy.yaml, such as residence_permit.")],
    region: Annotated[str, typer.Option(help="Range of regions, such as 141000; empty: everywhere.")] = "",
    basis: Annotated[str, typer.Option(help="Article of law; the purpose's own where it is empty.")] = "",
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """Allow a kind of message with a partner; everything that was not agreed is refused.

    Example:

        renben exchange agree linfen in residence.certificate residence_permit --region 141000
    """
    made = correspondence.parties(Place(folder, database, demo)).agree(
        code, way, kind, purpose, region, basis
    )
    typer.echo(f"agreement {made.pk}: {code} {way} {kind} for {purpose}, {made.basis}")


def end(
    number: Annotated[int, typer.Argument(help="Number of the agreement.")],
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """End an agreement; what was exchanged stays.

    Example:

        renben exchange end 3
    """
    correspondence.parties(Place(folder, database, demo)).end_agreement(number)
    typer.echo(f"agreement {number} has ended")


def close(code: CodeArgument, folder: FolderOption = FOLDER, database: DatabaseOption = "",
          demo: DemoOption = False) -> None:  # fmt: skip
    """Close a partner: nothing comes in from it and nothing goes out to it any more.

    Example:

        renben exchange close linfen
    """
    correspondence.parties(Place(folder, database, demo)).close_partner(code)
    typer.echo(f"{code} is closed")


def partners(folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
             json_: JsonOption = False) -> None:  # fmt: skip
    """List partners with their keys and agreements.

    Example:

        renben exchange partners --demo
    """
    show(correspondence.parties(Place(folder, database, demo)).register(), json_, "partners")


def messages(
    count: Annotated[int, typer.Option(help="How many at most, the newest first.")] = 50,
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False, json_: JsonOption = False,
) -> None:  # fmt: skip
    """List messages in and out with their state, without their contents.

    Example:

        renben exchange messages --demo
    """
    show(correspondence.messages(Place(folder, database, demo), count), json_, "messages")


def post(
    again: Annotated[bool, typer.Option("--again", help="Also what was given up after many attempts.")] = False,
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """Deliver what is due now; the running service does so by itself every few seconds.

    Example:

        renben exchange post --again --demo
    """
    typer.echo(f"{correspondence.post(Place(folder, database, demo), again)} delivered")


def receipt(
    message: Annotated[str, typer.Argument(help="Id of the message.")],
    folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False,
) -> None:  # fmt: skip
    """Print the signed receipt of a message, to keep or to show to somebody.

    Example:

        renben exchange receipt 5e0d7c1a-0000-4000-8000-000000000001 > receipt.json
    """
    typer.echo(correspondence.receipt_of(Place(folder, database, demo), message))


def verify(
    file: Annotated[Path, typer.Argument(help="File with a receipt.")],
    public: Annotated[
        str, typer.Option(help="Public key of the party that signed it, 64 hexadecimal digits.")
    ],
    json_: JsonOption = False,
) -> None:
    """Check a receipt against a public key, without database or network.

    Example:

        renben exchange verify receipt.json --public 8139...6394
    """
    found = correspondence.verified(file, public)
    if json_:
        print_json(dict(found))
    else:
        typer.echo(f"genuine: {found['receiver']} took message {found['message']} of {found['sender']} in at "
                   f"{found['received_at']} ({found['outcome']}), content SHA-256 {found['digest']}")  # fmt: skip


def check(folder: FolderOption = FOLDER, database: DatabaseOption = "", demo: DemoOption = False) -> None:
    """Check every message and receipt against its digest, its signature and the sealed audit.

    Example:

        renben exchange check --demo
    """
    found = correspondence.problems(Place(folder, database, demo))
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(1)
    typer.echo("every message fits the sealed audit")


COMMANDS: dict[str, Callable[..., None]] = {
    "party": party, "rotate": rotate, "partner": partner, "key": key, "break": break_, "agree": agree, "end": end,
    "close": close, "partners": partners, "messages": messages, "post": post, "receipt": receipt, "verify": verify,
    "check": check,
}  # fmt: skip
"""Name -> command, in the order shown."""
