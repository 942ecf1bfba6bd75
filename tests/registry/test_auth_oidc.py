"""Tokens of an identity provider: good ones are let in, forged ones never."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from lading.registry.auth.access import Access, access_of
from lading.registry.auth.oidc import FRESH, PAUSE, RETRY, STALE, Keys, Oidc, fetcher
from lading.registry.errors import AccessError, ProviderDown
from lading.registry.http import create_app
from lading.registry.settings import Auth, Settings
from registry.doors import Door, _asked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lading.registry.store import SqliteStore

ISSUER = "https://id.example.com/realms/logistics"
RSA = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
WEAK = rsa.generate_private_key(65537, 1024)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


def jwk(key: Any, kid: str, kind: Any, **more: str) -> dict[str, Any]:
    return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}


RSA_, EC_, OKP_ = (
    jwt.algorithms.RSAAlgorithm,
    jwt.algorithms.ECAlgorithm,
    jwt.algorithms.OKPAlgorithm,
)
KEYS = [
    jwk(RSA, "rsa", RSA_),
    jwk(RSA, "rs256-only", RSA_, alg="RS256"),
    jwk(RSA, "for-encryption", RSA_, use="enc"),
    jwk(WEAK, "weak", RSA_),
    jwk(EC, "ec", EC_),
    jwk(ED, "ed", OKP_),
    {"kty": "oct", "kid": "shared", "k": base64.urlsafe_b64encode(b"x" * 64).decode()},
    {"kty": "RSA", "kid": "broken", "n": "AA"},
    "not a key",
]


@pytest.fixture
def door(sqlite_store: SqliteStore, tmp_path: Path) -> Door:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": KEYS}))
    access = access_of(
        {
            "oidc": {
                "issuer": ISSUER,
                "audience": "lading",
                "jwks": path.as_uri(),
                "groups": "realm_access.roles",
            },
            "grants": [
                {"to": "group:wms", "role": "writer", "on": ["own.*"]},
                {"to": "oidc:root", "role": "admin"},
            ],
        }
    )
    return Door(sqlite_store, auth=Auth.OIDC, access=access)


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {"iss": ISSUER, "aud": "lading", "sub": "alice", "iat": now, "exp": now + 300}
    found = {**said, "realm_access": {"roles": ["wms"]}, **more}
    return {key: value for key, value in found.items() if value is not None}


def signed(
    key: Any = RSA,
    algorithm: str = "RS256",
    kid: str | None = "rsa",
    *,
    about: Any = None,
    **headers: Any,
) -> str:
    found = {**({"kid": kid} if kid is not None else {}), **headers}
    return jwt.encode(about or claims(), key, algorithm, headers=found)


def part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_public_key_as_secret() -> str:
    """The oldest trick: HS256 with what everybody knows."""
    public = RSA.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{part(claims())}"
    return f"{head}.{part(hmac.new(public, head.encode(), hashlib.sha256).digest())}"


def tampered(text: str, **more: Any) -> str:
    head, _, signature = text.split(".")
    return f"{head}.{part(claims(**more))}.{signature}"


NOW = int(time.time())
OWN_KEY = RSA_.to_jwk(OTHER.public_key(), as_dict=True)
GOOD: dict[str, Callable[[], str]] = {
    "RS256": signed,
    "PS256": lambda: signed(algorithm="PS256"),
    "ES256": lambda: signed(EC, "ES256", "ec"),
    "EdDSA": lambda: signed(ED, "EdDSA", "ed"),
    "one of several audiences": lambda: signed(about=claims(aud=["other", "lading"])),
    "an access token": lambda: signed(typ="at+jwt"),
    "a clock 50 s behind": lambda: signed(about=claims(exp=int(time.time()) - 50)),
    "a clock 50 s ahead": lambda: signed(about=claims(nbf=int(time.time()) + 50)),
}
FORGED: dict[str, Callable[[], str]] = {
    "no signature": lambda: f"{part({'alg': 'none', 'kid': 'rsa'})}.{part(claims())}.",
    "alg none in capitals": lambda: f"{part({'alg': 'NONE', 'kid': 'rsa'})}.{part(claims())}.",
    "alg nOnE": lambda: f"{part({'alg': 'nOnE', 'kid': 'rsa'})}.{part(claims())}.",
    "no algorithm": lambda: f"{part({'kid': 'rsa'})}.{part(claims())}.{part(b'x')}",
    "the public key as a secret": with_public_key_as_secret,
    "a shared secret": lambda: signed(b"x" * 64, "HS256", "shared"),
    "RS512": lambda: signed(algorithm="RS512"),
    "PS256 with a key for RS256": lambda: signed(algorithm="PS256", kid="rs256-only"),
    "a key for encryption": lambda: signed(kid="for-encryption"),
    "a weak key": lambda: signed(WEAK, kid="weak"),
    "somebody else's key": lambda: signed(OTHER),
    "another kind of key": lambda: signed(EC, "ES256", "rsa"),
    "no kid": lambda: signed(kid=None),
    "an unknown kid": lambda: signed(kid="unknown"),
    "a kid that is a path": lambda: signed(OTHER, kid="../../../../dev/null"),
    "a kid that is a query": lambda: signed(OTHER, kid="rsa' OR '1'='1"),
    "a kid that is none": lambda: (
        f"{part({'alg': 'RS256', 'kid': 1})}.{part(claims())}.{part(b'x')}"
    ),
    "a key it brings": lambda: signed(OTHER, jwk=OWN_KEY),
    "a key it brings beside a good signature": lambda: signed(jwk=OWN_KEY),
    "a place for keys": lambda: signed(jku="https://evil.example.com/keys"),
    "a certificate": lambda: signed(x5c=["MII"]),
    "a place for certificates": lambda: signed(x5u="https://evil.example.com/cert"),
    "something critical": lambda: signed(crit=["exp"], exp=1),
    "another type": lambda: signed(typ="logout+jwt"),
    "a type that is none": lambda: (
        f"{part({'alg': 'RS256', 'kid': 'rsa', 'typ': 1})}.e30.{part(b'x')}"
    ),
    "another issuer": lambda: signed(about=claims(iss="https://id.example.com/realms/other")),
    "an issuer with more": lambda: signed(about=claims(iss=ISSUER + "/")),
    "no issuer": lambda: signed(about=claims(iss=None)),
    "another audience": lambda: signed(about=claims(aud="other")),
    "no audience": lambda: signed(about=claims(aud=None)),
    "expired": lambda: signed(about=claims(exp=NOW - 90)),
    "without an end": lambda: signed(about=claims(exp=None)),
    "an end that is none": lambda: signed(about=claims(exp="never")),
    "not yet": lambda: signed(about=claims(nbf=int(time.time()) + 90)),
    "about nobody": lambda: signed(about=claims(sub=None)),
    "about something": lambda: signed(about=claims(sub="")),
    "about two lines": lambda: signed(about=claims(sub="a\nb")),
    "claims that were changed": lambda: tampered(signed(), sub="root"),
    "a signature cut off": lambda: signed().rpartition(".")[0] + ".",
    "one part": lambda: "e30",
    "four parts": lambda: signed() + ".e30",
    "claims that are a list": lambda: (
        f"{part({'alg': 'RS256', 'kid': 'rsa'})}.{part([])}.{part(b'')}"
    ),
    "a header that is no JSON": lambda: f"{part(b'[')}.{part(claims())}.{part(b'x')}",
    "far too long": lambda: signed(about=claims(more="x" * 20_000)),
}


@pytest.mark.parametrize("what", GOOD)
def test_a_good_token_is_let_in(door: Door, what: str) -> None:
    assert door("GET", "/subjects", token=GOOD[what]()).status == 200


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits")  # where it is forged
@pytest.mark.parametrize("what", FORGED)
def test_a_forged_token_is_not(door: Door, what: str) -> None:
    refused = door("GET", "/subjects", token=FORGED[what]())
    assert (refused.status, refused.code) == (401, 40101)


def test_groups_and_names_become_what_the_access_file_says(door: Door) -> None:
    schema = {"schema": '"string"'}
    alice, root = signed(), signed(about=claims(sub="root"))
    stranger = signed(about=claims(sub="eve", realm_access={"roles": ["group:wms", "other"]}))
    assert door("POST", "/subjects/own.a/versions", schema, token=alice).status == 200
    assert door("POST", "/subjects/their.a/versions", schema, token=alice).status == 404
    assert door("POST", "/subjects/their.a/versions", schema, token=root).status == 200
    assert door("GET", "/subjects", token=alice).json == ["own.a"]
    assert door("GET", "/subjects", token=stranger).json == []
    with door.store.read() as reading:
        assert [each.by for each in reading.log(0, 10)] == ["oidc:alice", "oidc:root"]


def test_nobody_becomes_a_token_by_a_name(door: Door) -> None:
    assert door("GET", "/api/v1/tokens", token=signed(about=claims(sub="token:root"))).status == 403


def test_tokens_of_the_registry_are_good_beside(door: Door) -> None:
    assert door("GET", "/subjects", token=door.token("ci", {"role": "reader"})).status == 200


def test_without_a_provider_a_jwt_is_nothing(sqlite_store: SqliteStore) -> None:
    assert Door(sqlite_store)("GET", "/subjects", token=signed()).status == 401
    with pytest.raises(AccessError, match=r"\[oidc\]"):
        create_app(sqlite_store, settings=Settings(auth=Auth.OIDC, access=Access()))


@pytest.mark.parametrize(
    "place", ["http://id.example.com/keys", "ftp://x/y", "keys.json", "https://"]
)
def test_keys_come_over_https_only(place: str) -> None:
    with pytest.raises(AccessError):
        fetcher(place)


class Provider:
    """Keys, a clock, and how often they were asked for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked = 0
        self.slow = 0.0
        self.data: bytes | None = json.dumps({"keys": [jwk(RSA, "rsa", RSA_)]}).encode()
        self.keys = Keys(self.fetch, clock=lambda: self.now)

    def fetch(self) -> bytes:
        self.asked += 1
        time.sleep(self.slow)
        if self.data is None:
            raise OSError("down")
        return self.data

    def later(self, seconds: float) -> None:
        self.now += seconds


