"""How request bytes become values; what is not understood is named, not dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from lading.model.contract import Kind, Reference, Subject
from lading.registry import rules
from lading.registry.errors import InvalidSchema, InvalidVersion
from lading.registry.http.answers import MEDIA_TYPE
from lading.registry.http.errors import BadRequest
from lading.registry.proposals import Proposal
from lading.registry.tags import TYPES, Tagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from starlette.requests import Request

JsonObject = dict[str, Any]

ACCEPTED: Final = frozenset(
    {
        MEDIA_TYPE,
        "application/vnd.schemaregistry+json",
        "application/json",
        "application/octet-stream",
        "",
    }
)
PROPOSAL: Final = frozenset(
    {"schema", "schemaType", "references", "metadata", "ruleSet", "version", "id", "subject"}
)
RETAGGING: Final = frozenset({"schemaTagsToAdd", "schemaTagsToRemove", "propagateSchemaTags"})
"""What a registration may ask for beside."""
METADATA: Final = ("tags", "properties", "sensitive")
DRAIN: Final = 8
"""How many times the limit is read away before the answer, so that the caller can hear it."""
MAX_NUMBER: Final = 2**31 - 1
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


@dataclass(frozen=True, slots=True)
class Retagging:
    """What is to be done to the tags within a schema."""

    add: tuple[Tagged, ...] = ()
    remove: tuple[Tagged, ...] = ()
    carry: bool = False
    """Take over those of the version before."""

    def __bool__(self) -> bool:
        return bool(self.add or self.remove or self.carry)


async def read_object(request: Request, *, limit: int) -> JsonObject:
    """The JSON object in the body.

    Raises:
        BadRequest: 415 for another type, 413 above `limit` bytes, 400 for broken JSON, 422 for JSON
            that is not an object.
    """
    _check_type(request)
    try:
        value = orjson.loads(await _read(request, limit))
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}", status=400) from None
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object", status=422)
    return value


def proposal(body: JsonObject, *, normalize: bool = False) -> Proposal:
    """The schema a body brings. Raises `BadRequest` (422) for a wrong shape."""
    references = typed(body, "references", list) or []
    return Proposal(
        kind=_kind(typed(body, "schemaType", str) or "AVRO"),
        text=typed(body, "schema", str) or "",
        references=tuple(_reference(each) for each in references),
        metadata=checked_metadata(typed(body, "metadata", dict)),
        rules=checked_rules(typed(body, "ruleSet", dict)),
        version=whole_number(body, "version"),
        id=whole_number(body, "id"),
        normalize=normalize,
    )


def ignored(body: JsonObject, known: Iterable[str]) -> dict[str, str]:
    """The header that names the fields nobody looked at; empty when there are none."""
    names = sorted({*(set(body) - set(known)), *_ignored_within(body)})
    plain = [each if _PLAIN_NAME.fullmatch(each) else "(unprintable)" for each in names]
    return {"Lading-Ignored-Fields": ", ".join(plain[:20])} if plain else {}


def _ignored_within(body: JsonObject) -> Iterator[str]:
    """What metadata and rule sets have that Confluent's do not know."""
    for name in ("metadata", "defaultMetadata", "overrideMetadata"):
        for each in set(_object(body.get(name))) - set(METADATA):
            yield f"{name}.{each}"
    for name in ("ruleSet", "rulesToMerge", "defaultRuleSet", "overrideRuleSet"):
        sent = _object(body.get(name))
        yield from (f"{name}.{each}" for each in set(sent) - rules.RULE_SET)
        for group in rules.GROUPS:
            listed = sent.get(group)
            for rule in listed if isinstance(listed, list) else ():
                yield from (f"{name}.{group}.{e}" for e in set(_object(rule)) - rules.RULE)


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def not_enforced(body: JsonObject) -> dict[str, str]:
    """The header that says which parts are kept and returned but not acted upon."""
    return {"Lading-Not-Enforced": "ruleSet"} if body.get("ruleSet") else {}


def number(text: str) -> int | None:
    """A version number; `None` stands for ``latest`` and ``-1``."""
    word = text.strip().lower()
    if word in {"latest", "-1"}:
        return None
    if word.isascii() and word.isdigit() and len(word) <= 10 and 1 <= int(word) <= MAX_NUMBER:  # noqa: PLR2004
        return int(word)
    raise InvalidVersion(text[:40])


def flag(query: Mapping[str, str], name: str) -> bool:
    """A boolean of the query string, off when absent."""
    return query.get(name, "").strip().lower() == "true"


