"""What README.md says and shows is what is there."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lading.cli.table import COMMANDS
from lading.compat import RULES
from lading.model import FolderTree, load_workspace

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("*/README.md"),
]


def lading(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as the README writes it."""
    return subprocess.run(
        [sys.executable, "-m", "lading.cli", *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": "cli:codegen:compat:registry", "NO_COLOR": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_refusal_shown_is_the_refusal_that_comes(tmp_path: Path) -> None:
    """Every line shown under `lading check` comes out today, in that order."""
    shown = re.search(r"```text\n\$ lading check .*?\n(.*?)```", README, re.DOTALL)
    file = ROOT / "examples" / "demo.py"
    spec = importlib.util.spec_from_file_location("demo", file)
    assert shown is not None
    assert spec is not None
    assert spec.loader is not None
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)
    demo.break_the_contracts(tmp_path / "changed")
    done = lading("check", str(tmp_path / "changed"), "--against", "contracts")
    printed = iter((done.stdout + done.stderr).splitlines())
    there = str(tmp_path / "changed")
    missing = [
        line
        for line in shown[1].splitlines()
        if line != "..." and line.replace("build/demo/changed", there) not in printed
    ]

    assert done.returncode == 1
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of the pages at the top leads to a file."""
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_make_targets_and_commands_named_exist(page: Path) -> None:
    """No page promises a target or a command that is not there."""
    text, makefile = page.read_text(), (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    commands = set(re.findall(r"(?:^\$ |`)lading ([a-z]+)", text, re.MULTILINE))

    assert {each for each in targets if f"\n{each}:" not in makefile} == set()
    assert commands <= set(COMMANDS)


@pytest.mark.parametrize(
    "line", re.findall(r"^\$ (lading .*)$", README, re.MULTILINE), ids=lambda line: line[:40]
)
def test_the_options_shown_exist(line: str) -> None:
    """Every option in a command of the README is in the help of that command."""
    words = line.partition("#")[0].split()[1:]
    names = [word for word in words[:2] if word.isalpha() and word != "contracts"]
    options = [word for word in words if word.startswith("--")]
    shown = lading(*names, "--help").stdout

    assert shown.startswith("Usage: lading " + " ".join(names))
    assert [option for option in options if option not in shown] == []


def test_the_numbers_are_true() -> None:
    """How many rules and contracts there are."""
    contracts = load_workspace(FolderTree(ROOT / "contracts")).contracts

    assert f"{len(RULES)} rules" in README
    assert f"holds {len(contracts)} contracts" in README