def test_keys_are_asked_for_once_while_they_are_fresh() -> None:
    provider = Provider()
    for _ in range(5):
        assert provider.keys.find("rsa")
        provider.later(FRESH / 6)
    assert provider.asked == 1


def test_unknown_keys_do_not_make_us_ask_more_than_twice_a_minute() -> None:
    provider = Provider()
    for number in range(100):
        assert provider.keys.find(f"made-up-{number}") is None
    assert provider.asked == 1
    provider.later(PAUSE)
    assert provider.keys.find("made-up") is None
    assert provider.asked == 2


def test_a_new_key_is_found_without_waiting_for_the_old_set_to_age() -> None:
    provider = Provider()
    assert provider.keys.find("rsa")
    provider.later(PAUSE)
    provider.data = json.dumps({"keys": [jwk(OTHER, "new", RSA_)]}).encode()
    assert provider.keys.find("new")
    assert provider.keys.find("rsa") is None


@pytest.mark.parametrize("data", [None, b"oops", b"[]", b'{"keys": 1}'])
def test_while_the_provider_is_down_the_old_keys_are_good_for_a_day(data: bytes | None) -> None:
    provider = Provider()
    assert provider.keys.find("rsa")
    provider.data = data
    provider.later(STALE - 1)
    assert provider.keys.find("rsa")
    provider.later(PAUSE)
    with pytest.raises(ProviderDown):
        provider.keys.find("rsa")


