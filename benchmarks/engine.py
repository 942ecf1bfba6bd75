"""The engine itself: Avro pairs that are read already, a long history, and two large documents.

Avro beside the checker of Apache's `avro` package on the same pairs in the same run; the documents
beside the parsing of their JSON, which nobody can do without. Lowest of some rounds: a machine
that does other things as well only adds.
"""

from __future__ import annotations

import gc
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

from lading.compat import Checker, History, compare, judge, judge_history
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


def drawn(count: int, seed: int) -> list[tuple[tuple[Contract, Contract], tuple[Any, Any]]]:
    """Pairs of some fields with any edits, as `make fuzz` judges them: read by us, and by avro."""
    rng, found = Random(seed), list[Any]()
    while len(found) < count:
        schemas = sampling.pair(rng)
        try:
            ours = contract(schemas[0]), contract(schemas[1])
            writer, reader = (parse(json.dumps(each)) for each in schemas)
            avro(reader, writer)
        except Exception:  # noqa: BLE001 - avro raises many kinds for what it does not decide
            continue
        found.append((ours, (reader, writer)))
        for each in ours:
            _ = each.parts  # a part of reading: registries keep them
    return found


def pairs() -> None:
    print("\nAvro pairs, read already; one field is edited\n")
    print("| pair | yes or no us | all findings us | avro us | times, yes or no | all |")
    print("|---|---|---|---|---|---|")
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
        checker = Checker(Compatibility.BACKWARD)
        asked = lowest(lambda c=checker, o=old, n=new: c.compatible(o, n), rounds)  # type: ignore[misc]
        ours = lowest(lambda old=old, new=new: judge(old, new), rounds)  # type: ignore[misc]
        theirs = lowest(lambda r=reader, w=writer: avro(r, w), rounds)  # type: ignore[misc]
        row(name, asked, ours, theirs)


def row(name: str, asked: float, ours: float, theirs: float) -> None:
    times = f"{theirs / asked:.1f} | {theirs / ours:.1f}"
    print(f"| {name} | {asked:,.1f} | {ours:,.0f} | {theirs:,.0f} | {times} |")


def any_pairs() -> None:
    """Each is asked about once, and then once more: one checker learns from all of them."""
    print("\nAvro pairs of a few fields with any edits, read already\n")
    print("| pairs | yes or no us | all findings us | avro us | times, yes or no | all |")
    print("|---|---|---|---|---|---|")
    checker = Checker(Compatibility.BACKWARD)
    known = 0
    for count in (2_000, 18_000):
        many = drawn(count, known)
        gc.collect()
        gc.freeze()  # what is measured is not the collector looking at these pairs
        for name in ("for the first time", "again"):
            asked = lowest(lambda m=many: [checker.compatible(*each) for each, _ in m], 1) / count  # type: ignore[misc]
            ours = lowest(lambda m=many: [judge(*each) for each, _ in m], 1) / count  # type: ignore[misc]
            theirs = lowest(lambda m=many: [avro(*each) for _, each in m], 1) / count  # type: ignore[misc]
            row(f"{known:,} to {known + count:,}, {name}", asked, ours, theirs)
        known += count


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
    """In a process of its own, and before the others: Linux counts to a process's highest memory
    what the one had that started it."""
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
    if STRIPE.is_dir():
        subprocess.run([sys.executable, __file__, "documents"], check=True)
    else:
        print(f"\nNo {STRIPE.name} documents beside the checkout: the comparison is left out.")
    pairs()
    any_pairs()
    history()


if __name__ == "__main__":
    main()
