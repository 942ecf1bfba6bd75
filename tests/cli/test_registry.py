"""``lading push``, ``pull`` and ``gen --registry`` against ``lading serve``."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from cli.command import EVENT, SUBJECT, TAXONOMY, edit, lading, registry
from cli.test_check import remove_a_field

if TYPE_CHECKING:
    from pathlib import Path

PATHS = [EVENT, TAXONOMY, "mappings/carrier/tracking-status.yaml", "apis/shipments.yaml"]


def call(url: str, path: str, body: Any = None) -> Any:
    """What the registry answers, in JSON."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_what_was_pushed_is_there_and_unchanged_the_next_time(work: Path, server: str) -> None:
    first = lading("push", "--registry", server, cwd=work)
    again = lading("push", "--registry", server, cwd=work)

    assert first.code == 0, first
    assert first.out.endswith(f"4 contracts registered at {server}, 0 unchanged.\n")
    assert f"registered    {SUBJECT} version 1" in first.out
    assert again.code == 0
    assert again.out.strip() == f"0 contracts registered at {server}, 4 unchanged."
    assert len(call(server, "/subjects")) == 4


def test_what_was_pushed_differs_in_nothing_from_the_files(work: Path, server: str) -> None:
    """Not in its terms either: the promise a workspace fills in is the same on both sides."""
    assert lading("push", "--registry", server, cwd=work).code == 0

    found = lading("check", "--against", server, cwd=work)

    assert found.code == 0
    assert found.out.strip() == "no changes in 4 contracts."


def test_a_dry_run_leaves_nothing(work: Path, server: str) -> None:
    found = lading("push", "--registry", server, "--dry-run", cwd=work)

    assert found.code == 0
    assert "4 contracts would be registered" in found.out
    assert f"would register  {SUBJECT} version 1" in found.out
    assert "registered    " not in found.out
    assert call(server, "/subjects") == []


def test_a_refused_push_registers_nothing(work: Path, server: str) -> None:
    """Not the good part of it either."""
    assert lading("push", "--registry", server, cwd=work).code == 0
    remove_a_field(work)
    path = work / "contracts/events/shipment/ShipmentAdded.avsc"
    text = (work / "contracts" / EVENT).read_text(encoding="utf-8")
    path.write_text(text.replace("ShipmentDispatched", "ShipmentAdded"), encoding="utf-8")

    refused = lading("push", "--registry", server, cwd=work)

    assert refused.code == 1, refused
    assert SUBJECT in refused.out
    assert "LAD102" in refused.out
    assert "would register  my.shipment.v1.ShipmentAdded version 1" in refused.out
    assert "\nregistered" not in refused.out
    assert f"1 of 5 contracts refused by {server}: nothing was registered." in refused.out
    assert len(call(server, "/subjects")) == 4
    assert call(server, f"/subjects/{SUBJECT}/versions") == [1]


def test_what_was_pulled_is_what_was_pushed(work: Path, server: str) -> None:
    assert lading("push", "--registry", server, cwd=work).code == 0

    found = lading("pull", "--registry", server, "--out", "pulled", cwd=work)

    assert (found.code, found.out) == (0, "4 contracts written to pulled/\n")
    for path in PATHS:
        assert (work / "pulled" / path).exists(), path
        same = lading("diff", f"contracts/{path}", f"pulled/{path}", cwd=work)
        assert (same.code, same.out) == (0, "no changes in 1 contract.\n")


def test_pulling_overwrites_no_work(work: Path, server: str) -> None:
    assert lading("push", "--registry", server, cwd=work).code == 0
    assert lading("pull", "--registry", server, "--out", "pulled", cwd=work).code == 0
    again = lading("pull", "--registry", server, "--out", "pulled", cwd=work)
    (work / "pulled" / TAXONOMY).write_text("my work\n")
    (work / "pulled" / EVENT).unlink()

    refused = lading("pull", "--registry", server, "--out", "pulled", cwd=work)

    assert again.code == 0  # what does not differ is no reason to stop
    assert refused.code == 2
    assert TAXONOMY in refused.err
    assert "--force" in refused.err
    assert (work / "pulled" / TAXONOMY).read_text() == "my work\n"
    assert not (work / "pulled" / EVENT).exists()
    forced = lading("pull", "--registry", server, "--out", "pulled", "--force", cwd=work)
    assert forced.code == 0
    assert (work / "pulled" / TAXONOMY).read_text() != "my work\n"


