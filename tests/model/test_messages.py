"""Messages held to their contracts: the generated models are the second opinion."""

from __future__ import annotations

import copy
import json
import random
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from lading.codegen import generate_python, write
from lading.lint import judge, lint
from lading.lint.base import Severity
from lading.model import FolderTree, Kind, load_workspace, read_contract, read_document
from lading.model.messages import faults
from lading.runtime import ContractViolation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model import Workspace

ROOT = Path(__file__).parents[2]
TODAY = "2026-11-23"
VALUES = [
    "",
    "x",
    "-1",
    "0.5",
    "1e5",
    "12.1234567",
    7,
    -1,
    2**70,
    1.5,
    True,
    None,
    [],
    {},
    "UNKNOWN",
]
VALUES += ["2026-03-03T10:00:00Z", "2026-03-03T10:00:00", "2026-13-01", "AVAILABLE", "EA"]


@pytest.fixture(scope="module")
def library() -> Workspace:
    return load_workspace(FolderTree(ROOT / "contracts"))


@pytest.fixture(scope="module")
def models(library: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import sys

    folder = tmp_path_factory.mktemp("sdk")
    write(generate_python(library.contracts, name="second-opinion", version="1.0.0"), folder)
    sys.path.insert(0, str(folder))

    def model(subject: str) -> Any:
        from lading.codegen.python.resources import module_of

        contract = library.contract(subject)
        assert contract
        module = import_module(f"second_opinion.{module_of(contract)}")
        return getattr(module, subject.rpartition(".")[2])

    yield model
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == "second_opinion"]:
        del sys.modules[name]


def spots(value: Any) -> list[tuple[Any, Any]]:
    """(owner, key) of everything below a value."""
    found: list[tuple[Any, Any]] = []
    keys: Any = value if isinstance(value, dict) else range(len(value))
    for key in keys if isinstance(value, dict | list) else ():
        found.append((value, key))
        if isinstance(value[key], dict | list):
            found += spots(value[key])
    return found


def mutated(message: Any, chance: random.Random) -> Any:
    """A copy with one value changed, taken away, doubled or added."""
    made = copy.deepcopy(message)
    owner, key = chance.choice(spots(made))
    action = chance.randrange(4)
    if action == 0:
        del owner[key]
    elif action == 1 and isinstance(owner, list):
        owner.append(copy.deepcopy(owner[key]))
    elif action == 2 and isinstance(owner, dict):
        owner[chance.choice(["shipped", key])] = owner[key]
    else:
        owner[key] = chance.choice(VALUES)
    return made


def refused(model: Any, message: Any) -> str:
    """Why the model does not take `message`, or does not write it; empty when it does both."""
    try:
        model.model_validate_json(json.dumps(message)).to_avro_dict()
    except (ValidationError, ContractViolation) as error:
        return str(error)[:300]
    return ""


@pytest.mark.slow
def test_faults_and_generated_models_agree(library: Workspace, models: Any) -> None:
    """Of 6,000 damaged messages both take the same ones; what either refuses, the other does."""
    chance = random.Random(20261123)
    samples = [
        each
        for each in library.samples
        if each.valid and getattr(library.contract(each.subject), "kind", None) is Kind.AVRO
    ]
    taken = 0
    for _ in range(6000):
        sample = chance.choice(samples)
        message = mutated(sample.document.value, chance)
        contract = library.contract(sample.subject)
        assert contract
        found = faults(contract, message)
        why = refused(models(str(sample.subject)), message)
        assert bool(why) is bool(found), (sample.subject, sample.name, why, found)
        taken += not why
    assert 300 < taken < 5000, taken


def test_every_refusal_of_the_library_refuses_in_the_generated_model_too(
    library: Workspace, models: Any
) -> None:
    """What the form or an invariant forbids is refused by the model, under the same name."""
    tried = 0
    for refusal in library.refusals:
        for sample in [each for each in library.samples if refusal.speaks_of(each)]:
            contract = library.contract(sample.subject)
            assert contract
            if refusal.rule not in ("DOC-003", "QUA-001") or contract.kind is not Kind.AVRO:
                continue
            message = refusal.changed(sample.document.value)
            with pytest.raises(ValidationError) as caught:
                models(str(sample.subject)).model_validate_json(json.dumps(message))
            errors = caught.value.errors(include_url=False)
            named = [each["ctx"]["invariant"] for each in errors if each["type"] == "invariant"]
            expected = [each.invariant for each in faults(contract, message) if each.invariant]
            assert named == expected, refusal.name
            assert bool(named) is (refusal.rule == "QUA-001"), refusal.name
            tried += 1
    assert tried >= 120


