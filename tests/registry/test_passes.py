"""Who was let in a moment ago is answered as quickly, and never what they may not have."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import pytest

from lading.registry.auth import tokens
from lading.registry.auth.access import Access
from lading.registry.auth.credentials import Known
from lading.registry.auth.grants import grant_of
from lading.registry.auth.passes import HOLDS, Passes
from lading.registry.auth.rates import Buckets, Rates
from lading.registry.settings import Auth
from registry.conftest import avro_record
from registry.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.registry.store import SqliteStore, Store
    from registry.doors import Answer

ALL: Final = {"role": "reader"}
SOME: Final = {"role": "reader", "on": ["open.*"]}
BUT_ONE: Final = {"role": "reader", "on": ["hidden"], "deny": True}
ADMIN: Final = {"role": "admin"}


def token(store: Store, name: str, *grants: dict[str, Any], **more: Any) -> str:
    return tokens.create(store, name, [grant_of(each) for each in grants], **more)[1]


def bearer(text: str) -> tuple[str, str]:
    return "authorization", f"Bearer {text}"


def basic(user: str, password: str) -> tuple[str, str]:
    return "authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def admin(sqlite_store: SqliteStore) -> str:
    return token(sqlite_store, "admin", ADMIN)


@pytest.fixture
def house(sqlite_store: SqliteStore, admin: str) -> Iterator[House]:
    found = House(sqlite_store, auth=Auth.TOKENS)
    for name, fields in (("open.a", "a"), ("hidden", "b"), ("secret", "a")):
        body = {"schema": avro_record(fields)}
        sent = found("POST", f"/subjects/{name}/versions", body, headers=[bearer(admin)])
        assert sent.status == 200
    yield found
    found.pulse.close()


def ready(house: House) -> float:
    return house.app.state.hot.hits


def said(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    return answer.status, answer.body, answer.headers


TARGETS: Final = (
    "/schemas/ids/1",
    "/schemas/ids/2",
    "/schemas/ids/2?subject=hidden",
    "/schemas/ids/1?fetchMaxId=true",
    "/schemas/ids/2/schema",
    "/schemas/ids/3",
)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_ready_is_what_the_usual_way_answers(
    house: House, sqlite_store: SqliteStore, target: str
) -> None:
    """To those who see all, in whichever scheme; also a 304, which is theirs alone too."""
    text = token(sqlite_store, "all", ALL)
    usual = House(sqlite_store, auth=Auth.TOKENS)
    usual.app.state.hot.passes = None
    _, user, password = text.split("_", 2)
    for header in (bearer(text), basic("anything", text), basic(user, password)):
        wanted = usual("GET", target, headers=[header])
        before = ready(house)
        found = [house("GET", target, headers=[header]) for _ in range(3)]

        assert {said(each)[:2] for each in found} == {said(wanted)[:2]}
        if wanted.status == 200:
            assert all(each.headers == wanted.headers for each in found)
            assert found[0].headers["cache-control"].startswith(("private", "no-cache"))
            assert found[0].headers["vary"] == "Accept, Authorization"
            assert ready(house) - before >= 2
            same = [header, ("if-none-match", wanted.headers["etag"])]
            kept = house("GET", target, headers=same)
            assert said(kept) == said(usual("GET", target, headers=same))
            assert kept.status == 304
        else:
            assert ready(house) == before
    usual.pulse.close()


def test_nothing_is_ready_for_others(house: House, sqlite_store: SqliteStore, admin: str) -> None:
    """Whatever others had: not for nobody, a wrong secret, two headers, or who may see less."""
    text = token(sqlite_store, "all", ALL)
    some, but_one = token(sqlite_store, "some", SOME), token(sqlite_store, "but", ALL, BUT_ONE)
    target = "/schemas/ids/2"
    for each in (text, admin, text):
        assert house("GET", target, headers=[bearer(each)]).status == 200
    before = ready(house)
    assert before > 0
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")
    for headers, status in (
        ([], 401),
        ([bearer(wrong)], 401),
        ([bearer(text), bearer(text)], 401),
        ([bearer(text), bearer(wrong)], 401),
        ([("authorization", text)], 401),
        ([bearer("")], 401),
        ([bearer(some)], 404),
        ([bearer(but_one)], 404),
    ):
        for _ in range(3):
            assert house("GET", target, headers=headers).status == status, headers
    assert ready(house) == before
    assert house("GET", "/schemas/ids/1", headers=[bearer(some)]).status == 200
    assert ready(house) == before


def test_what_one_may_see_is_not_made_ready_for_all(
    house: House, sqlite_store: SqliteStore
) -> None:
    """`?subject=` of what is hidden says less to who may not see it."""
    some, whole = token(sqlite_store, "some", SOME), token(sqlite_store, "all", ALL)
    target = "/schemas/ids/1?subject=secret"
    for _ in range(3):
        assert "version" not in house("GET", target, headers=[bearer(some)]).json
        assert house("GET", target, headers=[bearer(whole)]).json["version"] == 1


def test_what_was_registered_is_told_to_nobody(house: House, admin: str) -> None:
    """The answer to a registration is ready for all where nobody is asked; here it is not."""
    body = {"schema": avro_record("a")}
    for _ in range(2):
        sent = house("POST", "/subjects/open.a/versions", body, headers=[bearer(admin)])
        assert sent.status == 200
        assert house("POST", "/subjects/open.a/versions", body).status == 401


def test_a_token_that_ends_opens_nothing_from_then_on(
    house: House, sqlite_store: SqliteStore
) -> None:
    """An end is a change of the log, which no pass outlives."""
    text = token(sqlite_store, "all", ALL)
    assert [house("GET", "/schemas/ids/1", headers=[bearer(text)]).status for _ in "abc"] == [
        200,
        200,
        200,
    ]
    other = token(sqlite_store, "other", ALL)
    tokens.end(sqlite_store, text.split("_")[1])
    assert house("GET", "/schemas/ids/1", headers=[bearer(other)]).status == 200
    assert house("GET", "/schemas/ids/1", headers=[bearer(text)]).status == 401


class Clock:
    def __init__(self) -> None:
        self.ms = tokens.now()

    def __call__(self) -> int:
        return self.ms

    def seconds(self) -> float:
        return self.ms / 1000


def test_a_pass_holds_no_longer_than_a_moment(sqlite_store: SqliteStore) -> None:
    """A token whose time is over is refused within it."""
    clock = Clock()
    text = token(sqlite_store, "brief", ALL, days=1)
    known = Known(sqlite_store, Access(), clock=clock)
    passes = Passes(known, Buckets(0), clock=clock.seconds)
    header = f"Bearer {text}".encode()
    assert not passes.caller(header)  # until they are read, which is for the usual way
    known.read()
    assert passes.caller(header) == "token:brief"
    clock.ms += 86_400_000 - 300
    assert passes.caller(header) == "token:brief"
    clock.ms += int(1000 * HOLDS)
    assert not passes.caller(header)


def test_who_asks_too_often_is_told_so(sqlite_store: SqliteStore, admin: str) -> None:
    """What is ready is one of their share as all else, and is counted once."""
    house = House(sqlite_store, auth=Auth.TOKENS, access=Access(rates=Rates(reads=0.5)))
    body = {"schema": avro_record("a")}
    house("POST", "/subjects/s/versions", body, headers=[bearer(admin)])
    asked = [house("GET", "/schemas/ids/1", headers=[bearer(admin)]).status for _ in range(8)]
    assert asked == [200] * 5 + [429] * 3
    house.pulse.close()
