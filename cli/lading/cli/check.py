"""``lading check``: every contract on its own, all together, and against a baseline."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.reports import Format, exit_code, rendered
from lading.cli.terminal import answer, counted, say, working
from lading.cli.workspaces import baseline, open_workspace, promised
from lading.compat import Verdict, judge
from lading.compat import prove as with_examples
from lading.governance import with_consumers
from lading.model import (
    Compatibility,
    Kind,
    Lifecycle,
    Place,
    Problem,
    check_openapi,
    openapi_obstacle,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.cli.workspaces import Baseline, Opened
    from lading.model import Consumer

app = application(__doc__ or "")


@command(app)
def check(
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    against: Annotated[
        str | None,
        typer.Option(
            help="Baseline: a git revision (main, git:v1.2), a folder, a registry's address, or "
            "the word registry. By default where this branch left the trunk."
        ),
    ] = None,
    promise: Annotated[
        Compatibility | None,
        typer.Option(
            metavar="PROMISE", help=f"Judge every contract by this promise instead: {PROMISES}"
        ),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="How to write the result.")
    ] = Format.TEXT,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List compatible changes too.")
    ] = False,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Show each example whole, and say what has none."),
    ] = False,
) -> None:
    """Check every contract, and what changed since a baseline: the gate.

    Examples:
        lading check                           in a git branch, against the trunk
        lading check contracts --against main
        lading check --against registry --format json
    """
    with working("reading the contracts"):
        opened = open_workspace(path)
        before = baseline(opened, against)
    with _invalid(opened, before) as waiting:
        verdicts, gone = _judged(opened, before, promise) if before else ([], [])
        with working("checking the APIs against the OpenAPI specification"):
            invalid = list(waiting)
    read = _not_said_by(verdicts, opened, before) if before else opened.workspace.problems
    problems = [*read, *invalid, *gone]
    answer(
        rendered(
            verdicts,
            problems,
            format_,
            root=opened.root,
            folder=opened.folder,
            verbose=verbose,
            prove=prove,
            contracts=len(opened.workspace.contracts),
        )
    )
    if format_ is Format.TEXT:
        _tell(opened, before, against)
    raise typer.Exit(exit_code(verdicts, problems))


def _judged(
    opened: Opened, before: Baseline, promise: Compatibility | None
) -> tuple[list[Verdict], list[Problem]]:
    """(a verdict for each contract that both have, a problem for each that is gone).

    A change is held to what was promised before it, not to what it promises from now on.
    """
    workspace = opened.workspace
    consumers = tuple(_consumers(before.consumers, workspace.consumers))
    now = {each.subject: each for each in promised(workspace)}
    judged = (
        judge(old, now[old.subject], promise, defaults=before.promises)
        for old in before.contracts
        if old.subject in now
    )
    verdicts = [with_examples(with_consumers(each, consumers)) for each in judged]
    return verdicts, list(_gone(opened, before))


@contextmanager
def _invalid(opened: Opened, before: Baseline | None) -> Iterator[Iterator[Problem]]:
    """What the specification says against each API whose text is not that of the baseline.

    Each is asked about in a process of its own, as many at a time as there are cores, while the
    caller judges.
    """
    known = {each.document.text for each in before.contracts} if before else set()
    asked = []
    for contract in opened.workspace.contracts:
        if contract.kind is not Kind.OPENAPI or contract.document.text in known:
            continue
        why = openapi_obstacle(contract.document)
        if why:
            say(f"{contract.document.name} was not held against the OpenAPI specification: {why}")
        else:
            asked.append(contract.document)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        answers = pool.map(lambda document: list(check_openapi(document)), asked)
        yield (problem for found in answers for problem in found)


def _not_said_by(
    verdicts: Iterable[Verdict], opened: Opened, before: Baseline
) -> Iterator[Problem]:
    """The problems, less a consumer's lost field or status where a finding says whom it breaks."""
    broken = {name for each in verdicts for finding in each.findings for name in finding.breaks}
    named = {
        reads.at.document
        for each in opened.workspace.consumers
        for reads in each.reads
        if reads.at and any(name.startswith(f"{each.name} (") for name in broken)
    }
    earlier = {(each.place.document, each.message) for each in before.problems}
    for each in opened.workspace.problems:
        told = each.code == "LAD035" and each.place.document in named
        if not told or (each.place.document, each.message) in earlier:
            yield each


def _consumers(before: Iterable[Consumer], now: Iterable[Consumer]) -> Iterator[Consumer]:
    """Each consumer with what it reads by either version.

    A change that takes the reading off the list too does not make the reader read less.
    """
    earlier = {each.name: each for each in before}
    for each in now:
        was = earlier.pop(each.name, None)
        yield replace(each, reads=(*was.reads, *each.reads)) if was else each
    yield from earlier.values()


def _gone(opened: Opened, before: Baseline) -> Iterator[Problem]:
    """A contract may leave only when it was retired, or never in use."""
    unread = {each.place.document for each in opened.workspace.problems}
    for old in before.contracts:
        kept = opened.workspace.contract(old.subject) or old.document.name in unread
        if kept or old.terms.lifecycle in {Lifecycle.DRAFT, Lifecycle.RETIRED}:
            continue
        readers = sorted(
            f"{each.name} ({each.system}, {each.team})"
            for each in _consumers(before.consumers, opened.workspace.consumers)
            if any(reads.contract == old.subject for reads in each.reads)
        )
        breaks = f"; it breaks {', '.join(readers)}" if readers else ""
        yield Problem(
            "LAD041",
            f"the contract `{old.subject}` is gone, and it was {old.terms.lifecycle}{breaks}",
            Place(old.document.name),
            "set `lifecycle: retired` in contract.yaml first, and remove it in a later change",
        )


def _tell(opened: Opened, before: Baseline | None, against: str | None) -> None:
    """Say on stderr what was looked at, so that silence is never taken for a pass."""
    count = len(opened.workspace.contracts)
    say(f"{counted(count, 'contract')} read in {opened.folder or './'}")
    if before is None:
        say("Nothing was compared: this is no git repository with a main branch.")
        say("  try: lading check --against a folder, a git revision or a registry's address")
        return
    fresh = {each.subject for each in opened.workspace.contracts}
    fresh -= {each.subject for each in before.contracts}
    new = f", {len(fresh)} of them new" if fresh else ""
    say(f"compared with {before.name}{new}")
    if before.problems and against:
        found = counted(len(before.problems), "problem")
        say(f"{found} in {before.name}: what that hides was not compared")
