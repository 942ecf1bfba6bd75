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


def with_default(schema: Any, default: Any) -> tuple[Any, Any, Any]:
    """A field that comes with a default, which readers put in its place."""
    return of("int"), record(field("int"), field(schema, "b", default=default)), 1


def stops(*spaces: str) -> Any:
    return [
        record(field("int" if each == "road" else "string"), name=f"{each}.Stop") for each in spaces
    ]


LEAVES: dict[str, Any] = {
    **{each: each for each in ("long", "bytes", "string")},
    **{
        f"{local}timestamp-{unit}": logical("long", f"{local}timestamp-{unit}")
        for local in ("", "local-")
        for unit in ("millis", "micros", "nanos")
    },
    "date": logical("int", "date"),
    "decimal": decimal(2),
    "uuid": logical("string", "uuid"),
    "fixed": {"type": "fixed", "name": "F", "size": 12},
    "duration": {"type": "fixed", "name": "F", "size": 12, "logicalType": "duration"},
}
CASES: dict[str, tuple[Any, Any, Any, set[Runtime]]] = {
    "a record that is an error": (of("int"), of("int") | {"type": "error"}, 1, {PYTHON}),
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
    "a default of another branch": (*with_default(["null", "string"], "x"), {PYTHON}),
    "null as a default of another branch": (*with_default(["string", "null"], None), {PYTHON}),
    "bytes as a default of another branch": (
        *with_default(["null", "bytes"], "x"),
        {PYTHON, FASTAVRO},
    ),
    "bytes as a default": (*with_default("bytes", "x"), {FASTAVRO}),
    "a byte that is no ASCII as a default": (*with_default("bytes", "\u00ff"), {PYTHON, FASTAVRO}),
    "a fixed as a default": (
        *with_default({"type": "fixed", "name": "F", "size": 1}, "\u00ff"),
        {PYTHON, FASTAVRO},
    ),
    "bytes in the default of a record": (
        *with_default(record(field("bytes", "z"), name="N"), {"z": "\u00ff"}),
        {PYTHON, FASTAVRO},
    ),
    "bytes in the default of a list": (*with_default(array("bytes"), ["x"]), {FASTAVRO}),
    "bytes in the default of a map": (
        *with_default({"type": "map", "values": "bytes"}, {"k": "x"}),
        {FASTAVRO},
    ),
    "a record of a union by another name": (
        of(["null", record(field("int", "y"), name="N1")]),
        of(["null", record(field("int", "y"), name="N2")]),
        {"y": 7},
        {SPEC, PYTHON, FASTAVRO},
    ),
    "a branch of the same last name before the one meant": (
        of(["null", *stops("road")]),
        of(["null", *stops("hub", "road")]),
        {"a": 7},
        {SPEC, FASTAVRO},
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
    **{
        f"{old} as {new}": (of(LEAVES[old]), of(LEAVES[new]), value, {SPEC, JAVA})
        for old, new, value in (
            ("timestamp-micros", "timestamp-nanos", NOON),
            ("local-timestamp-millis", "local-timestamp-micros", 7),
            ("timestamp-millis", "local-timestamp-millis", NOON),
            ("date", "timestamp-millis", NOON.date()),
            ("timestamp-millis", "long", NOON),
            ("long", "timestamp-millis", 7),
            ("decimal", "bytes", Decimal("12.34")),
            ("bytes", "decimal", b"\x04\xd2"),
            ("string", "uuid", "text"),
            ("fixed", "duration", b"x" * 12),
        )
    },
}
"""Writer, reader, the value of `a`, and who does not get it."""

SEEN: dict[str, Any] = {"text read as bytes": b"x", "a symbol that becomes the default": "A"}
"""Where a reader is handed another value, and rightly so."""
FILLED: dict[str, Any] = {
    "a default of another branch": "x",
    "null as a default of another branch": None,
    "bytes as a default of another branch": b"x",
    "bytes as a default": b"x",
    "a byte that is no ASCII as a default": b"\xff",
    "a fixed as a default": b"\xff",
    "bytes in the default of a record": {"z": b"\xff"},
    "bytes in the default of a list": [b"x"],
    "bytes in the default of a map": {"k": b"x"},
}
"""What a default is to the specification, where a field comes with one."""


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
    wrote = READERS[runtime](old, old, {"a": datum})["a"]
    try:
        found = READERS[runtime](old, new, {"a": datum})
    except REFUSED:
        return False
    filled = found.get("b") == FILLED.get(name, found.get("b"))
    return bool(filled and next(iter(found.values())) == SEEN.get(name, wrote))


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
    pairs: list[tuple[Any, Any]] = [(old, new) for old, new, _, _ in CASES.values()]
    pairs += [(old, new) for old, new, _ in LOSSY]
    found = {
        finding.change.kind
        for old, new in pairs
        for a, b in ((old, new), (new, old))
        for finding in compare(a, b).findings
        if finding.differs
    }
    assert found == _KNOWN.keys()


LOSSY: list[tuple[Any, Any, set[Runtime]]] = [
    (of("long"), of("double"), {SPEC, JAVA, FASTAVRO}),
    (of("long"), of("float"), {SPEC, JAVA, FASTAVRO}),
    (of(["null", "long"]), of(["null", "double"]), {SPEC, JAVA, FASTAVRO}),
    (of("long"), of(["double", "long"]), {SPEC, FASTAVRO}),
    (of(["long", "string"]), of(["double", "long", "string"]), {SPEC, FASTAVRO}),
    (of(["null", "long"]), of(["null", "double", "long"]), {SPEC, FASTAVRO}),
    (of("long"), of(["long", "double"]), set()),
    (of(["double", "long"]), of(["double", "long", "string"]), set()),
    (of("int"), of("double"), set()),
]
"""Writer, reader, and for whom a whole number may come out as another."""


@pytest.mark.parametrize(("old", "new", "lost"), LOSSY)
def test_a_number_that_is_not_held_is_said_for_whom_and_forbids_nothing(
    old: Any, new: Any, lost: set[Runtime]
) -> None:
    said = {
        runtime
        for runtime in Runtime
        for each in compare(old, new, promise=BACKWARD, policy=Policy(runtimes=[runtime])).findings
        if each.rule == "LAD212" and each.spared
    }
    assert said == lost
    for runtime, read in READERS.items():
        sent = 2**53 + 1 if "long" in json.dumps(old) else 2**31 - 1
        if old == of(["double", "long"]):
            continue  # what stood in the way before is no difference between the two
        assert (read(old, new, {"a": sent})["a"] == sent) is (runtime not in lost)
    assert all(not each.forbidden for each in compare(old, new, promise=BACKWARD).findings)


def test_a_runtime_alone_is_not_said_to_refuse_what_it_takes_wrongly() -> None:
    old, new, _, _ = CASES["an alias of a field with a default"]
    for promise, pair, words in (
        (BACKWARD, (old, new), "there a reader of the new version does not get"),
        (FORWARD, (new, old), "there a reader still on the old version does not get"),
    ):
        verdict = compare(*pair, promise=promise, policy=Policy(runtimes=[PYTHON]))
        (found,) = (each for each in verdict.findings if each.forbidden)
        assert words in found.reason


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
