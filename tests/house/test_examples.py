"""The three adapters of examples/ keep to the contracts, on the SDK generated from them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from lading.lint import judge
from lading.model import FolderTree, Sample, Subject, load_workspace, read_document

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
LOAD_CLOSED = json.loads((EXAMPLES / "samples" / "wms-shipment.json").read_text())
CARRIER = (EXAMPLES / "samples" / "carrier-214.edi").read_text()

Run: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a Python program with the SDK of contracts/ on its path."""
    sdk = tmp_path_factory.mktemp("sdk")
    roots = [str(ROOT / root) for root in ("cli", "codegen", "compat", "registry")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(sdk), *roots])}

    def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )

    made = python("-m", "lading.cli", "gen", "python", "contracts", "--out", sdk)
    assert made.returncode == 0, made.stderr
    return python


@pytest.fixture(name="confirmed")
def _confirmed(run: Run, tmp_path: Path) -> Path:
    """The event that the WMS adapter makes of the sample."""
    done = run(EXAMPLES / "wms_adapter.py", EXAMPLES / "samples" / "wms-shipment.json")
    assert done.returncode == 0, done.stderr
    (tmp_path / "event.json").write_text(done.stdout)
    return tmp_path / "event.json"


def transaction_set(*body: str) -> str:
    """A 214 with the right count in its SE segment."""
    head = ("ST*214*0007", "B10*PRO-1*SHP-1*XACL", "LX*1")
    return "~\n".join([*head, *body, f"SE*{len(head) + len(body) + 1}*0007"]) + "~\n"


def portal(
    run: Run, tmp_path: Path, text: str, *more: str | Path
) -> subprocess.CompletedProcess[str]:
    (tmp_path / "214.edi").write_text(text)
    return run(EXAMPLES / "portal_adapter.py", tmp_path / "214.edi", *more)


def seen(shown: str) -> str:
    """What the customer sees, from the last line."""
    return shown.rstrip().rpartition(": ")[2]


def changed(path: Sequence[str | int], value: object) -> dict[str, Any]:
    """The WMS message with the value at `path` replaced."""
    message = json.loads(json.dumps(LOAD_CLOSED))
    at = message
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return dict(message)


def test_the_warehouse_states_content_and_loading_and_no_custody(confirmed: Path) -> None:
    """Local times become UTC, a pallet is PX in Rec 21, and handed_over_at is not made up."""
    event = json.loads(confirmed.read_text())

    assert event["confirmed_at"] == "2026-03-05T21:12:10Z"
    assert event["loaded_at"] == "2026-03-05T20:31:00Z"
    assert "handed_over_at" not in event
    assert event["handling_units"][0]["package_type"] == "PX"
    assert [line["shipped_quantity"]["uom"] for line in event["lines"]] == ["EA", "EA"]
    assert event["lines"][1]["disposition"] == "PARTIAL_BACKORDERED"


def test_what_the_warehouse_sends_is_a_message_of_its_contract(confirmed: Path) -> None:
    """People copy the example: form, key, classification and what adds up are right in it."""
    library = load_workspace(FolderTree(ROOT / "contracts"))
    document = read_document("confirmed.json", confirmed.read_bytes())
    message = Sample(Subject("logistics.shipment.v1.ShipmentConfirmed"), "confirmed", document)
    assert judge(library, message, pack="strict", today="2026-11-23").findings == ()


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (["load_status"], "OPEN", "its content is not final"),
        (["orders", 0, "lines", 0, "lots", 0, "qty"], "299", "do not add up"),
        (["cartons", 0, "type"], "BARREL", "BARREL"),
        (["orders", 0, "lines", 0, "ship_qty"], "many", "Invalid"),
    ],
)
def test_the_warehouse_publishes_no_doubtful_fact(
    run: Run, tmp_path: Path, path: list[str | int], value: str, reason: str
) -> None:
    """What does not fit is refused with a reason; nothing goes out."""
    (tmp_path / "load.json").write_text(json.dumps(changed(path, value)))
    done = run(EXAMPLES / "wms_adapter.py", tmp_path / "load.json")

    assert done.returncode == 1
    assert done.stdout == ""
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_fact_is_posted_once(run: Run, confirmed: Path, tmp_path: Path) -> None:
    """A replay with the same idempotency key leaves the ledger alone."""
    ledger = tmp_path / "ledger.json"
    posting = (EXAMPLES / "erp_adapter.py", confirmed, "--ledger", ledger)
    first, books = run(*posting), ledger.read_bytes()
    second = run(*posting)

    assert "SHP-9001: POSTED" in first.stdout
    assert "posted before" in second.stdout
    assert ledger.read_bytes() == books


