"""Whether messages that must be refused are refused, and for the reason that is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.lint.base import Hit
from lading.lint.rules.words import on_sample
from lading.model import Origin
from lading.model.samples import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Refusal, Sample


def wrong_refusals(library: Library) -> Iterator[Hit]:
    """What is accepted that must not be, and what is refused without a reason given."""
    told: set[tuple[str, str]] = set()
    for refusal in library.workspace.refusals:
        meant = [each for each in library.workspace.samples if refusal.speaks_of(each)]
        if not meant:
            yield _of(refusal, "", f"there is no sample `{refusal.sample}`")
        for sample in meant:
            told.add((str(sample.subject), sample.name))
            yield from _accepted(library, refusal, sample)
    for sample in library.workspace.samples:
        if not sample.valid and (str(sample.subject), sample.name) not in told:
            yield on_sample(sample, "nothing says why it is refused", hint=f"name it in {REFUSED}")


def _accepted(library: Library, refusal: Refusal, sample: Sample) -> Iterator[Hit]:
    from lading.lint.rules import LINT_RULE

    rule = LINT_RULE.get(refusal.rule)
    if rule is None or rule.of_message is None:
        speaking = ", ".join(each.id for each in LINT_RULE.values() if each.of_message)
        message = f"`{refusal.rule}` is no rule that speaks of messages"
        yield _of(refusal, sample.name, message, hint=f"one of {speaking}")
        return
    try:
        value = refusal.changed(sample.document.value)
    except LookupError as error:
        yield _of(refusal, sample.name, str(error.args[0]))
        return
    document = replace(sample.document, value=value)
    changed = replace(sample, name=f"{sample.name} {refusal.name}".strip(), document=document)
    said = [each.message for each in rule.of_message(library, changed)]
    if not any(refusal.says in each for each in said):
        instead = f"it says: {'; '.join(said[:3])}" if said else "it says nothing"
        wanted = f"{refusal.rule} does not say `{refusal.says}`"
        yield _of(refusal, f"{sample.subject}/{sample.name}", wanted, hint=instead)


def _of(refusal: Refusal, sample: str, message: str, *, hint: str = "") -> Hit:
    where = refusal.at or Origin(REFUSED, ())
    path = f"{refusal.name or refusal.sample}: {sample}" if sample else refusal.name
    return Hit(REFUSED, where, message, path, hint)
