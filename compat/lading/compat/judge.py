"""Turns facts into a verdict: what each change does, and whether the promise allows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat.diff import diff
from lading.compat.effect import Effect, Level
from lading.compat.promise import DEFAULT_PROMISES, at_slot, forbids, headline, promises
from lading.compat.rules import RULE_FOR
from lading.compat.runtimes import SPEC, read_by, readings
from lading.compat.verdict import Finding, Verdict
from lading.model.contract import Compatibility, Kind, Slot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from lading.compat.change import Change
    from lading.compat.rules import Opinion, Rule
    from lading.compat.runtimes import Runtime
    from lading.model.contract import Contract


def judge(
    old: Contract,
    new: Contract,
    promise: Compatibility | None = None,
    *,
    defaults: Mapping[str, Compatibility] = DEFAULT_PROMISES,
    runtimes: Collection[Runtime] = SPEC,
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
        runtimes: who reads and writes Avro; what breaks one of them is forbidden. By default the
            specification; findings say who is known to read otherwise in any case.
    """
    held = promises(old, promise, defaults)
    return Verdict(
        new.subject,
        headline(new.kind, held),
        old,
        new,
        _sorted(_findings(old, new, held, runtimes)),
    )


def judge_history(
    history: Sequence[Contract],
    new: Contract,
    promise: Compatibility | None = None,
    *,
    defaults: Mapping[str, Compatibility] = DEFAULT_PROMISES,
    runtimes: Collection[Runtime] = SPEC,
) -> Verdict:
    """Say whether `new` may follow `history` (oldest first).

    A transitive promise is kept against every version of it, any other against the last.
    A finding that stands against several versions is reported once, against the latest of them.
    """
    held = promises(history[-1] if history else new, promise, defaults)
    word = headline(new.kind, held)
    transitive = any(each.transitive for each in held.values())
    versions = history if transitive else history[-1:]
    found: dict[str, Finding] = {}
    judged: set[tuple[tuple[str, str], ...]] = set()
    for old in reversed(versions):
        if old.wording in judged:  # a later version says the same, and its findings stand
            continue
        judged |= {old.wording} if old.wording else set()
        for finding in _findings(old, new, held, runtimes):
            counts = held[finding.change.slot].transitive and (
                finding.forbidden or finding.undecided
            )
            if not counts and old is not history[-1]:
                continue
            kept = found.get(finding.fingerprint)
            if kept is None or _weight(finding) > _weight(kept):
                found[finding.fingerprint] = finding
    return Verdict(
        new.subject, word, history[-1] if history else None, new, _sorted(found.values())
    )


def _weight(finding: Finding) -> int:
    """The same change may be fine against one version and break another: the worst one counts."""
    return 2 * finding.forbidden + finding.undecided


def _findings(
    old: Contract,
    new: Contract,
    held: Mapping[Slot, Compatibility],
    runtimes: Collection[Runtime],
) -> Iterator[Finding]:
    found = [_finding(each, held[each.slot], (old, new), runtimes) for each in diff(old, new)]
    spots = Counter((each.rule, each.path, each.change.what) for each in found)
    seen: Counter[str] = Counter()
    for each in found:
        if spots[each.rule, each.path, each.change.what] == 1:
            yield each
            continue
        seen[each.fingerprint] += 1
        yield replace(each, number=seen[each.fingerprint])


def _finding(
    change: Change,
    promise: Compatibility,
    versions: tuple[Contract, Contract],
    runtimes: Collection[Runtime],
) -> Finding:
    old, new = versions
    rule = RULE_FOR[change.kind]
    said = rule.opinion(change)
    differs = readings(change, said.effect)
    opinion = read_by(runtimes, said, differs)
    broken = opinion.effect & forbids(promise)
    client_word = at_slot(promise, change.slot) if new.kind is Kind.OPENAPI else promise
    path = path_text(change.path)
    return Finding(
        rule=rule.id,
        title=rule.title,
        change=change,
        path=path,
        level=rule.level,
        effect=opinion.effect,
        promise=client_word,
        forbidden=bool(broken),
        undecided=Effect.UNKNOWN in opinion.effect and promise is not Compatibility.NONE,
        reason=_reason(rule, opinion, broken, _place_of(change.slot, new.kind)),
        fix=opinion.fix if opinion.effect else None,
        against=old.version or (old.document.name if old.documents else "the earlier version"),
        subject=new.subject,
        baseline=old,
        differs=differs,
    )


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
}
_ANOTHER_MEANING: Mapping[str, str] = {
    "taxonomy": "the two versions do not say the same with the same code",
    "mapping": "the two versions understand the same message differently",
}


def _reason(rule: Rule, opinion: Opinion, broken: Effect, place: str) -> str:
    """The fact, and what follows from it for whom the promise protects."""
    if not broken:
        return opinion.reason
    if rule.level is Level.SEMANTIC and Effect.REPLACES in opinion.effect:
        read = "what one version writes, the other reads with another meaning"
        return f"{opinion.reason}: {_ANOTHER_MEANING.get(place, read)}"
    return f"{opinion.reason}: {_CONSEQUENCES[place][broken]}"


def _place_of(slot: Slot, kind: Kind) -> str:
    return {Kind.TAXONOMY: "taxonomy", Kind.MAPPING: "mapping"}.get(kind, slot.value)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def order(finding: Finding) -> tuple[bool, bool, str, str, str]:
        return (
            not finding.forbidden,
            not finding.undecided,
            finding.path,
            finding.rule,
            finding.change.what,
        )

    return tuple(sorted(findings, key=order))
