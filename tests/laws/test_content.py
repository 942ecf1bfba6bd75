"""What objects carry: each policy's promise, with jsonschema-rs as the reader.

A policy is a transformation of the two schemas: who writes writes by the one, who reads reads by
the other. Where a verdict is `compatible`, all that the writer's admits the reader's admits.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lading.compat import Content, Effect, Finding, Outcome, Policy, judge
from lading.model.contract import Compatibility
from strategies import condition_pairs, content_data, content_pairs, json_contract, json_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
BACKWARD, FORWARD = Compatibility.BACKWARD, Compatibility.FORWARD
STRICT, LENIENT, TOLERANT = Content
FILLED = Policy(defaults_fill=True)

pairs = content_pairs() | content_pairs() | content_pairs() | json_pairs() | condition_pairs()
by_content = pytest.mark.parametrize("content", Content)
by_fill = pytest.mark.parametrize("fill", [False, True])


def judged(old: Any, new: Any, policy: Policy, promise: Compatibility = BACKWARD) -> Outcome:
    return judge(json_contract(old), json_contract(new), promise, policy=policy).outcome


def admits(schema: Any, instance: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(schema).is_valid(instance)


def shape(schema: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """`schema` with every object in it changed; conditions stay to the letter."""
    if not isinstance(schema, dict):
        return schema
    found = dict(schema)
    for word in ("items", "additionalProperties", "unevaluatedProperties"):
        if isinstance(found.get(word), dict):
            found[word] = shape(found[word], change)
    for word in ("anyOf", "oneOf", "prefixItems"):
        if word in found:
            found[word] = [shape(each, change) for each in found[word]]
    for word in ("properties", "patternProperties", "$defs"):
        if word in found:
            found[word] = {name: shape(each, change) for name, each in found[word].items()}
    return change(found) if found.get("type") == "object" else found


def closed(node: dict[str, Any]) -> dict[str, Any]:
    """What is written: declared properties only; a free-form object is what it is."""
    names = {*node.get("properties", {}), *node.get("required", ())}
    rest = node.get("additionalProperties", node.get("unevaluatedProperties", True))
    if rest is not True or not names:
        return node
    declared = dict.fromkeys(names, True) | node.get("properties", {})
    return node | {"properties": declared, "additionalProperties": False}


def opened(node: dict[str, Any]) -> dict[str, Any]:
    """What is read: declared properties, and all others are passed over."""
    words = ("additionalProperties", "unevaluatedProperties")
    return {key: each for key, each in node.items() if not (key in words and each is False)}


def chosen(schema: Any) -> Any:
    """Of exclusive alternatives a reader that minds less takes one that fits."""
    if isinstance(schema, list):
        return [chosen(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: chosen(each) for key, each in schema.items()}
    return found | {"anyOf": found.pop("oneOf")} if "oneOf" in found else found


def lifted(node: dict[str, Any]) -> dict[str, Any]:
    """A required property with a default that fits need not be there."""
    properties = node.get("properties", {})
    filled = {
        name
        for name, each in properties.items()
        if isinstance(each, dict) and "default" in each and admits(each, each["default"])
    }
    return node | {"required": [name for name in node.get("required", ()) if name not in filled]}


def writes(policy: Policy, old: Any) -> Any:
    """What writers of `old` write: valid, and as `policy` takes for granted."""
    return old if policy.content is STRICT else {"allOf": [old, shape(old, closed)]}


def reads(policy: Policy, new: Any) -> Any:
    """What readers of `new` read."""
    found = chosen(shape(new, lifted)) if policy.defaults_fill else new
    return chosen(shape(found, opened)) if policy.content is TOLERANT else found


@by_content
@by_fill
@SETTINGS
@given(data=st.data())
def test_what_is_written_is_read(content: Content, fill: bool, data: st.DataObject) -> None:
    """Where it is compatible, readers of the new version read what writers of the old write."""
    policy = Policy(content=content, defaults_fill=fill)
    old, new = data.draw(pairs)
    assume(old != new and judged(old, new, policy) is Outcome.COMPATIBLE)
    writer, reader = writes(policy, old), reads(policy, new)
    for instance in data.draw(st.lists(content_data(old, new), min_size=6, max_size=12)):
        assert admits(reader, instance) or not admits(writer, instance)


def small_world() -> Iterator[Any]:
    """Objects of one property at most, beside another or none, with a pattern and what rests."""
    text = {"type": "string"}
    properties: list[tuple[Any, bool]] = [
        (text, False),
        (text, True),
        (text | {"default": "A"}, True),
        (text | {"default": 1}, True),
        ({"type": "integer"}, False),
        (True, False),
        (True, True),
        (False, False),
    ]
    patterns = [{}, {"^p": text}, {"^a": {"type": "integer"}}]
    others: list[Any] = [{}, {"p": True}]
    for other, rest, pattern, said in product(
        others, [None, False, text], patterns, [None, *properties]
    ):
        found: dict[str, Any] = {"type": "object", "properties": other}
        found |= {} if rest is None else {"additionalProperties": rest}
        found |= {"patternProperties": pattern} if pattern else {}
        if said:
            schema, required = said
            found |= {"properties": other | {"a": schema}}
            found |= {"required": ["a"]} if required else {}
        yield found


WORLD = list(small_world())
VALUES = ["A", 1, None]
MESSAGES: list[Any] = [
    {name: value for name, value in zip(("a", "p", "z"), values, strict=True) if value is not ...}
    for values in product([..., *VALUES], repeat=3)
]


@by_content
@by_fill
def test_what_is_written_is_read_in_a_small_world(content: Content, fill: bool) -> None:
    """Each pair of small objects, with all messages that can tell them apart."""
    policy = Policy(content=content, defaults_fill=fill)
    contracts = [json_contract(each) for each in WORLD]
    written, read = (
        [frozenset(i for i, each in enumerate(MESSAGES) if taken(each)) for taken in side]
        for side in (
            [validator(writes(policy, each)) for each in WORLD],
            [validator(reads(policy, each)) for each in WORLD],
        )
    )
    wrong = [
        (WORLD[i], WORLD[j], MESSAGES[min(written[i] - read[j])])
        for i, j in product(range(len(WORLD)), repeat=2)
        if not written[i] <= read[j]
        and judge(contracts[i], contracts[j], BACKWARD, policy=policy).compatible
    ]
    assert wrong == []


def validator(schema: Any) -> Callable[[Any], bool]:
    return jsonschema_rs.Draft202012Validator(schema).is_valid


@by_fill
@SETTINGS
@given(data=st.data())
def test_a_stricter_policy_forbids_whatever_a_laxer_one_does(
    fill: bool, data: st.DataObject
) -> None:
    """Each finding of `tolerant-reader` does at least that under `lenient`, then `strict`."""
    old, new = map(json_contract, data.draw(pairs))
    strict, lenient, tolerant = (
        judge(old, new, BACKWARD, policy=Policy(content=each, defaults_fill=fill)).findings
        for each in Content
    )

    def within(lax: tuple[Finding, ...], firm: tuple[Finding, ...]) -> bool:
        """To the letter a property may have no value, or another type: then it is told so.

        An example that shows a break may be none that anybody writes: it is undecided then.
        """
        effects = {each.fingerprint: each.effect for each in firm}
        open_ = {key: Effect.UNKNOWN if each else Effect.NONE for key, each in effects.items()}
        both = [each for each in lax if each.fingerprint in effects]
        return all(
            each.effect in effects[each.fingerprint] | open_[each.fingerprint] for each in both
        ) and (any(each.counts for each in firm) or not any(each.counts for each in lax))

    assert within(tolerant, lenient)
    assert within(lenient, strict)


@SETTINGS
@given(data=st.data())
def test_defaults_that_fill_forbid_nothing_more(data: st.DataObject) -> None:
    """They take away, or leave undecided; they never forbid."""
    old, new = data.draw(pairs)
    plain, filled = (
        judge(json_contract(old), json_contract(new), BACKWARD, policy=each).findings
        for each in (Policy(), FILLED)
    )
    before = {each.fingerprint: each.effect & Effect.REPLACES for each in plain}
    assert all(each.effect & Effect.REPLACES in before[each.fingerprint] for each in filled)


@by_content
@by_fill
@SETTINGS
@given(data=st.data())
def test_forward_is_backward_mirrored(content: Content, fill: bool, data: st.DataObject) -> None:
    """Under every policy the new version does to old readers what the old one does to new ones."""
    old, new = data.draw(pairs)
    policy = Policy(content=content, defaults_fill=fill)
    assert judged(old, new, policy, FORWARD) is judged(new, old, policy, BACKWARD)
