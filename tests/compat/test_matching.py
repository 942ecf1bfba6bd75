"""Which branch of a union answers which."""

from __future__ import annotations

from lading.compat.pair.branches import match
from lading.model.schema import Encoding, Enum, Record, Scalar, ScalarType

INT, LONG, DOUBLE, STRING = (
    Scalar(ScalarType(name)) for name in ("int", "long", "double", "string")
)


def test_the_same_type_comes_before_a_promotion() -> None:
    """`long` answers `long`, although `int` could be read as it."""
    assert match([INT, LONG], [LONG, DOUBLE], Encoding.AVRO) == ((0, 1), (1, 0))


def test_as_many_as_possible_are_matched() -> None:
    """A greedy choice would leave one of these without an answer."""
    assert len(match([INT, LONG], [DOUBLE, LONG], Encoding.AVRO)) == 2
    assert len(match([LONG, INT], [Scalar(ScalarType.FLOAT), LONG], Encoding.AVRO)) == 2


def test_named_types_are_known_by_full_name_before_short_name() -> None:
    """Two records of one short name do not swap."""
    a, b = Record((), "a.Line"), Record((), "b.Line")

    assert match([a, b], [b, a], Encoding.AVRO) == ((0, 1), (1, 0))


def test_an_alias_makes_kin() -> None:
    """A renamed branch answers the one its alias names."""
    old = [Enum(("A",), "Mode"), STRING]

    assert match(old, [STRING, Enum(("A",), "Kind", aliases=("Mode",))], Encoding.AVRO) == (
        (0, 1),
        (1, 0),
    )


def test_strangers_are_not_matched() -> None:
    """A record and a text have nothing in common."""
    assert match([Record((), "Line")], [STRING], Encoding.AVRO) == ()
