"""JSON Schema in normal form (drafts 7, 2019-09 and 2020-12, and the dialects of OpenAPI).

What the normal form cannot say becomes `Opaque`: compared by text, and undecided when it differs. A
schema that has only object keywords is read as an object, as the authors of such schemas mean it.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from lading.model.alternatives import (
    as_alternative,
    branches_of,
    distinct,
    is_null,
    of_several_types,
    of_values,
    one_of,
    or_null,
)
from lading.model.canonical import referred
from lading.model.conditions import (
    CONDITIONS,
    TYPES,
    intersection,
    is_empty,
    restricted,
    settle_unevaluated,
    types_of,
    undecided,
    with_counts,
)
from lading.model.dialects import (
    FORMED,
    Dialect,
    dialect_of,
    foreign,
    is_ref_alone,
    malformed,
)
from lading.model.document import Origin
from lading.model.inclusion import apart, within
from lading.model.limits import (
    BITS,
    asking_for_none,
    at_most,
    beyond_bits,
    content_words,
    format_of,
    is_admitted,
    is_count,
    is_number,
    limits_of,
    of_multiples,
    text_of,
)
from lading.model.named import MAX_STEPS, Expected, Target, Types, type_name
from lading.model.names import MOST_PATTERNS, matches, may_be_about
from lading.model.notes import as_written, kind_of
from lading.model.nulls import takes_null
from lading.model.pointers import MISSING, resolve, split, written
from lading.model.schema import (
    NAMES_NONE,
    NO_DEFAULT,
    NO_LIMITS,
    Anything,
    Array,
    Condition,
    Enum,
    Field,
    Limits,
    Logical,
    Nothing,
    Record,
    Ref,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)
from lading.model.schema import Opaque as OpaqueNode
from lading.model.suggest import did_you_mean
from lading.model.vocabulary import (
    ADDED_UP,
    ANNOTATIONS,
    ASSERTING,
    BOUNDS,
    BY_NAME,
    BY_TYPE,
    CHOICES,
    COMBINED,
    COMBINED_OR_LISTED,
    COUNTS,
    DATA,
    HOLDS,
    IDLE,
    KNOWN,
    LEADING,
    LEADS,
    LEAST,
    LIMITS,
    LISTING,
    MEANS,
    MORE_THAN_A_LEAF,
    OF_FIELDS,
    OF_LISTS,
    OF_NUMBERS,
    OF_OBJECTS,
    OF_TEXTS,
    RARE,
    SAID_OF_LISTS,
    SCALARS,
    TAGGED,
    TEXT_FORMATS,
)

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from lading.model.document import Document, JsonValue, Pointer
    from lading.model.schema import Schema

MAX_CLOSURES: Final = 20_000
"""Most schemas copied into opaque nodes; small documents can otherwise ask for their square."""
_MOST_LISTED: Final = 400
"""So many values, and all that is in them, are looked at where some are objects or lists."""
_DEEPEST_LISTED: Final = 30
_NO_TAGS: Final[dict[str, str]] = {}
"""Of all fields that have none; nobody writes to it."""


def read_json_schema(document: Document, types: Types) -> Schema:
    """The schema that `document` is, with its types put into `types`."""
    reader = JsonSchemaReader(document, types)
    schema = reader.schema(document.value, ())
    for key in ("$defs", "definitions"):
        reader.definitions((key,))
    types.settle()
    return schema


class JsonSchemaReader:
    """Reads the schemas of one document."""

    def __init__(self, document: Document, types: Types, *, prefix: str = "") -> None:
        self.document = document
        self.types = types
        self.notes = types.at(document)
        self.prefix = prefix
        """Put before the names of this document's types when another owns the plain ones."""
        self._untyped = types.untyped
        """What a schema without ``type`` is read as here."""
        self._dialect = dialect_of(document.value) or types.dialect
        self._lacking = foreign(self._dialect)
        self._ref_alone = is_ref_alone(self._dialect)
        self._content = content_words(self._dialect)

    @contextmanager
    def untyped_as(self, types: tuple[str, ...]) -> Iterator[None]:
        """Read schemas without ``type`` to the letter: as a choice of all of `types`."""
        before, self._untyped = self._untyped, types
        try:
            yield
        finally:
            self._untyped = before

    def schema(self, node: JsonValue, at: Pointer) -> Schema:
        """Any schema node."""
        if not isinstance(node, dict):
            return self._whole(node, at)
        if self._ref_alone and isinstance(node.get("$ref"), str):
            return self._ref(node["$ref"], (*at, "$ref"))
        origin = Origin(self.document.name, at)
        schema: Schema | None = None if self._untyped else _leaf(node, origin)
        if "nullable" not in node:
            return schema or self.node(node, at, origin)
        if schema is None:
            schema = self.node(_without(node, "nullable"), at, origin)
        return self._nullable(node, schema, origin) if node["nullable"] is True else schema

    def _nullable(self, node: dict[str, Any], schema: Schema, origin: Origin) -> Schema:
        """`schema`, which is `node` without the word, and null so far as the word adds it."""
        if "nullable" in self._lacking:
            return schema
        said = None if self._dialect is None else takes_null(node, self.document.value)
        return or_null(schema, origin, surely=said is True)

    def _whole(self, node: JsonValue, at: Pointer) -> Schema:
        """A schema that is true or false."""
        origin = Origin(self.document.name, at)
        if not isinstance(node, bool):
            message = f"a schema is an object or true/false, not {kind_of(node)}"
            self.notes.add("LAD010", at, message)
        return Nothing(at=origin) if node is False else Anything(at=origin)

    def definitions(self, at: Pointer) -> None:
        """Read every schema of the object at `at`, so that what nobody uses is checked as well."""
        found = resolve(self.document.value, at)
        for name in found if isinstance(found, dict) else ():
            self._ref(f"#{written((*at, name))}", (*at, name))

    def node(self, node: dict[str, Any], at: Pointer, origin: Origin) -> Schema:
        """A schema that is an object, and more than a plain type or a reference."""
        asserting = node.keys() & ASSERTING
        self._check(node, asserting, at)
        if not asserting.isdisjoint(LEAST) and (idle := asking_for_none(node)):
            node, asserting = _known(node, idle), asserting - idle
        others: frozenset[str] = frozenset()
        if not asserting.isdisjoint(FORMED) or type(node.get("type")) is list:
            others = malformed(node, self._dialect)
        if not asserting.isdisjoint(self._lacking):
            if self._dialect is not Dialect.OPENAPI_30:
                return self.node(_known(node, self._lacking), at, origin)
            others |= asserting & self._lacking
        if others == {"type"} and (shape := _shape_or_null(node["type"])):
            return or_null(self.node({**node, "type": shape}, at, origin), origin, surely=False)
        if others:
            return replace(self._opaque(node, {*others}, origin), dialect=self._dialect)
        if _is_undecided(node):
            return self._opaque(node, {"defaultMapping"}, origin)
        if not asserting.isdisjoint(RARE):
            return self._rare(node, at, origin)
        return self._plain(node, asserting, at, origin)

    def _plain(
        self, node: dict[str, Any], asserting: set[str], at: Pointer, origin: Origin
    ) -> Schema:
        if "$ref" in node:
            if asserting == {"$ref"}:
                return self._ref(node["$ref"], (*at, "$ref"))
            target, beside = {"$ref": node["$ref"]}, _without(node, "$ref")
            whole = {"allOf": [target, beside]}
            return self._all_of([(target, at), (beside, at)], whole, origin)
        combined: list[str] = [key for key in COMBINED if key in asserting]
        if combined:
            return self._combination(node, combined, asserting, at, origin)
        if "const" in asserting or "enum" in asserting:
            return self._enum(node, asserting, origin)
        return self._typed(node, asserting, at, origin)

    # --- conditions

    def _rare(self, node: dict[str, Any], at: Pointer, origin: Origin) -> Schema:
        """A node with demands beside its shape: the shape, restricted by them."""
        unsettled = undecided(node)
        if unsettled == {"unevaluatedProperties"}:
            return self._closed(node, at, origin)
        if unsettled:
            return self._opaque(node, set(unsettled), origin)
        settled = with_counts(settle_unevaluated(node))
        shape = {key: each for key, each in settled.items() if key not in CONDITIONS}
        asserting = shape.keys() & ASSERTING
        base = self._plain(shape, asserting, at, origin)
        if isinstance(base, OpaqueNode):
            return self._opaque(node, {*base.keywords, *(node.keys() & CONDITIONS)}, origin)
        return restricted(base, self._conditions(settled, base, at), origin)

    def _closed(self, node: dict[str, Any], at: Pointer, origin: Origin) -> Schema:
        """Objects joined by ``allOf`` and ``$ref``, and what may stand beside all they declare."""
        word = "unevaluatedProperties"
        shape = _without(node, word)
        evaluated = self._evaluated(shape)
        asserting = shape.keys() & ASSERTING
        base = self._plain(shape, asserting, at, origin) if evaluated is not None else None
        record = self._record_behind(base) if base else None
        if record is None or evaluated is None:
            return self._opaque(node, {word}, origin)
        rest = self.schema(node[word], (*at, word))
        fields = tuple(
            each if each.name in evaluated else replace(each, schema=rest) for each in record.fields
        )
        return replace(record, fields=fields, rest=rest, name="", at=origin)

    def _evaluated(self, node: dict[str, Any]) -> set[str] | None:
        """The properties that `node` declares; `None` when that takes more than adding them up."""
        found: set[str] = set()
        seen: dict[int, Any] = {}
        waiting: list[Any] = [node]
        while waiting:
            part = waiting.pop()
            if id(part) in seen:
                continue
            seen[id(part)] = part
            if not isinstance(part, dict) or any(key in KNOWN - ADDED_UP for key in part):
                return None
            found |= _dict(part, "properties").keys()
            waiting += part["allOf"] if _is_list(part.get("allOf")) else ()
            if "$ref" in part:
                file, pointer = split(str(part["$ref"]))
                waiting.append(None if file else resolve(self.document.value, pointer))
        return found

    def _conditions(self, node: dict[str, Any], base: Schema, at: Pointer) -> Iterator[Condition]:
        """Within conditions schemas are read to the letter: what fails one counts as well."""
        types = self._types_behind(base)
        with self.untyped_as(types):
            yield from self._tests(node, at)
        if "contains" in node:
            with self.untyped_as(self._types_within(base)):
                yield self._contains(node, at)
        if "propertyNames" in node and "object" in types:
            with self.untyped_as(("string",)):
                yield self._condition(
                    "propertyNames", node["propertyNames"], (*at, "propertyNames")
                )
        if "object" in types:
            with self.untyped_as(("object",)):
                yield from self._dependents(node, at)

    def _condition(self, keyword: str, node: Any, at: Pointer, key: str = "") -> Condition:
        return Condition(keyword, self.schema(node, at), key=key, at=self.notes.origin(at))

    def _tests(self, node: dict[str, Any], at: Pointer) -> Iterator[Condition]:
        if "not" in node:
            found = self._condition("not", node["not"], (*at, "not"))
            if self._may_meet(found.schema):
                yield replace(found, text=self._text_of(node["not"]))
        if "if" in node:
            then, otherwise = (
                self.schema(node.get(word, True), (*at, word)) for word in ("then", "else")
            )
            yield Condition(
                "if",
                then,
                test=self.schema(node["if"], (*at, "if")),
                otherwise=otherwise,
                text=self._text_of(node["if"]),
                at=self.notes.origin((*at, "if")),
            )

    def _may_meet(self, schema: Schema) -> bool:
        """Whether a value of the types that are spoken of can be one of `schema` at all."""
        met = _with_integers(self._types_behind(schema))
        return bool(met & _with_integers(self._untyped or TYPES))

    def _contains(self, node: dict[str, Any], at: Pointer) -> Condition:
        found = self._condition("contains", node["contains"], (*at, "contains"))
        most = node.get("maxContains")
        text = "" if most is None else self._text_of(node["contains"])
        return replace(found, least=node.get("minContains", 1), most=most, text=text)

    def _dependents(self, node: dict[str, Any], at: Pointer) -> Iterator[Condition]:
        """``dependentRequired`` is the schema that requires those names."""
        for word in ("dependentRequired", "dependentSchemas", "dependencies"):
            for key, value in _dict(node, word).items():
                names = [each for each in value if each != key] if _is_list(value) else None
                asked = value if names is None else {"required": names}
                yield self._condition("dependentSchemas", asked, (*at, word, key), key)

    def _text_of(self, node: JsonValue) -> str:
        """What stands for `node` where it refers to types: their text, for want of their letter."""
        if next(_refs(node), None) is None:
            return ""
        found = self._opaque({"not": node}, {"not"}, self.notes.origin(()))
        return found.text

    def _types_within(self, schema: Schema) -> tuple[str, ...]:
        """The types of the items of a list."""
        match schema:
            case Array(items=items):
                within = [items]
            case Tuple(prefix=prefix, items=items):
                within = [*prefix, items]
            case _:
                return TYPES
        with self.untyped_as(TYPES):
            found = {each for item in within for each in self._types_behind(item)}
        return tuple(each for each in (*TYPES, "integer") if each in found)

    def _types_behind(self, schema: Schema, depth: int = 0) -> tuple[str, ...]:
        if isinstance(schema, Restricted):
            schema = schema.base
        if isinstance(schema, Ref) and depth < MAX_STEPS:
            return self._types_behind(self.types.now(schema.name), depth + 1)
        return self._untyped or TYPES if isinstance(schema, Anything) else types_of(schema)

    def _check(self, node: dict[str, Any], asserting: set[str], at: Pointer) -> None:
        """Note keywords with values no validator would take."""
        for key in asserting if node.keys().isdisjoint(HOLDS) else node.keys() & _SHAPES.keys():
            is_right, what = _SHAPES.get(key, _ANY)
            if is_right and not is_right(node[key]):
                self.notes.add("LAD010", (*at, key), f"`{key}` must be {what}")
        word = node.get("type")
        for name in () if isinstance(word, str) and word in BY_TYPE else _types_of(node):
            if name not in BY_TYPE:
                hint = did_you_mean(name, BY_TYPE)
                message = f"`{name}` is not a type of JSON Schema"
                self.notes.add("LAD010", (*at, "type"), message, hint=hint)
        listed = node.get("required")
        if _is_list(listed):
            for index, name in enumerate(listed):
                if not isinstance(name, str):
                    message = "`required` lists names of properties"
                    self.notes.add("LAD010", (*at, "required", index), message)

    # --- references

    def _ref(self, text: Any, at: Pointer) -> Schema:
        origin = self.notes.origin(at)
        if not isinstance(text, str):
            self.notes.add("LAD010", at, "`$ref` must be text")
            return Anything(at=origin)
        file, pointer = split(text)
        if file:
            return self._foreign(file, pointer, text, at)
        if text not in {"", "#"} and not pointer:
            return Anything(at=origin)  # an anchor, which the firewall has noted
        name = self.prefix + type_name(pointer)
        if name not in self.types.types:
            target = resolve(self.document.value, pointer)
            if target is MISSING:
                self.notes.add(
                    "LAD012",
                    at,
                    f"`{text}` points at nothing",
                    hint=_near(self.document.value, pointer),
                )
                return Anything(at=origin)
            self.types.expect(name, Expected(self, target, pointer))
        return Ref(name, at=origin)

    def _foreign(self, file: str, pointer: Pointer, text: str, at: Pointer) -> Schema:
        origin = self.notes.origin(at)
        document = self.types.references.get(file)
        if document is None:
            self.notes.add(
                "LAD013",
                at,
                f"`{text}` leads out of the workspace, and is not followed",
                hint="refer to this document, a file of the workspace, or a registered contract",
            )
            return Anything(at=origin)
        self.types.used.setdefault(file, document)
        reader = JsonSchemaReader(document, self.types, prefix=f"{file}#")
        if not pointer:
            if file not in self.types.types:
                self.types.expect(file, Expected(reader, document.value, ()))
            return Ref(file, at=origin)
        target = resolve(document.value, pointer)
        if target is MISSING:
            hint = _near(document.value, pointer)
            self.notes.add("LAD012", at, f"`{text}` points at nothing", hint=hint)
            return Anything(at=origin)
        name = reader.prefix + type_name(pointer)
        if name not in self.types.types:
            self.types.expect(name, Expected(reader, target, pointer))
        return Ref(name, at=origin)

    # --- shapes

    def _opaque(self, node: dict[str, Any], keywords: set[str], origin: Origin) -> OpaqueNode:
        refs = (f"{json.dumps(at)}:{said}" for at, said in sorted(self._closure(node)))
        text = f'{{"refs":{{{",".join(refs)}}},"schema":{_written(_meaning(node))}}}'
        if self.types.closures >= MAX_CLOSURES and not self.types.is_full:
            self.types.is_full = True
            message = "too many schemas use keywords that cannot be decided, and use each other"
            self.notes.add("LAD003", origin.pointer, message, hint="split the document")
        return OpaqueNode(tuple(sorted(keywords)), text, at=origin)

    def _closure(self, node: Any) -> Iterator[tuple[str, str]]:
        """Every target that `node` reaches: a change there changes what the node means."""
        seen: set[tuple[str, str]] = set()
        waiting = [(_refs(node), self.document)]
        while waiting and self.types.closures < MAX_CLOSURES:
            refs, home = waiting.pop()
            for text in refs:
                if (home.name, text) in seen:
                    continue
                seen.add((home.name, text))
                target = self._target(text, home)
                if target is None:
                    continue  # noted by the firewall, or where the reference is read
                self.types.closures += 1
                yield (text if home is self.document else f"{home.name}{text}"), target.said
                waiting.append((iter(target.refs), target.document))

    def _target(self, text: str, home: Document) -> Target | None:
        """What a reference in `home` leads to; looked at once."""
        known = self.types.targets.get((home.name, text))
        if known:
            return known
        file, pointer = split(text)
        document = self.types.references.get(file) if file else home
        node = resolve(document.value, pointer) if document else MISSING
        if document is None or node is MISSING:
            return None
        if file:
            self.types.used.setdefault(file, document)
        found = Target(document, _written(_meaning(node)), tuple(_refs(node)))
        self.types.targets[home.name, text] = found
        return found

    def _combination(  # noqa: PLR0911 - one return per way to be combined
        self,
        node: dict[str, Any],
        combined: list[str],
        asserting: set[str],
        at: Pointer,
        origin: Origin,
    ) -> Schema:
        key = combined[0]
        if not isinstance(node[key], list):  # `_check` has said so
            return self._opaque(node, set(combined), origin)
        if key == "allOf" and len(combined) == 1:
            rest = {k: v for k, v in node.items() if k in asserting and k != "allOf"}
            parts = [(each, (*at, "allOf", index)) for index, each in enumerate(node["allOf"])]
            if not rest:
                return self._all_of(parts, node, origin)
            return self._all_of([*parts, (rest, at)], {"allOf": [*node["allOf"], rest]}, origin)
        beside = asserting - set(combined) - {"type"}
        if len(combined) > 1 or beside:
            return self._beside(node, combined, at, origin)
        if any(self._is_itself(each, at) for each in node[key]):
            return self._opaque(node, {key}, origin)
        branches = tuple(
            self._alternative(each, (*at, key, index)) for index, each in enumerate(node[key])
        )
        if not self._are_within(branches, _types_of(node)):
            return self._beside(node, combined, at, origin)
        if self._hides_overlap(branches, exclusive=key == "oneOf"):
            return self._opaque(node, {key}, origin)
        name, mapping = _discriminator(node)
        if len(branches) == 1 and not name:
            return branches[0]
        return one_of(
            branches,
            Union(
                branches, discriminator=name, mapping=mapping, exclusive=key == "oneOf", at=origin
            ),
        )

    def _alternative(self, node: JsonValue, at: Pointer) -> Schema:
        """One of several, read once: what it says beside an object is asked for again."""
        key = id(node), at, self._untyped
        if key not in self.types.alternatives:
            self.types.alternatives[key] = node, self.schema(node, at)
        return self.types.alternatives[key][1]

    def _is_itself(self, node: JsonValue, at: Pointer) -> bool:
        """Whether all that `node` says leads to `at`.

        What such a choice takes is not defined (2020-12 core, 9.4.1), and some validators take
        anything.
        """
        for _ in range(MAX_STEPS):
            if not isinstance(node, dict) or [*node] != ["$ref"]:
                return False
            file, pointer = split(str(node["$ref"]))
            if file or (not pointer and node["$ref"] not in {"", "#"}):
                return False
            if pointer == at:
                return True
            node = resolve(self.document.value, pointer)
        return False

    def _hides_overlap(self, branches: tuple[Schema, ...], *, exclusive: bool) -> bool:
        """Whether one list of all branches would no longer say which of them exclude each other.

        To the letter ``oneOf`` refuses null where two branches take it; its authors do not mean it.
        """
        inner = [each for each in branches if isinstance(each, Union) and not each.discriminator]
        mixed = (each for each in inner if each.exclusive or exclusive)
        if len(branches) > 1 and any(not of_several_types(each) for each in mixed):
            return True
        if not exclusive:
            return False
        flat = [part for each in branches for part in branches_of(each) if not is_null(part)]
        twice = len(distinct(flat)) < len(flat)
        nulls = sum("null" in self._types_behind(each) for each in branches)
        return twice or (bool(self.types.untyped) and nulls > 1)

    def _are_within(self, branches: Iterable[Schema], types: Collection[str]) -> bool:
        """Whether a ``type`` beside alternatives says no more than they do themselves."""
        wide = {*types, "integer"} if "number" in types else {*types}
        return not types or all(set(self._types_behind(each)) <= wide for each in branches)

    def _beside(
        self, node: dict[str, Any], combined: list[str], at: Pointer, origin: Origin
    ) -> Schema:
        """Alternatives beside other keywords: both must hold."""
        shape = {key: each for key, each in node.items() if key not in combined}
        with self.untyped_as(self._types_told([node], at)):
            base = self.schema(shape, at)
        if isinstance(base, OpaqueNode) or not all(_is_list(node[key]) for key in combined):
            return self._opaque(node, set(combined), origin)
        with self.untyped_as(self._types_behind(base)):
            alone = [_alone(node, key) for key in combined]
            parts = [(self.schema(each, at), each, at) for each in alone]
            base, *choices = self._about_objects([base], parts)
        if any(isinstance(each, OpaqueNode) for each in choices):
            return self._opaque(node, set(combined), origin)
        choices = [
            replace(each, at=self.notes.origin((*at, key)))
            for each, key in zip(choices, combined, strict=True)
        ]
        return self._intersection([base, *choices], origin)

    def _about_objects(
        self, plain: Sequence[Schema], parts: Sequence[tuple[Schema, JsonValue, Pointer]]
    ) -> list[Schema]:
        """What several schemas say of one value, `plain` ones before `parts`.

        Of these, which come with their nodes and where those are, one that takes anything tells of
        objects beside a schema that takes objects, if not those alone.
        """
        found: list[Schema] = [*plain, *(schema for schema, _, _ in parts)]
        if any(map(self._is_object, found)):
            return [*plain, *(self._of_objects(*each) for each in parts)]
        choices = ((index, self._some_objects(each)) for index, each in enumerate(found))
        spot, choice = next(((n, each) for n, each in choices if each), (0, None))
        if choice is None:
            return found
        wide = [self.any_object(node, at) for each, node, at in parts if self._takes_any(each)]
        told = [each for each in wide if not (isinstance(each, Record) and not each.fields)]
        found[spot] = self._of_its_objects(choice, told) if told else found[spot]
        return found

    def _is_object(self, schema: Schema) -> bool:
        return self._record_behind(self._restricted_behind(schema).base) is not None

    def _some_objects(self, schema: Schema) -> Union | None:
        """A choice of objects and something else, if it is one."""
        choice = self._behind(schema)
        if not isinstance(choice, Union) or choice.discriminator:
            return None
        return choice if any(map(self._is_object, choice.branches)) else None

    def _of_its_objects(self, choice: Union, told: Sequence[Schema]) -> Schema:
        """`choice`, with what else is told of the objects in it."""
        branches = tuple(
            self._intersection([each, *told], each.at or self.notes.origin(()))
            if self._is_object(each)
            else each
            for each in choice.branches
        )
        return replace(choice, branches=branches)

    def _of_objects(self, found: Schema, node: JsonValue, at: Pointer) -> Schema:
        """`found`, as which `node` was read, where what stands beside it speaks of objects.

        An alternative that takes anything hides what the others declare. To the letter they forbid
        nothing then, and say all the same what some writers write.
        """
        part = self._restricted_behind(found)
        if not self._takes_any(part.base):
            return found
        return restricted(self.any_object(node, at), part.conditions, self.notes.origin(at))

    def _takes_any(self, schema: Schema, depth: int = 0) -> bool:
        schema = self._behind(schema)
        if not isinstance(schema, Union) or schema.exclusive or depth > MAX_STEPS:
            return isinstance(schema, Anything)
        return any(self._takes_any(each, depth + 1) for each in schema.branches)

    def any_object(self, node: JsonValue, at: Pointer) -> Schema:
        """Any object, with what `node`, which takes anything, declares of some of them."""
        told = [*self._objects_told(node, at)] if isinstance(node, dict) else []
        origin = self.notes.origin(at)
        return self._intersection(told or [Record((), rest=Anything(), at=origin)], origin)

    def _objects_told(self, node: dict[str, Any], at: Pointer) -> Iterator[Schema]:
        target = self._ref(node["$ref"], (*at, "$ref")) if "$ref" in node else None
        if isinstance(target, Ref):
            yield self.types.any_object(target.name)
            if self._ref_alone:
                return
        for index, each in enumerate(node.get("allOf", ())):
            yield self.any_object(each, (*at, "allOf", index))
        branches = tuple(
            self._of_objects(self._alternative(each, spot := (*at, "anyOf", index)), each, spot)
            for index, each in enumerate(node.get("anyOf", ()))
        )
        if branches:
            name, mapping = _discriminator(node)
            origin = self.notes.origin((*at, "anyOf"))
            yield one_of(branches, Union(branches, name, mapping, at=origin))

    def _all_of(
        self, parts: Sequence[tuple[Any, Pointer]], whole: dict[str, Any], origin: Origin
    ) -> Schema:
        """What every one of `parts` of `whole` admits; each comes with where it is written."""
        exact = bool(self._untyped)
        rare = [index for index, (each, _) in enumerate(parts) if _is_rare(each, exact=exact)]
        read = {index: self.schema(*each) for index, each in enumerate(parts) if index not in rare}
        types = self._common_types(each for each in read.values())
        told = types or self._types_told((each for each, _ in parts), ())
        with self.untyped_as(told):  # they are about the same value
            read |= {index: self.schema(*parts[index]) for index in rare}
        said = self._about_objects([], [(read[index], *parts[index]) for index in sorted(read)])
        schemas = [each for each in said if not isinstance(each, Anything)]
        if any(isinstance(each, OpaqueNode) for each in schemas) and len(schemas) > 1:
            return self._opaque(whole, {"allOf"}, origin)
        return self._intersection(schemas, origin)

    def _types_told(self, nodes: Iterable[Any], at: Pointer) -> tuple[str, ...]:
        """The types of a value that is read to the letter, of which named alternatives tell."""
        known = {*self._untyped}
        choices = (
            node[key]
            for node in nodes
            for key in CHOICES
            if _is_list(_dict({"": node}, "").get(key))
        )
        for choice in choices if known else ():
            if all(isinstance(each, dict) and [*each] == ["$ref"] for each in choice):
                refs = (self._ref(each["$ref"], at) for each in choice)
                known &= _with_integers(kind for ref in refs for kind in self._types_behind(ref))
        return tuple(each for each in self._untyped if each in known) or self._untyped

    def _common_types(self, schemas: Iterable[Schema]) -> tuple[str, ...]:
        """The types of the values that all of `schemas` may admit; none: nothing is known."""
        shaped = [each for each in schemas if not isinstance(each, Anything)]
        kinds = [set(self._types_behind(each)) for each in shaped]
        kinds = [each | {"integer"} if "number" in each else each for each in kinds]
        known = set.intersection(*kinds) if kinds else set[str]()
        exact = known - {"integer"} if "number" in known else known
        return tuple(each for each in (*TYPES, "integer") if each in exact)

    def _intersection(self, schemas: Sequence[Schema], origin: Origin) -> Schema:
        """What all of `schemas` admit: objects as one, anything else as conditions on the first."""
        split = [self._restricted_behind(each) for each in schemas]
        conditions = [each for part in split for each in part.conditions]
        shaped = [each.base for each in split if not isinstance(each.base, Anything)]
        bases = intersection(map(self._leaf_behind, shaped) if len(shaped) > 1 else shaped)
        if not bases:
            return restricted(Anything(at=origin), conditions, origin)
        if len(bases) == 1:
            return restricted(bases[0], conditions, origin)
        if not self._common_types(bases):
            return Nothing(at=origin)
        records = [self._record_behind(each) for each in bases]
        merged = merge([each for each in records if each is not None]) if all(records) else None
        if merged is not None:
            whole = restricted(replace(merged, at=origin), conditions, origin)
            told = [each for each in map(self._told_behind, bases) if each]
            return as_alternative(whole, told[0]) if told else whole
        bases = _as_required(bases, [each for each in records if each])
        bases.sort(key=lambda each: isinstance(each, Union))  # a plain base says more
        others = (Condition("allOf", each, at=each.at) for each in bases[1:])
        return restricted(bases[0], [*conditions, *others], origin)

    def _behind(self, schema: Schema) -> Schema:
        """What a reference leads to, if it leads anywhere."""
        for _ in range(MAX_STEPS):
            if not isinstance(schema, Ref):
                break
            schema = self.types.now(schema.name)
        return schema

    def _restricted_behind(self, schema: Schema) -> Restricted:
        target = self._behind(schema)
        return target if isinstance(target, Restricted) else Restricted(schema, ())

    def _leaf_behind(self, schema: Schema) -> Schema:
        """What a reference leads to, where that is joined with others as if it stood here."""
        target = self._behind(schema)
        if isinstance(target, Enum):
            return replace(target, name="", at=schema.at)
        return replace(target, at=schema.at) if isinstance(target, Scalar | Array) else schema

    def _record_behind(self, schema: Schema, depth: int = 0) -> Record | None:
        schema = self._behind(schema)
        if isinstance(schema, Union) and len(schema.branches) == 1 and depth < MAX_STEPS:
            return self._record_behind(schema.branches[0], depth + 1)
        return schema if isinstance(schema, Record) else None

    def _told_behind(self, schema: Schema) -> Union | None:
        """A single alternative that a discriminator names."""
        schema = self._behind(schema)
        return schema if isinstance(schema, Union) and len(schema.branches) == 1 else None

    def _enum(self, node: dict[str, Any], asserting: set[str], origin: Origin) -> Schema:
        values = [node["const"]] if "const" in node else node["enum"]
        if "const" in node and _is_list(node.get("enum")):
            only = {_written(node["const"])}
            values = [each for each in node["enum"] if _written(each) in only][:1]
        beside = asserting - {"enum", "const", "type", "format", *BOUNDS}
        if isinstance(values, list) and not {dict, list}.isdisjoint(map(type, values)):
            return self._listed(node, values, beside, origin)
        if beside or not isinstance(values, list):
            return self._opaque(node, {_listing(node)} | beside, origin)
        limits, types = limits_of(node, BOUNDS), _types_of(node) or self._untyped
        if limits is not NO_LIMITS or types != ("string",) or set(map(type, values)) != {str}:
            values = [each for each in values if is_admitted(each, types, limits)]
        symbols = tuple([each for each in values if each is not None])
        if not symbols:
            return Scalar(ScalarType.NULL, at=origin) if values else Nothing(at=origin)
        enum = Enum(
            symbols,
            taxonomy=text_of(node.get("x-taxonomy")) or None,
            doc=text_of(node.get("description")),
            at=origin,
        )
        listed = enum if enum.taxonomy else of_values(enum)
        whole = or_null(listed, origin) if len(symbols) < len(values) else listed
        return self._of_format(whole, node, origin)

    def _listed(
        self, node: dict[str, Any], values: list[Any], beside: set[str], origin: Origin
    ) -> Schema:
        """Values with objects or lists among them: each is one that takes nothing but that.

        Of keywords beside them only those that are surely met by a value, or surely not, are known.
        """
        word = _listing(node)
        types, limits = _types_of(node) or self._untyped, limits_of(node, BOUNDS)
        held = [each for each in values if is_admitted(each, types, limits)]
        asked = text_of(node.get("format")) in TEXT_FORMATS and any(
            isinstance(e, str) for e in held
        )
        if asked or _size(values) > _MOST_LISTED:
            return self._opaque(node, {word} | beside, origin)
        made = [self._exactly(each, (*origin.pointer, word)) for each in held]
        if beside:
            with self.untyped_as(self._untyped or TYPES):
                rest = {key: each for key, each in node.items() if key in beside}
                said = self._typed(rest, beside, origin.pointer, origin)
            passed = [_is_met(each, said) for each in made]
            if None in passed:
                return self._opaque(node, {word} | beside, origin)
            made = [each for each, met in zip(made, passed, strict=True) if met]
        branches = tuple(made)
        return one_of(branches, Union(branches, at=origin))

    def _exactly(self, value: Any, at: Pointer) -> Schema:
        """What takes that one value (2020-12 core, 4.2.2, has what is equal)."""
        origin = Origin(self.document.name, at)
        if isinstance(value, dict):
            named = ((name, self._exactly(value[name], (*at, name))) for name in sorted(value))
            fields = tuple(Field(name, each, at=each.at) for name, each in named)
            return Record(fields, rest=Nothing(at=origin), at=origin)
        if isinstance(value, list) and value:
            parts = tuple(self._exactly(each, (*at, n)) for n, each in enumerate(value))
            sized = Limits(min_items=len(value), max_items=len(value))
            return Tuple(parts, Nothing(at=origin), sized, at=origin)
        if isinstance(value, list):
            return Array(Anything(at=origin), Limits(max_items=0), at=origin)
        return Scalar(ScalarType.NULL, at=origin) if value is None else Enum((value,), at=origin)

    def _of_format(self, listed: Schema, node: dict[str, Any], origin: Origin) -> Schema:
        """Listed values, of which those texts hold that are of the format beside them."""
        format_ = text_of(node.get("format"))
        if format_ not in TEXT_FORMATS or "string" not in types_of(listed):
            return listed
        other = (kind for kind in types_of(listed) if kind != "string")
        kinds = (Scalar(ScalarType(kind), at=origin) for kind in other)
        text = Scalar(ScalarType.STRING, Logical(format_), at=origin)
        branches = (*kinds, text)
        told = one_of(branches, Union(branches, at=origin))
        return restricted(listed, [Condition("allOf", told, at=origin)], origin)

    def _typed(
        self, node: dict[str, Any], asserting: set[str], at: Pointer, origin: Origin
    ) -> Schema:
        types = [each for each in _types_of(node) if each in BY_TYPE]
        if types and self._untyped and not (types := self._reached(types)):
            return Nothing(at=origin)
        if not types and asserting:
            types = list(self._untyped) or _implied(asserting)
        if not types and asserting & (OF_TEXTS | OF_NUMBERS):
            return self._opaque(node, asserting, origin)
        # The list asserts nothing: with anything but a type beside it, that is what counts.
        is_listed = isinstance(node.get("x-extensible-enum"), list) and asserting == {"type"}
        if is_listed and set(types) - {"null"} == {"string"}:
            listed = _extensible(node, origin)
            return or_null(listed, origin) if "null" in types else listed
        if not types:
            return Anything(at=origin)
        if len(types) == 1:
            return self._one(node, types[0], at, origin)
        branches = tuple(self._one(node, each, at, origin) for each in types)
        return one_of(branches, Union(branches, at=origin))

    def _reached(self, types: list[str]) -> list[str]:
        """Those of `types` that a value can have, where it is known of what types it is."""
        numbers = {"integer", "number"}
        known = set(self._untyped) | (numbers if numbers & set(self._untyped) else set())
        return [each for each in types if each in known]

    def _one(self, node: dict[str, Any], type_: str, at: Pointer, origin: Origin) -> Schema:
        limits = limits_of(node, BY_TYPE[type_])
        if limits is not NO_LIMITS and is_empty(limits, integral=type_ == "integer"):
            return Nothing(at=origin)
        if type_ in {"object", "array"}:
            read = self._object if type_ == "object" else self._array
            if not self._untyped:
                return read(node, limits, at, origin)
            with self.untyped_as(TYPES):  # what is inside may be anything
                return read(node, limits, at, origin)
        if type_ in {"number", "integer"}:
            type_, limits = of_multiples(type_, limits)
        format_ = format_of(node, type_, self._content)
        logical = Logical(format_) if format_ else None
        if type_ == "integer" and format_ in BITS:
            limits = beyond_bits(limits, BITS[format_])
        unit = text_of(node.get("x-unit")) or None
        scheme = text_of(node.get("x-scheme")) or None
        return Scalar(
            SCALARS[type_], logical=logical, limits=limits, unit=unit, scheme=scheme, at=origin
        )

    def _array(self, node: dict[str, Any], limits: Limits, at: Pointer, origin: Origin) -> Schema:
        items = node.get("items", True)
        word, after = ("items", "additionalItems") if _is_list(items) else ("prefixItems", "items")
        prefix = (
            tuple(
                self.schema(each, (*at, word, index))
                for index, each in enumerate(node.get(word, ()))
            )
            if word in node and _is_list(node[word])
            else ()
        )
        rest = self.schema(node.get(after, True), (*at, after))
        return Tuple(prefix, rest, limits, at=origin) if prefix else Array(rest, limits, at=origin)

    def _object(self, node: dict[str, Any], limits: Limits, at: Pointer, origin: Origin) -> Schema:
        properties, patterns = _dict(node, "properties"), _dict(node, "patternProperties")
        listed = node.get("required")
        required = {each for each in listed if isinstance(each, str)} if _is_list(listed) else set()
        fields = [
            self._field(name, each, (*at, "properties", name), required=name in required)
            for name, each in properties.items()
        ]
        rest = (
            self.schema(node["additionalProperties"], (*at, "additionalProperties"))
            if "additionalProperties" in node
            else Anything()
        )
        for name in sorted(required - properties.keys()):
            matched = may_be_about(patterns, name)
            silent = Anything() if matched else rest  # what holds for a name that is only required
            fields.append(Field(name, silent, at=self.notes.origin((*at, "required"))))
        ruled = {
            each: self.schema(patterns[each], (*at, "patternProperties", each))
            for each in sorted(patterns)
        }
        if 0 < len(ruled) <= MOST_PATTERNS:
            fields = [self._with_patterns(each, ruled) for each in fields]
        if limits.min_properties and limits.min_properties <= sum(e.required for e in fields):
            limits = replace(limits, min_properties=None)
        return Record(
            tuple(fields),
            rest=rest,
            limits=limits,
            doc=text_of(node.get("description")),
            tags=_tags(node),
            patterns=tuple(ruled.items()),
            at=origin,
        )

    def _with_patterns(self, field: Field, patterns: Mapping[str, Schema]) -> Field:
        """A property has to answer to the patterns of its name as well."""
        asked = [each for pattern, each in patterns.items() if matches(pattern, field.name)]
        joined = intersection(map(self._leaf_behind, (field.schema, *asked))) if asked else []
        known = [each for each in joined if not isinstance(each, Anything)]
        return replace(field, schema=known[0]) if len(known) == 1 else field

    def _field(self, name: str, node: JsonValue, at: Pointer, *, required: bool) -> Field:
        schema = self.schema(node, at)
        props = node if isinstance(node, dict) else {}
        said = props if props.keys().isdisjoint(LEADING) else self._said_of(props)
        doc = text_of(props.get("description"))
        known = schema.at
        origin = known if known and known.pointer is at else Origin(self.document.name, at)
        if said.keys().isdisjoint(OF_FIELDS):  # most say nothing more
            return Field(name, schema, required=required, doc=doc, tags=_NO_TAGS, at=origin)
        tags = _tags(props)
        return Field(
            name,
            schema,
            required=required,
            default=said.get("default", NO_DEFAULT),
            read_only=said.get("readOnly") is True,
            write_only=said.get("writeOnly") is True,
            deprecated=said.get("deprecated") is True,
            sunset=text_of(said.get("x-sunset")),
            stability=text_of(said.get("x-stability-level")),
            means=_means(_tags(said), schema),
            doc=doc,
            tags=tags,
            at=origin,
        )

    def _said_of(self, node: dict[str, Any], depth: int = 0) -> dict[str, Any]:
        """Annotations of a place, and of what holds for it as a whole (2020-12 core, 7.7).

        That is the schema it refers to, the parts of ``allOf``, and an alternative that is alone.
        """
        if node.keys().isdisjoint(LEADING) or depth > MAX_STEPS:
            return node
        known = self.types.said.get(id(node))
        if known is not None:
            return known
        self.types.said[id(node)] = node  # where it leads to itself nothing is added
        found: dict[str, Any] = {}
        for part in self._parts_of(node):
            said = self._said_of(part, depth + 1)
            passed = ANNOTATIONS - SAID_OF_LISTS if part.keys() & LISTING else ANNOTATIONS
            found = {key: each for key, each in said.items() if key in passed} | found
        self.types.said[id(node)] = said = found | node if found else node
        return said

    def _parts_of(self, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        target = node.get("$ref")
        if isinstance(target, str):
            file, pointer = split(target)
            found = resolve(self.document.value, pointer) if pointer and not file else None
            yield from (found,) if isinstance(found, dict) else ()
        for key in COMBINED:
            parts = node.get(key)
            if isinstance(parts, list) and (key == "allOf" or len(parts) == 1):
                yield from (each for each in parts if isinstance(each, dict))


def _near(value: Any, pointer: Pointer) -> str:
    parent = resolve(value, pointer[:-1])
    return did_you_mean(str(pointer[-1]), parent) if pointer and isinstance(parent, dict) else ""


def _with_integers(types: Iterable[str]) -> set[str]:
    """Numbers may be integers, and integers are numbers."""
    found = set(types)
    return found | {"number", "integer"} if found & {"number", "integer"} else found


def merge(records: list[Record]) -> Record | None:
    """The intersection of open objects; `None` when that takes more than joining their fields."""
    fields: dict[str, Field] = {}
    for record in records:
        if not isinstance(record.rest, Anything) or record.patterns or record.limits != NO_LIMITS:
            return None
        for field in record.fields:
            known = fields.get(field.name)
            if known and isinstance(field.schema, Anything):
                fields[field.name] = replace(known, required=known.required or field.required)
            elif known and isinstance(known.schema, Anything):
                fields[field.name] = replace(field, required=known.required or field.required)
            elif known and known.schema != field.schema:
                return None
            else:
                fields[field.name] = replace(
                    field, required=field.required or bool(known and known.required)
                )
    return Record(tuple(fields.values()), rest=Anything(), doc=records[0].doc if records else "")


def _as_required(bases: list[Schema], records: list[Record]) -> list[Schema]:
    """`bases` of one object, in which a property is required where any of `records` requires it."""
    required = {each.name for record in records for each in record.fields if each.required}
    return [
        replace(
            base,
            fields=tuple(
                replace(each, required=True) if each.name in required else each
                for each in base.fields
            ),
        )
        if isinstance(base, Record) and not required.isdisjoint(each.name for each in base.fields)
        else base
        for base in bases
    ]


def _extensible(node: dict[str, Any], origin: Origin) -> Enum:
    """The texts that are known so far; a reader accepts any."""
    return Enum(
        tuple(node["x-extensible-enum"]),
        open=True,
        taxonomy=text_of(node.get("x-taxonomy")) or None,
        at=origin,
    )


def _alone(node: dict[str, Any], key: str) -> dict[str, Any]:
    """Alternatives without what stands beside them, but for what tells them apart."""
    both = "anyOf" in node and "oneOf" in node  # whose values they are, nobody says
    told = {"discriminator"} if key != "allOf" and not both else set[str]()
    return {each: node[each] for each in node if each == key or each in told}


def _discriminator(node: dict[str, Any]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    found = node.get("discriminator")
    if not isinstance(found, dict) or not isinstance(found.get("propertyName"), str):
        return None, ()
    mapping = found.get("mapping") if isinstance(found.get("mapping"), dict) else {}
    other = {NAMES_NONE: found["defaultMapping"]} if "defaultMapping" in found else {}
    named = {**(mapping or {}), **other}
    pairs = sorted((str(k), str(v).rpartition("/")[2]) for k, v in named.items())
    return found["propertyName"], tuple(pairs)


def _leaf(node: dict[str, Any], origin: Origin) -> Scalar | None:
    """The one half of all schemas: a plain type, at most with a longest length. Else `None`."""
    word, longest = node.get("type"), node.get("maxLength")
    kind = SCALARS.get(word) if isinstance(word, str) else None
    if kind is None or not node.keys().isdisjoint(MORE_THAN_A_LEAF):
        return None
    if longest is not None and not (kind is ScalarType.STRING and is_count(longest)):
        return None
    limits = NO_LIMITS if longest is None else at_most(longest)
    unit = text_of(node["x-unit"]) or None if "x-unit" in node else None
    scheme = text_of(node["x-scheme"]) or None if "x-scheme" in node else None
    return Scalar(kind, None, limits, unit, scheme, at=origin)


def _types_of(node: dict[str, Any]) -> tuple[str, ...]:
    word = node.get("type")
    if isinstance(word, str):
        return (word,)
    words = word if isinstance(word, list) else [word]
    return tuple(as_written(each) for each in words if each is not None)


def _shape_or_null(types: Sequence[Any]) -> str:
    """The one shape that is listed beside null: what has such keywords is read as one in any case.

    Empty where something else is listed.
    """
    shapes = [each for each in types if each != "null"]
    return shapes[0] if len(shapes) == 1 and shapes[0] in {"object", "array"} else ""


def _is_undecided(node: dict[str, Any]) -> bool:
    """Whether it says of no alternatives which of them is that of messages that name none.

    OpenAPI 3.2, Discriminator Object.
    """
    said = node.get("discriminator")
    if not isinstance(said, dict) or "defaultMapping" not in said:
        return False
    told = isinstance(said["defaultMapping"], str) and isinstance(said.get("propertyName"), str)
    return not told or sum(_is_list(node.get(key)) for key in CHOICES) != 1


def _implied(asserting: set[str]) -> list[str]:
    if asserting & OF_OBJECTS:
        return ["object"]
    return ["array"] if asserting & OF_LISTS else []


def _listing(node: dict[str, Any]) -> str:
    return "const" if "const" in node else "enum"


def _size(value: Any) -> int:
    """How many values there are in it, itself one of them; one too deep is too large."""
    count, waiting = 0, [(value, 0)]
    while waiting:
        each, depth = waiting.pop()
        count += 1 if depth < _DEEPEST_LISTED else _MOST_LISTED
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        waiting += [(one, depth + 1) for one in inner]
    return count


def _is_met(exact: Schema, said: Schema) -> bool | None:
    """Whether the one value that `exact` takes is taken by `said`; `None`: that is not known."""
    if referred(said):
        return None
    if within(exact, said, ({}, {})):
        return True
    return False if apart(exact, said, ({}, {})) or _is_missed(exact, said) else None


def _is_missed(exact: Schema, said: Schema) -> bool:
    """Whether an object lacks what is asked for, or has something that surely does not do."""
    if isinstance(said, Union):
        return all(_is_met(exact, each) is False for each in said.branches)
    if not (isinstance(exact, Record) and isinstance(said, Record)):
        return False
    mine = {each.name: each.schema for each in exact.fields}
    return any(
        _is_met(mine[each.name], each.schema) is False if each.name in mine else each.required
        for each in said.fields
    )


def _written(node: Any) -> str:
    return json.dumps(node, sort_keys=True, separators=(",", ":"))


def _meaning(node: Any) -> Any:
    """The schema `node` without the keywords that assert nothing."""
    if isinstance(node, list):
        return [_meaning(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {k: _meaning_under(k, v) for k, v in node.items() if k not in IDLE}


def _meaning_under(keyword: str, value: Any) -> Any:
    if keyword in DATA:
        return value
    if keyword in BY_NAME and isinstance(value, dict):  # names are free: ``title`` may be a field
        return {name: _meaning(each) for name, each in value.items()}
    return _meaning(value)


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[key] for key in LEADS if isinstance(node.get(key), str))
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


_ANY: Final = (None, "")
_OBJECT_OF: Final = (lambda value: isinstance(value, dict), "an object")
_LIST_OF: Final = (lambda value: isinstance(value, list), "a list")
_TEXT: Final = (lambda value: isinstance(value, str), "text")
_SHAPES: Final[Mapping[str, tuple[Callable[[Any], bool] | None, str]]] = {
    **dict.fromkeys(("properties", "patternProperties", *HOLDS), _OBJECT_OF),
    **dict.fromkeys((*COMBINED, "enum"), _LIST_OF),
    "required": (lambda value: isinstance(value, list | bool), "a list"),  # draft 3 writes true
    **dict.fromkeys(LIMITS, (is_number, "a number")),
    **dict.fromkeys(COUNTS, (is_count, "a whole number, 0 or more")),
    # OpenAPI 3.0 writes true for these two.
    **dict.fromkeys(
        ("exclusiveMinimum", "exclusiveMaximum"),
        (lambda value: isinstance(value, int | float), "a number"),
    ),
    **dict.fromkeys(("pattern", "format"), _TEXT),
}
"""Keyword to what its value must be, and how that is called."""


def _dict(node: dict[str, Any], key: str) -> dict[str, Any]:
    found = node.get(key)
    return found if isinstance(found, dict) else {}


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_rare(node: JsonValue, *, exact: bool) -> bool:
    """Whether a part of ``allOf`` only adds conditions: it is of the types of the others.

    To the letter a part that speaks of objects, or lists, asks for none.
    """
    if not isinstance(node, dict) or {"$ref", "type"} & node.keys():
        return False
    if exact and (OF_OBJECTS | OF_LISTS) & node.keys() and not COMBINED_OR_LISTED & node.keys():
        return True
    untyped = RARE | OF_TEXTS | OF_NUMBERS | {"anyOf", "oneOf"}
    return bool(untyped & node.keys()) and not (OF_OBJECTS | OF_LISTS) & node.keys()


def _without(node: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in node.items() if k != key}


def _known(node: dict[str, Any], lacking: frozenset[str]) -> dict[str, Any]:
    return {k: v for k, v in node.items() if k not in lacking}


def _means(tags: Mapping[str, str], schema: Schema) -> tuple[tuple[str, str], ...]:
    """What a property says of its meaning; the taxonomy of listed values is the list's own."""
    keys = MEANS - {"taxonomy"} if isinstance(schema, Enum) else MEANS
    return tuple(each for each in tags.items() if each[0] in keys)


def _tags(node: dict[str, Any]) -> dict[str, str]:
    if node.keys().isdisjoint(TAGGED):
        return _NO_TAGS
    found = node.keys() & TAGGED.keys()
    return {TAGGED[key]: node[key] for key in sorted(found) if isinstance(node[key], str)}
