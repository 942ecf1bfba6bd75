"""Identifiers: text, of a named scheme, with a check digit where the scheme has one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Edit, Hit, Severity, lint_rule
from lading.lint.rules.words import leaves, on_contract, on_field, on_sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.lint.library import FieldNode, Library
    from lading.model import Sample

_NUMBERS: Final = ("int", "long", "float", "double")
_GS1: Final[Mapping[str, tuple[str, int]]] = {
    "gtin": ("GTIN-14", 14),
    "sscc": ("SSCC-18", 18),
    "gln": ("GLN-13", 13),
    "gsin": ("GSIN-17", 17),
    "grai": ("GRAI", 14),
}
"""Name of a field to its scheme and the digits that the check digit ends."""
_REGISTERED: Final[Mapping[str, str]] = {
    "imo_number": "IMO",
    "vessel_imo_number": "IMO",
    "container_number": "ISO-6346",
    "equipment_ref_id": "ISO-6346",
}
_LISTED: Final[Mapping[str, str]] = {
    "country": "ISO-3166-1",
    "country_of_origin": "ISO-3166-1",
    "currency": "ISO-4217",
    "tax_currency": "ISO-4217",
    "language": "BCP-47",
    "unlocode": "UN-LOCODE",
}


@lint_rule("IDN-001", "all")
def identifiers_are_text(library: Library) -> Iterator[Hit]:
    """Identifiers are text, never numbers.

    ## What it checks
    Fields that end in `_id` or `_number`, codes of the trade and postal codes are strings; line and
    attempt numbers, which count, may be numbers.

    ## Why it matters
    A number loses its leading zeros: 09521101000016 is no longer a GTIN, 01067 no longer Dresden.

    ## What to do instead
    `"type": "string"`
    """
    counting = re.compile(r"^(line|attempt|sequence|version)_number$")
    for each in library.fields:
        named = re.search(r"(_id|_number)$|^postal_code$", each.name) or each.name in _GS1
        kind = each.type if each.is_avro else each.node.get("type")
        number = kind in _NUMBERS or kind in ("integer", "number")
        if named and number and not counting.search(each.name):
            yield on_field(each, f"`{each.name}` is a number")


def _scheme(field: FieldNode, wanted: str) -> Hit | None:
    core = field.type if field.is_avro else field.node.get("type")
    kinds = core if isinstance(core, list) else [core]
    if "string" not in kinds or field.said("scheme") == wanted:
        return None
    fix = Edit(field.pointer, "x-scheme", wanted) if field.is_avro else None
    hint = f'"x-scheme": "{wanted}"'
    return on_field(field, f"`{field.name}` names no scheme", hint=hint, fix=fix)


def _wrong_numbers(_: Library, sample: Sample) -> Iterator[Hit]:
    for path, key, value in leaves(sample.document.value):
        if key in _GS1 and isinstance(value, str) and (wrong := _wrong_gs1(key, value)):
            yield on_sample(sample, wrong, path=path)


@lint_rule("IDN-002", "all", of_message=_wrong_numbers)
def gs1_numbers_checked(library: Library) -> Iterator[Hit]:
    """GS1 numbers name their scheme, and their check digit is right.

    ## What it checks
    Fields called gtin, sscc, gln, gsin and grai have `x-scheme`, so that generated models check
    them; `x-scheme` is one of the known schemes; numbers in samples have the right length and check
    digit.

    ## Why it matters
    A mistyped SSCC is another pallet.

    ## What to do instead
    `"x-scheme": "SSCC-18"`
    """
    from lading.runtime.identifiers import SCHEMES

    for field in library.fields:
        if field.name in _GS1 and (hit := _scheme(field, _GS1[field.name][0])):
            yield hit
        elif field.said("scheme") and field.said("scheme") not in SCHEMES:
            message = f"`{field.said('scheme')}` is no known scheme"
            yield on_field(field, message, hint=f"one of {', '.join(sorted(SCHEMES))}")


def _wrong_gs1(key: str, value: str) -> str:
    scheme, length = _GS1[key]
    digits = value[:length]
    if not digits.isdecimal() or len(digits) != length or (key != "grai" and value != digits):
        return f"`{value}` is no {scheme}"
    expected = check_digit(digits[:-1])
    return "" if digits[-1] == expected else f"`{value}` has the check digit {expected}"


def check_digit(body: str) -> str:
    """GS1 mod 10: weights 3 and 1 from the right."""
    total = sum(int(each) * (1 if at % 2 else 3) for at, each in enumerate(reversed(body)))
    return str(-total % 10)


@lint_rule("IDN-003", "all")
def equipment_checked(library: Library) -> Iterator[Hit]:
    """Containers and ships name their scheme.

    ## What it checks
    Fields called container_number, equipment_ref_id and imo_number have `x-scheme` ISO-6346 or IMO;
    generated models then hold the check digit.

    ## Why it matters
    One wrong digit is another ship.

    ## What to do instead
    `"x-scheme": "ISO-6346"`; for equipment that has no ISO number use another field.
    """
    for field in library.fields:
        if field.name in _REGISTERED and (hit := _scheme(field, _REGISTERED[field.name])):
            yield hit


@lint_rule("IDN-004", "all")
def codes_name_their_list(library: Library) -> Iterator[Hit]:
    """Countries, currencies, languages and places name their list.

    ## What it checks
    Text fields called country, currency, language or unlocode have `x-scheme`.

    ## Why it matters
    UK and GB, DM and EUR, are told apart by the list alone.

    ## What to do instead
    `"x-scheme": "ISO-3166-1"`
    """
    for field in library.fields:
        if field.name in _LISTED and (hit := _scheme(field, _LISTED[field.name])):
            yield hit


@lint_rule("IDN-005", "all")
def tracking_numbers_are_no_keys(library: Library) -> Iterator[Hit]:
    """A tracking number is no key.

    ## What it checks
    The key of an event's topic is no tracking, waybill or reference number of a partner.

    ## Why it matters
    Carriers use a number again, also for the way back: a returned parcel overwrites a delivered
    one.

    ## What to do instead
    Key by an identifier of our own: `shipment_id`.
    """
    for each in library.events:
        if re.search(r"tracking|waybill|awb|(pro|bol)_number|booking", each.terms.key):
            yield on_contract(each, f"the key `{each.terms.key}` is given by a carrier")


def _short_gtins(_: Library, sample: Sample) -> Iterator[Hit]:
    for path, key, value in leaves(sample.document.value):
        if key == "gtin" and isinstance(value, str) and re.fullmatch(r"\d{8}|\d{12,13}", value):
            hint = f"write {value.zfill(14)}"
            yield on_sample(sample, f"`{value}` has not 14 digits", path=path, hint=hint)


@lint_rule("IDN-006", "all", of_message=_short_gtins)
def gtin_has_14_digits(library: Library) -> Iterator[Hit]:
    """A GTIN is stored with 14 digits: shorter ones are padded, none is cut.

    ## What it checks
    GTINs in samples have 14 digits, and their field the scheme GTIN-14.

    ## Why it matters
    Who cuts a UPC out of a GTIN-13 gets another product.

    ## What to do instead
    Pad with zeros on the left when it comes in.
    """
    yield from ()
    del library


@lint_rule("IDN-007", "all", Severity.WARN)
def references_have_type_and_issuer(library: Library) -> Iterator[Hit]:
    """References to numbers of others carry their type and who issued them.

    ## What it checks
    Lists called external_refs, references or refs are of a record with a type and an issuer.

    ## Why it matters
    4500012345 is an order here and a delivery there.

    ## What to do instead
    `logistics.common.v1.ExternalRef`
    """
    for field in library.avro_fields:
        if field.is_list and field.name in ("external_refs", "references", "refs"):
            found = library.named.get(field.full_type_name)
            names: set[Any] = (
                {each.get("name") for each in found.node["fields"]} if found else set()
            )
            if not {"type", "issuer"} <= names:
                yield on_field(field, f"`{field.name}` has no type and issuer")
