"""APIs: errors, repeats, pages and rights, the same everywhere."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import on_contract, on_operation, on_type
from lading.model.dialects import dialect_of, foreign, malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library, OperationNode

_WRITES: Final = ("put", "patch", "delete")
_LARGEST_PAGE: Final = 200
_PROBLEM: Final = "application/problem+json"


def _headers(response: Any) -> set[str]:
    return {str(name).lower() for name in ((response or {}).get("headers") or {})}


def _asked(operation: OperationNode, name: str) -> bool:
    return any(str(each.get("name")).lower() == name for each in operation.parameters)


@lint_rule("API-001", "OpenAPI")
def errors_are_problems(library: Library) -> Iterator[Hit]:
    """Errors are problems of RFC 9457.

    ## What it checks
    Every answer 4XX and 5XX has the media type application/problem+json with type, title, status,
    code and trace_id; every operation has at least one.

    ## Why it matters
    A client that has to parse each team's errors shows "something went wrong".

    ## What to do instead
    One component `Problem`, used by every answer.
    """
    for each in library.operations:
        if each.webhook:
            continue
        failures = {status: r for status, r in each.responses.items() if status[:1] in "45d"}
        if not failures:
            yield on_operation(each, f"{each.name} declares no error")
        for status, response in failures.items():
            media = ((response or {}).get("content") or {}).get(_PROBLEM)
            if status.startswith("d") and media is None and not (response or {}).get("content"):
                continue
            schema = each.resolved((media or {}).get("schema")) or {}
            lacking = {"type", "title", "status", "code", "trace_id"} - _names(each, schema)
            if media is None:
                yield on_operation(each, f"{status} of {each.name} is no {_PROBLEM}")
            elif lacking:
                message = f"the problem of {status} lacks {', '.join(sorted(lacking))}"
                yield on_operation(each, message)


def _names(operation: OperationNode, schema: Any) -> set[str]:
    found = set((schema or {}).get("properties") or {})
    for each in (schema or {}).get("allOf") or ():
        found |= _names(operation, operation.resolved(each))
    return found


@lint_rule("API-002", "OpenAPI")
def writes_can_be_repeated(library: Library) -> Iterator[Hit]:
    """A write can be repeated without harm.

    ## What it checks
    A POST that creates (201 or 202) takes Idempotency-Key; PUT, PATCH and DELETE take If-Match; a
    GET of one thing (its path ends in a parameter) answers with ETag.

    ## Why it matters
    The connection breaks after the order was taken. The client sends it again.

    ## What to do instead
    Declare the header; answer a repeat with the first answer.
    """
    for each in library.operations:
        if each.webhook:
            continue
        creates = each.method == "post" and {"201", "202"} & set(each.responses)
        if creates and not _asked(each, "idempotency-key"):
            yield on_operation(each, f"{each.name} creates and takes no Idempotency-Key")
        if each.method in _WRITES and not _asked(each, "if-match"):
            yield on_operation(each, f"{each.name} changes and takes no If-Match")
        one = each.method == "get" and each.path.endswith("}")
        if one and "200" in each.responses and "etag" not in _headers(each.responses["200"]):
            yield on_operation(each, f"{each.name} answers without ETag")


@lint_rule("API-003", "OpenAPI")
def collections_have_pages(library: Library) -> Iterator[Hit]:
    """Collections come in pages, by a cursor.

    ## What it checks
    A GET whose answer has `items` takes `limit` (at most 200) and `cursor` and answers
    `next_cursor`, and no total count.

    ## Why it matters
    Page numbers skip rows when something is inserted; a count of everything is the slowest query.

    ## What to do instead
    `limit`, `cursor`, `items`, `next_cursor`
    """
    for each in library.operations:
        if each.method != "get":
            continue
        content = (each.responses.get("200") or {}).get("content") or {}
        schema = each.resolved((content.get("application/json") or {}).get("schema")) or {}
        names = _names(each, schema)
        if "items" not in names:
            continue
        limit = next((p for p in each.parameters if p.get("name") == "limit"), None)
        largest = (each.resolved((limit or {}).get("schema")) or {}).get("maximum")
        if limit is None or not isinstance(largest, int) or largest > _LARGEST_PAGE:
            yield on_operation(each, f"{each.name} takes no limit of at most {_LARGEST_PAGE}")
        if not _asked(each, "cursor") or "next_cursor" not in names:
            yield on_operation(each, f"{each.name} has no cursor and next_cursor")
        if names & {"total", "total_count"}:
            yield on_operation(each, f"{each.name} counts everything on every page")


@lint_rule("API-004", "OpenAPI")
def overload_is_told(library: Library) -> Iterator[Hit]:
    """An operation says how it refuses when there is too much to do.

    ## What it checks
    429 and 503 are declared, with Retry-After.

    ## Why it matters
    Clients that do not know when to come back come back at once, all of them.

    ## What to do instead
    Two components, used by every operation.
    """
    for each in library.operations:
        if each.webhook:
            continue
        for status in ("429", "503"):
            if status not in each.responses:
                yield on_operation(each, f"{each.name} does not declare {status}")
            elif "retry-after" not in _headers(each.responses[status]):
                yield on_operation(each, f"{status} of {each.name} has no Retry-After")


@lint_rule("API-005", "OpenAPI")
def rights_on_every_operation(library: Library) -> Iterator[Hit]:
    """Every operation says who may call it.

    ## What it checks
    A security requirement on the operation or the document, with a scheme that is defined; scopes
    where the scheme is OAuth 2. A public one says `security: []` and why (`x-audience: public`).

    ## Why it matters
    What nobody decided is open.

    ## What to do instead
    `security: [{oauth: ["shipments:read"]}]`
    """
    for each in library.operations:
        if each.webhook:
            continue
        document: Any = each.contract.document.value
        said = each.node.get("security", document.get("security"))
        schemes = (document.get("components") or {}).get("securitySchemes") or {}
        public = each.node.get("x-audience") == "public"
        if not said and not (said == [] and public):
            yield on_operation(each, f"{each.name} does not say who may call it")
        for requirement in said or ():
            for name, scopes in requirement.items():
                kind = (schemes.get(name) or {}).get("type")
                if kind is None:
                    yield on_operation(each, f"the scheme `{name}` is not defined")
                elif kind in ("oauth2", "openIdConnect") and not scopes:
                    yield on_operation(each, f"{each.name} asks for no scope of `{name}`")


@lint_rule("API-006", "OpenAPI")
def operations_named(library: Library) -> Iterator[Hit]:
    """Operations have a name, a verb and a noun, once; and the tag of their domain.

    ## What it checks
    `operationId` is camelCase, starts with a verb and is unique in the document; `tags` has one
    that the document lists.

    ## Why it matters
    Generated clients call their methods so.

    ## What to do instead
    `operationId: getShipment`, `tags: [shipments]`
    """
    for contract in library.apis:
        document: Any = contract.document.value
        mine = [each for each in library.operations if each.contract is contract]
        ids = Counter(str(each.node.get("operationId")) for each in mine)
        tags = {str(each.get("name")) for each in document.get("tags") or ()}
        for each in mine:
            name = str(each.node.get("operationId") or "")
            if not re.fullmatch(r"[a-z]+([A-Z0-9][a-z0-9]*)*", name):
                yield on_operation(each, f"`{name}` is no name for an operation")
            elif ids[name] > 1:
                yield on_operation(each, f"two operations are called `{name}`")
            if not tags & set(map(str, each.node.get("tags") or ())):
                yield on_operation(each, f"{each.name} has no tag that the document lists")


@lint_rule("API-007", "OpenAPI", Severity.WARN)
def long_work_can_be_asked_for(library: Library) -> Iterator[Hit]:
    """Work that takes long answers 202 and an address to ask.

    ## What it checks
    An answer 202 has the header Location.

    ## Why it matters
    A client that is told "accepted" and nothing else polls everything.

    ## What to do instead
    `Location: /v1/order-requests/{id}`
    """
    for each in library.operations:
        later = not each.webhook and "202" in each.responses
        if later and "location" not in _headers(each.responses["202"]):
            yield on_operation(each, f"202 of {each.name} has no Location")


@lint_rule("API-008", "OpenAPI")
def webhooks_are_signed(library: Library) -> Iterator[Hit]:
    """Webhooks are declared, signed and protected against replay.

    ## What it checks
    Every webhook takes an id, a timestamp and a signature as headers; an API with subscriptions has
    the `webhooks` object.

    ## Why it matters
    Anybody can post to a callback address.

    ## What to do instead
    webhook-id, webhook-timestamp, webhook-signature
    """
    for each in library.operations:
        if not each.webhook:
            continue
        names = {str(p.get("name")).lower() for p in each.parameters if p.get("in") == "header"}
        signed = any("signature" in name for name in names)
        if not signed or not any("timestamp" in name for name in names):
            yield on_operation(each, f"{each.name} is not signed with a time")
    for contract in library.apis:
        document: Any = contract.document.value
        subscribed = any("subscriptions" in path for path in document.get("paths") or {})
        if subscribed and not document.get("webhooks"):
            yield on_contract(contract, "has subscriptions and declares no webhooks")


@lint_rule("API-009", "OpenAPI")
def requests_are_closed(library: Library) -> Iterator[Hit]:
    """A request takes the fields it names; an answer may grow.

    ## What it checks
    Objects in requests have `additionalProperties: false`; objects in answers do not. Clients are
    generated so that they leave unknown fields alone.

    ## Why it matters
    A mistyped field in a request is silently lost; an answer that is closed can never grow.

    ## What to do instead
    `additionalProperties: false` on the body of each request.
    """
    for each in library.operations:
        if each.webhook:
            continue
        body = each.resolved(each.node.get("requestBody")) or {}
        for kind, media in (body.get("content") or {}).items():
            schema = each.resolved(media.get("schema")) or {}
            is_object = "properties" in schema or schema.get("type") == "object"
            closed = schema.get("additionalProperties") is False
            closed = closed or schema.get("unevaluatedProperties") is False
            if is_object and not closed and "merge-patch" not in kind:
                yield on_operation(each, f"the request of {each.name} takes any field")
        for status, response in each.responses.items():
            for media in ((response or {}).get("content") or {}).values():
                schema = each.resolved(media.get("schema")) or {}
                if status.startswith("2") and schema.get("additionalProperties") is False:
                    yield on_operation(each, f"the answer {status} of {each.name} can never grow")


_SAID_BY: Final = {
    "nullable": 'write null as a type: `type: [string, "null"]`',
    "const": "list the one value in `enum`",
    "type": "write one type, and `nullable: true` for null",
    "items": "write `prefixItems` for places, or one schema for all",
    "exclusiveMinimum": "from 3.1 on it is the limit itself, in 3.0 true beside `minimum`",
    "exclusiveMaximum": "from 3.1 on it is the limit itself, in 3.0 true beside `maximum`",
}
"""What to write for a keyword in the version that does not have it, or has it otherwise."""


@lint_rule("API-010", "OpenAPI")
def keywords_are_those_of_the_version(library: Library) -> Iterator[Hit]:
    """A schema uses the keywords of its version of OpenAPI.

    ## What it checks
    From 3.1 on `nullable` is no keyword, and `exclusiveMinimum` is a number. In 3.0 there is no
    `const`, `if`, `patternProperties` or `unevaluatedProperties`, and `type` is one word.

    ## Why it matters
    Some tools pass over it and some count it: what is null to one is refused by the next.

    ## What to do instead
    What the version has for it: `type: [string, "null"]` from 3.1 on, `enum` of one value in 3.0.
    """
    for each in library.parts:
        document: Any = each.contract.document.value
        dialect = dialect_of(document)
        for word in sorted(foreign(dialect) & each.node.keys() | malformed(each.node, dialect)):
            said = f"OpenAPI {document['openapi']}"
            message = f"`{word}` is no keyword of {said}, or of another form there"
            yield on_type(each, message, hint=_SAID_BY.get(word, ""))
