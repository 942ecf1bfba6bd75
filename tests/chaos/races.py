"""Two changes that exclude one another, sent at once to different replicas: one wins."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chaos.asker import Asker
from chaos.load import first, opposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chaos.acts import Ledger


def opposed_rounds(
    urls: Sequence[str], ledger: Ledger, rounds: int, told: Callable[[int], None]
) -> list[str]:
    """What went otherwise, after so many rounds."""
    sides = [Asker(urls[0], ledger), Asker(urls[-1], ledger)]
    gate = threading.Barrier(2, timeout=60)
    sides[0].promise("", "FULL")

    def send(side: int, subject: str) -> int:
        part = opposed(subject, side)
        gate.wait()
        return sides[side].register(part).status

    wrong: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            subject = f"opposed-{number}"
            sides[0].register(first(subject))
            statuses = sorted(pool.map(send, (0, 1), (subject, subject)))
            if statuses != [200, 409]:
                wrong.append(f"{subject}: of two that exclude one another: {statuses}")
            told(number + 1)
    for each in sides:
        each.close()
    return wrong
