"""The face of the package: its names, its problem pages, and what importing it costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import lading.cli
import lading.governance
import lading.model
from lading.model import PROBLEM_CODES

FOLDER = Path(lading.model.__file__).parent
ROOT = FOLDER.parents[1]
ELSEWHERE = (
    FOLDER.parent / "compat" / "compare.py",
    Path(lading.governance.__file__).parent / "decisions.py",
    Path(lading.cli.__file__).parent / "check.py",
)
"""Problems that are found where more than the files is known."""
HEAVY = {
    "yaml",
    "ryaml",
    "fastavro",
    "pydantic",
    "openapi_spec_validator",
    "jsonschema",
    "subprocess",
}


def test_what_is_public_is_sorted_and_there() -> None:
    names = lading.model.__all__
    assert len(set(names)) == len(names)
    assert all(hasattr(lading.model, each) for each in names)


def test_every_problem_has_a_page_and_every_page_a_problem() -> None:
    sources = "".join(
        each.read_text()
        for each in [*FOLDER.glob("*.py"), *ELSEWHERE]
        if each.name not in {"pages.py", "errors.py"}
    )
    assert set(re.findall(r'"(LAD0\d\d)"', sources)) == PROBLEM_CODES.keys()


def test_every_page_has_the_three_headings() -> None:
    for code, page in PROBLEM_CODES.items():
        assert re.fullmatch(r"LAD0\d\d", code)
        assert page.title
        headings = re.findall(r"^## (.*)$", page.page, re.MULTILINE)
        assert headings == ["What it checks", "Why it matters", "What to do instead"]


def test_reading_an_avro_contract_loads_nothing_heavy() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from lading.model import *\n"
        'text = b\'{"type": "record", "name": "R", "fields": []}\'\n'
        "read_contract(Kind.AVRO, read_document('a.avsc', text))\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-I", "-c", program, str(ROOT)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert not HEAVY & set(done.stdout.split())
