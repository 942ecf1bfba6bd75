"""Rules about what is not decided. They say so; they never say that it is fine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.diff.overlap import overlapping
from lading.compat.effect import Effect
from lading.compat.rules.base import API, BY_HAND, JSON, Opinion, rule
from lading.compat.words import cut, demanded
from lading.model.pointers import written
from lading.model.schema import Condition, Opaque

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.schema import Union


@rule("LAD901", ChangeKind.OPAQUE, formats=JSON)
def keywords_undecided(change: Change) -> Opinion:
    """A schema with keywords we do not decide yet changed.

    ## What it checks
    Nodes that use keywords such as `$dynamicRef`, or `unevaluatedProperties` beside `allOf`: equal
    text is no change, anything else is undecided. So is a `not` or `if` with another schema that is
    more than listed values, simple types, or an object of the same such properties, and a
    `contains` with another schema under `maxContains`.

    So is what OpenAPI 3.0 does not have, such as `const` or a list of types, since some readers
    count it and some do not; and the form of another dialect, such as `exclusiveMinimum: true` in
    OpenAPI 3.1. A keyword that a draft of JSON Schema does not have is no keyword, and passed over.

    ## Why it breaks
    It may not. Whether it does, nobody has shown: the verdict is `unknown`, which is not a pass.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties: {seal: {type: string}}
     not:
    -  properties: {seal: {const: NONE}}
    +  properties: {seal: {const: VOID}}
       additionalProperties: false
    ```

    ## What to do instead
    Say it with properties, `enum`, limits and `anyOf`; or have someone look, and waive it with a
    reason.
    """
    nodes = change.old, change.new
    keywords = {word for node in nodes for word in _keywords(node)}
    words = ", ".join(f"`{each}`" for each in sorted(keywords))
    what = words if isinstance(change.new, Condition) else f"a schema with {words}"
    reason = f"{what} changed at {_places(change)}, which is not decided: {_why(nodes)}"
    return Opinion(Effect.UNKNOWN, reason, BY_HAND)


def _keywords(node: object) -> tuple[str, ...]:
    if isinstance(node, Condition):
        return (node.keyword,)
    return node.keywords if isinstance(node, Opaque) else ()


def _places(change: Change) -> str:
    """Where it is written: the pointer, or both where they differ."""
    pointers = (written(at.pointer) for at in (change.old_at, change.new_at) if at)
    return " and ".join(dict.fromkeys(f"#{each}" if each else "the root" for each in pointers))


def _why(nodes: tuple[object, ...]) -> str:
    lacking = {node.dialect for node in nodes if isinstance(node, Opaque) and node.dialect}
    if lacking:
        return f"{' and '.join(each.title for each in sorted(lacking))} has none like it"
    if any(isinstance(node, Condition) for node in nodes):
        return (
            "values may have to fail it, and only listed values, plain types, and open objects of "
            "them are compared there"
        )
    return "it is compared by its text alone"


@rule("LAD902", ChangeKind.OVERLAP, formats=JSON)
def overlap_undecided(change: Change) -> Opinion:
    """Exclusive alternatives that may overlap changed.

    ## What it checks
    A `oneOf` whose alternatives are not surely apart, when something in it changed. Under `lenient`
    and `tolerant-reader` objects are apart that each require a property which the others do not
    declare: nobody writes both.

    ## Why it breaks
    It may: when one alternative accepts more, a value can match two and is refused by both
    versions' "exactly one". Which values, is not decided.

    ## Example
    ```diff title="schema.yaml"
     oneOf:
    -  - {type: object, properties: {weight_kg: {type: number}}}
    +  - {type: object, properties: {weight_kg: {type: number}, weight_lb: {type: number}}}
       - {type: object, properties: {pieces: {type: integer}}}
    ```

    ## What to do instead
    Tell the alternatives apart with a discriminator or a required constant.
    """
    unions = cast("tuple[Union, Union]", (change.new, change.old))
    two = next(filter(None, map(overlapping, unions)), unions[0].branches)
    listed = "; ".join(map(demanded, two))
    reason = (
        f"exclusive alternatives changed at {_places(change)} that are not surely apart "
        f"({listed}): a value may match two of them, and be refused"
    )
    fix = "tell them apart by a discriminator or a required constant, or use anyOf"
    return Opinion(Effect.UNKNOWN, reason, fix)


@rule("LAD903", ChangeKind.API_PART, formats=API)
def api_part_undecided(change: Change) -> Opinion:
    """A part of an API changed that is not judged yet.

    ## What it checks
    Parts such as the encoding of a form, the variables in a server's URL, callbacks inside a
    callback, or how a body is written in XML (`xml`): equal text is no change, anything else is
    undecided.

    ## Why it breaks
    It may not. Whether it does, nobody has shown: the verdict is `unknown`, which is not a pass.

    ## Example
    ```diff title="api.yaml"
     servers:
       - url: https://{region}.example.com
    -    variables: {region: {default: eu}}
    +    variables: {region: {default: us}}
    ```

    ## What to do instead
    Have someone who knows both sides look at it, and waive it with a reason.
    """
    told = [each for each in (change.old, change.new) if isinstance(each, str)]
    values = f" from {cut(told[0])} to {cut(told[1])}" if len(told) == 2 else ""  # noqa: PLR2004
    reason = f"{change.what} changed{values} at {_places(change)}, which is not judged yet"
    return Opinion(Effect.UNKNOWN, reason, _COMPARE)


_COMPARE: Final = "compare both by hand, and waive it with a reason"
