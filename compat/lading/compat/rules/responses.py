"""Rules about what is answered: status codes, media types, headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.rules.base import API, Opinion, rule
from lading.model.api import Response
from lading.model.contract import Slot

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.api import Media, Operation, Parameter


@rule("LAD514", ChangeKind.MEDIA_ADDED, formats=API)
def media_type_added(change: Change) -> Opinion:
    """A media type was added to a body.

    ## What it checks
    The media types under `content` of requests and responses. Both count as what a client may ask
    for (`Content-Type`, `Accept`). One that is in a range of the old version (`application/*`,
    `*/*`) was there: it is compared with that. JSON is UTF-8, whether that is said or not.

    ## Why it breaks
    Clients in use do not mind. A provider still on the old version does not offer it. A webhook or
    callback is the other way round: it is the clients in use that do not take it.

    ## Example
    ```diff title="api.yaml"
     paths:
       /labels:
         post:
           requestBody:
             content:
               application/json: {}
    +          application/xml: {}
    ```

    ## What to do instead
    Nothing, under the usual promise of an API.
    """
    name = cast("Media", change.new).type
    called = change.slot is Slot.RESPONSE
    fix = f"add it when every {'client' if called else 'provider'} has it"
    who = "clients in use do" if called else "a provider still on the old version does"
    follows = f"{who} not answer in it" if isinstance(change.new_owner, Response) else ""
    return Opinion(Effect.WIDENS, f"media type {name} added", fix, follows=follows)


@rule("LAD515", ChangeKind.MEDIA_REMOVED, formats=API)
def media_type_removed(change: Change) -> Opinion:
    """A media type was removed from a body.

    ## What it checks
    The media types under `content` of requests and responses. Both count as what a client may ask
    for (`Content-Type`, `Accept`). One that is in a range of the new version is still there: it is
    compared with that.

    ## Why it breaks
    Clients in use send it and get 415, or ask for it and get 406. A webhook or callback is the
    other way round: there the provider on the old version sends it, or asks for it.

    ## Example
    ```diff title="api.yaml"
     paths:
       /labels:
         post:
           requestBody:
             content:
               application/json: {}
    -          application/xml: {}
    ```

    ## What to do instead
    Keep it until no client uses it.
    """
    name = cast("Media", change.old).type
    called = change.slot is Slot.RESPONSE
    fix = f"keep it until no {'provider' if called else 'client'} uses it"
    who = "a provider still on the old version" if called else "a client in use"
    answered = isinstance(change.old_owner, Response)
    follows = f"{who} that asks for it is sent another one, or 406" if answered else ""
    return Opinion(Effect.NARROWS, f"media type {name} removed", fix, follows=follows)


@rule("LAD521", ChangeKind.RESPONSE_ADDED, formats=API)
def response_added(change: Change) -> Opinion:
    """A status code was added.

    ## What it checks
    Codes that no range (`2XX`) and no `default` of the old version stands in for. Further error
    codes do no harm: a client treats an unknown one as the first of its class (RFC 9110, 15). A
    `default` is about errors where codes of success stand beside it; alone, or in the place of such
    a code, it is any answer.

    ## Why it breaks
    A client in use that expects 200 with a body does not know what to do with 202 and another one.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         post:
           responses:
             "201": {description: It was created.}
    +        "202": {description: It is being created.}
    ```

    ## What to do instead
    Keep the code; offer the other behaviour as an operation of its own or behind a parameter.
    """
    new, sides = cast("Response", change.new), (change.new_owner, change.old_owner)
    harms = _is_for_success(new, *cast("tuple[Operation, Operation]", sides))
    reason = f"response {new.status} added{_MEANT if harms and new.status == _ANY else ''}"
    return Opinion(
        Effect.WIDENS if harms else Effect.NONE, reason, "keep the codes" if harms else None
    )


@rule("LAD522", ChangeKind.RESPONSE_REMOVED, formats=API)
def response_removed(change: Change) -> Opinion:
    """A status code was removed.

    ## What it checks
    Codes that no range (`2XX`) and no `default` of the new version stands in for. Error codes do
    no harm, and neither does a `default` that is about errors, as LAD521 has it.

    ## Why it breaks
    Clients in use do not mind an answer that no longer comes; a code that comes in its place is
    judged as added. A client on the new version may not understand a provider still on the old one.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         post:
           responses:
             "201": {description: It was created.}
    -        "202": {description: It is being created.}
    ```

    ## What to do instead
    Keep the code listed while any provider answers with it.
    """
    old, sides = cast("Response", change.old), (change.old_owner, change.new_owner)
    harms = _is_for_success(old, *cast("tuple[Operation, Operation]", sides))
    reason = f"response {old.status} removed{_MEANT if harms and old.status == _ANY else ''}"
    return Opinion(
        Effect.NARROWS if harms else Effect.NONE, reason, "keep it listed" if harms else None
    )


_ANY: Final = "default"
_MEANT: Final = ", for codes of success too"


def _is_for_success(response: Response, own: Operation, other: Operation) -> bool:
    """Whether it brings codes that are no errors, and that the other version has not.

    Args:
        response: what one version alone lists.
        own: its operation.
        other: the same operation of the other version, which has no `default`.
    """
    if response.status != _ANY:
        return not _is_error(response.status)
    mine, theirs = _successes(own), _successes(other)
    if mine and all(each in mine or f"{each[0]}XX" in mine for each in theirs):
        return False  # the usual `default`: an error, of any code
    return not {"2XX", "3XX"} <= theirs


def _successes(operation: Operation) -> set[str]:
    return {each.status for each in operation.responses if not _is_error(each.status)} - {_ANY}


def _is_error(status: str) -> bool:
    return status[:1] in {"4", "5"}


@rule("LAD523", ChangeKind.HEADER_ADDED, formats=API)
def header_added(change: Change) -> Opinion:
    """A response header was added.

    ## What it checks
    Headers of responses. An optional one does no harm: clients ignore headers they do not know.

    ## Why it breaks
    A client on the new version may rely on a required one, and a provider still on the old version
    does not send it. Clients in use do not mind.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
           responses:
             "200":
               description: All of them.
    +          headers: {ETag: {required: true, schema: {type: string}}}
    ```

    ## What to do instead
    Nothing, under the usual promise of an API.
    """
    new = cast("Parameter", change.new)
    effect = Effect.NARROWS if new.required else Effect.NONE
    return Opinion(effect, f"{_promised(new)} added", "make it optional" if effect else None)


@rule("LAD524", ChangeKind.HEADER_REMOVED, formats=API)
def header_removed(change: Change) -> Opinion:
    """A response header was removed.

    ## What it checks
    Headers of responses. One that was never promised (`required`) does no harm.

    ## Why it breaks
    Clients in use rely on it: a `Location` to follow, a token for the next page.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
           responses:
             "200":
               description: All of them.
    -          headers: {ETag: {required: true, schema: {type: string}}}
    ```

    ## What to do instead
    Keep sending it.
    """
    old = cast("Parameter", change.old)
    effect = Effect.WIDENS if old.required else Effect.NONE
    return Opinion(effect, f"{_promised(old)} removed", "keep sending it" if effect else None)


def _promised(header: Parameter) -> str:
    return f"{'required' if header.required else 'optional'} header `{header.name}`"


@rule("LAD525", ChangeKind.HEADER_REQUIREDNESS, formats=API)
def header_requiredness_changed(change: Change) -> Opinion:
    """A response header was promised, or no longer is.

    ## What it checks
    `required` of response headers.

    ## Why it breaks
    No longer promised: clients in use rely on it. Promised now: a provider still on the old version
    may not send it.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
           responses:
             "200":
               description: All of them.
    -          headers: {ETag: {required: true, schema: {type: string}}}
    +          headers: {ETag: {required: false, schema: {type: string}}}
    ```

    ## What to do instead
    Keep the promise.
    """
    new = cast("Parameter", change.new)
    effect = Effect.NARROWS if new.required else Effect.WIDENS
    words = "is promised now" if new.required else "is no longer promised"
    return Opinion(effect, f"header `{new.name}` {words}", "keep it as it was")
