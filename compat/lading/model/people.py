"""The files that name people and systems: systems, ownership and consumers."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from lading.model.consumption import Consumer, Meaning, Ownership, Reads, System, Waiver
from lading.model.contract import Subject
from lading.model.notes import kind_of
from lading.model.suggest import did_you_mean, system_hint
from lading.model.taxonomies import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import Document, Pointer
    from lading.model.notes import Notes

KINDS: Final = (
    "WMS",
    "ERP",
    "TMS",
    "PORTAL",
    "CARRIER",
    "EDI",
    "3PL",
    "ECOMMERCE",
    "PLATFORM",
)
_SYSTEM_KEYS: Final = (
    "id",
    "name",
    "kind",
    "team",
    "contact",
    "on_call",
    "escalation",
    "description",
)
_OBJECT_KEYS: Final = ("object", "id", "owner", "split", "proposes", "consumes", "note")
_SPLIT_KEYS: Final = ("by", "owners")
_CONSUMER_KEYS: Final = (
    "consumer",
    "system",
    "team",
    "contact",
    "environments",
    "review_by",
    "reads",
    "description",
)
_READ_KEYS: Final = ("contract", "fields", "statuses", "operations", "unknown", "range")
_WAIVER_KEYS: Final = ("finding", "rule", "subject", "path", "reason", "approved_by", "until")
_MEANING_KEYS: Final = ("finding", "rule", "subject", "path", "said", "reason", "by")
MEANINGS: Final = ("editorial", "clarified", "changed")
"""What the author of a changed text may say of it."""
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{12}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PATH: Final = re.compile(r"[A-Za-z_][\w-]*(\[\])?(\.[A-Za-z_][\w-]*(\[\])?)*", re.ASCII)


def read_systems(document: Document, notes: Notes) -> Iterator[System]:
    """The connected systems."""
    node = _object(document, notes, ("systems",))
    seen: set[str] = set()
    for _, row, at in rows(node, "systems", notes, need=True):
        notes.unknown_keys(row, at, _SYSTEM_KEYS)
        id_ = notes.text(row, "id", at, need=True)
        kind = notes.text(row, "kind", at, need=True)
        if kind and kind not in KINDS:
            hint = did_you_mean(kind, KINDS) or f"one of {', '.join(KINDS)}"
            notes.add("LAD031", (*at, "kind"), f"`{kind}` is no kind of system", hint=hint)
        if id_ in seen:
            notes.add("LAD014", (*at, "id"), f"the system `{id_}` is listed twice")
        seen.add(id_)
        yield System(
            id_,
            notes.text(row, "name", at) or id_,
            kind,
            notes.text(row, "team", at),
            notes.text(row, "contact", at),
            notes.text(row, "on_call", at),
            notes.text(row, "escalation", at),
        )


def read_ownership(document: Document, notes: Notes, systems: set[str]) -> Iterator[Ownership]:
    """Who owns which object."""
    node = _object(document, notes, ("objects",))
    seen: set[str] = set()
    for _, row, at in rows(node, "objects", notes, need=True):
        notes.unknown_keys(row, at, _OBJECT_KEYS)
        owner = notes.text(row, "owner", at, need=True)
        _known_system(owner, (*at, "owner"), notes, systems)
        for key in ("proposes", "consumes"):
            for index, each in enumerate(notes.texts(row, key, at)):
                _known_system(each, (*at, key, index), notes, systems)
        id_ = notes.text(row, "id", at)
        if id_ and id_ in seen:
            notes.add("LAD014", (*at, "id"), f"the object `{id_}` is listed twice")
        seen.add(id_)
        by, owners = _split(row, at, notes, systems)
        yield Ownership(
            notes.text(row, "object", at, need=True),
            owner,
            notes.texts(row, "proposes", at),
            notes.texts(row, "consumes", at),
            notes.text(row, "note", at).strip(),
            id=id_,
            split_by=by,
            owners=owners,
        )


def _split(
    row: dict[str, Any], at: Pointer, notes: Notes, systems: set[str]
) -> tuple[str, dict[str, str]]:
    """By which value the ownership is split, and the owner of each value."""
    node = row.get("split")
    if node is None:
        return "", {}
    owners = node.get("owners") if isinstance(node, dict) else None
    if not isinstance(owners, dict) or not all(isinstance(each, str) for each in owners.values()):
        hint = "split: {by: warehouse_id, owners: {own: wms, third-party: 3pl}}"
        notes.add("LAD031", (*at, "split"), "`split` says by what, and who owns which", hint=hint)
        return "", {}
    notes.unknown_keys(node, (*at, "split"), _SPLIT_KEYS)
    for value, owner in owners.items():
        _known_system(owner, (*at, "split", "owners", value), notes, systems)
    by = notes.text(node, "by", (*at, "split"), need=True)
    return by, {str(value): str(owner) for value, owner in owners.items()}


def read_consumer(document: Document, notes: Notes, systems: set[str]) -> Consumer:
    """One consumer's declaration."""
    node = _object(document, notes, _CONSUMER_KEYS)
    system = notes.text(node, "system", (), need=True)
    _known_system(system, ("system",), notes, systems)
    review = notes.text(node, "review_by", ())
    if review and not _is_date(review):
        notes.add(
            "LAD031", ("review_by",), f"`{review}` is not a date", hint="write it as 2027-06-30"
        )
    return Consumer(
        name=notes.text(node, "consumer", (), need=True),
        system=system,
        team=notes.text(node, "team", (), need=True),
        contact=notes.text(node, "contact", ()),
        reads=tuple(_reads(node, notes)),
        environments=notes.texts(node, "environments", ()),
        review_by=review,
    )


