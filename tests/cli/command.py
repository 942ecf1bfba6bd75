"""Runs the command as a user does, in a process of its own, and makes small workspaces for it."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(sys.path),
    "NO_COLOR": "1",
    "COLUMNS": "100",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
}
EVENT = "events/shipment/ShipmentDispatched.avsc"
TAXONOMY = "taxonomies/shipment.status.yaml"
SUBJECT = "my.shipment.v1.ShipmentDispatched"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def lading(*words: object, cwd: Path, timeout: float = 60, stdin: str = "", **env: str) -> Answer:
    """Run the command. A traceback is never an answer, whatever was asked."""
    command = [sys.executable, "-m", "lading.cli", *map(str, words)]
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**ENVIRONMENT, **env},
        capture_output=True,
        input=stdin,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    answer = Answer(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stdout + done.stderr, answer
    assert "mistake in lading" not in done.stderr, answer
    return answer


def edit(path: Path, old: str, new: str) -> None:
    """Replace `old`, which stands there exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old, text)
    path.write_text(text.replace(old, new), encoding="utf-8")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, message: str = "change") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@contextmanager
def registry(database: Path | str, *more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``lading serve`` on a free port: its address, as it says it on stderr, and the process."""
    command = [sys.executable, "-m", "lading.cli", "serve"]
    process = subprocess.Popen(
        [*command, "--database", str(database), "--port", "0", *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    try:
        assert process.stderr
        readable, _, _ = select.select([process.stderr], [], [], 30)
        line = process.stderr.readline() if readable else ""
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if not found:
            process.kill()
            pytest.fail(f"the registry did not start: {line}{process.stderr.read()}")
        yield found[0], process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def record(*fields: dict[str, Any], name: str = "demo.v1.Parcel", **more: Any) -> dict[str, Any]:
    """An Avro record as a value."""
    space, _, short = name.rpartition(".")
    return {"type": "record", "name": short, "namespace": space, "fields": [*fields], **more}
