"""What a test needs that this project neither has nor may copy: without it the test is skipped.

Who runs the tests at home is not to install servers for them. In CI (``CI`` is set) nothing of that
kind is passed over: `.ci/run` installs the programs, and without one its test fails. The documents
of others are another matter: they are read from a folder beside the checkout and no machine of a
stranger has it. Where the folder is, all of it has to be.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(__file__).parents[2] / "shared"
IN_CI = bool(os.environ.get("CI"))
_OTHERS = "documents of others are not copied into this project, and ../shared is not beside it"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=_OTHERS)


def needs(program: str, why: str) -> pytest.MarkDecorator:
    """Skip where `program` is not installed; in CI the test runs, and fails."""
    there = shutil.which(program) is not None
    reason = f"{program} is not installed: {why}; `.ci/run` installs it"
    return pytest.mark.skipif(not there and not IN_CI, reason=reason)


def do_without(reason: str) -> NoReturn:
    """Skip, or in CI fail, where it is found out only on the way."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)
