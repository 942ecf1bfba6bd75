"""The envelope: what every event says of itself, in one shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import envelope_of, on_contract, on_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Contract, Sample

_ENVELOPE: Final = ".EventMeta"
_NEEDED: Final = frozenset(
    [
        "event_id",
        "event_type",
        "source_system",
        "aggregate_type",
        "aggregate_id",
        "aggregate_sequence",
        "occurred_at",
        "recorded_at",
        "time_classifier",
        "correlation_id",
        "idempotency_key",
        "partition_key",
        "data_classification",
    ]
)
_CORRECTIONS: Final = frozenset({"retracts_event_id", "replaces_event_id", "correction_reason"})
_LARGEST: Final = 256 * 1024
_COUNT: Final = re.compile(r"[0-9]{1,9}")


def _meta(library: Library, contract: Contract) -> set[str] | None:
    document: Any = contract.document.value
    for field in document.get("fields", ()):
        if field.get("name") == "meta" and str(field.get("type")).endswith(_ENVELOPE):
            found = library.named.get(str(field["type"]))
            return {str(each["name"]) for each in found.node["fields"]} if found else None
    return None


@lint_rule("ENV-001", "AsyncAPI")
def one_envelope(library: Library) -> Iterator[Hit]:
    """Every event starts with the shared envelope.

    ## What it checks
    The first field of an event is `meta`, of the shared record EventMeta, and that record has all
    that readers need: identity, times, sequence, idempotency, classification.

    ## Why it matters
    Deduplication, ordering and audit are written once, against one shape.

    ## What to do instead
    `{"name": "meta", "type": "logistics.common.v1.EventMeta"}` as the first field.
    """
    for each in library.events:
        document: Any = each.document.value
        first = (document.get("fields") or [{}])[0]
        found = _meta(library, each)
        if found is None or first.get("name") != "meta":
            yield on_contract(each, "does not start with `meta` of EventMeta")
        elif _NEEDED - found:
            yield on_contract(each, f"the envelope lacks {', '.join(sorted(_NEEDED - found))}")


def _another_key(library: Library, sample: Sample) -> Iterator[Hit]:
    contract, body = library.event(str(sample.subject)), sample.document.value
    said = envelope_of(sample).get("partition_key")
    if contract is None or not contract.terms.key or not isinstance(body, dict):
        return
    parts = [body.get(each) for each in contract.terms.key.split("+")]
    wanted = "+".join(map(str, parts))
    if all(isinstance(each, str) for each in parts) and said is not None and said != wanted:
        message = f"`{said}` is not the key of the message"
        yield on_sample(sample, message, path="meta.partition_key", hint=f"write {wanted}")


@lint_rule("ENV-002", "AsyncAPI", of_message=_another_key)
def the_key_is_carried(library: Library) -> Iterator[Hit]:
    """The key of the topic is declared, and the event carries it.

    ## What it checks
    `topic` and `key` of the terms; every part of the key (`warehouse_id+item_id`) is a field of the
    event or of a record directly in it, and none of them is nullable. The `partition_key` of a
    message is made of these fields.

    ## Why it matters
    Who replays or repairs a topic computes the key from the message.

    ## What to do instead
    Carry the identifier as a field of its own, beside what it identifies.
    """
    for each in library.events:
        if not each.terms.topic or not each.terms.key:
            yield on_contract(each, "has no topic" if not each.terms.topic else "has no key")
            continue
        carried = _carried(library, each)
        for part in each.terms.key.split("+"):
            if part not in carried:
                yield on_contract(each, f"does not carry its key `{part}`")
            elif not carried[part]:
                yield on_contract(each, f"its key `{part}` may be empty")


def _carried(library: Library, contract: Contract) -> dict[str, bool]:
    """Names of the fields of an event and of the records directly in it: always there or not.

    Its own fields stand before those of its records.
    """
    document: Any = contract.document.value
    found: dict[str, bool] = {}
    for field in document.get("fields", ()):
        kind = field.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        for each in kinds:
            node = library.named.get(each) if isinstance(each, str) else None
            inner = node.node if node else each if isinstance(each, dict) else {}
            for one in inner.get("fields") or ():
                is_there = not isinstance(kind, list) and not isinstance(one.get("type"), list)
                name = str(one.get("name"))
                found[name] = is_there or found.get(name, False)
    own = {str(each.get("name")): each.get("type") for each in document.get("fields", ())}
    return found | {name: not isinstance(kind, list) for name, kind in own.items()}


@lint_rule("ENV-003", "AsyncAPI", elsewhere="contract tests of the producer: it takes two runs")
def idempotency_keys_stay(library: Library) -> Iterator[Hit]:
    """The idempotency key of a fact stays the same over retries and replays.

    ## What it checks
    Nothing in the files: it takes two messages of one fact. The envelope has the key (ENV-001).

    ## Why it matters
    A replay that looks new posts a second goods issue.

    ## What to do instead
    Make it from the source, the thing and its sequence, never from the clock.
    """
    yield from ()
    del library


@lint_rule("ENV-004", "AsyncAPI")
def sequence_per_thing(library: Library) -> Iterator[Hit]:
    """Facts about one thing are numbered, in order and without gaps.

    ## What it checks
    The envelope has `aggregate_sequence`, a long; no two samples of one thing have the same number.

    ## Why it matters
    A gap is how a reader learns that something is missing.

    ## What to do instead
    Write the number together with the change of state.
    """
    for each in library.events:
        found = _meta(library, each)
        if found is not None and "aggregate_sequence" not in found:
            yield on_contract(each, "the envelope has no aggregate_sequence")
    seen: dict[tuple[Any, ...], str] = {}
    for sample in library.samples:
        meta = envelope_of(sample)
        if not meta:
            continue
        keys = ("aggregate_type", "aggregate_id", "aggregate_sequence")
        key = tuple(str(meta.get(each)) for each in keys)
        name = f"{sample.subject}/{sample.name}"
        first = seen.setdefault(key, name)
        if first != name and meta.get("aggregate_sequence") is not None:
            yield on_sample(sample, f"has the number {key[2]} of {first}", path="meta")


def _correction_without_reason(_: Library, sample: Sample) -> Iterator[Hit]:
    meta = envelope_of(sample)
    corrects = meta.get("retracts_event_id") or meta.get("replaces_event_id")
    if corrects and not meta.get("correction_reason"):
        yield on_sample(sample, "corrects an event without a reason", path="meta")


@lint_rule("ENV-005", "AsyncAPI", of_message=_correction_without_reason)
def corrections_retract(library: Library) -> Iterator[Hit]:
    """A correction is a new event that takes back or replaces an old one, with a reason.

    ## What it checks
    The envelope has retracts_event_id, replaces_event_id and correction_reason; a sample that uses
    one of the first two gives the reason.

    ## Why it matters
    What was read cannot be unread. Who acted on it has to learn that it was wrong, and why.

    ## What to do instead
    Send the correction as an event of its own.
    """
    for each in library.events:
        found = _meta(library, each)
        if found is not None and not found >= _CORRECTIONS:
            lacking = ", ".join(sorted(_CORRECTIONS - found))
            yield on_contract(each, f"the envelope lacks {lacking}")


def _too_large(_: Library, sample: Sample) -> Iterator[Hit]:
    if len(sample.document.text.encode()) > _LARGEST:
        yield on_sample(sample, "is larger than 256 KiB")


@lint_rule("ENV-006", "AsyncAPI", of_message=_too_large)
def events_stay_small(library: Library) -> Iterator[Hit]:
    """An event has at most 256 KiB; what is larger is kept elsewhere and referred to.

    ## What it checks
    The samples, and `delivery.max_bytes` of the terms where it is said.

    ## Why it matters
    Brokers refuse large messages, and one that they take blocks the small ones behind it.

    ## What to do instead
    `Attachment` with address and hash.
    """
    for each in library.events:
        said = each.terms.delivery.get("max_bytes", "0")
        if not _COUNT.fullmatch(said) or int(said) > _LARGEST:
            yield on_contract(each, f"allows {said} bytes, at most {_LARGEST} are")


@lint_rule("ENV-007", "AsyncAPI", Severity.WARN)
def delivery_declared(library: Library) -> Iterator[Hit]:
    """An event says how it is delivered, kept and given up.

    ## What it checks
    `delivery` has guarantee, ordering, replay_window and dead_letter; `retention` and
    `sla.freshness_p95` are said.

    ## Why it matters
    An outage that lasts longer than the retention loses facts; who reads has to know how long.

    ## What to do instead
    Say it once in the `contract.yaml` of the folder.
    """
    for each in library.events:
        lacking = [
            key
            for key in ("guarantee", "ordering", "replay_window", "dead_letter")
            if not each.terms.delivery.get(key)
        ]
        lacking += [] if each.terms.sla.get("freshness_p95") else ["sla.freshness_p95"]
        lacking += [] if each.terms.retention else ["retention"]
        if lacking:
            yield on_contract(each, f"does not say its {', '.join(lacking)}")
