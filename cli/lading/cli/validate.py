"""``lading validate``: whether messages are what their contracts say."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.exit_codes import ExitCode
from lading.cli.findings import rendered, weighed
from lading.cli.reports import Format
from lading.cli.terminal import answer, counted, working
from lading.cli.workspaces import open_workspace
from lading.lint import judge
from lading.model import ContractError, Kind, Sample, read_document
from lading.model.document import Syntax
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint import LintFinding
    from lading.model import Contract, Document, Workspace

app = application(__doc__ or "")


@command(app)
def validate(
    messages: Annotated[
        list[str], typer.Argument(help="Files of one JSON message each; - reads standard input.")
    ],
    subject: Annotated[
        str | None,
        typer.Option("--as", help="The contract; by default what the message says of itself."),
    ] = None,
    workspace: Annotated[
        Path, typer.Option("--in", help="The workspace with the contracts.")
    ] = Path(),
    format_: Annotated[
        Format, typer.Option("--format", help="How to write the result.")
    ] = Format.TEXT,
) -> None:
    """Hold messages to their contracts: types, identifiers, units, owners, what adds up.

    A message says what it is by the `event_type` of its envelope, by the `type` of its CloudEvent,
    or by the folder it stands in.

    Examples:
        lading validate shipment.json
        lading validate inbox/*.json --in contracts
        lading validate - --as logistics.posting.v1.GoodsIssuePosted < posted.json
    """
    with working("reading the contracts"):
        opened = open_workspace(workspace)
    today = datetime.now(tz=UTC).date().isoformat()
    documents: dict[str, Document] = {}
    findings: list[LintFinding] = []
    refused = 0
    for name in messages:
        document = _read(name)
        documents[document.name] = document
        contract = _contract(opened.workspace, document, subject)
        inside = _inside(document)
        bare = replace(document, value=inside) if inside is not None else document
        message = Sample(contract.subject, Path(document.name).stem, bare)
        report = judge(opened.workspace, message, pack="strict", today=today)
        refused += bool(report.findings)
        findings += map(_in_data, report.findings) if inside is not None else report.findings
    listed = rendered(findings, opened, format_, documents)
    if format_ is Format.TEXT:
        said = weighed(findings) if findings else "nothing to object to"
        listed += f"{counted(len(documents), 'message')}, {refused} refused: {said}."
    answer(listed)
    raise typer.Exit(ExitCode.FINDINGS if refused else ExitCode.CLEAN)


def _read(name: str) -> Document:
    shown = "stdin" if name == "-" else name
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageProblem(f"`{name}` cannot be read: {error.strerror}") from error
    try:
        return read_document(shown, data, syntax=Syntax.JSON)
    except ContractError as error:
        first = error.problems[0]
        where = f"{first.place.document}:{first.place.line}:{first.place.column}"
        raise UsageProblem(f"{where} {first.message}", hint=first.hint) from error


def _inside(document: Document) -> dict[str, Any] | None:
    """The message inside a structured CloudEvent; `None` where there is no envelope around it."""
    value: Any = document.value
    data = value.get("data") if isinstance(value, dict) and "specversion" in value else None
    return data if isinstance(data, dict) else None


def _in_data(finding: LintFinding) -> LintFinding:
    """A finding about what is in ``data``, at its place in the whole document."""
    at = replace(finding.hit.at, pointer=("data", *finding.hit.at.pointer))
    return replace(finding, hit=replace(finding.hit, at=at))


def _contract(workspace: Workspace, document: Document, subject: str | None) -> Contract:
    """The contract a message is held to.

    Raises:
        UsageProblem: none is named, or there is none of that name.
    """
    avro = {str(each.subject): each for each in workspace.contracts if each.kind is Kind.AVRO}
    named = subject or next(_said(document, avro), None)
    if named is None:
        message = f"`{document.name}` does not say what it is"
        raise UsageProblem(message, hint="name its contract: --as SUBJECT")
    if named not in avro:
        hint = did_you_mean(named, avro) or "lading check lists the contracts"
        raise UsageProblem(f"there is no Avro contract `{named}`", hint=hint)
    return avro[named]


def _said(document: Document, avro: dict[str, Contract]) -> Iterator[str]:
    """The subjects that a message gives itself, the plainest first."""
    value: Any = document.value if isinstance(document.value, dict) else {}
    inside = _inside(document) or {}
    kinds = {_event_type(each): subject for subject, each in avro.items()}
    for body in (value, inside):
        meta = body.get("meta")
        for said in (meta.get("event_type") if isinstance(meta, dict) else None, body.get("type")):
            if isinstance(said, str) and said in kinds:
                yield kinds[said]
    folder = Path(document.name).parent.name
    if folder in avro:
        yield folder


def _event_type(contract: Contract) -> str:
    node: Any = contract.document.value
    said = node.get("x-event-type") if isinstance(node, dict) else None
    return said if isinstance(said, str) else f"({contract.subject})"
