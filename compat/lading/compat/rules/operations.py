"""Rules about which operations an API has and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import API, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change


@rule("LAD401", ChangeKind.OPERATION_REMOVED, formats=API)
def operation_removed(change: Change) -> Opinion:
    """An operation was removed.

    ## What it checks
    Method and path (parameter names aside), and webhooks by name.

    ## Why it breaks
    Clients in use call it and get 404 or 405; subscribers of a webhook wait for ever.

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
    return Opinion(Effect.NARROWS, f"operation {describe(change.old)} removed", fix)


@rule("LAD402", ChangeKind.OPERATION_ADDED, formats=API)
def operation_added(change: Change) -> Opinion:
    """An operation was added.

    ## What it checks
    Method and path (parameter names aside), and webhooks by name.

    ## Why it breaks
    Clients in use do not mind. A provider still on the old version, one of several behind a
    gateway perhaps, does not have it: a FORWARD promise forbids it.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get: {}
    +    post: {}
    ```

    ## What to do instead
    Upgrade every provider before the first client calls it.
    """
    fix = "publish it when every provider has it"
    return Opinion(Effect.WIDENS, f"operation {describe(change.new)} added", fix)


@rule("LAD403", ChangeKind.OPERATION_ID, level=Level.SDK, formats=API)
def operation_id_changed(change: Change) -> Opinion:
    """An operation has another id.

    ## What it checks
    `operationId`. It is stated, and refuses nothing: it is not on the wire.

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
    return Opinion(Effect.NONE, f"operationId changed {values}")


@rule("LAD404", ChangeKind.SERVER_REMOVED, formats=API)
def server_removed(change: Change) -> Opinion:
    """A server address was removed.

    ## What it checks
    The URLs under `servers`.

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
    The URLs under `servers`.

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
