"""Where a node of a document stands: line and column, found only when somebody needs them."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lading.model.document import Place, Syntax
from lading.model.pointers import index_of
from lading.model.positions import line_and_column, starts

if TYPE_CHECKING:
    from lading.model.document import Document, Origin, Pointer


def locate(document: Document, pointer: Pointer) -> Place:
    """The place of `pointer`, or of its nearest parent that exists.

    A key of an object is placed at the key, an item of a list at its first character.
    """
    if document.syntax is Syntax.PROTO:  # a pointer there is a line and a column
        return Place(document.name, *map(int, pointer))
    pointer = document.written(pointer)
    if document.syntax is Syntax.JSON:
        return Place(document.name, *_in_json(document.text, pointer))
    if _is_of_the_whole(document, pointer):  # most problems that stop the reading: not to wait for
        return Place(document.name, *_start(document.text))
    root = _composed(document.text)
    return Place(document.name, *_in_yaml(root, pointer)) if root else Place(document.name)


def place_of(origin: Origin, documents: tuple[Document, ...]) -> Place:
    """The place of `origin` among `documents`; its document's start when it is not among them."""
    found = next((each for each in documents if each.name == origin.document), None)
    return locate(found, origin.pointer) if found else Place(origin.document)


def _is_of_the_whole(document: Document, pointer: Pointer) -> bool:
    """Whether a pointer into the text leads nowhere from the root of a mapping.

    What was converted has another value than its text.
    """
    value = document.value if not document.moved else None
    return not pointer or (isinstance(value, dict) and str(pointer[0]) not in map(str, value))


@lru_cache(maxsize=16)
def _start(text: str) -> tuple[int, int]:
    """Where the root of a YAML document stands: no further than that is read."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with suppress(yaml.YAMLError):
        for each in yaml.parse(text, Loader=loader):
            if isinstance(each, yaml.NodeEvent) and each.start_mark:
                return each.start_mark.line + 1, each.start_mark.column + 1
    return 1, 1


def _in_json(text: str, pointer: Pointer) -> tuple[int, int]:
    known = starts(text)
    found: Pointer = ()
    for step in pointer:
        # A pointer that was written as text does not know whether a step is an index.
        tried = ((*found, each) for each in (step, index_of(step)) if each is not None)
        below = next((each for each in tried if each in known), None)
        if below is None:
            break
        found = below
    return line_and_column(text, known.get(found, 0))


def _in_yaml(node: Any, pointer: Pointer) -> tuple[int, int]:
    mark = node.start_mark
    for step in pointer:
        below = _child(node, step)
        if below is None:
            break
        mark, node = below
    return mark.line + 1, mark.column + 1


def _child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    if node.id == "mapping":
        pairs = ((key.start_mark, value) for key, value in node.value if key.value == str(step))
        return next(pairs, None)
    index = index_of(step)
    if node.id == "sequence" and index is not None and index < len(node.value):
        return node.value[index].start_mark, node.value[index]
    return None


@lru_cache(maxsize=16)
def _composed(text: str) -> Any:
    """The parse tree with marks.

    The reader has refused aliases, tags and depth before a document exists, so composing is safe.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=loader)
    except yaml.YAMLError:
        return None
