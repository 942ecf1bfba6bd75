"""What a reference may lead to: this document, a file of the workspace, a registered contract.

Nothing else, ever. Every document is walked before anything resolves a reference in it, so that no
library sees one that leads out. The keywords are the ones libraries were seen to fetch.
"""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import Document, Pointer
    from lading.model.notes import Notes

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FOLLOWED: Final = frozenset(
    {"$ref", "$dynamicRef", "$recursiveRef", "operationRef", "externalValue"}
)
_BASES: Final = frozenset({"$id", "$schema", "jsonSchemaDialect"})
_SAMPLES: Final = frozenset({"example", "default", "enum", "const"})
"""Data, not schema: a ``$ref`` in there is a value like any other."""
_NAMES: Final = frozenset(
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
        "https://spec.openapis.org/oas/3.1/dialect/base",
    }
)


def split(text: str) -> tuple[str, Pointer]:
    """(file part, pointer) of a reference; the pointer is unescaped (RFC 6901, RFC 3986)."""
    file, _, fragment = text.partition("#")
    steps = unquote(fragment).split("/")[1:] if fragment.startswith("/") else []
    return file, tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def references(document: Document) -> Iterator[tuple[str, Pointer]]:
    """Every reference of a JSON Schema or OpenAPI document, with where it stands."""
    yield from _references(document.value, ())


def _references(node: Any, at: Pointer, *, data: bool = False) -> Iterator[tuple[str, Pointer]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _FOLLOWED and isinstance(value, str) and not data:
                yield value, (*at, key)
            elif key == "discriminator" and isinstance(value, dict) and not data:
                yield from _mapping(value, (*at, key))
                yield from _references(value, (*at, key))
            else:
                below = (*at, key)
                yield from _references(value, below, data=data or _is_data(key, value, at))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _references(value, (*at, index), data=data)


def _is_data(key: str, value: Any, at: Pointer) -> bool:
    """Whether `value` under `key` is data of the API rather than part of its description."""
    if key == "value":  # of an Example Object
        return at[-2:-1] == ("examples",)
    if key == "examples":
        return isinstance(value, list)
    return key in _SAMPLES and (not at or at[-1] not in _NAMES)


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
    for text, at in references(notes.document):
        file, _ = split(text)
        if file and file not in allowed:
            notes.add(
                "LAD013",
                at,
                f"`{text}` leads out of the workspace, and is not followed",
                hint="refer to this document (#/...), to a file of the workspace, or register the "
                "target and refer to it by name",
            )
        elif not file and not _is_pointer(text):
            notes.add(
                "LAD013", at, f"`{text}` is not a JSON pointer", hint="write #/path/to/the/schema"
            )
    for key, text, at in _bases(notes.document.value, ()):
        _guard_base(notes, key, text, at)


def _bases(node: Any, at: Pointer, *, data: bool = False) -> Iterator[tuple[str, str, Pointer]]:
    """(keyword, text, place) of what changes how a schema or its references are read."""
    if isinstance(node, dict):
        for key, value in node.items():
            named = at[-1:] != () and at[-1] in _NAMES
            if key in _BASES and isinstance(value, str) and not data and not named:
                yield key, value, (*at, key)
            else:
                yield from _bases(value, (*at, key), data=data or _is_data(key, value, at))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _bases(value, (*at, index), data=data)


def _guard_base(notes: Notes, key: str, text: str, at: Pointer) -> None:
    if key == "$id" and len(at) > 1:
        message = "an `$id` inside a document changes what its references mean"
        notes.add("LAD013", at, message, hint="take it out; refer to the schema by #/path/to/it")
    elif key != "$id" and text.rstrip("#") not in DIALECTS:
        message = f"the dialect `{text}` is not read"
        notes.add("LAD018", at, message, hint="use https://json-schema.org/draft/2020-12/schema")


def _is_pointer(text: str) -> bool:
    return text in {"", "#"} or text.startswith("#/")
