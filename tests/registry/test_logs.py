"""What is written to the log, and what never is."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from cli.command import registry as serving
from lading.registry.http.app import SERVED
from lading.registry.http.logs import OURS, Lines, to_stderr
from lading.registry.settings import Auth
from registry.house import Frail, House

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lading.registry.store import SqliteStore

SECRET = "hunter2hunter2"
TOKEN = f"lad_abcdefgh_{'s3cret' * 7}x"


@pytest.fixture
def log() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines that were written so far."""
    kept = {name: vars(logging.getLogger(name)).copy() for name in OURS}
    stream = io.StringIO()
    to_stderr(stream=stream)
    yield lambda: [json.loads(each) for each in stream.getvalue().splitlines()]
    for name, before in kept.items():
        logging.getLogger(name).__dict__.update(before)
        logging.getLogger(name).setLevel(before["level"])


@contextmanager
def house(store: Any, **more: Any) -> Iterator[House]:
    found = House(store, **more)
    try:
        yield found
    finally:
        found.pulse.close()


def test_a_line_says_what_was_asked_for_and_how_it_went(
    sqlite_store: SqliteStore, log: Callable[[], list[dict[str, Any]]]
) -> None:
    with house(sqlite_store, access_log=True) as ask:
        ask("GET", "/subjects/some.secret.Subject/versions", headers=[("x-request-id", "r-1")])
    (line,) = log()

    assert line.pop("ms") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("at"))
    assert line.pop("bytes") > 0
    assert line == {
        "level": "info",
        "logger": "lading.access",
        "message": "request",
        "request_id": "r-1",
        "method": "GET",
        "route": "/subjects/{subject}/versions",
        "status": 404,
        "client": "192.0.2.7",
    }


def test_nobody_writes_a_line_for_a_request_unless_asked_to(
    sqlite_store: SqliteStore, log: Callable[[], list[dict[str, Any]]]
) -> None:
    with house(sqlite_store) as ask:
        ask("GET", "/subjects")

    assert log() == []


def test_an_id_is_echoed_and_one_is_made_where_something_went_wrong(
    sqlite_store: SqliteStore,
) -> None:
    with house(sqlite_store) as ask:
        given = ask("GET", "/subjects", headers=[("x-request-id", "abc-1")])
        plain = ask("GET", "/subjects")
        wrong = ask("GET", "/subjects/none/versions")
        odd = ask("GET", "/subjects/none/versions", headers=[("x-request-id", "a b\tc")])
        token = ask("GET", "/subjects/none/versions", headers=[("x-request-id", TOKEN)])

    assert given.headers["x-request-id"] == "abc-1"
    assert "x-request-id" not in plain.headers
    for each in (wrong, odd, token):
        assert re.fullmatch("[0-9a-f]{16}", each.headers["x-request-id"])


def test_a_mistake_of_ours_is_told_with_its_place_and_the_id_of_the_answer(
    sqlite_store: SqliteStore, log: Callable[[], list[dict[str, Any]]]
) -> None:
    frail = Frail(sqlite_store)
    with house(frail) as ask:
        frail.error = RuntimeError(f"about {SECRET}")
        answered = ask("GET", "/schemas/ids/1")
        frail.error = None
    line = next(each for each in log() if each["logger"] == "lading.http")

    assert answered.status == 500
    assert answered.headers["x-request-id"] == line["request_id"]
    assert (line["error"], line["route"]) == ("RuntimeError", "/schemas/ids/{id}")
    assert any("house.py" in each for each in line["where"])
    assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("auth", [Auth.OFF, Auth.TOKENS])
def test_nothing_that_was_sent_is_ever_in_the_log(
    sqlite_store: SqliteStore, log: Callable[[], list[dict[str, Any]]], auth: Auth
) -> None:
    """A secret in the path, the query, each header and the body of every route there is."""
    headers = [
        ("authorization", f"Bearer {TOKEN}"),
        *((name, f"{SECRET}") for name in ("cookie", "user-agent", "accept", "if-none-match")),
        ("traceparent", SECRET),
        ("x-forwarded-for", SECRET),
        ("x-request-id", TOKEN),
    ]
    bodies = (SECRET.encode(), {"schema": SECRET, SECRET: SECRET, "mode": SECRET, "name": SECRET})
    frail = Frail(sqlite_store)
    with house(frail, access_log=True, auth=auth) as ask:
        for error in (None, RuntimeError(SECRET), ValueError(TOKEN)):
            for served in SERVED:
                target = re.sub(r"\{[^}]*\}", SECRET, served.path) + f"?subject={SECRET}&a={TOKEN}"
                for body in bodies:
                    frail.error = frail.write_error = error
                    ask(served.method, target, body, headers=headers)
        frail.error = frail.write_error = None
        ask("GET", f"/{SECRET}", headers=headers)
    lines = json.dumps(log())

    assert lines.count("lading.access") == len(SERVED) * 6 + 1
    assert SECRET not in lines
    assert "s3cret" not in lines


def test_a_token_that_gets_into_a_line_is_cut_out() -> None:
    record = logging.LogRecord("lading", logging.INFO, "", 1, f"who sent {TOKEN}?", (), None)
    record.fields = {"half": TOKEN[:20], TOKEN: 1}
    text = Lines().format(record)

    assert "s3cret" not in text
    assert json.loads(text)["message"] == "who sent lad_***?"


def test_a_line_is_one_line_whatever_is_in_it() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, 'a\n{"level": "forged"}\u2028', (), None)

    assert len(Lines().format(record).splitlines()) == 1


def test_a_server_writes_lines_for_all_requests_and_none_for_what_is_no_request(
    path: Path,
) -> None:
    with serving(path, "--access-log") as (url, process):
        parts = urlsplit(url)
        for sent in (
            f"GET /subjects/{SECRET}/versions HTTP/1.1\r\nHost: {SECRET}\r\nX-A: {SECRET}\r\n\r\n",
            *["GET /schemas/types HTTP/1.1\r\nHost: x\r\n\r\n"] * 3,
            f"{SECRET} {TOKEN}\r\n\r\n",
        ):
            with socket.create_connection((parts.hostname or "", parts.port or 0)) as line:
                line.sendall(sent.encode())
                assert line.recv(65536)
        process.terminate()
        assert process.stderr
        text = process.stderr.read()
    lines = [json.loads(each) for each in text.splitlines()]

    assert [each["route"] for each in lines if each["logger"] == "lading.access"] == [
        "/subjects/{subject}/versions",
        *["/schemas/types"] * 3,
    ]
    assert SECRET not in text
    assert "s3cret" not in text
