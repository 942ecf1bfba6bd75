"""Avro schemas with every construct of the specification, edits of them, and data."""

from __future__ import annotations

import copy
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Json = Any

PRIMITIVES: Final = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
LOGICAL: Final[tuple[Json, ...]] = (
    *(
        {"type": "long", "logicalType": f"{local}timestamp-{unit}"}
        for local in ("", "local-")
        for unit in ("millis", "micros", "nanos")
    ),
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "long", "logicalType": "time-micros"},
    {"type": "string", "logicalType": "uuid"},
    {"type": "bytes", "logicalType": "big-decimal"},
    *(
        {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
        for precision, scale in ((6, 2), (8, 2), (8, 3), (4, 0))
    ),
)
TOPS: Final = ("array", "map", "union") * 3
SYMBOLS: Final = ("A", "B", "C", "D", "UNKNOWN")


class Drawn:
    """One document while it is drawn: its names are given once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.spaces = ("",) if rng.random() < 0.3 else ("x.v1", "x.v1", "y")
        self.names: dict[str, Json] = {}
        self.open: list[str] = []

    def type(self, depth: int, *, union: bool = True) -> Json:
        kinds = [*PRIMITIVES, "logical", "logical", "enum", "enum", "fixed", "fixed", "known"]
        kinds += ["array", "map", "record", "record"] * 2 if depth > 0 else []
        kinds += ["union"] * 5 if union else []
        return self.kind(self.rng.choice(kinds), depth)

    def kind(self, kind: str, depth: int) -> Json:
        rng = self.rng
        match kind:
            case "logical":
                return dict(rng.choice(LOGICAL))
            case "enum":
                return self.named({"type": "enum", **self.symbols()}, ("Status", "Mode"))
            case "fixed":
                return self.named(self.fixed(), ("Hash", "Seal", "Span"))
            case "array":
                return {"type": "array", "items": self.inner(depth)}
            case "map":
                return {"type": "map", "values": self.inner(depth)}
            case "record":
                return self.record(depth - 1)
            case "union":
                return self.union(depth)
            case "known":
                ended = [each for each in self.names if each not in self.open]
                return rng.choice(ended) if ended else "string"
        return kind

    def inner(self, depth: int) -> Json:
        """What a list or map holds: now and then a record that it is in itself."""
        if self.open and self.rng.random() < 0.1:
            return self.rng.choice(self.open)
        return self.type(depth - 1)

    def symbols(self) -> Json:
        some = self.rng.sample(SYMBOLS, self.rng.randint(1, 4))
        default = self.rng.choice([None, *some])
        return {"symbols": some} | ({"default": default} if default else {})

    def fixed(self) -> Json:
        rng = self.rng
        return rng.choice(
            [
                {"type": "fixed", "size": rng.choice((2, 4))},
                {"type": "fixed", "size": 12, "logicalType": "duration"},
                {"type": "fixed", "size": 16, "logicalType": "uuid"},
                {"type": "fixed", "size": 4, "logicalType": "decimal", "precision": 8, "scale": 2},
            ]
        )

    def named(self, node: Json, names: tuple[str, ...]) -> Json:
        """Define it, or refer to what has its name already."""
        full = self.name(names)
        if full in self.names:
            return full
        node = self.called(node, full)
        self.names[full] = node
        return node

    def name(self, names: tuple[str, ...]) -> str:
        space = self.rng.choice(self.spaces)
        return f"{space}.{self.rng.choice(names)}".lstrip(".")

    def called(self, node: Json, full: str) -> Json:
        """The name written in one of the ways there are."""
        space, _, short = full.rpartition(".")
        split = space and self.rng.random() < 0.5
        said = {"name": short, "namespace": space} if split else {"name": full, "namespace": ""}
        if not split and space:
            said = {"name": full}
        if self.rng.random() < 0.1:
            node = {**node, "aliases": [self.rng.choice(("Old", "x.v1.Old"))]}
        return {**said, **node}

    def union(self, depth: int) -> Json:
        kinds = [*PRIMITIVES, "enum", "fixed", *(["array", "map", "record"] if depth > 0 else [])]
        some = self.rng.sample(kinds, self.rng.randint(1, 4))
        if self.rng.random() < 0.5:
            some = ["null", *(each for each in some if each != "null")]
        drawn = [self.kind(each, depth) for each in some]
        return [each for n, each in enumerate(drawn) if each not in drawn[:n]]

    def record(self, depth: int, full: str = "") -> Json:
        full = full or self.name(("Line", "Party", "Place"))
        if full in self.open:
            return "string"  # a message of it would have no end
        if full in self.names:
            return full
        node = self.called({"type": "record", "fields": []}, full)
        self.names[full] = node
        self.open.append(full)
        for name in self.rng.sample("abcd", self.rng.randint(0, 3)):
            node["fields"].append(self.field(name, self.type(depth)))
        if self.rng.random() < 0.25:
            node["fields"].append({"name": "next", "type": ["null", full], "default": None})
        self.open.pop()
        return node

    def field(self, name: str, schema: Json) -> Json:
        field: Json = {"name": name, "type": schema}
        found = default_of(schema, self.names)
        if found is not ... and self.rng.random() < 0.4:
            field["default"] = found
        if self.rng.random() < 0.1:
            field["aliases"] = [f"was_{name}"]
        return field


_DEFAULTS: Final[dict[str, Json]] = {
    "null": None,
    "boolean": True,
    "int": 7,
    "long": 7,
    "float": 1.5,
    "double": 1.5,
    "bytes": "x",
    "string": "x",
}


def default_of(schema: Json, names: dict[str, Json]) -> Json:
    """A default that fits, or `...` where none is drawn."""
    if isinstance(schema, list):
        return default_of(schema[0], names)
    if isinstance(schema, str):
        return _DEFAULTS[schema] if schema in _DEFAULTS else default_of(names[schema], names)
    match schema["type"]:
        case "array":
            return []
        case "map":
            return {}
        case "enum":
            return schema["symbols"][0]
        case "fixed":
            return ... if "logicalType" in schema else "x" * schema["size"]
        case "record":
            return ...
    if schema.get("logicalType") in {"uuid", "decimal"}:
        return ...
    return _DEFAULTS[schema["type"]]


def schema(rng: Random) -> Json:
    """A record of at most four fields, three levels deep, recursive now and then; or another type.

    What is no record stands above records mostly, as it does in the wild.
    """
    drawn = Drawn(rng)
    if rng.random() < 0.15:
        return drawn.kind(rng.choice((*TOPS, "logical", "enum", "fixed", "string", "long")), 2)
    return drawn.record(2, f"{drawn.spaces[0]}.Shipment".lstrip("."))


# --- edits: each changes one thing, or nothing where there is nothing of its kind


def nodes(schema: Json) -> list[Json]:
    """Every type in a document that is written as an object, and every union."""
    if isinstance(schema, list):
        return [schema, *(each for branch in schema for each in nodes(branch))]
    if not isinstance(schema, dict):
        return []
    inner = [schema.get("items"), schema.get("values")]
    inner += [field["type"] for field in schema.get("fields", ())]
    return [schema, *(each for node in inner for each in nodes(node))]


def _some(rng: Random, root: Json, kind: str) -> Json | None:
    found = [each for each in nodes(root) if isinstance(each, dict) and each.get("type") == kind]
    return rng.choice(found) if found else None


def _field_of(rng: Random, root: Json) -> tuple[Json, Json] | None:
    found = [
        (each, field)
        for each in nodes(root)
        if isinstance(each, dict)
        for field in each.get("fields", ())
    ]
    return rng.choice(found) if found else None


def _drop(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if found and not [each for each in nodes(found[1]["type"]) if "name" in each]:
        found[0]["fields"].remove(found[1])


def _add(rng: Random, root: Json) -> None:
    record = _some(rng, root, "record")
    if record and not any(each["name"] == "f" for each in record["fields"]):
        kind = rng.choice(("int", "string", ["null", "string"], {"type": "array", "items": "int"}))
        at = rng.randint(0, len(record["fields"]))
        record["fields"].insert(at, Drawn(rng).field("f", copy.deepcopy(kind)))


def _retype(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if found and isinstance(found[1]["type"], str):
        found[1]["type"] = rng.choice(PRIMITIVES)
        found[1].pop("default", None)


def _null(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if found and not isinstance(found[1]["type"], list) and found[1]["type"] != "null":
        two = ["null", found[1]["type"]]
        first = rng.random() < 0.7
        found[1]["type"] = two if first else two[::-1]
        found[1].pop("default", None)
        if first and rng.random() < 0.5:
            found[1]["default"] = None


def _rename_field(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if found and not any(each["name"] == "renamed" for each in found[0]["fields"]):
        if rng.random() < 0.8:
            found[1]["aliases"] = [found[1]["name"]]
        found[1]["name"] = "renamed"


def _shuffle(rng: Random, root: Json) -> None:
    """Fields in another order, unless a name would be used before it is defined."""
    record = _some(rng, root, "record")
    if record and not [each for each in nodes(record)[1:] if "name" in each]:
        rng.shuffle(record["fields"])


def _alias(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if found:
        taken = {a for each in found[0]["fields"] for a in (each["name"], *each.get("aliases", ()))}
        word = rng.choice(("a", "b", "old"))
        if found[1].pop("aliases", None) is None and word not in taken:
            found[1]["aliases"] = [word]


def _default(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if found and found[1].pop("default", ...) is ... and not isinstance(found[1]["type"], str):
        fitting = default_of(found[1]["type"], _named(root))
        if fitting is not ...:
            found[1]["default"] = fitting


def _named(root: Json) -> dict[str, Json]:
    return {
        full_name(each): each for each in nodes(root) if isinstance(each, dict) and "name" in each
    }


def full_name(node: Json) -> str:
    """The full name of a named type as our documents write it."""
    space = node.get("namespace", "")
    return node["name"] if "." in node["name"] or not space else f"{space}.{node['name']}"


def _symbols(rng: Random, root: Json) -> None:
    enum = _some(rng, root, "enum")
    if not enum:
        return
    listed = enum["symbols"]
    match rng.choice(("add", "remove", "order", "default")):
        case "add":
            enum["symbols"] = [*listed, *(each for each in SYMBOLS if each not in listed)][
                : len(listed) + 1
            ]
        case "remove" if len(listed) > 1:
            gone = rng.choice(listed)
            enum["symbols"] = [each for each in listed if each != gone]
            if enum.get("default") == gone:
                del enum["default"]
        case "order":
            rng.shuffle(listed)
        case "default" if enum.pop("default", None) is None:
            enum["default"] = listed[0]


def _size(rng: Random, root: Json) -> None:
    fixed = _some(rng, root, "fixed")
    if fixed and "logicalType" not in fixed:
        fixed["size"] = rng.choice((2, 3, 4))


def _logical(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if not found:
        return
    kind = found[1]["type"]
    if isinstance(kind, dict) and "logicalType" in kind and kind["type"] != "fixed":
        other = [each for each in LOGICAL if each["type"] == kind["type"]]
        found[1]["type"] = rng.choice([kind["type"], *map(dict, other)])
        found[1].pop("default", None)
    elif isinstance(kind, str) and kind in {"int", "long", "bytes", "string"}:
        found[1]["type"] = dict(rng.choice([each for each in LOGICAL if each["type"] == kind]))
        found[1].pop("default", None)


def _branches(rng: Random, root: Json) -> None:
    unions = [each for each in nodes(root) if isinstance(each, list)]
    if not unions:
        return
    union = rng.choice(unions)
    match rng.choice(("add", "remove", "order")):
        case "add":
            kinds = [each for each in PRIMITIVES if each not in union]
            kinds = [each for each in kinds if not any(_kind(b) == each for b in union)]
            union.append(rng.choice(kinds)) if kinds else None
        case "remove" if len(union) > 1:
            plain = [each for each in union[1:] if isinstance(each, str) and each in PRIMITIVES]
            union.remove(rng.choice(plain)) if plain else None
        case "order" if not [each for each in nodes(union)[1:] if "name" in each]:
            tail = union[1:]
            rng.shuffle(tail)
            union[1:] = tail


def _kind(branch: Json) -> str:
    if isinstance(branch, list):
        return "union"
    return branch if isinstance(branch, str) else str(branch["type"])


def _rename_type(rng: Random, root: Json) -> None:
    """Another name or namespace, with an alias more often than not; not where it is referred to."""
    known = _named(root)
    used = set(_references(root))
    free = [name for name in known if name not in used]
    if not free:
        return
    name = rng.choice(free)
    node = known[name]
    space, _, short = name.rpartition(".")
    other = rng.choice((f"z.{short}", f"{space}.Other".lstrip("."), short))
    if other in known:
        return
    node["name"] = other
    node.pop("namespace", None)
    if "." not in other:
        node["namespace"] = ""
    if rng.random() < 0.7:
        node["aliases"] = [name if "." in name else f"{name}"]


def _alias_type(rng: Random, root: Json) -> None:
    """Another name beside its own, now and then that of another type; or none any more."""
    known = _named(root)
    if known:
        name = rng.choice([*known])
        others = [each for each in known if each != name and "." in each]
        if known[name].pop("aliases", None) is None:
            known[name]["aliases"] = [rng.choice([*others, "x.v1.Old"])]


def _references(root: Json) -> list[str]:
    if isinstance(root, str):
        return [] if root in PRIMITIVES else [root]
    if isinstance(root, list):
        return [each for branch in root for each in _references(branch)]
    inner = [root.get("items"), root.get("values")]
    inner += [field["type"] for field in root.get("fields", ())]
    return [each for node in inner if node is not None for each in _references(node)]


def _doc(rng: Random, root: Json) -> None:
    found = _field_of(rng, root)
    if found:
        found[1]["doc"] = rng.choice(("One thing.", "Another thing."))


EDITS: Final[tuple[Callable[[Random, Json], None], ...]] = (
    _drop,
    _add,
    _retype,
    _null,
    _rename_field,
    _shuffle,
    _alias,
    _default,
    _symbols,
    _size,
    _logical,
    _branches,
    _rename_type,
    _alias_type,
    _doc,
)


def pair(rng: Random) -> tuple[Json, Json]:
    """Two versions: mostly an edited copy, since two fresh draws are hardly ever compatible."""
    old = schema(rng)
    if rng.random() < 0.1:
        return old, schema(rng)
    new = edited(rng, old)
    if new == old and _kind(old) != "record" and rng.random() < 0.5:
        new = schema(rng)  # there was little to edit
    return (old, new) if rng.random() < 0.5 else (new, old)


def edited(rng: Random, old: Json) -> Json:
    """A copy with some edits, or none."""
    new = copy.deepcopy(old)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3))):
        rng.choice(EDITS)(rng, new)
    return new


# --- data


def datum(rng: Random, root: Json) -> Json:
    """What fastavro can write under `root`.

    The branch of a union is told by its name, which else is the first that fits; not below a union
    already, where fastavro looks for the fitting branch itself and knows no such telling.
    """
    return _Data(rng, _named(root)).of(root, 4)


class _Data:
    def __init__(self, rng: Random, names: dict[str, Json]) -> None:
        self.rng = rng
        self.names = names

    def of(self, node: Json, depth: int, *, told: bool = True) -> Json:
        if isinstance(node, str) and node in _PRIMITIVE:
            return _PRIMITIVE[node](self.rng)
        if isinstance(node, str):
            return self.of(self.names[node], depth - 1, told=told)
        if isinstance(node, list):
            return self.branch(node, depth, told=told)
        match node["type"]:
            case "record":
                return {f["name"]: self.of(f["type"], depth, told=told) for f in node["fields"]}
            case "array":
                size = self.rng.randint(0, 2) if depth > 0 else 0
                return [self.of(node["items"], depth - 1, told=told) for _ in range(size)]
            case "map":
                keys = self.rng.sample("xy", self.rng.randint(0, 2)) if depth > 0 else []
                return {key: self.of(node["values"], depth - 1, told=told) for key in keys}
            case "enum":
                return self.rng.choice(node["symbols"])
        return _scalar(self.rng, node)

    def branch(self, union: list[Json], depth: int, *, told: bool) -> Json:
        if "null" in union and depth <= 0:
            return None
        branch = self.rng.choice(union)
        node = self.names.get(branch, branch) if isinstance(branch, str) else branch
        named = isinstance(node, dict) and "name" in node
        value = self.of(node, depth, told=told and named)
        return (full_name(node), value) if named and told else value


def _scalar(rng: Random, node: Json) -> Json:
    match node.get("logicalType"):
        case "decimal":
            scale, digits = node.get("scale", 0), min(node["precision"], 6)
            return Decimal(rng.randint(-(10**digits) + 1, 10**digits - 1)).scaleb(-scale)
        case "uuid":
            made = uuid.UUID(int=rng.getrandbits(128))
            return made.bytes if node["type"] == "fixed" else str(made)
        case "date":
            return rng.randint(0, 20_000)
        case "time-millis":
            return rng.randint(0, 86_399_999)
        case "time-micros":
            return rng.randint(0, 86_399_999_999)
        case str(name) if "timestamp" in name:
            return rng.randint(0, 2**40)
    if node["type"] == "fixed":
        return rng.randbytes(node["size"])
    return _PRIMITIVE[node["type"]](rng)


_PRIMITIVE: Final[dict[str, Callable[[Random], Json]]] = {
    "null": lambda _: None,
    "boolean": lambda rng: rng.random() < 0.5,
    "int": lambda rng: rng.choice((0, -1, 2**31 - 1, -(2**31), rng.randint(-(2**31), 2**31 - 1))),
    "long": lambda rng: rng.choice((0, 2**53 + 1, -(2**63), rng.randint(-(2**63), 2**63 - 1))),
    "float": lambda rng: rng.choice((0.0, 1.5, -2.25)),
    "double": lambda rng: rng.choice((0.0, 0.1, 1e300)),
    "bytes": lambda rng: rng.choice((b"", b"ab", b"\xff\xfe")),
    "string": lambda rng: rng.choice(("", "ab", "\u00fc", "long text")),
}
