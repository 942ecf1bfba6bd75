"""The edit space: every field of every node of the normal form, times added, removed and changed.

A cell is met when the diff states just the facts that stand in the table, each with a rule; or when
it states nothing and the table says why that is right. A field that is new in the normal form has
no row, and a row whose fact was lost is not met: both fail here, before a verdict can be silent.
"""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import permutations
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

import protospace
from lading.compat import RULES, ChangeKind, diff
from lading.compat import ChangeKind as K
from lading.compat.pair import Pair
from lading.compat.rules import RULE_FOR
from lading.model import api, proto, schema, taxonomy
from lading.model.api import (
    Api,
    Body,
    Family,
    In,
    Link,
    Media,
    Operation,
    Parameter,
    Part,
    Response,
    Security,
)
from lading.model.contract import Contract, Kind, Subject
from lading.model.dialects import Dialect
from lading.model.document import Origin
from lading.model.schema import (
    NO_DEFAULT,
    NO_LIMITS,
    Anything,
    Array,
    Condition,
    Enum,
    Field,
    Fixed,
    Invariant,
    Limits,
    Logical,
    Map,
    Nothing,
    Opaque,
    Record,
    Ref,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)
from lading.model.taxonomy import (
    Case,
    CodeMap,
    Derivation,
    MappingCell,
    Measure,
    Override,
    Quality,
    Sending,
    Sla,
    State,
    Taxonomy,
    TaxonomyKind,
    Transition,
    Unmapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Host: TypeAlias = "Callable[[Any], Contract]"
Facts: TypeAlias = "tuple[ChangeKind, ...]"

NEVER: Any = object()
"""A value that a field cannot have: what is always there is never added or removed."""
STRING, NUMBER, LONG = (Scalar(ScalarType[name]) for name in ("STRING", "NUMBER", "LONG"))
INTEGER, BYTES, NULL = (Scalar(ScalarType[name]) for name in ("INTEGER", "BYTES", "NULL"))

# --- hosts: a contract that holds one node


def in_json(node: Any) -> Contract:
    body = Record((Field("f", node),), rest=Anything())
    return Contract(Subject("s"), Kind.JSON, body, types={"A": STRING, "B": NUMBER})


def as_condition(node: Any) -> Contract:
    return in_json(Restricted(Anything(), (node,)))


def in_avro(node: Any) -> Contract:
    body = Record((Field("f", node),), name="R", rest=Anything())
    return Contract(Subject("s"), Kind.AVRO, body)


FIRST_AND_LAST = (Field("first", STRING), Field("last", STRING))


def as_field(kind: Kind) -> Host:
    rest = Anything()
    return lambda node: Contract(
        Subject("s"), kind, Record((*FIRST_AND_LAST, node), name="R", rest=rest)
    )


def limited(node: Scalar | Array | Record) -> Host:
    """A host of limits."""
    return lambda limits: in_json(replace(node, limits=limits))


def in_api(**parts: Any) -> Host:
    """An API of one operation, whose part named `...` is the node."""
    (name,) = (each for each, value in parts.items() if value is ...)
    rest = {each: value for each, value in parts.items() if value is not ...}
    return lambda node: of_operation(
        replace(OPERATION, **rest, **{name: node if name == "body" else (node,)})
    )


def of_operation(node: Any) -> Contract:
    return of_api(replace(API, operations=(node,)))


def of_api(node: Any) -> Contract:
    return Contract(Subject("a"), Kind.OPENAPI, node)


def of_taxonomy(node: Any) -> Contract:
    return Contract(Subject("t"), Kind.TAXONOMY, node)


def of_mapping(node: Any) -> Contract:
    return Contract(Subject("m"), Kind.MAPPING, node)


# --- specimens: a node of each kind

OPEN = Record((Field("f", STRING),), rest=Anything())
ONE = Record((Field("a", STRING),), name="One", rest=Anything())
TWO = Record((Field("b", STRING),), name="Two", rest=Anything())
THREE = Record((Field("c", STRING),), name="Three", rest=Anything())
NOT = Condition("not", STRING)
IF = Condition("if", Anything(), test=STRING, otherwise=STRING)
UNION = Union((ONE, TWO), discriminator="kind")
ENUM = Enum(("A", "B"), name="E")


def exactly(*values: str) -> Tuple:
    """The list of those values, and no other."""
    limits = Limits(min_items=len(values), max_items=len(values))
    return Tuple(tuple(Enum((each,)) for each in values), Nothing(), limits)


FIXED = Fixed("F", 4)
PARAMETER = Parameter("limit", In.QUERY, STRING)
HEADER = Parameter("etag", In.HEADER, STRING)
MEDIA = Media("application/json", STRING)
BODY = Body((MEDIA,))
PARTS = Record((Field("f", OPEN), Field("g", OPEN)))
LISTS = Record((Field("f", Array(STRING)), Field("g", Array(STRING))))
FORM = Media("multipart/form-data", PARTS)
PET = Record((Field("kind", STRING),), name="Pet", rest=Anything())
CAT = Record((*PET.fields, Field("a", STRING)), name="Cat", rest=Anything())
DOG = Record((*PET.fields, Field("b", STRING)), name="Dog", rest=Anything())
ITSELF = (("Pet", Ref("Pet")),)
WITH_CAT, WITH_DOG = ((*ITSELF, (name, Ref(name))) for name in ("Cat", "Dog"))
FAMILY = Family("Pet", "kind", WITH_CAT)
PART = Part("f")
LINK = Link("next", "get /a/{}")
RESPONSE = Response("200", (MEDIA,))
OPERATION = Operation("get", "/a/{}", "/a/{id}", responses=(RESPONSE,))
CALLBACK = Operation("post", "{$url}", "{$url}", webhook=True, callback="done")
API = Api("Title", "1.0.0", (OPERATION,))
KEY, TOKEN = Security((("key", ()),)), Security((("token", ("read",)),))
STATE = State("OPEN", "It is open.", rank=1)
DONE = State("DONE", "It is done.", rank=2, terminal=True)
STEP = Transition("OPEN", "DONE", "finished")
TAXONOMY = Taxonomy("t", "1.0.0", TaxonomyKind.STATE_MACHINE, "tms", (STATE, DONE), (STEP,))
SLA = Sla("transit", "OPEN", "DONE", "PT4H")
DERIVATION = Derivation({"n": "number"}, (("otherwise", "OPEN"),))
CELL = MappingCell("AA", "OPEN", Quality.EXACT)
CASE = Case((("q", "1"),), "DONE")
OVERRIDE = Override("acme", "AA", "DONE")
SENDING = Sending("OPEN", "AA")
MAPPING = CodeMap("m", "1.0.0", "carrier", "list", "1", "t", (CELL,))

as_json_field, as_avro_field = as_field(Kind.JSON), as_field(Kind.AVRO)
as_state: Host = lambda node: of_taxonomy(replace(TAXONOMY, states=(node, DONE), transitions=()))  # noqa: E731
as_step: Host = lambda node: of_taxonomy(replace(TAXONOMY, transitions=(node,)))  # noqa: E731
as_sla: Host = lambda node: of_taxonomy(replace(TAXONOMY, slas=(node,)))  # noqa: E731
as_derived: Host = lambda node: of_taxonomy(replace(TAXONOMY, derived=node))  # noqa: E731
as_cell: Host = lambda node: of_mapping(replace(MAPPING, cells=(node,)))  # noqa: E731
as_case: Host = lambda node: as_cell(replace(CELL, cases=(node,)))  # noqa: E731
as_override: Host = lambda node: of_mapping(replace(MAPPING, overrides=(node,)))  # noqa: E731
as_sending: Host = lambda node: of_mapping(replace(MAPPING, sends=(node,)))  # noqa: E731
as_logical: Host = lambda node: in_avro(replace(BYTES, logical=node))  # noqa: E731
as_invariant: Host = lambda node: in_json(replace(OPEN, invariants=(node,)))  # noqa: E731
as_parameter = in_api(parameters=...)
as_body = in_api(body=..., method="post")
as_response = in_api(responses=...)
as_security = in_api(security=...)
as_callback = in_api(callbacks=...)
as_link: Host = lambda node: as_response(replace(RESPONSE, links=(node,)))  # noqa: E731
as_header: Host = lambda node: as_response(replace(RESPONSE, headers=(node,)))  # noqa: E731
as_media: Host = lambda node: as_body(replace(BODY, contents=(node,)))  # noqa: E731
as_part: Host = lambda node: as_media(replace(FORM, parts=(node,)))  # noqa: E731
in_request: Host = lambda node: as_media(  # noqa: E731
    replace(MEDIA, schema=Record((node,), rest=Anything()))
)
in_response: Host = lambda node: as_response(  # noqa: E731
    replace(RESPONSE, contents=(replace(MEDIA, schema=Record((node,), rest=Anything())),))
)


def of_families(node: Any) -> Contract:
    """An API that takes a type which others build on."""
    taken = replace(OPERATION, body=Body((Media("application/json", Ref("Pet")),)))
    types = {"Pet": PET, "Cat": CAT, "Dog": DOG}
    api = replace(node, operations=(taken,))
    return Contract(Subject("a"), Kind.OPENAPI, api, types=types)


as_family: Host = lambda node: of_families(replace(API, families=(node,)))  # noqa: E731

# --- the table


@dataclass(frozen=True)
class Row:
    """One field of one kind of node: what its edits are, and what the diff states about each."""

    host: Host
    node: Any
    values: tuple[Any, Any, Any]
    """Without it, with it, with another."""
    added: Facts
    removed: Facts
    changed: Facts
    why: str = ""
    """Why an edit of it that states nothing is none: needed where a tuple of facts is empty."""


def row(host: Host, node: Any, values: tuple[Any, Any, Any], *facts: ChangeKind) -> Row:
    """A row whose three edits state the same facts."""
    return Row(host, node, values, facts, facts, facts)


def coming(
    host: Host, node: Any, values: tuple[Any, Any, Any], came: ChangeKind, went: ChangeKind
) -> Row:
    """A row of parts that come and go: another one is both."""
    return Row(host, node, values, (came,), (went,), (went, came))


def none(host: Host, node: Any, values: tuple[Any, Any, Any], why: str) -> Row:
    """A row whose edits state nothing."""
    return Row(host, node, values, (), (), (), why)


def flag(host: Host, node: Any, *facts: ChangeKind) -> Row:
    """A row of a field that is false or true."""
    return row(host, node, (False, True, NEVER), *facts)


def limit(host: Host, one: Any, other: Any, fact: ChangeKind = K.LIMIT) -> Row:
    return row(host, NO_LIMITS, (None, one, other), fact)


WORDS = "words for people: no message is another for it"
GOVERNED = "governance beside the contract: lint judges it, terms and audits show it"
SUBJECT = "who a contract is belongs to its subject: another name is another contract"
VERSION = "the author's number; which one is due follows from the findings, not the other way"
ASKED = "what only one version asks for is said where it asks: LAD531"
CALLED = "as people write it; what it is compared by is another field"

ROWS: Mapping[tuple[type, str], Row] = MappingProxyType(
    {
        **{key: Row(*each) for key, each in protospace.rows(NEVER).items()},
        (Logical, "name"): row(
            as_logical, Logical("decimal", 4, 2), (NEVER, "decimal", "other"), K.LOGICAL_CHANGED
        ),
        (Logical, "precision"): row(
            as_logical, Logical("decimal"), (None, 4, 6), K.DECIMAL_PRECISION
        ),
        (Logical, "scale"): row(as_logical, Logical("decimal"), (None, 2, 3), K.DECIMAL_SCALE),
        (Limits, "minimum"): limit(limited(NUMBER), 1, 2),
        (Limits, "maximum"): limit(limited(NUMBER), 1, 2),
        (Limits, "exclusive_minimum"): limit(limited(NUMBER), 1, 2),
        (Limits, "exclusive_maximum"): limit(limited(INTEGER), 1, 2),
        (Limits, "multiple_of"): limit(limited(NUMBER), 2, 3),
        (Limits, "min_length"): limit(limited(STRING), 1, 2),
        (Limits, "max_length"): limit(limited(STRING), 1, 2),
        (Limits, "min_items"): limit(limited(Array(STRING)), 1, 2),
        (Limits, "max_items"): limit(limited(Array(STRING)), 1, 2),
        (Limits, "unique_items"): row(
            limited(Array(STRING)), NO_LIMITS, (False, True, NEVER), K.LIMIT
        ),
        (Limits, "min_properties"): limit(limited(OPEN), 2, 3),
        (Limits, "max_properties"): limit(limited(OPEN), 1, 2),
        (Limits, "pattern"): limit(limited(STRING), "a", "b", K.PATTERN),
        (Scalar, "type"): row(
            in_json, STRING, (NEVER, ScalarType.STRING, ScalarType.BOOLEAN), K.SCALAR_TYPE
        ),
        (Scalar, "logical"): Row(
            in_json,
            STRING,
            (None, Logical("date"), Logical("uuid")),
            (K.LOGICAL_ADDED,),
            (K.LOGICAL_REMOVED,),
            (K.LOGICAL_CHANGED,),
        ),
        (Scalar, "limits"): row(
            in_json, NUMBER, (NO_LIMITS, Limits(minimum=1), Limits(minimum=2)), K.LIMIT
        ),
        (Scalar, "unit"): row(in_json, NUMBER, (None, "KGM", "LBR"), K.UNIT),
        (Scalar, "scheme"): row(in_json, STRING, (None, "GTIN-14", "SSCC"), K.SCHEME),
        (Scalar, "open"): flag(in_json, NULL, K.NULLABILITY),
        (Fixed, "name"): row(in_avro, FIXED, (NEVER, "F", "G"), K.TYPE_NAME),
        (Fixed, "size"): row(in_avro, FIXED, (NEVER, 4, 5), K.FIXED_SIZE),
        (Fixed, "logical"): Row(
            in_avro,
            FIXED,
            (None, Logical("uuid"), Logical("duration")),
            (K.LOGICAL_ADDED,),
            (K.LOGICAL_REMOVED,),
            (K.LOGICAL_CHANGED,),
        ),
        (Fixed, "aliases"): row(in_avro, FIXED, ((), ("G",), ("H",)), K.ALIASES),
        (Fixed, "unit"): row(in_avro, FIXED, (None, "KGM", "LBR"), K.UNIT),
        (Enum, "symbols"): coming(
            in_json, ENUM, (("A",), ("A", "B"), ("A", "C")), K.SYMBOL_ADDED, K.SYMBOL_REMOVED
        ),
        (Enum, "name"): row(in_avro, ENUM, (NEVER, "E", "G"), K.TYPE_NAME),
        (Enum, "default"): row(in_avro, ENUM, (None, "A", "B"), K.ENUM_DEFAULT),
        (Enum, "open"): flag(in_json, ENUM, K.ENUM_OPENNESS),
        (Enum, "aliases"): row(in_avro, ENUM, ((), ("G",), ("H",)), K.ALIASES),
        (Enum, "taxonomy"): row(in_json, ENUM, (None, "a.b", "a.c"), K.TAXONOMY_BINDING),
        (Enum, "doc"): none(in_json, ENUM, ("", "One.", "Other."), WORDS),
        (Field, "name"): coming(
            as_json_field, Field("f", STRING), (NEVER, "f", "g"), K.FIELD_ADDED, K.FIELD_REMOVED
        ),
        (Field, "schema"): row(
            as_json_field, Field("f", STRING), (NEVER, STRING, NUMBER), K.SCALAR_TYPE
        ),
        (Field, "required"): flag(as_json_field, Field("f", STRING), K.FIELD_REQUIREDNESS),
        (Field, "default"): row(
            as_avro_field, Field("f", STRING, False), (NO_DEFAULT, "a", "b"), K.FIELD_DEFAULT
        ),
        (Field, "aliases"): row(as_avro_field, Field("f", STRING), ((), ("g",), ("h",)), K.ALIASES),
        (Field, "read_only"): Row(
            in_request,
            Field("f", STRING),
            (False, True, NEVER),
            (K.FIELD_REMOVED,),
            (K.FIELD_ADDED,),
            (),
        ),
        (Field, "write_only"): Row(
            in_response,
            Field("f", STRING),
            (False, True, NEVER),
            (K.FIELD_REMOVED,),
            (K.FIELD_ADDED,),
            (),
        ),
        (Field, "deprecated"): flag(as_json_field, Field("f", STRING), K.DEPRECATION),
        (Field, "sunset"): row(as_json_field, Field("f", STRING), ("", "a", "b"), K.SUNSET),
        (Field, "stability"): row(as_json_field, Field("f", STRING), ("", "a", "b"), K.STABILITY),
        (Field, "means"): row(
            as_json_field,
            Field("f", STRING),
            ((), (("codelist", "a"),), (("codelist", "b"),)),
            K.MEANS,
        ),
        (Field, "order"): row(
            as_avro_field, Field("f", STRING), ("", "descending", "ignore"), K.FIELD_ORDER
        ),
        (Field, "doc"): Row(
            as_json_field,
            Field("f", STRING),
            ("", "- `AA`\n- `BB`", "- `AA`\n- `CC`"),
            (K.PROSE_CODES,),
            (K.PROSE_CODES,),
            (K.PROSE_CODES,),
        ),
        (Field, "tags"): none(
            as_json_field, Field("f", STRING), ({}, {"owner": "a"}, {"owner": "b"}), GOVERNED
        ),
        (Invariant, "name"): row(
            as_invariant, Invariant("a"), (NEVER, "a", "b"), K.INVARIANT, K.INVARIANT
        ),
        (Invariant, "rule"): none(as_invariant, Invariant("a"), ("", "One.", "Other."), WORDS),
        (Invariant, "check"): row(
            as_invariant, Invariant("a"), ("", "f > 1", "f > 2"), K.INVARIANT
        ),
        (Record, "fields"): coming(
            in_json,
            Record((), rest=Anything()),
            ((), (Field("a", STRING),), (Field("b", NUMBER),)),
            K.FIELD_ADDED,
            K.FIELD_REMOVED,
        ),
        (Record, "name"): row(in_avro, replace(OPEN, name="R"), (NEVER, "N", "M"), K.TYPE_NAME),
        (Record, "aliases"): row(in_avro, replace(OPEN, name="N"), ((), ("M",), ("O",)), K.ALIASES),
        (Record, "is_error"): flag(in_avro, replace(OPEN, name="N"), K.ERROR_RECORD),
        (Record, "rest"): Row(
            in_json,
            OPEN,
            (Nothing(), STRING, NUMBER),
            (K.CONTENT_MODEL,),
            (K.CONTENT_MODEL,),
            (K.SCALAR_TYPE,),
        ),
        (Record, "patterns"): Row(
            in_json,
            OPEN,
            ((), (("^a", STRING),), (("^b", STRING),)),
            (K.NAME_PATTERN,),
            (K.NAME_PATTERN,),
            (K.NAME_PATTERN, K.NAME_PATTERN),
        ),
        (Record, "limits"): row(
            in_json, OPEN, (NO_LIMITS, Limits(min_properties=2), Limits(min_properties=3)), K.LIMIT
        ),
        (Record, "invariants"): row(
            in_json, OPEN, ((), (Invariant("a"),), (Invariant("a", check="f > 1"),)), K.INVARIANT
        ),
        (Record, "doc"): none(in_json, OPEN, ("", "One.", "Other."), WORDS),
        (Record, "tags"): none(in_json, OPEN, ({}, {"owner": "a"}, {"owner": "b"}), GOVERNED),
        (Array, "items"): row(in_json, Array(STRING), (NEVER, STRING, NUMBER), K.SCALAR_TYPE),
        (Array, "limits"): row(
            in_json,
            Array(STRING),
            (NO_LIMITS, Limits(min_items=1), Limits(min_items=2)),
            K.LIMIT,
        ),
        (Tuple, "prefix"): row(
            in_json, Tuple((), STRING), ((), (NUMBER,), (INTEGER,)), K.SCALAR_TYPE
        ),
        (Tuple, "items"): row(
            in_json, Tuple((STRING,), STRING), (NEVER, STRING, NUMBER), K.SCALAR_TYPE
        ),
        (Tuple, "limits"): row(
            in_json,
            Tuple((STRING,), STRING),
            (NO_LIMITS, Limits(min_items=1), Limits(min_items=2)),
            K.LIMIT,
        ),
        (Condition, "keyword"): coming(
            as_condition, NOT, (NEVER, "not", "allOf"), K.CONDITION_ADDED, K.CONDITION_REMOVED
        ),
        (Condition, "schema"): row(as_condition, NOT, (NEVER, STRING, NUMBER), K.SCALAR_TYPE),
        (Condition, "key"): coming(
            as_condition,
            Condition("dependentSchemas", OPEN),
            (NEVER, "a", "b"),
            K.CONDITION_ADDED,
            K.CONDITION_REMOVED,
        ),
        (Condition, "test"): row(as_condition, IF, (NEVER, STRING, NUMBER), K.SCALAR_TYPE),
        (Condition, "otherwise"): row(as_condition, IF, (NEVER, STRING, NUMBER), K.SCALAR_TYPE),
        (Condition, "least"): row(
            as_condition, Condition("contains", STRING), (NEVER, 1, 2), K.LIMIT
        ),
        (Condition, "most"): row(
            as_condition, Condition("contains", STRING), (None, 1, 2), K.LIMIT
        ),
        (Condition, "text"): row(as_condition, NOT, (NEVER, "{}", "[]"), K.OPAQUE),
        (Restricted, "base"): row(
            in_json, Restricted(STRING, (NOT,)), (NEVER, STRING, NUMBER), K.SCALAR_TYPE
        ),
        (Restricted, "conditions"): coming(
            in_json,
            Restricted(STRING, ()),
            ((), (NOT,), (IF,)),
            K.CONDITION_ADDED,
            K.CONDITION_REMOVED,
        ),
        (Map, "values"): row(in_avro, Map(STRING), (NEVER, STRING, LONG), K.SCALAR_TYPE),
        (Union, "branches"): coming(
            in_json,
            UNION,
            ((ONE,), (ONE, TWO), (ONE, THREE)),
            K.BRANCH_ADDED,
            K.BRANCH_REMOVED,
        ),
        (Union, "discriminator"): row(
            in_json, Union((ONE, TWO)), (None, "kind", "sort"), K.DISCRIMINATOR
        ),
        (Union, "mapping"): row(
            in_json, UNION, ((), (("1", "One"),), (("1", "Two"),)), K.DISCRIMINATOR
        ),
        (Union, "exclusive"): flag(in_json, Union((ONE, TWO)), K.EXCLUSIVITY),
        (Ref, "name"): row(in_json, Ref("A"), (NEVER, "A", "B"), K.SCALAR_TYPE),
        (Opaque, "keywords"): row(
            in_json, Opaque(("not",), "{}"), ((), ("not",), ("if",)), K.OPAQUE
        ),
        (Opaque, "text"): row(in_json, Opaque(("not",), "{}"), (NEVER, "{}", "[]"), K.OPAQUE),
        (Opaque, "dialect"): none(
            in_json,
            Opaque(("const",), "{}"),
            (None, Dialect.OPENAPI_30, Dialect.DRAFT_2020),
            "it says why the text is not decided",
        ),
        (Parameter, "name"): coming(
            as_parameter, PARAMETER, (NEVER, "a", "b"), K.PARAMETER_ADDED, K.PARAMETER_REMOVED
        ),
        (Parameter, "location"): coming(
            as_parameter,
            PARAMETER,
            (NEVER, In.QUERY, In.HEADER),
            K.PARAMETER_ADDED,
            K.PARAMETER_REMOVED,
        ),
        (Parameter, "schema"): row(as_parameter, PARAMETER, (NEVER, STRING, NUMBER), K.SCALAR_TYPE),
        (Parameter, "required"): flag(as_parameter, PARAMETER, K.PARAMETER_REQUIREDNESS),
        (Parameter, "style"): row(
            as_parameter, PARAMETER, ("", "form", "deepObject"), K.PARAMETER_STYLE
        ),
        (Parameter, "explode"): flag(
            as_parameter, replace(PARAMETER, schema=Array(STRING)), K.PARAMETER_STYLE
        ),
        (Parameter, "media"): row(
            as_parameter, PARAMETER, ("", "application/json", "text/csv"), K.PARAMETER_STYLE
        ),
        (Parameter, "deprecated"): flag(as_parameter, PARAMETER, K.DEPRECATION),
        (Parameter, "sunset"): row(as_parameter, PARAMETER, ("", "a", "b"), K.SUNSET),
        (Parameter, "stability"): row(as_header, HEADER, ("", "a", "b"), K.STABILITY),
        (Parameter, "reserved"): flag(as_parameter, PARAMETER, K.PARAMETER_LIBERTY),
        (Parameter, "empty"): flag(as_parameter, PARAMETER, K.PARAMETER_LIBERTY),
        (Parameter, "default"): row(
            as_parameter, PARAMETER, (NO_DEFAULT, 1, True), K.FIELD_DEFAULT
        ),
        (Media, "type"): coming(
            as_media,
            MEDIA,
            (NEVER, "application/json", "text/plain"),
            K.MEDIA_ADDED,
            K.MEDIA_REMOVED,
        ),
        (Media, "schema"): row(as_media, MEDIA, (NEVER, STRING, NUMBER), K.SCALAR_TYPE),
        (Media, "items"): Row(
            as_media,
            MEDIA,
            (None, STRING, NUMBER),
            (K.ANY_VALUE,),
            (K.ANY_VALUE,),
            (K.SCALAR_TYPE,),
        ),
        (Media, "undecided"): row(
            as_media, MEDIA, ((), (("itemEncoding", "a"),), (("itemEncoding", "b"),)), K.API_PART
        ),
        (Media, "parts"): Row(
            as_media,
            FORM,
            ((), (Part("f", "form", True),), (Part("f", "spaceDelimited"),)),
            (K.API_PART,),
            (K.API_PART,),
            (K.PARAMETER_STYLE,),
        ),
        (Part, "name"): row(as_part, Part("f", "form"), (NEVER, "f", "g"), K.API_PART, K.API_PART),
        (Part, "style"): Row(
            as_part,
            PART,
            ("", "form", "spaceDelimited"),
            (K.API_PART,),
            (K.API_PART,),
            (K.PARAMETER_STYLE,),
        ),
        (Part, "explode"): flag(as_part, Part("f", "form"), K.PARAMETER_STYLE),
        (Part, "reserved"): flag(as_part, Part("f", "form"), K.PARAMETER_LIBERTY),
        (Part, "contents"): Row(
            as_part,
            PART,
            ((), ("image/jpeg",), ("image/png",)),
            (K.API_PART,),
            (K.API_PART,),
            (K.MEDIA_REMOVED, K.MEDIA_ADDED),
        ),
        (Part, "headers"): row(as_part, PART, ("", "a", "b"), K.API_PART),
        (Link, "name"): coming(as_link, LINK, (NEVER, "a", "b"), K.LINK_ADDED, K.LINK_REMOVED),
        (Link, "target"): row(as_link, LINK, ("", "get /a", "get /b"), K.LINK),
        (Link, "values"): row(as_link, LINK, ("", "a", "b"), K.LINK),
        (Body, "contents"): coming(
            as_body,
            BODY,
            ((), (MEDIA,), (replace(MEDIA, type="text/plain"),)),
            K.MEDIA_ADDED,
            K.MEDIA_REMOVED,
        ),
        (Body, "required"): flag(as_body, BODY, K.BODY_REQUIREDNESS),
        (Response, "status"): coming(
            as_response, RESPONSE, (NEVER, "200", "201"), K.RESPONSE_ADDED, K.RESPONSE_REMOVED
        ),
        (Response, "contents"): coming(
            as_response,
            RESPONSE,
            ((), (MEDIA,), (replace(MEDIA, type="text/plain"),)),
            K.MEDIA_ADDED,
            K.MEDIA_REMOVED,
        ),
        (Response, "headers"): coming(
            as_response,
            RESPONSE,
            ((), (HEADER,), (replace(HEADER, name="age"),)),
            K.HEADER_ADDED,
            K.HEADER_REMOVED,
        ),
        (Response, "links"): coming(
            as_response,
            RESPONSE,
            ((), (LINK,), (replace(LINK, name="last"),)),
            K.LINK_ADDED,
            K.LINK_REMOVED,
        ),
        (Security, "schemes"): row(
            as_security, KEY, ((), (("key", ()),), (("key", ("read",)),)), K.SECURITY
        ),
        (Operation, "method"): coming(
            of_operation, OPERATION, (NEVER, "get", "put"), K.OPERATION_ADDED, K.OPERATION_REMOVED
        ),
        (Operation, "path"): coming(
            of_operation, OPERATION, (NEVER, "/a", "/b"), K.OPERATION_ADDED, K.OPERATION_REMOVED
        ),
        (Operation, "written_path"): none(
            of_operation, OPERATION, (NEVER, "/a/{id}", "/a/{key}"), CALLED
        ),
        (Operation, "operation_id"): row(of_operation, OPERATION, ("", "a", "b"), K.OPERATION_ID),
        (Operation, "parameters"): coming(
            of_operation,
            OPERATION,
            ((), (PARAMETER,), (replace(PARAMETER, name="b"),)),
            K.PARAMETER_ADDED,
            K.PARAMETER_REMOVED,
        ),
        (Operation, "body"): Row(
            of_operation,
            OPERATION,
            (None, BODY, replace(BODY, required=True)),
            (K.BODY_ADDED,),
            (K.BODY_REMOVED,),
            (K.BODY_REQUIREDNESS,),
        ),
        (Operation, "responses"): coming(
            of_operation,
            OPERATION,
            ((), (RESPONSE,), (replace(RESPONSE, status="201"),)),
            K.RESPONSE_ADDED,
            K.RESPONSE_REMOVED,
        ),
        (Operation, "security"): row(of_operation, OPERATION, ((), (KEY,), (TOKEN,)), K.SECURITY),
        (Operation, "deprecated"): flag(of_operation, OPERATION, K.DEPRECATION),
        (Operation, "sunset"): row(of_operation, OPERATION, ("", "a", "b"), K.SUNSET),
        (Operation, "stability"): row(of_operation, OPERATION, ("", "a", "b"), K.STABILITY),
        (Operation, "callback"): row(as_callback, CALLBACK, (NEVER, "a", "b"), K.OPERATION_ID),
        (Operation, "callbacks"): coming(
            of_operation,
            OPERATION,
            ((), (CALLBACK,), (replace(CALLBACK, method="put"),)),
            K.OPERATION_ADDED,
            K.OPERATION_REMOVED,
        ),
        (Operation, "servers"): row(
            of_operation, OPERATION, ((), ("a",), ("b",)), K.SERVER_ADDED, K.SERVER_REMOVED
        ),
        (Operation, "undecided"): row(
            of_operation, OPERATION, ((), (("variables", "a"),), (("variables", "b"),)), K.API_PART
        ),
        (Operation, "webhook"): Row(
            of_operation,
            OPERATION,
            (False, True, NEVER),
            (K.OPERATION_REMOVED, K.OPERATION_ADDED),
            (K.OPERATION_REMOVED, K.OPERATION_ADDED),
            (),
        ),
        (Operation, "summary"): none(of_operation, OPERATION, ("", "One.", "Other."), WORDS),
        (Operation, "doc"): none(of_operation, OPERATION, ("", "One.", "Other."), WORDS),
        (Api, "title"): none(of_api, API, (NEVER, "One", "Other"), WORDS),
        (Api, "version"): none(of_api, API, (NEVER, "1.0.0", "2.0.0"), VERSION),
        (Api, "operations"): coming(
            of_api,
            API,
            ((), (OPERATION,), (replace(OPERATION, method="put"),)),
            K.OPERATION_ADDED,
            K.OPERATION_REMOVED,
        ),
        (Api, "servers"): coming(
            of_api, API, ((), ("a",), ("b",)), K.SERVER_ADDED, K.SERVER_REMOVED
        ),
        (Api, "schemes"): Row(
            of_api,
            API,
            ((), (("key", (("in", "a"),)),), (("key", (("in", "b"),)),)),
            (),
            (),
            (K.SECURITY_SCHEME,),
            ASKED,
        ),
        (Api, "deprecated"): row(
            of_api,
            replace(API, schemes=(("key", ()), ("token", ()))),
            ((), ("key",), ("key", "token")),
            K.DEPRECATION,
        ),
        (Api, "undecided"): row(
            of_api, API, ((), (("links", "a"),), (("links", "b"),)), K.API_PART
        ),
        (Api, "families"): Row(
            of_families,
            API,
            ((), (FAMILY,), (replace(FAMILY, property="sort"),)),
            (K.DISCRIMINATOR, K.BRANCH_ADDED),
            (K.DISCRIMINATOR, K.BRANCH_REMOVED),
            (K.DISCRIMINATOR,),
        ),
        (Family, "name"): row(
            as_family, FAMILY, (NEVER, "Pet", "Cat"), K.DISCRIMINATOR, K.BRANCH_REMOVED
        ),
        (Family, "property"): row(as_family, FAMILY, (NEVER, "kind", "sort"), K.DISCRIMINATOR),
        (Family, "members"): Row(
            as_family,
            FAMILY,
            (ITSELF, WITH_CAT, WITH_DOG),
            (K.BRANCH_ADDED, K.DISCRIMINATOR),
            (K.BRANCH_REMOVED, K.DISCRIMINATOR),
            (K.FIELD_ADDED, K.FIELD_REMOVED, K.DISCRIMINATOR, K.DISCRIMINATOR),
        ),
        (Api, "doc"): none(of_api, API, ("", "One.", "Other."), WORDS),
        (State, "code"): coming(
            as_state,
            replace(STATE, definition=""),
            (NEVER, "A", "B"),
            K.STATE_ADDED,
            K.STATE_REMOVED,
        ),
        (State, "definition"): row(as_state, STATE, ("", "One.", "Other."), K.STATE_DEFINITION),
        (State, "label"): row(as_state, STATE, ({}, {"en": "a"}, {"en": "b"}), K.STATE_LABEL),
        (State, "rank"): row(as_state, STATE, (0, 2, 3), K.STATE_RANK),
        (State, "initial"): flag(as_state, STATE, K.STATE_INITIAL),
        (State, "terminal"): flag(as_state, STATE, K.STATE_TERMINAL),
        (State, "customer_visible"): flag(as_state, STATE, K.STATE_VISIBILITY),
        (State, "owner"): row(as_state, STATE, ("", "wms", "erp"), K.STATE_OWNER),
        (State, "advances_to"): row(as_state, STATE, ("", "A", "B"), K.STATE_ADVANCES),
        (State, "not_to_be_confused_with"): row(
            as_state, STATE, ((), ("A",), ("B",)), K.STATE_LABEL
        ),
        (State, "deprecated"): flag(as_state, STATE, K.DEPRECATION),
        (State, "ranked"): none(
            as_state, STATE, (False, True, NEVER), "the same rank, written out or by the list"
        ),
        (State, "replaced_by"): row(as_state, STATE, ("", "A", "B"), K.STATE_SUNSET),
        (State, "sunset"): row(as_state, STATE, ("", "2027-01-01", "2028-01-01"), K.STATE_SUNSET),
        (State, "aliases"): row(as_state, STATE, ((), ("A",), ("B",)), K.STATE_ALIASES),
        (State, "fallback"): row(as_state, STATE, ("", "A", "B"), K.STATE_FALLBACK),
        (State, "category"): row(as_state, STATE, ("", "a", "b"), K.STATE_CATEGORY),
        (State, "exception"): flag(as_state, STATE, K.STATE_VISIBILITY),
        (State, "billable"): flag(as_state, STATE, K.STATE_VISIBILITY),
        (Transition, "source"): coming(
            as_step, STEP, (NEVER, "OPEN", "DONE"), K.TRANSITION_ADDED, K.TRANSITION_REMOVED
        ),
        (Transition, "target"): coming(
            as_step, STEP, (NEVER, "DONE", "OPEN"), K.TRANSITION_ADDED, K.TRANSITION_REMOVED
        ),
        (Transition, "trigger"): coming(
            as_step, STEP, (NEVER, "a", "b"), K.TRANSITION_ADDED, K.TRANSITION_REMOVED
        ),
        (Transition, "when"): row(as_step, STEP, ("", "One.", "Other."), K.TRANSITION_GUARD),
        (Derivation, "inputs"): row(
            as_derived, DERIVATION, ({}, {"n": "number"}, {"n": "a.b/C"}), K.TAXONOMY_DERIVATION
        ),
        (Derivation, "rules"): row(
            as_derived,
            DERIVATION,
            ((), (("otherwise", "OPEN"),), (("otherwise", "DONE"),)),
            K.TAXONOMY_DERIVATION,
        ),
        (Sla, "name"): coming(as_sla, SLA, (NEVER, "a", "b"), K.SLA_ADDED, K.SLA_REMOVED),
        (Sla, "start"): row(as_sla, SLA, (NEVER, "OPEN", "DONE"), K.SLA_CLOCK),
        (Sla, "stop"): row(as_sla, SLA, (NEVER, "OPEN", "DONE"), K.SLA_CLOCK),
        (Sla, "within"): row(as_sla, SLA, (NEVER, "PT4H", "PT2H"), K.SLA_LIMIT),
        (Sla, "measure"): row(as_sla, SLA, (NEVER, Measure.DWELL, Measure.NOTIFY), K.SLA_CLOCK),
        (Sla, "share"): row(as_sla, SLA, (NEVER, 100, 95), K.SLA_LIMIT),
        (Sla, "calendar"): row(as_sla, SLA, ("", "working days", "port hours"), K.SLA_CLOCK),
        (Sla, "time_zone"): row(as_sla, SLA, ("", "Europe/Berlin", "Asia/Tokyo"), K.SLA_CLOCK),
        (Taxonomy, "name"): none(of_taxonomy, TAXONOMY, (NEVER, "a", "b"), SUBJECT),
        (Taxonomy, "version"): none(of_taxonomy, TAXONOMY, (NEVER, "1.0.0", "2.0.0"), VERSION),
        (Taxonomy, "kind"): row(
            of_taxonomy,
            TAXONOMY,
            (NEVER, TaxonomyKind.VALUES, TaxonomyKind.MILESTONES),
            K.TAXONOMY_KIND,
        ),
        (Taxonomy, "owner"): row(of_taxonomy, TAXONOMY, (NEVER, "wms", "erp"), K.STATE_OWNER),
        (Taxonomy, "states"): coming(
            of_taxonomy,
            TAXONOMY,
            ((STATE,), (STATE, DONE), (STATE, State("LOST", "It is lost."))),
            K.STATE_ADDED,
            K.STATE_REMOVED,
        ),
        (Taxonomy, "transitions"): coming(
            of_taxonomy,
            TAXONOMY,
            ((), (STEP,), (replace(STEP, trigger="b"),)),
            K.TRANSITION_ADDED,
            K.TRANSITION_REMOVED,
        ),
        (Taxonomy, "title"): row(of_taxonomy, TAXONOMY, ("", "One", "Other"), K.STATE_LABEL),
        (Taxonomy, "doc"): row(
            of_taxonomy, TAXONOMY, ("", "One.", "Other."), K.TAXONOMY_DEFINITION
        ),
        (Taxonomy, "advances"): row(of_taxonomy, TAXONOMY, ("", "a", "b"), K.STATE_ADVANCES),
        (Taxonomy, "unknown"): row(of_taxonomy, TAXONOMY, (NEVER, "A", "B"), K.TAXONOMY_UNKNOWN),
        (Taxonomy, "ignored"): row(of_taxonomy, TAXONOMY, ("", "A", "B"), K.TAXONOMY_IGNORED),
        (Taxonomy, "derived"): row(
            of_taxonomy,
            TAXONOMY,
            (None, DERIVATION, replace(DERIVATION, inputs={})),
            K.TAXONOMY_DERIVATION,
        ),
        (Taxonomy, "open"): flag(of_taxonomy, TAXONOMY, K.TAXONOMY_OPENNESS),
        (Taxonomy, "skips"): flag(of_taxonomy, TAXONOMY, K.TAXONOMY_SKIPS),
        (Taxonomy, "retired"): row(of_taxonomy, TAXONOMY, ((), ("A",), ("B",)), K.RETIRED),
        (Taxonomy, "slas"): coming(
            of_taxonomy,
            TAXONOMY,
            ((), (SLA,), (replace(SLA, name="other"),)),
            K.SLA_ADDED,
            K.SLA_REMOVED,
        ),
        (Case, "when"): row(
            as_case, CASE, (NEVER, (("q", "1"),), (("q", "2"),)), K.CELL_TARGET, K.CELL_TARGET
        ),
        (Case, "to"): row(as_case, CASE, (None, "DONE", "LOST"), K.CELL_TARGET),
        (Case, "also"): row(as_case, CASE, ((), ("A",), ("B",)), K.CELL_ALSO),
        (Case, "note"): none(as_case, CASE, ("", "One.", "Other."), WORDS),
        (Override, "partner"): row(
            as_override, OVERRIDE, (NEVER, "a", "b"), K.OVERRIDE, K.OVERRIDE
        ),
        (Override, "code"): Row(
            as_override,
            OVERRIDE,
            (NEVER, "AA", "BB"),
            (),
            (),
            (K.OVERRIDE, K.CELL_ADDED),
        ),
        (Override, "to"): row(as_override, OVERRIDE, (None, "DONE", "LOST"), K.CELL_TARGET),
        (Override, "also"): row(as_override, OVERRIDE, ((), ("A",), ("B",)), K.CELL_ALSO),
        (Override, "quality"): row(
            as_override, OVERRIDE, (NEVER, Quality.POLICY, Quality.LOSSY), K.CELL_QUALITY
        ),
        (Override, "reason"): none(as_override, OVERRIDE, ("", "One.", "Other."), WORDS),
        (Override, "approved_by"): none(as_override, OVERRIDE, ("", "a", "b"), GOVERNED),
        (Override, "until"): row(
            as_override, OVERRIDE, (NEVER, "2027-01-01", "2028-01-01"), K.OVERRIDE
        ),
        (Sending, "source"): row(
            as_sending, SENDING, (NEVER, "OPEN", "DONE"), K.SENDING, K.SENDING
        ),
        (Sending, "code"): row(as_sending, SENDING, (NEVER, "AA", "BB"), K.SENDING),
        (Sending, "quality"): row(
            as_sending, SENDING, (NEVER, Quality.EXACT, Quality.LOSSY), K.SENDING
        ),
        (Sending, "note"): none(as_sending, SENDING, ("", "One.", "Other."), WORDS),
        (MappingCell, "code"): coming(
            as_cell, CELL, (NEVER, "AA", "BB"), K.CELL_ADDED, K.CELL_REMOVED
        ),
        (MappingCell, "to"): row(as_cell, CELL, (None, "OPEN", "DONE"), K.CELL_TARGET),
        (MappingCell, "quality"): row(
            as_cell, CELL, (NEVER, Quality.EXACT, Quality.LOSSY), K.CELL_QUALITY
        ),
        (MappingCell, "label"): none(as_cell, CELL, ("", "One", "Other"), WORDS),
        (MappingCell, "also"): row(as_cell, CELL, ((), ("A",), ("B",)), K.CELL_ALSO),
        (MappingCell, "classifier"): row(
            as_cell, CELL, ("", "ACTUAL", "PLANNED"), K.CELL_CLASSIFIER
        ),
        (MappingCell, "cases"): row(
            as_cell, CELL, ((), (CASE,), (replace(CASE, to="LOST"),)), K.CELL_TARGET
        ),
        (MappingCell, "final"): row(as_cell, CELL, (None, True, False), K.MAPPING_NOTE),
        (MappingCell, "note"): none(as_cell, CELL, ("", "One.", "Other."), WORDS),
        (MappingCell, "source"): none(as_cell, CELL, ("", "a", "b"), GOVERNED),
        (MappingCell, "provenance"): row(as_cell, CELL, ("", "read", "checked"), K.MAPPING_NOTE),
        (CodeMap, "name"): none(of_mapping, MAPPING, (NEVER, "a", "b"), SUBJECT),
        (CodeMap, "version"): none(of_mapping, MAPPING, (NEVER, "1.0.0", "2.0.0"), VERSION),
        (CodeMap, "system"): row(of_mapping, MAPPING, (NEVER, "a", "b"), K.MAPPING_SCOPE),
        (CodeMap, "code_list"): row(of_mapping, MAPPING, (NEVER, "a", "b"), K.MAPPING_SCOPE),
        (CodeMap, "list_version"): row(of_mapping, MAPPING, (NEVER, "1", "2"), K.LIST_VERSION),
        (CodeMap, "taxonomy"): row(of_mapping, MAPPING, (NEVER, "a", "b"), K.MAPPING_SCOPE),
        (CodeMap, "cells"): coming(
            of_mapping,
            MAPPING,
            ((), (CELL,), (replace(CELL, code="BB"),)),
            K.CELL_ADDED,
            K.CELL_REMOVED,
        ),
        (CodeMap, "unmapped"): row(
            of_mapping, MAPPING, (NEVER, Unmapped.UNKNOWN, Unmapped.REJECT), K.UNMAPPED
        ),
        (CodeMap, "overrides"): Row(
            of_mapping,
            MAPPING,
            ((), (OVERRIDE,), (replace(OVERRIDE, to="LOST"),)),
            (K.OVERRIDE,),
            (K.OVERRIDE,),
            (K.CELL_TARGET,),
        ),
        (CodeMap, "sends"): row(
            of_mapping, MAPPING, ((), (SENDING,), (replace(SENDING, code="BB"),)), K.SENDING
        ),
        (CodeMap, "sends_all"): flag(of_mapping, MAPPING, K.MAPPING_NOTE),
        (CodeMap, "owner"): row(of_mapping, MAPPING, ("", "a", "b"), K.MAPPING_NOTE),
        (CodeMap, "licence"): none(of_mapping, MAPPING, ("", "facts", "other"), GOVERNED),
        (CodeMap, "size"): none(
            of_mapping, MAPPING, (None, 1, 2), "how long the foreign list is; coverage counts by it"
        ),
        (CodeMap, "title"): none(of_mapping, MAPPING, ("", "One", "Other"), WORDS),
        (CodeMap, "doc"): none(of_mapping, MAPPING, ("", "One.", "Other."), WORDS),
    }
)
"""Every field of every node but `at`, which is where the node stands, for people."""


def unranked(*codes: str) -> tuple[State, ...]:
    """States whose rank is their place in the list."""
    return tuple(State(code, code * 9, rank=at, ranked=False) for at, code in enumerate(codes))


def aliased(*aliases: str) -> Field:
    return Field("f", STRING, aliases=aliases)


WHOLE: Mapping[str, tuple[Contract, Contract, Facts]] = MappingProxyType(
    {
        "a field renamed with an alias": (
            as_avro_field(Field("f", STRING)),
            as_avro_field(Field("g", STRING, aliases=("f",))),
            (K.FIELD_RENAMED,),
        ),
        "an alias that fits two fields": (
            as_avro_field(aliased()),
            as_avro_field(aliased("first")),
            (K.ALIAS_AMBIGUOUS,),
        ),
        "an alias for a field that stays": (
            as_avro_field(Field("f", STRING)),
            Contract(
                Subject("s"),
                Kind.AVRO,
                Record(
                    (*FIRST_AND_LAST, Field("f", STRING), Field("g", STRING, aliases=("f",))),
                    name="R",
                    rest=Anything(),
                ),
            ),
            (K.FIELD_ADDED, K.ALIAS_AMBIGUOUS),
        ),
        "a unit beside a type that has none": (
            as_avro_field(Field("f", Array(Array(ENUM)), means=(("unit", "KGM"),))),
            as_avro_field(Field("f", Array(Array(ENUM)), means=(("unit", "LBR"),))),
            (K.UNIT,),
        ),
        "an alternative before another of the same last name": (
            in_avro(Union((replace(ONE, name="a.Stop"), replace(TWO, name="b.Stop"), STRING))),
            in_avro(Union((replace(TWO, name="b.Stop"), replace(ONE, name="a.Stop"), STRING))),
            (K.BRANCH_SHADOWED,) * 2,
        ),
        "a whole number that is a fraction now": (
            in_avro(LONG),
            in_avro(Scalar(ScalarType.DOUBLE)),
            (K.SCALAR_TYPE, K.LOSSY_PROMOTION),
        ),
        "a fraction before a whole number": (
            in_avro(Union((LONG, Scalar(ScalarType.DOUBLE)))),
            in_avro(Union((Scalar(ScalarType.DOUBLE), LONG))),
            (K.LOSSY_PROMOTION,),
        ),
        "a default that Python takes for equal": (
            as_avro_field(Field("f", LONG, required=False, default=1)),
            as_avro_field(Field("f", LONG, required=False, default=True)),
            (K.FIELD_DEFAULT,),
        ),
        "null among the branches": (
            in_json(STRING),
            in_json(Union((STRING, NULL))),
            (K.NULLABILITY,),
        ),
        "a branch of an exclusive union": (
            in_json(Union((ONE, TWO), exclusive=True)),
            in_json(Union((replace(ONE, fields=(Field("a", NUMBER),)), TWO), exclusive=True)),
            (K.OVERLAP, K.SCALAR_TYPE),
        ),
        "a value of the discriminator came with its branch": (
            in_json(Union((ONE,), "kind")),
            in_json(Union((ONE, TWO), "kind", (("2", "Two"),))),
            (K.BRANCH_ADDED,),
        ),
        "a branch's own name is listed": (
            in_json(UNION),
            in_json(replace(UNION, mapping=(("One", "One"),))),
            (),
        ),
        "a list for free values": (in_json(STRING), in_json(ENUM), (K.VALUES_LISTED,)),
        "one value for another": (
            in_json(Enum(("A",))),
            in_json(Enum(("B",))),
            (K.VALUES_LISTED,),
        ),
        "one list for another": (
            in_json(exactly("A", "B")),
            in_json(exactly("B", "A")),
            (K.VALUES_LISTED,),
        ),
        "any value": (in_json(STRING), in_json(Anything()), (K.ANY_VALUE,)),
        "no value": (in_json(STRING), in_json(Nothing()), (K.ANY_VALUE,)),
        "another shape": (in_json(STRING), in_json(Array(STRING)), (K.SHAPE,)),
        "the value of a pattern": (
            in_json(replace(OPEN, patterns=(("^a", STRING),))),
            in_json(replace(OPEN, patterns=(("^a", NUMBER),))),
            (K.SCALAR_TYPE,),
        ),
        "the limits of an array under a header": (
            as_header(replace(HEADER, schema=Array(STRING))),
            as_header(replace(HEADER, schema=Array(STRING, Limits(max_items=2)))),
            (K.LIMIT,),
        ),
        "a test of both arms": (
            as_condition(replace(IF, schema=NUMBER)),
            as_condition(replace(IF, schema=NUMBER, test=NUMBER)),
            (K.OPAQUE,),
        ),
        "a header promised": (
            as_header(HEADER),
            as_header(replace(HEADER, required=True)),
            (K.HEADER_REQUIREDNESS,),
        ),
        "a header written otherwise": (
            as_header(replace(HEADER, schema=OPEN)),
            as_header(replace(HEADER, schema=OPEN, explode=True)),
            (K.PARAMETER_STYLE,),
        ),
        "a plain text, exploded": (
            as_parameter(PARAMETER),
            as_parameter(replace(PARAMETER, explode=True)),
            (),
        ),
        "a list with commas, exploded": (
            as_header(replace(HEADER, schema=Array(STRING), style="simple")),
            as_header(replace(HEADER, schema=Array(STRING), style="simple", explode=True)),
            (),
        ),
        "a number in JSON": (
            as_parameter(replace(PARAMETER, schema=NUMBER, style="form")),
            as_parameter(replace(PARAMETER, schema=NUMBER, media="application/json")),
            (),
        ),
        "a list in a form, where nothing else is said": (
            as_media(replace(FORM, schema=LISTS)),
            as_media(replace(FORM, schema=LISTS, parts=(Part("f", "form", True),))),
            (),
        ),
        "numbers that may be any text": (
            as_parameter(replace(PARAMETER, schema=Array(INTEGER))),
            as_parameter(replace(PARAMETER, schema=Array(STRING))),
            (K.SCALAR_TYPE,),
        ),
        "a header deprecated": (
            as_header(HEADER),
            as_header(replace(HEADER, deprecated=True)),
            (K.DEPRECATION,),
        ),
        "a state renamed": (
            as_state(STATE),
            as_state(replace(STATE, code="NEW")),
            (K.STATE_RENAMED,),
        ),
        "a state by its former code": (
            as_state(STATE),
            as_state(State("NEW", "It is new.", rank=1, aliases=("OPEN",))),
            (K.STATE_RENAMED, K.STATE_DEFINITION),
        ),
        "a retired code for a state": (
            of_taxonomy(replace(TAXONOMY, states=(DONE,), transitions=(), retired=("OPEN",))),
            as_state(STATE),
            (K.CODE_REUSED, K.RETIRED),
        ),
        "symbols of Avro in another order": (
            in_avro(replace(ENUM, symbols=("A", "B", "C"))),
            in_avro(replace(ENUM, symbols=("B", "A", "C"))),
            (K.SYMBOL_ORDER,),
        ),
        "values of JSON in another order": (
            in_json(replace(ENUM, symbols=("A", "B", "C"))),
            in_json(replace(ENUM, symbols=("B", "A", "C"))),
            (),
        ),
        "a field of Avro in other words": (
            as_avro_field(Field("f", STRING, doc="One.")),
            as_avro_field(Field("f", STRING, doc="Other.")),
            (K.WORDS,),
        ),
        "a state before others that have no rank": (
            of_taxonomy(replace(TAXONOMY, states=unranked("A"))),
            of_taxonomy(replace(TAXONOMY, states=unranked("B", "A"))),
            (K.STATE_ADDED,),
        ),
        "states that have no rank in another order": (
            of_taxonomy(replace(TAXONOMY, states=unranked("A", "B"))),
            of_taxonomy(replace(TAXONOMY, states=unranked("B", "A"))),
            (K.STATE_RANK,),
        ),
        "a wider case that says the same": (
            as_case(Case((("at", "hub"), ("by", "air")), "DONE")),
            as_case(Case((("at", "hub"),), "DONE")),
            (K.CELL_TARGET,),
        ),
        "cases that meet": (
            as_case(Case((("at", "hub"),), "LOST")),
            as_case(Case((("by", "air"),), "DONE")),
            (K.CELL_TARGET, K.CELL_TARGET, K.CELL_TARGET),
        ),
        "what a partner means where a case said otherwise": (
            as_case(CASE),
            of_mapping(
                replace(
                    MAPPING,
                    cells=(replace(CELL, cases=(CASE,)),),
                    overrides=(Override("acme", "AA", "OPEN", quality=Quality.EXACT),),
                )
            ),
            (K.OVERRIDE,),
        ),
        "another kind of contract": (in_json(STRING), of_api(API), (K.KIND,)),
        "another kind of schema": (in_json(STRING), in_avro(STRING), (K.KIND,)),
        "a scale of 0, which is the default": (
            as_logical(Logical("decimal", 4)),
            as_logical(Logical("decimal", 4, 0)),
            (),
        ),
        "a minimum of 0, which every length has": (
            in_json(STRING),
            in_json(replace(STRING, limits=Limits(min_length=0))),
            (),
        ),
        "the name of an enum in JSON": (in_json(ENUM), in_json(replace(ENUM, name="G")), ()),
        "the name of a record in JSON": (in_json(ONE), in_json(replace(ONE, name="G")), ()),
    }
)
"""Edits of more than one field, and edits that only look like some."""

SCHEMAS: Mapping[str, Any] = MappingProxyType(
    {
        "scalar": STRING,
        "fixed": FIXED,
        "enum": ENUM,
        "record": ONE,
        "array": Array(STRING),
        "map": Map(STRING),
        "union": Union((TWO, Array(STRING))),
        "anything": Anything(),
        "nothing": Nothing(),
        "opaque": Opaque(("not",), "{}"),
        "restricted": Restricted(NUMBER, (NOT,)),
        "tuple": Tuple((STRING,), NUMBER),
    }
)

# --- who states what


@dataclass(frozen=True)
class Edit:
    """One cell of the table: two contracts, and what the diff states about them."""

    name: str
    old: Contract
    new: Contract
    facts: Facts
    why: str


def edits() -> Iterator[Edit]:
    """Every cell: each row times added, removed and changed; then the edits of more fields."""
    for (kind, name), each in ROWS.items():
        absent, one, other = each.values
        for word, facts, before, after in (
            ("added", each.added, absent, one),
            ("removed", each.removed, one, absent),
            ("changed", each.changed, one, other),
        ):
            if before is not NEVER and after is not NEVER:
                old, new = (_put(each, name, value) for value in (before, after))
                yield Edit(f"{kind.__name__}.{name} {word}", old, new, facts, each.why)
    for title, (old, new, facts) in WHOLE.items():
        yield Edit(title, old, new, facts, title)


def _put(each: Row, name: str, value: Any) -> Contract:
    """Rows of limits put a value into limits, all others into their node."""
    return each.host(replace(each.node, **{name: value}))


EDITS = {edit.name: edit for edit in edits()}
DIFF = Path(inspect.getfile(diff)).parent


def stated(edit: Edit, monkeypatch: pytest.MonkeyPatch) -> list[tuple[ChangeKind, str]]:
    """The facts of an edit, each with the line of `lading.compat.diff` that states it."""
    real, lines = Pair.change, {}

    def noted(self: Pair, kind: ChangeKind, *args: Any, **named: Any) -> Any:
        change = real(self, kind, *args, **named)
        frame = sys._getframe(1)
        lines[id(change)] = (change, f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
        return change

    with monkeypatch.context() as patched:
        patched.setattr(Pair, "change", noted)
        found = list(diff(edit.old, edit.new))
    return [(change.kind, lines[id(change)][1]) for change in found]


def sites() -> set[str]:
    """Every line of the diff that states a fact."""
    return {
        f"{path.name}:{node.lineno}"
        for path in DIFF.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "change"
    }


def test_every_field_of_every_node_has_a_row() -> None:
    """`at` tells where a node stands, and what is noted later says it again: no other has none."""
    kinds = {
        kind
        for module in (schema, api, taxonomy, proto)
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
    }
    assert {(kind, each.name) for kind in kinds for each in fields(kind) if each.init} == {
        *ROWS,
        *((kind, "at") for kind in kinds if "at" in kind.__dataclass_fields__),
    }


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in ROWS}, key=lambda kind: kind.__name__))
def test_a_place_is_no_edit(kind: type) -> None:
    """Two nodes that stand elsewhere are equal, so that no diff can tell them apart."""
    each = next(row for (of, _), row in ROWS.items() if of is kind)
    if "at" in kind.__dataclass_fields__:
        assert replace(each.node, at=Origin("elsewhere", ())) == each.node


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_states_its_facts_and_no_others(name: str) -> None:
    edit = EDITS[name]
    found = [change.kind for change in diff(edit.old, edit.new)]
    assert sorted(found) == sorted(edit.facts)
    assert all(RULE_FOR[kind].id in RULES for kind in found)
    assert found or edit.why, "an edit without a fact needs a reason"


@pytest.mark.parametrize(("old", "new"), list(permutations(SCHEMAS, 2)))
@pytest.mark.parametrize("host", [in_json, in_avro], ids=["json", "avro"])
def test_a_schema_of_another_kind_is_stated(host: Host, old: str, new: str) -> None:
    found = [change.kind for change in diff(host(SCHEMAS[old]), host(SCHEMAS[new]))]
    assert found
    assert all(RULE_FOR[kind].id in RULES for kind in found)


def test_every_kind_of_fact_is_in_the_table() -> None:
    assert {fact for edit in EDITS.values() for fact in edit.facts} == set(ChangeKind)


def test_no_line_that_states_a_fact_can_be_dropped_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each of them there is an edit that would no longer state its facts."""
    needed = {
        line
        for edit in EDITS.values()
        for kind, line in stated(edit, monkeypatch)
        if kind in edit.facts
    }
    assert sorted(sites() - needed) == []
    assert needed <= sites()
