"""OpenAPI: the normal form of operations, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from lading.model import (
    Api,
    Body,
    In,
    Kind,
    Media,
    Operation,
    Parameter,
    Ref,
    Response,
    Scalar,
    ScalarType,
    Security,
    Union,
    read_document,
)
from lading.model.api import Part
from lading.model.openapi_validity import check_openapi
from model.reading import Found, read, wrong

TEXT = Scalar(ScalarType.STRING)
HEAD = "openapi: 3.1.0\ninfo: {title: t, version: 1.2.0}\n"


def api(text: str, head: str = HEAD) -> Api:
    found = read(Kind.OPENAPI, head + text).body
    assert isinstance(found, Api)
    return found


def only(text: str, head: str = HEAD) -> Operation:
    (operation,) = api(text, head).operations
    return operation


def test_an_operation_in_normal_form() -> None:
    found = only(
        """
paths:
  /orders/{order}/lines/{line}:
    parameters:
      - {name: order, in: path, required: true, schema: {type: string}}
      - {$ref: "#/components/parameters/Trace"}
      - {name: page, in: query, schema: {type: string}}
    put:
      operationId: setLine
      parameters:
        - {name: line, in: path, required: true, schema: {type: string}}
        - {name: page, in: query, required: true, schema: {type: string}}
        - {name: Content-Type, in: header, schema: {type: string}}
      requestBody: {required: true, content: {Application/JSON: {schema: {type: string}}}}
      responses:
        200: {$ref: "#/components/responses/Ok"}
      security: [{key: [], oauth: [write, read]}, {}]
components:
  parameters:
    Trace: {name: X-Trace-Id, in: header, schema: {type: string}}
  responses:
    Ok:
      description: fine
      headers: {X-Rate: {required: true, schema: {type: string}}}
      content: {text/plain: {schema: {type: [string, "null"]}}}
"""
    )
    assert found == Operation(
        method="put",
        path="/orders/{}/lines/{}",
        written_path="/orders/{order}/lines/{line}",
        operation_id="setLine",
        parameters=(
            Parameter("x-trace-id", In.HEADER, TEXT, style="simple"),
            Parameter("{1}", In.PATH, TEXT, required=True, style="simple"),
            Parameter("{2}", In.PATH, TEXT, required=True, style="simple"),
            Parameter("page", In.QUERY, TEXT, required=True, style="form", explode=True),
        ),
        body=Body((Media("application/json", TEXT),), required=True),
        responses=(
            Response(
                "200",
                (Media("text/plain", Union((Scalar(ScalarType.NULL), TEXT))),),
                (Parameter("x-rate", In.HEADER, TEXT, required=True, style="simple"),),
            ),
        ),
        security=(Security((("key", ()), ("oauth", ("read", "write")))), Security(())),
    )
    assert found.key == "PUT /orders/{order}/lines/{line}"


def test_renaming_a_path_parameter_is_no_change() -> None:
    text = "paths:\n  /a/{X}:\n    get: {parameters: [{name: X, in: path, required: true}]}\n"
    one, two = (read(Kind.OPENAPI, HEAD + text.replace("X", name)) for name in ("id", "key"))
    assert one.fingerprint == two.fingerprint


def test_a_reference_leads_to_an_item_of_a_list() -> None:
    """RFC 6901, section 4: an operation may take the parameter that another one lists first."""
    first, second = api(
        """
paths:
  /a: {get: {parameters: [{name: n, in: query, schema: {type: string}}]}}
  /b: {get: {parameters: [{$ref: "#/paths/~1a/get/parameters/0"}]}}
"""
    ).operations
    assert first.parameters == second.parameters != ()


def test_security_of_the_document_holds_where_an_operation_has_none() -> None:
    found = api("security: [{key: []}]\npaths: {/a: {get: {}, put: {security: []}}}\n")
    assert [each.security for each in found.operations] == [(Security((("key", ()),)),), ()]


@pytest.mark.parametrize("version", ["3.0.0", "3.0.3", "3.1.0", "3.1.1", "3.2.0"])
def test_versions_that_are_read(version: str) -> None:
    assert only("paths: {/a: {get: {}}}", HEAD.replace("3.1.0", version)).path == "/a"


def test_a_webhook_is_marked() -> None:
    assert only("webhooks: {shipped: {post: {}}}\n").webhook


def test_what_is_not_judged_is_kept_as_undecided() -> None:
    found = only(
        """
