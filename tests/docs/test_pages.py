"""What the pages say, and that their addresses stay."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from docs.values import API, CODES, EVENT, STATUS, event, mapping, status, workspace
from lading.codegen.docs.fields import MOST_ROWS, rows
from lading.codegen.docs.reference import EVERYTHING
from lading.codegen.docs.source import site_files
from lading.codegen.docs.view import SYSTEMS, Reference, View
from lading.compat import RULES, Outcome, compare
from lading.lint import LINT_RULE
from lading.model import (
    PROBLEM_CODES,
    Array,
    CodeMap,
    Contract,
    Field,
    FolderTree,
    Kind,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Subject,
    load_workspace,
)

if TYPE_CHECKING:
    from lading.model import Workspace

GOLDEN = Path(__file__).parent / "golden"
STRING = Scalar(ScalarType.STRING)


def files(workspace: Workspace, **options: str) -> dict[str, str]:
    return {
        path: data.decode() for path, data in site_files(View(workspace, Reference(), **options))
    }


@pytest.mark.parametrize("subject", [EVENT, STATUS, CODES, API])
def test_pages_are_as_they_were_reviewed(small: Workspace, subject: Subject) -> None:
    """After a wanted change run with LADING_GOLDEN=write and review the difference."""
    page = files(small)[f"c/{subject}.md"]
    golden = GOLDEN / f"{subject}.md"
    if os.environ.get("LADING_GOLDEN") == "write":
        golden.write_text(page)

    assert page == golden.read_text()


def test_equal_workspaces_give_equal_sites(small: Workspace) -> None:
    again = workspace(*reversed(small.contracts))

    assert files(small) == files(replace(again, ownership=small.ownership))


def test_every_contract_has_its_page_under_its_subject(small: Workspace) -> None:
    assert {path for path in files(small) if path.startswith("c/") and path.endswith(".md")} == {
        f"c/{subject}.md" for subject in (EVENT, STATUS, CODES, API)
    }


def test_anchors_do_not_move_when_other_fields_come_and_go() -> None:
    before = {row.path: row.anchor for row in rows(event().body, event().types)}
    body = event().body
    more = replace(body, fields=(Field("first", STRING), *reversed(body.fields)))
    after = {row.path: row.anchor for row in rows(more, event().types)}

    assert before == {
        "shipment_id": "field-shipment_id",
        "consignee": "field-consignee",
        "carrier": "field-carrier",
        "lines": "field-lines",
        "lines[].item_id": "field-lines-item_id",
        "lines[].shipped_quantity": "field-lines-shipped_quantity",
    }
    assert before.items() <= after.items()


def test_anchors_on_one_page_are_all_different() -> None:
    body = Record((Field("a-b", STRING), Field("a b", STRING), Field("a_b", STRING)))
    anchors = [row.anchor for row in rows(body, {})]

    assert len(set(anchors)) == len(anchors)


def test_a_type_within_itself_is_opened_once() -> None:
    node = Record((Field("name", STRING), Field("children", Array(Ref("Node")))), name="Node")
    found = rows(Ref("Node"), {"Node": node})

    assert [row.path for row in found] == [
        "name",
        "children",
        "children[].name",
        "children[].children",
    ][: len(found)]
    assert len(found) <= 4


def test_types_that_double_at_every_level_make_a_bounded_page() -> None:
    types = {
        f"T{at}": Record(
            (Field("a", Ref(f"T{at + 1}")), Field("b", Ref(f"T{at + 1}"))), name=f"T{at}"
        )
        for at in range(20)
    } | {"T20": Record((Field("end", STRING),), name="T20")}

    assert len(rows(Ref("T0"), types)) < 2 * MOST_ROWS


def test_a_long_chain_of_types_is_cut_and_says_so() -> None:
    types = {
        f"T{at}": Record((Field("next", Ref(f"T{at + 1}")),), name=f"T{at}") for at in range(500)
    }
    types["T500"] = Record((Field("end", STRING),), name="T500")
    found = rows(Ref("T0"), types)

    assert found[-1].cut
    assert len(found) < 50


@pytest.mark.parametrize("audience", ["partner", "public"])
def test_outsiders_see_no_consumer_no_system_page_and_no_internal_contract(
    small: Workspace, audience: str
) -> None:
    for path, text in files(small, audience=audience).items():
        assert "erp-adapter" not in text, path
        assert "erp@example.com" not in text, path
        assert API not in text, path
        assert path not in {"consumers.md", "systems/index.md", "ownership.md"}


def test_the_public_sees_only_what_is_public(small: Workspace) -> None:
    subjects = {
        entry["subject"]
        for entry in json.loads(files(small, audience="public")["catalog.json"])["contracts"]
    }

    assert subjects == {STATUS}


def test_partners_without_any_contract_are_told_so() -> None:
    assert (
        "No contract is open to this audience" in files(workspace(), audience="partner")["index.md"]
    )


def test_a_field_names_who_reads_it(small: Workspace) -> None:
    page = files(small)[f"c/{EVENT}.md"]
    line = next(line for line in page.splitlines() if 'id="field-lines-item_id"' in line)
    other = next(line for line in page.splitlines() if 'id="field-lines-shipped_quantity"' in line)

    assert "erp-adapter" in line
    assert "erp-adapter" not in other


def test_lossy_codes_are_flagged_and_the_csv_cannot_run_formulas(small: Workspace) -> None:
    site = files(small)
    page, table = site[f"c/{CODES}.md"], site[f"c/{CODES}/{CODES}.csv"]

    assert [("loses information" in line) for line in page.splitlines() if 'id="code-' in line] == [
        False,
        True,
        True,
    ]
    found = list(csv.reader(io.StringIO(table)))
    assert [row[0] for row in found] == ["code", "AF", "X6", "'=1+1"]


def test_the_catalogue_lists_every_contract_with_addresses_that_exist(small: Workspace) -> None:
    site = files(small)
    entries = json.loads(site["catalog.json"])["contracts"]

    assert [entry["subject"] for entry in entries] == sorted([EVENT, STATUS, CODES, API])
    assert all(
        entry["source"] in site and f"{entry['page'].rstrip('/')}.md" in site for entry in entries
    )


def test_llms_txt_points_at_sources_that_exist(small: Workspace) -> None:
    site = files(small)
    targets = re.findall(r"\]\(([^)]*)\)", site["llms.txt"])

    assert len(targets) == 5
    assert all(target in site for target in targets)


def test_invalid_samples_come_last_and_say_that_they_must_fail(small: Workspace) -> None:
    page = files(small)[f"c/{EVENT}.md"]

    assert (
        page.index("### two-lines")
        < page.index("### invalid-no-lines")
        < page.index("must be refused")
    )


def test_rules_and_problems_have_pages_from_their_own_words(small: Workspace) -> None:
    words = "## What it checks\n\nFields.\n\n## Why it breaks\n\nIt does."
    rule = SimpleNamespace(
        id="LAD101",
        title="Field removed",
        level=SimpleNamespace(value="WIRE"),
        formats=("AVRO",),
        status="stable",
        docs=f"Field removed.\n\n{words}",
    )
    problem = SimpleNamespace(title="Broken JSON", page="A page.")
    view = View(small, Reference({"LAD101": rule}, {}, {"LAD001": problem}))
    site = {path: data.decode() for path, data in site_files(view)}

    assert words in site["rules/LAD101.md"]
    assert "A page." in site["rules/LAD001.md"]
    assert "LAD101.md" in site["rules/index.md"]


def test_a_contract_of_its_own_is_linked_where_a_field_uses_it() -> None:
    money = Record((Field("amount", STRING),), name="logistics.common.v1.Money")
    shared = Contract(Subject(money.name), Kind.AVRO, money, documents=event().documents)
    body = Record((Field("price", Ref(money.name)),), name="x.Order")
    order = Contract(
        Subject("x.Order"), Kind.AVRO, body, types={money.name: money}, documents=event().documents
    )

    assert "](logistics.common.v1.Money.md)" in files(workspace(order, shared))["c/x.Order.md"]


def test_a_mapping_to_a_taxonomy_that_is_not_shown_has_no_dead_links() -> None:
    page = files(workspace(mapping()))[f"c/{CODES}.md"]

    assert "taxonomies.shipment.status" not in page


def test_the_taxonomy_knows_its_mappings() -> None:
    page = files(workspace(status(), mapping()))[f"c/{STATUS}.md"]

    assert f"]({CODES}.md)" in page


def test_every_rule_and_every_problem_has_its_page(small: Workspace) -> None:
    site = dict(site_files(View(small, EVERYTHING)))

    assert {f"rules/{id_}.md" for id_ in (*RULES, *LINT_RULE, *PROBLEM_CODES)} <= set(site)


@pytest.fixture(scope="module")
def library() -> Workspace:
    return load_workspace(FolderTree(Path(__file__).parents[2] / "contracts"))


@pytest.fixture(scope="module")
def shown(library: Workspace) -> dict[str, str]:
    """The pages as they read: without the places where a line may break."""
    return {path: unescape(page.replace("<wbr>", "")) for path, page in files(library).items()}


def test_what_adds_up_is_told_with_every_part_of_a_message(shown: dict[str, str]) -> None:
    page = shown["c/logistics.shipment.v1.ShipmentConfirmed.md"]

    assert "## What adds up" in page
    assert "the lots add up to the shipped quantity, in its unit" in page
    assert "forest((unit.handling_unit_id, unit.parent_id) for unit in handling_units)" in page
    assert "in words only" in page


def test_a_derived_status_shows_its_rules_in_order(shown: dict[str, str]) -> None:
    page = shown["c/taxonomies.order.display.v1.md"]
    rules = page.partition("How it follows")[2]

    assert rules.index("lifecycle in (CANCELLED, REJECTED)") < rules.index("all_of(shipments")
    assert rules.index("all_of(shipments") < rules.index("otherwise")


def test_a_mapping_shows_what_was_agreed_to_those_who_may_know(
    library: Workspace, shown: dict[str, str]
) -> None:
    """With whom is nobody's business outside."""
    path = "c/mappings.x12.214-at7-01.v1.md"
    outside = files(library, audience="partner")[path]

    assert "SCAC-XXXX" in shown[path]
    assert "SCAC-XXXX" not in outside
    assert "ask your contact" in outside
    for page in (shown[path], outside):
        assert "What we send" in page
        assert "Where another element decides" in page


