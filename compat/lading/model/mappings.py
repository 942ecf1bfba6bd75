"""Code mapping documents in normal form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from lading.model.notes import Notes, kind_of
from lading.model.suggest import did_you_mean
from lading.model.taxonomies import header, rows
from lading.model.taxonomy import CodeMap, MappingCell, Quality, Unmapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    from lading.model.document import Document, Pointer

    _Word = TypeVar("_Word", bound=StrEnum)

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
)
_LIST_KEYS: Final = ("name", "version")
_ROW_KEYS: Final = ("code", "to", "also", "quality", "label", "note", "source")


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
        owner=notes.text(node, "owner", ()),
        title=notes.text(node, "title", ()),
        doc=notes.text(node, "definition", ()).strip(),
        at=notes.origin(()),
    )


def word(  # noqa: PLR0913 - the accessors of Notes, plus the words
    words: type[_Word], node: dict[str, Any], key: str, at: Pointer, *, notes: Notes, default: _Word
) -> _Word:
    """The member of `words` under `key`; `default` when absent or wrong."""
    text = notes.text(node, key, at)
    if text in set(words):
        return words(text)
    if text:
        hint = did_you_mean(text, words) or f"one of {', '.join(words)}"
        notes.add("LAD031", (*at, key), f"`{text}` is no value of `{key}`", hint=hint)
    return default


def _cells(node: dict[str, Any], notes: Notes) -> Iterator[MappingCell]:
    seen: set[str] = set()
    for _, row, at in rows(node, "rows", notes, need=True):
        notes.unknown_keys(row, at, _ROW_KEYS)
        code = notes.text(row, "code", at, need=True)
        if code and code in seen:
            notes.add("LAD014", (*at, "code"), f"the code `{code}` is mapped twice")
            continue
        seen.add(code)
        yield _cell(code, row, at, notes)


def _cell(code: str, row: dict[str, Any], at: Pointer, notes: Notes) -> MappingCell:
    target = notes.text(row, "to", at) or None
    if "quality" not in row:
        notes.add("LAD031", at, "`quality` is missing", hint=f"one of {', '.join(Quality)}")
    quality = word(Quality, row, "quality", at, notes=notes, default=Quality.NONE)
    known = row.get("quality") in set(Quality)
    if known and (target is None) is not (quality is Quality.NONE):
        message = "a row has no `to` exactly when its quality is none"
        notes.add("LAD031", at, message)
    return MappingCell(
        code=code,
        to=target,
        quality=quality,
        label=notes.text(row, "label", at),
        also=notes.texts(row, "also", at),
        note=notes.text(row, "note", at),
        source=notes.text(row, "source", at),
        at=notes.origin(at),
    )
