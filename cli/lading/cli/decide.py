"""Writing a decision about a finding beside those that were made before."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from lading.cli.check import judged
from lading.cli.errors import Undecidable, UsageProblem
from lading.cli.terminal import answer, working
from lading.cli.workspaces import baseline, open_workspace
from lading.compat import policy_of
from lading.compat.report.fold import edits
from lading.model import ContractError, read_document
from lading.model.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
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
    allowed: Callable[[Finding], bool] = lambda _: True,
) -> bool:
    """Write the entry for a finding that the workspace has, and say so.

    Returns:
        Whether the finding is one that is `allowed`; nothing is written for another.

    Raises:
        UsageProblem: there is no such finding, or it passes already.
        Undecidable: there is nothing to compare with.
    """
    with working("reading the contracts"):
        opened = open_workspace(path)
        before = baseline(opened, against)
    if before is None:
        raise Undecidable("nothing was compared: this is no git repository with a main branch")
    today = datetime.now(tz=UTC).date()
    policy = policy_of(before.check or opened.workspace.settings.check, today)
    verdicts, _ = judged(opened, before, None, policy)
    found = _found(verdicts, asked.finding)
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
    _append(opened.root / asked.file, asked.key, written)
    answer(f"{opened.folder}{asked.file}: {found.rule} {found.subject} {found.path}".rstrip())
    answer(f"  {found.reason}")
    return True


def _found(verdicts: Sequence[Verdict], name: str) -> Finding:
    """The finding of that name, as seen from the contract whose document was edited."""
    shown = [each.finding for each in edits(verdicts)]
    everywhere = [each for verdict in verdicts for each in verdict.findings]
    known = {each.fingerprint: each for each in (*everywhere, *shown)}
    found = known.get(name.lower())
    if found is None:
        near = closest(name, [each.fingerprint for each in shown if each.counts])
        hint = f"did you mean {near}?" if near else "lading check shows the findings there are"
        raise UsageProblem(f"there is no finding `{name}`", hint=hint)
    if not found.counts:
        said = "is waived already" if found.waiver else "keeps nothing from passing"
        raise UsageProblem(f"finding {found.fingerprint} {said}", hint="there is nothing to decide")
    return found


def _append(path: Path, key: str, entry: Mapping[str, str]) -> None:
    """Add the entry at the end of the list, in the layout of the others; the rest stays as it is.

    Raises:
        UsageProblem: the file is not what it should be, so that nothing was written.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else f"{key}:\n"
    indent = re.findall(r"^( *)- ", text, re.MULTILINE)[-1:] or ["  "]
    added = f"{text.rstrip()}\n{''.join(_lines(entry, indent[0]))}"
    try:
        value = read_document(path.name, added.encode()).value
    except ContractError as error:
        raise UsageProblem(f"{path} cannot be added to: {error}") from error
    listed = value.get(key) if isinstance(value, dict) else None
    if not isinstance(listed, list) or listed[-1:] != [dict(entry)]:
        raise UsageProblem(
            f"{path} does not end with the list `{key}`", hint=f"move `{key}` to its end"
        )
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(added, encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105 - atomic, also over an existing file


def _lines(entry: Mapping[str, str], indent: str) -> Iterator[str]:
    sign = "- "
    for key, value in entry.items():
        yield f"{indent}{sign}{key}: {_scalar(value)}\n"
        sign = "  "


_PLAIN: Final = re.compile(r"[A-Za-z_][\w./-]*( [\w./-]+)*", re.ASCII)
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _scalar(text: str) -> str:
    """As people write it in YAML: without quotes where nobody takes it for something else."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)
