"""The part of the edit space that is Protobuf's: see `tests/compat/test_edit_space.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lading.compat import ChangeKind as K
from lading.model.contract import Contract, Kind, Subject
from lading.model.proto import (
    ProtoEnum,
    ProtoField,
    ProtoFile,
    ProtoMessage,
    ProtoMethod,
    ProtoValue,
)

FIELD = ProtoField(2, "f", "int32", json_name="f")
OTHER = ProtoField(4, "g", "int32", json_name="g")
BESIDE = ProtoField(3, "h", "int32", json_name="h", oneof="k")
OF = replace(FIELD, type="message", of="A")
A, B = ProtoMessage("A"), ProtoMessage("B")
MESSAGE = ProtoMessage("M", (FIELD,))
ONE, TWO = ProtoValue(1, ("ONE",)), ProtoValue(2, ("TWO",))
ENUM = ProtoEnum("E", (ProtoValue(0, ("NONE",)), ONE))
METHOD = ProtoMethod("S.Get", "A", "B")
FILE = ProtoFile(messages=(A, B))


def of_file(node: Any) -> Contract:
    return Contract(Subject("p"), Kind.PROTOBUF, node)


def of_message(node: Any) -> Contract:
    return of_file(replace(FILE, messages=(A, B, node)))


def of_field(node: Any) -> Contract:
    return of_message(replace(MESSAGE, fields=(node, BESIDE)))


def of_enum(node: Any) -> Contract:
    return of_file(replace(FILE, enums=(node,)))


def of_value(node: Any) -> Contract:
    return of_enum(replace(ENUM, values=(node,)))


def of_method(node: Any) -> Contract:
    return of_file(replace(FILE, methods=(node,)))


NEW = "what is new in a file has no readers yet"
KEPT = "what is reserved anew keeps others from it"
FREED = (K.PROTO_NUMBER_FREED, K.PROTO_NAME_FREED)
WENT, GONE = (K.PROTO_FIELD_REMOVED, *FREED), (K.PROTO_VALUE_REMOVED, *FREED)


def same(host: Any, node: Any, values: Any, *facts: K) -> tuple[Any, ...]:
    return host, node, values, facts, facts, facts, ""


def going(host: Any, node: Any, values: Any, fact: K, why: str = NEW) -> tuple[Any, ...]:
    return host, node, values, (), (fact,), (fact,), why


def rows(never: Any) -> dict[tuple[type, str], tuple[Any, ...]]:
    """What `Row` is made of; `never` is a value that a field cannot have."""
    numbers, names = ((), ((5, 5),), ((6, 6),)), ((), ("a",), ("b",))
    flag = (False, True, never)
    return {
        (ProtoField, "number"): same(of_field, FIELD, (never, 2, 4), *WENT, K.PROTO_FIELD_ADDED),
        (ProtoField, "name"): same(of_field, FIELD, (never, "f", "g"), K.PROTO_NAME),
        (ProtoField, "json_name"): same(of_field, FIELD, (never, "f", "g"), K.PROTO_NAME),
        (ProtoField, "type"): same(of_field, FIELD, (never, "int32", "string"), K.PROTO_TYPE),
        (ProtoField, "of"): same(of_field, OF, (never, "A", "B"), K.PROTO_TYPE_NAME),
        (ProtoField, "many"): same(of_field, FIELD, ("", "repeated", "map"), K.PROTO_CARDINALITY),
        (ProtoField, "required"): same(of_field, FIELD, flag, K.PROTO_REQUIREDNESS),
        (ProtoField, "explicit"): same(of_field, FIELD, flag, K.PROTO_PRESENCE),
        (ProtoField, "oneof"): same(of_field, FIELD, ("", "k", "j"), K.PROTO_ONEOF),
        (ProtoField, "default"): same(of_field, FIELD, ("", "5", "7"), K.PROTO_DEFAULT),
        (ProtoMessage, "name"): same(
            of_message, MESSAGE, (never, "M", "N"), K.PROTO_MESSAGE_REMOVED
        ),
        (ProtoMessage, "fields"): (
            of_message,
            MESSAGE,
            ((), (FIELD,), (OTHER,)),
            (K.PROTO_FIELD_ADDED,),
            WENT,
            (*WENT, K.PROTO_FIELD_ADDED),
            "",
        ),
        (ProtoMessage, "reserved"): going(of_message, MESSAGE, numbers, K.PROTO_RESERVED, KEPT),
        (ProtoMessage, "reserved_names"): going(of_message, MESSAGE, names, K.PROTO_RESERVED, KEPT),
        (ProtoMessage, "own"): going(of_message, MESSAGE, flag, K.PROTO_MESSAGE_REMOVED),
        (ProtoValue, "number"): same(of_value, ONE, (never, 1, 2), *GONE, K.PROTO_VALUE_ADDED),
        (ProtoValue, "names"): same(of_value, ONE, (never, ("A",), ("B",)), K.PROTO_NAME),
        (ProtoEnum, "name"): same(of_enum, ENUM, (never, "E", "F"), K.PROTO_ENUM_REMOVED),
        (ProtoEnum, "values"): (
            of_enum,
            ENUM,
            ((), (ONE,), (TWO,)),
            (K.PROTO_VALUE_ADDED,),
            GONE,
            (*GONE, K.PROTO_VALUE_ADDED),
            "",
        ),
        (ProtoEnum, "closed"): same(of_enum, ENUM, flag, K.PROTO_ENUM_OPENNESS),
        (ProtoEnum, "reserved"): going(of_enum, ENUM, numbers, K.PROTO_RESERVED, KEPT),
        (ProtoEnum, "reserved_names"): going(of_enum, ENUM, names, K.PROTO_RESERVED, KEPT),
        (ProtoEnum, "own"): going(of_enum, ENUM, flag, K.PROTO_ENUM_REMOVED),
        (ProtoMethod, "name"): same(of_method, METHOD, (never, "S.A", "S.B"), K.PROTO_METHOD),
        (ProtoMethod, "takes"): same(of_method, METHOD, (never, "A", "B"), K.PROTO_METHOD),
        (ProtoMethod, "gives"): same(of_method, METHOD, (never, "A", "B"), K.PROTO_METHOD),
        (ProtoMethod, "takes_many"): same(of_method, METHOD, flag, K.PROTO_METHOD),
        (ProtoMethod, "gives_many"): same(of_method, METHOD, flag, K.PROTO_METHOD),
        (ProtoFile, "package"): same(of_file, FILE, ("", "a", "b"), K.PROTO_FILE),
        (ProtoFile, "syntax"): same(of_file, FILE, (never, "proto2", "proto3"), K.PROTO_FILE),
        (ProtoFile, "messages"): going(
            of_file, ProtoFile(), ((), (A,), (B,)), K.PROTO_MESSAGE_REMOVED
        ),
        (ProtoFile, "enums"): going(
            of_file, FILE, ((), (ENUM,), (replace(ENUM, name="F"),)), K.PROTO_ENUM_REMOVED
        ),
        (ProtoFile, "methods"): going(
            of_file, FILE, ((), (METHOD,), (replace(METHOD, name="S.B"),)), K.PROTO_METHOD
        ),
        (ProtoFile, "descriptors"): (
            of_file,
            FILE,
            (b"", b"a", b"b"),
            (),
            (),
            (),
            "what it was read from: the other fields say what is in it",
        ),
    }
