"""Small edits of a JSON text that leave everything else as its author wrote it.

An edit takes a document and gives one: the text is read again, and has to say exactly what was
meant. YAML is refused; nothing that is put right without asking is written in YAML.
"""

from __future__ import annotations

import copy
import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from lading.model.document import Syntax
from lading.model.errors import LadingError
from lading.model.positions import extents
from lading.model.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.document import Document, JsonValue, Pointer
    from lading.model.positions import Extent

_SPACE: Final = re.compile(r"\s*")


def put(
    document: Document, pointer: Pointer, key: str, value: JsonValue, *, after: str = ""
) -> Document:
    """Give the object at `pointer` a further `key`, behind the key `after`, else at its end.

    Raises:
        LadingError: there is no such object, it has the key, or the text cannot be edited.
    """
    node = _object(document, pointer)
    if key in node or not node:
        raise _unexpected(document, f"an object without `{key}`")
    text, known = document.text, _known(document)
    keys = list(node)
    before = after if after in node else keys[-1]
    index = keys.index(before)
    anchor = known[*pointer, before]
    follower = known[*pointer, keys[min(index + 1, len(keys) - 1)]]
    gap = _gap(text, follower.key) if len(keys) > 1 else _gap(text, anchor.key) or " "
    colon = text[_end_of_key(text, anchor.key) : anchor.start]
    entry = f",{gap}{json.dumps(key)}{colon}{json.dumps(value, ensure_ascii=False)}"
    wanted = copy.deepcopy(document.value)
    _at(wanted, pointer)[key] = value
    return _checked(document, text[: anchor.end] + entry + text[anchor.end :], wanted)


def append(document: Document, pointer: Pointer, value: JsonValue) -> Document:
    """Add `value` at the end of the list at `pointer`.

    Raises:
        LadingError: there is no such list, or the text cannot be edited.
    """
    node = _at(document.value, pointer)
    if not isinstance(node, list):
        raise _unexpected(document, "a list")
    text, known = document.text, _known(document)
    shown = json.dumps(value, ensure_ascii=False)
    if node:
        last = known[*pointer, len(node) - 1]
        gap = _gap(text, last.start) if len(node) > 1 or "\n" in _gap(text, last.start) else " "
        edited = f"{text[: last.end]},{gap}{shown}{text[last.end :]}"
    else:
        whole = known[pointer]
        edited = f"{text[: whole.start]}[{shown}]{text[whole.end :]}"
    wanted = copy.deepcopy(document.value)
    _at(wanted, pointer).append(value)
    return _checked(document, edited, wanted)


def to_front(document: Document, pointer: Pointer, index: int) -> Document:
    """Make the item at `index` of the list at `pointer` its first, with the layout as it was.

    Raises:
        LadingError: there is no such item, or the text cannot be edited.
    """
    node = _at(document.value, pointer)
    if not isinstance(node, list) or not 0 <= index < len(node):
        raise _unexpected(document, f"a list of {index + 1} items")
    text, known = document.text, _known(document)
    spots = [known[*pointer, each] for each in range(index + 1)]
    words = [text[each.start : each.end] for each in spots]
    between = [text[a.end : b.start] for a, b in pairwise(spots)]
    turned = [words[-1], *words[:-1]]
    inside = turned[0] + "".join(gap + word for gap, word in zip(between, turned[1:], strict=True))
    wanted = copy.deepcopy(document.value)
    items = _at(wanted, pointer)
    items.insert(0, items.pop(index))
    return _checked(document, text[: spots[0].start] + inside + text[spots[-1].end :], wanted)


def _known(document: Document) -> Mapping[Pointer, Extent]:
    if document.syntax is not Syntax.JSON:
        raise LadingError(f"{document.name}: only JSON is edited", hint="edit it by hand")
    return extents(document.text)


def _at(value: Any, pointer: Pointer) -> Any:
    """The node at `pointer`; `None` when there is none."""
    for step in pointer:
        known: Any = value if isinstance(value, dict) else ()
        if isinstance(value, list) and isinstance(step, int):
            known = range(len(value))
        if step not in known:
            return None
        value = value[step]
    return value


def _object(document: Document, pointer: Pointer) -> dict[str, Any]:
    node = _at(document.value, pointer)
    if not isinstance(node, dict):
        raise _unexpected(document, "an object")
    return node


def _gap(text: str, start: int) -> str:
    """The white space before `start`."""
    return text[len(text[:start].rstrip()) : start]


def _end_of_key(text: str, start: int) -> int:
    _, length = json.JSONDecoder().raw_decode(text[start:])
    return start + int(length)


def _unexpected(document: Document, what: str) -> LadingError:
    return LadingError(f"{document.name}: the place to edit is no longer {what}")


def _checked(document: Document, text: str, wanted: JsonValue) -> Document:
    """The edited document, if that is what it says.

    Raises:
        LadingError: it is not.
    """
    edited = read_document(document.name, text.encode(), syntax=document.syntax)
    if edited.value != wanted:
        raise LadingError(f"{document.name}: the edit would say something else")
    return edited
