"""Tokens are kept, and every change to one is in the log; its secret is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.registry.store import Action, Token

if TYPE_CHECKING:
    from lading.registry.store import SqliteStore

TOKEN = Token("abcd2345", "5ec2e7" * 10, "wms-ci", '[{"role":"reader"}]', 1000, 2000)


def test_a_token_is_kept_as_it_was_put(store: SqliteStore) -> None:
    store.write(lambda writing: writing.put_token(TOKEN)).result()
    store.write(lambda writing: writing.put_token(replace(TOKEN, ended=1500))).result()
    with store.read() as reading:
        assert reading.token(TOKEN.id) == replace(TOKEN, ended=1500)
        assert reading.tokens() == [replace(TOKEN, ended=1500)]
        assert reading.token("unknown1") is None


def test_the_log_says_who_put_it_and_never_the_secret(store: SqliteStore) -> None:
    store.write(lambda writing: writing.put_token(TOKEN), by="token:admin").result()
    with store.read() as reading:
        (entry,) = reading.log(0, 10)
    assert (entry.action, entry.subject, entry.by) == (Action.TOKEN, TOKEN.id, "token:admin")
    assert entry.detail["name"] == "wms-ci"
    assert TOKEN.secret not in entry.payload


def test_use_is_noted_without_a_line_in_the_log(store: SqliteStore) -> None:
    store.write(lambda writing: writing.put_token(TOKEN)).result()
    before = store.end()
    store.write(lambda writing: writing.touch_token(TOKEN.id, 1234)).result()
    with store.read() as reading:
        assert reading.token(TOKEN.id) == replace(TOKEN, used=1234)
    assert store.end() == before
