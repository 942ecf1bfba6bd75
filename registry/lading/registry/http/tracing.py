"""OpenTelemetry spans, where the environment asks for them (``OTEL_...``): one a request.

A span has the method, the route as a template, and the status; no path, no body, no name.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import Scope

    from lading.registry.http.observed import Seen

LOG: Final = logging.getLogger("lading.tracing")
_ASKED: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_FAILED: Final = 500


class Tracing:
    """Makes spans, and hands them on until it is closed."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("lading.registry")

    @contextmanager
    def span(self, scope: Scope, seen: Seen) -> Iterator[None]:
        """Around one request; its name is known at the end."""
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        around = TraceContextTextMapPropagator().extract(sent)
        span = self._tracer.start_span(seen.method, context=around, kind=SpanKind.SERVER)
        try:
            yield
        finally:
            span.update_name(f"{seen.method} {seen.route}")
            span.set_attributes(
                {
                    "http.request.method": seen.method,
                    "http.route": seen.route,
                    "http.response.status_code": seen.status,
                }
            )
            if seen.status >= _FAILED:
                span.set_status(Status(StatusCode.ERROR))
            span.end()

    def close(self) -> None:
        """Hand on what is left."""
        self._provider.shutdown()


def tracing_from(environment: Mapping[str, str] = os.environ) -> Tracing | None:
    """What ``OTEL_...`` asks for; nothing where it asks for nothing, or the extra is missing."""
    exporter = environment.get("OTEL_TRACES_EXPORTER", "")
    asked = exporter or any(environment.get(each) for each in _ASKED)
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or exporter == "none"
    if not asked or off:
        return None
    try:
        return Tracing(_provider(exporter, environment))
    except ImportError:
        LOG.warning("OTEL_... asks for traces, which need: pip install 'lading[otel]'")
        return None


def _provider(exporter: str, environment: Mapping[str, str]) -> Any:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = environment.get("OTEL_SERVICE_NAME") or "lading-registry"
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(_exporter(exporter)))
    return provider


def _exporter(name: str) -> Any:
    if name == "console":
        import sys

        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()