def test_another_confirmation_of_a_posted_shipment_is_refused(
    run: Run, confirmed: Path, tmp_path: Path
) -> None:
    """From POSTED the taxonomy leads to REVERSED only; a second posting is no step."""
    ledger = tmp_path / "ledger.json"
    run(EXAMPLES / "erp_adapter.py", confirmed, "--ledger", ledger)
    event = json.loads(confirmed.read_text())
    event["meta"]["idempotency_key"] += "-again"
    confirmed.write_text(json.dumps(event))
    done = run(EXAMPLES / "erp_adapter.py", confirmed, "--ledger", ledger)

    assert done.returncode == 1
    assert "POSTED -> POSTED is not allowed" in done.stderr


def test_what_is_not_confirmed_is_not_posted(run: Run, tmp_path: Path) -> None:
    """A handover is another fact: it is no ShipmentConfirmed, so the ledger stays unmade."""
    samples = ROOT / "contracts" / "samples" / "logistics.shipment.v1.ShipmentHandedOver"
    event = next(path for path in samples.glob("*.json") if not path.name.startswith("invalid"))
    ledger = tmp_path / "ledger.json"
    done = run(EXAMPLES / "erp_adapter.py", event, "--ledger", ledger)

    assert done.returncode == 1
    assert "ValidationError" in done.stderr
    assert not ledger.exists()


def test_the_carrier_s_reports_lead_to_delivered(run: Run, tmp_path: Path) -> None:
    """The sample's story: handed over and departed at once, at destination, unloaded."""
    done = portal(run, tmp_path, CARRIER)

    assert done.returncode == 0, done.stderr
    assert "CONFIRMED -> IN_TRANSIT" in done.stdout
    assert seen(done.stdout) == "Delivered"


def test_what_the_carrier_sends_late_or_twice_undoes_nothing(run: Run, tmp_path: Path) -> None:
    """A report from under way and the delivery once more, after the delivery."""
    late = (EXAMPLES / "samples" / "carrier-214-late.edi").read_text()
    done = portal(run, tmp_path, CARRIER, EXAMPLES / "samples" / "carrier-214-late.edi")

    assert done.returncode == 0, done.stderr
    assert "X6 = IN_TRANSIT: stays DELIVERED (late)" in done.stdout
    assert "D1 = UNLOADED_AT_DESTINATION: stays DELIVERED (duplicate)" in done.stdout
    assert seen(done.stdout) == "Delivered"

    (tmp_path / "other.edi").write_text(late.replace("SHP-9001", "SHP-9002"))
    done = portal(run, tmp_path, CARRIER, tmp_path / "other.edi")
    assert done.returncode == 1
    assert "it is about SHP-9002" in done.stderr


def test_a_late_report_takes_no_parcel_back_where_there_is_a_step(run: Run, tmp_path: Path) -> None:
    """From "out for delivery" a step leads to "in transit": a depot takes it back."""
    late = transaction_set("AT7*X6*NS***20260307*0900*CT", "MS1*OMAHA*NE*US")
    (tmp_path / "late.edi").write_text(late)
    (tmp_path / "back.edi").write_text(late.replace("*0900*", "*1900*"))
    text = transaction_set("AT7*AJ*NS***20260307*1400*CT", "MS1*OMAHA*NE*US")
    for file, expected in (("late", "Out for delivery"), ("back", "In transit")):
        more = (tmp_path / f"{file}.edi", "--status", "IN_TRANSIT")
        assert seen(portal(run, tmp_path, text, *more).stdout) == expected


@pytest.mark.parametrize("code", ["AG", "ZQ", "SD"])
def test_estimates_unknown_codes_and_delays_move_nothing(
    run: Run, tmp_path: Path, code: str
) -> None:
    """An estimated delivery is not a delivery; a code nobody mapped is shown and kept."""
    text = transaction_set(f"AT7*{code}*NS***20260307*1400*CT", "MS1*OMAHA*NE*US")
    done = portal(run, tmp_path, text, "--status", "IN_TRANSIT")

    assert done.returncode == 0, done.stderr
    assert "stays IN_TRANSIT" in done.stdout
    assert ("kept for a person" in done.stdout) is (code == "ZQ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (transaction_set("AT7*X1*NS*AA**20260307*1400"), "AT7-01 and AT7-03"),
        (CARRIER.replace("SE*19", "SE*18"), "SE says"),
        (CARRIER.replace("ST*214", "ST*990"), "expected one transaction set"),
        (CARRIER.replace("B10*", "B11*"), "no B10-02"),
        (CARRIER.replace("*IL*", "*ZZ*"), "which zone is LT in ZZ"),
        (CARRIER.replace("*20260305*1530*", "*20260305*2530*"), "20260305 2530 is no time"),
        ("", "expected one transaction set"),
    ],
)
def test_a_214_that_contradicts_itself_is_refused(
    run: Run, tmp_path: Path, text: str, reason: str
) -> None:
    """A truncated or wrong set changes no status and says what is wrong."""
    done = portal(run, tmp_path, text)

    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
