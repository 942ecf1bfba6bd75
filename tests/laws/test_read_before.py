"""Reading a version beside one before it reads the same as reading it alone."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from lading.model import Kind, read_contract, read_document
from lading.model.errors import ContractError
from sampling import avro as pairs

if TYPE_CHECKING:
    from lading.model.contract import Contract

Json = Any


def read(schema: Json, before: Contract | None = None, name: str = "a.avsc") -> Contract:
    document = read_document(name, json.dumps(schema).encode())
    return read_contract(Kind.AVRO, document, before=before)


def all_of(node: Any) -> Any:
    """A value with what is no part of its equality: places, and the exact types of values."""
    if is_dataclass(node):
        return type(node).__name__, [(e.name, all_of(getattr(node, e.name))) for e in fields(node)]
    if isinstance(node, dict):
        return [(key, all_of(value)) for key, value in node.items()]
    return [all_of(each) for each in node] if isinstance(node, (tuple, list)) else repr(node)


def same(one: Contract, other: Contract) -> bool:
    said = one.written, other.written  # asked for first: it is noted at the fields
    return said == said[::-1] and all_of(one) == all_of(other)


def broken(rng: Random, schema: Json) -> Json:
    """A schema with a field that is wrong, or there twice; as it is where it has none."""
    found = json.loads(json.dumps(schema))
    listed = found.get("fields") if isinstance(found, dict) else None
    if listed:
        field = rng.choice(listed)
        listed.append(rng.choice([field, {**field, "name": "1"}, {**field, "default": {"1": []}}]))
    return found


def test_what_a_version_before_says_changes_nothing() -> None:
    """Neither what is read, with its places and its texts, nor what is wrong with it."""
    rng, shared, refused = Random(5), 0, 0
    for number in range(1_500):
        old, new = pairs.pair(rng)
        try:
            before = read(old)
        except ContractError:
            continue  # an edited one is the old one now and then, and may not be valid
        assert before.written
        if number % 5 == 0:
            new = broken(rng, new)
        try:
            alone = read(new)
        except ContractError as error:
            with pytest.raises(ContractError) as again:
                read(new, before)
            assert again.value.problems == error.problems  # noqa: PT017 - both ways say the same
            refused += 1
            continue
        beside = read(new, before)

        assert same(beside, alone)
        mine, theirs = (getattr(each.body, "fields", ()) for each in (beside, before))
        shared += sum(a is b for a, b in zip(mine, theirs, strict=False))

    assert shared > 300
    assert refused > 100


@pytest.mark.parametrize(
    ("old", "new"), [(1, True), (1, 1.0), (0.0, -0.0), ("1", 1), (None, False)], ids=repr
)
def test_values_that_python_takes_for_equal_are_not_taken_over(old: Json, new: Json) -> None:
    """What is wrong with the new one is found, though the old one was fine."""

    def record(extra: Json) -> Json:
        field = {"name": "a", "type": ["null", "string"], "default": None, "extra": extra}
        return {"type": "record", "name": "R", "fields": [field]}

    before = read(record(old))
    field = read(record(new), before).body.fields[0]  # type: ignore[union-attr]

    assert field is not before.body.fields[0]  # type: ignore[union-attr]
    assert read(record(old), before).body.fields[0] is before.body.fields[0]  # type: ignore[union-attr]


def test_what_many_versions_have_is_kept_once() -> None:
    """A field that is written as before is the same value in both documents, and no other is."""

    def listed(contract: Contract) -> list[Json]:
        value: Json = contract.document.value
        return list(value["fields"])

    fields = [{"name": each, "type": ["null", "string"], "default": None} for each in "ab"]
    before = read({"type": "record", "name": "R", "fields": fields})
    found = read({"type": "record", "name": "R", "fields": [fields[0], {**fields[1], "doc": ""}]})
    beside = read(found.document.value, before)

    assert listed(beside)[0] is listed(before)[0]
    assert listed(beside)[1] == listed(found)[1]


def test_places_are_those_of_the_document_itself() -> None:
    """A field of a document by another name, or further down, is read anew."""
    field = {"name": "a", "type": "string"}
    first = {"name": "b", "type": "long"}
    before = read({"type": "record", "name": "R", "fields": [field]})
    moved = read({"type": "record", "name": "R", "fields": [first, field]}, before)
    renamed = read({"type": "record", "name": "R", "fields": [field]}, before, "b.avsc")

    assert moved.body.fields[1].at.pointer == ("fields", 1)  # type: ignore[union-attr]
    assert renamed.body.fields[0].at.document == "b.avsc"  # type: ignore[union-attr]


def test_a_type_is_looked_up_where_it_stands() -> None:
    """A field that names a type means the one of its own version."""

    def record(space: str) -> Json:
        inner = {"type": "record", "name": "In", "fields": [{"name": "x", "type": "int"}]}
        fields = [{"name": "a", "type": inner}, {"name": "b", "type": "In"}]
        return {"type": "record", "name": "R", "namespace": space, "fields": fields}

    found = read(record("two"), read(record("one")))

    assert found.body.fields[1].schema.name == "two.In"  # type: ignore[union-attr]
