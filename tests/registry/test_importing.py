"""What another registry holds is taken over with its ids and numbers, and nothing else happens."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import lading
from lading.registry import exports
from lading.registry.exports import Export, SourceError, read_dump, read_registry
from lading.registry.importing import Imported, Importer
from lading.registry.service import Registry
from lading.registry.store import Deleted, SqliteStore
from lading.registry.store.upkeep import verified
from registry.conftest import avro_record
from registry.test_http import Http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lading.registry.store import Store


def schema(subject: str, number: int, content_id: int, text: str, **more: Any) -> tuple[Any, Any]:
    key = {"keytype": "SCHEMA", "subject": subject, "version": number, "magic": 1}
    return key, {
        "subject": subject,
        "version": number,
        "id": content_id,
        "schema": text,
        "deleted": False,
        **more,
    }


A, AB, B = avro_record("a"), avro_record("a", "b?"), avro_record("b", name="demo.v1.Box")
USES_B = json.dumps(
    {
        "type": "record",
        "name": "User",
        "namespace": "demo.v1",
        "fields": [{"name": "box", "type": "demo.v1.Box"}],
    }
)
TOPIC: list[tuple[Any, Any]] = [
    ({"keytype": "NOOP", "magic": 0}, None),
    schema("s", 1, 7, A),
    schema("s", 3, 9, AB),
    schema("t-value", 1, 7, A),
    schema("box", 1, 11, B, deleted=True),
    schema(
        "user",
        1,
        12,
        USES_B,
        references=[{"name": "demo.v1.Box", "subject": "box", "version": 1}],
        metadata={"properties": {"owner": "wms"}},
    ),
    schema(":.lab:s", 2, 7, B),
    schema("old", 1, 1, '"string"'),
    schema("old", 2, 2, '"long"'),
    ({"keytype": "DELETE_SUBJECT", "subject": "old", "magic": 0}, {"subject": "old", "version": 2}),
    schema("gone", 1, 3, '"int"'),
    ({"keytype": "SCHEMA", "subject": "gone", "version": 1, "magic": 1}, None),
    schema("cleared", 1, 4, '"float"'),
    ({"keytype": "CLEAR_SUBJECT", "subject": "cleared", "magic": 0}, {"subject": "cleared"}),
    ({"keytype": "CONFIG", "subject": None, "magic": 0}, {"compatibilityLevel": "FULL"}),
    ({"keytype": "CONFIG", "subject": "s", "magic": 0}, {"compatibilityLevel": "NONE"}),
    ({"keytype": "CONFIG", "subject": "t-value", "magic": 0}, {"compatibilityLevel": "NONE"}),
    ({"keytype": "CONFIG", "subject": "t-value", "magic": 0}, None),
    ({"keytype": "MODE", "subject": "user", "magic": 0}, {"mode": "READONLY"}),
]


def text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def printed(records: list[tuple[Any, Any]], between: str = "\t", before: str = "") -> bytes:
    return "".join(f"{before}{text(k)}{between}{text(v)}\n" for k, v in records).encode()


def sixteen(value: Any) -> str:
    return "null" if value is None else base64.b16encode(text(value).encode()).decode()


WAYS: dict[str, Callable[[list[tuple[Any, Any]]], bytes]] = {
    "as the consumer prints it": printed,
    "with the time before it": lambda all_: printed(all_, before="CreateTime:1700000000000\t"),
    "with another separator": lambda all_: printed(all_, between=" | "),
    "as objects": lambda all_: "\n".join(text({"key": k, "value": v}) for k, v in all_).encode(),
    "as objects of texts": lambda all_: "\n".join(
        text({"key": text(k), "payload": None if v is None else text(v)}) for k, v in all_
    ).encode(),
    "as a backup of version 1": lambda all_: text([[text(k), text(v)] for k, v in all_]).encode(),
    "as a backup of version 2": lambda all_: (
        b"/V2\n" + "".join(f"{sixteen(k)}\t{sixteen(v)}\n" for k, v in all_).encode()
    ),
}


@pytest.fixture
def dump(tmp_path: Path) -> Callable[..., Export]:
    def read(records: list[tuple[Any, Any]] | bytes) -> Export:
        path = tmp_path / "dump"
        path.write_bytes(records if isinstance(records, bytes) else printed(records))
        return read_dump(path)

    return read


def held(store: Store) -> dict[str, list[tuple[int, int, bool]]]:
    with store.read() as reading:
        return {
            name: [(v.number, v.id, v.deleted) for v in reading.versions(name, Deleted.INCLUDED)]
            for name in reading.subjects(None, "", Deleted.INCLUDED)
        }


@pytest.mark.parametrize("way", WAYS)
def test_a_dump_is_taken_over_however_it_was_written(
    store: Store, dump: Callable[..., Export], way: str
) -> None:
    told = Importer(store).bring(dump(WAYS[way](TOPIC)))
    registry = Registry(store)

    assert told.problems == []
    assert held(store) == {
        ":.lab:s": [(2, 7, False)],
        "box": [(1, 11, True)],
        "old": [(1, 1, True), (2, 2, True)],
        "s": [(1, 7, False), (3, 9, False)],
        "t-value": [(1, 7, False)],
        "user": [(1, 12, False)],
    }
    assert registry.config("s").level == "NONE"
    assert registry.config().level == "FULL"
    assert registry.mode("user") == "READONLY"
    assert registry.version("user", 1).content.metadata == {"properties": {"owner": "wms"}}
    assert (told.registered, told.deleted, told.settings) == (8, 3, 3)


def test_running_it_again_changes_nothing(store: Store, dump: Callable[..., Export]) -> None:
    Importer(store).bring(dump(TOPIC))
    with store.read() as reading:
        before = reading.end()
    told = Importer(store).bring(dump(TOPIC))

    assert store.end() == before
    assert told == Imported(unchanged=8)


def test_what_came_later_is_added_to_what_is_there(
    store: Store, dump: Callable[..., Export], proposal: Callable[..., Any]
) -> None:
    """And ids that are given out here go on behind those that were brought."""
    Importer(store).bring(dump(TOPIC[:4]))
    told = Importer(store).bring(dump(TOPIC))
    landed = Registry(store).register("new", proposal("z"))

    assert (told.registered, told.unchanged) == (5, 3)
    assert landed.id == 13


def test_a_dry_run_tells_the_same_and_does_nothing(
    sqlite_store: SqliteStore, dump: Callable[..., Export]
) -> None:
    would = Importer(sqlite_store, dry_run=True).bring(dump(TOPIC))
    assert sqlite_store.end().seq == 0
    assert Importer(sqlite_store).bring(dump(TOPIC)) == would


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (schema("s", 1, 8, A), "s version 1 has id 7 here, 8 there"),
        (schema("s", 1, 7, B), "s version 1 is another schema here"),
        (schema("fresh", 1, 7, B), "fresh version 1 has id 7, which is another schema here"),
        (
            ({"keytype": "CONFIG", "subject": "s", "magic": 0}, {"compatibilityLevel": "FULL"}),
            's: compatibility is "NONE" here, "FULL" there',
        ),
        (schema("user", 2, 50, A), "user version 2 is not here, where the mode is READONLY"),
        (schema("old", 1, 1, '"string"'), "old version 1 is deleted here, and not there"),
    ],
)
def test_what_contradicts_what_is_here_is_told_and_left_alone(
    sqlite_store: SqliteStore,
    dump: Callable[..., Export],
    record: tuple[Any, Any],
    problem: str,
) -> None:
    Importer(sqlite_store).bring(dump(TOPIC))
    before = sqlite_store.end()
    told = Importer(sqlite_store).bring(dump([record]))

    assert told.problems == [problem]
    assert sqlite_store.end() == before


def test_an_id_that_stands_for_two_things_is_told_once(
    sqlite_store: SqliteStore, dump: Callable[..., Export]
) -> None:
    told = Importer(sqlite_store).bring(dump([schema("a", 1, 5, A), schema("b", 1, 5, B)]))

    assert told.problems == ["b version 1: id 5 stands for two schemas there"]
    assert held(sqlite_store) == {"a": [(1, 5, False)]}


def test_what_leads_nowhere_is_not_taken_over_nor_what_leads_to_it(
    sqlite_store: SqliteStore, dump: Callable[..., Export]
) -> None:
    def uses(subject: str, target: str, number: int) -> tuple[Any, Any]:
        reference = {"name": "demo.v1.Box", "subject": target, "version": 1}
        return schema(subject, 1, number, USES_B, references=[reference])

    told = Importer(sqlite_store).bring(
        dump([uses("a", "none", 1), uses("b", "a", 2), schema("c", 1, 3, A)])
    )

    assert told.problems == [
        "a version 1 refers to what is not there",
        "b version 1 refers to what is not there",
    ]
    assert held(sqlite_store) == {"c": [(1, 3, False)]}


HOSTILE: dict[str, bytes] = {
    "no record": b"hello\n",
    "no UTF-8": b"\xff\xfe\n",
    "half a record": printed(TOPIC[1:2])[:-20],
    "nested": b"[" * 100_000,
    "a nested record": b'{"keytype":' + b"[" * 100_000 + b"\n",
    "a nested value": text(TOPIC[1][0]).encode() + b"\t" + b'{"a":' * 100_000 + b"\n",
    "a nested schema": printed([schema("x", 1, 1, "[" * 100_000)]),
    "an unknown kind": printed([({"keytype": "SECRET"}, {})]),
    "a list for a value": printed([(TOPIC[1][0], [])]),
    "no subject": printed([({"keytype": "SCHEMA", "version": 1}, {"id": 1, "schema": "x"})]),
    "a subject that is none": printed([schema("a\nb", 1, 1, A)]),
    "a context that is none": printed([schema(":x/../y:a", 1, 1, A)]),
    "our own words for a subject": printed([schema("__EMPTY", 1, 1, A)]),
    "no id": printed([schema("x", 1, 0, A)]),
    "a huge id": printed([schema("x", 1, 2**31, A)]),
    "true for an id": printed([schema("x", 1, True, A)]),
    "a negative number": printed([schema("x", -1, 1, A)]),
    "a number for a text": printed([schema("x", 1, 1, 7)]),  # type: ignore[arg-type]
    "an empty schema": printed([schema("x", 1, 1, " ")]),
    "NUL": printed([schema("x", 1, 1, A, metadata={"properties": {"a": "\x00"}})]),
    "half a character": printed([schema("x", 1, 1, '{"type":"string","doc":"\ud800"}')]),
    "a kind we do not keep": printed([schema("x", 1, 1, "message A {}", schemaType="PROTOBUF")]),
    "references that are none": printed([schema("x", 1, 1, A, references=[1])]),
    "metadata that is none": printed([schema("x", 1, 1, A, metadata={"tags": 1})]),
    "a level that is none": printed(
        [({"keytype": "CONFIG", "subject": "x"}, {"compatibilityLevel": "SOME"})]
    ),
    "a mode that is none": printed([({"keytype": "MODE"}, {"mode": "FORWARD"})]),
    "a mode that stays open": printed([({"keytype": "MODE"}, {"mode": "IMPORT"})]),
    "no base 16": b"/V2\nzz\tzz\n",
    "pairs that are none": b'[["a"], 7]',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_makes_no_sense_is_a_problem_in_words_and_the_rest_is_taken_over(
    sqlite_store: SqliteStore, tmp_path: Path, dump: Callable[..., Export], what: str
) -> None:
    sent = HOSTILE[what]
    try:
        export = dump(sent if sent.startswith((b"[", b"/V2")) else sent + b"\n" + printed(TOPIC))
    except SourceError:
        return
    told = Importer(sqlite_store).bring(export)
    count = sum(map(len, held(sqlite_store).values()))

    assert told.problems
    assert all(len(each) < 400 for each in told.problems)
    assert count == (0 if sent.startswith((b"[", b"/V2")) else 8)
    sqlite_store.close()
    assert verified(str(sqlite_store.path)).problems == ()


def test_a_line_without_end_is_refused(
    dump: Callable[..., Export], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LINE", 1000)
    with pytest.raises(SourceError, match="longer than any schema"):
        dump(b"x" * 5000)


def test_a_backup_of_version_3_is_told_where_to_go(dump: Callable[..., Export]) -> None:
    with pytest.raises(SourceError, match="version 3") as caught:
        dump(b"/V3\n\x00\x00")
    assert "kafka-console-consumer" in caught.value.hint


# -- a registry that answers


@pytest.fixture
def source(start: Any, tmp_path: Path) -> Iterator[str]:
    """A server of ours with some of everything in it."""
    with start(tmp_path / "source.db") as (url, _):
        ask = Http(url)

        def register(subject: str, text: str, **more: Any) -> None:
            body = {"schema": text, **more}
            assert ask("POST", f"/subjects/{subject}/versions", body).status == 200

        register("s", A)
        register("s", AB)
        register("a%2Fb%20c", A)
        register(":.lab:box", B, metadata={"properties": {"owner": "wms"}, "tags": {"a": ["b"]}})
        register(
            ":.lab:user",
            USES_B,
            references=[{"name": "demo.v1.Box", "subject": "box", "version": 1}],
        )
        register("gone", '"int"')
        register("hidden", '"long"')
        register("json", '{"type":"object"}', schemaType="JSON")
        for target in ("/subjects/s/versions/1", "/subjects/gone", "/subjects/hidden"):
            assert ask("DELETE", target).status == 200
        assert ask("DELETE", "/subjects/gone?permanent=true").status == 200
        ask("PUT", "/config", {"compatibility": "FULL"})
        ask("PUT", "/config/s", {"compatibility": "NONE", "normalize": True})
        ask("PUT", "/config/:.lab:", {"compatibility": "FORWARD"})
        ask("PUT", "/mode/hidden", {"mode": "READONLY"})
        yield url


def everything(url: str) -> dict[str, Any]:
    """All that can be asked for, but the moments of registration."""
    ask = Http(url)
    subjects = ask("GET", "/subjects?deleted=true&subjectPrefix=:*:").json
    found: dict[str, Any] = {"": subjects, "contexts": ask("GET", "/contexts").json}
    for scope in (
        "",
        "/:.lab:",
        *(f"/{each.replace('/', '%2F').replace(' ', '%20')}" for each in subjects),
    ):
        for kind in ("config", "mode"):
            found[f"/{kind}{scope}"] = ask("GET", f"/{kind}{scope}").json
        if scope and scope != "/:.lab:":
            numbers = ask("GET", f"/subjects{scope}/versions?deleted=true").json
            live = ask("GET", f"/subjects{scope}/versions").json
            found[scope] = (numbers, live)
            for number in numbers:
                one = ask("GET", f"/subjects{scope}/versions/{number}?deleted=true").json
                found[f"{scope} {number}"] = {k: v for k, v in one.items() if k != "ts"}
    return found  # fmt: skip


def test_a_running_registry_is_taken_over_whole(source: str, start: Any, tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "new.db")) as store:
        told = Importer(store).bring(read_registry(source))
        end = store.end()
        again = Importer(store).bring(read_registry(source))
        assert store.end() == end

    assert told.problems == again.problems == []
    assert (told.registered, again.registered, again.unchanged) == (7, 0, 7)
    with start(tmp_path / "new.db") as (url, _):
        assert everything(url) == everything(source)
    assert verified(str(tmp_path / "new.db")).problems == ()


def test_what_an_alias_hides_is_told(source: str) -> None:
    Http(source)("PUT", "/config/s", {"alias": "json"})
    found = read_registry(source)

    assert len(found.problems) == 1
    assert found.problems[0].startswith("s is an alias there")
    assert ("json", 1) in found.versions
    assert ("s", 1) not in found.versions


def test_the_command_takes_over_and_says_so(source: str, tmp_path: Path) -> None:
    dry = lading("db", "import", source, "new.db", "--dry-run", cwd=tmp_path)
    done = lading("db", "import", source, "new.db", cwd=tmp_path)
    (tmp_path / "bad.txt").write_text("hello\n")
    bad = lading("db", "import", "bad.txt", "new.db", cwd=tmp_path)
    none = lading("db", "import", "none.txt", "new.db", cwd=tmp_path)

    assert dry.out.startswith("7 versions would be imported into new.db, 0 unchanged")
    assert done.out.startswith("7 versions imported into new.db, 0 unchanged, 2 deleted, ")
    assert (done.code, bad.code, none.code) == (0, 1, 2)
    assert "record 1 is no pair of key and value" in bad.out
    assert "No such file" in none.err


@pytest.fixture
def liar() -> Iterator[Callable[[dict[str, Any]], str]]:
    """A server that answers as it is told to, and notes what it was sent."""
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            value = answers.get(self.path.partition("?")[0], (404, b"{}"))
            status, body = value if isinstance(value, tuple) else (200, json.dumps(value).encode())
            answers.setdefault("sent", []).append(self.headers.get("Authorization"))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def told(what: dict[str, Any]) -> str:
        answers.clear()
        answers.update(what)
        what["answers"] = answers
        return f"http://127.0.0.1:{server.server_port}"

    yield told
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "answered",
    [
        {"/subjects": {"a": 1}},
        {"/subjects": [1]},
        {"/subjects": (500, b"{}")},
        {"/subjects": (302, b"")},
        {"/subjects": (401, b"{}")},
        {"/subjects": (200, b"<html>")},
        {"/subjects": (200, b"[" * 100_000)},
    ],
)
def test_a_server_that_is_no_registry_is_refused(
    liar: Callable[[dict[str, Any]], str], answered: dict[str, Any]
) -> None:
    with pytest.raises(SourceError, match="does not answer as a registry"):
        read_registry(liar(answered))


def test_a_version_that_lies_is_a_problem_and_not_the_end(
    liar: Callable[[dict[str, Any]], str],
) -> None:
    found = read_registry(
        liar(
            {
                "/subjects": ["s", "../../x\n"],
                "/subjects/s/versions": [1, "../../etc", 3],
                "/subjects/s/versions/1": {"subject": "s", "version": 1, "id": 1, "schema": A},
                "/subjects/s/versions/3": {"subject": "s", "version": 3, "id": "1"},
            }
        )
    )

    assert list(found.versions) == [("s", 1)]
    assert len(found.problems) == 2


def test_credentials_come_from_the_environment_and_never_from_the_address(
    liar: Callable[[dict[str, Any]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    what: dict[str, Any] = {"/subjects": []}
    url = liar(what)
    monkeypatch.setenv(exports.AUTH, "me:hunter2")
    read_registry(url)

    assert set(what["answers"]["sent"]) == {"Basic " + base64.b64encode(b"me:hunter2").decode()}
    with pytest.raises(SourceError, match="credentials") as caught:
        read_registry(url.replace("//", "//me:hunter2@"))
    assert "hunter2" not in str(caught.value)


def test_an_answer_without_end_is_refused(
    liar: Callable[[dict[str, Any]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LINE", 1000)
    with pytest.raises(SourceError, match="no end"):
        read_registry(liar({"/subjects": ["x" * 5000]}))
