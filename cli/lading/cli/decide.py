"""Writing a decision about a finding beside those that were made before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from lading.cli.check import judged
from lading.cli.entries import write_entry
from lading.cli.errors import Undecidable, UsageProblem
from lading.cli.terminal import answer, working
from lading.cli.workspaces import baseline, open_workspace
from lading.compat import policy_of
from lading.compat.report.fold import edits
from lading.model.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from lading.compat import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry that somebody wants to write."""

    finding: str
    file: str
    key: str
    """The list in the file: ``waivers``."""
    said: Mapping[str, str]


def decide(
    path: Path,
    against: str | None,
    asked: Asked,
    *,
    allowed: Callable[[Finding], bool],
) -> bool:
    """Write the entry for a finding that the workspace has, and say so.

    It replaces an entry that the file has for the same finding: to renew and to extend are one.

    Returns:
        Whether the finding is one that is `allowed`; nothing is written for another.

    Raises:
        UsageProblem: a text is empty, there is no such finding, or it passes without an entry.
        Undecidable: there is nothing to compare with.
    """
    for key, text in asked.said.items():
        if not text.strip():
            option = _OPTIONS.get(key, key)
            raise UsageProblem(f"{option} is empty", hint=f"{option} says {_SAYS[option]}")
    with working("reading the contracts"):
        opened = open_workspace(path)
        before = baseline(opened, against)
    if before is None:
        raise Undecidable("nothing was compared: this is no git repository with a main branch")
    today = datetime.now(tz=UTC).date()
    policy = policy_of(before.check or opened.workspace.settings.check, today)
    verdicts, _ = judged(opened, before, None, policy)
    found = _found(verdicts, asked.finding)
    if not (found.forbidden or found.undecided or found.meaning):
        raise UsageProblem(
            f"finding {found.fingerprint} keeps nothing from passing",
            hint="it needs no entry; lading check --verbose shows it",
        )
    if not allowed(found):
        return False
    entry = {
        "finding": found.fingerprint,
        "rule": found.rule,
        "subject": str(found.subject),
        "path": found.path,
        **asked.said,
    }
    written = {key: value for key, value in entry.items() if value}
    replaced = write_entry(opened.root / asked.file, asked.key, written)
    answer(f"{opened.folder}{asked.file}: {found.rule} {found.subject} {found.path}".rstrip())
    answer(f"  {found.reason}")
    for each in replaced:
        said = ", ".join(f"{key}: {each[key]}" for key in asked.said if key in each)
        answer(f"  in place of the entry that was there: {said}")
    return True


_OPTIONS: Final = {"reason": "--reason", "approved_by": "--by", "by": "--by"}
_SAYS: Final = {"--reason": "why, in words that others understand", "--by": "who answers for it"}


def _found(verdicts: Sequence[Verdict], name: str) -> Finding:
    """The finding of that name, as seen from the contract whose document was edited."""
    shown = [each.finding for each in edits(verdicts)]
    everywhere = [each for verdict in verdicts for each in verdict.findings]
    known = {each.fingerprint: each for each in (*everywhere, *shown)}
    found = known.get(name.lower())
    if found is None:
        near = closest(name, [each.fingerprint for each in shown if each.counts])
        shows = "lading check shows the findings there are, and with --against registry those "
        hint = f"did you mean {near}?" if near else f"{shows}against earlier versions too"
        raise UsageProblem(f"there is no finding `{name}`", hint=hint)
    return found
