"""For whom a finding holds, against the runtimes themselves: fastavro, and Apache Avro for Python.

Every difference that `lading.compat.runtimes` knows is a case here and is run, except what Java
does: that was measured elsewhere and is only kept.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import warnings
from decimal import Decimal
from typing import Any

import avro.errors
import avro.io
import avro.schema
import fastavro
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lading.compat import Policy, Runtime, compare, judge
from lading.compat.report.json_ import report
from lading.compat.report.text import text
from lading.compat.runtimes import _KNOWN
from lading.model.contract import Compatibility
from strategies import avro_contract, avro_data, avro_pairs

BACKWARD, FORWARD = Compatibility.BACKWARD, Compatibility.FORWARD
SPEC, JAVA, PYTHON, FASTAVRO = Runtime
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def record(*fields: Any, name: str = "R", **more: Any) -> Any:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(schema: Any, name: str = "a", **more: Any) -> Any:
    return {"name": name, "type": schema, **more}


def of(schema: Any) -> Any:
    return record(field(schema))


def logical(schema: str, name: str, **more: Any) -> Any:
    return {"type": schema, "logicalType": name, **more}


def array(items: Any) -> Any:
    return {"type": "array", "items": items}


def symbols(*names: str, name: str = "E", **more: Any) -> Any:
    return {"type": "enum", "name": name, "symbols": list(names), **more}


def decimal(scale: int) -> Any:
    return logical("bytes", "decimal", precision=9, scale=scale)


CASES: dict[str, tuple[Any, Any, Any, set[Runtime]]] = {
    "text read as bytes": (of("string"), of("bytes"), "x", {PYTHON}),
    "an alias of a field": (
        of("int"),
        record(field("int", "b", aliases=["a"])),
        1,
        {PYTHON},
    ),
    "an alias of a field with a default": (
        of("int"),
        record(field("int", "b", aliases=["a"], default=7)),
        1,
        {PYTHON},
    ),
    "an alias of a record": (of("int"), record(field("int"), name="S", aliases=["R"]), 1, {PYTHON}),
    "an alias of an enum": (
        of(symbols("A")),
        of(symbols("A", name="G", aliases=["E"])),
        "A",
        {PYTHON},
    ),
    "another namespace": (
        record(field("int"), namespace="p"),
        record(field("int"), namespace="q"),
        1,
        {PYTHON},
    ),
    "another name of a record": (
        of("int"),
        record(field("int"), name="S"),
        1,
        {SPEC, PYTHON, FASTAVRO},
    ),
    "another name of a fixed": (
        of({"type": "fixed", "name": "F", "size": 1}),
        of({"type": "fixed", "name": "G", "size": 1}),
        b"x",
        set(Runtime),
    ),
    "a symbol that becomes the default": (
        of(symbols("A", "B")),
        of(symbols("A", default="A")),
        "B",
        {PYTHON},
    ),
    "an item that is promoted": (of(array("int")), of(array("long")), [1], {PYTHON}),
    "a value that is promoted": (
        of({"type": "map", "values": "int"}),
        of({"type": "map", "values": "long"}),
        {"k": 1},
        {PYTHON},
    ),
    "an item that may be null": (of(array("int")), of(array(["null", "int"])), [1], {PYTHON}),
    "an item that may be text": (of(array("int")), of(array(["int", "string"])), [1], {PYTHON}),
    "an item of a union that is promoted": (
        of(array(["null", "int"])),
        of(array(["null", "long"])),
        [1],
        set(),
    ),
    "an item of a union that is widened": (
        of(array(["null", "int"])),
        of(array(["null", "int", "string"])),
        [1],
        set(),
    ),
    "a field of an item that is promoted": (
        of(array(record(field("int"), name="N"))),
        of(array(record(field("long"), name="N"))),
        [{"a": 1}],
        set(),
    ),
    "a whole number as the default of a fraction": (
        of("int"),
        record(field("int"), field("double", "b", default=1)),
        1,
        {PYTHON},
    ),
    "a fraction as the default of a fraction": (
        of("int"),
        record(field("int"), field(["double", "null"], "b", default=1.0)),
        1,
        set(),
    ),
    "a default of the first branch": (
        of("int"),
        record(field("int"), field(["null", "string"], "b", default=None)),
        1,
        set(),
    ),
    "a decimal of another scale": (of(decimal(2)), of(decimal(3)), Decimal("12.34"), {SPEC, JAVA}),
    "a moment in microseconds": (
        of(logical("long", "timestamp-millis")),
        of(logical("long", "timestamp-micros")),
        NOON,
        {SPEC, JAVA},
    ),
    "a time of day in microseconds": (
        of(logical("int", "time-millis")),
        of(logical("long", "time-micros")),
        NOON.time(),
        {SPEC, JAVA},
    ),
}
"""Writer, reader, the value of `a`, and who does not get it."""

SEEN = {"text read as bytes": b"x", "a symbol that becomes the default": "A"}
"""Where a reader is handed another value, and rightly so."""


def with_fastavro(old: Any, new: Any, datum: Any) -> Any:
    writer, reader = (fastavro.parse_schema(json.loads(json.dumps(each))) for each in (old, new))
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, writer, datum)
    buffer.seek(0)
    return fastavro.schemaless_reader(buffer, writer, reader)


def with_avro(old: Any, new: Any, datum: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about names of logical types that it does not know
        writer, reader = (avro.schema.parse(json.dumps(each)) for each in (old, new))
    buffer = io.BytesIO()
    avro.io.DatumWriter(writer).write(datum, avro.io.BinaryEncoder(buffer))
    buffer.seek(0)
    return avro.io.DatumReader(writer, reader).read(avro.io.BinaryDecoder(buffer))


READERS = {PYTHON: with_avro, FASTAVRO: with_fastavro}
REFUSED = (
    avro.errors.AvroException,
    fastavro.read.SchemaResolutionError,
    UnicodeDecodeError,
)


def gets(runtime: Runtime, name: str) -> bool:
    """Whether a reader is handed what the writer wrote."""
    old, new, datum, _ = CASES[name]
    try:
        found = READERS[runtime](old, new, {"a": datum})
    except REFUSED:
        return False
    return next(iter(found.values())) == SEEN.get(name, datum)


def kept(name: str, promise: Compatibility, runtime: Runtime) -> bool:
    old, new, _, _ = CASES[name]
    return compare(old, new, promise=promise, policy=Policy(runtimes=[runtime])).compatible


@pytest.mark.parametrize("name", CASES)
def test_a_case_breaks_those_whom_we_name(name: str) -> None:
    _, _, _, broken = CASES[name]
    assert {each for each in Runtime if not kept(name, BACKWARD, each)} == broken


@pytest.mark.parametrize("runtime", READERS)
@pytest.mark.parametrize("name", CASES)
def test_the_runtime_itself_says_so(name: str, runtime: Runtime) -> None:
    assert gets(runtime, name) == kept(name, BACKWARD, runtime)


@pytest.mark.parametrize("runtime", Runtime)
@pytest.mark.parametrize("name", CASES)
def test_a_difference_is_mirrored(name: str, runtime: Runtime) -> None:
    old, new, _, _ = CASES[name]
    back = compare(new, old, promise=FORWARD, policy=Policy(runtimes=[runtime]))
    assert back.compatible == kept(name, BACKWARD, runtime)


def test_several_runtimes_are_broken_by_what_breaks_one() -> None:
    old, new, _, _ = CASES["a decimal of another scale"]
    for runtimes, fine in ([FASTAVRO, PYTHON], True), ([FASTAVRO, JAVA], False), (Runtime, False):
        assert (
            compare(old, new, promise=BACKWARD, policy=Policy(runtimes=runtimes)).compatible is fine
        )


def test_every_difference_that_is_known_is_a_case() -> None:
    found = {
        finding.change.kind
        for old, new, _, _ in CASES.values()
        for a, b in ((old, new), (new, old))
        for finding in compare(a, b).findings
        if finding.differs
    }
    assert found == _KNOWN.keys()


def test_a_report_says_for_whom() -> None:
    """The verdict is that of the specification; who differs is said all the same."""
    verdict = compare(*CASES["an alias of a field"][:2], promise=BACKWARD)
    why = "python-avro ignores aliases: the value is missed, or lost to the default"
    assert verdict.compatible
    assert f"  but:    {why} [replaces]" in text([verdict], verbose=True).splitlines()
    (said,) = report([verdict])["verdicts"]  # type: ignore[misc,union-attr]
    (finding,) = said["findings"]  # type: ignore[index,call-overload,union-attr,misc]
    assert finding["differs"] == [  # type: ignore[index,call-overload]
        {"runtime": "python-avro", "effect": "replaces", "why": why}
    ]


def test_the_reason_names_the_runtime_that_was_asked_for() -> None:
    old, new, _, _ = CASES["a symbol that becomes the default"]
    (finding,) = [
        each
        for each in compare(old, new, promise=BACKWARD, policy=Policy(runtimes=[PYTHON])).findings
        if each.forbidden
    ]
    assert "(python-avro ignores the default of an enum)" in finding.reason


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(st.data())
def test_compatible_for_python_avro_means_that_it_reads(data: st.DataObject) -> None:
    """Whatever Apache Avro for Python writes, it reads with the new schema."""
    old, new = data.draw(avro_pairs())
    pair = avro_contract(old), avro_contract(new)
    assume(judge(*pair, BACKWARD, policy=Policy(runtimes=[PYTHON])).compatible)
    datum = data.draw(avro_data(old))
    try:
        with_avro(old, old, datum)
    except avro.errors.AvroTypeException:  # its writer wants dates where a logical type says so
        assume(False)
    with_avro(old, new, datum)
