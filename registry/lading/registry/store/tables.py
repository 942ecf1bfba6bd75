"""The tables, for SQLite and PostgreSQL alike; what a dialect says otherwise is filled in.

A name is full (``:.context:subject``, `registry.names`). Ids are counted per context and never
given out again, numbers per subject. The one row of ``head`` is where the log ends: whoever changes
anything holds it until the commit, so that the order of the log is the order of commits. Digests
come first in their indexes: a planner that knows nothing yet of a new table cannot choose wrongly.
"""

from __future__ import annotations

from typing import Final

from lading.registry.store import searching
from lading.registry.store.audit import FIRST

VERSION: Final = 3
"""Of the tables. `lading.registry.store.migrations` leads from the one before."""

_TABLES: Final = """
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 0),
  seq {long} NOT NULL,
  epoch {long} NOT NULL,
  digest TEXT NOT NULL
);
INSERT INTO head (one, seq, epoch, digest) VALUES (0, 0, 0, '{first}');
CREATE TABLE log (
  seq {long} PRIMARY KEY,
  at {long} NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT {plain} NOT NULL,
  payload TEXT NOT NULL,
  digest TEXT NOT NULL
);
CREATE TABLE context (
  name TEXT {plain} PRIMARY KEY,
  last_id INTEGER NOT NULL
){compact};
CREATE TABLE content (
  context TEXT {plain} NOT NULL REFERENCES context (name),
  id INTEGER NOT NULL,
  identity TEXT NOT NULL,
  words TEXT NOT NULL,
  normal TEXT NOT NULL,
  guid TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  refs TEXT NOT NULL,
  metadata TEXT,
  rules TEXT,
  PRIMARY KEY (context, id)
);
CREATE INDEX content_identity ON content (identity, context, id);
CREATE INDEX content_words ON content (words, context);
CREATE INDEX content_normal ON content (normal, context);
CREATE INDEX content_guid ON content (guid);
CREATE TABLE subject (
  name TEXT {plain} PRIMARY KEY,
  context TEXT {plain} NOT NULL,
  bare TEXT {plain} NOT NULL,
  head INTEGER NOT NULL,
  seq {long} NOT NULL
){compact};
CREATE UNIQUE INDEX subject_bare ON subject (context, bare);
CREATE TABLE version (
  subject TEXT {plain} NOT NULL REFERENCES subject (name),
  number INTEGER NOT NULL,
  context TEXT {plain} NOT NULL,
  content INTEGER NOT NULL,
  at {long} NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  seq {long} NOT NULL,
  PRIMARY KEY (subject, number),
  FOREIGN KEY (context, content) REFERENCES content (context, id)
){compact};
CREATE INDEX version_content ON version (context, content);
CREATE TABLE reference (
  context TEXT {plain} NOT NULL,
  content INTEGER NOT NULL,
  subject TEXT {plain} NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (subject, version, context, content),
  FOREIGN KEY (context, content) REFERENCES content (context, id) ON DELETE CASCADE
){compact};
CREATE INDEX reference_content ON reference (context, content);
CREATE TABLE setting (
  scope TEXT {plain} NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (scope, name)
){compact};
CREATE TABLE token (
  id TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  name TEXT NOT NULL,
  grants TEXT NOT NULL,
  made {long} NOT NULL,
  expires {long} NOT NULL,
  ended {long},
  used {long}
);
"""

SQLITE: Final = searching.SQLITE + _TABLES.format(
    first=FIRST, long="INTEGER", plain="", compact=" WITHOUT ROWID"
)
POSTGRESQL: Final = searching.POSTGRESQL + _TABLES.format(
    first=FIRST, long="BIGINT", plain='COLLATE "C"', compact=""
)
"""Collation ``C``: names are ordered and compared as bytes, as SQLite does."""
PORTABLE: Final = _TABLES.format(first=FIRST, long="BIGINT", plain="", compact="")
"""Any database takes these: they say which columns there are, and which hold large numbers."""
