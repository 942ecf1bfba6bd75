"""Load one contract: a document and what it refers to become a `Contract`."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from lading.model.avro import Names, read_avro
from lading.model.canonical import reached
from lading.model.contract import Contract, Kind, Reference, Subject, Terms
from lading.model.document import Syntax
from lading.model.errors import ContractError
from lading.model.notes import Notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.contract import Body
    from lading.model.document import Document, Place
    from lading.model.errors import Problem
    from lading.model.schema import Schema

_NONE: Mapping[str, Document] = {}


_AVRO_SHAPES: Final = frozenset({"record", "enum", "fixed", "map", "error"})


def read_contract(  # noqa: PLR0913 - the options of one reading
    kind: Kind,
    document: Document,
    *,
    subject: Subject | None = None,
    references: Mapping[str, Document] = _NONE,
    terms: Terms | None = None,
    ignored: frozenset[str] = frozenset(),
    exact: bool = False,
    flawed: bool = False,
    before: Contract | None = None,
) -> Contract:
    """Turn `document` into its normal form.

    Args:
        kind: which language it is written in.
        document: as `read_document` let it in.
        subject: its name; by default the Avro full name, or folder, name and major version.
        references: every document it may reach, by the name used inside: an Avro full name, or the
            text of a ``$ref`` before its ``#``. It may hold more than is used.
        terms: what is promised about it.
        ignored: codes of problems of an Avro document that are passed over.
        exact: read JSON Schema to the letter, by which `properties` without a `type` says nothing
            of a text; else as its authors mean it.
        flawed: whether it may have problems that keep nothing from being compared, as an API that
            has no `version`: it is not ours to put right.
        before: a version before it of the same name, read with the same `ignored`: what is written
            just so in both is read once. It changes nothing but the time that it takes.

    Returns:
        The contract; `Contract.documents` holds its own document first and, read from the end, each
        document before those that refer to it.

    Raises:
        ContractError: with every problem of the document, and of those it refers to.
    """
    terms = terms or Terms()
    if kind is Kind.AVRO:
        body, types, documents, used = _avro(document, references, ignored, before)
    elif kind is Kind.PROTOBUF:
        body, types, documents, used = _protobuf(document, references)
    elif kind in {Kind.JSON, Kind.OPENAPI}:
        body, types, documents, used = _json(kind, document, references, exact=exact, flawed=flawed)
    else:
        body, types, documents, used = _list(kind, document)
    name = subject or subject_of(kind, document, body, terms)
    types = reached(body, types)
    return Contract(
        subject=name,
        kind=kind,
        body=body,
        types=types,
        documents=documents,
        terms=terms,
        references=tuple(_reference(each, references) for each in used),
        found={each: references[each] for each in used},
    )


def _reference(name: str, references: Mapping[str, Document]) -> Reference:
    """Documents of a registry are called ``subject@version``; elsewhere the name has to do."""
    subject, _, version = references[name].name.rpartition("@")
    if subject and version.isdecimal():
        return Reference(name, Subject(subject), int(version))
    return Reference(name, Subject(name))


def _avro(
    document: Document,
    references: Mapping[str, Document],
    ignored: frozenset[str],
    before: Contract | None,
) -> tuple[Body, Mapping[str, Schema], tuple[Document, ...], tuple[str, ...]]:
    names = Names({name: each for name, each in references.items() if each is not document})
    body, used = read_avro(document, names, before)
    problems = {each for each in names.problems if each.code not in ignored}
    if problems:
        raise ContractError(sorted(problems, key=lambda each: each.place))
    # As most are: the one type is the whole, and nothing leads to it.
    alone = not names.refers and all(each is body for each in names.types.values())
    return body, {} if alone else names.types, tuple(reversed(names.documents)), used


def _json(
    kind: Kind,
    document: Document,
    references: Mapping[str, Document],
    *,
    exact: bool,
    flawed: bool,
) -> tuple[Body, Mapping[str, Schema], tuple[Document, ...], tuple[str, ...]]:
    from lading.model.dialects import dialect_of
    from lading.model.firewall import guard
    from lading.model.jsonschema import read_json_schema
    from lading.model.named import Types
    from lading.model.openapi import read_openapi
    from lading.model.own_address import address_of, without_own_address
    from lading.model.own_names import with_pointers
    from lading.model.swagger import as_openapi, is_swagger

    if kind is Kind.OPENAPI and is_swagger(document.value):
        document = as_openapi(document)
    dialect = dialect_of(document.value)
    address = address_of(document.value) if kind is Kind.OPENAPI else ""
    if address:  # relative to it, a file's name means another one than beside the document
        document, references = without_own_address(document), {}
    types = Types(references, exact=exact, dialect=dialect)
    read = with_pointers(document) if kind is Kind.JSON else document
    guard(types.at(read), frozenset(references))
    body: Body = (
        read_openapi(read, types) if kind is Kind.OPENAPI else read_json_schema(read, types)
    )
    types.forget()
    for each in types.used.values():
        guard(types.at(each), frozenset(references))
        if document.moved:
            what = f"a Swagger 2.0 document that refers to another, {each.name}, is not read"
            types.at(document).add("LAD020", (), what, hint="put what it refers to into it")
    problems = {each for notes in types.notes.values() for each in notes.problems}
    if not flawed:
        problems |= {each for notes in types.notes.values() for each in notes.flaws}
    if problems:
        raise ContractError(_once_per_place(problems))
    return body, types.types, (document, *types.used.values()), tuple(types.used)


def _once_per_place(problems: set[Problem]) -> list[Problem]:
    """A reference that leads out is found by the guard and again by the reader: once is enough."""
    found: dict[tuple[str, Place], Problem] = {}
    for each in sorted(problems, key=lambda each: (each.place, each.code, each.message)):
        found.setdefault((each.code, each.place), each)
    return list(found.values())


def _protobuf(
    document: Document, references: Mapping[str, Document]
) -> tuple[Body, Mapping[str, Schema], tuple[Document, ...], tuple[str, ...]]:
    from lading.model.protobuf import read_protobuf

    body, used = read_protobuf(document, references)
    return body, {}, (document, *used.values()), tuple(used)


def _list(
    kind: Kind, document: Document
) -> tuple[Body, Mapping[str, Schema], tuple[Document, ...], tuple[str, ...]]:
    from lading.model.mappings import read_mapping
    from lading.model.taxonomies import read_taxonomy

    notes = Notes(document)
    body: Body = (
        read_taxonomy(document, notes) if kind is Kind.TAXONOMY else read_mapping(document, notes)
    )
    if notes.problems:
        raise ContractError(sorted(notes.problems, key=lambda each: each.place))
    return body, {}, (document,), ()


def subject_of(kind: Kind, document: Document, body: Body, terms: Terms) -> Subject:
    """The subject that a contract has when nobody names one."""
    if kind is Kind.AVRO:
        return Subject(getattr(body, "name", "") or _stem(document))
    version = getattr(body, "version", "") or terms.version
    major = re.match(r"\d+", version)
    folder = {
        Kind.JSON: "schemas",
        Kind.PROTOBUF: "protos",
        Kind.OPENAPI: "apis",
        Kind.TAXONOMY: "taxonomies",
        Kind.MAPPING: "mappings",
    }
    named = getattr(body, "name", "") if kind in {Kind.TAXONOMY, Kind.MAPPING} else ""
    return Subject(f"{folder[kind]}.{named or _stem(document)}.v{major.group() if major else 1}")


def avro_name(document: Document) -> str:
    """The full name of the top type of an Avro document; empty when it has none."""
    node = document.value
    if not isinstance(node, dict) or not isinstance(node.get("name"), str):
        return ""
    name, space = str(node["name"]), node.get("namespace")
    return name if "." in name or not isinstance(space, str) or not space else f"{space}.{name}"


def kind_of_document(document: Document) -> Kind | None:
    """Which kind `document` is by what is in it; `None` when nothing tells."""
    value = document.value
    if document.syntax is Syntax.PROTO:
        return Kind.PROTOBUF
    if isinstance(value, bool):
        return Kind.JSON
    if not isinstance(value, dict):
        return Kind.AVRO if document.name.endswith(".avsc") or _is_avro(value) else None
    for key, kind in (
        ("taxonomy", Kind.TAXONOMY),
        ("mapping", Kind.MAPPING),
        ("openapi", Kind.OPENAPI),
        ("swagger", Kind.OPENAPI),
    ):
        if key in value and not (key == "taxonomy" and "mapping" in value):
            return kind
    if document.name.endswith(".avsc") or ("$schema" not in value and _is_avro(value)):
        return Kind.AVRO
    return Kind.JSON if _JSON_WORDS & value.keys() else None


def kinds_of_documents(old: Document, new: Document) -> tuple[Kind | None, Kind | None]:
    """Which kinds two versions of one contract are: where one does not tell, the other does."""
    a, b = kind_of_document(old), kind_of_document(new)
    if a is b or not (a is None or b is None or {a, b} == {Kind.AVRO, Kind.JSON}):
        return a, b
    if Kind.AVRO in (a, b):
        silent = new if a is Kind.AVRO else old
        return (Kind.AVRO, Kind.AVRO) if _may_be_avro(silent.value) else (a, b)
    silent = old if a is None else new
    return (Kind.JSON, Kind.JSON) if Kind.JSON in (a, b) and silent.value == {} else (a, b)


def _is_avro(node: object) -> bool:
    """Whether it can be nothing but an Avro schema."""
    if isinstance(node, list):
        return all(map(_may_be_avro, node)) and any(map(_is_told, node))
    if not isinstance(node, dict):
        return isinstance(node, str) and node in _PRIMITIVES
    shape = node.get("type")
    if isinstance(shape, dict) or (isinstance(shape, str) and shape in _AVRO_SHAPES | _AVRO_ONLY):
        return True
    items = node.get("items")
    if shape != "array" or isinstance(items, dict):
        return shape == "array" and _is_avro(items)
    return isinstance(items, str) or (isinstance(items, list) and _is_avro(items))


def _is_told(node: object) -> bool:
    """Whether a branch of a union is one beyond doubt: a primitive, or a type of its own."""
    return _is_avro(node) or (isinstance(node, dict) and isinstance(node.get("type"), str))


def _may_be_avro(node: object) -> bool:
    """Whether it reads as an Avro schema: a name, a union, a type with nothing of JSON Schema."""
    if isinstance(node, list):
        return bool(node) and all(map(_may_be_avro, node))
    if not isinstance(node, dict):
        return isinstance(node, str) and bool(_AVRO_NAME.fullmatch(node))
    if "type" not in node or node.keys() & _JSON_WORDS - {"type", "items"}:
        return False
    return _may_be_avro(node["type"]) and ("items" not in node or _may_be_avro(node["items"]))


_AVRO_NAME: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_AVRO_ONLY: Final = frozenset({"int", "long", "float", "double", "bytes"})
_PRIMITIVES: Final = _AVRO_ONLY | {"null", "boolean", "string"}
_JSON_WORDS: Final = frozenset(
    {
        "$defs",
        "$id",
        "$ref",
        "$schema",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "definitions",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "if",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "not",
        "oneOf",
        "pattern",
        "patternProperties",
        "prefixItems",
        "properties",
        "required",
        "type",
    }
)
"""What shows a JSON Schema."""


def _stem(document: Document) -> str:
    return PurePosixPath(document.name).stem or "schema"
