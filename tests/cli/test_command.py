"""The command itself: quick where it is asked little, helpful where it is asked wrongly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.command import ENVIRONMENT, EVENT, lading
from lading.cli.reference import MARK, reference
from lading.cli.table import COMMANDS
from lading.compat import RULES
from lading.lint import LINT_RULE
from lading.model import PROBLEM_CODES

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCS = Path(__file__).parents[2] / "docs"
LOADED = """
import sys
sys.argv = ["lading", *{words!r}]
from lading.cli import main
try:
    main()
finally:
    print("LOADED", *sorted({{each.partition(".")[0] for each in sys.modules}}))
"""
HEAVY = {
    "datamodel_code_generator",
    "deepdiff",
    "fastavro",
    "httpx2",
    "jsonschema_rs",
    "mkdocs",
    "openapi_spec_validator",
    "rich",
    "sqlite3",
    "starlette",
    "uvicorn",
}


def loaded(*words: str, cwd: Path) -> set[str]:
    """The packages that a run has imported."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(words=list(words))],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    line = next(each for each in done.stdout.splitlines() if each.startswith("LOADED"))
    return set(line.split()[1:])


@pytest.mark.parametrize("word", ["--version", "--help", "chekc"])
def test_what_needs_no_command_imports_none(word: str, tmp_path: Path) -> None:
    found = loaded(word, cwd=tmp_path)

    assert "lading" in found
    assert not found & (HEAVY | {"typer", "pydantic", "yaml", "ryaml"})


def test_checking_avro_imports_nothing_for_apis_servers_and_packages(tmp_path: Path) -> None:
    (tmp_path / "lading.toml").write_text('[workspace]\nname = "one"\n')
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "Id.avsc").write_text(
        '{"type": "record", "name": "Id", "namespace": "demo.v1", "fields": []}'
    )

    assert not loaded("check", cwd=tmp_path) & HEAVY


def test_version_and_help_say_what_they_should(tmp_path: Path) -> None:
    version, help_ = lading("--version", cwd=tmp_path), lading("--help", cwd=tmp_path)

    assert (version.code, version.out.split()[0]) == (0, "lading")
    assert help_.code == 0
    assert [name for name in COMMANDS if f"  {name} " not in help_.out] == []
    assert "lading init" in help_.out
    assert lading(cwd=tmp_path).out == help_.out


_FIRST = {
    "gen": ["gen", "python"],
    "docs": ["docs", "build"],
    "token": ["token", "create"],
    "db": ["db", "upgrade"],
}
"""The first command of each group."""


@pytest.mark.parametrize("columns", ["80", "100"])
@pytest.mark.parametrize("command", COMMANDS)
def test_examples_stand_on_lines_of_their_own(command: str, columns: str, tmp_path: Path) -> None:
    words = _FIRST.get(command, [command])

    shown = lading(*words, "--help", cwd=tmp_path, COLUMNS=columns)

    lines = shown.out.splitlines()
    examples = [each.strip() for each in lines if each.strip().startswith("lading ")]
    assert shown.code == 0
    assert "  Examples:" in lines
    assert examples
    assert all(each.startswith(f"lading {' '.join(words)}") for each in examples)
    written = reference()
    assert all(f"$ {each.split('   ')[0]}" in written for each in examples)
    assert max(map(len, lines)) <= int(columns)
    assert "Exit codes: 0 clean" in shown.out


@pytest.mark.parametrize("group", list(_FIRST))
def test_a_group_alone_shows_its_commands_and_is_wrong_usage(group: str, tmp_path: Path) -> None:
    shown = lading(group, cwd=tmp_path)

    assert shown.code == 2
    assert "Commands:" in shown.out + shown.err


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (["chekc"], "lading check"),
        (["--verison"], "lading --version"),
        (["check", "--agianst", "main"], "--against"),
        (["gen", "pyhton"], "python"),
        (["check", "contrcats"], "contracts"),
        (["check", "--promise", "FULLY"], "FULL_TRANSITIVE"),
        (["check", "--format", "xml"], "json"),
        (["diff", "contracts/" + EVENT.replace("Dis", "Dsi"), "x"], "ShipmentDispatched.avsc"),
        (["diff", "contracts", "x"], "lading check contracts"),
        (["diff"], "lading diff -h"),
        (["check", "--against", "contracts/lading.toml"], "lading diff"),
        (["explain", "LAD10"], "LAD101, LAD102"),
        (["explain", "LAD199"], "LAD"),
        (["explain", "field-removed"], "lading explain LAD102"),
        (["explain", "what"], "lading rules"),
        (["docs", "build", "--audience", "partners"], "partner"),
        (["serve", "--port", "99999"], "65535"),
        (["docs", "serve", "--port", "-1"], "--port"),
        (["init", "new", "--name", "Not A Name"], "lower case"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_gets_a_suggestion_and_code_2(
    words: Sequence[str], suggestion: str, work: Path
) -> None:
    said = lading(*words, cwd=work)

    assert said.code == 2, said
    assert suggestion in said.err, said
    assert said.out == ""


def test_every_id_is_listed_and_has_a_page(tmp_path: Path) -> None:
    """Not each in a process of its own: the page of one, and the list of all."""
    listed = lading("rules", cwd=tmp_path).out
    page = lading("explain", "lad102", cwd=tmp_path)
    problem = lading("explain", "LAD001", cwd=tmp_path)

    assert [line.split()[0] for line in listed.splitlines()] == [
        *PROBLEM_CODES,
        *RULES,
        *LINT_RULE,
    ]
    assert (page.code, problem.code) == (0, 0)
    assert page.out.startswith("LAD102  ")
    for heading in ("## What it checks", "## Why it breaks", "## What to do instead"):
        assert heading in page.out
    assert PROBLEM_CODES["LAD001"].title in problem.out
    lint = lading("explain", "nam-005", cwd=tmp_path)
    assert lint.code == 0
    assert "## Why it matters" in lint.out


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """As in ``lading rules | head -1``: no message, and the code of the command itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lading.cli", "rules", "--format", "json"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()

    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0
    process.stderr.close()


def test_the_page_of_the_commands_is_the_reference() -> None:
    """``docs/cli.md`` below its mark is the output of ``python -m lading.cli.reference``."""
    _, found, below = (DOCS / "cli.md").read_text(encoding="utf-8").partition(MARK)

    assert found
    assert below.strip() == reference().strip()
