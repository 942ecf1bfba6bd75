"""Every lint rule: silent on a workspace that keeps it, and loud when one thing is changed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lading.lint import LINT_RULE, LINT_RULES
from lading.lint.base import Severity
from lading.lint.packs import severity_in
from lading.model.settings import RULESETS
from lint.workspace import EVENT, MOMENT, decided, field, report, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[dict[str, Any]], object]

LOADED = "events/shipment/ShipmentLoaded.avsc"
LINE = "entities/shipment/Line.avsc"
MINIMAL = f"samples/{EVENT}/minimal.json"
TERMS = "events/shipment/contract.yaml"
STATUS = "taxonomies/shipment.status.yaml"
MILESTONE = "taxonomies/shipment.milestone.yaml"
X12 = "mappings/x12/214.yaml"
API = "apis/shipments.yaml"
HEADINGS = ["## What it checks", "## Why it matters", "## What to do instead"]


def swap(path: str, old: str, new: str) -> Change:
    """Another text in a file that is written as text."""

    def change(files: dict[str, Any]) -> None:
        assert old in files[path], (path, old)
        files[path] = files[path].replace(old, new)

    return change


def put(path: str, *keys: Any, value: Any) -> Change:
    """Another value in a file that is written as JSON; `value` of `DROP` takes it out."""

    def change(files: dict[str, Any]) -> None:
        node = files[path]
        for key in keys[:-1]:
            node = node[key]
        if value is DROP:
            del node[keys[-1]]
        else:
            node[keys[-1]] = value

    return change


DROP = object()


def pin(ruleset: str) -> Change:
    return lambda files: files.update(
        {"lading.toml": f'{files["lading.toml"]}\n[check]\nruleset = "{ruleset}"\n'}
    )


def of(path: str, name: str, key: str, value: Any) -> Change:
    """Another property of one field of a record."""

    def change(files: dict[str, Any]) -> None:
        (found,) = (each for each in files[path]["fields"] if each["name"] == name)
        if value is DROP:
            del found[key]
        else:
            found[key] = value

    return change


def add(name: str, type_: Any, doc: str, path: str = LINE, **more: Any) -> Change:
    return lambda files: files[path]["fields"].append(field(name, type_, doc, **more))


def op(*keys: Any, value: Any) -> Change:
    return put(API, "paths", *keys, value=value)


def answer_200(*keys: str) -> Change:
    """The answer 200 in place of 202."""

    def change(files: dict[str, Any]) -> None:
        path, method = keys
        responses = files[API]["paths"][path][method]["responses"]
        responses["200"] = responses.pop("202")

    return change


GET = ("/shipments/{shipment_id}", "get")
LIST = ("/shipments", "get")
POST = ("/shipments/{shipment_id}/change-requests", "post")
QUERY = {"owner": "tms", "proposal": False, "query": True}
SCHEMA = ("components", "schemas")
REFUSED = "samples/refused.yaml"
NEVER = {"name": "never", "rule": "no shipment has this number", "check": "shipment_id == 'S'"}
SAID = "A text that is long enough for the rule; empty for none."
FIRES: dict[str, list[Change]] = {
    "NAM-001": [put(LOADED, "x", value=1), put(LINE, "fields", 3, "type", "name", value="mode")],
    "NAM-002": [add("qty_count", "long", SAID)],
    "NAM-003": [
        put(LINE, "fields", 3, "type", "symbols", value=["X3", "UNKNOWN"]),
        put(
            LINE,
            "fields",
            3,
            "type",
            "x-symbols",
            value={"X3": "By truck.", "UNKNOWN": "Newer one."},
        ),
    ],
    "NAM-004": [put(LOADED, "x-event-type", value="logistics.shipment.load.v1")],
    "NAM-005": [add("loading_time", MOMENT, "When it was loaded, in UTC.")],
    "NAM-006": [
        lambda files: files[API]["paths"].update(
            {"/getShipments": files[API]["paths"].pop("/subscriptions")}
        )
    ],
    "NAM-007": [add("shipped_at", MOMENT, "When it was shipped, in UTC.")],
    "DOC-001": [of(LINE, "line_id", "doc", "Line id.")],
    "DOC-002": [put(LINE, "fields", 3, "type", "x-symbols", "SEA", value="By sea.")],
    "DOC-003": [put(MINIMAL, "shipment_id", value=7)],
    "DOC-004": [add("batch", ["null", "string"], "Name of the batch of goods.", default=None)],
    "DOC-005": [swap(STATUS, "The goods are on the conveyance.", "Loaded")],
    "OWN-001": [of(LINE, "line_id", "owner", "nobody")],
    "OWN-002": [swap(TERMS, "producer: wms", "producer: tms")],
    "OWN-003": [swap(TERMS, "object: fact-loaded", "object: stock")],
    "OWN-004": [op(*POST, "responses", "200", value={"description": "Changed."})],
    "OWN-005": [swap("contract.yaml", "on_call: wms-oncall@example.com\n", "")],
    "PII-001": [of(LINE, "line_id", "x-pii", DROP)],
    "PII-002": [of(LOADED, "email", "x-pii", "none")],
    "PII-003": [add("diagnosis", "string", SAID, path=LOADED, **{"x-pii": "sensitive"})],
    "PII-004": [of(LOADED, "note", "x-classification", "restricted")],
    "PII-005": [swap(TERMS, "guarantee:", "cleanup: compact, guarantee:")],
    "PII-006": [swap("contract.yaml", "purpose: delivery\n", "")],
    "PII-007": [of(LOADED, "note", "x-pii", "none")],
    "PII-008": [put(MINIMAL, "shipment_id", value="mail@somebody.com")],
    "ENU-001": [put(LINE, "fields", 3, "type", "default", value=DROP)],
    "ENU-002": [put(MINIMAL, "status", value="UNKNOWN")],
    "ENU-003": [put(API, *SCHEMA, "Shipment", "properties", "status", "enum", value=["A", "B"])],
    "ENU-004": [
        put(LINE, "fields", 3, "type", "symbols", value=["AM", "AG", "ZZ", "UNKNOWN"]),
        put(
            LINE,
            "fields",
            3,
            "type",
            "x-symbols",
            value=dict.fromkeys(["AM", "AG", "ZZ", "UNKNOWN"], "Something."),
        ),
    ],
    "TIM-001": [add("seen_at", "long", SAID)],
    "TIM-003": [put(API, *SCHEMA, "Shipment", "properties", "loaded_at", "format", value=DROP)],
    "TIM-004": [put(MINIMAL, "meta", "recorded_at", value="2026-03-03T15:00:00Z")],
    "TIM-005": [
        lambda files: files["common/LocalTime.avsc"]["fields"].pop(1),
    ],
    "TIM-006": [
        add("eta_at", ["null", MOMENT], "Arrival in UTC; empty when unknown.", default=None)
    ],
    "TIM-007": [put("common/TimeWindow.avsc", "doc", value="A window of time at a place.")],
    "NUM-001": [add("weight", "double", SAID)],
    "NUM-002": [
        put(
            "common/Money.avsc",
            "fields",
            0,
            "type",
            value={"type": "bytes", "logicalType": "decimal", "precision": 18},
        )
    ],
    "NUM-003": [put(API, *SCHEMA, "Shipment", "properties", "amount", "type", value="number")],
    "NUM-004": [put(MINIMAL, "price", "amount", value="12.505")],
    "NUM-005": [put(MINIMAL, "weight", "uom", value="PL")],
    "NUM-006": [put(MINIMAL, "weight", "uom", value="CT")],
    "NUM-007": [put(MINIMAL, "weight", "value", value="-1")],
    "IDN-001": [add("order_id", "long", SAID)],
    "IDN-002": [put(MINIMAL, "sscc", value="095211010000000017")],
    "IDN-003": [of(LOADED, "imo_number", "x-scheme", DROP)],
    "IDN-004": [of("common/Money.avsc", "currency", "x-scheme", DROP)],
    "IDN-005": [
        swap(TERMS, "key: shipment_id", "key: tracking_number"),
        add("tracking_number", "string", SAID, path=LOADED),
    ],
    "IDN-006": [
        add("gtin", ["null", "string"], SAID, path=LOADED, default=None, **{"x-scheme": "GTIN-14"}),
        put(MINIMAL, "gtin", value="9521101000016"),
    ],
    "IDN-007": [put(LINE, "fields", 2, "type", "items", value="string")],
    "EVO-001": [swap(TERMS, "intent: fact", "intent: fact\npromise: BACKWARD")],
    "EVO-004": [of(LINE, "line_id", "x-deprecated", {"since": "2026-01-01"})],
    "EVO-005": [op(*GET, "deprecated", value=True)],
    "EVO-006": [
        swap(TERMS, "intent: fact", "intent: fact\nlifecycle: retired"),
        lambda files: files.update(
            {
                "consumers/a.yaml": "consumer: a\nsystem: erp\nteam: A\nreads:\n"
                f"  - {{contract: {EVENT}}}\n"
            }
        ),
    ],
    "EVO-009": [
        add("dock", ["null", "string"], "Door of the dock at the site.", LOADED, default=None)
    ],
    "ENV-001": [lambda files: files["common/EventMeta.avsc"]["fields"].pop(0)],
    "ENV-002": [swap(TERMS, "key: shipment_id", "key: order_id")],
    "ENV-004": [put(MINIMAL, "meta", "aggregate_sequence", value=2)],
    "ENV-005": [put(MINIMAL, "meta", "retracts_event_id", value="1")],
    "ENV-006": [swap(TERMS, "262144", "300000")],
    "ENV-007": [swap(TERMS, "sla: {freshness_p95: 60 s}\n", "")],
    "STA-001": [
        swap(STATUS, ", rank: 2, terminal: true", ", rank: 2"),
    ],
    "STA-002": [swap(STATUS, "trigger: shipment.loaded", "trigger: shipment.lifted")],
    "STA-003": [add("status", "string", SAID)],
    "STA-004": [
        swap(
            STATUS,
            "  - {code: UNKNOWN",
            "  - {code: DELAYED, label: {en: Late}, definition: It comes later than planned.,"
            " rank: 3, initial: true, terminal: true}\n  - {code: UNKNOWN",
        ),
        put(
            "common/ShipmentStatus.avsc",
            "symbols",
            value=["PLANNED", "LOADED", "DELAYED", "UNKNOWN"],
        ),
    ],
    "STA-006": [of(LOADED, "note", "doc", "How it goes.\n- RECEIVED\n- `DECLINED` (no)\n")],
    "STA-005": [of(LOADED, "status", "x-derived-from", DROP)],
    "MAP-001": [
        lambda files: files.update(
            {
                "mappings/x12/other.yaml": files[X12]
                .replace("mapping: x12.214", "mapping: x12.other")
                .replace("size: 3", "size: 6")
            }
        ),
        swap(X12, "size: 3", "size: 6"),
    ],
    "MAP-002": [swap(X12, "size: 3", "size: 4")],
    "MAP-003": [swap(X12, "2030-01-01", "2020-01-01")],
    "MAP-004": [
        swap(
            X12,
            "AG, to: ETA_UPDATED, quality: exact, classifier: ESTIMATED",
            "AG, to: UNKNOWN, quality: exact",
        )
    ],
    "MAP-005": [swap(X12, '"004010"', "latest")],
    "MAP-006": [swap(X12, "{from: LOADED, code: AM}", "{from: LOADED, code: AG}")],
    "MAP-007": [swap(X12, "AG, to: ETA_UPDATED", "AG, to: LOADED")],
    "MAP-008": [
        swap(
            X12, "AM, to: LOADED, quality: exact,", "AM, to: LOADED, quality: exact, final: false,"
        )
    ],
    "MAP-009": [swap(MILESTONE, "advances_to: LOADED", "advances_to: LOADED, deprecated: true")],
    "MAP-010": [swap(X12, "sends:", "sends_all: true\nsends:")],
    "API-001": [put(API, "components", "responses", "Busy", "content", value={})],
    "API-002": [op(*GET, "responses", "200", "headers", value={})],
    "API-003": [op(*LIST, "parameters", 0, "schema", "maximum", value=1000)],
    "API-004": [op(*GET, "responses", "429", value=DROP)],
    "API-005": [op(*GET, "security", value=[])],
    "API-006": [op(*GET, "operationId", value="Get-shipment")],
    "API-007": [op(*POST, "responses", "202", "headers", value={})],
    "API-008": [put(API, "webhooks", "moved", "post", "parameters", value=[])],
    "API-009": [put(API, *SCHEMA, "Change", "additionalProperties", value=True)],
    "API-010": [put(API, *SCHEMA, "Change", "properties", "mode", "nullable", value=True)],
    "SEC-001": [put(LINE, "doc", value="Ask with AKIAIOSFODNN7EXAMPLE for the lines.")],
    "LIC-001": [swap(X12, ", licence: facts", "")],
    "QUA-001": [put(LINE, "x-invariants", value=DROP)],
    "QUA-002": [lambda files: files.pop(f"samples/{EVENT}/full.json")],
}
"""For each rule what to change so that it speaks."""


MORE: list[tuple[str, Change]] = [
    ("DOC-003", swap(REFUSED, "has no field", "lacks")),
    ("DOC-003", swap(REFUSED, "invalid-more", "invalid-less")),
    ("DOC-003", put(MINIMAL, "meta", value=DROP)),
    ("ENV-002", put(MINIMAL, "meta", "partition_key", value="SHP-9")),
    ("ENV-006", swap(TERMS, "262144", "9" * 5000)),
    ("ENV-006", swap(TERMS, "262144", "some")),
    ("MAP-002", swap(X12, "size: 3", "size: 2")),
    ("IDN-002", put(LINE, "fields", 0, "x-scheme", value="GTIN-15")),
    ("NUM-005", put(MINIMAL, "weight", value={"value": "3", "uom": "EA"})),
    ("ENV-002", swap(TERMS, "key: shipment_id", "key: email")),
    ("OWN-002", put(MINIMAL, "meta", "source_system", value="tms")),
    ("OWN-002", swap(TERMS, "object: fact-loaded", "object: stock\nscope: warehouse_id")),
    ("OWN-003", swap(TERMS, "object: fact-loaded", "object: stock\nscope: site_id")),
    ("OWN-003", swap(TERMS, "object: fact-loaded", "object: stock\nscope: shipment_id.site_id")),
    ("OWN-003", swap(TERMS, "object: fact-loaded", "object: stock\nscope: email")),
    ("OWN-004", op(*POST, "x-ownership", value=QUERY)),
    ("OWN-004", op(*POST, "x-ownership", value={**QUERY, "query": False, "proposal": False})),
    ("QUA-001", put(LOADED, "x-invariants", value=[NEVER])),
    ("STA-003", add("phase", "string", SAID, **{"x-taxonomy": "shipment.status"})),
    ("STA-003", add("phase", "string", SAID, **{"x-codelist": "shipment.status"})),
    ("TIM-004", put(MINIMAL, "loaded_at", value="2026-12-01T10:00:00Z")),
]
"""Further ways in which a rule speaks, most of them of messages."""


@pytest.mark.parametrize(
    ("rule", "change"), MORE, ids=[f"{a}-{at}" for at, (a, _) in enumerate(MORE)]
)
def test_the_rule_speaks_of_this_too(rule: str, change: Change) -> None:
    assert rule in rules_of(report(change))


@pytest.mark.parametrize(
    ("version", "schema", "word"),
    [
        ("3.1.0", {"type": "string", "nullable": True}, "nullable"),
        ("3.1.0", {"type": "array", "items": {"type": "string", "nullable": True}}, "nullable"),
        ("3.1.0", {"type": "number", "minimum": 0, "exclusiveMinimum": True}, "exclusiveMinimum"),
        ("3.1.0", {"type": "string", "const": "A"}, ""),
        ("3.1.0", {"type": "object", "properties": {"nullable": {"type": "string"}}}, ""),
        ("3.0.3", {"type": "string", "nullable": True}, ""),
        ("3.0.3", {"type": "string", "const": "A"}, "const"),
        ("3.0.3", {"type": ["string", "null"]}, "type"),
        ("3.0.3", {"type": "string", "example": {"const": 1}, "enum": [{"const": 1}]}, ""),
    ],
)
def test_a_keyword_is_one_of_the_version(version: str, schema: Any, word: str) -> None:
    """Of that which a schema of the API uses, wherever it stands; names and data are none."""
    found = report(put(API, "openapi", value=version), put(API, *SCHEMA, "More", value=schema))
    said = [each.hit.message for each in found.findings if each.rule == "API-010"]

    assert [each.partition(" ")[0] for each in said] == ([f"`{word}`"] if word else [])


def test_who_only_asks_may_ask_about_what_others_own() -> None:
    assert rules_of(report(op(*POST, "x-ownership", value=QUERY), answer_200(*POST))) == set()


def test_many_proposals_answer_200_with_a_status_for_each() -> None:
    path, method = POST
    batch = f"{path}/batch"

    def moved(files: dict[str, Any]) -> None:
        paths = files[API]["paths"]
        paths[batch] = paths.pop(path)

    assert "OWN-004" in rules_of(report(moved))
    assert rules_of(report(moved, answer_200(batch, method))) == set()


def test_what_stands_beside_the_responses_is_nobodys() -> None:
    """A note may refer to what is not there: readers of the API pass it over too."""
    path, method = POST
    note = {"$ref": "#/components/responses/Nope"}
    said = report(op(path, method, "responses", "x-note", value=note))
    assert [(each.rule, each.hit) for each in said.findings] == []


def test_a_workspace_that_keeps_every_rule_is_clean() -> None:
    assert [(each.rule, each.hit) for each in report().findings] == []


def test_every_rule_that_files_can_decide_has_a_case() -> None:
    assert set(FIRES) == set(decided())
    assert len(LINT_RULES) == len(LINT_RULE) == 97


@pytest.mark.parametrize("rule", FIRES)
def test_the_rule_speaks(rule: str) -> None:
    found = report(*FIRES[rule])

    assert rule in rules_of(found), sorted(rules_of(found))
    for each in found.findings:
        if each.rule == rule:
            assert each.hit.message
            assert each.hit.at.document


@pytest.mark.parametrize("rule", LINT_RULES, ids=LINT_RULE)
def test_every_rule_has_a_page(rule: Any) -> None:
    """A title, then three headings with text under each; and a place for every id."""
    lines = rule.docs.splitlines()
    assert lines[0].endswith(".")
    assert [line for line in lines if line.startswith("#")] == HEADINGS
    assert all(part.strip() for part in rule.docs.split("## ")[1:])
    assert re.fullmatch(r"[A-Z]{3}-\d{3}", rule.id)


def test_what_files_cannot_decide_is_named_with_who_does() -> None:
    left = {each.id: each.elsewhere for each in LINT_RULES if each.elsewhere}
    assert sorted(left) == [
        "ENU-005",
        "ENV-003",
        "EVO-002",
        "EVO-003",
        "EVO-007",
        "EVO-008",
        "TIM-002",
    ]
    assert all(left.values())


def test_a_rule_that_comes_later_does_not_turn_a_pinned_build_red(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where an earlier rule set is pinned it warns; where none is, it counts."""
    change = of(LINE, "line_id", "x-pii", DROP)
    broken = {each.rule for each in report(change).findings if each.severity is Severity.ERROR}
    assert broken
    later = tuple(replace(each, since="2099.1") for each in LINT_RULES)
    monkeypatch.setattr("lading.model.settings.RULESETS", (*RULESETS, "2099.1"))
    pinned = report(change, pin("2027.1"), rules=later)
    assert broken <= {each.rule for each in pinned.findings}
    assert pinned.errors == 0
    free = report(change, pin("2099.1"), rules=later)
    assert {each.rule for each in free.findings if each.severity is Severity.ERROR} == broken


