"""Turn the source of a site into HTML with the builder, and translate what it complains about."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from lading.codegen.docs.folders import check_replaceable, mark
from lading.model import LadingError

TIME_LIMIT: Final = 600
"""Seconds; 2,000 pages take about one and a half minutes on two cores."""


class SiteError(LadingError):
    """The site could not be built or served."""


def build_site(source: Path, out: Path) -> None:
    """Build what `write_site_source` wrote into `out`, which is replaced.

    Raises:
        SiteError: the builder is not installed, found a broken link, or failed.
        LadingError: `out` holds something that is no site of ours, or cannot be written.
    """
    if find_spec("mkdocs") is None or find_spec("material") is None:
        raise SiteError("the site builder is not installed", hint='pip install "lading[docs]"')
    if not (source / "mkdocs.yml").is_file():
        raise SiteError(
            f"{source} is not the source of a site", hint="write it with `lading docs build`"
        )
    check_replaceable(out)
    # Not --quiet: it keeps warnings from being counted, and --strict then lets them pass.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean"]
    command += [
        "--config-file",
        str(source / "mkdocs.yml"),
        "--site-dir",
        str(Path(out).absolute()),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, our own paths
            command,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SiteError(f"the site builder did not finish in {TIME_LIMIT} s") from error
    if done.returncode:
        raise SiteError(
            _complaint(done.stderr or done.stdout), hint=f"look at the pages in {source / 'docs'}"
        )
    mark(out)


def _complaint(output: str) -> str:
    """The lines that say what is wrong; the last line when none is marked."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith(("WARNING", "ERROR"))]
    shown = marked or lines[-1:] or ["it gave no reason"]
    return "the site could not be built:\n" + "\n".join(f"  {line}" for line in shown)
