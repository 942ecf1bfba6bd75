"""Nothing outside the workspace is ever read or fetched, whatever keyword asks for it."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from lading.model import Kind
from model.reading import load_files, read, wrong

OUT = [
    "http://127.0.0.1:9/x.json",
    "https://example.com/x.json#/a",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "/etc/passwd",
    "//host/share",
    "\\\\host\\share",
    "../../../etc/passwd",
    "%2e%2e/%2e%2e/x.json",
    "data:application/json,{}",
    "jar:file:///x!/y",
    "gone.json",
]


@pytest.fixture(autouse=True)
def nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)


def api(**more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1.0.0"}, "paths": {}, **more}


def answer(response: Any) -> dict[str, Any]:
    return api(paths={"/a": {"get": {"responses": {"default": response}}}})


@pytest.mark.parametrize("text", OUT)
@pytest.mark.parametrize("key", ["$ref", "$dynamicRef", "$recursiveRef"])
def test_a_schema_that_leads_out_is_refused(text: str, key: str) -> None:
    node = {"properties": {"a": {"items": {key: text}}}}
    assert [code for code, *_ in wrong(Kind.JSON, node)] == ["LAD013"]


@pytest.mark.parametrize("text", OUT)
@pytest.mark.parametrize(
    "document",
    [
        lambda text: answer({"$ref": text}),
        lambda text: answer({"links": {"l": {"operationRef": text}}}),
        lambda text: answer({"content": {"a/b": {"examples": {"e": {"externalValue": text}}}}}),
        lambda text: answer({"content": {"a/b": {"examples": {"e": {"$ref": text}}}}}),
        lambda text: api(paths={"/a": {"$ref": text}}),
        lambda text: api(components={"schemas": {"example": {"default": {}, "$ref": text}}}),
        lambda text: api(components={"callbacks": {"c": {"$ref": text}}}),
        lambda text: api(
            components={
                "schemas": {
                    "A": {
                        "oneOf": [{"type": "object"}],
                        "discriminator": {"propertyName": "p", "mapping": {"x": text}},
                    }
                }
            }
        ),
    ],
)
def test_an_api_that_leads_out_is_refused(document: Any, text: str) -> None:
    assert {code for code, *_ in wrong(Kind.OPENAPI, document(text))} == {"LAD013"}


def test_a_base_that_moves_a_reference_out_is_refused() -> None:
    inner = {"$id": "https://x/", "items": {"$ref": "beside.json"}}
    node = {"$id": "https://example.com/root", "properties": {"a": inner}}
    assert wrong(Kind.JSON, node) == [("LAD013", 1, 89)]
    assert read(Kind.JSON, {**node, "properties": {"a": {**inner, "items": {"$ref": "#"}}}})


@pytest.mark.parametrize("key", ["example", "const", "default"])
def test_a_reference_inside_data_is_data(key: str) -> None:
    assert read(Kind.JSON, {"properties": {"a": {key: {"$ref": "https://example.com"}}}})


def test_a_field_may_be_called_like_a_keyword() -> None:
    node = {"properties": {"$ref": {"type": "string"}, "$id": {"type": "string"}}}
    assert read(Kind.JSON, node)


def test_an_anchor_is_refused_rather_than_guessed() -> None:
    assert wrong(Kind.JSON, {"$ref": "#address"}) == [("LAD013", 1, 2)]


def test_files_of_the_workspace_refer_to_each_other_and_to_nothing_beside_it() -> None:
    found = load_files(
        {
            "apis/a.json": json.dumps(
                api(components={"schemas": {"X": {"$ref": "../schemas/b.json"}}})
            ),
            "schemas/b.json": '{"$ref": "c.json#/$defs/C"}',
            "schemas/c.json": '{"$defs": {"C": {"type": "string"}}}',
            "schemas/d.json": '{"$ref": "../../outside.json"}',
        }
    )
    assert [(each.code, str(each.place)) for each in found.problems] == [
        ("LAD013", "schemas/d.json:1:2")
    ]
    assert [each.subject for each in found.contracts] == [
        "apis.a.v1",
        "schemas.b.v1",
        "schemas.c.v1",
    ]
    (reference,) = found.contracts[1].references
    assert (reference.name, reference.subject) == ("c.json", "schemas.c.v1")