def test_a_pack_asks_for_no_more_than_a_stricter_one() -> None:
    """Strict, then standard, then lenient: no rule weighs more in the milder pack."""
    weight = {"off": 0, "warn": 1, "error": 2}
    for rule in LINT_RULES:
        weights = [weight[severity_in(pack, rule)] for pack in ("strict", "standard", "lenient")]
        assert weights == sorted(weights, reverse=True), rule.id


WAIVER = (
    "waivers:\n  - {rule: PII-007, subject: logistics.shipment.v1.ShipmentLoaded,"
    " path: ShipmentLoaded.note, reason: codes only, approved_by: board, until: %s}\n"
)


def waived(until: str) -> Change:
    return lambda files: files.update({"policies/waivers.yaml": WAIVER % f'"{until}"'})


def test_a_waiver_takes_its_finding_away_until_it_ends() -> None:
    broken = FIRES["PII-007"]

    kept = report(*broken, waived("2026-11-23"))
    assert (rules_of(kept), kept.waived) == (set(), 1)

    ended = report(*broken, waived("2026-11-22"))
    assert rules_of(ended) == {"PII-007", "WAV-001"}
    assert "board" in next(each.hit.hint for each in ended.findings if each.rule == "WAV-001")


def test_a_waiver_that_nothing_needs_is_found() -> None:
    assert rules_of(report(waived("2030-01-01"))) == {"WAV-002"}


def test_a_waiver_for_one_place_does_not_cover_another() -> None:
    other = add("comment", "string", SAID, path=LOADED)
    found = report(*FIRES["PII-007"], other, waived("2030-01-01"))
    assert [each.hit.path for each in found.findings if each.rule == "PII-007"] == [
        "ShipmentLoaded.comment"
    ]


def test_a_safe_fix_is_offered_where_there_is_one() -> None:
    found = report(*FIRES["ENU-001"])
    (edit,) = [each.hit.fix for each in found.findings if each.rule == "ENU-001"]
    assert edit is not None
    assert (edit.key, edit.value) == ("default", "UNKNOWN")
