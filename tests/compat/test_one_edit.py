"""One edit is one finding: of a copied object with all places, of an alternative, of a value."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from lading.compat import compare, report
from lading.model.contract import Compatibility, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lading.compat import Finding, Verdict

TEXT: Any = {"type": "string"}
WHOLE: Any = {"type": "integer"}
NULL: Any = {"type": "null"}


def an_object(*required: str, **fields: Any) -> Any:
    return {"type": "object", "required": [*required], "properties": fields}


def judged(old: Any, new: Any, promise: Compatibility = Compatibility.FULL) -> Verdict:
    return compare(old, new, kind=Kind.JSON, promise=promise)


def found(old: Any, new: Any) -> tuple[Finding, ...]:
    return judged(old, new).findings


def times(count: int, schema: Any) -> Any:
    """An object with so many copies."""
    return an_object(**{f"p{number:02}": schema for number in range(count)})


PART = an_object("id", id={"type": "string", "maxLength": 20}, kind={"enum": ["A", "B"]}, at=TEXT)
PARTS: Mapping[str, Any] = {
    "another type": an_object("id", **PART["properties"] | {"at": WHOLE}),
    "a value that went": an_object("id", **PART["properties"] | {"kind": {"enum": ["A"]}}),
    "a tighter limit": an_object("id", **PART["properties"] | {"id": TEXT | {"maxLength": 10}}),
    "one more that is required": PART | {"required": ["id", "at"]},
    "one that went": an_object("id", id=PART["properties"]["id"], kind=PART["properties"]["kind"]),
    "closed": PART | {"additionalProperties": False, "minProperties": 2},
    "a list": an_object("id", **PART["properties"] | {"at": {"type": "array", "items": TEXT}}),
}
USES: Mapping[str, Any] = {
    "in place": lambda part: part,
    "in a list": lambda part: {"type": "array", "items": part},
    "or null": lambda part: {"anyOf": [part, NULL]},
    "among others": lambda part: {"anyOf": [part, TEXT]},
    "in another object": lambda part: an_object(inner=part),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("edit", PARTS)
def test_an_edit_of_every_copy_is_found_as_often_as_of_one(edit: str, use: str) -> None:
    """Forty copies of an object that were edited alike are one finding each, with forty places."""
    of, old, new = USES[use], PART, PARTS[edit]
    one, all_ = (found(times(n, of(old)), times(n, of(new))) for n in (1, 40))

    assert [each.rule for each in one] == [each.rule for each in all_]
    assert {each.change.places for each in all_} == {40}
    assert {len({e.change.path, *e.change.elsewhere}) for e in all_} == {40}
    assert [each.forbidden for each in one] == [each.forbidden for each in all_]


def test_copies_within_named_types_are_copies() -> None:
    """Objects that are written out in several named types were edited as one."""

    def named(part: Any) -> Any:
        types = {f"T{n}": an_object(part=part, **{f"own{n}": TEXT}) for n in range(5)}
        uses = {f"use{n}": {"$ref": f"#/$defs/T{n}"} for n in range(5)}
        return {**an_object(**uses), "$defs": types}

    (finding,) = found(named(PART), named(PARTS["another type"]))

    assert finding.change.places == 5
    assert [path[0] for path in (finding.change.path, *finding.change.elsewhere)] == [
        f"use{n}" for n in range(5)
    ]


def test_what_is_alike_by_chance_stays_apart() -> None:
    """Two properties of one object that got the same limit are two edits."""
    old, new = (an_object(a=each, b=each) for each in (TEXT, TEXT | {"maxLength": 5}))
    assert [each.path for each in found(old, new)] == ["a", "b"]


def test_a_copy_that_differs_stays_apart() -> None:
    """The same edit of another object is another finding, and so is another edit of a copy."""
    other = an_object("id", **PART["properties"], more=TEXT)
    edited = PARTS["another type"]
    old = an_object(a=PART, b=PART, c=other, d=PART)
    new = an_object(
        a=edited,
        b=edited,
        c=other | {"properties": other["properties"] | {"at": WHOLE}},
        d=PARTS["a list"],
    )
    places = {each.path: each.change.places for each in found(old, new)}
    assert places == {"a.at": 2, "c.at": 1, "d.at": 1}


def an_api(asked: Any, answered: Any) -> Any:
    def told(schema: Any) -> Any:
        return {"content": {"application/json": {"schema": schema}}}

    operation = {
        "requestBody": told(asked),
        "responses": {"200": {"description": "ok", **told(answered)}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Parts", "version": "1.0.0"},
        "paths": {f"/{name}": {"post": operation} for name in "abc"},
    }


def test_what_clients_send_and_what_they_get_are_two() -> None:
    """A copy in requests and one in answers are each judged by what is promised there."""
    new = PARTS["one more that is required"]
    verdict = compare(an_api(PART, PART), an_api(new, new))
    told = {
        each.change.slot.value: (each.forbidden, each.change.places) for each in verdict.findings
    }
    assert told == {"request": (True, 3), "response": (False, 3)}


def test_one_parameter_of_many_operations_is_one_finding() -> None:
    """A parameter with its limit that is written at each operation was tightened once."""

    def paged(most: int) -> Any:
        size = {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": most}}
        operation = {"parameters": [size], "responses": {"200": {"description": "ok"}}}
        return {
            "openapi": "3.1.0",
            "info": {"title": "Parts", "version": "1.0.0"},
            "paths": {f"/{name}": {"get": operation} for name in "abc"},
        }

    (finding,) = compare(paged(100), paged(50)).findings
    assert (finding.rule, finding.change.places, finding.forbidden) == ("LAD205", 3, True)


def test_one_more_copy_is_another_decision() -> None:
    """What was decided about some copies says nothing of one that nobody had seen then."""
    edited = PARTS["another type"]

    def of(*names: str) -> Finding:
        new = {name: edited if name in names else PART for name in ("a", "b", "c")}
        (finding,) = found(an_object(a=PART, b=PART, c=PART), an_object(**new))
        return finding

    marks = [of(*names).fingerprint for names in ("a", "ab", "ac", "abc")]
    assert len({*marks}) == 4
    backwards = found(an_object(c=PART, b=PART), an_object(c=edited, b=edited))
    assert [each.fingerprint for each in backwards] == [of("b", "c").fingerprint]


def test_one_more_place_of_a_type_that_is_written_out_is_another_decision() -> None:
    """A shared type that was replaced by a text at one place may be so at another one later."""

    def of(*names: str) -> str:
        new = {name: PARTS["another type"] if name in names else ref for name in ("a", "b")}
        ref_to = {"$defs": {"Part": PART}}
        (finding,) = found(an_object(a=ref, b=ref) | ref_to, an_object(**new) | ref_to)
        return finding.fingerprint

    ref = {"$ref": "#/$defs/Part"}
    assert of("a") != of("a", "b")


def chosen(edited: Iterable[int], use: Callable[[Any], Any]) -> Any:
    """Three alternatives that have a copy each, of which some were edited."""
    parts = [PARTS["another type"] if n in edited else PART for n in range(3)]
    return use([an_object("tag", tag={"const": f"t{n}"}, part=parts[n]) for n in range(3)])


ALTERNATIVES: Mapping[str, Any] = {
    "oneOf": lambda those: {"oneOf": those},
    "anyOf in a list": lambda those: {"type": "array", "items": {"anyOf": those}},
    "built on types": lambda those: {
        "oneOf": [{"allOf": [{"$ref": f"#/$defs/T{n}"}]} for n in range(3)],
        "$defs": {f"T{n}": each for n, each in enumerate(those)},
    },
}


@pytest.mark.parametrize("use", ALTERNATIVES)
def test_a_copy_in_another_alternative_is_another_decision(use: str) -> None:
    """Paths say nothing of alternatives; what was decided about some is said of no other one."""
    of = ALTERNATIVES[use]
    marks = {}
    for edited in ((0, 1), (0, 2), (1, 2), (0, 1, 2)):
        (finding,) = found(chosen((), of), chosen(edited, of))
        assert finding.change.places == len(edited)
        marks[finding.fingerprint] = edited
    assert len(marks) == 4


def test_one_more_alternative_in_which_a_type_is_written_out_is_another_decision() -> None:
    """What was one type in all alternatives stood in one place, and stands in several now."""

    def of(edited: Iterable[int]) -> Any:
        parts = [PARTS["another type"] if n in edited else PART_BY_NAME for n in range(3)]
        those = [an_object("tag", tag={"const": f"t{n}"}, part=parts[n]) for n in range(3)]
        return {"oneOf": those, "$defs": {"Part": PART}}

    picked = ((0, 1), (0, 2), (1, 2), (0, 1, 2))
    assert len({found(of(()), of(each))[0].fingerprint for each in picked}) == 4


PART_BY_NAME: Any = {"$ref": "#/$defs/Part"}


def test_copies_of_one_path_are_told_by_their_places() -> None:
    """Where alternatives have one path, reports say of each where it stands."""
    of = ALTERNATIVES["oneOf"]
    old, new = (json.dumps(chosen(each, of), indent=1) for each in ((), (0, 2)))
    verdict = judged(old, new)
    (finding,) = verdict.findings
    (written,) = json.loads(report.json([verdict]))["verdicts"][0]["findings"]
    lines = report.text([verdict])

    assert finding.change.elsewhere == (finding.change.path,)
    assert (written["elsewhere"], written["places"]) == (["part.at"], 2)
    at = [line for line, text in enumerate(new.splitlines(), 1) if '"at": {' in text]
    assert [each["line"] for each in (written["place"], *written["elsewhere_places"])] == at[::2]
    told = "part.at (#/oneOf/2/properties/part/properties/at)"
    assert f"  also:   {told}\n" in lines
    for said in (report.github, report.sarif, report.gitlab):
        assert f"also: {told}" in said([verdict])


def built_on(part: Any) -> Any:
    """Types that are built on one that is edited."""
    ref = {"$ref": "#/$defs/Part"}
    types = {f"T{n}": {"allOf": [ref, an_object(**{f"own{n}": TEXT})]} for n in range(3)}
    uses = {f"use{n}": {"$ref": f"#/$defs/T{n}"} for n in range(3)}
    return {**an_object(**uses), "$defs": {**types, "Part": part}}


@pytest.mark.parametrize(
    "edit", [each for each in PARTS if each not in {"one that went", "closed"}]
)
def test_an_edit_of_what_several_types_are_built_on_is_one(edit: str) -> None:
    """What stands once in both versions was edited once, with all types that have it by allOf."""
    old, new = PART, PARTS[edit]
    one = found({"allOf": [old, an_object(own=TEXT)]}, {"allOf": [new, an_object(own=TEXT)]})
    all_ = found(built_on(old), built_on(new))
    assert [each.rule for each in one] == [each.rule for each in all_]
    assert {each.change.places for each in all_} == {3}


def test_what_several_types_are_built_on_is_known_by_all_of_them() -> None:
    """The same edit of what fewer are built on is another decision."""

    def of(part: Any, *names: str) -> Any:
        refs = {name: {"$ref": f"#/$defs/{'Part' if name in names else 'Old'}"} for name in "abc"}
        types = {name: {"allOf": [refs[name], an_object(**{name: TEXT})]} for name in "abc"}
        return {**an_object(**types), "$defs": {"Part": part, "Old": PART | {"title": "Old"}}}

    marks = []
    for names in ("ab", "ac", "abc"):
        (finding,) = found(of(PART, *names), of(PARTS["another type"], *names))
        assert finding.change.places == len(names)
        marks.append(finding.fingerprint)
    assert len({*marks}) == 3


def test_equal_names_of_other_objects_take_no_longer() -> None:
    """Whether an object is a copy is asked of each once, not of each and all the others."""

    def listed(kind: Any) -> Any:
        limit = {"type": "integer"}
        parts = (an_object(id=TEXT, at=kind, n=limit | {"maximum": n + 5}) for n in range(4000))
        return an_object(**{f"c{n}": part for n, part in enumerate(parts)})

    old, new = listed(TEXT), listed(WHOLE)
    begun = time.process_time()
    assert len(found(old, new)) == 4000
    assert time.process_time() - begun < 8


SHARED: Mapping[str, Any] = {
    "in copies": lambda part: times(40, part),
    "by name": lambda part: {**times(40, {"$ref": "#/$defs/P"}), "$defs": {"P": part}},
}


@pytest.mark.parametrize("spelling", SHARED)
def test_every_place_is_known_and_as_many_are_listed_however_it_is_spelled(spelling: str) -> None:
    """Of forty places all are known, 19 further ones listed for machines, and all are counted."""
    old, new = (SHARED[spelling](each) for each in (PART, PARTS["another type"]))
    verdict = judged(old, new)
    (finding,) = verdict.findings
    written = json.loads(report.json([verdict]))["verdicts"][0]["findings"][0]
    listed = ", ".join(f"p{number:02}.at" for number in range(1, 20))

    assert [path[0] for path in (finding.change.path, *finding.change.elsewhere)] == [
        f"p{number:02}" for number in range(40)
    ]
    assert (len(written["elsewhere"]), written["places"]) == (19, 40)
    assert "p06.at and 33 more\n" in report.text([verdict])
    for said in (report.github, report.sarif, report.gitlab):
        assert f"also: {listed} and 20 more" in said([verdict])


LIST: Any = {"type": "array", "items": TEXT}
OBJECT: Any = an_object("id", id=TEXT)
CHOICES: Mapping[str, Any] = {
    "types": lambda kind: {"type": ["null", kind]},
    "anyOf": lambda kind: {"anyOf": [{"type": kind}, NULL]},
    "oneOf": lambda kind: {"oneOf": [NULL, {"type": kind}]},
    "types beside another": lambda kind: {"type": ["boolean", kind]},
    "anyOf beside an object": lambda kind: {"anyOf": [{"type": kind}, OBJECT]},
}


@pytest.mark.parametrize("spelling", CHOICES)
def test_an_alternative_of_another_type_is_one_finding(spelling: str) -> None:
    """However alternatives are spelled, one of another type has changed, and neither went."""
    old, new = (an_object(a=CHOICES[spelling](kind)) for kind in ("string", "integer"))
    for promise in (Compatibility.BACKWARD, Compatibility.FORWARD):
        (finding,) = judged(old, new, promise).findings
        assert (finding.rule, finding.path, finding.forbidden) == ("LAD201", "a", True)
        assert finding.reason.startswith("type changed from string to integer: ")


@pytest.mark.parametrize("new", [LIST, OBJECT])
def test_an_alternative_of_another_shape_is_one_finding(new: Any) -> None:
    """A text that may be null became a list or an object that may."""
    old = an_object(a={"anyOf": [TEXT, NULL]})
    (finding,) = found(old, an_object(a={"anyOf": [new, NULL]}))
    assert (finding.rule, finding.forbidden) == ("LAD202", True)


def test_null_beside_another_type_is_two_edits() -> None:
    """A type that changed, and may be null now besides, is said in two findings."""
    verdict = judged(an_object(a=TEXT), an_object(a={"type": ["null", "integer"]}))
    assert sorted(each.rule for each in verdict.findings) == ["LAD201", "LAD313"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([TEXT, OBJECT], [TEXT, an_object("code", code=TEXT), an_object("no", no=TEXT)]),
        ([TEXT, {"type": "boolean"}], [WHOLE, LIST]),
        ([OBJECT, an_object("code", code=TEXT)], [OBJECT, an_object("no", no=TEXT)]),
    ],
)
def test_alternatives_of_which_none_is_surely_another_came_and_went(old: Any, new: Any) -> None:
    """Which of several became which, and whether an object did, nobody says."""
    rules = {each.rule for each in found(an_object(a={"anyOf": old}), an_object(a={"anyOf": new}))}
    assert {"LAD311", "LAD312"} <= rules


def avro(kind: Any) -> Any:
    return {"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}]}


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        (["null", "string"], ["null", "long"], ["LAD201"]),
        (["null", "string"], ["null", {"type": "array", "items": "string"}], ["LAD202"]),
        (["null", avro("int") | {"name": "S"}], ["null", "string"], ["LAD202"]),
        (["null", "int", "long"], ["null", "long", "string"], ["LAD311", "LAD312"]),
        (
            ["null", avro("int") | {"name": "S"}],
            ["null", avro("int") | {"name": "T"}],
            ["LAD311", "LAD312"],
        ),
    ],
)
def test_a_branch_of_another_type_is_one_finding(old: Any, new: Any, rules: list[str]) -> None:
    """A branch of an Avro union is of another type, unless a name or another branch says more."""
    verdict = compare(avro(old), avro(new), kind=Kind.AVRO, promise=Compatibility.FULL)
    assert sorted(each.rule for each in verdict.findings) == rules


def test_a_number_that_becomes_a_truth_value_beside_any_text_breaks_no_query() -> None:
    """In a query both are texts, which the alternative beside them takes."""

    def asked(*kinds: str) -> Any:
        flag = {"name": "flag", "in": "query", "schema": {"type": [*kinds]}}
        operation = {"parameters": [flag], "responses": {"200": {"description": "ok"}}}
        return {
            "openapi": "3.1.0",
            "info": {"title": "Parts", "version": "1.0.0"},
            "paths": {"/a": {"get": operation}},
        }

    full = Compatibility.FULL
    assert compare(asked("string", "integer"), asked("string", "boolean"), promise=full).compatible
    (finding,) = compare(
        asked("boolean", "integer"), asked("boolean", "string"), promise=full
    ).findings
    assert finding.effect.word == "widens"


VALUES: Mapping[str, tuple[Any, Any, str, str]] = {
    "a text": ("one", "two", "a", '`"one"` to `"two"`'),
    "a number for a text": ("one", 2, "a", '`"one"` to `2`'),
    "a truth value for a number": (1, True, "a", "`1` to `true`"),
    "items of a list": ([1, 2], [3, 4], "a", "`[1, 2]` to `[3, 4]`"),
    "more items": ([1], [1, None, 2.0], "a", "`[1]` to `[1, null, 2]`"),
    "no items": ([], [1], "a", "`[]` to `[1]`"),
    "objects in a list": (
        [{"b": 1}],
        [{"b": 2, "c": 1}],
        "a",
        '`[{"b": 1}]` to `[{"b": 2, "c": 1}]`',
    ),
    "a list in an object": (
        {"b": [1, 2], "c": 1},
        {"b": [3, 4], "c": 1},
        "a.b",
        "`[1, 2]` to `[3, 4]`",
    ),
}


@pytest.mark.parametrize("case", VALUES)
def test_one_value_that_became_another_is_one_finding(case: str) -> None:
    """What was `const` and is another `const` neither went nor came, but changed."""
    was, now, path, said = VALUES[case]
    for promise in (Compatibility.BACKWARD, Compatibility.FORWARD):
        verdict = judged(an_object(a={"const": was}), an_object(a={"const": now}), promise)
        (finding,) = verdict.findings
        assert (finding.rule, finding.path, finding.forbidden) == ("LAD207", path, True)
        assert finding.reason.startswith(f"value changed from {said}: ")


@pytest.mark.parametrize(("was", "now"), [(1, 1.0), ([1, []], [1.0, []])])
def test_values_that_are_equal_to_json_are_no_change(was: Any, now: Any) -> None:
    """1 and 1.0 are one number, in a list too."""
    assert not found(an_object(a={"const": was}), an_object(a={"const": now}))


def test_one_value_of_several_came_and_another_went() -> None:
    """Of a list of values each is said for itself: one may be waived without the other."""
    old, new = (an_object(a={"enum": values}) for values in (["A", "B"], ["A", "C"]))
    assert sorted(each.rule for each in found(old, new)) == ["LAD301", "LAD302"]


def test_fixes_that_write_a_list_tell_findings_apart() -> None:
    """What a fix writes may be any JSON: two added lists are two findings, with defaults."""

    def record(*names: str) -> Any:
        lists = ({"name": each, "type": {"type": "array", "items": "string"}} for each in names)
        return {"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}, *lists]}

    verdict = compare(record(), record("a", "b"), promise=Compatibility.FULL)

    assert [(each.rule, each.path) for each in verdict.findings] == [
        ("LAD101", "a"),
        ("LAD101", "b"),
    ]
