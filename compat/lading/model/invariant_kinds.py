"""Whether the check of an invariant can be decided for every message of its contract.

Every part gets a kind from the schema; what may be empty has to be asked for before it is used.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from lading.model.fields import MAX_STEPS
from lading.model.invariants import FUNCTIONS, SUMS, UndecidableError, parsed, shown
from lading.model.schema import (
    Array,
    Enum,
    Fixed,
    Map,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from lading.model.schema import Schema

Facts: TypeAlias = frozenset[str]
"""Paths that are known not to be empty at some place of a condition."""

_LOOPS: Final = 3
_NUMBER, _TEXT, _FLAG, _LIST, _RECORD, _PAIR = "number", "text", "flag", "list", "record", "pair"
_ORDERED: Final = frozenset({_NUMBER, "moment", "local moment", "day", "time of day"})
_MOMENTS: Final[Mapping[str, str]] = {
    "date": "day",
    "date-time": "moment",
    "timestamp-millis": "moment",
    "timestamp-micros": "moment",
    "local-timestamp-millis": "local moment",
    "local-timestamp-micros": "local moment",
    "time-millis": "time of day",
    "time-micros": "time of day",
    "decimal": _NUMBER,
    "uuid": "uuid",
}
_PLAIN: Final = {
    ScalarType.BOOLEAN: _FLAG,
    ScalarType.INT: _NUMBER,
    ScalarType.LONG: _NUMBER,
    ScalarType.INTEGER: _NUMBER,
    ScalarType.STRING: _TEXT,
}


def wrong_in(check: str, record: Record, types: Mapping[str, Schema]) -> str:
    """What is wrong with a check of `record`, in words; empty when it can be decided always."""
    try:
        tree = parsed(check)
        names = {each.name: _seen(each.schema, types, each.name) for each in record.fields}
        found = _Checker(types).look(tree, names, frozenset())
        if found.kind != _FLAG:
            return f"a check is true or false, this is a {found.kind}"
        _ready(found)
    except UndecidableError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of a part of a check before any message is there."""

    kind: str
    path: str = ""
    """How it is written, when it is a field or a field of a field."""
    nullable: bool = False
    schema: Schema | None = None
    """Of a record, a list's items, or an enum."""


_Names: TypeAlias = Mapping[str, _Seen]


def _seen(schema: Schema, types: Mapping[str, Schema], path: str) -> _Seen:
    schema, nullable = _bare(schema, types)
    kind = _kind(schema)
    if kind == _LIST:
        return _Seen(kind, path, nullable, getattr(schema, "items", None))
    return _Seen(kind, path, nullable, schema if isinstance(schema, Record | Enum) else None)


def _bare(schema: Schema, types: Mapping[str, Schema]) -> tuple[Schema, bool]:
    """(the schema behind names and the optional, whether null is allowed)."""
    nullable = False
    for _ in range(MAX_STEPS):
        if isinstance(schema, Ref) and schema.name in types:
            schema = types[schema.name]
            continue
        real = [each for each in getattr(schema, "branches", ()) if not _is_null(each)]
        if not isinstance(schema, Union) or len(real) != 1:
            break
        nullable = nullable or len(real) < len(schema.branches)
        schema = real[0]
    return schema, nullable


def _kind(schema: Schema) -> str:
    match schema:
        case Scalar(type=word, logical=logical):
            meant = _MOMENTS.get(logical.name) if logical else None
            return meant or _PLAIN.get(word, str(word.value))
        case Fixed(logical=logical) if logical and logical.name == "decimal":
            return _NUMBER
        case Enum():
            return _TEXT
    shapes = {Record: _RECORD, Array: _LIST, Map: "map", Union: "value of one of several types"}
    return shapes.get(type(schema), type(schema).__name__.lower())


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL


def _ready(found: _Seen, *kinds: str) -> _Seen:
    """`found`, when it is there and of one of `kinds`."""
    if found.nullable:
        raise UndecidableError(
            f"`{found.path}` may be empty: ask first, `{found.path} is None or ...`"
        )
    if kinds and found.kind not in kinds:
        what = f"`{found.path}`" if found.path else "this"
        raise UndecidableError(f"{what} is a {found.kind}, where a {' or '.join(kinds)} is needed")
    return found