paths:
  /a:
    servers: [{url: "https://{b}", variables: {b: {default: c}}}]
    post:
      callbacks: {done: {$ref: "#/components/callbacks/Done"}}
      requestBody: {content: {multipart/form-data: {itemEncoding: {style: form}}}}
components:
  callbacks: {Done: {"{$url}": {post: {callbacks: {again: {}}}}}}
"""
    )
    assert found.undecided == (("variables of https://{b}", '{"b":{"default":"c"}}'),)
    assert found.body
    assert found.body.contents[0].undecided == (("itemEncoding", '{"style":"form"}'),)
    assert [each.undecided for each in found.callbacks] == [(("callbacks inside", '{"again":{}}'),)]


def test_parts_of_a_form_in_normal_form() -> None:
    """One of the words of a query makes it one; the content type is ignored then."""
    found = only(
        """
paths:
  /a:
    post:
      requestBody:
        content:
          multipart/form-data:
            encoding:
              a: {style: pipeDelimited, contentType: text/plain}
              b: {explode: false}
              c: {contentType: "image/PNG, image/jpeg"}
              d: {headers: {X-Id: {}}}
"""
    )
    assert found.body
    assert found.body.contents[0].parts == (
        Part("a", "pipeDelimited"),
        Part("b", "form"),
        Part("c", contents=("image/jpeg", "image/png")),
        Part("d", headers='{"X-Id":{}}'),
    )


def test_a_server_is_one_for_each_value_of_its_variables() -> None:
    """The default comes first; a variable that lists no values is kept as it is."""
    listed = "{region: {enum: [us, eu], default: eu}, stage: {enum: [v1, v2], default: v1}}"
    found = api(
        f"servers: [{{url: 'https://{{region}}.x/{{stage}}', variables: {listed}}}]\npaths: {{}}\n"
    )
    assert found.servers == (
        "https://eu.x/v1",
        "https://eu.x/v2",
        "https://us.x/v1",
        "https://us.x/v2",
    )
    assert found.undecided == (("the default of https://{}.x/{}", '"https://eu.x/v1"'),)


def test_callbacks_links_and_servers_in_normal_form() -> None:
    """A callback is called by the provider; a link is known by the operation it leads to."""
    found = api(
        """
