"""Swagger 2.0: the same API as its OpenAPI spelling, and places in the file that was written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.compat import Outcome, compare
from lading.compat.report.places import new_place
from lading.model import Api, Kind
from lading.model.openapi_validity import check_openapi
from model.reading import read, wrong

SWAGGER = """swagger: "2.0"
info: {title: Visibility, version: 1.0.0}
host: api.example.com
basePath: /v1/
schemes: [https]
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  login: {type: basic}
  oauth:
    type: oauth2
    flow: accessCode
    authorizationUrl: https://login.example.com/auth
    tokenUrl: https://login.example.com/token
    scopes: {read: to read}
security: [{login: []}]
parameters:
  Page: {name: page, in: query, type: integer, minimum: 1}
  Order: {name: order, in: body, required: true, schema: {$ref: "#/definitions/Order"}}
responses:
  Gone: {description: gone, schema: {$ref: "#/definitions/Problem"}}
paths:
  /shipments/{id}:
    parameters:
      - {name: id, in: path, required: true, type: string}
    get:
      operationId: getShipment
      parameters:
        - {$ref: "#/parameters/Page"}
        - {name: ids, in: query, type: array, items: {type: string}}
        - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}
        - {name: X-Trace, in: header, type: array, items: {type: string}, collectionFormat: pipes}
      responses:
        "200":
          description: ok
          headers: {X-Rate: {type: integer}}
          schema: {$ref: "#/definitions/Shipment"}
        "410": {$ref: "#/responses/Gone"}
        "404": {description: none}
    put:
      operationId: setShipment
      consumes: [application/json, application/xml]
      parameters: [{$ref: "#/parameters/Order"}]
      responses: {"204": {description: done}}
  /proofs:
    post:
      security: []
      parameters:
        - {name: photo, in: formData, type: file, required: true}
        - {name: note, in: formData, type: string, maxLength: 80}
      responses: {"201": {description: kept, schema: {type: file}}}
definitions:
  Shipment:
    type: object
    discriminator: kind
    required: [kind]
    properties:
      kind: {type: string}
      weight: {type: number, x-nullable: true, minimum: 0, exclusiveMinimum: true}
      order: {$ref: "#/definitions/Order"}
  Order: {type: object, properties: {lines: {type: array, items: {type: string}}}}
  Problem: {type: object, properties: {title: {type: string}}}