async def _read(request: Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        elif size > limit * DRAIN:
            break
    if size > limit:
        raise BadRequest(f"The body is larger than {limit} bytes", status=413)
    return b"".join(chunks)


def _check_type(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        raise BadRequest("Pages of other sites may not change contracts", status=403)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in ACCEPTED:
        raise BadRequest(
            f"HTTP 415 Unsupported Media Type: {given[:80]}",
            status=415,
            hint=f"send it with -H 'Content-Type: {MEDIA_TYPE}'",
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise BadRequest("HTTP 415: send the body uncompressed", status=415)


def typed(body: JsonObject, name: str, kind: type[Any]) -> Any:
    """A field of one type, or `None` where it is absent or null; else `BadRequest` (422)."""
    value = body.get(name)
    if value is None or (isinstance(value, kind) and not (kind is int and value is True)):
        return value
    words = {str: "a string", list: "a list", dict: "an object", int: "a number", bool: "a boolean"}
    raise BadRequest(f"'{name}' must be {words[kind]}", status=422)


def _kind(word: str) -> Kind:
    try:
        return Kind(word.upper())
    except ValueError:
        raise InvalidSchema(f"schema type '{word[:40]}' is not one of {', '.join(Kind)}") from None


def _reference(value: object) -> Reference:
    if not isinstance(value, dict):
        raise BadRequest("every entry of 'references' must be an object", status=422)
    name, subject = typed(value, "name", str), typed(value, "subject", str)
    if not name or not subject:
        raise BadRequest("every reference needs 'name' and 'subject'", status=422)
    version = typed(value, "version", int) or 0
    if not -1 <= version <= MAX_NUMBER:
        raise InvalidVersion(str(version))
    return Reference(name, Subject(subject), version)


def checked_metadata(value: JsonObject | None) -> JsonObject | None:
    """Metadata of the right shape, its sets in order, without what is empty; else `BadRequest`."""
    if value is None:
        return None
    texts = typed(value, "properties", dict) or {}
    if not all(isinstance(each, str) for each in texts.values()):
        raise BadRequest("the values of 'metadata.properties' must be strings", status=422)
    tags = typed(value, "tags", dict) or {}
    if not all(_is_texts(each) for each in tags.values()):
        raise BadRequest("the values of 'metadata.tags' must be lists of strings", status=422)
    sensitive = typed(value, "sensitive", list) or []
    if not _is_texts(sensitive):
        raise BadRequest("'metadata.sensitive' must be a list of strings", status=422)
    found = {
        "tags": {path: sorted(set(each)) for path, each in sorted(tags.items())},
        "properties": dict(sorted(texts.items())),
        "sensitive": sorted(set(sensitive)),
    }
    return {key: each for key, each in found.items() if each}


def checked_rules(value: JsonObject | None) -> JsonObject | None:
    """A rule set as `rules.checked` writes it out; an empty one asks for none."""
    return None if value is None else rules.checked(value) or {}


def retagging(body: JsonObject) -> Retagging:
    """What a registration asks to be done to the tags within the schema."""
    return Retagging(
        add=schema_tags(body, "schemaTagsToAdd"),
        remove=schema_tags(body, "schemaTagsToRemove"),
        carry=bool(typed(body, "propagateSchemaTags", bool)),
    )


def schema_tags(body: JsonObject, name: str) -> tuple[Tagged, ...]:
    """``[{schemaEntity: {entityPath, entityType}, tags}]``. Raises `BadRequest` (422)."""
    return tuple(_tagged(each, name) for each in typed(body, name, list) or [])


def _tagged(value: object, name: str) -> Tagged:
    given = value if isinstance(value, dict) else {}
    entity = typed(given, "schemaEntity", dict) or {}
    path, kind = typed(entity, "entityPath", str), typed(entity, "entityType", str) or ""
    tags = typed(given, "tags", list) or []
    if not path or kind.lower() not in TYPES or not _is_texts(tags):
        raise BadRequest(
            f"an entry of '{name}' needs 'tags' and a 'schemaEntity' with 'entityPath' and "
            f"'entityType' ({' or '.join(TYPES)})",
            status=422,
        )
    return Tagged(path, kind.lower(), tuple(tags))


def whole_number(body: JsonObject, name: str) -> int:
    """A number that fits where ids and versions go; 0 and -1 say none."""
    value: int = typed(body, name, int) or 0
    if not -1 <= value <= MAX_NUMBER:
        raise BadRequest(f"'{name}' must be a number from 1 to {MAX_NUMBER}", status=422)
    return value


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
