"""Code mapping documents in normal form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.model.locate import locate
from lading.model.notes import Notes, kind_of
from lading.model.suggest import did_you_mean
from lading.model.taxonomies import day, header, rows, word
from lading.model.taxonomy import (
    Case,
    CodeMap,
    MappingCell,
    Override,
    Quality,
    Sending,
    Unmapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import Document, Pointer

_KEYS: Final = (
    "mapping",
    "version",
    "title",
    "definition",
    "system",
    "list",
    "taxonomy",
    "owner",
    "unmapped",
    "rows",
    "overrides",
    "sends",
    "sends_all",
)
_LIST_KEYS: Final = ("name", "version", "licence", "size")
_ROW_KEYS: Final = (
    "code",
    "to",
    "also",
    "quality",
    "classifier",
    "cases",
    "final",
    "label",
    "note",
    "source",
    "provenance",
)
_CASE_KEYS: Final = ("when", "to", "also", "note")
_OVERRIDE_KEYS: Final = (
    "partner",
    "code",
    "to",
    "also",
    "quality",
    "reason",
    "approved_by",
    "until",
)
_SEND_KEYS: Final = ("from", "code", "quality", "note")
_PROVENANCES: Final = ("checked", "read", "recalled")
_CLASSIFIERS: Final = ("REQUESTED", "PLANNED", "ESTIMATED", "ACTUAL")


def read_mapping(document: Document, notes: Notes) -> CodeMap:
    """The mapping in `document`; what is wrong goes into `notes`."""
    if not isinstance(document.value, dict):
        notes.add("LAD031", (), f"a mapping is an object, not {kind_of(document.value)}")
    node: dict[str, Any] = document.value if isinstance(document.value, dict) else {}
    notes.unknown_keys(node, (), _KEYS)
    name, version = header(node, "mapping", notes)
    listed = node.get("list")
    if not isinstance(listed, dict):
        notes.add(
            "LAD031",
            ("list",),
            "`list` names the foreign code list",
            hint='list: {name: "...", version: "..."}',
        )
        listed = {}
    notes.unknown_keys(listed, ("list",), _LIST_KEYS)
    return CodeMap(
        name=name,
        version=version,
        system=notes.text(node, "system", (), need=True),
        code_list=notes.text(listed, "name", ("list",), need=True),
        list_version=notes.text(listed, "version", ("list",), need=True),
        taxonomy=notes.text(node, "taxonomy", (), need=True),
        cells=tuple(_cells(node, notes)),
        unmapped=word(Unmapped, node, "unmapped", (), notes=notes, default=Unmapped.UNKNOWN),
        overrides=tuple(_overrides(node, notes)),
        sends=tuple(_sends(node, notes)),
        sends_all=notes.flag(node, "sends_all", ()),
        owner=notes.text(node, "owner", ()),
        licence=notes.text(listed, "licence", ("list",)),
        size=_size(listed, notes),
        title=notes.text(node, "title", ()),
        doc=notes.text(node, "definition", ()).strip(),
        at=notes.origin(()),
    )


def _cells(node: dict[str, Any], notes: Notes) -> Iterator[MappingCell]:
    seen: dict[str, Pointer] = {}
    for _, row, at in rows(node, "rows", notes, need=True):
        notes.unknown_keys(row, at, _ROW_KEYS)
        code = notes.text(row, "code", at, need=True)
        if code and code in seen:
            first = locate(notes.document, seen[code]).line
            message = f"the code `{code}` is mapped twice, first in line {first}"
            hint = "keep one of them, or tell the two apart with `cases`"
            notes.add("LAD014", (*at, "code"), message, hint=hint)
            continue
        seen[code] = at
        yield _cell(code, row, at, notes)


def _cell(code: str, row: dict[str, Any], at: Pointer, notes: Notes) -> MappingCell:
    target = notes.text(row, "to", at) or None
    if "quality" not in row:
        notes.add("LAD031", at, "`quality` is missing", hint=f"one of {', '.join(Quality)}")
    quality = word(Quality, row, "quality", at, notes=notes, default=Quality.NONE)
    known = row.get("quality") in list(Quality)
    if known and target is None and quality is not Quality.NONE:
        message = f"the row `{code}` has the quality {quality.value} and no `to`"
        hint = "name what it means in `to`, or say `quality: none`"
        notes.add("LAD031", at, message, hint=hint)
    return MappingCell(
        code=code,
        to=target,
        quality=quality,
        label=notes.text(row, "label", at),
        also=notes.texts(row, "also", at),
        classifier=_one_of(_CLASSIFIERS, row, "classifier", at, notes),
        cases=tuple(_cases(row, at, notes)),
        final=notes.flag(row, "final", at) if "final" in row else None,
        note=notes.text(row, "note", at),
        source=notes.text(row, "source", at),
        provenance=_one_of(_PROVENANCES, row, "provenance", at, notes),
        at=notes.origin(at),
    )


def _one_of(
    allowed: tuple[str, ...], node: dict[str, Any], key: str, at: Pointer, notes: Notes
) -> str:
    text = notes.text(node, key, at)
    if text and text not in allowed:
        hint = did_you_mean(text, allowed) or f"one of {', '.join(allowed)}"
        notes.add("LAD031", (*at, key), f"`{text}` is no value of `{key}`", hint=hint)
    return text


def _size(listed: dict[str, Any], notes: Notes) -> int | None:
    size = listed.get("size")
    if size is None or (isinstance(size, int) and not isinstance(size, bool) and size >= 0):
        return size
    notes.add("LAD031", ("list", "size"), "`size` is how many codes the list has")
    return None


def _cases(row: dict[str, Any], at: Pointer, notes: Notes) -> Iterator[Case]:
    seen: list[Case] = []
    for _, node, here in rows(row, "cases", notes, at=at):
        notes.unknown_keys(node, here, _CASE_KEYS)
        when = node.get("when")
        if not isinstance(when, dict) or not all(isinstance(each, str) for each in when.values()):
            notes.add(
                "LAD031",
                (*here, "when"),
                "`when` is an object of qualifier to text",
                hint="when: {location: destination}",
            )
            continue
        case = Case(
            tuple(sorted((str(name), str(value)) for name, value in when.items())),
            notes.text(node, "to", here) or None,
            notes.texts(node, "also", here),
            notes.text(node, "note", here),
            at=notes.origin(here),
        )
        if any(_both_hold(case, other) for other in seen):
            message = "two cases of this code can hold at once, so its meaning is not decided"
            notes.add("LAD014", (*here, "when"), message, hint="tell them apart by one qualifier")
        seen.append(case)
        yield case


def _both_hold(one: Case, other: Case) -> bool:
    said = dict(one.when)
    return all(said.get(name, value) == value for name, value in other.when)


def _overrides(node: dict[str, Any], notes: Notes) -> Iterator[Override]:
    seen: set[tuple[str, str]] = set()
    for _, row, at in rows(node, "overrides", notes):
        notes.unknown_keys(row, at, _OVERRIDE_KEYS)
        partner = notes.text(row, "partner", at, need=True)
        code = notes.text(row, "code", at, need=True)
        if (partner, code) in seen:
            message = f"the code `{code}` of {partner} is overridden twice"
            notes.add("LAD014", (*at, "code"), message)
            continue
        seen.add((partner, code))
        until = day(row, "until", at, notes, need=True)
        yield Override(
            partner,
            code,
            notes.text(row, "to", at) or None,
            notes.texts(row, "also", at),
            word(Quality, row, "quality", at, notes=notes, default=Quality.POLICY),
            reason=notes.text(row, "reason", at, need=True),
            approved_by=notes.text(row, "approved_by", at, need=True),
            until=until,
            at=notes.origin(at),
        )


def _sends(node: dict[str, Any], notes: Notes) -> Iterator[Sending]:
    seen: set[str] = set()
    for _, row, at in rows(node, "sends", notes):
        notes.unknown_keys(row, at, _SEND_KEYS)
        source = notes.text(row, "from", at, need=True)
        if source in seen:
            notes.add("LAD014", (*at, "from"), f"`{source}` is sent as two codes")
            continue
        seen.add(source)
        yield Sending(
            source,
            notes.text(row, "code", at, need=True),
            word(Quality, row, "quality", at, notes=notes, default=Quality.EXACT),
            notes.text(row, "note", at),
            at=notes.origin(at),
        )
