"""The auditor: deepdiff compares the raw normal forms, and nothing it sees may go unmentioned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deepdiff import DeepDiff
from hypothesis import HealthCheck, given, settings

from lading.compat import diff
from lading.model.canonical import plain
from strategies import avro_contract, avro_pairs, json_contract, json_pairs, mappings, taxonomies

if TYPE_CHECKING:
    from lading.model import Contract

SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def raw_difference(old: Contract, new: Contract) -> Any:
    """What differs between the normal forms; the order of fields, symbols and branches is none."""
    before, after = ({"body": plain(c.body), "types": plain(dict(c.types))} for c in (old, new))
    return DeepDiff(before, after, ignore_order=True)


def stated(old: Contract, new: Contract) -> list[str]:
    """The kinds of the facts that the diff states."""
    return [change.kind for change in diff(old, new)]


@SETTINGS
@given(avro_pairs())
def test_no_difference_of_avro_goes_unmentioned(pair: tuple[Any, Any]) -> None:
    """Where the normal forms of two Avro schemas differ, there is a fact about it."""
    old, new = map(avro_contract, pair)

    assert bool(raw_difference(old, new)) <= bool(stated(old, new))


@SETTINGS
@given(json_pairs())
def test_no_difference_of_json_schema_goes_unmentioned(pair: tuple[Any, Any]) -> None:
    """Where the normal forms of two JSON Schemas differ, there is a fact about it."""
    old, new = map(json_contract, pair)

    assert bool(raw_difference(old, new)) <= bool(stated(old, new))


@SETTINGS
@given(taxonomies(), taxonomies())
def test_no_difference_of_taxonomies_goes_unmentioned(old: Contract, new: Contract) -> None:
    """Where two taxonomies differ in more than their version, there is a fact about it."""
    assert bool(raw_difference(old, new)) <= bool(stated(old, new))


@SETTINGS
@given(mappings(), mappings())
def test_no_difference_of_mappings_goes_unmentioned(old: Contract, new: Contract) -> None:
    """Where two mappings differ in more than their version, there is a fact about it."""
    assert bool(raw_difference(old, new)) <= bool(stated(old, new))


def test_the_auditor_notices() -> None:
    """A lost fact would be seen: the comparison is not empty by construction."""
    record = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
    other = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}

    assert raw_difference(avro_contract(record), avro_contract(other))
    assert stated(avro_contract(record), avro_contract(other)) == ["scalar-type"]
