"""What a caller may do: rights on the names that a pattern takes, unless something denies it.

Nothing is allowed by default, and what denies wins. In a pattern ``*`` stands for any text, also
for none, and everything else for itself; a pattern is always about the whole name, which for a
subject of another context starts with ``:.context:``. The name of everything is the empty one, so
that rights which are about no subject come with the pattern ``*`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from os.path import commonprefix
from typing import TYPE_CHECKING, Any, Final

from lading.registry.errors import AccessError
from lading.registry.names import MAX_NAME
from lading.registry.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVERY_NAME: Final = ("*",)
MOST: Final = 200
"""Patterns of one grant, and grants of one token."""


class Role(StrEnum):
    """A bundle of rights that goes by a name."""

    READER = "reader"
    WRITER = "writer"
    AUDITOR = "auditor"
    ADMIN = "admin"


_READER: Final = frozenset(
    {Right.SUBJECT_READ, Right.SUBJECT_COMPATIBILITY_READ, Right.GLOBAL_COMPATIBILITY_READ}
)
BUNDLES: Final = {
    Role.READER: _READER,
    Role.WRITER: _READER | {Right.SUBJECT_WRITE},
    Role.AUDITOR: _READER | {Right.AUDIT_READ},
    Role.ADMIN: frozenset(Right) - {Right.NONE},
}
_NEEDS_SIGHT: Final = frozenset(
    {
        Right.SUBJECT_WRITE,
        Right.SUBJECT_DELETE,
        Right.SUBJECT_COMPATIBILITY_READ,
        Right.SUBJECT_COMPATIBILITY_WRITE,
    }
)
"""Rights that are worth nothing on a subject that may not be seen: what is changed is judged by
what is there."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights on the names that one of the patterns takes."""

    rights: frozenset[Right]
    on: tuple[str, ...] = EVERY_NAME
    deny: bool = False

    def covers(self, right: Right, name: str) -> bool:
        """Whether it says anything about this."""
        return right in self.rights and any(matches(each, name) for each in self.on)


@dataclass(frozen=True)
class Grants:
    """Everything that was granted to one caller."""

    every: tuple[Grant, ...] = ()

    def may(self, right: Right, name: str = "") -> bool:
        """Whether the caller has the right on the subject or scope of this name."""
        return self._holds(right, name) and (
            right not in _NEEDS_SIGHT or self._holds(Right.SUBJECT_READ, name)
        )

    @cached_property
    def sees_all(self) -> bool:
        """Whether there is no subject that the caller may not see."""
        return self._is_everywhere(Right.SUBJECT_READ)

    @cached_property
    def may_everything(self) -> bool:
        """Whether there is nothing that the caller may not do."""
        return all(self._is_everywhere(each) for each in BUNDLES[Role.ADMIN])

    @cached_property
    def start(self) -> str:
        """What the names of all subjects start with that the caller may see; often nothing."""
        patterns = chain.from_iterable(each.on for each in self._about(Right.SUBJECT_READ))
        return commonprefix(  # noqa: RUF071 - names are no paths: letter by letter is meant
            [each.partition("*")[0] for each in patterns]
        )

    def _holds(self, right: Right, name: str) -> bool:
        found = {each.deny for each in self.every if each.covers(right, name)}
        return found == {False}

    def _is_everywhere(self, right: Right) -> bool:
        denied = any(each.deny and right in each.rights for each in self.every)
        return not denied and any("*" in each.on for each in self._about(right))

    def _about(self, right: Right) -> Iterable[Grant]:
        return (each for each in self.every if right in each.rights and not each.deny)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who said who they are."""

    name: str
    """``token:NAME`` or ``oidc:NAME``, as the log has it."""
    grants: Grants


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern takes the name: in one go, whatever stars there are."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *middle, last = rest
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for each in middle:
        found = name.find(each, at, end)
        if found < 0:
            return False
        at = found + len(each)
    return True


def grant_of(entry: Mapping[str, Any]) -> Grant:
    """One grant as it is written: ``role`` or ``rights``, ``on``, and ``deny``.

    Raises:
        AccessError: it is written otherwise.
    """
    if unknown := set(entry) - {"role", "rights", "on", "deny"}:
        raise AccessError(f"a grant has no {', '.join(sorted(unknown))}", hint=_SHAPE)
    deny = entry.get("deny", False)
    if not isinstance(deny, bool):
        raise AccessError("'deny' of a grant is true or false", hint=_SHAPE)
    return Grant(_rights(entry), _patterns(entry.get("on", list(EVERY_NAME))), deny)


def written(grant: Grant) -> dict[str, Any]:
    """The same the other way round."""
    role = next((role for role, rights in BUNDLES.items() if rights == grant.rights), None)
    what = {"role": role.value} if role else {"rights": sorted(grant.rights)}
    return {**what, "on": list(grant.on), **({"deny": True} if grant.deny else {})}


_SHAPE: Final = "for instance role = 'writer', on = ['logistics.shipment.*']"


def _rights(entry: Mapping[str, Any]) -> frozenset[Right]:
    role, rights = entry.get("role"), entry.get("rights")
    if (role is None) == (rights is None):
        raise AccessError("a grant has either 'role' or 'rights'", hint=_SHAPE)
    if role is not None:
        return BUNDLES[_role(role)]
    if not isinstance(rights, list) or not rights:
        raise AccessError("'rights' of a grant is a list of rights", hint=_SHAPE)
    return frozenset(_right(each) for each in rights)


def _role(word: object) -> Role:
    try:
        return Role(str(word))
    except ValueError:
        raise AccessError(
            f"there is no role '{str(word)[:40]}'", hint=f"one of {', '.join(Role)}"
        ) from None


def _right(word: object) -> Right:
    if isinstance(word, str) and word in BUNDLES[Role.ADMIN]:
        return Right(word)
    known = ", ".join(sorted(BUNDLES[Role.ADMIN]))
    raise AccessError(f"there is no right '{str(word)[:40]}'", hint=f"one of {known}")


def _patterns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST:
        raise AccessError(f"'on' of a grant is a list of 1 to {MOST} patterns", hint=_SHAPE)
    for each in value:
        if not isinstance(each, str) or not 0 < len(each) <= MAX_NAME or not each.isprintable():
            raise AccessError(f"'{str(each)[:40]}' is not a pattern", hint=_SHAPE)
    return tuple(value)
