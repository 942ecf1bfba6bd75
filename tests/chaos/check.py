"""Was anything lost or confused? What clients were told, what is stored, and what is answered."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from chaos.acts import Ledger
from chaos.asker import Asker
from chaos.kept import kept
from chaos.replay import replayed
from lading.registry import names
from lading.registry.store import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chaos.acts import Landed, Part
    from chaos.kept import Kept
    from chaos.replay import State
    from lading.registry.store import Content, Entry

STALE: Final = 5.0
"""Seconds for which a replica may not know that it is cut off, and what was deleted meanwhile."""
SHOWN: Final = 20
"""Violations of one kind that are put into words."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and how much was looked at."""

    violations: tuple[str, ...]
    entries: int = 0
    judged: int = 0
    read: int = 0


def checked(database: str, urls: Sequence[str], ledger: Ledger, *, sample: int = 500) -> Checked:
    """Everything in the database, and a sample of it as each of `urls` answers."""
    found = kept(database)
    known = {
        part.content.identity: part.content
        for act in ledger.acts
        if act.may_be_done
        for part in act.parts
        if part.action is Action.REGISTER
    }
    state, wrong = replayed(found, known)
    told = _told(ledger)
    violations = [
        *ledger.odd,
        *found.problems,
        *wrong,
        *_one_id_each(found),
        *_acknowledged(found, told),
        *_explained(found, ledger),
        *_in_order(found, ledger),
        *_not_late(found, ledger),
        *_together(found, ledger),
    ]
    places = Random(0).sample(sorted(told), min(sample, len(told)))
    answers = [each for url in urls for each in _answered(url, told, state, places)]
    return Checked(
        (*islice(violations, SHOWN), *islice(answers, SHOWN)),
        len(found.log),
        state.judged,
        len(places) * len(urls),
    )


def _told(ledger: Ledger) -> dict[tuple[str, int], list[tuple[Part, Landed]]]:
    """Subject and number to what was told of them."""
    told: dict[tuple[str, int], list[tuple[Part, Landed]]] = defaultdict(list)
    for act in ledger.acts:
        for part, landed in zip(act.parts, act.landed, strict=False):
            told[part.subject, landed.version].append((part, landed))
    return told


def _one_id_each(found: Kept) -> Iterator[str]:
    """Within a context a content has one id; that an id has one content is in the log."""
    ids: dict[tuple[str, str], int] = {}
    for (context, content_id), content in found.contents.items():
        if (other := ids.setdefault((context, content.identity), content_id)) != content_id:
            yield f"ids {other} and {content_id} of context {context} stand for the same"


def _acknowledged(
    found: Kept, told: dict[tuple[str, int], list[tuple[Part, Landed]]]
) -> Iterator[str]:
    entries = {
        (each.subject, each.detail["version"]): each.detail
        for each in found.log
        if each.action is Action.REGISTER
    }
    for (subject, number), answers in told.items():
        detail = entries.get((subject, number))
        for part, landed in answers:
            if detail is None:
                yield f"lost: {subject} version {number} with id {landed.id}"
            elif (detail["id"], detail["identity"]) != (landed.id, part.content.identity):
                yield f"confused: {subject} version {number} was told to be id {landed.id}"


def _explained(found: Kept, ledger: Ledger) -> Iterator[str]:
    """Each entry was asked for, and whatever was acknowledged happened just as often."""
    sure, maybe = Counter[Any](), Counter[Any]()
    for act in ledger.acts:
        for part in act.parts if act.may_be_done else ():
            (sure if act.done else maybe)[part.key] += 1
    logged = Counter(_key(each) for each in found.log if not _of_the_registry(each))
    for key, count in logged.items():
        most = sure[key] + maybe[key]
        if count > most and not (key[0] is Action.REGISTER and most):
            yield f"nobody asked for {key[0]} {key[1]} {key[2]} so often: {count}, not {most}"
    for key, count in sure.items():
        if key[0] is not Action.REGISTER and logged[key] < count:
            yield f"lost: {key[0]} {key[1]} {key[2]}: {logged[key]} of {count}"


def _of_the_registry(entry: Entry) -> bool:
    """With the last version of a subject its settings go, without being asked for one by one."""
    return entry.action is Action.SET and entry.detail["value"] is None


def _key(entry: Entry) -> tuple[Any, ...]:
    detail = entry.detail
    if entry.action is Action.SET:
        return entry.action, entry.subject, (detail["name"], detail["value"])
    return entry.action, entry.subject, detail.get("identity") or detail["version"]


