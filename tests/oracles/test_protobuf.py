"""The judge against Google's parser: what we call compatible it reads as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lading.compat import Outcome, compare
from lading.compat.witness import prove
from lading.model.contract import Compatibility, Kind
from lading.model.proto import ProtoFile

if TYPE_CHECKING:
    from lading.compat import Finding
    from lading.model.proto import ProtoField

SETTINGS = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
VALUES: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("int32", "sint32", "sfixed32"), (0, -1, 7, 2**31 - 1)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), (0, -1, 7, 2**40)),
    **dict.fromkeys(("uint32", "fixed32"), (0, 7, 2**32 - 1)),
    **dict.fromkeys(("uint64", "fixed64"), (0, 7, 2**64 - 1)),
    **dict.fromkeys(("float", "double"), (0.0, 1.5)),
    "bool": (False, True),
    "string": ("", "a"),
    "bytes": (b"", b"\xff"),
    "E": (0, 1, 2),
}
"""By type, values of which another type would make something else."""
LABELS = st.sampled_from(["", "", "", "repeated ", "optional "])
FIELDS = st.dictionaries(
    st.integers(1, 5),
    st.tuples(LABELS, st.sampled_from(sorted(VALUES)), st.booleans()),
    min_size=1,
    max_size=4,
)
NEAR = st.sampled_from(["int32", "int64", "uint32", "uint64", "bool", "sint64", "string", "bytes"])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str, dict[int, Any]]:
    """(old, new, the fields of the old one): of most fields both say the same."""
    old = draw(FIELDS)
    new = dict(old)
    for number in draw(st.lists(st.sampled_from(sorted(old)), max_size=2, unique=True)):
        label, type_, inside = old[number]
        new[number] = draw(
            st.sampled_from(
                [
                    (label, draw(NEAR), inside),
                    (draw(LABELS), type_, inside),
                    (label, type_, not inside),
                    None,
                ]
            )
        )
    new |= {k: v for k, v in draw(FIELDS).items() if k not in old and draw(st.booleans())}
    states = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return text(old, states[0]), text(new, states[1]), old


def text(fields: dict[int, Any], states: int) -> str:
    lines = {number: each for number, each in fields.items() if each is not None}
    gone = ", ".join(str(number) for number in range(1, 6) if number not in lines)
    names = ", ".join(f'"f{number}"' for number in range(1, 6) if number not in lines)
    plain = [f"  {a}{t} f{n} = {n};" for n, (a, t, inside) in lines.items() if a or not inside]
    inner = [f"    {t} f{n} = {n};" for n, (a, t, inside) in lines.items() if inside and not a]
    one = ["  oneof one {", *inner, "  }"] if inner else []
    reserved = [f"  reserved {gone};", f"  reserved {names};"] if gone else []
    listed = [f"  S{each} = {each};" for each in range(states)]
    kept = [f'  reserved {n}; reserved "S{n}";' for n in range(states, 3)]
    message = ["message M {", *reserved, *plain, *one, "}"]
    return "\n".join(['syntax = "proto3";', *message, "enum E {", *kept, *listed, "}"])


def kind_of(contract: Any) -> Any:
    assert isinstance(contract.body, ProtoFile)
    pool = DescriptorPool()
    for each in FileDescriptorSet.FromString(contract.body.descriptors).file:
        pool.Add(each)
    return GetMessageClass(pool.FindMessageTypeByName("M"))


def written(data: st.DataObject, kind: Any, fields: dict[int, Any]) -> Any:
    message = kind()
    for number, (label, type_, _) in fields.items():
        count = data.draw(st.integers(0, 2 if label == "repeated " else 1))
        values = [data.draw(st.sampled_from(VALUES[type_])) for _ in range(count)]
        if label == "repeated ":
            getattr(message, f"f{number}").extend(values)
        elif values:
            setattr(message, f"f{number}", values[0])
    return message


def known(message: Any) -> dict[int, Any]:
    """What is set, by number; texts as bytes, which are the same on the wire."""
    found = {}
    for field, value in message.ListFields():
        many = list(value) if field.is_repeated else value
        found[field.number] = many.encode() if isinstance(many, str) else many
        if field.is_repeated:
            found[field.number] = [e.encode() if isinstance(e, str) else e for e in many]
    return found


def expected(sent: Any, reader: Any) -> dict[int, Any]:
    """What is set in what was sent, as far as the reader has the field.

    A zero that the writer wrote is none for a reader that does not tell zeros from nothing.
    """
    fields = reader.DESCRIPTOR.fields_by_number
    return {
        number: value
        for number, value in known(sent).items()
        if number in fields and (value or fields[number].has_presence or fields[number].is_repeated)
    }


@pytest.mark.parametrize("promise", [Compatibility.BACKWARD, Compatibility.FORWARD])
@SETTINGS
@given(data=st.data())
def test_what_is_compatible_is_read_as_it_was_written(
    promise: Compatibility, data: st.DataObject
) -> None:
    old, new, fields = data.draw(pairs())
    if promise is Compatibility.FORWARD:
        old, new = new, old
    verdict = compare(old, new, names=("old.proto", "new.proto"), promise=promise)
    assert verdict.old is not None
    sides = kind_of(verdict.old), kind_of(verdict.new)
    writer, reader = sides if promise is Compatibility.BACKWARD else sides[::-1]
    sent = written(data, writer, fields)
    if verdict.compatible:
        read = reader.FromString(sent.SerializeToString())
        assert known(read) == expected(sent, read)


def types_of(finding: Finding) -> set[str]:
    sides = (finding.change.old, finding.change.new)
    return {cast("ProtoField", each).type for each in sides}


@SETTINGS
@given(pairs())
def test_a_type_that_is_refused_has_an_example_that_was_tried(
    drawn: tuple[str, str, dict[int, Any]],
) -> None:
    """But an enum: open ones carry any number, and the number has no name there."""
    old, new, _ = drawn
    verdict = prove(compare(old, new, names=("old.proto", "new.proto"), promise=Compatibility.FULL))
    for each in verdict.findings:
        types = types_of(each) if each.rule == "LAD225" else {"enum"}
        if each.forbidden and "enum" not in types:
            assert each.witness is not None, (each.path, each.reason)


WORDS = [
    *("syntax", "=", '"proto3"', ";", "message", "M", "{", "}", "int32", "a", "1", "oneof"),
    *("map", "<", ">", ",", "enum", "E", "reserved", "import", "to"),
]


@SETTINGS
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.sampled_from(["", "QUJD"]))
def test_no_half_right_file_raises(old: str, new: str) -> None:
    """A crash is no verdict, and a file with problems is never judged."""
    verdict = compare(old, new, kind=Kind.PROTOBUF)
    assert bool(verdict.problems) == (verdict.outcome is Outcome.UNKNOWN)


@SETTINGS
@given(pairs())
def test_a_file_may_follow_itself(drawn: tuple[str, str, dict[int, Any]]) -> None:
    _, new, _ = drawn
    verdict = compare(new, new, names=("a.proto", "b.proto"), promise=Compatibility.FULL)
    assert verdict.findings == ()
    assert verdict.compatible
