"""``lading diff``: two files, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import EVENT, TAXONOMY, edit, lading, record

if TYPE_CHECKING:
    from pathlib import Path

ID = {"name": "parcel_id", "type": "string"}
NOTE = {"name": "note", "type": "string"}


def pair(folder: Path, old: Any, new: Any, *, suffix: str = "avsc") -> tuple[Path, Path]:
    """Two files with the two values."""
    paths = folder / f"old.{suffix}", folder / f"new.{suffix}"
    for path, value in zip(paths, (old, new), strict=True):
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1))
    return paths


def codes_in(report: str) -> list[str]:
    """The codes of the problems of all verdicts of a JSON report."""
    return [each["code"] for one in json.loads(report)["verdicts"] for each in one["problems"]]


def test_a_file_may_follow_itself(starter: Path) -> None:
    for path in (EVENT, TAXONOMY, "mappings/carrier/tracking-status.yaml", "apis/shipments.yaml"):
        found = lading("diff", path, path, cwd=starter)

        assert (found.code, found.out, found.err) == (0, "no changes in 1 contract.\n", "")


@pytest.mark.parametrize(
    ("promise", "code"), [("BACKWARD", 0), ("FORWARD", 1), ("FULL", 1), ("NONE", 0)]
)
def test_a_removed_field_of_an_event(promise: str, code: int, tmp_path: Path) -> None:
    old, new = pair(tmp_path, record(ID, NOTE), record(ID))

    found = lading("diff", old, new, "--promise", promise, cwd=tmp_path)

    assert found.code == code
    assert ("LAD102 error" in found.out) == bool(code)


@pytest.mark.parametrize(
    ("path", "was", "now", "rule"),
    [
        (TAXONOMY, "  - code: DISPATCHED", "  - code: SENT", "LAD603"),
        ("mappings/carrier/tracking-status.yaml", "to: DELIVERED", "to: DISPATCHED", "LAD703"),
        ("apis/shipments.yaml", "/shipments/{shipment_id}:", "/parcels/{shipment_id}:", "LAD401"),
    ],
)
def test_a_break_in_each_kind_of_file(path: str, was: str, now: str, rule: str, work: Path) -> None:
    old, new = work / "contracts" / path, work / "new.yaml"
    text = old.read_text(encoding="utf-8")
    assert was in text, text
    text = text.replace(was, now)
    if path == TAXONOMY:
        text = text.replace("DISPATCHED", "SENT")
    new.write_text(text, encoding="utf-8")

    found = lading("diff", old, new, cwd=work)

    assert found.code == 1, found
    assert f"{rule} error  new.yaml:" in found.out.replace(f"{work}/", "")


def test_a_runtime_that_reads_otherwise(tmp_path: Path) -> None:
    """An alias is enough for the specification, and for all but Apache Avro for Python."""
    renamed = {**NOTE, "name": "remark", "aliases": ["note"]}
    files = pair(tmp_path, record(ID, NOTE), record(ID, renamed))
    args = ("diff", *files, "--promise", "BACKWARD")

    assert lading(*args, "--runtime", "java", "--runtime", "fastavro", cwd=tmp_path).code == 0
    found = lading(*args, "--runtime", "python-avro", cwd=tmp_path)
    assert found.code == 1
    assert "python-avro ignores aliases" in found.out


def test_a_break_in_a_json_schema(tmp_path: Path) -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"id": {"type": "string"}},
    }
    old, new = pair(tmp_path, schema, schema | {"required": ["id"]}, suffix="json")

    found = lading("diff", old, new, cwd=tmp_path)

    assert found.code == 1, found
    assert "LAD104 error" in found.out


def test_types_may_stand_in_the_files_beside(tmp_path: Path) -> None:
    """And a neighbour that cannot be read is not asked about."""
    (tmp_path / "Line.avsc").write_text(json.dumps(record(ID, name="demo.v1.Line")))
    (tmp_path / "broken.avsc").write_text("{")
    lines = {"name": "lines", "type": {"type": "array", "items": "demo.v1.Line"}}
    old, new = pair(tmp_path, record(ID, lines), record(lines))

    found = lading("diff", old, new, cwd=tmp_path)

    assert found.code == 1
    assert "Parcel.parcel_id" in found.out
    assert "LAD0" not in found.out


def test_a_schema_may_refer_to_a_file_below_it(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/id.json").write_text('{"type": "string"}')
    schema = {"type": "object", "properties": {"id": {"$ref": "parts/id.json"}}}
    old, new = pair(tmp_path, schema, schema | {"required": ["id"]}, suffix="json")

    found = lading("diff", old, new, "--kind", "JSON", cwd=tmp_path)

    assert found.code == 1, found
    assert "LAD104" in found.out


def test_files_of_two_kinds_are_not_compared(starter: Path) -> None:
    """It is said where findings are, in each of the formats."""
    found = lading("diff", EVENT, TAXONOMY, cwd=starter)
    said = lading("diff", EVENT, TAXONOMY, "--format", "json", cwd=starter)

    assert (found.code, said.code) == (3, 3)
    assert "one document is AVRO, the other TAXONOMY" in found.out
    assert json.loads(said.out)["outcome"] == "unknown"
    assert codes_in(said.out) == ["LAD024"]


def test_a_file_that_could_be_anything_is_asked_about(tmp_path: Path) -> None:
    old, new = pair(tmp_path, {"a": 1}, {"a": 1}, suffix="json")

    found = lading("diff", old, new, cwd=tmp_path)
    said = lading("diff", old, new, "--format", "json", cwd=tmp_path)

    assert (found.code, said.code) == (3, 3)
    assert "--kind" in found.out
    assert codes_in(said.out) == ["LAD024", "LAD024"]


def test_what_is_a_part_of_itself_to_the_letter_is_said(tmp_path: Path) -> None:
    """What goes wrong when it is read a second time is written as all problems are."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    branches = [{"allOf": [{"enum": []}, {"minimum": 2}]}, {"allOf": [{"$ref": "#"}]}]
    schemas = {"$schema": dialect, "oneOf": branches}, {"$schema": dialect, "type": "string"}
    old, new = pair(tmp_path, *schemas, suffix="json")

    said = lading("diff", old, new, "--policy", "strict", "--format", "json", cwd=tmp_path)

    assert said.code == 3
    assert codes_in(said.out) == ["LAD012"]