class _Checker:
    """One pass over the tree of a check."""

    def __init__(self, types: Mapping[str, Schema]) -> None:
        self.types = types

    def look(self, node: ast.expr, names: _Names, facts: Facts) -> _Seen:  # noqa: C901, PLR0911 - one case per kind of node
        match node:
            case ast.Constant(value=bool()):
                return _Seen(_FLAG)
            case ast.Constant(value=int()):
                return _Seen(_NUMBER)
            case ast.Constant(value=str()):
                return _Seen(_TEXT)
            case ast.Name() | ast.Attribute():
                return self._path(node, names, facts)
            case ast.BoolOp():
                return self._junction(node, names, facts)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                self._truth(inner, names, facts)
                return _Seen(_FLAG)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return replace(_ready(self.look(inner, names, facts), _NUMBER), path="")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in SUMS:
                for each in (left, right):
                    _ready(self.look(each, names, facts), _NUMBER)
                return _Seen(_NUMBER)
            case ast.Compare():
                return self._comparison(node, names, facts)
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
                return self._call(name, argument, names, facts)
            case _:
                raise UndecidableError(f"`{shown(node)}` is not part of the language of checks")

    def _path(self, node: ast.Name | ast.Attribute, names: _Names, facts: Facts) -> _Seen:
        if isinstance(node, ast.Name):
            if node.id not in names:
                hint = did_you_mean(node.id, names)
                raise UndecidableError(
                    f"there is no field `{node.id}`" + (f": {hint}" if hint else "")
                )
            found = names[node.id]
        else:
            if not isinstance(node.value, ast.Name | ast.Attribute):
                raise UndecidableError(f"`{shown(node.value)}` has no fields")
            owner = _ready(self._path(node.value, names, facts), _RECORD)
            fields = {each.name: each for each in getattr(owner.schema, "fields", ())}
            if node.attr not in fields:
                hint = did_you_mean(node.attr, fields)
                message = f"`{owner.path}` has no field `{node.attr}`"
                raise UndecidableError(message + (f": {hint}" if hint else ""))
            path = f"{owner.path}.{node.attr}"
            found = _seen(fields[node.attr].schema, self.types, path)
        return replace(found, nullable=False) if found.path in facts else found

    def _truth(self, node: ast.expr, names: _Names, facts: Facts) -> None:
        """A condition, or a list: whether there is anything in it."""
        found = self.look(node, names, facts)
        if found.kind != _LIST:
            _ready(found, _FLAG)

    def _junction(self, node: ast.BoolOp, names: _Names, facts: Facts) -> _Seen:
        for each in node.values:
            self._truth(each, names, facts)
            facts = facts | _told(each, isinstance(node.op, ast.And))
        return _Seen(_FLAG)

    def _comparison(self, node: ast.Compare, names: _Names, facts: Facts) -> _Seen:
        if len(node.ops) != 1:
            raise UndecidableError("one comparison at a time: write `a < b and b < c`")
        op, right = node.ops[0], node.comparators[0]
        left = self.look(node.left, names, facts)
        if isinstance(op, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None and left.path):
                raise UndecidableError("`is` asks whether a field is None, nothing else")
            return _Seen(_FLAG)
        _ready(left)
        if isinstance(op, ast.In | ast.NotIn):
            self._listed(left, right)
            return _Seen(_FLAG)
        if isinstance(op, ast.Eq | ast.NotEq):
            if left.kind not in {*_ORDERED, _TEXT, _FLAG, "uuid"}:
                raise UndecidableError(f"a {left.kind} cannot be compared exactly")
        else:
            _ready(left, *sorted(_ORDERED))
        other = _ready(self.look(right, names, facts), left.kind)
        _symbol(left, right)
        _symbol(other, node.left)
        return _Seen(_FLAG)

    def _listed(self, left: _Seen, right: ast.expr) -> None:
        if not isinstance(right, ast.Tuple) or not right.elts:
            raise UndecidableError("`in` needs values in parentheses: `in ('A', 'B')`")
        _ready(left, _TEXT, _NUMBER)
        for each in right.elts:
            found = self.look(each, {}, frozenset())
            _ready(found, left.kind)
            _symbol(left, each)

    def _call(self, name: str, argument: ast.expr, names: _Names, facts: Facts) -> _Seen:
        if name not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise UndecidableError(f"there is no function `{name}`; there are {known}")
        if name == "abs":
            _ready(self.look(argument, names, facts), _NUMBER)
            return _Seen(_NUMBER)
        if name == "len":
            _ready(self.look(argument, names, facts), _LIST, _TEXT)
            return _Seen(_NUMBER)
        if not isinstance(argument, ast.GeneratorExp):
            raise UndecidableError(f"`{name}` goes over parts: `{name}(x.y for x in xs)`")
        self._parts(name, argument, names, facts)
        return _Seen(_NUMBER if name == "sum" else _FLAG)

    def _parts(self, name: str, node: ast.GeneratorExp, names: _Names, facts: Facts) -> None:
        if len(node.generators) > _LOOPS:
            raise UndecidableError(f"at most {_LOOPS} loops in one question")
        inner, facts = self._loops(node, names, facts)
        if name == "forest" and not (isinstance(node.elt, ast.Tuple) and len(node.elt.elts) == 2):  # noqa: PLR2004 - id and parent
            raise UndecidableError("`forest` needs pairs: `forest((x.id, x.parent) for x in xs)`")
        if isinstance(node.elt, ast.Tuple) and name in ("unique", "forest"):
            for each in node.elt.elts:
                self._key(self.look(each, inner, facts))
            return
        found = self.look(node.elt, inner, facts)
        if name == "unique":
            self._key(found)
        else:
            _ready(found, _NUMBER if name == "sum" else _FLAG)

    def _loops(
        self, node: ast.GeneratorExp, names: _Names, facts: Facts
    ) -> tuple[dict[str, _Seen], Facts]:
        """The names and facts inside the loops of a question."""
        inner = dict(names)
        for loop in node.generators:
            if not isinstance(loop.target, ast.Name) or loop.is_async:
                raise UndecidableError("a loop has one name: `for x in xs`")
            if loop.target.id in {*inner, *FUNCTIONS, "self"}:
                raise UndecidableError(f"`{loop.target.id}` is taken: give the part another name")
            listed = _ready(self.look(loop.iter, inner, facts), _LIST)
            if listed.schema is None or not listed.path:
                raise UndecidableError(f"`{shown(loop.iter)}` is no list of the message")
            inner[loop.target.id] = _seen(listed.schema, self.types, loop.target.id)
            for each in loop.ifs:
                self._truth(each, inner, facts)
                facts = facts | _told(each, truth=True)
        return inner, facts

    def _key(self, found: _Seen) -> None:
        """What can be part of a key; it may be empty, empty is a value of a key."""
        if found.kind not in {*_ORDERED, _TEXT, _FLAG, "uuid"}:
            raise UndecidableError(f"a {found.kind} cannot be part of a key")


def _told(node: ast.expr, truth: bool) -> Facts:  # noqa: FBT001 - which way it turned out
    """The paths that are not empty once `node` turned out to be `truth`."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _told(inner, not truth)
        case ast.BoolOp(op=op, values=parts) if isinstance(op, ast.And) == truth:
            return frozenset().union(*(_told(each, truth) for each in parts))
        case ast.Compare(left=left, ops=[ast.Is()]) if not truth:
            return frozenset({shown(left)})
        case ast.Compare(left=left, ops=[ast.IsNot()]) if truth:
            return frozenset({shown(left)})
        case ast.Name() | ast.Attribute() if truth:
            return frozenset({shown(node)})
    return frozenset()


def _symbol(side: _Seen, other: ast.expr) -> None:
    """Text that is compared with an enum is one of its symbols."""
    if isinstance(side.schema, Enum) and isinstance(other, ast.Constant):
        symbols = [str(each) for each in side.schema.symbols]
        if other.value not in symbols:
            hint = did_you_mean(str(other.value), symbols)
            message = f"`{other.value!s}` is no symbol of `{side.path}`"
            raise UndecidableError(message + (f": {hint}" if hint else ""))
