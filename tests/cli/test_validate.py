"""`lading validate` through its own door: messages of the library, right and wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.command import lading

CONTRACTS = Path(__file__).parents[2] / "contracts"
CONFIRMED = "logistics.shipment.v1.ShipmentConfirmed"
GOOD = CONTRACTS / "samples" / CONFIRMED / "eu-lots.json"


@pytest.fixture
def message() -> Any:
    return json.loads(GOOD.read_text(encoding="utf-8"))


def write(folder: Path, message: Any) -> str:
    (folder / "shipment.json").write_text(json.dumps(message, indent=2), encoding="utf-8")
    return "shipment.json"


def validate(*arguments: str, cwd: Path, text: str = "") -> Any:
    return lading("validate", *arguments, "--in", str(CONTRACTS), cwd=cwd, stdin=text)


def test_a_good_message_says_so_and_what_it_is_by_itself(tmp_path: Path, message: Any) -> None:
    found = validate(write(tmp_path, message), cwd=tmp_path)

    assert (found.code, found.out) == (0, "1 message, 0 refused: nothing to object to.\n")


def test_each_fault_has_rule_line_and_what_to_try(tmp_path: Path, message: Any) -> None:
    message["handling_units"][0]["sscc"] = "095211010000000013"
    message["lines"][0]["lots"][0]["quantity"]["value"] = "299"
    message["meta"]["source_system"] = "customer-portal"
    found = validate(write(tmp_path, message), cwd=tmp_path)

    assert found.code == 1
    lines = (tmp_path / "shipment.json").read_text(encoding="utf-8").split("\n")
    sscc = next(number for number, line in enumerate(lines, 1) if '"sscc"' in line)
    assert f"IDN-002 error  shipment.json:{sscc}:7  shipment: handling_units[0].sscc" in found.out
    assert "`customer-portal` may not send this: only wms or 3pl may" in found.out
    assert "1 message, 1 refused" in found.out


def test_what_does_not_add_up_is_named_once_the_form_is_right(tmp_path: Path, message: Any) -> None:
    message["lines"][0]["lots"][0]["quantity"]["value"] = "299"
    found = validate(write(tmp_path, message), "--format", "json", cwd=tmp_path)

    (fault,) = json.loads(found.out)
    assert (fault["rule"], fault["path"]) == ("QUA-001", "shipment: lines[0]")
    assert fault["message"].startswith("`lots` does not hold: the lots add up")


def test_a_cloud_event_is_opened(tmp_path: Path, message: Any) -> None:
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": "1",
        "source": "wms",
        "type": "logistics.shipment.confirmed.v1",
        "data": message,
    }
    assert validate(write(tmp_path, event), cwd=tmp_path).code == 0
    event["data"] = {key: each for key, each in message.items() if key != "lines"}
    found = validate(write(tmp_path, event), cwd=tmp_path)
    assert "ShipmentConfirmed lacks `lines`" in found.out

    event["data"] = {**message, "shipment_id": 7}
    found = validate(write(tmp_path, event), cwd=tmp_path)
    lines = (tmp_path / "shipment.json").read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, 1) if '"shipment_id": 7' in text)
    assert f"shipment.json:{line}:5  shipment: shipment_id" in found.out


def test_standard_input_is_held_to_the_contract_that_is_named(tmp_path: Path, message: Any) -> None:
    text = json.dumps(message)
    assert validate("-", cwd=tmp_path, text=text).code == 0
    found = validate("-", "--as", "logistics.posting.v1.GoodsIssuePosted", cwd=tmp_path, text=text)
    assert found.code == 1
    assert "GoodsIssuePosted has no field `lines`" in found.out or "lacks" in found.out
    assert "stdin:" in found.out


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ('{"a": 1}', (), "`stdin` does not say what it is"),
        ('{"a": 1', (), "stdin:1:8"),
        ("[" * 200, (), "stdin:1:"),
        ("{}", ("--as", CONFIRMED[:-1]), f"did you mean `{CONFIRMED}`?"),
        ("{}", ("--as", "taxonomies.shipment.status.v1"), "there is no Avro contract"),
    ],
)
def test_what_cannot_be_held_to_anything_is_wrong_usage(
    text: str, arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    found = validate("-", *arguments, cwd=tmp_path, text=text)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    found = validate("nowhere.json", cwd=tmp_path)
    assert found.code == 2
    assert "`nowhere.json` cannot be read: No such file" in found.err


def test_all_good_samples_of_the_library_pass_in_one_run() -> None:
    files = sorted((CONTRACTS / "samples").glob("*/*.json"))
    good = [str(each) for each in files if not each.name.startswith("invalid-")]
    found = validate(*good, cwd=CONTRACTS)
    assert found.out == f"{len(good)} messages, 0 refused: nothing to object to.\n"
