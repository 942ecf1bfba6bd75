"""What a reference may lead to: this document, a file of the workspace, a registered contract.

Nothing else, ever. Every document is walked before anything resolves a reference in it, so that no
library sees one that leads out. The keywords are the ones libraries were seen to fetch.
"""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import unquote

from lading.model.pointers import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import Document, Pointer
    from lading.model.notes import Notes

    _Link: TypeAlias = "tuple[_Link, str | int] | None"

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NESTED: Final = frozenset({dict, list})
_FOLLOWED: Final = frozenset(
    {"$ref", "$dynamicRef", "$recursiveRef", "operationRef", "externalValue"}
)
_BASES: Final = frozenset({"$id", "$schema", "jsonSchemaDialect"})
_TELLING: Final = _FOLLOWED | _BASES | {"discriminator"}
SAMPLES: Final = frozenset({"example", "default", "enum", "const"})
"""Data, not schema: a ``$ref`` in there is a value like any other."""
_EXAMPLES: Final = frozenset({"dataValue", "value"})
_SAMPLED: Final = SAMPLES | _EXAMPLES | {"examples"}
"""Keys that may have data below them."""
NAMES: Final = frozenset(
    {
        "$defs",
        "callbacks",
        "content",
        "definitions",
        "dependentSchemas",
        "examples",
        "headers",
        "links",
        "parameters",
        "pathItems",
        "paths",
        "patternProperties",
        "properties",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
        "webhooks",
    }
)
"""Below these, keys are names: ``responses: {default: ...}`` is no default value."""
DIALECTS: Final = frozenset(
    {
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema",
        "http://json-schema.org/draft-06/schema",
        "https://spec.openapis.org/oas/3.1/dialect/2024-11-10",
        "https://spec.openapis.org/oas/3.1/dialect/base",
        "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
    }
)


def references(document: Document) -> Iterator[tuple[str, Pointer]]:
    """Every reference of a JSON Schema or OpenAPI document, with where it stands."""
    for key, value, above in _described(document.value):
        yield from _referring(key, value, above)


def _referring(key: str, value: Any, above: _Link) -> Iterator[tuple[str, Pointer]]:
    if key in _FOLLOWED and isinstance(value, str):
        yield value, (*_path(above), key)
    elif key == "discriminator" and isinstance(value, dict):
        yield from _mapping(value, (*_path(above), key))


def _described(value: Any) -> Iterator[tuple[str, Any, _Link]]:
    """(key, value, link of what holds the key) of each telling key outside the data of the API.

    It visits every value of a document, so places are chains of links, and made only when asked.
    """
    waiting: list[tuple[Any, _Link, bool]] = (
        [(value, None, False)] if type(value) in _NESTED else []
    )
    while waiting:
        node, here, data = waiting.pop()
        below: list[tuple[Any, _Link, bool]] = []
        if type(node) is list:
            for index, each in enumerate(node):
                if type(each) in _NESTED:
                    below.append((each, (here, index), data))
        else:
            for key, each in node.items():
                if key in _TELLING and not data:
                    yield key, each, here
                if type(each) in _NESTED:
                    of_data = data or (key in _SAMPLED and _is_data(key, each, here))
                    below.append((each, (here, key), of_data))
        if below:
            below.reverse()
            waiting += below


def _path(link: _Link) -> Pointer:
    steps = []
    while link:
        link, step = link
        steps.append(step)
    return tuple(reversed(steps))


def _is_data(key: str, value: Any, here: _Link) -> bool:
    """Whether `value` under `key` is data of the API rather than part of its description."""
    if key in _EXAMPLES:  # of an Example Object
        return bool(here and here[0] and here[0][1] == "examples")
    if key == "examples":
        return isinstance(value, list)
    return key in SAMPLES and (not here or here[1] not in NAMES)


def _mapping(node: dict[str, Any], at: Pointer) -> Iterator[tuple[str, Pointer]]:
    """A discriminator's targets; a bare word there is the name of a component."""
    targets = node.get("mapping")
    for key, value in targets.items() if isinstance(targets, dict) else ():
        if isinstance(value, str) and re.search(r"[/#:.\\]", value):
            yield value, (*at, "mapping", key)


def inside(base: str, file: str) -> str | None:
    """The path in the workspace that `file`, written in `base`, means; `None` when it leads out."""
    plain = unquote(file)
    if not plain or plain.startswith(("/", "\\")) or "\\" in plain or _SCHEME.match(plain):
        return None
    path = normpath(join(dirname(base), plain))
    return None if path.startswith("../") or path == ".." else path


def guard(notes: Notes, allowed: frozenset[str]) -> None:
    """Note every reference of the document that leads anywhere but inside or to `allowed` files."""
    for key, value, above in _described(notes.document.value):
        if key in _BASES:
            if isinstance(value, str) and not (above and above[1] in NAMES):
                _guard_base(notes, key, value, (*_path(above), key))
            continue
        if isinstance(value, str) and value.startswith("#/"):
            continue  # most of them: into this document
        for text, at in _referring(key, value, above):
            _guard_reference(notes, text, at, allowed)


def _guard_reference(notes: Notes, text: str, at: Pointer, allowed: frozenset[str]) -> None:
    file, _ = split(text)
    if file and file not in allowed:
        notes.add(
            "LAD013",
            at,
            f"`{text}` leads out of the workspace, and is not followed",
            hint="refer to this document (#/...), to a file of the workspace, or register the "
            "target and refer to it by name",
        )
    elif not file and at[-1] == "$dynamicRef" and not _is_pointer(text):
        message = f"which schema `{text}` stands for depends on what leads here, and is not decided"
        notes.add("LAD013", at, message, hint="where one schema is meant, name it by `$ref`")
    elif not file and not _is_pointer(text):
        notes.add(
            "LAD013", at, f"`{text}` is not a JSON pointer", hint="write #/path/to/the/schema"
        )


def _guard_base(notes: Notes, key: str, text: str, at: Pointer) -> None:
    if key == "$id" and len(at) > 1:
        message = "an `$id` inside a document changes what its references mean"
        notes.add("LAD013", at, message, hint="take it out; refer to the schema by #/path/to/it")
    elif key != "$id" and text.rstrip("#") not in DIALECTS:
        message = f"the dialect `{text}` is not read"
        notes.add("LAD018", at, message, hint="use https://json-schema.org/draft/2020-12/schema")


def _is_pointer(text: str) -> bool:
    return text in {"", "#"} or text.startswith("#/")
