"""Turns facts into a verdict: what each change does, and whether the promise allows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat.change import ChangeKind
from lading.compat.content import carried_by
from lading.compat.diff import diff
from lading.compat.effect import Effect, Level
from lading.compat.notice import time_has_come, unsettled, with_notice
from lading.compat.one_edit import once
from lading.compat.policy import DEFAULT, Content
from lading.compat.promise import DEFAULT_PROMISES, at_slot, forbids, headline, promises
from lading.compat.remedy import offered
from lading.compat.rules import RULE_FOR
from lading.compat.runtimes import read_by, readings
from lading.compat.verdict import Finding, Verdict
from lading.model.contract import Compatibility, Kind, Slot
from lading.model.document import Place
from lading.model.errors import ContractError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from lading.compat.change import Change
    from lading.compat.policy import Policy
    from lading.compat.rules import Opinion, Rule
    from lading.compat.witness import Examples, Witness
    from lading.model.contract import Contract


def judge(
    old: Contract,
    new: Contract,
    promise: Compatibility | None = None,
    *,
    defaults: Mapping[str, Compatibility] = DEFAULT_PROMISES,
    policy: Policy = DEFAULT,
) -> Verdict:
    """Say whether `new` may follow `old`.

    Args:
        old: the version that is in use.
        new: the version that is proposed.
        promise: what is promised; by default what the old version's terms say, else `defaults`.
            A change is held to what was promised before it, not to what it promises itself.
            For an OpenAPI contract it is the promise to clients: BACKWARD keeps clients in use
            working.
        defaults: promises by slot (``event``, ``request``, ``response``) and kind (``taxonomy``,
            ``mapping``).
        policy: by what else it is judged.
    """
    held = promises(old, promise, defaults)
    word = headline(new.kind, held)
    try:
        if policy.content is Content.STRICT:
            old, new = old.exact, new.exact
        found = in_order(findings_between(old, new, held, policy))
    except RecursionError:
        return too_deep(old, new, word)
    except ContractError as error:
        return unreadable(old, new, word, error)
    return Verdict(new.subject, word, old, new, found)


def too_deep(old: Contract | None, new: Contract, word: Compatibility) -> Verdict:
    """What is too deep, or too much, to be judged is unknown, whoever asks."""
    message = "the two versions are nested too deeply, lead to themselves, or differ in too much"
    place = Place(new.document.name if new.documents else new.subject)
    hint = "give inner schemas a name, let none be a part of itself, and compare smaller steps"
    return Verdict(new.subject, word, old, new, (), (Problem("LAD024", message, place, hint),))


def unreadable(
    old: Contract | None, new: Contract, word: Compatibility, error: ContractError
) -> Verdict:
    """What is read to the letter may describe nothing that its authors' meaning describes."""
    return Verdict(new.subject, word, old, new, (), error.problems)


def findings_between(
    old: Contract,
    new: Contract,
    held: Mapping[Slot, Compatibility],
    policy: Policy,
) -> list[Finding]:
    """All that is to be said about two versions, in the order of the walk."""
    tried = _Tried(new, policy)
    tolerant = policy.content is Content.TOLERANT_READER
    found = [
        finding_of(each, held[each.slot], (old, new), policy, example=tried.example)
        for each in diff(old, new, tolerant=tolerant)
    ]
    return found if len(found) == 1 else [*_numbered([*once(found)])]


class _Tried:
    """Looks for examples, once there is a finding that needs one."""

    __slots__ = ("_examples", "_new", "_policy")

    def __init__(self, new: Contract, policy: Policy) -> None:
        self._new, self._policy = new, policy
        self._examples: Examples | None = None

    def example(self, finding: Finding) -> Witness | None:
        """One that shows it; `None` where there is none, or nothing that could try it."""
        if self._examples is None:
            from lading.compat.witness import Examples

            self._examples = Examples(self._new, self._policy)
        try:
            return self._examples.of(finding)
        except ModuleNotFoundError:  # an SDK alone brings no validator
            return None


