"""JSON that every reader reads alike: most schemas are, and a quick parser may have them.

In ASCII, without fractions, exponents, long numbers and escapes by number, whatever library reads
it finds the same, and writes the same. A key that is there twice is not to be seen in what a parser
returns; but it takes its quotes along, and here nothing else can add or take any.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from lading.model.bounds import MAX_DEPTH

if TYPE_CHECKING:
    from lading.model.document import JsonValue

_LONGEST: Final = 64 * 1024
_MARKS: Final = bytes.maketrans(b"123456789eE", b"000000000..")
"""To what is looked for at once: a pattern takes three times as long to search a text."""
_LONG: Final = b"0" * 16
_NUMBER: Final = re.compile(r"(?:^|[:\[,])\s*-?(?:\d{16}|\d+[.eE])")
"""A number stands after one of these, or alone."""


def plain_value(text: str) -> tuple[JsonValue, str] | None:
    """(the value of a text, the text without idle space); `None`: it has to be read with care.

    What is wrong with it is for the careful reader to say.
    """
    if not is_plain(text) or text.count("[") + text.count("{") > MAX_DEPTH:
        return None
    try:
        value: JsonValue = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    written = orjson.dumps(value).decode()
    return (value, written) if written.count('"') == text.count('"') else None


def is_plain(text: str) -> bool:
    """Whether nothing in a text is read, or written, otherwise by another library."""
    if len(text) > _LONGEST or not text.isascii():
        return False
    if "\x00" in text or "\x7f" in text or ("\\" in text and "\\u" in text):
        return False
    marks = text.encode().translate(_MARKS)
    # Something may be a number that not all read alike, or stand in a text.
    return not ((b"0." in marks or _LONG in marks) and _NUMBER.search(text))


def sorted_value(value: JsonValue) -> str:
    """The value of a plain text as text, with all keys in order."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
