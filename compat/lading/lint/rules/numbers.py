"""Numbers: exact, with their unit, and never below zero unless that is the point."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import objects, on_field, on_sample, on_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library
    from lading.model import Sample

_MONEY: Final = re.compile(r"(^|_)(amount|price|cost|fee|charge|total|net|gross|tax|payable)(_|$)")
_QUANTITY: Final = re.compile(r"(^|_)(quantity|weight|volume|length|width|height|depth)$")
_MEASURED: Final = re.compile(r"(^|_)(weight|volume|length|width|height|depth)$")
_PIECES: Final = frozenset({"EA", "H87", "C62"})
_MINOR_UNITS: Final = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
"""ISO 4217: decimals of the currencies that do not have two."""
_NOT_REC20: Final = {"CA": "CS in Rec 21", "PL": "PX in Rec 21", "PC": "H87", "LB": "LBR"}
_DELETED: Final = frozenset({"CA", "PL", "CS", "CT", "PK", "BX"})
"""Packages that Recommendation 20 no longer has (status X): Recommendation 21 does."""
_PALLET: Final = {"PL": "PX", "CA": "CS"}


@lint_rule("NUM-001", "all")
def money_is_decimal(library: Library) -> Iterator[Hit]:
    """Money is a decimal with its currency, never a float.

    ## What it checks
    No field of a message is a float or double; amounts, prices and the like are records with a
    currency, or stand beside one.

    ## Why it matters
    0.1 + 0.2 is not 0.3. An amount without a currency is a number.

    ## What to do instead
    `logistics.common.v1.Money`
    """
    for each in library.avro_fields:
        if each.type in ("float", "double"):
            yield on_field(each, f"`{each.name}` is a {each.type}", hint="use a decimal")
        elif _MONEY.search(each.name) and each.type_name == "decimal":
            beside = {str(field.get("name")) for field in each.owner.node["fields"]}
            if not any("currency" in name for name in beside) and each.said("unit") != "P1":
                yield on_field(each, f"`{each.name}` is an amount without a currency")


@lint_rule("NUM-002", "Avro")
def decimals_have_a_scale(library: Library) -> Iterator[Hit]:
    """A decimal says its precision and its scale.

    ## What it checks
    `precision` and `scale` of every decimal. That neither changes is held by `lading check`
    (LAD804, LAD805).

    ## Why it matters
    Without a scale it is 0, and cents are gone.

    ## What to do instead
    `{"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 4}`
    """
    for each in library.avro_fields:
        node = each.type
        if isinstance(node, dict) and node.get("logicalType") == "decimal":
            lacking = [key for key in ("precision", "scale") if key not in node]
            if lacking:
                yield on_field(each, f"the decimal `{each.name}` has no {lacking[0]}")


@lint_rule("NUM-003", "OpenAPI")
def api_decimals_are_text(library: Library) -> Iterator[Hit]:
    """Decimals of APIs travel as text with a pattern; numbers are for counts.

    ## What it checks
    No property is of type number; text called amount, value, price or rate has a pattern.

    ## Why it matters
    JSON numbers become floats in most languages, and lose digits above 2^53.

    ## What to do instead
    `type: string, pattern: '^-?[0-9]+([.][0-9]+)?$'`
    """
    for each in library.properties:
        kind = each.node.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        if "number" in kinds:
            yield on_field(each, f"`{each.name}` is a number", hint="text with a pattern")
        beside = set(each.owner.node.get("properties") or {})
        counted = each.name == "value" and beside & {"uom", "currency"}
        named = each.name in ("amount", "price", "rate") or counted
        if named and "string" in kinds and each.node.get("format") is None:
            coded = each.said("content") == "coded" or "x-codelist" in each.node
            if "pattern" not in each.node and not coded and "enum" not in each.node:
                yield on_field(each, f"`{each.name}` is text without a pattern")


def _fractions_of_cents(_: Library, sample: Sample) -> Iterator[Hit]:
    for path, key, node in objects(sample.document.value):
        amount, currency = node.get("amount"), node.get("currency")
        if key == "unit_price" or not (isinstance(amount, str) and isinstance(currency, str)):
            continue
        number = _decimal(amount)
        allowed = _MINOR_UNITS.get(currency, 2)
        if number is not None and -int(number.normalize().as_tuple().exponent) > allowed:
            message = f"{amount} {currency} has more than {allowed} decimals"
            yield on_sample(sample, message, path=path)


@lint_rule("NUM-004", "all", of_message=_fractions_of_cents)
def amounts_in_minor_units(library: Library) -> Iterator[Hit]:
    """An amount on a document has no more decimals than its currency.

    ## What it checks
    In samples: every object with `amount` and `currency` (unit prices may have more).

    ## Why it matters
    Nobody can pay half a cent, and 4034.505 is 4034.50 for one system and 4034.51 for the next.

    ## What to do instead
    Round by the rule of the document. JPY has none, EUR two, BHD three decimals.
    """
    yield from ()
    del library


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _wrong_units(_: Library, sample: Sample) -> Iterator[Hit]:
    for path, key, node in objects(sample.document.value):
        unit, package = node.get("uom"), node.get("package_type")
        if unit in _PIECES and _MEASURED.search(key):
            yield on_sample(
                sample, f"`{key}` counts pieces ({unit})", path=path, hint="KGM, CMT, MTQ"
            )
        if unit in _NOT_REC20:
            message = f"`{unit}` is no unit of Recommendation 20"
            yield on_sample(sample, message, path=path, hint=f"perhaps {_NOT_REC20[unit]}")
        if package in _PALLET:
            message = f"`{package}` is no pallet and no case in Recommendation 21"
            yield on_sample(sample, message, path=path, hint=f"perhaps {_PALLET[package]}")


@lint_rule("NUM-005", "all", of_message=_wrong_units)
def quantities_have_units(library: Library) -> Iterator[Hit]:
    """A quantity says its unit, of UN/ECE Recommendation 20; a package its type, of 21.

    ## What it checks
    Fields called quantity, weight, volume and so on have a unit (`x-unit`, or a type that carries
    one); `uom` and `package_type` name their list (`x-codelist`). In samples no unit is one of the
    letters that mean a package elsewhere (PL, CA, PC, LB), no package type is a pallet of X12, and
    no weight, volume or length counts pieces.

    ## Why it matters
    PL is a pallet in X12 and a pail in Recommendation 21: equal letters turn pallets into pails.

    ## What to do instead
    EA or H87 for pieces, KGM and LBR for weight, PX for a pallet, CT for a carton.
    """
    for field in library.avro_fields:
        carried = field.type_name.endswith((".Quantity", ".Measure")) or "x-unit" in field.node
        if _QUANTITY.search(field.name) and not carried and field.type_name in ("decimal", "long"):
            yield on_field(field, f"`{field.name}` does not say its unit")
        if field.name in ("uom", "package_type") and not field.said("codelist"):
            yield on_field(field, f"`{field.name}` does not name its list", hint="x-codelist")


def _deleted_units(_: Library, sample: Sample) -> Iterator[Hit]:
    for path, _key, node in objects(sample.document.value):
        if node.get("uom") in _DELETED:
            yield on_sample(sample, f"the unit `{node['uom']}` is deleted in Rec 20", path=path)


@lint_rule("NUM-006", "all", Severity.WARN, of_message=_deleted_units)
def units_are_current(library: Library) -> Iterator[Hit]:
    """Units that Recommendation 20 has deleted are not used.

    ## What it checks
    Samples and `x-unit` for the deleted packages CA, PL, CS, CT, PK and BX.

    ## Why it matters
    The next revision gives the letters away.

    ## What to do instead
    They are package types of Recommendation 21: write them as `package_type`.
    """
    for field in library.avro_fields:
        if field.said("unit") in _DELETED:
            yield on_field(field, f"the unit `{field.said('unit')}` is deleted in Rec 20")


def _negative_quantities(_: Library, sample: Sample) -> Iterator[Hit]:
    for path, key, node in objects(sample.document.value):
        value = node.get("value")
        number = _decimal(value) if isinstance(value, str) and "uom" in node else None
        if number is not None and number < 0 and not re.search("delta|temperature", key):
            yield on_sample(sample, f"{value} {node['uom']} is negative", path=path)


@lint_rule("NUM-007", "all", of_message=_negative_quantities)
def quantities_not_negative(library: Library) -> Iterator[Hit]:
    """A quantity is not negative; a change of one says so in its name.

    ## What it checks
    In samples: a negative `value` with a unit stands only below a field that ends in `_delta` or
    is a temperature.

    ## Why it matters
    A minus that means "return" here means "correction" there.

    ## What to do instead
    Use a type or direction for what it is, and `quantity_delta` for a signed change.
    """
    for each in library.records:
        if each.name.endswith(".Quantity") and "x-unit" not in repr(each.node):
            yield on_type(each, f"`{each.name}` does not tie its value to its unit")
