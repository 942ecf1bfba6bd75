"""The example on each rule's page: it is what the rule is about, and it does what the page says.

An example is one difference, of which the lines with `-` and without a sign are the old version,
those with `+` and without a sign the new one. It shows what matters; `FRAMES` has the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from lading.compat import RULES, Effect, judge
from lading.model.contract import Compatibility, Kind
from lading.model.document import Document, Syntax
from lading.model.read import read_contract
from lading.model.reader import read_document

if TYPE_CHECKING:
    from lading.compat import Finding
    from lading.model.contract import Contract

EXAMPLE = re.compile(r'```diff title="([^"\n]+)"\n(.*?)```\n*([^#]*)', re.DOTALL)
FRAMES: dict[str, tuple[Kind, dict[str, Any]]] = {
    "avsc": (Kind.AVRO, {}),
    "schema.yaml": (Kind.JSON, {"$schema": "https://json-schema.org/draft/2020-12/schema"}),
    "api.yaml": (
        Kind.OPENAPI,
        {"openapi": "3.1.0", "info": {"title": "Shipments", "version": "1"}, "paths": {}},
    ),
    "order.proto": (Kind.PROTOBUF, {}),
    "taxonomy.yaml": (
        Kind.TAXONOMY,
        {
            "taxonomy": "shipment.status",
            "version": "1.0.0",
            "kind": "state-machine",
            "title": "Shipment status",
            "definition": "Where a shipment is.",
            "owner": "tms",
        },
    ),
    "mapping.yaml": (
        Kind.MAPPING,
        {
            "mapping": "x12.214-at7-01",
            "version": "1.0.0",
            "title": "X12 214",
            "system": "x12",
            "list": {"name": "214 AT7-01", "version": "004010"},
            "taxonomy": "shipment.milestone",
            "owner": "integration",
            "unmapped": "unknown",
        },
    ),
}
STATED = {
    *("LAD106", "LAD108", "LAD109", "LAD111", "LAD213", "LAD228", "LAD304", "LAD305", "LAD403"),
    *("LAD615", "LAD712", "LAD812"),
}
"""Rules that state, and refuse nothing."""
STEPS = {"LAD601": {"LAD611"}, "LAD602": {"LAD612"}, "LAD603": {"LAD611", "LAD612"}}
BY_RULE = pytest.mark.parametrize("rule", RULES)


def example(rule: str) -> tuple[str, list[str]]:
    """(the title, the lines) of the example on the page of a rule."""
    found = EXAMPLE.search(RULES[rule].docs)
    assert found, "there is no example"
    return found[1], found[2].splitlines()


def contract(title: str, lines: list[str], sign: str) -> Contract:
    """One of its versions."""
    shown = "\n".join(line[1:] for line in lines if line[0] in f" {sign}")
    suffix = title.rpartition(".")[2] if title.endswith(".avsc") else title
    kind, frame = FRAMES[suffix]
    if kind is Kind.PROTOBUF:
        return read_contract(kind, Document(suffix, shown, None, Syntax.PROTO))
    value = read_document(f"x.{suffix}", shown.encode()).value
    assert isinstance(value, dict)
    return read_contract(kind, Document(title, shown, frame | value))


def findings(rule: str) -> tuple[Finding, ...]:
    title, lines = example(rule)
    sides = title.split(" to ") if " to " in title else [title, title]
    old, new = (contract(side, lines, sign) for side, sign in zip(sides, "-+", strict=True))
    return judge(old, new, Compatibility.FULL).findings


@BY_RULE
def test_the_example_is_what_the_rule_is_about(rule: str) -> None:
    """It fires, and the rule is the reason why the change is refused."""
    found = {each.rule: each.effect for each in findings(rule)}

    assert rule in found
    assert (found[rule] is Effect.NONE) == (rule in STATED)


@BY_RULE
def test_the_example_shows_one_change(rule: str) -> None:
    """Nothing else in it would be refused, but the steps that go with a state."""
    others = {each.rule for each in findings(rule) if each.rule != rule and each.effect}

    assert others <= STEPS.get(rule, set())


@BY_RULE
def test_the_example_is_taken_in_at_a_glance(rule: str) -> None:
    """It has lines that differ, and not many in all; nothing in it is wider than a terminal."""
    _, lines = example(rule)

    assert 2 <= len(lines) <= 12
    assert {line[0] for line in lines} <= {" ", "-", "+"}
    assert {line[0] for line in lines} & {"-", "+"}
    assert max(map(len, lines)) <= 96
