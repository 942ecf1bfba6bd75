"""Taxonomy documents in normal form."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lading.model.derivations import OTHERWISE, wrong_in
from lading.model.notes import Notes, kind_of
from lading.model.suggest import did_you_mean, one_of
from lading.model.taxonomy import (
    Derivation,
    Measure,
    Sla,
    State,
    Taxonomy,
    TaxonomyKind,
    Transition,
    lasting,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from enum import StrEnum

    from lading.model.document import Document, Pointer

    _Word = TypeVar("_Word", bound=StrEnum)

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*", re.ASCII)
VERSION: Final = re.compile(r"\d+\.\d+\.\d+", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_KEYS: Final = (
    "taxonomy",
    "version",
    "kind",
    "title",
    "definition",
    "owner",
    "unknown",
    "ignored",
    "advances",
    "states",
    "transitions",
    "derived",
    "open",
    "skips",
    "retired",
    "sla",
)
_DERIVED_KEYS: Final = ("inputs", "rules")
_DERIVED_RULE_KEYS: Final = ("when", "to")
_STATE_KEYS: Final = (
    "code",
    "label",
    "definition",
    "rank",
    "initial",
    "terminal",
    "customer_visible",
    "owner",
    "advances_to",
    "not_to_be_confused_with",
    "deprecated",
    "replaced_by",
    "sunset",
    "aliases",
    "fallback",
    "category",
    "exception",
    "billable",
)
_SLA_KEYS: Final = (
    "name",
    "measure",
    "from",
    "to",
    "within",
    "share",
    "calendar",
    "time_zone",
)
_ALL: Final = 100
_TRANSITION_ENDS: Final = ("from", "to", "trigger")
_TRANSITION_KEYS: Final = (*_TRANSITION_ENDS, "when")


def read_taxonomy(document: Document, notes: Notes) -> Taxonomy:
    """The taxonomy in `document`; what is wrong goes into `notes`."""
    return _Reader(document, notes).taxonomy()


def header(node: dict[str, Any], key: str, notes: Notes) -> tuple[str, str]:
    """(name, version) of a taxonomy or mapping, checked."""
    name = notes.text(node, key, (), need=True)
    if name and not NAME.fullmatch(name):
        notes.add(
            "LAD011",
            (key,),
            f"`{name}` is not a name",
            hint="lower case, digits, - and _, parts joined by dots",
        )
    version = notes.text(node, "version", (), need=True)
    if version and not VERSION.fullmatch(version):
        notes.add("LAD031", ("version",), f"`{version}` is not a version", hint="write it as 1.0.0")
    return name, version


class _Reader:
    def __init__(self, document: Document, notes: Notes) -> None:
        self.node: dict[str, Any] = document.value if isinstance(document.value, dict) else {}
        self.notes = notes
        if not isinstance(document.value, dict):
            notes.add("LAD031", (), f"a taxonomy is an object, not {kind_of(document.value)}")

    def taxonomy(self) -> Taxonomy:
        """The whole document."""
        notes, node = self.notes, self.node
        notes.unknown_keys(node, (), _KEYS)
        name, version = header(node, "taxonomy", notes)
        kind = self._kind()
        states = tuple(self._states())
        codes = [each.code for each in states]
        transitions = tuple(self._transitions(codes, kind))
        retired = self._retired(codes)
        self._former_codes(states, retired)
        self._successors(states, {*codes, *retired})
        taxonomy = Taxonomy(
            name=name,
            version=version,
            kind=kind,
            owner=notes.text(node, "owner", (), need=True),
            states=states,
            transitions=transitions,
            title=notes.text(node, "title", ()),
            doc=notes.text(node, "definition", ()).strip(),
            advances=notes.text(node, "advances", ()),
            unknown=notes.text(node, "unknown", ()) or "UNKNOWN",
            ignored=self._ignored(codes),
            derived=self._derived(set(codes)),
            open=notes.flag(node, "open", ()),
            skips=notes.flag(node, "skips", ()),
            retired=retired,
            slas=tuple(self._slas(codes)),
            at=notes.origin(()),
        )
        if kind is TaxonomyKind.STATE_MACHINE:
            self._reachable(taxonomy)
        return taxonomy

    def _kind(self) -> TaxonomyKind:
        word = self.notes.text(self.node, "kind", (), need=True)
        if word in set(TaxonomyKind):
            return TaxonomyKind(word)
        if word:
            hint = did_you_mean(word, TaxonomyKind) or f"one of {', '.join(TaxonomyKind)}"
            self.notes.add("LAD031", ("kind",), f"`{word}` is not a kind of taxonomy", hint=hint)
        return TaxonomyKind.VALUES

    def _ignored(self, codes: list[str]) -> str:
        code = self.notes.text(self.node, "ignored", ())
        if code and code not in codes:
            hint = did_you_mean(code, codes) or "list it among the states"
            self.notes.add("LAD032", ("ignored",), f"there is no state `{code}`", hint=hint)
        return code

    def _states(self) -> Iterator[State]:
        seen: set[str] = set()
        for index, node, at in rows(self.node, "states", self.notes, need=True):
            self.notes.unknown_keys(node, at, _STATE_KEYS)
            code = self.notes.text(node, "code", at, need=True)
            if code and not _CODE.fullmatch(code):
                self.notes.add(
                    "LAD011",
                    (*at, "code"),
                    f"`{code}` is not a code",
                    hint="UPPER_SNAKE letters, digits and _",
                )
            if code in seen:
                self.notes.add("LAD014", (*at, "code"), f"the code `{code}` is listed twice")
                continue
            seen.add(code)
            yield self._state(code, node, at, index)

    def _state(self, code: str, node: dict[str, Any], at: Pointer, index: int) -> State:
        notes = self.notes
        rank = node.get("rank", index)
        if not isinstance(rank, int) or isinstance(rank, bool):
            notes.add("LAD031", (*at, "rank"), "`rank` must be a whole number")
            rank = index
        return State(
            code=code,
            definition=" ".join(notes.text(node, "definition", at, need=True).split()),
            label=self._label(node.get("label"), (*at, "label")),
            rank=rank,
            ranked="rank" in node,
            initial=notes.flag(node, "initial", at),
            terminal=notes.flag(node, "terminal", at),
            customer_visible=notes.flag(node, "customer_visible", at),
            owner=notes.text(node, "owner", at),
            advances_to=notes.text(node, "advances_to", at),
            not_to_be_confused_with=notes.texts(node, "not_to_be_confused_with", at),
            deprecated=notes.flag(node, "deprecated", at),
            replaced_by=notes.text(node, "replaced_by", at),
            sunset=day(node, "sunset", at, notes),
            aliases=notes.texts(node, "aliases", at),
            fallback=notes.text(node, "fallback", at),
            category=notes.text(node, "category", at),
            exception=notes.flag(node, "exception", at),
            billable=notes.flag(node, "billable", at),
            at=notes.origin(at),
        )

    def _retired(self, codes: list[str]) -> tuple[str, ...]:
        retired = self.notes.texts(self.node, "retired", ())
        for index, code in enumerate(retired):
            at = ("retired", index)
            if not _CODE.fullmatch(code):
                hint = "UPPER_SNAKE letters, digits and _"
                self.notes.add("LAD011", at, f"`{code}` is not a code", hint=hint)
            if code in retired[:index]:
                self.notes.add("LAD014", at, f"the code `{code}` is listed twice")
            if code in codes:
                message = f"the code `{code}` is retired, and a state has it again"
                self.notes.add("LAD047", at, message, hint="give the new state a code of its own")
        return retired

    def _former_codes(self, states: tuple[State, ...], retired: tuple[str, ...]) -> None:
        """A former code leads to one state, and is none."""
        taken = {each.code: each.code for each in states}
        for state in states:
            for index, alias in enumerate(state.aliases):
                at = (*(state.at.pointer if state.at else ()), "aliases", index)
                if not _CODE.fullmatch(alias):
                    hint = "UPPER_SNAKE letters, digits and _"
                    self.notes.add("LAD011", at, f"`{alias}` is not a code", hint=hint)
                if alias in retired:
                    message = f"the code `{alias}` is retired, and `{state.code}` is read from it"
                    hint = "take it out of one of the two"
                    self.notes.add("LAD047", at, message, hint=hint)
                first = taken.setdefault(alias, state.code)
                if first != state.code or alias == state.code:
                    message = f"the former code `{alias}` is that of {first} already"
                    self.notes.add("LAD014", at, message)

    def _successors(self, states: tuple[State, ...], known: set[str]) -> None:
        """What a state may be taken for, and what replaces it, are codes, and no circle."""
        listed = {each.code: each for each in states}
        former = {alias for each in states for alias in each.aliases}
        for state in states:
            at = state.at.pointer if state.at else ()
            if state.fallback and state.fallback not in known | former:
                hint = one_of(state.fallback, sorted(known))
                message = f"there is no state `{state.fallback}`"
                gone = "; one that went, and that older readers know, is listed under `retired`"
                self.notes.add("LAD032", (*at, "fallback"), message, hint=f"{hint}{gone}")
            if state.replaced_by and state.replaced_by not in listed:
                hint = one_of(state.replaced_by, sorted(listed))
                message = f"there is no state `{state.replaced_by}`"
                self.notes.add("LAD032", (*at, "replaced_by"), message, hint=hint)
            for key in ("replaced_by", "sunset"):
                if getattr(state, key) and not state.deprecated:
                    message = f"`{key}` is about a state that is `deprecated`"
                    self.notes.add("LAD031", (*at, key), message, hint="deprecated: true")
            for key in ("fallback", "replaced_by"):
                if state.code in followed(state, listed, key):
                    message = f"`{state.code}` leads back to itself by `{key}`"
                    self.notes.add("LAD031", (*at, key), message)

    def _slas(self, codes: list[str]) -> Iterator[Sla]:
        notes, seen = self.notes, set[str]()
        for _, node, at in rows(self.node, "sla", notes):
            notes.unknown_keys(node, at, _SLA_KEYS)
            name = notes.text(node, "name", at, need=True)
            if name in seen:
                notes.add("LAD014", (*at, "name"), f"`{name}` is agreed twice")
            seen.add(name)
            measure = word(Measure, node, "measure", at, notes=notes, default=Measure.REACH)
            reach = measure is Measure.REACH
            start = notes.text(node, "from", at, need=True)
            stop = notes.text(node, "to", at, need=reach)
            if stop and not reach:
                message = f"`{measure}` is about one state"
                notes.add("LAD031", (*at, "to"), message, hint="measure: reach")
            for key, code in (("from", start), ("to", stop)):
                if code and code not in codes:
                    message = f"there is no state `{code}`"
                    notes.add("LAD032", (*at, key), message, hint=one_of(code, codes))
            within = notes.text(node, "within", at, need=True)
            if within and lasting(within) is None:
                message = f"`{within}` is not a duration"
                notes.add("LAD031", (*at, "within"), message, hint="write it as PT4H or P3D")
            yield Sla(
                name,
                start,
                stop,
                within,
                measure,
                self._share(node, at),
                notes.text(node, "calendar", at),
                notes.text(node, "time_zone", at),
                at=notes.origin(at),
            )

    def _share(self, node: dict[str, Any], at: Pointer) -> int:
        share = node.get("share", _ALL)
        if isinstance(share, int) and not isinstance(share, bool) and 0 < share <= _ALL:
            return share
        self.notes.add("LAD031", (*at, "share"), "`share` is of how many in a hundred it holds")
        return _ALL

    def _label(self, value: Any, at: Pointer) -> dict[str, str]:
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return {str(key): str(each) for key, each in sorted(value.items())}
        self.notes.add(
            "LAD031", at, "`label` is an object of language to text", hint="label: {en: Planned}"
        )
        return {}

    def _transitions(self, codes: list[str], kind: TaxonomyKind) -> Iterator[Transition]:
        if "transitions" in self.node and kind is not TaxonomyKind.STATE_MACHINE:
            self.notes.add(
                "LAD031",
                ("transitions",),
                f"{kind} have no transitions",
                hint="kind: state-machine",
            )
            return
        seen: set[tuple[str, str, str]] = set()
        for _, node, at in rows(self.node, "transitions", self.notes):
            self.notes.unknown_keys(node, at, _TRANSITION_KEYS)
            source, target, trigger = (
                self.notes.text(node, key, at, need=True) for key in _TRANSITION_ENDS
            )
            for key, code in (("from", source), ("to", target)):
                if code and code not in codes:
                    self.notes.add(
                        "LAD032",
                        (*at, key),
                        f"there is no state `{code}`",
                        hint=one_of(code, codes),
                    )
            if (source, target, trigger) in seen:
                self.notes.add(
                    "LAD014", at, f"the step {source} -> {target} on {trigger} is listed twice"
                )
                continue
            seen.add((source, target, trigger))
            when = " ".join(self.notes.text(node, "when", at).split())
            yield Transition(source, target, trigger, when, at=self.notes.origin(at))

    def _derived(self, codes: set[str]) -> Derivation | None:
        node = self.node.get("derived")
        if node is None:
            return None
        notes, at = self.notes, ("derived",)
        if not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
            hint = "derived: {inputs: {shipped: ...}, rules: [{when: ..., to: ...}]}"
            notes.add("LAD031", at, "`derived` names its inputs and rules", hint=hint)
            return None
        notes.unknown_keys(node, at, _DERIVED_KEYS)
        inputs = {str(key): str(value) for key, value in node["inputs"].items()}
        found: list[tuple[str, str]] = []
        for _, rule, here in rows(node, "rules", notes, at=at, need=True):
            notes.unknown_keys(rule, here, _DERIVED_RULE_KEYS)
            when = " ".join(notes.text(rule, "when", here, need=True).split())
            to = notes.text(rule, "to", here, need=True)
            if wrong := wrong_in(when, inputs):
                notes.add("LAD031", (*here, "when"), wrong)
            if to and to not in codes:
                hint = did_you_mean(to, codes)
                notes.add("LAD032", (*here, "to"), f"there is no state `{to}`", hint=hint)
            found.append((when, to))
        if [when == OTHERWISE for when, _ in found] != [False] * (len(found) - 1) + [True]:
            notes.add(
                "LAD031", (*at, "rules"), f"the last rule, and only it, is `when: {OTHERWISE}`"
            )
        return Derivation(inputs, tuple(found), at=notes.origin(at))

    def _reachable(self, taxonomy: Taxonomy) -> None:
        initial = [each.code for each in taxonomy.states if each.initial]
        if not initial and taxonomy.states:
            self.notes.add(
                "LAD033",
                ("states",),
                "no state is initial",
                hint="add `initial: true` to the first one",
            )
            return
        reached = reachable(initial, taxonomy.transitions)
        for state in taxonomy.states:
            left = state.deprecated or state.code in {*reached, taxonomy.unknown}
            if not left and state.at:
                message = f"no path leads to the state `{state.code}`"
                self.notes.add("LAD033", state.at.pointer, message, hint="add a transition to it")
            if state.terminal and state.at:
                self._terminal(state, taxonomy.transitions)

    def _terminal(self, state: State, transitions: tuple[Transition, ...]) -> None:
        for each in transitions:
            if each.source == state.code and each.at:
                message = f"`{state.code}` is terminal, but a step leaves it to `{each.target}`"
                self.notes.add("LAD033", each.at.pointer, message)


def reachable(initial: Iterable[str], transitions: Iterable[Transition]) -> set[str]:
    """The codes that some path from `initial` leads to."""
    steps: dict[str, list[str]] = {}
    for each in transitions:
        steps.setdefault(each.source, []).append(each.target)
    found: set[str] = set()
    waiting = list(initial)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(steps.get(code, ()))
    return found


def followed(state: State, listed: dict[str, State], key: str) -> list[str]:
    """The codes that `key` leads to, from one state to the next, each of them once."""
    found: list[str] = []
    code = getattr(state, key)
    while code and code not in found:
        found.append(code)
        code = getattr(listed[code], key) if code in listed else ""
    return found


def day(node: dict[str, Any], key: str, at: Pointer, notes: Notes, *, need: bool = False) -> str:
    """The date under `key`."""
    text = notes.text(node, key, at, need=need)
    if text and not _is_day(text):
        hint = "write it as 2027-06-30"
        notes.add("LAD031", (*at, key), f"`{text}` is not a date", hint=hint)
    return text


def _is_day(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def word(  # noqa: PLR0913 - the accessors of Notes, plus the words
    words: type[_Word], node: dict[str, Any], key: str, at: Pointer, *, notes: Notes, default: _Word
) -> _Word:
    """The member of `words` under `key`; `default` when absent or wrong."""
    text = notes.text(node, key, at)
    if text in set(words):
        return words(text)
    if text:
        hint = did_you_mean(text, words) or f"one of {', '.join(words)}"
        notes.add("LAD031", (*at, key), f"`{text}` is no value of `{key}`", hint=hint)
    return default


def rows(
    node: dict[str, Any], key: str, notes: Notes, *, at: Pointer = (), need: bool = False
) -> Iterator[tuple[int, dict[str, Any], Pointer]]:
    """(index, object, pointer) of each entry of the list under `key`."""
    listed = node.get(key)
    if listed is None and not need:
        return
    if not isinstance(listed, list):
        here = (*at, key) if key in node else at
        notes.add("LAD031", here, f"`{key}` must be a list of objects")
        return
    for index, each in enumerate(listed):
        if isinstance(each, dict):
            yield index, each, (*at, key, index)
        else:
            notes.add(
                "LAD031",
                (*at, key, index),
                f"an entry of `{key}` is an object, not {kind_of(each)}",
            )
