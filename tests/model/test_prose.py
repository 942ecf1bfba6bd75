"""Codes in descriptions: as people write them, and not what only looks like it."""

from __future__ import annotations

import time

import pytest

from lading.model.prose import prose_codes

AB = ("AIR", "SEA")


@pytest.mark.parametrize(
    "doc",
    [
        "- AIR\n- SEA",
        "One of:\n\n- `AIR` (by plane)\n- `SEA` (by ship)",
        "* AIR - by plane\n* SEA \N{EN DASH} by ship",
        "+ AIR: by plane\n+ SEA = by ship",
        "- AIR,\n- SEA.",
        "1. AIR\n2. SEA",
        "1) **AIR** by plane\n2) **SEA** by ship",
        "| Code | Meaning |\n| --- | --- |\n| AIR | plane |\n| `SEA` | ship |",
        "One of AIR, SEA.",
        "It is either `AIR` or `SEA`.",
        "Possible values are 'AIR' and 'SEA'.",
        "Values: AIR|SEA",
        "It can be one of `AIR` (by plane),\n  or `SEA`.",
        "`AIR` or `SEA`",
    ],
)
def test_codes_are_found(doc: str) -> None:
    assert prose_codes(doc) == AB


@pytest.mark.parametrize(
    "doc", ["- `in_air` high\n- `at.sea` low", "one of `in_air` or `at.sea`", "be 'x' or `y`"]
)
def test_in_small_letters_they_are_quoted(doc: str) -> None:
    found = prose_codes(doc)

    assert found == (("in_air", "at.sea") if "air" in doc else ())


@pytest.mark.parametrize(
    "doc",
    [
        "",
        "- VAT is not among them\n- USA ships it",
        "- AIR",
        "- NOTE: mind the gap\n- TODO: ask",
        "- Air\n- Sea",
        "- **Please** read\n- **this**",
        "The EU and the USA agree.",
        "Give either `orderId` or `shipmentId`.",
        "As it stands in either `Arrival` or `Departure`.",
        "Only one of `gross` and `net` can be set.",
        "One of the parties, as ISO says, or EU.",
        "Either an ISO 4217 code or XXX.",
        "It can be A place of the EU.",
        "| AIR | SEA |",
    ],
)
def test_what_is_no_list_of_codes_is_none(doc: str) -> None:
    assert prose_codes(doc) == ()


@pytest.mark.parametrize(
    "doc",
    [
        "One of " + "A, " * 50_000,
        "- " * 50_000,
        "|" * 99_999,
        " " * 99_999 + "x",
        "one of (" * 9_999,
    ],
)
def test_long_texts_take_no_time(doc: str) -> None:
    begun = time.perf_counter()
    prose_codes(doc)

    assert time.perf_counter() - begun < 5
