"""What is a copy of another text, and not merely like it."""

from __future__ import annotations

from lading.model.schema import Array, Enum, Map, Record, Restricted, Tuple, Union


def is_distinct(schema: object) -> bool:
    """Whether it says so much in place that where it stands twice, one is a copy of the other.

    An object with properties does, and so does a list of values; a plain type with a limit may be
    the same in two places by chance, and a reference is no copy.
    """
    match schema:
        case Record(fields=fields):
            return bool(fields)
        case Enum(symbols=symbols):
            return len(symbols) > 1
        case Array(items=inner) | Map(values=inner) | Restricted(base=inner):
            return is_distinct(inner)
        case Union(branches=branches):
            return any(map(is_distinct, branches))
        case Tuple(prefix=prefix, items=items):
            return any(map(is_distinct, (*prefix, items)))
    return False
