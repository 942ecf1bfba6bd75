"""Avro schemas in normal form (Avro 1.12 specification, "Schema Declaration").

Names are checked by the specification's own rule here, because fastavro lets code through in names
of records and fields, and generators would run it.
"""

from __future__ import annotations

import marshal
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard

from lading.model.defaults import unfit
from lading.model.invariant_kinds import wrong_in
from lading.model.invariants import read_invariants
from lading.model.notes import Notes, as_written, kind_of
from lading.model.schema import (
    NO_DEFAULT,
    TAGS,
    Anything,
    Array,
    Enum,
    Field,
    Fixed,
    Logical,
    Map,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)
from lading.model.suggest import closest, did_you_mean
from lading.model.written import noted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lading.model.contract import Contract
    from lading.model.document import Document, JsonValue, Pointer
    from lading.model.errors import Problem
    from lading.model.schema import Default, Schema

PRIMITIVES: Final = {
    word: ScalarType(word)
    for word in ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
}
_COMPLEX: Final = ("record", "error", "enum", "fixed", "array", "map")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
LOGICAL_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "decimal": ("bytes", "fixed"),
    "big-decimal": ("bytes",),
    "uuid": ("string", "fixed"),
    "date": ("int",),
    "time-millis": ("int",),
    "time-micros": ("long",),
    "timestamp-millis": ("long",),
    "timestamp-micros": ("long",),
    "timestamp-nanos": ("long",),
    "local-timestamp-millis": ("long",),
    "local-timestamp-micros": ("long",),
    "local-timestamp-nanos": ("long",),
    "duration": ("fixed",),
}
"""The logical types of Avro 1.12, and what each may be laid over."""
_FIXED_SIZE: Final = {"uuid": 16, "duration": 12}
MAX_CHAIN: Final = 64
"""Longest chain of files that refer to one another."""
MAX_NAME: Final = 256
"""Longest full name; generated modules and file systems stop near it."""


class Said(NamedTuple):
    """What is said of the scalars below: by the field, or by a type between."""

    unit: str | None = None
    scheme: str | None = None


UNSAID: Final = Said()
_MEANS: Final = ("codelist", "definition", "taxonomy")
_TAGGED: Final = frozenset({"owner", *(f"x-{each}" for each in TAGS)})
_MEANING: Final = frozenset(f"x-{each}" for each in (*_MEANS, *Said._fields))
_NO_TAGS: Final[dict[str, str]] = {}
"""Of all types and fields that have none; nobody writes to it."""


class Names:
    """What is known while one schema and everything it refers to is read."""

    def __init__(self, references: Mapping[str, Document]) -> None:
        self.references = references
        self.types: dict[str, Schema] = {}
        self.documents: list[Document] = []
        """Finished documents, dependencies first."""
        self.problems: list[Problem] = []
        self.refers = False
        """Whether any type is referred to by its name."""
        self._open: list[str] = []
        self._read: set[str] = set()
        self._homes: dict[str, str] = {}

    def find(self, name: str) -> bool:
        """Whether `name` is defined; reads the document that defines it when it is not yet."""
        document = self.references.get(name)
        if name not in self.types and document and document.name not in self._read:
            if len(self._open) >= MAX_CHAIN:
                return False
            read_avro(document, self)
        return name in self.types

    def is_open(self, name: str) -> bool:
        """Whether the document that defines `name` is being read right now: a circle of files."""
        return self._homes.get(name) in self._open

    def define(self, name: str, schema: Schema) -> bool:
        """Keep `schema` under `name`, unless that is taken."""
        if name in self.types:
            return False
        self.types[name] = schema
        self._homes[name] = self._open[-1]
        return True

    def enter(self, document: Document) -> None:
        """Note that `document` is being read."""
        self._open.append(document.name)
        self._read.add(document.name)

    def leave(self, document: Document) -> None:
        """Note that `document` has been read, and so everything it refers to."""
        self._open.pop()
        self.documents.append(document)


