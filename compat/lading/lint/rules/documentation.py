"""Texts: what a thing means, said where it is defined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.refusals import wrong_refusals
from lading.lint.rules.words import (
    on_contract,
    on_field,
    on_operation,
    on_sample,
    on_type,
    poor_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Sample

_ABSENCE: Final = re.compile(
    r"\b(empty|absent|none|without|when not|unless|left out|null|otherwise|missing|only)\b",
    re.IGNORECASE,
)
_SHORTEST: Final = 6


@lint_rule("DOC-001", "all")
def everything_described(library: Library) -> Iterator[Hit]:
    """Everything says what it means, in more than its name.

    ## What it checks
    Records, enums, fields, operations and parameters have a description of at least 20 characters
    that does not only repeat the name.

    ## Why it matters
    Most failures between systems are of meaning. The description is the contract about it.

    ## What to do instead
    Say what the value stands for, who sets it, and what its absence means.
    """
    for each in library.types:
        if wrong := poor_text(str(each.node.get("doc") or ""), each.name.rpartition(".")[2]):
            yield on_type(each, f"`{each.name.rpartition('.')[2]}` {wrong}")
    for field in library.fields:
        if "$ref" not in field.node and (wrong := poor_text(field.doc, field.name)):
            yield on_field(field, f"`{field.name}` {wrong}")
    for operation in library.operations:
        text = f"{operation.node.get('summary', '')} {operation.node.get('description', '')}"
        if wrong := poor_text(text.strip(), operation.name):
            yield on_operation(operation, f"{operation.name} {wrong}")
        for asked in operation.parameters:
            name = str(asked.get("name"))
            if wrong := poor_text(str(asked.get("description") or ""), name):
                yield on_operation(operation, f"the parameter `{name}` {wrong}")


@lint_rule("DOC-002", "all")
def symbols_defined(library: Library) -> Iterator[Hit]:
    """Every symbol of an enum has a definition, and nothing else is defined.

    ## What it checks
    An enum of a taxonomy has exactly its codes; any other enum has `x-symbols`, an object of
    symbol to definition, with the same symbols.

    ## Why it matters
    A published API lists one set of codes in its text and another in its enum: nobody knows which
    is sent.

    ## What to do instead
    Bind the enum to a taxonomy (`x-taxonomy`), or define each symbol in `x-symbols`.
    """
    for each in library.enums:
        symbols = {str(symbol) for symbol in each.node.get("symbols", ())}
        bound = str(each.node.get("x-taxonomy"))
        if bound in library.taxonomies:
            defined = {state.code for state in library.taxonomies[bound][1].states}
            where = f"the taxonomy {bound}"
        else:
            listed: Any = each.node.get("x-symbols")
            told = listed.items() if isinstance(listed, dict) else ()
            defined = {key for key, text in told if len(str(text)) >= _SHORTEST}
            where = "x-symbols"
        for symbol in sorted(symbols - defined):
            yield on_type(each, f"`{symbol}` is not defined in {where}")
        for symbol in sorted(defined - symbols):
            yield on_type(each, f"{where} defines `{symbol}`, which the enum does not have")


def _no_message_of_its_contract(library: Library, sample: Sample) -> Iterator[Hit]:
    for each in library.faults(sample):
        if not each.invariant:
            yield on_sample(sample, each.message, path=each.path)


@lint_rule("DOC-003", "all", of_message=_no_message_of_its_contract)
def examples_hold(library: Library) -> Iterator[Hit]:
    """Examples are there, and they are valid.

    ## What it checks
    Every sample of a message follows its contract, and every message that must be refused
    (`invalid-*`, or a change that `samples/refused.yaml` makes) is, by the rule and for the reason
    that file gives; every request body and every successful answer
    of an API has an example, and it follows its schema.

    ## Why it matters
    People copy the example. A wrong one is the most widely used version of the contract.

    ## What to do instead
    Mend the example, or the schema that it shows to be wrong.
    """
    yield from wrong_refusals(library)
    for operation in library.operations:
        for where, media in _bodies(operation):
            if not _example(media):
                yield on_operation(operation, f"{where} has no example")
    for each in library.apis:
        for at, wrong in _wrong_examples(each):
            yield on_contract(each, wrong, path=at)


def _bodies(operation: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    body = operation.resolved(operation.node.get("requestBody"))
    for media in (body or {}).get("content", {}).values():
        yield "the request body", media
    for status, response in operation.responses.items():
        if status.startswith("2"):
            for media in (response or {}).get("content", {}).values():
                yield f"the answer {status}", media


def _example(media: dict[str, Any]) -> bool:
    return "example" in media or bool(media.get("examples"))


def _wrong_examples(contract: Any) -> Iterator[tuple[str, str]]:
    """(place, what is wrong) of each example that its own schema refuses."""
    import jsonschema_rs

    document = contract.document.value
    for at, media in _media(document, ""):
        examples = [media["example"]] if "example" in media else []
        for named in (media.get("examples") or {}).values():
            examples += [named["value"]] if isinstance(named, dict) and "value" in named else []
        for example in examples:
            schema = {**_rooted(document), **_as_ref(media["schema"])}
            try:
                validator = jsonschema_rs.Draft202012Validator(schema)
                wrong = next(iter(validator.iter_errors(example)), None)
            except (ValueError, jsonschema_rs.ReferencingError) as error:
                yield at, f"the example cannot be checked: {error}"
                continue
            if wrong:
                yield at, f"the example does not follow its schema: {wrong.message}"


def _rooted(document: Any) -> dict[str, Any]:
    return {"components": document.get("components", {})}


def _as_ref(schema: dict[str, Any]) -> dict[str, Any]:
    return {"allOf": [schema]}


def _media(node: Any, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if isinstance(node.get("schema"), dict) and ("example" in node or "examples" in node):
            yield at, node
        for key, each in node.items():
            if key not in ("example", "examples"):
                yield from _media(each, f"{at}/{key}")
    elif isinstance(node, list):
        for index, each in enumerate(node):
            yield from _media(each, f"{at}/{index}")


@lint_rule("DOC-004", "all", Severity.WARN)
def absence_and_unit_told(library: Library) -> Iterator[Hit]:
    """Optional fields say what absence means, and moments that they are in UTC.

    ## What it checks
    The text of an optional field says when it is empty (of events EVO-009 asks it); the text of a
    timestamp says UTC.

    ## Why it matters
    Empty may mean unknown, not applicable, or not yet. A reader that guesses wrong acts on it.

    ## What to do instead
    "When the goods were loaded, in UTC; empty when loading is not reported."
    """
    for each in library.avro_fields:
        event = each.contract.document.name.startswith("events/")  # EVO-009 asks them
        if each.is_optional and not event and each.doc and not _ABSENCE.search(each.doc):
            yield on_field(each, f"`{each.name}` does not say what its absence means")
        if each.type_name == "timestamp-micros" and "UTC" not in each.doc:
            yield on_field(each, f"`{each.name}` does not say that it is in UTC")


@lint_rule("DOC-005", "taxonomy")
def states_complete(library: Library) -> Iterator[Hit]:
    """A state has a code, labels, a definition, a rank and an owner.

    ## What it checks
    Every state: a label in English at least, a definition of 20 characters or more that no other
    state of the list shares, and an owner, its own or that of the taxonomy.

    ## Why it matters
    A state without a definition is defined by each reader.

    ## What to do instead
    Write one sentence that says when the state holds, and nothing of the next one.
    """
    for contract, body in library.taxonomies.values():
        seen: dict[str, str] = {}
        for state in body.states:
            wrong = poor_text(state.definition, state.code)
            if not state.label.get("en"):
                wrong = wrong or "has no label in English"
            if not (state.owner or body.owner):
                wrong = wrong or "has no owner"
            if state.definition in seen:
                wrong = wrong or f"is defined like `{seen[state.definition]}`"
            seen[state.definition] = state.code
            if wrong:
                message = f"the state `{state.code}` {wrong}"
                yield on_contract(contract, message, path=state.code, at=state.at)
