"""Rules about who is let in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.pair.credentials import as_presented
from lading.compat.rules.base import API, Opinion, rule
from lading.compat.words import alternative

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.compat.pair.credentials import Scheme
    from lading.model.api import Operation, Security


@rule("LAD531", ChangeKind.SECURITY, formats=API)
def security_changed(change: Change) -> Opinion:
    """An operation asks for other credentials.

    ## What it checks
    The alternatives under `security`. A way in that was open must still be: some alternative asks
    for no scheme and no scope beyond it. Schemes go by what they are: another name is no change.

    ## Why it breaks
    A client in use presents what was asked so far, and is refused with 401 or 403. A webhook or
    callback is the other way round: there the provider presents it, and the client looks at it.
    What the root asks for is asked of clients, so it says nothing of webhooks and callbacks. One
    that stated something, or does now, and says nothing in the other version, is undecided.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
    -      security: [{login: [read]}]
    +      security: [{login: [read, customs]}]
     components:
       securitySchemes:
         login: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {}}}}
    ```

    ## What to do instead
    Offer a new scheme as a further alternative, move the clients, then drop the old one. A further
    scope: grant it to every client first, or ask for it in an operation of its own.
    """
    old, new = cast("Operation", change.old).security, cast("Operation", change.new).security
    effect = Effect.NONE
    if not _all_let_in(old, new):
        effect |= Effect.NARROWS
    if not _all_let_in(new, old):
        effect |= Effect.WIDENS
    reason = f"credentials changed from {_ways(old)} to {_ways(new)}"
    if not cast("Operation", change.new).webhook:
        return Opinion(effect, reason, _advice(old, new) if effect else None)
    effect = effect.mirrored  # the provider presents what the client asks for
    if not (old and new):  # of which version says nothing, nobody knows what comes
        return Opinion(Effect.UNKNOWN, reason, _SAY_IT, at_most=effect)
    return Opinion(effect, reason, _PRESENT_BOTH, follows=_CALLED[effect])


def _advice(old: tuple[Security, ...], new: tuple[Security, ...]) -> str:
    """How the clients that are refused from now on, or by the old version, are let in."""
    if _all_let_in(old, new):
        return "have every provider ask for no more than this before clients count on it"
    if not old or any(not each.schemes for each in old):
        return "go on letting clients in without credentials: add `{}` to the alternatives"
    shut = [each for each in old if not any(_opens(each, door) for door in new)]
    scopes = sorted({each for one in shut for door in new for each in _lacking(one, door)})
    if scopes and all(any(_lacking(one, door) for door in new) for one in shut):
        named = ", ".join(f"`{each}`" for each in scopes)
        return f"grant {named} to every client first, or ask for it in an operation of its own"
    ways = " and ".join(f"`{alternative(each)}`" for each in shut)
    return f"keep {ways} as an alternative until its clients have moved"


def _lacking(caller: Security, door: Security) -> set[str]:
    """The scopes that a caller with all schemes of a door has to be granted for it."""
    held = dict(caller.schemes)
    if not all(name in held for name, _ in door.schemes):
        return set()
    return {each for name, scopes in door.schemes for each in set(scopes) - set(held[name])}


_SAY_IT: Final = "say in both versions what the provider presents"
_PRESENT_BOTH: Final = "go on presenting what clients look for"
_CALLED: Final = {
    Effect.NONE: "",
    Effect.NARROWS: "clients in use refuse what the provider presents from now on",
    Effect.WIDENS: "clients of the new version refuse what a provider on the old one presents",
    Effect.REPLACES: "clients of neither version let in a provider on the other",
}
"""What follows of a webhook, by what the change does."""


@rule("LAD532", ChangeKind.SECURITY_SCHEME, formats=API)
def security_scheme_changed(change: Change) -> Opinion:
    """A security scheme is presented in another way.

    ## What it checks
    The security schemes that operations of both versions ask for: their type, place, name and HTTP
    scheme, their flows, and the URLs of a login. The scopes that a scheme lists are those of the
    operations (LAD531), its `bearerFormat` is a hint, and the name of a header is read in any case.

    ## Why it breaks
    A client in use presents its credentials as before, and is refused with 401; or logs in at an
    address that is no longer said to be one.

    ## Example
    ```diff title="api.yaml"
     security: [{key: []}]
     paths:
       /shipments:
         get: {}
     components:
       securitySchemes:
    -    key: {type: apiKey, in: header, name: X-Key}
    +    key: {type: apiKey, in: query, name: key}
    ```

    ## What to do instead
    Add a scheme of another name, and offer it as an alternative.
    """
    old, new = (dict(as_presented(cast("Scheme", each))) for each in (change.old, change.new))
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    effect = Effect.REPLACES if changed & _PRESENTED else _of_logins(_logins(old), _logins(new))
    told = "; ".join(_told(key, old.get(key), new.get(key)) for key in sorted(changed))
    moved = not changed & _PRESENTED
    return Opinion(
        effect,
        f"security scheme `{change.what}` changed: {told}",
        "keep the address" if moved else "add a scheme beside it, and keep this one as it was",
        follows=_LOGS_IN if moved else "",
    )


_LOGS_IN: Final = "clients of one version log in at an address that the other does not name"


def _told(key: str, old: str | None, new: str | None) -> str:
    """A part of a scheme in words: both values where they are short."""
    word = _PARTS.get(key, f"`{key}`")
    values = [each and str(json.loads(each)) for each in (old, new)]
    if key == "flows" or not all(values):
        return word if all(values) else f"{word} {'taken away' if values[0] else 'added'}"
    return f"{word} from {values[0]} to {values[1]}"


_PARTS: Final = {
    "flows": "the flows, or the addresses in them",
    "in": "the place",
    "name": "the name",
    "scheme": "the HTTP scheme",
    "type": "the type",
    "openIdConnectUrl": "the address to log in at",
}
_PRESENTED: Final = frozenset({"in", "name", "scheme", "type"})


def _logins(parts: dict[str, str]) -> dict[tuple[str, str], str]:
    """The addresses to log in at, by flow and what they are for."""
    found = {key: json.loads(value) for key, value in parts.items()}
    flows = found.get("flows")
    nodes = {"": found, **(flows if isinstance(flows, dict) else {})}
    return {
        (flow, key): str(value)
        for flow, node in nodes.items()
        if isinstance(node, dict)
        for key, value in node.items()
        if key.endswith("Url")
    }


def _of_logins(old: dict[tuple[str, str], str], new: dict[tuple[str, str], str]) -> Effect:
    """An address that is gone is one that clients in use log in at."""
    narrows = Effect.NARROWS if old.items() - new.items() else Effect.NONE
    return narrows | (Effect.WIDENS if new.items() - old.items() else Effect.NONE)


def _all_let_in(callers: tuple[Security, ...], doors: tuple[Security, ...]) -> bool:
    """No alternatives at all means that nothing is asked."""
    if not doors or not callers:
        return not doors or any(not door.schemes for door in doors)
    return all(any(_opens(caller, door) for door in doors) for caller in callers)


def _opens(caller: Security, door: Security) -> bool:
    held = dict(caller.schemes)
    return all(name in held and set(scopes) <= set(held[name]) for name, scopes in door.schemes)


def _ways(security: tuple[Security, ...]) -> str:
    return " or ".join(map(alternative, security)) or "none"
