"""Identifiers: what is right passes unharmed, every single wrong digit is refused, never mended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from stdnum import ean, imo, iso6346, lei

from lading import runtime
from lading.codegen import generate_python
from lading.model import Document, Kind, read_contract, read_document
from lading.runtime.identifiers import (
    SCHEMES,
    gs1_check_digit,
    imo_check_digit,
    iso6346_check_digit,
)

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "Gtin14": ["09521101000016", "09521101000023", "19521101000013"],
    "Sscc18": ["095211010000000016", "095211010000000115"],
    "Gln13": ["9521101005011", "9521101006025"],
    "Gsin17": ["09521101000000012"],
    "Grai": ["09521101000016SN01", "09521101000016"],
    "ContainerNumber": ["CSQU3054383", "MWCU6059784"],
    "ImoNumber": ["9074729"],
    "Lei": ["529900T8BM49AURSDO55"],
    "Scac": ["XX", "ABCD"],
    "UnLocode": ["DEHAM", "NLRTM", "US2AB"],
    "CountryCode": ["DE"],
    "SubdivisionCode": ["NL-ZH", "ZH"],
    "CurrencyCode": ["EUR"],
    "LanguageTag": ["en", "de-AT", "zh-Hant-TW"],
    "TimeZoneName": ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+1"],
    "PhoneNumber": ["+12025550142"],
    "TariffNumber": ["150920", "15092000"],
}
BAD = {
    "Gtin14": ["", "9521101000016", "0952110100001x", "09521101000016 ", "095211010000167"],
    "Sscc18": ["95211010000000016", "09521101000000001X"],
    "Gln13": ["952110100501"],
    "Gsin17": ["0952110100000001"],
    "Grai": ["19521101000016", "09521101000016 with a blank"],
    "ContainerNumber": ["csqu3054383", "CSQA3054383", "CSQU305438"],
    "ImoNumber": ["IMO9074729", "907472"],
    "Lei": ["529900T8BM49AURSDO5", "529900t8bm49aursdo55"],
    "Scac": ["A", "ABCDE", "Ab"],
    "UnLocode": ["DE1AM", "DEHA", "dEHAM"],
    "CountryCode": ["DEU", "de"],
    "SubdivisionCode": ["NL_ZH", ""],
    "CurrencyCode": ["EU", "€€€"],
    "LanguageTag": ["e", "en_US"],
    "TimeZoneName": ["", "Europe/Ber lin", "../etc/passwd"],
    "PhoneNumber": ["0202555", "+1 202 555"],
    "TariffNumber": ["1509", "15092", "1509.20"],
}
CHECKED = {
    name: values
    for name, values in GOOD.items()
    if name in {"Gtin14", "Sscc18", "Gln13", "Gsin17", "ImoNumber", "ContainerNumber", "Lei"}
}


def adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(runtime, name))


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in GOOD.items() for v in vs])
def test_what_is_right_passes_as_it_is(name: str, value: str) -> None:
    assert adapter(name).validate_python(value) == value


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in BAD.items() for v in vs])
def test_what_has_another_form_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        adapter(name).validate_python(value)


def test_every_scheme_has_a_right_and_a_wrong_example() -> None:
    assert set(SCHEMES.values()) == set(GOOD) == set(BAD)


@given(st.data())
def test_every_single_wrong_digit_is_noticed(data: st.DataObject) -> None:
    """The schemes with a check digit catch a digit that is not what it was, as far as they can."""
    name = data.draw(st.sampled_from(sorted(CHECKED)))
    value = data.draw(st.sampled_from(CHECKED[name]))
    at = data.draw(st.sampled_from([i for i, each in enumerate(value) if each.isdigit()]))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != value[at]]))
    if name == "ContainerNumber":  # modulo 11, then 10: a sum of 10 and of 0 share the digit 0
        assume(not iso6346.is_valid(f"{value[:at]}{digit}{value[at + 1 :]}"))
    if name == "ImoNumber":  # weights that share a factor with 10 let some digits pass
        assume(not imo.is_valid(f"{value[:at]}{digit}{value[at + 1 :]}"))
    with pytest.raises(ValidationError):
        adapter(name).validate_python(f"{value[:at]}{digit}{value[at + 1 :]}")


def test_the_right_check_digit_is_named_and_a_short_gtin_is_told_how_to_be_stored() -> None:
    with pytest.raises(ValidationError, match="wrong check digit 7: the others give 6"):
        adapter("Gtin14").validate_python("09521101000017")
    with pytest.raises(ValidationError, match="stored with 14 digits: 09521101000016"):
        adapter("Gtin14").validate_python("9521101000016")


@given(st.text("0123456789", min_size=7, max_size=17))
def test_the_gs1_digit_is_that_of_another_library(body: str) -> None:
    assert gs1_check_digit(body) == ean.calc_check_digit(body)


@given(st.from_regex(r"[A-Z]{3}[UJZ][0-9]{6}", fullmatch=True))
def test_the_container_digit_is_that_of_another_library(body: str) -> None:
    assert iso6346_check_digit(body) == iso6346.calc_check_digit(body)


@given(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True))
def test_the_ship_digit_is_that_of_another_library(body: str) -> None:
    assert imo_check_digit(body) == imo.calc_check_digit(body)


@given(st.from_regex(r"[0-9A-Z]{18}", fullmatch=True))
def test_the_legal_entity_digits_are_those_of_another_library(body: str) -> None:
    digits = f"{98 - int(''.join(str(int(each, 36)) for each in body + '00')) % 97:02d}"
    assert lei.is_valid(body + digits)
    assert adapter("Lei").validate_python(body + digits) == body + digits


def test_a_generated_model_holds_fields_lists_and_optional_values_to_their_scheme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = {
        "type": "record",
        "name": "Unit",
        "namespace": "logistics.unit.v1",
        "fields": [
            {"name": "sscc", "type": ["null", "string"], "default": None, "x-scheme": "SSCC-18"},
            {"name": "gtin", "type": "string", "x-scheme": "GTIN-14"},
            {
                "name": "containers",
                "type": {"type": "array", "items": "string"},
                "default": [],
                "x-scheme": "ISO-6346",
            },
            {"name": "house_code", "type": "string", "x-scheme": "OURS"},
        ],
    }
    document: Document = read_document("Unit.avsc", json.dumps(schema).encode())
    files = generate_python([read_contract(Kind.AVRO, document)], name="units", version="1.0.0")
    for path, text in files.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.syspath_prepend(str(tmp_path))
    from units.models.unit_v1 import Unit  # type: ignore[import-not-found]

    good = {"gtin": "09521101000016", "house_code": "anything"}
    assert Unit.model_validate(good).sscc is None
    full = good | {"sscc": "095211010000000016", "containers": ["CSQU3054383"]}
    assert list(Unit.model_validate(full).containers) == ["CSQU3054383"]
    for wrong in (
        {"gtin": "09521101000017"},
        {"sscc": "095211010000000017"},
        {"containers": ["CSQU3054383", "CSQU3054384"]},
    ):
        with pytest.raises(ValidationError, match="wrong check digit"):
            Unit.model_validate(full | wrong)
