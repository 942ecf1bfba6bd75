"""Does to registries what one does not do to those in use, and says what became of them.

    PYTHONPATH=tests python -m chaos [--scale 0.3] [--seed 7] [--only killed_on_sqlite] [--judges 1]

Exit code 1: something was lost or confused, or took too long; what, is said below the table.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaos.scenarios import ALL, LONG, Stage, rolled, scaled
from chaos.tally import table, total
from registry import postgres

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> int:
    asked = _arguments()
    size = scaled(LONG, asked.scale)
    known = [*ALL, *([rolled] if asked.before else [])]
    chosen = [each for each in known if not asked.only or each.__name__ in asked.only]
    rows = []
    with postgres.running() as server:
        for number, each in enumerate(chosen):
            name = each.__name__.replace("_", " ")
            told = _progress(f"{number + 1}/{len(chosen)} {name}")
            started = time.monotonic()
            try:
                tally = each(Stage(server, size, asked.seed, told, asked.before, asked.judges))
            except pytest.skip.Exception as left_out:
                told("")
                _say(f"{name} is left out: {left_out}")
                continue
            rows.append((name, tally, time.monotonic() - started))
    _progress("")("")
    every = total(tally for _, tally, _ in rows)
    _say(table(rows))
    _say(f"seed {asked.seed}; {every.judged:,} verdicts were asked for again")
    for each in every.violations:
        _say(f"  {each}")
    return bool(every.violations)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="how long, 1: half an hour")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2), "big"))
    parser.add_argument("--before", type=Path, help="a checkout of the release before: `rolled`")
    parser.add_argument(
        "--judges", type=int, default=0, help="that judge beside each server: races and kills"
    )
    parser.add_argument("--only", nargs="*", help="names of scenarios")
    return parser.parse_args()


def _progress(name: str) -> Callable[[str], None]:
    """One line that is written over, where somebody looks at it."""

    def told(how_far: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{name}: {how_far}" if name else "\r\033[K")
            sys.stderr.flush()

    return told


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
