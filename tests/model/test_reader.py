"""What the safe reader lets in, and where it says the rest went wrong."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.model import ContractError, Syntax, read_document
from lading.model.bounds import MAX_BYTES, MAX_DEPTH, MAX_NODES
from model.reading import Found, unreadable

BROKEN: list[tuple[str, bytes, list[Found]]] = [
    ("a.json", b'{\n  "a": 1,\n}', [("LAD001", 2, 9)]),
    ("a.json", b"[1, 2,]", [("LAD001", 1, 6)]),
    ("a.json", b'{"a": 1\n "b": 2}', [("LAD001", 1, 8)]),
    ("a.json", b'{"a" 1}', [("LAD001", 1, 5)]),
    ("a.json", b'{"a":,}', [("LAD001", 1, 6)]),
    ("a.json", b"{'a': 1}", [("LAD001", 1, 2)]),
    ("a.json", b'{"a": True}', [("LAD001", 1, 7)]),
    ("a.json", b"// no\n{}", [("LAD001", 1, 1)]),
    ("a.json", b"{}{}", [("LAD001", 1, 3)]),
    ("a.json", b'{"a": "\n"}', [("LAD001", 1, 8)]),
    ("a.json", b"", [("LAD001", 1, 1)]),
    ("a.json", b'"open', [("LAD001", 1, 1)]),
    ("a.json", b'{"a": [1', [("LAD001", 1, 9)]),
    ("a.yaml", b"\ta: 1\n", [("LAD001", 1, 1)]),
    ("a.yaml", b"a: b: c\n", [("LAD001", 1, 5)]),
    ("a.yaml", b"a: [1,\n", [("LAD001", 2, 1)]),
    ("a.yaml", b"a: @b\n", [("LAD001", 1, 4)]),
    ("a.json", b'{"a": "\xe9"}', [("LAD002", 1, 8)]),
    ("a.yaml", b"a: 1\nb: \xe9\n", [("LAD002", 2, 4)]),
    ("a.json", '{"a": 1}'.encode("utf-16"), [("LAD002", 1, 1)]),
    ("a.json", b'{"a": "\0"}', [("LAD002", 1, 8)]),
    ("a.json", rb'{"a": "\ud800"}', [("LAD002", 1, 8)]),
    ("a.json", b" " * (MAX_BYTES + 1), [("LAD003", 1, 1)]),
    ("a.json", b"[" * 100_000 + b"]" * 100_000, [("LAD003", 1, 101)]),
    ("a.json", b"[" * 200_000, [("LAD003", 1, 101)]),
    ("a.json", b'{"a":' * 40_000, [("LAD003", 1, 501)]),
    ("a.json", b"[" + b"0," * MAX_NODES + b"0]", [("LAD003", 1, 1)]),
    ("a.yaml", b"[" * 900, [("LAD003", 1, 101)]),
    ("a.yaml", b"- " * 100_000, [("LAD003", 1, 201)]),
    ("a.yaml", b"a: {a: " + b"{a: " * 50_000, [("LAD003", 1, 400)]),
    (
        "a.json",
        b'{"a": 1,\n "a": {"b": 1,\n "b": 2}}',
        [("LAD004", 2, 2), ("LAD004", 3, 2)],
    ),
    ("a.yaml", b"a: 1\na: 2\nb: {c: 1, c: 2}\n", [("LAD004", 2, 1), ("LAD004", 3, 11)]),
    ("a.yaml", b"200: a\n'200': b\n", [("LAD004", 2, 1)]),
    (
        "a.json",
        b'{"a": "NaN", "b": NaN, "c": 1e999,\n"d": 99999999999999999999}',
        [("LAD005", 1, 14), ("LAD005", 1, 24), ("LAD005", 2, 1)],
    ),
    ("a.json", b"1" * 5000, [("LAD005", 1, 1)]),
    ("a.yaml", b"a: .nan\nb: [-.inf]\n", [("LAD005", 1, 4), ("LAD005", 2, 5)]),
    ("a.yaml", b"a: 99999999999999999999999\n", [("LAD005", 1, 4)]),
    ("a.yaml", b"a: &x 1\nb: *x\n", [("LAD006", 1, 4), ("LAD006", 2, 4)]),
    ("a.yaml", b"a: !!python/object:os.system x\n", [("LAD006", 1, 4)]),
    ("a.yaml", b"<<: {a: 1}\n", [("LAD006", 1, 1)]),
    ("a.yaml", b"? [a]\n: b\n", [("LAD006", 1, 3)]),
    ("a.yaml", b"true: a\n1.0: b\n~: c\n", [("LAD006", 1, 1), ("LAD006", 2, 1), ("LAD006", 3, 1)]),
    ("a.yaml", b"a: 1\n---\nb: 2\n", [("LAD006", 2, 1)]),
]


@pytest.mark.parametrize(("name", "data", "expected"), BROKEN)
def test_what_is_refused_is_refused_at_its_place(
    name: str, data: bytes, expected: list[Found]
) -> None:
    assert unreadable(name, data) == expected


def test_yaml_that_libyaml_finds_too_deep_is_too_deep() -> None:
    """Where it says so depends on its version: it looks ahead of the values it hands out."""
    ((code, line, _),) = unreadable("a.yaml", b"[" * 200_000)

    assert (code, line) == ("LAD003", 1)


@pytest.mark.parametrize(("name", "data", "expected"), BROKEN)
def test_a_refusal_takes_no_time(name: str, data: bytes, expected: list[Found]) -> None:
    """Generous: the bombs take hours or the process where nothing stops them."""
    start = time.process_time()
    assert unreadable(name, data)
    assert time.process_time() - start < 2


def test_an_alias_bomb_is_refused_before_it_expands() -> None:
    lines = [f"{each}: &{each} [*{each}, *{each}]" for each in "abcdefghijklmnopqrstuvwxyz"]
    assert {code for code, *_ in unreadable("a.yaml", "\n".join(lines).encode())} == {"LAD006"}


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"[1,]", "trailing comma"),
        (b'{"a" 1}', "missing"),
        (b"{'a': 1}", "double quotes"),
        (b"[True]", "true"),
        (b"<html>", "HTML"),
        (b"---\na: 1", "YAML"),
        (b"", "empty"),
    ],
)
def test_broken_json_says_what_to_try(data: bytes, hint: str) -> None:
    with pytest.raises(ContractError, match=hint):
        read_document("a.json", data)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no: on\noff: yes\n", {"no": "on", "off": "yes"}),
        ("code: 004010\nday: 2026-01-01\nat: 12:30:45\n", None),
        ("200: a\nx: b\ne: c\n", {"200": "a", "x": "b", "e": "c"}),
        ("__proto__: {constructor: 1}\n", {"__proto__": {"constructor": 1}}),
        ("'<<': 1\n", {"<<": 1}),
        ("", None),
    ],
)
def test_yaml_is_read_as_yaml_1_2(text: str, value: object) -> None:
    read = read_document("a.yaml", text.encode()).value
    if "004010" in text:
        assert read == {"code": "004010", "day": "2026-01-01", "at": "12:30:45"}
    else:
        assert read == value


def test_a_byte_order_mark_is_dropped() -> None:
    assert read_document("a.json", b'\xef\xbb\xbf{"a": 1}').value == {"a": 1}


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("a.avsc", Syntax.JSON),
        ("a.json", Syntax.JSON),
        ("a.yml", Syntax.YAML),
        ("s@1", Syntax.JSON),
    ],
)
def test_the_syntax_follows_the_name_and_then_the_text(name: str, syntax: Syntax) -> None:
    assert read_document(name, b"{}").syntax is syntax


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(value=_values, indent=st.sampled_from([None, 0, 2]), ascii_=st.booleans())
def test_every_json_document_comes_through_unchanged(
    value: object, indent: int | None, ascii_: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_).replace("\x00", "")
    if "\\u0000" not in text:
        assert read_document("a.json", text.encode("utf-8", "surrogatepass")).value == value


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_the_reader_fail_in_another_way(data: bytes) -> None:
    for name in ("a.json", "a.yaml"):
        assert unreadable(name, data) is not None


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_json_is_as_deep_as_is_said_and_no_deeper(opening: str, closing: str) -> None:
    """However many lists and objects stand beside each other."""
    wide = f"[{','.join([opening + '1' + closing] * 300)}]"
    for text in (opening * MAX_DEPTH + "1" + closing * MAX_DEPTH, wide):
        assert read_document("a.json", text.encode()).value
    with pytest.raises(ContractError, match="levels deep"):
        read_document("a.json", (opening * 101 + "1" + closing * 101).encode())