servers: [{url: https://a}]
security: [{key: []}]
paths:
  /a/{n}:
    servers: [{url: https://b}]
    parameters: [{name: n, in: path, required: true, schema: {type: string}}]
    post:
      operationId: start
      callbacks: {done: {"{$request.body#/url}": {put: {}, post: {deprecated: true}}, x-no: 1}}
      responses:
        200:
          links:
            byId: {operationId: start, parameters: {n: $response.body#/n}}
            byRef: {operationRef: "#/paths/~1a~1{n}/post", parameters: {path.n: $response.body#/n}}
            lost: {operationId: nowhere}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, description: a key}
    idle: {type: http, scheme: basic}
"""
    )
    (operation,) = found.operations
    first, second, lost = operation.responses[0].links

    assert [each.key for each in operation.callbacks] == [
        "callback done PUT {$request.body#/url}",
        "callback done POST {$request.body#/url}",
    ]
    assert all(each.webhook for each in operation.callbacks)
    assert first.target == second.target == "post /a/{}"
    assert first.values == second.values == '{"parameters":{"{1}":"$response.body#/n"}}'
    assert lost.target == "nowhere"
    assert operation.servers == ("https://b",)
    assert found.schemes == (
        ("key", (("in", '"header"'), ("name", '"X-Key"'), ("type", '"apiKey"'))),
    )


NEWEST = HEAD.replace("3.1.0", "3.2.0")


def test_what_came_with_openapi_3_2() -> None:
    """Further methods, the method QUERY, streams, and media types as components."""
    found = api(
        """
$self: https://example.com/api
tags: [{name: a, parent: b, kind: nav}]
paths:
  /a:
    query: {responses: {200: {content: {application/jsonl: {$ref: "#/components/mediaTypes/M"}}}}}
    additionalOperations:
      COPY: {parameters: [{name: q, in: querystring, content: {a/b: {schema: {}}}}]}
components:
  mediaTypes: {M: {itemSchema: {$ref: "https://example.com/api#/components/schemas/E"}}}
  schemas: {E: {type: string}}
""",
        NEWEST,
    )
    copy, query = found.operations
    (media,) = query.responses[0].contents

    assert (copy.key, query.key) == ("COPY /a", "QUERY /a")
    assert (media.type, media.items) == ("application/jsonl", Ref("E"))
    (whole,) = copy.parameters
    assert (whole.location, whole.name, whole.media) == (In.QUERYSTRING, "q", "a/b")


def test_the_words_of_3_2_are_none_before() -> None:
    """An earlier document that uses one is refused rather than half understood."""
    assert wrong(Kind.OPENAPI, HEAD + "paths: {/a: {query: {}}}\n") == [("LAD030", 3, 14)]
    further = "paths: {/a: {additionalOperations: {COPY: {}}}}\n"
    assert wrong(Kind.OPENAPI, HEAD + further) == [("LAD030", 3, 14)]


WRONG: list[tuple[str, list[Found]]] = [
    ("[]", [("LAD021", 1, 1)]),
    ("{}", [("LAD020", 1, 1)]),
    ("swagger: '1.2'\n", [("LAD020", 1, 1)]),
    (HEAD.replace("3.1.0", "3.3.0"), [("LAD020", 1, 1)]),
    (NEWEST + "paths: {/a: {additionalOperations: {Copy: {}}}}\n", [("LAD021", 3, 37)]),
    (NEWEST + "paths: {/a: {additionalOperations: {GET: {}}}}\n", [("LAD021", 3, 37)]),
    (
        NEWEST + "$self: 'https://a.b/c'\ncomponents: {schemas: {A: {$ref: 'd#/A'}}}\n",
        [("LAD013", 4, 28)],
    ),
    (HEAD.replace("3.1.0", "3.1"), [("LAD020", 1, 1)]),
    ("openapi: 3.1.0\n", [("LAD021", 1, 1)]),
    (HEAD + "paths: {a: {get: {}}}\n", [("LAD021", 3, 9)]),
    (HEAD + "paths: {/a: {got: {}}}\n", [("LAD030", 3, 14)]),
    (HEAD + "paths: {/a/{b}: {get: {}}}\n".replace("/a/{b}", '"/a/{b}"'), [("LAD021", 3, 20)]),
    (HEAD + "paths: {/a: {get: {parameters: [{name: x}]}}}\n", [("LAD021", 3, 33)]),
    (
        HEAD + "paths: {/a: {get: {parameters: [{name: x, in: path}]}}}\n",
        [("LAD021", 3, 33)],
    ),
    (HEAD + "paths: {/a: {get: {responses: {20: {}}}}}\n", [("LAD021", 3, 32)]),
    (
        HEAD + "paths:\n  /a: {get: {operationId: x}}\n  /b: {get: {operationId: x}}\n",
        [("LAD014", 5, 14)],
    ),
    (
        HEAD + "paths:\n  '/a/{b}': {summary: s}\n  '/a/{c}': {summary: s}\n",
        [("LAD014", 5, 3)],
    ),
    (
        HEAD + "paths: {/a: {get: {responses: {200: {$ref: '#/components/x'}}}}}\n",
        [("LAD012", 3, 38)],
    ),
    (HEAD + "components: {schemas: {Unused: {type: nope}}}\n", [("LAD010", 3, 33)]),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_no_openapi_is_refused_at_its_place(text: str, expected: list[Found]) -> None:
    assert wrong(Kind.OPENAPI, text) == expected


def check(text: str, **more: Any) -> list[str]:
    document = read_document("a.yaml", (HEAD + text).encode())
    return [str(each) for each in check_openapi(document, **more)]


def test_a_valid_document_passes_the_specification() -> None:
    assert check("paths: {/a: {get: {responses: {200: {description: fine}}}}}\n") == []


def test_what_the_specification_forbids_is_placed() -> None:
    (problem,) = check("paths: {/a: {get: {responses: {200: {}}}}}\nx-more: 1\n")
    assert problem.startswith("LAD022 a.yaml:3:")


def test_a_document_that_would_keep_the_validator_busy_is_given_up() -> None:
    links = [
        f"    A{i}: {{allOf: [{{$ref: '#/components/schemas/A{i - 1}'}}, "
        f"{{$ref: '#/components/schemas/A{i - 1}'}}]}}"
        for i in range(1, 22)
    ]
    text = "components:\n  schemas:\n    A0: {type: object}\n" + "\n".join(links) + "\n"
    (problem,) = check(text, seconds=3.0)
    assert "was not checked" in problem
    assert "3 s" in problem
