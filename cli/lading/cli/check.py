"""``lading check``: every contract on its own, all together, and against a baseline."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.mending import mend_files
from lading.cli.reports import Format, exit_code, rendered
from lading.cli.terminal import answer, counted, say, working
from lading.cli.versions import version_place
from lading.cli.workspaces import baseline, is_transitive, open_workspace, place_in, promised
from lading.compat import Outcome, Verdict, judge, judge_history, policy_of
from lading.compat import prove as with_examples
from lading.compat.bump import Bump, version_step
from lading.compat.policy import DEFAULT as POLICY
from lading.governance import decisions_of, seen, unneeded, with_consumers, with_decisions
from lading.model import (
    Compatibility,
    Kind,
    Lifecycle,
    Place,
    Problem,
    canonical_text,
    check_openapi,
    openapi_obstacle,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from lading.cli.workspaces import Baseline, Opened
    from lading.compat import Policy
    from lading.compat.bump import VersionStep
    from lading.compat.mend import Judge
    from lading.model import Consumer, Contract

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
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="First put right what is safe: add the default or alias that readers miss.",
        ),
    ] = False,
) -> None:
    """Check every contract, and what changed since a baseline: the gate.

    Examples:
        lading check                           in a git branch, against the trunk
        lading check contracts --against main
        lading check --against registry --format json
        lading check --fix                     and see what it wrote with git diff
    """
    with working("reading the contracts"):
        opened = open_workspace(path)
        before = baseline(opened, against, promise)
    today = datetime.now(tz=UTC).date()
    policy = policy_of(before.check or opened.workspace.settings.check, today) if before else POLICY
    if fix and before and _mended(opened, before, promise, policy):
        opened = open_workspace(path)
    with _invalid(opened, before) as waiting:
        verdicts, gone = judged(opened, before, promise, policy) if before else ([], [])
        with working("checking the APIs against the OpenAPI specification"):
            invalid = list(waiting)
    read = _not_said_by(verdicts, opened, before) if before else opened.workspace.problems
    unsure = _unsure(opened, before, promise) if before else frozenset()
    wrong, notes = (
        _around(opened, before, verdicts, today=today.isoformat(), unsure=unsure)
        if before
        else ((), ())
    )
    problems = [*read, *invalid, *gone, *wrong]
    answer(
        rendered(
            verdicts,
            problems,
            format_,
            root=opened.root,
            folder=opened.folder,
            verbose=verbose,
            prove=prove,
            notes=notes,
            earlier=before.folder if before else "",
            ruleset=policy.ruleset,
            contracts=len(opened.workspace.contracts),
        )
    )
    if format_ is Format.TEXT:
        _tell(opened, before, against, unsure)
    raise typer.Exit(exit_code(verdicts, problems))


def judged(
    opened: Opened, before: Baseline, promise: Compatibility | None, policy: Policy
) -> tuple[list[Verdict], list[Problem]]:
    """(a verdict for each contract that both have, a problem for each that is gone)."""
    consumers = tuple(_consumers(before.consumers, opened.workspace.consumers))
    decided = _decided(opened, before, _judge(opened, before, promise, policy))
    verdicts = [with_examples(with_consumers(each, consumers)) for each in decided]
    return verdicts, list(_gone(opened, before))


def _judge(
    opened: Opened, before: Baseline, promise: Compatibility | None, policy: Policy
) -> Judge:
    """Judges a change by what was promised before it, not by what it promises from now on.

    A transitive promise is kept against all versions that the baseline knows. What was decided
    about its findings comes with it.
    """
    decisions, today = decisions_of(opened.workspace), str(policy.today or "")
    histories = before.histories or {}

    def verdict(old: Contract, new: Contract) -> Verdict:
        kept = [each for each in histories.get(old.subject, ()) if each.kind is new.kind]
        found = (
            judge_history(kept, new, promise, defaults=before.promises, policy=policy)
            if kept and not is_same(old, new)
            else judge(old, new, promise, defaults=before.promises, policy=policy)
        )
        return with_decisions(found, decisions, today)

    return verdict


def is_same(old: Contract, new: Contract) -> bool:
    """Whether both say the same, as a registry compares: then there is no version to judge."""
    return old.kind is new.kind and old.terms == new.terms and _texts(old) == _texts(new)


def _texts(contract: Contract) -> list[str]:
    return sorted(canonical_text(contract.kind, each) for each in contract.documents)


def _decided(opened: Opened, before: Baseline, judge_: Judge) -> Iterator[Verdict]:
    now = {each.subject: each for each in promised(opened.workspace)}
    return (judge_(old, now[old.subject]) for old in before.contracts if old.subject in now)


def _mended(
    opened: Opened, before: Baseline, promise: Compatibility | None, policy: Policy
) -> bool:
    """Put right what is safe, and say it; whether a file was written."""
    again = _judge(opened, before, promise, policy)
    found = mend_files(
        opened.root, list(_decided(opened, before, again)), again, folder=opened.folder
    )
    for line in found.lines:
        say(line)
    if not found.lines:
        say("nothing that is safe to put right without asking: see fix: below each finding")
    return found.written


def _unsure(opened: Opened, before: Baseline, promise: Compatibility | None) -> frozenset[str]:
    """The subjects that may have findings against versions that they were not held against.

    The baseline knows one version only; or nothing changed, and what comes next will be judged.
    """
    if before.histories is not None:
        now = {each.subject: each for each in promised(opened.workspace)}
        return frozenset(
            str(each.subject)
            for each in before.contracts
            if each.subject in before.histories and is_same(each, now[each.subject])
        )
    return frozenset(
        str(each.subject)
        for each in (*before.contracts, *promised(opened.workspace))
        if is_transitive(each, promise, before.promises)
    )


def _around(
    opened: Opened,
    before: Baseline,
    verdicts: Sequence[Verdict],
    *,
    today: str,
    unsure: Collection[str],
) -> tuple[list[Problem], list[Problem]]:
    """(problems, notes) about the decisions and the version numbers that come with a change."""
    decisions = decisions_of(opened.workspace)
    known = before.decisions.entries if before.check else decisions.entries
    wrong, stale = unneeded(
        seen(decisions, verdicts, unsure),
        verdicts,
        before=known,
        place=lambda origin: place_in(opened.root, origin),
        today=today,
    )
    said = (before.check or opened.workspace.settings.check).versions
    versions = list(_versions(verdicts, opened.root)) if said != "off" else []
    if said == "error":
        return [*wrong, *versions], list(stale)
    return list(wrong), [*stale, *versions]


def _versions(verdicts: Iterable[Verdict], root: Path) -> Iterator[Problem]:
    """The contracts whose number says less than what changed, those of one number together.

    What does not pass is not asked about: a number would not make it pass.
    """
    found: dict[tuple[str, str, Place], list[Verdict]] = {}
    for each in verdicts:
        step = None if each.outcome is Outcome.INCOMPATIBLE else version_step(each)
        if step and not step.enough and (step.lowered or step.required > Bump.PATCH):
            key = (_says_less(step), step.least, version_place(root, each.new))
            found.setdefault(key, []).append(each)
    for (message, least, place), those in found.items():
        more = f" and {len(those) - 1} more" if len(those) > 1 else ""
        text = f"`{those[0].subject}`{more}: {message}"
        yield Problem("LAD045", text, place, f"version: {least}")


def _says_less(step: VersionStep) -> str:
    if step.lowered:
        return f"version {step.new} is below {step.old}, which is in use"
    return f"version {step.new} does not say that the change is {step.required.word}"


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
    """The problems, less a consumer's lost field or status where a finding says whom it breaks.

    A finding that is waived says it no more: the consumer's file has to change with it, or the
    trunk would be red as soon as the change is in.
    """
    broken = {
        name
        for each in verdicts
        for finding in each.findings
        if finding.counts
        for name in finding.breaks
    }
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


def _tell(
    opened: Opened, before: Baseline | None, against: str | None, unsure: frozenset[str]
) -> None:
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
    held = unsure & {str(each.subject) for each in before.contracts}
    if held and before.histories is None:
        many = counted(len(held), "transitive promise")
        say(f"{many} held against that version alone: --against registry knows the others")
    if before.problems and against:
        found = counted(len(before.problems), "problem")
        say(f"{found} in {before.name}: what that hides was not compared")
