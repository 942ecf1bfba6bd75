"""Privacy: what is personal is marked, kept small, and has a purpose and an end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import envelope_of, leaves, on_contract, on_field, on_sample
from lading.model import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.lint.library import FieldNode, Library
    from lading.model import Sample

PII: Final = ("none", "business-contact", "personal", "sensitive")
CLASSES: Final = ("public", "internal", "confidential", "restricted")
_PERSONAL: Final = re.compile(
    r"(^|_)(email|phone|plate_number|driver|driver_name|driver_phone|signature|signed_by|iban"
    r"|latitude|longitude|photo|photos|birth_date|passport)($|_)"
)
_FREE: Final = frozenset(
    {"note", "notes", "text", "comment", "comments", "remarks", "instructions", "free_text"}
)
_URL: Final = re.compile(r"https?://([^/\s\"]+)", re.IGNORECASE)
_MAIL: Final = re.compile(r"[\w.+-]+@([\w.-]+)")
_PHONE: Final = re.compile(r"\+\d{8,15}")
_RESERVED: Final = re.compile(r"(^|\.)example(\.com|\.org|\.net)?$|^localhost$|^127\.")


@lint_rule("PII-001", "all")
def privacy_marked(library: Library) -> Iterator[Hit]:
    """Every field says how personal and how confidential it is.

    ## What it checks
    `x-pii` is none, business-contact, personal or sensitive; `x-classification` is public,
    internal, confidential or restricted.

    ## Why it matters
    Logs, topics and partners take what is not marked. It cannot be called back.

    ## What to do instead
    Mark it when the field is made: from the first version on.
    """
    for each in library.fields:
        if not each.is_avro and "$ref" in each.node:
            continue
        for key, known in (("pii", PII), ("classification", CLASSES)):
            if each.said(key) not in known:
                message = f"`{each.name}` has no x-{key}"
                yield on_field(each, message, hint=f"one of {', '.join(known)}")


@lint_rule("PII-002", "all")
def personal_names_marked(library: Library) -> Iterator[Hit]:
    """What is called like personal data is not marked as harmless.

    ## What it checks
    Fields called email, phone, plate, driver, signature, iban, latitude, photo and the like have
    another `x-pii` than none.

    ## Why it matters
    A mark that was copied from the line above opens the door unseen.

    ## What to do instead
    Mark it as what it is. Where it really is harmless, waive the rule for it and say why.
    """
    for each in library.fields:
        if _PERSONAL.search(each.name) and each.said("pii") == "none":
            yield on_field(each, f"`{each.name}` is marked as not personal")


@lint_rule("PII-003", "AsyncAPI")
def nothing_sensitive_broadcast(library: Library) -> Iterator[Hit]:
    """Sensitive data is in no event that many may read; a reference is.

    ## What it checks
    No field of an event, however deep, is sensitive, unless the event itself is restricted to
    named readers (`audience: internal` and at most two `consumers`) or the field is only a
    reference, called `_ref` or `_id`, or a tax number on a document that the law wants it on.

    ## Why it matters
    An event cannot be taken back: it is copied to every reader and kept.

    ## What to do instead
    Keep the value where it is and send `..._ref`; or use a contract of its own for those who need
    it.
    """
    for each in library.events:
        for field in reached(library, str(each.subject)):
            if field.said("pii") != "sensitive" or field.name.endswith(("_ref", "_id")):
                continue
            is_record = any(name in fields_of(library) for name in _names(field))
            if field.owner.name.endswith(".TaxId") or is_record:
                continue  # what a record holds is asked field by field
            message = f"`{field.path}` is sensitive, and {each.subject} carries it to all readers"
            yield on_contract(each, message, path=field.path, at=field.at)


def _envelope_too_open(library: Library, sample: Sample) -> Iterator[Hit]:
    contract = library.event(str(sample.subject))
    if not contract:
        return
    top = _highest(reached(library, str(contract.subject)), "classification", CLASSES)
    worst = (top.said("classification") if top else CLASSES[0]).upper()
    said = envelope_of(sample).get("data_classification")
    if said is not None and said != worst:
        message = f"says {said}, its contract carries {worst}" + (f": {top.path}" if top else "")
        spot = "meta.data_classification"
        yield on_sample(sample, message, path=spot, hint=f"write {worst}")


@lint_rule("PII-004", "AsyncAPI", of_message=_envelope_too_open)
def envelope_as_confidential_as_content(library: Library) -> Iterator[Hit]:
    """What holds data is as confidential as what it holds: a field, and the envelope of an event.

    ## What it checks
    A field whose type is a record is at least as personal (`x-pii`) and as confidential
    (`x-classification`) as every field of that record, however deep.
    `meta.data_classification` of every sample of an event is the highest `x-classification` among
    the fields that its contract can carry.

    ## Why it matters
    Who filters a message by the marks of its fields stops at the outermost one. Brokers and
    gateways look at the envelope only.

    ## What to do instead
    Raise the mark of the outer field, or keep the inner value in a contract of its own. Compute the
    class of the envelope from the contract, as the generated adapters do.
    """
    marks = (("pii", PII), ("classification", CLASSES))
    worst: dict[tuple[str, str], FieldNode | None] = {}
    for field in library.avro_fields:
        for key, order in marks:
            said = field.said(key)
            for name in _names(field):
                if (name, key) not in worst:
                    worst[name, key] = _highest(reached(library, name), key, order)
                held = worst[name, key]
                if held and said in order and order.index(held.said(key)) > order.index(said):
                    more = held.said(key)
                    message = f"is marked {said} and holds `{held.path}`, which is {more}"
                    yield on_field(field, f"`{field.name}` {message}", hint=f"x-{key}: {more}")


def _highest(fields: list[FieldNode], key: str, order: Sequence[str]) -> FieldNode | None:
    known = [each for each in fields if each.said(key) in order]
    return max(known, key=lambda each: order.index(each.said(key)), default=None)


def reached(library: Library, record: str) -> list[FieldNode]:
    """Every field of the record of that full name, and of the records that it leads to."""
    waiting, seen, found = [record], {record}, []
    by_owner = fields_of(library)
    while waiting:
        for field in by_owner.get(waiting.pop(), ()):
            found.append(field)
            for name in _names(field):
                if name in by_owner and name not in seen:
                    seen.add(name)
                    waiting.append(name)
    return found


def fields_of(library: Library) -> dict[str, list[FieldNode]]:
    """Fields by the full name of their record; kept with the library."""
    kept: dict[str, list[FieldNode]] | None = vars(library).get("_fields_of")
    if kept is None:
        kept = {}
        for each in library.avro_fields:
            kept.setdefault(each.owner.name, []).append(each)
        vars(library)["_fields_of"] = kept
    return kept


def _names(field: FieldNode) -> Iterator[str]:
    space = field.owner.name.rpartition(".")[0]
    waiting = [field.node.get("type")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            if "name" in node:
                yield f"{node.get('namespace') or space}.{node['name']}"
            waiting.extend(node.get(key) for key in ("items", "values", "type"))
        elif isinstance(node, str):
            yield node if "." in node else f"{space}.{node}"


@lint_rule("PII-005", "AsyncAPI", Severity.WARN)
def compacted_topics_can_forget(library: Library) -> Iterator[Hit]:
    """A compacted topic with personal data says how a person is forgotten.

    ## What it checks
    An event on a topic with `delivery.cleanup: compact` that carries personal fields has
    `delivery.erasure`: `tombstone` or `crypto-shredding`.

    ## Why it matters
    Compaction keeps the last state for ever. The law gives people a right to be erased.

    ## What to do instead
    `delivery: {erasure: tombstone}`, and write the tombstone when the record goes.
    """
    for each in library.events:
        compact = "compact" in each.terms.delivery.get("cleanup", "")
        if compact and not each.terms.delivery.get("erasure"):
            personal = (f for f in reached(library, str(each.subject)) if f.said("pii") in PII[2:])
            if field := next(personal, None):
                message = f"`{field.path}` is personal, and the topic is kept for ever"
                yield on_contract(each, message, hint="delivery: {erasure: tombstone}")


@lint_rule("PII-006", "all")
def purpose_and_end(library: Library) -> Iterator[Hit]:
    """Personal data has a purpose and an end.

    ## What it checks
    A message contract with a personal field of its own has `purpose` and `retention` in its terms.

    ## Why it matters
    Without a purpose there is no right to keep it; without an end it is kept for ever.

    ## What to do instead
    Say both once in the `contract.yaml` of the folder.
    """
    personal: dict[str, FieldNode] = {}
    for field in library.avro_fields:
        if field.said("pii") in PII[1:]:
            personal.setdefault(str(field.contract.subject), field)
    for each in library.avro:
        lacking = [key for key in ("purpose", "retention") if not getattr(each.terms, key)]
        if lacking and str(each.subject) in personal:
            name = personal[str(each.subject)].name
            yield on_contract(each, f"`{name}` is personal, and the terms say no {lacking[0]}")


@lint_rule("PII-007", "all")
def free_text_is_personal(library: Library) -> Iterator[Hit]:
    """Free text and maps count as personal until somebody has shown otherwise.

    ## What it checks
    Fields called note, text, comment, remarks or instructions, and maps of text, are not marked
    `x-pii: none`, unless `x-content: coded` says that only codes or identifiers go in.

    ## Why it matters
    People write names and numbers of people wherever they can write.

    ## What to do instead
    Mark it personal. For a map of codes write `"x-content": "coded"`.
    """
    for each in library.fields:
        core = each.type
        text = core == "string" or each.node.get("type") == "string"
        free = (each.is_map and core == "string") or (text and each.name in _FREE)
        if free and each.said("pii") == "none" and each.said("content") != "coded":
            yield on_field(each, f"`{each.name}` takes any text and is marked as not personal")


@lint_rule("PII-008", "example")
def examples_of_nobody(library: Library) -> Iterator[Hit]:
    """Examples hold data of nobody.

    ## What it checks
    In samples and examples: hosts and mail addresses under example.com, .org, .net or `.example`,
    telephone numbers with 555-01, GS1 numbers of the demonstration prefix 952.

    ## Why it matters
    Examples are copied into tests, and tests send mail.

    ## What to do instead
    `logistics@example.com`, `+12025550142`, `09521101000016`
    """
    for sample in library.samples:
        for path, key, value in leaves(sample.document.value):
            if wrong := _of_somebody(key, value):
                yield on_sample(sample, wrong, path=path)
    for each in library.apis:
        for example in _examples(each.document.value):
            for path, key, value in leaves(example):
                if wrong := _of_somebody(key, value):
                    yield on_contract(each, wrong, path=path)


def _of_somebody(key: str, value: Any) -> str:
    if not isinstance(value, str):
        return ""
    for host in (*_URL.findall(value), *_MAIL.findall(value)):
        if not _RESERVED.search(host.partition(":")[0]):
            return f"`{host}` belongs to somebody"
    if _PHONE.fullmatch(value) and "55501" not in value:
        return f"`{value}` may be somebody's telephone"
    if key in ("gtin", "sscc", "gln") and value.isdigit() and "952" not in value[:4]:
        return f"`{value}` may be somebody's number: use the prefix 952"
    return ""


def _examples(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, each in node.items():
            if key in ("example", "examples"):
                yield each
            else:
                yield from _examples(each)
    elif isinstance(node, list):
        for each in node:
            yield from _examples(each)


@lint_rule("SEC-001", "all")
def no_secrets(library: Library) -> Iterator[Hit]:
    """No secret is in a contract, a sample or an example.

    ## What it checks
    Every document is searched for private keys, cloud keys, bearer tokens and passwords with a
    value.

    ## Why it matters
    Contracts are published.

    ## What to do instead
    Name the place where the secret is kept, never the secret; replace one that was committed.
    """
    documents = [each.document for each in library.workspace.contracts]
    documents += [each.document for each in library.workspace.samples]
    for document in documents:
        text = document.text
        for what, pattern in _SECRETS:
            if found := pattern.search(text):
                line = text.count("\n", 0, found.start()) + 1
                at = Origin(document.name, ())
                yield Hit(document.name, at, f"{what} in line {line}", hint="replace it at once")


_SECRETS: Final = (
    ("a private key", re.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a cloud access key", re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a bearer token", re.compile(r"\bBearer\s+[A-Za-z0-9._~+/-]{24,}")),
    ("a token", re.compile(r"\b(ghp|gho|glpat|xox[bp])[-_][A-Za-z0-9-]{20,}")),
    (
        "a password",
        re.compile(r"(?i)\"?(password|passwd|client_secret)\"?\s*[:=]\s*\"[^\"\s]{6,}\""),
    ),
    ("a signed token", re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
)
