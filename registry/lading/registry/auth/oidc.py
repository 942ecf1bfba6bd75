"""Tokens of an identity provider: JWTs (RFC 7519), checked as RFC 8725 says.

What a token claims about its own key is never believed: only keys of the configured set count, only
with algorithms whose key the provider alone has. The set is fetched over https, kept for ten
minutes, and fetched again for a key that is not in it, though not for everybody who makes one up.
While the provider is down the keys that were there stay good for a day. Whoever comes while it is
fetched waits for that; without any keys it is not known who is calling, which is nobody's fault.
"""

from __future__ import annotations

import time
import urllib.request
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import unquote, urlsplit

import jwt
import orjson

from lading.registry.auth.credentials import WAIT
from lading.registry.errors import AccessError, ProviderDown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
LEEWAY: Final = 60
"""Seconds that clocks may differ."""
FRESH: Final = 600.0
"""Seconds for which a set of keys is not asked for again."""
PAUSE: Final = 30.0
"""Seconds between two attempts to fetch it, whoever names unknown keys."""
RETRY: Final = 1.0
"""The same while there are no keys at all: nobody is let in until there are."""
STALE: Final = 24 * 3600.0
"""Seconds for which old keys are good while there are no new ones."""
LONGEST: Final = 16 * 1024
"""Characters of a token."""
_LARGEST: Final = 1024 * 1024
"""Bytes of a set of keys."""
_REFUSED: Final = frozenset({"crit", "jku", "jwk", "x5c", "x5u"})
"""Headers by which a token brings a key of its own, or asks for what is not done here."""
_TYPES: Final = frozenset({"", "jwt", "at+jwt", "application/jwt", "application/at+jwt"})
_WEAK_RSA: Final = 2048
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Oidc:
    """One identity provider."""

    issuer: str
    audience: str
    jwks: str
    """Where its keys are: an ``https:`` address, or a ``file:`` for tests."""
    name: str = "sub"
    """The claim that says who somebody is."""
    groups: str = "groups"
    """The claim that says what they belong to: a list, or words; dots lead into objects."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """Of whom a token speaks."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys that a provider had at one moment, by ``kid``."""

    keys: Mapping[str, jwt.PyJWK] = field(default_factory=dict)
    at: float = float("-inf")


