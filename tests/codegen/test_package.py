"""The generated package, installed and used as an adapter would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lading.codegen import build_wheel, write

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
SOURCES = [str(ROOT / each) for each in ("codegen", "compat")]

USE = r"""
import io, json, uuid, warnings
from datetime import UTC, date, datetime
from decimal import Decimal

warnings.simplefilter("error")

import fastavro
import httpx2
from acme_logistics.models.common_v1 import Money
from acme_logistics.models.shipment_v1 import Package, ShipmentConfirmed, ShipmentStatus
from acme_logistics.mappings.sap_gbstk import to_shipment_status
from acme_logistics.mappings.x12_214_at7_01 import to_shipment_milestone
from acme_logistics.taxonomies import shipment_milestone, shipment_status
from lading.runtime import IllegalTransition, MappingQuality, UnmappedCode, read_manifest

event = ShipmentConfirmed(
    event_id=uuid.UUID(int=1), occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
    ship_date=date(2026, 1, 1), class_="A", schema_="B", pieces=1, weight_g=2,
    insured=Money(amount=Decimal("12.50"), currency="EUR"),
    packages=[Package(package_id="a", inner=[Package(package_id="b")])],
    digest=b"abcd", detail=Package(package_id="c"),
)
assert event.status is ShipmentStatus.PLANNED and event.duty == Decimal("0.00")
assert event.first == Package(package_id="p") and event.label == b"\xff"
assert ShipmentConfirmed.model_validate_json(event.model_dump_json()) == event
wire = json.loads(event.model_dump_json())
assert wire["class"] == "A" and wire["schema"] == "B" and wire["insured"]["amount"] == "12.50"

schema = fastavro.parse_schema(json.loads(ShipmentConfirmed.avro_schema()))
buffer = io.BytesIO()
fastavro.schemaless_writer(buffer, schema, event.to_avro_dict(), strict=True)
buffer.seek(0)
assert ShipmentConfirmed.from_avro_dict(fastavro.schemaless_reader(buffer, schema, None)) == event

Status = shipment_status.ShipmentStatus
assert shipment_status.can_transition(Status.PLANNED, Status.IN_TRANSIT)
assert not shipment_status.can_transition(Status.DELIVERED, Status.PLANNED)
assert shipment_status.advance(Status.PLANNED, Status.IN_TRANSIT) is Status.IN_TRANSIT
try:
    shipment_status.advance(Status.PLANNED, Status.DELIVERED)
except IllegalTransition as error:
    assert error.allowed == ("IN_TRANSIT",), error
else:
    raise AssertionError
assert shipment_status.parse("NEVER_HEARD_OF") is Status.UNKNOWN
assert shipment_status.TERMINAL == {Status.DELIVERED}
assert shipment_status.LABELS[Status.PLANNED]["de"] == "Geplant"
Milestone = shipment_milestone.ShipmentMilestone
assert shipment_milestone.advances_to(Milestone.DELIVERED) is Status.DELIVERED
assert shipment_milestone.advances_to(Milestone.HANDED_OVER) is None

answer = to_shipment_milestone("AF")
assert answer.canonical is Milestone.DEPARTED_ORIGIN and answer.also == (Milestone.HANDED_OVER,)
answer = to_shipment_milestone("??")
assert answer.canonical is Milestone.UNKNOWN and answer.code == "??" and not answer.listed
answer = to_shipment_milestone("ZZ")
assert answer.canonical is None and answer.quality is MappingQuality.NONE and answer.listed
try:
    to_shipment_status("Q")
except UnmappedCode as error:
    assert error.code == "Q"
else:
    raise AssertionError

from acme_logistics.apis.shipment_visibility import AsyncClient, Client
from acme_logistics.apis.shipment_visibility.client.errors import NotFoundError
from acme_logistics.apis.shipment_visibility.client.options import RetryOptions
from acme_logistics.apis.shipment_visibility.models import Problem, Shipment

