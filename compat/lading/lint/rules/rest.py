"""Law and quality: what may be shipped, and what proves a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import on_contract, on_sample, on_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Sample

_SUMMED: Final = frozenset({"lots", "buckets", "tax_breakdown", "dispositions"})
_CASES: Final = ("minimal", "full")


@lint_rule("LIC-001", "code lists")
def licence_of_lists_told(library: Library) -> Iterator[Hit]:
    """A mapping says what its foreign list allows.

    ## What it checks
    `list.licence` of each mapping: a licence, or `facts` for codes with labels of our own. A label
    is short: a description of the list's owner is not copied.

    ## Why it matters
    Codes are facts, their descriptions often belong to somebody.

    ## What to do instead
    `licence: facts`, and a label of a few words of your own.
    """
    for contract, body in library.mappings:
        if not body.licence:
            yield on_contract(contract, f"does not say what {body.code_list} allows")
        for cell in body.cells:
            if len(cell.label) > 80:  # noqa: PLR2004 - a label, not a description
                message = f"the label of `{cell.code}` is a description"
                yield on_contract(contract, message, path=cell.code, at=cell.at)


def _invariants_broken(library: Library, sample: Sample) -> Iterator[Hit]:
    for each in library.faults(sample):
        if each.invariant:
            yield on_sample(sample, each.message, path=each.path)


@lint_rule("QUA-001", "all", Severity.WARN, of_message=_invariants_broken)
def invariants_declared(library: Library) -> Iterator[Hit]:
    """A record whose parts add up says so.

    ## What it checks
    An entity with lots, buckets or a tax breakdown, of its own or one level below, declares
    `x-invariants`. In a message every invariant with a `check` holds.

    ## Why it matters
    A shipment line of 480 with lots of 479 is valid by every schema.

    ## What to do instead
    `"x-invariants": [{"name": "lots", "rule": "lots add up to their line",
    "check": "not lots or sum(lot.quantity.value for lot in lots) == shipped_quantity.value"}]`
    """
    for each in library.records:
        if each.pointer or not each.contract.document.name.startswith("entities/"):
            continue
        names = {str(field.get("name")) for field in each.node.get("fields", ())}
        below = {
            str(inner.get("name"))
            for field in library.avro_fields
            if field.owner is each and field.is_list
            for inner in _inner(library, field.type_name)
        }
        if (_SUMMED & names or (_SUMMED & below and "lines" in names)) and (
            "x-invariants" not in each.node
        ):
            yield on_type(each, f"`{each.name.rpartition('.')[2]}` has parts that add up")


def _inner(library: Library, name: str) -> list[dict[str, object]]:
    found = library.named.get(name)
    return list(found.node.get("fields", ())) if found else []


@lint_rule("QUA-002", "all")
def events_have_samples(library: Library) -> Iterator[Hit]:
    """Every event has samples: the least, the most, and one that must be refused.

    ## What it checks
    `samples/<subject>/` has `minimal`, `full` and an `invalid-` one. A sample of the version before
    is asked for once there is one: `lading check` knows the baseline.

    ## Why it matters
    A sample is what a new team starts from, and what proves a reader.

    ## What to do instead
    Add the missing files.
    """
    have: dict[str, set[str]] = {}
    for sample in library.workspace.samples:
        have.setdefault(str(sample.subject), set()).add(sample.name)
    for each in library.events:
        names = have.get(str(each.subject), set())
        lacking = [case for case in _CASES if case not in names]
        lacking += [] if any(name.startswith("invalid-") for name in names) else ["invalid-..."]
        if lacking:
            yield on_contract(each, f"has no sample {', '.join(lacking)}")
