"""May this be deleted, and what goes with it?

A soft delete hides: lists, ``latest`` and the gate no longer see the version, its id still
resolves, so data on a topic stays readable. A permanent delete needs the soft one first and takes
the text away once no version holds it. Neither is done while another subject refers to the version.
Numbers and ids are not given out again either way; Confluent starts numbering again at 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.registry.config import check_writable
from lading.registry.errors import (
    Referenced,
    SubjectNotFound,
    SubjectNotSoftDeleted,
    SubjectSoftDeleted,
    VersionNotFound,
    VersionNotSoftDeleted,
    VersionSoftDeleted,
)
from lading.registry.store import Deleted

if TYPE_CHECKING:
    from lading.registry.store import Version, Writing


def delete_version(writing: Writing, subject: str, number: int | None, *, permanent: bool) -> int:
    """Delete one version (`None`: the newest live one) and return its number."""
    check_writable(writing, subject)
    target = _target(writing, subject, number)
    if permanent and not target.deleted:
        raise VersionNotSoftDeleted(subject, target.number)
    if not permanent and target.deleted:
        raise VersionSoftDeleted(subject, target.number)
    _check_unused(writing, target, permanent=permanent, inside="")
    _delete(writing, target, permanent=permanent)
    return target.number


def delete_subject(writing: Writing, subject: str, *, permanent: bool) -> list[int]:
    """Delete all versions and return their numbers. A subject may refer to itself."""
    check_writable(writing, subject)
    every = writing.versions(subject, Deleted.INCLUDED)
    live = [each for each in every if not each.deleted]
    if not every:
        raise SubjectNotFound(subject)
    if permanent and live:
        raise SubjectNotSoftDeleted(subject)
    if not permanent and not live:
        raise SubjectSoftDeleted(subject)
    targets = every if permanent else live
    for each in targets:
        _check_unused(writing, each, permanent=permanent, inside=subject)
    for each in reversed(targets):  # newest first: an older one may be what it refers to
        _delete(writing, each, permanent=permanent)
    return [each.number for each in targets]


def _target(writing: Writing, subject: str, number: int | None) -> Version:
    target = writing.latest(subject) if number is None else writing.version(subject, number)
    if target is not None:
        return target
    if not writing.versions(subject, Deleted.INCLUDED):
        raise SubjectNotFound(subject)
    raise VersionNotFound("latest" if number is None else number)


def _check_unused(writing: Writing, target: Version, *, permanent: bool, inside: str) -> None:
    """A softly deleted referrer still needs the text, so only a soft delete may overlook it."""
    users = [
        f"{each.subject} version {each.number}"
        for each in writing.referrers(target.subject, target.number)
        if (permanent or not each.deleted) and each.subject != inside
    ]
    if users:
        raise Referenced(target.subject, target.number, users)


def _delete(writing: Writing, target: Version, *, permanent: bool) -> None:
    if not permanent:
        writing.hide(target.subject, target.number)
        return
    writing.remove(target.subject, target.number)
    if not writing.versions(target.subject, Deleted.INCLUDED):
        for name in writing.settings(target.subject):
            writing.set(target.subject, name, None)
