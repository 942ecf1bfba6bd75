"""Change: what is promised, what goes, and when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.documentation import _ABSENCE
from lading.lint.rules.words import on_contract, on_field, on_operation
from lading.model import Compatibility, Lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library

_DAYS: Final = {"internal": 180, "partner": 365, "public": 365}
_FULL: Final = (Compatibility.FULL, Compatibility.FULL_TRANSITIVE)


@lint_rule("EVO-001", "Avro")
def events_promise_both_ways(library: Library) -> Iterator[Hit]:
    """An event promises compatibility in both directions.

    ## What it checks
    The promise of every event is FULL or FULL_TRANSITIVE, said or by default. What the promise
    means for a change is held by `lading check`.

    ## Why it matters
    Events are stored: new readers meet old ones, and old readers new ones.

    ## What to do instead
    Leave the default, or say `promise: FULL_TRANSITIVE`.
    """
    for each in library.events:
        promise = library.workspace.promise(each)
        if promise not in _FULL:
            yield on_contract(each, f"promises {promise.value} only", hint="promise: FULL")


@lint_rule("EVO-002", "OpenAPI", elsewhere="lading check: LAD4xx and LAD5xx judge it")
def apis_change_compatibly(library: Library) -> Iterator[Hit]:
    """An API changes only so that old clients keep working.

    ## What it checks
    Nothing from the files alone: it takes the version before. `lading check` compares with the
    baseline.

    ## Why it matters
    Clients are upgraded when their owners have time.

    ## What to do instead
    Add; put what must break into the next major version, beside this one.
    """
    yield from ()
    del library


@lint_rule("EVO-003", "taxonomy", elsewhere="lading check: LAD604 to LAD618 and LAD7xx judge it")
def meanings_change_openly(library: Library) -> Iterator[Hit]:
    """A changed meaning is a changed contract, even when no schema changes.

    ## What it checks
    Nothing from the files alone: it takes the version before. `lading check` compares definitions,
    ranks, owners, steps and mapping rows with the baseline.

    ## Why it matters
    A platform once kept a value and changed its definition; every schema diff was empty.

    ## What to do instead
    Give a new meaning a new code.
    """
    yield from ()
    del library


@lint_rule("EVO-004", "all")
def deprecations_leave_time(library: Library) -> Iterator[Hit]:
    """What is deprecated says since when, until when, and what to use instead.

    ## What it checks
    `x-deprecated` has since, sunset and replacement; sunset is at least 180 days after since, 365
    where partners read.

    ## Why it matters
    A field that goes without notice goes at the worst time.

    ## What to do instead
    `"x-deprecated": {"since": "2027-01-01", "sunset": "2028-01-01", "replacement": "..."}`
    """
    for field in library.fields:
        said = field.node.get("x-deprecated")
        if said is None:
            continue
        audience = field.contract.terms.audience
        if wrong := _wrong_deprecation(said, _DAYS.get(audience, 180)):
            yield on_field(field, f"`{field.name}` is deprecated {wrong}")


def _wrong_deprecation(said: Any, days: int) -> str:
    lacking = [key for key in ("since", "sunset", "replacement") if not _text(said, key)]
    if lacking:
        return f"without {lacking[0]}"
    try:
        since, sunset = (date.fromisoformat(said[key]) for key in ("since", "sunset"))
    except ValueError:
        return "with a date that is none"
    left = (sunset - since).days
    return "" if left >= days else f"for {left} days: readers get {days}"


def _text(said: Any, key: str) -> bool:
    return isinstance(said, dict) and isinstance(said.get(key), str) and bool(said[key])


@lint_rule("EVO-005", "OpenAPI")
def deprecated_operations_say_so(library: Library) -> Iterator[Hit]:
    """A deprecated operation tells its clients with every answer.

    ## What it checks
    The answers of an operation with `deprecated: true` declare the headers Deprecation (RFC 9745)
    and Sunset (RFC 8594).

    ## Why it matters
    Nobody reads the docs of an operation that works.

    ## What to do instead
    Declare both headers on its successful answers.
    """
    for each in library.operations:
        if not each.node.get("deprecated"):
            continue
        for status, response in each.responses.items():
            headers = {str(name).lower() for name in ((response or {}).get("headers") or {})}
            if status.startswith("2") and not {"deprecation", "sunset"} <= headers:
                yield on_operation(each, f"{status} does not declare Deprecation and Sunset")


@lint_rule("EVO-006", "all")
def nobody_reads_what_is_retired(library: Library) -> Iterator[Hit]:
    """A contract is retired when nobody reads it any more.

    ## What it checks
    No consumer declares that it reads a contract with the lifecycle `retired`.

    ## Why it matters
    The consumer learns of it when it stops.

    ## What to do instead
    Ask the team that the consumer's declaration names; keep it deprecated until they have moved.
    """
    for each in library.workspace.contracts:
        if each.terms.lifecycle is Lifecycle.RETIRED:
            for consumer in library.workspace.consumers:
                if any(reads.contract == each.subject for reads in consumer.reads):
                    yield on_contract(each, f"is retired, and {consumer.name} reads it")


@lint_rule("EVO-007", "all", Severity.WARN, elsewhere="lading check: it takes the version before")
def version_says_what_changed(library: Library) -> Iterator[Hit]:
    """The version number moves by as much as the contract changed.

    ## What it checks
    Nothing from the files alone: it takes the version before.

    ## Why it matters
    Readers decide by the number whether they have to look.

    ## What to do instead
    Breaking: major. New: minor. Text: patch.
    """
    yield from ()
    del library


@lint_rule("EVO-008", "AsyncAPI", elsewhere="lading check: it shows changed terms, topic and key")
def keys_stay(library: Library) -> Iterator[Hit]:
    """The key of a topic does not change within a major version.

    ## What it checks
    Nothing from the files alone: it takes the version before. `lading check` shows changed terms.

    ## Why it matters
    Order holds within a key. With another key, old and new facts of one thing overtake each other.

    ## What to do instead
    A new topic, in a new major version.
    """
    yield from ()
    del library


@lint_rule("EVO-009", "all")
def new_fields_say_absence(library: Library) -> Iterator[Hit]:
    """An optional field says what its absence means.

    ## What it checks
    The text of an optional field of an event says what holds when it is left out.

    ## Why it matters
    Every message from before the field was added lacks it.

    ## What to do instead
    "... ; empty when not reported", "... ; all of them when left out"
    """
    for each in library.avro_fields:
        told = each.contract.document.name.startswith("events/") and each.is_optional
        if told and not _ABSENCE.search(each.doc):
            yield on_field(each, f"`{each.name}` does not say what its absence means")
