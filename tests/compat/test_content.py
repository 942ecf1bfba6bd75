"""What objects carry: the verdict on each kind of edit, per policy."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, cast

import pytest

from lading.compat import Content, Effect, Outcome, Policy, Verdict, compare, prove
from lading.compat.policy import DEFAULT
from lading.model.contract import Compatibility, Kind

if TYPE_CHECKING:
    from lading.compat import Finding

STRICT, LENIENT, TOLERANT = Content
BACKWARD, FORWARD = Compatibility.BACKWARD, Compatibility.FORWARD
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string"}

MODELS: dict[str, Any] = {
    "open": {},
    "closed": {"additionalProperties": False},
    "text beside": {"additionalProperties": TEXT},
    "numbers beside": {"additionalProperties": {"type": "integer"}},
}
WORDS = {"-": Effect.NONE, "narrows": Effect.NARROWS, "both": Effect.REPLACES}
WORDS["widens"] = Effect.WIDENS

# What adding a property of type string does, per policy; removing it is the mirror image.
# required + default: with `defaults_fill`; without it the row of required holds.
ADDED = """
model           property            strict   lenient  tolerant-reader
open            optional            narrows  -        -
open            required            narrows  narrows  narrows
open            required+default    narrows  -        -
closed          optional            widens   widens   -
closed          required            both     both     narrows
closed          required+default    widens   widens   -
text beside     optional            -        -        -
text beside     required            narrows  narrows  narrows
text beside     required+default    -        -        -
numbers beside  optional            both     both     both
numbers beside  required            both     both     both
numbers beside  required+default    both     both     both
"""
ROWS = [line.split("  ") for line in ADDED.strip().splitlines()[1:]]
CELLS = [
    (model, kind, policy, Effect(WORDS[word]))
    for model, kind, *words in ([part.strip() for part in row if part.strip()] for row in ROWS)
    for policy, word in zip(Content, words, strict=True)
]


def schema(**more: Any) -> Any:
    return {"$schema": DIALECT, "type": "object"} | more


def versions(model: str, kind: str) -> tuple[Any, Any]:
    """An object without and with the property, of one content model."""
    property_ = TEXT | ({"default": "A"} if "default" in kind else {})
    demand = {"required": ["b"]} if "required" in kind else {}
    before = schema(properties={"a": TEXT}, **MODELS[model])
    return before, before | {"properties": {"a": TEXT, "b": property_}} | demand


def effect(old: Any, new: Any, policy: Policy) -> Effect:
    total = Effect.NONE
    for each in compare(old, new, policy=policy).findings:
        total |= each.effect
    return total


def test_the_table_is_complete() -> None:
    """Four models, three properties, three policies: 24 edits with their mirror images."""
    assert len(CELLS) == len(MODELS) * 3 * len(Content)
    assert {cell[0] for cell in CELLS} == MODELS.keys()


@pytest.mark.parametrize(("model", "kind", "content", "expected"), CELLS)
def test_a_property_is_added_and_removed(
    model: str, kind: str, content: Content, expected: Effect
) -> None:
    """24 edits under each policy."""
    old, new = versions(model, kind)
    policy = Policy(content=content, defaults_fill="default" in kind)

    assert effect(old, new, policy) is expected
    assert effect(new, old, policy) is expected.mirrored


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("content", Content)
def test_a_default_fills_only_where_that_was_chosen(model: str, content: Content) -> None:
    """JSON Schema itself fills nothing in."""
    with_default, without = versions(model, "required+default"), versions(model, "required")
    policy = Policy(content=content)

    assert effect(*with_default, policy) is effect(*without, policy)


@pytest.mark.parametrize(
    ("model", "other", "expected"),
    [
        ("open", "closed", "narrows - -"),
        ("open", "text beside", "narrows - -"),
        ("text beside", "closed", "narrows narrows -"),
        ("text beside", "numbers beside", "both both both"),
    ],
)
def test_another_content_model(model: str, other: str, expected: str) -> None:
    """Closing an open object narrows, save where writers write what they declare."""
    old, new = (schema(properties={"a": TEXT}, **MODELS[each]) for each in (model, other))
    for content, word in zip(Content, expected.split(), strict=True):
        assert effect(old, new, Policy(content=content)) is WORDS[word]
        assert effect(new, old, Policy(content=content)) is WORDS[word].mirrored


@pytest.mark.parametrize("content", Content)
def test_a_free_form_object_carries_what_it_likes(content: Content) -> None:
    """Under every policy: an object that declares nothing is there to hold anything."""
    free, declared = schema(), schema(properties={"b": TEXT})
    defaulted = schema(properties={"b": TEXT | {"default": "A"}}, required=["b"])
    for fill in (False, True):
        policy = Policy(content=content, defaults_fill=fill)
        assert effect(free, declared, policy) is Effect.NARROWS
        assert effect(free, defaulted, policy) is Effect.NARROWS
        assert effect(declared, free, policy) is Effect.WIDENS


@pytest.mark.parametrize("content", Content)
def test_a_property_that_may_be_anything_narrows_nothing(content: Content) -> None:
    """Open objects take anything under its name already."""
    old, new = schema(properties={"a": TEXT}), schema(properties={"a": TEXT, "b": True})

    assert effect(old, new, Policy(content=content)) is Effect.NONE


@pytest.mark.parametrize("content", Content)
def test_a_property_without_a_value_changes_no_closed_object(content: Content) -> None:
    """`false` says of one name what a closed object says of all others."""
    old = schema(properties={"a": TEXT}, **MODELS["closed"])
    new = schema(properties={"a": TEXT, "b": False}, **MODELS["closed"])

    assert effect(old, new, Policy(content=content)) is Effect.NONE


@pytest.mark.parametrize(
    ("property_", "defs", "expected"),
    [
        (TEXT | {"default": "A"}, {}, Effect.NONE),
        (TEXT | {"default": 1}, {}, Effect.NARROWS),
        (TEXT, {}, Effect.NARROWS),
        ({"$ref": "#/$defs/Code", "default": "A"}, {"Code": {"enum": ["A"]}}, Effect.NONE),
        ({"$ref": "#/$defs/Code", "default": "B"}, {"Code": {"enum": ["A"]}}, Effect.NARROWS),
        ({"type": ["string", "null"], "default": None}, {}, Effect.NONE),
        ({"type": "array", "items": TEXT, "default": []}, {}, Effect.NONE),
        ({"type": "array", "items": TEXT, "minItems": 1, "default": []}, {}, Effect.NARROWS),
        ({"type": "array", "items": TEXT, "default": ["A"]}, {}, Effect.UNKNOWN),
        ({"type": "object", "properties": {"c": TEXT}, "default": {}}, {}, Effect.NONE),
        (TEXT | {"format": "date", "default": "2027-01-01"}, {}, Effect.UNKNOWN),
    ],
)
def test_a_default_fills_where_it_is_a_value_of_its_property(
    property_: Any, defs: Any, expected: Effect
) -> None:
    """What cannot be told is undecided; a default that does not fit helps nobody."""
    optional = schema(properties={"a": TEXT, "b": property_}, **{"$defs": defs})
    required = optional | {"required": ["b"]}
    absent = schema(properties={"a": TEXT}, **{"$defs": defs})
    for old in (optional, absent):
        assert effect(old, required, Policy(defaults_fill=True)) is expected
        assert effect(required, old, Policy(defaults_fill=True)) is expected.mirrored


@pytest.mark.parametrize("keyword", ["not", "then"])
def test_conditions_mean_what_they_say(keyword: str) -> None:
    """Nobody ignores or fills in what a condition speaks of."""
    policy = Policy(content=TOLERANT, defaults_fill=True)
    more = {"if": {"required": ["a"]}} if keyword == "then" else {}

    def conditioned(inner: Any) -> Any:
        return schema(properties={"a": TEXT, "b": TEXT}, **more, **{keyword: inner})

    inner = {"type": "object", "properties": {"b": TEXT | {"default": "A"}}}
    for other in (inner | {"required": ["b"]}, inner | {"additionalProperties": False}):
        for old, new in ((inner, other), (other, inner)):
            found = effect(conditioned(old), conditioned(new), policy)
            assert found & ~Effect.NONE
            assert found is effect(conditioned(old), conditioned(new), Policy())


def test_a_strict_finding_says_why_and_has_an_example() -> None:
    """Old messages carry under the new name what the new version refuses."""
    old, new = versions("open", "optional")
    verdict = prove(compare(old, new, promise=BACKWARD, policy=Policy(content=STRICT)))

    (finding,) = verdict.findings
    assert finding.reason.startswith(
        "optional field `b` added, under whose name an open object takes anything: "
    )
    assert finding.fix is not None
    assert "`lenient`" in finding.fix
    assert finding.witness is not None
    assert not isinstance(finding.witness.value["b"], str)


def api(request: Any, response: Any) -> Any:
    def content(body: Any) -> Any:
        return {"content": {"application/json": {"schema": body}}}

    answer = {"200": {"description": "Done."} | content(response)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shipments", "version": "1.0.0"},
        "paths": {
            "/shipments": {
                "post": {"requestBody": {"required": True} | content(request), "responses": answer}
            }
        },
    }


BODY = {"type": "object", "properties": {"a": TEXT}}
MORE = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
FILLED = MORE["properties"] | {"b": TEXT | {"default": "A"}}


@pytest.mark.parametrize("place", ["request", "response"])
@pytest.mark.parametrize(
    ("content", "closed", "expected"),
    [
        (STRICT, False, Outcome.INCOMPATIBLE),
        (LENIENT, False, Outcome.COMPATIBLE),
        (LENIENT, True, Outcome.INCOMPATIBLE),
        (TOLERANT, True, Outcome.COMPATIBLE),
    ],
)
def test_the_policy_reaches_the_bodies_of_an_api(
    place: str, content: Content, closed: bool, expected: Outcome
) -> None:
    """What is taken for granted of messages is taken for granted of requests and responses.

    Requests must not narrow: an open one narrows when a name comes, a closed one when one goes.
    Responses must not widen, so there it is the other way round.
    """
    rest = {"additionalProperties": False} if closed else {}
    less, more = BODY | rest, MORE | rest
    comes = (place == "request") is not closed
    old, new = (less, more) if comes else (more, less)
    pair = (
        (api(old, BODY), api(new, BODY)) if place == "request" else (api(BODY, old), api(BODY, new))
    )

    assert compare(*pair, policy=Policy(content=content)).outcome is expected


def test_defaults_fill_in_requests() -> None:
    """A provider who fills in a default takes the requests that lack it."""
    demanding = MORE | {"properties": FILLED, "required": ["b"]}
    pair = api(BODY, BODY), api(demanding, BODY)

    assert compare(*pair).outcome is Outcome.INCOMPATIBLE
    assert compare(*pair, policy=Policy(defaults_fill=True)).outcome is Outcome.COMPATIBLE


def test_avro_knows_no_policy_of_objects() -> None:
    """Readers of Avro resolve by the schema they were written with."""
    old = {"type": "record", "name": "a.v1.A", "fields": [{"name": "a", "type": "string"}]}
    new = old | {"fields": [*old["fields"], {"name": "b", "type": "string", "default": ""}]}
    for content, fill in product(Content, (False, True)):
        policy = Policy(content=content, defaults_fill=fill)
        assert effect(old, new, policy) is Effect.NONE


A: Any = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}
B: Any = {"type": "object", "properties": {"b": TEXT}, "required": ["b"]}
C: Any = {"type": "object", "properties": {"c": TEXT}, "required": ["c"]}
A_OR_B: Any = {"oneOf": [A, B]}


def said(old: Any, new: Any, promise: Compatibility, policy: Policy = DEFAULT) -> Verdict:
    return compare(old, new, kind=Kind.JSON, promise=promise, policy=policy)


def names(finding: Finding) -> set[str]:
    """What the example of a finding carries."""
    return {*cast("Any", finding.witness).value} if finding.witness else set()


FURTHER = {
    "one of one": ({"oneOf": [A]}, A_OR_B),
    "an object": (A, A_OR_B),
    "two": (A_OR_B, {"oneOf": [A, B, C]}),
    "objects that are closed": (
        {"oneOf": [A | MODELS["closed"]]},
        {"oneOf": [A | MODELS["closed"], B]},
    ),
}


@pytest.mark.parametrize("content", [LENIENT, TOLERANT])
@pytest.mark.parametrize("name", FURTHER)
def test_a_further_alternative_breaks_no_message_of_those_before(
    name: str, content: Content
) -> None:
    """It asks for a property that nobody writes who does not know the alternative."""
    less, more = FURTHER[name]
    policy = Policy(content=content)

    assert said(less, more, promise=BACKWARD, policy=policy).outcome is Outcome.COMPATIBLE
    assert said(more, less, promise=FORWARD, policy=policy).outcome is Outcome.COMPATIBLE
    assert said(less, more, promise=FORWARD, policy=policy).outcome is Outcome.INCOMPATIBLE
    assert said(more, less, promise=BACKWARD, policy=policy).outcome is Outcome.INCOMPATIBLE


REQUIRED: Any = {"type": "object", "required": ["b"]}
NAMES_ALONE = {
    "an alternative that asks for one more": (
        REQUIRED,
        {"oneOf": [REQUIRED, {**A, "required": ["a", "b"]}]},
    ),
    "an alternative that asks for another": (
        REQUIRED,
        {"oneOf": [REQUIRED, {**REQUIRED, "required": ["a"]}]},
    ),
    "a property of a type": (REQUIRED, {**REQUIRED, "properties": {"c": {"type": "integer"}}}),
    "a closed object": (REQUIRED, {"type": "object", "properties": {"b": {}}, **MODELS["closed"]}),
}


@pytest.mark.parametrize("content", list(Content))
@pytest.mark.parametrize("name", NAMES_ALONE)
def test_an_object_that_only_requires_names_carries_what_it_likes(
    name: str, content: Content
) -> None:
    """It declares nothing of what it holds, so that nobody knows what is written."""
    old, new = NAMES_ALONE[name]
    verdict = said(old, new, promise=BACKWARD, policy=Policy(content=content))

    passed_over = name == "a closed object" and content is TOLERANT
    assert verdict.compatible is passed_over


@pytest.mark.parametrize("name", ["one of one", "an object"])
def test_to_the_letter_a_further_alternative_may_match_as_well(name: str) -> None:
    """An open object may carry what the other one asks for."""
    less, more = FURTHER[name]
    for pair, promise in (((less, more), BACKWARD), ((more, less), FORWARD)):
        found = prove(said(*pair, promise=promise, policy=Policy(content=STRICT)))
        (finding,) = (each for each in found.findings if each.forbidden)
        assert finding.rule == "LAD315"
        assert names(finding) == {"a", "b"}


@pytest.mark.parametrize("content", [LENIENT, TOLERANT])
@pytest.mark.parametrize("place", ["request", "response"])
def test_a_further_alternative_of_a_body_breaks_nobody(place: str, content: Content) -> None:
    """A request may be one more thing, and a response one thing less."""
    less, more = {"oneOf": [A]}, A_OR_B
    pair = (api(less, BODY), api(more, BODY)) if place == "request" else ()
    pair = pair or (api(BODY, more), api(BODY, less))

    assert compare(*pair, policy=Policy(content=content)).outcome is Outcome.COMPATIBLE


MAY_HAVE_B: Any = A | {"properties": {"a": TEXT, "b": TEXT}}


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"oneOf": [MAY_HAVE_B]}, {"oneOf": [MAY_HAVE_B, B]}),
        ({"oneOf": [A]}, {"oneOf": [A, {"type": "object", "properties": {"b": TEXT}}]}),
        ({"anyOf": [A, B]}, A_OR_B),
        (
            {"oneOf": [A], "not": {"required": ["b", "c"]}},
            {**A_OR_B, "not": {"required": ["b", "c"]}},
        ),
    ],
    ids=["declared", "asks for nothing", "both at once", "spoken of"],
)
def test_alternatives_that_a_message_may_both_match_exclude_it(
    old: Any, new: Any, content: Content
) -> None:
    """With an example that somebody writes: it carries what is declared or spoken of."""
    for pair, promise in (((old, new), BACKWARD), ((new, old), FORWARD)):
        found = prove(said(*pair, promise=promise, policy=Policy(content=content)))
        (finding,) = (each for each in found.findings if each.forbidden)
        assert finding.rule == "LAD315"
        assert names(finding)
        assert content is STRICT or names(finding) <= {"a", "b"}


def closed(schema: Any) -> Any:
    return schema | MODELS["closed"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ({"anyOf": [A, B]}, {"anyOf": [closed(A), closed(B)]}, "b"),
        (
            A | {"dependentRequired": {"c": ["a"]}},
            closed(A) | {"dependentRequired": {"c": ["a"]}},
            "c",
        ),
        (A | {"patternProperties": {"^x": TEXT}}, closed(A), "x"),
    ],
    ids=["both at once", "spoken of", "patterns"],
)
def test_what_is_declared_elsewhere_is_refused_by_a_closed_object(
    old: Any, new: Any, key: str
) -> None:
    """Writers may write it, so that to close the object counts, with an example."""
    for pair, promise in (((old, new), BACKWARD), ((new, old), FORWARD)):
        found = prove(said(*pair, promise=promise))
        assert found.outcome is Outcome.INCOMPATIBLE
        assert any(key in names(each) for each in found.findings)


def test_alternatives_that_exclude_each_other_may_be_closed() -> None:
    """A message of one of them carries nothing of the other."""
    new = {"oneOf": [closed(A), closed(B)]}

    assert said(A_OR_B, new, promise=BACKWARD).outcome is Outcome.COMPATIBLE
    assert said(new, A_OR_B, promise=FORWARD).outcome is Outcome.COMPATIBLE


@pytest.mark.parametrize("place", ["alone", "request", "response"])
def test_an_example_is_what_somebody_writes(place: str) -> None:
    """What nobody declares breaks nothing by a condition, which is undecided then."""
    old, new = BODY, BODY | {"not": {"required": ["z"]}}
    pairs = {
        "request": (api(old, BODY), api(new, BODY)),
        "response": (api(BODY, new), api(BODY, old)),
    }
    pair = pairs.get(place, (old, new))
    found = {
        content: compare(*pair, promise=BACKWARD, policy=Policy(content=content)).outcome
        for content in Content
    }

    assert found == {
        STRICT: Outcome.INCOMPATIBLE,
        LENIENT: Outcome.UNKNOWN,
        TOLERANT: Outcome.UNKNOWN,
    }


@pytest.mark.parametrize("content", [LENIENT, TOLERANT])
@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize(
    "anything",
    [{"type": "object"}, {}, True, {"description": "Any."}, {"minProperties": 0}, {"title": "T"}],
    ids=str,
)
def test_what_one_alternative_declares_is_written_though_another_takes_anything(
    anything: Any, *, is_named: bool, content: Content
) -> None:
    """It forbids nothing to the letter, and says all the same what some writers write."""
    parcel = {"type": "object", "required": ["q"], "properties": {"q": TEXT}}
    choice = {"anyOf": [anything, {"$ref": "#/$defs/A"} if is_named else parcel]}
    old = {"properties": {"p": TEXT}, **choice, "$defs": {"A": parcel}}
    whole = {"properties": {"p": TEXT, "q": {"type": "integer"}}, "$defs": {"A": parcel}}
    policy = Policy(content=content)

    for new in (whole, whole | choice):
        assert said(old, new, BACKWARD, policy).outcome is Outcome.INCOMPATIBLE
        assert said(new, old, FORWARD, policy).outcome is Outcome.INCOMPATIBLE
    assert said(old, old, BACKWARD, policy).outcome is Outcome.COMPATIBLE


def quoted(kind: str) -> dict[str, Any]:
    return {"type": "object", "properties": {"q": {"type": kind}}}


HEAD: dict[str, Any] = {"type": "object", "properties": {"p": TEXT}, "required": ["p"]}
ANY_OBJECT = {"type": "object"}


def wide(kind: str, anything: Any = None) -> dict[str, Any]:
    """What takes anything, and declares `q` of that type in another alternative."""
    return {"anyOf": [{} if anything is None else anything, quoted(kind)]}


HIDDEN: dict[str, Any] = {
    "beside": lambda kind: HEAD | wide(kind),
    "beside, in allOf": lambda kind: HEAD | {"allOf": [wide(kind)]},
    "in allOf": lambda kind: {"allOf": [HEAD, wide(kind)]},
    "in allOf, first": lambda kind: {"allOf": [wide(kind), HEAD]},
    "true": lambda kind: {"allOf": [HEAD, wide(kind, anything=True)]},
    "named anything": lambda kind: {
        "allOf": [HEAD, wide(kind, {"$ref": "#/$defs/X"})],
        "$defs": {"X": {}},
    },
    "allOf in allOf": lambda kind: {"allOf": [HEAD, {"allOf": [wide(kind)]}]},
    "anyOf in anyOf": lambda kind: {"allOf": [HEAD, {"anyOf": [wide("boolean"), quoted(kind)]}]},
    "of some only": lambda kind: {"allOf": [ANY_OBJECT, wide(kind)]},
    "all by name": lambda kind: {
        "allOf": [{"$ref": "#/$defs/H"}, {"$ref": "#/$defs/W"}],
        "$defs": {"H": HEAD, "W": {"anyOf": [{}, {"$ref": "#/$defs/Q"}]}, "Q": quoted(kind)},
    },
    "by names that lead to each other": lambda kind: {
        "allOf": [HEAD, {"$ref": "#/$defs/W"}],
        "$defs": {
            "W": {"anyOf": [{}, {"allOf": [{"$ref": "#/$defs/V"}]}]},
            "V": {"anyOf": [{"$ref": "#/$defs/W"}, quoted(kind)]},
        },
    },
    "under a condition": lambda kind: {"allOf": [HEAD, wide(kind) | {"not": {"required": ["z"]}}]},
    "beside a condition": lambda kind: {"allOf": [HEAD | {"not": {"required": ["z"]}}, wide(kind)]},
    "twice": lambda kind: {"allOf": [HEAD, {"anyOf": [{}, closed(A)]}, wide(kind)]},
    "within another one": lambda kind: {
        "allOf": [HEAD, {"anyOf": [{}, {"allOf": [ANY_OBJECT, {"allOf": [wide(kind)]}]}]}]
    },
    "beside what that one declares": lambda kind: {
        "allOf": [HEAD, {"anyOf": [{}, {"allOf": [HEAD, wide(kind)]}]}]
    },
    "any object, within another one": lambda kind: {
        "allOf": [
            HEAD,
            {"anyOf": [ANY_OBJECT, {"allOf": [ANY_OBJECT, wide(kind, ANY_OBJECT)]}]},
        ]
    },
    "beside an object or null": lambda kind: HEAD | {"type": ["object", "null"]} | wide(kind),
    "in allOf, of an object or null": lambda kind: {
        "allOf": [HEAD | {"type": ["object", "null"]}, wide(kind, anything=True)]
    },
    "in allOf, of an object or a text": lambda kind: {
        "allOf": [{"oneOf": [TEXT, HEAD]}, {"$ref": "#/$defs/W"}],
        "$defs": {"W": wide(kind)},
    },
    "of a property": lambda kind: {"properties": {"x": {"allOf": [HEAD, wide(kind)]}}},
    "of items": lambda kind: {"type": "array", "items": {"allOf": [HEAD, wide(kind)]}},
}


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("spelling", HIDDEN)
def test_what_an_alternative_declares_counts_beside_an_object_however_it_is_spelt(
    spelling: str, content: Content
) -> None:
    """It is what some writers write and some readers are generated from."""
    old, new = (HIDDEN[spelling](kind) for kind in ("string", "integer"))
    policy = Policy(content=content)

    assert said(old, new, BACKWARD, policy).outcome is Outcome.INCOMPATIBLE
    assert said(new, old, FORWARD, policy).outcome is Outcome.INCOMPATIBLE
    assert said(old, old, BACKWARD, policy).outcome is Outcome.COMPATIBLE


def nested(kind: str, depth: int, *, as_parts: bool) -> Any:
    found: dict[str, Any] = quoted(kind)
    for _ in range(depth):
        choice = {"anyOf": [{}, found]}
        found = {"allOf": [ANY_OBJECT, choice]} if as_parts else HEAD | choice
    return found


@pytest.mark.parametrize("as_parts", [False, True])
def test_alternatives_within_alternatives_are_read_once_each(*, as_parts: bool) -> None:
    """Reading each level twice would take as long as two to the power of their number."""
    old, new = (nested(kind, 22, as_parts=as_parts) for kind in ("string", "integer"))

    assert said(old, new, promise=BACKWARD).outcome is Outcome.INCOMPATIBLE
