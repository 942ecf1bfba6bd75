"""The two commands a newcomer runs, and the others beside them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASKED = ("setup", "demo", "test", "lint", "docs", "check", "fuzz", "bench", "clean")


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make, bounded."""
    return subprocess.run(
        ["make", *arguments], cwd=cwd, check=False, capture_output=True, text=True, timeout=60
    )


def test_plain_make_lists_every_target() -> None:
    """`make` and `make help` say the same, and leave no target out."""
    shown = make("help").stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert phony is not None
    assert make().stdout == shown
    assert set(ASKED) <= set(phony[1].split())
    assert [name for name in phony[1].split() if f"  make {name} " not in shown] == []


def test_set_up_without_a_usable_python_says_what_to_do(tmp_path: Path) -> None:
    """No traceback and no half-made environment when there is no Python 3.11 or newer."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "cat", "rm"):
        (tools / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [str(tools / "bash"), str(ROOT / ".ci" / "setup"), str(tmp_path / "venv")],
        env={"PATH": str(tools)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert "No Python 3.11 or newer" in done.stderr
    assert "try: " in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("script", [".ci/run", ".ci/setup"])
def test_scripts_stop_at_the_first_failure(script: str) -> None:
    """A failing step must fail CI, so the scripts run strictly and parse."""
    text = (ROOT / script).read_text()

    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert subprocess.run(["bash", "-n", str(ROOT / script)], check=False).returncode == 0
