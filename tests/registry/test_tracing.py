"""Traces are off unless they are asked for, and say no more than the log."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from lading.registry.http.observed import stacked
from lading.registry.http.tracing import Tracing, tracing_from
from registry.house import House

if TYPE_CHECKING:
    from lading.registry.store import SqliteStore

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_SERVICE_NAME": "x"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"},
    ],
)
def test_nothing_is_traced_unless_it_is_asked_for(environment: dict[str, str]) -> None:
    assert tracing_from(environment) is None


def test_nothing_of_it_is_imported_where_it_is_not_wanted() -> None:
    program = (
        "import sys, lading.registry.serve\n"
        "assert lading.registry.serve.tracing_from({}) is None\n"
        "print([each for each in sys.modules if each.startswith('opentelemetry')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"


def test_a_request_is_one_span_with_its_route_and_nothing_that_was_sent(
    sqlite_store: SqliteStore,
) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    house = House(sqlite_store)
    with closing(house.pulse), closing(Tracing(provider)) as tracing:
        house.outside = stacked(house.app, tracing=tracing)
        parent = f"00-{'a' * 32}-{'b' * 16}-01"
        house("POST", f"/subjects/{SECRET}/versions", {"schema": SECRET})
        house("GET", f"/schemas/ids/1?a={SECRET}", headers=[("traceparent", parent)])
        house("GET", f"/{SECRET}", headers=[("authorization", SECRET), ("traceparent", SECRET)])
    spans: tuple[Any, ...] = kept.get_finished_spans()

    assert [each.name for each in spans] == [
        "POST /subjects/{subject}/versions",
        "GET /schemas/ids/{id}",
        "GET none",
    ]
    assert [each.attributes["http.response.status_code"] for each in spans] == [422, 404, 404]
    assert format(spans[1].context.trace_id, "x") == "a" * 32
    assert SECRET not in json.dumps([json.loads(each.to_json()) for each in spans])
