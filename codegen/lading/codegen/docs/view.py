"""The workspace as one audience may see it, and where everything has its page."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from lading.codegen.docs.audience import visible
from lading.codegen.docs.fields import Row, rows
from lading.codegen.docs.text import code, link, prose, segment, title
from lading.model import Api, CodeMap, Contract, Kind, Slot, Taxonomy
from lading.model.proto import ProtoFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.compat import Rule
    from lading.lint import LintRule
    from lading.model import Compatibility, Consumer, ProblemPage, Reads, Subject, Workspace

SEEN_BY: Final = {
    "internal": frozenset({"internal", "partner", "public"}),
    "partner": frozenset({"partner", "public"}),
    "public": frozenset({"public"}),
}
"""Audience of the site to the audiences of the contracts on it."""

SYSTEMS: Final = "systems/index.md"

FAMILIES: Final = {
    Kind.AVRO: "Messages and entities",
    Kind.JSON: "JSON documents",
    Kind.OPENAPI: "APIs",
    Kind.TAXONOMY: "Lifecycles and status lists",
    Kind.MAPPING: "Code mappings",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that has an id and a page, by id."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    """What may change."""
    lint_rules: Mapping[str, LintRule] = field(default_factory=dict)
    """What contracts and messages are held to."""
    problems: Mapping[str, ProblemPage] = field(default_factory=dict)
    """What keeps a contract from being read."""


@dataclass(frozen=True)
class View:
    """What the site shows. Not slotted: answers that need a walk are kept."""

    workspace: Workspace
    reference: Reference
    """What the pages of rules are made from."""
    audience: str = "internal"

    @property
    def internal(self) -> bool:
        """Whether consumers, systems and ownership are shown."""
        return self.audience == "internal"

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts this audience sees, by subject."""
        seen = SEEN_BY[self.audience]
        shown = (each for each in self.workspace.contracts if each.terms.audience in seen)
        if self.internal:
            return tuple(shown)
        return tuple(each for each in (visible(one, seen) for one in shown) if each)

    @cached_property
    def pages(self) -> dict[Subject, str]:
        """Subject to the path of its page; stable for as long as the subject lives."""
        return {each.subject: f"c/{segment(each.subject)}.md" for each in self.contracts}

    @cached_property
    def taxonomies(self) -> dict[str, Contract]:
        """Name of a taxonomy to its newest major version."""
        return {each.body.name: each for each in self.contracts if isinstance(each.body, Taxonomy)}

    @cached_property
    def anchors(self) -> dict[Subject, dict[str, str]]:
        """Subject to field path to anchor."""
        return {
            each.subject: {row.read_as: row.anchor for row in self.fields(each)}
            for each in self.contracts
        }

    @cached_property
    def systems(self) -> dict[str, str]:
        """Id of a system to its name."""
        return {each.id: each.name for each in self.workspace.systems}

    def field_anchor(self, subject: Subject, path: str) -> str:
        """The anchor of a field as consumers write it; empty when the page has none."""
        return self.anchors.get(subject, {}).get(path.removesuffix("[]"), "")

    def fields(self, contract: Contract) -> list[Row]:
        """The rows of a schema contract; none for the other kinds."""
        if isinstance(contract.body, (Api, Taxonomy, CodeMap, ProtoFile)):
            return []
        return rows(contract.body, contract.types)

    def of_kind(self, *kinds: Kind) -> tuple[Contract, ...]:
        return tuple(each for each in self.contracts if each.kind in kinds)

    def readers(self, subject: Subject) -> list[tuple[Consumer, Reads]]:
        """Who reads the contract; nobody outside the house is told."""
        if not self.internal:
            return []
        consumers = self.workspace.consumers
        return [
            (who, reads) for who in consumers for reads in who.reads if reads.contract == subject
        ]

    def users(self, subject: Subject) -> list[Contract]:
        """Contracts on this site that refer to the subject."""
        return [c for c in self.contracts if any(r.subject == subject for r in c.references)]

    def link(self, here: str, subject: Subject, *, shown: str = "", fragment: str = "") -> str:
        """A link to the page of a contract, or just its name when the audience does not see it."""
        text = shown or code(subject)
        page = self.pages.get(subject)
        return link(text, go(here, page, fragment)) if page else text

    def state_link(self, here: str, taxonomy: str, state: str) -> str:
        """A link to one state of a taxonomy."""
        contract = self.taxonomies.get(taxonomy)
        if contract is None or state not in codes(contract):
            return code(state)
        return self.link(here, contract.subject, shown=code(state), fragment=state_anchor(state))

    def definition(self, here: str, text: str) -> str:
        """A definition; one that is only ``taxonomy/CODE`` links to that state."""
        taxonomy, _, state = text.rpartition("/")
        found = self.taxonomies.get(taxonomy)
        if found is None or state not in codes(found):
            return prose(text)
        return f"{code(taxonomy)} {self.state_link(here, taxonomy, state)}"

    def system(self, here: str, id_: str, *, short: bool = False) -> str:
        """A system by its name (or by its id), linked when there is a page of systems."""
        name = code(id_) if short else prose(self.systems.get(id_, id_))
        known = self.internal and id_ in self.systems
        return link(name, go(here, SYSTEMS, f"system-{segment(id_)}")) if known else name

    def promise(self, contract: Contract) -> str:
        """What the contract promises, in the words of the gate."""
        if contract.kind is Kind.OPENAPI:
            if contract.terms.promise is not None:
                return contract.terms.promise.value
            ask, answer = (self._promised(contract, s) for s in (Slot.REQUEST, Slot.RESPONSE))
            return f"requests {ask.value}, responses {answer.value}"
        return self._promised(contract, Slot.EVENT).value

    def _promised(self, contract: Contract, slot: Slot) -> Compatibility:
        return self.workspace.promise(contract, slot)