seen = []
def answer(request):
    seen.append(request)
    if request.method == "POST" and len(seen) < 2:
        return httpx2.Response(503)
    if request.url.path.endswith("/none"):
        return httpx2.Response(
            404, json={"title": "no"}, headers={"content-type": "application/problem+json"})
    status = 201 if request.method == "POST" else 200
    return httpx2.Response(status, json={"shipmentId": "1", "status": "PLANNED"})

quick = RetryOptions(initial_delay=0.001, max_delay=0.002)
native = httpx2.Client(transport=httpx2.MockTransport(answer))
with Client(bearer="t", http_client=native, retry=quick) as client:
    made = client.shipments.create_shipment(body=Shipment(shipment_id="1", status="PLANNED"))
    assert made.shipment_id == "1"
    keys = {request.headers["idempotency-key"] for request in seen}
    assert len(seen) == 2 and len(keys) == 1, "a retried POST keeps its key"
    assert seen[0].headers["authorization"] == "Bearer t"
    assert str(seen[0].url) == "https://api.example.test/v1/shipments"
    assert client.shipments.get_shipment(shipment_id="1").status == "PLANNED"
    try:
        client.shipments.get_shipment(shipment_id="none")
    except NotFoundError as error:
        assert isinstance(error.body, Problem) and error.body.title == "no"
    else:
        raise AssertionError
native.close()

import asyncio
async def main():
    native = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    async with native, AsyncClient(bearer="t", http_client=native) as client:
        return await client.shipments.get_shipment(shipment_id="1")
assert asyncio.run(main()).shipment_id == "1"

manifest = read_manifest("acme_logistics")
assert manifest.contract("taxonomies.shipment.status.v1").version == "1.2.0"
print("used")
"""


@pytest.mark.slow
def test_the_wheel_installs_into_a_fresh_environment_and_works(
    tmp_path: Path, files: Mapping[str, str | bytes]
) -> None:
    """Its dependencies come from this environment through a .pth file, so no network is needed."""
    wheel = build_wheel(files, tmp_path / "dist")
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    _run([python, "-m", "pip", "install", "--no-index", "--no-deps", "-q", wheel], tmp_path)
    site = _run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp_path)
    needs = "\n".join([sysconfig.get_path("purelib"), *SOURCES])
    (Path(site.strip()) / "dependencies.pth").write_text(needs, encoding="utf-8")
    script = tmp_path / "use.py"
    script.write_text(USE, encoding="utf-8")
    assert _run([python, script], tmp_path).strip() == "used"
    assert "acme-logistics" in _run([python, "-m", "pip", "list"], tmp_path)


@pytest.mark.slow
def test_mypy_strict_finds_nothing_in_the_package(
    tmp_path: Path, files: dict[str, str | bytes]
) -> None:
    write(files, tmp_path)
    command = [sys.executable, "-m", "mypy", "--strict", "-p", "acme_logistics"]
    command += ["--explicit-package-bases", "--namespace-packages", "--cache-dir", "cache"]
    environment = {"MYPYPATH": os.pathsep.join([*SOURCES, str(tmp_path)])}
    assert "no issues found" in _run(command, tmp_path, environment)


def test_the_wheel_is_the_same_bytes_each_time_and_lists_every_file(
    tmp_path: Path, files: Mapping[str, str | bytes]
) -> None:
    one, two = build_wheel(files, tmp_path / "a"), build_wheel(files, tmp_path / "b")
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        record = archive.read("acme_logistics-1.0.0.dist-info/RECORD").decode().splitlines()
        assert [line.split(",")[0] for line in record[:-1]] == sorted(archive.namelist()[:-1])
        assert archive.testzip() is None
        metadata = archive.read("acme_logistics-1.0.0.dist-info/METADATA").decode()
    assert "Requires-Dist: lading>=0.1,<0.2" in metadata


def test_avro_schemas_of_the_package_stand_alone(files: Mapping[str, str]) -> None:
    import fastavro

    text = files["acme_logistics/schemas/acme.shipment.v1.ShipmentConfirmed.avsc"]
    parsed = fastavro.parse_schema(json.loads(text))
    assert parsed["name"] == "acme.shipment.v1.ShipmentConfirmed"
    assert '"x-unit": "GRM"' in text


def _run(command: list[object], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
