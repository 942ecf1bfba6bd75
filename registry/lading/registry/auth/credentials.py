"""From an ``Authorization`` header to who is calling, in the same time whatever is wrong with it.

A token comes as ``Bearer``, or in the Basic scheme of Confluent's clients: the password is the
whole token, or the user is its id and the password its secret.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from lading.registry.auth import tokens
from lading.registry.auth.grants import Caller, Grants
from lading.registry.errors import AccessError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.registry.auth.access import Access
    from lading.registry.auth.oidc import Verifier
    from lading.registry.store import Store, Token

MINUTE: Final = 60_000
"""Milliseconds between two notes that a token is in use."""
WAIT: Final = 6.0
"""Seconds that a caller waits for the keys of the identity provider, while they are fetched."""
_LONGEST: Final = 20 * 1024
_NOBODY: Final = tokens.digest("")
"""What the secret of an unknown token is compared with."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What a header brings: the parts of a token, or a text that may be a JWT."""

    pair: tuple[str, str] | None = None
    jwt: str = ""


def presented(header: str) -> Presented | None:
    """Read a header; nothing where it is none of ours."""
    scheme, _, rest = header.partition(" ")
    rest = rest.strip()
    if not rest or len(rest) > _LONGEST:
        return None
    if scheme.lower() == "bearer":
        return Presented(tokens.split(rest)) if rest.startswith("lad_") else Presented(jwt=rest)
    return _basic(rest) if scheme.lower() == "basic" else None


def _basic(text: str) -> Presented | None:
    try:
        user, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if not colon:
        return None
    return Presented(tokens.split(password) or tokens.paired(user, password))


class Known:
    """The tokens of a store, at hand until one of them changes."""

    def __init__(
        self, store: Store, access: Access, *, clock: Callable[[], int] = tokens.now
    ) -> None:
        self._store = store
        self._access = access
        self._clock = clock
        self.epoch = -1
        """`Head.epoch` as of which they were read."""
        self._tokens: Mapping[str, tuple[Token, Caller]] = {}
        self._noted: dict[str, int] = {}

    @property
    def is_current(self) -> bool:
        """Whether nothing has changed since they were read."""
        return self.epoch == self._store.end().epoch

    def read(self) -> None:
        """Read all of them: a change to a token is a new epoch of the log."""
        epoch = self._store.end().epoch
        with self._store.read() as reading:
            found = reading.tokens()
        self._tokens = {each.id: (each, self._caller(each)) for each in found}
        self.epoch = epoch

    def caller(self, token_id: str, secret: str) -> Caller | None:
        """Whose token it is; nothing where it is unknown, wrong, over or ended."""
        token, caller = self._tokens.get(token_id, (None, None))
        said = tokens.digest(secret)
        right = hmac.compare_digest(said, token.secret if token else _NOBODY)
        now = self._clock()
        if token is None or not right or not tokens.is_good(token, now):
            return None
        self._note(token, now)
        return caller

    def _caller(self, token: Token) -> Caller:
        name = f"token:{token.name}"
        try:
            own = tokens.grants_of(token)
        except (AccessError, ValueError, TypeError, AttributeError):  # of another version of lading
            return Caller(name, Grants())
        return Caller(name, self._access.of([name], own))

    def _note(self, token: Token, now: int) -> None:
        """Have the store note it some time: nobody waits for that, and nobody minds if it fails."""
        if now - self._noted.get(token.id, token.used or 0) < MINUTE:
            return
        self._noted[token.id] = now
        with suppress(StoreError):
            self._store.write(lambda writing: writing.touch_token(token.id, now))


class Who:
    """Says who is calling."""

    def __init__(self, known: Known, access: Access, verifier: Verifier | None = None) -> None:
        self.known = known
        self._access = access
        self._verifier = verifier

    async def caller(self, header: str) -> Caller | None:
        """Who sends this header; nothing where it is not good, for whatever reason."""
        found = presented(header)
        if found is None:
            return None
        if found.pair is not None:
            if not self.known.is_current:
                await run_in_threadpool(self.known.read)
            return self.known.caller(*found.pair)
        if self._verifier is None or not found.jwt:
            return None
        return await self._somebody(self._verifier, found.jwt)

    async def _somebody(self, verifier: Verifier, text: str) -> Caller | None:
        fetch = verifier.asked(text)
        if fetch is not None:
            await asyncio.wait([asyncio.wrap_future(fetch)], timeout=WAIT)
        somebody = verifier.verified(text)
        if somebody is None:
            return None
        name = f"oidc:{somebody.name}"
        groups = (f"group:{each}" for each in somebody.groups)
        return Caller(name, self._access.of([name, *groups]))
