"""Rules about what is not decided. They say so; they never say that it is fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.rules.base import API, JSON, Opinion, rule
from lading.compat.words import describe
from lading.model.schema import Condition, Opaque

if TYPE_CHECKING:
    from lading.compat.change import Change


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
    lacking = {node.dialect for node in nodes if isinstance(node, Opaque) and node.dialect}
    reason = f"a schema with {', '.join(sorted(keywords))} changed, which is not decided"
    if lacking:
        reason += f": {' and '.join(each.title for each in sorted(lacking))} has none like it"
    return Opinion(Effect.UNKNOWN, reason, "have someone who knows both sides look at it")


def _keywords(node: object) -> tuple[str, ...]:
    if isinstance(node, Condition):
        return (node.keyword,)
    return node.keywords if isinstance(node, Opaque) else ()


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
    reason = f"exclusive alternatives changed that may overlap: {describe(change.new)}"
    return Opinion(Effect.UNKNOWN, reason, "add a discriminator, or use anyOf")


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
    reason = f"{change.what} changed, which is not judged yet"
    return Opinion(Effect.UNKNOWN, reason, "have someone who knows both sides look at it")