def read_avro(
    document: Document, names: Names, before: Contract | None = None
) -> tuple[Schema, tuple[str, ...]]:
    """Read `document` into `names`; return its schema and the names it uses from elsewhere.

    What a version `before` has just so is not read again.
    """
    reader = _Reader(document, names, _fields_of(before, document))
    names.enter(document)
    schema = reader.schema(document.value, (), "")
    reader.resolve()
    reader.check_defaults()
    reader.check_invariants()
    names.problems.extend(reader.notes.problems)
    names.refers |= reader.refers
    names.leave(document)
    top = names.types.get(schema.name, schema) if isinstance(schema, Ref) else schema
    return top, tuple(reader.foreign)


def _fields_of(before: Contract | None, document: Document) -> Sequence[tuple[JsonValue, Field]]:
    """The fields of a version before, as they were written and as they were read.

    Places are part of what is read: none of a document by another name.
    """
    if before is None or before.document.name != document.name:
        return ()
    written = before.document.value
    listed = written.get("fields") if isinstance(written, dict) else None
    if not isinstance(listed, list) or not isinstance(before.body, Record):
        return ()
    return tuple(zip(listed, before.body.fields, strict=True))


class _Reader:
    """One pass over one document."""

    def __init__(
        self, document: Document, names: Names, before: Sequence[tuple[JsonValue, Field]] = ()
    ) -> None:
        self._before = before
        self.notes = Notes(document)
        self.names = names
        self.foreign: dict[str, None] = {}
        self._own: set[str] = set()
        self._uses: list[tuple[str, Pointer, bool]] = []
        """(name, place, whether this document had defined it by then)."""
        self._defaults: list[tuple[Field, Pointer]] = []
        self._records: list[Record] = []

    @property
    def refers(self) -> bool:
        """Whether a type is referred to by its name."""
        return bool(self._uses)

    # --- shapes

    def schema(self, node: JsonValue, at: Pointer, space: str, *, said: Said = UNSAID) -> Schema:
        """Any schema node."""
        if isinstance(node, str):
            return self._word(node, at, space, said=said)
        if isinstance(node, list):
            return self._union(node, at, space, said=said)
        if isinstance(node, dict):
            return self._object(node, at, space, said=said)
        self.notes.add(
            "LAD010", at, f"a schema is a name, a list or an object, not {kind_of(node)}"
        )
        return Anything(at=self.notes.origin(at))

    def _word(self, word: str, at: Pointer, space: str, *, said: Said) -> Schema:
        if word in PRIMITIVES:
            return self._plain(word, at, said)
        origin = self.notes.origin(at)
        if word in _COMPLEX:
            hint = f'write {{"type": "{word}", ...}}'
            self.notes.add("LAD010", at, f"`{word}` needs an object of its own", hint=hint)
            return Anything(at=origin)
        name = word if "." in word or not space else f"{space}.{word}"
        if not self._is_name(name, at, "type name"):
            return Anything(at=origin)
        self._uses.append((name, at, name in self._own))
        return Ref(name, at=origin)

    def _plain(self, word: str, at: Pointer, said: Said) -> Scalar:
        origin = self.notes.origin(at)
        if said is UNSAID or word == "null":
            return Scalar(PRIMITIVES[word], at=origin)
        return Scalar(PRIMITIVES[word], unit=said.unit, scheme=said.scheme, at=origin)

    def _union(self, node: list[JsonValue], at: Pointer, space: str, *, said: Said) -> Schema:
        if _is_plain(node):  # most of them: null and one type
            return Union(
                tuple([self._plain(w, (*at, n), said) for n, w in enumerate(node)]),
                at=self.notes.origin(at),
            )
        branches = tuple(
            [self.schema(each, (*at, index), space, said=said) for index, each in enumerate(node)]
        )
        if not branches:
            self.notes.add("LAD017", at, "a union needs at least one branch")
        seen: set[str] = set()
        for index, branch in enumerate(branches):
            key = _branch_key(branch)
            if isinstance(branch, Union) or isinstance(node[index], list):
                self.notes.add("LAD017", (*at, index), "a union may not hold a union directly")
            elif key in seen:
                message = f"the union holds `{key}` twice; a reader could not tell them apart"
                self.notes.add("LAD017", (*at, index), message)
            seen.add(key)
        if not branches:
            return Anything(at=self.notes.origin(at))
        return branches[0] if len(branches) == 1 else Union(branches, at=self.notes.origin(at))

    def _object(self, node: dict[str, Any], at: Pointer, space: str, *, said: Said) -> Schema:
        word = node.get("type")
        said = _said(node, said)
        if isinstance(word, dict | list):
            return self.schema(word, (*at, "type"), space, said=said)
        if not isinstance(word, str):
            self.notes.add(
                "LAD010", at, "the schema has no `type`", hint='add "type": "record", "string" ...'
            )
            return Anything(at=self.notes.origin(at))
        if word in PRIMITIVES:
            return self._primitive(node, word, at, said=said)
        shapes = {
            "record": self._record,
            "error": self._record,
            "enum": self._enum,
            "fixed": self._fixed,
        }
        if word in shapes:
            return shapes[word](node, at, space)
        if word in {"array", "map"}:
            listed = self._array if word == "array" else self._map
            return listed(node, at, space, said=said)
        return self._word(word, (*at, "type"), space, said=said)

    def _primitive(self, node: dict[str, Any], word: str, at: Pointer, *, said: Said) -> Schema:
        logical = self._logical(node, word, at)
        return Scalar(
            PRIMITIVES[word],
            logical=logical,
            unit=said.unit,
            scheme=said.scheme,
            at=self.notes.origin(at),
        )

    def _array(self, node: dict[str, Any], at: Pointer, space: str, *, said: Said) -> Schema:
        if "items" not in node:
            self.notes.add("LAD010", at, "an array needs `items`")
            return Anything(at=self.notes.origin(at))
        items = self.schema(node["items"], (*at, "items"), space, said=said)
        return Array(items, at=self.notes.origin(at))

    def _map(self, node: dict[str, Any], at: Pointer, space: str, *, said: Said) -> Schema:
        if "values" not in node:
            self.notes.add("LAD010", at, "a map needs `values`")
            return Anything(at=self.notes.origin(at))
        values = self.schema(node["values"], (*at, "values"), space, said=said)
        return Map(values, at=self.notes.origin(at))

    # --- named types

    def _enum(self, node: dict[str, Any], at: Pointer, space: str) -> Schema:
        name, inner = self._named(node, at, space)
        symbols = node.get("symbols")
        if not isinstance(symbols, list) or not symbols:
            self.notes.add("LAD010", at, "an enum needs `symbols`, a list of names")
            symbols = []
        kept: dict[str, None] = {}
        for index, symbol in enumerate(symbols):
            where = (*at, "symbols", index)
            if not isinstance(symbol, str) or not _NAME.fullmatch(symbol):
                self.notes.add(
                    "LAD011",
                    where,
                    f"`{as_written(symbol)}` is not a name Avro allows for a symbol",
                    hint=_NAME_HINT,
                )
            elif symbol in kept:
                self.notes.add("LAD014", where, f"the symbol `{symbol}` is listed twice")
            else:
                kept[symbol] = None
        default = node.get("default")
        if default is not None and not (isinstance(default, str) and default in kept):
            hint = did_you_mean(str(default), kept)
            self.notes.add(
                "LAD015",
                (*at, "default"),
                f"the default `{as_written(default)}` is not one of the symbols",
                hint=hint,
            )
            default = None
        enum = Enum(
            tuple(kept),
            name=name,
            default=default,
            aliases=self._aliases(node, at, inner),
            taxonomy=_text(node.get("x-taxonomy")) or None,
            doc=_text(node.get("doc")),
            at=self.notes.origin(at),
        )
        return self._define(name, enum, at)

    def _fixed(self, node: dict[str, Any], at: Pointer, space: str) -> Schema:
        name, inner = self._named(node, at, space)
        size = node.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= 2**20:
            self.notes.add("LAD010", (*at, "size"), "a fixed needs a `size` in bytes, 0 to 1048576")
            size = 0
        logical = self._logical(node, "fixed", at, size=size)
        fixed = Fixed(
            name,
            size,
            logical=logical,
            aliases=self._aliases(node, at, inner),
            unit=_text(node.get("x-unit")) or None,
            at=self.notes.origin(at),
        )
        return self._define(name, fixed, at)

    def _record(self, node: dict[str, Any], at: Pointer, space: str) -> Schema:
        name, inner = self._named(node, at, space)
        self._own.add(name)
        listed = node.get("fields")
        if not isinstance(listed, list):
            self.notes.add("LAD010", at, "a record needs `fields`, a list")
            listed = []
        fields: dict[str, Field] = {}
        kept = () if at else self._as_before(listed)
        for index, each in enumerate(listed):
            field = (kept[index] if index < len(kept) else None) or self._field(
                each, (*at, "fields", index), inner
            )
            if field and field.name in fields:
                self.notes.add(
                    "LAD014", (*at, "fields", index), f"the field `{field.name}` is written twice"
                )
            elif field:
                fields[field.name] = field
        record = Record(
            tuple(fields.values()),
            name=name,
            aliases=self._aliases(node, at, inner),
            rest=Anything(),
            invariants=read_invariants(self.notes, node, at),
            is_error=node.get("type") == "error",
            doc=_text(node.get("doc")),
            tags=_tags(node),
            at=self.notes.origin(at),
        )
        self._records.append(record)
        return self._define(name, record, at)

    def _as_before(self, listed: list[JsonValue]) -> list[Field | None]:
        """The fields that stood there before, where they are written just so: they were checked.

        Python takes 1, 1.0 and True for equal; written by `marshal` they are not. Most have all
        that was there before, and then some: so it is written in one go. A field that names a type
        may mean another one by now. What is written just so is one value from now on: else who
        keeps a thousand versions keeps it a thousand times.
        """
        pairs = [
            (node, *known) if node == known[0] else None
            for node, known in zip(listed, self._before, strict=False)
        ]
        there = [each for each in pairs if each]
        if _bytes([node for node, _, _ in there]) != _bytes([was for _, was, _ in there]):
            pairs = [
                each if each and _bytes(each[0]) == _bytes(each[1]) else None for each in pairs
            ]
        for index, each in enumerate(pairs):
            if each:
                listed[index] = each[1]
        return [each[2] if each and not noted(each[2]).names else None for each in pairs]

    def _field(self, node: JsonValue, at: Pointer, space: str) -> Field | None:
        if not isinstance(node, dict):
            self.notes.add("LAD010", at, f"a field is an object, not {kind_of(node)}")
            return None
        name = node.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self.notes.add(
                "LAD011",
                (*at, "name"),
                f"`{as_written(name)}` is not a name Avro allows for a field",
                hint=_NAME_HINT,
            )
            return None
        if "type" not in node:
            self.notes.add("LAD010", at, f"the field `{name}` has no `type`")
            return None
        if "logicalType" in node:
            message = "`logicalType` beside `type` is ignored by every reader"
            hint = 'put it inside: "type": {"type": ..., "logicalType": ...}'
            self.notes.add("LAD016", (*at, "logicalType"), message, hint=hint)
        default: Default = node.get("default", NO_DEFAULT)
        aliases = self.notes.texts(node, "aliases", at) if "aliases" in node else ()
        for alias in aliases:
            if not _NAME.fullmatch(alias):
                self.notes.add(
                    "LAD011",
                    (*at, "aliases"),
                    f"`{alias}` is not a name Avro allows for a field",
                    hint=_NAME_HINT,
                )
        schema = self.schema(node["type"], (*at, "type"), space, said=_said(node))
        field = Field(
            name,
            schema,
            required=default is NO_DEFAULT,
            default=default,
            aliases=aliases,
            deprecated=bool(node.get("x-deprecated")),
            means=_means(node, schema),
            order=_order(node) if "order" in node else "",
            doc=_text(node.get("doc")),
            tags=_tags(node),
            at=self.notes.origin(at),
        )
        if default is not NO_DEFAULT:
            self._defaults.append((field, (*at, "default")))
        return field

    def _named(self, node: dict[str, Any], at: Pointer, space: str) -> tuple[str, str]:
        """(full name, namespace for what is inside)."""
        name = node.get("name")
        if not isinstance(name, str):
            self.notes.add("LAD010", at, f"{node.get('type')} needs a `name`")
            return "", space
        own = node.get("namespace")
        if own is not None and not isinstance(own, str):
            self.notes.add(
                "LAD031", (*at, "namespace"), f"`namespace` must be text, not {kind_of(own)}"
            )
            own = None
        inner = name.rpartition(".")[0] if "." in name else (space if own is None else own)
        full = name if "." in name or not inner else f"{inner}.{name}"
        if not self._is_name(full, (*at, "name"), "name"):
            return "", space
        if full.rpartition(".")[2] in PRIMITIVES:
            self.notes.add("LAD011", (*at, "name"), f"`{full}` is the name of a primitive type")
        return full, inner

    def _is_name(self, name: str, at: Pointer, what: str) -> bool:
        if len(name) > MAX_NAME:
            message = f"the {what} has {len(name)} characters; at most {MAX_NAME} are read"
            self.notes.add("LAD011", at, message)
            return False
        good = all(_NAME.fullmatch(part) for part in name.split("."))
        if not good:
            self.notes.add("LAD011", at, f"`{name}` is no {what} Avro allows", hint=_NAME_HINT)
        return good

    def _aliases(self, node: dict[str, Any], at: Pointer, space: str) -> tuple[str, ...]:
        aliases = self.notes.texts(node, "aliases", at)
        good = (each for each in aliases if self._is_name(each, (*at, "aliases"), "alias"))
        return tuple(each if "." in each or not space else f"{space}.{each}" for each in good)

    def _define(self, name: str, schema: Schema, at: Pointer) -> Schema:
        if not name:
            return schema
        self._own.add(name)
        if not self.names.define(name, schema):
            self.notes.add("LAD014", (*at, "name"), f"`{name}` is defined twice")
        return Ref(name, at=self.notes.origin(at))

    # --- checks

    def _logical(
        self, node: dict[str, Any], word: str, at: Pointer, *, size: int = 0
    ) -> Logical | None:
        name = node.get("logicalType")
        if name is None:
            return None
        where = (*at, "logicalType")
        if not isinstance(name, str):
            self.notes.add("LAD016", where, f"`logicalType` must be text, not {kind_of(name)}")
            return None
        allowed = LOGICAL_TYPES.get(name)
        if allowed is None:
            # Specification: a logical type nobody knows is ignored. A spelling mistake is not one.
            near = closest(name, LOGICAL_TYPES, cutoff=0.85)
            if near:
                message = f"`{name}` is not a logical type of Avro 1.12"
                self.notes.add("LAD016", where, message, hint=f"did you mean `{near}`?")
            return Logical(name)
        if word not in allowed:
            self.notes.add(
                "LAD016", where, f"`{name}` is laid over {' or '.join(allowed)}, not over {word}"
            )
            return None
        wanted = _FIXED_SIZE.get(name)
        if word == "fixed" and wanted is not None and size != wanted:
            self.notes.add(
                "LAD016", (*at, "size"), f"`{name}` needs a fixed of {wanted} bytes, not {size}"
            )
        return self._decimal(node, at, size, word) if name == "decimal" else Logical(name)

    def _decimal(self, node: dict[str, Any], at: Pointer, size: int, word: str) -> Logical | None:
        precision, scale = _whole(node.get("precision")), _whole(node.get("scale", 0))
        if precision is None or scale is None or precision < 1:
            self.notes.add(
                "LAD016", at, "a decimal needs a `precision` of at least 1 and a whole `scale`"
            )
            return None
        if not 0 <= scale <= precision:
            self.notes.add(
                "LAD016",
                (*at, "scale"),
                f"the scale {scale} is not between 0 and the precision {precision}",
            )
            return None
        if word == "fixed" and precision > _digits(size):
            self.notes.add(
                "LAD016",
                (*at, "precision"),
                f"{size} bytes hold {_digits(size)} digits, not {precision}",
            )
            return None
        return Logical("decimal", precision=precision, scale=scale)

    def resolve(self) -> None:
        """Find every name that was used, in this document or in those it may refer to."""
        for name, at, known in self._uses:
            if name in self._own and not known:
                message = f"`{name}` is used before it is defined"
                hint = "Avro reads from top to bottom: define the type where it is used first"
                self.notes.add("LAD012", at, message, hint=hint)
            elif name not in self._own:
                self.foreign.setdefault(name)
                if self.names.is_open(name):
                    message = f"`{name}` leads in a circle: its file refers to this one"
                    hint = "Avro has no circles of files: define both types in one file"
                    self.notes.add("LAD012", at, message, hint=hint)
                elif not self.names.find(name):
                    self._missing(name, at)

    def _missing(self, name: str, at: Pointer) -> None:
        known = {*self.names.types, *self.names.references}
        short = name.rpartition(".")[2]
        same = next((each for each in sorted(known) if each.rpartition(".")[2] == short), None)
        hint = f"did you mean `{same}`?" if same else did_you_mean(name, known)
        self.notes.add(
            "LAD012",
            at,
            f"nothing defines the type `{name}`",
            hint=hint or "add the file that defines it",
        )

    def check_defaults(self) -> None:
        """Note each default that its type could not hold."""
        for field, at in self._defaults:
            why = unfit(field.default, field.schema, self.names.types)
            if why:
                self.notes.add("LAD015", at, f"the default of `{field.name}` does not fit: {why}")

    def check_invariants(self) -> None:
        """Note each invariant whose check cannot be decided for every message."""
        for record in self._records:
            for each in record.invariants:
                why = wrong_in(each.check, record, self.names.types) if each.check else ""
                if why and each.at:
                    message = f"the invariant `{each.name}` cannot be checked: {why}"
                    self.notes.add("LAD019", (*each.at.pointer, "check"), message)


