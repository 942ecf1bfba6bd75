"""Judges random pairs by the hundred thousand, and holds every verdict against the readers.

    python tests/soundness.py --avro 200000 --json 50000

`compatible` is a disagreement when a reader refuses a message of the writer: for Avro fastavro,
and Apache's ``avro`` where it was named as the runtime; for JSON Schema jsonschema-rs. What is
called breaking is counted with the example that was executed for it, if one was found. Apache's
checker is asked about the same pairs, and each time that it says otherwise, it is told which of the
two a real message bears out.

Exit code 1: a disagreement; its pair is printed and can be repeated with its seed.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final

import avro.io
import avro.schema
import fastavro
import jsonschema_rs
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from lading.compat import Checker, Content, Level, Outcome, Policy, Runtime, judge, prove
from lading.model.contract import Compatibility, Kind
from lading.model.document import Document
from lading.model.errors import ContractError
from lading.model.read import read_contract
from lading.model.schema import Scalar, ScalarType
from sampling import avro as avro_pairs
from sampling import json_ as json_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lading.compat import Verdict
    from lading.compat.change import Change
    from lading.model.contract import Contract

Json = Any
CHUNK: Final = 1000
DATA: Final = 3
"""Messages that are carried over for each Avro pair."""
INSTANCES: Final = 20
"""Values that are tried for each pair of JSON Schemas."""
SHARE: Final = 0.95
"""What the share of breaks with an executed example is held to."""
STRICT: Final = Policy(content=Content.STRICT)
PYTHON: Final = Policy(runtimes=(Runtime.PYTHON_AVRO,))
CHECKERS: Final = {each: Checker(each) for each in (Compatibility.BACKWARD, Compatibility.FORWARD)}
"""They learn from pair to pair."""
FASTAVRO: Final = Policy(runtimes=(Runtime.FASTAVRO,))


@dataclass
class Tally:
    """What was seen."""

    counts: Counter[str] = field(default_factory=Counter)
    unproven: Counter[str] = field(default_factory=Counter)
    """Breaks without an example, by rule."""
    breaks: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.counts += other.counts
        self.unproven += other.unproven
        self.breaks += other.breaks
        self.wrong += other.wrong

    def verdict(self, verdict: Verdict) -> Verdict:
        """Count it, with the examples of what it forbids."""
        self.counts[verdict.outcome.value] += 1
        if verdict.outcome is not Outcome.INCOMPATIBLE:
            return verdict
        proved = prove(verdict)
        for each in proved.findings:
            if each.forbidden:
                self.breaks[each.rule] += 1
                self.unproven[each.rule] += each.witness is None
        return proved


@dataclass(frozen=True)
class Case:
    """One pair, what is sent from the old to the new, and how to draw it again."""

    old: Json
    new: Json
    data: list[Json]
    told: str

    def disagreement(self, reader: str, value: Json, what: str) -> str:
        pair = "\n".join(
            f"  {json.dumps(each, default=repr)}" for each in (self.old, self.new, value)
        )
        return f"{reader} disagrees ({self.told}): {what}\n{pair}"


def contract(kind: Kind, value: Json) -> Contract:
    return read_contract(kind, Document("drawn", json.dumps(value), value))


# --- Avro


def avro_chunk(seed: int, count: int) -> Tally:
    rng, tally = Random(seed), Tally()
    for index in range(count):
        old, new = avro_pairs.pair(rng)
        data = [avro_pairs.datum(rng, old) for _ in range(DATA)]
        case = Case(old, new, data, f"seed {seed}, pair {index}")
        try:
            pair = contract(Kind.AVRO, old), contract(Kind.AVRO, new)
        except ContractError:
            tally.counts["not valid"] += 1
            continue
        verdict = tally.verdict(judge(*pair, Compatibility.BACKWARD))
        for promise, checker in CHECKERS.items():
            if checker.compatible(*pair) != judge(*pair, promise).compatible:
                tally.wrong.append(case.disagreement("Checker", promise, "not what `judge` says"))
        if judge(*pair, Compatibility.BACKWARD, policy=FASTAVRO).compatible:
            _carried(case, tally)
        elif verdict.compatible:
            tally.counts["known: fastavro hands out text for the default of bytes"] += 1
        if judge(*pair, Compatibility.BACKWARD, policy=PYTHON).compatible:
            tally.counts["read by Apache avro"] += 1
            _read_by_apache(case, tally)
        _checked_by_apache(verdict, case, tally)
    return tally


def _carried(case: Case, tally: Tally) -> None:
    """fastavro reads with the new schema what was written with the old one."""
    pair = (case.old, case.new)
    writer, reader = (fastavro.parse_schema(json.loads(json.dumps(each))) for each in pair)
    same = _same_fields(*pair)
    for datum in case.data:
        sent = _sent(writer, datum, tally)
        if sent is None:
            continue
        tally.counts["messages"] += 1
        try:
            read = [
                fastavro.schemaless_reader(io.BytesIO(sent), writer, each)
                for each in (None, reader)
            ]
        except Exception as error:  # noqa: BLE001 - whatever a reader raises, it does not read
            if isinstance(error, UnicodeDecodeError) and _mangles_bytes(case.new):
                tally.counts["known: fastavro takes bytes for text"] += 1
            elif isinstance(error, KeyError) and _names_another_kind(*pair):
                tally.counts["known: fastavro goes by an alias whatever it is of"] += 1
            else:
                tally.wrong.append(case.disagreement("fastavro", datum, repr(error)))
            return
        if any(repr(read[0][name]) != repr(read[1][name]) for name in same):
            tally.wrong.append(case.disagreement("fastavro", datum, "another value"))


def _sent(writer: Any, datum: Json, tally: Tally) -> bytes | None:
    """The bytes of a message, by fastavro; `None` where it cannot write what is legal.

    It tries a value on one branch of a union after the other, and a decimal of another scale is an
    error to it then, where it should be a branch that does not fit. What is no record it parses
    twice, and takes a type without a namespace for one of that around it the second time.
    """
    buffer = io.BytesIO()
    try:
        fastavro.schemaless_writer(buffer, writer, datum)
    except ValueError as error:
        known = [each for said, each in _UNWRITTEN.items() if said in str(error)]
        if not known:
            raise
        tally.counts[f"known: fastavro {known[0]}"] += 1
        return None
    return buffer.getvalue()


_UNWRITTEN: Final = {
    "Scale provided in schema": "tries a decimal on another one",
    "provided union type name": "forgets that a name has no namespace",
}


def _same_fields(old: Json, new: Json) -> list[str]:
    """Top-level fields of one primitive type in both: their values may not change.

    Nor may they under another logical type, since fastavro goes by the writer's.
    """
    if not (_kind(old) == _kind(new) == "record"):
        return []
    kinds = {each["name"]: _kind(each["type"]) for each in old["fields"]}
    return [
        each["name"]
        for each in new["fields"]
        if _kind(each["type"]) in avro_pairs.PRIMITIVES
        and kinds.get(each["name"]) == _kind(each["type"])
        and not each.get("aliases")
    ]


def _mangles_bytes(reader: Json) -> bool:
    """fastavro takes the first branch that fits with promotion: see tests/oracles/test_avro.py."""
    return any(
        isinstance(node, list) and {"string", "bytes"} <= {_kind(branch) for branch in node}
        for node in avro_pairs.nodes(reader)
    )


def _names_another_kind(writer: Json, reader: Json) -> bool:
    """An alias of a fixed or an enum that names a record of the writer, or the like.

    In a union fastavro takes the first branch with that name or alias, and then reads one kind as
    another (KeyError); by the specification branches of two kinds never match.
    """
    kinds = {name: _kind(node) for node, name in _named(writer)}
    return any(
        kinds.get(alias, _kind(node)) != _kind(node)
        for node, _ in _named(reader)
        for alias in node.get("aliases", ())
    )


def _named(schema: Json) -> list[tuple[Json, str]]:
    """(a named type, its full name), of all that are written out with their namespace."""
    found = [each for each in avro_pairs.nodes(schema) if isinstance(each, dict)]
    return [
        (each, _full(each)) for each in found if not {"fields", "size", "symbols"}.isdisjoint(each)
    ]


def _full(node: Json) -> str:
    name, space = str(node["name"]), node.get("namespace")
    return f"{space}.{name}" if space and "." not in name else name


def _kind(branch: Json) -> str:
    if isinstance(branch, list):
        return "union"
    return branch if isinstance(branch, str) else str(branch["type"])


def _read_by_apache(case: Case, tally: Tally) -> None:
    """Apache's reader, for the pairs that we call compatible for it."""
    try:
        writer, reader = map(_parsed, (case.old, case.new))
    except avro.errors.AvroException:
        tally.counts["known: Apache avro cannot parse it"] += 1
        return
    plain = fastavro.parse_schema(json.loads(json.dumps(case.old)))
    for datum in case.data:
        sent = _sent(plain, datum, tally)
        if sent is None:
            continue
        try:
            avro.io.DatumReader(writer, reader).read(avro.io.BinaryDecoder(io.BytesIO(sent)))
        except Exception as error:  # noqa: BLE001
            if _is_alone(case.old) or _is_alone(case.new):
                tally.counts["known: Apache avro and a union of one"] += 1
            else:
                tally.wrong.append(case.disagreement("Apache avro", datum, repr(error)))
            return


