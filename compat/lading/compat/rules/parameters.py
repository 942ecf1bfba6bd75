"""Rules about what a request carries: parameters and the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.rules.base import API, Opinion, rule
from lading.model.api import In, Operation, Parameter
from lading.model.contract import Slot

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.api import Body


def _first(change: Change) -> str:
    """Who has to know the new version before it is sent: of a webhook it is the client."""
    who = "client" if change.slot is Slot.RESPONSE else "provider"
    return f"let every {who} take the new version first"


@rule("LAD501", ChangeKind.PARAMETER_ADDED, formats=API)
def parameter_added(change: Change) -> Opinion:
    """A parameter was added.

    ## What it checks
    Parameters by place and name; path parameters by position.

    ## Why it breaks
    A required one is missing from the requests of clients in use. An optional one is new to a
    provider still on the old version, which a FORWARD promise forbids. Webhooks and callbacks are
    called by the provider: a client passes over a header or a cookie that it does not know, as it
    does in an answer (RFC 9110, 5.1), but nobody says so of a query.

    An exploded object in the query is what its properties are as parameters, where the other
    version has those instead, and the object says no more than they do. Where it stays, or says
    more, a parameter that clients send already as one of its properties is undecided, and so is
    an object of which the other version has all properties as parameters; LAD502 likewise.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
    -      parameters: []
    +      parameters: [{name: depot, in: query, required: true, schema: {type: string}}]
    ```

    ## What to do instead
    Make it optional, and behave as before when it is not there.
    """
    new = cast("Parameter", change.new)
    kind = "required" if new.required else "optional"
    if change.lookalike:
        return _carried(new, change.lookalike, "was")
    effect = _of_one_more(new, change.new_owner)
    if change.covered_new:
        return _in_parts(new, effect, "added, whose properties were parameters of their own")
    fix = "make it optional, and behave as before without it" if new.required else _first(change)
    return Opinion(effect, f"{kind} {new.location.value} parameter `{new.name}` added", fix)


def _carried(parameter: Parameter, by: str, when: str) -> Opinion:
    """On the wire it is the same name; whether it means the same is not compared."""
    reason = f"query parameter `{parameter.name}` {when} a property of the object `{by}`"
    return Opinion(Effect.UNKNOWN, reason, _BY_HAND)


def _in_parts(parameter: Parameter, effect: Effect, how: str) -> Opinion:
    """What it says of them together no parameter says; it may be missed as a whole."""
    kind = "required" if parameter.required else "optional"
    reason = f"{kind} query parameter `{parameter.name}` {how}"
    return Opinion(effect | Effect.UNKNOWN, reason, _BY_HAND)


_BY_HAND: Final = "compare the two by hand, and waive it with the reason"


def _of_one_more(parameter: Parameter, owner: object) -> Effect:
    """What a parameter does that one version alone has, if it is the new one."""
    missed = Effect.NARROWS if parameter.required else Effect.NONE
    called = isinstance(owner, Operation) and owner.webhook
    passed_over = called and parameter.location in {In.HEADER, In.COOKIE}
    return missed if passed_over else missed | Effect.WIDENS


@rule("LAD502", ChangeKind.PARAMETER_REMOVED, formats=API)
def parameter_removed(change: Change) -> Opinion:
    """A parameter was removed.

    ## What it checks
    Parameters by place and name; path parameters by position.

    ## Why it breaks
    Clients in use still send it. At worst the provider refuses, at best it ignores a filter, and
    answers with what nobody asked for. A removed required one is also missed by providers on the
    old version. Of a webhook or a callback a client misses the required header or cookie alone, as
    LAD501 has it.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
    -      parameters: [{name: depot, in: query, schema: {type: string}}]
    +      parameters: []
    ```

    ## What to do instead
    Keep it and mark it `deprecated`; remove it in the next major version.
    """
    old = cast("Parameter", change.old)
    if change.lookalike:
        return _carried(old, change.lookalike, "is")
    effect = _of_one_more(old, change.old_owner).mirrored
    if change.covered_old:
        return _in_parts(old, effect, "removed, whose properties are parameters of their own")
    reason = f"{old.location.value} parameter `{old.name}` removed"
    return Opinion(effect, reason, "keep it and mark it deprecated")


@rule("LAD503", ChangeKind.PARAMETER_REQUIREDNESS, formats=API)
def parameter_requiredness_changed(change: Change) -> Opinion:
    """A parameter became required, or ceased to be.

    ## What it checks
    `required` of parameters. Under `tolerant-reader` an exploded object of the query that both
    versions ask for is missed where all that came of it are properties which the reader does not
    know: it passes over them, and has nothing.

    ## Why it breaks
    Required now: clients in use may leave it out. Optional now: a provider still on the old version
    refuses requests without it.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
    -      parameters: [{name: depot, in: query, required: false, schema: {type: string}}]
    +      parameters: [{name: depot, in: query, required: true, schema: {type: string}}]
    ```

    ## What to do instead
    Leave it optional and behave as before when it is not there.
    """
    new = cast("Parameter", change.new)
    if change.lookalike:
        effect = Effect.NARROWS if new.required else Effect.WIDENS
        missed = f"query parameter `{new.name}` is required, and {change.lookalike} may be all"
        reason = f"{missed} that comes of it, which readers pass over"
        fix = "keep the property, or leave the object optional"
        return Opinion(effect, reason, fix, supposed=True, unproven=_BY_HAND)
    return _requiredness(f"{new.location.value} parameter `{new.name}`", required=new.required)


def _requiredness(what: str, *, required: bool) -> Opinion:
    effect = Effect.NARROWS if required else Effect.WIDENS
    reason = f"{what} became {'required' if required else 'optional'}"
    return Opinion(effect, reason, f"leave it {'optional' if required else 'required'}")


@rule("LAD504", ChangeKind.PARAMETER_STYLE, formats=API)
def parameter_style_changed(change: Change) -> Opinion:
    """A parameter or a response header is written differently on the wire.

    ## What it checks
    `style` and `explode`: how lists and objects are put into a URL or header; and `content`, where
    a media type says it. What no value of its type shows is no change: a plain text is written
    alike exploded or not, an object alike as `deepObject`, and a number alike as JSON.

    ## Why it breaks
    Clients in use write a parameter the old way, and read a header the old way; the other side
    means something else.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
           parameters:
             - name: status
               in: query
    -          explode: true
    +          explode: false
               schema: {type: array, items: {type: string}}
    ```
    A client sends `?status=OPEN&status=HELD`, and is read as if it had meant one of them alone.

    ## What to do instead
    Add a parameter or header of another name.
    """
    old, new = cast("Parameter", change.old), cast("Parameter", change.new)
    reason = f"written as {_style(new)}, was {_style(old)}"
    return Opinion(Effect.REPLACES, reason, f"keep {_style(old)}")


@rule("LAD505", ChangeKind.PARAMETER_LIBERTY, formats=API)
def parameter_liberty_changed(change: Change) -> Opinion:
    """A parameter may be written more or less freely.

    ## What it checks
    `allowReserved`, characters such as `/` and `?` as they are, and `allowEmptyValue`, a name
    without a value.

    ## Why it breaks
    Taken away: clients in use write it so. Given: a provider still on the old version reads
    something else.

    ## Example
    ```diff title="api.yaml"
     paths:
       /documents:
         get:
           parameters:
    -        - {name: path, in: query, allowReserved: true, schema: {type: string}}
    +        - {name: path, in: query, schema: {type: string}}
    ```

    ## What to do instead
    Leave it as it was, or add a parameter of another name.
    """
    word = {"reserved": "allowReserved", "empty": "allowEmptyValue"}[change.what]
    effect = Effect.WIDENS if change.new else Effect.NARROWS
    reason = f"{word} is {'given' if change.new else 'no longer given'}"
    return Opinion(effect, reason, _first(change) if change.new else f"keep {word}")


def _style(parameter: Parameter) -> str:
    if isinstance(parameter, Parameter) and parameter.media:
        return parameter.media
    return f"style {parameter.style or 'default'}" + (" exploded" if parameter.explode else "")


@rule("LAD511", ChangeKind.BODY_ADDED, formats=API)
def body_added(change: Change) -> Opinion:
    """A request body was added.

    ## What it checks
    Operations that had no `requestBody` and have one.

    ## Why it breaks
    A required one is missing from the requests of clients in use. An optional one is new to a
    provider still on the old version.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments/export:
    -    post: {}
    +    post: {requestBody: {required: true, content: {application/json: {}}}}
    ```

    ## What to do instead
    Make it optional, and behave as before when it is not there.
    """
    required = cast("Body", change.new).required
    effect = Effect.REPLACES if required else Effect.WIDENS
    reason = f"{'required' if required else 'optional'} request body added"
    return Opinion(effect, reason, "make it optional" if required else _first(change))


@rule("LAD512", ChangeKind.BODY_REMOVED, formats=API)
def body_removed(change: Change) -> Opinion:
    """A request body was removed.

    ## What it checks
    Operations that had a `requestBody` and no longer have one.

    ## Why it breaks
    Clients in use still send it, and what they say in it is lost.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments/export:
    -    post: {requestBody: {content: {application/json: {}}}}
    +    post: {}
    ```

    ## What to do instead
    Keep it; put a different request on a new operation.
    """
    required = cast("Body", change.old).required
    effect = Effect.REPLACES if required else Effect.NARROWS
    return Opinion(effect, "request body removed", "keep it, or add an operation beside this one")


@rule("LAD513", ChangeKind.BODY_REQUIREDNESS, formats=API)
def body_requiredness_changed(change: Change) -> Opinion:
    """A request body became required, or ceased to be.

    ## What it checks
    `required` of `requestBody`.

    ## Why it breaks
    Required now: clients in use may send none. Optional now: a provider still on the old version
    refuses requests without it. In webhooks and callbacks the roles are flipped.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments/export:
    -    post: {requestBody: {required: false, content: {application/json: {}}}}
    +    post: {requestBody: {required: true, content: {application/json: {}}}}
    ```

    ## What to do instead
    Leave it as it was.
    """
    return _requiredness("request body", required=cast("Body", change.new).required)