def read_waivers(document: Document, notes: Notes) -> Iterator[Waiver]:
    """The rules that need not be kept somewhere, each with who said so and until when.

    One of lint is waived at a place, one of the gate for one finding: a change that was seen.
    """
    node = _object(document, notes, ("waivers",))
    for _, row, at in rows(node, "waivers", notes, need=True):
        notes.unknown_keys(row, at, _WAIVER_KEYS)
        until = notes.text(row, "until", at, need=True)
        if until and not _is_date(until):
            notes.add("LAD031", (*at, "until"), f"`{until}` is not a date", hint="as 2027-06-30")
        rule = notes.text(row, "rule", at, need=True).upper()
        _said(row, at, notes, ("subject", "reason", "approved_by", "until"))
        yield Waiver(
            rule,
            notes.text(row, "subject", at, need=True),
            notes.text(row, "path", at),
            reason=notes.text(row, "reason", at, need=True),
            approved_by=notes.text(row, "approved_by", at, need=True),
            until=until,
            finding=_finding(row, at, notes, need=rule.startswith(_GATE)),
            at=notes.origin(at),
        )


def read_meanings(document: Document, notes: Notes) -> Iterator[Meaning]:
    """What the authors of changed texts say of them."""
    node = _object(document, notes, ("meanings",))
    for _, row, at in rows(node, "meanings", notes, need=True):
        notes.unknown_keys(row, at, _MEANING_KEYS)
        said = notes.text(row, "said", at, need=True)
        if said and said not in MEANINGS:
            hint = did_you_mean(said, MEANINGS) or f"one of {', '.join(MEANINGS)}"
            notes.add("LAD031", (*at, "said"), f"`{said}` is nothing to say of it", hint=hint)
        _said(row, at, notes, ("subject", "said", "reason", "by"))
        yield Meaning(
            _finding(row, at, notes, need=True),
            notes.text(row, "rule", at, need=True).upper(),
            notes.text(row, "subject", at, need=True),
            notes.text(row, "path", at),
            said,
            reason=notes.text(row, "reason", at, need=True),
            by=notes.text(row, "by", at, need=True),
            at=notes.origin(at),
        )


def _said(row: dict[str, Any], at: Pointer, notes: Notes, keys: tuple[str, ...]) -> None:
    """Note the texts that are there and say nothing: an exception without a reason is none."""
    for key in keys:
        if isinstance(row.get(key), str) and not row[key].strip():
            notes.add("LAD031", (*at, key), f"`{key}` is empty", hint=f"{_SAYS[key]}, in words")


_SAYS: Final = {
    "subject": "the contract that it is for",
    "reason": "why it is so",
    "approved_by": "who approved it",
    "until": "the last day, as 2027-06-30",
    "by": "who says so",
    "said": f"one of {', '.join(MEANINGS)}",
}
_GATE: Final = "LAD"
"""How the rules of the gate begin; all others are of lint."""


def _finding(row: dict[str, Any], at: Pointer, notes: Notes, *, need: bool) -> str:
    """The fingerprint of a finding, which a rule of the gate needs and one of lint cannot have."""
    hint = "12 hexadecimal digits, as `lading check` shows them behind `more:`"
    if isinstance(row.get("finding"), int | float):
        # Digits alone are a number for YAML, which may have lost some of them by now.
        message = "`finding` is a number, and must be text"
        notes.add("LAD031", (*at, "finding"), message, hint=f"{hint}, in quotes")
        return ""
    found = notes.text(row, "finding", at)
    if need and row.get("finding") in (None, ""):
        notes.add("LAD031", at, "`finding` is missing: which finding is it about?", hint=hint)
    elif found and not need:
        notes.add("LAD031", (*at, "finding"), "a rule of lint is waived by subject and path")
    elif found and not is_fingerprint(found):
        notes.add("LAD031", (*at, "finding"), f"`{found}` is no fingerprint", hint=hint)
    return found


def is_fingerprint(text: str) -> bool:
    """Whether it is written as fingerprints of findings are."""
    return bool(_FINGERPRINT.fullmatch(text))


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _reads(node: dict[str, Any], notes: Notes) -> Iterator[Reads]:
    for _, row, at in rows(node, "reads", notes, need=True):
        notes.unknown_keys(row, at, _READ_KEYS)
        unknown = notes.text(row, "unknown", at) or "FAIL"
        if unknown not in {"FAIL", "IGNORE"}:
            notes.add("LAD031", (*at, "unknown"), f"`{unknown}` is neither FAIL nor IGNORE")
        fields = notes.texts(row, "fields", at)
        for index, path in enumerate(fields):
            if not _PATH.fullmatch(path):
                hint = "dotted names, [] after a list: lines[].item_id"
                notes.add(
                    "LAD031", (*at, "fields", index), f"`{path}` is no path of fields", hint=hint
                )
        yield Reads(
            Subject(notes.text(row, "contract", at, need=True)),
            fields=fields,
            statuses=notes.texts(row, "statuses", at),
            operations=notes.texts(row, "operations", at),
            unknown=unknown,
            at=notes.origin(at),
        )


def _known_system(id_: str, at: Pointer, notes: Notes, systems: set[str]) -> None:
    if id_ and systems and id_ not in systems:
        hint = system_hint(id_, systems)
        notes.add("LAD035", at, f"there is no system `{id_}`", hint=hint)


def _object(document: Document, notes: Notes, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(document.value, dict):
        notes.add("LAD031", (), f"{document.name} is an object, not {kind_of(document.value)}")
        return {}
    notes.unknown_keys(document.value, (), keys)
    return document.value
