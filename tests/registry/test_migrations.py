"""Databases of releases before, of releases to come, and those that somebody has altered."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from cli.command import lading
from lading.model.contract import Kind, Reference, Subject
from lading.registry.auth import tokens
from lading.registry.auth.grants import grant_of
from lading.registry.config import Mode
from lading.registry.errors import StoreError
from lading.registry.service import Proposal, Registry
from lading.registry.store import Content, Deleted, SqliteStore, migrations, tables
from lading.registry.store.audit import Action, payload
from lading.registry.store.migrations.running import upgrade_sqlite
from lading.registry.store.opening import open_store
from lading.registry.store.sqlite import APPLICATION_ID
from lading.registry.store.upkeep import upgrade, verified

if TYPE_CHECKING:
    from pathlib import Path

    from registry.postgres import Server

VERSION_1 = """
CREATE TABLE content (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  identity TEXT NOT NULL UNIQUE,
  words TEXT NOT NULL,
  normal TEXT NOT NULL,
  guid TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  refs TEXT NOT NULL,
  metadata TEXT,
  rules TEXT
);
CREATE INDEX content_guid ON content (guid);
CREATE TABLE reference (
  content INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (subject, version, content),
  FOREIGN KEY (subject, version) REFERENCES version (subject, number)
) WITHOUT ROWID;
CREATE INDEX reference_content ON reference (content);
CREATE TABLE subject (name TEXT PRIMARY KEY, head INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE version (
  subject TEXT NOT NULL REFERENCES subject (name),
  number INTEGER NOT NULL,
  content INTEGER NOT NULL REFERENCES content (id),
  at INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (subject, number)
) WITHOUT ROWID;
CREATE INDEX version_content ON version (content);
CREATE TABLE setting (
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (scope, name)
) WITHOUT ROWID;
"""
"""The tables of the first release."""
BASE = Content(Kind.AVRO, '"string"')
USER = Content(
    Kind.AVRO, '"long"', (Reference("x", Subject("base"), 2),), {"properties": {"k": "☃"}}
)


@pytest.fixture
def old(path: Path) -> Path:
    """A file of the first release: ids 2 and 5 are there, 1, 3, 4 and 6 were deleted for good."""
    db = sqlite3.connect(path)
    db.executescript(
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;{VERSION_1}"
    )
    for number, content, refs in ((2, BASE, "[]"), (5, USER, '[["x", "base", 2]]')):
        metadata = '{"properties":{"k":"☃"}}' if content.metadata else None
        digests = (content.identity, content.words, content.normal, content.guid)
        db.execute(
            "INSERT INTO content VALUES (?, ?, ?, ?, ?, 'AVRO', ?, ?, ?, NULL)",
            (number, *digests, content.text, refs, metadata),
        )
    db.execute("UPDATE sqlite_sequence SET seq = 6")
    db.execute("INSERT INTO subject VALUES ('base', 2), ('user', 3)")
    db.execute("INSERT INTO version VALUES ('base', 2, 2, 1700000000002, 0)")
    db.execute("INSERT INTO version VALUES ('user', 1, 5, 1700000000001, 1)")
    db.execute("INSERT INTO version VALUES ('user', 2, 5, 1700000000003, 0)")
    db.execute("INSERT INTO reference VALUES (5, 'base', 2)")
    db.execute("INSERT INTO setting VALUES ('', 'compatibility', 'NONE')")
    db.execute("INSERT INTO setting VALUES ('base', 'mode', 'READONLY')")
    db.commit()
    db.close()
    return path


# -- from the release before -----------------------------------------------------------------------


def test_a_file_of_the_first_release_says_how_it_is_upgraded(old: Path) -> None:
    with pytest.raises(StoreError, match="older lading") as caught:
        SqliteStore(old)
    assert f"lading db upgrade {old}" in str(caught.value)


def test_an_upgrade_keeps_ids_numbers_and_times(old: Path) -> None:
    assert upgrade(str(old)) == ("version 1", f"version {tables.VERSION}")
    store = SqliteStore(old)
    with store.read() as reading:
        found = [
            (each.subject, each.number, each.id, each.at, each.deleted, each.content)
            for name in ("base", "user")
            for each in reading.versions(name, Deleted.INCLUDED)
        ]
        assert [each.subject for each in reading.referrers("base", 2)] == ["user", "user"]
        assert reading.max_id(".") == 6
    registry = Registry(store)
    assert registry.config().level == "NONE"
    assert registry.mode("base") is Mode.READONLY
    store.close()
    assert found == [
        ("base", 2, 2, 1700000000002, False, BASE),
        ("user", 1, 5, 1700000000001, True, USER),
        ("user", 2, 5, 1700000000003, False, USER),
    ]


def test_after_an_upgrade_no_id_or_number_is_given_out_again(old: Path) -> None:
    upgrade(str(old))
    store = SqliteStore(old)
    new = Content(Kind.AVRO, '"int"')
    added = store.write(lambda writing: writing.add("user", new)).result(10)
    store.close()
    assert (added.id, added.number) == (7, 4)


def test_after_an_upgrade_the_log_tells_what_is_there(old: Path) -> None:
    upgrade(str(old))
    store = SqliteStore(old)
    with store.read() as reading:
        entries = reading.log(0, 100)
        subject = reading.subject("user")
    store.close()
    assert [(each.action, each.subject) for each in entries] == [
        ("register", "user"),
        ("register", "base"),
        ("register", "user"),
        ("delete", "user"),
        ("set", ""),
        ("set", "base"),
        ("count", "user"),
        ("count", ""),
    ]
    assert subject is not None
    assert subject.seq == 7
    assert verified(str(old)).problems == ()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(old: Path) -> None:
    db = sqlite3.connect(old)
    db.execute("DROP TABLE setting")
    db.close()
    before = old.read_bytes()
    with pytest.raises(StoreError, match="setting"):
        upgrade(str(old))
    assert old.read_bytes() == before


def test_a_file_that_is_served_is_not_upgraded(old: Path) -> None:
    upgrade(str(old))
    store = SqliteStore(old)
    with pytest.raises(StoreError, match="stop it first"):
        upgrade(str(old))
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_after_an_upgrade_a_schema_is_found_however_it_is_spelt(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """Before it, a digest was that of the text with its keys in order."""
    database = str(request.getfixturevalue("path" if kind == "sqlite" else "dsn"))
    spelt, usual = '{"type":"fixed","name":"x.F","size":1}', '"size":1,"type":"fixed"}'
    store = open_store(database)
    for number in range(1001):  # more than are read at once
        content = Content(Kind.AVRO, spelt.replace("F", f"F{number}"))
        store.write(lambda w, content=content: w.add("s", content))
    store.write(lambda w: w.add("s", BASE)).result(30)
    store.close()
    db = sqlite3.connect(database) if kind == "sqlite" else psycopg.connect(database)
    db.execute("UPDATE content SET normal = 'of before'")
    db.execute(
        "PRAGMA user_version = 2"
        if kind == "sqlite"
        else "UPDATE lading_version SET version_num = '0001'"
    )
    db.commit()
    db.close()
    with pytest.raises(StoreError) as caught:
        open_store(database)
    assert "lading db upgrade" in str(caught.value)
    upgrade(database)
    store = open_store(database)
    registry = Registry(store)
    for number in (0, 1000):
        brought = Proposal(Kind.AVRO, f'{{"name":"F{number}","namespace":"x",{usual}')
        assert registry.lookup("s", brought).number == number + 1
    store.close()
    assert verified(database).problems == ()


# -- the tables are one thing ----------------------------------------------------------------------


def test_a_new_file_and_one_made_by_the_migrations_are_the_same(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "new.db").close()
    upgrade_sqlite(tmp_path / "migrated.db", 1)

    def made(name: str) -> list[tuple[str, ...]]:
        db = sqlite3.connect(tmp_path / name)
        query = "SELECT name, sql FROM sqlite_master WHERE tbl_name <> 'lading_version' ORDER BY 1"
        rows = [(table, " ".join((sql or "").split())) for table, sql in db.execute(query)]
        db.close()
        return rows

    assert made("new.db") == made("migrated.db")


def test_the_newest_migration_is_the_one_that_this_lading_works_with() -> None:
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD
    assert migrations.REVISIONS[tables.VERSION] == migrations.HEAD


def test_a_database_that_is_up_to_date_is_opened_without_alembic(dsn: str) -> None:
    code = (
        "import sys; from lading.registry.store.opening import open_store;"
        f"open_store({dsn!r}).close(); print('alembic' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    env = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=env,
        timeout=30,
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]


# -- the command -----------------------------------------------------------------------------------


def test_db_upgrade_says_what_it_did(old: Path, tmp_path: Path) -> None:
    first = lading("db", "upgrade", str(old), cwd=tmp_path)
    again = lading("db", "upgrade", str(old), cwd=tmp_path)
    assert (first.code, first.out) == (0, f"{old}: from version 1 to version 3.\n")
    assert (again.code, again.out) == (0, f"{old} is at version 3 already.\n")


def test_db_upgrade_makes_the_tables_of_an_empty_database(server: Server, tmp_path: Path) -> None:
    dsn = server.new()
    first = lading("db", "upgrade", dsn, cwd=tmp_path)
    again = lading("db", "upgrade", dsn, cwd=tmp_path)
    assert (first.code, first.out) == (0, f"{dsn}: from no tables to revision 0002.\n")
    assert (again.code, again.out) == (0, f"{dsn} is at revision 0002 already.\n")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_db_verify_names_what_was_altered(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A text that is another one, a version that nobody registered, a number that is gone."""
    database = str(request.getfixturevalue("path" if kind == "sqlite" else "dsn"))
    store = open_store(database)
    for name, text in (("a", '"int"'), ("a", '"long"'), ("b", '"int"'), ("c", '"bytes"')):
        content = Content(Kind.AVRO, text)
        store.write(lambda w, name=name, content=content: w.add(name, content)).result(10)
    store.close()
    whole = lading("db", "verify", database, cwd=tmp_path)
    db = sqlite3.connect(database) if kind == "sqlite" else psycopg.connect(database)
    db.execute("""UPDATE content SET body = '"null"' WHERE id = 2""")
    db.execute("INSERT INTO version VALUES ('b', 2, '.', 1, 0, 0, 0)")
    db.execute("DELETE FROM version WHERE subject = 'c'")
    db.commit()
    db.close()
    found = lading("db", "verify", database, cwd=tmp_path)
    assert (whole.code, whole.out) == (0, f"{database} is whole: 4 changes in its log.\n")
    assert found.code == 1
    assert found.out.splitlines() == [
        "b version 2 is not what the log says",
        "c version 1 is not what the log says",
        "id 2 of context . holds another text than was registered",
        "a content that no version holds: . 3",
        "a number that was never given out: b 2",
        f"5 problems in {database}.",
    ]


ALTERED = {
    "DELETE FROM reference": "what is noted of its reference to a version 1",
    "UPDATE reference SET version = 2": "what is noted of its reference to a version 1",
    "DELETE FROM setting": "the setting compatibility of everything is not",
    "UPDATE setting SET value = '\"NONE\"'": "the setting compatibility of everything is not",
    "INSERT INTO setting VALUES ('a', 'mode', '\"IMPORT\"')": "the setting mode of a is not",
    "DELETE FROM token": "is missing",
    'UPDATE token SET grants = \'[{"role":"admin"}]\'': "is not what the log says",
    "UPDATE token SET secret = 'a digest of another'": "is not what the log says",
    "UPDATE token SET expires = expires + 1": "is not what the log says",
    "UPDATE token SET made = made - 1": "is not what the log says",
    "INSERT INTO token SELECT 'a', secret, name, grants, made, expires, ended, used FROM token": (
        "token a was never made"
    ),
    "UPDATE version SET at = at + 1 WHERE subject = 'b'": "b version 1 is not what the log says",
    "UPDATE version SET seq = 1 WHERE subject = 'b'": "b version 1 is not what the log says",
    "UPDATE subject SET head = 0 WHERE name = 'a'": "a is not as the log left it",
    "UPDATE subject SET seq = 1 WHERE name = 'b'": "b is not as the log left it",
    "UPDATE subject SET bare = 'x' WHERE name = 'b'": "b is kept under another name",
    "UPDATE subject SET head = 9 WHERE name = 'a'": "a is not as the log left it",
    "UPDATE context SET last_id = 1": "context . would give out ids again",
    "UPDATE context SET last_id = 9": "context . has counted to id 9, and the log says 2",
    "INSERT INTO context VALUES ('.x', 1)": "context .x has counted to id 1, and the log says 0",
    "UPDATE search_state SET seq = 99": "the search is to know entry 99, and the log ends at 6",
    "UPDATE content SET guid = 'x' WHERE id = 2": "id 2 of context . is found by what it is not",
}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_db_verify_holds_everything_that_is_stored(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database = str(request.getfixturevalue("path" if kind == "sqlite" else "dsn"))
    store = open_store(database)
    refers = Content(Kind.AVRO, '"long"', (Reference("a", Subject("a"), 1),))
    for name, content in (("a", Content(Kind.AVRO, '"int"')), ("b", refers)):
        store.write(lambda w, name=name, content=content: w.add(name, content)).result(10)
    store.write(lambda w: w.set("", "compatibility", '"FULL"')).result(10)
    store.write(lambda w: w.set("a", "mode", '"READONLY"')).result(10)
    store.write(lambda w: w.set("a", "mode", None)).result(10)
    token, _ = tokens.create(store, "ci", [grant_of({"role": "reader"})])
    store.write(lambda w: w.touch_token(token.id, 1)).result(10)
    store.close()
    assert verified(database).problems == ()
    assert verified(database).unknown == ()
    for statement, problem in ALTERED.items():
        db = sqlite3.connect(database) if kind == "sqlite" else psycopg.connect(database)
        rows = (
            "reference",
            "setting",
            "token",
            "version",
            "subject",
            "content",
            "context",
            "search_state",
        )
        before = {each: db.execute(f"SELECT * FROM {each}").fetchall() for each in rows}
        db.execute(statement)
        db.commit()
        found = lading("db", "verify", database, cwd=tmp_path)
        assert found.code == 1, statement
        assert problem in found.out, statement
        mark = "?" if kind == "sqlite" else "%s"
        for each in rows:
            db.execute(f"DELETE FROM {each}")
        for each in reversed(rows):
            for row in before[each]:
                db.execute(f"INSERT INTO {each} VALUES ({', '.join([mark] * len(row))})", row)
        db.commit()
        db.close()
    assert verified(database).problems == ()


def test_db_verify_says_what_an_older_log_does_not_tell(path: Path, tmp_path: Path) -> None:
    store = SqliteStore(path)
    tokens.create(store, "ci", [grant_of({"role": "reader"})])
    with store.read() as reading:
        (old,) = reading.tokens()
    said = {"ended": None, "expires": old.expires, "grants": json.loads(old.grants), "name": "ci"}
    store.write(lambda w: w.note(Action.TOKEN, old.id, payload(**said))).result(10)
    store.close()
    found = lading("db", "verify", str(path), cwd=tmp_path)
    assert found.code == 0
    assert "1 of 1 tokens are of an older lading" in found.out


@pytest.mark.parametrize("action", ["upgrade", "verify"])
def test_what_is_no_registry_is_wrong_usage(action: str, path: Path, tmp_path: Path) -> None:
    missing = lading("db", action, str(path), cwd=tmp_path)
    path.write_text("a letter to somebody" * 100)
    other = lading("db", action, str(path), cwd=tmp_path)
    secret = lading("db", action, "postgresql://u:hunter2@h/d", cwd=tmp_path)
    assert [missing.code, other.code, secret.code] == [2, 2, 2]
    assert "is not there" in missing.err
    assert "not a database" in other.err
    assert "PGPASSWORD" in secret.err
    assert "hunter2" not in secret.err
