"""Identifiers of the trade: their form and check digit, as types of generated models.

A wrong number is refused, never corrected: who guesses a digit ships to somebody else. Lists (which
countries, which carriers) are not checked here; the form is.

Rules: GS1 General Specifications (mod 10), ISO 6346 (containers), IMO A.1117(30) (ships), ISO 17442
with ISO 7064 mod 97-10 (LEI), ITU-T E.164 (telephone), RFC 5646 (languages).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator

if TYPE_CHECKING:
    from collections.abc import Callable

_LEI_MODULUS: Final = 97
_ISO6346_SKIPPED: Final = frozenset({11, 22, 33})
_GRAI_BODY: Final = 14
_CONTAINER: Final = 10


def gs1_check_digit(body: str) -> str:
    """The mod 10 check digit of the digits before it: weights 3 and 1 from the right."""
    total = sum(
        int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(body), start=0)
    )
    return str(-total % 10)


def iso6346_check_digit(body: str) -> str:
    """The check digit of four letters and six digits: powers of 2, modulo 11, then modulo 10."""
    values = [number for number in range(10, 39) if number not in _ISO6346_SKIPPED]
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", values, strict=True))
    total = sum(
        (letters[each] if each.isalpha() else int(each)) << at for at, each in enumerate(body)
    )
    return str(total % 11 % 10)


def imo_check_digit(body: str) -> str:
    """The last digit of the sum of six digits weighted 7 to 2."""
    return str(sum(int(digit) * (7 - at) for at, digit in enumerate(body)) % 10)


def _form(pattern: str, wanted: str) -> Callable[[str], str]:
    match = re.compile(pattern, re.ASCII).fullmatch

    def check(value: str) -> str:
        if not match(value):
            raise ValueError(f"expected {wanted}")
        return value

    return check


def _checked(
    pattern: str, wanted: str, digit: Callable[[str], str], *, at: int = -1
) -> Callable[[str], str]:
    """The form, then the digit at index `at`, computed from all digits before it."""
    form = _form(pattern, wanted)

    def check(value: str) -> str:
        form(value)
        expected = digit(value[:at])
        if value[at] != expected:
            raise ValueError(f"wrong check digit {value[at]}: the others give {expected}")
        return value

    return check


def _gtin(value: str) -> str:
    if re.fullmatch(r"\d{8}|\d{12}|\d{13}", value, re.ASCII):
        raise ValueError(f"a GTIN is stored with 14 digits: {value.zfill(14)}")
    return _checked(r"\d{14}", "a GTIN of 14 digits", gs1_check_digit)(value)


def _grai(value: str) -> str:
    _form(r"0\d{13}[!-z]{0,16}", "0, 13 digits and at most 16 characters of serial number")(value)
    expected = gs1_check_digit(value[: _GRAI_BODY - 1])
    if value[_GRAI_BODY - 1] != expected:
        raise ValueError(f"wrong check digit {value[_GRAI_BODY - 1]}: the others give {expected}")
    return value


def _lei(value: str) -> str:
    _form(r"[0-9A-Z]{18}\d{2}", "18 capital letters or digits and 2 check digits")(value)
    if int("".join(str(int(each, 36)) for each in value)) % _LEI_MODULUS != 1:
        raise ValueError("wrong check digits: the number is not 1 modulo 97")
    return value


Gtin14 = Annotated[str, AfterValidator(_gtin)]
"""Trade item number, always with 14 digits."""
Sscc18 = Annotated[
    str, AfterValidator(_checked(r"\d{18}", "an SSCC of 18 digits", gs1_check_digit))
]
"""Serial shipping container code."""
Gln13 = Annotated[str, AfterValidator(_checked(r"\d{13}", "a GLN of 13 digits", gs1_check_digit))]
"""Global location number."""
Gsin17 = Annotated[str, AfterValidator(_checked(r"\d{17}", "a GSIN of 17 digits", gs1_check_digit))]
"""Global shipment identification number."""
Grai = Annotated[str, AfterValidator(_grai)]
"""Global returnable asset identifier: 0, 13 digits, serial number."""
ContainerNumber = Annotated[
    str,
    AfterValidator(
        _checked(
            r"[A-Z]{3}[UJZ]\d{7}",
            "4 capital letters, the 4th U, J or Z, and 7 digits",
            iso6346_check_digit,
        )
    ),
]
"""Freight container number of ISO 6346."""
ImoNumber = Annotated[
    str, AfterValidator(_checked(r"\d{7}", "an IMO number of 7 digits", imo_check_digit))
]
"""Number of a ship."""
Lei = Annotated[str, AfterValidator(_lei)]
"""Legal entity identifier."""
Scac = Annotated[str, AfterValidator(_form(r"[A-Z]{2,4}", "2 to 4 capital letters"))]
"""Standard carrier alpha code."""
UnLocode = Annotated[
    str,
    AfterValidator(_form(r"[A-Z]{2}[A-Z2-9]{3}", "2 letters of a country and 3 of A-Z, 2-9")),
]
"""Code of a place for trade and transport."""
CountryCode = Annotated[str, AfterValidator(_form(r"[A-Z]{2}", "2 capital letters"))]
SubdivisionCode = Annotated[
    str,
    AfterValidator(
        _form(r"([A-Z]{2}-)?[0-9A-Z]{1,3}", "the code of a subdivision, as NL-ZH or ZH")
    ),
]
CurrencyCode = Annotated[str, AfterValidator(_form(r"[A-Z]{3}", "3 capital letters"))]
LanguageTag = Annotated[
    str,
    AfterValidator(_form(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", "a language tag, as en or de-AT")),
]
TimeZoneName = Annotated[
    str,
    AfterValidator(
        _form(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", "a zone, as Europe/Berlin")
    ),
]
PhoneNumber = Annotated[
    str, AfterValidator(_form(r"\+[1-9]\d{6,14}", "+, country code and number without spaces"))
]
TariffNumber = Annotated[str, AfterValidator(_form(r"\d{6}(\d{2}){0,3}", "6, 8, 10 or 12 digits"))]
"""Customs tariff number; the first six digits are common to all countries."""

SCHEMES: Final = {
    "GTIN-14": "Gtin14",
    "SSCC-18": "Sscc18",
    "GLN-13": "Gln13",
    "GSIN-17": "Gsin17",
    "GRAI": "Grai",
    "ISO-6346": "ContainerNumber",
    "IMO": "ImoNumber",
    "LEI": "Lei",
    "SCAC": "Scac",
    "UN-LOCODE": "UnLocode",
    "ISO-3166-1": "CountryCode",
    "ISO-3166-2": "SubdivisionCode",
    "ISO-4217": "CurrencyCode",
    "BCP-47": "LanguageTag",
    "IANA-TZ": "TimeZoneName",
    "E.164": "PhoneNumber",
    "HS": "TariffNumber",
}
"""``x-scheme`` of a text to the name of the type that holds it to its form and check digit."""


def wrong_identifier(scheme: str, value: str) -> str:
    """Why `value` does not follow `scheme`; empty when it does, or when nobody knows the scheme."""
    type_ = globals().get(SCHEMES.get(scheme, ""))
    try:
        for each in getattr(type_, "__metadata__", ()):
            each.func(value)
    except ValueError as error:
        return str(error)
    return ""
