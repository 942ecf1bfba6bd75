"""JSON text to values: bounded before parsing, and nothing that others would read otherwise."""

from __future__ import annotations

import json
import math
import re
from itertools import chain, compress, islice
from typing import TYPE_CHECKING, Any, Final

from lading.model.bounds import MAX_DEPTH, MAX_INTEGER, MAX_NODES, MAX_REPORTED
from lading.model.document import Place
from lading.model.errors import ContractError, Problem, too_deep
from lading.model.positions import line_and_column, spots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import JsonValue, Pointer

_IDLE: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^\[\]{},"]+', re.DOTALL)
_BRACKETS: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_DIGITS: Final = len(str(MAX_INTEGER))
_HINTS: Final = (
    ("'", "JSON wants double quotes"),
    ("//", "JSON has no comments"),
    ("/*", "JSON has no comments"),
    ("#", "JSON has no comments"),
    ("True", "JSON writes true"),
    ("False", "JSON writes false"),
    ("None", "JSON writes null"),
    ("undefined", "JSON writes null"),
    ("<", "this looks like HTML or XML"),
    ("---", "this looks like YAML: name the file .yaml"),
)


def read_json(name: str, text: str) -> JsonValue:
    """The value of `text`.

    Raises:
        ContractError: broken, too deep or with too many values; or every duplicate key, every NaN,
            infinity and number beyond 64 bits.
    """
    _measure(name, text)
    odd: list[str] = []
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, odd),
            parse_constant=odd.append,
            parse_float=lambda word: _float(word, odd),
            parse_int=lambda word: _integer(word, odd),
        )
    except json.JSONDecodeError as error:
        raise ContractError([_broken(name, text, error)]) from error
    except RecursionError as error:
        raise ContractError([_too_deep(name, text)]) from error
    brackets = text.count("[") + text.count("{")
    if brackets > MAX_DEPTH and _is_too_deep(value):
        raise ContractError([_too_deep(name, text)])
    if odd:
        raise ContractError(islice(_oddities(name, text), MAX_REPORTED))
    return value


def _object(pairs: list[tuple[str, Any]], odd: list[str]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        odd.append("duplicate")
    return found


def _float(word: str, odd: list[str]) -> float:
    number = float(word)
    if not math.isfinite(number):
        odd.append(word)
    return number


def _integer(word: str, odd: list[str]) -> int:
    if not _fits(word):
        odd.append(word)
        return 0
    return int(word)


def _fits(word: str) -> bool:
    return len(word) <= _DIGITS + 1 and abs(int(word)) < MAX_INTEGER


def _measure(name: str, text: str) -> None:
    """Refuse what would fill the memory, before a parser sees it.

    Brackets and commas within strings count at first, which costs nothing to find out; only where
    they are too many are the strings taken out.
    """
    if text.count("[") + text.count("{") + text.count(",") < MAX_NODES:
        return
    skeleton = _IDLE.sub("", text)
    commas = skeleton.count(",")
    if commas + (len(skeleton) - commas) // 2 > MAX_NODES:
        message = f"the document holds more than {MAX_NODES} values"
        raise ContractError([Problem("LAD003", message, Place(name), "split the document")])


_NESTED: Final = frozenset({dict, list})


def _is_too_deep(value: JsonValue) -> bool:
    """Whether lists and objects are nested more than `MAX_DEPTH` levels: level by level.

    It looks at every value of a document, so what is passed over never gets into Python.
    """
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        nested = [*compress(level, map(_NESTED.__contains__, map(type, level)))]
        if not nested:
            return False
        level = [
            *chain.from_iterable(each.values() if type(each) is dict else each for each in nested)
        ]
    return True


def _too_deep(name: str, text: str) -> Problem:
    depth = offset = 0
    for bracket in _BRACKETS.finditer(text):
        depth += (bracket[0] in "[{") - (bracket[0] in "]}")
        if depth > MAX_DEPTH:
            offset = bracket.start()
            break
    return too_deep(Place(name, *line_and_column(text, offset)))


def _oddities(name: str, text: str) -> Iterator[Problem]:
    """Everything that parses and is refused all the same."""
    seen: set[Pointer] = set()
    for spot in spots(text):
        place = Place(name, *line_and_column(text, spot.start))
        if spot.pointer in seen and spot.pointer[:-1] not in seen - {spot.pointer[:-1]}:
            yield _twice(spot.pointer, place)
        elif spot.word in {"NaN", "Infinity", "-Infinity"}:
            yield Problem("LAD005", f"{spot.word} is not JSON", place, "use a number or null")
        elif _is_too_big(spot.word):
            message = f"the number {spot.word[:24]} does not fit into 64 bits"
            yield Problem("LAD005", message, place, "write it as text")
        seen.add(spot.pointer)


def _twice(pointer: Pointer, place: Place) -> Problem:
    return Problem(
        "LAD004",
        f"the key `{pointer[-1]}` is written twice in one object",
        place,
        "keep one; readers would silently use the last",
    )


def _is_too_big(word: str) -> bool:
    if word[:1] not in "-0123456789" or word == "-Infinity":
        return False
    if word.lstrip("-").isdigit():
        return not _fits(word)
    return not math.isfinite(float(word))


def _broken(name: str, text: str, error: json.JSONDecodeError) -> Problem:
    before, after = text[: error.pos].rstrip(), text[error.pos :].lstrip()
    offset, hint = error.pos, _hint(after)
    if not text.strip():
        hint = "the file is empty"
    elif after.startswith(","):
        offset = text.index(",", error.pos)
        hint = (
            "a value is missing here" if before[-1:] in {":", "[", "{", ","} else _comma_hint(after)
        )
    elif before.endswith(",") and after[:1] in {"]", "}"}:
        offset, hint = len(before) - 1, "take out the trailing comma"
    elif "delimiter" in error.msg and not hint:
        offset, hint = len(before), "is a comma or a bracket missing here?"
    elif error.msg.startswith("Invalid control"):
        hint = r"write a line break inside a text as \n and a tab as \t"
    elif error.msg.startswith("Extra data"):
        hint = "one file holds one value"
    message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    return Problem("LAD001", message, Place(name, *line_and_column(text, offset)), hint)


def _comma_hint(after: str) -> str:
    """What to do about the comma that `after` starts with (Python 3.13 points at it itself)."""
    trailing = after[1:].lstrip()[:1] in {"]", "}"}
    return "take out the trailing comma" if trailing else "a value is missing here"


def _hint(after: str) -> str:
    return next((hint for start, hint in _HINTS if after.startswith(start)), "")
