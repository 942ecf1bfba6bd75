"""Rules about where a client may go on from a response."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import API, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.api import Link


@rule("LAD526", ChangeKind.LINK_ADDED, level=Level.SDK, formats=API)
def link_added(change: Change) -> Opinion:
    """A response leads to a further operation.

    ## What it checks
    The names under `links` of a response.

    ## Why it breaks
    Clients in use do not mind. A client that goes on by it finds nothing to go on with at a
    provider still on the old version: a FORWARD promise forbids it.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         post:
           operationId: createShipment
           responses:
             "201":
               description: It was created.
    +          links: {again: {operationId: createShipment}}
    ```

    ## What to do instead
    Nothing, under the usual promise of an API.
    """
    fix = "let every provider answer with it first"
    return Opinion(
        Effect.NARROWS,
        f"{describe(change.new)} added",
        fix,
        follows="clients of the new version look for it in vain at a provider on the old one",
    )


@rule("LAD527", ChangeKind.LINK_REMOVED, level=Level.SDK, formats=API)
def link_removed(change: Change) -> Opinion:
    """A response no longer leads to an operation.

    ## What it checks
    The names under `links` of a response.

    ## Why it breaks
    Clients go on by it: they take from the response what the next request needs. OpenAPI does not
    promise that the next request succeeds, only that this is how it is made.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         post:
           operationId: createShipment
           responses:
             "201":
               description: It was created.
    -          links: {again: {operationId: createShipment}}
    ```

    ## What to do instead
    Keep the link for as long as the operation it leads to.
    """
    fix = "keep the link as long as the operation it leads to"
    return Opinion(
        Effect.WIDENS,
        f"{describe(change.old)} removed",
        fix,
        follows="clients in use that go on by it look for it in vain",
    )


@rule("LAD528", ChangeKind.LINK, level=Level.SDK, formats=API)
def link_changed(change: Change) -> Opinion:
    """A link leads elsewhere, or hands over something else.

    ## What it checks
    The operation of a link, whether it is named by `operationId` or by `operationRef`, and the
    values for its parameters and body. A parameter of the path counts by position.

    ## Why it breaks
    Clients in use go on with the values they know, to the operation they know.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get: {operationId: listShipments}
         post:
           operationId: createShipment
           responses:
             "201":
               description: It was created.
    -          links: {next: {operationId: createShipment}}
    +          links: {next: {operationId: listShipments}}
    ```

    ## What to do instead
    Add a link of another name.
    """
    old, new = cast("Link", change.old), cast("Link", change.new)
    if old.target != new.target:
        reason = f"link {new.name} leads to {new.target}, was {old.target}"
    else:
        reason = f"link {new.name} hands over {new.values}, was {old.values}"
    follows = "clients of one version go on otherwise than the other has it"
    return Opinion(Effect.REPLACES, reason, "add a link of another name", follows=follows)