def _in_order(found: Kept, ledger: Ledger) -> Iterator[str]:
    """What was acknowledged before something else was asked for stands before it in the log.

    By the one clock of the clients, whatever those of the replicas say.
    """
    began: dict[Any, float] = {}
    ended: dict[Any, float] = {}
    for act in ledger.acts:
        for part in act.parts if act.may_be_done else ():
            began[part.key] = min(act.began, began.get(part.key, act.began))
        for part, landed in zip(act.parts, act.landed, strict=False):
            place = (part.subject, landed.version)
            ended[place] = min(act.ended, ended.get(place, act.ended))
    latest = float("-inf")
    for entry in found.log:
        if entry.action is not Action.REGISTER:
            continue
        place = (entry.subject, entry.detail["version"])
        if ended.get(place, float("inf")) < latest:
            yield f"entry {entry.seq} was acknowledged before one in front of it was asked for"
        latest = max(latest, began.get(_key(entry), float("-inf")))


def _not_late(found: Kept, ledger: Ledger) -> Iterator[str]:
    """Who registers after a deletion was acknowledged is not told of what was deleted."""
    gone: dict[tuple[str, int], float] = {}
    for act in ledger.acts:
        if act.done and act.parts[0].action is Action.DELETE:
            gone[act.parts[0].subject, act.parts[0].number] = act.ended
    for act in ledger.acts:
        for part, landed in zip(act.parts, act.landed, strict=False):
            since = gone.get((part.subject, landed.version), float("inf"))
            if act.began > since + STALE:
                late = act.began - since
                yield f"{part.subject} version {landed.version} was told {late:.1f} s after its end"


def _together(found: Kept, ledger: Ledger) -> Iterator[str]:
    """The entries of a push stand next to each other, as far as they are its own."""
    seqs = {
        (each.subject, each.detail["version"]): each.seq
        for each in found.log
        if each.action is Action.REGISTER
    }
    keys = Counter(part.key for act in ledger.acts for part in act.parts)
    for act in ledger.acts:
        if len(act.landed) < 2 or any(keys[each.key] > 1 for each in act.parts):
            continue
        places = ((p.subject, at.version) for p, at in zip(act.parts, act.landed, strict=True))
        its = sorted(seqs[each] for each in places if each in seqs)
        if its and its != list(range(its[0], its[0] + len(its))):
            yield f"entries {its} of one push are apart"


def _answered(
    url: str,
    told: dict[tuple[str, int], list[tuple[Part, Landed]]],
    state: State,
    places: Iterable[tuple[str, int]],
) -> Iterator[str]:
    """What a replica answers is what was told, and what the log leads to."""
    asker = Asker(url, Ledger())
    for subject, number in places:
        part, landed = told[subject, number][0]
        path = f"/subjects/{quote(subject, safe='')}/versions"
        live, hidden = (each.get(subject, {}) for each in (state.live, state.hidden))
        listed = sorted([*live, *hidden])
        if listed and asker.ask("GET", f"{path}?deleted=true") != (200, listed):
            yield f"{url}: {subject} has other versions than {listed}"
        if number not in listed:
            continue
        status, found = asker.ask("GET", f"{path}/{number}?deleted=true")
        if status != 200 or not _is(found, landed, part.content):
            yield f"{url}: {subject} version {number} is answered as {status} {found}"
        context = quote(f":{names.context_of(subject)}:")
        status, found = asker.ask("GET", f"/schemas/ids/{landed.id}?subject={context}")
        if status != 200 or json.loads(found["schema"]) != json.loads(part.text):
            yield f"{url}: id {landed.id} of {subject} is answered as {status} {found}"
    everything = sorted({*state.live, *state.hidden})
    everything = [e for e in everything if state.live.get(e) or state.hidden.get(e)]
    status, listed_ = asker.ask("GET", "/subjects?deleted=true&subjectPrefix=:*:&limit=-1")
    if status != 200 or sorted(listed_) != everything:
        yield f"{url}: the subjects are not those of the log: {status}"
    asker.close()


def _is(found: dict[str, Any], landed: Landed, content: Content) -> bool:
    references = [
        {"name": each.name, "subject": each.subject, "version": each.version}
        for each in content.references
    ]
    return (
        (found["id"], found["version"]) == (landed.id, landed.version)
        and found["schema"] == content.text
        and found.get("references", []) == references
    )
