"""The judge against a real reader: fastavro reads what we say it can, and fails where we say so."""

from __future__ import annotations

import io
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, assume, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from lading.compat import RULES, Level, judge
from lading.model.contract import Compatibility
from strategies import PRIMITIVES, avro_contract, avro_data, avro_pairs, nodes

SETTINGS = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
RULE_CASES = Path(__file__).parents[1] / "rules"


def carry(old: Any, new: Any, datum: Any) -> Any:
    """What a reader of `new` gets of a datum written under `old`."""
    writer, reader = (fastavro.parse_schema(json.loads(json.dumps(each))) for each in (old, new))
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, writer, datum)
    buffer.seek(0)
    return fastavro.schemaless_reader(buffer, writer, reader)


def mangles_bytes(reader: Any) -> bool:
    """A known deviation of fastavro: in a union of string and bytes it takes bytes for text.

    It picks the first branch that matches *with promotion*, so bytes that are not UTF-8 cannot be
    read into `["string", "bytes"]` by a reader that differs in any other field. Java takes the
    exact branch first. The specification can be read both ways; we judge by the exact branch.
    """
    return any(
        isinstance(node, list) and {"string", "bytes"} <= {kind_of(branch) for branch in node}
        for node in nodes(reader)
    )


def kind_of(branch: Any) -> str:
    return branch if isinstance(branch, str) else branch["type"]


@SETTINGS
@given(st.data())
def test_backward_means_that_the_new_reader_reads_old_bytes(data: st.DataObject) -> None:
    """Whatever was written before, fastavro reads it with the new schema."""
    old, new = data.draw(avro_pairs())
    assume(judge(avro_contract(old), avro_contract(new), Compatibility.BACKWARD).compatible)

    assume(not mangles_bytes(new))
    carry(old, new, data.draw(avro_data(old)))


@SETTINGS
@given(st.data())
def test_forward_means_that_the_old_reader_reads_new_bytes(data: st.DataObject) -> None:
    """Whatever is written from now on, fastavro reads it with the old schema."""
    old, new = data.draw(avro_pairs())
    assume(judge(avro_contract(old), avro_contract(new), Compatibility.FORWARD).compatible)

    assume(not mangles_bytes(old))
    carry(new, old, data.draw(avro_data(new)))


def test_fastavro_still_mangles_bytes_in_a_union_with_string() -> None:
    """The exception above is named as long as it is needed: when this fails, take it away."""
    old: Any = {
        "type": "record",
        "name": "R",
        "fields": [{"name": "v", "type": ["string", "bytes"]}],
    }
    new = old | {"fields": [*old["fields"], {"name": "w", "type": "int", "default": 0}]}

    with pytest.raises(UnicodeDecodeError):
        carry(old, new, {"v": b"\xff"})


SAMPLES: dict[str, list[Any]] = {
    "null": [None],
    "boolean": [True],
    "int": [7],
    "long": [2**40],
    "float": [1.5],
    "double": [1e300],
    "bytes": [b"\xff"],
    "string": ["x"],
}
TYPES = [*PRIMITIVES, *(list(two) for two in combinations(PRIMITIVES, 2))]


@pytest.mark.parametrize("writer", TYPES, ids=str)
def test_primitives_and_unions_of_two_agree_exactly(writer: Any) -> None:
    """Every type against every other: we say it is read exactly when fastavro reads it."""
    for reader in TYPES:
        # `pad` differs, or fastavro would take the schemas for one and not resolve at all.
        pad = {"name": "pad", "type": "int", "default": 0}
        old = {"type": "record", "name": "R", "fields": [{"name": "v", "type": writer}]}
        new = {"type": "record", "name": "R", "fields": [{"name": "v", "type": reader}, pad]}
        if mangles_bytes(new):
            continue
        said = judge(avro_contract(old), avro_contract(new), Compatibility.BACKWARD).compatible
        branches = writer if isinstance(writer, list) else [writer]
        data = [sample for branch in branches for sample in SAMPLES[branch]]
        assert said == all(is_read(old, new, {"v": datum}) for datum in data), (writer, reader)


def is_read(old: Any, new: Any, datum: Any) -> bool:
    try:
        carry(old, new, datum)
    except (fastavro.read.SchemaResolutionError, UnicodeDecodeError):
        return False
    return True


def _wire_cases() -> list[Any]:
    """(writer, reader) of every Avro case that a WIRE rule says is refused, in that direction."""
    found = []
    for expected in sorted(RULE_CASES.glob("*/fires/*/expected.json")):
        old, new = expected.with_name("old.avsc"), expected.with_name("new.avsc")
        said = json.loads(expected.read_text())
        if not (old.exists() and new.exists()) or RULES[said["rule"]].level is not Level.WIRE:
            continue
        name = f"{said['rule']}-{expected.parent.name}"
        if said["effect"] in {"narrows", "replaces"}:
            found.append(pytest.param(old, new, id=f"{name}-backward"))
        if said["effect"] in {"widens", "replaces"}:
            found.append(pytest.param(new, old, id=f"{name}-forward"))
    return found


@pytest.mark.parametrize(("writer", "reader"), _wire_cases())
def test_what_is_forbidden_has_a_datum_on_which_the_reader_fails(
    writer: Path, reader: Path
) -> None:
    """The converse on every class of wire break we know: a datum exists that is refused."""
    old, new = json.loads(writer.read_text()), json.loads(reader.read_text())

    def refused(datum: Any) -> bool:
        try:
            carry(old, new, datum)
        except Exception:  # noqa: BLE001 - fastavro raises many kinds
            return True
        return False

    quick = settings(max_examples=200, deadline=None, database=None)
    try:
        find(avro_data(old), refused, settings=quick)
    except NoSuchExample:  # pragma: no cover
        pytest.fail("fastavro reads every datum we tried")
