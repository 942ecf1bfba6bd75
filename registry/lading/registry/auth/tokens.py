"""Tokens: ``lad_<id>_<secret>``, of which only a digest of the secret is kept.

The secret has 256 random bits, so a plain SHA-256 is enough and takes a microsecond: nobody can
try them out, and nobody can keep the registry busy with checking. The beginning makes a token that
was committed by mistake easy to find.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lading.registry.auth.grants import MOST, Grant, Grants, grant_of, written
from lading.registry.errors import AccessError, TokenNotFound
from lading.registry.store.records import Token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lading.registry.store import Store, Writing

DAYS: Final = 365
"""For how long a token is good when nobody says otherwise."""
MOST_DAYS: Final = 3660
OVERLAP: Final = 7
"""Days in which a token and its successor are both good."""
DAY: Final = 24 * 60 * 60 * 1000
"""Milliseconds."""
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_TOKEN: Final = re.compile(r"lad_([a-z2-7]{8})_([A-Za-z0-9_-]{43})", re.ASCII)
_ID: Final = re.compile(r"(?:lad_)?([a-z2-7]{8})", re.ASCII)
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}", re.ASCII)


def split(text: str) -> tuple[str, str] | None:
    """(id, secret) of a whole token."""
    found = _TOKEN.fullmatch(text)
    return (found[1], found[2]) if found else None


def paired(token_id: str, secret: str) -> tuple[str, str] | None:
    """The same from an id and a secret that come apart."""
    found = _ID.fullmatch(token_id)
    return (found[1], secret) if found and _SECRET.fullmatch(secret) else None


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def create(
    store: Store, name: str, grants: Sequence[Grant], *, days: int = DAYS, by: str = ""
) -> tuple[Token, str]:
    """Make a token; its text is told here and never again.

    Raises:
        AccessError: nobody may be called so, or the days are none.
    """
    if not _NAME.fullmatch(name):
        raise AccessError(
            f"'{name[:40]}' is not a name for a token", hint="letters, digits and . _ @ - after one"
        )
    if not grants:
        raise AccessError("a token without grants may do nothing", hint="give it a role")
    if len(grants) > MOST:
        raise AccessError(f"a token has at most {MOST} grants")
    text = json.dumps([written(each) for each in grants], separators=(",", ":"))
    token, shown = _made(name, text, days)
    store.write(lambda writing: writing.put_token(token), by=by).result()
    return token, shown


def rotate(
    store: Store, token_id: str, *, days: int = DAYS, overlap: int = OVERLAP, by: str = ""
) -> tuple[Token, str]:
    """Make a successor that may do the same, and end the old one after `overlap` days.

    Raises:
        AccessError: the old one is no good any more, or the days are none.
        TokenNotFound: there is none with this id.
    """
    if not 0 <= overlap <= MOST_DAYS:
        raise AccessError(f"an overlap is 0 to {MOST_DAYS} days")

    def work(writing: Writing) -> tuple[Token, str]:
        old, moment = _token(writing, token_id), now()
        if not is_good(old, moment):
            raise AccessError(
                f"token {old.id} is no good any more", hint="make a new one instead of a successor"
            )
        successor = _made(old.name, old.grants, days)
        writing.put_token(successor[0])
        until = moment + overlap * DAY
        writing.put_token(replace(old, ended=min(until, old.expires, old.ended or until)))
        return successor

    return store.write(work, by=by).result()


def end(store: Store, token_id: str, *, by: str = "") -> Token:
    """End a token now; ending it twice changes nothing.

    Raises:
        TokenNotFound: there is none with this id.
    """

    def work(writing: Writing) -> Token:
        old, moment = _token(writing, token_id), now()
        if not is_good(old, moment):
            return old
        ended = replace(old, ended=moment)
        writing.put_token(ended)
        return ended

    return store.write(work, by=by).result()


def is_good(token: Token, moment: int) -> bool:
    """Whether it opens anything at this moment."""
    return moment < min(token.expires, token.expires if token.ended is None else token.ended)


def grants_of(token: Token) -> Grants:
    """What is written in a token."""
    return Grants(tuple(grant_of(each) for each in json.loads(token.grants)))


def shown(token: Token, moment: int) -> dict[str, Any]:
    """A token as it may be shown: everything but the digest."""
    return {
        "id": token.id,
        "name": token.name,
        "grants": json.loads(token.grants),
        "made": token.made,
        "expires": token.expires,
        "good": is_good(token, moment),
        **({"ended": token.ended} if token.ended is not None else {}),
        **({"used": token.used} if token.used is not None else {}),
    }


class Desk:
    """The same as a client has it, on a store: grants and tokens as they are written in JSON."""

    def __init__(self, store: Store, *, by: str = "") -> None:
        self._store = store
        self._by = by

    def tokens(self) -> list[dict[str, Any]]:
        """All of them, oldest first."""
        moment = now()
        with self._store.read() as reading:
            return [shown(each, moment) for each in reading.tokens()]

    def create_token(
        self, name: str, grants: Sequence[Mapping[str, Any]], *, days: int = DAYS
    ) -> dict[str, Any]:
        """As `create`; ``token`` is its text."""
        found = [grant_of(each) for each in grants]
        return _told(*create(self._store, name, found, days=days, by=self._by))

    def rotate_token(
        self, token_id: str, *, days: int = DAYS, overlap: int = OVERLAP
    ) -> dict[str, Any]:
        """As `rotate`; ``token`` is the text of the successor."""
        return _told(*rotate(self._store, token_id, days=days, overlap=overlap, by=self._by))

    def end_token(self, token_id: str) -> dict[str, Any]:
        """As `end`."""
        return shown(end(self._store, token_id, by=self._by), now())


def _told(token: Token, text: str) -> dict[str, Any]:
    return {**shown(token, now()), "token": text}


def _made(name: str, grants: str, days: int) -> tuple[Token, str]:
    if not 0 < days <= MOST_DAYS:
        raise AccessError(f"a token is good for 1 to {MOST_DAYS} days, not {days}")
    token_id = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    made = now()
    token = Token(token_id, digest(secret), name, grants, made, made + days * DAY)
    return token, f"lad_{token_id}_{secret}"


def _token(writing: Writing, token_id: str) -> Token:
    found = _ID.fullmatch(token_id)
    token = writing.token(found[1]) if found else None
    if token is None:
        raise TokenNotFound(token_id)
    return token