class Keys:
    """The keys of a provider, fetched once for all who need them. Safe between threads."""

    def __init__(
        self, fetch: Callable[[], bytes], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._set = KeySet()
        self._tried = float("-inf")
        self._lock = Lock()
        self._under_way: Future[None] | None = None

    def find(self, kid: str) -> jwt.PyJWK | None:
        """A key, from the provider when there is need to: that is waited for. Raises as `held`."""
        fetch = self.asked(kid)
        if fetch is not None:
            wait((fetch,), timeout=WAIT)
        return self.held(kid)

    def asked(self, kid: str) -> Future[None] | None:
        """The fetch to wait for before it can be said which key that is; often there is none."""
        with self._lock:
            now = self._clock()
            age = now - self._set.at
            known = kid in self._set.keys and age < STALE
            if known and age < FRESH:
                return None
            if self._under_way is None and now - self._tried >= (PAUSE if age < STALE else RETRY):
                self._tried = now
                self._under_way = Future()
                Thread(target=self._refresh, name="lading-keys", daemon=True).start()
            return None if known else self._under_way

    def held(self, kid: str) -> jwt.PyJWK | None:
        """A key that is at hand; nothing where the provider has none of that name.

        Raises:
            ProviderDown: it has not said which keys it has.
        """
        with self._lock:
            found = self._set.keys if self._clock() - self._set.at < STALE else {}
            if kid not in found and (not found or self._under_way is not None):
                raise ProviderDown
            return found.get(kid)

    def _refresh(self) -> None:
        found = None
        with suppress(Exception):  # whatever it answers: the old ones stay
            found = KeySet(dict(_usable(self._fetch())), self._clock())
        with self._lock:
            self._set = found or self._set
            told, self._under_way = self._under_way, None
        if told is not None:
            told.set_result(None)


class Verifier:
    """Says of whom a token speaks, if it is good."""

    def __init__(self, oidc: Oidc, keys: Keys | None = None) -> None:
        self._oidc = oidc
        self.keys = keys or Keys(fetcher(oidc.jwks))

    def asked(self, text: str) -> Future[None] | None:
        """What to wait for, no longer than `WAIT`, before it is `verified`; often nothing."""
        header = _header(text)
        return None if header is None else self.keys.asked(header["kid"])

    def verified(self, text: str) -> Somebody | None:
        """Of whom the token speaks; nothing where it is not good, for whatever reason.

        Raises:
            ProviderDown: it is not known by which keys to tell.
        """
        header = _header(text)
        if header is None or (key := self.keys.held(header["kid"])) is None:
            return None
        if not _fits(key, header["alg"]):
            return None
        try:
            claims = jwt.decode(
                text,
                key.key,
                algorithms=[header["alg"]],
                audience=self._oidc.audience,
                issuer=self._oidc.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"], "strict_aud": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        return _somebody(claims, self._oidc)


class _Opener(Protocol):
    def open(self, url: str, *, timeout: float) -> Any:
        """As `urllib.request.OpenerDirector.open`."""


def fetcher(place: str) -> Callable[[], bytes]:
    """How the set of keys at a place is fetched.

    Raises:
        AccessError: not over https, so somebody in between could put their own key in.
    """
    parts = urlsplit(place)
    if parts.scheme == "file":
        return Path(unquote(parts.path)).read_bytes
    if parts.scheme != "https" or not parts.hostname:
        raise AccessError(
            f"'{place[:80]}' is not where keys are fetched from", hint="an https:// address"
        )
    opener: _Opener = urllib.request.build_opener(_NoRedirect())

    def fetch() -> bytes:
        with opener.open(place, timeout=5) as response:
            data: bytes = response.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ValueError("too many keys")
        return data

    return fetch


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The keys are where the settings say, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _usable(data: bytes) -> Iterator[tuple[str, jwt.PyJWK]]:
    """The keys that check signatures with an algorithm of ours; others are left out."""
    said = orjson.loads(data)
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no set of keys")  # noqa: TRY004 - wrong data, no mistake of a caller
    for each in listed:
        if not isinstance(each, dict) or not isinstance(each.get("kid"), str):
            continue
        if each.get("use", "sig") != "sig" or each.get("kty") not in {"RSA", "EC", "OKP"}:
            continue
        with suppress(jwt.PyJWTError, ValueError, TypeError, KeyError):
            yield each["kid"], jwt.PyJWK(each, algorithm=each.get("alg") or _usual(each))


def _usual(key: Mapping[str, Any]) -> str:
    return {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}[key["kty"]]


def _fits(key: jwt.PyJWK, algorithm: str) -> bool:
    """Whether a key is for an algorithm: RSA keys that say nothing are for both of ours."""
    data: Mapping[str, Any] = key._jwk_data  # noqa: SLF001 - it has no other door to these
    if data.get("alg", algorithm) != algorithm:
        return False
    if data["kty"] == "RSA":
        return algorithm in {"RS256", "PS256"} and key.key.key_size >= _WEAK_RSA
    curve = data.get("crv")
    return (algorithm, curve) in {("ES256", "P-256"), ("EdDSA", "Ed25519"), ("EdDSA", "Ed448")}


def _header(text: str) -> dict[str, str] | None:
    """``alg`` and ``kid`` of a token whose header asks for nothing that is not done."""
    if len(text) > LONGEST:
        return None
    try:
        header: dict[str, Any] = jwt.get_unverified_header(text)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    kid, type_ = header.get("kid"), header.get("typ", "")
    if header.get("alg") not in ALGORITHMS or _REFUSED & set(header):
        return None
    if not isinstance(kid, str) or not isinstance(type_, str) or type_.lower() not in _TYPES:
        return None
    return {"alg": header["alg"], "kid": kid}


def _somebody(claims: Mapping[str, Any], oidc: Oidc) -> Somebody | None:
    name = _claim(claims, oidc.name)
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        return None
    found = _claim(claims, oidc.groups)
    listed = found.split() if isinstance(found, str) else found
    groups = listed if isinstance(listed, list) else []
    return Somebody(name, tuple(each for each in groups if isinstance(each, str)))


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """A claim by its name, else by the steps that lead to it: names may have dots themselves."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found