def test_a_changed_message_breaks_the_rule_it_names_and_no_other(library: Workspace) -> None:
    """A negative sample that is wrong in two ways proves nothing about either."""
    alike = {"IDN-002": {"DOC-003"}, "IDN-006": {"DOC-003", "IDN-002"}, "ENU-002": {"DOC-003"}}
    alike |= {"DOC-003": {"IDN-002"}, "NUM-004": {"QUA-001"}, "ENV-005": {"QUA-001"}}
    from dataclasses import replace

    for refusal in library.refusals:
        for sample in [each for each in library.samples if refusal.speaks_of(each)]:
            value = refusal.changed(sample.document.value)
            changed = replace(sample, document=replace(sample.document, value=value))
            report = judge(library, changed, pack="strict", today=TODAY)
            rules = {each.rule for each in report.findings}
            assert refusal.rule in rules, (refusal.name, sample.name)
            extra = rules - {refusal.rule} - alike.get(refusal.rule, set())
            assert not extra, (refusal.name, sample.subject, sample.name, extra)


def test_no_good_sample_of_the_library_is_refused(library: Workspace) -> None:
    for sample in library.samples:
        if sample.valid:
            report = judge(library, sample, pack="strict", today=TODAY)
            assert not report.findings, (sample.subject, sample.name, report.findings)


def test_defaults_are_seen_by_invariants_as_what_they_stand_for() -> None:
    """Avro writes a decimal default as bytes and a moment as a number; a check sees the value."""
    schema = {
        "type": "record",
        "name": "D",
        "x-invariants": [
            {"name": "cent", "rule": "x", "check": "price + price == 3 and count == 2"},
            {"name": "day", "rule": "x", "check": "day > birth"},
        ],
        "fields": [
            {
                "name": "price",
                "type": {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2},
                "default": "\x00\x96",
            },
            {"name": "count", "type": "long", "default": 2},
            {"name": "day", "type": {"type": "int", "logicalType": "date"}, "default": 1},
            {"name": "birth", "type": {"type": "int", "logicalType": "date"}, "default": 0},
        ],
    }
    contract = read_contract(Kind.AVRO, read_document("D.avsc", json.dumps(schema).encode()))
    assert faults(contract, {}) == ()
    assert [each.invariant for each in faults(contract, {"count": 3})] == ["D.cent"]
    assert [each.invariant for each in faults(contract, {"day": "1960-01-01"})] == ["D.day"]


def test_a_refusal_that_does_not_refuse_is_found(library: Workspace) -> None:
    """A reason that is not given, a place that is not there, a sample that nobody explains."""
    from dataclasses import replace

    first = next(each for each in library.refusals if each.name == "a lot sum of 479")
    wrong = (
        replace(first, name="a", says="nobody says this"),
        replace(first, name="b", sets={}),
        replace(first, name="c", sets={"nowhere.at[3].all": 1}),
        replace(first, name="d", rule="NAM-001"),
        replace(first, name="e", sample="logistics.shipment.v1.ShipmentConfirmed/nobody"),
    )
    report = lint(replace(library, refusals=wrong), pack="strict", today=TODAY)
    said = [each.hit.message for each in report.findings if each.rule == "DOC-003"]
    ours = [each for each in said if each != "nothing says why it is refused"]
    assert ours == [
        "QUA-001 does not say `nobody says this`",
        "QUA-001 does not say ``lots` does not hold`",
        "`nowhere.at[3].all` is not in the message",
        "`NAM-001` is no rule that speaks of messages",
        "there is no sample `logistics.shipment.v1.ShipmentConfirmed/nobody`",
    ]
    assert len(said) - len(ours) == len([each for each in library.samples if not each.valid])
    assert all(
        each.severity is Severity.ERROR for each in report.findings if each.rule == "DOC-003"
    )
