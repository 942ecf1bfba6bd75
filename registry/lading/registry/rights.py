"""What may be allowed to a caller, and on what: the words that routes and grants share."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """One thing that a caller may do. The words are Confluent's where it has one."""

    NONE = "NONE"
    """What everybody may: whether somebody is there, and which types there are."""
    SUBJECT_READ = "SUBJECT_READ"
    """See a subject, its versions and its schemas, and ask whether a schema would pass."""
    SUBJECT_WRITE = "SUBJECT_WRITE"
    """Register."""
    SUBJECT_DELETE = "SUBJECT_DELETE"
    SUBJECT_COMPATIBILITY_READ = "SUBJECT_COMPATIBILITY_READ"
    """See the config and the mode of a subject."""
    SUBJECT_COMPATIBILITY_WRITE = "SUBJECT_COMPATIBILITY_WRITE"
    GLOBAL_COMPATIBILITY_READ = "GLOBAL_COMPATIBILITY_READ"
    """The same of everything, and of contexts."""
    GLOBAL_COMPATIBILITY_WRITE = "GLOBAL_COMPATIBILITY_WRITE"
    AUDIT_READ = "AUDIT_READ"
    """See who changed what."""
    ADMIN = "ADMIN"
    """Make and end tokens, take and bring back backups, read metrics."""


class On(StrEnum):
    """Where a request says which subject it is about."""

    NOTHING = "nothing"
    SUBJECT = "subject"
    """The path names it."""
    ID = "id"
    """An id or a guid: the caller may see it who may see one of the subjects that hold it."""
    LIST = "list"
    """The answer lists subjects: those that the caller may not see are left out."""
    BODY = "body"
    """The body names subjects: the caller needs the right on each."""
    SCOPE = "scope"
    """The path names a subject or nothing: then the right on everything is asked for."""
