"""Rules about who is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.rules.base import Opinion, rule
from lading.compat.words import alternative

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.api import Operation, Security


@rule("LAD531", ChangeKind.SECURITY)
def security_changed(change: Change) -> Opinion:
    """An operation asks for other credentials.

    ## What it checks
    The alternatives under `security`. A way in that was open must still be: some alternative asks
    for no scheme and no scope beyond it.

    ## Why it breaks
    A client in use presents what was asked so far, and is refused with 401 or 403.

    ## What to do instead
    Offer the new scheme as a further alternative, move the clients, then drop the old one.
    """
    old, new = cast("Operation", change.old).security, cast("Operation", change.new).security
    effect = Effect.NONE
    if not _all_let_in(old, new):
        effect |= Effect.NARROWS
    if not _all_let_in(new, old):
        effect |= Effect.WIDENS
    reason = f"credentials changed from {_ways(old)} to {_ways(new)}"
    return Opinion(effect, reason, "offer the new scheme beside the old one")


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