def codes(contract: Contract) -> frozenset[str]:
    """The codes of a taxonomy."""
    body = contract.body
    return (
        frozenset(state.code for state in body.states)
        if isinstance(body, Taxonomy)
        else frozenset()
    )


def state_anchor(state: str) -> str:
    """The fragment of one state on the page of its taxonomy."""
    return f"state-{segment(state)}"


def go(here: str, there: str, fragment: str = "") -> str:
    """The relative target of a link between two pages of the source."""
    path = "" if here == there else posixpath.relpath(there, posixpath.dirname(here) or ".")
    return f"{path}#{fragment}" if fragment else path or posixpath.basename(here)


def name_of(contract: Contract) -> str:
    """The shortest name people know the contract by: title, or the last part of the subject."""
    body = contract.body
    if isinstance(body, Api):
        return body.title or contract.subject
    if isinstance(body, (Taxonomy, CodeMap)):
        return body.title or body.name
    return contract.subject.rpartition(".")[2] if contract.kind is Kind.AVRO else contract.subject


def about(contract: Contract) -> str:
    """What the contract is for, as its author wrote it: hostile text still."""
    return contract.terms.description or getattr(contract.body, "doc", "")


def beside(page: str, name: str) -> str:
    """The path of a file in the folder that the page becomes on the site."""
    return f"{page.removesuffix('.md')}/{name}"


def version_of(contract: Contract) -> str:
    """The semantic version, from the document where it has one and from its terms else."""
    written = contract.body.version if isinstance(contract.body, (Api, Taxonomy, CodeMap)) else ""
    return written or contract.terms.version


def owner_of(contract: Contract) -> str:
    """The id of the system of record: what the document says of itself, or its terms."""
    written = contract.body.owner if isinstance(contract.body, (Taxonomy, CodeMap)) else ""
    return contract.terms.owner or written


def folder_of(contract: Contract) -> str:
    """The folder the contract lives in, ``events/shipment``; its kind when it has none."""
    folder = posixpath.dirname(contract.document.name) if contract.documents else ""
    return folder or contract.kind.value.lower()


def front(
    name: str, *, tags: tuple[str, ...] = (), search: bool = True, hide: tuple[str, ...] = ()
) -> str:
    """Front matter and the heading of a page."""
    lines = [f"title: {_quoted(name)}"]
    if tags:
        lines.append(f"tags: [{', '.join(_quoted(tag) for tag in tags if tag)}]")
    if not search:
        lines.append("search: {exclude: true}")
    if hide:
        lines.append(f"hide: [{', '.join(hide)}]")
    text = "\n".join(lines)
    return f"---\n{text}\n---\n\n# {prose(name)}\n"


def _quoted(text: str) -> str:
    return '"' + title(text).replace("\\", "/") + '"'


def sections(*parts: str) -> str:
    """A page from its parts, the empty ones dropped."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def section(heading: str, body: str, *, mark: str = "") -> str:
    """A second-level section; nothing at all without a body."""
    fragment = f" {{ #{mark} }}" if mark else ""
    return f"## {heading}{fragment}\n\n{body}" if body.strip() else ""