_NAME_HINT: Final = "letters, digits and _ only, not starting with a digit"


def _bytes(node: JsonValue) -> bytes:
    return marshal.dumps(node, 2)


def _is_plain(union: list[Any]) -> TypeGuard[list[str]]:
    """Whether it is of several types, all of them primitive, and none twice."""
    words = {each for each in union if type(each) is str and each in PRIMITIVES}
    return len(words) == len(union) > 1


def _branch_key(branch: Schema) -> str:
    if isinstance(branch, Ref):
        return branch.name
    if isinstance(branch, Scalar):
        return branch.type.value
    return type(branch).__name__.lower()


def _digits(size: int) -> int:
    """Decimal digits that `size` bytes in two's complement hold (specification, Decimal)."""
    return len(str(2 ** (8 * size - 1) - 1)) - 1 if size else 0


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _said(node: dict[str, Any], above: Said = UNSAID) -> Said:
    if "x-unit" not in node and "x-scheme" not in node:
        return above
    unit, scheme = (_text(node.get(f"x-{key}")) or None for key in Said._fields)
    return Said(unit or above.unit, scheme or above.scheme)


def _means(node: dict[str, Any], schema: Schema) -> tuple[tuple[str, str], ...]:
    """What a field says of its meaning, less what the scalars below have been told."""
    if _MEANING.isdisjoint(node):
        return ()
    keys = _MEANS if _takes(schema) else (*_MEANS, *Said._fields)
    found = ((key, _text(node.get(f"x-{key}"))) for key in sorted(keys))
    return tuple((key, text) for key, text in found if text)


def _order(node: dict[str, Any]) -> str:
    """How records sort by a field, in any case, as Java reads it; ascending is not said."""
    said = _text(node["order"]).lower()
    return "" if said == "ascending" else said


def _takes(schema: Schema) -> bool:
    """Whether a unit that a field names is that of a scalar in it."""
    match schema:
        case Scalar():
            return schema.type is not ScalarType.NULL
        case Union(branches=branches):
            return any(map(_takes, branches))
        case Array(items=inner) | Map(values=inner):
            return _takes(inner)
    return False


def _tags(node: dict[str, Any]) -> dict[str, str]:
    """The governance keys beside a type or field, without their ``x-``."""
    if _TAGGED.isdisjoint(node):
        return _NO_TAGS
    found = ((key, node.get(f"x-{key}", node.get(key) if key == "owner" else None)) for key in TAGS)
    return {key: value for key, value in found if isinstance(value, str)}
