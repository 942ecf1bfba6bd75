"""What a JSON Schema demands beside the shape of a value: which keywords, and of whom.

Read by `lading.model.jsonschema`; pure questions about one node are answered here.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from lading.model.names import matches
from lading.model.ranges import as_written, is_between, lower, upper
from lading.model.schema import (
    NO_LIMITS,
    Anything,
    Array,
    Condition,
    Enum,
    Field,
    Limits,
    Map,
    Nothing,
    Record,
    Ref,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from lading.model.document import JsonValue, Origin
    from lading.model.schema import Schema

CONDITIONS: Final = frozenset(
    {
        "contains",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "maxContains",
        "minContains",
        "not",
        "propertyNames",
        "then",
    }
)
"""Keywords that each demand something for themselves: the node is their intersection."""
TYPES: Final = ("null", "boolean", "number", "string", "array", "object")
"""Every type a value can have."""
_NEVER: Final = frozenset({"$dynamicRef", "$recursiveRef"})
_IN_PLACE: Final = frozenset(
    {
        "$dynamicRef",
        "$recursiveRef",
        "$ref",
        "allOf",
        "anyOf",
        "dependentSchemas",
        "if",
        "not",
        "oneOf",
    }
)
"""Keywords under which a property may count as evaluated (2020-12 core, 11)."""


def with_counts(node: dict[str, Any]) -> dict[str, Any]:
    """`node` with a ``contains`` that every item meets said by the number of items."""
    if node.get("contains") not in (True, {}) or node.get("type") != "array":
        return node
    found = {k: v for k, v in node.items() if k not in {"contains", "minContains", "maxContains"}}
    found["minItems"] = max(node.get("minItems", 0), node.get("minContains", 1))
    most = [node[key] for key in ("maxItems", "maxContains") if key in node]
    return found | ({"maxItems": min(most)} if most else {})


def undecided(node: dict[str, Any]) -> frozenset[str]:
    """The keywords that are malformed, or decided by what others evaluated."""
    found = {word for word in node if word in _NEVER or _is_malformed(word, node[word])}
    if isinstance(node.get("items"), list) and "prefixItems" in node:
        found.add("items")
    settled = settle_unevaluated(node)
    return frozenset(found | (settled.keys() & {"unevaluatedItems", "unevaluatedProperties"}))


def settle_unevaluated(node: dict[str, Any]) -> dict[str, Any]:
    """`node` with ``unevaluated*`` said otherwise, where nothing but itself evaluates.

    Beside no other keyword that looks at the same value, what is unevaluated is what is additional
    (2020-12 core, 11.2 and 11.3); ``true`` asserts nothing anywhere.
    """
    words = {"unevaluatedItems", "unevaluatedProperties"} & node.keys()
    if not words:
        return node
    settled = {k: v for k, v in node.items() if not (k in words and v is True)}
    if _IN_PLACE & node.keys():
        return settled
    if "unevaluatedProperties" in settled:
        settled.setdefault("additionalProperties", settled.pop("unevaluatedProperties"))
    if "unevaluatedItems" in settled and "contains" not in settled:
        word = "additionalItems" if isinstance(node.get("items"), list) else "items"
        settled.setdefault(word, settled.pop("unevaluatedItems"))
    return settled


def _is_malformed(word: str, value: Any) -> bool:
    check = _FORM.get(word)
    return check is not None and not check(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_FORM: Final[dict[str, Callable[[Any], bool]]] = {
    "dependencies": lambda value: (
        isinstance(value, dict)
        and all(_is_names(each) or isinstance(each, dict | bool) for each in value.values())
    ),
    "dependentRequired": lambda value: (
        isinstance(value, dict) and all(map(_is_names, value.values()))
    ),
    "dependentSchemas": lambda value: isinstance(value, dict),
    "maxContains": _is_count,
    "minContains": _is_count,
    "prefixItems": lambda value: isinstance(value, list),
}


def types_of(schema: Schema) -> tuple[str, ...]:
    """The types of the values that `schema` may admit, in the words of JSON Schema."""
    found = _types_of(schema)
    return tuple(each for each in (*TYPES, "integer") if each in found)


def _types_of(  # noqa: PLR0911 - one case per kind of schema
    schema: Schema,
) -> frozenset[str]:
    match schema:
        case Restricted(base=base):
            return _types_of(base)
        case Nothing():
            return frozenset()
        case Record() | Map():
            return frozenset({"object"})
        case Array() | Tuple():
            return frozenset({"array"})
        case Scalar(type=kind):
            return frozenset({kind.value})
        case Enum(symbols=symbols) if not schema.open:
            return frozenset(map(type_of, symbols))
        case Union(branches=branches):
            return frozenset[str]().union(*map(_types_of, branches))
    return frozenset(TYPES)


def type_of(value: object) -> str:
    """The type of a value, in the words of JSON Schema."""
    if isinstance(value, bool | None):
        return "null" if value is None else "boolean"
    return "string" if isinstance(value, str) else "number"


def restricted(base: Schema, conditions: Iterable[Condition], origin: Origin) -> Schema:
    """`base` under those of `conditions` that demand anything, in an order that means nothing."""
    if isinstance(base, Restricted):
        return restricted(base.base, (*base.conditions, *conditions), origin)
    if isinstance(base, Nothing):
        return base
    conditions = [_settled(each, types_of(base)) for each in conditions]
    base, conditions = _folded(_passing(base, conditions), conditions)
    types = types_of(base)
    narrowed = (
        replace(each, schema=_within(each.schema, types)) if each.keyword == "allOf" else each
        for each in conditions
    )
    asked = {repr(each): each for each in narrowed if not _is_idle(each, types)}
    ordered = tuple(asked[key] for key in sorted(asked))
    return _tried(base, ordered, origin) or Restricted(base, ordered, at=origin)


def _folded(base: Schema, conditions: Iterable[Condition]) -> tuple[Schema, list[Condition]]:
    """`base` with what one schema can say together with it, and the other conditions."""
    left: list[Condition] = []
    for each in conditions:
        joined = _joined(base, each.schema) if each.keyword == "allOf" else None
        if joined is None:
            left.append(each)
        else:
            base = joined
    return base, left


def _settled(condition: Condition, types: Iterable[str]) -> Condition:
    """An ``if`` that a value always meets, or never, by its type alone, asks for one arm."""
    if condition.keyword != "if" or condition.test is None or condition.otherwise is None:
        return condition
    if _takes(condition.test, types):
        return Condition("allOf", condition.schema, at=condition.at)
    if not _numbers(types) & _numbers(types_of(condition.test)):
        return Condition("allOf", condition.otherwise, at=condition.at)
    return condition


def _passing(base: Schema, conditions: Iterable[Condition]) -> Schema:
    """`base` without the alternatives of which no value passes, by its type alone."""
    allowed, refused = set(TYPES), set[str]()
    for each in conditions:
        if each.keyword == "allOf":
            allowed &= _numbers(types_of(each.schema))
        elif each.keyword == "not":
            refused |= _whole(each.schema)
    if allowed == set(TYPES) and not refused:
        return base
    if not _passes(base, allowed, refused):
        return Nothing(at=base.at)
    if not isinstance(base, Union) or base.discriminator:
        return base
    kept = tuple(each for each in base.branches if _passes(each, allowed, refused))
    return kept[0] if len(kept) == 1 else replace(base, branches=kept)


def _passes(schema: Schema, allowed: set[str], refused: set[str]) -> bool:
    left = {each for each in types_of(schema) if each not in refused}
    return bool(_numbers(left - {"integer"} if "number" in refused else left) & allowed)


def _numbers(types: Iterable[str]) -> set[str]:
    """Types of values, where an integer is a number."""
    return {"number" if each == "integer" else each for each in types}


def _whole(schema: Schema) -> set[str]:
    """The types of which `schema` surely takes every value."""
    match schema:
        case Anything():
            return set(TYPES)
        case Scalar(type=kind, logical=None, open=False) if schema.limits == NO_LIMITS:
            return {kind.value}
        case Array(items=Anything()) if schema.limits == NO_LIMITS:
            return {"array"}
        case Record(fields=(), patterns=(), rest=Anything()) if schema.limits == NO_LIMITS:
            return {"object"}
        case Union(exclusive=False):
            return set().union(*map(_whole, schema.branches))
    return set()


def _takes(schema: Schema, types: Iterable[str]) -> bool:
    whole = _whole(schema)
    return {*types} <= (whole | {"integer"} if "number" in whole else whole)


def _within(schema: Schema, types: tuple[str, ...]) -> Schema:
    """What `schema` says of values of `types`: alternatives of other types are none."""
    if not _numbers(types) & _numbers(types_of(schema)):
        return Nothing(at=schema.at)
    if not isinstance(schema, Union) or schema.discriminator:
        return schema
    branches = (_within(each, types) for each in schema.branches)
    kept = [each for each in branches if not isinstance(each, Nothing)]
    return kept[0] if len(kept) == 1 else replace(schema, branches=tuple(kept))


def _tried(base: Schema, conditions: tuple[Condition, ...], origin: Origin) -> Schema | None:
    """`base` without the values that fail, where its values are few and each can be tried.

    What not every one of them can be tried on stays beside it.
    """
    if not conditions:
        return base
    if isinstance(base, Union) and not base.exclusive:
        return _tried_each(base, conditions, origin)
    values = _values(base)
    asked = [(each, meet(each, values)) for each in conditions]
    answers = [met for _, met in asked if None not in met]
    if not values or not answers:
        return None
    kept = _kept(base, tuple(v for v, *met in zip(values, *answers, strict=True) if all(met)))
    left = tuple(each for each, met in asked if None in met)
    return Restricted(kept, left, at=origin) if left and not isinstance(kept, Nothing) else kept


def _tried_each(base: Union, conditions: tuple[Condition, ...], origin: Origin) -> Schema | None:
    tried = [_tried(each, conditions, origin) for each in base.branches]
    if None in tried:
        return None
    kept = tuple(each for each in tried if each and not isinstance(each, Nothing))
    if not kept:
        return Nothing(at=origin)
    return kept[0] if len(kept) == 1 else replace(base, branches=kept)


def _kept(base: Schema, values: tuple[JsonValue, ...]) -> Schema:
    if len(values) == len(_values(base)):
        return base
    if not values:
        return Nothing(at=base.at)
    if isinstance(base, Enum):
        return replace(base, symbols=values, name="")
    return Enum(values, at=base.at)


def intersection(schemas: Iterable[Schema]) -> list[Schema]:
    """`schemas` with those joined that one schema can say together."""
    found: list[Schema] = []
    for schema in schemas:
        for index, other in enumerate(found):
            joined = _joined(other, schema)
            if joined is not None:
                found[index] = joined
                break
        else:
            found.append(schema)
    return found


def _joined(  # noqa: PLR0911 - one case per pair of kinds
    a: Schema, b: Schema
) -> Schema | None:
    if a == b:
        return a
    match a, b:
        case Scalar(), Scalar():
            return _joined_scalars(a, b)
        case Array(), Array():
            return _joined_arrays(a, b)
        case Union(exclusive=False, discriminator=None), Scalar() | Enum():
            return _joined_union(a, b)
        case _, Enum() | Union() if not isinstance(a, Enum | Union):
            return _joined(b, a)
    values = _values(a)
    answers = admit(b, values)
    if not values or None in answers:
        return None
    return _kept(a, tuple(v for v, met in zip(values, answers, strict=True) if met))


def _joined_union(a: Union, b: Schema) -> Schema | None:
    parts = [_joined(each, b) for each in a.branches]
    if None in parts:
        return None
    kept = tuple(each for each in parts if each and not isinstance(each, Nothing))
    if not kept:
        return Nothing(at=a.at)
    return kept[0] if len(kept) == 1 else replace(a, branches=kept)


def _joined_arrays(a: Array, b: Array) -> Schema | None:
    limits, items = joined_limits(a.limits, b.limits), intersection((a.items, b.items))
    shaped = [each for each in items if not isinstance(each, Anything)]
    if limits is None or len(shaped) > 1:
        return None
    return Array(shaped[0] if shaped else a.items, limits, at=a.at)


def _joined_scalars(a: Scalar, b: Scalar) -> Schema | None:
    numbers = {ScalarType.INTEGER, ScalarType.NUMBER}
    if a.type is not b.type and {a.type, b.type} != numbers:
        return Nothing(at=a.at)
    beside = (a.logical, a.unit, a.scheme), (b.logical, b.unit, b.scheme)
    limits = joined_limits(a.limits, b.limits)
    if limits is None or any(x != y and x and y for x, y in zip(*beside, strict=True)):
        return None
    logical, unit, scheme = a.logical or b.logical, a.unit or b.unit, a.scheme or b.scheme
    kind = a.type if a.type is b.type else ScalarType.INTEGER
    if is_empty(limits, integral=kind is ScalarType.INTEGER):
        return Nothing(at=a.at)
    is_open = a.open or b.open
    return Scalar(kind, logical, limits, unit=unit, scheme=scheme, open=is_open, at=a.at)


def joined_limits(a: Limits, b: Limits) -> Limits | None:
    """The tighter of each; `None` where two patterns or divisors would have to hold."""
    found: dict[str, Any] = {}
    for each in fields(Limits):
        x, y = getattr(a, each.name), getattr(b, each.name)
        if x is None or y is None or x == y:
            found[each.name] = y if x is None else x
        elif each.name in {"pattern", "multiple_of"}:
            return None
        else:
            found[each.name] = min(x, y) if "max" in each.name else max(x, y)
    return Limits(**found)


def is_empty(limits: Limits, *, integral: bool) -> bool:
    """Whether no value keeps within them."""
    low, high = (bound(limits, integral=integral) for bound in (lower, upper))
    if low and high and (low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1]))):
        return True
    counts = (
        (limits.min_length, limits.max_length),
        (limits.min_items, limits.max_items),
        (limits.min_properties, limits.max_properties),
    )
    return any(low is not None and high is not None and low > high for low, high in counts)


def _values(schema: Schema) -> tuple[JsonValue, ...]:
    match schema:
        case Enum(symbols=symbols, open=False):
            return symbols
        case Scalar(type=ScalarType.NULL):
            return (None,)
        case Scalar(type=ScalarType.BOOLEAN):
            return (True, False)
    return ()


def meet(condition: Condition, values: Sequence[JsonValue]) -> list[bool | None]:
    """Which of `values`, none of them a list or an object, meet `condition`; `None`: not known."""
    if condition.keyword == "allOf":
        return admit(condition.schema, values)
    if condition.keyword == "not":
        return [None if found is None else not found for found in admit(condition.schema, values)]
    if condition.keyword == "if" and condition.test and condition.otherwise:
        arms = (admit(each, values) for each in (condition.schema, condition.otherwise))
        return [
            None if found is None else then if found else otherwise
            for found, then, otherwise in zip(admit(condition.test, values), *arms, strict=True)
        ]
    return [True] * len(values)


def admits(schema: Schema, value: JsonValue) -> bool | None:
    """Whether `schema` admits a value that is no list and no object; `None`: not known."""
    return admit(schema, (value,))[0]


def admit(schema: Schema, values: Sequence[JsonValue]) -> list[bool | None]:
    """Which of `values`, none of them a list or an object, `schema` admits; `None`: not known."""
    match schema:
        case Enum(open=False):
            listed = {_spelled(each) for each in schema.symbols}
            return [_spelled(each) in listed for each in values]
        case Scalar():
            return [_is_of(each, schema.type) and _keeps(each, schema) for each in values]
        case Union(exclusive=False):
            return _any([admit(each, values) for each in schema.branches], len(values))
        case Restricted():
            met = [admit(schema.base, values), *(meet(each, values) for each in schema.conditions)]
            return [_all(each) for each in zip(*met, strict=True)]
        case Anything() | Nothing() | Record() | Map() | Array() | Tuple():
            return [isinstance(schema, Anything)] * len(values)
    return [None] * len(values)


def _any(answers: list[list[bool | None]], count: int) -> list[bool | None]:
    if not answers:
        return [False] * count
    found = zip(*answers, strict=True)
    return [True if True in each else None if None in each else False for each in found]


def _all(answers: Sequence[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _spelled(value: JsonValue) -> Hashable:
    """A value such that equal ones are those of JSON, where ``true`` is no number."""
    if isinstance(value, list | dict):
        return repr(value)
    return isinstance(value, bool), value


def _is_of(value: JsonValue, kind: ScalarType) -> bool:
    if kind is ScalarType.INTEGER and isinstance(value, float):
        return value.is_integer()
    number = type_of(value) == "number"
    return number if kind is ScalarType.INTEGER else type_of(value) == kind.value


def _keeps(value: JsonValue, scalar: Scalar) -> bool | None:
    """Limits are tried; formats, and an open null, are left to who checks them."""
    limits = scalar.limits
    if scalar.logical or scalar.open:
        return None
    if isinstance(value, str):
        most = len(value) if limits.max_length is None else limits.max_length
        sized = (limits.min_length or 0) <= len(value) <= most
        return sized and (limits.pattern is None or matches(limits.pattern, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    if limits.multiple_of and (as_written(value) / as_written(limits.multiple_of)).denominator > 1:
        return False
    return is_between(value, limits)


def _declares(schema: Schema) -> bool:
    """Whether one of several alternatives says what writers write, though another takes it all.

    A named one may: it is not looked up here.
    """
    return isinstance(schema, Union) and any(map(_tells, schema.branches))


def _tells(schema: Schema) -> bool:
    match schema:
        case Ref():
            return True
        case Record(fields=fields):
            return bool(fields)
        case Restricted(base=base, conditions=conditions):
            asked = (each.schema for each in conditions if each.keyword == "allOf")
            return _tells(base) or any(map(_tells, asked))
        case Union(branches=branches):
            return any(map(_tells, branches))
    return False


def _is_idle(  # noqa: PLR0911 - one case per keyword
    condition: Condition, types: tuple[str, ...]
) -> bool:
    match condition.keyword:
        case "allOf":
            return _takes(condition.schema, types) and not _declares(condition.schema)
        case "propertyNames":
            return _takes(condition.schema, ("string",))
        case "dependentSchemas" if _takes(condition.schema, ("object",)):
            return True
        case "not":
            return not _numbers(types) & _numbers(types_of(condition.schema))
        case "contains":
            return condition.least == 0 and condition.most is None
        case "if" if isinstance(condition.otherwise, Anything):
            free = isinstance(condition.schema, Anything) or condition.schema == condition.test
            return free or isinstance(condition.test, Nothing)
        case "if":
            return False
        case "dependentSchemas" if isinstance(condition.schema, Record):
            itself = (Field(condition.key, Anything()),)
            return any(condition.schema == Record(each, rest=Anything()) for each in ((), itself))
    return isinstance(condition.schema, Anything)
