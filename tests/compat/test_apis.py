"""APIs: what a change of one does to the clients of its provider, and what it is shown by."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from lading.compat import Outcome, Policy, compare, prove
from lading.compat.policy import Content
from lading.model.contract import Compatibility

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.compat import Finding

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
TEXTS: Json = {"type": "array", "items": TEXT}
JSON = "application/json"
OK: Json = {"200": {"description": "It."}}


def api(operation: Json, path: str = "/a/{id}", **more: Any) -> Json:
    place = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    listed = [place] if "{" in path and "parameters" not in operation else []
    asked = {"responses": OK, "parameters": listed, **operation}
    head = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}}
    return {**head, "paths": {path: {"post": asked}}, **more}


def query(**said: Any) -> Json:
    return api({"parameters": [{"name": "q", "in": "query", **said}]}, "/a")


def in_path(**said: Any) -> Json:
    return api({"parameters": [{"name": "id", "in": "path", "required": True, **said}]})


def taken(contents: Json, **schemas: Json) -> Json:
    body = {"content": {key: {"schema": each} for key, each in contents.items()}}
    return api({"requestBody": body}, components={"schemas": schemas})


def given(contents: Json, **schemas: Json) -> Json:
    content = {key: {"schema": each} for key, each in contents.items()}
    answer = {"200": {"description": "It.", "content": content}}
    return api({"responses": answer}, components={"schemas": schemas})


def record(*required: str, **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def either(*names: str, **mapping: str) -> Json:
    said = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    return {"oneOf": list(map(ref, names)), "discriminator": said}


CAT = record("kind", "claws", kind=TEXT, claws=TEXT)
DOG = record("kind", "bark", kind=TEXT, bark=TEXT)


def pets(*, kinds: Json, **mapping: str) -> Json:
    said = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    base = {**record("kind", kind=TEXT), "discriminator": said}
    built = {name: {"allOf": [ref("Pet"), each]} for name, each in kinds.items()}
    return {"Pet": base, **built}


def family(*, kinds: Json, **mapping: str) -> Json:
    return taken({JSON: ref("Pet")}, **pets(kinds=kinds, **mapping))


KINDS = {"Cat": record(claws=TEXT), "Dog": record(bark=TEXT)}
BREAKS: dict[str, tuple[Json, Json, str]] = {
    "a parameter is JSON no longer": (
        query(content={JSON: {"schema": TEXTS}}),
        query(schema=TEXTS),
        "LAD504",
    ),
    "a parameter is JSON now": (
        query(schema=TEXT),
        query(content={JSON: {"schema": TEXT}}),
        "LAD504",
    ),
    "a list is exploded": (
        query(schema=TEXTS, explode=False),
        query(schema=TEXTS),
        "LAD504",
    ),
    "a list in the path is written otherwise": (
        in_path(schema=TEXTS),
        in_path(schema=TEXTS, style="matrix"),
        "LAD504",
    ),
    "an object is written otherwise": (
        query(schema=record(a=TEXT)),
        query(schema=record(a=TEXT), style="deepObject", explode=True),
        "LAD504",
    ),
    "a text in the path is one of a list": (
        in_path(schema=TEXT),
        in_path(schema={"enum": ["x"]}),
        "LAD207",
    ),
    "a text in a query is a number": (query(schema=TEXT), query(schema=WHOLE), "LAD201"),
    "a media type takes over a range": (
        taken({"*/*": TEXT}),
        taken({"*/*": TEXT, JSON: WHOLE}),
        "LAD201",
    ),
    "a media type takes over a range of answers": (
        given({"application/*": TEXT}),
        given({"application/*": TEXT, JSON: WHOLE}),
        "LAD201",
    ),
    "an alternative is renamed, and known by its name": (
        taken({JSON: either("Cat", "Dog")}, Cat=CAT, Dog=DOG),
        taken({JSON: either("Katze", "Dog")}, Katze=CAT, Dog=DOG),
        "LAD314",
    ),
    "values of a discriminator are swapped": (
        taken({JSON: either("Cat", "Dog", x="Cat", y="Dog")}, Cat=CAT, Dog=DOG),
        taken({JSON: either("Cat", "Dog", x="Dog", y="Cat")}, Cat=CAT, Dog=DOG),
        "LAD314",
    ),
    "a value of a discriminator is gone": (
        taken({JSON: either("Cat", "Dog", x="Cat")}, Cat=CAT, Dog=DOG),
        taken({JSON: either("Cat", "Dog")}, Cat=CAT, Dog=DOG),
        "LAD314",
    ),
    "a type that builds on another is gone": (
        family(kinds=KINDS),
        family(kinds={"Cat": KINDS["Cat"]}),
        "LAD314",
    ),
    "a type that builds on another asks for more": (
        family(kinds=KINDS),
        family(kinds=KINDS | {"Cat": record("claws", claws=TEXT)}),
        "LAD104",
    ),
    "a type that builds on another is answered": (
        given({JSON: ref("Pet")}, **pets(kinds={"Cat": KINDS["Cat"]})),
        given({JSON: ref("Pet")}, **pets(kinds=KINDS)),
        "LAD314",
    ),
    "values of a body of any type": (
        given({"*/*": record(s={"type": "string", "enum": ["A"]})}),
        given({"*/*": record(s={"type": "string", "enum": ["A", "B"]})}),
        "LAD301",
    ),
    "values of any body but the one that is listed": (
        taken({JSON: record(), "application/*": record(s={"type": "string", "enum": ["A", "B"]})}),
        taken({JSON: record(), "application/*": record(s={"type": "string", "enum": ["A"]})}),
        "LAD302",
    ),
    "numbers of fewer bits": (
        taken({JSON: record(n={**WHOLE, "format": "int64"})}),
        taken({JSON: record(n={**WHOLE, "format": "int32"})}),
        "LAD803",
    ),
}


def forbidden(old: Json, new: Json) -> list[Finding]:
    verdict = prove(compare(old, new, promise=Compatibility.BACKWARD))
    assert not verdict.problems
    return [each for each in verdict.findings if each.forbidden]


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_clients_is_forbidden_and_shown(name: str) -> None:
    """By a request or a response that was tried on both documents."""
    old, new, rule = BREAKS[name]
    found = forbidden(old, new)

    assert {each.rule for each in found} == {rule}
    assert all(each.witness for each in found)


def test_an_example_of_a_parameter_is_a_request_that_a_client_sends() -> None:
    """A path has a value, not its template; an object has what is declared."""
    asked = {
        name: str(forbidden(*BREAKS[name][:2])[0].witness)
        for name in ("a text in the path is one of a list", "an object is written otherwise")
    }

    assert "{id}" not in asked["a text in the path is one of a list"]
    assert "x-other" not in asked["an object is written otherwise"]


UNDECIDED: dict[str, tuple[Json, Json, str]] = {
    "how a body is written in XML": (
        taken({"application/xml": record(a={**TEXT, "xml": {"name": "b"}})}),
        taken({"application/xml": record(a={**TEXT, "xml": {"attribute": True}})}),
        "LAD903",
    ),
    "a path that was a value of another's parameter": (
        api({}),
        {**api({}), "paths": {**api({})["paths"], **api({"responses": {}}, "/a/b")["paths"]}},
        "LAD402",
    ),
    "a text of a form that becomes a file": (
        taken({"multipart/form-data": record(a=TEXT)}),
        taken({"multipart/form-data": record(a={**TEXT, "format": "binary"})}),
        "LAD903",
    ),
    "a value that names what is no alternative": (
        taken({JSON: either("Cat", "Dog", x="Bird")}, Cat=CAT, Dog=DOG),
        taken({JSON: either("Cat", "Dog")}, Cat=CAT, Dog=DOG),
        "LAD314",
    ),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_nobody_can_tell_is_no_pass(name: str) -> None:
    old, new, rule = UNDECIDED[name]
    verdict = compare(old, new)

    assert (verdict.outcome, {each.rule for each in verdict.findings}) == ("unknown", {rule})


def secured(**flows: str) -> Json:
    scheme = {"type": "oauth2", "flows": {"clientCredentials": {"scopes": {}, **flows}}}
    return api({"security": [{"a": []}]}, components={"securitySchemes": {"a": scheme}})


FREE: dict[str, tuple[Json, Json]] = {
    "a number in a query may be any text": (query(schema=WHOLE), query(schema=TEXT)),
    "numbers of more bits": (
        taken({JSON: record(n={**WHOLE, "format": "int32"})}),
        taken({JSON: record(n={**WHOLE, "format": "int64"})}),
    ),
    "a range for a media type": (taken({JSON: TEXT}), taken({"application/*": TEXT})),
    "a path that is no value of another's parameter": (
        in_path(schema=WHOLE),
        {**api({}), "paths": {**in_path(schema=WHOLE)["paths"], **api({}, "/a/b")["paths"]}},
    ),
    "a further value for an alternative": (
        taken({JSON: either("Cat", "Dog")}, Cat=CAT, Dog=DOG),
        taken({JSON: either("Cat", "Dog", x="Cat")}, Cat=CAT, Dog=DOG),
    ),
    "a further address to refresh at": (
        secured(tokenUrl="https://a"),
        secured(tokenUrl="https://a", refreshUrl="https://b"),
    ),
}


@pytest.mark.parametrize("name", FREE)
def test_what_clients_do_not_mind_is_compatible(name: str) -> None:
    """Something is said of it, and forbids nothing."""
    verdict = compare(*FREE[name])

    assert verdict.findings
    assert verdict.outcome == "compatible"


def test_an_address_to_log_in_at_that_is_gone_breaks_clients() -> None:
    found = forbidden(secured(tokenUrl="https://a"), secured(tokenUrl="https://b"))

    assert [each.rule for each in found] == ["LAD532"]


def test_the_whole_query_goes_by_no_name() -> None:
    """What it holds is judged (OpenAPI 3.2, `in: querystring`)."""

    def whole(name: str, schema: Json) -> Json:
        content = {"application/x-www-form-urlencoded": {"schema": record(a=schema)}}
        return api({"parameters": [{"name": name, "in": "querystring", "content": content}]}, "/a")

    assert not compare(whole("q", TEXT), whole("r", TEXT)).findings
    assert [each.rule for each in forbidden(whole("q", TEXT), whole("q", WHOLE))] == ["LAD201"]


def test_reasons_say_what_follows_for_clients() -> None:
    """Nobody sends a webhook to the provider, or a date."""
    called = {"event": {"post": {"responses": OK}}}
    old = {"deprecated": True, "x-sunset": "2028-01-01"}
    new = {"deprecated": True, "x-sunset": "2027-01-01"}
    found = [
        *forbidden(api({}, webhooks=called), api({})),
        *forbidden(api(old), api(new)),
        *forbidden(api({}), api({"x-stability-level": "beta"})),
    ]

    assert [each.rule for each in found] == ["LAD401", "LAD406", "LAD407"]
    assert not [each.reason for each in found if "provider" in each.reason]


def answering(*statuses: str) -> Json:
    content = {JSON: {"schema": TEXT}}
    return api(
        {"responses": {each: {"description": "It.", "content": content} for each in statuses}}
    )


ANY_ANSWER = ["default"]
MOVES: tuple[tuple[list[str], list[str], bool], ...] = (
    (["200"], ANY_ANSWER, False),
    (["200"], ["2XX"], False),
    (["2XX"], ANY_ANSWER, False),
    (["200", "404"], [*ANY_ANSWER, "404"], False),
    (["200", "201"], ["200", *ANY_ANSWER], False),
    (["200", "2XX"], ["200", *ANY_ANSWER], False),
    (["404"], ["404", *ANY_ANSWER], False),
    (["200"], ["302", *ANY_ANSWER], False),
    (ANY_ANSWER, ["200"], True),
    (["2XX"], ["200"], True),
    (ANY_ANSWER, ["2XX"], True),
    (["200"], ["200", *ANY_ANSWER], True),
    (["200", *ANY_ANSWER], ["200"], True),
    (["200", "404"], ["200", *ANY_ANSWER], True),
    (["200", *ANY_ANSWER], ["200", "4XX", "5XX"], True),
    (["200", "201"], ["2XX", *ANY_ANSWER], False),
    (["2XX", "3XX"], ANY_ANSWER, True),
    (["200", *ANY_ANSWER], ANY_ANSWER, True),
)


@pytest.mark.parametrize(("old", "new", "kept"), MOVES)
def test_a_default_is_any_answer_unless_success_is_listed_beside_it(
    old: list[str], new: list[str], *, kept: bool
) -> None:
    """Whatever a provider may answer now, clients in use know; the mirror image is FORWARD."""
    there = prove(compare(answering(*old), answering(*new), promise=Compatibility.BACKWARD))
    back = compare(answering(*new), answering(*old), promise=Compatibility.FORWARD)

    assert (there.compatible, back.compatible) == (kept, kept)
    assert all(each.witness for each in there.findings if each.forbidden)


def beside(*names: str, **mapping: str) -> Json:
    """A choice of objects that says itself what all of them have."""
    return {**either(*names, **mapping), **record("kind", kind=TEXT)}


LONE = {"Cat": CAT}
BOTH = {"Cat": CAT, "Dog": DOG}
TOLD: dict[str, tuple[Json, Json, Json, Json, str]] = {
    "a value of a single alternative": (
        either("Cat", x="Cat"),
        LONE,
        either("Cat", y="Cat"),
        LONE,
        "narrows widens",
    ),
    "the property of a single alternative": (
        either("Cat"),
        LONE,
        {**either("Cat"), "discriminator": {"propertyName": "claws"}},
        LONE,
        "replaces",
    ),
    "a discriminator of a single alternative that was not there": (
        ref("Cat"),
        LONE,
        either("Cat"),
        LONE,
        "narrows",
    ),
    "a value that may be null": (
        {"anyOf": [either("Cat", x="Cat"), {"type": "null"}]},
        LONE,
        {"anyOf": [either("Cat"), {"type": "null"}]},
        LONE,
        "narrows",
    ),
    "values beside what all alternatives have": (
        beside("Cat", "Dog", x="Cat", y="Dog"),
        BOTH,
        beside("Cat", "Dog", x="Dog", y="Cat"),
        BOTH,
        "replaces replaces",
    ),
    "a value less within allOf": (
        {"allOf": [either("Cat", x="Cat"), record(z=TEXT)]},
        LONE,
        {"allOf": [either("Cat"), record(z=TEXT)]},
        LONE,
        "narrows",
    ),
    "a value less beside what the alternative has": (
        beside("Cat", x="Cat"),
        LONE,
        beside("Cat"),
        LONE,
        "narrows",
    ),
}
MIRRORED = {"narrows": "widens", "widens": "narrows", "replaces": "replaces"}


@pytest.mark.parametrize("name", TOLD)
def test_what_tells_alternatives_apart_counts_however_few_there_are(name: str) -> None:
    """Readers go by the discriminator, of one alternative and of many; and so does the proof."""
    was, types, now, others, effects = TOLD[name]
    pairs = taken({JSON: was}, **types), taken({JSON: now}, **others)
    found = prove(compare(*pairs, promise=Compatibility.BACKWARD)).findings
    back = compare(*pairs[::-1]).findings

    assert {each.rule for each in found} == {"LAD314"}
    assert sorted(each.effect.word for each in found) == effects.split()
    assert sorted(MIRRORED[each.effect.word] for each in back) == effects.split()
    assert all(each.witness for each in found if each.forbidden)


def test_a_single_alternative_may_get_another_beside_it() -> None:
    """The discriminator was there: only the alternative is new."""
    one, two = taken({JSON: either("Cat")}, **LONE), taken({JSON: either("Cat", "Dog")}, **BOTH)

    assert [each.rule for each in compare(one, two).findings] == ["LAD311"]
    assert compare(one, two).outcome == "compatible"
    assert [each.rule for each in forbidden(two, one)] == ["LAD312"]


def test_a_single_alternative_has_what_stands_beside_it() -> None:
    """What comes to it is a property like any other, and what has no name needs no value."""
    more = {"Cat": {**CAT, "properties": {**CAT["properties"], "age": WHOLE}}}
    both = {"allOf": [either("Cat"), record(z=TEXT)]}
    for said in (beside("Cat"), both):
        (found,) = compare(taken({JSON: said}, **LONE), taken({JSON: said}, **more)).findings
        assert (found.rule, found.effect.word) == ("LAD101", "none")
    named = {"oneOf": [CAT], "discriminator": {"propertyName": "kind"}}
    assert compare(taken({JSON: named}), taken({JSON: CAT})).findings == ()


def test_values_that_are_all_named_need_no_discriminator() -> None:
    """Whether it is there or not, the same messages are taken."""
    kinds = {"Cat": {**CAT, "properties": {"kind": {"enum": ["Cat"]}, "claws": TEXT}}}
    plain, told = given({JSON: ref("Cat")}, **kinds), given({JSON: either("Cat")}, **kinds)

    assert [each.effect.word for each in compare(plain, told).findings] == ["none"]
    assert [each.effect.word for each in compare(told, plain).findings] == ["none"]


def hooked(*parameters: Json) -> Json:
    return api({}, webhooks={"moved": {"post": {"responses": OK, "parameters": [*parameters]}}})


def called_back(*parameters: Json) -> Json:
    item = {"{$request.body#/url}": {"post": {"responses": OK, "parameters": [*parameters]}}}
    return api({"callbacks": {"moved": item}})


SENT: dict[tuple[str, bool], tuple[str, str]] = {
    ("header", False): ("none", "none"),
    ("header", True): ("narrows", "widens"),
    ("cookie", False): ("none", "none"),
    ("cookie", True): ("narrows", "widens"),
    ("query", False): ("widens", "narrows"),
    ("query", True): ("replaces", "replaces"),
}


@pytest.mark.parametrize("of", [hooked, called_back])
@pytest.mark.parametrize(("place", "required"), SENT)
def test_clients_that_are_called_pass_over_headers_they_do_not_know(
    of: Callable[..., Json], place: str, *, required: bool
) -> None:
    """Cookies too; they miss what was promised. Of a query nobody says that it is passed over."""
    without, carrying = (
        of(),
        of({"name": "X", "in": place, "required": required, "schema": TEXT}),
    )
    came = prove(compare(without, carrying, promise=Compatibility.FULL)).findings
    went = prove(compare(carrying, without, promise=Compatibility.FULL)).findings

    assert [each.rule for each in (*came, *went)] == ["LAD501", "LAD502"]
    assert tuple(each.effect.word for each in (*came, *went)) == SENT[place, required]
    assert all(each.witness for each in (*came, *went) if each.forbidden)


def by_key(name: str, place: str = "header", label: str = "key") -> Json:
    scheme = {"type": "apiKey", "in": place, "name": name}
    return api({"security": [{label: []}]}, components={"securitySchemes": {label: scheme}})


def test_the_header_of_a_key_is_read_in_any_case() -> None:
    """Under another label too; names in a query or a cookie are told apart by it."""
    assert compare(by_key("X-Key"), by_key("x-key")).findings == ()
    assert compare(by_key("X-Key"), by_key("x-key", label="other")).findings == ()
    assert [each.rule for each in forbidden(by_key("X-Key"), by_key("X-Kex"))] == ["LAD532"]
    for place in ("query", "cookie"):
        found = forbidden(by_key("Key", place), by_key("key", place))
        assert [each.rule for each in found] == ["LAD532"]


def test_a_security_scheme_stands_where_it_is_written() -> None:
    (found,) = forbidden(by_key("a"), by_key("b"))

    at = ("components", "securitySchemes", "key")
    assert [each and each.pointer for each in (found.change.old_at, found.change.new_at)] == [
        at
    ] * 2


def leaving(*, marked: bool, label: str = "key", version: str = "3.2.0") -> Json:
    scheme = {"type": "apiKey", "in": "header", "name": "X-Key", "deprecated": marked}
    found = api({"security": [{label: []}]}, components={"securitySchemes": {label: scheme}})
    return {**found, "openapi": version}


def test_a_security_scheme_that_is_on_its_way_out_is_named() -> None:
    """Under another label too, and only where the version has the word."""
    said = {
        each.rule: each.reason
        for old, new in ((False, True), (True, False))
        for each in compare(leaving(marked=old), leaving(marked=new, label="other")).findings
    }
    earlier = [leaving(marked=each, version="3.1.0") for each in (False, True)]

    assert said == {"LAD108": "security scheme `key` no longer deprecated"}
    assert compare(*earlier).findings == ()


TO_URL, TO_OTHER = "{$request.body#/url}", "{$request.body#/other}"


def calling(**labels: Json) -> Json:
    return api({"callbacks": labels})


def posted(schema: Json, url: str = TO_URL) -> Json:
    content = {JSON: {"schema": record("a", a=schema)}}
    return {url: {"post": {"requestBody": {"required": True, "content": content}, "responses": OK}}}


def test_a_callback_goes_by_the_url_it_is_called_at() -> None:
    """Its label is for code: another one is stated, and refuses nothing."""
    (found,) = compare(calling(e=posted(TEXT)), calling(f=posted(TEXT))).findings

    assert (found.rule, found.level.value, found.effect.word) == ("LAD403", "sdk", "none")
    assert found.reason == "name of the callback changed from e to f"


def test_a_further_callback_at_a_url_that_is_called_already_is_not_decided() -> None:
    """Who listens there gets its messages as well, whatever the label says."""
    one, two = calling(e=posted(TEXT)), calling(e=posted(TEXT), f=posted(WHOLE))
    (found,) = compare(one, two, promise=Compatibility.BACKWARD).findings

    assert (found.rule, found.undecided) == ("LAD402", True)
    elsewhere = calling(e=posted(TEXT), f=posted(WHOLE, TO_OTHER))
    assert compare(one, elsewhere, promise=Compatibility.BACKWARD).compatible
    alike = compare(one, calling(e=posted(TEXT), f=posted(TEXT)), promise=Compatibility.BACKWARD)
    assert alike.compatible


def test_what_a_callback_of_another_label_carries_is_judged_and_shown() -> None:
    (found,) = forbidden(calling(e=posted(TEXT)), calling(f=posted(WHOLE)))

    assert found.rule == "LAD201"
    assert found.witness


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ({"e": posted(TEXT)}, {"f": posted(TEXT, TO_OTHER)}, ["LAD401", "LAD402"]),
        (
            {"e": posted(TEXT), "g": posted(WHOLE)},
            {"f": posted(WHOLE), "h": posted(TEXT)},
            ["LAD403", "LAD403"],
        ),
        ({"e": posted(TEXT)}, {"e": posted(TEXT), "f": posted(TEXT)}, ["LAD402"]),
        ({"e": posted(TEXT), "f": posted(WHOLE)}, {"f": posted(WHOLE)}, ["LAD401"]),
    ],
)
def test_callbacks_answer_each_other_by_label_and_then_by_what_they_say(
    old: Json, new: Json, rules: list[str]
) -> None:
    """The mirror image has the mirrored facts."""
    mirror = {"LAD401": "LAD402", "LAD402": "LAD401", "LAD403": "LAD403"}
    there, back = compare(calling(**old), calling(**new)), compare(calling(**new), calling(**old))

    assert sorted(each.rule for each in there.findings) == rules
    assert sorted(mirror[each.rule] for each in back.findings) == rules


def many(items: Json, **limits: int) -> Json:
    return {"type": "array", "items": items, **limits}


def in_header(**said: Any) -> Json:
    return api({"parameters": [{"name": "q", "in": "header", **said}]}, "/a")


def promised(**said: Any) -> Json:
    answer = {"description": "It.", "headers": {"Q": {"required": True, **said}}}
    return api({"responses": {"200": answer}}, "/a")


SOME = {"enum": ["A", "B"]}
AS_LISTS: dict[str, tuple[Json, Json, str]] = {
    "a text": (query(schema=TEXT), query(schema=TEXTS), "widens"),
    "a text, where a list has one": (query(schema=TEXT), query(schema=many(TEXT, maxItems=1)), ""),
    "a text, where a list has exactly one": (
        query(schema=TEXT, required=True),
        query(schema=many(TEXT, minItems=1, maxItems=1), required=True),
        "",
    ),
    "a text, where a list has two": (
        query(schema=TEXT),
        query(schema=many(TEXT, minItems=2)),
        "replaces",
    ),
    "a text, where a list has none": (
        query(schema=TEXT),
        query(schema=many(TEXT, maxItems=0)),
        "replaces",
    ),
    "a number": (query(schema=WHOLE), query(schema=many(WHOLE), explode=False), "widens"),
    "a number, and the items are texts": (query(schema=WHOLE), query(schema=TEXTS), "widens"),
    "a number in the path": (in_path(schema=WHOLE), in_path(schema=many(WHOLE)), "widens"),
    "a number in a header": (in_header(schema=WHOLE), in_header(schema=many(WHOLE)), "widens"),
    "a number with a point": (
        in_path(schema={"type": "number"}, style="label"),
        in_path(schema=many({"type": "number"}), style="label", explode=True),
        "replaces",
    ),
    "a listed value": (query(schema=SOME), query(schema=many(SOME), explode=False), "widens"),
    "a text that a comma may divide": (
        query(schema=TEXT),
        query(schema=TEXTS, explode=False),
        "widens+unknown",
    ),
    "a text that a comma does divide": (
        query(schema=TEXT, allowReserved=True),
        query(schema=TEXTS, explode=False, allowReserved=True),
        "replaces",
    ),
    "a text in the path": (in_path(schema=TEXT), in_path(schema=TEXTS), "widens+unknown"),
    "a text in a header, where a comma divides": (
        in_header(schema=TEXT),
        in_header(schema=TEXTS),
        "replaces",
    ),
    "a number of an answer": (promised(schema=WHOLE), promised(schema=many(WHOLE)), "widens"),
    "a text of an answer": (promised(schema=TEXT), promised(schema=TEXTS), "replaces"),
}
TURNED = {
    "widens": "narrows",
    "widens+unknown": "narrows+unknown",
    "replaces": "replaces",
    "none": "none",
}


@pytest.mark.parametrize("name", AS_LISTS)
def test_a_plain_value_is_a_list_of_one_where_it_is_written_alike(name: str) -> None:
    """What divides a list may be in a text, and a list may have to be longer: that is judged."""
    old, new, effect = AS_LISTS[name]
    there = prove(compare(old, new, promise=Compatibility.FULL)).findings
    back = compare(new, old).findings
    found = [each for each in there if each.rule == "LAD202"]

    assert [each.effect.word for each in found] == [effect or "none"]
    assert [e.effect.word for e in back if e.rule == "LAD202"] == [TURNED[effect or "none"]]
    assert {each.rule for each in there} <= {"LAD202", "LAD201", "LAD504"}
    assert all(each.witness for each in found if each.forbidden)
    assert "LAD504" not in {each.rule for each in there} or effect == "replaces"


def test_items_of_a_list_are_held_against_the_plain_value() -> None:
    """A list of one takes what its items take."""
    (found,) = forbidden(query(schema=TEXT), query(schema=many(WHOLE)))

    assert (found.rule, found.path) == ("LAD201", "POST /a > query q")
    assert found.witness


def form(media: str = "multipart/form-data", **encoding: Json) -> Json:
    parts = record(a=TEXT, b=record(c=TEXT))
    content = {media: {"schema": parts, **({"encoding": encoding} if encoding else {})}}
    return api({"requestBody": {"content": content}})


def at_servers(*urls: str) -> Json:
    return api({}, servers=[{"url": each} for each in urls])


def of_type(*types: str) -> Json:
    return form(a={"contentType": ", ".join(types)})


SAME: dict[str, tuple[Json, Json]] = {
    "a host is read in any case": (at_servers("https://A.b/C"), at_servers("HTTPS://a.B/C")),
    "the usual port goes without saying": (
        at_servers("https://a/b", "http://a"),
        at_servers("https://a:443/b", "http://a:80/"),
    ),
    "deepObject is written in one way": (
        query(schema=record(a=TEXT), style="deepObject"),
        query(schema=record(a=TEXT), style="deepObject", explode=True),
    ),
    "a text of a path is not empty": (
        in_path(schema=TEXT),
        in_path(schema={**TEXT, "minLength": 1}),
    ),
    "a part is of the type that it is of anyway": (
        form(),
        form(a={"contentType": "text/plain"}, b={"contentType": "application/json"}),
    ),
    "JSON in a part is UTF-8": (
        form(b={"contentType": "application/json"}),
        form(b={"contentType": "application/json; charset=utf-8"}),
    ),
    "parameters of a media type have no order": (
        taken({'application/json; v="1"; a=b': TEXT}),
        taken({"application/json;a=b;v=1": TEXT}),
    ),
    "only forms have parts": (form(JSON), form(JSON, a={"contentType": "image/png"})),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_written_alike_is_no_change(name: str) -> None:
    old, new = SAME[name]

    assert compare(old, new).findings == compare(new, old).findings == ()


OTHER: dict[str, tuple[Json, Json, str]] = {
    "a path is read in its case": (at_servers("https://a/B"), at_servers("https://a/b"), "LAD404"),
    "another port": (at_servers("https://a"), at_servers("https://a:80"), "LAD404"),
    "a longer text of a path": (
        in_path(schema=TEXT),
        in_path(schema={**TEXT, "minLength": 2}),
        "LAD205",
    ),
    "an empty text in a query": (
        query(schema=TEXT, allowEmptyValue=True),
        query(schema={**TEXT, "minLength": 1}, allowEmptyValue=True),
        "LAD205",
    ),
    "one type of a part in the place of many": (of_type("image/*"), of_type("image/png"), "LAD515"),
    "numbers and texts of another list": (
        query(schema={"enum": [1, 2]}),
        query(schema={"enum": ["1", "3"]}),
        "LAD302",
    ),
}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_nearly_written_alike_breaks_clients(name: str) -> None:
    old, new, rule = OTHER[name]

    assert [each.rule for each in forbidden(old, new)] == [rule]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (query(schema={"enum": [1, 2]}), query(schema={"enum": ["1", "2"]})),
        (query(schema={"type": "boolean"}), query(schema={"enum": ["true", "false"]})),
        (query(schema=many({"enum": [1, 2]})), query(schema=many({"enum": ["1", "2"]}))),
        (promised(schema={"enum": [1, 2]}), promised(schema={"enum": ["1", "2"]})),
    ],
)
def test_listed_values_are_compared_as_the_texts_they_are_sent_as(old: Json, new: Json) -> None:
    """That they are of another type is stated: generated code is another one."""
    for pair in ((old, new), (new, old)):
        (found,) = compare(*pair, promise=Compatibility.FULL).findings
        assert (found.rule, found.effect.word) == ("LAD201", "none")


def test_a_content_type_of_a_part_may_become_a_range() -> None:
    verdict = compare(of_type("image/png"), of_type("image/*"))

    assert (verdict.outcome, [e.rule for e in verdict.findings]) == ("compatible", ["LAD514"])


def test_a_server_with_variables_answers_for_what_they_may_be() -> None:
    """It is undecided what they are, and not that the address is gone."""
    free = api({}, servers=[{"url": "https://{r}.x", "variables": {"r": {"default": "a"}}}])
    verdict = compare(at_servers("https://a.x"), free)

    assert (verdict.outcome, {e.rule for e in verdict.findings}) == (
        "unknown",
        {"LAD405", "LAD903"},
    )
    assert [each.rule for each in forbidden(at_servers("https://a/x"), free)] == ["LAD404"]
    assert [each.rule for each in forbidden(free, at_servers("https://a.x"))] == ["LAD404"]


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_a_number_beside_any_text_is_such_a_text(word: str) -> None:
    """As an alternative of a parameter it comes and goes; in a body it is a type of its own."""
    both = {word: [TEXT, WHOLE]}
    for pair in (
        (query(schema=TEXT), query(schema=both)),
        (query(schema=both), query(schema=TEXT)),
    ):
        (found,) = compare(*pair, promise=Compatibility.FULL).findings
        assert (found.rule in {"LAD311", "LAD312"}, found.effect.word) == (True, "none")
    assert [e.rule for e in forbidden(taken({JSON: both}), taken({JSON: TEXT}))] == ["LAD312"]
    narrow = query(schema={**TEXT, "maxLength": 3})
    assert "LAD312" in {e.rule for e in forbidden(query(schema=both), narrow)}


DIGITS: Json = {**TEXT, "pattern": "^[0-9]+$"}


def in_a_form(page: Json) -> Json:
    return taken({"application/x-www-form-urlencoded": record(page=page)})


def in_header(schema: Json) -> Json:
    return api({"parameters": [{"name": "q", "in": "header", "schema": schema}]}, "/a")


def in_cookie(schema: Json) -> Json:
    return api({"parameters": [{"name": "q", "in": "cookie", "schema": schema}]}, "/a")


def by_name(schema: Json) -> Json:
    return {**query(schema=ref("Q")), "components": {"schemas": {"Q": schema}}}


def by_name_in_a_list(schema: Json) -> Json:
    return {**query(schema=many(ref("Q"))), "components": {"schemas": {"Q": schema}}}


AS_TEXT: dict[str, Callable[[Json], Json]] = {
    "in the query": lambda schema: query(schema=schema),
    "in the path": lambda schema: in_path(schema=schema),
    "in a header": in_header,
    "in a cookie": in_cookie,
    "by name": by_name,
    "by name, in a list": by_name_in_a_list,
    "in a list": lambda schema: query(schema=many(schema)),
    "in a list named as PHP does": lambda schema: asking({"name": "q[]", "schema": many(schema)}),
    "in an exploded object": lambda schema: query(schema=record(page=schema)),
    "in a deep object": lambda schema: query(schema=record(page=schema), style="deepObject"),
    "in a form": in_a_form,
    "under a condition": lambda schema: query(schema={**schema, "not": {"const": "no"}}),
}


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("place", AS_TEXT)
def test_a_number_that_is_sent_as_text_may_be_two_of_exclusive_texts(
    place: str, content: Content
) -> None:
    """Whatever objects carry, "1" is of digits and a text, and the provider takes one alone."""
    put, exclusive = AS_TEXT[place], {"oneOf": [DIGITS, TEXT]}
    policy = Policy(content=content)

    for number in (WHOLE, {"type": "number"}, {"anyOf": [WHOLE, {"type": "boolean"}]}):
        verdict = prove(compare(put(number), put(exclusive), policy=policy))
        broken = [each for each in verdict.findings if each.forbidden]
        assert [(each.rule, bool(each.witness)) for each in broken] == [("LAD315", True)]


def test_alternatives_of_equal_words_are_told_apart_by_their_patterns() -> None:
    """Two of text that came, or went, are two findings that a reader can tell from each other."""
    pair = query(schema=WHOLE), query(schema={"anyOf": [DIGITS, TEXT]})
    for old, new, word in ((*pair, "added"), (*pair[::-1], "removed")):
        reasons = [each.reason for each in compare(old, new).findings]
        assert sum(each.startswith(f"alternative string {word}") for each in reasons) == 1
        told = f"alternative string of the pattern `^[0-9]+$` {word}"
        assert sum(each.startswith(told) for each in reasons) == 1


@pytest.mark.parametrize("place", AS_TEXT)
def test_a_number_that_is_sent_as_text_may_be_one_of_several_texts(place: str) -> None:
    """What takes any number of them, and what has one text alone, takes each number still."""
    put = AS_TEXT[place]

    for texts in ({"anyOf": [DIGITS, TEXT]}, {"oneOf": [WHOLE, TEXT]}):
        assert compare(put(WHOLE), put(texts)).outcome is Outcome.COMPATIBLE


def test_a_header_of_an_answer_that_may_be_two_of_exclusive_texts_is_shown() -> None:
    """A client of the new version refuses the number; so it does one in a list."""

    def answers(schema: Json) -> Json:
        said = {"description": "It.", "headers": {"Count": {"schema": schema}}}
        return api({"responses": {"200": said}}, "/a")

    exclusive = {"oneOf": [DIGITS, TEXT]}
    for pair in ((WHOLE, exclusive), (many(WHOLE), many(exclusive))):
        found = prove(compare(*map(answers, pair), promise=Compatibility.FULL)).findings
        assert {each.rule for each in found if each.forbidden and each.witness} >= {"LAD315"}


def test_exclusive_texts_that_change_are_undecided_where_numbers_were_sent() -> None:
    """What was exclusive remains so, and a number may be two of the texts all the same."""
    old, new = {"oneOf": [WHOLE, {"type": "boolean"}]}, {"oneOf": [DIGITS, TEXT]}

    (found,) = (e for e in compare(query(schema=old), query(schema=new)).findings if e.counts)
    assert (found.rule, found.undecided) == ("LAD902", True)
    # In JSON a number is no text, whatever alternatives say.
    assert {e.rule for e in forbidden(taken({JSON: old}), taken({JSON: new}))} == {"LAD312"}


LOGIN: Json = {
    "type": "oauth2",
    "flows": {"clientCredentials": {"tokenUrl": "https://t.x", "scopes": {"read": "r"}}},
}


def calling_back(root: list[Json] | None, own: list[Json] | None = None) -> Json:
    """An API with a callback and a webhook, which says `own` itself."""
    called = {"responses": OK} if own is None else {"responses": OK, "security": own}
    said = {} if root is None else {"security": root}
    back = {"done": {"{$request.body#/url}": {"post": {"responses": OK}}}}
    schemes = {"securitySchemes": {"login": LOGIN}}
    hooks = {"moved": {"post": called}}
    return api({"callbacks": back}, webhooks=hooks, components=schemes, **said)


def test_what_the_root_asks_for_is_asked_of_who_calls_the_api() -> None:
    """So it says nothing of what the provider presents in a webhook or callback."""
    read, nothing = [{"login": ["read"]}], [{"login": []}]
    looser = compare(calling_back(read), calling_back(nothing))
    (found,) = looser.findings

    assert (looser.outcome, found.rule, found.path) == ("compatible", "LAD531", "POST /a/{id}")
    own = calling_back(None)
    own["paths"]["/a/{id}"]["post"]["security"] = read
    assert not compare(own, calling_back(read), promise=Compatibility.FULL).findings


def test_what_a_webhook_presents_is_looked_at_by_clients() -> None:
    read, less = [{"login": ["read"]}], [{"login": []}]
    (found,) = forbidden(calling_back(None, read), calling_back(None, less))

    assert (found.rule, found.witness and found.witness.writer) == ("LAD531", "new")
    assert "clients in use refuse what the provider presents" in found.reason
    assert not forbidden(calling_back(None, less), calling_back(None, read))
    silent = compare(calling_back(read, read), calling_back(read))
    assert (silent.outcome, [e.rule for e in silent.findings]) == ("unknown", ["LAD531"])


def test_a_parameter_that_is_gone_is_shown_by_a_request_that_carries_it() -> None:
    """Without it there is nothing to be seen: its default was what the provider took."""
    (found,) = forbidden(query(schema={**TEXT, "default": "z"}), api({}, "/a"))

    assert found.rule == "LAD502"
    assert found.witness
    assert found.witness.value["path"].startswith("/a?q=")  # type: ignore[index, call-overload, union-attr]


def test_a_value_of_a_discriminator_is_shown_by_a_message_that_has_it() -> None:
    old = taken({JSON: either("Cat", "Dog", x="Cat", y="Dog")}, Cat=CAT, Dog=DOG)
    new = taken({JSON: either("Cat", "Dog", x="Dog", y="Cat")}, Cat=CAT, Dog=DOG)
    kinds = {each.change.what: each.witness for each in forbidden(old, new)}

    shown = {value: each and each.value["body"]["kind"] for value, each in kinds.items()}  # type: ignore[index, call-overload]
    assert shown == {"x": "x", "y": "y"}


def test_a_mapping_leaves_the_names_of_components_free() -> None:
    """Without one they are what a message says."""
    for said in ({"x": "Cat", "y": "Dog"}, {}):
        old = taken({JSON: either("Cat", "Dog", **said)}, Cat=CAT, Dog=DOG)
        now = {key: each.replace("Cat", "Lion") for key, each in said.items()}
        new = taken({JSON: either("Lion", "Dog", **now)}, Lion=CAT, Dog=DOG)
        rules = [each.rule for each in compare(old, new, promise=Compatibility.FULL).findings]

        assert set(rules) == (set() if said else {"LAD314"})
    old = taken({JSON: either("Cat", "Dog", x="Cat", y="Dog")}, Cat=CAT, Dog=DOG)
    other = taken({JSON: either("Lion", "Dog", z="Lion", y="Dog")}, Lion=CAT, Dog=DOG)
    assert {e.change.what for e in forbidden(old, other)} == {"x"}


def test_a_mapping_says_what_names_say_without_one() -> None:
    """Three spellings of the same values follow each other in any order."""
    plain = taken({JSON: either("Cat", "Dog")}, Cat=CAT, Dog=DOG)
    told = taken({JSON: either("Cat", "Dog", Cat="Cat", Dog="Dog")}, Cat=CAT, Dog=DOG)
    renamed = taken({JSON: either("Lion", "Dog", Cat="Lion", Dog="Dog")}, Lion=CAT, Dog=DOG)

    for pair in itertools.permutations((plain, told, renamed), 2):
        assert not compare(*pair, promise=Compatibility.FULL).findings
    unmapped = taken({JSON: either("Lion", "Dog")}, Lion=CAT, Dog=DOG)
    other = taken({JSON: either("Lion", "Dog", x="Lion", Dog="Dog")}, Lion=CAT, Dog=DOG)
    for old in (plain, told, renamed):
        for new in (unmapped, other):
            assert {each.change.what for each in forbidden(old, new)} == {"Cat"}


def test_a_type_that_is_written_out_where_it_was_used_is_edited_once() -> None:
    """One edit is one finding, with all its places."""

    def everywhere(schema: Json, **schemas: Json) -> Json:
        whole = given({JSON: schema}, **schemas)
        item = whole["paths"].pop("/a/{id}")
        return {**whole, "paths": {f"/{name}/{{id}}": item for name in "abcd"}}

    old = everywhere(ref("Cat"), Cat=CAT)
    loose = {**CAT, "required": []}
    found = compare(old, everywhere(loose)).findings

    assert sorted(each.path.rpartition(" > ")[2] for each in found) == ["claws", "kind"]
    assert {each.change.places for each in found} == {4}
    assert all(len({p[0] for p in (e.change.path, *e.change.elsewhere)}) == 4 for e in found)
    mixed = everywhere(loose)
    mixed["paths"]["/b/{id}"] = everywhere(CAT)["paths"]["/b/{id}"]
    assert {each.change.places for each in compare(old, mixed).findings} == {3}


def with_default(name: str, *, cat: Json = CAT, **mapping: str) -> Json:
    choice = either("Cat", "Dog", **mapping)
    choice["discriminator"]["defaultMapping"] = name
    return taken({JSON: choice}, Cat=cat, Dog=DOG)


def test_alternatives_are_judged_beside_the_one_of_messages_that_name_none() -> None:
    """OpenAPI 3.2, `defaultMapping`: which it is stays undecided where that changes."""
    old = with_default("Dog", x="Cat")
    other = record("kind", "claws", kind=TEXT, claws=WHOLE)

    assert not compare(old, with_default("Dog", x="Cat")).findings
    assert [e.rule for e in forbidden(old, with_default("Dog", cat=other, x="Cat"))] == ["LAD201"]
    for new in (
        with_default("Cat", x="Cat"),
        with_default("Dog"),
        with_default("Dog", x="Dog"),
        taken({JSON: either("Cat", "Dog", x="Cat")}, Cat=CAT, Dog=DOG),
    ):
        for pair in ((old, new), (new, old)):
            found = compare(*pair, promise=Compatibility.FULL)
            assert found.outcome != "compatible"
            assert {each.rule for each in found.findings} == {"LAD314"}
    choice = either("Cat", "Hound", x="Cat")
    choice["discriminator"]["defaultMapping"] = "Hound"
    renamed = taken({JSON: choice}, Cat=CAT, Hound=DOG)
    assert not compare(old, renamed, promise=Compatibility.FULL).findings


@pytest.mark.parametrize("is_named", [False, True])
def test_a_parameter_that_an_object_carried_is_not_taken_for_a_new_one(*, is_named: bool) -> None:
    """Clients send it already, as a property of an object that is written out in the query."""
    some = {"type": "object", "properties": {"x": {"type": "string"}}}

    def api(*parameters: Any) -> dict[str, Any]:
        answers = {"200": {"description": "Done."}}
        return {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"parameters": [*parameters], "responses": answers}}},
            "components": {"schemas": {"F": some} if whole in parameters else {}},
        }

    whole: dict[str, Any] = {"name": "f", "in": "query"}
    whole["schema"] = {"$ref": "#/components/schemas/F"} if is_named else some
    asked = {**whole, "schema": {**some, "required": ["x"]}}
    apart = {"name": "x", "in": "query", "schema": {"type": "integer"}}
    other = {"name": "y", "in": "query", "schema": {"type": "integer"}}

    for promise in (Compatibility.BACKWARD, Compatibility.FORWARD):
        for pair in (api(whole), api(whole, apart)), (api(whole, apart), api(whole)):
            assert compare(*pair, promise=promise).outcome is Outcome.UNKNOWN
        for pair in (api(asked), api(apart)), (api(apart), api(asked)):
            found = compare(*pair, promise=promise).findings
            assert any(each.undecided and "of the object `f`" in each.reason for each in found)
    grown = compare(api(whole), api(whole, other), promise=Compatibility.BACKWARD)
    assert grown.outcome is Outcome.COMPATIBLE


def asking(*parameters: Json) -> Json:
    return api({"parameters": [{"in": "query", **each} for each in parameters]}, "/a")


def filters(*required: str, **said: Any) -> Json:
    """An object that is written out in the query: its own name is on no wire."""
    whole = record(*required, page=WHOLE, port=TEXT)
    return {"name": "filter", "schema": {**whole, **said}, "required": bool(required)}


PAGE: Json = {"name": "page", "schema": WHOLE}
PORT: Json = {"name": "port", "schema": TEXT}
WRITTEN_OUT: dict[str, tuple[Json, Json]] = {
    "properties that may be missing": (asking(filters()), asking(PAGE, PORT)),
    "properties of a closed object": (
        asking(filters(additionalProperties=False)),
        asking(PAGE, PORT),
    ),
    "a property that is asked for": (
        asking(filters("port")),
        asking(PAGE, {**PORT, "required": True}),
    ),
    "properties beside another parameter": (
        asking(filters(), {"name": "sort", "schema": TEXT}),
        asking(PAGE, PORT, {"name": "sort", "schema": TEXT}),
    ),
}


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_an_object_in_the_query_is_the_parameters_that_its_properties_are(name: str) -> None:
    """OpenAPI 3.1.1, "Style Examples": on the wire the two are the same."""
    for pair in (WRITTEN_OUT[name], WRITTEN_OUT[name][::-1]):
        assert not compare(*pair, promise=Compatibility.FULL).findings


BROKEN_OUT: dict[str, tuple[Json, Json, str]] = {
    "a property of another type": (
        asking(filters()),
        asking({"name": "page", "schema": {"type": "boolean"}}, PORT),
        "LAD201",
    ),
    "a parameter of another type": (
        asking({"name": "page", "schema": {"type": "boolean"}}, PORT),
        asking(filters()),
        "LAD201",
    ),
    "a property that is asked for now": (
        asking(filters()),
        asking(PAGE, {**PORT, "required": True}),
        "LAD503",
    ),
    "a parameter that is asked for now": (asking(PAGE, PORT), asking(filters("port")), "LAD503"),
    "a property that is no parameter": (asking(filters()), asking(PAGE), "LAD502"),
    "a parameter that is no property": (
        asking(PAGE, PORT, {"name": "sort", "schema": TEXT}),
        asking(filters()),
        "LAD502",
    ),
}


@pytest.mark.parametrize("name", BROKEN_OUT)
def test_an_object_in_the_query_breaks_as_the_parameters_do(name: str) -> None:
    """One of another type, one that is asked for, and one that is gone break clients."""
    old, new, rule = BROKEN_OUT[name]

    assert [each.rule for each in forbidden(old, new)] == [rule]


@pytest.mark.parametrize(
    "said",
    [
        {"required": ["port"]},
        {"minProperties": 1},
        {"additionalProperties": TEXT},
        {"properties": {"page": WHOLE, "port": many(TEXT)}},
        {"dependentRequired": {"page": ["port"]}},
    ],
    ids=str,
)
def test_an_object_that_says_more_than_its_properties_stays_undecided(said: Json) -> None:
    """No parameter says that a number of them has to be there, or how lists within it are sent."""
    whole, apart = asking(filters(**said)), asking(PAGE, PORT)

    for pair in ((whole, apart), (apart, whole)):
        found = compare(*pair, promise=Compatibility.FULL).findings
        assert any(each.undecided and "of the object `filter`" in each.reason for each in found)


def some_filter(*required: str, asked: bool = False, **said: Any) -> Json:
    """An exploded object of the properties that are named in `said`; its other words with them."""
    named = {key: each for key, each in said.items() if key in {"b", "c", "d"}}
    words = {key: each for key, each in said.items() if key not in named}
    return {"name": "f", "required": asked, "schema": {**record(*required, **named), **words}}


def outcome(
    old: Json,
    new: Json,
    promise: Compatibility = Compatibility.BACKWARD,
    content: Content = Content.LENIENT,
) -> Outcome:
    return compare(old, new, promise=promise, policy=Policy(content=content)).outcome


CLOSED: Json = {"additionalProperties": False}
OVERLOOKED: dict[str, tuple[Json, Json, str]] = {
    "of an open object": (
        asking(some_filter("b", asked=True, b=WHOLE, c=WHOLE)),
        asking(some_filter(asked=True, c=WHOLE)),
        "unknown",
    ),
    "that may be missing": (
        asking(some_filter(asked=True, b=WHOLE, c=WHOLE)),
        asking(some_filter(asked=True, c=WHOLE)),
        "unknown",
    ),
    "of a closed object": (
        asking(some_filter(asked=True, b=WHOLE, c=WHOLE, **CLOSED)),
        asking(some_filter(asked=True, c=WHOLE, **CLOSED)),
        "incompatible",
    ),
    "of an alternative": (
        asking({**some_filter(asked=True), "schema": {"anyOf": [record(b=WHOLE, c=WHOLE), CAT]}}),
        asking({**some_filter(asked=True), "schema": {"anyOf": [record(c=WHOLE), CAT]}}),
        "unknown",
    ),
    "that is not declared": (
        asking(some_filter(asked=True, additionalProperties=WHOLE)),
        asking(some_filter(asked=True, c=WHOLE)),
        "unknown",
    ),
}


@pytest.mark.parametrize("name", OVERLOOKED)
def test_a_property_that_readers_pass_over_is_nothing_of_an_object_of_the_query(name: str) -> None:
    """It may come alone, and the object that has to be there is not there then, either way."""
    old, new, expected = OVERLOOKED[name]

    assert outcome(old, new, content=Content.TOLERANT_READER) == expected
    mirrored = outcome(new, old, Compatibility.FORWARD, Content.TOLERANT_READER)
    assert mirrored == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (some_filter(b=WHOLE, c=WHOLE), some_filter(c=WHOLE)),
        (some_filter("c", asked=True, b=WHOLE, c=WHOLE), some_filter(asked=True, c=WHOLE)),
        (some_filter(asked=True, c=WHOLE), some_filter(asked=True, b=WHOLE, c=WHOLE)),
    ],
    ids=["it may be missing", "something else comes", "nothing is passed over"],
)
def test_an_object_of_the_query_is_not_missed(old: Json, new: Json) -> None:
    """Where it may be missing, or never comes without what its reader knows."""
    assert outcome(asking(old), asking(new), content=Content.TOLERANT_READER) == "compatible"


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize(
    "said",
    [
        some_filter("c", b=WHOLE, c=WHOLE),
        some_filter(asked=True, b=WHOLE, c=WHOLE),
        some_filter(b=WHOLE, c=WHOLE, maxProperties=1),
        some_filter("b", b=WHOLE, c=WHOLE, asked=True, minProperties=2),
    ],
    ids=["asks if it is there", "asks for one", "has no more than one", "asks for two"],
)
def test_an_object_of_the_query_in_parts_is_not_lost(said: Json, content: Content) -> None:
    """Its properties are read still; what else it says is undecided, and no break."""
    parts = [{"name": name, "schema": WHOLE} for name in ("b", "c")]
    asked = [{**each, "required": said["required"]} for each in parts]

    assert outcome(asking(said), asking(*parts), content=content) is Outcome.UNKNOWN
    assert outcome(asking(*asked), asking(said), content=content) is Outcome.UNKNOWN
    lost = compare(asking(said), asking(parts[0])).findings
    assert "LAD502" in {each.rule for each in lost if each.forbidden}


def test_an_object_of_the_query_that_is_asked_for_is_missed_where_no_part_of_it_was() -> None:
    """A request without any of them was fine, and is refused: that is sure."""
    parts = [{"name": name, "schema": WHOLE} for name in ("b", "c")]
    asked = some_filter(asked=True, b=WHOLE, c=WHOLE)

    for old, new, promise in (
        (asking(*parts), asking(asked), Compatibility.BACKWARD),
        (asking(asked), asking(*parts), Compatibility.FORWARD),
    ):
        found = prove(compare(old, new, promise=promise)).findings
        assert [bool(each.witness) for each in found if each.forbidden] == [True]


SHARED: Json = {"components": {"schemas": {"F": record(c=WHOLE)}}}
ASKED: Json = {"components": {"schemas": {"F": record("c", c=WHOLE)}}}
OF_ONE: dict[str, tuple[Json, Json]] = {
    "an open object": (asking(some_filter(c=WHOLE)), asking(some_filter("c", c=WHOLE))),
    "one that is asked for": (
        asking(some_filter(asked=True, c=WHOLE)),
        asking(some_filter("c", asked=True, c=WHOLE)),
    ),
    "one that gets another property": (
        asking(some_filter(c=WHOLE)),
        asking(some_filter("c", c=WHOLE, d=WHOLE)),
    ),
    "one by name": (
        {**asking({"name": "f", "schema": ref("F")}), **SHARED},
        {**asking({"name": "f", "schema": ref("F")}), **ASKED},
    ),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_an_object_of_the_query_is_not_there_without_its_only_property(name: str) -> None:
    """To ask for it refuses nothing that is written; to the letter an open one may have others."""
    old, new = OF_ONE[name]

    for content in (Content.LENIENT, Content.TOLERANT_READER):
        assert outcome(old, new, content=content) == "compatible"
        assert outcome(new, old, Compatibility.FORWARD, content) == "compatible"
    strict = prove(compare(old, new, policy=Policy(content=Content.STRICT))).findings
    assert ("LAD104", True) in [(e.rule, bool(e.witness)) for e in strict if e.forbidden]


def test_a_closed_object_of_the_query_is_not_there_without_its_only_property() -> None:
    """To the letter too: it has no other."""
    old, new = (asking(some_filter(*each, c=WHOLE, **CLOSED)) for each in ((), ("c",)))
    assert outcome(old, new, Compatibility.FULL, Content.STRICT) == "compatible"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([some_filter(c=WHOLE, d=WHOLE)], [some_filter("c", c=WHOLE, d=WHOLE)]),
        (
            [{**some_filter(c=WHOLE), "style": "spaceDelimited", "explode": False}],
            [{**some_filter("c", c=WHOLE), "style": "spaceDelimited", "explode": False}],
        ),
        (
            [some_filter(c=WHOLE), {"name": "g", "schema": record(d=WHOLE)}],
            [some_filter("c", c=WHOLE), {"name": "g", "schema": record(d=WHOLE)}],
        ),
        (
            [some_filter(c=WHOLE, additionalProperties=WHOLE)],
            [some_filter("c", c=WHOLE, additionalProperties=WHOLE)],
        ),
    ],
    ids=["has another", "has a name", "stands beside one", "has any others"],
)
def test_an_object_of_the_query_may_be_there_without_a_property_that_is_asked_for(
    old: list[Json], new: list[Json]
) -> None:
    """With another property, or under its own name, it comes without it and is refused."""
    assert "LAD104" in {each.rule for each in forbidden(asking(*old), asking(*new))}


def test_a_property_of_a_query_is_asked_for_where_its_type_is_a_body_too() -> None:
    """By one name they are two findings: the body may be an empty object."""

    def both(schemas: Json) -> Json:
        body = {"content": {JSON: {"schema": ref("F")}}}
        place = {"name": "f", "in": "query", "schema": ref("F")}
        return api({"parameters": [place], "requestBody": body}, "/a", **schemas)

    (found,) = forbidden(both(SHARED), both(ASKED))
    assert (found.rule, "body" in found.path) == ("LAD104", True)


def test_a_unit_that_changes_beside_what_is_asked_for_is_another_finding() -> None:
    """The only property of an object of the query means something else, asked for or not."""
    old, new = (
        asking(some_filter(*each, c={**WHOLE, "x-unit": unit}))
        for each, unit in (((), "kg"), (("c",), "lb"))
    )
    assert {each.rule for each in forbidden(old, new)} == {"LAD806"}


@pytest.mark.parametrize("style", ["form", "deepObject"])
def test_a_number_in_an_object_of_the_query_is_a_text_as_a_plain_one_is(style: str) -> None:
    """ "5" is sent for both; not every text is a number."""
    number, text = (
        asking({"name": "f", "style": style, "explode": True, "schema": record(page=each)})
        for each in (WHOLE, TEXT)
    )

    assert compare(number, text, promise=Compatibility.BACKWARD).compatible
    (found,) = forbidden(text, number)
    assert (found.rule, bool(found.witness)) == ("LAD201", True)


def reached_by(*places: tuple[str, str, Json]) -> Json:
    """Operations by method, the name of the parameter in the path, and its schema."""
    paths: Json = {}
    for method, name, schema in places:
        place = {"name": name, "in": "path", "required": True, "schema": schema}
        item = paths.setdefault(f"/a/{{{name}}}", {})
        item[method] = {"parameters": [place], "responses": OK}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}


def test_paths_that_one_request_fits_go_by_how_they_are_written() -> None:
    """OpenAPI has no such two; where both versions have the same ones, each answers itself."""
    old = reached_by(("get", "id", WHOLE), ("get", "name", TEXT))

    assert not compare(old, old, promise=Compatibility.FULL).problems
    assert not compare(old, {**old, "tags": []}, promise=Compatibility.FULL).findings
    narrow = reached_by(("get", "id", WHOLE), ("get", "name", WHOLE))
    (found,) = forbidden(old, narrow)
    assert (found.rule, found.change.path[0]) == ("LAD201", "GET /a/{name}")


@pytest.mark.parametrize(
    "others",
    [
        reached_by(("get", "id", WHOLE)),
        reached_by(("get", "id", WHOLE), ("get", "code", TEXT)),
        reached_by(("get", "id", WHOLE), ("get", "name", TEXT), ("get", "code", TEXT)),
    ],
    ids=["one", "others", "more"],
)
def test_which_path_answers_is_undecided_where_the_versions_have_others(others: Json) -> None:
    """Nobody says which of the two a request reached, so no one of them is called gone."""
    old = reached_by(("get", "id", WHOLE), ("get", "name", TEXT))

    for pair in ((old, others), (others, old)):
        verdict = compare(*pair, promise=Compatibility.FULL)
        assert verdict.outcome is Outcome.UNKNOWN
        assert {each.rule for each in verdict.findings} == {"LAD903"}
        assert any("`GET /a/{id}` and `GET /a/{name}`" in each.reason for each in verdict.findings)


def test_paths_of_different_methods_are_no_two_that_a_request_fits() -> None:
    """The names of parameters in paths are on no wire."""
    old = reached_by(("get", "id", WHOLE), ("post", "name", TEXT))
    new = reached_by(("get", "id", WHOLE), ("post", "id", TEXT))
    verdict = compare(old, new, promise=Compatibility.FULL)

    assert (verdict.outcome, verdict.findings) == (Outcome.COMPATIBLE, ())


def reading(*scopes: str) -> Json:
    return {"login": list(scopes)}


KEY: Json = {"key": []}


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ([reading("r")], [reading("r", "w")], "grant `w` to every client first"),
        ([reading("r"), KEY], [reading("r", "w"), KEY], "grant `w` to every client first"),
        ([reading("r")], [KEY], "keep `login[r]` as an alternative"),
        ([reading("r"), KEY], [reading("r")], "keep `key` as an alternative"),
        ([reading("r")], [reading("r") | KEY], "keep `login[r]` as an alternative"),
        ([], [KEY], "go on letting clients in without credentials"),
        ([{}, KEY], [KEY], "go on letting clients in without credentials"),
        ([reading("r", "w")], [reading("r")], "have every provider ask for no more than this"),
    ],
)
def test_who_is_shut_out_says_how_to_let_clients_in(
    old: list[Json], new: list[Json], advice: str
) -> None:
    """A further scope is nothing to offer beside the scheme that has it, nor is a way that went."""
    schemes = {"login": LOGIN, "key": {"type": "apiKey", "in": "header", "name": "k"}}
    versions = [
        api({"security": each}, components={"securitySchemes": schemes}) for each in (old, new)
    ]
    (found,) = compare(*versions, promise=Compatibility.FULL).findings

    assert found.rule == "LAD531"
    assert found.fix is not None
    assert found.fix.startswith(advice)
