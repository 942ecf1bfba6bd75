"""The one layout: it changes no meaning, keeps comments, and has nothing more to do afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model import ContractError, LadingError, read_document
from lading.model.formatting import formatted

CONTRACTS = Path(__file__).parents[2] / "contracts"
FILES = sorted(
    path for path in CONTRACTS.rglob("*") if path.suffix in {".avsc", ".json", ".yaml", ".yml"}
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="ascii"), max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "type", "fields", "doc", "symbols", "items"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(VALUES, st.sampled_from([None, 1, 4]))
def test_json_keeps_its_meaning_and_is_then_left_alone(value: object, indent: int | None) -> None:
    text = formatted("a.json", json.dumps(value, indent=indent).encode())
    assert json.loads(text) == value
    assert formatted("a.json", text.encode()) == text


def test_numbers_keep_their_spelling_and_keys_their_order() -> None:
    text = formatted("a.json", b'{"b": 1.50, "a": 100, "c": -0.0}')
    assert text == '{\n  "b": 1.50,\n  "a": 100,\n  "c": -0.0\n}\n'


def test_fields_of_a_record_are_taken_apart_and_short_types_are_not() -> None:
    record = {
        "type": "record",
        "name": "A",
        "fields": [{"name": "a", "type": ["null", "string"], "default": None}],
    }
    assert formatted("A.avsc", json.dumps(record).encode()) == (
        "{\n"
        '  "type": "record",\n'
        '  "name": "A",\n'
        '  "fields": [\n'
        "    {\n"
        '      "name": "a",\n'
        '      "type": ["null", "string"],\n'
        '      "default": null\n'
        "    }\n"
        "  ]\n"
        "}\n"
    )


def test_yaml_keeps_comments_and_loses_spaces_and_blank_lines() -> None:
    text = b"# top\r\na: 1   \r\n\r\n\r\n\r\nb:  # why\r\n  - x # here\r\n\r\n"
    assert formatted("a.yaml", text) == "# top\na: 1\n\nb:  # why\n  - x # here\n"


def test_yaml_whose_layout_is_meaning_is_left_alone() -> None:
    """Two blank lines inside a literal text are part of it."""
    with pytest.raises(LadingError, match="carries meaning"):
        formatted("a.yaml", b"a: |\n  one\n\n\n\n  two\n")


def test_what_cannot_be_read_is_refused_with_its_place() -> None:
    with pytest.raises(ContractError, match="LAD001"):
        formatted("a.json", b'{"a": ')


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CONTRACTS)))
def test_every_file_of_the_library_is_laid_out(path: Path) -> None:
    data = path.read_bytes()
    text = formatted(path.name, data)
    assert text.encode() == data
    assert read_document(path.name, text.encode()).value == read_document(path.name, data).value
