"""Judges a version against all that came before it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from lading.compat.checker import checker_of
from lading.compat.diff.schemas import field_facts
from lading.compat.history import History, members
from lading.compat.judge import (
    finding_of,
    findings_between,
    in_order,
    name_of_version,
    too_deep,
    unreadable,
)
from lading.compat.pair import Pair, Role
from lading.compat.pair.walk import Where
from lading.compat.policy import DEFAULT, Content
from lading.compat.promise import DEFAULT_PROMISES, headline, promises
from lading.compat.runtimes import SPEC
from lading.compat.verdict import Verdict
from lading.model.contract import Contract, Kind, Slot, Subject
from lading.model.errors import ContractError
from lading.model.schema import NO_DEFAULT, Anything, Encoding, Field, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lading.compat.history import Harmless, Sort, Versions
    from lading.compat.policy import Policy
    from lading.compat.verdict import Finding
    from lading.model.contract import Compatibility


def judge_history(  # noqa: PLR0913 - the options of one judgement
    history: Sequence[Contract],
    new: Contract,
    promise: Compatibility | None = None,
    *,
    defaults: Mapping[str, Compatibility] = DEFAULT_PROMISES,
    policy: Policy = DEFAULT,
    counting: bool = False,
) -> Verdict:
    """Say whether `new` may follow `history` (oldest first).

    A transitive promise is kept against every version of it, any other against the last.
    A finding that stands against several versions is reported once, against the latest of them,
    and lists them all. Who asks about a long history more than once keeps it as a `History`.

    With `counting` only the findings that count are worked out: most versions have none, which is
    seen at once.
    """
    held = promises(history[-1] if history else new, promise, defaults)
    word = headline(new.kind, held)
    last = history[-1] if history else None
    if last is None:
        return Verdict(new.subject, word, None, new, ())
    transitive = any(each.transitive for each in held.values())
    versions = history if transitive else history[-1:]
    try:
        if policy.content is Content.STRICT and new.exact is not new:
            versions, new = [each.exact for each in versions], new.exact
        asked = versions if isinstance(versions, History) else History(tuple(versions))
        found = _over(asked, new, held, policy, counting=counting)
        if counting:
            found = (each for each in found if each.counts)
        return Verdict(new.subject, word, last, new, in_order(found))
    except RecursionError:
        return too_deep(last, new, word)
    except ContractError as error:
        return unreadable(last, new, word, error)


def surely_follows(
    history: Sequence[Contract],
    new: Contract,
    promise: Compatibility,
    *,
    policy: Policy = DEFAULT,
) -> bool:
    """Whether `judge_history` finds nothing that counts, where that is seen without findings.

    It is for who cannot wait for the reasons why not: it takes no longer for a version with a
    thousand faults than for one with none. Of other kinds than Avro it is never sure.
    """
    usual = _usual(policy)
    if usual is None or new.kind is not Kind.AVRO or not history:
        return False
    versions = history if promise.transitive else history[-1:]
    asked = versions if isinstance(versions, History) else History(tuple(versions))
    if not asked.is_all(Kind.AVRO):
        return False
    held = promises(history[-1], promise, DEFAULT_PROMISES)
    checker = checker_of(held[Slot.EVENT], usual)
    try:
        return all(
            checker.compatible(asked[each], new)
            for each, _ in _asked(asked, new, held, policy, counting=True)
        )
    except (RecursionError, ContractError):
        return False


def _over(
    history: History,
    new: Contract,
    held: Mapping[Slot, Compatibility],
    policy: Policy,
    *,
    counting: bool,
) -> Iterable[Finding]:
    """The findings against all versions, each against the latest that it stands against."""
    latest = len(history) - 1
    counted: dict[str, Versions] = {}
    found: dict[str, Finding] = {}
    usual = _usual(policy) if counting and new.kind is Kind.AVRO else None
    checker = checker_of(held[Slot.EVENT], usual) if usual else None
    for asked, versions in _asked(history, new, held, policy, counting=counting):
        if checker and checker.compatible(history[asked], new):
            continue
        for finding in findings_between(history[asked], new, held, policy):
            counts = finding.forbidden or finding.undecided
            if asked != latest and not (counts and held[finding.change.slot].transitive):
                continue
            mark = finding.fingerprint
            if counts:
                counted[mark] = counted.get(mark, 0) | versions
            kept = found.get(mark)
            if kept is None or _weight(finding) > _weight(kept):
                found[mark] = finding
    for mark, finding in found.items():
        stands = counted.get(mark, 0)
        if latest and stands:
            names = tuple(name_of_version(history[each]) for each in members(stands))
            yield replace(finding, versions=names)
        else:
            yield finding


def _asked(
    history: History,
    new: Contract,
    held: Mapping[Slot, Compatibility],
    policy: Policy,
    *,
    counting: bool,
) -> Iterator[tuple[int, Versions]]:
    """(the version to ask, all that would answer alike), the latest first.

    The latest is asked in any case where what breaks nothing is to be told too.
    """
    latest = len(history) - 1
    if not latest:
        yield 0, 1
        return
    groups = history.groups(new, _harmless(held, policy))
    asked = {max(members(each)): each for each in groups}
    if not counting:
        asked.setdefault(latest, 1 << latest)
    for each in sorted(asked, reverse=True):
        yield each, asked[each]


def _harmless(held: Mapping[Slot, Compatibility], policy: Policy) -> Harmless:
    """Whether nothing counts in it that a field of a record in an event comes, or goes.

    Runtimes that do not keep to the specification look at more of a field than its sort, and into
    types of which the versions that have the field alone know.
    """
    usual = _usual(policy)
    if usual is None:
        return lambda _: False
    return partial(_never_counts, promise=held[Slot.EVENT], policy=usual)


def _usual(policy: Policy) -> Policy | None:
    """The policy as one that can be looked up; `None` where a runtime is named."""
    runtimes = frozenset(policy.runtimes)
    if runtimes != SPEC:
        return None
    return policy if runtimes is policy.runtimes else replace(policy, runtimes=SPEC)


@lru_cache(maxsize=1000)
def _never_counts(sort: Sort, *, promise: Compatibility, policy: Policy) -> bool:
    """Of any field of the sort, as one of them shows."""
    some = Field(
        "some",
        Anything(),
        required=sort.required,
        default=None if sort.has_default else NO_DEFAULT,
        deprecated=sort.deprecated,
        sunset=sort.sunset,
        stability=sort.stability,
    )
    before, after = (None, some) if sort.comes else (some, None)
    old, new = (Record((each,) if each else ()) for each in (before, after))
    two = Pair(Role.FIELD, before, after, Where(Slot.EVENT, Encoding.AVRO), old, new)
    versions = Contract(Subject(""), Kind.AVRO, old), Contract(Subject(""), Kind.AVRO, new)
    return not any(
        finding_of(change, promise, versions, policy, by_all=False).counts
        for change in field_facts(two)
    )


def _weight(finding: Finding) -> int:
    """The same change may be fine against one version and break another: the worst one counts."""
    return 2 * finding.forbidden + finding.undecided
