"""A client that keeps its connection, never tries again by itself, and notes what it did."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from chaos.acts import Act, Landed, Part
from lading.registry.store import Action

if TYPE_CHECKING:
    from chaos.acts import Ledger

PATIENCE: Final = 30.0
EXPECTED: Final = frozenset({0, 200, 404, 409, 422, 429, 503})


class Asker:
    """Asks one registry."""

    def __init__(self, url: str, ledger: Ledger) -> None:
        self.url = url
        self.ledger = ledger
        self._parts = urlsplit(url)
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """(status, JSON); 0 when there was no whole answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                self._parts.hostname or "", self._parts.port, timeout=PATIENCE
            )
        data = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, path, data, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            return 0, None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def register(self, part: Part) -> Act:
        path = f"/subjects/{quote(part.subject, safe='')}/versions"
        return self._act("POST", path, _body(part), (part,))

    def push(self, *parts: Part) -> Act:
        contracts = [{"subject": each.subject, **_body(each)} for each in parts]
        return self._act("POST", "/api/v1/push", {"contracts": contracts}, parts)

    def delete(self, subject: str, number: int, *, permanent: bool = False) -> Act:
        action = Action.REMOVE if permanent else Action.DELETE
        path = f"/subjects/{quote(subject, safe='')}/versions/{number}"
        query = "?permanent=true" if permanent else ""
        return self._act("DELETE", path + query, None, (Part(action, subject, number=number),))

    def promise(self, subject: str, level: str) -> Act:
        """Set the level of a subject, or without one of everything."""
        part = Part(Action.SET, subject, setting=("compatibility", json.dumps(level)))
        path = f"/config/{quote(subject, safe='')}" if subject else "/config"
        return self._act("PUT", path, {"compatibility": level}, (part,))

    def _act(self, method: str, path: str, body: object, parts: tuple[Part, ...]) -> Act:
        began = time.monotonic()
        status, told = self.ask(method, path, body)
        ended = time.monotonic()
        landed = _landed(parts, status, told)
        act = Act(parts, status, landed, began, ended, self.ledger.mark())
        self.ledger.acts.append(act)
        if status not in EXPECTED:
            self.ledger.odd.append(f"{method} {path}: {status} {told}")
        return act


def _body(part: Part) -> dict[str, object]:
    assert part.kind
    references = [
        {"name": each.name, "subject": each.subject, "version": each.version}
        for each in part.references
    ]
    brought = {"references": references} if references else {}
    return {"schema": part.text, "schemaType": part.kind.value, **brought}


def _landed(parts: tuple[Part, ...], status: int, told: Any) -> tuple[Landed, ...]:
    if status != 200 or parts[0].action is not Action.REGISTER:
        return ()
    results = told.get("results", [told])
    return tuple(Landed(each["id"], each["version"]) for each in results)
