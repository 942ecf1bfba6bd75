"""What is acknowledged was on the disk before: seen in what the process asks of the kernel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from asking import Http
from needed import needs
from registry.conftest import SERVE, avro_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CALL: Final = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(?:\((.*)| resumed>(.*))$")
_CALLS: Final = "write,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync"


@needs("strace", "it shows what a process asks of the kernel, and in which order")
@pytest.mark.parametrize("judges", ["0", "1"])
def test_no_registration_is_acknowledged_before_its_log_is_on_the_disk(
    judges: str, tmp_path: Path
) -> None:
    """After the last write to the log of SQLite a sync of it has ended when the answer is sent.

    A test that kills the process does not see that: what was written, and not synced, survives it.
    """
    trace = tmp_path / "trace"
    words = ["strace", "-D", "-f", "-y", "-o", str(trace), "-e", f"trace={_CALLS}", sys.executable]
    process = subprocess.Popen(
        [*words, "-c", SERVE, str(tmp_path / "registry.db"), "0", judges],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout
        ask = Http(process.stdout.readline().strip())
        for number in range(5):
            body = {"schema": avro_record("a", *(f"f{each}?" for each in range(number)))}
            assert ask("POST", "/subjects/s/versions", body).status == 200
        assert ask("GET", "/subjects/s/versions").json == [1, 2, 3, 4, 5]
    finally:
        process.terminate()
        process.communicate(timeout=60)
    seen = "".join(_events(trace.read_text(errors="replace")))
    answered = re.findall(r"(w[ws]*)a", seen)
    assert len(answered) == 5, seen
    assert [each[-1] for each in answered] == ["s"] * 5, seen


def _events(trace: str) -> Iterator[str]:
    """``w``: something is written to the log, ``s``: a sync of it has ended, ``a``: an answer."""
    syncing = set()
    for line in trace.splitlines():
        found = _CALL.match(line)
        if found is None:
            continue
        process, call, begun, ended = found.groups()
        is_log, is_sync = "-wal>" in (begun or ""), call in {"fsync", "fdatasync"}
        if is_sync and is_log and "<unfinished" in begun:
            syncing.add(process)
        elif is_sync and (is_log or (ended is not None and process in syncing)):
            syncing.discard(process)
            yield "s"
        elif is_log:
            yield "w"
        elif "HTTP/1.1 200" in (begun or "") and "/subjects" not in begun:
            yield "a"
