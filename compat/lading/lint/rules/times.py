"""Times: moments in UTC, days without a zone, and what kind of time it is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import envelope_of, on_contract, on_field, on_sample, on_type
from lading.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Sample

_MOMENT: Final = re.compile(r"(_at|_time|_timestamp|_datetime)$")
_SKEW: Final = timedelta(minutes=5)
_FUTURE: Final = re.compile(r"(^|_)(eta|etd|estimated|predicted)(_|$)")


@lint_rule("TIM-001", "Avro")
def moments_are_timestamps(library: Library) -> Iterator[Hit]:
    """A moment is a long with the logical type timestamp-micros or timestamp-millis.

    ## What it checks
    Fields that end in `_at`, `_time` or `_timestamp` are of that type, or a record about a fact.

    ## Why it matters
    Text and bare numbers leave zone and unit to be guessed.

    ## What to do instead
    `{"type": "long", "logicalType": "timestamp-micros"}`, always in UTC.
    """
    for each in library.avro_fields:
        if _MOMENT.search(each.name) and each.type in ("string", "long", "int", "double", "float"):
            local = each.name.endswith("local_time")
            if not local:
                yield on_field(each, f"`{each.name}` is a bare {each.type}, no timestamp")


@lint_rule("TIM-002", "codegen", elsewhere="the generated models: they take aware datetimes only")
def models_take_aware_times(library: Library) -> Iterator[Hit]:
    """Generated models accept only times with a zone.

    ## What it checks
    Nothing in the files: the generator decides it for every timestamp, and its tests hold it.

    ## Why it matters
    A library writes a time without a zone in the zone of the process: midnight becomes five o'clock
    on a server in New York.

    ## What to do instead
    Use the generated models to write messages.
    """
    yield from ()
    del library


@lint_rule("TIM-003", "OpenAPI")
def api_times_are_text(library: Library) -> Iterator[Hit]:
    """Times of APIs are text with an offset; days are dates.

    ## What it checks
    Properties that end in `_at` are strings of format date-time, those that end in `_date` of
    format date; neither is a number.

    ## Why it matters
    A number may be seconds or milliseconds, and a date-time without offset any of 38 moments.

    ## What to do instead
    `type: string, format: date-time`
    """
    for each in library.properties:
        wanted = "date-time" if each.name.endswith("_at") else ""
        wanted = "date" if each.name.endswith("_date") else wanted
        node: Any = each.node
        if wanted and "$ref" not in node and node.get("format") != wanted:
            yield on_field(each, f"`{each.name}` is no string of format {wanted}")


def _recorded_too_early(library: Library, sample: Sample) -> Iterator[Hit]:
    meta = envelope_of(sample)
    recorded = _moment(meta.get("recorded_at"))
    if recorded is None or meta.get("time_classifier") != "ACTUAL":
        return
    occurred = _moment(meta.get("occurred_at"))
    if occurred and occurred - recorded > _SKEW:
        yield on_sample(sample, "is recorded before it occurred", path="meta.recorded_at")
    contract = library.workspace.contract(sample.subject)
    body: Any = sample.document.value
    for field in contract.body.fields if contract and isinstance(contract.body, Record) else ():
        stated = _moment(body.get(field.name)) if "definition" in field.tags else None
        if stated and stated - recorded > _SKEW:
            message = f"`{field.name}` is a fact, and later than the message that states it"
            yield on_sample(sample, message, path=field.name)


def _moment(text: Any) -> datetime | None:
    """A moment with its offset; `None` for everything else, of which DOC-003 says what is wrong."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.utcoffset() is not None else None


@lint_rule("TIM-004", "AsyncAPI", of_message=_recorded_too_early)
def recorded_after_it_occurred(library: Library) -> Iterator[Hit]:
    """An event says when it happened and when it was recorded, in that order.

    ## What it checks
    The envelope has `occurred_at` and `recorded_at`; in a message of a fact the second is not more
    than five minutes before the first, nor before the time of any status that the message states
    (a field with `x-definition`).

    ## Why it matters
    A fact that is recorded before it happened is a forecast, or a wrong clock.

    ## What to do instead
    Use the classifier ESTIMATED or PLANNED for what is to come.
    """
    for each in library.events:
        fields = _envelope(library, each.document.value)
        if fields is not None and not {"occurred_at", "recorded_at"} <= fields:
            yield on_contract(each, "the envelope lacks occurred_at or recorded_at")


def _envelope(library: Library, document: Any) -> set[str] | None:
    for field in document.get("fields", ()):
        if field.get("name") == "meta":
            found = library.named.get(str(field.get("type")))
            return {str(each["name"]) for each in found.node["fields"]} if found else None
    return None


@lint_rule("TIM-005", "all")
def local_times_name_their_zone(library: Library) -> Iterator[Hit]:
    """A local time comes with its zone and says whether that was assumed.

    ## What it checks
    A record with a local timestamp also has a field for the zone or offset, and one that says
    whether it was assumed.

    ## Why it matters
    A status message without a zone is in the time of the place: read as UTC it is hours off, and a
    parcel arrives before it left.

    ## What to do instead
    Use `logistics.common.v1.LocalTime`: local_at, zone, is_assumed.
    """
    for each in library.records:
        names = [str(field.get("name")) for field in each.node.get("fields", ())]
        local = any("local-timestamp" in repr(field.get("type")) for field in each.node["fields"])
        told = any(re.search(r"zone|offset", name) for name in names)
        if local and not (told and any("assumed" in name for name in names)):
            yield on_type(each, f"`{each.name}` has a local time without zone and assumed flag")


@lint_rule("TIM-006", "all")
def forecasts_say_so(library: Library) -> Iterator[Hit]:
    """What is about the future says what kind of time it is.

    ## What it checks
    A record of a message with an estimate (eta, etd, estimated) has a classifier beside it or in
    its envelope; `time.classifier` is a taxonomy with ACTUAL.

    ## Why it matters
    An estimate that is taken for a fact delivers a shipment that is on the road.

    ## What to do instead
    Add `classifier`, and let only ACTUAL change a status.
    """
    for each in library.records:
        fields = each.node.get("fields", ())
        names = {str(field.get("name")) for field in fields}
        future = sorted(name for name in names if _FUTURE.search(name) and name.endswith("_at"))
        if future and not names & {"classifier", "time_classifier", "meta", "from_stop"}:
            yield on_type(each, f"`{future[0]}` does not say what kind of time it is")
    if library.events and "time.classifier" in library.taxonomies:
        contract, body = library.taxonomies["time.classifier"]
        if "ACTUAL" not in {state.code for state in body.states}:
            yield on_contract(contract, "time.classifier has no ACTUAL")


@lint_rule("TIM-007", "all", Severity.WARN)
def windows_half_open(library: Library) -> Iterator[Hit]:
    """A window has a start, an end that is not in it, and the zone of the place.

    ## What it checks
    Records called Window have a start, an end and a zone, and their text says that the end is
    not included.

    ## Why it matters
    Two windows that share their end overlap for some and touch for others.

    ## What to do instead
    Use `logistics.common.v1.TimeWindow`.
    """
    for each in library.records:
        if not each.name.endswith("Window"):
            continue
        names = {str(field.get("name")) for field in each.node.get("fields", ())}
        text = repr(each.node).lower()
        if not any("zone" in name for name in names):
            yield on_type(each, f"`{each.name}` has no zone")
        if not re.search(r"half-open|not included|not in it|before|exclusive", text):
            yield on_type(each, f"`{each.name}` does not say whether its end is included")
