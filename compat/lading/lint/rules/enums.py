"""Enums: closed where we write, open where others read, never a copy of a foreign list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Edit, Hit, lint_rule
from lading.lint.rules.words import leaves, on_operation, on_sample, on_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Sample

_UNKNOWN: Final = "UNKNOWN"
_LIKE_A_LIST: Final = 3


@lint_rule("ENU-001", "Avro")
def enum_default(library: Library) -> Iterator[Hit]:
    """An enum has UNKNOWN as the default of its type.

    ## What it checks
    `"default": "UNKNOWN"` beside the symbols, and the symbol itself. A default of the field does
    not help.

    ## Why it matters
    A reader that meets a new symbol fails without it: the day a symbol is added, old readers stop.

    ## What to do instead
    Add the symbol UNKNOWN at the end and `"default": "UNKNOWN"`.
    """
    for each in library.enums:
        if each.node.get("default") != _UNKNOWN:
            known = _UNKNOWN in each.node.get("symbols", ())
            fix = Edit(each.pointer, "default", _UNKNOWN) if known else None
            hint = '"default": "UNKNOWN" beside the symbols'
            yield on_type(each, f"`{each.name}` has no default UNKNOWN", hint=hint, fix=fix)


def _unknown_written(_: Library, sample: Sample) -> Iterator[Hit]:
    for path, _key, value in leaves(sample.document.value):
        if value == _UNKNOWN:
            yield on_sample(sample, "writes UNKNOWN", path=path)


@lint_rule("ENU-002", "Avro", of_message=_unknown_written)
def nobody_writes_unknown(library: Library) -> Iterator[Hit]:
    """Nobody writes UNKNOWN: it is what a reader sees.

    ## What it checks
    No message carries it, and no field of one has it as its default. `to_avro_dict` of generated
    models refuses to write it.

    ## Why it matters
    A written UNKNOWN cannot be told from a symbol that the reader does not know.

    ## What to do instead
    Make the field optional, and say what its absence means.
    """
    for field in library.avro_fields:
        if field.node.get("default") == _UNKNOWN:
            message = f"`{field.name}` writes UNKNOWN when it is left out"
            yield Hit(str(field.contract.subject), field.at, message, field.path)


@lint_rule("ENU-003", "OpenAPI")
def answers_open_requests_closed(library: Library) -> Iterator[Hit]:
    """Enums are open in answers and closed in requests.

    ## What it checks
    A schema that is used in answers lists values with `x-extensible-enum`, not `enum`; one in a
    request lists them with `enum`.

    ## Why it matters
    Lists grow. A client that was generated from a closed list refuses the first new value.

    ## What to do instead
    `type: string` with `x-extensible-enum: [...]` in answers.
    """
    for operation in library.operations:
        for status, response in operation.responses.items():
            for schema in _below(operation, (response or {}).get("content")):
                closed = schema.get("enum")
                if isinstance(closed, list) and len(closed) > 1:
                    message = f"the answer {status} closes the list {', '.join(map(str, closed))}"
                    yield on_operation(operation, message, hint="x-extensible-enum")
        body = operation.resolved(operation.node.get("requestBody"))
        for schema in _own(operation, (body or {}).get("content")):
            if "x-extensible-enum" in schema and "enum" not in schema and not operation.webhook:
                yield on_operation(operation, "the request takes any value of an open list")


def _own(operation: Any, content: Any) -> list[dict[str, Any]]:
    """The properties that a body itself defines; shared types are open because answers are."""
    found = (operation.resolved(media.get("schema")) for media in (content or {}).values())
    return [
        each
        for schema in found
        for each in ((schema or {}).get("properties") or {}).values()
        if isinstance(each, dict)
    ]


def _below(operation: Any, content: Any) -> list[dict[str, Any]]:
    """Every schema that a body reaches, references followed once."""
    waiting = [media.get("schema") for media in (content or {}).values()]
    seen: set[int] = set()
    found: list[dict[str, Any]] = []
    while waiting:
        node = operation.resolved(waiting.pop())
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        found.append(node)
        waiting.extend((node.get("properties") or {}).values())
        for key in ("allOf", "anyOf", "oneOf"):
            waiting.extend(node.get(key) or ())
        waiting.extend(node.get(key) for key in ("items", "additionalProperties", "not"))
    return found


@lint_rule("ENU-004", "all")
def foreign_lists_are_not_enums(library: Library) -> Iterator[Hit]:
    """A foreign code list is no enum.

    ## What it checks
    No enum has the codes of a mapped foreign list as its symbols, and no enum of more than a few
    symbols consists of codes of units, packages, currencies or countries.

    ## Why it matters
    The owner of the list changes it without asking, and the same code means something else in
    another version of it.

    ## What to do instead
    Carry `Code {list, version, code}` or a text with `x-codelist`, and map the codes.
    """
    lists = {
        body.name: {cell.code for cell in body.cells}
        for _, body in library.mappings
        if len(body.cells) >= _LIKE_A_LIST
    }
    for each in library.enums:
        if "x-taxonomy" in each.node:
            continue
        symbols = {str(symbol) for symbol in each.node.get("symbols", ())} - {_UNKNOWN}
        for name, codes in lists.items():
            if len(symbols & codes) >= _LIKE_A_LIST and symbols <= codes:
                yield on_type(each, f"`{each.name}` copies the foreign list of {name}")


@lint_rule("ENU-005", "all", elsewhere="lading check: LAD302 and LAD603 compare with the baseline")
def symbols_stay(library: Library) -> Iterator[Hit]:
    """A symbol is not removed, renamed or used again for something else.

    ## What it checks
    Nothing from the files alone: what was there before is not in them. `lading check` compares with
    the baseline and refuses it (LAD302, LAD603).

    ## Why it matters
    Stored messages and readers carry the old symbol.

    ## What to do instead
    Keep it and mark it deprecated.
    """
    yield from ()
    del library