def _numbered(found: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, where those that read alike are counted."""
    spots = Counter(map(_spot, found))
    seen: Counter[str] = Counter()
    for each in found:
        if spots[_spot(each)] == 1:
            yield each
            continue
        seen[each.fingerprint] += 1
        yield replace(each, number=seen[each.fingerprint])


def _spot(finding: Finding) -> tuple[object, ...]:
    """What two findings have in common that may have one fingerprint."""
    change = finding.change
    return finding.rule, change.home, change.within if change.home else change.path, change.what


def finding_of(  # noqa: PLR0913 - the options of one judgement
    change: Change,
    promise: Compatibility,
    versions: tuple[Contract, Contract],
    policy: Policy,
    *,
    by_all: bool = True,
    example: Callable[[Finding], Witness | None] | None = None,
) -> Finding:
    """What one fact does under a promise.

    Args:
        change: the fact.
        promise: what is promised at its place.
        versions: the old contract and the new one.
        policy: by what else it is judged.
        by_all: whether to say as well what single runtimes make of it.
        example: looks for one, where only that makes it sure.
    """
    old, new = versions
    rule = RULE_FOR[change.kind]
    types = old.types, new.types
    said = carried_by(change, rule.opinion(change), policy, types)
    differs = readings(change, said.effect, types) if by_all else ()
    read = read_by(policy.runtimes, said, differs)
    opinion = with_notice(change, read, policy)
    broken, is_unknown = opinion.effect & forbids(promise), Effect.UNKNOWN in opinion.effect
    breaks = broken is not Effect.NONE
    spared = _spared(rule, policy, change, old) if breaks or is_unknown else ""
    client_word = at_slot(promise, change.slot) if new.kind is Kind.OPENAPI else promise
    path = path_text(change.path)
    found = Finding(
        rule=rule.id,
        title=rule.title,
        change=change,
        path=path,
        level=rule.level,
        effect=opinion.effect,
        promise=client_word,
        forbidden=breaks and not spared,
        undecided=is_unknown and bool(opinion.at_most & forbids(promise)) and not spared,
        reason=_there(opinion, broken)
        if breaks and opinion is read and not broken & said.effect
        else _reason(rule, opinion, broken, (change.kind, _PLACES.get(new.kind, change.slot))),
        fix=opinion.fix if opinion.effect is not Effect.NONE else None,
        remedy=opinion.remedy
        and offered(opinion.remedy, broken | Effect.UNKNOWN if is_unknown else broken, new),
        against=name_of_version(old),
        subject=new.subject,
        baseline=old,
        differs=differs,
        spared=spared,
    )
    doubted = Effect.REPLACES if opinion.supposed else change.doubted
    if found.forbidden and not broken & ~doubted:
        return _shown(found, opinion, broken, example and example(found))
    return found


def _shown(finding: Finding, opinion: Opinion, broken: Effect, witness: Witness | None) -> Finding:
    """What breaks a promise if an example shows it; without one it may be another spelling."""
    if witness:
        return replace(finding, witness=witness)
    return replace(
        finding,
        effect=opinion.effect & ~broken | Effect.UNKNOWN,
        forbidden=False,
        undecided=True,
        remedy=None,
        fix=opinion.unproven,
        reason=f"{opinion.reason}, and no message was found that shows it to break anything",
    )


def name_of_version(contract: Contract) -> int | str:
    """What people call it: the registry's number, else the name of its document."""
    if contract.version:
        return contract.version
    return contract.documents[0].name if contract.documents else "the earlier version"


def _spared(rule: Rule, policy: Policy, change: Change, old: Contract) -> str:
    """Why what the rule finds forbids nothing here; empty when it counts."""
    if not policy.holds(rule.since):
        return f"it counts from rule set {rule.since} on, and {policy.ruleset} is pinned"
    if not rule.level.within(policy.level):
        return f"the promise goes as far as {policy.level}, and this is {rule.level}"
    return _ALLOWED.get(change.kind, "") or time_has_come(change, policy) or unsettled(change, old)


_ALLOWED: Mapping[ChangeKind, str] = {
    ChangeKind.LOSSY_PROMOTION: "Avro allows it, and no message is refused",
}
"""What is said, and forbids nothing whatever was promised."""


def path_text(path: tuple[str, ...]) -> str:
    """A path for people: dots between fields, ``>`` once it is within an operation."""
    http = bool(path) and " " in path[0]
    return (" > " if http else ".").join(path)


_CONSEQUENCES: Mapping[str, Mapping[Effect, str]] = {
    "event": {
        Effect.NARROWS: "a reader of the new version refuses messages written before",
        Effect.WIDENS: "a reader still on the old version refuses messages written from now on",
        Effect.REPLACES: "neither version reads what the other writes",
    },
    "request": {
        Effect.NARROWS: "the provider no longer takes what clients send today",
        Effect.WIDENS: "a provider still on the old version refuses what clients may send now",
        Effect.REPLACES: "neither version takes what clients of the other send",
    },
    "response": {
        Effect.NARROWS: "a client of the new version refuses what a provider on the old one sends",
        Effect.WIDENS: "clients in use are sent what they cannot read",
        Effect.REPLACES: "clients of neither version read what the other sends",
    },
    "taxonomy": {
        Effect.NARROWS: "a reader of the new version refuses histories that were legal",
        Effect.WIDENS: "a reader still on the old version refuses histories that are legal now",
        Effect.REPLACES: "neither version takes the histories of the other",
    },
    "mapping": {
        Effect.NARROWS: "what was understood of a partner's messages no longer is",
        Effect.WIDENS: "a system still on the old version understands less",
        Effect.REPLACES: "neither version understands what the other does",
    },
    "protobuf": {
        Effect.NARROWS: "a reader of the new version may take old messages for something else",
        Effect.WIDENS: "a reader still on the old version may take new ones for something else",
        Effect.REPLACES: "what one version writes, the other takes for something else",
    },
}
_READ: Mapping[ChangeKind, Mapping[Effect, str]] = {
    ChangeKind.DECIMAL_PRECISION: {
        Effect.NARROWS: "a reader of the new version is handed more digits than it provides for",
        Effect.WIDENS: "a reader still on the old version may be handed more digits than it "
        "provides for",
    },
    ChangeKind.LOSSY_PROMOTION: {
        Effect.NARROWS: "a reader of the new version gets another number than was written",
        Effect.WIDENS: "a reader still on the old version gets another number than was written",
    },
}
"""What no reader refuses, though its meaning is one way only."""
_ANOTHER_MEANING: Mapping[str, str] = {
    "taxonomy": "the two versions do not say the same with the same code",
    "mapping": "the two versions understand the same message differently",
    "protobuf": "JSON and code of one version do not fit the other",
}


def _reason(rule: Rule, opinion: Opinion, broken: Effect, about: tuple[ChangeKind, str]) -> str:
    """The fact, and what follows from it for whom the promise protects."""
    kind, place = about
    if not broken:
        return opinion.reason
    if opinion.follows:
        return f"{opinion.reason}: {opinion.follows}"
    if rule.level is not Level.WIRE and Effect.REPLACES in opinion.effect:
        read = "what one version writes, the other reads with another meaning"
        return f"{opinion.reason}: {_ANOTHER_MEANING.get(place, read)}"
    consequences = _READ.get(kind) or _CONSEQUENCES[place]
    return f"{opinion.reason}: {consequences[broken]}"


_THERE: Mapping[Effect, str] = {
    Effect.NARROWS: "there a reader of the new version does not get what was written before",
    Effect.WIDENS: "there a reader still on the old version does not get what is written now",
    Effect.REPLACES: "there neither version gets what the other writes",
}


def _there(opinion: Opinion, broken: Effect) -> str:
    """What follows where a runtime alone breaks: it may refuse a message, or take it wrongly."""
    return f"{opinion.reason}: {_THERE[broken]}"


_PLACES: Mapping[Kind, str] = {
    Kind.TAXONOMY: "taxonomy",
    Kind.MAPPING: "mapping",
    Kind.PROTOBUF: "protobuf",
}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Forbidden ones first, then undecided ones, then by place."""
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[bool, bool, str, str, str]:
    return (
        not finding.forbidden,
        not finding.undecided,
        finding.path,
        finding.rule,
        finding.change.what,
    )
