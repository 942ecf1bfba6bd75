"""Why the registry refuses, as exceptions without HTTP words.

::

    LadingError
    └── RegistryError
        ├── NotFound            SubjectNotFound, VersionNotFound, SchemaNotFound, NothingSet ...
        ├── Unauthenticated, ProviderDown, Forbidden, TooManyRequests, AccessError
        ├── Refused             Incompatible, InvalidSchema, NotPermitted, Referenced ...
        ├── StoreError          the file cannot be opened, read or written
        └── (client)            Unreachable, Answered

``lading.registry.http.errors`` holds the one table that gives each a status and a code.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lading.model.errors import LadingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lading.registry.proposals import Pushed


class RegistryError(LadingError):
    """Root of what the registry and its client raise on purpose."""


class NotFound(RegistryError):  # noqa: N818  says what is wrong already
    """What was asked for is not there."""


class SubjectNotFound(NotFound):
    """No live version under this subject."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"Subject '{subject}' not found.")


class VersionNotFound(NotFound):
    """The subject has no such live version."""

    def __init__(self, version: int | str) -> None:
        super().__init__(f"Version {version} not found.")


class SchemaNotFound(NotFound):
    """No such id or guid, or the subject does not hold this schema."""

    def __init__(self, what: int | str = "") -> None:
        super().__init__(f"Schema {what} not found" if what != "" else "Schema not found")


class SubjectSoftDeleted(NotFound):
    """Deleting what is already (softly) deleted."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"Subject '{subject}' was soft deleted.", hint="delete it for good with ?permanent=true"
        )


class SubjectNotSoftDeleted(NotFound):
    """A permanent delete without the soft one before it."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"Subject '{subject}' was not deleted first before being permanently deleted",
            hint="delete it without ?permanent=true first",
        )


class VersionSoftDeleted(NotFound):
    """Deleting a version that is already (softly) deleted."""

    def __init__(self, subject: str, version: int) -> None:
        super().__init__(
            f"Subject '{subject}' Version {version} was soft deleted.",
            hint="delete it for good with ?permanent=true",
        )


class VersionNotSoftDeleted(NotFound):
    """A permanent delete of a live version."""

    def __init__(self, subject: str, version: int) -> None:
        super().__init__(
            f"Subject '{subject}' Version {version} was not deleted first before being "
            "permanently deleted",
            hint="delete it without ?permanent=true first",
        )


class LevelNotSet(NotFound):
    """The subject has no compatibility level of its own."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"Subject '{subject}' does not have subject-level compatibility configured",
            hint="add ?defaultToGlobal=true to see the level that holds",
        )


class ModeNotSet(NotFound):
    """The subject has no mode of its own."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"Subject '{subject}' does not have subject-level mode configured",
            hint="add ?defaultToGlobal=true to see the mode that holds",
        )


class AssociationNotFound(NotFound):
    """Associations are not kept here, so there is none to end."""

    def __init__(self, resource: str) -> None:
        super().__init__(f"No association found for resource '{resource}'")


class TokenNotFound(NotFound):
    """No token with this id was ever made."""

    def __init__(self, token_id: str) -> None:
        super().__init__(
            f"There is no token '{token_id[:40]}'", hint="lading token list shows their ids"
        )


class AccessError(RegistryError):
    """A grant, a token or an access file that says nothing that can be meant."""


class Unauthenticated(RegistryError):  # noqa: N818  says what is wrong already
    """It is not known who is calling. Why not is nobody's business: the text is always the same."""

    def __init__(self) -> None:
        super().__init__(
            "Who is calling is not known: the credentials are missing, or are not good here",
            hint="send a token as 'Authorization: Bearer', or as the password of basic auth",
        )


class ProviderDown(RegistryError):  # noqa: N818  likewise
    """The identity provider has not said by which keys to tell who is calling."""

    def __init__(self) -> None:
        super().__init__(
            "Who is calling cannot be told: the keys of the identity provider cannot be had",
            hint="try again in a moment",
        )