def test_one_subject_can_be_pulled_and_a_misspelt_one_is_suggested(work: Path, server: str) -> None:
    assert lading("push", "--registry", server, cwd=work).code == 0

    one = lading("pull", SUBJECT, "--registry", server, "--out", "one", cwd=work)
    none = lading("pull", SUBJECT[:-1], "--registry", server, "--out", "none", cwd=work)

    assert one.out == "1 contract written to one/\n"
    assert [path.name for path in (work / "one").rglob("*.*")] == ["ShipmentDispatched.avsc"]
    assert none.code == 2
    assert SUBJECT in none.err
    assert not (work / "none").exists()


def test_the_settings_name_the_registry(work: Path, server: str) -> None:
    edit(work / "contracts/lading.toml", "http://127.0.0.1:8081", server)

    pushed = lading("push", cwd=work)
    pulled = lading("pull", "--out", "contracts/pulled", cwd=work)

    assert (pushed.code, pulled.code) == (0, 0), pulled
    assert (work / "contracts/pulled" / EVENT).exists()


@pytest.mark.parametrize(
    "subject", ["../../evil", "..%2F..%2Fevil", "/etc/evil", "a/../../../b.v1.C", "..", "C:\\x"]
)
def test_no_subject_climbs_out_of_the_folder(subject: str, tmp_path: Path, server: str) -> None:
    home = tmp_path / "a/b/c"
    home.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    schema = {"type": "record", "name": "Evil", "fields": []}
    try:
        call(
            server,
            f"/subjects/{quote(subject, safe='')}/versions",
            {"schema": json.dumps(schema)},
        )
    except OSError:
        pass  # a registry that refuses the name is as good
    else:
        assert call(server, "/subjects")

    found = lading("pull", "--registry", server, "--out", "out", cwd=home)

    assert found.code == 0, found
    new = {path for path in set(tmp_path.rglob("*")) - before if "registry.db" not in path.name}
    assert all(path.is_relative_to(home / "out") for path in new), new


def test_versions_side_by_side_get_files_of_their_own(tmp_path: Path, server: str) -> None:
    """Writing one over the other would lose it."""
    schema = {"schema": json.dumps({"type": "record", "name": "P", "fields": []})}
    for subject in ("a.x.v1.P", "a.x.v2.P", "b.x.v1.Q"):
        call(server, f"/subjects/{subject}/versions", schema)

    found = lading("pull", "--registry", server, "--out", "out", cwd=tmp_path)

    files = {str(path.relative_to(tmp_path)) for path in (tmp_path / "out").rglob("*.avsc")}
    assert (found.code, found.out) == (0, "3 contracts written to out/\n")
    assert files == {"out/events/a.x.v1/P.avsc", "out/events/a.x.v2/P.avsc", "out/events/x/Q.avsc"}


def test_subjects_that_would_share_a_file_are_refused(tmp_path: Path, server: str) -> None:
    schema = {"schema": json.dumps({"type": "record", "name": "P", "fields": []})}
    for subject in ("a.x.v1.P q", "a.x.v1.P+q"):
        call(server, f"/subjects/{quote(subject)}/versions", schema)

    found = lading("pull", "--registry", server, "--out", "out", cwd=tmp_path)

    assert found.code == 2, found
    assert "a.x.v1.P q" in found.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_message(work: Path, server: str) -> None:
    assert lading("push", "--registry", server, cwd=work).code == 0
    (work / "taken").write_text("mine")

    found = lading("pull", "--registry", server, "--out", "taken", cwd=work)

    assert found.code == 2, found
    assert "taken" in found.err
    assert "\n  try: " in found.err


