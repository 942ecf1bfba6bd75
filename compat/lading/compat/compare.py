"""The one door for two documents: read them, judge them, and say `unknown` where that fails."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from lading.compat.judge import judge
from lading.compat.policy import DEFAULT
from lading.compat.promise import DEFAULT_PROMISES, headline, promises
from lading.compat.verdict import Verdict
from lading.model.collector import uncollected
from lading.model.contract import Contract, Kind, Subject, Terms
from lading.model.document import Document, Place, Syntax
from lading.model.errors import ContractError, Problem, too_deep
from lading.model.read import kind_of_document, kinds_of_documents, read_contract
from lading.model.reader import read_document
from lading.model.schema import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lading.compat.policy import Policy
    from lading.model.contract import Compatibility
    from lading.model.document import JsonValue

    Found: TypeAlias = Callable[[Document, Kind], Mapping[str, Document]]
    """The documents that one may refer to, by the name it uses: `read_contract` has the details."""

Source: TypeAlias = "bytes | str | JsonValue | Document"
"""A document as it was sent, as text, as what its parser made of it, or read already."""

IGNORED: Final = frozenset({"LAD016"})
"""What a specification tells readers to ignore (Avro: a logical type that is not valid), so it is
no obstacle to judging documents of others; a contract of ours is asked to mend it."""


@uncollected()
def compare(  # noqa: PLR0913 - the options of one question
    old: Source,
    new: Source,
    *,
    kind: Kind | None = None,
    promise: Compatibility | None = None,
    defaults: Mapping[str, Compatibility] = DEFAULT_PROMISES,
    policy: Policy = DEFAULT,
    names: tuple[str, str] = ("old", "new"),
    references: Found | None = None,
) -> Verdict:
    """Say whether the document `new` may follow the document `old`.

    Nothing is raised for what is in the documents: what cannot be read, is not recognised, or is of
    two kinds gives the outcome `unknown`, with the reasons in `Verdict.problems`.

    Args:
        old: the version in use: bytes or text of JSON, YAML or Protobuf, a parsed value, or a
            `Document`.
        new: the version that is proposed, likewise.
        kind: what both are; by default what they show.
        promise: what is promised; by default `defaults`.
        defaults: promises by slot and kind, as in `lading.toml`.
        policy: by what else it is judged: how far the promise goes, what an open object may
            carry, who reads Avro, which rule set counts.
        names: what to call the two in places; a suffix such as ``.avsc`` tells the kind too.
        references: where to find what a document refers to; by default nowhere.
    """
    read: list[Contract] = []
    problems: list[Problem] = []
    documents: list[Document | None] = []
    for source, name in zip((old, new), names, strict=True):
        try:
            documents.append(
                _document(source, name, Syntax.PROTO if kind is Kind.PROTOBUF else None)
            )
        except ContractError as error:
            documents.append(None)
            problems += error.problems
    kinds = _kinds(documents, kind)
    for document, said, name in zip(documents, kinds, names, strict=True):
        try:
            read += [_contract(document, said, name, references)] if document else []
        except ContractError as error:
            problems += error.problems
    if problems:
        return _undecided(problems, read, kind, names)
    before, after = read
    if before.kind is not after.kind:
        message = f"one document is {before.kind}, the other {after.kind}"
        problem = Problem("LAD024", message, Place(names[1]), "compare like with like")
        return _undecided([problem], read, kind, names)
    after = replace(after, subject=before.subject)
    return judge(before, after, promise, defaults=defaults, policy=policy)


def _kinds(documents: list[Document | None], said: Kind | None) -> tuple[Kind | None, ...]:
    """What the two are, as is said or as they show."""
    if said:
        return said, said
    old, new = documents
    if old is None or new is None:
        return tuple(kind_of_document(each) if each else None for each in documents)
    return kinds_of_documents(old, new)


def _contract(
    document: Document, kind: Kind | None, name: str, references: Found | None
) -> Contract:
    if kind is None:
        message = f"{name} does not show what it is"
        hint = f"say by `kind=` or `--kind` what it is, one of {', '.join(Kind)}"
        raise ContractError([Problem("LAD024", message, Place(name), hint)])
    found = references(document, kind) if references else {}
    return read_contract(kind, document, references=found, ignored=IGNORED, flawed=True)


def _document(source: Source, name: str, syntax: Syntax | None) -> Document:
    if isinstance(source, Document):
        return source
    if isinstance(source, str):
        source = source.encode("utf-8", "surrogatepass")
    if isinstance(source, bytes):
        return read_document(name, source, syntax=syntax, aliases=True)
    try:
        return read_document(name, json.dumps(source).encode())
    except RecursionError as error:
        raise ContractError([too_deep(Place(name))]) from error
    except (TypeError, ValueError) as error:
        problem = Problem("LAD001", f"{name} is no JSON value: {error}", Place(name))
        raise ContractError([problem]) from error


def _undecided(
    problems: Iterable[Problem],
    read: list[Contract],
    said: Kind | None,
    names: tuple[str, str],
) -> Verdict:
    kind = read[0].kind if read else said or Kind.JSON
    subject = read[0].subject if read else Subject(names[1])
    unread = Contract(subject, kind, Opaque((), ""), terms=Terms())
    held = promises(unread, None, DEFAULT_PROMISES)
    return Verdict(subject, headline(kind, held), None, unread, (), tuple(problems))
