"""One AsyncAPI 3.0 document for each aggregate: topics, events and who may send them.

A document is that of the owners: it has a `send` operation for each producer of a fact, and a
`receive` operation for proposals, which the owner takes in. Who else reads is said in
``x-consumers``. Payloads are the complete Avro schemas; headers are CloudEvents attributes in the
binary mode of its Kafka binding.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.codegen.errors import CodegenError
from lading.codegen.python.resources import avro_bundle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lading.model import Contract

_FOLDER: Final = "events/"
_SCHEMA_FORMAT: Final = "application/vnd.apache.avro;version=1.9.0"
_DAY: Final = 86_400_000
_COUNT: Final = re.compile(r"[0-9]{1,9}")
_HEADERS: Final = {
    "ce_id": "event_id",
    "ce_type": "event_type",
    "ce_source": "source_system, as urn:system:<id>",
    "ce_subject": "aggregate_type and aggregate_id, joined by a slash",
    "ce_time": "occurred_at",
    "ce_recordedtime": "recorded_at",
    "ce_sequence": "aggregate_sequence as 20 digits, so that it sorts as text",
    "ce_correlationid": "correlation_id",
    "ce_causationid": "causation_id",
    "ce_partitionkey": "partition_key",
    "ce_idempotencykey": "idempotency_key",
    "ce_dataschema": "schema_ref",
    "ce_dataclassification": "data_classification",
    "ce_dataregulation": "data_regulation",
    "ce_traceparent": "trace_parent",
    "ce_tracestate": "trace_state",
}
"""CloudEvents attribute to the field of the envelope that it repeats."""
_OPTIONAL: Final = frozenset(
    {"ce_causationid", "ce_dataregulation", "ce_traceparent", "ce_tracestate"}
)
_CLASSES: Final = ("public", "internal", "confidential", "restricted")
_PII: Final = ("none", "business-contact", "personal", "sensitive")


def generate_asyncapi(contracts: Sequence[Contract], *, title: str) -> dict[str, str]:
    """The documents by file name, ``shipment.yaml``.

    Args:
        contracts: of a workspace; the events are those below ``events/<aggregate>/``.
        title: of the workspace.

    Raises:
        CodegenError: an event has no type, topic or producer.
    """
    grouped: dict[str, list[Contract]] = {}
    for each in contracts:
        if each.document.name.startswith(_FOLDER) and each.document.name.endswith(".avsc"):
            grouped.setdefault(each.document.name.split("/")[1], []).append(each)
    return {
        f"{name}.yaml": _written(_document(name, events, title))
        for name, events in sorted(grouped.items())
    }


def _document(name: str, events: Sequence[Contract], title: str) -> dict[str, Any]:
    for each in events:
        _refuse_incomplete(each)
    first = events[0].terms
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"{title}: {name.replace('_', ' ')} events",
            "version": first.version or "1.0.0",
            "description": "Facts are stated by their owner alone; who wants a change proposes it.",
            "contact": {"name": first.team or "unknown", "email": first.contact},
        },
        "defaultContentType": "application/avro",
        "channels": dict(_channels(events)),
        "operations": dict(_operations(events)),
        "components": {
            "messages": {_short(each): _message(each) for each in events},
            "messageTraits": {"cloudevent": {"headers": _headers()}},
        },
    }


def _refuse_incomplete(contract: Contract) -> None:
    terms = contract.terms
    lacking = [
        what
        for what, said in (
            ("x-event-type", _type(contract)),
            ("topic", terms.topic),
            ("key", terms.key),
            ("producer or proposers", terms.producer or terms.proposers),
        )
        if not said
    ]
    if lacking:
        raise CodegenError(
            f"{contract.subject} has no {', '.join(lacking)}",
            hint="lading lint names what an event needs (NAM-004, ENV-002, OWN-002)",
        )


def _type(contract: Contract) -> str:
    node: Any = contract.document.value
    return str(node.get("x-event-type") or "")


def _short(contract: Contract) -> str:
    return str(contract.subject).rpartition(".")[2]


def _channel(topic: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", topic)


def _channels(events: Iterable[Contract]) -> Iterator[tuple[str, dict[str, Any]]]:
    topics: dict[str, list[Contract]] = {}
    for each in events:
        topics.setdefault(each.terms.topic, []).append(each)
    for topic, mine in sorted(topics.items()):
        terms = mine[0].terms
        kafka: dict[str, Any] = {"topic": topic}
        if _COUNT.fullmatch(terms.delivery.get("partitions", "")):
            kafka["partitions"] = int(terms.delivery["partitions"])
        settings: dict[str, Any] = {}
        if cleanup := terms.delivery.get("cleanup"):
            settings["cleanup.policy"] = cleanup.split("+")
        if days := re.fullmatch(r"(\d+) d", terms.retention):
            settings["retention.ms"] = int(days[1]) * _DAY
        if settings:
            kafka["topicConfiguration"] = settings
        yield (
            _channel(topic),
            {
                "address": topic,
                "messages": {
                    _short(each): {"$ref": f"#/components/messages/{_short(each)}"} for each in mine
                },
                "bindings": {"kafka": kafka},
                "x-key": terms.key,
                "x-ordering": terms.delivery.get("ordering", ""),
                "x-delivery-guarantee": terms.delivery.get("guarantee", ""),
                "x-dead-letter": terms.delivery.get("dead_letter", ""),
            },
        )


def _operations(events: Iterable[Contract]) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in events:
        terms, name = each.terms, _short(each)
        channel = f"#/channels/{_channel(terms.topic)}"
        proposal = terms.intent == "proposal"
        operation: dict[str, Any] = {
            "action": "receive" if proposal else "send",
            "channel": {"$ref": channel},
            "messages": [{"$ref": f"{channel}/messages/{name}"}],
            "x-owner": terms.producer or terms.owner,
            "x-intent": terms.intent or "fact",
        }
        if proposal:
            operation["x-proposers"] = list(terms.proposers)
        operation["x-consumers"] = list(terms.consumers)
        yield f"{'receive' if proposal else 'send'}{name}", operation


def _message(contract: Contract) -> dict[str, Any]:
    schema = _named_apart(avro_bundle(contract))
    node: Any = contract.document.value
    marks = list(_marks(schema))
    return {
        "name": _type(contract),
        "title": _short(contract),
        "summary": str(node.get("doc") or ""),
        "contentType": "application/avro",
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": schema},
        "bindings": {"kafka": {"key": {"type": "string"}}},
        "x-subject": str(contract.subject),
        "x-freshness-p95": contract.terms.sla.get("freshness_p95", ""),
        "x-idempotency": "meta.idempotency_key",
        "x-pii": _worst(_PII, (each.get("x-pii") for each in marks)),
        "x-data-classification": _worst(_CLASSES, (each.get("x-classification") for each in marks)),
    }


def _named_apart(node: Any) -> Any:
    """Full names as name and namespace: the AsyncAPI schema of Avro allows no dot in a name."""
    if isinstance(node, list):
        return [_named_apart(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {
        key: _named_apart(each) if key in ("type", "items", "values", "fields") else each
        for key, each in node.items()
    }
    name = node.get("name")
    if isinstance(name, str) and "." in name:
        space, _, short = name.rpartition(".")
        return {**found, "name": short, "namespace": space}
    return found


def _marks(node: Any) -> Iterator[dict[str, Any]]:
    """Every field of a schema."""
    if isinstance(node, list):
        for each in node:
            yield from _marks(each)
    elif isinstance(node, dict):
        yield from node.get("fields") or ()
        for key in ("type", "items", "values", "fields"):
            yield from _marks(node.get(key))


def _worst(scale: Sequence[str], said: Iterable[Any]) -> str:
    ranks = [scale.index(each) for each in said if each in scale]
    return scale[max(ranks, default=0)]


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name in _HEADERS if name not in _OPTIONAL],
        "properties": {
            name: {"type": "string", "description": f"CloudEvents: {field}."}
            for name, field in _HEADERS.items()
        },
    }


def _written(document: dict[str, Any]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Without anchors, which our own reader refuses."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature of yaml
            return True

    text: str = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
