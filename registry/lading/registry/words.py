"""What a contract is found by: the words of its names, fields, people and texts.

``ShipmentConfirmed``, ``shipment_confirmed`` and ``SHIPMENT-CONFIRMED`` are the same two words, and
a word finds its plural too. A token is a word behind a letter that says where it stands.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
import ryaml

from lading.model.contract import Kind
from lading.registry import names
from lading.registry.metadata import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.registry.store import Content

FORM: Final = 1
"""Of the tokens: whoever changes what is made here counts it up, and indexes are made anew."""
NAME: Final = "n:"
"""A word of the name."""
WORD: Final = "w:"
"""A word of the name, of a field or a code, of who answers for it."""
TEXT: Final = "d:"
"""A word that only its descriptions have."""
FIELD: Final = "f:"
"""A field: its whole path, or the last step."""
OWNER: Final = "o:"
KIND: Final = "k:"
MOST: Final = 3000
"""Tokens of one contract; what is beyond them is not found."""
_LONGEST: Final = 100
_TEXTS: Final = 20_000
"""Characters of descriptions that are looked at."""
_PARTS: Final = re.compile(r"[^\W_]+")
_HUMPS: Final = re.compile(r"(?<=[^\W\dA-Z_])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SOFT: Final = ("se", "xe", "ze", "che", "she")
"""Ends that have their plural in ``-es``: the ``e`` belongs to neither."""
_IDLE: Final = re.compile(r"[\W_]+")
_STRANGE: Final = re.compile(r"[^\w.\[\]/{}-]")
_PROTO_FIELD: Final = re.compile(r"\b(\w++)\s*+=\s*+\d")
_PROTO_SAID: Final = re.compile(r"//[^\n]*+|\b(?:message|enum|service|rpc)\s++\w++")


@dataclass
class Described:
    """What one contract says of itself."""

    fields: list[str] = field(default_factory=list)
    """Paths such as ``lines[].item_id``, and codes of lists."""
    texts: list[str] = field(default_factory=list)


def words(text: str) -> Iterator[str]:
    """The words of a text or a name, as they are compared."""
    for part in _PARTS.findall(text):
        yield from _words(part)


@lru_cache(maxsize=50_000)
def _words(part: str) -> tuple[str, ...]:
    """Contracts say the same words all over."""
    found = _parts(part)
    return (*found, _stem(_plain(part))) if len(found) > 1 else found


@lru_cache(maxsize=50_000)
def _parts(part: str) -> tuple[str, ...]:
    return tuple(_stem(_plain(each)) for each in _HUMPS.split(part))


def asked_words(text: str) -> list[str]:
    """Those of a question, each once: a name in it stands for its parts."""
    found = (each for part in _PARTS.findall(text) for each in _parts(part))
    return list(dict.fromkeys(found))


def field_token(path: str) -> str:
    """A path of a field as a token; a star at its end stays one."""
    star = "*" if path.endswith("*") else ""
    return FIELD + _STRANGE.sub("-", _plain(path.removesuffix("*")))[:_LONGEST] + star


def exact_token(where: str, text: str) -> str:
    """A text that is asked for as a whole."""
    return where + _STRANGE.sub("-", _plain(text))[:_LONGEST]


def tokens_of(subject: str, content: Content) -> set[str]:
    """All that a contract is found by."""
    said, held = described(content), terms(content.properties)
    name = set(words(names.bare(subject))) | set(words(names.context_of(subject)))
    people = [each for each in (held.owner, held.team, held.producer) if each]
    found = {NAME + each for each in name}
    found |= {exact_token(OWNER, each) for each in people} | {KIND + content.kind.value.lower()}
    near = set(name)
    for text in (*people, held.object, held.topic, content.kind.value, *said.fields):
        near.update(words(text))
    found |= {WORD + each for each in near}
    for path in said.fields:
        last = path.rpartition(".")[2].removesuffix("[]")
        found |= {field_token(path), field_token(last), WORD + _stem(_plain(_IDLE.sub("", last)))}
    far = set(words(" ".join((held.description, *said.texts))[:_TEXTS])) - near
    return set(sorted(found)[:MOST]) | {TEXT + each for each in sorted(far)[: MOST // 2]}


def described(content: Content) -> Described:
    """The fields and texts of a contract; nothing of one that cannot be read."""
    found = Described()
    if content.kind is Kind.PROTOBUF:  # what was sent as a descriptor in base64 says nothing here
        found.fields += _PROTO_FIELD.findall(content.text)
        found.texts += _PROTO_SAID.findall(content.text)
        return found
    value = _value(content)
    if content.kind is Kind.AVRO:
        _avro(value, "", found)
    elif content.kind in {Kind.JSON, Kind.OPENAPI}:
        _json(value, "", found)
    else:
        _list(value, found)
    return found


def _value(content: Content) -> Any:
    """What was let in by the gate once needs no careful reader any more, and many are read here."""
    try:
        if content.kind in {Kind.AVRO, Kind.JSON} or content.text.lstrip()[:1] == "{":
            return orjson.loads(content.text)
        return ryaml.loads(content.text)  # type: ignore[attr-defined]
    except (ValueError, RecursionError):  # an import is not judged
        return None


def _avro(node: Any, path: str, found: Described) -> None:
    if isinstance(node, list):
        for each in node:
            _avro(each, path, found)
    if not isinstance(node, dict):
        return
    _say(node, ("doc",), found)
    kind = node.get("type")
    if kind in {"record", "error"}:
        for each in _objects(node.get("fields")):
            _say(each, ("doc",), found)
            listed = "[]" if _is_many(each.get("type")) else ""
            below = _below(path, f"{each.get('name', '')}{listed}")
            found.fields.append(below)
            _avro(each.get("type"), below, found)
    elif kind == "enum":
        found.fields += _strings(node.get("symbols"))
    elif kind in {"array", "map"}:
        _avro(node.get("items" if kind == "array" else "values"), path, found)
    else:
        _avro(kind, path, found)


def _is_many(kind: Any) -> bool:
    """Whether an Avro type is a list or a map, or may be one."""
    if isinstance(kind, list):
        return any(map(_is_many, kind))
    return isinstance(kind, dict) and kind.get("type") in {"array", "map"}


_WORDS_OF_JSON: Final = ("title", "description", "summary")
_LISTS_OF_NAMES: Final = ("$defs", "definitions", "schemas", "paths", "webhooks")
"""Where JSON Schema and OpenAPI keep what is named: a name is no step of the paths below it."""


def _json(node: Any, path: str, found: Described) -> None:
    if isinstance(node, list):
        for each in node:
            _json(each, path, found)
    if not isinstance(node, dict):
        return
    _say(node, _WORDS_OF_JSON, found)
    found.fields += _strings(node.get("enum")) + _strings([node.get("operationId")])
    if "in" in node and isinstance(node.get("name"), str):
        found.fields.append(node["name"])  # a parameter
    for key, below in node.items():
        if key == "properties" and isinstance(below, dict):
            _properties(below, path, found)
        elif key in _LISTS_OF_NAMES and isinstance(below, dict):
            found.fields += map(str, below)
            _json(list(below.values()), "", found)
        elif key not in _EXAMPLES:
            _json(below, path, found)


_EXAMPLES: Final = frozenset({"enum", "example", "examples", "default", "const"})


def _properties(node: dict[str, Any], path: str, found: Described) -> None:
    for name, each in node.items():
        listed = "[]" if isinstance(each, dict) and "items" in each else ""
        below = _below(path, f"{name}{listed}")
        found.fields.append(below)
        _json(each, below, found)


def _list(node: Any, found: Described) -> None:
    """A taxonomy or a mapping: its codes, and all texts beside them."""
    if isinstance(node, list):
        for each in node:
            _list(each, found)
    elif isinstance(node, dict):
        for key, each in node.items():
            if key in {"code", "to", "taxonomy", "system"} and isinstance(each, str):
                found.fields.append(each)
            elif isinstance(each, str):
                found.texts.append(each)
            else:
                _list(each, found)


def _say(node: dict[str, Any], keys: Iterable[str], found: Described) -> None:
    found.texts += [node[key] for key in keys if isinstance(node.get(key), str)]


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _plain(text: str) -> str:
    """In small letters, and without accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def _stem(word: str) -> str:
    """The word in the singular, as far as its letters show that: ``addresses``, ``address``."""
    short = word[:_LONGEST]
    if len(short) <= 3:  # noqa: PLR2004
        return short
    if short.endswith("ies"):
        short = f"{short[:-3]}y"
    elif short.endswith("s") and short[-2] not in "us":
        short = short[:-1]
    return short[:-1] if short.endswith(_SOFT) else short
