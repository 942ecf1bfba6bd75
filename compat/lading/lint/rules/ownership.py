"""Ownership: one owner for each thing, and only the owner states facts about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import envelope_of, on_contract, on_field, on_operation, on_sample
from lading.model import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Contract, Sample


@lint_rule("OWN-001", "all")
def one_owner(library: Library) -> Iterator[Hit]:
    """Every contract and every field has exactly one owner, which is a known system.

    ## What it checks
    `owner` and `team` of each contract's terms; `owner` of each field of a message, `x-owner` of
    each property of an API; all of them ids of `systems.yaml`.

    ## Why it matters
    Two systems that both set a value overwrite each other. Nobody answers for one without an owner.

    ## What to do instead
    Name the system that the value comes from, not the one that passes it on.
    """
    for each in library.workspace.contracts:
        if not each.terms.owner or not each.terms.team:
            lacking = "owner" if not each.terms.owner else "team"
            yield on_contract(each, f"{each.subject} has no {lacking}", hint="contract.yaml")
    for field in library.fields:
        if not field.is_avro and "$ref" in field.node:
            continue
        owner = field.said("owner")
        if not owner:
            yield on_field(field, f"`{field.name}` has no owner")
        elif library.systems and owner not in library.systems:
            yield on_field(field, f"the owner `{owner}` of `{field.name}` is no known system")


def _sent_by_another(library: Library, sample: Sample) -> Iterator[Hit]:
    contract = library.event(str(sample.subject))
    said = envelope_of(sample).get("source_system")
    if contract is None or not isinstance(said, str):
        return
    row = library.objects.get(contract.terms.object)
    owners = row.owners if row else {}
    decided = owners.get(_value(sample.document.value, contract.terms.scope))
    several = (decided,) if decided else (contract.terms.producer, *owners.values())
    allowed = dict.fromkeys(contract.terms.proposers or several)
    if said not in allowed:
        message = f"`{said}` may not send this: only {' or '.join(allowed)} may"
        yield on_sample(sample, message, path="meta.source_system")


def _value(message: Any, path: str) -> str:
    """The text at a dotted path of a message; empty where there is none."""
    for name in path.split("."):
        message = message.get(name) if isinstance(message, dict) else None
    return message if isinstance(message, str) else ""


@lint_rule("OWN-002", "AsyncAPI", of_message=_sent_by_another)
def only_the_owner_sends(library: Library) -> Iterator[Hit]:
    """A fact is sent by the owner of its object alone; others may only propose.

    ## What it checks
    Each event names the object it is about (`object`); its `producer` is the owner there, or one of
    the owners where ownership is split. A proposal has no producer, but `proposers` that may
    propose or own the object. A message names one of them in `source_system`: where the value that
    splits the object is a key of `owners` (`SOFT: erp, HARD: wms`), the owner for that value alone.

    ## Why it matters
    With two producers of one fact, the last to speak is right, and that is chance.

    ## What to do instead
    Let the other system propose (`..._requested`), and the owner state what came of it.
    """
    for each in library.events:
        row = library.objects.get(each.terms.object)
        if not row:
            message = f"the object `{each.terms.object}` is not in ownership.yaml"
            yield on_contract(each, message if each.terms.object else "names no `object`")
        elif each.terms.intent == "proposal":
            allowed = {*row.proposes, row.owner, *row.owners.values(), "integration"}
            wrong = sorted(set(each.terms.proposers) - allowed)
            if each.terms.producer or not each.terms.proposers:
                yield on_contract(each, "a proposal has `proposers` and no `producer`")
            for system in wrong:
                yield on_contract(each, f"{system} may not propose about {row.id}")
        elif each.terms.producer not in {row.owner, *row.owners.values()}:
            message = f"{each.terms.producer or 'nobody'} states facts about {row.id}"
            yield on_contract(each, f"{message}, which {row.owner} owns")


@lint_rule("OWN-003", "all")
def split_ownership_is_disjoint(library: Library) -> Iterator[Hit]:
    """Where several systems own an object, one value decides which of them.

    ## What it checks
    A `split` in `ownership.yaml` names the value that decides, with two owners or more, each once;
    each event about the object names in `scope` the field that holds it, a path of names, and no
    part of that path is nullable.

    ## Why it matters
    Scopes that overlap have two owners in the overlap. A message without the value cannot be held
    to its owner, and nobody can say whose backlog it is.

    ## What to do instead
    `split: {by: warehouse_id, owners: {own: wms, third-party: 3pl}}`, and `scope: warehouse_id`
    (or `scope: reservation.level`) for an event with such a field.
    """
    for row in library.objects.values():
        if row.owners and (not row.split_by or len(set(row.owners.values())) < len(row.owners)):
            at = Origin("ownership.yaml", ())
            yield Hit("ownership.yaml", at, f"the owners of {row.id} are not told apart", row.id)
    for each in library.events:
        owned = library.objects.get(each.terms.object)
        if owned and owned.owners and not each.terms.scope:
            message = f"{owned.id} has several owners, and no `scope` says which one speaks"
            yield on_contract(each, message, hint=f"scope: {owned.split_by}")
        elif each.terms.scope:
            yield from _scope(library, each)


def _scope(library: Library, event: Contract) -> Iterator[Hit]:
    """The path is walked from its start, so that the first name that lacks or is empty is told."""
    names = event.terms.scope.split(".")
    for count in range(1, len(names) + 1):
        path = ".".join(names[:count])
        field = library.carried(event, path)
        if field is None:
            yield on_contract(event, f"its scope is decided by `{path}`, which it does not carry")
            return
        if field.is_optional:
            yield on_contract(event, f"its scope is decided by `{path}`, which may be empty")
            return


@lint_rule("OWN-004", "OpenAPI")
def proposals_answer_202(library: Library) -> Iterator[Hit]:
    """Who writes to what the provider does not own, proposes: the answer is 202.

    ## What it checks
    Each operation says who owns its object (`x-ownership`). A POST, PUT, PATCH or DELETE marked as
    a proposal answers 202 with the request, never 200 or 201 with a changed state; one whose owner
    is not the provider is a proposal. Many proposals at once (the path ends in `/batch`) answer
    200, with a status for each. A POST that only asks says `query: true`: it may ask about what
    others own, and answers 200.

    ## Why it matters
    A portal that answers 200 has become a second order system, and the first one does not know.

    ## What to do instead
    `POST /orders/{order_id}/change-requests`, 202, and an address to ask what came of it.
    """
    for each in library.operations:
        document: Any = each.contract.document.value
        provider = document.get("info", {}).get("x-owner") or each.contract.terms.owner
        said = each.node.get("x-ownership")
        if each.webhook:
            continue
        if not isinstance(said, dict) or not said.get("owner"):
            yield on_operation(each, f"{each.name} does not say who owns its object")
            continue
        if each.method in ("get", "head", "options"):
            continue
        done = {status for status in each.responses if status.startswith("2")}
        query = said.get("query") is True
        taken = "200" if each.path.endswith("/batch") else "202"
        if query and (each.method, done) != ("post", {"200"}):
            yield on_operation(each, f"{each.name} is a query: that is a POST that answers 200")
        if said.get("proposal") and done != {taken}:
            answers = ", ".join(sorted(done))
            yield on_operation(each, f"{each.name} is a proposal and answers {answers}")
        if not said.get("proposal") and not query and said["owner"] != provider:
            message = f"{each.name} changes what {said['owner']} owns, and {provider} provides it"
            yield on_operation(each, message, hint="make it a proposal that answers 202")


@lint_rule("OWN-005", "all", Severity.WARN)
def support_is_named(library: Library) -> Iterator[Hit]:
    """Every contract says whom to ask, whom to wake and who decides.

    ## What it checks
    `contact`, `on_call` and `escalation` of the terms; for APIs the contact in `info` will do.

    ## Why it matters
    At night a contract without a name is nobody's.

    ## What to do instead
    Say it once in the `contract.yaml` of the folder.
    """
    for each in library.workspace.contracts:
        lacking = [
            key for key in ("contact", "on_call", "escalation") if not getattr(each.terms, key)
        ]
        if lacking:
            yield on_contract(each, f"{each.subject} names no {', '.join(lacking)}")