def test_the_same_package_comes_from_files_and_from_a_registry(work: Path, server: str) -> None:
    assert lading("push", "--registry", server, cwd=work).code == 0

    files = lading("gen", "python", "--out", "one", cwd=work, timeout=120)
    remote = lading(
        "gen", "python", "--registry", server, "--name", "acme", "--out", "two", cwd=work,
        timeout=120,
    )  # fmt: skip

    assert (files.code, remote.code) == (0, 0), (files, remote)
    one = {p.relative_to(work / "one") for p in (work / "one").rglob("*.py")}
    two = {p.relative_to(work / "two") for p in (work / "two").rglob("*.py")}
    assert one == two
    models = "acme/models/shipment_v1.py"
    found = [next((work / each).rglob("models/*_v1.py")).read_text() for each in ("one", "two")]
    assert found[0] == found[1], models


def test_a_wheel_can_be_built(work: Path) -> None:
    found = lading("gen", "python", "--out", "sdk", "--wheel", cwd=work, timeout=120)

    assert found.code == 0, found
    (wheel,) = (work / "sdk/dist").glob("*.whl")
    assert wheel.name in found.out


@pytest.mark.parametrize("words", [["push"], ["pull", "--out", "x"], ["gen", "python"]])
def test_a_registry_that_is_down_is_exit_3(words: list[str], work: Path) -> None:
    found = lading(*words, "--registry", "http://127.0.0.1:1", cwd=work)

    assert (found.code, found.out) == (3, "")
    assert "http://127.0.0.1:1" in found.err
    assert "lading serve" in found.err


def test_the_registry_keeps_what_it_has_over_a_restart(work: Path, tmp_path: Path) -> None:
    with registry(tmp_path / "kept.db") as (url, process):
        assert lading("push", "--registry", url, cwd=work).code == 0
        process.terminate()
        assert process.wait(timeout=30) == 0
    with registry(tmp_path / "kept.db") as (url, _):
        assert len(call(url, "/subjects")) == 4


def test_search_lists_the_best_first_with_the_fields_that_were_asked_for(
    work: Path, server: str
) -> None:
    assert lading("push", "--registry", server, cwd=work).code == 0

    found = lading("search", "shipment", "dispatched", "--registry", server, cwd=work)
    by_field = lading("search", "--field", "carrier_*", "--registry", server, cwd=work)
    nothing = lading("search", "zzyzx", "--registry", server, cwd=work)

    assert found.code == by_field.code == nothing.code == 0
    assert found.out.startswith(SUBJECT)
    assert "carrier_id" in by_field.out
    assert nothing.out == ""
    assert "no contract found" in nothing.err


def test_search_for_machines_is_the_answer_of_the_registry(work: Path, server: str) -> None:
    assert lading("push", "--registry", server, cwd=work).code == 0

    found = lading("search", "shipment", "--kind", "AVRO", "--json", "--registry", server, cwd=work)

    told = json.loads(found.out)
    assert [each["subject"] for each in told["hits"]] == [SUBJECT]
    assert told["behind"] == 0


def test_search_wants_something_to_look_for(work: Path, server: str) -> None:
    found = lading("search", "--registry", server, cwd=work)

    assert found.code == 2
    assert "lading search WORDS" in found.err


def test_a_registry_that_nothing_else_names_is_the_one_of_the_environment(
    work: Path, server: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What lading.toml says, and an option even more, goes before it."""
    said = {"LADING_REGISTRY": server}
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    toml = next(work.rglob("lading.toml"))
    said_there = toml.read_text()
    toml.write_text("\n".join(each for each in said_there.splitlines() if "url" not in each))

    assert lading("push", cwd=work, **said).code == 0
    assert lading("search", SUBJECT, cwd=elsewhere, **said).out.count(SUBJECT) >= 1
    assert lading("check", "--against", "registry", cwd=work, **said).code == 0
    toml.write_text(re.sub("url = .*", 'url = "http://127.0.0.1:9"', said_there))
    assert "127.0.0.1:9" in lading("push", cwd=work, **said).err
    assert lading("push", "--registry", server, cwd=work, **said).code == 0
