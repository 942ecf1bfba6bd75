"""A folder of contracts as one value: everything in it that could be read, and every problem."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from lading.model import settings as settings_
from lading.model.bindings import check_bindings
from lading.model.collector import uncollected
from lading.model.contract import Compatibility, Contract, Kind, Reference, Slot
from lading.model.document import Place
from lading.model.errors import ContractError, Problem, WorkspaceError
from lading.model.fields import missing_step
from lading.model.firewall import inside, references
from lading.model.notes import Notes
from lading.model.people import (
    read_consumer,
    read_meanings,
    read_ownership,
    read_systems,
    read_waivers,
)
from lading.model.pointers import split
from lading.model.read import avro_name, kind_of_document, read_contract
from lading.model.reader import read_document, syntax_of
from lading.model.samples import REFUSED, read_refusals, read_samples
from lading.model.schema import Enum, Record
from lading.model.settings import Settings, read_settings
from lading.model.suggest import did_you_mean, one_of, system_hint
from lading.model.taxonomy import CodeMap, Quality, Taxonomy, answers, split_code
from lading.model.terms import FILE as TERMS
from lading.model.terms import read_terms
from lading.model.tree import PickyTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.model.consumption import Consumer, Meaning, Ownership, Reads, System, Waiver
    from lading.model.document import Document, Pointer
    from lading.model.samples import Refusal, Sample
    from lading.model.taxonomy import Answer
    from lading.model.terms import TermsOf
    from lading.model.tree import Tree

_FOLDERS: Final = {
    "common": Kind.AVRO,
    "entities": Kind.AVRO,
    "events": Kind.AVRO,
    "schemas": Kind.JSON,
    "apis": Kind.OPENAPI,
    "taxonomies": Kind.TAXONOMY,
    "mappings": Kind.MAPPING,
}
_SUFFIXES: Final = {
    Kind.AVRO: (".avsc",),
    Kind.JSON: (".json", ".yaml", ".yml"),
    Kind.OPENAPI: (".yaml", ".yml", ".json"),
    Kind.TAXONOMY: (".yaml", ".yml"),
    Kind.MAPPING: (".yaml", ".yml"),
}
_BESIDE: Final = frozenset({"consumers", "samples", "codelists", "policies"})
"""Folders of files that are no contracts."""
_REFUSED: Final = "put the file itself here, as a regular file that may be read, or take it out"
WAIVERS: Final = "policies/waivers.yaml"
MEANINGS: Final = "policies/meanings.yaml"
_TOP: Final = ("systems.yaml", "ownership.yaml", settings_.FILE)


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a tree of contracts holds."""

    tree_name: str
    settings: Settings = field(default_factory=Settings)
    contracts: tuple[Contract, ...] = ()
    """Sorted by subject."""
    systems: tuple[System, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    samples: tuple[Sample, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Sorted by place; contracts with problems are not among `contracts`."""
    waivers: tuple[Waiver, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """Why messages that must be refused are refused."""

    def contract(self, subject: str) -> Contract | None:
        """The contract of that subject."""
        return next((each for each in self.contracts if each.subject == subject), None)

    def promise(self, contract: Contract, slot: Slot = Slot.EVENT) -> Compatibility:
        """What is promised about `contract`: its own terms, else the workspace's default."""
        if contract.terms.promise:
            return contract.terms.promise
        by_kind = {Kind.TAXONOMY: "taxonomy", Kind.MAPPING: "mapping"}
        return self.settings.promises[by_kind.get(contract.kind, slot.value)]


def find_workspace(start: Path) -> Path:
    """The folder with ``lading.toml``: `start`, its ``contracts`` folder, or a parent of `start`.

    Parents are those of the folder that `start` leads to: by its letters alone ``../other`` would
    have the present folder for a parent. The ``contracts`` folder of a parent is meant from the
    current folder only: another one that was named does not stand for what is beside it.

    Raises:
        WorkspaceError: there is none.
    """
    if not start.exists():
        near = did_you_mean(start.name, [each.name for each in _siblings(start)])
        raise WorkspaceError(
            f"there is no folder `{start}`", hint=near or "give the path of a workspace"
        )
    real = start.resolve()
    beside = real == Path.cwd()
    for folder in (real, *real.parents):
        for place in (folder, folder / "contracts") if beside or folder == real else (folder,):
            if (place / settings_.FILE).is_file():
                return place
    raise WorkspaceError(
        f"no {settings_.FILE} in `{start}`, its contracts/ folder or above", hint="lading init"
    )


def _siblings(path: Path) -> Iterable[Path]:
    return path.absolute().parent.iterdir() if path.absolute().parent.is_dir() else ()


@uncollected()
def load_workspace(tree: Tree) -> Workspace:
    """Read a whole tree. A bad file is a problem, never an exception.

    Raises:
        WorkspaceError: the tree itself cannot be read.
    """
    return _Loader(tree.name).load(tree)


class _Loader:
    """One load; holds what is found until it becomes a `Workspace`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: set[Problem] = set()
        self.unread: set[str] = set()
        self.documents: dict[str, Document] = {}
        self.notes: dict[str, Notes] = {}
        self.settings = Settings()

    def load(self, tree: Tree) -> Workspace:
        """Files to documents, documents to contracts, then what ties them together."""
        for path, data in tree.files():
            self._file(path, data)
        for path, reason in tree.refused() if isinstance(tree, PickyTree) else ():
            message = f"the file is not read: {reason}"
            self.problems.add(Problem("LAD041", message, Place(path), _REFUSED))
        systems = self._systems()
        ids = {each.id for each in systems}
        kinds = dict(self._kinds())
        described = [
            each for name, each in self.documents.items() if name.rpartition("/")[2] == TERMS
        ]
        terms = read_terms(described, self.notes, kinds, systems)
        contracts = self._unique(_linked(tuple(self._contracts(kinds, terms))))
        consumers = tuple(self._consumers(ids))
        ownership = tuple(self._ownership(ids))
        samples = tuple(read_samples(self.documents, self.notes))
        refusals = tuple(self._refusals())
        waivers = tuple(self._waivers())
        meanings = tuple(self._meanings())
        self._tie(contracts, consumers, samples, ids)
        found = self.problems.union(*(each.problems for each in self.notes.values()))
        return Workspace(
            self.name,
            self.settings,
            contracts,
            systems,
            consumers,
            ownership,
            samples,
            tuple(
                each
                for each in sorted(found, key=lambda each: (each.place, each.code, each.message))
                if not self._follows_from_unread(each)
            ),
            waivers=waivers,
            meanings=meanings,
            refusals=refusals,
        )

    def _follows_from_unread(self, problem: Problem) -> bool:
        """Whether a type is only missing because the file that would define it is broken."""
        if problem.code != "LAD012" or "`" not in problem.message:
            return False
        name = problem.message.split("`")[1].rpartition(".")[2]
        return name in {_stem(path) for path in self.unread}

    # --- files

    def _file(self, path: str, data: bytes) -> None:
        if path == settings_.FILE:
            self.settings, problems = read_settings(path, data)
            self.problems.update(problems)
        elif not path.endswith(".toml"):
            try:
                document = read_document(path, data, syntax=syntax_of(path))
            except ContractError as error:
                self.problems.update(error.problems)
                self.unread.add(path)
                return
            self.documents[path] = document
            self.notes[path] = Notes(document)

    def _kinds(self) -> Iterator[tuple[str, Kind]]:
        """(path, kind) of each contract file; what has no place in the layout is a problem."""
        for path, document in self.documents.items():
            top, _, rest = path.partition("/")
            if path in _TOP or path.rpartition("/")[2] == TERMS or top in _BESIDE:
                if top == "policies" and path not in {WAIVERS, MEANINGS}:
                    self._misplaced(path, document)
                continue
            kind = _FOLDERS.get(top) if rest else None
            if kind and path.endswith(_SUFFIXES[kind]):
                yield path, kind
            else:
                self._misplaced(path, document)

    def _misplaced(self, path: str, document: Document) -> None:
        top = path.partition("/")[0]
        kind = kind_of_document(document)
        right = (
            next((folder for folder, each in _FOLDERS.items() if each is kind), "") if kind else ""
        )
        hint = did_you_mean(top, _FOLDERS) or (
            f"put it under {right}/" if right else f"contracts live in {', '.join(_FOLDERS)}"
        )
        self.notes[path].add(
            "LAD040", (), "this file has no place in the workspace, so nothing checks it", hint=hint
        )

    def _systems(self) -> tuple[System, ...]:
        document = self.documents.get("systems.yaml")
        return tuple(read_systems(document, self.notes["systems.yaml"])) if document else ()

    def _ownership(self, ids: set[str]) -> Iterator[Ownership]:
        document = self.documents.get("ownership.yaml")
        if document:
            yield from read_ownership(document, self.notes["ownership.yaml"], ids)

    def _waivers(self) -> Iterator[Waiver]:
        document = self.documents.get(WAIVERS)
        if document:
            yield from read_waivers(document, self.notes[WAIVERS])

    def _meanings(self) -> Iterator[Meaning]:
        document = self.documents.get(MEANINGS)
        if document:
            yield from read_meanings(document, self.notes[MEANINGS])

    def _consumers(self, ids: set[str]) -> Iterator[Consumer]:
        for path, document in self.documents.items():
            if path.startswith("consumers/"):
                yield read_consumer(document, self.notes[path], ids)

    def _refusals(self) -> Iterator[Refusal]:
        document = self.documents.get(REFUSED)
        if document:
            yield from read_refusals(document, self.notes[REFUSED])

    # --- contracts

    def _contracts(self, kinds: Mapping[str, Kind], terms: TermsOf) -> Iterator[Contract]:
        named = dict(self._avro_names(kinds))
        for path, kind in kinds.items():
            reachable = named if kind is Kind.AVRO else self._reachable(path)
            try:
                contract = read_contract(
                    kind, self.documents[path], references=reachable, terms=terms.of(path)
                )
            except ContractError as error:
                self.problems.update(error.problems)
            else:
                yield replace(contract, terms=terms.of(path, _said_inside(contract)))

    def _avro_names(self, kinds: Mapping[str, Kind]) -> Iterator[tuple[str, Document]]:
        """(full name, document) of the top type of each Avro file."""
        seen: dict[str, str] = {}
        for path, kind in kinds.items():
            document = self.documents[path]
            if kind is not Kind.AVRO:
                continue
            name = avro_name(document)
            if name in seen:
                self.notes[path].add(
                    "LAD014", ("name",), f"`{name}` is also defined by {seen[name]}"
                )
            elif name:
                seen[name] = path
                yield name, document

    def _reachable(self, path: str) -> dict[str, Document]:
        """The workspace files that the document at `path` may refer to, by the text it uses."""
        found: dict[str, Document] = {}
        waiting = [path]
        visited: set[str] = set()
        while waiting:
            base = waiting.pop()
            visited.add(base)
            for text, at in references(self.documents[base]):
                file, _ = split(text)
                target = inside(base, file) if file else None
                document = self.documents.get(target or "")
                if not document or not target:
                    continue
                if found.setdefault(file, document) is not document:
                    message = f"`{file}` means another file here than in {path}"
                    self.notes[base].add(
                        "LAD014", at, message, hint="write both paths from the same folder"
                    )
                if target not in visited:
                    waiting.append(target)
        return found

    def _unique(self, contracts: Iterable[Contract]) -> tuple[Contract, ...]:
        found: dict[str, Contract] = {}
        for each in contracts:
            first = found.setdefault(each.subject, each)
            if first is not each and each.kind is not Kind.AVRO:
                message = f"the subject `{each.subject}` is also that of {first.document.name}"
                self.notes[each.document.name].add("LAD014", (), message)
        return tuple(found[subject] for subject in sorted(found))

    # --- what ties contracts together

    def _tie(
        self,
        contracts: tuple[Contract, ...],
        consumers: tuple[Consumer, ...],
        samples: tuple[Sample, ...],
        ids: set[str],
    ) -> None:
        by_subject = {str(each.subject): each for each in contracts}
        taxonomies = {
            each.body.name: each.body for each in contracts if isinstance(each.body, Taxonomy)
        }
        unread = {each.place.document for each in self.problems}
        for each in contracts:
            if isinstance(each.body, CodeMap):
                self._tie_mapping(each.body, self.notes[each.document.name], taxonomies, ids)
            elif isinstance(each.body, Taxonomy):
                self._tie_taxonomy(each.body, self.notes[each.document.name], taxonomies, ids)
            else:
                notes = self.notes[each.document.name]
                check_bindings(each, taxonomies, notes, complete=not unread)
        for consumer in consumers:
            for reads in consumer.reads:
                self._tie_reads(reads, by_subject, complete=not unread)
        for sample in samples:
            if sample.subject not in by_subject and not unread:
                hint = did_you_mean(sample.subject, by_subject)
                message = f"there is no contract `{sample.subject}`"
                self.notes[sample.document.name].add("LAD035", (), message, hint=hint)

    def _known(self, system: str, at: Pointer, notes: Notes, ids: set[str]) -> None:
        if ids and system and system not in ids:
            hint = system_hint(system, ids)
            notes.add("LAD035", at, f"there is no system `{system}`", hint=hint)

    def _tie_mapping(
        self, body: CodeMap, notes: Notes, taxonomies: Mapping[str, Taxonomy], ids: set[str]
    ) -> None:
        self._known(body.system, ("system",), notes, ids)
        self._known(body.owner, ("owner",), notes, ids)
        taxonomy = taxonomies.get(body.taxonomy)
        if not taxonomy and self.unread:
            return
        if not taxonomy:
            hint = did_you_mean(body.taxonomy, taxonomies)
            notes.add("LAD032", ("taxonomy",), f"there is no taxonomy `{body.taxonomy}`", hint=hint)
            return
        for cell in body.cells:
            for each in answers(cell):
                self._tie_answer(each, taxonomy, notes, taxonomies)
            if cell.quality is Quality.NONE and cell.to not in (None, taxonomy.ignored) and cell.at:
                message = f"the row `{cell.code}` has the quality none and the target {cell.to}"
                hint = "say how well they agree, or leave `to` out"
                if taxonomy.ignored:
                    hint += f"; a code that says nothing may become {taxonomy.ignored}"
                notes.add("LAD031", cell.at.pointer, message, hint=hint)
        for override in body.overrides:
            self._tie_answer(override, taxonomy, notes, taxonomies)
        for sending in body.sends:
            if sending.at:
                at = (*sending.at.pointer, "from")
                self._tie_code(sending.source, taxonomy, at, notes)

    def _tie_answer(
        self,
        answer: Answer,
        taxonomy: Taxonomy,
        notes: Notes,
        taxonomies: Mapping[str, Taxonomy],
    ) -> None:
        """A target is a code of the taxonomy, what it says also one of any taxonomy."""
        if not answer.at:
            return
        if answer.to:
            self._tie_code(answer.to, taxonomy, (*answer.at.pointer, "to"), notes)
        for index, also in enumerate(answer.also):
            name, code = split_code(also, taxonomy.name)
            at = (*answer.at.pointer, "also", index)
            if name in taxonomies:
                self._tie_code(code, taxonomies[name], at, notes)
            elif not self.unread:
                hint = did_you_mean(name, taxonomies)
                notes.add("LAD032", at, f"there is no taxonomy `{name}`", hint=hint)

    def _tie_code(self, code: str, taxonomy: Taxonomy, at: Pointer, notes: Notes) -> None:
        codes = [each.code for each in taxonomy.states]
        if code not in codes:
            message = f"`{code}` is no code of {taxonomy.name}"
            notes.add("LAD032", at, message, hint=one_of(code, codes))

    def _tie_taxonomy(
        self, body: Taxonomy, notes: Notes, taxonomies: Mapping[str, Taxonomy], ids: set[str]
    ) -> None:
        self._known(body.owner, ("owner",), notes, ids)
        for state in body.states:
            if state.at:
                self._known(state.owner, (*state.at.pointer, "owner"), notes, ids)
        target = taxonomies.get(body.advances)
        if body.advances and not target:
            hint = did_you_mean(body.advances, taxonomies)
            notes.add("LAD032", ("advances",), f"there is no taxonomy `{body.advances}`", hint=hint)
        codes = [each.code for each in target.states] if target else []
        for state in body.states:
            if target and state.advances_to and state.advances_to not in codes and state.at:
                message = f"`{state.advances_to}` is no code of {target.name}"
                hint = did_you_mean(state.advances_to, codes)
                notes.add("LAD032", (*state.at.pointer, "advances_to"), message, hint=hint)

    def _tie_reads(
        self, reads: Reads, contracts: Mapping[str, Contract], *, complete: bool
    ) -> None:
        if not reads.at:
            return
        notes, at = self.notes[reads.at.document], reads.at.pointer
        contract = contracts.get(reads.contract)
        if not contract:
            if complete and reads.contract:
                hint = did_you_mean(reads.contract, contracts)
                notes.add(
                    "LAD035",
                    (*at, "contract"),
                    f"there is no contract `{reads.contract}`",
                    hint=hint,
                )
            return
        for index, path in enumerate(reads.fields):
            wrong = missing_step(contract.body, contract.types, path)
            if wrong:
                message = f"{contract.subject} has no `{wrong.path}`"
                hint = did_you_mean(wrong.name, wrong.known)
                notes.add("LAD035", (*at, "fields", index), message, hint=hint)
        for key, said, known in (
            ("statuses", reads.statuses, frozenset(_statuses(contract))),
            ("operations", reads.operations, frozenset(_operations(contract))),
        ):
            for index, word in enumerate(said):
                if word not in known:
                    message = f"{contract.subject} has no `{word}`"
                    hint = did_you_mean(word, sorted(known))
                    notes.add("LAD035", (*at, key, index), message, hint=hint)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _said_inside(contract: Contract) -> dict[str, str]:
    """The terms that the document itself says."""
    body = contract.body
    owner = body.tags.get("owner", "") if isinstance(body, Record) else getattr(body, "owner", "")
    said = {"version": getattr(body, "version", ""), "owner": owner}
    return {key: text for key, text in said.items() if text}


def _linked(contracts: tuple[Contract, ...]) -> Iterator[Contract]:
    """The contracts, with references by subject where they were by file name."""
    subjects = {each.document.name: each.subject for each in contracts}
    for each in contracts:
        if each.kind is Kind.AVRO or not each.references:
            yield each
            continue
        base = each.document.name
        named = ((one, inside(base, one.name) or "") for one in each.references)
        found = (Reference(one.name, subjects.get(path, one.subject)) for one, path in named)
        yield replace(each, references=tuple(found))


def _statuses(contract: Contract) -> Iterator[str]:
    if isinstance(contract.body, Taxonomy):
        yield from (each.code for each in contract.body.states)
    elif isinstance(contract.body, CodeMap):
        yield from (each.to for each in contract.body.cells if each.to)
    for schema in (contract.body, *contract.types.values()):
        if isinstance(schema, Enum):
            yield from (str(each) for each in schema.symbols)


def _operations(contract: Contract) -> Iterator[str]:
    operations = getattr(contract.body, "operations", ())
    yield from (each.operation_id for each in operations if each.operation_id)