"""

OPENAPI = """openapi: 3.0.3
info: {title: Visibility, version: 1.0.0}
servers: [{url: https://api.example.com/v1}]
security: [{login: []}]
paths:
  /shipments/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: getShipment
      parameters:
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
        - name: ids
          in: query
          explode: false
          schema: {type: array, items: {type: string}}
        - name: tags
          in: query
          schema: {type: array, items: {type: string}}
        - name: X-Trace
          in: header
          style: pipeDelimited
          schema: {type: array, items: {type: string}}
      responses:
        "200":
          description: ok
          headers: {X-Rate: {schema: {type: integer}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Shipment"}}}
        "410":
          description: gone
          content: {application/json: {schema: {$ref: "#/components/schemas/Problem"}}}
        "404": {description: none}
    put:
      operationId: setShipment
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Order"}}
          application/xml: {schema: {$ref: "#/components/schemas/Order"}}
      responses: {"204": {description: done}}
  /proofs:
    post:
      security: []
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [photo]
              properties:
                photo: {type: string, format: binary}
                note: {type: string, maxLength: 80}
      responses:
        "201":
          description: kept
          content: {application/json: {schema: {type: string, format: binary}}}
components:
  securitySchemes:
    login: {type: http, scheme: basic}
    oauth:
      type: oauth2
      flows:
        authorizationCode:
          authorizationUrl: https://login.example.com/auth
          tokenUrl: https://login.example.com/token
          scopes: {read: to read}
  schemas:
    Shipment:
      type: object
      discriminator: {propertyName: kind}
      required: [kind]
      properties:
        kind: {type: string}
        weight: {type: number, nullable: true, minimum: 0, exclusiveMinimum: true}
        order: {$ref: "#/components/schemas/Order"}
    Order: {type: object, properties: {lines: {type: array, items: {type: string}}}}
    Problem: {type: object, properties: {title: {type: string}}}
"""


def test_both_spellings_are_one_api() -> None:
    """What a conversion by hand gives is what the reader makes of the old spelling."""
    old, new = read(Kind.OPENAPI, SWAGGER), read(Kind.OPENAPI, OPENAPI)

    assert (old.body, old.types) == (new.body, new.types)
    assert old.fingerprint == new.fingerprint


def test_an_api_may_move_from_swagger_to_openapi() -> None:
    """A refactoring that changes nothing gives nothing, in either direction."""
    assert compare(SWAGGER, OPENAPI).findings == compare(OPENAPI, SWAGGER).findings == ()


EDITS: list[tuple[str, str, list[tuple[str, str]]]] = [
    # (written, written instead, [(rule, what stands at the place)])
    ("kind: {type: string}", "kind: {type: integer}", [("LAD201", "kind: {type: integer}")]),
    ("x-nullable: true, ", "", [("LAD313", "weight: {type: number")]),
    ("minimum: 1}", "minimum: 2}", [("LAD205", "Page: {name: page")]),
    ("collectionFormat: multi", "collectionFormat: csv", [("LAD504", "{name: tags")]),
    ("collectionFormat: pipes", "collectionFormat: tsv", [("LAD504", "{name: X-Trace")]),
    ("{lines: {type: array", "{lines: {type: array, maxItems: 9", [("LAD205", "lines: {type")] * 2),
    ("maxLength: 80", "maxLength: 40", [("LAD205", "{name: note")]),
    (
        "formData, type: string",
        "formData, required: true, type: string",
        [("LAD104", "{name: note")],
    ),
    ("basePath: /v1/", "basePath: /v2", [("LAD404", "swagger:"), ("LAD405", "swagger:")]),
    ("schemes: [https]", "schemes: [https, http]", [("LAD405", "swagger:")]),
    ("application/json, application/xml", "application/json", [("LAD515", "Order: {name: order")]),
    ("{title: {type: string}", "{title: {type: integer}", [("LAD201", "title: {type: integer")]),
    ("X-Rate: {type: integer}", "X-Rate: {type: string}", [("LAD201", "X-Rate: {type")]),
    ("security: []\n", "security: [{oauth: [read]}]\n", [("LAD531", "post:\n      security")]),
]


@pytest.mark.parametrize(("written", "instead", "expected"), EDITS, ids=[each[0] for each in EDITS])
def test_what_is_found_points_into_the_file(
    written: str, instead: str, expected: list[tuple[str, str]]
) -> None:
    """The place of each finding is one in the text, not in its conversion."""
    assert SWAGGER.count(written) == 1
    text = SWAGGER.replace(written, instead)
    verdict = compare(SWAGGER, text)
    places = [new_place(each, verdict) for each in verdict.findings]
    starts = [_from(text, at.line, at.column) if at else "" for at in places]

    assert [each.rule for each in verdict.findings] == [rule for rule, _ in expected]
    assert [start[: len(said)] for start, (_, said) in zip(starts, expected, strict=True)] == [
        said for _, said in expected
    ]


def _from(text: str, line: int, column: int) -> str:
    return "".join(text.splitlines(keepends=True)[line - 1 :])[column - 1 :]


def api(paths: str, more: str = "") -> Api:
    found = read(Kind.OPENAPI, f"swagger: '2.0'\ninfo: {{title: t, version: '1'}}\n{paths}\n{more}")
    assert isinstance(found.body, Api)
    return found.body


def test_without_media_types_a_body_is_of_any() -> None:
    """Neither the operation nor the document says what it consumes."""
    (operation,) = api(
        "paths: {/a: {put: {parameters: [{name: b, in: body, schema: {}}], responses: {}}}}"
    ).operations
    assert operation.body
    assert [media.type for media in operation.body.contents] == ["*/*"]


def test_the_body_of_a_path_is_that_of_its_operations() -> None:
    """An operation's own body takes its place, whatever the name."""
    put, post = (
        "put: {responses: {}}",
        "post: {parameters: [{name: x, in: body, required: true, schema: {}}], responses: {}}",
    )
    shared = "parameters: [{name: b, in: body, schema: {}}]"
    first, second = api(f"paths: {{/a: {{{shared}, {put}, {post}}}}}").operations

    assert (first.method, first.body and first.body.required) == ("post", True)
    assert (second.method, second.body and second.body.required) == ("put", False)


def test_how_a_form_is_written_is_judged() -> None:
    """Lists in forms are written as their separator says."""
    form = "{name: a, in: formData, type: array, items: {type: string}, collectionFormat: %s}"
    paths = "paths: {/a: {post: {parameters: [%s], responses: {}}}}" % form  # noqa: UP031
    head = "swagger: '2.0'\ninfo: {title: t, version: '1'}\n"
    verdict = compare(head + paths % "csv", head + paths % "tsv")

    assert verdict.outcome is Outcome.INCOMPATIBLE
    assert [each.rule for each in verdict.findings] == ["LAD504"]


def test_a_list_of_lists_says_how_each_is_written() -> None:
    """The inner separator has no word in OpenAPI; it is seen all the same."""
    inner = "items: {type: array, items: {type: string}, collectionFormat: %s}"
    paths = "paths: {/a: {get: {parameters: [{name: a, in: query, type: array, %s}]}}}" % inner  # noqa: UP031
    styles = [api(paths % each).operations[0].parameters[0].style for each in ("csv", "pipes")]

    assert styles == ["form of csv", "form of pipes"]


HEAD = "swagger: '2.0'\ninfo: {title: t, version: '1'}\n"
GET = HEAD + "paths: {/a: {get: {"
WRONG: list[tuple[str, list[tuple[str, int, int]]]] = [
    ("swagger: '1.2'\n", [("LAD020", 1, 1)]),
    ("swagger: '2.0'\n", [("LAD021", 1, 1)]),
    (HEAD + "paths: []\n", [("LAD021", 3, 1)]),
    (HEAD + "paths: {/a: []}\n", [("LAD021", 3, 9)]),
    (GET + "parameters: [{name: x, in: body}, {name: y, in: body}]}}}\n", [("LAD021", 3, 54)]),
    (GET + "parameters: [{name: x, in: body}, {name: y, in: formData}]}}}\n", [("LAD021", 3, 33)]),
    (
        GET + "parameters: [{name: x, in: formData}, {name: x, in: formData}]}}}\n",
        [("LAD021", 3, 58)],
    ),
    (GET + "parameters: [{$ref: '#/parameters/No'}]}}}\n", [("LAD021", 3, 33), ("LAD012", 3, 34)]),
    (GET + "responses: {200: {$ref: '#/responses/No'}}}}}\n", [("LAD012", 3, 38)]),
    (GET + "responses: {200: {schema: {$ref: '#/parameters/A'}}}}}}\n", [("LAD012", 3, 47)]),
    (HEAD + "definitions: {A: {type: nope}}\n", [("LAD010", 3, 19)]),
    (HEAD + "definitions: {A: {$ref: 'https://example.com/a'}}\n", [("LAD013", 3, 19)]),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_no_swagger_is_refused_at_its_place(text: str, expected: Any) -> None:
    """Problems are said in the file that was written, as findings are."""
    assert wrong(Kind.OPENAPI, text) == expected


def test_a_document_that_refers_to_another_is_not_read() -> None:
    """The other one is not converted, and half a conversion would be silent about the rest."""
    text = HEAD + "definitions: {A: {$ref: 'b#/definitions/B'}}\n"
    other = {"definitions": {"B": {"type": "string", "x-nullable": True}}}

    assert wrong(Kind.OPENAPI, text, {"b": other}) == [("LAD020", 1, 1)]


def test_the_specification_is_asked_about_what_was_written() -> None:
    """openapi-spec-validator knows Swagger 2.0, and would know nothing of our conversion."""
    text = HEAD + "paths: {/a: {get: {}}}\n"
    (document, *_) = read(Kind.OPENAPI, text).documents
    (problem,) = check_openapi(document)

    assert str(problem).startswith("LAD022 a.yaml:3:")


NAMES = """
    paths /a get post parameters responses 200 schema name in required type items format
    collectionFormat consumes produces schemes host basePath definitions A properties $ref allOf
    securityDefinitions security headers x-nullable discriminator flow
"""
WORDS = st.sampled_from(NAMES.split())
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
LEAVES |= st.sampled_from(["body", "formData", "query", "array", "object", "file", "pipes"])
LEAVES |= st.sampled_from(["#/definitions/A", "#/parameters/A", "basic", "oauth2"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(WORDS, VALUES, max_size=6), VALUES)
def test_no_half_right_document_raises(whole: dict[str, Any], operation: Any) -> None:
    """Whatever stands where something else should: the reader says so, and nothing crashes."""
    head = {"swagger": "2.0", "info": {"title": "t", "version": "1"}}
    for each in (whole, {**whole, "paths": {"/a": {"parameters": [operation], "post": operation}}}):
        verdict = compare({**each, **head}, {**each, **head}, kind=Kind.OPENAPI)
        assert bool(verdict.problems) == (verdict.outcome is Outcome.UNKNOWN)
