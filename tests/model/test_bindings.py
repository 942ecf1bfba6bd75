"""A list of values and the taxonomy that it is bound to, in two files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from model.reading import load_files

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., dict[str, str | bytes]]

STATUS = """\
taxonomy: a.status
version: 1.0.0
kind: values
owner: wms
states:
  - {code: OPEN, definition: d}
  - {code: DONE, definition: e}
"""


def avro(symbols: list[str], taxonomy: str = "a.status") -> dict[str, str | bytes]:
    enum = {"type": "enum", "name": "n.S", "symbols": symbols, "x-taxonomy": taxonomy}
    record = {"type": "record", "name": "n.R", "fields": [{"name": "s", "type": enum}]}
    return {"events/R.avsc": json.dumps(record)}


def schema(values: list[str], taxonomy: str = "a.status") -> dict[str, str | bytes]:
    field = {"type": "string", "enum": values, "x-taxonomy": taxonomy}
    return {"schemas/r.json": json.dumps({"type": "object", "properties": {"s": field}})}


def api(values: list[str], taxonomy: str = "a.status") -> dict[str, str | bytes]:
    field = {"type": "string", "x-extensible-enum": values, "x-taxonomy": taxonomy}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1.0.0"},
        "paths": {},
        "components": {"schemas": {"S": field}},
    }
    return {"apis/a.v1.json": json.dumps(document)}


def drifted(files: dict[str, str | bytes]) -> list[str]:
    base: dict[str, str | bytes] = {"lading.toml": "", "taxonomies/a.status.yaml": STATUS}
    found = load_files(base | files).problems
    return [each.message for each in found if each.code in {"LAD046", "LAD032"}]


@pytest.mark.parametrize("make", [avro, schema, api])
def test_a_list_has_exactly_the_codes_of_its_taxonomy(make: Make) -> None:
    """Both ways, in each language; the order is nobody's business."""
    assert drifted(make(["DONE", "OPEN"])) == []
    assert drifted(make(["OPEN"])) == ["the list lacks `DONE` of a.status"]
    assert drifted(make(["OPEN", "DONE", "GONE"])) == [
        "the list has `GONE`, which a.status does not define"
    ]


@pytest.mark.parametrize("make", [avro, schema, api])
def test_a_taxonomy_that_is_not_there_is_said(make: Make) -> None:
    """A binding with a typing error binds to nothing."""
    assert drifted(make(["OPEN"], "a.statsu")) == ["there is no taxonomy `a.statsu`"]
