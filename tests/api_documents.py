"""API documents as they are written, and what becomes of them by small edits."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis import strategies as st

from lading.model.contract import Kind
from lading.model.document import Document
from lading.model.errors import LadingError
from lading.model.read import kind_of_document, read_contract
from lading.model.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.contract import Contract

At = tuple[str | int, ...]
RULES = Path(__file__).parent / "rules"
GONE: Any = object()
"""What stands where nothing stands."""


def holder(root: Any, at: At) -> Any:
    """What has the last step of a place, as far as the document has it."""
    for step in at[:-1]:
        root = inside(root, step)
    return root


def inside(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step, GONE)
    return node[step] if isinstance(node, list) and step in range(len(node)) else GONE


def value(root: Any, at: At) -> Any:
    return inside(holder(root, at), at[-1])


def contract(root: Any) -> Contract:
    return read_contract(Kind.OPENAPI, Document("api.json", "", root))


def _documents() -> Iterator[tuple[str, Any]]:
    for path in sorted(RULES.glob("LAD*/*/*/*.*")):
        try:
            read = read_document(path.name, path.read_bytes())
            if kind_of_document(read) is Kind.OPENAPI and "swagger" not in json.dumps(read.value):
                contract(read.value)
                yield str(path.relative_to(RULES)), read.value
        except LadingError:
            continue


DOCUMENTS = {
    name: json.loads(each) for each, name in {json.dumps(b): a for a, b in _documents()}.items()
}


def places(node: Any, at: At = ()) -> Iterator[At]:
    if at:
        yield at
    pairs = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, each in pairs:
        yield from places(each, (*at, key))


def put(root: Any, at: At, put_there: Any) -> Any:
    edited = copy.deepcopy(root)
    here = holder(edited, at)
    if put_there is GONE:
        del here[at[-1]]
    else:
        here[at[-1]] = copy.deepcopy(put_there)
    return edited


WORDS_OF = {
    "type": ("boolean", "string", "array"),
    "in": ("query", "header", "cookie"),
    "style": ("pipeDelimited", "form"),
    "format": ("date", "int32"),
}


def edits_of(at: At, held: Any) -> Iterator[Any]:
    """Without it, and with something else in its place."""
    yield GONE
    if isinstance(held, bool):
        yield not held
    elif isinstance(held, int | float):
        yield held + 1
    elif isinstance(held, str):
        yield from WORDS_OF.get(str(at[-1]), (f"{held}x",))
    else:
        yield type(held)()


@st.composite
def edited_pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """A document, and what becomes of it by up to three edits, some taken from another one."""
    old = DOCUMENTS[draw(st.sampled_from(list(DOCUMENTS)))]
    other = DOCUMENTS[draw(st.sampled_from(list(DOCUMENTS)))]
    new = old
    for _ in range(draw(st.integers(1, 3))):
        source = draw(st.sampled_from([new, other]))
        at = draw(st.sampled_from(list(places(source))))
        here = holder(new, at)
        held = value(source, at)
        is_named = isinstance(here, dict) and isinstance(at[-1], str)
        fits = is_named or (isinstance(here, list) and at[-1] in range(len(here)))
        assume(fits and (source is other or isinstance(at[-1], str) or here))
        there = held if source is other else draw(st.sampled_from(list(edits_of(at, held))))
        assume(there is not GONE or value(new, at) is not GONE)
        new = put(new, at, there)
    return old, new
