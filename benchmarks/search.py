"""Search over many subjects: how long the index takes to make, how large it is, how quick it is.

`python benchmarks/search.py [SUBJECTS] [DSN]`; 100,000 by default, in a SQLite file that is thrown
away, or in an empty PostgreSQL database.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lading.model.contract import Kind
from lading.registry.search import Index, Question, search
from lading.registry.store import Content
from lading.registry.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.registry.store import Store

SUBJECTS = 100_000
CHUNK = 1000
ROUNDS = 25
NOUNS = """
shipment order receipt invoice stock carrier customer item line location warehouse delivery
pickup return parcel pallet container package address contact party price currency amount
quantity unit weight volume tax payment credit debit claim damage delay reason status event
window slot appointment dock gate lane route stop leg vehicle driver trailer seal customs
tariff origin destination batch lot serial expiry inspection quality count adjustment
transfer allocation wave task label document
"""
WORDS = NOUNS.split()
VERBS = ["Created", "Changed", "Confirmed", "Rejected", "Cancelled", "Completed", "Planned", "Held"]
TEAMS = [f"team-{number}" for number in range(40)]
QUESTIONS = {
    "two words of a name": Question("shipment confirmed"),
    "a common word": Question("shipment"),
    "the start of many words": Question("s"),
    "three words anywhere": Question("carrier delay reason"),
    "a word of descriptions": Question("tells"),
    "a field": Question(field="customer_price"),
    "words and an owner": Question("invoice tax", owner="team-7"),
    "a kind and nothing else": Question(kind=Kind.AVRO),
    "a part of a name, no word": Question("hipmentcon"),
    "nothing": Question("zzyzx"),
}


def contents(count: int) -> Iterator[tuple[str, Content]]:
    rnd = random.Random(7)
    for number in range(count):
        noun, other = rnd.choice(WORDS), rnd.choice(WORDS)
        name = f"{noun.title()}{other.title()}{rnd.choice(VERBS)}"
        fields = [
            {
                "name": f"{rnd.choice(WORDS)}_{rnd.choice(WORDS)}",
                "type": "string",
                "doc": f"It tells the {' '.join(rnd.choices(WORDS, k=6))}.",
            }
            for _ in range(15)
        ]
        space = f"logistics.{noun}{number}.v1"
        schema = {"type": "record", "name": name, "namespace": space, "fields": fields}
        metadata = {"properties": {"lading.owner": rnd.choice(TEAMS)}}
        yield f"{space}.{name}", Content(Kind.AVRO, json.dumps(schema), metadata=metadata)


def fill(store: Store, count: int) -> None:
    every = contents(count)
    while chunk := list(itertools.islice(every, CHUNK)):
        store.write(lambda writing: [writing.add(*each) for each in chunk]).result()


def measured(store: Store, asked: Question) -> tuple[float, float, int]:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with store.read() as reading:
            found = search(reading, asked, most=20)
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken), max(taken), len(found.hits)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SUBJECTS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.db"
        store = open_store(sys.argv[2] if len(sys.argv) > 2 else str(path))  # noqa: PLR2004
        fill(store, count)
        before = path.stat().st_size if path.exists() else 0
        start, cpu = time.perf_counter(), time.process_time()
        assert Index(store).catch_up(3600) == 0
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        grown = path.stat().st_size - before if path.exists() else 0
        print(f"\n{count:,} subjects taken in within {took:.1f} s ({cpu:.1f} s of CPU)", end="")
        print(f", {grown / 2**20:.0f} MB\n" if grown else "\n")
        print("| question | ms, median | slowest | hits of 20 |\n|---|---:|---:|---:|")
        for name, asked in QUESTIONS.items():
            median, slowest, hits = measured(store, asked)
            print(f"| {name} | {median:.1f} | {slowest:.1f} | {hits} |")
        store.close()


if __name__ == "__main__":
    main()