def test_all_who_come_while_keys_are_fetched_wait_for_that(sqlite_store: SqliteStore) -> None:
    provider = Provider()
    provider.slow = 0.3
    found = asked_at_once(sqlite_store, provider, [signed()] * 8)
    assert found == [200] * 8
    assert provider.asked == 1


def test_without_keys_nobody_is_called_unknown_and_soon_all_is_well(
    sqlite_store: SqliteStore,
) -> None:
    provider = Provider()
    good, provider.data = provider.data, None
    door = knowing(sqlite_store, provider)
    for _ in range(3):
        refused = door("GET", "/subjects", token=signed())
        assert (refused.status, refused.code) == (503, 50301)
        assert int(refused.headers["retry-after"]) > 0
    assert provider.asked == 1
    assert door("GET", "/subjects", token="garbage").status == 401
    assert door("GET", "/subjects", token=door.token("ci", {"role": "reader"})).status == 200
    provider.data = good
    provider.later(RETRY)
    assert door("GET", "/subjects", token=signed()).status == 200


def test_a_key_that_the_provider_has_not_is_asked_for_once_by_many(
    sqlite_store: SqliteStore,
) -> None:
    provider = Provider()
    assert provider.keys.find("rsa")
    provider.later(PAUSE)
    provider.slow = 0.2
    made_up = [signed(OTHER, kid=f"made-up-{number}") for number in range(8)]
    assert asked_at_once(sqlite_store, provider, made_up) == [401] * 8
    assert provider.asked == 2
    assert asked_at_once(sqlite_store, provider, made_up) == [401] * 8
    assert provider.asked == 2


def test_nobody_waits_for_ever(sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lading.registry.auth.credentials.WAIT", 0.1)
    provider = Provider()
    provider.slow = 1.5
    began = time.monotonic()
    assert asked_at_once(sqlite_store, provider, [signed()] * 4) == [503] * 4
    assert time.monotonic() - began < 1


def knowing(store: SqliteStore, provider: Provider) -> Door:
    """A registry that goes by the keys of a provider."""
    found = {"issuer": ISSUER, "audience": "lading", "jwks": "https://id.example.com/keys"}
    grants = [{"to": "*", "role": "reader"}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lading.registry.auth.oidc.Keys", lambda _: provider.keys)
        return Door(store, auth=Auth.OIDC, access=access_of({"oidc": found, "grants": grants}))


def asked_at_once(store: SqliteStore, provider: Provider, tokens: list[str]) -> list[int]:
    door = knowing(store, provider)

    async def all_of_them() -> list[int]:
        asking = (
            _asked(door.app, "GET", "/subjects", None, [("authorization", f"Bearer {each}")], "::1")
            for each in tokens
        )
        return [each.status for each in await asyncio.gather(*asking)]

    return asyncio.run(all_of_them())


def test_a_provider_needs_an_issuer_and_an_audience() -> None:
    assert Oidc("i", "a", "https://x/y").name == "sub"
