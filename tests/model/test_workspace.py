"""A whole workspace: everything that can be read, and every problem of every file, in one run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading.model import (
    Compatibility,
    FolderTree,
    Kind,
    Lifecycle,
    Slot,
    Workspace,
    WorkspaceError,
    find_workspace,
    load_workspace,
)
from model.reading import load_files

CODE = '{"type": "record", "name": "n.Code", "fields": [{"name": "value", "type": "string"}]}'
MOVED = json.dumps(
    {
        "type": "record",
        "name": "n.Moved",
        "owner": "tms",
        "fields": [
            {"name": "code", "type": "n.Code"},
            {"name": "lines", "type": {"type": "array", "items": "n.Code"}},
        ],
    }
)
STATUS = """\
taxonomy: a.status
version: 2.0.0
kind: values
owner: wms
states:
  - {code: DONE, definition: d}
"""
CODES = """\
mapping: x.codes
version: 1.0.0
system: x
list: {name: l, version: v}
taxonomy: a.status
rows:
  - {code: "1", to: DONE, quality: exact}
"""
API = """\
openapi: 3.1.0
info: {title: t, version: 1.4.0}
paths:
  /a: {get: {operationId: getA}}
"""
CONSUMER = """\
consumer: erp
system: wms
team: ERP
contact: erp@example.com
environments: [prod]
review_by: 2027-06-30
reads:
  - contract: n.Moved
    fields: [code, "code.value", lines, "lines[]", "lines[].value"]
  - contract: taxonomies.a.status.v2
    statuses: [DONE]
    unknown: IGNORE
  - contract: apis.a.v1
    operations: [getA]
"""
SYSTEMS = "systems:\n" + "".join(
    f"  - {{id: {each}, name: {each}, kind: WMS, team: {each}-team, on_call: {each}-desk}}\n"
    for each in ("wms", "tms", "x")
)
GOOD: dict[str, str | bytes] = {
    "lading.toml": '[workspace]\nname = "acme"\n[promise]\nevent = "NONE"\n',
    "systems.yaml": SYSTEMS,
    "ownership.yaml": "objects:\n  - {object: Shipment, owner: wms, proposes: [tms]}\n",
    "contract.yaml": "owner: wms\nteam: Ops\nsla: {delay: 5m}\n",
    "common/Code.avsc": CODE,
    "events/a/contract.yaml": "promise: FULL_TRANSITIVE\nteam: Shipping\n"
    "contracts: {Moved: {lifecycle: draft, producer: wms}}\n",
    "events/a/Moved.avsc": MOVED,
    "taxonomies/a.status.yaml": STATUS,
    "mappings/x/codes.yaml": CODES,
    "apis/a.yaml": API,
    "schemas/contract.yaml": "version: 3.1.0\n",
    "schemas/thing.json": "{}",
    "consumers/erp.yaml": CONSUMER,
    "samples/n.Moved/good.json": "{}",
    "samples/n.Moved/invalid-empty.json": "{}",
    "codelists/units.yaml": "anything: goes\n",
}


def problems(**changes: str | bytes) -> list[tuple[str, str]]:
    """(code, place) of everything wrong after changes; a keyword is the start of a path."""
    files = dict(GOOD)
    for start, text in changes.items():
        path = next((each for each in GOOD if each.startswith(start.replace("__", "/"))), None)
        files[path or f"{start.replace('__', '/')}.yaml"] = text
    return [(each.code, str(each.place)) for each in load_files(files).problems]


@pytest.fixture
def good() -> Workspace:
    return load_files(GOOD)


def test_a_good_workspace_has_no_problems(good: Workspace) -> None:
    assert good.problems == ()
    assert [each.subject for each in good.contracts] == [
        "apis.a.v1",
        "mappings.x.codes.v1",
        "n.Code",
        "n.Moved",
        "schemas.thing.v3",
        "taxonomies.a.status.v2",
    ]
    assert {each.kind for each in good.contracts} == set(Kind) - {Kind.PROTOBUF}
    assert [each.id for each in good.systems] == ["wms", "tms", "x"]
    assert [(each.object, each.owner, each.proposes) for each in good.ownership] == [
        ("Shipment", "wms", ("tms",))
    ]
    assert [(each.subject, each.name, each.valid) for each in good.samples] == [
        ("n.Moved", "good", True),
        ("n.Moved", "invalid-empty", False),
    ]
    (consumer,) = good.consumers
    assert (consumer.name, consumer.review_by, len(consumer.reads)) == ("erp", "2027-06-30", 3)
    assert consumer.reads[1].unknown == "IGNORE"


def test_terms_are_inherited_key_by_key_and_the_nearest_wins(good: Workspace) -> None:
    moved, code = good.contract("n.Moved"), good.contract("n.Code")
    assert moved is not None
    assert code is not None
    assert (moved.terms.promise, moved.terms.lifecycle) == ("FULL_TRANSITIVE", Lifecycle.DRAFT)
    assert (moved.terms.producer, moved.terms.sla) == ("wms", {"delay": "5m"})
    assert moved.terms.owner == "tms"  # said in the schema itself
    assert (code.terms.owner, code.terms.team, code.terms.lifecycle) == ("wms", "Ops", "active")


def test_who_answers_comes_with_the_owner(good: Workspace) -> None:
    """From `systems.yaml`, unless the terms that name the owner say more; never from another's."""
    moved, code = good.contract("n.Moved"), good.contract("n.Code")
    assert moved is not None
    assert code is not None
    assert (moved.terms.team, moved.terms.on_call) == ("tms-team", "tms-desk")
    assert (code.terms.team, code.terms.on_call) == ("Ops", "wms-desk")


