"""Rules about which operations an API has and where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import API, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.api import Operation


@rule("LAD401", ChangeKind.OPERATION_REMOVED, formats=API)
def operation_removed(change: Change) -> Opinion:
    """An operation was removed.

    ## What it checks
    Method and path (parameter names aside), webhooks by name, and callbacks by the URL they are
    called at, whatever their name.

    ## Why it breaks
    Clients in use call it and get 404 or 405; subscribers of a webhook wait for ever. Where a path
    with a parameter is left that fits, it takes the calls, and means something else by them.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get: {}
    -    delete: {}
    ```

    ## What to do instead
    Mark it `deprecated`, announce the date, and remove it in the next major version of the API.
    """
    fix = "keep it and mark it deprecated; remove it in the next major version"
    called = cast("Operation", change.old).webhook
    follows = "clients in use wait for calls that no longer come" if called else ""
    reason = f"operation {describe(change.old)} removed"
    return Opinion(Effect.NARROWS, reason, fix, follows=follows)


@rule("LAD402", ChangeKind.OPERATION_ADDED, formats=API)
def operation_added(change: Change) -> Opinion:
    """An operation was added.

    ## What it checks
    Method and path (parameter names aside), webhooks by name, and callbacks by the URL they are
    called at, whatever their name. A path in plain words that was a value of another path's
    parameter until now is undecided, unless both answer alike.

    ## Why it breaks
    Clients in use do not mind, unless one of them means a thing of that name: `/shipments/export`
    was the shipment `export` of `/shipments/{id}`. A provider still on the old version, one of
    several behind a gateway perhaps, does not have it: a FORWARD promise forbids it. A further
    callback at a URL that is called already is undecided: who listens there gets its messages too.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get: {}
    +    post: {}
    ```

    ## What to do instead
    Upgrade every provider before the first client calls it. Say by a `format` or `pattern` what the
    parameter of the other path may be, so that the new path is no value of it.
    """
    fix = "publish it when every provider has it"
    reason = f"operation {describe(change.new)} added"
    if change.lookalike:
        reason = f"{reason}, in the place of what {change.lookalike} answers there"
        asked = f"say what the parameter of {change.lookalike} may be, or choose another path"
        return Opinion(Effect.WIDENS | Effect.UNKNOWN, reason, asked)
    if _is_called_already(change):
        reason = f"{reason}, at a URL that another one is called at already"
        return Opinion(Effect.WIDENS | Effect.UNKNOWN, reason, "call it at a URL of its own")
    called = cast("Operation", change.new).webhook
    follows = "clients still on the old version are called with what they do not know"
    return Opinion(Effect.WIDENS, reason, fix, follows=follows if called else "")


def _is_called_already(change: Change) -> bool:
    """Whether who listens at the URL of a callback is called there with something else as yet."""
    new, during = cast("Operation", change.new), cast("Operation | None", change.old_owner)
    if not new.callback or during is None:
        return False
    there = [e for e in during.callbacks if (e.path, e.method) == (new.path, new.method)]
    return bool(there) and new not in [replace(each, callback=new.callback) for each in there]


@rule("LAD403", ChangeKind.OPERATION_ID, level=Level.SDK, formats=API)
def operation_id_changed(change: Change) -> Opinion:
    """An operation has another id.

    ## What it checks
    `operationId`, and the name of a callback. They are stated, and refuse nothing: they are not on
    the wire.

    ## Why it breaks
    Clients in use keep working. A client that is generated again finds its method under another
    name.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
    -    get: {operationId: listShipments}
    +    get: {operationId: searchShipments}
    ```

    ## What to do instead
    Keep ids; consumers declare the operations they call by them.
    """
    values = f"from {describe(change.old)} to {describe(change.new)}"
    what = "name of the callback" if change.what else "operationId"
    return Opinion(Effect.NONE, f"{what} changed {values}")


@rule("LAD404", ChangeKind.SERVER_REMOVED, formats=API)
def server_removed(change: Change) -> Opinion:
    """A server address was removed.

    ## What it checks
    The URLs under `servers`, and `/` where none is listed. A slash at the end, the case of a host
    and its usual port mean nothing, and what is moved from the end of them to the start of every
    path is called as before. A server with variables answers for what they may be; what they are is
    undecided, unless they list it.

    ## Why it breaks
    Clients in use call that address.

    ## Example
    ```diff title="api.yaml"
     servers:
       - {url: "https://eu.example.com"}
    -  - {url: "https://us.example.com"}
    ```

    ## What to do instead
    Keep the address answering, and listed, for as long as clients use it.
    """
    fix = "keep it listed while clients use it"
    return Opinion(Effect.NARROWS, f"server {change.what} removed", fix)


@rule("LAD405", ChangeKind.SERVER_ADDED, formats=API)
def server_added(change: Change) -> Opinion:
    """A server address was added.

    ## What it checks
    The URLs under `servers`, as LAD404 does.

    ## Why it breaks
    Clients in use do not mind; under a FORWARD promise the address must have been there before.

    ## Example
    ```diff title="api.yaml"
     servers:
       - {url: "https://eu.example.com"}
    +  - {url: "https://us.example.com"}
    ```

    ## What to do instead
    Nothing, under the usual promise of an API.
    """
    return Opinion(Effect.WIDENS, f"server {change.what} added", "add it when it answers")
