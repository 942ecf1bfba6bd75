"""What types of Avro say as text: two that differ in anything that counts have two texts."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from lading.model import read_contract, read_document
from lading.model.contract import Contract, Kind, Subject
from lading.model.document import Origin
from lading.model.schema import (
    Anything,
    Field,
    Invariant,
    Limits,
    Logical,
    Nothing,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)
from lading.model.written import BODY, written

TEXT = Scalar(ScalarType.STRING)
NODES: dict[type, Any] = {
    Scalar: TEXT,
    Union: Union((Scalar(ScalarType.NULL), TEXT)),
    Field: Field("a", TEXT),
    Record: Record((Field("a", TEXT),), name="n.R", rest=Anything()),
}
OTHER: dict[tuple[type, str], Any] = {
    (Scalar, "type"): ScalarType.BYTES,
    (Scalar, "logical"): Logical("uuid"),
    (Scalar, "limits"): Limits(max_length=5),
    (Scalar, "unit"): "KGM",
    (Scalar, "scheme"): "GTIN-14",
    (Union, "branches"): (TEXT, Scalar(ScalarType.NULL)),
    (Union, "discriminator"): "kind",
    (Union, "mapping"): (("a", "B"),),
    (Union, "exclusive"): True,
    (Field, "name"): "b",
    (Field, "schema"): Ref("n.T"),
    (Field, "required"): False,
    (Field, "default"): None,
    (Field, "aliases"): ("b",),
    (Field, "read_only"): True,
    (Field, "write_only"): True,
    (Field, "deprecated"): True,
    (Field, "sunset"): "2027-01-01",
    (Field, "stability"): "beta",
    (Field, "means"): (("unit", "KGM"),),
    (Field, "order"): "descending",
    (Field, "doc"): "one of A, B",
    (Field, "tags"): {"owner": "wms"},
    (Record, "fields"): (Field("b", TEXT),),
    (Record, "name"): "n.S",
    (Record, "aliases"): ("n.S",),
    (Record, "rest"): Nothing(),
    (Record, "patterns"): (("^x", TEXT),),
    (Record, "limits"): Limits(min_properties=1),
    (Record, "invariants"): (Invariant("sum"),),
    (Record, "is_error"): True,
}
SILENT = {(Record, "doc"), (Record, "tags"), (Scalar, "open")}
"""What a record says of itself in prose is no change, and no null of Avro is open."""


def said(node: Any) -> str:
    """The text of a record with the node in it."""
    if isinstance(node, Scalar | Union):
        node = Field("a", node)
    record = node if isinstance(node, Record) else Record((node,), name="n.R", rest=Anything())
    return written(record, {})[BODY].said[0]


@pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.__name__)
def test_all_that_counts_is_in_the_text(kind: type) -> None:
    node = NODES[kind]
    said_of_it = {each.name for each in fields(kind) if each.init} - {"at"}
    asked = {(kind, name) for name in said_of_it} - SILENT
    assert asked == {each for each in OTHER if each[0] is kind}, "a field without a row"
    texts = [said(node), *(said(replace(node, **{name: OTHER[_, name]})) for _, name in asked)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.__name__)
def test_places_are_not(kind: type) -> None:
    assert said(replace(NODES[kind], at=Origin("b.avsc", ("fields",)))) == said(NODES[kind])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Field("a", TEXT, default=1), Field("a", TEXT, default=True)),
        (Field("a", TEXT, default=1), Field("a", TEXT, default=1.0)),
        (Field("a", TEXT, default="1"), Field("a", TEXT, default=1)),
        (Field("a", TEXT, doc="x"), Field("a", TEXT, aliases=("x",))),
        (Field("a", Ref("string")), Field("a", TEXT)),
        (Field("a", Union((TEXT, Ref("n.A")))), Field("a", Union((TEXT, Ref("n.B"))))),
    ],
)
def test_what_python_takes_for_equal_is_told_apart(one: Field, other: Field) -> None:
    assert said(one) != said(other)


def test_types_that_are_referred_to_are_named() -> None:
    record = Record((Field("a", Union((TEXT, Ref("n.T")))), Field("b", TEXT)), name="n.R")
    found = written(record, {})[BODY]
    assert found.said.names == {"n.T"}
    assert {name: said.names for name, said in found.fields.items()} == {
        "a": {"n.T"},
        "b": frozenset(),
    }


def test_a_version_of_a_contract_knows_what_the_contract_knew() -> None:
    """Text is dear to make, and a registry numbers what it has just judged."""
    contract = Contract(Subject("s"), Kind.AVRO, NODES[Record])
    texts = contract.written
    numbered = contract.numbered(7)
    assert (numbered.version, numbered.written) == (7, texts)
    assert numbered.written is texts


def test_a_version_read_to_the_letter_has_its_own_number() -> None:
    document = read_document("a.json", b'{"properties": {"a": {"type": "string"}}}')
    contract = read_contract(Kind.JSON, document, subject=Subject("s"))
    assert contract.exact.version == 0
    assert contract.numbered(7).exact.version == 7
    assert contract.numbered(7).exact.body == contract.exact.body


def test_versions_that_say_the_same_share_their_parts() -> None:
    """Also when they are read apart, with other prose above; what differs is what is said."""
    fields = '"fields": [{"name": "a", "type": "%s"}]'
    texts = [
        f'{{"type": "record", "name": "R", "doc": "{doc}", {fields % kind}}}'
        for doc, kind in (("One.", "int"), ("Two.", "int"), ("One.", "long"))
    ]
    one, same, other = (
        read_contract(Kind.AVRO, read_document("a.avsc", each.encode())) for each in texts
    )

    assert one.parts is same.parts
    assert one.parts - other.parts == {("", "a", "'a',:int")}
    assert other.parts - one.parts == {("", "a", "'a',:long")}