def _parsed(schema: Json) -> avro.schema.Schema:
    """By Apache's parser, which warns of each logical type that it does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", avro.errors.IgnoredLogicalType)
        return avro.schema.parse(json.dumps(schema))


def _is_alone(schema: Json) -> bool:
    """Whether a union has one branch: Apache's reader does not take it for that branch.

    It reads what a union wrote with a union alone, and items and values that no union wrote with
    none (``Schemas do not match``).
    """
    return any(isinstance(node, list) and len(node) == 1 for node in avro_pairs.nodes(schema))


def _checked_by_apache(verdict: Verdict, case: Case, tally: Tally) -> None:
    """Where Apache's checker says otherwise: why."""
    try:
        writer, reader = map(_parsed, (case.old, case.new))
        said = ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)
    except Exception:  # noqa: BLE001 - it raises many kinds for what it does not parse
        tally.counts["checker: cannot parse or decide"] += 1
        return
    theirs = said.compatibility is SchemaCompatibilityType.compatible
    if theirs == verdict.compatible:
        tally.counts["checker: the same"] += 1
    elif theirs:
        tally.counts[f"checker: fine, {_why_not_fine(verdict)}"] += 1
    else:
        tally.counts["checker: breaks, fastavro reads it"] += 1


def _why_not_fine(verdict: Verdict) -> str:
    forbidden = [each for each in verdict.findings if each.forbidden]
    if not forbidden:
        return "we are undecided"
    if all(each.level is not Level.WIRE for each in forbidden):
        return "it looks at no meaning"
    if any(each.witness for each in forbidden):
        return "an example fails"
    if all(each.rule == "LAD203" for each in forbidden):
        return "it takes an alias for a name in any namespace"
    if any(_is_text_of_bytes(each.change) for each in forbidden):
        return "it takes bytes for text"
    return "unexplained"


