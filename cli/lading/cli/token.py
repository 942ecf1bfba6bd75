"""``lading token``: who may call a registry."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.terminal import answer, say
from lading.cli.workspaces import registry_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

app = application(__doc__ or "", group=True)

_DATABASE = typer.Option(
    "--database", "--db", help="SQLite file, or address of a PostgreSQL database, of the registry."
)
_REGISTRY = typer.Option(
    help="Address of the registry; by default that of lading.toml, or LADING_REGISTRY. Needs "
    "LADING_TOKEN."
)
_ID = typer.Argument(help="Id of the token: the eight characters after lad_.")
_DAYS = typer.Option(min=1, max=3660, help="Days that the new token is good for.")


@command(app)
def create(
    name: Annotated[str, typer.Argument(help="Who it stands for, as the log will have it.")],
    role: Annotated[
        list[str] | None, typer.Option(help="What it may: reader, writer, auditor or admin.")
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(help="Subjects it may do that on; * stands for any text. By default all."),
    ] = None,
    admin: Annotated[
        bool, typer.Option("--admin", help="It may do everything, also make tokens.")
    ] = False,
    days: Annotated[int, _DAYS] = 365,
    database: Annotated[str | None, _DATABASE] = None,
    registry: Annotated[str | None, _REGISTRY] = None,
) -> None:
    """Make a token. It is written to stdout, this once.

    With --database the registry must not be running on that file: this is how the first one is
    made.

    Examples:
        lading token create ops --admin --database registry.db
        lading token create wms-ci --role writer --on 'logistics.shipment.*'
    """
    grants = _wanted(role or [], on or ["*"], admin=admin)
    with _desk(database, registry) as desk:
        _tell(desk.create_token(name, grants, days=days))


def listed(
    database: Annotated[str | None, _DATABASE] = None,
    registry: Annotated[str | None, _REGISTRY] = None,
) -> None:
    """List all tokens: what they may, until when, and when they were last used.

    Examples:
        lading token list
        lading token list --database registry.db
    """
    with _desk(database, registry) as desk:
        found = desk.tokens()
    answer("\n".join(map(_line, found)) if found else "no tokens.")


listed.__name__ = "list"  # as it is typed; a global of that name would hide the type
command(app)(listed)


@command(app)
def rotate(
    token: Annotated[str, _ID],
    overlap: Annotated[
        int, typer.Option(min=0, max=3660, help="Days until the old token ends.")
    ] = 7,
    days: Annotated[int, _DAYS] = 365,
    database: Annotated[str | None, _DATABASE] = None,
    registry: Annotated[str | None, _REGISTRY] = None,
) -> None:
    """Make a successor that may do the same, and end the old token some days later.

    Examples:
        lading token rotate k3x7qp2m --overlap 14
    """
    with _desk(database, registry) as desk:
        _tell(desk.rotate_token(token, days=days, overlap=overlap))


@command(app)
def end(
    token: Annotated[str, _ID],
    database: Annotated[str | None, _DATABASE] = None,
    registry: Annotated[str | None, _REGISTRY] = None,
) -> None:
    """End a token now.

    Examples:
        lading token end k3x7qp2m
    """
    with _desk(database, registry) as desk:
        found = desk.end_token(token)
    answer(f"{found['id']} ({found['name']}) has ended.")


class _Desk(Protocol):
    """Where tokens are made: a registry that runs, or the database of one that does not."""

    def tokens(self) -> list[dict[str, Any]]: ...

    def create_token(
        self, name: str, grants: Sequence[Mapping[str, Any]], *, days: int
    ) -> dict[str, Any]: ...

    def rotate_token(self, token_id: str, *, days: int, overlap: int) -> dict[str, Any]: ...

    def end_token(self, token_id: str) -> dict[str, Any]: ...


@contextmanager
def _desk(database: str | None, registry: str | None) -> Iterator[_Desk]:
    """What a database gets wrong is wrong usage; what a registry refuses is not."""
    from lading.registry.errors import AccessError, NotFound, StoreError

    if database is not None and registry is not None:
        raise UsageProblem("--database and --registry name two places", hint="give one of them")
    try:
        if database is None:
            yield _client(registry)
        else:
            with _opened(database) as desk:
                yield desk
    except (AccessError, NotFound, StoreError) as error:
        raise UsageProblem(error.message, hint=error.hint) from error


def _client(registry: str | None) -> _Desk:
    from lading.registry.client import Client

    return Client(registry or registry_address())


@contextmanager
def _opened(database: str) -> Iterator[_Desk]:
    from lading.registry.auth.tokens import Desk
    from lading.registry.store.opening import open_store, refuse_secrets

    refuse_secrets(database)
    store = open_store(database)
    try:
        yield Desk(store, by="command line")
    finally:
        store.close()


def _wanted(roles: list[str], on: list[str], *, admin: bool) -> list[dict[str, Any]]:
    if admin == bool(roles):
        raise UsageProblem(
            "a token is for --admin or for a --role, and for one of them",
            hint="for instance --role reader",
        )
    return [{"role": each, "on": on} for each in (["admin"] if admin else roles)]


def _tell(found: Mapping[str, Any]) -> None:
    answer(found["token"])
    say(f"token {found['id']} of {found['name']}, good until {_day(found['expires'])}.")
    say("It is not kept here: put it where secrets are kept, now.")


def _line(found: Mapping[str, Any]) -> str:
    until = _day(min(found["expires"], found.get("ended", found["expires"])))
    used = f"used {_day(found['used'])}" if "used" in found else "never used"
    state = "until" if found["good"] else "over since"
    may = "; ".join(_may(each) for each in found["grants"])
    return f"{found['id']}  {found['name']}  {state} {until}, {used}: {may}"


def _may(grant: Mapping[str, Any]) -> str:
    what = grant.get("role") or ", ".join(grant["rights"])
    return f"{'not ' if grant.get('deny') else ''}{what} on {', '.join(grant['on'])}"


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, tz=UTC).date().isoformat()