def test_what_a_document_says_of_itself_is_in_its_terms(good: Workspace) -> None:
    found = {each.subject: (each.terms.version, each.terms.owner) for each in good.contracts}
    assert found["taxonomies.a.status.v2"] == ("2.0.0", "wms")
    assert found["apis.a.v1"] == ("1.4.0", "wms")
    assert found["schemas.thing.v3"] == ("3.1.0", "wms")


def test_a_promise_is_the_contracts_own_or_the_workspaces(good: Workspace) -> None:
    def promise(subject: str, slot: Slot = Slot.EVENT) -> Compatibility:
        contract = good.contract(subject)
        assert contract is not None
        return good.promise(contract, slot)

    assert promise("n.Moved") is Compatibility.FULL_TRANSITIVE
    assert promise("n.Code") is Compatibility.NONE
    assert promise("apis.a.v1", Slot.REQUEST) is Compatibility.BACKWARD
    assert promise("apis.a.v1", Slot.RESPONSE) is Compatibility.FORWARD
    assert promise("taxonomies.a.status.v2") is Compatibility.BACKWARD


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # references between files
        ({"events__a__Moved": MOVED.replace("n.Code", "n.Cod")}, ("LAD012", "events/a/Moved.avsc")),
        ({"taxonomies": STATUS.replace("DONE", "DONE2")}, ("LAD032", "mappings/x/codes.yaml:7:17")),
        ({"mappings": CODES.replace("DONE", "DUNE")}, ("LAD032", "mappings/x/codes.yaml:7:17")),
        ({"mappings": CODES.replace("a.status", "b")}, ("LAD032", "mappings/x/codes.yaml:5:1")),
        (
            {"mappings": CODES.replace("exact", "exact, also: [DUNE]")},
            ("LAD032", "mappings/x/codes.yaml:7:50"),
        ),
        (
            {"mappings": CODES.replace("exact", "exact, also: [b/DONE]")},
            ("LAD032", "mappings/x/codes.yaml:7:50"),
        ),
        (
            {"mappings": CODES.replace("exact", "exact, also: [a.status/DUNE]")},
            ("LAD032", "mappings/x/codes.yaml:7:50"),
        ),
        ({"mappings": CODES.replace("exact", "none")}, ("LAD031", "mappings/x/codes.yaml:7:5")),
        # names of people and systems
        (
            {"mappings": CODES.replace("system: x", "system: y")},
            ("LAD035", "mappings/x/codes.yaml:3:1"),
        ),
        ({"taxonomies": STATUS.replace("wms", "wns")}, ("LAD035", "taxonomies/a.status.yaml:4:1")),
        ({"contract": "owner: wns\n"}, ("LAD035", "contract.yaml:1:1")),
        (
            {"ownership": "objects:\n  - {object: S, owner: wns}\n"},
            ("LAD035", "ownership.yaml:2:17"),
        ),
        (
            {"consumers": CONSUMER.replace("system: wms", "system: wns")},
            ("LAD035", "consumers/erp.yaml:2:1"),
        ),
        # consumers
        (
            {"consumers": CONSUMER.replace("n.Moved", "n.Movd")},
            ("LAD035", "consumers/erp.yaml:8:5"),
        ),
        (
            {"consumers": CONSUMER.replace("code.value", "code.valu")},
            ("LAD035", "consumers/erp.yaml:9:20"),
        ),
        (
            {"consumers": CONSUMER.replace("lines[].value", "lines.valu")},
            ("LAD035", "consumers/erp.yaml:9:52"),
        ),
        (
            {"consumers": CONSUMER.replace("fields: [code,", "fields: ['code[]',")},
            ("LAD035", "consumers/erp.yaml:9:14"),
        ),
        (
            {"consumers": CONSUMER.replace("[DONE]", "[DUNE]")},
            ("LAD035", "consumers/erp.yaml:11:16"),
        ),
        ({"consumers": CONSUMER.replace("getA", "getB")}, ("LAD035", "consumers/erp.yaml:14:18")),
        (
            {"consumers": CONSUMER.replace("[code,", "[code..x,")},
            ("LAD031", "consumers/erp.yaml:9:14"),
        ),
        ({"consumers": CONSUMER.replace("IGNORE", "MAYBE")}, ("LAD031", "consumers/erp.yaml:12:5")),
        ({"consumers": CONSUMER.replace("team", "tem")}, ("LAD030", "consumers/erp.yaml:3:1")),
        # contract.yaml
        ({"contract": "ownr: wms\n"}, ("LAD030", "contract.yaml:1:1")),
        ({"contract": "promise: FULLY\n"}, ("LAD031", "contract.yaml:1:1")),
        ({"contract": "version: '1'\n"}, ("LAD031", "contract.yaml:1:1")),
        ({"contract": "contracts: {Gone: {}}\n"}, ("LAD035", "contract.yaml:1:13")),
        ({"contract": "- a\n"}, ("LAD031", "contract.yaml:1:1")),
        # settings
        ({"lading": "[workspace]\nnam = 'x'\n"}, ("LAD030", "lading.toml:2:1")),
        ({"lading": "[workspce]\n"}, ("LAD030", "lading.toml:1:2")),
        ({"lading": "[promise]\nevent = 'FUL'\n"}, ("LAD031", "lading.toml:2:1")),
        ({"lading": "[workspace]\nname = 'A B'\n"}, ("LAD011", "lading.toml:2:1")),
        ({"lading": "[registry]\nurl = 'file:///x'\n"}, ("LAD031", "lading.toml:2:1")),
        ({"lading": "[workspace\n"}, ("LAD001", "lading.toml:1:11")),
        ({"lading": b"\xff"}, ("LAD002", "lading.toml:1:1")),
        # the layout
        ({"evnts__x": "a: 1\n"}, ("LAD040", "evnts/x.yaml:1:1")),
        ({"samples__loose": "{}"}, ("LAD040", "samples/loose.yaml:1:1")),
        (
            {"systems": SYSTEMS.replace("kind: WMS", "kind: WNS", 1)},
            ("LAD031", "systems.yaml:2:26"),
        ),
    ],
)
def test_what_does_not_fit_together_is_named_at_its_place(
    changes: dict[str, str], expected: tuple[str, str]
) -> None:
    code, place = expected
    assert any(found == code and at.startswith(place) for found, at in problems(**changes))


