"""The engine itself: Avro pairs that are read already, a long history, and two large documents.

Avro beside the checker of Apache's `avro` package on the same pairs in the same run; the documents
beside the parsing of their JSON, which nobody can do without. Lowest of some rounds: a machine
that does other things as well only adds.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from avro.compatibility import ReaderWriterCompatibilityChecker
from avro.schema import parse

from lading.compat import History, compare, judge, judge_history
from lading.model import Compatibility, Kind, read_contract, read_document

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from sampling import avro as sampling

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.model import Contract

STRIPE = Path(__file__).parents[2] / "shared" / "specs" / "stripe"
Json = dict[str, Any]


def record(name: str, fields: list[Json]) -> Json:
    return {"type": "record", "name": name, "fields": fields}


def texts(count: int) -> list[Json]:
    return [
        {"name": f"text_{n}", "type": ["null", "string"], "default": None} for n in range(count)
    ]


def small(extra: int) -> Json:
    return record("bench.v1.Small", texts(10 + extra))


def retyped() -> Json:
    """What was text in the middle is a number."""
    fields = texts(10)
    fields[5] |= {"type": ["null", "long"]}
    return record("bench.v1.Small", fields)


def large(extra: int) -> Json:
    """1,000 fields in 200 records, one of which has `extra` more."""
    inner = [record(f"bench.v1.Part{n}", texts(5 + extra * (n == 0))) for n in range(200)]
    fields = [{"name": f"part_{n}", "type": each} for n, each in enumerate(inner)]
    return record("bench.v1.Large", fields)


def contract(schema: Json) -> Contract:
    return read_contract(Kind.AVRO, read_document("a.avsc", json.dumps(schema).encode()))


def lowest(ask: Callable[[], object], rounds: int) -> float:
    """Microseconds."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start)
    return 1e6 * min(took)


def avro(reader: Any, writer: Any) -> object:
    return ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)


def drawn(count: int) -> list[tuple[tuple[Contract, Contract], tuple[Any, Any]]]:
    """Pairs of some fields with any edits, as `make fuzz` judges them: read by us, and by avro."""
    rng, found = Random(1), list[Any]()
    while len(found) < count:
        schemas = sampling.pair(rng)
        try:
            ours = contract(schemas[0]), contract(schemas[1])
            writer, reader = (parse(json.dumps(each)) for each in schemas)
            avro(reader, writer)
        except Exception:  # noqa: BLE001 - avro raises many kinds for what it does not decide
            continue
        found.append((ours, (reader, writer)))
    return found


def pairs() -> None:
    print("\nAvro pairs, read already; one field is edited\n")
    print("| pair | lading us | avro us | times |\n|---|---|---|---|")
    for name, schemas, rounds in (
        ("10 fields, one added", (small(0), small(1)), 300),
        ("10 fields, one removed", (small(1), small(0)), 300),
        ("10 fields, one retyped", (small(0), retyped()), 300),
        ("10 fields, unchanged", (small(0), small(0)), 300),
        ("1,000 fields, one added", (large(0), large(1)), 10),
        ("1,000 fields, unchanged", (large(0), large(0)), 10),
    ):
        old, new = map(contract, schemas)
        writer, reader = (parse(json.dumps(each)) for each in schemas)
        ours = lowest(lambda old=old, new=new: judge(old, new), rounds)  # type: ignore[misc]
        theirs = lowest(lambda r=reader, w=writer: avro(r, w), rounds)  # type: ignore[misc]
        print(f"| {name} | {ours:,.0f} | {theirs:,.0f} | {theirs / ours:.1f} |")
    many = drawn(2_000)
    ours = lowest(lambda: [judge(*each) for each, _ in many], 5) / len(many)
    theirs = lowest(lambda: [avro(*each) for _, each in many], 5) / len(many)
    print(f"| a few fields, any edits | {ours:,.0f} | {theirs:,.0f} | {theirs / ours:.1f} |")


def history() -> None:
    versions = [contract(small(0) | {"doc": f"{n}"}) for n in range(999)]
    differing = [
        contract(record("bench.v1.Small", [*texts(10), {"name": f"f{n}", "type": "int"}]))
        for n in range(999)
    ]
    new = contract(small(1))
    print("\nBACKWARD_TRANSITIVE over 999 versions that are known\n")
    print("| versions | ms, history kept | ms, made anew |\n|---|---|---|")
    promise = Compatibility.BACKWARD_TRANSITIVE
    for name, known in (("of one meaning", versions), ("all different", differing)):
        kept = History(tuple(known))
        judge_history(kept, new, promise)
        took = lowest(lambda kept=kept: judge_history(kept, new, promise), 9)  # type: ignore[misc]
        again = lowest(lambda known=known: judge_history(known, new, promise), 3)  # type: ignore[misc]
        print(f"| {name} | {took / 1000:,.2f} | {again / 1000:,.1f} |")


def documents() -> None:
    """In a process of its own, so that the memory is that of this alone."""
    old, new = (STRIPE / f"stripe-{each}.json" for each in ("v1", "v100"))
    loaded = lowest(lambda: [json.loads(each.read_bytes()) for each in (old, new)], 3)
    before, after = old.read_bytes(), new.read_bytes()
    took = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        verdict = compare(before, after)
        took = min(took, 1e6 * (time.perf_counter() - start))
        found = len(verdict.findings)
        del verdict  # two APIs in one piece: letting go of them is nobody's verdict
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    size = (old.stat().st_size + new.stat().st_size) / 1e6
    print(f"\nStripe v1 to v100, {size:.1f} MB of JSON, {found} findings, loading included\n")
    print("| lading ms | json.loads ms | times | memory MB |\n|---|---|---|---|")
    print(f"| {took / 1000:,.0f} | {loaded / 1000:,.0f} | {took / loaded:.1f} | {memory} |")


def main() -> None:
    warnings.simplefilter("ignore")  # avro names each logical type that it does not know
    if sys.argv[1:] == ["documents"]:
        documents()
        return
    pairs()
    history()
    if STRIPE.is_dir():
        subprocess.run([sys.executable, __file__, "documents"], check=True)
    else:
        print(f"\nNo {STRIPE.name} documents beside the checkout: the comparison is left out.")


if __name__ == "__main__":
    main()
