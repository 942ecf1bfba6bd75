"""Registering what has nothing special about it, before anything is routed.

A schema of one format for a subject of the default context, and nothing else said: that is what
serializers and most teams send. It is read here and judged as ever; only the answer to a success is
made here. What was refused goes the usual way, which tells of it and does not try again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from lading.model.contract import Kind
from lading.registry.http.answers import registered_object
from lading.registry.http.hot import Ready, target_of
from lading.registry.http.landing import FAILED, Asked, land
from lading.registry.http.observed import SEEN
from lading.registry.http.paths import VERSIONS
from lading.registry.proposals import Proposal

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Scope

    from lading.registry.http.landing import Judges
    from lading.registry.http.observed import Seen
    from lading.registry.service import Registry

_PLAIN: Final = re.compile(rb"/subjects/([A-Za-z0-9_.-]{1,256})/versions")
"""A target without a query, of a subject that is spelt as it is."""
_SAID: Final = frozenset({"schema", "schemaType"})
_KINDS: Final[dict[str | None, Kind]] = {None: Kind.AVRO, **{each.value: each for each in Kind}}


class Straight:
    """Registers for callers who are not asked who they are."""

    def __init__(self, service: Registry, judges: Judges) -> None:
        self._service = service
        self._judges = judges

    async def __call__(self, scope: Scope, body: bytes) -> Ready | None:
        """The answer to a registration; `None`: the usual way answers."""
        asked = None if FAILED in scope else self.asked(target_of(scope), body)
        if asked is None:
            return None
        try:
            ready = await self.answer(asked)
        except Exception as error:  # noqa: BLE001 - the usual way tells of it
            scope[FAILED] = error
            return None
        seen: Seen | None = scope.get(SEEN)
        if seen is not None:
            seen.entered, seen.route = True, VERSIONS
        return ready

    def asked(self, target: bytes, body: bytes) -> Asked | None:
        """The registration that a request asks for, where that is all it does."""
        found = _PLAIN.fullmatch(target)
        brought = _brought(body) if found and len(body) <= self._service.settings.max_body else None
        if found is None or brought is None:
            return None
        return Asked(self._service.registrar, found[1].decode(), brought, follow=True)

    def early(self, target: bytes, body: bytes) -> Awaitable[Ready] | None:
        """The answer to a request that is not parsed; `None`: the usual way answers."""
        asked = self.asked(target, body)
        return None if asked is None else self.answer(asked)

    async def answer(self, asked: Asked) -> Ready:
        """The answer to a success; raises what the usual way has to tell of."""
        end = self._service.store.end()  # before: what is set meanwhile counts
        version = await land(self._service, self._judges, asked)
        return Ready(orjson.dumps(registered_object(version)), b"", b"no-store", end.epoch)


def _brought(body: bytes) -> Proposal | None:
    """The schema that a body brings, where that is all it does."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or not said.keys() <= _SAID:
        return None
    text, kind = said.get("schema"), said.get("schemaType")
    if not isinstance(text, str) or not text.strip():
        return None
    if not (kind is None or isinstance(kind, str)) or kind not in _KINDS:
        return None
    brought = Proposal(_KINDS[kind], text)
    return None if brought.is_descriptor else brought  # that is answered in another form
