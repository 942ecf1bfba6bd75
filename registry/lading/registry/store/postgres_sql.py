"""The SQL that only PostgreSQL has: appending many judged versions in one round trip.

A function that is changed gets a new name in a new migration, and the old one goes one release
later: while replicas are replaced one by one, both are asked for.
"""

from __future__ import annotations

from typing import Final

APPEND: Final = """
SELECT * FROM lading_append_1(
  %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
  %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
"""
"""The columns of the items, one array each. A row for each item in order: whether something has
moved (then nothing was done), id, number, at, and where the log ends after it."""

LOCK: Final = """
SELECT seq, epoch, digest, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
FROM head FOR UPDATE
"""
"""Where the log ends, until the commit; and the time, which is the database's for all replicas."""

# `context || ''`: the plan is kept, and made while the tables are empty, when every index that
# begins with the context looks as good as that of the identity. So none of them may be an option.
FUNCTIONS: Final = """
CREATE FUNCTION lading_append_1(
  subjects text[], contexts text[], bares text[], seqs bigint[], epochs bigint[], by_ text[],
  identities text[], words text[], normals text[], guids text[], kinds text[], bodies text[],
  refs text[], metadatas text[], rulesets text[]
) RETURNS TABLE (
  o_moved boolean, o_id integer, o_number integer, o_at bigint, o_seq bigint, o_epoch bigint,
  o_digest text
) LANGUAGE plpgsql AS $lading$
DECLARE
  item record;
  known bigint;
  details text;
BEGIN
  SELECT h.seq, h.epoch, h.digest INTO o_seq, o_epoch, o_digest FROM head h FOR UPDATE;
  o_at := floor(extract(epoch FROM clock_timestamp()) * 1000);
  FOR item IN
    SELECT * FROM unnest(
      subjects, contexts, bares, seqs, epochs, by_, identities, words, normals, guids, kinds,
      bodies, refs, metadatas, rulesets
    ) AS i (subject, context, bare, seq, epoch, who, identity, words, normal, guid, kind, body,
      refs, metadata, rules)
  LOOP
    SELECT s.seq INTO known FROM subject s WHERE s.name = item.subject;
    o_moved := coalesce(known, 0) <> item.seq OR o_epoch <> item.epoch;
    IF NOT o_moved THEN
      SELECT c.id INTO o_id FROM content c
      WHERE c.identity = item.identity AND c.context || '' = item.context ORDER BY c.id LIMIT 1;
      IF NOT FOUND THEN
        INSERT INTO context AS x (name, last_id) VALUES (item.context, 1)
        ON CONFLICT (name) DO UPDATE SET last_id = x.last_id + 1 RETURNING x.last_id INTO o_id;
        INSERT INTO content (context, id, identity, words, normal, guid, kind, body, refs,
          metadata, rules)
        VALUES (item.context, o_id, item.identity, item.words, item.normal, item.guid, item.kind,
          item.body, item.refs, item.metadata, item.rules);
        IF item.refs <> '[]' THEN
          INSERT INTO reference (context, content, subject, version)
          SELECT item.context, o_id,
            CASE WHEN item.context = '.' OR left(r ->> 1, 1) = ':' THEN r ->> 1
                 ELSE ':' || item.context || ':' || (r ->> 1) END,
            (r ->> 2)::integer
          FROM json_array_elements(item.refs::json) AS r
          ON CONFLICT DO NOTHING;
        END IF;
      END IF;
      o_seq := o_seq + 1;
      INSERT INTO subject AS s (name, context, bare, head, seq)
      VALUES (item.subject, item.context, item.bare, 1, o_seq)
      ON CONFLICT (name) DO UPDATE SET head = s.head + 1, seq = o_seq
      RETURNING s.head INTO o_number;
      INSERT INTO version (subject, number, context, content, at, deleted, seq)
      VALUES (item.subject, o_number, item.context, o_id, o_at, 0, o_seq);
      details := '{"id":' || o_id || ',"identity":"' || item.identity || '","version":'
        || o_number || '}';
      o_digest := encode(sha256(convert_to(
        concat_ws(E'\\n', o_digest, o_seq, o_at, item.who, 'register', item.subject, details),
        'UTF8')), 'hex');
      INSERT INTO log (seq, at, who, action, subject, payload, digest)
      VALUES (o_seq, o_at, item.who, 'register', item.subject, details, o_digest);
    END IF;
    RETURN NEXT;
  END LOOP;
  UPDATE head SET seq = o_seq, digest = o_digest WHERE seq <> o_seq;
END
$lading$;
"""
