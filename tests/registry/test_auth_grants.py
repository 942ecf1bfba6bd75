"""What a grant takes in, and what it does not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.registry.auth.access import Access, access_of, read_access
from lading.registry.auth.grants import BUNDLES, Grants, Role, grant_of, matches, written
from lading.registry.auth.rates import Buckets
from lading.registry.errors import AccessError
from lading.registry.rights import Right


def grants(*entries: dict[str, Any]) -> Grants:
    return Grants(tuple(map(grant_of, entries)))


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("general", "general", True),
        ("general", "general-secrets", False),
        ("general", "my-general", False),
        ("general*", "general-secrets", True),
        ("*general", "my-general", True),
        ("General", "general", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        ("*", "", True),
        ("*", ":.other:s", True),
        ("a.*", ":.other:a.b", False),
        (":.other:*", ":.other:a.b", True),
        ("a?c", "abc", False),
        ("[ab]", "a", False),
        ("a.c", "abc", False),
        ("a*", "a\nb", True),
    ],
)
def test_a_pattern_is_about_the_whole_name_and_only_the_star_is_special(
    pattern: str, name: str, expected: bool
) -> None:
    assert matches(pattern, name) is expected


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_a_pattern_takes_what_a_regular_expression_would(pattern: str, name: str) -> None:
    import re

    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert matches(pattern, name) is bool(re.fullmatch(expression, name, re.DOTALL))


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    begun = time.perf_counter()
    assert not matches("*a" * 200 + "b", "a" * 500)
    assert time.perf_counter() - begun < 0.1


def test_nothing_is_allowed_that_was_not_granted() -> None:
    assert not Grants().may(Right.SUBJECT_READ, "s")
    reader = grants({"role": "reader", "on": ["a.*"]})
    assert reader.may(Right.SUBJECT_READ, "a.b")
    assert not reader.may(Right.SUBJECT_READ, "b.a")
    assert not reader.may(Right.SUBJECT_WRITE, "a.b")


def test_what_denies_wins_in_either_order() -> None:
    allow = {"role": "admin"}
    deny = {"rights": ["SUBJECT_READ"], "on": ["secret.*"], "deny": True}
    for each in (grants(allow, deny), grants(deny, allow)):
        assert each.may(Right.SUBJECT_READ, "open.a")
        assert not each.may(Right.SUBJECT_READ, "secret.a")
        assert not each.sees_all


def test_what_may_not_be_seen_may_not_be_changed_either() -> None:
    blind = grants({"rights": ["SUBJECT_WRITE", "SUBJECT_DELETE"]})
    assert not blind.may(Right.SUBJECT_WRITE, "s")
    assert not blind.may(Right.SUBJECT_DELETE, "s")


def test_rights_about_everything_come_with_the_pattern_of_everything_alone() -> None:
    assert grants({"role": "admin"}).may(Right.ADMIN)
    assert not grants({"role": "admin", "on": ["a*", ":*:*"]}).may(Right.ADMIN)


def test_an_admin_may_everything_and_nobody_else_may() -> None:
    assert grants({"role": "admin"}).may_everything
    for role in set(Role) - {Role.ADMIN}:
        assert not grants({"role": role.value}).may_everything
    assert BUNDLES[Role.ADMIN] == set(Right) - {Right.NONE}


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"role": "king"},
        {"role": "reader", "rights": ["SUBJECT_READ"]},
        {"rights": []},
        {"rights": ["NONE"]},
        {"rights": ["subject_read"]},
        {"rights": [["SUBJECT_READ"]]},
        {"role": "reader", "on": []},
        {"role": "reader", "on": "a.*"},
        {"role": "reader", "on": [""]},
        {"role": "reader", "on": ["a\nb"]},
        {"role": "reader", "deny": "yes"},
        {"role": "reader", "om": ["a.*"]},
    ],
)
def test_a_grant_that_cannot_be_meant_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(AccessError):
        grant_of(entry)


def test_a_grant_is_written_as_it_is_read() -> None:
    for role in Role:
        entry = {"role": role.value, "on": ["a.*", "b"], "deny": True}
        assert written(grant_of(entry)) == entry
    some = {"rights": ["SUBJECT_READ", "SUBJECT_WRITE"], "on": ["*"]}
    assert written(grant_of(some)) == some


def test_the_access_file_gives_to_people_groups_and_tokens(tmp_path: Any) -> None:
    path = tmp_path / "access.toml"
    path.write_text(
        """
        [rates]
        reads = 10
        [oidc]
        issuer = "https://id.example.com"
        audience = "lading"
        jwks = "https://id.example.com/keys"
        [[grants]]
        to = ["group:wms", "token:ci"]
        role = "writer"
        on = ["a.*"]
        [[grants]]
        to = "*"
        role = "reader"
        on = ["open.*"]
        """
    )
    access = read_access(path)
    assert access.of(["token:ci"]).may(Right.SUBJECT_WRITE, "a.b")
    assert not access.of(["oidc:ci"]).may(Right.SUBJECT_READ, "a.b")
    assert access.of(["oidc:ci"]).may(Right.SUBJECT_READ, "open.b")
    assert (access.rates.reads, access.rates.writes) == (10, Access().rates.writes)


@pytest.mark.parametrize(
    "said",
    [
        {"grant": []},
        {"grants": [{"role": "reader"}]},
        {"grants": [{"to": "wms", "role": "reader"}]},
        {"grants": [{"to": [], "role": "reader"}]},
        {"rates": {"reads": -1}},
        {"rates": {"reads": True}},
        {"rates": {"read": 1}},
        {"oidc": {"issuer": "i", "audience": "a"}},
        {"oidc": {"issuer": "i", "audience": "a", "jwks": "http://id.example.com/keys"}},
        {"oidc": {"issuer": "i", "audience": "", "jwks": "https://id.example.com/keys"}},
        {"oidc": {"issuer": "i", "audience": "a", "jwks": "https://id.example.com", "alg": "none"}},
    ],
)
def test_an_access_file_that_cannot_be_meant_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(AccessError):
        access_of(said)


def test_a_bucket_fills_at_its_rate_and_is_one_callers_own() -> None:
    now = [0.0]
    buckets = Buckets(1.0, clock=lambda: now[0])
    assert [buckets.wait("a") for _ in range(11)] == [0.0] * 10 + [1.0]
    assert buckets.wait("b") == 0.0
    now[0] += 2.5
    assert [buckets.wait("a") > 0 for _ in range(3)] == [False, False, True]


def test_buckets_are_remembered_of_the_latest_callers_only() -> None:
    buckets = Buckets(1.0, clock=lambda: 0.0, most=3)
    for number in range(100):
        buckets.wait(str(number))
    assert len(buckets._left) == 3
