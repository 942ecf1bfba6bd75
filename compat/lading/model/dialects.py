"""The dialects of JSON Schema that are read, and which of them has which keyword.

A dialect passes over the keywords of another (draft-07 core, 6.4; 2020-12 core, 6.5), and so do its
validators. OpenAPI 3.0 alone supports "strictly" no keyword of JSON Schema beside those it lists
(Schema Object): there readers differ.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Dialect(IntEnum):
    """A dialect, by its draft or its year; later ones are greater."""

    OPENAPI_30 = 5
    """OpenAPI 3.0, which chose from draft 5 (Wright 00) and added to it."""
    DRAFT_6 = 6
    DRAFT_7 = 7
    DRAFT_2019 = 2019
    DRAFT_2020 = 2020
    """OpenAPI 3.1 and 3.2 too: what they add asserts nothing."""

    @property
    def title(self) -> str:
        """What people call it."""
        return _TITLES[self]


_TITLES: Final[Mapping[Dialect, str]] = {
    Dialect.OPENAPI_30: "OpenAPI 3.0",
    Dialect.DRAFT_6: "draft-06",
    Dialect.DRAFT_7: "draft-07",
    Dialect.DRAFT_2019: "JSON Schema 2019-09",
    Dialect.DRAFT_2020: "JSON Schema 2020-12",
}


LATEST: Final = Dialect.DRAFT_2020
_FROM_6: Final = frozenset(Dialect) - {Dialect.OPENAPI_30}
_FROM_7: Final = _FROM_6 - {Dialect.DRAFT_6}
_FROM_2019: Final = _FROM_7 - {Dialect.DRAFT_7}
_HAVING: Final[Mapping[str, frozenset[Dialect]]] = {
    "$dynamicRef": frozenset({Dialect.DRAFT_2020}),
    "$recursiveRef": frozenset({Dialect.DRAFT_2019}),
    "additionalItems": _FROM_6 - {Dialect.DRAFT_2020},
    "const": _FROM_6,
    "contains": _FROM_6,
    "dependencies": _FROM_6,  # later ones name it no more, and their validators count it
    "dependentRequired": _FROM_2019,
    "dependentSchemas": _FROM_2019,
    "else": _FROM_7,
    "if": _FROM_7,
    "maxContains": _FROM_2019,
    "minContains": _FROM_2019,
    "nullable": frozenset({Dialect.OPENAPI_30}),
    "patternProperties": _FROM_6,
    "prefixItems": frozenset({Dialect.DRAFT_2020}),
    "propertyNames": _FROM_6,
    "then": _FROM_7,
    "unevaluatedItems": _FROM_2019,
    "unevaluatedProperties": _FROM_2019,
}
"""The dialects that have a keyword; all of them have the keywords that are not named here, if those
assert anything."""
_FOREIGN: Final[Mapping[Dialect | None, frozenset[str]]] = {
    each: frozenset(word for word, having in _HAVING.items() if each not in having)
    for each in Dialect
}
_NAMED: Final[Mapping[str, Dialect]] = {
    "draft-06": Dialect.DRAFT_6,
    "draft-07": Dialect.DRAFT_7,
    "2019-09": Dialect.DRAFT_2019,
    "2020-12": Dialect.DRAFT_2020,
    "oas/3.1": Dialect.DRAFT_2020,
    "oas/3.2": Dialect.DRAFT_2020,
}
"""What the address of a dialect has in it."""
_OPENAPI: Final[Mapping[str, Dialect]] = {
    "3.0.": Dialect.OPENAPI_30,
    "3.1.": Dialect.DRAFT_2020,
    "3.2.": Dialect.DRAFT_2020,
}
_FLAGS: Final = frozenset({"exclusiveMaximum", "exclusiveMinimum"})
_UNLISTED: Final[Mapping[Dialect, tuple[str, ...]]] = {
    **dict.fromkeys(Dialect, ()),
    Dialect.OPENAPI_30: ("items", "type"),
    Dialect.DRAFT_2020: ("items",),
}
"""Keywords with a value that is no list, which it is elsewhere."""
FORMED: Final = _FLAGS | {"items"}
"""Keywords that may be malformed; a list under ``type`` may be as well."""
_NONE: Final = frozenset[str]()


def dialect_of(document: Any) -> Dialect | None:
    """What the schemas of `document` are written in; `None` when it does not say."""
    if not isinstance(document, dict):
        return None
    version = document.get("openapi")
    if not isinstance(version, str | float):
        return _named(document.get("$schema"))
    version = f"{version}."  # some leave out the last number, and the quotes
    found = next((each for head, each in _OPENAPI.items() if version.startswith(head)), None)
    said = _named(document.get("jsonSchemaDialect")) if found is Dialect.DRAFT_2020 else None
    return said or found


def _named(address: Any) -> Dialect | None:
    found = (each for word, each in _NAMED.items() if isinstance(address, str) and word in address)
    return next(found, None)


def is_ref_alone(dialect: Dialect | None) -> bool:
    """Whether nothing but ``$ref`` counts (draft-07 core, 8.3; OpenAPI 3.0, Reference Object)."""
    return dialect is not None and dialect <= Dialect.DRAFT_7


def foreign(dialect: Dialect | None) -> frozenset[str]:
    """The keywords that a dialect does not have; none where it is open which one it is."""
    return _FOREIGN.get(dialect, frozenset())


def malformed(node: dict[str, Any], dialect: Dialect | None) -> frozenset[str]:
    """The keywords of `node` with a value of a form that only another dialect knows.

    Who is not asked to refuse such a schema makes of it what he likes.
    """
    if dialect is None:
        return _NONE
    found = _NONE
    if not node.keys().isdisjoint(_FLAGS):
        found = frozenset(word for word in _FLAGS & node.keys() if _is_odd(node[word], dialect))
    for word in _UNLISTED[dialect]:
        if type(node.get(word)) is list:
            found |= {word}
    return found


def _is_odd(limit: Any, dialect: Dialect) -> bool:
    """OpenAPI 3.0 has a flag on the plain limit, all later ones a limit of its own."""
    return isinstance(limit, bool) != (dialect is Dialect.OPENAPI_30)
