"""May this version follow those? Reads stored contracts back and asks `lading.compat`.

Ids are immutable and numbers are never reused, so a parsed contract stays true for ever, and is
remembered.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lading.compat import Content as ObjectContent
from lading.compat import History, Policy, judge_history, surely_follows
from lading.governance.decisions import NOTHING, Decisions, with_decisions
from lading.model import (
    ContractError,
    Document,
    Kind,
    Syntax,
    canonical_text,
    read_contract,
    read_document,
)
from lading.model.contract import Compatibility, Subject
from lading.model.protoc import is_binary
from lading.registry import names, spellings
from lading.registry.errors import InvalidSchema
from lading.registry.metadata import terms
from lading.registry.meter import UNMEASURED
from lading.registry.plain import plain_value
from lading.registry.protofiles import compiled, declared, written
from lading.registry.recent import Recent
from lading.registry.workers import is_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from lading.compat import Finding, Verdict
    from lading.model import Contract
    from lading.model.contract import Reference
    from lading.model.document import JsonValue
    from lading.registry.meter import Meter
    from lading.registry.proposals import Proposal
    from lading.registry.store import Content, Reading, Version
    from lading.registry.verdicts import Asked
    from lading.registry.workers import Workers

DEPTH: Final = 16
"""Longest chain of references."""
REFERENCES: Final = 200
"""Most contracts one contract may reach."""
_JSON: Final = frozenset({Kind.AVRO, Kind.JSON})


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided about findings, and the day on which it is asked for."""

    decisions: Decisions = NOTHING
    today: str = ""

    def on(self, verdict: Verdict) -> Verdict:
        """The verdict with it."""
        return with_decisions(verdict, self.decisions, self.today)


NOBODY: Final = Decided()
USUAL: Final = Policy()
_POLICIES: Final = {
    "STRICT": Policy(content=ObjectContent.STRICT),
    "LENIENT": Policy(content=ObjectContent.LENIENT),
}


def policy_named(word: str | None) -> Policy:
    """The policy behind a ``compatibilityPolicy``; LOGICAL is what is always judged here."""
    return _POLICIES.get(word or "", USUAL)


def group_of(history: Sequence[Version], content: Content, name: str | None) -> Sequence[Version]:
    """The versions whose property `name` is that of `content` (``compatibilityGroup``)."""
    if not name:
        return history
    own = content.properties.get(name)
    return [each for each in history if each.content.properties.get(name) == own]


REMEMBERED: Final = 60.0
"""Seconds for which a text that a worker refused is not tried again."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a worker refused a text, and when."""

    text: str
    at: float
    size: int