class Forbidden(RegistryError):  # noqa: N818  likewise
    """The caller may see what it is about, and may not do that."""

    def __init__(self, right: str, name: str = "") -> None:
        where = f" on '{name}'" if name else ""
        super().__init__(
            f"This needs the right {right}{where}", hint="ask an admin of the registry"
        )


class TooManyRequests(RegistryError):  # noqa: N818  likewise
    """The caller asked for more than their share."""

    def __init__(self, wait: float) -> None:
        self.seconds = max(1, math.ceil(wait))
        super().__init__(f"Too many requests: try again in {self.seconds} s")


class Refused(RegistryError):  # noqa: N818  likewise
    """What was asked for is not done, for a reason in the request or in the stored contracts."""


class Incompatible(Refused):
    """The gate said no. Carries the reasons, one line each."""

    def __init__(self, subject: str, messages: Sequence[str]) -> None:
        self.subject = subject
        self.messages = tuple(messages)
        details = ", ".join(self.messages)
        super().__init__(
            "Schema being registered is incompatible with an earlier schema for subject "
            f'"{subject}", details: [{details}]'
        )


class PushRefused(Refused):
    """At least one contract of a push was refused, so nothing of it was stored."""

    def __init__(self, results: Iterable[Pushed]) -> None:
        self.results = tuple(results)
        super().__init__("the push was refused; nothing of it was stored")


class InvalidSchema(Refused):
    """The schema cannot be read, or a reference of it leads nowhere."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid schema: {reason}")


class InvalidVersion(Refused):
    """Not a version number, ``latest`` or ``-1``."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"The specified version '{text}' is not a valid version id. Allowed values are "
            'between [1, 2^31-1] and the string "latest"'
        )


class InvalidLevel(Refused):
    """Not a compatibility level."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Invalid compatibility level '{text}'. Valid values are none, backward, forward, "
            "full, backward_transitive, forward_transitive, and full_transitive"
        )


class InvalidPolicy(Refused):
    """Not a compatibility policy."""

    def __init__(self, text: str, policies: Iterable[str]) -> None:
        super().__init__(
            f"Invalid compatibility policy '{text[:40]}'. Valid values are {', '.join(policies)}"
        )


class InvalidMode(Refused):
    """Not a mode."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Invalid mode '{text}'. Valid values are READWRITE, READONLY, READONLY_OVERRIDE "
            "and IMPORT"
        )


class InvalidSubject(Refused):
    """Not a name a subject may have here."""


class NotPermitted(Refused):
    """The mode forbids it, or this registry does not do it."""


class IdMismatch(NotPermitted):
    """An import brings an id for what has another one."""

    def __init__(self, held: int, brought: int) -> None:
        super().__init__(f"Schema already registered with id {held} instead of input id {brought}")


class OutOfRange(NotPermitted):
    """An import brings an id or a number that leaves no room for those that come after it."""

    def __init__(self, what: str, number: int, last: int) -> None:
        super().__init__(f"{what} {number} cannot be imported: they go from 1 to {last}")


class UsedUp(NotPermitted):
    """The last id of a context, or the last number of a subject, was given out."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} has given out the last number there is",
            hint="register it in another context, or under another subject",
        )


class InvalidRuleSet(Refused):
    """A rule set that no client could run."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Invalid rule set: {why}")


class Referenced(Refused):
    """Somebody refers to what should be deleted."""

    def __init__(self, subject: str, version: int, by: Sequence[str]) -> None:
        users = ", ".join(by)
        super().__init__(
            f"One or more references exist to the schema {subject} version {version}: {users}",
            hint="delete the schemas that refer to it first",
        )


class ContextNotEmpty(Refused):
    """A context that has subjects, deleted softly or not."""

    def __init__(self, context: str) -> None:
        super().__init__(
            f"The specified context '{context}' is not empty.",
            hint="delete its subjects for good first",
        )


class NotEmpty(Refused):
    """A backup is to be brought back where there is something already."""

    def __init__(self) -> None:
        super().__init__(
            "Something was registered or set here already: a backup fills an empty registry alone",
            hint="start another one on an empty database",
        )


class StoreError(RegistryError):
    """The store cannot be opened, read or written."""
