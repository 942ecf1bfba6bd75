"""What cannot be rendered faithfully is refused, with the place and a next step."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from lading.codegen import CodegenError, generate_python
from lading.codegen.python.layout import constant, model_module, snake
from lading.model.contract import Contract, Kind, Subject
from lading.model.schema import (
    Array,
    Enum,
    Field,
    Map,
    Opaque,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = Scalar(ScalarType.STRING)
LONG = Scalar(ScalarType.LONG)
NULL = Scalar(ScalarType.NULL)


def event(*fields: Field, name: str = "a.b.v1.Event", types: Any = None) -> Contract:
    return Contract(Subject(name), Kind.AVRO, Record(fields, name=name), types=types or {})


def generate(*contracts: Contract) -> dict[str, Any]:
    return generate_python(contracts, name="acme", version="1.0.0")


@pytest.mark.parametrize(
    "branches",
    [
        (TEXT, Scalar(ScalarType.BYTES)),
        (LONG, Scalar(ScalarType.DOUBLE)),
        (Ref("a.b.v1.A"), Ref("a.b.v1.B")),
        (Ref("a.b.v1.A"), Map(TEXT)),
    ],
)
def test_a_union_whose_branches_look_alike_in_json_is_refused(branches: Any) -> None:
    types = {
        "a.b.v1.A": Record((Field("x", TEXT),), name="a.b.v1.A"),
        "a.b.v1.B": Record(
            (Field("x", TEXT), Field("y", TEXT, required=False, default="")), name="a.b.v1.B"
        ),
    }
    with pytest.raises(CodegenError, match=r"a\.b\.v1\.Event\.f: a value could be"):
        generate(event(Field("f", Union((NULL, *branches))), types=types))


def test_a_keyword_that_has_no_type_is_refused() -> None:
    with pytest.raises(CodegenError, match=r"Event\.f: if, not cannot become a type"):
        generate(event(Field("f", Opaque(("if", "not"), "{}"))))


def test_a_type_that_is_not_there_is_refused() -> None:
    with pytest.raises(CodegenError, match=r"a\.b\.v1\.Gone is not among the contracts"):
        generate(event(Field("f", Ref("a.b.v1.Gone"))))


def test_two_meanings_of_one_name_are_refused() -> None:
    one = event(Field("f", TEXT), types={"a.b.v1.S": Enum(("A",), name="a.b.v1.S")})
    two = event(
        Field("f", TEXT), name="a.b.v1.Other", types={"a.b.v1.S": Enum(("B",), name="a.b.v1.S")}
    )
    with pytest.raises(CodegenError, match=r"mean different things by a\.b\.v1\.S"):
        generate(one, two)


def test_two_namespaces_with_one_module_are_refused() -> None:
    with pytest.raises(CodegenError, match=r"models\.order_v1"):
        generate(
            event(Field("f", TEXT), name="a.order.v1.E"),
            event(Field("f", TEXT), name="b.order.v1.E"),
        )


@pytest.mark.parametrize("name", ["Field", "ContractModel", "StrEnum", "Annotated", "None", "True"])
def test_a_record_is_never_renamed_silently(name: str) -> None:
    """A name that Python or the module needs is refused, or rendered under that very name."""
    contract = event(
        Field("class", TEXT), Field("s", Enum(("A",), name="a.b.v1.S")), name=f"a.b.v1.{name}"
    )
    try:
        files = generate(contract)
    except CodegenError as error:
        assert name in str(error) or "models" in str(error)  # noqa: PT017
    else:
        assert f"class {name}(ContractModel)" in files["acme/models/b_v1.py"]


def test_a_taxonomy_that_a_mapping_needs_must_be_there(contracts: Sequence[Contract]) -> None:
    mapping = next(each for each in contracts if each.kind is Kind.MAPPING)
    with pytest.raises(CodegenError, match=r"needs the taxonomy shipment\.milestone"):
        generate(mapping)


def test_two_codes_with_one_member_name_are_refused(contracts: Sequence[Contract]) -> None:
    contract = next(each for each in contracts if each.subject == "taxonomies.shipment.status.v1")
    body: Any = contract.body
    extra = dataclasses.replace(body.states[0], code="IN-TRANSIT")
    body = dataclasses.replace(body, states=(*body.states, extra))
    with pytest.raises(CodegenError, match="would both become the member of"):
        generate(dataclasses.replace(contract, body=body))


def test_no_contracts_is_an_error() -> None:
    with pytest.raises(CodegenError, match="no contracts"):
        generate()


def test_namespaces_that_refer_to_each_other_are_refused() -> None:
    one = Record((Field("b", Union((NULL, Ref("x.two.v1.B")))),), name="x.one.v1.A")
    two = Record((Field("a", Array(Ref("x.one.v1.A"))),), name="x.two.v1.B")
    contract = Contract(Subject(one.name), Kind.AVRO, one, types={two.name: two})
    with pytest.raises(CodegenError, match=r"refer to each other: (one_v1|two_v1) -> "):
        generate(contract)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (model_module("logistics.shipment.v1.ShipmentConfirmed"), "shipment_v1"),
        (model_module("common.v1.Money"), "common_v1"),
        (model_module("Money"), "root"),
        (snake("x12.214-at7-01"), "x12_214_at7_01"),
        (snake("class"), "class_"),
        (constant("on-hold"), "ON_HOLD"),
        (constant("214"), "CODE_214"),
    ],
)
def test_names(made: str, expected: str) -> None:
    assert made == expected
