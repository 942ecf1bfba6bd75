"""Our own client: registering, pushing and reading back."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from lading.model import Kind, Syntax, read_contract, read_document
from lading.model.contract import Compatibility, Lifecycle, Reference, Subject, Terms
from lading.registry.client import Answered, Client, Unreachable, in_order
from lading.registry.errors import RegistryError
from lading.registry.metadata import properties, terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.model import Contract

    Make = Callable[..., Contract]


@pytest.fixture
def client(url: str) -> Client:
    return Client(url)


@pytest.fixture
def space() -> str:
    """A namespace of its own for every test; the server is shared."""
    return f"t{uuid4().hex[:10]}.v1"


@pytest.fixture
def contract(record: Callable[..., str], space: str) -> Make:
    """Build a contract; ``uses`` are contracts it has a field of, by name."""

    def build(
        short: str, *fields: str, uses: tuple[Contract, ...] = (), **more: object
    ) -> Contract:
        name = f"{space}.{short}"
        shape = json.loads(record(*fields, name=name))
        shape["fields"] += [
            {"name": f"the_{short_name(each)}", "type": each.subject} for each in uses
        ]
        text = json.dumps(shape)
        document = read_document(name, text.encode(), syntax=Syntax.JSON)
        made = read_contract(
            Kind.AVRO,
            document,
            subject=Subject(name),
            references={it.name: it for each in uses for it in each.documents},
            terms=Terms(**more),  # type: ignore[arg-type]
        )
        return replace(
            made, references=tuple(Reference(each.subject, each.subject) for each in uses)
        )

    return build


def short_name(contract: Contract) -> str:
    return contract.subject.rpartition(".")[2].lower()


def test_terms_survive_the_journey() -> None:
    full = Terms(
        owner="wms",
        team="Warehouse IT",
        lifecycle=Lifecycle.DEPRECATED,
        version="1.2.0",
        promise=Compatibility.FULL_TRANSITIVE,
        audience="partner",
        sla={"latency": "5 s"},
        retention="7 y",
    )
    assert terms(properties(full)) == full
    assert properties(Terms()) == {}
    assert terms({"lading.lifecycle": "unheard of", "other": "x"}) == Terms()


def test_a_pushed_contract_comes_back_as_it_was(client: Client, contract: Make, space: str) -> None:
    parcel = contract("Parcel", "a")
    shipment = contract("Shipment", "b", uses=(parcel,), owner="wms", version="1.0.0")
    results = client.push([shipment, parcel])
    assert [(each.subject, each.outcome) for each in results] == [
        (f"{space}.Parcel", "registered"),
        (f"{space}.Shipment", "registered"),
    ]
    (back,) = client.fetch_contracts([shipment.subject])
    assert back.terms == shipment.terms
    assert back.version == 1
    assert back.fingerprint == shipment.fingerprint
    assert back.references == (Reference(parcel.subject, parcel.subject, 1),)
    assert back.types.keys() == shipment.types.keys()


def test_pushing_again_changes_nothing(client: Client, contract: Make) -> None:
    parcel = contract("Parcel", "a")
    client.push([parcel])
    assert [each.outcome for each in client.push([parcel])] == ["unchanged"]
    assert client.versions(parcel.subject) == [1]


def test_a_refused_push_says_why_and_stores_nothing(client: Client, contract: Make) -> None:
    client.push([contract("Parcel", "a", promise=Compatibility.FULL)])
    broken, fresh = contract("Parcel", "a", "b"), contract("Fresh", "x")
    for dry_run in (True, False):
        results = {each.subject: each for each in client.push([broken, fresh], dry_run=dry_run)}
        assert results[broken.subject].outcome == "incompatible"
        assert any("LAD" in each for each in results[broken.subject].messages)
        assert (results[fresh.subject].outcome, results[fresh.subject].id) == ("accepted", 0)
    assert client.versions(broken.subject) == [1]
    assert fresh.subject not in client.subjects()


def test_a_dry_run_sees_contracts_of_the_same_push(client: Client, contract: Make) -> None:
    """A set that refers to itself is judged before any of it is there."""
    parcel = contract("Parcel", "a")
    shipment = contract("Shipment", uses=(parcel,))
    assert all(each.accepted for each in client.push([shipment, parcel], dry_run=True))
    assert parcel.subject not in client.subjects()


def test_the_promise_of_a_push_is_what_the_registry_judges_by(
    client: Client, contract: Make
) -> None:
    client.push([contract("Parcel", "a")], promise=lambda _: Compatibility.FORWARD)
    (result,) = client.push([contract("Parcel")])
    assert result.outcome == "incompatible"
    assert result.messages[-1] == "{compatibility: 'FORWARD'}"


def test_what_is_referred_to_comes_first(contract: Make) -> None:
    bottom = contract("Z", "a")
    middle = contract("M", uses=(bottom,))
    top = contract("A", uses=(middle, bottom))
    assert [each.subject for each in in_order([top, middle, bottom])] == [
        bottom.subject,
        middle.subject,
        top.subject,
    ]


def test_a_circle_of_contracts_is_named(contract: Make) -> None:
    one, two = contract("One", "a"), contract("Two", "a")
    one = replace(one, references=(Reference(two.subject, two.subject),))
    two = replace(two, references=(Reference(one.subject, one.subject),))
    with pytest.raises(RegistryError, match="circle"):
        in_order([one, two])


def test_a_check_and_a_registration_of_one_schema(
    client: Client, record: Callable[..., str], space: str
) -> None:
    landed = client.register(space, record("a"), terms=Terms(owner="wms"))
    assert client.schema(space) == client.schema(space, 1) == landed
    assert client.check(space, record("a", "b?")) == ()
    assert client.check(space, record("a", "b"))
    with pytest.raises(Answered, match="incompatible") as caught:
        client.register(space, record("a", "b"))
    assert (caught.value.status, caught.value.code) == (409, 40901)


def test_a_subject_that_is_not_there_gets_a_suggestion(client: Client, contract: Make) -> None:
    parcel = contract("Parcel", "a")
    client.push([parcel])
    with pytest.raises(RegistryError) as caught:
        list(client.fetch_contracts([parcel.subject + "s"]))
    assert f"did you mean '{parcel.subject}'?" in str(caught.value)


def test_nobody_at_the_address_is_one_clear_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        Client(f"http://127.0.0.1:{port}").subjects()
    assert "lading serve" in str(caught.value)


def test_something_else_at_the_address_is_said_so() -> None:
    with pytest.raises(RegistryError, match="not the address of a registry"):
        Client("ftp://127.0.0.1")


def test_the_client_imports_no_server() -> None:
    """A command that talks to a registry must not pay for one."""
    code = (
        "import sys, lading.registry.client;"
        "print([n for n in ('starlette', 'uvicorn', 'orjson', 'sqlite3') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == "[]"
