"""``lading search``: find contracts in a registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.exit_codes import ExitCode
from lading.cli.terminal import answer, counted, say
from lading.cli.workspaces import registry_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

app = application(__doc__ or "")


@command(app)
def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words of names, fields, codes, owners or descriptions."),
    ] = None,
    registry: Annotated[
        str | None,
        typer.Option(
            help="Address of the registry; by default that of lading.toml, or LADING_REGISTRY."
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only contracts of this kind, such as AVRO or OPENAPI.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(help="Only those that this system or team answers for.")
    ] = None,
    field: Annotated[
        str | None,
        typer.Option(
            help="Only those with this field: a name or a path, lines[].item_id; with a star at "
            "its end the start of one."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Most contracts to list.")] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write the answer of the registry as it is.")
    ] = False,
) -> None:
    """Find contracts in a registry, the best hits first.

    A word stands for all that it is a start of, and all words have to be there.

    Examples:
        lading search shipment confirmed
        lading search --field tracking_number --owner tms
        lading search invoice --kind OPENAPI --json
    """
    from lading.registry.client import Client

    text, also = " ".join(words or ()), {"kind": kind, "owner": owner, "field": field}
    given = {key: each for key, each in also.items() if each and each.strip()}
    if not text.strip() and not given:
        raise UsageProblem("nothing to look for", hint="lading search WORDS")
    found = Client(registry or registry_address()).search(text, limit=limit, **given)
    if as_json:
        answer(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        answer("\n".join(_lines(found["hits"])))
        _tell(found)
    raise typer.Exit(ExitCode.CLEAN)


def _lines(hits: Sequence[dict[str, Any]]) -> Iterator[str]:
    """One line a contract, and one below it with the fields that were asked for."""
    width = max((len(each["subject"]) for each in hits), default=0)
    for each in hits:
        terms = each["terms"]
        people = ", ".join(filter(None, (terms.get("owner"), terms.get("team"))))
        state = "" if terms["lifecycle"] == "active" else f"  {terms['lifecycle']}"
        line = f"{each['subject']:<{width}}  v{each['version']:<4} {each['kind']:<8}  {people}"
        yield f"{line.rstrip()}{state}"
        if each["fields"]:
            yield f"  {', '.join(each['fields'])}"


def _tell(found: dict[str, Any]) -> None:
    count = counted(len(found["hits"]), "contract")
    more = "; there are more, ask more exactly or with --limit" if found.get("next") else ""
    say(f"{count if found['hits'] else 'no contract'} found{more}")
    if found["behind"]:
        say(f"the search does not know the last {counted(found['behind'], 'change')} yet")
