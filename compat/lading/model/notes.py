"""Collect every problem of one document while it is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lading.model.document import Origin
from lading.model.errors import ContractError, Problem
from lading.model.locate import locate
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lading.model.document import Document, JsonValue, Pointer


_NEEDED = {
    "approved_by": "who reviewed the exception, as `approved_by: integration`",
    "until": 'the last day it holds, as `until: "2027-06-30"`',
    "reason": "why it is so, in a sentence",
}
"""What to write where something is missing that people leave out."""
_SHOWN = 80
"""So many characters of a value are shown that is not what it should be."""


class Notes:
    """The problems of one document, in the order they were found."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.flaws: list[Problem] = []
        """What is wrong with it, and keeps it from being compared in no part."""

    def add(self, code: str, pointer: Pointer, message: str, *, hint: str = "") -> None:
        """Note one problem at `pointer`."""
        self.problems.append(Problem(code, message, locate(self.document, pointer), hint))

    def flaw(self, code: str, pointer: Pointer, message: str, *, hint: str = "") -> None:
        """Note one problem at `pointer` that keeps nothing from being compared."""
        self.flaws.append(Problem(code, message, locate(self.document, pointer), hint))

    def unknown_keys(
        self, node: Mapping[str, object], pointer: Pointer, known: Iterable[str]
    ) -> None:
        """Note each key that is not `known`; ``x-`` keys are anybody's."""
        names = list(known)
        for key in node:
            if key not in names and not key.startswith("x-"):
                hint = did_you_mean(key, names) or f"known keys: {', '.join(names)}"
                self.add("LAD030", (*pointer, key), f"unknown key `{key}`", hint=hint)

    def text(
        self, node: Mapping[str, object], key: str, pointer: Pointer, *, need: bool = False
    ) -> str:
        """The text under `key`; numbers are refused: YAML would have changed their spelling."""
        value = node.get(key)
        if isinstance(value, str):
            return value
        if value is None:
            if need:
                self.add("LAD031", pointer, f"`{key}` is missing", hint=_NEEDED.get(key, ""))
            return ""
        self.add(
            "LAD031",
            (*pointer, key),
            f"`{key}` must be text, not {kind_of(value)}",
            hint=f'put it in quotes: {key}: "{value}"' if isinstance(value, int | float) else "",
        )
        return ""

    def texts(self, node: Mapping[str, object], key: str, pointer: Pointer) -> tuple[str, ...]:
        """The list of texts under `key`."""
        value = node.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
        self.add("LAD031", (*pointer, key), f"`{key}` must be a list of texts")
        return ()

    def flag(self, node: Mapping[str, object], key: str, pointer: Pointer) -> bool:
        """The boolean under `key`; absent is false."""
        value = node.get(key, False)
        if not isinstance(value, bool):
            self.add("LAD031", (*pointer, key), f"`{key}` must be true or false")
        return value is True

    def origin(self, pointer: Pointer) -> Origin:
        """`pointer` in this document."""
        return Origin(self.document.name, pointer)

    def stop(self) -> None:
        """Raise `ContractError` when there is a problem."""
        if self.problems:
            raise ContractError(self.problems)


def as_written(value: JsonValue) -> str:
    """A parsed value as it stands in a document: text bare, anything else as JSON; cut if long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def kind_of(value: object) -> str:
    """What a parsed value is, in the words of JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true/false"
    names = {int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)