def test_partners_are_not_told_what_is_internal(library: Workspace) -> None:
    """Not on the page, not in the download, not in the index: operations and fields alike."""
    site = {path: data.decode() for path, data in site_files(View(library, Reference(), "partner"))}
    inside = {path: data.decode() for path, data in site_files(View(library, Reference()))}
    operations = [
        (str(contract.subject), node["operationId"], node.get("x-audience") == "internal")
        for contract in library.contracts
        if contract.kind is Kind.OPENAPI
        for item in contract.document.value["paths"].values()  # type: ignore[index,union-attr,call-overload]
        for node in item.values()  # type: ignore[union-attr]
        if isinstance(node, dict)
    ]
    told = {name for _, name, is_internal in operations if not is_internal}
    marked = [(subject, name) for subject, name, is_internal in operations if is_internal]
    assert marked
    for subject, name in marked:
        assert any(name in text for text in inside.values()), name
        found_in = [path for path, text in site.items() if name in text]
        assert not [path for path in found_in if subject in path or name not in told], name
    assert not [path for path, text in site.items() if "x-audience: internal" in text]
    for path, text in site.items():
        if path.endswith(".yaml") and "apis." in path:
            found = compare(text, text, kind=Kind.OPENAPI)
            assert found.outcome is Outcome.COMPATIBLE, (path, found.problems)


def test_a_3pl_finds_what_it_sends(library: Workspace) -> None:
    """Where ownership is split, the page of the event and the list of systems say so."""
    site = {path: unescape(page.replace("<wbr>", "")) for path, page in files(library).items()}
    page = site["c/logistics.shipment.v1.ShipmentConfirmed.md"]
    assert "third-party warehouse: [Third-party warehouses]" in page
    row = next(line for line in site[SYSTEMS].split("\n") if "(<code>3pl</code>)" in line)
    assert "ShipmentConfirmed" in row


@pytest.mark.parametrize("audience", ["partner", "public"])
def test_what_was_agreed_with_a_partner_leaves_the_house_in_no_file(
    library: Workspace, audience: str
) -> None:
    """Neither on a page nor in a download."""
    partners = {
        each.partner
        for contract in library.contracts
        if isinstance(contract.body, CodeMap)
        for each in contract.body.overrides
    }
    site = {path: data.decode() for path, data in site_files(View(library, Reference(), audience))}
    inside = {path: data.decode() for path, data in site_files(View(library, Reference()))}

    assert partners
    for each in partners:
        assert len([path for path, text in inside.items() if each in text]) > 1, "page and download"
        assert not [path for path, text in site.items() if each in text]
