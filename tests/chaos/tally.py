"""What was tried, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chaos.acts import Ledger
    from chaos.check import Checked


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one scenario, or of all."""

    registrations: int = 0
    rounds: int = 0
    """Of two that exclude one another."""
    kills: int = 0
    restarts: int = 0
    """Of PostgreSQL, and starts on an empty database."""
    cuts: int = 0
    """Of a connection, or full disks."""
    judged: int = 0
    slowest: float = 0.0
    """Seconds of the slowest recovery."""
    violations: tuple[str, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        found = {
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in fields(Tally)
            if each.name != "slowest"
        }
        return Tally(**found, slowest=max(self.slowest, other.slowest))


def tallied(ledger: Ledger, checked: Checked) -> Tally:
    """What every scenario has."""
    return Tally(
        registrations=ledger.registrations, judged=checked.judged, violations=checked.violations
    )


def total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def table(rows: Iterable[tuple[str, Tally, float]]) -> str:
    """One line for each scenario, and one for all."""
    every = list(rows)
    every.append(("all", total(each for _, each, _ in every), sum(row[2] for row in every)))
    counts = ("registrations", "rounds", "kills", "restarts", "cuts")
    head = ("", *counts, "violations", "slowest", "s")
    lines = [head, *(_line(*each) for each in every)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            word.ljust(width) if not column else word.rjust(width)
            for column, (word, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _line(name: str, tally: Tally, seconds: float) -> tuple[str, ...]:
    counts = (tally.registrations, tally.rounds, tally.kills, tally.restarts, tally.cuts)
    return (
        name,
        *(f"{each:,}" if each else "" for each in counts),
        str(len(tally.violations)),
        f"{tally.slowest:.2f} s" if tally.slowest else "",
        f"{seconds:.0f}",
    )
