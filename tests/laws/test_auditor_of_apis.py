"""The auditor of APIs: deepdiff compares two documents as they are written.

Each difference lies where a fact is stated, or is listed here with the reason why it is none.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from deepdiff import DeepDiff
from hypothesis import HealthCheck, given, reject, settings

from api_documents import (
    DOCUMENTS,
    GONE,
    At,
    contract,
    edited_pairs,
    edits_of,
    holder,
    places,
    put,
    value,
)
from lading.compat import ChangeKind, diff
from lading.model.errors import LadingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.compat import Change

SETTINGS = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
PAIRED: Any = {"cutoff_distance_for_pairs": 1.0, "cutoff_intersection_for_pairs": 1.0}
"""Items of two lists are compared, however little they have in common."""

# --- what says nothing, and why

WORDS = {
    "$comment",
    "description",
    "example",
    "examples",
    "externalDocs",
    "summary",
    "tags",
    "title",
}
"""For people."""
DEFAULTS = {
    "deprecated": (False,),
    "explode": (True, False),
    "nullable": (False,),
    "readOnly": (False,),
    "required": (False, []),
    "writeOnly": (False,),
    "allowReserved": (False,),
    "allowEmptyValue": (False,),
    "style": ("form", "simple"),
}
"""What holds where nothing is said; a style that is not the default of its place is a fact."""
PLAIN = {"string", "integer", "number", "boolean"}
SPEAKS = {"properties", "required", "additionalProperties", "items", "x-extensible-enum", "enum"}
"""What tells a type where none is written."""


def is_words(at: At, *_: Any) -> bool:
    named = {"properties", "schemas", "headers", "mapping", "links", "scopes", "securitySchemes"}
    pairs = zip(("", *at), at, strict=False)
    return at[0] == "info" or any(step in WORDS and before not in named for before, step in pairs)


def is_how_it_is_written(at: At, *_: Any) -> bool:
    """The version of OpenAPI: both sides are judged by what theirs means."""
    return at == ("openapi",)


def is_extension(at: At, *_: Any) -> bool:
    return any(str(each).startswith("x-") for each in at)


def is_said_by_default(at: At, old: Any, new: Any) -> bool:
    values = [value(each, at) for each in (old, new)]
    usual = (*DEFAULTS.get(str(at[-1]), ()), {}, [], None)
    return GONE in values and any(each in usual for each in values if each is not GONE)


def is_asked_for_by_none(at: At, old: Any, new: Any) -> bool:
    """A component that the operations of one version at most lead to; the rest is said there."""
    if at[0] != "components":
        return False
    used = [reached(each) for each in (old, new)]
    both = {
        each for each in used[0] & used[1] if value(old, each) is not GONE is not value(new, each)
    }
    return not any(each[: len(at)] == at[:3] for each in both)


def reached(root: Any) -> set[At]:
    """The components that operations lead to."""
    waiting = [root.get(each) for each in ("paths", "webhooks")]
    names: set[At] = set()
    operations = list(found(waiting, "responses"))
    schemes = [*found(waiting, "security"), *([root.get("security")] if operations else ())]
    ways = [way for each in schemes for way in each or () if isinstance(way, dict)]
    names |= {("components", "securitySchemes", name) for way in ways for name in way}
    while waiting:
        for text in found(waiting.pop(), "$ref"):
            spot = tuple(str(text).removeprefix("#/").split("/"))
            if spot not in names:
                names.add(spot)
                waiting.append(value(root, spot))
    return names


def is_overridden(at: At, old: Any, new: Any) -> bool:
    """Of all operations of a version each says for itself who is let in."""
    sides = [operations_of(each) for each in (old, new)]
    return at[0] == "security" and any(all("security" in each for each in one) for one in sides)


def is_a_free_name(at: At, old: Any, new: Any) -> bool:
    """Parameters of a path go by position; names of headers are read in any case."""
    held = [value(each, at) for each in (old, new)]
    if at[-1] == "name":
        places_ = [value(each, (*at[:-1], "in")) for each in (old, new)]
        alike = len({str(each).lower() for each in held}) == 1
        return places_ == ["path", "path"] or (places_ == ["header", "header"] and alike)
    paths = [
        sorted(re.sub(r"\{.*?\}", "{}", each) for each in one.get("paths") or {})
        for one in (old, new)
    ]
    return at[0] == "paths" and len(at) <= 2 and paths[0] == paths[1]


def operations_of(root: Any) -> Iterator[Any]:
    for item in [*(root.get("paths") or {}).values(), *(root.get("webhooks") or {}).values()]:
        yield from (
            node for node in item.values() if isinstance(node, dict) and "responses" in node
        )


def is_about_another_type(at: At, old: Any, new: Any) -> bool:
    """``items`` say nothing about a text."""
    said = [value(each, (*at[:-1], "type")) for each in (old, new)]
    return at[-1] == "items" and not {"array", GONE} & {
        str(each) if each is not GONE else GONE for each in said
    }


def is_told_by_the_rest(at: At, old: Any, new: Any) -> bool:
    """Only the strict policy reads to the letter: what speaks of objects is about objects."""
    held = [holder(each, at) for each in (old, new)]
    return at[-1] == "type" and all(isinstance(h, dict) and SPEAKS & h.keys() for h in held)


def is_covered_by_a_range(at: At, old: Any, new: Any) -> bool:
    """A status for which another entry stands and says the same."""
    if len(at) < 2 or "responses" not in at:
        return False
    spot = at.index("responses")
    listed = [value(each, at[: spot + 1]) for each in (old, new)]
    return any(isinstance(each, dict) and {"2XX", "default"} & each.keys() for each in listed)


def is_the_same_address(at: At, *_: Any) -> bool:
    """Of an operation that lists the servers of the API: judged by what holds for it."""
    return "servers" in at and at[0] == "paths"


def is_the_name_of_the_branch(at: At, *_: Any) -> bool:
    """A mapping that says what the name of the schema says anyway."""
    return "discriminator" in at


def is_another_spelling_of_a_link(at: At, old: Any, new: Any) -> bool:
    """An operation by its id or by its place, and its parameters with theirs or without."""
    if "links" not in at[:-1]:
        return False
    links = [value(each, at[: at.index("links") + 2]) for each in (old, new)]
    if not all(isinstance(each, dict) for each in links):
        return False
    given = [each.get("parameters") or {} for each in links]
    plain = [{key.removeprefix("path."): each for key, each in one.items()} for one in given]
    named = [{"operationId", "operationRef"} & each.keys() for each in links]
    return plain[0] == plain[1] and (named[0] != named[1] or "parameters" in at)


def is_another_case(at: At, old: Any, new: Any) -> bool:
    """Names of headers are read in any case."""
    spot = at.index("headers") + 1 if "headers" in at else len(at)
    held = [value(each, at[:spot]) for each in (old, new)]
    if "headers" not in at or not all(isinstance(each, dict) for each in held):
        return False
    return (
        len({json.dumps({k.lower(): v for k, v in h.items()}, sort_keys=True) for h in held}) == 1
    )


def is_ignored_beside_a_style(at: At, old: Any, new: Any) -> bool:
    """OpenAPI 3.1, Encoding Object: the content type of what is written as in a query."""
    held = [holder(each, at) for each in (old, new)]
    words = {"style", "explode", "allowReserved"}
    return at[-1] == "contentType" and all(isinstance(h, dict) and words & h.keys() for h in held)


def is_the_same_list_of_addresses(at: At, old: Any, new: Any) -> bool:
    """The URLs that servers may have, whatever their variables are called."""
    if "servers" not in at:
        return False
    spot = at.index("servers") + 1
    listed = [value(each, at[:spot]) for each in (old, new)]
    listed = [[{"url": "/"}] if not says(each) or each is GONE else each for each in listed]
    return all(isinstance(each, list) for each in listed) and addresses(listed[0]) == addresses(
        listed[1]
    )


def addresses(servers: list[Any]) -> set[str]:
    spelled: set[str] = set()
    for each in servers:
        urls = {str(each.get("url"))}
        for name, variable in (each.get("variables") or {}).items():
            words = variable.get("enum") or [f"{{{name}}}"]
            urls = {url.replace(f"{{{name}}}", word) for url in urls for word in words}
        spelled |= urls
    return spelled


def is_of_no_part(at: At, old: Any, new: Any) -> bool:
    """How a part is written that the form has not, or where one text is written as any other."""
    if "encoding" not in at:
        return False
    spot = at.index("encoding")
    tables = [value(each, at[: spot + 1]) for each in (old, new)]
    named = [each for each in tables if isinstance(each, dict)]
    names = [at[spot + 1]] if len(at) > spot + 1 else [key for each in named for key in each]
    return all(_is_plain(name, at[:spot], (old, new), named) for name in names)


def is_a_part_for_each_item(at: At, old: Any, new: Any) -> bool:
    """How lists of a form are written where nothing else is said."""
    if "encoding" not in at:
        return False
    spot = at.index("encoding")
    tables = [value(each, at[: spot + 1]) for each in (old, new)]
    names = {key for each in tables if isinstance(each, dict) for key in each}
    media = at[:spot]
    parts = [value(each, (*media, "schema", "properties", n)) for n in names for each in (old, new)]
    said = [each.get(n, {}) for n in names for each in tables if isinstance(each, dict)]
    lists = all(isinstance(e, dict) and e.get("type") == "array" for e in parts)
    return lists and all(
        not one or (one.get("style", "form") == "form" and one.get("explode", True) is True)
        for one in said
    )


def is_of_bytes(at: At, old: Any, new: Any) -> bool:
    """``format: binary`` is any bytes, which 3.1 does not say."""
    return at[-1] == "format" and {value(each, at) for each in (old, new)} <= {"binary", GONE}


def is_in_a_range(at: At, old: Any, new: Any) -> bool:
    """A media type for which a range stands, and says the same."""
    if "content" not in at[:-1]:
        return False
    spot = at.index("content") + 1
    tables = [value(each, at[:spot]) for each in (old, new)]
    said = [
        {json.dumps(each, sort_keys=True) for each in table.values()}
        for table in tables
        if isinstance(table, dict) and any("*" in key for key in table)
    ]
    return len(said) == len(tables) and said[0] == said[1] and len(said[0]) == 1


def is_xml_by_default(at: At, old: Any, new: Any) -> bool:
    """An element of the name of the property, without more."""
    spot = at.index("xml") + 1 if "xml" in at else len(at)
    said = [value(each, at[:spot]) for each in (old, new)]
    return "xml" in at and all(
        each is GONE or (isinstance(each, dict) and not any(each.values())) for each in said
    )


def is_written_alike(at: At, old: Any, new: Any) -> bool:
    """Of lists and objects alone it says how they are written."""
    held = [holder(each, at) for each in (old, new)]
    return at[-1] == "explode" and all(
        isinstance(h, dict) and h.get("schema", {}).get("type") in PLAIN for h in held
    )


def _is_plain(name: Any, media: At, roots: tuple[Any, Any], tables: list[Any]) -> bool:
    parts = [value(each, (*media, "schema", "properties", name)) for each in roots]
    said = {key for each in tables for key in each.get(name, {})}
    lists = any(isinstance(e, dict) and e.get("type") in ("array", "object") for e in parts)
    return GONE in parts or (not lists and said <= {"style", "explode"})


def is_of_another_place(at: At, old: Any, new: Any) -> bool:
    """``allowEmptyValue`` is about queries (Parameter Object)."""
    places_ = [value(each, (*at[:-1], "in")) for each in (old, new)]
    return at[-1] == "allowEmptyValue" and "query" not in places_


def is_the_same_list_of_types(at: At, old: Any, new: Any) -> bool:
    """Media types of a part in another order, or with other spaces (Encoding Object)."""
    listed = [str(value(each, at)).split(",") for each in (old, new)]
    return at[-1] == "contentType" and len({tuple(sorted(map(str.strip, e))) for e in listed}) == 1


def is_empty(at: At, old: Any, new: Any) -> bool:
    """A path without an operation; an object without properties."""
    values = [value(each, at) for each in (old, new)]
    return all(each in (GONE, {}, []) or not says(each) for each in values)


def says(node: Any) -> bool:
    """Whether there is anything in it but words."""
    if isinstance(node, dict):
        return any(key not in WORDS and says(each) for key, each in node.items())
    if isinstance(node, list):
        return any(map(says, node))
    return node is not None


NOTHING: tuple[Callable[[At, Any, Any], bool], ...] = (
    is_words,
    is_how_it_is_written,
    is_extension,
    is_said_by_default,
    is_asked_for_by_none,
    is_overridden,
    is_a_free_name,
    is_about_another_type,
    is_told_by_the_rest,
    is_covered_by_a_range,
    is_the_same_address,
    is_the_name_of_the_branch,
    is_another_spelling_of_a_link,
    is_another_case,
    is_ignored_beside_a_style,
    is_the_same_list_of_addresses,
    is_of_no_part,
    is_a_part_for_each_item,
    is_in_a_range,
    is_xml_by_default,
    is_of_bytes,
    is_written_alike,
    is_of_another_place,
    is_the_same_list_of_types,
    is_empty,
)


def found(node: Any, key: str) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from (each for name, each in node.items() if name == key)
        for each in node.values():
            yield from found(each, key)
    for each in node if isinstance(node, list) else ():
        yield from found(each, key)


# --- what is said, and where


def is_named(at: At, change: Change) -> bool:
    """Whether a fact is about a place: above it, at it, or within what came or went there."""
    match change.kind:
        case ChangeKind.SERVER_ADDED | ChangeKind.SERVER_REMOVED:
            return "servers" in at or _meets(at, change)
        case ChangeKind.OPERATION_ADDED | ChangeKind.OPERATION_REMOVED:
            return "servers" in at or _meets(at, change)  # of its whole address a server is a part
        case ChangeKind.SECURITY:
            is_scheme = at[:2] == ("components", "securitySchemes")
            return is_scheme or "security" in at or _meets(at, change)
        case ChangeKind.SECURITY_SCHEME:
            return ("components", "securitySchemes", change.what)[: len(at)] == at[:3]
        case ChangeKind.API_PART:
            return True
    return _meets(at, change)


def _meets(at: At, change: Change) -> bool:
    pointers = [each.pointer for each in (change.old_at, change.new_at) if each and each.pointer]
    # a property is required by a list beside those that describe it
    pointers += [(*each[:-2], "required") for each in pointers if each[-2:-1] == ("properties",)]
    return any(at[: len(each)] == each[: len(at)] for each in pointers)


def unmentioned(old: Any, new: Any) -> list[At]:
    """The differences that no fact is about, and no reason is listed for."""
    changes = list(diff(contract(old), contract(new)))
    tree = DeepDiff(old, new, ignore_order=True, view="tree", **PAIRED)
    places = {tuple(each.path(output_format="list")) for kind in tree.values() for each in kind}
    return [
        at
        for at in sorted(places, key=str)
        if not any(is_named(at, each) for each in changes)
        and not _is_led_to(at, changes, (old, new))
        and not any(says_nothing(at, old, new) for says_nothing in NOTHING)
    ]


def _is_led_to(at: At, changes: list[Change], roots: tuple[Any, Any]) -> bool:
    """A reference that leads elsewhere; or a component whose every use lies below a fact."""
    if at[-1] == "$ref":
        return bool(changes)
    sites = [each for root in roots for each in places(root) if _leads(root, each, at)]
    above = [
        each.pointer for c in changes for each in (c.old_at, c.new_at) if each and each.pointer
    ]
    return at[0] == "components" and any(s[: len(p)] == p for s in sites for p in above)


def _leads(root: Any, site: At, at: At) -> bool:
    text = value(root, site) if site[-1] == "$ref" else None
    return isinstance(text, str) and at[:3] == tuple(text.removeprefix("#/").split("/"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_edit_of_an_api_goes_unmentioned(name: str) -> None:
    """Every node of a document, taken away and changed."""
    root = DOCUMENTS[name]
    for at in places(root):
        for each in edits_of(at, value(root, at)):
            edited = put(root, at, each)
            try:
                assert unmentioned(root, edited) == [], (at, each)
            except LadingError:
                continue  # it is no document that is judged


@SETTINGS
@given(edited_pairs())
def test_no_edits_of_an_api_together_go_unmentioned(pair: tuple[Any, Any]) -> None:
    """A fact about one edit does not hide that another has none."""
    try:
        assert unmentioned(*pair) == []
    except LadingError:
        reject()  # it is no document that is judged


def test_the_auditor_notices() -> None:
    """A lost fact would be seen, beside others too."""
    old = next(iter(DOCUMENTS.values()))
    at: At = (*next(each for each in places(old) if value(old, each) == {"type": "string"}), "type")
    new = put(old, at, "integer")
    facts = list(diff(contract(old), contract(new)))
    assert len(facts) == 1
    assert is_named(at, facts[0])
    assert not any(each(at, old, new) for each in NOTHING)
    assert not is_named(("paths", "/other"), facts[0])