class Gate:
    """Parse, remember, judge. Raises `InvalidSchema` for what cannot be read."""

    def __init__(self, meter: Meter = UNMEASURED, workers: Workers | None = None) -> None:
        self._meter = meter
        self._workers = workers
        self._texts: Recent[tuple[Kind, str], str] = Recent(16 * 1024 * 1024, weigh=len)
        self._values: Recent[tuple[Kind, str], JsonValue] = Recent(64)
        """Of texts that were just made canonical: who registers one has it read next."""
        self._contracts: Recent[tuple[str, str], Contract] = Recent(1024)
        self._files: Recent[tuple[str, str], bytes] = Recent(
            16 * 1024 * 1024, weigh=lambda each: len(each) + 256
        )
        self._written: Recent[tuple[str, str], str] = Recent(16 * 1024 * 1024, weigh=len)
        self._declared: Recent[str, frozenset[str]] = Recent(1024)
        self._refused: Recent[tuple[Kind, str], _Refusal] = Recent(
            16 * 1024 * 1024, weigh=lambda each: each.size
        )

    def canonical(self, kind: Kind, text: str) -> str:
        """The text as it is stored and handed out."""
        return self.read(kind, text)[0]

    def read(self, kind: Kind, text: str) -> tuple[str, JsonValue]:
        """(the text as it is stored and handed out, its value if that is plain, else `None`)."""
        plain = plain_value(text) if kind in _JSON else None
        if plain is not None:  # to read it takes no longer than to remember it
            value, found = plain
            self._values.put((kind, found), value)
            return found, value
        key = (kind, text)
        return self._texts.get(key) or self._texts.put(key, self._canonical(kind, text)), None

    def normalized(self, content: Content) -> Content:
        """The content as it is stored under ``normalize``: its keys and references in order."""
        if content.kind not in _JSON:
            return content
        value = json.loads(content.text)
        if content.kind is Kind.AVRO:
            value = spellings.avro(value)
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        references = sorted(content.references, key=lambda each: (each.name, each.subject))
        return replace(content, text=text, references=tuple(references))

    def written_out(self, reading: Reading, subject: str, content: Content) -> Content:
        """A Protobuf descriptor as the .proto that it is, as in Confluent's registry.

        What cannot be read stays as it was sent, and is refused for what is wrong with it.
        """
        if content.kind is not Kind.PROTOBUF or not is_binary(content.text):
            return content
        key = (subject, content.words)
        text = self._written.get(key)
        if text is None:
            try:
                used = used_by(reading, subject, content)
                texts = {name: each.content.text for name, each in used.items()}
                text = self._written.put(key, written(content.text, texts))
            except (InvalidSchema, ContractError):
                return content
        return replace(content, text=text)

    def contract(
        self,
        reading: Reading,
        subject: str,
        content: Content,
        *,
        number: int = 0,
        before: Contract | None = None,
    ) -> Contract:
        """The contract behind a content, with everything it refers to.

        `before` is a version before it, if one is at hand: see `read_contract`.
        """
        key = (subject, content.identity)
        found = self._contracts.get(key) or self._contracts.put(
            key, _read(reading, subject, content, self._own(subject, content), before)
        )
        return found.numbered(number)

    def past(self, reading: Reading, subject: str, versions: Sequence[Version]) -> History:
        """Versions as contracts, oldest first, with what they share."""
        return History(tuple(self.of_version(reading, subject, each) for each in versions))

    def of_version(self, reading: Reading, subject: str, version: Version) -> Contract:
        """The contract behind a version; it knows its number."""
        return self.contract(reading, subject, version.content, number=version.number)

    def passes(
        self, past: Sequence[Contract], new: Contract, level: Compatibility, policy: Policy
    ) -> bool:
        """Whether it is seen at once that `judged` has nothing to say."""
        if level is Compatibility.NONE or not past:
            return True
        start = time.perf_counter()
        found = surely_follows(past, new, level, policy=policy)
        if found:  # else it is judged, and measured, once more
            self._meter.judged(time.perf_counter() - start)
        return found

    def judged(
        self,
        past: Sequence[Contract],
        new: Contract,
        level: Compatibility,
        policy: Policy = USUAL,
        decided: Decided = NOBODY,
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Say whether `new` may follow `past` (oldest first).

        Returns:
            (why not, empty when it may; what passes only because somebody decided so).
        """
        if level is Compatibility.NONE or not past:
            return (), ()
        if past[-1].kind is not new.kind:
            return (_other_kind(past[-1], new), _level_line(level)), ()
        if not _is_all(past, new.kind):
            past = [each for each in past if each.kind is new.kind]
        with self._meter.judging():
            verdict = decided.on(judge_history(past, new, level, policy=policy, counting=True))
        let = (_decision(each) for each in verdict.findings)
        return tuple(_lines(verdict, level)), tuple(each for each in let if each)

    def is_same_file(
        self, reading: Reading, subject: str, content: Content, other: Content
    ) -> bool:
        """Whether two contents of a subject are one Protobuf file, however either was sent."""
        if not all(_is_file(each) for each in (content, other)):
            return False
        if content.references != other.references or self._names(content) != self._names(other):
            return False
        own = self._file(reading, subject, content)
        return own != b"" and own == self._file(reading, subject, other)

    def _names(self, content: Content) -> frozenset[str]:
        found = self._declared.get(content.words)
        return self._declared.put(content.words, declared(content.text)) if found is None else found

    def _file(self, reading: Reading, subject: str, content: Content) -> bytes:
        """What a file is compiled to; empty for what is none."""
        key = (subject, content.normal)  # comments make no other file
        if (found := self._files.get(key)) is not None:
            return found
        try:
            used = used_by(reading, subject, content)
        except InvalidSchema:
            return b""
        texts = {name: each.content.text for name, each in used.items()}
        return self._files.put(key, compiled(content.text, texts))

    # -- in a worker ------------------------------------------------------------------------------

    def is_apart(self, content: Content, latest: Version | None) -> bool:
        """Whether a content that follows `latest` is for a worker."""
        contents = (content, latest.content) if latest else (content,)
        return self._workers is not None and any(is_apart(e.kind, e.text) for e in contents)

    def prepare(self, proposals: Iterable[Proposal]) -> None:
        """Have large texts read before anything is held open; what is wrong is said later."""
        for each in proposals:
            if self._workers is not None and is_apart(each.kind, each.text) and each.text.strip():
                with suppress(InvalidSchema):
                    self.canonical(each.kind, each.text)

    def judged_apart(  # noqa: PLR0913, PLR0917 - what one question asks
        self,
        reading: Reading,
        subject: str,
        content: Content,
        versions: Sequence[Version],
        level: Compatibility,
        policy: Policy = USUAL,
        decided: Decided = NOBODY,
    ) -> Callable[[], tuple[tuple[str, ...], tuple[str, ...]]]:
        """As `judged`, of what is not read here; also without `versions`, it has to be readable.

        What is returned does it, and needs the reading no more.
        """
        from lading.registry.apart import Judging

        past = tuple(versions) if level is not Compatibility.NONE else ()
        used = all_used(reading, subject, [content, *(each.content for each in past)])
        job = Judging(subject, content, past, used, level, policy, decided)

        def judged() -> tuple[tuple[str, ...], tuple[str, ...]]:
            found = self._asked(job, len(past))
            return tuple(found["objections"]), tuple(found["let"])

        return judged

    def reported(self, reading: Reading, asked: Asked) -> Callable[[], dict[str, Any]]:
        """The report on a change, likewise; raises `InvalidSchema`."""
        from lading.registry.apart import Reporting
        from lading.registry.verdicts import report_of

        contents = [asked.new, *(each.content for each in asked.past)]
        if self._workers is None or not any(is_apart(e.kind, e.text) for e in contents):
            told = report_of(self, reading, asked)
            return lambda: told
        used = all_used(reading, asked.subject, contents)
        return lambda: self._asked(Reporting(asked, used), len(asked.past))["report"]

    def _canonical(self, kind: Kind, text: str) -> str:
        if self._workers is None or not is_apart(kind, text):
            document = _readable("schema", kind, text)
            found = canonical_text(kind, document)
            if kind in _JSON:
                self._values.put((kind, found), document.value)
            return found
        from lading.registry.apart import Canonical

        if (why := self._refused.get((kind, text))) and why.at + REMEMBERED > time.monotonic():
            raise InvalidSchema(why.text)
        try:
            return str(self._asked(Canonical(kind, text))["text"])
        except InvalidSchema as error:
            said = error.message.removeprefix("Invalid schema: ")
            self._refused.put((kind, text), _Refusal(said, time.monotonic(), len(text)))
            raise

    def _own(self, subject: str, content: Content) -> Document:
        """The document of a content: what it is made of is known, where it was just read."""
        value = self._values.get((content.kind, content.text))
        if value is None:
            return _readable(subject, content.kind, content.text)
        return Document(subject, content.text, value, Syntax.JSON)

    def _asked(self, job: object, versions: int = 0) -> dict[str, Any]:
        """Each version of a long history has a second of its own, up to a minute for all."""
        assert self._workers is not None  # noqa: S101  who asks has looked
        with self._meter.judging():
            return self._workers.ask(job, longer=min(max(0, versions - 1), 60))


def _is_file(content: Content) -> bool:
    """Whether it is a Protobuf file that is not too large to look into."""
    return content.kind is Kind.PROTOBUF and len(content.text) <= spellings.LONGEST


def all_used(reading: Reading, subject: str, contents: Iterable[Content]) -> tuple[Version, ...]:
    """Every version that contents of a subject reach through references; raises `InvalidSchema`."""
    found = [each for content in contents for each in used_by(reading, subject, content).values()]
    return tuple({(each.subject, each.number): each for each in found}.values())


def used_by(reading: Reading, subject: str, content: Content) -> dict[str, Version]:
    """Name to version, of everything `content` of `subject` reaches through references.

    Raises:
        InvalidSchema: a reference leads nowhere, a name has two meanings, or there are too many.
    """
    found: dict[str, Version] = {}
    level = _full(subject, content)
    for _ in range(DEPTH):
        if not level:
            return found
        fresh = [each for each in level if _is_new(found, each.name, each.subject, each.version)]
        for each in fresh:
            found[each.name] = _target(reading, each.subject, each.version)
        if len(found) > REFERENCES:
            raise InvalidSchema(f"it reaches more than {REFERENCES} other schemas")
        level = [below for each in fresh for below in _full(each.subject, found[each.name].content)]
    raise InvalidSchema(f"its references are more than {DEPTH} levels deep")


def _full(subject: str, content: Content) -> list[Reference]:
    """The references of a content with full names: seen from the context that it is in."""
    context = names.context_of(subject)
    return [
        replace(each, subject=Subject(names.qualified(context, each.subject)))
        for each in content.references
    ]


def _is_new(found: dict[str, Version], name: str, subject: str, number: int) -> bool:
    known = found.get(name)
    if known is not None and (known.subject, known.number) != (subject, number):
        raise InvalidSchema(
            f"the name '{name}' would mean {known.subject} version {known.number} and "
            f"{subject} version {number} at once; refer to the same version everywhere"
        )
    return known is None


def _target(reading: Reading, subject: str, number: int) -> Version:
    target = reading.version(subject, number)
    if target is None:
        raise InvalidSchema(
            f'No schema reference found for subject "{subject}" and version {number}; '
            "register it first"
        )
    return target


def _read(
    reading: Reading,
    subject: str,
    content: Content,
    document: Document,
    before: Contract | None,
) -> Contract:
    used = used_by(reading, subject, content)
    documents = {
        name: _document(f"{each.subject}@{each.number}", each.content.kind, each.content.text)
        for name, each in used.items()
    }
    try:
        contract = read_contract(
            content.kind,
            document,
            subject=Subject(subject),
            references=documents,
            terms=terms(content.properties),
            before=before,
        )
    except ContractError as error:
        raise InvalidSchema(str(error)) from error
    if contract.references == content.references:
        return contract
    return replace(contract, references=content.references)


def _readable(name: str, kind: Kind, text: str) -> Document:
    try:
        return _document(name, kind, text)
    except ContractError as error:
        raise InvalidSchema(str(error)) from error


def syntax_of_text(kind: Kind, text: str) -> Syntax:
    """How a contract of a kind is written."""
    if kind is Kind.PROTOBUF:
        return Syntax.PROTO
    return Syntax.JSON if kind in _JSON or text.lstrip()[:1] == "{" else Syntax.YAML


def _document(name: str, kind: Kind, text: str) -> Document:
    syntax = syntax_of_text(kind, text)
    return read_document(name, text.encode("utf-8", "surrogatepass"), syntax=syntax)


def _is_all(past: Sequence[Contract], kind: Kind) -> bool:
    if isinstance(past, History):
        return past.is_all(kind)
    return all(each.kind is kind for each in past)


def _other_kind(old: Contract, new: Contract) -> str:
    return (
        f"version {old.version} is {old.kind}, the new one is {new.kind}: "
        "register it under another subject"
    )


def _lines(verdict: Verdict, level: Compatibility) -> Iterator[str]:
    """One line per objection, then the level, as Confluent ends its lists."""
    lines = [f"{each.code}: {each.message}" for each in verdict.problems]
    lines += [_line(each) for each in verdict.findings if each.counts]
    if lines or not verdict.compatible:
        yield from lines
        yield _level_line(level)


def _line(finding: Finding) -> str:
    parts = [f"{finding.rule} {finding.path or 'the schema'}: {finding.reason}"]
    if finding.undecided:
        parts.append("this could not be decided, so it does not pass")
    parts.append(f"compared with version {finding.against}")
    if finding.breaks:
        parts.append("breaks " + ", ".join(finding.breaks))
    if finding.fix:
        parts.append(f"fix: {finding.fix}")
    parts.append(f"finding {finding.fingerprint}")
    return "; ".join(parts)


def _decision(finding: Finding) -> str:
    """One line for a finding that somebody decided about; empty for all others."""
    place = f"{finding.rule} {finding.path or 'the schema'}"
    if finding.waiver:
        return f"{place}: waived until {finding.waiver.until} by {finding.waiver.approved_by}"
    if finding.meaning and not finding.counts:
        return f"{place}: {finding.meaning.said}, says {finding.meaning.by}"
    return ""


def _level_line(level: Compatibility) -> str:
    return f"{{compatibility: '{level}'}}"
