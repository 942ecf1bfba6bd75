"""Bad input gets one clear message with a next step, and loses nothing."""

from __future__ import annotations

import socket
import sqlite3
from typing import TYPE_CHECKING

import pytest

from cli.command import EVENT, TAXONOMY, edit, lading

if TYPE_CHECKING:
    from pathlib import Path

API = "apis/shipments.yaml"
BOMB = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("path", "data", "code", "word"),
    [
        (EVENT, b'{"type": "record", "name"', "LAD001", "JSON"),
        (TAXONOMY, b"states: [a, {b: c]\n", "LAD001", "YAML"),
        (EVENT, '{"doc": "Größe"}'.encode("latin-1"), "LAD002", "UTF-8"),
        (TAXONOMY, "taxonomy: x\n".encode("utf-16"), "LAD002", "UTF-8"),
        (EVENT, BOMB.encode(), "LAD003", "deep"),
        (TAXONOMY, BOMB.encode(), "LAD003", "deep"),
        (TAXONOMY, b"a: &a [x]\nb: *a\n", "LAD00", "alias"),
        (EVENT, b'{"a": 1, "a": 2}', "LAD00", "`a`"),
        (EVENT, b"", "LAD00", ""),
    ],
    ids=["json", "yaml", "latin-1", "utf-16", "deep-json", "deep-yaml", "alias", "twice", "empty"],
)
def test_a_file_that_cannot_be_read_is_one_problem_at_a_place(
    path: str, data: bytes, code: str, word: str, work: Path
) -> None:
    (work / "contracts" / path).write_bytes(data)

    found = lading("check", cwd=work)

    heads = [line for line in found.out.splitlines() if " error  " in line]
    assert found.code == 1, found
    head, *_ = (each for each in heads if f"contracts/{path}:" in each)
    assert head.startswith(code), found.out
    assert word.lower() in found.out.lower()
    assert f"more:   lading explain {head.split()[0]}" in found.out
    assert len(found.out) < 4000  # no frame of 200 000 brackets


@pytest.mark.parametrize("name", ["one.avsc", "one.yaml"])
@pytest.mark.parametrize("data", [BOMB.encode(), b"\xff\xfe\x00", b"{", b""])
def test_diff_reads_as_carefully(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)

    found = lading("diff", name, name, cwd=tmp_path)

    assert found.code in {2, 3}, found
    assert name in found.out + found.err


@pytest.mark.parametrize(
    "reference",
    ["https://evil.example/schema.json", "file:///etc/passwd", "../../../../etc/passwd"],
)
def test_a_reference_that_leads_out_is_a_problem(reference: str, work: Path) -> None:
    path = work / "contracts" / API
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text + f'\n  schemas:\n    Out:\n      $ref: "{reference}"\n'
        if "components:" in text and "  schemas:" not in text
        else text.replace("  schemas:\n", f'  schemas:\n    Out:\n      $ref: "{reference}"\n'),
        encoding="utf-8",
    )
    assert reference in path.read_text(encoding="utf-8")

    found = lading("check", cwd=work)

    assert found.code == 1, found
    assert f"contracts/{API}:" in found.out
    assert reference in found.out
    assert "root:" not in found.out


def test_a_keyword_as_field_name_is_legal(work: Path) -> None:
    edit(work / "contracts" / EVENT, '"carrier_id"', '"class"')

    assert lading("check", cwd=work).code == 0
    assert lading("gen", "python", "contracts", "--out", "sdk", cwd=work).code == 0


def test_generating_from_a_broken_workspace_leaves_what_is_there(work: Path) -> None:
    made = lading("gen", "python", "contracts", "--out", "sdk", cwd=work)
    before = {path: path.read_bytes() for path in (work / "sdk").rglob("*") if path.is_file()}
    (work / "contracts" / EVENT).write_text("{")

    for words in (["gen", "python"], ["push"], ["docs", "build", "--out", "sdk"]):
        refused = lading(*words, cwd=work)
        assert refused.code == 1, refused
        assert "LAD001" in refused.out
        assert refused.err.startswith(("Nothing was", "No site was"))
    assert made.code == 0
    assert before
    assert before == {
        path: path.read_bytes() for path in (work / "sdk").rglob("*") if path.is_file()
    }


def test_generated_code_is_known_to_be_up_to_date_or_not(work: Path) -> None:
    words = ["gen", "python", "contracts", "--out", "sdk"]
    assert lading(*words, cwd=work).code == 0

    fresh = lading(*words, "--check", cwd=work)
    edit(work / "contracts" / EVENT, '"carrier_id"', '"carrier_number"')
    stale = lading(*words, "--check", cwd=work)

    assert (fresh.code, fresh.out) == (0, "sdk is up to date.\n")
    assert stale.code == 1
    assert "not up to date" in stale.out


def test_a_site_does_not_replace_a_folder_of_something_else(work: Path) -> None:
    refused = lading("docs", "build", "contracts", "--out", "contracts", cwd=work)

    assert refused.code == 2
    assert "lading did not write" in refused.err
    assert (work / "contracts" / EVENT).exists()


# --- the registry's address and file


@pytest.mark.parametrize("words", [["serve"], ["docs", "serve", "contracts"]], ids=" ".join)
def test_a_busy_port_is_one_message(words: list[str], work: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        found = lading(*words, "--port", port, cwd=work)

    assert found.code == 2, found
    assert f"127.0.0.1:{port}" in found.err
    assert "--port" in found.err
    assert len(found.err.splitlines()) == 2


def test_listening_beyond_this_machine_is_asked_for_twice(tmp_path: Path) -> None:
    found = lading("serve", "--host", "0.0.0.0", "--port", "0", cwd=tmp_path)

    assert found.code == 2
    assert "--insecure-bind" in found.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["folder", "text", "other", "missing/registry.db", "newer"])
def test_a_database_that_cannot_be_used_is_one_message_and_stays(what: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("not a database, and longer than the header of one " * 9)
    for name in ("other", "newer"):
        with sqlite3.connect(tmp_path / name) as other:
            other.execute("CREATE TABLE mine (value TEXT)")
            other.execute("INSERT INTO mine VALUES ('kept')")
            if name == "newer":
                other.execute("PRAGMA user_version = 999")
        other.close()
    names = ("text", "other", "newer")
    before = {name: (tmp_path / name).read_bytes() for name in names}

    found = lading("serve", "--database", what, "--port", "0", cwd=tmp_path)

    assert found.code == 2, found
    assert what.partition("/")[0] in found.err
    assert "\n  try: " in found.err
    assert before == {name: (tmp_path / name).read_bytes() for name in names}