def test_a_broken_file_is_one_problem_not_one_for_each_that_needs_it() -> None:
    assert problems(common__Code="{") == [("LAD001", "common/Code.avsc:1:2")]


def test_a_wrong_type_is_named_once_however_many_use_it() -> None:
    assert problems(common__Code=CODE.replace('"string"', '"strin"')) == [
        ("LAD012", "common/Code.avsc:1:67")
    ]


def test_every_file_is_read_even_when_all_are_broken() -> None:
    found = load_files(dict.fromkeys(GOOD, "{") | {"lading.toml": "["})
    assert {each.place.document for each in found.problems} == GOOD.keys()
    assert found.contracts == ()


def test_two_files_may_not_define_the_same_subject() -> None:
    found = load_files(
        {"common/A.avsc": CODE, "events/B.avsc": CODE, "apis/a.yaml": API, "apis/a.yml": API}
    )
    assert [(each.code, each.place.document) for each in found.problems] == [
        ("LAD014", "apis/a.yml"),
        ("LAD014", "events/B.avsc"),
    ]


def test_problems_come_in_the_order_of_their_places() -> None:
    found = load_files(
        {"apis/a.yaml": "a: &a 1\nb: *a\n", "apis/0.yaml": "[", "common/A.avsc": "5"}
    )
    places = [each.place for each in found.problems]
    assert places == sorted(places)
    assert len(places) == 4


def test_a_workspace_is_found_from_below_and_beside(tmp_path: Path) -> None:
    (tmp_path / "contracts" / "events").mkdir(parents=True)
    (tmp_path / "contracts" / "lading.toml").touch()
    for start in (tmp_path, tmp_path / "contracts", tmp_path / "contracts" / "events"):
        assert find_workspace(start) == tmp_path / "contracts"


def test_without_a_workspace_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="lading init"):
        find_workspace(tmp_path)
    (tmp_path / "contracts").mkdir()
    with pytest.raises(WorkspaceError, match="did you mean `contracts`"):
        find_workspace(tmp_path / "contract")
    with pytest.raises(WorkspaceError, match="there is no folder"):
        FolderTree(tmp_path / "gone")


def test_the_contract_library_of_this_repository_is_in_order() -> None:
    found = load_workspace(FolderTree(Path(__file__).parents[2] / "contracts"))
    assert [str(each) for each in found.problems] == []
    assert {each.kind for each in found.contracts} >= {
        Kind.AVRO,
        Kind.OPENAPI,
        Kind.TAXONOMY,
        Kind.MAPPING,
    }
