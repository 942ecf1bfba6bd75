"""What is wrong is said of what it is wrong with, and nothing is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import lading
from registry.conftest import avro_record
from registry.house import House

if TYPE_CHECKING:
    from pathlib import Path

    from lading.registry.store import Store


def test_a_prefix_and_a_name_that_cannot_be_are_told_why(store: Store) -> None:
    house = House(store)
    prefix = house("GET", "/subjects?subjectPrefix=%00")
    body = {"schema": avro_record("a")}
    name = house("POST", f"/subjects/{'x' * 5000}/versions", body)
    house.pulse.close()
    assert (prefix.status, "subjectPrefix" in prefix.json["message"]) == (422, True)
    assert name.status == 422
    assert "5000 characters" in name.json["message"]


def test_a_database_of_another_kind_is_no_folder(tmp_path: Path) -> None:
    said = lading("db", "import", "dump.txt", "mysql://x/y", cwd=_dumped(tmp_path))
    assert said.code == 2
    assert "mysql:// is no database" in said.err


def test_what_fails_or_is_only_tried_leaves_no_file(tmp_path: Path) -> None:
    _dumped(tmp_path)
    tried = lading("db", "import", "dump.txt", "new.db", "--dry-run", cwd=tmp_path)
    (tmp_path / "bad.tar.gz").write_bytes(b"oops")
    failed = lading("db", "restore", "bad.tar.gz", "new.db", cwd=tmp_path)
    assert (tried.code, failed.code) == (0, 2)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bad.tar.gz", "dump.txt"]


def _dumped(folder: Path) -> Path:
    key = '{"keytype":"SCHEMA","subject":"a","version":1,"magic":1}'
    value = '{"subject":"a","version":1,"id":1,"schema":"\\"int\\"","deleted":false}'
    (folder / "dump.txt").write_text(f"{key}\t{value}\n")
    return folder