def test_a_pipe_and_standard_input_are_read_like_files(tmp_path: Path) -> None:
    """Whatever can be read may be compared; standard input once."""
    old, new = pair(tmp_path, record(ID, NOTE), record(ID))
    text = old.read_text()

    for name in ("-", "/dev/stdin"):
        found = lading("diff", name, new.name, cwd=tmp_path, stdin=text)
        assert found.code == 1, found
        assert "LAD102 error  new.avsc:" in found.out
    assert lading("diff", new.name, "-", cwd=tmp_path, stdin=text).code == 1
    twice = lading("diff", "-", "-", cwd=tmp_path, stdin=text)
    assert twice.code == 2
    assert "can be read once" in twice.err


def test_what_is_wrong_with_standard_input_is_shown(tmp_path: Path) -> None:
    """Under the name stdin, with its line."""
    _, new = pair(tmp_path, record(ID), record(ID))
    found = lading("diff", "-", new.name, "--kind", "AVRO", cwd=tmp_path, stdin='{"type": nope}')
    assert found.code == 3
    assert "error  stdin:1:" in found.out
    assert '1 | {"type": nope}' in found.out


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    """One that cannot be read as a contract is not decided, one that is missing not looked at."""
    pair(tmp_path, record(ID), record(ID))
    found = lading("diff", "old.avcs", "new.avsc", cwd=tmp_path)
    assert found.code == 2
    assert "did you mean `old.avsc`" in found.err