def _is_text_of_bytes(change: Change) -> bool:
    """Bytes that are no UTF-8 are no text: readers raise, or put replacement characters in."""
    old = change.old
    return isinstance(old, Scalar) and old.type is ScalarType.BYTES


# --- JSON Schema


def json_chunk(seed: int, count: int) -> Tally:
    rng, tally = Random(seed), Tally()
    for index in range(count):
        old, new = json_pairs.pair(rng)
        values = [json_pairs.instance(rng, rng.choice((old, new))) for _ in range(INSTANCES)]
        case = Case(old, new, values, f"seed {seed}, pair {index}")
        try:
            pair = contract(Kind.JSON, old), contract(Kind.JSON, new)
        except ContractError:
            tally.counts["not valid"] += 1
            continue
        verdict = judge(*pair, Compatibility.BACKWARD, policy=STRICT)
        mine, other = (jsonschema_rs.validator_for(each) for each in (old, new))
        if verdict.outcome is Outcome.INCOMPATIBLE and not any(map(mine.is_valid, values)):
            tally.counts["breaks of a schema that took no value drawn"] += 1
            continue  # with no message there is no example
        tally.verdict(verdict)
        if not verdict.compatible:
            continue
        for value in values:
            taken = mine.is_valid(value)
            tally.counts["messages"] += taken
            if taken and not other.is_valid(value):
                tally.wrong.append(case.disagreement("jsonschema-rs", value, "refused"))
                break
    return tally


# --- the run


def run(
    name: str, chunk: Callable[[int, int], Tally], count: int, *, seed: int, workers: int
) -> Tally:
    tally, start = Tally(), time.monotonic()
    sizes = [min(CHUNK, count - done) for done in range(0, count, CHUNK)]
    seeds = range(seed, seed + len(sizes))
    with ProcessPoolExecutor(workers) as pool:
        for done, each in enumerate(pool.map(chunk, seeds, sizes), 1):
            tally.add(each)
            took = time.monotonic() - start
            sys.stderr.write(f"\r{name}: {done * CHUNK:,} of {count:,} pairs, {took:,.0f} s ")
    sys.stderr.write("\n")
    return tally


def report(name: str, count: int, tally: Tally) -> Iterator[str]:
    breaks, unproven = tally.breaks.total(), tally.unproven.total()
    yield f"\n{name}: {count:,} pairs\n"
    yield "| | |\n|---|---:|"
    for key, number in sorted(tally.counts.items()):
        yield f"| {key} | {number:,} |"
    yield f"| **disagreements** | **{len(tally.wrong)}** |"
    yield f"| breaking findings | {breaks:,} |"
    if breaks:
        yield f"| with an executed example | {1 - unproven / breaks:.1%} |"
    low = [
        f"{rule} {1 - tally.unproven[rule] / number:.0%} of {number:,}"
        for rule, number in tally.breaks.most_common()
        if tally.unproven[rule] / number > 1 - SHARE
    ]
    if low:
        yield f"\nBelow {SHARE:.0%}: {', '.join(low)}"
    yield from tally.wrong[:10]


def main(words: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--avro", type=int, default=0, metavar="PAIRS")
    parser.add_argument("--json", type=int, default=0, metavar="PAIRS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(None if words is None else [*words])
    wrong = 0
    for name, chunk, count in (
        ("Avro", avro_chunk, asked.avro),
        ("JSON Schema", json_chunk, asked.json),
    ):
        if count:
            tally = run(name, chunk, count, seed=asked.seed, workers=asked.workers)
            sys.stdout.write("\n".join(report(name, count, tally)) + "\n")
            wrong += len(tally.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