def test_a_rename_is_advised_to_what_passes(tmp_path: Path) -> None:
    """Both fields with a default: the advice is followed here, and the old one goes later."""
    name = {"name": "note", "type": "string", "doc": "What to know."}
    other = {**name, "name": "remark"}
    old, new = pair(tmp_path, record(ID, name), record(ID, other))
    found = lading("diff", old, new, cwd=tmp_path)
    assert found.code == 1
    assert (
        found.out.count("keep `note` beside `remark`, without an alias, each with a default") == 2
    )
    assert "check --fix does it" not in found.out
    report = json.loads(lading("diff", old, new, "--format", "json", cwd=tmp_path).out)
    assert not any(each["fixable"] for each in report["verdicts"][0]["findings"])

    both = record(ID, {**name, "default": ""}, {**other, "default": ""})
    pair(tmp_path, record(ID, name), both)
    assert lading("diff", old, new, cwd=tmp_path).code == 0
    pair(tmp_path, both, record(ID, {**other, "default": ""}))
    assert lading("diff", old, new, cwd=tmp_path).code == 0
    pair(tmp_path, record(ID, name), record(ID, {**other, "aliases": ["note"], "default": ""}))
    alias = lading("diff", old, new, cwd=tmp_path)
    assert alias.code == 1
    assert "LAD103" in alias.out
    assert "keep `note` beside `remark`, without an alias, each with a default" in alias.out


def test_an_alias_is_what_fix_adds_where_it_is_enough(tmp_path: Path) -> None:
    """Under BACKWARD only readers of the new version are promised anything."""
    name = {"name": "note", "type": "string", "doc": "What to know."}
    old, new = pair(tmp_path, record(ID, name), record(ID, {**name, "name": "remark"}))
    found = lading("diff", old, new, "--promise", "BACKWARD", cwd=tmp_path)
    assert "check --fix does it" in found.out


def test_what_cannot_be_read_is_not_decided_and_says_why(tmp_path: Path) -> None:
    old, new = pair(tmp_path, "{", "[1,")

    text = lading("diff", old, new, cwd=tmp_path)
    report = json.loads(lading("diff", old, new, "--format", "json", cwd=tmp_path).out)

    assert text.code == 3
    assert text.out.count("LAD001 error") == 2
    assert text.out.endswith("2 problems: nothing was decided.\n")
    (verdict,) = report["verdicts"]
    assert [each["code"] for each in verdict["problems"]] == ["LAD001", "LAD001"]
    assert (report["outcome"], verdict["outcome"]) == ("unknown", "unknown")


def test_json_of_a_diff_is_the_same_report(tmp_path: Path) -> None:
    old, new = pair(tmp_path, record(ID, NOTE), record(ID))

    report = json.loads(lading("diff", old, new, "--format", "json", cwd=tmp_path).out)

    counts = {"problems": 0, "forbidden": 1, "undecided": 0, "waived": 0, "compatible": 0}
    assert report["counts"] == counts
    assert report["verdicts"][0]["subject"] == "demo.v1.Parcel"


def test_a_keyword_is_a_name_like_any_other(tmp_path: Path) -> None:
    """Python has no field `class`; the contract may have one."""
    words = [{"name": each, "type": "string"} for each in ("class", "import", "None", "type")]
    old, new = pair(tmp_path, record(*words), record(*words[1:]))

    found = lading("diff", old, new, cwd=tmp_path)

    assert found.code == 1
    assert "Parcel.class" in found.out
    edit(tmp_path / "new.avsc", '"import"', '"im-port"')
    assert "LAD01" in lading("diff", old, new, cwd=tmp_path).out


def test_proto_files_are_judged_with_what_they_import(tmp_path: Path) -> None:
    """Imports are files below the folder of each; the example is bytes that were read."""
    head = 'syntax = "proto3";\n'
    for name, type_ in (("old", "int32"), ("new", "string")):
        folder = tmp_path / name / "acme"
        folder.mkdir(parents=True)
        (folder / "line.proto").write_text(f"{head}message Line {{ {type_} pieces = 1; }}\n")
        order = f'{head}import "acme/line.proto";\nmessage Order {{ Line line = 1; }}\n'
        (tmp_path / name / "order.proto").write_text(order)
    done = lading("diff", "old/order.proto", "new/order.proto", cwd=tmp_path)
    assert done.code == 1
    assert "LAD225" in done.out
    assert "read as pieces = ''" in done.out
